//! Several pieces of a cut module as one. Pieces call each other through the table they all import, and each puts its own
//! functions and data at places of its own in the shared table and memory; so there is nothing to link, only to renumber.

use std::collections::HashMap;

use anyhow::{Context, Result, anyhow, bail};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, CustomSection, DataCountSection, DataSection, ElementSection, ExportSection, FunctionSection,
    ImportSection, Module, NameMap, NameSection, TypeSection,
};
use wasmparser::{FuncType, KnownCustom, Name, Parser, Payload, TypeRef};

/// Where the things of one module are in the merged one.
#[derive(Default)]
struct Places {
    types: Vec<u32>,
    functions: Vec<u32>,
    tables: Vec<u32>,
    memories: Vec<u32>,
    globals: Vec<u32>,
    data: u32,
    elements: u32,
}

type Moved = std::result::Result<u32, Error<String>>;

fn at(places: &[u32], index: u32) -> Moved {
    places.get(index as usize).copied().ok_or_else(|| Error::UserError(format!("no place for {index}")))
}

impl Reencode for Places {
    type Error = String;

    fn type_index(&mut self, index: u32) -> Moved {
        at(&self.types, index)
    }

    fn function_index(&mut self, index: u32) -> Moved {
        at(&self.functions, index)
    }

    fn table_index(&mut self, index: u32) -> Moved {
        at(&self.tables, index)
    }

    fn memory_index(&mut self, index: u32) -> Moved {
        at(&self.memories, index)
    }

    fn global_index(&mut self, index: u32) -> Moved {
        at(&self.globals, index)
    }

    fn data_index(&mut self, index: u32) -> Moved {
        Ok(self.data + index)
    }

    fn element_index(&mut self, index: u32) -> Moved {
        Ok(self.elements + index)
    }
}

/// What is imported by any of them, once; and how many there are of each kind.
#[derive(Default)]
struct Imported {
    section: ImportSection,
    known: HashMap<(String, String), u32>,
    functions: u32,
    tables: u32,
    memories: u32,
    globals: u32,
}

/// Bytes of code and data; what is told of them, names above all, does not travel.
pub fn weight(module: &[u8]) -> Result<usize> {
    let mut whole = 0;
    for payload in Parser::new(0).parse_all(module) {
        whole += match payload? {
            Payload::CodeSectionStart { range, .. } => usize::try_from(range.end - range.start)?,
            Payload::DataSection(it) => usize::try_from(it.range().end - it.range().start)?,
            _ => 0,
        };
    }
    Ok(whole)
}

/// One module out of several.
pub fn merge(modules: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut types: Vec<FuncType> = Vec::new();
    let mut type_section = TypeSection::new();
    let mut imported = Imported::default();
    let mut places: Vec<Places> = Vec::new();
    // Imports come first in the numbering, so those of all of them have to be known before anything else has its number.
    for module in modules {
        let mut own = Places::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(all) => {
                    for it in all.into_iter_err_on_gc_types() {
                        let it = it?;
                        let known = types.iter().position(|other| *other == it);
                        let index = match known {
                            Some(index) => index,
                            None => {
                                type_section.ty().func_type(&own.func_type(it.clone()).map_err(told)?);
                                types.push(it);
                                types.len() - 1
                            }
                        };
                        own.types.push(u32::try_from(index)?);
                    }
                }
                Payload::ImportSection(all) => {
                    for it in all.into_imports() {
                        import(&mut imported, &mut own, it?)?;
                    }
                }
                _ => {}
            }
        }
        places.push(own);
    }

    let (mut functions, mut exports) = (FunctionSection::new(), ExportSection::new());
    let (mut elements, mut data, mut code) = (ElementSection::new(), DataSection::new(), CodeSection::new());
    let mut names = NameMap::new();
    let mut exported: Vec<String> = Vec::new();
    let mut aside: Vec<(String, Vec<u8>)> = Vec::new();
    let mut count = imported.functions;
    for (module, own) in modules.iter().zip(&mut places) {
        (own.data, own.elements) = (data.len(), elements.len());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::FunctionSection(all) => {
                    for it in all {
                        functions.function(own.type_index(it?).map_err(told)?);
                        own.functions.push(count);
                        count += 1;
                    }
                }
                Payload::ExportSection(all) => {
                    for it in all {
                        let it = it?;
                        if !exported.iter().any(|other| other == it.name) {
                            exported.push(it.name.to_owned());
                            own.parse_export(&mut exports, it).map_err(told)?;
                        }
                    }
                }
                Payload::ElementSection(all) => own.parse_element_section(&mut elements, all).map_err(told)?,
                Payload::DataSection(all) => own.parse_data_section(&mut data, all).map_err(told)?,
                Payload::CodeSectionEntry(body) => own.parse_function_body(&mut code, body).map_err(told)?,
                Payload::CustomSection(it) => match it.as_known() {
                    KnownCustom::Name(all) => {
                        for it in all {
                            let Name::Function(all) = it? else { continue };
                            for it in all {
                                let it = it?;
                                // Imports have names, too, and would have them twice.
                                let index = own.function_index(it.index).map_err(told)?;
                                if index >= imported.functions {
                                    names.append(index, it.name);
                                }
                            }
                        }
                    }
                    _ if it.name() == "target_features" && aside.is_empty() => {
                        aside.push((it.name().to_owned(), it.data().to_vec()));
                    }
                    _ => {}
                },
                Payload::TypeSection(_)
                | Payload::ImportSection(_)
                | Payload::Version { .. }
                | Payload::DataCountSection { .. }
                | Payload::CodeSectionStart { .. }
                | Payload::End(_) => {}
                other => bail!("a piece has something that is not expected in one: {other:?}"),
            }
        }
    }

    let mut whole = Module::new();
    whole.section(&type_section).section(&imported.section).section(&functions);
    if !exports.is_empty() {
        whole.section(&exports);
    }
    if !elements.is_empty() {
        whole.section(&elements);
    }
    whole.section(&DataCountSection { count: data.len() }).section(&code).section(&data);
    if !names.is_empty() {
        let mut section = NameSection::new();
        section.functions(&names);
        whole.section(&section);
    }
    for (name, bytes) in &aside {
        whole.section(&CustomSection { name: name.into(), data: bytes.into() });
    }
    Ok(whole.finish())
}

fn import(all: &mut Imported, own: &mut Places, it: wasmparser::Import<'_>) -> Result<()> {
    let key = (it.module.to_owned(), it.name.to_owned());
    let (count, list) = match it.ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => (&mut all.functions, &mut own.functions),
        TypeRef::Table(_) => (&mut all.tables, &mut own.tables),
        TypeRef::Memory(_) => (&mut all.memories, &mut own.memories),
        TypeRef::Global(_) => (&mut all.globals, &mut own.globals),
        TypeRef::Tag(_) => bail!("a piece imports a tag: {}", it.name),
    };
    if let Some(index) = all.known.get(&key) {
        list.push(*index);
        return Ok(());
    }
    list.push(*count);
    all.known.insert(key, *count);
    *count += 1;
    let ty = own.entity_type(it.ty).map_err(told).with_context(|| format!("import {}", it.name))?;
    all.section.import(it.module, it.name, ty);
    Ok(())
}

fn told(fault: Error<String>) -> anyhow::Error {
    anyhow!("{fault}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        ConstExpr, Elements, EntityType, Function, GlobalType, Instruction, MemoryType, RefType, TableType, ValType,
    };

    /// A piece with one function, which adds `number` to the shared global through another type at index 0, and some data.
    fn piece(first: &[ValType], number: i32, at: i32) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function(first.iter().copied(), []);
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        let table =
            TableType { element_type: RefType::FUNCREF, minimum: 10, maximum: None, table64: false, shared: false };
        imports.import("shared", "table", EntityType::Table(table));
        let memory = MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
        imports.import("shared", "memory", EntityType::Memory(memory));
        imports.import(
            "shared",
            "g",
            EntityType::Global(GlobalType { val_type: ValType::I32, mutable: true, shared: false }),
        );
        let mut functions = FunctionSection::new();
        functions.function(1);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(at), Elements::Functions(vec![0].into()));
        let mut body = Function::new([]);
        body.instruction(&Instruction::GlobalGet(0));
        body.instruction(&Instruction::I32Const(number));
        body.instruction(&Instruction::I32Add);
        body.instruction(&Instruction::End);
        let mut code = CodeSection::new();
        code.function(&body);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(at * 8), [number as u8]);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&elements);
        module.section(&DataCountSection { count: 1 }).section(&code).section(&data);
        module.finish()
    }

    #[test]
    fn pieces_keep_their_functions_types_and_data() {
        let whole = merge(&[piece(&[ValType::I64], 1, 3), piece(&[ValType::F32], 2, 5)]).expect("merged");
        wasmparser::validate(&whole).expect("valid");
        let mut shape = Vec::new();
        for payload in Parser::new(0).parse_all(&whole) {
            match payload.expect("read") {
                Payload::TypeSection(it) => shape.push(("types", it.count())),
                Payload::ImportSection(it) => shape.push(("imports", it.count())),
                Payload::FunctionSection(it) => {
                    // Both are of the type that both brought, the second one of the three.
                    let of: Vec<u32> = it.into_iter().map(|it| it.expect("a type")).collect();
                    assert_eq!(of, [1, 1]);
                }
                Payload::ElementSection(it) => {
                    let first: Vec<u32> = it
                        .into_iter()
                        .map(|it| match it.expect("an element").items {
                            wasmparser::ElementItems::Functions(it) => {
                                it.into_iter().next().expect("one").expect("index")
                            }
                            wasmparser::ElementItems::Expressions(..) => u32::MAX,
                        })
                        .collect();
                    assert_eq!(first, [0, 1]);
                }
                Payload::DataSection(it) => shape.push(("data", it.count())),
                _ => {}
            }
        }
        assert_eq!(shape, [("types", 3), ("imports", 3), ("data", 2)]);
        let [one, both] = [piece(&[], 1, 3), whole].map(|it| weight(&it).expect("weighed"));
        assert!(one > 8 && both < 2 * one, "{one} and {both} bytes");
    }
}
