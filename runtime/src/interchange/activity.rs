//! What activities have besides their kind, in XML and back: repetition (§10.3.8) and data associations (§10.4.2).

use super::names::Names;
use super::{event, kept, xml};
use crate::model::flow::{Assignment, Behavior, ComplexBehavior, DataAssociation, Kept, Loop, XmlElement, XmlNode};

/// The repetition of an activity.
pub fn read_loop(activity: &XmlElement, names: &Names) -> Option<Loop> {
    let inside = |of: &XmlElement, name: &str| {
        xml::child(of, name).map(|it| xml::text(it).trim().to_owned()).filter(|it| !it.is_empty())
    };
    let flag = |of: &XmlElement, name: &str| xml::attribute(of, name).and_then(kept::flag).unwrap_or(false);
    if let Some(it) = xml::child(activity, "multiInstanceLoopCharacteristics") {
        let foreign = Foreign::of(it);
        let data = |name: &str| inside(it, name).map(|it| names.data(&it));
        let item = |name: &str| {
            let item = xml::child(it, name)?;
            let word =
                xml::attribute(item, "name").filter(|it| !it.is_empty()).or_else(|| xml::attribute(item, "id"))?;
            Some(word.to_owned())
        };
        let thrown = |name: &str| xml::attribute(it, name).and_then(|it| names.definition(it)).cloned();
        let behavior = match xml::attribute(it, "behavior") {
            Some("None") => Behavior::None,
            Some("One") => Behavior::One,
            Some("Complex") => Behavior::Complex,
            _ => Behavior::All,
        };
        let complex = xml::elements(it).filter(|it| it.name == "complexBehaviorDefinition").map(|it| ComplexBehavior {
            condition: inside(it, "condition").unwrap_or_default(),
            event: xml::child(it, "event").and_then(|it| event::of_event(it, names)).unwrap_or_else(event::nothing),
        });
        return Some(Loop::MultiInstance {
            is_sequential: flag(it, "isSequential"),
            loop_cardinality: inside(it, "loopCardinality"),
            collection: data("loopDataInputRef").or(foreign.collection),
            item: item("inputDataItem").or(foreign.item),
            output_item: item("outputDataItem").or(foreign.output_item),
            output_collection: data("loopDataOutputRef").or(foreign.output_collection),
            completion_condition: inside(it, "completionCondition"),
            behavior,
            none_behavior_event: thrown("noneBehaviorEventRef"),
            one_behavior_event: thrown("oneBehaviorEventRef"),
            complex_behaviors: complex.collect(),
        });
    }
    let it = xml::child(activity, "standardLoopCharacteristics")?;
    Some(Loop::StandardLoop {
        test_before: flag(it, "testBefore"),
        loop_condition: inside(it, "loopCondition"),
        loop_maximum: xml::attribute(it, "loopMaximum").map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()),
    })
}

/// The same as an element. `kept` is the activity's: what a foreign word there says already is not said twice.
pub fn write_loop(of: &Loop, kept: &Kept, names: &Names) -> XmlElement {
    let text = |into: &mut XmlElement, name: &str, text: &Option<String>| {
        if let Some(text) = text.as_ref().filter(|it| !it.is_empty()) {
            xml::push(into, xml::text_element(name, text));
        }
    };
    match of {
        Loop::StandardLoop { test_before, loop_condition, loop_maximum } => {
            let mut out = xml::element("standardLoopCharacteristics");
            if *test_before {
                xml::set(&mut out, "testBefore", "true");
            }
            if let Some(it) = loop_maximum.as_ref().filter(|it| it.parse::<u64>().is_ok()) {
                xml::set(&mut out, "loopMaximum", it);
            }
            text(&mut out, "loopCondition", loop_condition);
            out
        }
        Loop::MultiInstance {
            is_sequential,
            loop_cardinality,
            collection,
            item,
            output_item,
            output_collection,
            completion_condition,
            behavior,
            none_behavior_event: _,
            one_behavior_event: _,
            complex_behaviors,
        } => {
            let mut out = xml::element("multiInstanceLoopCharacteristics");
            let skeleton = kept.children.iter().find_map(|it| match it {
                XmlNode::Element(it) if it.name == out.name => Some(it),
                _ => None,
            });
            let foreign = skeleton.map(Foreign::of).unwrap_or_default();
            // A reference in the file that stands for the same data is put back by `join`.
            let known = |value: &Option<String>, foreign: &Option<String>| {
                value.as_ref().filter(|it| Some(*it) != foreign.as_ref() && xml::is_name(it)).cloned()
            };
            if *is_sequential {
                xml::set(&mut out, "isSequential", "true");
            }
            match behavior {
                Behavior::All => (),
                Behavior::None => xml::set(&mut out, "behavior", "None"),
                Behavior::One => xml::set(&mut out, "behavior", "One"),
                Behavior::Complex => xml::set(&mut out, "behavior", "Complex"),
            }
            text(&mut out, "loopCardinality", loop_cardinality);
            text(&mut out, "loopDataInputRef", &known(collection, &foreign.collection));
            text(&mut out, "loopDataOutputRef", &known(output_collection, &foreign.output_collection));
            for (name, value, foreign) in
                [("inputDataItem", item, &foreign.item), ("outputDataItem", output_item, &foreign.output_item)]
            {
                if let Some(it) = known(value, foreign) {
                    let mut data = xml::element(name);
                    xml::set(&mut data, "name", it);
                    xml::push(&mut out, data);
                }
            }
            for it in complex_behaviors {
                let mut complex = xml::element("complexBehaviorDefinition");
                xml::push(&mut complex, xml::text_element("condition", &it.condition));
                let mut thrown = xml::element("event");
                event::write(&mut thrown, Some(&it.event), &Kept::default(), names);
                if !thrown.children.is_empty() {
                    xml::push(&mut complex, thrown);
                }
                xml::push(&mut out, complex);
            }
            text(&mut out, "completionCondition", completion_condition);
            out
        }
    }
}

/// A kept repetition without its references to data, for a model that has others by now.
pub fn without_references(kept: &Kept) -> Kept {
    let mut kept = kept.clone();
    for node in &mut kept.children {
        if let XmlNode::Element(it) = node
            && it.name == "multiInstanceLoopCharacteristics"
        {
            it.children.retain(|it| {
                !matches!(it, XmlNode::Element(it) if matches!(it.name.as_str(), "loopDataInputRef" | "loopDataOutputRef"))
            });
        }
    }
    kept
}

/// What other tools' extensions say about the list a multi-instance activity runs over.
#[derive(Default)]
struct Foreign {
    collection: Option<String>,
    item: Option<String>,
    output_item: Option<String>,
    output_collection: Option<String>,
}

impl Foreign {
    fn of(characteristics: &XmlElement) -> Self {
        let bare = |text: &str| {
            let text = text.trim();
            let text = text
                .strip_prefix("${")
                .and_then(|it| it.strip_suffix('}'))
                .or_else(|| text.strip_prefix('='))
                .unwrap_or(text);
            Some(text.trim().to_owned()).filter(|it| !it.is_empty())
        };
        let find = |of: &XmlElement, name: &str| {
            of.attributes.iter().find(|(key, _)| key == name).and_then(|(_, it)| bare(it))
        };
        let prefixed = |name: &str| {
            let is = |key: &str| key.split_once(':').is_some_and(|(_, local)| local == name);
            characteristics.attributes.iter().find(|(key, _)| is(key)).and_then(|(_, it)| bare(it))
        };
        let mut found =
            Foreign { collection: prefixed("collection"), item: prefixed("elementVariable"), ..Foreign::default() };
        let inner = xml::child(characteristics, "extensionElements")
            .and_then(|it| xml::elements(it).find(|it| it.name.ends_with(":loopCharacteristics")));
        if let Some(it) = inner {
            found.collection = find(it, "inputCollection").or(found.collection);
            found.item = find(it, "inputElement").or(found.item);
            found.output_item = find(it, "outputElement");
            found.output_collection = find(it, "outputCollection");
        }
        found
    }
}

/// A data association.
pub fn read_association(from: &XmlElement, names: &Names) -> DataAssociation {
    let mut found = DataAssociation {
        id: xml::attribute(from, "id").map(str::to_owned),
        source_ref: xml::elements(from)
            .filter(|it| it.name == "sourceRef")
            .map(|it| names.data(&xml::text(it)))
            .collect(),
        target_ref: xml::child(from, "targetRef").map(|it| names.data(&xml::text(it))).filter(|it| !it.is_empty()),
        transformation: xml::child(from, "transformation").map(|it| xml::text(it).trim().to_owned()),
        assignment: xml::elements(from)
            .filter(|it| it.name == "assignment")
            .map(|it| {
                let inside =
                    |name: &str| xml::child(it, name).map(|it| xml::text(it).trim().to_owned()).unwrap_or_default();
                Assignment { target: inside("to"), expr: inside("from") }
            })
            .collect(),
        kept: Kept::default(),
    };
    found.kept = kept::rest(from, &plain_association(&from.name, &found, names));
    found
}

/// The same as an element with everything kept.
pub fn write_association(name: &str, of: &DataAssociation, names: &Names) -> XmlElement {
    kept::join(plain_association(name, of, names), &of.kept)
}

fn plain_association(name: &str, of: &DataAssociation, names: &Names) -> XmlElement {
    let mut out = xml::element(name);
    if let Some(id) = &of.id {
        xml::set(&mut out, "id", id);
    }
    // The file's own reference, where it stands for the same data.
    let listed = |name: &'static str| {
        of.kept.children.iter().filter_map(move |it| match it {
            XmlNode::Element(it) if it.name == name => Some(xml::text(it)),
            _ => None,
        })
    };
    let written = |name: &'static str, value: &str, raw: Option<String>| {
        let raw = raw.filter(|it| names.data(it) == value);
        xml::text_element(name, raw.as_deref().map_or(value, str::trim))
    };
    let mut sources = listed("sourceRef");
    for it in &of.source_ref {
        xml::push(&mut out, written("sourceRef", it, sources.next()));
    }
    if let Some(it) = &of.target_ref {
        xml::push(&mut out, written("targetRef", it, listed("targetRef").next()));
    }
    if let Some(it) = &of.transformation {
        xml::push(&mut out, xml::text_element("transformation", it));
    }
    for it in &of.assignment {
        let mut assignment = xml::element("assignment");
        xml::push(&mut assignment, xml::text_element("from", &it.expr));
        xml::push(&mut assignment, xml::text_element("to", &it.target));
        xml::push(&mut out, assignment);
    }
    out
}
