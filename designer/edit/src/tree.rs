//! Looking things up: elements of a flow over all its subprocesses, the lines between them, fields and options of a schema.

use runtime::model::flow::{Element, ElementKind, Flow};
use serde_json::{Map, Value};

/// An element by id, wherever it is.
pub fn find<'a>(flow: &'a Flow, id: &str) -> Option<&'a Element> {
    fn look<'a>(elements: &'a [Element], id: &str) -> Option<&'a Element> {
        elements.iter().find_map(|it| if it.id.as_str() == id { Some(it) } else { look(it.inside(), id) })
    }
    look(&flow.flow_elements, id)
}

/// The same, to change it.
pub fn find_mut<'a>(elements: &'a mut [Element], id: &str) -> Option<&'a mut Element> {
    for it in elements {
        if it.id.as_str() == id {
            return Some(it);
        }
        if let Some(inside) = it.kind.inside_mut()
            && let Some(found) = find_mut(inside, id)
        {
            return Some(found);
        }
    }
    None
}

/// The subprocess an element is in; `None`: the flow itself.
pub fn parent<'a>(flow: &'a Flow, id: &str) -> Option<&'a str> {
    fn look<'a>(elements: &'a [Element], id: &str, within: Option<&'a str>) -> Option<Option<&'a str>> {
        elements.iter().find_map(|it| {
            if it.id.as_str() == id { Some(within) } else { look(it.inside(), id, Some(it.id.as_str())) }
        })
    }
    look(&flow.flow_elements, id, None).flatten()
}

/// The subprocesses around an element, innermost first.
pub fn around<'a>(flow: &'a Flow, id: &str) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    let mut at = parent(flow, id);
    while let Some(it) = at {
        found.push(it);
        at = parent(flow, it);
    }
    found
}

/// The list a subprocess (or the flow, for `None`) keeps its elements in.
pub fn level<'a>(flow: &'a Flow, within: Option<&str>) -> Option<&'a [Element]> {
    match within {
        None => Some(&flow.flow_elements),
        Some(id) => find(flow, id).map(Element::inside),
    }
}

/// The same, to change it.
pub fn level_mut<'a>(flow: &'a mut Flow, within: Option<&str>) -> Option<&'a mut Vec<Element>> {
    match within {
        None => Some(&mut flow.flow_elements),
        Some(id) => find_mut(&mut flow.flow_elements, id)?.kind.inside_mut(),
    }
}

/// Keeps the elements that pass, at every level.
pub fn retain(elements: &mut Vec<Element>, keep: &dyn Fn(&Element) -> bool) {
    elements.retain(|it| keep(it));
    for it in elements {
        if let Some(inside) = it.kind.inside_mut() {
            retain(inside, keep);
        }
    }
}

/// Does something to every element, at every level.
pub fn each(elements: &mut [Element], act: &mut dyn FnMut(&mut Element)) {
    for it in elements {
        act(it);
        if let Some(inside) = it.kind.inside_mut() {
            each(inside, act);
        }
    }
}

/// Everything inside a subprocess, boundary events on it included.
pub fn inside(flow: &Flow, id: &str) -> Vec<String> {
    fn walk(elements: &[Element], into: &mut Vec<String>) {
        for it in elements {
            into.push(it.id.0.clone());
            into.extend(data_ids(it));
            walk(it.inside(), into);
        }
    }
    let mut found: Vec<String> = Vec::new();
    if let Some(it) = find(flow, id) {
        walk(it.inside(), &mut found);
    }
    found.extend(boundary(flow, id));
    found
}

/// Ids of the lines of data into and out of an element.
fn data_ids(it: &Element) -> impl Iterator<Item = String> {
    it.data_input_associations.iter().chain(&it.data_output_associations).filter_map(|it| it.id.clone())
}

/// Boundary events that sit on an activity.
pub fn boundary(flow: &Flow, host: &str) -> Vec<String> {
    let level = level(flow, parent(flow, host)).unwrap_or_default();
    let sits = |it: &&Element| matches!(&it.kind, ElementKind::BoundaryEvent { attached_to_ref, .. } if attached_to_ref.as_str() == host);
    level.iter().filter(sits).map(|it| it.id.0.clone()).collect()
}

/// The activity a boundary event sits on.
pub fn host<'a>(flow: &'a Flow, id: &str) -> Option<&'a str> {
    match &find(flow, id)?.kind {
        ElementKind::BoundaryEvent { attached_to_ref, .. } => Some(attached_to_ref.as_str()),
        _ => None,
    }
}

/// What a line between two nodes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    Sequence,
    /// From or to a note; from a compensation event to its handler.
    Association,
    /// Of the target: it reads the source.
    DataInput,
    /// Of the source: it writes the target.
    DataOutput,
    /// From one pool, or what stands in it, to another.
    Message,
}

/// A line as it is in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    pub id: &'a str,
    pub source: &'a str,
    pub target: &'a str,
    pub line: Line,
}

/// Every line that is drawn, at every level.
pub fn links(flow: &Flow) -> Vec<Link<'_>> {
    let mut found = Vec::new();
    for it in flow.all() {
        links_of(it, &mut found);
    }
    found.extend(messages(flow));
    found
}

/// Messages between pools.
pub fn messages(flow: &Flow) -> impl Iterator<Item = Link<'_>> {
    flow.collaboration.iter().flat_map(|it| &it.message_flows).map(|it| Link {
        id: &it.id,
        source: &it.source_ref,
        target: &it.target_ref,
        line: Line::Message,
    })
}

/// The line an element is, and the lines of data it has.
pub fn links_of<'a>(it: &'a Element, into: &mut Vec<Link<'a>>) {
    let id = it.id.as_str();
    match &it.kind {
        ElementKind::SequenceFlow { source_ref, target_ref, .. } => {
            into.push(Link { id, source: source_ref.as_str(), target: target_ref.as_str(), line: Line::Sequence });
        }
        ElementKind::Association { source_ref, target_ref, .. } => {
            into.push(Link { id, source: source_ref.as_str(), target: target_ref.as_str(), line: Line::Association });
        }
        _ => (),
    }
    for data in &it.data_input_associations {
        // What names no single thing beside the activity has no line.
        if let (Some(line), [source]) = (&data.id, data.source_ref.as_slice()) {
            into.push(Link { id: line, source, target: id, line: Line::DataInput });
        }
    }
    for data in &it.data_output_associations {
        if let (Some(line), Some(target)) = (&data.id, &data.target_ref) {
            into.push(Link { id: line, source: id, target, line: Line::DataOutput });
        }
    }
}

/// A line by its id.
pub fn link<'a>(flow: &'a Flow, id: &str) -> Option<Link<'a>> {
    let mut of_one = Vec::new();
    for it in flow.all() {
        links_of(it, &mut of_one);
        if let Some(found) = of_one.drain(..).find(|it| it.id == id) {
            return Some(found);
        }
    }
    messages(flow).find(|it| it.id == id)
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
    links(flow).into_iter().filter(|it| it.line == Line::Sequence).map(|it| (it.id, it.source, it.target)).collect()
}

pub fn flows_between<'a>(flow: &'a Flow, source: &str, target: &str) -> Vec<&'a str> {
    flows(flow).into_iter().filter(|it| it.1 == source && it.2 == target).map(|it| it.0).collect()
}

/// Something of a flow that can be selected: an element, a line of data, a lane, a pool, a message.
pub fn there(flow: &Flow, id: &str) -> bool {
    find(flow, id).is_some()
        || flow.lanes.iter().any(|it| it.id == id)
        || crate::pools::pool(flow, id).is_some()
        || link(flow, id).is_some()
}

/// A field of a schema; `rows.column`: a column of a sub-table.
pub fn field<'a>(schema: &'a Value, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        Some((rows, column)) => columns(field(schema, rows)?)?.get(column),
        None => schema.get("properties")?.get(path),
    }
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

/// A schema without the words of this platform: for validators that know the standard alone.
pub fn plain_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let kept = members.iter().filter(|(word, it)| {
                let ours =
                    word.starts_with("x-") || *word == "format" && it.as_str().is_some_and(|it| it.starts_with("x-"));
                !ours
            });
            Value::Object(kept.map(|(word, it)| (word.clone(), plain_schema(it))).collect())
        }
        Value::Array(list) => list.iter().map(plain_schema).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}
