//! `/studio/{pack}/form/{module}`: the form designer. [`side`] offers fields, [`outline`] shows the form as a tree, [`stage`] the
//! form being designed, [`properties`] the selected field or [`section`], [`preview`] the form as people fill it. [`used`] asks
//! before a field gets another key or type, or goes. [`carry`] is how a field is dragged, [`picked`] what small screens offer
//! instead of keys. [`panels`] is what travels beside the form.

mod carry;
mod clipboard;
mod condition;
mod outline;
mod pages;
pub mod panels;
mod picked;
mod preview;
mod properties;
mod rules;
mod section;
mod sheet;
mod side;
mod special;
mod stage;
mod used;
mod words;

use leptos::prelude::*;
use runtime::model::view::ViewContent;

use super::alerts::AlertList;
use super::bar::Bar;
use super::desk::Desk;
use super::dock::{self, Panel};
use super::input::choice;
use super::{Subject, words as shared};
use crate::app::{Command, app};
use crate::ui::icon::icon;
use crate::{later, nav};
pub use sheet::{Drag, Load, Sheet};
pub use words::RESTORE;

/// How the form is worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Design,
    Preview,
    Languages,
    Json,
}

impl Mode {
    const ALL: [Mode; 4] = [Mode::Design, Mode::Preview, Mode::Languages, Mode::Json];

    fn words(self) -> crate::text::Text {
        match self {
            Mode::Design => shared::DESIGN,
            Mode::Preview => shared::PREVIEW,
            Mode::Languages => words::LANGUAGES,
            Mode::Json => words::JSON,
        }
    }
}

/// What the palette offers here.
fn offer(sheet: Sheet, mode: RwSignal<Mode>, shipped: RwSignal<bool>) {
    let command = |words: crate::text::Text, symbol: &'static str, act: fn(Sheet)| Command {
        words,
        symbol,
        act: Callback::new(move |()| act(sheet)),
    };
    let to = |it: Mode, symbol: &'static str| Command {
        words: it.words(),
        symbol,
        act: Callback::new(move |()| mode.set(it)),
    };
    let mut all = vec![
        to(Mode::Design, "pencil"),
        to(Mode::Preview, "eye"),
        to(Mode::Languages, "globe"),
        to(Mode::Json, "contract"),
        command(shared::ADD_SECTION, "plus", stage::add_section),
        command(words::DUPLICATE, "copy", clipboard::duplicate),
        command(words::SELECT_ALL, "check", |it| it.choose_all()),
        command(words::TAKE_OFF_ALL, "x", stage::take_off),
        Command { words: words::RESTORE, symbol: "refresh", act: Callback::new(move |()| shipped.set(true)) },
    ];
    // Every type of field, by its name.
    for kind in edit::field::FieldKind::palette() {
        let (name, load) = (shared::field(&kind), Load::New(kind.clone()));
        let act = Callback::new(move |()| sheet.put(load.clone(), sheet.next_spot()));
        all.push(Command { words: name, symbol: side::symbol(&kind), act });
    }
    super::commands::offer(all);
}

/// Shows another form, or opens what is no form where it is designed; `+kind` makes a new view first.
fn turn_to(sheet: Sheet, view: &str) {
    let (desk, module) = (sheet.desk, sheet.module.get_value());
    if let Some(kind) = ["form", "list", "kanban", "calendar", "tree", "detail"]
        .into_iter()
        .find(|it| view.strip_prefix('+') == Some(it))
    {
        return later::add_view(desk, module, kind, open_view);
    }
    let is_form = desk
        .document
        .with_untracked(|it| it.view(&module, view).is_some_and(|it| matches!(it.content, ViewContent::Form(_))));
    if is_form {
        sheet.view.set(view.to_owned());
    } else {
        open_view(desk, &module, view, "list");
    }
}

/// Opens a view in its designer.
fn open_view(desk: Desk, module: &str, view: &str, kind: &str) {
    let pack = desk.source.with_value(|it| nav::encode(&it.id));
    let (module, view) = (nav::encode(module), nav::encode(view));
    let place = if kind == "form" {
        format!("/studio/{pack}/form/{module}?view={view}")
    } else {
        format!("/studio/{pack}/view/{module}/{view}")
    };
    // The next page reads the draft: it has to be there.
    desk.after_saving(move || nav::go(&place));
}

/// The screen.
pub fn page(desk: Desk, module: String) -> AnyView {
    let there = desk.document.with_untracked(|it| it.schema(&module).is_some() && it.definition(&module).is_some());
    if !there {
        return view! { <div class="state">{icon("table")}<h2>{shared::NOT_HERE.get()}</h2><a class="button" href="/studio">{shared::GO_BACK.get()}</a></div> }.into_any();
    }
    let forms = {
        let module = module.clone();
        move |every: bool| {
            desk.document.with(|it| {
                it.views(&module)
                    .filter(|(_, view)| every || matches!(view.content, ViewContent::Form(_)))
                    .map(|(key, view)| (key.to_owned(), desk.words(it, &format!("view/{module}/{key}"), &view.title)))
                    .collect::<Vec<_>>()
            })
        }
    };
    let offered = untrack(|| forms(false));
    let wanted = app().place.with_untracked(|it| it.get("view"));
    let first = wanted
        .filter(|it| offered.iter().any(|other| other.0 == *it))
        .or_else(|| {
            ["edit", "create"].iter().find(|it| offered.iter().any(|other| other.0 == **it)).map(|it| (*it).to_owned())
        })
        .or_else(|| offered.first().map(|it| it.0.clone()))
        .unwrap_or_default();
    let sheet = Sheet::new(desk, &module, &first);
    clipboard::listen(sheet);
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let body = document().body().map(wasm_bindgen::JsValue::from);
        if event.target().map(wasm_bindgen::JsValue::from) == body && !app().palette.get_untracked() {
            stage::shortcuts(sheet, &event);
        }
    });
    on_cleanup(move || handle.remove());
    let open = RwSignal::new(false);
    let mode = RwSignal::new(Mode::Design);
    let shipped = RwSignal::new(false);
    offer(sheet, mode, shipped);
    let views = {
        let forms = forms.clone();
        move || {
            let mut all = forms(true);
            let new = |kind: &str, words: crate::text::Text| (format!("+{kind}"), format!("+ {}", words.read()));
            all.extend([
                new("form", words::NEW_FORM),
                new("list", words::NEW_LIST),
                new("kanban", words::NEW_BOARD),
                new("calendar", words::NEW_CALENDAR),
                new("tree", words::NEW_TREE),
                new("detail", words::NEW_DETAIL),
            ]);
            all
        }
    };
    let title = {
        let module = module.clone();
        Signal::derive(move || {
            desk.document.with(|it| {
                it.definition(&module)
                    .map(|definition| desk.words(it, &format!("module/{module}"), &definition.title))
                    .unwrap_or_default()
            })
        })
    };
    Effect::new(move |_| nav::title(&title.get()));
    follow_jumps(sheet, open);
    view! {
        <Bar desk=desk title=title>
            <label class="form-views"><span class="unseen">{shared::VIEW.get()}</span>
                {choice(move || sheet.view.get(), views, move |it| turn_to(sheet, &it))}
            </label>
            <div class="segmented" role="group" aria-label=words::VIEWS.get()>
                {Mode::ALL.into_iter().map(|it| view! {
                    <button type="button" aria-pressed=move || (mode.get() == it).to_string() on:click=move |_| {
                        mode.set(it);
                        sheet.panel.set(None);
                    }>{it.words().get()}</button>
                }).collect_view()}
            </div>
            <button type="button" class="button plain icon-only" aria-label=words::RESTORE.get() title=words::RESTORE.get() on:click=move |_| shipped.set(true)>{icon("refresh")}</button>
        </Bar>
        <div class="studio-main" class:carrying=move || sheet.dragging.with(Option::is_some) data-panel=move || sheet.panel.get().map(Panel::word)
            on:keydown=move |event| stage::shortcuts(sheet, &event)
            // While a finger carries something, it does not scroll.
            on:touchmove=move |event| if sheet.dragging.with_untracked(Option::is_some) { event.prevent_default() }>
            <aside class="studio-left" aria-label=shared::PALETTE.get()>{dock::close(sheet.panel)}<side::Side sheet=sheet/></aside>
            <div class="studio-middle">
                {move || match mode.get() {
                    Mode::Design => view! { <stage::Stage sheet=sheet/> }.into_any(),
                    Mode::Preview => later::form_preview(sheet),
                    Mode::Languages => later::translations(desk, sheet.module.get_value()),
                    Mode::Json => later::json_editor(sheet),
                }}
                <AlertList desk=desk open=open/>
            </div>
            {later::form_used(sheet)}
            {move || shipped.get().then(|| later::shipped(desk, Subject::module(&sheet.module.get_value()), shipped))}
            <aside class="studio-right" aria-label=shared::PROPERTIES.get()>{dock::close(sheet.panel)}{later::form_properties(sheet)}</aside>
            {move || (mode.get() == Mode::Design).then(|| dock::dock(sheet.panel, &[Panel::Add, Panel::Outline, Panel::Properties], picked::picked(sheet)))}
        </div>
    }
    .into_any()
}

/// An alert was chosen: its field is selected, or its page opened.
fn follow_jumps(sheet: Sheet, open: RwSignal<bool>) {
    let desk = sheet.desk;
    Effect::new(move |_| {
        let Some((file, pointer, element)) = desk.jump.get() else {
            return;
        };
        desk.jump.set(None);
        let module = sheet.module.get_value();
        let pack = desk.source.with_value(|it| it.id.clone());
        let parts: Vec<&str> = file.split('/').collect();
        match parts.as_slice() {
            ["modules", key, rest @ ..] if *key == module => {
                if let ["views", view] = rest {
                    sheet.view.set(view.trim_end_matches(".json").to_owned());
                }
                let named = element.or_else(|| {
                    pointer.strip_prefix("/properties/").map(|it| it.split('/').next().unwrap_or_default().to_owned())
                });
                if let Some(it) = named {
                    sheet.select(&it);
                }
                open.set(true);
            }
            ["modules", key, ..] => nav::go(&format!("/studio/{}/form/{}", nav::encode(&pack), nav::encode(key))),
            ["flows", flow, ..] => nav::go(&format!("/studio/{}/flow/{}", nav::encode(&pack), nav::encode(flow))),
            _ => (),
        }
    });
}
