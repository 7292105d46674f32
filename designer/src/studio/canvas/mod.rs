//! `/studio/{pack}/flow/{key}`: the canvas. [`view`] draws and hears what is done to the board ([`gesture`]), [`hand`] does what
//! the pointer means, [`keys`] what the keyboard, [`palette`] and [`chooser`] offer nodes, [`tools`] what the pointer is for,
//! [`pad`] what can be done with what is selected, [`outline`] lists everything for those who cannot see the drawing,
//! [`properties`] shows what is selected; [`panels`] are what is not the drawing itself and comes after it, the hand among it.

mod beside;
mod bpmn;
mod cast;
mod chooser;
mod clipboard;
pub mod files;
mod find;
mod gesture;
mod ghost;
mod hand;
mod keys;
mod lift;
mod marks;
mod mend;
mod minimap;
mod motion;
mod names;
mod naming;
mod outline;
mod pad;
mod palette;
pub mod panels;
mod parts;
mod picture;
pub mod player;
mod properties;
mod task;
mod tools;
mod touch;
pub mod transfer;
pub mod trial;
mod view;
pub mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

use edit::diff::Diff;
use edit::scene::{self, Scene};
use edit::tool::Tool;
use edit::{FlowEdit, planes, pools, tree};
use leptos::{html, prelude::*};
use runtime::model::flow::{Element, Flow};
use runtime::model::layout::{Layout, Point};
use runtime::model::pack::Texts;

use super::alerts::AlertList;
use super::bar::Bar;
use super::desk::Desk;
use super::dock::{self, Panel};
use super::words as general;
use crate::app::app;
use crate::ui::icon::icon;
use crate::{later, nav};
use chooser::Choosing;
pub use gesture::Gesture;
use player::Showing;
use touch::Fingers;
use trial::Trial;

/// The part of the canvas that is seen: its origin on the screen and its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eye {
    pub x: f64,
    pub y: f64,
    pub zoom: f64,
}

/// One open flow; a bundle of signals.
#[derive(Clone, Copy)]
pub struct Canvas {
    pub desk: Desk,
    pub key: StoredValue<String>,
    pub scene: Memo<Scene>,
    /// The drawing is on its way from another one.
    pub motion: RwSignal<Option<motion::Motion>>,
    /// The folded subprocess whose inside is shown; none: the flow itself.
    pub plane: RwSignal<Option<String>>,
    pub tool: RwSignal<Tool>,
    pub eye: RwSignal<Eye>,
    /// Where the pointer was last, on the canvas.
    pub pointer: StoredValue<Option<Point>>,
    pub fingers: Fingers,
    /// Where on the board the pointer drags something, for the picture to move along at its edge; none: nowhere near.
    pub edge: StoredValue<Option<(f64, f64)>>,
    /// The element whose name is being written on the canvas.
    pub naming: RwSignal<Option<String>>,
    /// The menu that adds or replaces is open.
    pub choosing: RwSignal<Option<Choosing>>,
    /// A run that is shown, and what the pictures are of.
    pub showing: RwSignal<Option<Showing>>,
    /// What a button would do that the pointer or the focus is on; drawn before it is done.
    pub foreseen: RwSignal<Option<FlowEdit>>,
    /// Where arrows that select more have come to.
    pub walked: StoredValue<Option<String>>,
    /// A fix that is looked at before it is done.
    pub preview: RwSignal<Option<mend::Mended>>,
    /// What happened so far while the flow is tried.
    pub trial: RwSignal<Option<Trial>>,
    /// Differs from the live version, drawn on the canvas.
    pub diff: RwSignal<Option<Diff>>,
    /// Elements a run that is tried stops at.
    pub breaks: RwSignal<BTreeSet<String>>,
    /// The search is open.
    pub finding: RwSignal<bool>,
    pub board: NodeRef<html::Div>,
    /// How large it is; none: not known. Asked in the middle of an edit, the browser would lay out everything for it.
    pub room: StoredValue<Option<(f64, f64)>>,
    /// A node that is new is about to be named.
    pub coming: RwSignal<bool>,
    /// The person has moved the picture; it is not fitted any more when the window changes.
    pub moved: RwSignal<bool>,
}

/// What the drawing is made of; compared by where it lies, so that selecting something draws nothing anew.
#[derive(Clone)]
struct Sources {
    flow: Option<Arc<Flow>>,
    layout: Option<Arc<Layout>>,
    texts: Arc<Texts>,
    plane: Option<String>,
}

impl PartialEq for Sources {
    fn eq(&self, other: &Self) -> bool {
        fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (a, b) => a.is_none() && b.is_none(),
            }
        }
        let texts = Arc::ptr_eq(&self.texts, &other.texts) || (self.texts.is_empty() && other.texts.is_empty());
        texts
            && self.plane == other.plane
            && same(self.flow.as_ref(), other.flow.as_ref())
            && same(self.layout.as_ref(), other.layout.as_ref())
    }
}

impl Canvas {
    fn open(desk: Desk, key: String) -> Self {
        let key = StoredValue::new(key);
        let plane = RwSignal::new(None::<String>);
        let preview = RwSignal::new(None::<mend::Mended>);
        let motion = RwSignal::new(None::<motion::Motion>);
        let sources = Memo::new(move |_| {
            let lang = app().lang.get().tag();
            desk.document.with(|it| {
                let key = key.get_value();
                let texts = if it.language() == lang { Arc::default() } else { it.texts(lang) };
                Sources { flow: it.flow(&key).cloned(), layout: it.layout(&key).cloned(), texts, plane: plane.get() }
            })
        });
        let scene = Memo::new(move |_| {
            let mended = preview.with(|it| it.as_ref().and_then(|it| it.flow(desk, &key.get_value())));
            sources.with(|sources| {
                let key = key.get_value();
                let Some(flow) = &sources.flow else {
                    return Scene::default();
                };
                let (flow, diagram) = match mended {
                    Some((flow, diagram)) => (flow, diagram),
                    None => (flow.clone(), desk.document.with_untracked(|it| it.diagram(&key))),
                };
                let flow = flow.as_ref();
                let translated = |it: &Element| sources.texts.get(&format!("node/{key}/{}", it.id));
                let own = sources.texts.is_empty();
                let name = |it: &Element| if own { None } else { translated(it) }.unwrap_or(&it.name).clone();
                let drawn = scene::scene(flow, &diagram, sources.plane.as_deref(), &name);
                motion.with(|it| match it {
                    Some(it) => it.scene(&drawn),
                    None => drawn,
                })
            })
        });
        Canvas {
            desk,
            key,
            scene,
            motion,
            plane,
            tool: RwSignal::new(Tool::Idle),
            eye: RwSignal::new(Eye { x: 40.0, y: 40.0, zoom: 1.0 }),
            pointer: StoredValue::new(None),
            fingers: Fingers::new(),
            edge: StoredValue::new(None),
            naming: RwSignal::new(None),
            choosing: RwSignal::new(None),
            showing: RwSignal::new(None),
            foreseen: RwSignal::new(None),
            walked: StoredValue::new(None),
            preview,
            trial: RwSignal::new(None),
            diff: RwSignal::new(None),
            breaks: RwSignal::new(BTreeSet::new()),
            finding: RwSignal::new(false),
            board: NodeRef::new(),
            room: StoredValue::new(None),
            coming: RwSignal::new(false),
            moved: RwSignal::new(false),
        }
    }

    /// Does an edit of this flow.
    pub fn edit(self, edit: FlowEdit) -> bool {
        self.desk.flow(&self.key.get_value(), edit)
    }

    /// Reads the flow.
    pub fn flow<T>(self, read: impl FnOnce(&Flow) -> T) -> Option<T> {
        self.desk.document.with(|it| it.flow(&self.key.get_value()).map(|it| read(it)))
    }

    /// What is selected, of what is there.
    pub fn selection(self) -> BTreeSet<String> {
        self.desk.document.with(|it| {
            let Some(flow) = it.flow(&self.key.get_value()) else {
                return BTreeSet::new();
            };
            let there = |id: &&String| {
                let shown = matches!(pools::end(flow, id), Some(pools::End::Foreign(..)));
                tree::there(flow, id) || shown
            };
            it.selection.iter().filter(there).cloned().collect()
        })
    }

    /// The one element that is selected.
    pub fn selected(self) -> Option<String> {
        let selection = self.selection();
        (selection.len() == 1).then(|| selection.into_iter().next()).flatten()
    }

    pub fn select(self, ids: BTreeSet<String>) {
        self.desk.document.update(|it| it.selection = ids);
    }

    pub fn select_one(self, id: &str) {
        self.select(BTreeSet::from([id.to_owned()]));
    }

    /// The name of an element in the language shown, or what it is.
    pub fn name(self, id: &str) -> String {
        let named = self.scene.with(|it| {
            let node = it.node(id).map(|it| (it.name.clone(), words::kind(it.kind)));
            node.or_else(|| it.edge(id).map(|it| (it.name.clone(), words::line(it.kind))))
        });
        match named {
            Some((name, _)) if !name.trim().is_empty() => name.replace('\n', " "),
            Some((_, kind)) => kind.read().to_owned(),
            None => self.flow(|it| tree::find(it, id).map(|it| it.name.clone())).flatten().unwrap_or_default(),
        }
    }

    /// Names an element in the language shown.
    pub fn rename(self, id: &str, name: &str) {
        let key = self.key.get_value();
        let own = edit::Edit::flow(&key, FlowEdit::Rename { id: id.to_owned(), name: name.to_owned() });
        // What has no name yet gets its own one first; a name in another language alone would leave it nameless.
        // Notes and lanes have one text in all languages.
        let nameless = self
            .desk
            .document
            .with_untracked(|it| it.flow(&key).and_then(|it| tree::find(it, id)).is_none_or(|it| it.name.is_empty()));
        if nameless {
            self.desk.edit(own);
        } else {
            self.desk.rename(own, &format!("node/{key}/{id}"), name);
        }
    }

    /// Size of the board on the screen.
    fn size(self) -> Option<(f64, f64)> {
        if let Some(known) = self.room.get_value() {
            return Some(known);
        }
        self.measure();
        self.room.get_value()
    }

    /// Asks the browser how large the board is.
    fn measure(self) {
        let rect = self.board.try_get_untracked().flatten().map(|it| it.get_bounding_client_rect());
        let known = rect.filter(|it| it.width() > 0.0).map(|it| (it.width(), it.height()));
        self.room.try_update_value(|it| *it = known);
    }

    /// Gives the board the keyboard, and takes the text cursor out of the page: a field that goes away leaves it in the drawing, and
    /// the browser then looks through all of that for a place where it may stand, whenever something changes.
    pub fn take_keys(self) {
        if let Ok(Some(it)) = window().get_selection() {
            let _ = it.remove_all_ranges();
        }
        if let Some(board) = self.board.try_get_untracked().flatten() {
            let _ = board.focus();
        }
    }

    /// Shows everything.
    pub fn fit(self) {
        let Some((width, height)) = self.size() else {
            return;
        };
        let whole = self.scene.with_untracked(|it| it.bounds.grown(30.0));
        // Clear of the tools at the left, where there is room for both.
        let left = if width > 400.0 { 48.0 } else { 0.0 };
        let zoom = ((width - left) / whole.width).min(height / whole.height).clamp(0.15, 1.0);
        let (x, y) = (
            left + (width - left - whole.width * zoom) / 2.0 - whole.x * zoom,
            (height - whole.height * zoom) / 2.0 - whole.y * zoom,
        );
        self.eye.set(Eye { x, y, zoom });
    }

    /// Scales around a point of the screen, relative to the board; the middle when none is given.
    pub fn zoom(self, by: f64, around: Option<(f64, f64)>) {
        let (width, height) = self.size().unwrap_or_default();
        let (px, py) = around.unwrap_or((width / 2.0, height / 2.0));
        self.moved.set(true);
        self.eye.update(|it| {
            let zoom = (it.zoom * by).clamp(0.15, 3.0);
            it.x = px - (px - it.x) * zoom / it.zoom;
            it.y = py - (py - it.y) * zoom / it.zoom;
            it.zoom = zoom;
        });
    }

    /// What this tab remembers of the flow, also when the page is loaded anew.
    fn memory(self) -> Option<(web_sys::Storage, String)> {
        let storage = window().session_storage().ok().flatten()?;
        Some((storage, self.desk.source.with_value(|it| format!("eye/{}/{}", it.id, self.key.get_value()))))
    }

    /// Keeps what is seen for who comes back to the flow in this tab: the picture, and the subprocess it is of.
    fn remember(self) {
        let Some((eye, true)) = self.eye.try_get_untracked().zip(self.moved.try_get_untracked()) else { return };
        let plane = self.plane.try_get_untracked().flatten().unwrap_or_default();
        if let Some((storage, key)) = self.memory() {
            let _ = storage.set_item(&key, &format!("{} {} {} {plane}", eye.x, eye.y, eye.zoom));
        }
    }

    /// Shows what was seen when it was left, if the picture had been moved.
    fn look_again(self) -> bool {
        let read = || {
            let (storage, key) = self.memory()?;
            let text = storage.get_item(&key).ok().flatten()?;
            let mut parts = text.splitn(4, ' ');
            let mut number = || parts.next()?.parse::<f64>().ok().filter(|it| it.is_finite());
            let eye = Eye { x: number()?, y: number()?, zoom: number()? };
            Some((eye, parts.next().filter(|it| !it.is_empty()).map(str::to_owned)))
        };
        let Some((eye, plane)) = read() else { return false };
        let there = plane.as_deref().is_none_or(|it| self.flow(|flow| tree::find(flow, it).is_some()) == Some(true));
        if there {
            self.moved.set(true);
            self.plane.set(plane);
            self.eye.set(eye);
        }
        there
    }

    /// Shows the inside of a folded subprocess, or the flow itself.
    pub fn enter(self, plane: Option<String>) {
        if self.plane.get_untracked() != plane {
            self.plane.set(plane);
            self.moved.set(false);
            request_animation_frame(move || self.fit());
        }
    }

    /// A run that is tried stops here, or no longer does.
    pub fn toggle_break(self, id: &str) {
        self.breaks.update(|it| {
            if !it.remove(id) {
                it.insert(id.to_owned());
            }
        });
    }

    /// Brings an element into view, on whichever plane it is.
    pub fn show(self, id: &str) {
        let there = self.scene.with_untracked(|it| it.node(id).is_some() || it.edge(id).is_some());
        if !there {
            let key = self.key.get_value();
            let plane = self.desk.document.with_untracked(|it| {
                let flow = it.flow(&key)?;
                let shapes = it.diagram(&key).shapes;
                let at = tree::link(flow, id).map_or(id, |it| it.source);
                Some(planes::planes(flow, &shapes).get(at).map(|it| (*it).to_owned()))
            });
            if let Some(plane) = plane {
                self.enter(plane);
            }
        }
        let rect = self.scene.with_untracked(|it| {
            let node = it.node(id).map(|it| it.rect.centre());
            node.or_else(|| it.edge(id).map(|it| edit::geometry::midway(&it.line)))
        });
        let (Some(at), Some((width, height))) = (rect, self.size()) else {
            return;
        };
        self.eye.update(|it| {
            // No further than it takes: what is seen around it stays.
            let short = |at: f64, size: f64, margin: f64| {
                let margin = margin.min(size / 4.0);
                at.clamp(margin, size - margin) - at
            };
            let (x, y) = (at.x * it.zoom + it.x, at.y * it.zoom + it.y);
            let (dx, dy) = (short(x, width, 80.0), short(y, height, 60.0));
            // What lies far off comes into the middle.
            it.x += if dx.abs() > width { width / 2.0 - x } else { dx };
            it.y += if dy.abs() > height { height / 2.0 - y } else { dy };
        });
    }
}

/// The screen.
pub fn page(desk: Desk, key: String) -> AnyView {
    let there = desk.document.with_untracked(|it| it.flow(&key).is_some());
    if !there {
        return view! { <div class="state">{icon("flow")}<h2>{general::NOT_HERE.get()}</h2><a class="button" href="/studio">{general::GO_BACK.get()}</a></div> }.into_any();
    }
    let canvas = Canvas::open(desk, key.clone());
    let open = RwSignal::new(false);
    let side = RwSignal::new(false);
    let title = Signal::derive(move || {
        desk.document.with(|it| {
            let key = canvas.key.get_value();
            it.flow(&key).map(|flow| desk.words(it, &format!("flow/{key}"), &flow.name)).unwrap_or_default()
        })
    });
    Effect::new(move |_| nav::title(&title.get()));
    follow_jumps(canvas, open);
    let form = move || {
        let module = canvas.flow(|it| it.module.clone()).flatten()?;
        let pack = desk.source.with_value(|it| it.id.clone());
        let own = desk.document.with(|it| it.definition(module.as_str()).is_some());
        own.then(|| format!("/studio/{}/form/{}", nav::encode(&pack), nav::encode(module.as_str())))
    };
    let panel = RwSignal::new(None::<Panel>);
    let trying = Memo::new(move |_| canvas.trial.with(Option::is_some));
    // What is done while a flow is tried stands where its properties do.
    Effect::new(move |before: Option<bool>| {
        let now = trying.get();
        match (before.unwrap_or_default(), now) {
            (false, true) => panel.set(Some(Panel::Properties)),
            (true, false) => panel.set(None),
            (false, false) | (true, true) => (),
        }
        now
    });
    // What is lifted out of a sheet over the board is seen where it goes.
    let carrying = Memo::new(move |_| canvas.tool.with(|it| matches!(it, Tool::Placing { .. })));
    Effect::new(move |before: Option<bool>| {
        let now = carrying.get();
        if before == Some(true) && !now {
            panel.set(None);
        }
        now
    });
    // Both have one place.
    Effect::new(move |_| match panel.get() {
        Some(Panel::Add) => side.set(false),
        Some(Panel::Outline) => side.set(true),
        Some(Panel::Properties) | None => (),
    });
    view! {
        <Bar desk=desk title=title>
            {later::verdict(canvas)}
            {move || form().map(|href| view! { <a class="button plain" href=href aria-label=general::OPEN_FORM.get() title=general::OPEN_FORM.get()>{icon("table")}<span class="wide-only">{general::OPEN_FORM.get()}</span></a> })}
            <button type="button" class="button plain wide-only" class:on=move || canvas.trial.with(Option::is_some) data-act="try"
                on:click=move |_| later::try_flow(canvas)>{icon("play")}<span class="wide-only">{trial::TRY_IT.get()}</span></button>
            {later::flow_files(canvas)}
            <button type="button" class="button plain icon-only" aria-label=words::FIND.get() title=words::FIND.get()
                on:click=move |_| canvas.finding.set(true)>{icon("search")}</button>
            <button type="button" class="button plain wide-only" data-act="arrange" title=words::ARRANGE_HINT.get() on:click=move |_| {
                later::hand(canvas, Gesture::Arrange(Vec::new()));
            }>{general::ARRANGE.get()}</button>
            <button type="button" class="button plain icon-only wide-only" class:on=move || side.get() aria-label=general::OUTLINE.get() title=general::OUTLINE.get()
                on:click=move |_| side.update(|it| *it = !*it)>{icon("list")}</button>
        </Bar>
        <div class="studio-main" class:trying=trying class:carrying=carrying data-panel=move || panel.get().map(Panel::word)>
            <aside class="studio-left" on:click=move |event| {
                // What was taken from the panel is seen where it went.
                let it: web_sys::Element = event_target(&event);
                if it.closest(".palette-item, .outline-item").is_ok_and(|it| it.is_some()) {
                    panel.set(None);
                }
            } aria-label=move || if side.get() { general::OUTLINE.read() } else { general::PALETTE.read() }>
                {dock::close(panel)}
                {move || if side.get() { later::flow_outline(canvas) } else { later::flow_palette(canvas) }}
            </aside>
            <div class="studio-middle">
                <view::Board canvas=canvas/>
                <AlertList desk=desk open=open actions=Callback::new(move |it| later::alert_actions(canvas, it))/>
            </div>
            <aside class="studio-right" aria-label=general::PROPERTIES.get()>
                {dock::close(panel)}
                {move || if canvas.trial.with(Option::is_some) {
                    later::trial_panel(canvas)
                } else {
                    later::flow_properties(canvas)
                }}
            </aside>
            {dock::dock(panel, &[Panel::Add, Panel::Outline, Panel::Properties], tools::docked(canvas))}
        </div>
    }
    .into_any()
}

/// An alert was chosen: its element is selected and shown, here or on the page it belongs to.
fn follow_jumps(canvas: Canvas, open: RwSignal<bool>) {
    let desk = canvas.desk;
    Effect::new(move |_| {
        let Some((file, pointer, element)) = desk.jump.get() else {
            return;
        };
        desk.jump.set(None);
        let key = canvas.key.get_value();
        let parts: Vec<&str> = file.split('/').collect();
        let pack = desk.source.with_value(|it| it.id.clone());
        match parts.as_slice() {
            ["flows", flow, _] if *flow == key => {
                let id = element.or_else(|| element_at(canvas, &pointer));
                if let Some(id) = id {
                    canvas.select_one(&id);
                    canvas.show(&id);
                }
                open.set(true);
            }
            ["flows", flow, _] => nav::go(&format!("/studio/{}/flow/{}", nav::encode(&pack), nav::encode(flow))),
            ["modules", module, ..] => nav::go(&format!("/studio/{}/form/{}", nav::encode(&pack), nav::encode(module))),
            _ => (),
        }
    });
}

/// The element a JSON pointer into `flow.json` leads to.
fn element_at(canvas: Canvas, pointer: &str) -> Option<String> {
    canvas.desk.document.with_untracked(|it| {
        let flow = it.flow(&canvas.key.get_value())?;
        let mut level: &[Element] = &flow.flow_elements;
        let mut found = None;
        let mut parts = pointer.split('/').skip(1);
        while parts.next() == Some("flowElements") {
            let element = level.get(parts.next()?.parse::<usize>().ok()?)?;
            found = Some(element.id.0.clone());
            level = element.inside();
        }
        found
    })
}
