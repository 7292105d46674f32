//! What BPMN says of each kind beyond the questions of a business admin: what an event waits for, how an activity is
//! repeated, how a gateway counts. Everything is written through [`edit::FlowEdit::Write`], so every attribute is undoable.

use edit::{FlowEdit, edit::Property};
use leptos::prelude::*;
use runtime::model::flow::{AdHocOrdering, Binding, Element, ElementKind, EventDefinition, Flow, Loop};

use super::properties::Subject;
use super::{Canvas, words};
use crate::studio::input::{area, check, choice, line, row, some};
use crate::studio::words as general;
use crate::text::{Text, texts};

texts! {
    CONDITION_EVENT = "When this becomes true", "当此条件成立";
    LINK_NAME = "Name of the link", "链接名称";
    COMPENSATES = "What is compensated", "补偿对象";
    COMPENSATES_ALL = "everything that is done in this scope", "当前范围内已完成的全部";
    WAITS = "Waits until it is done", "等待补偿完成";
    CORRELATION = "Key (expression); empty: the record", "关联键（表达式），留空为当前记录";
    PAYLOAD = "Content (expression)", "内容（表达式）";
    REPEAT_WHILE = "Again while", "满足条件时重复";
    REPEAT_MOST = "At most (times)", "最多次数";
    TEST_BEFORE = "Asked before the first time too", "首次执行前也检查";
    HOW_MANY = "How many (expression)", "实例数（表达式）";
    FOR_EACH = "For each of (list)", "遍历集合（表达式）";
    ITEM_NAME = "Name of the item", "元素变量名";
    EACH_GIVES = "Each gives (expression)", "每个实例产出（表达式）";
    INTO_LIST = "Collected in (variable)", "汇总到变量";
    ENOUGH_WHEN = "Enough when", "提前完成条件";
    START_QUANTITY = "Tokens needed to begin", "开始所需令牌数";
    COMPLETION_QUANTITY = "Tokens given when done", "完成时产出令牌数";
    ORDERING = "Its activities happen", "活动执行方式";
    ORDER_PARALLEL = "side by side", "可并行";
    ORDER_SEQUENTIAL = "one after the other", "依次";
    OVER_WHEN = "Over when", "结束条件";
    CANCEL_REST = "Then the rest is called off", "结束时取消其余活动";
    GOES_ON_WHEN = "Goes on when", "激活条件";
    VERSION = "Version of the flow", "流程版本";
    VERSION_LATEST = "the live one at the time of the call", "调用时的线上版本";
    VERSION_PUBLISHED = "the one live when this was published", "发布本流程时的版本";
    SOURCE = "Statements", "脚本语句";
    REPETITION = "Repetition", "重复执行";
    ALL_OF = "All of them must happen", "须全部发生";
}

/// Changes the element as it is now.
fn write(subject: Subject, act: impl FnOnce(&mut Element)) {
    if let Some(mut it) = subject.now() {
        act(&mut it);
        subject.canvas.edit(FlowEdit::Write { element: Box::new(it) });
    }
}

/// One line of text read from and written to the element.
fn text(
    label: Text,
    subject: Subject,
    read: fn(&Element) -> Option<String>,
    put: fn(&mut Element, Option<String>),
) -> AnyView {
    row(
        label,
        line(
            move || subject.read(|it| read(it).unwrap_or_default()),
            true,
            move |to| write(subject, |it| put(it, some(&to))),
        ),
    )
}

fn flag(label: Text, subject: Subject, read: fn(&Element) -> bool, put: fn(&mut Element, bool)) -> AnyView {
    check(label, move || subject.read(read), move |to| write(subject, |it| put(it, to)))
}

fn definition_mut(it: &mut Element) -> Option<&mut EventDefinition> {
    match &mut it.kind {
        ElementKind::StartEvent { event_definition, .. }
        | ElementKind::EndEvent { event_definition }
        | ElementKind::IntermediateThrowEvent { event_definition } => event_definition.as_mut(),
        ElementKind::IntermediateCatchEvent { event_definition }
        | ElementKind::BoundaryEvent { event_definition, .. } => Some(event_definition),
        _ => None,
    }
}

fn definition(it: &Element) -> Option<&EventDefinition> {
    edit::property::event(&it.kind)
}

/// What an event waits for or throws, where [`super::properties`] has no plainer words for it.
pub fn event(subject: Subject) -> AnyView {
    let Some(now) = subject.now() else { return ().into_any() };
    match definition(&now) {
        Some(EventDefinition::Message { .. }) => view! { {named(subject)}{content(subject)} }.into_any(),
        Some(EventDefinition::Signal { .. }) => named(subject),
        Some(EventDefinition::Error { .. } | EventDefinition::Escalation { .. }) => coded(subject),
        Some(EventDefinition::Conditional { .. }) => row(
            CONDITION_EVENT,
            area(
                move || {
                    subject.read(|it| match definition(it) {
                        Some(EventDefinition::Conditional { condition }) => condition.clone(),
                        _ => String::new(),
                    })
                },
                true,
                move |to| {
                    write(subject, |it| {
                        if let Some(EventDefinition::Conditional { condition }) = definition_mut(it) {
                            *condition = to;
                        }
                    })
                },
            ),
        ),
        Some(EventDefinition::Link { .. }) => text(
            LINK_NAME,
            subject,
            |it| match definition(it) {
                Some(EventDefinition::Link { name }) => Some(name.clone()),
                _ => None,
            },
            |it, to| {
                if let (Some(EventDefinition::Link { name }), Some(to)) = (definition_mut(it), to) {
                    *name = to;
                }
            },
        ),
        Some(EventDefinition::Compensate { .. })
            if edit::kind::Kind::of(&now.kind).is_some_and(edit::kind::Kind::throws) =>
        {
            compensate(subject)
        }
        Some(EventDefinition::Multiple { .. }) => flag(
            ALL_OF,
            subject,
            |it| matches!(definition(it), Some(EventDefinition::Multiple { parallel: true, .. })),
            |it, to| {
                if let Some(EventDefinition::Multiple { parallel, .. }) = definition_mut(it) {
                    *parallel = to;
                }
            },
        ),
        Some(
            EventDefinition::Timer { .. }
            | EventDefinition::Compensate { .. }
            | EventDefinition::Cancel {}
            | EventDefinition::Terminate {},
        )
        | None => ().into_any(),
    }
}

/// Names of the flow's messages or signals, to be chosen from or typed anew.
fn known(canvas: Canvas, read: fn(&Flow) -> Vec<String>) -> AnyView {
    let list = move || {
        canvas.flow(read).unwrap_or_default().into_iter().map(|it| view! { <option value=it></option> }).collect_view()
    };
    view! { <datalist id="known-names">{list}</datalist> }.into_any()
}

fn with_list(
    value: impl Fn() -> String + Send + Sync + 'static,
    commit: impl Fn(String) + Send + Sync + 'static,
) -> AnyView {
    let value = Memo::new(move |_| value());
    let change = move |event: leptos::ev::Event| {
        let now = event_target_value(&event);
        if now != value.get_untracked() {
            commit(now);
        }
    };
    view! { <input class="input" type="text" list="known-names" prop:value=move || value.get() on:change=change/> }
        .into_any()
}

/// The message or signal an event or task is about.
pub fn named(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let signal = subject.now().is_some_and(|it| matches!(definition(&it), Some(EventDefinition::Signal { .. })));
    let now = move || {
        let id = subject.read(|it| match (&it.kind, definition(it)) {
            (ElementKind::ReceiveTask { message_ref, .. } | ElementKind::SendTask { message_ref, .. }, _) => {
                message_ref.clone().unwrap_or_default()
            }
            (_, Some(EventDefinition::Message { message_ref, .. })) => message_ref.clone(),
            (_, Some(EventDefinition::Signal { signal_ref, .. })) => signal_ref.clone(),
            _ => String::new(),
        });
        let name =
            canvas.flow(|it| it.messages.iter().chain(&it.signals).find(|it| it.id == id).map(|it| it.name.clone()));
        name.flatten().unwrap_or(id)
    };
    let (label, names): (Text, fn(&Flow) -> Vec<String>) = if signal {
        (words::NAME_OF_SIGNAL, |it| it.signals.iter().map(|it| it.name.clone()).collect())
    } else {
        (words::NAME_OF_MESSAGE, |it| it.messages.iter().map(|it| it.name.clone()).collect())
    };
    view! {
        {row(label, with_list(now, move |to| subject.set(Property::Refer { name: to.trim().to_owned(), code: String::new() })))}
        {known(canvas, names)}
    }
    .into_any()
}

/// Key and content of a message.
fn content(subject: Subject) -> AnyView {
    let throws = subject.now().and_then(|it| edit::kind::Kind::of(&it.kind)).is_some_and(edit::kind::Kind::throws);
    view! {
        {text(CORRELATION, subject, |it| match definition(it) {
            Some(EventDefinition::Message { correlation, .. }) => correlation.clone(),
            _ => None,
        }, |it, to| if let Some(EventDefinition::Message { correlation, .. }) = definition_mut(it) { *correlation = to })}
        {throws.then(|| text(PAYLOAD, subject, |it| match definition(it) {
            Some(EventDefinition::Message { payload, .. }) => payload.clone(),
            _ => None,
        }, |it, to| if let Some(EventDefinition::Message { payload, .. }) = definition_mut(it) { *payload = to }))}
    }
    .into_any()
}

/// The error or escalation of an event: a name and the code that is thrown and caught.
fn coded(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let error = subject.now().is_some_and(|it| matches!(definition(&it), Some(EventDefinition::Error { .. })));
    let now = move || {
        let id = subject.read(|it| match definition(it) {
            Some(EventDefinition::Error { error_ref: it } | EventDefinition::Escalation { escalation_ref: it }) => {
                it.clone().unwrap_or_default()
            }
            _ => String::new(),
        });
        canvas
            .flow(|it| {
                let error = it.errors.iter().find(|it| it.id == id).map(|it| (it.name.clone(), it.error_code.clone()));
                error.or_else(|| {
                    it.escalations.iter().find(|it| it.id == id).map(|it| (it.name.clone(), it.escalation_code.clone()))
                })
            })
            .flatten()
            .unwrap_or_default()
    };
    let (label, names): (Text, fn(&Flow) -> Vec<String>) = if error {
        (words::NAME_OF_ERROR, |it| it.errors.iter().map(|it| it.name.clone()).collect())
    } else {
        (words::NAME_OF_ESCALATION, |it| it.escalations.iter().map(|it| it.name.clone()).collect())
    };
    let rename = move |to: String| {
        let to = to.trim().to_owned();
        let known = canvas.flow(|it| {
            let error = it.errors.iter().find(|it| it.name == to).map(|it| it.error_code.clone());
            error.or_else(|| it.escalations.iter().find(|it| it.name == to).map(|it| it.escalation_code.clone()))
        });
        let code = known.flatten().unwrap_or_else(|| to.clone());
        subject.set(Property::Refer { name: to, code });
    };
    view! {
        {row(label, with_list(move || now().0, rename))}
        {known(canvas, names)}
        {row(words::CODE, line(move || now().1, true, move |code| subject.set(Property::Refer { name: untrack(now).0, code })))}
    }
    .into_any()
}

fn compensate(subject: Subject) -> AnyView {
    let canvas = subject.canvas;
    let offered = move || {
        let mut offered = vec![(String::new(), COMPENSATES_ALL.read().to_owned())];
        offered.extend(
            canvas
                .flow(|it| {
                    it.all().iter().filter(|it| it.kind.is_activity()).map(|it| it.id.0.clone()).collect::<Vec<_>>()
                })
                .unwrap_or_default()
                .into_iter()
                .map(|it| (it.clone(), canvas.name(&it))),
        );
        offered
    };
    let now = move || {
        subject.read(|it| match definition(it) {
            Some(EventDefinition::Compensate { activity_ref: Some(it), .. }) => it.0.clone(),
            _ => String::new(),
        })
    };
    view! {
        {row(COMPENSATES, choice(now, offered, move |to| write(subject, |it| {
            if let Some(EventDefinition::Compensate { activity_ref, .. }) = definition_mut(it) {
                *activity_ref = some(&to).map(Into::into);
            }
        })))}
        {flag(WAITS, subject, |it| matches!(definition(it), Some(EventDefinition::Compensate { wait_for_completion: true, .. })), |it, to| {
            if let Some(EventDefinition::Compensate { wait_for_completion, .. }) = definition_mut(it) {
                *wait_for_completion = to;
            }
        })}
    }
    .into_any()
}

/// How an activity is repeated; nothing when it is not.
pub fn repetition(subject: Subject) -> AnyView {
    macro_rules! part {
        ($variant:ident, $name:ident) => {
            (
                |it: &Element| match it.loop_characteristics.as_deref() {
                    Some(Loop::$variant { $name, .. }) => $name.clone(),
                    _ => None,
                },
                |it: &mut Element, to: Option<String>| {
                    if let Some(Loop::$variant { $name, .. }) = it.loop_characteristics.as_deref_mut() {
                        *$name = to;
                    }
                },
            )
        };
    }
    type Both = (fn(&Element) -> Option<String>, fn(&mut Element, Option<String>));
    let line = |label: Text, of: Both| text(label, subject, of.0, of.1);
    match subject.now().and_then(|it| it.loop_characteristics).as_deref() {
        None => ().into_any(),
        Some(Loop::StandardLoop { .. }) => view! {
            <h3 class="prop-head">{REPETITION.get()}</h3>
            {line(REPEAT_WHILE, part!(StandardLoop, loop_condition))}
            {line(REPEAT_MOST, part!(StandardLoop, loop_maximum))}
            {flag(TEST_BEFORE, subject, |it| matches!(it.loop_characteristics.as_deref(), Some(Loop::StandardLoop { test_before: true, .. })), |it, to| {
                if let Some(Loop::StandardLoop { test_before, .. }) = it.loop_characteristics.as_deref_mut() {
                    *test_before = to;
                }
            })}
        }
        .into_any(),
        Some(Loop::MultiInstance { .. }) => view! {
            <h3 class="prop-head">{REPETITION.get()}</h3>
            {line(FOR_EACH, part!(MultiInstance, collection))}
            {line(ITEM_NAME, part!(MultiInstance, item))}
            {line(HOW_MANY, part!(MultiInstance, loop_cardinality))}
            {line(ENOUGH_WHEN, part!(MultiInstance, completion_condition))}
            {line(EACH_GIVES, part!(MultiInstance, output_item))}
            {line(INTO_LIST, part!(MultiInstance, output_collection))}
        }
        .into_any(),
    }
}

/// The rest of what BPMN says of the kind, for the advanced group.
pub fn advanced(subject: Subject) -> AnyView {
    let Some(now) = subject.now() else { return ().into_any() };
    let own = match &now.kind {
        ElementKind::SendTask { .. } => view! {
            {named(subject)}
            {text(CORRELATION, subject, |it| match &it.kind { ElementKind::SendTask { correlation, .. } => correlation.clone(), _ => None },
                |it, to| if let ElementKind::SendTask { correlation, .. } = &mut it.kind { *correlation = to })}
            {text(PAYLOAD, subject, |it| match &it.kind { ElementKind::SendTask { payload, .. } => payload.clone(), _ => None },
                |it, to| if let ElementKind::SendTask { payload, .. } = &mut it.kind { *payload = to })}
        }
        .into_any(),
        ElementKind::ReceiveTask { .. } => text(CORRELATION, subject, |it| match &it.kind { ElementKind::ReceiveTask { correlation, .. } => correlation.clone(), _ => None },
            |it, to| if let ElementKind::ReceiveTask { correlation, .. } = &mut it.kind { *correlation = to }),
        ElementKind::ScriptTask { .. } => row(SOURCE, area(
            move || subject.read(|it| match &it.kind { ElementKind::ScriptTask { source, .. } => source.clone().unwrap_or_default(), _ => String::new() }),
            true,
            move |to| write(subject, |it| if let ElementKind::ScriptTask { source, .. } = &mut it.kind { *source = some(&to) }),
        )),
        ElementKind::ComplexGateway { .. } => text(GOES_ON_WHEN, subject, |it| match &it.kind { ElementKind::ComplexGateway { activation_condition } => activation_condition.clone(), _ => None },
            |it, to| if let ElementKind::ComplexGateway { activation_condition } = &mut it.kind { *activation_condition = to }),
        ElementKind::AdHocSubProcess { .. } => ad_hoc(subject),
        ElementKind::CallActivity { .. } => row(VERSION, choice(
            move || subject.read(|it| match &it.kind {
                ElementKind::CallActivity { binding: Binding::Deployment, .. } => "deployment".to_owned(),
                ElementKind::CallActivity { binding: Binding::Version(it), .. } => it.clone(),
                _ => "latest".to_owned(),
            }),
            || vec![("latest".to_owned(), VERSION_LATEST.read().to_owned()), ("deployment".to_owned(), VERSION_PUBLISHED.read().to_owned())],
            move |to| write(subject, |it| if let ElementKind::CallActivity { binding, .. } = &mut it.kind {
                *binding = match to.as_str() {
                    "latest" => Binding::Latest,
                    "deployment" => Binding::Deployment,
                    version => Binding::Version(version.to_owned()),
                };
            }),
        )),
        _ => ().into_any(),
    };
    let quantities = now.kind.is_activity().then(|| {
        view! {
            {number(START_QUANTITY, subject, |it| it.start_quantity, |it, to| it.start_quantity = to)}
            {number(COMPLETION_QUANTITY, subject, |it| it.completion_quantity, |it, to| it.completion_quantity = to)}
        }
    });
    view! { {own}{quantities} }.into_any()
}

fn number(label: Text, subject: Subject, read: fn(&Element) -> u32, put: fn(&mut Element, u32)) -> AnyView {
    row(
        label,
        line(
            move || subject.element.with(|it| it.as_ref().map_or(1, read)).to_string(),
            true,
            move |to| {
                if let Ok(to) = to.trim().parse::<u32>() {
                    write(subject, |it| put(it, to.max(1)))
                }
            },
        ),
    )
}

fn ad_hoc(subject: Subject) -> AnyView {
    let sequential = move || {
        subject.read(|it| matches!(it.kind, ElementKind::AdHocSubProcess { ordering: AdHocOrdering::Sequential, .. }))
    };
    view! {
        {row(ORDERING, choice(
            move || if sequential() { "sequential" } else { "parallel" }.to_owned(),
            || vec![("parallel".to_owned(), ORDER_PARALLEL.read().to_owned()), ("sequential".to_owned(), ORDER_SEQUENTIAL.read().to_owned())],
            move |to| write(subject, |it| if let ElementKind::AdHocSubProcess { ordering, .. } = &mut it.kind {
                *ordering = if to == "sequential" { AdHocOrdering::Sequential } else { AdHocOrdering::Parallel };
            }),
        ))}
        {text(OVER_WHEN, subject, |it| match &it.kind { ElementKind::AdHocSubProcess { completion_condition, .. } => completion_condition.clone(), _ => None },
            |it, to| if let ElementKind::AdHocSubProcess { completion_condition, .. } = &mut it.kind { *completion_condition = to })}
        {flag(CANCEL_REST, subject, |it| matches!(it.kind, ElementKind::AdHocSubProcess { cancel_remaining_instances: true, .. }),
            |it, to| if let ElementKind::AdHocSubProcess { cancel_remaining_instances, .. } = &mut it.kind { *cancel_remaining_instances = to })}
    }
    .into_any()
}

/// The panel of a lane: its name and who does what stands in it.
pub fn lane(canvas: Canvas, id: String, roles: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static) -> AnyView {
    let id = StoredValue::new(id);
    let read = move |read: fn(&runtime::model::flow::Lane) -> String| {
        canvas.flow(|it| it.lanes.iter().find(|it| it.id == id.get_value()).map(read)).flatten().unwrap_or_default()
    };
    view! {
        <h2 class="side-title">{words::kind(edit::kind::Kind::Lane).get()}</h2>
        {row(general::NAME, line(move || read(|it| it.name.clone()), false, move |name| { canvas.edit(FlowEdit::Rename { id: id.get_value(), name }); }))}
        {row(words::LANE_ROLE, choice(move || read(|it| it.role.as_ref().map(|it| it.0.clone()).unwrap_or_default()), move || {
            let mut offered = vec![(String::new(), general::NONE.read().to_owned())];
            offered.extend(roles());
            offered
        }, move |to| { canvas.edit(FlowEdit::Set { id: id.get_value(), property: Property::Role(some(&to).map(Into::into)) }); }))}
        <p class="faint">{words::LANE_ROLE_HELP.get()}</p>
    }
    .into_any()
}
