//! Test modules: core modules in text form inside the shell of the interface, with outputs laid out in their memory.

/// The bytes of a component around a core module named `$main`.
pub(super) fn component(core: &str) -> Vec<u8> {
    let shell = include_str!("../../../../tests/fixtures/wasm/shell.wat");
    wat::parse_str(shell.replace("\nCORE\n", &format!("\n{core}\n"))).unwrap()
}

/// The module that computes a weighted standard deviation.
pub(super) fn spread() -> Vec<u8> {
    component(include_str!("../../../../tests/fixtures/wasm/spread.wat"))
}

/// A component with a memory that begins with `data`, an allocator behind it, and the given items.
pub(super) fn module(data: &[u8], items: &str) -> Vec<u8> {
    let bytes: String = data.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let pages = data.len() / 65_536 + 2;
    component(&format!(
        r#"(core module $main
          (memory (export "memory") {pages})
          (data (i32.const 0) "{bytes}")
          (global $free (mut i32) (i32.const {}))
          (func (export "realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32) (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
            (global.set $free (i32.add (local.get $at) (local.get $size)))
            (local.get $at))
          {items})"#,
        (data.len() + 7) & !7,
    ))
}

/// `compute` with this body; it must leave the address of the result.
pub(super) fn computing(body: &str) -> String {
    format!(
        r#"(func $compute (export "compute") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64) (result i32) {body})"#
    )
}

/// A component that returns what was laid out.
pub(super) fn returning(mut image: Image, estimates: &[Vec<u8>], tables: &[Vec<u8>]) -> Vec<u8> {
    let estimates = image.list(estimates);
    let tables = image.list(tables);
    let result = [vec![0, 0, 0, 0], estimates, tables].concat();
    let at = image.put(&result);
    module(&image.bytes, &computing(&format!("(i32.const {at})")))
}

/// Memory of a module in which records are laid out as the interface wants them.
pub(super) struct Image {
    bytes: Vec<u8>,
}

impl Image {
    /// An image whose first bytes stay free.
    pub(super) fn new(free: usize) -> Self {
        Self { bytes: vec![0; free] }
    }

    /// Puts bytes at the next address divisible by 8.
    pub(super) fn put(&mut self, bytes: &[u8]) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let at = u32::try_from(self.bytes.len()).unwrap();
        self.bytes.extend_from_slice(bytes);
        at
    }

    /// Address and length of a list of records.
    pub(super) fn list(&mut self, records: &[Vec<u8>]) -> Vec<u8> {
        let at = self.put(&records.concat());
        pair(at, records.len())
    }

    /// Address and length of a text.
    pub(super) fn text(&mut self, text: &str) -> Vec<u8> {
        let at = self.put(text.as_bytes());
        pair(at, text.len())
    }

    /// A record of type `estimate`, 72 bytes.
    pub(super) fn estimate(
        &mut self,
        id: &str,
        value: Option<f64>,
        standard_error: Option<f64>,
        interval: Option<[f64; 2]>,
        n: u64,
    ) -> Vec<u8> {
        let id = self.text(id);
        estimate_record(id, value, standard_error, interval, n)
    }

    pub(super) fn number_cell(&self, number: f64) -> Vec<u8> {
        [vec![0; 8], number.to_le_bytes().to_vec()].concat()
    }

    pub(super) fn text_cell(&mut self, text: &str) -> Vec<u8> {
        [vec![1, 0, 0, 0, 0, 0, 0, 0], self.text(text)].concat()
    }

    pub(super) fn empty_cell(&self) -> Vec<u8> {
        [vec![2], vec![0; 15]].concat()
    }

    pub(super) fn row(&mut self, id: &str, cells: &[Vec<u8>]) -> Vec<u8> {
        [self.text(id), self.list(cells)].concat()
    }

    pub(super) fn table(&mut self, id: &str, columns: &[&str], rows: &[Vec<u8>]) -> Vec<u8> {
        let columns: Vec<Vec<u8>> = columns.iter().map(|column| self.text(column)).collect();
        [self.text(id), self.list(&columns), self.list(rows)].concat()
    }

    /// The finished memory: a result without tables at 1024 whose estimates stand at a chosen free address.
    pub(super) fn place_estimates_at(mut self, at: usize, estimates: &[Vec<u8>]) -> Vec<u8> {
        let records = estimates.concat();
        self.bytes.resize(self.bytes.len().max(at + records.len()), 0);
        self.bytes[at..at + records.len()].copy_from_slice(&records);
        self.bytes[1028..1036].copy_from_slice(&pair(u32::try_from(at).unwrap(), estimates.len()));
        self.bytes
    }
}

/// A record of type `estimate` whose id stands at a given address and length.
pub(super) fn estimate_record(
    id: Vec<u8>,
    value: Option<f64>,
    standard_error: Option<f64>,
    interval: Option<[f64; 2]>,
    n: u64,
) -> Vec<u8> {
    let number = |number: Option<f64>| {
        let mut bytes = vec![u8::from(number.is_some()), 0, 0, 0, 0, 0, 0, 0];
        bytes.extend(number.unwrap_or(0.0).to_le_bytes());
        bytes
    };
    let mut record = [id, number(value), number(standard_error)].concat();
    record.extend([u8::from(interval.is_some()), 0, 0, 0, 0, 0, 0, 0]);
    for bound in interval.unwrap_or_default() {
        record.extend(bound.to_le_bytes());
    }
    record.extend(n.to_le_bytes());
    record
}

/// Address and length as two words.
pub(super) fn pair(at: u32, length: usize) -> Vec<u8> {
    [at.to_le_bytes(), u32::try_from(length).unwrap().to_le_bytes()].concat()
}
