//! `flow-data-association` (error): data flows from or to something that is not there, or from several sources without a
//! transformation that makes one value of them (BPMN 2.0.2 §10.4.2, Table 10.66). `flow-unknown-data` (error): a drawn data object stands
//! for one that is not in the flow. Fix: name a data object of this scope or one around it; write the transformation.
//! An output may leave its source open: the schema lets it, and modelers that only draw write none. Nothing flows then.

use std::collections::BTreeSet;

use super::{Graph, called};
use crate::alert::Alert;
use crate::model::flow::{DataAssociation, Element, ElementKind};

pub fn rule(found: &mut Vec<Alert>, graph: &Graph) {
    let mut known: Option<BTreeSet<&str>> = None;
    for it in graph.elements {
        if let ElementKind::DataObjectReference { data_object_ref: Some(id) } = &it.kind {
            let known = known.get_or_insert_with(|| data(graph));
            if !known.contains(id.as_str()) {
                let says = format!("expected `{}` to stand for a data object of this flow, found `{id}`", called(it));
                found.push(graph.on(Alert::error("flow-unknown-data", says), it).arg("name", id.as_str()));
            }
        }
        for (list, name) in [
            (&it.data_input_associations, "dataInputAssociations"),
            (&it.data_output_associations, "dataOutputAssociations"),
        ] {
            for (at, association) in list.iter().enumerate() {
                let pointer = format!("/{name}/{at}");
                let open = name == "dataOutputAssociations" && association.target_ref.is_some();
                one(found, graph, it, association, open, &pointer);
            }
        }
    }
}

/// Data objects of this scope and of those around it.
fn data<'a>(graph: &Graph<'a>) -> BTreeSet<&'a str> {
    let scopes = graph.around.iter().map(|it| it.inside()).chain([graph.flow.flow_elements.as_slice()]);
    let objects = scopes.flatten().filter(|it| matches!(it.kind, ElementKind::DataObject { .. }));
    objects.map(|it| it.id.as_str()).collect()
}

/// `open`: it may do without a source.
fn one(found: &mut Vec<Alert>, graph: &Graph, it: &Element, association: &DataAssociation, open: bool, pointer: &str) {
    let written = association.transformation.is_some() || !association.assignment.is_empty();
    let says = match association.source_ref.len() {
        0 if !written && !open => format!("expected a source of the data at `{}`, found none", called(it)),
        2.. if !written => format!(
            "expected one source of the data at `{}`, or a transformation of several; found {}",
            called(it),
            association.source_ref.len()
        ),
        _fine => return,
    };
    let mut alert = graph.on(Alert::error("flow-data-association", says), it);
    alert.pointer.push_str(pointer);
    found.push(alert);
}
