//! Parts of the app that travel when somebody first needs them. Everything only such a part uses (code and data) is
//! cut out of the app's module by the bundler (`designer/bundle/src/split.rs`) at the functions marked here, and
//! loaded by the first visit. What a part shares with the rest stays in the app, and so does its state: signals,
//! session and words are the same on both sides of the cut.
//!
//! A part hands out function pointers; from then on they are called like any other code. The rest of the app comes
//! to a part through this file only: one mention elsewhere, and the code is needed at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::api::record::HistoryEntry;
use ::api::studio::PackFiles;
use edit::merge::Side;
use edit::{Edit, FormEdit, compare};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use runtime::alert::Alert;
use runtime::model::view::{DetailView, FormView, Linked, Related};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use crate::forms::Input;
use crate::forms::state::Form;
use crate::inbox::At;
use crate::module::{Field, Module};
use crate::part::Part;
use crate::records::Condition;
use crate::studio::canvas::files::Files;
use crate::studio::canvas::{Canvas, Gesture};
use crate::studio::scenarios::Tried;
use crate::studio::{Desk, Sheet, Subject};
use crate::{account, admin, forms, inbox, instances, palette, records, studio};

/// The studio's screen for the rest of the address; `missing` where it has none.
pub fn studio_page(rest: &[&str], missing: fn() -> AnyView) -> AnyView {
    // A pack alone has no screen: all of them are listed.
    if rest.len() < 2 {
        // Who looks at the list of flows and forms is about to open one.
        set_timeout(
            || {
                STUDIO.fetch();
                CANVAS.fetch();
                PANELS.fetch();
                FORM.fetch();
            },
            std::time::Duration::from_millis(200),
        );
        return HOME.draw(|page| page());
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
    PANELS.fetch();
    let drawn = desk.is_drawn(&key);
    let canvas = move || {
        let key = key.clone();
        CANVAS.draw(move |page| page(desk, key.clone()))
    };
    if drawn {
        // For who lays it out anew.
        set_timeout(
            || {
                LAYOUT.fetch();
            },
            std::time::Duration::from_secs(2),
        );
        return canvas();
    }
    LAYOUT.draw(move |()| canvas())
}

/// What is selected on the canvas, and what can be said of it.
pub fn flow_properties(canvas: Canvas) -> AnyView {
    PANELS.draw(move |it| (it.properties)(canvas))
}

/// The panel of a flow that is tried.
pub fn trial_panel(canvas: Canvas) -> AnyView {
    TRIAL.draw(move |it| (it.panel)(canvas))
}

/// Begins to try a flow, or ends it.
pub fn try_flow(canvas: Canvas) {
    TRIAL.with(move |it| (it.toggle)(canvas));
}

/// The bar under a run that is played.
pub fn player(canvas: Canvas) -> AnyView {
    TRIAL.draw_if(move |it| (it.player)(canvas))
}

/// Does something that may need a flow laid out.
pub fn laid_out(act: impl FnOnce() + Send + 'static) {
    LAYOUT.with(move |()| act());
}

/// An edit of a form, as soon as forms can be edited; what follows it is done when it was allowed.
pub fn form_edit(desk: Desk, module: &str, edit: FormEdit, then: impl FnOnce() + Send + 'static) {
    let module = module.to_owned();
    FORM_EDITS.with(move |it| {
        // What it is about may have been left meanwhile.
        if desk.document.try_with_untracked(|_| ()).is_some() && (it.edit)(desk, Edit::form(&module, edit)) {
            then();
        }
    });
}

/// A name of a form's, given in the language shown; `own`: the edit that gives it in the pack's own.
pub fn form_name(desk: Desk, own: Edit, address: String, text: String) {
    FORM_EDITS.with(move |it| {
        if desk.document.try_with_untracked(|_| ()).is_some() {
            (it.rename)(desk, own, &address, &text);
        }
    });
}

/// What the menu of a flow's files offers.
pub fn file_menu(files: Files) -> AnyView {
    TRANSFER.draw(move |it| (it.items)(files))
}

/// Which process of a file is read.
pub fn file_processes(files: Files) -> AnyView {
    TRANSFER.draw_if(move |it| (it.processes)(files))
}

/// Reads a file in.
pub fn import_file(files: Files, file: JsValue) {
    let file = SendWrapper::new(file);
    TRANSFER.with(move |it| (it.import)(files, file.take()));
}

/// Does what was done to the board; what comes before its code waits for it, in its order.
pub fn hand(canvas: Canvas, gesture: Gesture) {
    let gesture = SendWrapper::new(gesture);
    PANELS.with(move |it| {
        // The canvas may have been left meanwhile.
        if canvas.tool.try_get_untracked().is_some() {
            (it.act)(canvas, gesture.take());
        }
    });
}

/// Whether what is done to the board is done at once.
pub fn at_hand() -> bool {
    PANELS.here().is_some()
}

/// Puts what is selected into the clipboard of an event; before the code for it came, nothing can have been selected.
pub fn copied(canvas: Canvas, event: &web_sys::Event) -> bool {
    PANELS.here().is_some_and(|it| (it.copied)(canvas, event))
}

/// What hands see on the drawing.
pub fn on_drawing(canvas: Canvas) -> AnyView {
    PANELS.draw_if(move |it| (it.drawn)(canvas))
}

/// What can be done with what is selected.
pub fn beside_selected(canvas: Canvas) -> AnyView {
    PANELS.draw_if(move |it| (it.beside)(canvas))
}

/// What can be added to a flow.
pub fn flow_palette(canvas: Canvas) -> AnyView {
    PANELS.draw(move |it| (it.palette)(canvas))
}

/// Whether every run of the flow can end.
pub fn verdict(canvas: Canvas) -> AnyView {
    PANELS.draw_if(move |it| (it.verdict)(canvas))
}

/// What can be done about an alert of a flow.
pub fn alert_actions(canvas: Canvas, alert: Alert) -> AnyView {
    PANELS.draw_if(move |it| (it.alert_actions)(canvas, &alert))
}

/// The list of what the checker says.
pub fn alert_rows(desk: Desk, actions: Option<Callback<Alert, AnyView>>) -> AnyView {
    ALERTS.draw(move |list| list(desk, actions))
}

/// The flow as a list.
pub fn flow_outline(canvas: Canvas) -> AnyView {
    PANELS.draw(move |it| (it.outline)(canvas))
}

/// The menu of what a flow is written to and read from.
pub fn flow_files(canvas: Canvas) -> AnyView {
    PANELS.draw_if(move |it| (it.files)(canvas))
}

/// What lies over the canvas at times: the search, the menu of elements, a run that is played, a fix that is looked at.
pub fn over_canvas(canvas: Canvas) -> AnyView {
    PANELS.draw_if(move |it| (it.over)(canvas))
}

/// The designer of a form.
pub fn form_designer(desk: Desk, module: String) -> AnyView {
    // Needed as soon as the form is there; all travel at once.
    FORM_PANELS.fetch();
    FORM_EDITS.fetch();
    FORM.draw(move |page| page(desk, module.clone()))
}

/// What is selected on a form, and what can be said of it.
pub fn form_properties(sheet: Sheet) -> AnyView {
    FORM_PANELS.draw(move |it| (it.properties)(sheet))
}

/// A form as people fill it.
pub fn form_preview(sheet: Sheet) -> AnyView {
    FORM_PANELS.draw(move |it| (it.preview)(sheet))
}

/// What is asked before something of a form goes or is called otherwise.
pub fn form_used(sheet: Sheet) -> AnyView {
    FORM_PANELS.draw_if(move |it| (it.used)(sheet))
}

/// Begins a flow, a form or a decision table.
pub fn begin(desk: Desk, what: String) -> AnyView {
    VIEWS.draw(move |it| (it.begin)(desk, what.clone()))
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
    WRITING.draw_open(open, move |it| (it.shipped)(desk, subject.clone(), open))
}

/// What publishing the draft on a desk would do.
pub fn publish_dialog(desk: Desk, open: RwSignal<bool>, reload: Callback<()>) -> AnyView {
    PUBLISH.draw_open(open, move |it| (it.publish)(desk, open, reload))
}

/// The versions there were of the pack on a desk.
pub fn versions_dialog(desk: Desk, open: RwSignal<bool>, reload: Callback<()>) -> AnyView {
    PUBLISH.draw_open(open, move |it| (it.versions)(desk, open, reload))
}

/// Whose word counts where two have changed the same.
pub fn clash_dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    PUBLISH.draw_open(open, move |it| (it.clash)(desk, open))
}

/// What differs between two sets of files.
pub fn changes(old: compare::Files, new: compare::Files) -> AnyView {
    PUBLISH.draw(move |it| (it.changes)(old.clone(), new.clone()))
}

/// Puts together what is on a desk and what the server has.
pub fn put_together(desk: Desk, it: PackFiles, chosen: BTreeMap<String, Side>) {
    PUBLISH.with(move |part| (part.put)(desk, it, &chosen));
}

/// The scenarios of the pack on a desk.
pub fn scenarios_dialog(desk: Desk, open: RwSignal<bool>) -> AnyView {
    SCENARIOS.draw_open(open, move |it| (it.all)(desk, open))
}

/// Makes a scenario of what was tried.
pub fn record_dialog(desk: Desk, open: RwSignal<bool>, tried: Callback<(), Tried>) -> AnyView {
    SCENARIOS.draw_open(open, move |it| (it.record)(desk, open, tried))
}

/// What the keyboard can do in the studio.
pub fn shortcuts(open: RwSignal<bool>) -> AnyView {
    SHORTCUTS.draw_open(open, move |sheet| sheet(open))
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

/// The command palette.
pub fn palette() -> AnyView {
    // Asked for again where it did not come the first time; that it does not come is said.
    Effect::new(|_| {
        if crate::app::app().palette.get() {
            PALETTE.with(|_| ());
        }
    });
    PALETTE.draw_if(|it| it())
}

/// What people look after themselves.
pub fn account_page() -> AnyView {
    ACCOUNT.draw(|page| page())
}

/// Begins something that is done with a task besides completing it.
pub fn begin_deed(at: At, deed: &'static str) {
    DEEDS.with(move |it| {
        // The task may have been left meanwhile.
        if at.id.try_get_value().is_some() {
            (it.begin)(at, deed);
        }
    });
}

/// The menu of what can be done with a task.
pub fn deed_items(at: At, open: RwSignal<bool>) -> AnyView {
    DEEDS.draw(move |it| (it.items)(at, open))
}

/// What the deed that was begun asks for.
pub fn deed_dialog(at: At) -> AnyView {
    DEEDS.draw_if(move |it| (it.dialog)(at))
}

/// How a task stands that is lent, suspended or signed by several.
pub fn task_standing(at: At) -> AnyView {
    DEEDS.draw_late(move |it| (it.standing)(at))
}

/// The input of a signature.
pub fn signature(input: Input) -> AnyView {
    FIELDS.draw(move |it| (it.signature)(input))
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
    LISTS.draw_late(move |it| (it.saved)(module))
}

/// The chips of a list's filters, and what adds one.
pub fn filters(
    module: StoredValue<Arc<Module>>,
    conditions: Signal<Vec<Condition>>,
    set: Callback<Vec<Condition>>,
) -> AnyView {
    LISTS.draw_late(move |it| (it.filters)(module, conditions, set))
}

type StudioScreens = fn(&[&str]) -> Option<AnyView>;
static STUDIO: Part<StudioScreens> = Part::new(|| Box::pin(load_studio()));

#[wasm_split(studio, wasm_split_path = leptos::wasm_split, fallible)]
fn load_studio() -> Result<StudioScreens, SplitLoaderError> {
    Ok(studio::page)
}

type HomeScreen = fn() -> AnyView;
static HOME: Part<HomeScreen> = Part::new(|| Box::pin(load_home()));

#[wasm_split(home, wasm_split_path = leptos::wasm_split, fallible)]
fn load_home() -> Result<HomeScreen, SplitLoaderError> {
    Ok(studio::home::page)
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
    outline: fn(Canvas) -> AnyView,
    files: fn(Canvas) -> AnyView,
    over: fn(Canvas) -> AnyView,
    palette: fn(Canvas) -> AnyView,
    beside: fn(Canvas) -> AnyView,
    drawn: fn(Canvas) -> AnyView,
    verdict: fn(Canvas) -> AnyView,
    alert_actions: fn(Canvas, &Alert) -> AnyView,
    act: fn(Canvas, Gesture),
    copied: fn(Canvas, &web_sys::Event) -> bool,
}
static PANELS: Part<FlowPanels> = Part::new(|| Box::pin(load_panels()));

#[wasm_split(panels, wasm_split_path = leptos::wasm_split, fallible)]
fn load_panels() -> Result<FlowPanels, SplitLoaderError> {
    use studio::canvas::panels;
    // An edit may leave something undrawn.
    edit::later::flows();
    edit::later::completing();
    Ok(FlowPanels {
        properties: panels::properties,
        outline: panels::outline,
        files: panels::files,
        over: panels::over,
        palette: panels::palette,
        beside: panels::beside,
        drawn: panels::drawn,
        verdict: panels::verdict,
        alert_actions: panels::alert_actions,
        act: panels::act,
        copied: panels::copied,
    })
}

/// A flow that is tried, and what plays its runs.
#[derive(Clone, Copy)]
struct TrialViews {
    panel: fn(Canvas) -> AnyView,
    toggle: fn(Canvas),
    player: fn(Canvas) -> AnyView,
}
static TRIAL: Part<TrialViews> = Part::new(|| Box::pin(load_trial()));

#[wasm_split(trial, wasm_split_path = leptos::wasm_split, fallible)]
fn load_trial() -> Result<TrialViews, SplitLoaderError> {
    use studio::canvas::{player, trial};
    Ok(TrialViews { panel: trial::panel, toggle: trial::toggle, player: player::player })
}

/// What a flow is written to and read from.
#[derive(Clone, Copy)]
struct TransferViews {
    items: fn(Files) -> AnyView,
    processes: fn(Files) -> AnyView,
    import: fn(Files, JsValue),
}
static TRANSFER: Part<TransferViews> = Part::new(|| Box::pin(load_transfer()));

#[wasm_split(transfer, wasm_split_path = leptos::wasm_split, fallible)]
fn load_transfer() -> Result<TransferViews, SplitLoaderError> {
    use studio::canvas::transfer;
    edit::later::flows();
    Ok(TransferViews { items: transfer::items, processes: transfer::processes, import: transfer::import })
}

static LAYOUT: Part<()> = Part::new(|| Box::pin(load_layout()));

#[wasm_split(layout, wasm_split_path = leptos::wasm_split, fallible)]
fn load_layout() -> Result<(), SplitLoaderError> {
    edit::later::layout();
    edit::later::completing();
    Ok(())
}

/// What edits a form.
#[derive(Clone, Copy)]
struct FormEdits {
    edit: fn(Desk, Edit) -> bool,
    rename: fn(Desk, Edit, &str, &str),
}
static FORM_EDITS: Part<FormEdits> = Part::new(|| Box::pin(load_form_edits()));

#[wasm_split(form_edits, wasm_split_path = leptos::wasm_split, fallible)]
fn load_form_edits() -> Result<FormEdits, SplitLoaderError> {
    edit::later::forms();
    Ok(FormEdits { edit: Desk::edit, rename: Desk::rename })
}

type AlertRows = fn(Desk, Option<Callback<Alert, AnyView>>) -> AnyView;
static ALERTS: Part<AlertRows> = Part::new(|| Box::pin(load_alerts()));

#[wasm_split(alerts, wasm_split_path = leptos::wasm_split, fallible)]
fn load_alerts() -> Result<AlertRows, SplitLoaderError> {
    Ok(studio::alert_rows::list)
}

type FormScreen = fn(Desk, String) -> AnyView;
static FORM: Part<FormScreen> = Part::new(|| Box::pin(load_form()));

#[wasm_split(form, wasm_split_path = leptos::wasm_split, fallible)]
fn load_form() -> Result<FormScreen, SplitLoaderError> {
    Ok(studio::form::page)
}

/// What stands around a form that is designed; the form is there before it.
#[derive(Clone, Copy)]
struct FormPanels {
    properties: fn(Sheet) -> AnyView,
    preview: fn(Sheet) -> AnyView,
    used: fn(Sheet) -> AnyView,
}
static FORM_PANELS: Part<FormPanels> = Part::new(|| Box::pin(load_form_panels()));

#[wasm_split(form_panels, wasm_split_path = leptos::wasm_split, fallible)]
fn load_form_panels() -> Result<FormPanels, SplitLoaderError> {
    use studio::form::panels;
    edit::later::forms();
    Ok(FormPanels { properties: panels::properties, preview: panels::preview, used: panels::used })
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
    begin: fn(Desk, String) -> AnyView,
}
static VIEWS: Part<ViewScreens> = Part::new(|| Box::pin(load_views()));

#[wasm_split(views, wasm_split_path = leptos::wasm_split, fallible)]
fn load_views() -> Result<ViewScreens, SplitLoaderError> {
    Ok(ViewScreens { page: studio::view::page, add: studio::view::add, begin: studio::create::page })
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
    publish: fn(Desk, RwSignal<bool>, Callback<()>) -> AnyView,
    versions: fn(Desk, RwSignal<bool>, Callback<()>) -> AnyView,
    clash: fn(Desk, RwSignal<bool>) -> AnyView,
    put: fn(Desk, PackFiles, &BTreeMap<String, Side>),
    changes: fn(compare::Files, compare::Files) -> AnyView,
}
static PUBLISH: Part<PublishViews> = Part::new(|| Box::pin(load_publish()));

#[wasm_split(publish, wasm_split_path = leptos::wasm_split, fallible)]
fn load_publish() -> Result<PublishViews, SplitLoaderError> {
    Ok(PublishViews {
        publish: studio::publish::dialog,
        versions: studio::publish::versions,
        clash: studio::publish::clash_dialog,
        put: studio::publish::put,
        changes: studio::publish::changes,
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

static PALETTE: Part<fn() -> AnyView> = Part::new(|| Box::pin(load_palette()));

#[wasm_split(palette, wasm_split_path = leptos::wasm_split, fallible)]
fn load_palette() -> Result<fn() -> AnyView, SplitLoaderError> {
    Ok(palette::palette)
}

type AccountScreen = fn() -> AnyView;
static ACCOUNT: Part<AccountScreen> = Part::new(|| Box::pin(load_account()));

#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible)]
fn load_account() -> Result<AccountScreen, SplitLoaderError> {
    Ok(account::account_page)
}

type ShortcutSheet = fn(RwSignal<bool>) -> AnyView;
static SHORTCUTS: Part<ShortcutSheet> = Part::new(|| Box::pin(load_shortcuts()));

#[wasm_split(shortcuts, wasm_split_path = leptos::wasm_split, fallible)]
fn load_shortcuts() -> Result<ShortcutSheet, SplitLoaderError> {
    Ok(studio::shortcuts::dialog)
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

/// What is done with tasks besides completing them.
#[derive(Clone, Copy)]
struct DeedViews {
    begin: fn(At, &str),
    items: fn(At, RwSignal<bool>) -> AnyView,
    dialog: fn(At) -> AnyView,
    standing: fn(At) -> AnyView,
}
static DEEDS: Part<DeedViews> = Part::new(|| Box::pin(load_deeds()));

#[wasm_split(deeds, wasm_split_path = leptos::wasm_split, fallible)]
fn load_deeds() -> Result<DeedViews, SplitLoaderError> {
    use inbox::deeds;
    Ok(DeedViews { begin: deeds::begin, items: deeds::items, dialog: deeds::dialog, standing: deeds::standing })
}

/// Parts of forms that few forms have.
#[derive(Clone, Copy)]
struct FieldViews {
    files: fn(Input, &Field, bool) -> AnyView,
    signature: fn(Input) -> AnyView,
    linked: fn(Form, Linked) -> AnyView,
    linked_facts: fn(Form, Linked) -> AnyView,
    paged: fn(Form, String, FormView) -> AnyView,
}
static FIELDS: Part<FieldViews> = Part::new(|| Box::pin(load_fields()));

#[wasm_split(fields, wasm_split_path = leptos::wasm_split, fallible)]
fn load_fields() -> Result<FieldViews, SplitLoaderError> {
    Ok(FieldViews {
        files: forms::files,
        signature: forms::signature,
        linked: forms::linked::part,
        linked_facts: forms::linked::read,
        paged: forms::pages::paged,
    })
}

type Filters = fn(StoredValue<Arc<Module>>, Signal<Vec<Condition>>, Callback<Vec<Condition>>) -> AnyView;

/// What a list has beside its rows.
#[derive(Clone, Copy)]
struct ListViews {
    saved: fn(StoredValue<Arc<Module>>) -> AnyView,
    filters: Filters,
}
static LISTS: Part<ListViews> = Part::new(|| Box::pin(load_lists()));

#[wasm_split(lists, wasm_split_path = leptos::wasm_split, fallible)]
fn load_lists() -> Result<ListViews, SplitLoaderError> {
    Ok(ListViews { saved: records::saved_views, filters: records::filters })
}
