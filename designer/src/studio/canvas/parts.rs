//! What each node and each line of the drawing shows, in signals of their own: an edit, another selection or a hand that
//! moves wakes what it changes and nothing else. A signal that a thousand readers leave and enter again costs a million
//! steps each time it changes, which is why nothing drawn reads the scene, the tool or the alerts itself.

use std::collections::{BTreeMap, BTreeSet};

use edit::scene::{Edge, Node};
use edit::tool::Tool;
use leptos::prelude::*;
use runtime::alert::Severity;

use super::{Canvas, player};

/// How an element stands out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub selected: bool,
    /// Something is being put on it or led to it.
    pub aimed: bool,
    /// A run that is tried stops here.
    pub halted: bool,
    /// Classes of a run that is shown, or of a comparison.
    pub state: &'static str,
    pub alert: Option<Severity>,
}

/// One element. What it does not have is none: a node has no line.
#[derive(Clone)]
struct Part {
    node: ArcRwSignal<Option<Node>>,
    edge: ArcRwSignal<Option<Edge>>,
    look: ArcRwSignal<Look>,
}

/// The same, for who draws it.
#[derive(Clone, Copy)]
pub struct Drawn {
    pub node: RwSignal<Option<Node>>,
    pub edge: RwSignal<Option<Edge>>,
    pub look: RwSignal<Look>,
}

/// All elements that are drawn.
#[derive(Clone, Copy)]
pub struct Parts {
    canvas: Canvas,
    all: StoredValue<BTreeMap<String, Part>>,
    /// How elements stand out that do.
    looks: StoredValue<BTreeMap<String, Look>>,
}

impl Parts {
    /// Follows a canvas as long as its owner lives.
    pub fn follow(canvas: Canvas) -> Self {
        let parts = Self { canvas, all: StoredValue::default(), looks: StoredValue::default() };
        let selected = Memo::new(move |_| canvas.selection());
        let aimed = Memo::new(move |_| canvas.tool.with(aimed_at));
        Effect::new(move |_| parts.draw());
        Effect::new(move |_| parts.colour(&selected.get(), aimed.get()));
        parts
    }

    /// The signals of an element, for the current owner.
    pub fn of(self, id: &str) -> Drawn {
        let part = self.all.try_update_value(|all| {
            if let Some(it) = all.get(id) {
                return it.clone();
            }
            let (node, edge) = self.canvas.scene.with_untracked(|it| (it.node(id).cloned(), it.edge(id).cloned()));
            let look = self.looks.with_value(|it| it.get(id).cloned().unwrap_or_default());
            let it = Part { node: ArcRwSignal::new(node), edge: ArcRwSignal::new(edge), look: ArcRwSignal::new(look) };
            all.insert(id.to_owned(), it.clone());
            it
        });
        let part = part.unwrap_or_else(|| Part {
            node: ArcRwSignal::new(None),
            edge: ArcRwSignal::new(None),
            look: ArcRwSignal::new(Look::default()),
        });
        Drawn { node: part.node.into(), edge: part.edge.into(), look: part.look.into() }
    }

    /// Takes over where everything lies.
    fn draw(self) {
        self.canvas.scene.with(|scene| {
            self.all.update_value(|all| {
                all.retain(|id, part| {
                    let (node, edge) = (scene.node(id), scene.edge(id));
                    change(&part.node, node);
                    change(&part.edge, edge);
                    node.is_some() || edge.is_some()
                });
            });
        });
    }

    /// Takes over how everything stands out.
    fn colour(self, selected: &BTreeSet<String>, aimed: Option<String>) {
        let mut looks: BTreeMap<String, Look> = BTreeMap::new();
        for id in selected {
            looks.entry(id.clone()).or_default().selected = true;
        }
        if let Some(id) = aimed {
            looks.entry(id).or_default().aimed = true;
        }
        self.canvas.breaks.with(|it| it.iter().for_each(|id| looks.entry(id.clone()).or_default().halted = true));
        let file = format!("flows/{}/flow.json", self.canvas.key.get_value());
        self.canvas.desk.alerts.with(|alerts| {
            for it in alerts.iter().filter(|it| it.file == file) {
                let Some(id) = it.element.as_deref() else { continue };
                let worst = &mut looks.entry(id.to_owned()).or_default().alert;
                *worst = Some(worst.map_or(it.severity, |worst| worst.min(it.severity)));
            }
        });
        if player::shows(self.canvas) {
            let ids: Vec<String> = self.canvas.scene.with(|it| it.ids().map(str::to_owned).collect());
            for id in ids {
                let state = player::state(self.canvas, &id);
                if !state.is_empty() {
                    looks.entry(id).or_default().state = state;
                }
            }
        }
        self.looks.update_value(|before| {
            self.all.with_value(|all| {
                for (id, part) in all {
                    let look = looks.get(id);
                    if before.get(id) != look {
                        part.look.set(look.cloned().unwrap_or_default());
                    }
                }
            });
            *before = looks;
        });
    }
}

/// What a tool would put something on, or lead something to.
fn aimed_at(tool: &Tool) -> Option<String> {
    match tool {
        Tool::Connecting { to: Some(it), .. }
        | Tool::Reconnecting { to: Some(it), .. }
        | Tool::Placing { on: Some(it), .. } => it.as_ref().ok().cloned(),
        Tool::Moving { onto: Some(Some(host)), .. } => Some(host.clone()),
        Tool::Moving { into: Some(on), .. } => Some(on.clone()),
        _other => None,
    }
}

fn change<T: Clone + PartialEq + Send + Sync + 'static>(signal: &ArcRwSignal<Option<T>>, to: Option<&T>) {
    if signal.with_untracked(|it| it.as_ref() != to) {
        signal.set(to.cloned());
    }
}
