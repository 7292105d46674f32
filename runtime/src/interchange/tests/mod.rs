//! Small models in, flows out, and back. What every file of the field must survive is in `tests/interchange_corpus.rs`,
//! what nobody would draw in `hostile`, what we make ourselves in `random`.

mod hostile;
mod random;
mod reading;
mod writing;

use super::{Document, Error};

/// A whole file around the inside of `definitions`.
fn file(inside: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:tns="urn:t" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="urn:t">{inside}</definitions>"#
    )
}

fn read(inside: &str) -> Document {
    Document::read_xml(file(inside).as_bytes()).expect("a good file")
}

/// The element of the first flow with that id.
fn element(inside: &str, id: &str) -> crate::model::flow::Element {
    let document = read(&format!(r#"<process id="P">{inside}</process>"#));
    let flow = document.flows.first().expect("a flow");
    flow.all().into_iter().find(|it| it.id.as_str() == id).expect("the element").clone()
}

/// Reads what it wrote; it must be the same document and the same bytes.
fn twice(document: &Document) -> String {
    let text = document.write_xml();
    let again = Document::read_xml(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(again.write_xml(), text);
    text
}
