//! `flow-collection` (error): data says that it is a list, or that it is not, and the item definition it names says otherwise
//! (BPMN 2.0.2 Tables 10.51, 10.58, 10.59: both must have the same value). Fix: let both say the same.

use std::collections::BTreeMap;

use super::{Look, attribute, bare, below, kept};
use crate::alert::Alert;
use crate::model::flow::ElementKind;

pub fn rule(found: &mut Vec<Alert>, look: &Look) {
    let items: BTreeMap<&str, bool> = look
        .roots()
        .filter(|(_, it)| it.name == "itemDefinition")
        .filter_map(|(_, it)| Some((attribute(it, "id")?, yes(attribute(it, "isCollection")))))
        .collect();
    let differs =
        |item: Option<&str>, list: bool| item.and_then(|it| items.get(bare(it))).is_some_and(|it| *it != list);
    for place in look.elements.values() {
        let mut say = |name: &str| {
            let says =
                format!("expected `{name}` and its item definition to agree on being a list, found that they do not");
            found.push(look.on(Alert::error("flow-collection", says), place).arg("name", name));
        };
        if let ElementKind::DataObject { is_collection, .. } = &place.element.kind
            && differs(kept(&place.element.kept, "itemSubjectRef"), *is_collection)
        {
            say(place.element.id.as_str());
        }
        let mut deep = Vec::new();
        below(&place.element.kept.children, &mut deep);
        for it in deep.into_iter().filter(|it| it.name == "dataInput" || it.name == "dataOutput") {
            if differs(attribute(it, "itemSubjectRef"), yes(attribute(it, "isCollection"))) {
                say(attribute(it, "name").or(attribute(it, "id")).unwrap_or_default());
            }
        }
    }
}

fn yes(value: Option<&str>) -> bool {
    matches!(value.map(str::trim), Some("true" | "1"))
}
