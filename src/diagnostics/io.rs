//! Why the operating system refused, in the user's words: its own are English everywhere and end in a number.

use std::io::{Error, ErrorKind};

use crate::diagnostics::{LocalizedTexts, lang_texts};

/// The reason of a failed file operation, to fill a placeholder with [`super::Diagnostic::words`].
pub fn io_problem(error: &Error) -> LocalizedTexts {
    let (zh_cn, en) = match error.kind() {
        ErrorKind::NotFound => ("文件或文件夹不存在", "there is no such file or folder"),
        ErrorKind::PermissionDenied => ("没有权限", "you have no permission"),
        ErrorKind::AlreadyExists => ("已经存在", "it exists already"),
        ErrorKind::StorageFull => ("磁盘空间不足", "the disk is full"),
        ErrorKind::QuotaExceeded => ("超出磁盘配额", "your share of the disk is used up"),
        ErrorKind::FileTooLarge => ("文件过大", "the file is too large"),
        ErrorKind::ReadOnlyFilesystem => ("磁盘为只读", "the disk is read-only"),
        ErrorKind::IsADirectory => ("它是文件夹，不是文件", "it is a folder, not a file"),
        ErrorKind::NotADirectory => ("路径中有一段是文件，不是文件夹", "a part of the path is a file, not a folder"),
        ErrorKind::InvalidFilename => {
            ("名称过长或含有不允许的字符", "the name is too long or holds a character that is not allowed")
        }
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => ("正被其他程序使用", "another program is using it"),
        ErrorKind::CrossesDevices => ("不能跨磁盘移动", "it cannot be moved to another disk"),
        ErrorKind::UnexpectedEof => ("文件不完整", "the file ends too early"),
        ErrorKind::TimedOut => ("等待超时", "it took too long"),
        ErrorKind::InvalidData if error.raw_os_error().is_none() && error.to_string().contains("UTF-8") => {
            ("不是 UTF-8 编码的文本", "it is not UTF-8 text")
        }
        // The program's own sentences and rare refusals stand for themselves, without the number.
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error ").next().unwrap_or_default();
            return lang_texts(text, text);
        }
    };
    lang_texts(zh_cn, en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;

    #[test]
    fn no_number_of_the_system_reaches_the_user() {
        for number in 1..134 {
            let problem = io_problem(&Error::from_raw_os_error(number));
            for lang in Lang::ALL {
                let text = problem.get(lang);
                assert!(!text.is_empty() && !text.contains("os error"), "{number}: {text}");
            }
        }
        assert_eq!(io_problem(&Error::from(ErrorKind::PermissionDenied)).get(Lang::ZhCn), "没有权限");
        assert_eq!(io_problem(&Error::other("own words")).get(Lang::En), "own words");
    }
}
