//! `flow-unknown-data` in a file (warning): a multi-instance activity runs over a list, or gathers its results in one, that is nowhere in
//! the file (BPMN 2.0.2 §10.3.8, Table 10.29: `loopDataInputRef` and `loopDataOutputRef` name data that is declared). An engine may have a
//! variable of that name; so files that declare no data but the items of their lists are not told, nor flows on a record.
//! Fix: name a data object, or data the activity declares.

use std::collections::BTreeSet;

use super::{Look, attribute, below, children};
use crate::alert::Alert;
use crate::model::flow::{ElementKind, Loop, XmlElement};

const DATA: &[&str] = &["dataInput", "dataOutput", "dataStore", "property"];

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let repeats = look.elements.values().filter(|it| it.element.loop_characteristics.is_some());
    let mut known: Option<Data> = None;
    for place in repeats {
        let Some(Loop::MultiInstance { collection, output_collection, .. }) =
            place.element.loop_characteristics.as_deref()
        else {
            continue;
        };
        if place.flow.module.is_some() || is_foreign(&place.element.kept.children) {
            continue;
        }
        let known = known.get_or_insert_with(|| data(look));
        for (name, reference) in [("loopDataInputRef", collection), ("loopDataOutputRef", output_collection)] {
            let Some(id) = reference.as_deref().map(str::trim).filter(|it| is_reference(it)) else { continue };
            let id_here = look.local(id);
            if !known.declared.is_empty() && !known.declared.contains(id_here) && !known.items.contains(id_here) {
                let says = format!("expected `{name}` to lead to data of the file, found `{id}`");
                found.push(look.on(Alert::warning("flow-unknown-data", says), place).arg("name", id));
            }
        }
    }
}

/// What has a value, by its id and its name.
#[derive(Default)]
struct Data<'a> {
    declared: BTreeSet<&'a str>,
    /// Of the lists that other activities run over.
    items: BTreeSet<&'a str>,
}

fn data<'a>(look: &Look<'a>) -> Data<'a> {
    let mut deep: Vec<&XmlElement> = Vec::new();
    below(&look.document.definitions.children, &mut deep);
    look.document.flows.iter().for_each(|it| below(&it.kept.children, &mut deep));
    let mut known = Data::default();
    for place in look.elements.values() {
        below(&place.element.kept.children, &mut deep);
        if let ElementKind::DataObject { .. }
        | ElementKind::DataObjectReference { .. }
        | ElementKind::DataStoreReference { .. } = &place.element.kind
        {
            known.declared.extend([place.element.id.as_str(), place.element.name.as_str()]);
        }
        if let Some(Loop::MultiInstance { item, output_item, .. }) = place.element.loop_characteristics.as_deref() {
            known.items.extend(item.as_deref().into_iter().chain(output_item.as_deref()));
        }
    }
    for it in deep {
        let names = [attribute(it, "id"), attribute(it, "name")].into_iter().flatten();
        match it.name.as_str() {
            "inputDataItem" | "outputDataItem" => known.items.extend(names),
            kind if DATA.contains(&kind) => known.declared.extend(names),
            _other => {}
        }
    }
    known
}

/// Expressions and paths are no references.
fn is_reference(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | ':'))
}

/// Whether the list is said in the words of another tool.
fn is_foreign(kept: &[crate::model::flow::XmlNode]) -> bool {
    children(kept).filter(|(_, it)| it.name == "multiInstanceLoopCharacteristics").any(|(_, it)| {
        it.attributes.iter().any(|(name, _)| name.contains(':'))
            || children(&it.children).any(|(_, it)| it.name == "extensionElements")
    })
}
