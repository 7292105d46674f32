//! What an element is besides its kind, switched on and off: repetition, compensation, folding, default and conditional flows.

use edit::kind::{Family, Kind};
use edit::scene::Repeat;
use edit::tree::{self, Line};
use edit::{Edit, FlowEdit, edit::Property};
use leptos::prelude::*;
use runtime::model::flow::{Behavior, ElementKind, Loop};

use super::{Canvas, words};
use crate::text::Text;

/// A loop of this look, kept from what is there where it fits.
pub fn repetition(was: Option<&Loop>, it: Repeat) -> Loop {
    match (it, was) {
        (Repeat::Loop, Some(was @ Loop::StandardLoop { .. })) => was.clone(),
        (Repeat::Loop, _) => {
            Loop::StandardLoop { test_before: false, loop_condition: None, loop_maximum: Some("3".to_owned()) }
        }
        (Repeat::Parallel | Repeat::Sequential, Some(was @ Loop::MultiInstance { .. })) => {
            let mut now = was.clone();
            if let Loop::MultiInstance { is_sequential, .. } = &mut now {
                *is_sequential = it == Repeat::Sequential;
            }
            now
        }
        (Repeat::Parallel | Repeat::Sequential, _) => Loop::MultiInstance {
            is_sequential: it == Repeat::Sequential,
            loop_cardinality: Some("2".to_owned()),
            collection: None,
            item: None,
            output_item: None,
            output_collection: None,
            completion_condition: None,
            behavior: Behavior::All,
            none_behavior_event: None,
            one_behavior_event: None,
            complex_behaviors: Vec::new(),
        },
    }
}

/// The switches that fit an element.
pub fn toggles(canvas: Canvas, id: &str) -> AnyView {
    let stored = StoredValue::new(id.to_owned());
    let node = canvas.scene.with_untracked(|it| it.node(id).map(|it| (it.kind, it.family)));
    let line = canvas.scene.with_untracked(|it| it.edge(id).map(|it| it.kind));
    let set = move |property: Property| {
        canvas.edit(FlowEdit::Set { id: stored.get_value(), property });
    };
    let mark = move |read: fn(&edit::scene::Node) -> bool| {
        move || canvas.scene.with(|it| it.node(&stored.get_value()).is_some_and(read))
    };
    let loops = move || canvas.flow(|it| tree::find(it, &stored.get_value())?.loop_characteristics.clone()).flatten();
    let repeat = move |look: Repeat, text: Text, name: &'static str| {
        let on = move || {
            canvas.scene.with(|it| it.node(&stored.get_value()).is_some_and(|it| it.marks.repeat == Some(look)))
        };
        toggle(text, name, on, move |now| {
            let was = untrack(loops);
            set(Property::Loop(now.then(|| Box::new(repetition(was.as_deref(), look)))));
        })
    };
    let mut views: Vec<AnyView> = Vec::new();
    if let Some((kind, family)) = node {
        if family.hosts() && kind != Kind::EventSubProcess {
            views.push(repeat(Repeat::Loop, words::LOOP, "loop"));
            views.push(repeat(Repeat::Parallel, words::MULTI_PARALLEL, "parallel"));
            views.push(repeat(Repeat::Sequential, words::MULTI_SEQUENTIAL, "sequential"));
            views.push(toggle(words::FOR_COMPENSATION, "compensation", mark(|it| it.marks.compensation), move |on| {
                set(Property::ForCompensation(on))
            }));
        }
        if family == Family::Sub {
            views.push(toggle(words::FOLD, "fold", mark(|it| it.marks.folded), move |_| {
                canvas.edit(FlowEdit::Fold { id: stored.get_value() });
            }));
        }
        let inner_start = family == Family::Start
            && canvas
                .flow(|it| {
                    tree::parent(it, &stored.get_value())
                        .and_then(|id| tree::find(it, id))
                        .and_then(|it| Kind::of(&it.kind))
                })
                .flatten()
                == Some(Kind::EventSubProcess);
        let quiet = FlowEdit::Set { id: stored.get_value(), property: Property::Interrupting(false) };
        let may_go_on = canvas.desk.may(&Edit::flow(&canvas.key.get_value(), quiet));
        if may_go_on && (family == Family::Boundary || inner_start) {
            views.push(toggle(words::NON_INTERRUPTING, "quiet", mark(|it| it.quiet), move |on| {
                set(Property::Interrupting(!on))
            }));
        }
        if kind == Kind::ReceiveTask || kind == Kind::EventBased {
            views.push(toggle(words::INSTANTIATES, "instantiates", mark(|it| it.marks.instantiates), move |on| {
                instantiate(canvas, &stored.get_value(), on)
            }));
        }
        if kind == Kind::DataObject {
            views.push(toggle(words::COLLECTION, "collection", mark(|it| it.marks.collection), move |on| {
                collection(canvas, &stored.get_value(), on)
            }));
        }
    }
    if line == Some(Line::Sequence) {
        let edge = move |read: fn(&edit::scene::Edge) -> bool| {
            move || canvas.scene.with(|it| it.edge(&stored.get_value()).is_some_and(read))
        };
        let may = canvas
            .flow(|it| {
                tree::ends(it, &stored.get_value())
                    .and_then(|(from, _)| tree::find(it, from))
                    .is_some_and(|it| edit::property::may_default(&it.kind))
            })
            .unwrap_or_default();
        if may {
            views.push(toggle(words::DEFAULT_FLOW, "default", edge(|it| it.default), move |on| {
                set(Property::Default(on))
            }));
        }
        let conditional = move || {
            let read = |it: &runtime::model::flow::Element| {
                matches!(&it.kind, ElementKind::SequenceFlow { condition_expression: Some(_), .. })
            };
            canvas.flow(|it| tree::find(it, &stored.get_value()).is_some_and(read)).unwrap_or_default()
        };
        views.push(toggle(words::CONDITIONAL_FLOW, "conditional", conditional, move |on| {
            set(Property::Condition(on.then(|| "true".to_owned())));
        }));
    }
    if views.is_empty() {
        return ().into_any();
    }
    view! { <div class="toggles">{views}</div> }.into_any()
}

fn toggle(
    text: Text,
    name: &'static str,
    on: impl Fn() -> bool + Copy + Send + Sync + 'static,
    act: impl Fn(bool) + Send + Sync + 'static,
) -> AnyView {
    view! {
        <button type="button" class="toggle-chip" data-toggle=name aria-pressed=move || on().to_string()
            on:click=move |_| act(!untrack(on))>{text.get()}</button>
    }
    .into_any()
}

fn write(canvas: Canvas, id: &str, change: impl FnOnce(&mut ElementKind)) {
    let element = canvas
        .desk
        .document
        .with_untracked(|it| it.flow(&canvas.key.get_value()).and_then(|it| tree::find(it, id)).cloned());
    if let Some(mut element) = element {
        change(&mut element.kind);
        canvas.desk.edit(Edit::flow(&canvas.key.get_value(), FlowEdit::Write { element: Box::new(element) }));
    }
}

fn instantiate(canvas: Canvas, id: &str, on: bool) {
    write(canvas, id, |it| match it {
        ElementKind::ReceiveTask { instantiate, .. } | ElementKind::EventBasedGateway { instantiate, .. } => {
            *instantiate = on
        }
        _ => (),
    });
}

fn collection(canvas: Canvas, id: &str, on: bool) {
    let object = canvas
        .flow(|it| match &tree::find(it, id)?.kind {
            ElementKind::DataObjectReference { data_object_ref } => data_object_ref.clone(),
            _ => None,
        })
        .flatten();
    if let Some(object) = object {
        write(canvas, &object, |it| {
            if let ElementKind::DataObject { is_collection } = it {
                *is_collection = on;
            }
        });
    }
}
