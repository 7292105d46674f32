//! The drawing of a flow as SVG: shapes and arrows of BPMN 2.0 (§13), for the canvas of the studio and, read-only,
//! for record pages and the watch page ([`Diagram`]). What is drawn comes from [`edit::scene`]; colours and strokes
//! are in `style/50-diagram.css`.

pub mod edge;
pub mod icon;
pub mod shape;

use std::collections::{BTreeMap, BTreeSet};

use edit::arrange;
use edit::geometry::Rect;
use edit::scene::{self, Scene};
use leptos::prelude::*;
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;

/// What is known about nodes and arrows beyond their drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    pub nodes: BTreeMap<String, Mark>,
    /// Sequence flows that were taken.
    pub taken: BTreeSet<String>,
}

/// What is known about one node.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark {
    /// A token stands here: "you are here".
    pub active: bool,
    /// It was passed.
    pub done: bool,
    /// Instances that stand here; 0 shows no badge.
    pub count: u64,
    /// Of those, overdue.
    pub overdue: u64,
    /// Of those, stuck.
    pub incidents: u64,
    /// Further classes, each with a space before it: what a comparison says of it.
    pub look: &'static str,
}

/// A read-only drawing that fits its box. A flow without a drawing is arranged.
#[component]
pub fn Diagram(
    #[prop(into)] flow: Signal<Flow>,
    #[prop(into)] layout: Signal<Layout>,
    #[prop(into, optional)] marks: Signal<Marks>,
    /// Names in the language shown, by `node/<flow>/<id>`; an address that is missing falls back to the flow's own name.
    #[prop(into, optional)]
    texts: Signal<BTreeMap<String, String>>,
    /// A node was chosen, by pointer or key.
    #[prop(into, optional)]
    onselect: Option<Callback<String>>,
    /// What a screen reader says of the whole.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let drawn = Memo::new(move |_| {
        flow.with(|flow| {
            layout.with(|layout| {
                texts.with(|texts| {
                    let planes = edit::planes::merged(flow, layout);
                    let diagram = arrange::completed(flow, Some(planes));
                    scene::scene(flow, &diagram, None, &|it| {
                        let address = format!("node/{}/{}", flow.key, it.id);
                        texts.get(&address).cloned().unwrap_or_else(|| it.name.clone())
                    })
                })
            })
        })
    });
    let view_box = move || {
        let Rect { x, y, width, height } = drawn.with(|it| it.bounds.grown(16.0));
        format!("{x:.0} {y:.0} {width:.0} {height:.0}")
    };
    // A drawing is never shown larger than life.
    let width = move || drawn.with(|it| format!("{:.0}", it.bounds.width + 32.0));
    view! {
        <svg class="diagram" role="group" aria-label=move || label.get() viewBox=view_box width=width
            preserveAspectRatio="xMidYMid meet">
            {move || drawn.with(|it| contents(it, marks, onselect))}
        </svg>
    }
}

fn family_words(family: edit::kind::Family) -> crate::text::Text {
    use edit::kind::Family;
    match family {
        Family::Start | Family::Intermediate | Family::End | Family::Boundary => crate::text::KIND_EVENT,
        Family::Activity | Family::Data | Family::Group | Family::Lane | Family::Pool | Family::Note => {
            crate::text::KIND_STEP
        }
        Family::Sub => crate::text::KIND_SUB,
        Family::Gateway => crate::text::KIND_GATEWAY,
    }
}

fn contents(scene: &Scene, marks: Signal<Marks>, onselect: Option<Callback<String>>) -> impl IntoView + use<> {
    let (areas, nodes): (Vec<_>, Vec<_>) = scene.nodes.iter().cloned().partition(|it| it.family.area());
    let boxes = move |list: Vec<scene::Node>| {
        list.into_iter()
            .map(|node| {
                let id = StoredValue::new(node.id.clone());
                let mark =
                    Memo::new(move |_| marks.with(|it| it.nodes.get(&id.get_value()).copied().unwrap_or_default()));
                let tint = node.tint.clone();
                let (coloured, tint) = (tint.is_some(), tint.unwrap_or_default());
                let class = move || {
                    let it = mark.get();
                    let mut class = String::from(if coloured { "node tinted" } else { "node" });
                    for (on, name) in [
                        (it.active, " active"),
                        (it.done, " done"),
                        (it.overdue > 0, " overdue"),
                        (it.incidents > 0, " stuck"),
                        (onselect.is_some(), " choosable"),
                    ] {
                        if on {
                            class.push_str(name);
                        }
                    }
                    class.push_str(it.look);
                    class
                };
                let choose = move || {
                    if let Some(it) = onselect {
                        it.run(id.get_value());
                    }
                };
                let rect = node.rect;
                // A gateway often has no name; a reader hears what it is, and how much stands there.
                let (name, family) = (node.name.clone(), node.family);
                let spoken = move || {
                    let name = if name.is_empty() { family_words(family).read().to_owned() } else { name.clone() };
                    let count = mark.get().count;
                    if count > 0 { format!("{name}: {count}") } else { name }
                };
                view! {
                    <g class=class role=if onselect.is_some() { "button" } else { "img" } tabindex=onselect.map(|_| "0") aria-label=spoken
                        data-node=node.id.clone() style:--ground=tint.ground style:--line=tint.line
                        on:click=move |_| choose()
                        on:keydown=move |event| {
                            if matches!(event.key().as_str(), "Enter" | " ") {
                                event.prevent_default();
                                choose();
                            }
                        }>
                        {shape::shape(&node)}
                        {move || shape::badge(rect, mark.get())}
                    </g>
                }
            })
            .collect_view()
    };
    let edges = scene
        .edges
        .iter()
        .map(|it| {
            let id = it.id.clone();
            let line = it.tint.as_ref().and_then(|it| it.line.clone());
            let plain = if line.is_some() { "flow tinted" } else { "flow" };
            let class = move || if marks.with(|it| it.taken.contains(&id)) { "flow taken" } else { plain };
            view! { <g class=class style:--line=line>{edge::edge(it)}</g> }
        })
        .collect_view();
    view! { {boxes(areas)} {edges} {boxes(nodes)} }
}
