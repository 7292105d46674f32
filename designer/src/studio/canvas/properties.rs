//! What is selected, in words: a business admin's questions first, the rest folded under "Advanced".

use edit::kind::Kind;
use edit::{FlowEdit, edit::Property, tree};
use leptos::prelude::*;
use runtime::model::flow::{
    Assignment, Element, ElementKind, EventDefinition, Flow, NotifyMoment, NotifyRule, PluginCall,
};

use super::{Canvas, beside, bpmn, task};
use crate::app::app;
use crate::studio::alerts::tone;
use crate::studio::expression::expression;
use crate::studio::input::{area, check, choice, group, line, named, place, row, rows, some};
use crate::studio::say::sentence;
use crate::studio::words;
use crate::ui::icon::icon;

/// The element under the panel; read again whenever it changes.
#[derive(Clone, Copy)]
pub struct Subject {
    pub canvas: Canvas,
    pub id: StoredValue<String>,
    pub element: Memo<Option<Element>>,
}

impl Subject {
    pub fn set(self, property: Property) {
        self.canvas.edit(FlowEdit::Set { id: self.id.get_value(), property });
    }

    /// Reads something of the element.
    pub fn read<T: Default>(self, read: impl FnOnce(&Element) -> T) -> T {
        self.element.with(|it| it.as_ref().map(read).unwrap_or_default())
    }

    pub fn now(self) -> Option<Element> {
        self.element.get_untracked()
    }
}

/// The panel.
#[component]
pub fn Properties(canvas: Canvas) -> impl IntoView {
    let which = Memo::new(move |_| {
        let selection = canvas.selection();
        let repeats = |it: &Element| it.loop_characteristics.as_deref().map(std::mem::discriminant);
        let kind =
            |id: &str| canvas.flow(|it| tree::find(it, id).map(|it| (Kind::of(&it.kind), repeats(it)))).flatten();
        match selection.len() {
            1 => selection.first().cloned().map(|id| (1, kind(&id), id)).unwrap_or_default(),
            many => (many, None, String::new()),
        }
    });
    move || {
        let (count, _, id) = which.get();
        crate::app::app().lang.track();
        match count {
            0 => flow_panel(canvas),
            // Its parts follow what changes, each by itself; made anew with every change it would lose what is being typed.
            1 => untrack(|| panel(canvas, id)),
            many => view! { <h2 class="side-title">{words::SEVERAL.fill(&[&many.to_string()])}</h2> }.into_any(),
        }
    }
}

fn flow_panel(canvas: Canvas) -> AnyView {
    let key = canvas.key.get_value();
    let address = format!("flow/{key}");
    let about = format!("{address}/documentation");
    let said = move |address: &str, own: fn(&Flow) -> &str| {
        let address = address.to_owned();
        move || {
            canvas.desk.document.with(|it| {
                let flow = it.flow(&canvas.key.get_value());
                flow.map(|flow| canvas.desk.words(it, &address, own(flow))).unwrap_or_default()
            })
        }
    };
    let (title, description) = (said(&address, |it| &it.name), said(&about, |it| &it.documentation));
    view! {
        <h2 class="side-title">{words::FLOW_PROPERTIES.get()}</h2>
        {row(words::NAME, line(title, false, move |name| {
            canvas.desk.rename(edit::Edit::flow(&canvas.key.get_value(), FlowEdit::Title { name: name.clone() }), &address, &name);
        }))}
        {row(words::DOCUMENTATION, area(description, false, move |documentation| {
            let own = edit::Edit::flow(&canvas.key.get_value(), FlowEdit::Describe { documentation: documentation.clone() });
            // What nobody has described yet gets its own words first, as a step its name.
            if canvas.flow(|it| it.documentation.is_empty()).unwrap_or_default() {
                canvas.desk.edit(own);
            } else {
                canvas.desk.rename(own, &about, &documentation);
            }
        }))}
        <p class="faint">{words::NOTHING_CHOSEN.get()}</p>
    }
    .into_any()
}

fn panel(canvas: Canvas, id: String) -> AnyView {
    let stored = StoredValue::new(id.clone());
    let element = Memo::new(move |_| canvas.flow(|it| tree::find(it, &stored.get_value()).cloned()).flatten());
    let subject = Subject { canvas, id: stored, element };
    let Some(it) = element.get_untracked() else {
        let lane = canvas.flow(|it| it.lanes.iter().any(|it| it.id == id)).unwrap_or_default();
        return if lane { bpmn::lane(canvas, id, move || task::roles(canvas)) } else { beside::panel(canvas, id) };
    };
    let kind = canvas.scene.with_untracked(|scene| {
        let line = scene.edge(&id).map(|it| super::words::line(it.kind));
        Kind::of(&it.kind).map(super::words::kind).or(line).unwrap_or(super::words::line(tree::Line::Sequence))
    });
    let name = move || {
        canvas.scene.with(|it| {
            let id = stored.get_value();
            it.name(&id).map(str::to_owned).unwrap_or_default()
        })
    };
    let alerts = move || {
        let file = format!("flows/{}/flow.json", canvas.key.get_value());
        let id = stored.get_value();
        canvas.desk.alerts.with(|it| {
            it.iter()
                .filter(|it| it.file == file && it.element.as_deref() == Some(id.as_str()))
                .map(|it| view! { <li class=format!("alert-line {}", tone(it.severity))>{icon("alert")}<span>{sentence(canvas.desk, it)}</span></li> })
                .collect_view()
        })
    };
    let own = match &it.kind {
        ElementKind::UserTask(_) => task::panel(subject),
        ElementKind::SequenceFlow { .. } => view! { {condition(subject)}{ends(canvas, stored)} }.into_any(),
        ElementKind::ScriptTask { .. } => script(subject),
        ElementKind::ServiceTask { .. } => plugin(subject),
        ElementKind::BusinessRuleTask { .. } => table(subject),
        ElementKind::CallActivity { .. } => called(subject),
        ElementKind::ReceiveTask { .. } => bpmn::named(subject),
        ElementKind::TextAnnotation { .. } => ().into_any(),
        other => match definition(other) {
            Some(EventDefinition::Timer { .. }) => timer(subject),
            _ => bpmn::event(subject),
        },
    };
    let node = it.kind.is_node();
    let boundary = matches!(it.kind, ElementKind::BoundaryEvent { .. }) && edit::property::may_go_on(&it.kind);
    view! {
        <h2 class="side-title">{kind.get()}</h2>
        <ul class="alert-lines">{alerts}</ul>
        {row(if matches!(it.kind, ElementKind::TextAnnotation { .. }) { words::NOTE_TEXT } else { words::NAME }, area(name, false, move |name| canvas.rename(&stored.get_value(), &name)))}
        {own}
        {bpmn::repetition(subject)}
        {boundary.then(|| check(words::INTERRUPTS, move || subject.read(|it| matches!(it.kind, ElementKind::BoundaryEvent { cancel_activity: true, .. })), move |on| subject.set(Property::Interrupting(on))))}
        {node.then(|| stage(subject))}
        {node.then(|| group(words::NOTIFY, !it.notify.is_empty(), notices(subject)))}
        {group(words::ADVANCED, false, advanced(subject, node))}
    }
    .into_any()
}

/// Where a sequence flow leads from and to; another end for who does not drag it there.
fn ends(canvas: Canvas, id: StoredValue<String>) -> AnyView {
    let end = move |start: bool| {
        move || {
            let found = canvas.flow(|it| tree::ends(it, &id.get_value()).map(|it| (it.0.to_owned(), it.1.to_owned())));
            found.flatten().map(|it| if start { it.0 } else { it.1 }).unwrap_or_default()
        }
    };
    let wish = move |start: bool, to: &str| {
        let (source, target) = if start { (Some(to.to_owned()), None) } else { (None, Some(to.to_owned())) };
        FlowEdit::Reconnect { id: id.get_value(), source, target }
    };
    let offered = move |start: bool| {
        move || {
            let key = canvas.key.get_value();
            let nodes: Vec<String> = canvas.scene.with(|it| it.nodes.iter().map(|it| it.id.clone()).collect());
            let now = end(start)();
            let may = |it: &String| *it == now || canvas.desk.may(&edit::Edit::flow(&key, wish(start, it)));
            nodes.into_iter().filter(may).map(|it| (it.clone(), canvas.name(&it))).collect::<Vec<_>>()
        }
    };
    let one = move |text, start: bool| {
        row(
            text,
            choice(end(start), offered(start), move |to| {
                canvas.edit(wish(start, &to));
            }),
        )
    };
    view! { {one(super::words::LEADS_FROM, true)}{one(super::words::LEADS_TO, false)} }.into_any()
}

fn definition(kind: &ElementKind) -> Option<&EventDefinition> {
    edit::property::event(kind)
}

fn advanced(subject: Subject, node: bool) -> AnyView {
    let id = subject.id.get_value();
    view! {
        {row(words::DOCUMENTATION, area(move || subject.read(|it| it.documentation.clone()), false, move |it| subject.set(Property::Documentation(it))))}
        {node.then(|| view! { <div class="prop"><span>{words::ASSIGNMENTS.get()}</span>{assignments(
            move || subject.read(|it| it.assign.clone()),
            move |it| subject.set(Property::Assign(it)),
        )}</div> })}
        {bpmn::advanced(subject)}
        <p class="prop faint"><span>{words::ELEMENT_ID.get()}</span><code>{id}</code></p>
    }
    .into_any()
}

/// The record's stages, from the module's stage field.
fn stage(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let offered = move || {
        let mut offered = vec![(String::new(), words::NO_STAGE.read().to_owned())];
        offered.extend(
            canvas
                .desk
                .document
                .with(|it| {
                    let module = it.flow(&canvas.key.get_value())?.module.clone()?;
                    let stage = it.definition(module.as_str())?.stage.clone()?;
                    let schema = it.schema(module.as_str())?;
                    let options = tree::options(tree::field(schema, stage.as_str())?)?;
                    let text = |option: &serde_json::Value, word: &str| {
                        option.get(word).and_then(|it| it.as_str()).unwrap_or_default().to_owned()
                    };
                    Some(
                        options
                            .iter()
                            .map(|option| {
                                let value = text(option, "const");
                                let title = canvas.desk.words(
                                    it,
                                    &format!("option/{module}/{stage}/{value}"),
                                    &text(option, "title"),
                                );
                                (value, title)
                            })
                            .collect::<Vec<_>>(),
                    )
                })
                .unwrap_or_default(),
        );
        offered
    };
    row(
        words::STAGE,
        choice(
            move || subject.read(|it| it.stage.clone().unwrap_or_default()),
            offered,
            move |it| subject.set(Property::Stage(some(&it))),
        ),
    )
}

fn notices(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let texts = move || {
        canvas.desk.document.with(|it| {
            it.manifest()
                .map(|it| it.notices.iter().map(|it| (it.id.clone(), it.title.clone())).collect::<Vec<_>>())
                .unwrap_or_default()
        })
    };
    let change = move |at: usize, act: &dyn Fn(&mut NotifyRule)| {
        let Some(mut rules) = subject.now().map(|it| it.notify) else { return };
        if let Some(it) = rules.get_mut(at) {
            act(it);
        }
        subject.set(Property::Notify(rules));
    };
    let item = move |it: Memo<(usize, NotifyRule)>| {
        let at = move || it.with_untracked(|it| it.0);
        view! {
            <div class="prop-item">
                {named(words::NOTIFY, choice(move || it.with(|it| it.1.notice.clone()), texts, move |id| change(at(), &|it| it.notice.clone_from(&id))))}
                {named(words::NOTIFY_WHOM, line(move || it.with(|it| it.1.to.join(", ")), true, move |to| change(at(), &|it| it.to = to.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect())))}
                <div class="prop-row">
                    {named(words::NOTIFY_WHEN, choice(
                        move || if it.with(|it| it.1.on) == NotifyMoment::Enter { "enter".to_owned() } else { "leave".to_owned() },
                        || vec![("enter".to_owned(), words::WHEN_ENTER.read().to_owned()), ("leave".to_owned(), words::WHEN_LEAVE.read().to_owned())],
                        move |to| change(at(), &|rule| rule.on = if to == "leave" { NotifyMoment::Leave } else { NotifyMoment::Enter }),
                    ))}
                    <button type="button" class="button plain icon-only small" aria-label=words::DELETE.get() on:click=move |_| {
                        let Some(mut rules) = subject.now().map(|it| it.notify) else { return };
                        rules.remove(at());
                        subject.set(Property::Notify(rules));
                    }>{icon("trash")}</button>
                </div>
            </div>
        }
        .into_any()
    };
    view! {
        {rows(move || subject.read(|it| it.notify.clone()), place, item)}
        <button type="button" class="button small" on:click=move |_| {
            let Some(mut rules) = subject.now().map(|it| it.notify) else { return };
            let notice = canvas.desk.document.with_untracked(|it| it.manifest().and_then(|it| it.notices.first().map(|it| it.id.clone()))).unwrap_or_default();
            rules.push(NotifyRule { on: NotifyMoment::Enter, to: vec!["performer".to_owned()], notice });
            subject.set(Property::Notify(rules));
        }>{icon("plus")}{words::ADD_NOTIFY.get()}</button>
    }
    .into_any()
}

/// Target and expression, a line each.
fn assignments(
    value: impl Fn() -> Vec<Assignment> + Copy + Send + Sync + 'static,
    commit: impl Fn(Vec<Assignment>) + Copy + Send + Sync + 'static,
) -> AnyView {
    let change = move |at: usize, act: &dyn Fn(&mut Assignment)| {
        let mut list = untrack(value);
        if let Some(it) = list.get_mut(at) {
            act(it);
        }
        list.retain(|it| !it.target.is_empty() || !it.expr.is_empty());
        commit(list);
    };
    view! {
        {rows(value, place, move |it| {
            let at = move || it.with_untracked(|it| it.0);
            view! {
                <div class="prop-row">
                    {named(words::ASSIGNMENTS, line(move || it.with(|it| it.1.target.clone()), true, move |now| change(at(), &|it| it.target.clone_from(&now))))}
                    <span>"="</span>
                    {named(words::INPUT, line(move || it.with(|it| it.1.expr.clone()), true, move |now| change(at(), &|it| it.expr.clone_from(&now))))}
                </div>
            }.into_any()
        })}
        <button type="button" class="button small" on:click=move |_| {
            let mut list = untrack(value);
            list.push(Assignment { target: "data.".to_owned(), expr: "()".to_owned() });
            commit(list);
        }>{icon("plus")}{words::ADD_ASSIGNMENT.get()}</button>
    }
    .into_any()
}

/// When a sequence flow is taken.
fn condition(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let now = move || {
        subject.read(|it| match &it.kind {
            ElementKind::SequenceFlow { condition_expression, .. } => condition_expression.clone().unwrap_or_default(),
            _ => String::new(),
        })
    };
    let default = move || {
        canvas
            .flow(|flow| {
                let (source, _) = tree::ends(flow, &subject.id.get_value())?;
                let source = tree::find(flow, source)?;
                edit::property::may_default(&source.kind)
                    .then(|| source.default.as_ref().is_some_and(|it| it.0 == subject.id.get_value()))
            })
            .flatten()
    };
    // Outcomes of the task before, through gateways.
    let outcomes = move || {
        canvas
            .flow(|flow| {
                let (mut at, _) = tree::ends(flow, &subject.id.get_value())?;
                for _ in 0..6 {
                    if let ElementKind::UserTask(task) = &tree::find(flow, at)?.kind {
                        return Some(
                            task.outcomes.iter().map(|it| (it.id.clone(), it.title.clone())).collect::<Vec<_>>(),
                        );
                    }
                    at = tree::flows(flow).into_iter().find(|it| it.2 == at)?.1;
                }
                None
            })
            .flatten()
            .unwrap_or_default()
    };
    let chosen = move || {
        let now = now();
        outcomes().into_iter().find(|it| now == format!("outcome == \"{}\"", it.0)).map(|it| it.0).unwrap_or_default()
    };
    let set = move |it: String| subject.set(Property::Condition(some(&it)));
    view! {
        {move || default().map(|_| check(words::DEFAULT_WAY, move || default().unwrap_or_default(), move |on| subject.set(Property::Default(on))))}
        {move || (default() != Some(true)).then(|| view! {
            {(!outcomes().is_empty()).then(|| row(words::OUTCOME_IS, choice(chosen, move || {
                let mut offered = vec![(String::new(), words::ANY_OUTCOME.read().to_owned())];
                offered.extend(outcomes());
                offered
            }, move |it| if !it.is_empty() { set(format!("outcome == \"{it}\"")) })))}
            {expression(Some(words::CONDITION), now, move || super::names::names(canvas, &subject.id.get_value()), super::names::tried(canvas), set)}
            <p class="faint">{words::CONDITION_HELP.get()}</p>
        })}
    }
    .into_any()
}

fn timer(subject: Subject) -> AnyView {
    let now = move || {
        subject.read(|it| match definition(&it.kind) {
            Some(EventDefinition::Timer { time_date, time_duration, time_cycle }) => {
                match (time_date, time_duration, time_cycle) {
                    (Some(it), _, _) => ("date".to_owned(), it.clone()),
                    (_, _, Some(it)) => ("cycle".to_owned(), it.clone()),
                    (_, it, _) => ("duration".to_owned(), it.clone().unwrap_or_default()),
                }
            }
            _ => Default::default(),
        })
    };
    let set = move |kind: String, value: String| {
        let of = |wanted: &str| (kind == wanted).then(|| value.clone());
        subject.set(Property::Event(EventDefinition::Timer {
            time_date: of("date"),
            time_duration: of("duration"),
            time_cycle: of("cycle"),
        }));
    };
    let kinds = || {
        vec![
            ("duration".to_owned(), words::TIMER_DURATION.read().to_owned()),
            ("date".to_owned(), words::TIMER_DATE.read().to_owned()),
            ("cycle".to_owned(), words::TIMER_CYCLE.read().to_owned()),
        ]
    };
    view! {
        <div class="prop"><span>{words::TIMER.get()}</span>
            <div class="prop-row">
                {named(words::TIMER, choice(move || now().0, kinds, move |kind| set(kind, untrack(now).1)))}
                {named(words::TIMER, line(move || now().1, true, move |value| set(untrack(now).0, value)))}
            </div>
            <span class="faint">{words::DUE_HELP.get()}</span>
        </div>
    }
    .into_any()
}

/// The scripts of the pack.
pub fn scripts(canvas: Canvas) -> Vec<(String, String)> {
    let mut offered = vec![(String::new(), words::NONE.read().to_owned())];
    offered.extend(canvas.desk.document.with(|it| it.paths()).into_iter().filter_map(|it| {
        let key = it.strip_prefix("scripts/")?.strip_suffix(".rhai")?.to_owned();
        Some((key.clone(), key))
    }));
    offered
}

fn script(subject: Subject) -> AnyView {
    let now = move || {
        subject.read(|it| match &it.kind {
            ElementKind::ScriptTask { script, .. } => script.as_ref().map(|it| it.0.clone()).unwrap_or_default(),
            _ => String::new(),
        })
    };
    row(
        words::SCRIPT,
        choice(
            now,
            move || scripts(subject.canvas),
            move |it| subject.set(Property::Script(some(&it).map(Into::into))),
        ),
    )
}

fn plugin(subject: Subject) -> AnyView {
    let blank = || PluginCall {
        plugin: String::new(),
        function: String::new(),
        input: None,
        input_script: None,
        output: "result".to_owned(),
    };
    let now = move || {
        subject.read(|it| match &it.kind {
            ElementKind::ServiceTask { call } => call.clone(),
            _ => None,
        })
    };
    let get = move |read: fn(&PluginCall) -> String| move || now().as_ref().map(read).unwrap_or_default();
    let set = move |act: &dyn Fn(&mut PluginCall)| {
        let mut call = untrack(now).unwrap_or_else(blank);
        act(&mut call);
        subject.set(Property::Call((!call.plugin.is_empty() || !call.function.is_empty()).then_some(call)));
    };
    let plugins = move || {
        let mut offered = vec![(String::new(), words::NONE.read().to_owned())];
        offered.extend(
            subject
                .canvas
                .desk
                .source
                .with_value(|it| it.plugins.keys().map(|it| (it.clone(), it.clone())).collect::<Vec<_>>()),
        );
        offered
    };
    view! {
        {row(words::PLUGIN, choice(get(|it| it.plugin.clone()), plugins, move |to| set(&|it| it.plugin.clone_from(&to))))}
        {row(words::FUNCTION, line(get(|it| it.function.clone()), true, move |to| set(&|it| it.function.clone_from(&to))))}
        {row(words::INPUT, area(get(|it| it.input.clone().unwrap_or_default()), true, move |to| set(&|it| it.input = some(&to))))}
        {row(words::OUTPUT, line(get(|it| it.output.clone()), true, move |to| set(&|it| it.output.clone_from(&to))))}
    }
    .into_any()
}

fn table(subject: Subject) -> AnyView {
    let now = move || {
        subject.read(|it| match &it.kind {
            ElementKind::BusinessRuleTask { table, inputs, output } => {
                (table.0.clone(), inputs.clone(), output.clone())
            }
            _ => Default::default(),
        })
    };
    type Decides = (String, Vec<Assignment>, String);
    let set = move |act: &dyn Fn(&mut Decides)| {
        let mut it = untrack(now);
        act(&mut it);
        subject.set(Property::Table { table: it.0.into(), inputs: it.1, output: it.2 });
    };
    let tables = move || {
        let paths = subject.canvas.desk.document.with(|it| it.paths());
        let keys =
            paths.into_iter().filter_map(|it| Some(it.strip_prefix("tables/")?.strip_suffix(".json")?.to_owned()));
        std::iter::once((String::new(), words::NONE.read().to_owned())).chain(keys.map(|it| (it.clone(), it))).collect()
    };
    view! {
        {row(words::TABLE, choice(move || now().0, tables, move |to| set(&|it| it.0.clone_from(&to))))}
        <div class="prop"><span>{words::INPUT.get()}</span>{assignments(move || now().1, move |to| set(&|it| it.1.clone_from(&to)))}</div>
        {row(words::OUTPUT, line(move || now().2, true, move |to| set(&|it| it.2.clone_from(&to))))}
    }
    .into_any()
}

fn called(subject: Subject) -> AnyView {
    let now = move || {
        subject.read(|it| match &it.kind {
            ElementKind::CallActivity { called_element, inputs, outputs, .. } => {
                (called_element.0.clone(), inputs.clone(), outputs.clone())
            }
            _ => Default::default(),
        })
    };
    type Calls = (String, Vec<Assignment>, Vec<Assignment>);
    let set = move |act: &dyn Fn(&mut Calls)| {
        let mut it = untrack(now);
        act(&mut it);
        subject.set(Property::Called { flow: it.0.into(), inputs: it.1, outputs: it.2 });
    };
    let flows = move || {
        let _ = app().lang.get();
        let flows = subject
            .canvas
            .desk
            .document
            .with(|it| it.flows().map(|(key, it)| (key.to_owned(), it.name.clone())).collect::<Vec<_>>());
        std::iter::once((String::new(), words::NONE.read().to_owned())).chain(flows).collect()
    };
    view! {
        {row(words::CALLED, choice(move || now().0, flows, move |to| set(&|it| it.0.clone_from(&to))))}
        <div class="prop"><span>{words::INPUT.get()}</span>{assignments(move || now().1, move |to| set(&|it| it.1.clone_from(&to)))}</div>
        <div class="prop"><span>{words::OUTPUT.get()}</span>{assignments(move || now().2, move |to| set(&|it| it.2.clone_from(&to)))}</div>
    }
    .into_any()
}
