//! What the expressions of a flow can name: fields of the record, outcomes of the task before, variables, the person.

use edit::field::FieldKind;
use edit::tree;
use leptos::prelude::*;
use runtime::model::flow::{ElementKind, Flow};
use serde_json::Value;

use super::Canvas;
use crate::studio::expression::Name;
use crate::studio::tried::Tried;
use crate::studio::words;
use crate::text::texts;

texts! {
    OUTCOME_OF = "outcome of {}", "{} 的结果";
    VARIABLE = "variable", "变量";
    STARTER = "who started it", "发起人";
}

/// The user task whose outcome is seen at an element: the nearest one before it, through gateways and events.
pub fn task_before(flow: &Flow, id: &str) -> Option<String> {
    let mut at = tree::ends(flow, id).map_or(id, |it| it.0).to_owned();
    for _ in 0..8 {
        if matches!(tree::find(flow, &at)?.kind, ElementKind::UserTask(_)) {
            return Some(at);
        }
        at = tree::flows(flow).into_iter().find(|it| it.2 == at)?.1.to_owned();
    }
    None
}

/// What expressions of the flow are tried with: records of its module, where that is one of the pack.
pub fn tried(canvas: Canvas) -> Option<Tried> {
    let module = untrack(|| canvas.flow(|it| it.module.clone()).flatten())?;
    Some(Tried { desk: canvas.desk, module: StoredValue::new(module.0) })
}

/// Names for the expressions at an element.
pub fn names(canvas: Canvas, id: &str) -> Vec<Name> {
    let desk = canvas.desk;
    let key = canvas.key.get_value();
    desk.document.with_untracked(|it| {
        let Some(flow) = it.flow(&key) else { return Vec::new() };
        let mut found = Vec::new();
        if let Some(task) = task_before(flow, id)
            && let Some(ElementKind::UserTask(work)) = tree::find(flow, &task).map(|it| &it.kind)
        {
            for outcome in &work.outcomes {
                let title = OUTCOME_OF.fill_now(&[&canvas.name(&task)]);
                found.push(Name {
                    text: format!("outcome == \"{}\"", outcome.id),
                    title: format!("{} · {title}", outcome.title),
                });
            }
        }
        let module = flow.module.as_ref().map(|it| it.0.clone());
        let fields =
            module.as_ref().and_then(|it_module| it.schema(it_module)?.get("properties")?.as_object().cloned());
        for (field, schema) in fields.into_iter().flatten() {
            let own = schema.get("title").and_then(Value::as_str).unwrap_or(&field);
            let title = desk.words_now(it, &format!("field/{}/{field}", module.as_deref().unwrap_or_default()), own);
            let kind = words::field(&FieldKind::of(&schema)).now();
            found.push(Name { text: format!("data.{field}"), title: format!("{title} · {kind}") });
        }
        let mut variables = std::collections::BTreeSet::new();
        for element in flow.all() {
            variables.extend(element.assign.iter().filter_map(|it| it.target.strip_prefix("vars.").map(str::to_owned)));
            match &element.kind {
                ElementKind::ServiceTask { call: Some(call) } => drop(variables.insert(call.output.clone())),
                ElementKind::BusinessRuleTask { output, .. } => drop(variables.insert(output.clone())),
                _ => (),
            }
        }
        found.extend(
            variables.into_iter().map(|it| Name { text: format!("vars.{it}"), title: VARIABLE.now().to_owned() }),
        );
        found.push(Name { text: "user".to_owned(), title: STARTER.now().to_owned() });
        found
    })
}
