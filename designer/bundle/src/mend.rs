//! Puts right what an old wasm-opt breaks. Binaryen 108, the one in Debian 12, writes every exported table as
//! table 0. wasm-bindgen exports its table of JavaScript values beside the one of functions, and the app would
//! stop at its first line. A module that is right stays as it is.

use anyhow::{Context, Result, ensure};

/// The table wasm-bindgen keeps JavaScript values in.
const VALUES: &[u8] = b"__wbindgen_externrefs";

const IMPORTS: u8 = 2;
const TABLES: u8 = 4;
const EXPORTS: u8 = 7;

const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const EXTERNREF: u8 = 0x6f;

/// The module with that export naming the table of JavaScript values.
pub fn mend(module: &[u8]) -> Result<Vec<u8>> {
    ensure!(module.starts_with(b"\0asm"), "no wasm module");
    let mut reader = Reader(&module[8..]);
    let mut out = module[..8].to_vec();
    let mut values = None;
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let size = reader.number()?;
        let mut body = reader.take(size)?.to_vec();
        match id {
            IMPORTS => functions_only(&mut Reader(&body))?,
            TABLES => values = table_of_values(&mut Reader(&body))?,
            EXPORTS => {
                if let Some(table) = values {
                    body = exports(&mut Reader(&body), table)?;
                }
            }
            _ => {}
        }
        out.push(id);
        number(&mut out, body.len());
        out.extend(body);
    }
    Ok(out)
}

/// Imported tables would count before the module's own; the browser's modules import none.
fn functions_only(imports: &mut Reader) -> Result<()> {
    for _ in 0..imports.number()? {
        imports.text()?;
        imports.text()?;
        ensure!(imports.byte()? == FUNCTION, "expected imports of functions only");
        imports.number()?;
    }
    Ok(())
}

fn table_of_values(tables: &mut Reader) -> Result<Option<usize>> {
    let mut found = None;
    for index in 0..tables.number()? {
        if tables.byte()? == EXTERNREF {
            found = Some(index);
        }
        let bounded = tables.byte()? & 1 == 1;
        tables.number()?;
        if bounded {
            tables.number()?;
        }
    }
    Ok(found)
}

fn exports(exports: &mut Reader, values: usize) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let count = exports.number()?;
    number(&mut out, count);
    for _ in 0..count {
        let name = exports.text()?;
        let kind = exports.byte()?;
        let index = exports.number()?;
        number(&mut out, name.len());
        out.extend(name);
        out.push(kind);
        number(&mut out, if kind == TABLE && name == VALUES { values } else { index });
    }
    Ok(out)
}

/// What is left of a section.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).context("the module ends too early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// LEB128, at most 32 bits.
    fn number(&mut self) -> Result<usize> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        anyhow::bail!("a number of more than 32 bits")
    }

    fn text(&mut self) -> Result<&'a [u8]> {
        let length = self.number()?;
        self.take(length)
    }
}

fn number(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tables (functions, values) and the export of one of them.
    fn module(exported: u8) -> Vec<u8> {
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend([TABLES, 7, 2, 0x70, 0, 3, EXTERNREF, 0, 4]);
        bytes.extend([EXPORTS, VALUES.len() as u8 + 4, 1, VALUES.len() as u8]);
        bytes.extend(VALUES);
        bytes.extend([TABLE, exported]);
        bytes
    }

    #[test]
    fn the_export_names_the_table_of_values() {
        assert_eq!(mend(&module(0)).unwrap(), module(1));
        assert_eq!(mend(&module(1)).unwrap(), module(1));
    }

    #[test]
    fn a_broken_module_is_refused() {
        assert!(mend(b"wasm").is_err());
        let whole = module(0);
        assert!(mend(&whole[..whole.len() - 3]).is_err());
    }
}
