//! See [`super`].

use std::collections::BTreeMap;
use std::fmt::Write;

use expect_test::Expect;
use serde_json::{Map, Value, json};

use crate::engine::Directory;
use crate::engine::instance::State;
use crate::engine::task::sheet::Placing;
use crate::engine::{Context, Deed, Input, Instance, Person, Plan, Refusal, Step, World, deeds, step};
use crate::id::{RecordId, ScriptKey, TaskId};
use crate::model::catalog::Catalog;
use crate::model::flow::Flow;
use crate::model::module::Module;
use crate::model::pack::Pack;
use crate::model::rules::{ComputeMode, Computed};

/// Reads a flow. A line is `kind id key=value …` for a node (a value in `{}` or `[]` is JSON, quotes keep spaces together), `a -> b : condition` for
/// a sequence flow named `a-b`, `a ~> b` for an association; `sub id` … `end` holds a subprocess, and so do `eventsub`,
/// `transaction`, `adhoc`.
pub fn flow(text: &str) -> Flow {
    let mut stack: Vec<(Value, Vec<Value>)> = vec![(Value::Null, Vec::new())];
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        if line == "end" {
            let (mut head, elements) = stack.pop().unwrap();
            head["flowElements"] = Value::Array(elements);
            stack.last_mut().unwrap().1.push(head);
        } else if let Some((from, rest)) = line.split_once(" -> ") {
            let (to, condition) = rest.split_once(" : ").map_or((rest, None), |(to, it)| (to, Some(it)));
            let mut it =
                json!({ "id": format!("{from}-{to}"), "type": "sequenceFlow", "sourceRef": from, "targetRef": to });
            if let Some(condition) = condition {
                it["conditionExpression"] = json!(condition);
            }
            stack.last_mut().unwrap().1.push(it);
        } else if let Some((from, to)) = line.split_once(" ~> ") {
            stack.last_mut().unwrap().1.push(
                json!({ "id": format!("{from}~{to}"), "type": "association", "sourceRef": from, "targetRef": to }),
            );
        } else {
            let it = node(line);
            if ["subProcess", "transaction", "adHocSubProcess"].contains(&it["type"].as_str().unwrap()) {
                stack.push((it, Vec::new()))
            } else {
                stack.last_mut().unwrap().1.push(it)
            }
        }
    }
    let elements = Value::Array(stack.pop().unwrap().1);
    let errors = ["E1", "E2"].map(|it| json!({ "id": it, "name": it, "errorCode": it }));
    let escalations = ["X1", "X2"].map(|it| json!({ "id": it, "name": it, "escalationCode": it }));
    let flow = json!({ "escalations": escalations, "format": 1, "id": "p", "key": "p", "name": "Process", "module": "thing", "errors": errors, "flowElements": elements });
    serde_json::from_value(flow).unwrap()
}

fn node(line: &str) -> Value {
    let mut words = words(line).into_iter();
    let (kind, id) = (words.next().unwrap(), words.next().unwrap());
    let kind = match kind.as_str() {
        "start" => "startEvent",
        "end" => "endEvent",
        "user" => "userTask",
        "xor" => "exclusiveGateway",
        "or" => "inclusiveGateway",
        "and" => "parallelGateway",
        "event" => "eventBasedGateway",
        "catch" => "intermediateCatchEvent",
        "boundary" => "boundaryEvent",
        "sub" | "eventsub" => "subProcess",
        "adhoc" => "adHocSubProcess",
        "throw" => "intermediateThrowEvent",
        "send" => "sendTask",
        "object" => "dataObject",
        "script" => "scriptTask",
        "service" => "serviceTask",
        "call" => "callActivity",
        "receive" => "receiveTask",
        "rule" => "businessRuleTask",
        "complex" => "complexGateway",
        other => other,
    };
    let mut it = json!({ "id": id, "type": kind });
    if line.starts_with("eventsub ") {
        it["triggeredByEvent"] = json!(true);
    }
    for word in words {
        let (key, value) = word.split_once('=').unwrap();
        let event = |it: Value| ("eventDefinition", it);
        let (key, value) = match key {
            "after" => event(json!({ "type": "timer", "timeDuration": value })),
            "cycle" => event(json!({ "type": "timer", "timeCycle": value })),
            "message" if kind != "receiveTask" && kind != "sendTask" => {
                event(json!({ "type": "message", "messageRef": value }))
            }
            "signal" => event(json!({ "type": "signal", "signalRef": value })),
            "error" if value == "*" => event(json!({ "type": "error" })),
            "error" => event(json!({ "type": "error", "errorRef": value })),
            "escalation" if value == "*" => event(json!({ "type": "escalation" })),
            "escalation" => event(json!({ "type": "escalation", "escalationRef": value })),
            "condition" => event(json!({ "type": "conditional", "condition": value })),
            "compensate" if value == "*" => event(json!({ "type": "compensate" })),
            "compensate" => event(json!({ "type": "compensate", "activityRef": value })),
            "link" => event(json!({ "type": "link", "name": value })),
            "event" => event(serde_json::from_str(value).unwrap()),
            "many" => ("loopCharacteristics", {
                let mut it: Value = serde_json::from_str(value).unwrap();
                it["type"] = json!("multiInstance");
                it
            }),
            "loop" => ("loopCharacteristics", {
                let mut it: Value = serde_json::from_str(value).unwrap();
                it["type"] = json!("standardLoop");
                it
            }),
            "ends" => event(json!({ "type": value })),
            "on" => ("attachedToRef", json!(value)),
            "role" => ("performer", json!({ "roles": [value] })),
            "outcomes" if !value.starts_with('[') => {
                ("outcomes", value.split(',').map(|it| json!({ "id": it, "title": it })).collect())
            }
            "message" => ("messageRef", json!(value)),
            other => (other, serde_json::from_str(value).unwrap_or_else(|_| json!(value))),
        };
        it[key] = value;
    }
    it
}

/// At spaces outside quotes, brackets and braces.
fn words(line: &str) -> Vec<String> {
    let (mut found, mut word, mut depth, mut quoted) = (Vec::new(), String::new(), 0, false);
    for it in line.chars() {
        match it {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            '\'' if depth == 0 => {
                quoted = !quoted;
                continue;
            }
            ' ' if depth == 0 && !quoted => {
                found.push(std::mem::take(&mut word));
                continue;
            }
            _ => {}
        }
        word.push(it);
    }
    found.push(word);
    found
}

/// A catalog with one module `thing` whose stage is `stage`, and scripts.
pub fn catalog(scripts: &[(&str, &str)]) -> Catalog {
    let mut module = Module {
        schema: json!({ "type": "object", "properties": {
            "amount": { "type": "string", "format": "x-decimal" },
            "double": { "type": "string", "format": "x-decimal" }, "stage": { "type": "string" }, "handler": { "type": "string" }
        }}),
        ..Module::default()
    };
    module.definition.stage = Some("stage".into());
    module.rules.computed.push(Computed {
        id: "c".into(),
        field: "double".into(),
        mode: ComputeMode::Always,
        expr: "data.amount * 2".into(),
    });
    let mut pack = Pack::default();
    pack.manifest.id = "test".into();
    pack.modules.insert("thing".into(), module);
    pack.scripts = scripts.iter().map(|(key, it)| (ScriptKey::from(*key), (*it).to_owned())).collect();
    Catalog::new([pack])
}

/// The same in another time zone, worked on Monday to Friday from 09:00 to 12:00 and 13:00 to 18:00.
pub fn catalog_in(zone: &str) -> Catalog {
    let mut it = catalog(&[]);
    let days = ["mon", "tue", "wed", "thu", "fri"].map(String::from).to_vec();
    let hours = vec![["09:00".into(), "12:00".into()], ["13:00".into(), "18:00".into()]];
    let calendar = crate::model::pack::CalendarDef {
        timezone: zone.to_owned(),
        days,
        hours,
        holidays: Vec::new(),
        makeup: Vec::new(),
    };
    for pack in it.packs.values_mut() {
        pack.manifest.calendar = Some(calendar.clone());
    }
    it
}

pub struct People(pub Directory);

impl World for People {
    fn people(&self) -> &Directory {
        &self.0
    }
    fn referenced(&self, _: &RecordId) -> Option<&Map<String, Value>> {
        None
    }
}

impl People {
    /// Somebody to be changed; one who is new to be made.
    pub fn change(&mut self, id: &str) -> Changed<'_> {
        let person = self.0.get(&id.into()).cloned();
        Changed { person: person.unwrap_or_else(|| Person { id: id.into(), ..Person::default() }), people: self }
    }
}

/// Takes its place when it goes.
pub struct Changed<'p> {
    people: &'p mut People,
    person: Person,
}

impl std::ops::Deref for Changed<'_> {
    type Target = Person;
    fn deref(&self) -> &Person {
        &self.person
    }
}

impl std::ops::DerefMut for Changed<'_> {
    fn deref_mut(&mut self) -> &mut Person {
        &mut self.person
    }
}

impl Drop for Changed<'_> {
    fn drop(&mut self) {
        let person = std::mem::take(&mut self.person);
        let others = self.people.0.values().filter(|it| it.id != person.id).cloned();
        self.people.0 = others.chain([person.clone()]).collect();
    }
}

/// anna, ben (role svc, department north), carl (svc, south), mia (mgr; manager of all).
fn people() -> People {
    let person = |id: &str, role: &str, department: &str| Person {
        id: id.into(),
        name: id.to_owned(),
        roles: vec![role.into()],
        department: Some(department.into()),
        department_path: vec![department.into(), "all".into()],
        manager: Some("mia".into()),
        on_duty: true,
        capacity: 10,
        ..Person::default()
    };
    let all = [
        person("anna", "agent", "desk"),
        person("ben", "svc", "north"),
        person("carl", "svc", "south"),
        person("mia", "mgr", "all"),
    ];
    People(all.into_iter().collect())
}

/// A running instance with its record, and the trace.
pub struct Play {
    pub plan: Plan,
    pub instance: Instance,
    pub data: Map<String, Value>,
    pub now: jiff::Timestamp,
    pub people: People,
    pub trace: String,
}

impl Play {
    pub fn new(text: &str, scripts: &[(&str, &str)]) -> Self {
        Self::with(&catalog(scripts), text, |_| {})
    }

    /// With a catalog of its own, and something about the flow changed.
    pub fn with(catalog: &Catalog, text: &str, change: impl FnOnce(&mut Flow)) -> Self {
        let mut flow = flow(text);
        change(&mut flow);
        let plan = Plan::compile(catalog, &flow).unwrap();
        let instance = Instance { id: "i".into(), ..Instance::default() };
        let now = "2026-03-02T01:00:00Z".parse().unwrap();
        Self { plan, instance, data: Map::new(), now, people: people(), trace: String::new() }
    }

    pub fn context<'a>(&'a self, who: &str) -> Context<'a> {
        Context {
            now: self.now,
            actor: who.into(),
            record: "r1".into(),
            owner: Some("anna".into()),
            data: &self.data,
            world: &self.people,
        }
    }

    /// One input; the laws are asserted here.
    pub fn give(&mut self, who: &str, input: Input) -> Result<Step, Refusal> {
        let asked = deed_of(&input)
            .map(|(deed, task)| (deed, deeds(&self.plan, &self.instance, &task, &self.context(who)).contains(&deed)));
        let own_signer = self.adds_and_waits(who, &input);
        let step = step(&self.plan, &self.instance, input, &self.context(who));
        if own_signer && let Err(why) = &step {
            panic!("{who} added a signer who has not begun, and cannot take them off: {why}");
        }
        if let Some((deed, offered)) = asked {
            match &step {
                Ok(_) => assert!(offered, "{deed:?} was done and is not offered to {who}"),
                // Whom it was for, or that no reason was given.
                Err(Refusal::NoSuchPerson { .. } | Refusal::CommentNeeded) => {}
                Err(Refusal::AlreadySigned | Refusal::SeparationOfDuty { .. } | Refusal::NotACandidate)
                    if matches!(deed, Deed::HandOver | Deed::Delegate | Deed::AddSigner) => {}
                Err(why) => assert!(!offered, "{deed:?} is offered to {who} and was refused: {why}"),
            }
        }
        let step = step?;
        let mut replayed = self.instance.clone();
        for fact in &step.facts {
            let stored = serde_json::to_string(fact).unwrap();
            replayed.apply(&serde_json::from_str(&stored).unwrap());
        }
        assert_eq!(replayed, step.instance, "folding the facts gives the instance");
        let stored = serde_json::to_string(&step.instance).unwrap();
        assert_eq!(serde_json::from_str::<Instance>(&stored).unwrap(), step.instance, "JSON keeps the instance");
        self.instance = step.instance.clone();
        for it in &step.effects {
            if let crate::engine::Effect::SetFields { fields } = it {
                self.data.extend(fields.clone());
            }
        }
        Ok(step)
    }

    /// Whether somebody takes off a signer they added themselves and who has not begun.
    fn adds_and_waits(&self, who: &str, input: &Input) -> bool {
        let Input::RemoveSigner { task, signer, .. } = input else { return false };
        let it = &self.instance;
        let Some(sheet) = it.tasks.get(task).and_then(|it| self.instance.sheets.get(&it.token)) else { return false };
        let Some(line) = sheet.signer(*signer) else { return false };
        let begun = line.task.as_ref().and_then(|id| it.tasks.get(id)).is_some_and(|it| it.begun);
        let own = line.added_by.as_ref().is_some_and(|it| it.as_str() == who);
        it.state == State::Running && own && line.signed.is_none() && !begun && sheet.signers.len() > 1
    }

    /// A line of a script: `who verb arguments`; see the tests.
    pub fn line(&mut self, line: &str) {
        let _ = writeln!(self.trace, "> {line}");
        let words = words(line);
        let word = |at: usize| words.get(at).map(String::as_str).unwrap_or_default();
        let (who, verb) = (word(0), word(1));
        let payload = |at: usize| serde_json::from_str::<Map<String, Value>>(word(at)).unwrap_or_default();
        let open = |node: &str| {
            let task = self.instance.tasks.values().find(|it| it.node.as_str() == node);
            task.map_or_else(|| node.into(), |it| it.id.clone())
        };
        let mine = |node: &str, who: &str| {
            let mut tasks = self.instance.tasks.values().filter(|it| it.node.as_str() == node);
            let own = |it: &&crate::engine::OpenTask| it.assignee.as_ref().is_some_and(|it| it.as_str() == who);
            tasks.clone().find(own).or_else(|| tasks.next()).map_or_else(|| node.into(), |it| it.id.clone())
        };
        let input = match verb {
            "start" => Input::Start { at: None, vars: payload(2), parent: None },
            "startat" => Input::Start { at: Some(word(2).into()), vars: payload(3), parent: None },
            // Called by another flow, which catches these error codes; `!X1`: an escalation that ends the call, `?X1` one
            // that does not.
            "called" => {
                let codes = words.iter().skip(2).cloned();
                let (catches, escalated): (Vec<String>, Vec<String>) =
                    codes.partition(|it| !it.starts_with(['!', '?']));
                let ends = |it: &String| (it[1..].to_owned(), it.starts_with('!'));
                let escalations = escalated.iter().map(ends).collect();
                let up = crate::engine::input::Parent {
                    instance: "up".into(),
                    node: "call".into(),
                    catches,
                    escalations,
                    depth: 1,
                };
                Input::Start { at: None, vars: Map::new(), parent: Some(up) }
            }
            "claim" => Input::Claim { task: mine(word(2), who) },
            "release" => Input::Release { task: open(word(2)) },
            "complete" => Input::Complete {
                task: open(word(2)),
                outcome: if word(3).is_empty() { "done".into() } else { word(3).into() },
                data: payload(4),
                comment: word(5).into(),
            },
            "return" => Input::Return { task: mine(word(2), who), to: word(3).into(), reason: word(4).into() },
            "give" => Input::HandOver { task: open(word(2)), to: word(3).into(), reason: String::new() },
            "delegate" => Input::Delegate { task: open(word(2)), to: word(3).into(), reason: String::new() },
            "resolve" => Input::Resolve { task: open(word(2)), comment: word(3).into() },
            "withdraw" => Input::Withdraw { task: open(word(2)), reason: word(3).into() },
            "before" | "after" | "beside" => {
                let place = match verb {
                    "before" => Placing::Before,
                    "after" => Placing::After,
                    _ => Placing::Parallel,
                };
                Input::AddSigner { task: mine(word(2), who), who: word(3).into(), place, reason: String::new() }
            }
            "unsign" => Input::RemoveSigner {
                task: open(word(2)),
                signer: word(3).parse().unwrap(),
                reason: "not needed".into(),
            },
            "sign" => Input::Complete {
                task: mine(word(2), who),
                outcome: word(3).into(),
                data: payload(4),
                comment: word(5).into(),
            },
            "cc" => Input::Cc {
                task: open(word(2)),
                to: word(3).split(',').map(Into::into).collect(),
                comment: String::new(),
            },
            "urge" => Input::Urge { task: open(word(2)), comment: String::new() },
            "stop" => Input::SuspendTask { task: open(word(2)), reason: "wait".into() },
            "go" => Input::ResumeTask { task: open(word(2)) },
            "skip" => Input::Skip { task: open(word(2)), reason: word(3).into() },
            "at" => {
                self.now = who.parse().unwrap();
                return;
            }
            "move" | "force" => Input::Move {
                from: word(2).into(),
                to: word(3).into(),
                reason: word(4).into(),
                anyway: verb == "force",
            },
            "timer" => {
                let due = self
                    .instance
                    .timers
                    .iter()
                    .chain(&self.instance.held)
                    .filter(|(_, it)| it.node.as_str() == word(2));
                let (id, timer) =
                    due.min_by_key(|(_, it)| it.at.clone()).map(|(id, it)| (id.clone(), it.clone())).unwrap();
                self.now = self.now.max(timer.at.parse().unwrap());
                Input::TimerFired { timer: id }
            }
            "job" => {
                let job = self.instance.jobs.keys().next().cloned().unwrap_or_default();
                match word(2) {
                    "fails" => Input::JobFailed {
                        job,
                        code: (!word(3).is_empty()).then(|| word(3).into()),
                        error: "broken".into(),
                    },
                    _ => Input::JobDone { job, output: serde_json::from_str(word(2)).unwrap(), outcome: None },
                }
            }
            "child" => {
                let child = self.instance.children.keys().next().cloned().unwrap_or_default();
                let error = word(2).strip_prefix("error:").map(str::to_owned);
                Input::ChildEnded { child, vars: payload(2), cancelled: word(2) == "cancelled", error }
            }
            "escalated" => {
                let child = self.instance.children.keys().next().cloned().unwrap_or_default();
                Input::ChildEscalated { child, code: word(2).into(), message: String::new() }
            }
            "message" => Input::Message {
                name: word(2).into(),
                payload: payload(3),
                key: (!word(4).is_empty()).then(|| word(4).into()),
            },
            "record" => {
                self.data.extend(payload(2));
                Input::DataChanged { vars: Map::new() }
            }
            "vars" => Input::DataChanged { vars: payload(2) },
            "add" => {
                Input::AddInstance { node: word(2).into(), item: serde_json::from_str(word(3)).unwrap_or_default() }
            }
            "begin" => Input::StartActivity { node: word(2).into() },
            "finish" => Input::FinishAdHoc { node: word(2).into() },
            "error" => Input::RaiseError { node: word(2).into(), code: word(3).into(), message: "raised".into() },
            "escalate" => Input::RaiseEscalation { node: word(2).into(), code: word(3).into(), message: String::new() },
            "calloff" => Input::CancelActivity { node: word(2).into() },
            "signal" => Input::Signal { name: word(2).into(), payload: payload(3) },
            "retry" => Input::Retry { incident: self.instance.incidents.keys().next().cloned().unwrap_or_default() },
            "cancel" => Input::Cancel { reason: word(2).into() },
            "suspend" => Input::Suspend { reason: word(2).into() },
            "resume" => Input::Resume {},
            other => panic!("unknown verb {other}"),
        };
        match self.give(who, input) {
            Ok(step) => {
                for it in &step.facts {
                    let _ = writeln!(self.trace, "  {}", plain(&serde_json::to_value(it).unwrap(), "fact"));
                }
                for it in &step.effects {
                    let mut it = serde_json::to_value(it).unwrap();
                    if let Some(texts) = it.get_mut("texts") {
                        let title = |it: &Value| it["title"].as_str().unwrap_or_default().to_owned();
                        *texts = json!(texts.as_array().unwrap().iter().map(title).collect::<Vec<_>>().join(" / "));
                    }
                    let _ = writeln!(self.trace, "! {}", plain(&it, "effect"));
                }
            }
            Err(it) => {
                let _ = writeln!(self.trace, "  refused: {it}");
            }
        }
    }
}

/// With keys in order, whatever the map keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(it) => {
            let keys: BTreeMap<&String, &Value> = it.iter().collect();
            Value::Object(keys.into_iter().map(|(key, it)| (key.clone(), sorted(it))).collect())
        }
        Value::Array(it) => it.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// `name key=value …` without what is empty.
fn plain(value: &Value, tag: &str) -> String {
    let value = sorted(value);
    let mut text = value[tag].as_str().unwrap_or_default().to_owned();
    for (key, it) in value.as_object().into_iter().flatten().filter(|(key, _)| *key != tag) {
        match it {
            Value::Null | Value::Bool(false) => {}
            _ if key == "clock" || key == "like" => {}
            Value::Array(it) if it.is_empty() => {}
            Value::Object(it) if it.is_empty() => {}
            Value::String(it) if it.is_empty() => {}
            Value::String(it) => {
                let _ = write!(text, " {key}={it}");
            }
            Value::Object(it) if key == "task" => {
                let some = it.iter().filter(|(key, it)| {
                    !it.is_null()
                        && !["node", "token", "openedAt", "sent", "clock"].contains(&key.as_str())
                        && **it != json!([])
                        && **it != json!(50)
                });
                let some: Map<String, Value> = some.map(|(key, it)| (key.clone(), it.clone())).collect();
                let _ = write!(text, " {key}={}", Value::Object(some));
            }
            it => {
                let _ = write!(text, " {key}={it}");
            }
        }
    }
    text
}

/// Plays the lines and compares the trace.
pub fn check(text: &str, scripts: &[(&str, &str)], lines: &[&str], expected: Expect) {
    let mut play = Play::new(text, scripts);
    for it in lines {
        play.line(it);
    }
    expected.assert_eq(&play.trace);
}

/// The deed an input asks for, and on which task.
fn deed_of(input: &Input) -> Option<(Deed, TaskId)> {
    Some(match input {
        Input::HandOver { task, .. } => (Deed::HandOver, task.clone()),
        Input::Delegate { task, .. } => (Deed::Delegate, task.clone()),
        Input::Resolve { task, .. } => (Deed::Resolve, task.clone()),
        Input::Withdraw { task, .. } => (Deed::Withdraw, task.clone()),
        Input::AddSigner { task, .. } => (Deed::AddSigner, task.clone()),
        Input::Cc { task, .. } => (Deed::Cc, task.clone()),
        Input::Urge { task, .. } => (Deed::Urge, task.clone()),
        Input::SuspendTask { task, .. } => (Deed::Suspend, task.clone()),
        Input::ResumeTask { task } => (Deed::Resume, task.clone()),
        Input::Skip { task, .. } => (Deed::Skip, task.clone()),
        _ => return None,
    })
}
