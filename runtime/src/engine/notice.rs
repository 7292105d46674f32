//! Texts sent to people, rendered in every language here so that the server only delivers. A pack's notice of the same
//! id replaces a built-in one. A text that cannot be rendered is sent as it is written: a notice never stops a flow.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::effect::NoticeText;
use super::evaluate::{Names, Template};
use super::instance::OpenTask;
use super::plan::{Kind, Node};
use super::run::Run;
use crate::id::{NodeId, UserId};
use crate::model::catalog::Catalog;
use crate::model::flow::Flow;

/// Languages every notice is sent in.
const LANGUAGES: [&str; 2] = ["en", "zh-CN"];

/// Built-in notices: id, then title and body in the order of [`LANGUAGES`]. They see `task` besides what conditions see.
const BUILT_IN: [(&str, [(&str, &str); 2]); 9] = [
    (
        "task-given",
        [
            ("New task: ${task.name}", "${task.flow}: ${task.name} is waiting for you."),
            ("新任务：${task.name}", "${task.flow}：「${task.name}」等待您处理。"),
        ],
    ),
    (
        "task-returned",
        [
            (
                "Sent back: ${task.name}",
                "${task.flow}: ${task.name} was sent back to you by ${task.returnedBy}. ${task.reason}",
            ),
            ("被退回：${task.name}", "${task.flow}：「${task.name}」被${task.returnedBy}退回。${task.reason}"),
        ],
    ),
    (
        "task-reminder",
        [
            ("Due soon: ${task.name}", "${task.flow}: ${task.name} is due at ${task.due}."),
            ("即将到期：${task.name}", "${task.flow}：「${task.name}」将于 ${task.due} 到期。"),
        ],
    ),
    (
        "task-escalation",
        [
            ("Overdue: ${task.name}", "${task.flow}: ${task.name} was due at ${task.due} (${task.performer})."),
            ("已超时：${task.name}", "${task.flow}：「${task.name}」应于 ${task.due} 前完成（${task.performer}）。"),
        ],
    ),
    (
        "task-delegated",
        [
            (
                "Lent to you: ${task.name}",
                "${task.flow}: ${task.name} was lent to you by ${task.actor}; give it back when you are done.",
            ),
            ("委派给您：${task.name}", "${task.flow}：${task.actor}将「${task.name}」委派给您，处理后请交还。"),
        ],
    ),
    (
        "task-resolved",
        [
            ("Back with you: ${task.name}", "${task.flow}: ${task.actor} has given ${task.name} back to you."),
            ("已交还：${task.name}", "${task.flow}：${task.actor}已将「${task.name}」交还给您。"),
        ],
    ),
    (
        "task-copied",
        [
            ("For your information: ${task.name}", "${task.flow}: ${task.actor} wants you to know of ${task.name}."),
            ("抄送：${task.name}", "${task.flow}：${task.actor}将「${task.name}」抄送给您。"),
        ],
    ),
    (
        "task-urged",
        [
            ("Please hurry: ${task.name}", "${task.flow}: ${task.actor} asks you to see to ${task.name}."),
            ("催办：${task.name}", "${task.flow}：${task.actor}催您尽快处理「${task.name}」。"),
        ],
    ),
    (
        "task-withdrawn",
        [
            ("Withdrawn: ${task.name}", "${task.flow}: ${task.actor} has taken ${task.name} back."),
            ("已撤回：${task.name}", "${task.flow}：${task.actor}已撤回「${task.name}」。"),
        ],
    ),
];

/// Said of a task that nobody has claimed, in the order of [`LANGUAGES`].
const NOBODY_YET: [&str; 2] = ["nobody has claimed it", "尚无人领取"];

/// The notices a flow can send, and the names of its nodes, by language.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    texts: BTreeMap<(String, &'static str), (Text, Text)>,
    nodes: BTreeMap<(NodeId, &'static str), String>,
    flow: BTreeMap<&'static str, String>,
}

/// A template, or its source where it could not be parsed.
#[derive(Clone, Debug)]
struct Text {
    source: String,
    template: Option<Template>,
}

impl Text {
    fn new(source: &str) -> Self {
        Self { source: source.to_owned(), template: Template::parse(source).ok() }
    }

    fn render(&self, names: &Names) -> String {
        let rendered = self.template.as_ref().and_then(|it| it.render(names).ok());
        rendered.unwrap_or_else(|| self.source.clone())
    }
}

impl Notices {
    pub(super) fn new(catalog: &Catalog, flow: &Flow) -> Self {
        let mut it = Self::default();
        for (id, texts) in BUILT_IN {
            for (language, (title, body)) in LANGUAGES.into_iter().zip(texts) {
                it.texts.insert((id.to_owned(), language), (Text::new(title), Text::new(body)));
            }
        }
        let own = catalog.flow_pack(&flow.key);
        // The flow's own pack last: its notices win.
        for pack in catalog.packs().filter(|it| own.is_none_or(|own| own.manifest.id != it.manifest.id)).chain(own) {
            for notice in &pack.manifest.notices {
                for language in LANGUAGES {
                    let text = |part: &str| pack.texts.get(language)?.get(&format!("notice/{}/{part}", notice.id));
                    let title = text("title").unwrap_or(&notice.title);
                    let body = text("body").unwrap_or(&notice.body);
                    it.texts.insert((notice.id.clone(), language), (Text::new(title), Text::new(body)));
                }
            }
        }
        for language in LANGUAGES {
            let text =
                |address: String| own.and_then(|it| it.texts.get(language)).and_then(|it| it.get(&address)).cloned();
            it.flow.insert(language, text(format!("flow/{}", flow.key)).unwrap_or_else(|| flow.name.clone()));
            for node in flow.all() {
                if let Some(name) = text(format!("node/{}/{}", flow.key, node.id)) {
                    it.nodes.insert((node.id.clone(), language), name);
                }
            }
        }
        it
    }
}

impl Run<'_> {
    /// A notice in every language.
    pub(super) fn render(&self, token: u64, node: &Node, notice: &str) -> Vec<NoticeText> {
        let mut names = self.names(token);
        let notices = self.plan.notices.clone();
        let person =
            |id: &UserId| self.context.world.people().get(id).map_or_else(|| id.0.clone(), |it| it.name.clone());
        let open = self.instance.tasks.values().find(|it| it.token == token);
        let returned = open.and_then(|it| it.returned.as_ref());
        let performer =
            open.and_then(|it| it.assignee.as_ref()).or_else(|| self.instance.done.get(&node.id).map(|it| &it.by));
        let due = open.and_then(|it| it.due_at.as_ref()).and_then(|it| it.parse().ok());
        let text = |language: &'static str| {
            let name = notices.nodes.get(&(node.id.clone(), language)).unwrap_or(&node.name);
            names.set(
                "task",
                json!({
                    "name": if name.is_empty() { node.id.as_str() } else { name },
                    "flow": notices.flow.get(language),
                    "due": due.map(|it| self.plan.tools.local(it)),
                    "performer": performer.map_or_else(|| NOBODY_YET[usize::from(language != LANGUAGES[0])].to_owned(), person),
                    "actor": person(&self.context.actor),
                    "returnedBy": returned.map(|(by, _)| person(by)),
                    "reason": returned.map(|(_, reason)| reason),
                }),
            );
            let (title, body) = match notices.texts.get(&(notice.to_owned(), language)) {
                Some((title, body)) => (title.render(&names), body.render(&names)),
                None => (notice.to_owned(), String::new()),
            };
            NoticeText { language: language.to_owned(), title, body }
        };
        LANGUAGES.into_iter().map(text).collect()
    }

    /// Who is meant, each once; and whether the portal users of the record's customer are told too (they are in the list).
    pub(super) fn recipients(&self, node: &Node, to: &[String], task: Option<&OpenTask>) -> (Vec<UserId>, bool) {
        let mut found: Vec<UserId> = Vec::new();
        let mut customer = false;
        let people = self.context.world.people();
        for it in to {
            match it.as_str() {
                "performer" => found.extend(self.performers(node, task)),
                "manager" => {
                    let managers =
                        self.performers(node, task).into_iter().filter_map(|it| people.get(&it)?.manager.clone());
                    found.extend(managers);
                }
                "starter" => found.push(self.instance.started_by.clone()),
                "owner" => found.extend(self.owner()),
                "customer" => {
                    customer = true;
                    found.extend(self.portal_users());
                }
                other => match other.split_once(':') {
                    Some(("role", role)) => found.extend(self.holders_of(&role.into())),
                    Some(("field", field)) => match self.data.get(field) {
                        Some(Value::String(it)) => found.push(it.as_str().into()),
                        Some(Value::Array(items)) => {
                            found.extend(items.iter().filter_map(Value::as_str).map(UserId::from))
                        }
                        None | Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {}
                    },
                    // What else is written here, `check` reports.
                    Some(_) | None => {}
                },
            }
        }
        let mut once = Vec::new();
        for it in found {
            if people.contains_key(&it) && !once.contains(&it) {
                once.push(it);
            }
        }
        (once, customer)
    }

    /// Who has the task or may take it; none is open: who did it last; at other nodes: who acts.
    fn performers(&self, node: &Node, task: Option<&OpenTask>) -> Vec<UserId> {
        if let Some(task) = task {
            return self.doers(task);
        }
        let last = self.instance.done.get(&node.id).filter(|_| matches!(node.kind, Kind::User(_)));
        vec![last.map_or_else(|| self.context.actor.clone(), |it| it.by.clone())]
    }

    /// Who has the task, else who may take it; and who stands in for those of them that are away.
    pub(super) fn doers(&self, task: &OpenTask) -> Vec<UserId> {
        let mut found: Vec<UserId> = match &task.assignee {
            Some(it) => vec![it.clone()],
            None => {
                let holders = task.holders(self.context.world.people()).map(|it| it.id.clone());
                task.candidates.iter().cloned().chain(holders).collect()
            }
        };
        let people = self.context.world.people();
        for at in 0..found.len() {
            let mut away = found.get(at).cloned();
            for _ in 0..crate::limits::LINE {
                away = away.and_then(|it| people.get(&it)?.absence(self.context.now)?.substitute.clone());
                match &away {
                    Some(it) if !found.contains(it) => found.push(it.clone()),
                    Some(_) | None => break,
                }
            }
        }
        found
    }
}
