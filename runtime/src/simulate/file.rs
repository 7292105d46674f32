//! A BPMN file as something to run: its flows, what goes between its pools, and by what messages find their instance. Files
//! say the latter with correlation keys (BPMN 2.0.2 §8.4.2): a process that subscribes compares what it knows (`dataPath`) with
//! what the message brings (`messagePath`); without a subscription the key is what the first message of the conversation brought.
//! Zeebe's `correlationKey` of a message means the same as a subscription; one that is not understood is an incident where the
//! instance begins to wait, so that no message finds the wrong one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::MessageFlow;
use crate::expr::Expr;
use crate::foreign;
use crate::interchange::Document;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow, Named, XmlElement, XmlNode};

/// What a file holds, ready for [`super::run`].
#[derive(Clone, Debug, Default)]
pub struct File {
    pub flows: Vec<Flow>,
    pub message_flows: Vec<MessageFlow>,
    /// By the name of a message: its key.
    pub keys: BTreeMap<String, Key>,
}

/// By what a message finds its instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Key {
    /// Messages with the same one belong to one conversation.
    pub id: String,
    /// Ids and names of what it is made of, in order.
    pub properties: Vec<(String, String)>,
    /// An expression over what the message brings; none: it is not understood.
    pub path: Option<String>,
}

impl Key {
    /// The key a script gives: a value, the values of several properties in order, or by their ids or names.
    pub(super) fn given(key: Option<&Self>, given: &Value) -> String {
        let text = |it: &Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
        let joined = |all: Vec<String>| all.join("|");
        match given {
            Value::Array(all) => joined(all.iter().map(text).collect()),
            Value::Object(all) => {
                let named = |(id, name): &(String, String)| all.get(id).or_else(|| all.get(name)).map(text);
                let named: Option<Vec<String>> =
                    key.map(|it| it.properties.iter().map(named).collect()).unwrap_or_default();
                joined(named.unwrap_or_else(|| all.values().map(text).collect()))
            }
            other => text(other),
        }
    }
}

/// How the instances of a file find their messages.
#[derive(Default)]
struct Correlation {
    /// By key: its properties.
    keys: BTreeMap<String, Vec<String>>,
    /// By property: its name.
    names: BTreeMap<String, String>,
    /// By property and message: where the message has it; none: it is not understood.
    paths: BTreeMap<(String, String), Option<String>>,
    /// By message: where an instance has it, said at the message itself.
    own: BTreeMap<String, String>,
}

impl File {
    pub fn of(mut document: Document) -> Self {
        of_operations(&mut document);
        let messages: BTreeMap<String, String> = document
            .flows
            .iter()
            .flat_map(|it| &it.messages)
            .map(|it| (it.id.clone(), it.called().to_owned()))
            .collect();
        let between = document.collaborations.iter().flat_map(|it| &it.message_flows).map(|it| MessageFlow {
            id: it.id.clone(),
            message: it.message_ref.as_ref().map(|id| messages.get(id).unwrap_or(id).clone()),
            source: it.source_ref.clone(),
            target: it.target_ref.clone(),
        });
        let message_flows = between.collect();
        let correlation = Correlation::of(&document);
        let language = document.definitions.attributes.iter().find(|(name, _)| name == "expressionLanguage");
        let language = language.map_or("", |(_, it)| it.as_str());
        let mut flows = document.flows;
        flows.iter_mut().for_each(|it| foreign::of_language(it, language));
        let mut keys = BTreeMap::new();
        for flow in &mut flows {
            correlation.subscribe(flow, &messages, &mut keys);
        }
        Self { flows, message_flows, keys }
    }
}

impl Correlation {
    fn of(document: &Document) -> Self {
        let mut found = Self::default();
        let around = document.collaborations.iter().flat_map(|it| elements(&it.kept.children));
        for key in around.filter(|it| it.name == "correlationKey") {
            let properties = children(key, "correlationPropertyRef").map(|it| local(&text(it)).to_owned()).collect();
            found.keys.insert(attribute(key, "id").to_owned(), properties);
        }
        for root in elements(&document.definitions.children) {
            match root.name.as_str() {
                "correlationProperty" => {
                    let property = attribute(root, "id").to_owned();
                    found.names.insert(property.clone(), attribute(root, "name").to_owned());
                    for it in children(root, "correlationPropertyRetrievalExpression") {
                        let message = local(attribute(it, "messageRef")).to_owned();
                        let path = children(it, "messagePath").find_map(|it| said(&text(it)));
                        found.paths.insert((property.clone(), message), path);
                    }
                }
                "message" => {
                    let subscription = elements(&root.children)
                        .filter(|it| it.name == "extensionElements")
                        .flat_map(|it| elements(&it.children))
                        .find(|it| it.name.ends_with(":subscription"));
                    let key = subscription.map(|it| attribute(it, "correlationKey")).filter(|it| !it.trim().is_empty());
                    if let Some(key) = key {
                        found.own.insert(attribute(root, "id").to_owned(), told(key));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// What a property was in the messages of the conversation so far, whichever brought it, that which is waited for last. Not
    /// known before a message has brought it: blank then, which is any.
    fn conversed(&self, property: &str, message: &str) -> Option<String> {
        let of_property = self.paths.iter().filter_map(|(it, path)| Some((it, path.as_ref()?)));
        let of_property = of_property.filter(|((it, _), path)| it == property && is_path(path));
        let (own, others): (Vec<_>, Vec<_>) = of_property.partition(|((_, it), _)| it == message);
        let known = others.into_iter().chain(own).map(|(_, it)| format!("vars?.{} ?? ", it.replace('.', "?.")));
        let known: String = known.collect();
        (!known.is_empty()).then(|| format!("({known}\"\")"))
    }

    /// What the instances of a flow wait by, and what the messages bring.
    fn subscribe(&self, flow: &mut Flow, messages: &BTreeMap<String, String>, keys: &mut BTreeMap<String, Key>) {
        let subscriptions: Vec<&XmlElement> =
            elements(&flow.kept.children).filter(|it| it.name == "correlationSubscription").collect();
        let mut own: BTreeMap<String, String> = BTreeMap::new();
        for (message, name) in messages {
            if let Some(it) = self.own.get(message) {
                own.insert(message.clone(), it.clone());
                continue;
            }
            for (key, properties) in &self.keys {
                let brought: Option<Vec<&Option<String>>> =
                    properties.iter().map(|it| self.paths.get(&(it.clone(), message.clone()))).collect();
                let Some(brought) = brought.filter(|it| !it.is_empty()) else { continue };
                let subscribed = subscriptions.iter().find(|it| local(attribute(it, "correlationKeyRef")) == key);
                let known: Option<Vec<String>> = match subscribed {
                    Some(it) => properties.iter().map(|property| data_path(it, property)).collect(),
                    None => properties.iter().map(|property| self.conversed(property, message)).collect(),
                };
                let paths: Option<Vec<&str>> = brought.iter().map(|it| it.as_deref()).collect();
                let named = |it: &String| (it.clone(), self.names.get(it).cloned().unwrap_or_default());
                let key = Key {
                    id: key.clone(),
                    properties: properties.iter().map(named).collect(),
                    path: paths.map(|it| joined(it.into_iter())),
                };
                keys.insert(name.clone(), key);
                if let Some(known) = known {
                    own.insert(message.clone(), joined(known.iter().map(String::as_str)));
                }
                break;
            }
        }
        drop(subscriptions);
        if !own.is_empty() {
            waits(&mut flow.flow_elements, &own);
        }
    }
}

/// A task that speaks of an operation and of no message of its own: that of the operation (BPMN 2.0.2 §10.3.3).
fn of_operations(document: &mut Document) {
    let interfaces = elements(&document.definitions.children).filter(|it| it.name == "interface");
    let taken = interfaces.flat_map(|it| children(it, "operation")).filter_map(|it| {
        let message = children(it, "inMessageRef").next().map(text)?;
        Some((attribute(it, "id").to_owned(), local(&message).to_owned()))
    });
    let operations: BTreeMap<String, String> = taken.collect();
    if operations.is_empty() {
        return;
    }
    let roots = elements(&document.definitions.children).filter(|it| it.name == "message");
    let unused = roots.map(|it| Named { id: attribute(it, "id").to_owned(), name: attribute(it, "name").to_owned() });
    let known: Vec<Named> = document.flows.iter().flat_map(|it| it.messages.clone()).chain(unused).collect();
    for flow in &mut document.flows {
        let mut spoken = Vec::new();
        speak(&mut flow.flow_elements, &operations, &mut spoken);
        for id in spoken {
            if !flow.messages.iter().any(|it| it.id == id) {
                flow.messages.extend(known.iter().find(|it| it.id == id).cloned());
            }
        }
    }
}

/// Gives tasks the messages of their operations; those given are noted.
fn speak(list: &mut [Element], operations: &BTreeMap<String, String>, spoken: &mut Vec<String>) {
    for it in list {
        let operation = it.kept.attributes.iter().find(|(key, _)| key == "operationRef").map(|(_, it)| local(it));
        if let (
            ElementKind::ReceiveTask { message_ref: own @ None, .. }
            | ElementKind::SendTask { message_ref: own @ None, .. },
            Some(message),
        ) = (&mut it.kind, operation.and_then(|it| operations.get(it)))
        {
            *own = Some(message.clone());
            spoken.push(message.clone());
        }
        if let Some(inside) = it.kind.inside_mut() {
            speak(inside, operations, spoken);
        }
    }
}

/// Puts the keys at what waits for the messages.
fn waits(list: &mut [Element], own: &BTreeMap<String, String>) {
    for it in list {
        match &mut it.kind {
            ElementKind::ReceiveTask { message_ref: Some(id), correlation: key @ None, .. } => {
                *key = own.get(id).cloned()
            }
            ElementKind::StartEvent { event_definition: Some(it), .. }
            | ElementKind::IntermediateCatchEvent { event_definition: it }
            | ElementKind::BoundaryEvent { event_definition: it, .. } => definition(it, own),
            _ => {}
        }
        if let Some(inside) = it.kind.inside_mut() {
            waits(inside, own);
        }
    }
}

fn definition(it: &mut EventDefinition, own: &BTreeMap<String, String>) {
    if let EventDefinition::Message { message_ref, correlation: key @ None, .. } = it {
        *key = own.get(message_ref).cloned();
    } else if let EventDefinition::Multiple { event_definitions, .. } = it {
        event_definitions.iter_mut().for_each(|it| definition(it, own));
    }
}

/// Where a process has a property.
fn data_path(subscription: &XmlElement, property: &str) -> Option<String> {
    let binding = children(subscription, "correlationPropertyBinding")
        .find(|it| local(attribute(it, "correlationPropertyRef")) == property)?;
    children(binding, "dataPath").map(|it| told(&text(it))).next()
}

/// Several properties are one key together.
fn joined<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = paths.collect();
    match all.as_slice() {
        [one] => (*one).to_owned(),
        several => several.iter().map(|it| format!("`${{{it}}}`")).collect::<Vec<_>>().join(" + \"|\" + "),
    }
}

/// An expression in rhai, if it can be said.
fn said(source: &str) -> Option<String> {
    let it = told(source);
    (!foreign::is_stopped(&it)).then_some(it)
}

/// An expression in rhai; what cannot be said says so when it is asked.
fn told(source: &str) -> String {
    let mut it = source.trim().to_owned();
    foreign::text(&mut it, &foreign::Names::default());
    if Expr::parse(&it).is_ok() { it } else { foreign::stopped("this", source.trim()) }
}

fn is_path(text: &str) -> bool {
    text.split('.')
        .all(|it| it.starts_with(char::is_alphabetic) && it.chars().all(|it| it.is_alphanumeric() || it == '_'))
}

fn elements(list: &[XmlNode]) -> impl Iterator<Item = &XmlElement> {
    list.iter().filter_map(|it| match it {
        XmlNode::Element(it) => Some(it),
        XmlNode::Text(_) | XmlNode::Comment { .. } | XmlNode::Instruction { .. } => None,
    })
}

fn children<'a>(of: &'a XmlElement, name: &'a str) -> impl Iterator<Item = &'a XmlElement> {
    elements(&of.children).filter(move |it| it.name == name)
}

fn attribute<'a>(of: &'a XmlElement, name: &str) -> &'a str {
    of.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, it)| it)
}

fn text(of: &XmlElement) -> String {
    let texts = of.children.iter().filter_map(|it| if let XmlNode::Text(it) = it { Some(it.as_str()) } else { None });
    texts.collect::<String>().trim().to_owned()
}

/// The id a qualified name refers to.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::File;
    use crate::interchange::Document;
    use crate::simulate::{Options, run};

    const HEAD: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="urn:t" targetNamespace="urn:t">
        <message id="M_order" name="order"/>"#;
    const PROCESS: &str = r#"<process id="P"><startEvent id="s"><messageEventDefinition messageRef="t:M_order"/></startEvent>
        <sequenceFlow id="f1" sourceRef="s" targetRef="k"/>
        <intermediateCatchEvent id="k"><messageEventDefinition messageRef="t:M_pay"/></intermediateCatchEvent>
        <sequenceFlow id="f2" sourceRef="k" targetRef="u"/><userTask id="u"/>"#;
    const KEYS: &str = r#"<message id="M_pay" name="pay"/><correlationProperty id="cp" name="order number"><correlationPropertyRetrievalExpression
        messageRef="t:M_pay"><messagePath>orderId</messagePath></correlationPropertyRetrievalExpression></correlationProperty>
        <collaboration id="C"><participant id="p" processRef="P"/><correlationKey id="ck"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey></collaboration>"#;
    const SUBSCRIPTION: &str = r#"<correlationSubscription id="cs" correlationKeyRef="t:ck"><correlationPropertyBinding id="b"
        correlationPropertyRef="t:cp"><dataPath>number</dataPath></correlationPropertyBinding></correlationSubscription>"#;

    /// Of two instances the second gets its message, told by the payload or by the script.
    #[test]
    fn messages_find_their_instance() {
        let zeebe = r#"<message id="M_pay" name="pay"><extensionElements><zeebe:subscription xmlns:zeebe="urn:z" correlationKey="=number"/></extensionElements></message>"#;
        let by_key = json!({ "message": "pay", "correlation": 2 });
        let by_payload = json!({ "message": "pay", "set": { "orderId": 2 } });
        let other = json!({ "message": "pay", "correlation": 9 });
        let by_property = json!({ "message": "pay", "correlation": { "order number": 2 } });
        let by_list = json!({ "message": "pay", "correlation": [2] });
        let unsaid = r#"<message id="M_pay" name="pay"><extensionElements><zeebe:subscription xmlns:zeebe="urn:z" correlationKey="=for n in numbers return n"/></extensionElements></message>"#;
        let converted = zeebe.replace("=number", "=string(number)");
        for (name, roots, subscription, pay, expected) in [
            ("subscription", KEYS, SUBSCRIPTION, &by_key, "k u"),
            ("subscription", KEYS, SUBSCRIPTION, &by_payload, "k u"),
            ("subscription", KEYS, SUBSCRIPTION, &other, "k"),
            ("first message", KEYS, "", &by_payload, "k u"),
            ("first message", KEYS, "", &other, "k"),
            ("zeebe", zeebe, "", &by_key, "k u"),
            ("zeebe", zeebe, "", &other, "k"),
            ("zeebe", zeebe, "", &by_property, "k u"),
            ("subscription", KEYS, SUBSCRIPTION, &by_property, "k u"),
            ("subscription", KEYS, SUBSCRIPTION, &by_list, "k u"),
            ("a function", &converted, "", &by_key, "k u"),
            ("a function", &converted, "", &other, "k"),
            ("not understood", unsaid, "", &by_key, "k"),
        ] {
            let text = format!("{HEAD}{roots}{PROCESS}{subscription}</process></definitions>");
            let file = File::of(Document::read_xml(text.as_bytes()).expect("a document"));
            let script = json!([
                { "message": "order", "set": { "orderId": 1, "number": 1 } },
                { "message": "order", "set": { "orderId": 2, "number": 2 } },
                pay
            ]);
            let script = serde_json::from_value(script).expect("happenings");
            let outcome =
                run(&file.flows, &file.message_flows, &Options { script, keys: file.keys, ..Options::default() });
            let waiting: Vec<&str> = outcome.waiting.iter().map(|it| it.element.as_str()).collect();
            assert_eq!(waiting.join(" "), expected, "{name} {pay}: {outcome:?}");
            let number = outcome.trace.iter().filter(|it| it.element.as_str() == "u").count();
            assert_eq!(number, usize::from(expected == "k u"), "{name} {pay}");
        }
    }

    #[test]
    fn a_task_of_an_operation_waits_for_its_message() {
        let file = format!(
            r#"{HEAD}<interface id="i" name="i"><operation id="o" name="o"><inMessageRef>t:M_order</inMessageRef></operation></interface>
            <process id="P"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="r"/>
            <receiveTask id="r" operationRef="t:o"/><sequenceFlow id="f2" sourceRef="r" targetRef="e"/><endEvent id="e"/></process></definitions>"#
        );
        let file = File::of(Document::read_xml(file.as_bytes()).expect("a file"));
        // By its name, or by its id, which is no name.
        for (name, status) in [("order", "completed"), ("M_order", "completed"), ("other", "waiting")] {
            let script = serde_json::from_value(json!([{ "message": name }])).expect("happenings");
            let outcome = run(&file.flows, &file.message_flows, &Options { script, ..Options::default() });
            assert_eq!(json!(outcome.status), status, "{name}: {outcome:?}");
        }
    }

    #[test]
    fn a_conversation_is_known_by_what_its_first_message_brought() {
        let file = format!(
            r#"{HEAD}<message id="M_pay" name="pay"/><correlationProperty id="cp">
            <correlationPropertyRetrievalExpression messageRef="t:M_order"><messagePath>id</messagePath></correlationPropertyRetrievalExpression>
            <correlationPropertyRetrievalExpression messageRef="t:M_pay"><messagePath>orderId</messagePath></correlationPropertyRetrievalExpression>
            </correlationProperty><collaboration id="C"><participant id="p" processRef="P"/>
            <correlationKey id="ck"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey></collaboration>{PROCESS}</process></definitions>"#
        );
        let file = File::of(Document::read_xml(file.as_bytes()).expect("a file"));
        for (paid, done) in [(2, Some(2)), (1, Some(1)), (3, None)] {
            let script = json!([
                { "message": "order", "set": { "id": 1 } },
                { "message": "order", "set": { "id": 2 } },
                { "message": "pay", "set": { "orderId": paid } },
                { "complete": "u", "set": {} }
            ]);
            let script = serde_json::from_value(script).expect("happenings");
            let options = Options { script, keys: file.keys.clone(), ..Options::default() };
            let outcome = run(&file.flows, &file.message_flows, &options);
            let passed = outcome.trace.iter().any(|it| it.element.as_str() == "u");
            assert_eq!(passed, done.is_some(), "{paid}: {outcome:?}");
            // The first instance's variables are told: what was paid is its own, or not there.
            let own = outcome.variables.get("orderId").filter(|_| done == Some(1)).is_some();
            assert_eq!(own, done == Some(1), "{paid}: {outcome:?}");
        }
    }
    /// The first message of a conversation says its key, though it brings nothing (BPMN 2.0.2 §8.4.2).
    #[test]
    fn a_conversation_is_known_by_the_key_the_script_gave() {
        let file = format!(
            r#"{HEAD}<message id="M_pay" name="pay"/><correlationProperty id="cp">
            <correlationPropertyRetrievalExpression messageRef="t:M_order"><messagePath>id</messagePath></correlationPropertyRetrievalExpression>
            <correlationPropertyRetrievalExpression messageRef="t:M_pay"><messagePath>orderId</messagePath></correlationPropertyRetrievalExpression>
            </correlationProperty><collaboration id="C"><participant id="p" processRef="P"/>
            <correlationKey id="ck"><correlationPropertyRef>cp</correlationPropertyRef></correlationKey></collaboration>{PROCESS}</process></definitions>"#
        );
        let file = File::of(Document::read_xml(file.as_bytes()).expect("a file"));
        for (paid, passed) in [("B", true), ("A", true), ("C", false)] {
            let script = json!([
                { "message": "order", "correlation": "A", "set": { "n": 1 } },
                { "message": "order", "correlation": "B", "set": { "n": 2 } },
                { "message": "pay", "correlation": paid },
                { "complete": "u", "set": { "n": 7 } }
            ]);
            let script = serde_json::from_value(script).expect("happenings");
            let options = Options { script, keys: file.keys.clone(), ..Options::default() };
            let outcome = run(&file.flows, &file.message_flows, &options);
            let went_on = outcome.trace.iter().any(|it| it.element.as_str() == "u");
            assert_eq!(went_on, passed, "{paid}: {outcome:?}");
            // The first instance's variables are told: they change only if it was meant.
            assert_eq!(outcome.variables["n"], if paid == "A" { 7 } else { 1 }, "{paid}: {outcome:?}");
        }
    }
    /// What Camunda 8 says in extensions and BPMN has a place for.
    #[test]
    fn zeebe_calls_and_scripts_are_run() {
        let file = |inside: &str, more: &str| {
            let text = format!(
                r#"{HEAD}<process id="P"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>{inside}
                <sequenceFlow id="f2" sourceRef="t" targetRef="e"/><endEvent id="e"/></process>{more}</definitions>"#
            );
            File::of(Document::read_xml(text.as_bytes()).expect("a file"))
        };
        let extended = |tag: &str, inside: &str| {
            format!(r#"<{tag} id="t"><extensionElements>{inside}</extensionElements></{tag}>"#)
        };
        let zeebe = r#"xmlns:zeebe="urn:z""#;
        let call = extended("callActivity", &format!(r#"<zeebe:calledElement {zeebe} processId="Q"/>"#));
        let called = r#"<process id="Q"><startEvent id="qs"/></process>"#;
        let script = |text: &str| {
            extended("scriptTask", &format!(r#"<zeebe:script {zeebe} expression="{text}" resultVariable="m"/>"#))
        };
        for (inside, more, status, m) in [
            (&call, called, "completed", None),
            (&call, "", "waiting", None),
            (&script("=if n in [1..3] then n + 1 else 0"), "", "completed", Some(3)),
            (&script("=for i in n return i"), "", "incident", None),
        ] {
            let file = file(inside, more);
            let variables = json!({ "n": 2 }).as_object().expect("a map").clone();
            let outcome = run(&file.flows, &file.message_flows, &Options { variables, ..Options::default() });
            assert_eq!(json!(outcome.status), status, "{inside}: {outcome:?}");
            assert_eq!(outcome.variables.get("m"), m.map(serde_json::Value::from).as_ref(), "{inside}: {outcome:?}");
            let inner = outcome.trace.iter().filter(|it| it.element.as_str() == "qs").count();
            assert_eq!(inner, if more.is_empty() { 0 } else { 2 }, "called, and not begun by itself: {outcome:?}");
        }
    }
}
