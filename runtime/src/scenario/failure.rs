//! Why a step of a scenario failed: what was expected and what came instead, as data and as a sentence in English and 简体中文.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One difference between what a step expects and what came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Failure {
    /// The scenario cannot begin: what it gives is wrong.
    Given { says: String },
    /// The step was to be accepted.
    Refused { came: Refusal },
    /// The step was to be refused with this code.
    Accepted { wanted: String },
    /// The step was refused, but for another reason.
    OtherRefusal { wanted: String, came: Refusal },
    /// A notice was not sent, or not to this person.
    Notice { notice: String, to: Option<String>, came: Vec<Told> },
    /// The step names no record its expectations could be about.
    NoRecord,
    /// There is no record of this name.
    UnknownRecord { name: String },
    /// A field has another value.
    Field { field: String, wanted: Value, came: Value },
    /// A field is seen that was to be hidden.
    Seen { field: String, came: Value },
    /// The flow of the record is in another state.
    Instance { wanted: String, came: String, stuck: Vec<Stuck> },
    /// Other tasks are open.
    Tasks { wanted: Vec<String>, came: Vec<String>, stuck: Vec<Stuck> },
    /// Another person has the task.
    Assignee { node: String, wanted: String, came: Option<String> },
    /// Other people may do the task.
    Candidates { node: String, wanted: Vec<String>, came: Vec<String> },
    /// The task is due at another moment.
    Due { node: String, wanted: String, came: Option<String> },
}

/// A refusal: its code, its sentence (in English), and the fields it is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: String,
    pub says: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// A notice that was sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub notice: String,
    pub to: Vec<String>,
}

/// A token that is stuck.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stuck {
    pub node: String,
    pub says: String,
}

impl Failure {
    /// The sentence in a language by its tag: 简体中文 for `zh…`, else English.
    pub fn text(&self, language: &str) -> String {
        if language.starts_with("zh") { self.chinese() } else { self.english() }
    }

    fn english(&self) -> String {
        match self {
            Self::Given { says } => says.clone(),
            Self::Refused { came } => {
                format!("expected the step to be accepted, came a refusal `{}`: {}", came.code, came.says)
            }
            Self::Accepted { wanted } => format!("expected a refusal `{wanted}`, came acceptance"),
            Self::OtherRefusal { wanted, came } => {
                format!("expected a refusal `{wanted}`, came `{}`: {}", came.code, came.says)
            }
            Self::Notice { notice, to, came } => {
                let to = to.as_ref().map(|it| format!(" to {it}")).unwrap_or_default();
                let told = came.iter().map(|it| format!("{} to {}", it.notice, it.to.join(", ")));
                format!("expected the notice `{notice}`{to}, came {}", listed(told, "none", ", "))
            }
            Self::NoRecord => "expected a record to look at (`record`), found none".to_owned(),
            Self::UnknownRecord { name } => format!("there is no record `{name}`"),
            Self::Field { field, wanted, came } => format!("expected `{field}` = {wanted}, came {came}"),
            Self::Seen { field, came } => format!("expected `{field}` to be hidden, came {came}"),
            Self::Instance { wanted, came, stuck } => {
                let why: Vec<String> = stuck.iter().map(|it| format!("{}: {}", it.node, it.says)).collect();
                let why = if why.is_empty() { String::new() } else { format!(" ({})", why.join("; ")) };
                format!("expected the instance to be {wanted}, came {came}{why}")
            }
            Self::Tasks { wanted, came, stuck } => {
                let stuck: String = stuck.iter().map(|it| format!("; stuck at {}: {}", it.node, it.says)).collect();
                let (wanted, came) = (listed(wanted, "none", ", "), listed(came, "none", ", "));
                format!("expected open tasks {wanted}, came {came}{stuck}")
            }
            Self::Assignee { node, wanted, came } => {
                format!("expected `{node}` to be assigned to {wanted}, came {}", came.as_deref().unwrap_or("nobody"))
            }
            Self::Candidates { node, wanted, came } => {
                let (wanted, came) = (listed(wanted, "none", ", "), listed(came, "none", ", "));
                format!("expected `{node}` to be for {wanted}, came {came}")
            }
            Self::Due { node, wanted, came } => {
                format!("expected `{node}` to be due {wanted}, came {}", came.as_deref().unwrap_or("none"))
            }
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::Given { says } => format!("场景无法开始：{says}"),
            Self::Refused { came } => format!("期望该步骤被接受，实际被拒绝：{}", came.chinese()),
            Self::Accepted { wanted } => format!("期望被拒绝（{}），实际被接受", refusal(wanted)),
            Self::OtherRefusal { wanted, came } => {
                format!("期望被拒绝（{}），实际的拒绝原因是：{}", refusal(wanted), came.chinese())
            }
            Self::Notice { notice, to, came } => {
                let to = to.as_ref().map(|it| format!("发给 {it} 的")).unwrap_or_default();
                let told = came.iter().map(|it| format!("{} → {}", it.notice, it.to.join("、")));
                format!("期望{to}通知 `{notice}`，实际发出的是{}", listed(told, "：无", "、"))
            }
            Self::NoRecord => "没有可供检查的记录，请用 `record` 指明".to_owned(),
            Self::UnknownRecord { name } => format!("没有名为 `{name}` 的记录"),
            Self::Field { field, wanted, came } => format!("期望 `{field}` = {wanted}，实际为 {came}"),
            Self::Seen { field, came } => format!("期望 `{field}` 不可见，实际可见，值为 {came}"),
            Self::Instance { wanted, came, stuck } => {
                format!("期望流程状态为{}，实际为{}{}", state(wanted), state(came), stuck_at(stuck))
            }
            Self::Tasks { wanted, came, stuck } => {
                let (wanted, came) = (listed(wanted, "无", "、"), listed(came, "无", "、"));
                format!("期望待办任务为 {wanted}，实际为 {came}{}", stuck_at(stuck))
            }
            Self::Assignee { node, wanted, came } => {
                format!(
                    "期望 `{node}` 的办理人是 {wanted}，实际是{}",
                    came.as_ref().map_or("：无人".to_owned(), |it| format!(" {it}"))
                )
            }
            Self::Candidates { node, wanted, came } => {
                let (wanted, came) = (listed(wanted, "无人", "、"), listed(came, "无人", "、"));
                format!("期望 `{node}` 的候选人是 {wanted}，实际是 {came}")
            }
            Self::Due { node, wanted, came } => {
                format!(
                    "期望 `{node}` 的截止时间是 {wanted}，实际{}",
                    came.as_ref().map_or("没有截止时间".to_owned(), |it| format!("是 {it}"))
                )
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english())
    }
}

impl Refusal {
    fn chinese(&self) -> String {
        if !self.fields.is_empty() {
            return format!("{}（{}）", refusal(&self.code), self.fields.join("、"));
        }
        match known(&self.code) {
            Some(it) => format!("{it}（`{}`）", self.code),
            None => format!("`{}`：{}", self.code, self.says),
        }
    }
}

/// What a refusal's code means, in Chinese; the code itself where it is not known.
fn refusal(code: &str) -> String {
    known(code).map_or_else(|| format!("`{code}`"), str::to_owned)
}

/// Codes of `engine::Refusal`, and those of a scenario itself.
fn known(code: &str) -> Option<&'static str> {
    Some(match code {
        "already-started" => "流程已经开始",
        "already-ended" => "流程已经结束",
        "suspended" => "流程已挂起",
        "no-such-task" => "没有这个待办任务",
        "claimed-by-other" => "任务已被他人认领",
        "not-a-candidate" => "无权办理此任务",
        "separation-of-duty" => "同一人不能同时办理这两个步骤",
        "already-signed" => "已经会签，或本人就是办理人",
        "waits-for-signers" => "任务须先等待会签",
        "no-such-signer" => "没有这位会签人",
        "lent" => "任务为他人委托，须先归还",
        "not-lent" => "任务未被委托",
        "task-suspended" => "步骤已挂起",
        "cannot-skip" => "任务不能跳过",
        "not-sent-by-you" => "不是由您提交的",
        "already-begun" => "已有人开始办理，不能撤回",
        "urged-already" => "已经催办过",
        "no-such-person" => "该人员不能接收此任务",
        "no-such-outcome" => "任务没有这个结果",
        "comment-needed" => "该结果须填写意见",
        "fields-needed" => "缺少必填字段",
        "cannot-return" => "不能退回到该步骤",
        "no-token-at" => "流程不在该步骤",
        "cannot-move" => "不能移动到该步骤",
        "cannot-migrate" => "实例不能迁移到该版本",
        "nothing-waits" => "没有步骤在等待它",
        "no-such-incident" => "没有这个异常",
        "no-such-node" => "流程中没有这个元素",
        "not-now" => "该步骤此刻没有在等待它",
        "cannot-start" => "流程无法启动",
        "limit" => "超出上限",
        "not-allowed" => "没有权限",
        "invalid" => "数据不符合规则",
        "duplicate" => "与已有记录重复",
        "no-such-record" => "没有这条记录",
        "no-such-instance" => "没有这个流程实例",
        "flow" => "流程不能运行",
        _ => return None,
    })
}

/// A state of an instance, in Chinese.
fn state(it: &str) -> &str {
    match it {
        "none" => "“没有流程”",
        "new" => "“未开始”",
        "incident" => "“异常”",
        "running" => "“运行中”",
        "suspended" => "“已挂起”",
        "finished" => "“已完成”",
        "cancelled" => "“已取消”",
        other => other,
    }
}

fn stuck_at(stuck: &[Stuck]) -> String {
    stuck.iter().map(|it| format!("；卡在 {}：{}", it.node, it.says)).collect()
}

fn listed(all: impl IntoIterator<Item = impl fmt::Display>, none: &str, between: &str) -> String {
    let all: Vec<String> = all.into_iter().map(|it| format!("`{it}`")).collect();
    if all.is_empty() { none.to_owned() } else { all.join(between) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_failure_is_said_in_both_languages() {
        let came = |code: &str, fields: &[&str]| Refusal {
            code: code.to_owned(),
            says: "it says".to_owned(),
            fields: fields.iter().map(|it| (*it).to_owned()).collect(),
        };
        let stuck = vec![Stuck { node: "call".to_owned(), says: "no answer".to_owned() }];
        let s = str::to_owned;
        for (failure, english, chinese) in [
            (Failure::Given { says: s("no user") }, "no user", "场景无法开始：no user"),
            (
                Failure::Refused { came: came("invalid", &["/a", "/b"]) },
                "expected the step to be accepted, came a refusal `invalid`: it says",
                "期望该步骤被接受，实际被拒绝：数据不符合规则（/a、/b）",
            ),
            (
                Failure::Refused { came: came("strange", &[]) },
                "expected the step to be accepted, came a refusal `strange`: it says",
                "期望该步骤被接受，实际被拒绝：`strange`：it says",
            ),
            (
                Failure::Accepted { wanted: s("not-a-candidate") },
                "expected a refusal `not-a-candidate`, came acceptance",
                "期望被拒绝（无权办理此任务），实际被接受",
            ),
            (
                Failure::OtherRefusal { wanted: s("limit"), came: came("suspended", &[]) },
                "expected a refusal `limit`, came `suspended`: it says",
                "期望被拒绝（超出上限），实际的拒绝原因是：流程已挂起（`suspended`）",
            ),
            (
                Failure::Notice {
                    notice: s("n"),
                    to: Some(s("bob")),
                    came: vec![Told { notice: s("m"), to: vec![s("a"), s("b")] }],
                },
                "expected the notice `n` to bob, came `m to a, b`",
                "期望发给 bob 的通知 `n`，实际发出的是`m → a、b`",
            ),
            (
                Failure::Notice { notice: s("n"), to: None, came: vec![] },
                "expected the notice `n`, came none",
                "期望通知 `n`，实际发出的是：无",
            ),
            (
                Failure::NoRecord,
                "expected a record to look at (`record`), found none",
                "没有可供检查的记录，请用 `record` 指明",
            ),
            (Failure::UnknownRecord { name: s("x") }, "there is no record `x`", "没有名为 `x` 的记录"),
            (
                Failure::Field { field: s("f"), wanted: json!("a"), came: json!(null) },
                "expected `f` = \"a\", came null",
                "期望 `f` = \"a\"，实际为 null",
            ),
            (
                Failure::Seen { field: s("f"), came: json!(1) },
                "expected `f` to be hidden, came 1",
                "期望 `f` 不可见，实际可见，值为 1",
            ),
            (
                Failure::Instance { wanted: s("finished"), came: s("incident"), stuck: stuck.clone() },
                "expected the instance to be finished, came incident (call: no answer)",
                "期望流程状态为“已完成”，实际为“异常”；卡在 call：no answer",
            ),
            (
                Failure::Tasks { wanted: vec![s("a"), s("b")], came: vec![], stuck },
                "expected open tasks `a`, `b`, came none; stuck at call: no answer",
                "期望待办任务为 `a`、`b`，实际为 无；卡在 call：no answer",
            ),
            (
                Failure::Assignee { node: s("a"), wanted: s("bob"), came: None },
                "expected `a` to be assigned to bob, came nobody",
                "期望 `a` 的办理人是 bob，实际是：无人",
            ),
            (
                Failure::Candidates { node: s("a"), wanted: vec![s("bob")], came: vec![s("ann")] },
                "expected `a` to be for `bob`, came `ann`",
                "期望 `a` 的候选人是 `bob`，实际是 `ann`",
            ),
            (
                Failure::Due { node: s("a"), wanted: s("2026"), came: None },
                "expected `a` to be due 2026, came none",
                "期望 `a` 的截止时间是 2026，实际没有截止时间",
            ),
        ] {
            assert_eq!(failure.text("en"), english);
            assert_eq!(failure.to_string(), english);
            assert_eq!(failure.text("zh-CN"), chinese);
            let written = serde_json::to_value(&failure).unwrap();
            assert_eq!(serde_json::from_value::<Failure>(written).unwrap(), failure);
        }
    }

    #[test]
    fn every_refusal_of_the_engine_has_a_chinese_meaning() {
        use crate::engine::Refusal as R;
        let (n, t) = (|| "n".into(), String::new);
        for it in [
            R::AlreadyStarted,
            R::AlreadyEnded,
            R::Suspended,
            R::NotACandidate,
            R::AlreadySigned,
            R::NoSuchSigner,
            R::NotLent,
            R::TaskSuspended,
            R::CannotSkip,
            R::NotSentByYou,
            R::AlreadyBegun,
            R::CommentNeeded,
            R::NothingWaits,
            R::ClaimedByOther { by: t() },
            R::SeparationOfDuty { step: n() },
            R::WaitsForSigners { who: vec![] },
            R::Lent { by: t() },
            R::UrgedAlready { again: t() },
            R::NoSuchPerson { person: t() },
            R::NoSuchOutcome { outcome: t(), has: vec![] },
            R::FieldsNeeded { fields: vec![] },
            R::CannotReturn { to: n() },
            R::NoTokenAt { node: n() },
            R::CannotMove { to: n(), why: t() },
            R::CannotMigrate { why: vec![] },
            R::NoSuchNode { node: n() },
            R::NotNow { node: n() },
            R::CannotStart { says: t() },
            R::Limit { what: t() },
        ] {
            let code = serde_json::to_value(&it).unwrap()["code"].as_str().unwrap_or_default().to_owned();
            assert!(known(&code).is_some(), "{code}");
        }
    }
}
