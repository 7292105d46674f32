//! Looking things up: elements of a flow over all its subprocesses, fields and options of a schema.

use runtime::model::flow::{Element, ElementKind, Flow};
use serde_json::{Map, Value};

/// An element by id, wherever it is.
pub fn find<'a>(flow: &'a Flow, id: &str) -> Option<&'a Element> {
    flow.all().into_iter().find(|it| it.id.as_str() == id)
}

/// The same, to change it.
pub fn find_mut<'a>(elements: &'a mut [Element], id: &str) -> Option<&'a mut Element> {
    for it in elements {
        if it.id.as_str() == id {
            return Some(it);
        }
        if let ElementKind::SubProcess { flow_elements, .. } = &mut it.kind
            && let Some(found) = find_mut(flow_elements, id)
        {
            return Some(found);
        }
    }
    None
}

/// The subprocess an element is in; `None`: the flow itself.
pub fn parent<'a>(flow: &'a Flow, id: &str) -> Option<&'a str> {
    fn look<'a>(elements: &'a [Element], id: &str, within: Option<&'a str>) -> Option<Option<&'a str>> {
        for it in elements {
            if it.id.as_str() == id {
                return Some(within);
            }
            if let ElementKind::SubProcess { flow_elements, .. } = &it.kind
                && let Some(found) = look(flow_elements, id, Some(it.id.as_str()))
            {
                return Some(found);
            }
        }
        None
    }
    look(&flow.flow_elements, id, None).flatten()
}

/// The list a subprocess (or the flow, for `None`) keeps its elements in.
pub fn level_mut<'a>(flow: &'a mut Flow, within: Option<&str>) -> Option<&'a mut Vec<Element>> {
    match within {
        None => Some(&mut flow.flow_elements),
        Some(id) => match &mut find_mut(&mut flow.flow_elements, id)?.kind {
            ElementKind::SubProcess { flow_elements, .. } => Some(flow_elements),
            _ => None,
        },
    }
}

/// Keeps the elements that pass, at every level.
pub fn retain(elements: &mut Vec<Element>, keep: &dyn Fn(&Element) -> bool) {
    elements.retain(|it| keep(it));
    for it in elements {
        if let ElementKind::SubProcess { flow_elements, .. } = &mut it.kind {
            retain(flow_elements, keep);
        }
    }
}

/// Does something to every element, at every level.
pub fn each(elements: &mut [Element], act: &mut dyn FnMut(&mut Element)) {
    for it in elements {
        act(it);
        if let ElementKind::SubProcess { flow_elements, .. } = &mut it.kind {
            each(flow_elements, act);
        }
    }
}

/// Everything inside a subprocess, boundary events on it included.
pub fn inside(flow: &Flow, id: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if let Some(Element { kind: ElementKind::SubProcess { flow_elements, .. }, .. }) = find(flow, id) {
        let part = Flow { flow_elements: flow_elements.clone(), ..Flow::default() };
        found.extend(part.all().into_iter().map(|it| it.id.0.clone()));
    }
    found.extend(boundary(flow, id));
    found
}

/// Boundary events that sit on an activity.
pub fn boundary(flow: &Flow, host: &str) -> Vec<String> {
    flow.all()
        .into_iter()
        .filter(|it| matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if attached_to_ref.as_str() == host))
        .map(|it| it.id.0.clone())
        .collect()
}

/// Source and target of a sequence flow.
pub fn ends<'a>(flow: &'a Flow, id: &str) -> Option<(&'a str, &'a str)> {
    match &find(flow, id)?.kind {
        ElementKind::SequenceFlow { source_ref, target_ref, .. } => Some((source_ref.as_str(), target_ref.as_str())),
        _ => None,
    }
}

/// Every sequence flow: id, source, target.
pub fn flows(flow: &Flow) -> Vec<(&str, &str, &str)> {
    flow.all()
        .into_iter()
        .filter_map(|it| match &it.kind {
            ElementKind::SequenceFlow { source_ref, target_ref, .. } => Some((it.id.as_str(), source_ref.as_str(), target_ref.as_str())),
            _ => None,
        })
        .collect()
}

pub fn flows_between<'a>(flow: &'a Flow, source: &str, target: &str) -> Vec<&'a str> {
    flows(flow).into_iter().filter(|it| it.1 == source && it.2 == target).map(|it| it.0).collect()
}

/// A field of a schema.
pub fn field<'a>(schema: &'a Value, key: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(key)
}

/// The listed choices of a field, of one choice or of many.
pub fn options(field: &Value) -> Option<&Vec<Value>> {
    field.get("oneOf").or_else(|| field.pointer("/items/oneOf"))?.as_array()
}

/// The columns of a sub-table.
pub fn columns(field: &Value) -> Option<&Map<String, Value>> {
    field.pointer("/items/properties")?.as_object()
}

/// Keys of the required fields.
pub fn required(schema: &Value) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}
