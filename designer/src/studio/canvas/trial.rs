//! Trying the flow as it is drawn, without publishing it: start, do one thing after another, let time pass, see where it stands.
//! Nothing is saved, nobody is told.

use std::collections::BTreeMap;

use edit::film::{Film, TraceLine};
use edit::trial::{self, Choice, Waiting, What};
use leptos::{prelude::*, task::spawn_local};
use runtime::model::flow::{ElementKind, Flow};
use runtime::scenario::Recorded;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::cast::{self, House};
use super::player::Showing;
use super::{Canvas, words};
use crate::studio::bar::once;
use crate::studio::input::{group, line};
use crate::studio::scenarios::Tried;
use crate::text::texts;
use crate::ui::icon::icon;
use crate::{later, rules};

texts! {
    TRY_IT = "Try it", "试运行";
    TRY_WHY = "The flow as it is drawn, step by step. Nothing is saved and nobody is told.", "按当前图形逐步试运行，不保存任何数据，也不会通知任何人。";
    END_TRIAL = "Stop trying", "结束试运行";
    NEXT = "What happens next?", "接下来发生什么？";
    ENDED = "The flow has ended.", "流程已结束。";
    STUCK = "It cannot go on: {}", "无法继续：{}";
    OVER_AGAIN = "From the beginning", "从头开始";
    TAKE_BACK = "Take the last step back", "撤回上一步";
    RECORD_DATA = "Data of the record", "记录数据";
    DATA_HELP = "Values the conditions see. Tables and plugins give what is typed for their variable.", "条件所用的值；决策表和插件返回此处为其变量填写的值。";
    DONE_WITH = "{}: {}", "{}：{}";
    IS_DONE = "{} is done", "{} 完成";
    TIME_PASSES = "Time passes: {}", "时间到：{}";
    MESSAGE_COMES = "The message “{}” comes", "收到消息“{}”";
    SIGNAL_COMES = "The signal “{}” comes", "收到信号“{}”";
    IT_FAILS = "{} fails ({})", "{} 出错（{}）";
    IT_ESCALATES = "{} escalates ({})", "{} 升级（{}）";
    IT_IS_CANCELLED = "{} is cancelled", "{} 被取消";
    SAVE_RUN = "Save as a scenario…", "保存为场景…";
    RUN_ON = "Run on", "连续运行";
    RUN_ON_HELP = "Takes the first of what can happen, until a breakpoint (B on the canvas) or the end.", "每次取第一个可能的动作，直到断点（画布上按 B）或结束。";
    LET_PASS = "Let time pass", "推进时间";
    PASS_1H = "1 hour", "1 小时";
    PASS_1D = "1 day", "1 天";
    PASS_1W = "1 week", "1 周";
    STOPPED_AT = "Breakpoint: {}", "断点：{}";
    NOT_THEIRS = "{} may not do “{}”: the step is somebody else's.", "{} 不能办理“{}”：该步骤应由其他人办理。";
    FOUR_EYES = "{} may not do “{}”: the same person did a step it must be kept apart from.", "{} 不能办理“{}”：与其须由不同人办理的步骤已由同一人完成。";
    HAS_IT = "{} may not do “{}”: somebody else has it.", "{} 不能办理“{}”：该步骤已由其他人领取。";
    SIGNED_IT = "{} may not do “{}”: it is signed already, or others sign first.", "{} 不能办理“{}”：已签署，或须由其他人先签署。";
    VIRTUAL_TIME = "Virtual time: {}", "虚拟时间：{}";
}

/// What happened so far, and what came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    script: Vec<Value>,
    data: BTreeMap<String, String>,
    outcome: Option<Outcome>,
    /// Lines of the trace that were shown already.
    shown: usize,
    /// Choices still to be taken by themselves.
    running: usize,
    /// Whose people take part; see [`cast`].
    pub(super) cast: String,
    /// The people of this installation.
    pub(super) house: House,
    /// Who does the next step; empty: whoever may.
    pub(super) who: String,
    /// Why that person may not.
    pub(super) refused: Option<String>,
    pub(super) asking: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Outcome {
    status: String,
    trace: Vec<TraceLine>,
    waiting: Vec<Waiting>,
    incidents: Vec<Incident>,
    #[serde(default)]
    now: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Incident {
    #[serde(default)]
    element: Option<String>,
    message: String,
}

/// Begins, or ends.
pub fn toggle(canvas: Canvas) {
    if canvas.trial.with_untracked(Option::is_some) {
        canvas.trial.set(None);
        canvas.showing.set(None);
        return;
    }
    canvas.preview.set(None);
    canvas.trial.set(Some(Trial { data: asked(canvas), cast: cast::first(canvas), ..Trial::default() }));
    play(canvas);
}

/// What the expressions of the flow ask for (`data.amount`, `vars.approval.level`), with an empty value to begin with.
fn asked(canvas: Canvas) -> BTreeMap<String, String> {
    let text = canvas.flow(|it| serde_json::to_string(it).unwrap_or_default()).unwrap_or_default();
    let mut found = BTreeMap::new();
    for root in ["data.", "vars."] {
        for part in text.split(root).skip(1) {
            let path: String = part.chars().take_while(|it| it.is_alphanumeric() || matches!(it, '_' | '.')).collect();
            let path = path.trim_end_matches('.');
            if !path.is_empty() {
                found.insert(format!("{root}{path}"), String::new());
            }
        }
    }
    // What the flow sets itself need not be asked; what begins another path is part of it.
    let set: Vec<String> = canvas
        .flow(|it| {
            it.all()
                .iter()
                .flat_map(|it| &it.assign)
                .map(|it| it.target.clone())
                .filter(|it| it.starts_with("vars."))
                .collect()
        })
        .unwrap_or_default();
    let paths: Vec<String> = found.keys().cloned().collect();
    found.retain(|path, _| !set.contains(path) && !paths.iter().any(|it| it.starts_with(&format!("{path}."))));
    found
}

/// The given values below a path, as a map of maps.
fn below(data: &BTreeMap<String, String>, root: &str) -> Map<String, Value> {
    let mut whole = Map::new();
    for (path, text) in data {
        let Some(rest) = path.strip_prefix(root) else { continue };
        let mut at = &mut whole;
        let mut parts = rest.split('.').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                at.insert(part.to_owned(), value(text));
                break;
            }
            let next = at.entry(part.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(inner) = next else { break };
            at = inner;
        }
    }
    whole
}

/// A value as somebody types it: a number, true or false, else a text.
fn value(text: &str) -> Value {
    match text.trim() {
        "" => Value::Null,
        it => runtime::plain::parse(it)
            .ok()
            .filter(|it: &Value| it.is_number() || it.is_boolean() || it.is_array())
            .unwrap_or_else(|| Value::String(it.to_owned())),
    }
}

/// Plays what happened so far and shows what is new of it.
fn play(canvas: Canvas) {
    let Some(trial) = canvas.trial.get_untracked() else { return };
    let key = canvas.key.get_value();
    let Some(flow) = canvas.desk.document.with_untracked(|it| it.flow(&key).cloned()) else { return };
    let others: Vec<Flow> = canvas
        .desk
        .document
        .with_untracked(|it| it.flows().filter(|it| it.0 != key).map(|it| it.1.as_ref().clone()).collect());
    let (data, variables) = (below(&trial.data, "data."), below(&trial.data, "vars."));
    let ask = json!({ "flow": flow.as_ref(), "others": others, "script": trial.script, "data": data, "variables": variables });
    spawn_local(async move {
        let answer = rules::call::<_, Outcome>("flow.try", &ask).await;
        let outcome = answer.unwrap_or_else(|why| Outcome {
            status: "refused".to_owned(),
            trace: Vec::new(),
            waiting: Vec::new(),
            incidents: vec![Incident { element: None, message: format!("{why:?}") }],
            now: String::new(),
        });
        let film = Film::of_trace(&outcome.trace);
        let mut from = 0;
        canvas.trial.try_update(|it| {
            if let Some(it) = it.as_mut().filter(|it| it.script == trial.script) {
                from = it.shown.min(outcome.trace.len());
                it.shown = outcome.trace.len();
                it.outcome = Some(outcome);
            }
        });
        let title = TRY_IT.now().to_owned();
        let running =
            canvas.trial.try_with_untracked(|it| it.as_ref().is_some_and(|it| it.running > 0)).unwrap_or_default();
        // While it runs on only where it has come to is shown.
        let at = if running { film.frames.len().saturating_sub(1) } else { from };
        canvas.showing.try_set(Some(Showing { at, playing: !running, ..Showing::new(title, film) }));
        if running {
            request_animation_frame(move || run_on(canvas));
        }
    });
}

/// Takes the first of what can happen, until something with a breakpoint waits, or nothing does.
fn run_on(canvas: Canvas) {
    let next = canvas.trial.try_with_untracked(|it| {
        let it = it.as_ref().filter(|it| it.running > 0)?;
        let waiting = it.outcome.as_ref()?.waiting.clone();
        let breaks = canvas.breaks.get_untracked();
        if waiting.iter().any(|it| breaks.contains(&it.element)) {
            return None;
        }
        untrack(|| canvas.flow(|flow| trial::choices(flow, &waiting))).and_then(|it| it.into_iter().next())
    });
    match next.flatten() {
        Some(it) => {
            canvas.trial.update(|it| {
                if let Some(it) = it {
                    it.running -= 1;
                }
            });
            happen(canvas, &it.element, it.happening);
        }
        None => {
            canvas.trial.try_update(|it| {
                if let Some(it) = it {
                    it.running = 0;
                }
            });
        }
    }
}

/// What was tried so far, for a scenario.
fn tried(canvas: Canvas) -> Tried {
    let flow = canvas.key.get_value();
    canvas.trial.with_untracked(|it| {
        let Some(it) = it else { return Tried { flow: flow.clone(), ..Tried::default() } };
        Tried { flow: flow.clone(), script: it.script.clone(), data: below(&it.data, "data."), cast: it.cast.clone() }
    })
}

/// Choices taken by themselves at most.
const RUN_ON_FOR: usize = 200;

/// What a plugin or decision table would give: the values typed for its variable.
fn given(canvas: Canvas, element: &str) -> Option<Map<String, Value>> {
    let output = canvas.flow(|it| match &edit::tree::find(it, element)?.kind {
        ElementKind::BusinessRuleTask { output, .. } => Some(output.clone()),
        ElementKind::ServiceTask { call: Some(call) } => Some(call.output.clone()),
        _ => None,
    });
    let output = output.flatten()?;
    canvas.trial.with_untracked(|it| it.as_ref().map(|it| below(&it.data, &format!("vars.{output}."))))
}

fn happen(canvas: Canvas, element: &str, mut what: Value) {
    if let (Some(set), Value::Object(what)) = (untrack(|| given(canvas, element)), &mut what)
        && !set.is_empty()
    {
        what.insert("set".to_owned(), Value::Object(set));
    }
    canvas.trial.update(|it| {
        if let Some(it) = it {
            it.script.push(what);
        }
    });
    play(canvas);
}

/// Somebody does a task: only who may, as forms, rights and separation of duty have it when it runs.
fn done_by(canvas: Canvas, element: String, mut what: Value) {
    let who = canvas.trial.with_untracked(|it| it.as_ref().map(|it| it.who.clone()).unwrap_or_default());
    let task = canvas.flow(|it| edit::tree::find(it, &element).map(|it| matches!(it.kind, ElementKind::UserTask(_))));
    let key = canvas.key.get_value();
    let stage = canvas.trial.with_untracked(|it| it.as_ref().and_then(|it| cast::stage(canvas, it)));
    let (true, Some((base, file)), Value::Object(said)) =
        (!who.is_empty() && task.flatten() == Some(true), stage, &mut what)
    else {
        canvas.trial.update(|it| {
            if let Some(it) = it {
                it.refused = None;
            }
        });
        return happen(canvas, &element, what);
    };
    said.insert("by".to_owned(), Value::String(who.clone()));
    let mut script = canvas.trial.with_untracked(|it| it.as_ref().map(|it| it.script.clone()).unwrap_or_default());
    let at = script.len();
    script.push(what.clone());
    let data = tried(canvas).data;
    let (pack, mut draft) = canvas.desk.document.with_untracked(|it| (it.pack.clone(), it.files()));
    draft.extend(file.map(|(path, text)| (path, Some(text))));
    let ask =
        json!({ "id": pack, "draft": draft, "flow": key, "base": base, "title": "", "data": data, "script": script });
    canvas.trial.update(|it| {
        if let Some(it) = it {
            (it.asking, it.refused) = (true, None);
        }
    });
    spawn_local(async move {
        let answer = rules::call::<_, Recorded>("scenario.record", &ask).await;
        let refused = answer.ok().and_then(|it| it.refused).filter(|it| it.happening == at).and_then(|it| {
            // What a form has against it is none of this: a trial has no forms.
            Some(match it.code.as_str() {
                "not-a-candidate" | "no-such-person" => NOT_THEIRS,
                "separation-of-duty" => FOUR_EYES,
                "claimed-by-other" | "lent" => HAS_IT,
                "already-signed" | "waits-for-signers" => SIGNED_IT,
                _ => return None,
            })
        });
        let said = refused.map(|it| it.fill_now(&[&who, &untrack(|| canvas.name(&element))]));
        let free = said.is_none();
        let there = canvas.trial.try_update(|it| {
            let it = it.as_mut().filter(|it| it.script.len() == at)?;
            (it.asking, it.refused) = (false, said);
            Some(())
        });
        if free && there.flatten().is_some() {
            happen(canvas, &element, what);
        }
    });
}

/// The words of a choice.
fn says(canvas: Canvas, it: &Choice) -> String {
    let name = canvas.name(&it.element);
    match &it.what {
        What::Done(Some(title)) => {
            let outcome = it.happening.get("outcome").and_then(Value::as_str).unwrap_or_default();
            let address = format!("outcome/{}/{}/{outcome}", canvas.key.get_value(), it.element);
            DONE_WITH.fill(&[&name, &canvas.desk.document.with(|it| canvas.desk.words(it, &address, title))])
        }
        What::Done(None) => IS_DONE.fill(&[&name]),
        What::Time => TIME_PASSES.fill(&[&name]),
        What::Message(message) => MESSAGE_COMES.fill(&[message]),
        What::Signal(signal) => SIGNAL_COMES.fill(&[signal]),
        What::Error(code) => IT_FAILS.fill(&[&name, code]),
        What::Escalation(code) => IT_ESCALATES.fill(&[&name, code]),
        What::Cancelled => IT_IS_CANCELLED.fill(&[&name]),
    }
}

/// The panel at the right while a flow is tried.
pub fn panel(canvas: Canvas) -> AnyView {
    let outcome = Memo::new(move |_| canvas.trial.with(|it| it.as_ref().and_then(|it| it.outcome.clone())));
    let next = move || {
        let Some(outcome) = outcome.get() else {
            return view! { <p class="faint">"…"</p> }.into_any();
        };
        let choices = canvas.flow(|it| trial::choices(it, &outcome.waiting)).unwrap_or_default();
        let buttons = choices
            .into_iter()
            .map(|it| {
                let (words, happening, symbol) = (says(canvas, &it), it.happening.clone(), if it.what == What::Time { "clock" } else { "right" });
                let element = it.element.clone();
                let kind = canvas.scene.with_untracked(|scene| scene.node(&it.element).map(|it| words::kind(it.kind)));
                view! {
                    <button type="button" class="trial-choice" data-choice=it.element.clone() on:click=move |_| done_by(canvas, element.clone(), happening.clone())>
                        {icon(symbol)}<span class="grow">{words}</span><small class="faint">{kind.map(|it| it.get())}</small>
                    </button>
                }
            })
            .collect_view();
        let none = outcome.waiting.is_empty();
        let troubles = outcome.incidents.iter().map(|it| {
            let place = it.element.as_ref().map(|it| canvas.name(it)).unwrap_or_default();
            view! { <p class="alert-line danger">{icon("alert")}<span>{STUCK.fill(&[&format!("{place} {}", it.message)])}</span></p> }
        });
        let ended = matches!(outcome.status.as_str(), "completed" | "terminated");
        let breaks = canvas.breaks.get();
        let halted = outcome
            .waiting
            .iter()
            .find(|it| breaks.contains(&it.element))
            .map(|it| STOPPED_AT.fill(&[&canvas.name(&it.element)]));
        view! {
            {halted.map(|it| view! { <p class="badge danger" data-halted="">{it}</p> })}
            {troubles.collect_view()}
            {ended.then(|| view! { <p class="badge success">{icon("check")}{ENDED.get()}</p> })}
            {(!ended && !none).then(|| view! { <h3 class="prop-head">{NEXT.get()}</h3> })}
            <div class="trial-choices">{buttons}</div>
        }
        .into_any()
    };
    let clock = move || {
        outcome.with(|it| {
            let now = it.as_ref().map(|it| it.now.clone()).filter(|it| !it.is_empty())?;
            Some(
                VIRTUAL_TIME.fill(&[&now.replace('T', " ").trim_end_matches('Z').chars().take(16).collect::<String>()]),
            )
        })
    };
    let fields = canvas
        .trial
        .with_untracked(|it| it.as_ref().map(|it| it.data.keys().cloned().collect::<Vec<_>>()).unwrap_or_default());
    let data = (!fields.is_empty()).then(|| {
        let rows = fields
            .into_iter()
            .map(|key| {
                let (shown, set) = (key.clone(), key.clone());
                let now = move || {
                    canvas.trial.with(|it| it.as_ref().and_then(|it| it.data.get(&shown).cloned()).unwrap_or_default())
                };
                let input = line(now, true, move |to| {
                    canvas.trial.update(|it| {
                        if let Some(it) = it {
                            it.data.insert(set.clone(), to);
                        }
                    });
                    play(canvas);
                });
                view! { <label class="prop"><span>{untrack(|| title(canvas, &key))}</span>{input}</label> }
            })
            .collect_view();
        group(RECORD_DATA, true, view! { {rows}<p class="faint">{DATA_HELP.get()}</p> }.into_any())
    });
    let saving = RwSignal::new(false);
    let pass = move |by: &'static str, words: crate::text::Text| {
        view! { <button type="button" class="button small" data-pass=by on:click=move |_| happen(canvas, "", json!({ "advance": by }))>{words.get()}</button> }
    };
    let still = move || outcome.with(|it| it.as_ref().is_some_and(|it| !it.waiting.is_empty()));
    view! {
        <h2 class="side-title">{TRY_IT.get()}</h2>
        <p class="faint">{TRY_WHY.get()}</p>
        {cast::people(canvas)}
        {next}
        {move || still().then(|| view! {
            <div class="prop-row"><button type="button" class="button small" data-act="run-on" title=RUN_ON_HELP.get() on:click=move |_| {
                canvas.trial.update(|it| if let Some(it) = it { it.running = RUN_ON_FOR; });
                // Past the breakpoint it stands at.
                let here = untrack(|| canvas.trial.with(|it| it.as_ref().and_then(|it| it.outcome.clone())).and_then(|it| canvas.flow(|flow| trial::choices(flow, &it.waiting))));
                if let Some(it) = here.and_then(|it| it.into_iter().next()) {
                    happen(canvas, &it.element, it.happening);
                }
            }>{icon("play")}{RUN_ON.get()}</button></div>
            <p class="faint">{RUN_ON_HELP.get()}</p>
            <div class="prop-row wrap" role="group" aria-label=LET_PASS.get()><span class="faint">{LET_PASS.get()}</span>{pass("PT1H", PASS_1H)}{pass("P1D", PASS_1D)}{pass("P7D", PASS_1W)}</div>
        })}
        <p class="faint" data-clock="">{clock}</p>
        <div class="prop-row wrap">
            <button type="button" class="button small" data-act="trial-back" disabled=move || canvas.trial.with(|it| it.as_ref().is_none_or(|it| it.script.is_empty()))
                on:click=move |_| {
                    canvas.trial.update(|it| if let Some(it) = it { it.script.pop(); it.refused = None; });
                    play(canvas);
                }>{icon("return")}{TAKE_BACK.get()}</button>
            <button type="button" class="button small" on:click=move |_| {
                canvas.trial.update(|it| if let Some(it) = it {
                    it.script.clear();
                    it.running = 0;
                    it.shown = 0;
                    it.refused = None;
                });
                play(canvas);
            }>{OVER_AGAIN.get()}</button>
        </div>
        {data}
        <div class="prop-row wrap">
            <button type="button" class="button small" data-act="save-run" disabled=move || canvas.trial.with(|it| it.as_ref().is_none_or(|it| it.script.is_empty()))
                on:click=move |_| saving.set(true)>{icon("flag")}{SAVE_RUN.get()}</button>
            <button type="button" class="button small" on:click=move |_| toggle(canvas)>{END_TRIAL.get()}</button>
        </div>
        {once(saving, move || later::record_dialog(canvas.desk, saving, Callback::new(move |()| tried(canvas))))}
    }
    .into_any()
}

/// What people call a field of the flow's module; of a variable its path.
fn title(canvas: Canvas, path: &str) -> String {
    let desk = canvas.desk;
    let Some(key) = path.strip_prefix("data.") else { return path.to_owned() };
    desk.document
        .with(|it| {
            let module = it.flow(&canvas.key.get_value())?.module.clone()?;
            let field = edit::tree::field(it.schema(module.as_str())?, key)?;
            let own = field.get("title").and_then(Value::as_str).unwrap_or(key);
            Some(desk.words(it, &format!("field/{module}/{key}"), own))
        })
        .unwrap_or_else(|| key.to_owned())
}
