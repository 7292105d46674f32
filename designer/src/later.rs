//! Parts of the app that travel when somebody first needs them. Everything only such a part uses (code and data) is
//! cut out of the app's module by the bundler (`designer/bundle/src/split.rs`) at the functions marked here, and
//! loaded by the first visit. What a part shares with the rest stays in the app, and so does its state: signals,
//! session and words are the same on both sides of the cut.
//!
//! A part hands out function pointers; from then on they are called like any other code. The rest of the app comes
//! to a part through this file only: one mention elsewhere, and the code is needed at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use ::api::Problem;
use ::api::record::HistoryEntry;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use runtime::model::view::{DetailView, FormView, Linked, Related};

use crate::forms::Input;
use crate::forms::state::Form;
use crate::module::{Field, Module};
use crate::records::Condition;
use crate::studio::canvas::Canvas;
use crate::studio::scenarios::Tried;
use crate::studio::{Desk, Sheet, Subject};
use crate::ui::fetch::skeleton;
use crate::ui::problem;
use crate::{admin, forms, instances, records, studio};

/// The studio's screen for the rest of the address; `missing` where it has none.
pub fn studio_page(rest: &[&str], missing: fn() -> AnyView) -> AnyView {
    if rest.is_empty() {
        // Who looks at the list of flows and forms is about to open one.
        set_timeout(
            || {
                CANVAS.state();
                PANELS.state();
                FORM.state();
            },
            std::time::Duration::from_millis(200),
        );
    }
    let rest: Vec<String> = rest.iter().map(|it| (*it).to_owned()).collect();
    STUDIO.draw(move |screens| {
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        screens(&rest).unwrap_or_else(missing)
    })
}

/// The canvas of a flow.
pub fn flow_canvas(desk: Desk, key: String) -> AnyView {
    // Needed as soon as the drawing is there; both travel at once.
    PANELS.state();
    let drawn = desk.is_drawn(&key);
    let canvas = move || {
        let key = key.clone();
        CANVAS.draw(move |page| page(desk, key.clone()))
    };
    if drawn {
        return canvas();
    }
    // What lays out a flow without a drawing comes with the panels.
    PANELS.draw(move |_| canvas())
}

/// What is selected on the canvas, and what can be said of it.
pub fn flow_properties(canvas: Canvas) -> AnyView {
    PANELS.draw(move |it| (it.properties)(canvas))
}

/// The panel of a flow that is tried.
pub fn trial_panel(canvas: Canvas) -> AnyView {
    PANELS.draw(move |it| (it.trial)(canvas))
}

/// Begins to try a flow, or ends it.
pub fn try_flow(canvas: Canvas) {
    PANELS.with(move |it| (it.toggle_trial)(canvas));
}

/// Does something that needs a flow laid out.
pub fn laid_out(act: impl Fn() + Send + Sync + 'static) {
    PANELS.with(move |_| act());
}

/// The flow as a list.
pub fn flow_outline(canvas: Canvas) -> AnyView {
    PANELS.draw(move |it| (it.outline)(canvas))
}

/// The menu of what a flow is written to and read from.
pub fn flow_files(canvas: Canvas) -> AnyView {
    PANELS.draw_or(move |it| (it.files)(canvas), || ().into_any())
}

/// What lies over the canvas at times: the search, the menu of elements, a run that is played, a fix that is looked at.
pub fn over_canvas(canvas: Canvas) -> AnyView {
    PANELS.draw_or(move |it| (it.over)(canvas), || ().into_any())
}

/// The designer of a form.
pub fn form_designer(desk: Desk, module: String) -> AnyView {
    FORM.draw(move |page| page(desk, module.clone()))
}

/// The editor of a decision table.
pub fn table_editor(desk: Desk, key: String) -> AnyView {
    TABLES.draw(move |page| page(desk, key.clone()))
}

/// The designer of a list or a board.
pub fn view_designer(desk: Desk, module: String, key: String) -> AnyView {
    VIEWS.draw(move |it| (it.page)(desk, module.clone(), key.clone()))
}

/// Makes a view of a kind and tells its key.
pub fn add_view(desk: Desk, module: String, kind: &'static str, then: fn(Desk, &str, &str, &str)) {
    VIEWS.with(move |it| {
        if let Some(key) = (it.add)(desk, &module, kind) {
            then(desk, &module, &key, kind);
        }
    });
}

/// The files of a module as JSON.
pub fn json_editor(sheet: Sheet) -> AnyView {
    WRITING.draw(move |it| (it.json)(sheet))
}

/// The texts of a module in all languages.
pub fn translations(desk: Desk, module: String) -> AnyView {
    WRITING.draw(move |it| (it.translations)(desk, module.clone()))
}

/// The way back to what was shipped.
pub fn shipped(desk: Desk, subject: Subject, open: RwSignal<bool>) -> AnyView {
    WRITING.draw_or(move |it| (it.shipped)(desk, subject.clone(), open), || ().into_any())
}

/// What publishing the draft on a desk would do.
pub fn publish_dialog(desk: Desk, open: RwSignal<bool>, dropping: RwSignal<bool>, reload: Callback<()>) -> AnyView {
    PUBLISH.draw_or(move |it| (it.publish)(desk, open, dropping, reload), || ().into_any())
}

/// The versions there were of the pack on a desk.
pub fn versions_dialog(desk: Desk, open: RwSignal<bool>, reload: Callback<()>) -> AnyView {
    PUBLISH.draw_or(move |it| (it.versions)(desk, open, reload), || ().into_any())
}

/// Whose word counts where two have changed the same.
pub fn clash_dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    PUBLISH.draw_or(move |it| (it.clash)(desk, open), || ().into_any())
}

/// The scenarios of the pack on a desk.
pub fn scenarios_dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    SCENARIOS.draw_or(move |it| (it.all)(desk, open), || ().into_any())
}

/// Makes a scenario of what was tried.
pub fn record_dialog(desk: Desk, open: RwSignal<bool>, tried: Callback<(), Tried>) -> AnyView {
    SCENARIOS.draw_or(move |it| (it.record)(desk, open, tried), || ().into_any())
}

/// A tab of the administration.
pub fn admin_page(tab: &str) -> AnyView {
    let tab = tab.to_owned();
    ADMIN.draw(move |page| page(&tab))
}

/// A board of records.
pub fn board_page(module: String, view: String) -> AnyView {
    BOARD.draw(move |page| page(module.clone(), view.clone()))
}

/// A calendar of records.
pub fn calendar_page(module: String, view: String) -> AnyView {
    PAGES.draw(move |it| (it.calendar)(module.clone(), view.clone()))
}

/// A tree of records.
pub fn tree_page(module: String, view: String) -> AnyView {
    PAGES.draw(move |it| (it.tree)(module.clone(), view.clone()))
}

/// A record as a view of its own lays it out.
pub fn detail(form: Form, name: String, view: DetailView, id: String, entries: Signal<Vec<HistoryEntry>>) -> AnyView {
    PAGES.draw(move |it| (it.detail)(form, name.clone(), view.clone(), id.clone(), entries))
}

/// Records of another module that point at one.
pub fn related(list: Related, id: String) -> AnyView {
    PAGES.draw(move |it| (it.related)(&list, None, id.clone()))
}

/// Everything that runs of one flow.
pub fn watch_page(flow: String) -> AnyView {
    FLOWS.draw(move |it| (it.watch)(flow.clone()))
}

/// Where one instance stands.
pub fn instance_panel(instance: String) -> AnyView {
    FLOWS.draw(move |it| (it.panel)(instance.clone()))
}

/// What happened to a record and what was said about it.
pub fn talk(module: StoredValue<Arc<Module>>, record: String, entries: Signal<Vec<HistoryEntry>>) -> AnyView {
    TALK.draw(move |talk| talk(module, record.clone(), entries))
}

/// The input of attached files.
pub fn files(input: Input, field: &Field, many: bool) -> AnyView {
    let field = field.clone();
    FIELDS.draw(move |it| (it.files)(input, &field, many))
}

/// The fields of a record that hangs on this one, to be filled in.
pub fn linked(above: Form, linked: Linked) -> AnyView {
    FIELDS.draw(move |it| (it.linked)(above, linked.clone()))
}

/// The same, to be read.
pub fn linked_facts(above: Form, linked: Linked) -> AnyView {
    FIELDS.draw(move |it| (it.linked_facts)(above, linked.clone()))
}

/// A form of several pages.
pub fn paged(form: Form, key: String, view: FormView) -> AnyView {
    FIELDS.draw(move |it| (it.paged)(form, key.clone(), view.clone()))
}

/// The menu of lists kept under a name.
pub fn saved_views(module: StoredValue<Arc<Module>>) -> AnyView {
    LISTS.draw_or(move |it| (it.saved)(module), || ().into_any())
}

/// The chips of a list's filters, and what adds one.
pub fn filters(
    module: StoredValue<Arc<Module>>,
    conditions: Signal<Vec<Condition>>,
    set: Callback<Vec<Condition>>,
) -> AnyView {
    LISTS.draw_or(move |it| (it.filters)(module, conditions, set), || ().into_any())
}

type StudioScreens = fn(&[&str]) -> Option<AnyView>;
static STUDIO: Part<StudioScreens> = Part::new(|| Box::pin(load_studio()));

#[wasm_split(studio, wasm_split_path = leptos::wasm_split, fallible)]
fn load_studio() -> Result<StudioScreens, SplitLoaderError> {
    Ok(studio::page)
}

type CanvasScreen = fn(Desk, String) -> AnyView;
static CANVAS: Part<CanvasScreen> = Part::new(|| Box::pin(load_canvas()));

#[wasm_split(canvas, wasm_split_path = leptos::wasm_split, fallible)]
fn load_canvas() -> Result<CanvasScreen, SplitLoaderError> {
    Ok(studio::canvas::page)
}

/// What stands around the drawing of a flow; the drawing is there before it.
#[derive(Clone, Copy)]
struct FlowPanels {
    properties: fn(Canvas) -> AnyView,
    trial: fn(Canvas) -> AnyView,
    toggle_trial: fn(Canvas),
    outline: fn(Canvas) -> AnyView,
    files: fn(Canvas) -> AnyView,
    over: fn(Canvas) -> AnyView,
}
static PANELS: Part<FlowPanels> = Part::new(|| Box::pin(load_panels()));

#[wasm_split(panels, wasm_split_path = leptos::wasm_split, fallible)]
fn load_panels() -> Result<FlowPanels, SplitLoaderError> {
    use studio::canvas::panels;
    edit::later::forms();
    edit::later::layout();
    Ok(FlowPanels {
        properties: panels::properties,
        trial: panels::trial,
        toggle_trial: panels::toggle_trial,
        outline: panels::outline,
        files: panels::files,
        over: panels::over,
    })
}

type FormScreen = fn(Desk, String) -> AnyView;
static FORM: Part<FormScreen> = Part::new(|| Box::pin(load_form()));

#[wasm_split(form, wasm_split_path = leptos::wasm_split, fallible)]
fn load_form() -> Result<FormScreen, SplitLoaderError> {
    edit::later::forms();
    Ok(studio::form::page)
}

type TableScreen = fn(Desk, String) -> AnyView;
static TABLES: Part<TableScreen> = Part::new(|| Box::pin(load_tables()));

#[wasm_split(tables, wasm_split_path = leptos::wasm_split, fallible)]
fn load_tables() -> Result<TableScreen, SplitLoaderError> {
    Ok(studio::table::page)
}

/// Lists and boards, designed.
#[derive(Clone, Copy)]
struct ViewScreens {
    page: fn(Desk, String, String) -> AnyView,
    add: fn(Desk, &str, &str) -> Option<String>,
}
static VIEWS: Part<ViewScreens> = Part::new(|| Box::pin(load_views()));

#[wasm_split(views, wasm_split_path = leptos::wasm_split, fallible)]
fn load_views() -> Result<ViewScreens, SplitLoaderError> {
    Ok(ViewScreens { page: studio::view::page, add: studio::view::add })
}

/// What is written rather than drawn.
#[derive(Clone, Copy)]
struct Writing {
    json: fn(Sheet) -> AnyView,
    translations: fn(Desk, String) -> AnyView,
    shipped: fn(Desk, Subject, RwSignal<bool>) -> AnyView,
}
static WRITING: Part<Writing> = Part::new(|| Box::pin(load_writing()));

#[wasm_split(writing, wasm_split_path = leptos::wasm_split, fallible)]
fn load_writing() -> Result<Writing, SplitLoaderError> {
    edit::later::forms();
    Ok(Writing {
        json: studio::writing::json::editor,
        translations: studio::writing::translate::translations,
        shipped: studio::writing::shipped::dialog,
    })
}

/// What few visits to the studio need.
#[derive(Clone, Copy)]
struct PublishViews {
    publish: fn(Desk, RwSignal<bool>, RwSignal<bool>, Callback<()>) -> AnyView,
    versions: fn(Desk, RwSignal<bool>, Callback<()>) -> AnyView,
    clash: fn(Desk, RwSignal<bool>) -> AnyView,
}
static PUBLISH: Part<PublishViews> = Part::new(|| Box::pin(load_publish()));

#[wasm_split(publish, wasm_split_path = leptos::wasm_split, fallible)]
fn load_publish() -> Result<PublishViews, SplitLoaderError> {
    Ok(PublishViews {
        publish: studio::publish::dialog,
        versions: studio::publish::versions,
        clash: studio::publish::clash_dialog,
    })
}

/// Scenarios, played and made.
#[derive(Clone, Copy)]
struct ScenarioViews {
    all: fn(Desk, RwSignal<bool>) -> AnyView,
    record: fn(Desk, RwSignal<bool>, Callback<(), Tried>) -> AnyView,
}
static SCENARIOS: Part<ScenarioViews> = Part::new(|| Box::pin(load_scenarios()));

#[wasm_split(scenarios, wasm_split_path = leptos::wasm_split, fallible)]
fn load_scenarios() -> Result<ScenarioViews, SplitLoaderError> {
    Ok(ScenarioViews { all: studio::scenarios::dialog, record: studio::scenarios::record_dialog })
}

type AdminScreens = fn(&str) -> AnyView;
static ADMIN: Part<AdminScreens> = Part::new(|| Box::pin(load_admin()));

#[wasm_split(admin, wasm_split_path = leptos::wasm_split, fallible)]
fn load_admin() -> Result<AdminScreens, SplitLoaderError> {
    Ok(admin::admin_page)
}

type BoardScreen = fn(String, String) -> AnyView;
static BOARD: Part<BoardScreen> = Part::new(|| Box::pin(load_board()));

#[wasm_split(board, wasm_split_path = leptos::wasm_split, fallible)]
fn load_board() -> Result<BoardScreen, SplitLoaderError> {
    Ok(records::board_page)
}

/// Records shown otherwise than in a list.
#[derive(Clone, Copy)]
struct Pages {
    calendar: fn(String, String) -> AnyView,
    tree: fn(String, String) -> AnyView,
    detail: fn(Form, String, DetailView, String, Signal<Vec<HistoryEntry>>) -> AnyView,
    related: fn(&Related, Option<Signal<String>>, String) -> AnyView,
}
static PAGES: Part<Pages> = Part::new(|| Box::pin(load_pages()));

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible)]
fn load_pages() -> Result<Pages, SplitLoaderError> {
    Ok(Pages {
        calendar: records::calendar_page,
        tree: records::tree_page,
        detail: records::detail,
        related: records::related,
    })
}

/// Running flows, and with them everything that draws one.
#[derive(Clone, Copy)]
struct FlowViews {
    watch: fn(String) -> AnyView,
    panel: fn(String) -> AnyView,
}
static FLOWS: Part<FlowViews> = Part::new(|| Box::pin(load_flows()));

#[wasm_split(flows, wasm_split_path = leptos::wasm_split, fallible)]
fn load_flows() -> Result<FlowViews, SplitLoaderError> {
    edit::later::layout();
    Ok(FlowViews { watch: instances::watch_page, panel: instances::panel })
}

type TalkView = fn(StoredValue<Arc<Module>>, String, Signal<Vec<HistoryEntry>>) -> AnyView;
static TALK: Part<TalkView> = Part::new(|| Box::pin(load_talk()));

#[wasm_split(talk, wasm_split_path = leptos::wasm_split, fallible)]
fn load_talk() -> Result<TalkView, SplitLoaderError> {
    Ok(records::talk)
}

/// Parts of forms that few forms have.
#[derive(Clone, Copy)]
struct FieldViews {
    files: fn(Input, &Field, bool) -> AnyView,
    linked: fn(Form, Linked) -> AnyView,
    linked_facts: fn(Form, Linked) -> AnyView,
    paged: fn(Form, String, FormView) -> AnyView,
}
static FIELDS: Part<FieldViews> = Part::new(|| Box::pin(load_fields()));

#[wasm_split(fields, wasm_split_path = leptos::wasm_split, fallible)]
fn load_fields() -> Result<FieldViews, SplitLoaderError> {
    Ok(FieldViews {
        files: forms::files,
        linked: forms::linked::part,
        linked_facts: forms::linked::read,
        paged: forms::pages::paged,
    })
}

/// What a list has beside its rows.
#[derive(Clone, Copy)]
struct ListViews {
    saved: fn(StoredValue<Arc<Module>>) -> AnyView,
    filters: fn(StoredValue<Arc<Module>>, Signal<Vec<Condition>>, Callback<Vec<Condition>>) -> AnyView,
}
static LISTS: Part<ListViews> = Part::new(|| Box::pin(load_lists()));

#[wasm_split(lists, wasm_split_path = leptos::wasm_split, fallible)]
fn load_lists() -> Result<ListViews, SplitLoaderError> {
    Ok(ListViews { saved: records::saved_views, filters: records::filters })
}

type Loading<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A part of the app, and how far it has come.
struct Part<T: Copy + Send + Sync + 'static> {
    load: fn() -> Loading<T>,
    state: OnceLock<ArcRwSignal<State<T>>>,
}

#[derive(Clone, Copy)]
enum State<T> {
    Coming,
    Here(T),
    Failed,
}

impl<T: Copy + Send + Sync + 'static> Part<T> {
    const fn new(load: fn() -> Loading<T>) -> Self {
        Part { load, state: OnceLock::new() }
    }

    /// Draws something of the part, and until it has come, that it is coming.
    fn draw(&'static self, content: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        self.draw_or(content, || skeleton().into_any())
    }

    /// The same; `coming` stands in its place until then.
    fn draw_or(&'static self, content: impl Fn(T) -> AnyView + Send + 'static, coming: fn() -> AnyView) -> AnyView {
        let state = self.state();
        (move || match state.get() {
            State::Coming => coming(),
            State::Here(it) => content(it),
            State::Failed => {
                let why = Problem { kind: crate::api::UNREACHABLE.to_owned(), ..Problem::default() };
                // The page anew, not the part alone: the server may have a newer app by now, which has other parts.
                problem::screen(&why, Some(Callback::new(|()| drop(window().location().reload()))))
            }
        })
        .into_any()
    }

    /// Does something with the part once it has come; says so when it does not come.
    fn with(&'static self, act: impl Fn(T) + Send + Sync + 'static) {
        let state = self.state();
        if let State::Here(it) = state.get_untracked() {
            return act(it);
        }
        let load = self.load;
        spawn_local(async move {
            match load().await {
                Ok(it) => act(it),
                Err(_) => crate::app::app().say(crate::app::Tone::Bad, crate::text::UNREACHABLE),
            }
        });
    }

    /// How far it has come. The first question starts the loading, and so does one after a failure.
    fn state(&'static self) -> ArcRwSignal<State<T>> {
        let mut first = false;
        let state = self.state.get_or_init(|| {
            first = true;
            ArcRwSignal::new(State::Coming)
        });
        if first || matches!(state.get_untracked(), State::Failed) {
            state.set(State::Coming);
            let (state, load) = (state.clone(), self.load);
            spawn_local(async move { state.set(load().await.map_or(State::Failed, State::Here)) });
        }
        state.clone()
    }
}
