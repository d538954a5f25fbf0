//! Text encodings of data files: found by [`detect`] or named by the user, and undone by [`Transcoder`], a `Read` that gives
//! UTF-8 whatever went in. Nothing is held in memory but a buffer, so the size of a file does not matter.

use std::io::{self, Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, Decoder, DecoderResult, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE,
};

/// Names offered when an `encoding:` is not known.
pub const USUAL_NAMES: [&str; 11] = [
    "utf-8",
    "gb18030",
    "gbk",
    "big5",
    "utf-16le",
    "utf-16be",
    "cp949",
    "euc-kr",
    "shift_jis",
    "euc-jp",
    "windows-1252",
];

/// The encoding that a user means by a name: any WHATWG label, and the code page names that Python and Windows use.
pub fn by_name(name: &str) -> Option<&'static Encoding> {
    let lowered = name.trim().to_ascii_lowercase().replace('_', "-");
    let found = match lowered.as_str() {
        "utf8" | "utf-8-sig" | "utf-8-bom" | "utf8-bom" | "cp65001" => UTF_8,
        "cp936" | "ms936" | "gb-18030" => GB18030,
        "cp949" | "ms949" | "uhc" => EUC_KR,
        "cp932" | "ms932" => SHIFT_JIS,
        "cp950" | "ms950" => BIG5,
        "utf16" | "utf16le" => UTF_16LE,
        "utf16be" => UTF_16BE,
        _ => Encoding::for_label(name.trim().as_bytes()).or_else(|| Encoding::for_label(lowered.as_bytes()))?,
    };
    // GB18030 contains GBK, and files called GBK do hold characters beyond it.
    Some(if found == GBK { GB18030 } else { found })
}

const HEAD: usize = 64 * 1024;
const SAMPLE: usize = 256 * 1024;

/// The encoding of a file: byte order mark, UTF-16 by its zero bytes, UTF-8 if all of the file is valid, else by statistics.
///
/// Leaves the file at its start.
pub fn detect<R: Read + Seek>(file: &mut R) -> io::Result<&'static Encoding> {
    file.seek(SeekFrom::Start(0))?;
    let head = read_up_to(file, HEAD)?;
    let found = if let Some((encoding, _)) = Encoding::for_bom(&head) {
        encoding
    } else if let Some(encoding) = utf16_without_mark(&head) {
        encoding
    } else {
        file.seek(SeekFrom::Start(0))?;
        match first_invalid_utf8(file)? {
            None => UTF_8,
            Some(offset) => {
                let start = offset.saturating_sub(4096);
                file.seek(SeekFrom::Start(start))?;
                let sample = read_up_to(file, SAMPLE)?;
                // A window from the middle must not start inside a character.
                let skip = if start == 0 { 0 } else { sample.iter().position(|&byte| byte == b'\n').unwrap_or(0) };
                let sample = &sample[skip..];
                // Nor end inside one, as a file does that is still being copied; unless all letters stand in that line.
                let whole = sample.iter().rposition(|&byte| byte == b'\n').map_or(&sample[..0], |end| &sample[..=end]);
                let (sample, cut) =
                    if whole.is_ascii() { (sample, false) } else { (whole, whole.len() < sample.len()) };
                by_statistics(sample, !cut && skip + sample.len() < SAMPLE)
            }
        }
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(found)
}

fn read_up_to<R: Read>(file: &mut R, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(limit.min(HEAD));
    file.by_ref().take(limit as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// UTF-16 betrays itself by separators, digits and line ends whose other byte is zero, always on the same side. No other text
/// has zero bytes at all, so a few are enough.
pub fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let units = head.len() / 2;
    if units < 4 {
        return None;
    }
    let ascii = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
    let (mut little, mut big) = (0_usize, 0_usize);
    for pair in head.chunks_exact(2) {
        little += usize::from(pair[1] == 0 && ascii(pair[0]));
        big += usize::from(pair[0] == 0 && ascii(pair[1]));
    }
    if little * 200 >= units && little > big * 20 {
        Some(UTF_16LE)
    } else if big * 200 >= units && big > little * 20 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Offset of the first byte that breaks UTF-8.
fn first_invalid_utf8<R: Read>(file: &mut R) -> io::Result<Option<u64>> {
    let mut buffer = vec![0; 1 << 20];
    let (mut kept, mut offset) = (0, 0_u64);
    loop {
        let read = read_retrying(file, &mut buffer[kept..])?;
        let filled = kept + read;
        if let Err(error) = std::str::from_utf8(&buffer[..filled]) {
            let valid = error.valid_up_to();
            if error.error_len().is_some() || read == 0 {
                return Ok(Some(offset + valid as u64));
            }
            offset += valid as u64;
            buffer.copy_within(valid..filled, 0);
            kept = filled - valid;
        } else {
            if read == 0 {
                return Ok(None);
            }
            offset += filled as u64;
            kept = 0;
        }
    }
}

fn read_retrying<R: Read>(file: &mut R, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

fn by_statistics(sample: &[u8], complete: bool) -> &'static Encoding {
    if mostly_utf8(sample) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, complete);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // A few words are too little for statistics, and the product's files are Chinese before they are anything else.
    match gb2312_characters(sample) {
        _ if guess == GBK => GB18030,
        _ if [BIG5, SHIFT_JIS, ISO_2022_JP].contains(&guess) => guess,
        Some(count) if count < FEW_CHARACTERS || ![EUC_KR, EUC_JP].contains(&guess) => GB18030,
        _ => guess,
    }
}

/// Below this many characters Korean and Japanese cannot be told from Chinese.
const FEW_CHARACTERS: usize = 12;

/// True for UTF-8 with a few broken places, such as a comment cut in the middle of a character.
fn mostly_utf8(sample: &[u8]) -> bool {
    let (mut good, mut bad, mut rest) = (0_usize, 0_usize, sample);
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                good += text.chars().filter(|letter| !letter.is_ascii()).count();
                break;
            }
            Err(error) => {
                let (valid, broken) = rest.split_at(error.valid_up_to());
                good += valid.iter().filter(|&&byte| byte >= 0xc0).count();
                bad += 1;
                rest = &broken[error.error_len().unwrap_or(broken.len()).max(1)..];
            }
        }
    }
    bad * 20 < good
}

/// How many characters the sample has if it may be GB2312: high bytes in pairs, most of them characters of the first level
/// (lead bytes B0 to D7).
fn gb2312_characters(sample: &[u8]) -> Option<usize> {
    let (mut pairs, mut common) = (0_usize, 0_usize);
    let mut bytes = sample.iter().copied();
    while let Some(lead) = bytes.next() {
        if lead < 0x80 {
            continue;
        }
        let trail = bytes.next()?;
        if lead < 0xa1 || trail < 0xa1 {
            return None;
        }
        pairs += 1;
        common += usize::from((0xb0..=0xd7).contains(&lead));
    }
    (pairs > 0 && common * 2 >= pairs).then_some(pairs)
}

/// What could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undecodable {
    /// Places replaced by U+FFFD.
    pub count: u64,
    /// Line of the first, from 1.
    pub first_line: u64,
    /// True if the text ends in one of them.
    pub at_end: bool,
}

impl Undecodable {
    /// True for a text that is right up to its last character, in which it ends: it is still being copied, or was cut off.
    pub fn is_cut(self) -> bool {
        self.at_end && self.count == 1
    }
}

/// Reads any encoding as UTF-8, replacing and counting what does not decode. A byte order mark is swallowed.
pub struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    raw: Box<[u8]>,
    start: usize,
    end: usize,
    at_end: bool,
    finished: bool,
    spill: Vec<u8>,
    lines: u64,
    undecodable: Undecodable,
}

/// Room that a decoder step needs at least, and the replacement character after it.
const LEAST_ROOM: usize = 64;

impl<R: Read> Transcoder<R> {
    /// Starts at the beginning of a text in `encoding`; a byte order mark overrules the encoding.
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder(),
            raw: vec![0; 256 * 1024].into_boxed_slice(),
            start: 0,
            end: 0,
            at_end: false,
            finished: false,
            spill: Vec::new(),
            lines: 1,
            undecodable: Undecodable::default(),
        }
    }

    /// What could not be decoded so far.
    pub fn undecodable(&self) -> Undecodable {
        self.undecodable
    }

    /// Fills `out` (at least [`LEAST_ROOM`] long) and says how much was written; 0 at the end.
    fn decode(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while !self.finished && out.len() - written >= LEAST_ROOM {
            if self.start == self.end && !self.at_end {
                if written > 0 {
                    break;
                }
                self.start = 0;
                self.end = read_retrying(&mut self.inner, &mut self.raw)?;
                self.at_end = self.end == 0;
            }
            let room = out.len() - 3;
            let (result, read, wrote) = self.decoder.decode_to_utf8_without_replacement(
                &self.raw[self.start..self.end],
                &mut out[written..room],
                self.at_end,
            );
            self.start += read;
            if self.undecodable.count == 0 {
                self.lines += out[written..written + wrote].iter().filter(|&&byte| byte == b'\n').count() as u64;
            }
            written += wrote;
            match result {
                DecoderResult::InputEmpty => self.finished = self.at_end,
                DecoderResult::OutputFull => break,
                DecoderResult::Malformed(..) => {
                    if self.undecodable.count == 0 {
                        self.undecodable.first_line = self.lines;
                    }
                    self.undecodable.count += 1;
                    self.undecodable.at_end = self.at_end && self.start == self.end;
                    out[written..written + 3].copy_from_slice("\u{fffd}".as_bytes());
                    written += 3;
                }
            }
        }
        Ok(written)
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.spill.is_empty() {
            let taken = self.spill.len().min(out.len());
            out[..taken].copy_from_slice(&self.spill[..taken]);
            self.spill.drain(..taken);
            return Ok(taken);
        }
        if out.is_empty() {
            return Ok(0);
        }
        if out.len() >= 2 * LEAST_ROOM {
            return self.decode(out);
        }
        let mut small = [0; 4 * LEAST_ROOM];
        let written = self.decode(&mut small)?;
        self.spill.extend_from_slice(&small[..written]);
        if written == 0 { Ok(0) } else { self.read(out) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unbuffered_bytes)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const CHINESE: &str = "序号,性别,您对食堂菜品质量的满意程度\n1,男,非常满意\n2,女,不满意\n";
    const TRADITIONAL: &str = "編號,性別,您對餐廳服務的滿意程度\n1,男,非常滿意\n2,女,不滿意，服務態度需要改善\n";
    const KOREAN: &str = "번호,성별,키오스크를 얼마나 자주 사용하십니까?\n1,남성,매우 만족한다\n2,여성,보통이다\n";
    const JAPANESE: &str =
        "番号,性別,サービスにどのくらい満足していますか\n1,男性,とても満足\n2,女性,どちらとも言えない\n";

    fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let unit = |unit: u16| if encoding == UTF_16LE { unit.to_le_bytes() } else { unit.to_be_bytes() };
        if encoding == UTF_16LE || encoding == UTF_16BE {
            text.encode_utf16().flat_map(unit).collect()
        } else {
            encoding.encode(text).0.into_owned()
        }
    }

    #[test]
    fn encodings_of_the_region_are_told_apart_and_read() {
        let cases = [
            (CHINESE, GB18030),
            (CHINESE, UTF_8),
            (CHINESE, UTF_16LE),
            (CHINESE, UTF_16BE),
            (TRADITIONAL, BIG5),
            (KOREAN, EUC_KR),
            (JAPANESE, SHIFT_JIS),
            ("a,b\n1,2\n", UTF_8),
        ];
        for (text, encoding) in cases {
            let bytes = encode(text, encoding);
            let found = detect(&mut Cursor::new(&bytes)).unwrap();
            assert_eq!(found, encoding, "{}", encoding.name());
            let mut read = String::new();
            Transcoder::new(Cursor::new(&bytes), found).read_to_string(&mut read).unwrap();
            assert_eq!(read, text);
        }
    }

    #[test]
    fn long_chinese_texts_do_not_hide_utf16() {
        let text = "意见\n".to_owned() + &"上下左右不丁丂七丄丅丆万丈三丌亍于亏云互亓五井四亖亗亙亚些亜亝亞亟亠亡亢亣交亥亦产亨亩亪享京亭亮亯亰亱亲\n".repeat(200);
        for encoding in [UTF_16LE, UTF_16BE] {
            assert_eq!(detect(&mut Cursor::new(encode(&text, encoding))).unwrap(), encoding);
        }
    }

    #[test]
    fn marks_are_obeyed_and_swallowed() {
        for (mark, encoding) in
            [(&b"\xef\xbb\xbf"[..], UTF_8), (&b"\xff\xfe"[..], UTF_16LE), (&b"\xfe\xff"[..], UTF_16BE)]
        {
            let bytes = [mark, &encode(CHINESE, encoding)].concat();
            let found = detect(&mut Cursor::new(&bytes)).unwrap();
            assert_eq!(found, encoding);
            let mut read = String::new();
            Transcoder::new(Cursor::new(&bytes), GB18030).read_to_string(&mut read).unwrap();
            assert_eq!(read, CHINESE, "the mark overrules a wrong name");
        }
    }

    #[test]
    fn chinese_far_down_a_latin_file_is_seen() {
        let mut bytes = "id,score\n".repeat(40_000).into_bytes();
        bytes.extend(encode("1,非常满意\n", GB18030));
        assert_eq!(detect(&mut Cursor::new(&bytes)).unwrap(), GB18030);
    }

    #[test]
    fn a_few_characters_are_enough() {
        for word in ["男", "满意", "很好", "离得近", "服务态度差", "没有", "1号窗口"] {
            let bytes = encode(&format!("id,v\n1,{word}\n"), GB18030);
            assert_eq!(detect(&mut Cursor::new(bytes)).unwrap(), GB18030, "{word}");
        }
        for word in ["滿意", "排隊時間太長"] {
            let bytes = encode(&format!("id,v\n1,{word}\n"), BIG5);
            assert_eq!(detect(&mut Cursor::new(bytes)).unwrap(), BIG5, "{word}");
        }
        for word in ["café", "très satisfait", "Größe"] {
            let bytes = encode(&format!("id,v\n1,{word}\n"), encoding_rs::WINDOWS_1252);
            assert_eq!(detect(&mut Cursor::new(bytes)).unwrap(), encoding_rs::WINDOWS_1252, "{word}");
        }
    }

    /// A file that is still being copied may end anywhere.
    #[test]
    fn a_character_cut_by_the_end_hides_no_encoding() {
        let text = "编号,满意度,意见\n1,5,服务很好\n2,5,服务";
        for (encoding, bytes) in [(GB18030, GB18030.encode(text).0), (UTF_8, UTF_8.encode(text).0)] {
            for end in bytes.len() - 3..=bytes.len() {
                let found = detect(&mut std::io::Cursor::new(&bytes[..end])).unwrap();
                assert_eq!(found, encoding, "{end} of {}", bytes.len());
            }
        }
    }

    #[test]
    fn a_cut_character_does_not_turn_utf8_into_something_else() {
        let mut bytes = CHINESE.repeat(3).into_bytes();
        bytes.extend(b"3,\xe7\x94");
        assert_eq!(detect(&mut Cursor::new(&bytes)).unwrap(), UTF_8);
        let mut transcoder = Transcoder::new(Cursor::new(&bytes), UTF_8);
        let mut read = String::new();
        transcoder.read_to_string(&mut read).unwrap();
        // Three lines three times, so the cut one is line 10.
        assert_eq!(transcoder.undecodable(), Undecodable { count: 1, first_line: 10, at_end: true });
        assert!(transcoder.undecodable().is_cut());
        assert!(read.ends_with("3,\u{fffd}"));
    }

    #[test]
    fn single_bytes_can_be_read() {
        let bytes = encode(CHINESE, GB18030);
        let read: Result<Vec<u8>, _> = Transcoder::new(Cursor::new(&bytes), GB18030).bytes().collect();
        assert_eq!(String::from_utf8(read.unwrap()).unwrap(), CHINESE);
    }

    #[test]
    fn names_are_those_that_people_use() {
        for name in USUAL_NAMES {
            assert!(by_name(name).is_some(), "{name}");
        }
        assert_eq!(by_name("GBK"), Some(GB18030));
        assert_eq!(by_name("CP949"), Some(EUC_KR));
        assert_eq!(by_name("gb2313"), None);
    }
}
