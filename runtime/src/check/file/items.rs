//! `flow-data-type` (error): data flows between things of different item definitions and no transformation stands between (BPMN 2.0.2
//! §10.4.2), or a reference to a data object says another item definition than the object. `flow-data-association` (error): data flows from
//! or to something that is not in the file, or an input of an activity leads to data outside of it.
//! Fix: the same structure at both ends, or a transformation; an output association for what an activity gives.

use std::collections::BTreeMap;

use super::{Look, Place, attribute, bare, below, kept};
use crate::alert::Alert;
use crate::model::flow::{ElementKind, Loop};

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let structures: BTreeMap<&str, &str> = look
        .roots()
        .filter(|(_, it)| it.name == "itemDefinition")
        .filter_map(|(_, it)| Some((attribute(it, "id")?, attribute(it, "structureRef").unwrap_or_default())))
        .collect();
    let mut known: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut deep = Vec::new();
    below(&look.document.definitions.children, &mut deep);
    for flow in &look.document.flows {
        below(&flow.kept.children, &mut deep);
    }
    look.elements.values().for_each(|it| below(&it.element.kept.children, &mut deep));
    // Flows speak of data by its name where it has one, files by its id: both are known.
    for it in deep.iter().filter(|it| ["dataInput", "dataOutput", "dataStore", "property"].contains(&it.name.as_str()))
    {
        let item = attribute(it, "itemSubjectRef").map(bare);
        let names = [attribute(it, "id"), attribute(it, "name")];
        names.into_iter().flatten().for_each(|name| {
            known.insert(name, item);
        });
    }
    for place in look.elements.values() {
        if matches!(place.element.kind, ElementKind::DataObject { .. }) {
            let item = kept(&place.element.kept, "itemSubjectRef").map(bare);
            for name in [place.element.id.as_str(), place.element.name.as_str()] {
                known.insert(name, item);
            }
        }
    }
    // What each turn of a repetition has and gives is data of the activity as well.
    for place in look.elements.values() {
        if let Some(Loop::MultiInstance { item, output_item, .. }) = place.element.loop_characteristics.as_deref() {
            item.iter().chain(output_item).for_each(|name| {
                known.entry(name).or_default();
            });
        }
    }
    for place in look.elements.values() {
        let own = kept(&place.element.kept, "itemSubjectRef").map(bare);
        let behind = match &place.element.kind {
            ElementKind::DataObjectReference { data_object_ref } => data_object_ref.as_deref(),
            ElementKind::DataStoreReference { data_store_ref } => data_store_ref.as_deref(),
            _other => continue,
        };
        let object = behind.and_then(|it| known.get(it).copied()).flatten();
        let structure = |item: &str| structures.get(item).copied().filter(|it| !it.is_empty());
        if let (ElementKind::DataObjectReference { .. }, Some(a), Some(b)) = (&place.element.kind, own, object)
            && a != b
            && structure(a).is_none_or(|it| Some(it) != structure(b))
        {
            let says =
                format!("expected `{}` to be of the item `{b}` like its data object, found `{a}`", place.element.id);
            found.push(look.on(Alert::error("flow-data-type", says), place));
        }
        let item = own.or(object);
        for name in [place.element.id.as_str(), place.element.name.as_str()] {
            known.insert(name, item);
        }
    }
    // A task of ours names its own data without declaring it.
    let declares = deep.iter().any(|it| it.name == "dataInput" || it.name == "dataOutput");
    for place in look.elements.values() {
        for (at, target) in place.element.data_input_associations.iter().enumerate() {
            let Some(target) = target.target_ref.as_deref().filter(|it| leads_out(look, place, it)) else { continue };
            let says =
                format!("expected an input of `{}` to lead into it, found it leads to `{target}`", place.element.id);
            let mut alert = look.on(Alert::error("flow-data-association", says), place);
            alert.pointer.push_str(&format!("/dataInputAssociations/{at}"));
            found.push(alert);
        }
        let lists = [
            (&place.element.data_input_associations, "dataInputAssociations"),
            (&place.element.data_output_associations, "dataOutputAssociations"),
        ];
        for (list, name) in lists {
            for (at, association) in list.iter().enumerate() {
                let mut say = |code: &str, says: String| {
                    let mut alert = look.on(Alert::error(code, says), place);
                    alert.pointer.push_str(&format!("/{name}/{at}"));
                    found.push(alert);
                };
                let ends = association.source_ref.iter().chain(&association.target_ref);
                for end in ends
                    .filter(|it| !known.contains_key(it.as_str()) && !known.contains_key(look.local(it)) && declares)
                {
                    say("flow-data-association", format!("expected data of this file, found `{end}`"));
                }
                let structure = |id: &String| {
                    known
                        .get(id.as_str())
                        .or_else(|| known.get(bare(id)))
                        .copied()
                        .flatten()
                        .and_then(|it| structures.get(it).copied())
                        .filter(|it| !it.is_empty())
                };
                if let ([source], Some(target), None) =
                    (association.source_ref.as_slice(), &association.target_ref, &association.transformation)
                    && let (Some(a), Some(b)) = (structure(source), structure(target))
                    && a != b
                    && association.assignment.is_empty()
                {
                    say(
                        "flow-data-type",
                        format!("expected `{source}` and `{target}` to have one structure, found {a} and {b}"),
                    );
                }
            }
        }
    }
}

/// Whether what an input leads to is a data object or store outside of the element. Its own data may have the same name.
fn leads_out(look: &Look, place: &Place, target: &str) -> bool {
    let mut own = Vec::new();
    below(&place.element.kept.children, &mut own);
    let own = own.iter().any(|it| attribute(it, "id") == Some(target) || attribute(it, "name") == Some(target));
    let data = look.elements.get(look.local(target)).filter(|it| {
        matches!(
            it.element.kind,
            ElementKind::DataObject { .. }
                | ElementKind::DataObjectReference { .. }
                | ElementKind::DataStoreReference { .. }
        )
    });
    data.is_some_and(|it| !own && !it.pointer.starts_with(&format!("{}/", place.pointer)))
}
