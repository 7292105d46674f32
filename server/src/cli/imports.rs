//! Files a BPMN model imports. `flow-import` (warning): a file that is named and does not lie there (BPMN 2.0.2 §8.2.3): what the model
//! refers to in it is unknown to everybody who has the model only. Addresses elsewhere are not asked.

use std::path::Path;

use runtime::alert::Alert;
use runtime::interchange::Document;
use runtime::model::flow::XmlNode;

/// What is said of the imports of a model at `path`.
pub fn missing(path: &Path, document: &Document) -> Vec<Alert> {
    let mut found = Vec::new();
    for (at, node) in document.definitions.children.iter().enumerate() {
        let XmlNode::Element(it) = node else { continue };
        let location = it.attributes.iter().find(|(name, _)| name == "location").map(|(_, value)| value.trim());
        let Some(location) = location.filter(|location| it.name == "import" && beside(location)) else { continue };
        if !path.with_file_name("").join(location).is_file() {
            found.push(
                Alert::warning("flow-import", format!("expected the imported file `{location}` there, found none"))
                    .at("", format!("/definitions/children/{at}"))
                    .arg("name", location),
            );
        }
    }
    found
}

/// Whether a location is a path from the model, not an address.
fn beside(location: &str) -> bool {
    !location.is_empty() && !location.contains(':') && !location.starts_with('/') && !location.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_told() {
        let folder = std::env::temp_dir().join(format!("imports-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("there.bpmn"), "").expect("a file");
        let said = |location: &str| {
            let text = format!(
                r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="x"><import namespace="y" location="{location}" importType="http://www.omg.org/spec/BPMN/20100524/MODEL"/></definitions>"#
            );
            missing(&folder.join("model.bpmn"), &Document::read_xml(text.as_bytes()).expect("a model")).len()
        };
        assert_eq!(["there.bpmn", "gone.bpmn", "http://example.com/x.xsd", "", "/etc/gone"].map(said), [0, 1, 0, 0, 0]);
        std::fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
