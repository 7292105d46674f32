//! Where the things of a BPMN file stand: a path of the elements around each, for people and programs that have the XML before them and not
//! our JSON (`/definitions/process[@id='P']/userTask[@id='T']`; names without prefixes).

use std::collections::BTreeMap;

use super::{attribute, children};
use crate::interchange::Document;
use crate::model::flow::XmlElement;

/// By id: where it stands. Of several with one id the first.
pub fn places(document: &Document) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(&document.root(), "/definitions".to_owned(), &mut found);
    found
}

fn walk(it: &XmlElement, path: String, into: &mut BTreeMap<String, String>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, inner) in children(&it.children) {
        let nth = seen.entry(&inner.name).or_default();
        *nth += 1;
        let id = attribute(inner, "id").filter(|it| !it.is_empty());
        let step = match id {
            Some(id) if id.contains('\'') => format!("[@id=\"{id}\"]"),
            Some(id) => format!("[@id='{id}']"),
            None if *nth > 1 => format!("[{nth}]"),
            None => String::new(),
        };
        let path = format!("{path}/{}{step}", inner.name);
        if let Some(id) = id {
            into.entry(id.to_owned()).or_insert_with(|| path.clone());
        }
        walk(inner, path, into);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_place_is_a_path_of_the_xml() {
        let file = r#"<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
            <b:collaboration id="C"><b:participant id="p1" processRef="P"/></b:collaboration>
            <b:process id="P"><b:documentation/><b:documentation/><b:subProcess id="S"><b:boundaryEvent id="x"/><b:userTask id="T"/></b:subProcess>
            <b:userTask id="T"/></b:process></b:definitions>"#;
        let document = crate::interchange::Document::read_xml(file.as_bytes()).expect("a file");
        let found = super::places(&document);
        let at = |id: &str| found.get(id).map(String::as_str);
        assert_eq!(at("P"), Some("/definitions/process[@id='P']"));
        assert_eq!(at("T"), Some("/definitions/process[@id='P']/subProcess[@id='S']/userTask[@id='T']"));
        assert_eq!(at("p1"), Some("/definitions/collaboration[@id='C']/participant[@id='p1']"));
        assert_eq!(at("none"), None);
    }
}
