//! The frame around every screen: navigation rail, bottom bar on a phone, the page of the address,
//! and what can stand above it (palette, toasts, guard over unsaved changes, ended session).

use ::api::session::{MenuItem, Session};
use leptos::prelude::*;

use crate::app::{Who, app, pick_pair, store, stored};
use crate::session::{ExpiredDialog, LanguageSwitch, LoginPage, ThemeSwitch};
use crate::text::{self, Text};
use crate::ui::dialog::Dialog;
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::ui::{problem, toast::Toasts};
use crate::{forms, inbox, later, live, nav, notices, portal, records, session, show};

/// The whole page.
#[component]
pub fn Root() -> impl IntoView {
    let app = crate::app::start();
    nav::listen();
    session::follow_preferences();
    let fault = RwSignal::new(None);
    session::restore(fault);
    crate::ui::fetch::when_reached(fault, Callback::new(move |()| session::restore(fault)));
    live::listen();
    let who = Memo::new(move |_| match app.who.get() {
        Who::Unknown => 0,
        Who::Nobody => 1,
        Who::Person(_) => 2,
    });
    view! {
        {move || match who.get() {
            0 => fault.get().map(|why| view! {
                <main class="page">{problem::screen(&why, Some(Callback::new(move |()| session::restore(fault))))}</main>
            }).into_any(),
            1 => view! { <LoginPage/> }.into_any(),
            _ => view! { <Shell/> }.into_any(),
        }}
        <Toasts/>
    }
}

/// A place of the app that is not a module.
pub struct FixedPlace {
    pub href: &'static str,
    pub words: Text,
    pub symbol: &'static str,
}

/// The places this person may go to besides modules.
pub fn places(session: &Session) -> Vec<FixedPlace> {
    let mut all = Vec::new();
    if session.portal {
        all.push(FixedPlace { href: "/portal", words: text::MY_CASES, symbol: "home" });
    } else {
        all.push(FixedPlace { href: "/inbox", words: text::INBOX, symbol: "inbox" });
    }
    all.push(FixedPlace { href: "/notices", words: text::NOTICES, symbol: "bell" });
    if session.designer {
        all.push(FixedPlace { href: "/studio", words: text::STUDIO, symbol: "flow" });
    }
    if session.admin {
        all.push(FixedPlace { href: "/admin", words: text::ADMINISTRATION, symbol: "shield" });
    }
    all
}

/// All modules of the menu, flat.
pub fn modules(menu: &[MenuItem]) -> Vec<MenuItem> {
    let mut all = Vec::new();
    for item in menu {
        if item.module.is_some() {
            all.push(item.clone());
        }
        all.extend(modules(&item.children));
    }
    all
}

/// Whether a module stands in this person's menu.
pub fn may_visit(module: &str) -> bool {
    app().session_now().is_some_and(|it| modules(&it.menu).iter().any(|it| it.module.as_deref() == Some(module)))
}

#[component]
fn Shell() -> impl IntoView {
    let app = app();
    let rail = RwSignal::new(stored("rail").unwrap_or_default());
    Effect::new(move |_| {
        let rail = rail.get();
        store("rail", (!rail.is_empty()).then_some(rail.as_str()));
    });
    let leaving = RwSignal::new(false);
    Effect::new(move |_| {
        if app.leaving.with(Option::is_some) {
            leaving.set(true);
        }
    });
    Effect::new(move |_| {
        if !leaving.get() && app.leaving.with_untracked(Option::is_some) {
            app.leaving.set(None);
        }
    });
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            app.palette.update(|it| *it = !*it);
        }
    });
    on_cleanup(move || handle.remove());
    let opened = Memo::new(move |before: Option<&bool>| before == Some(&true) || app.palette.get());
    // The inbox is one screen, whichever of its tasks is open.
    let path = Memo::new(move |_| {
        app.place.with(|it| if under(&it.path, "/inbox") { "/inbox".to_owned() } else { it.path.clone() })
    });
    view! {
        <a class="button primary skip" href="#main" on:click=|event| {
            event.prevent_default();
            focus("main");
        }>{text::SKIP.get()}</a>
        <div class="shell" class:narrow=move || rail.get() == "narrow" class:wide-rail=move || rail.get() == "wide">
            <Rail rail=rail/>
            <main class="page" id="main" tabindex="-1">
                {move || (!app.online.get()).then(|| view! {
                    <div class="offline-bar" role="status">{icon("alert")}{text::OFFLINE.get()}</div>
                })}
                {move || page(&path.get())}
            </main>
            <BottomBar/>
        </div>
        {move || opened.get().then(later::palette)}
        <ExpiredDialog/>
        <Dialog open=leaving title=text::LEAVE_TITLE>
            <div class="body"><p>{text::LEAVE_WHY.get()}</p></div>
            <footer>
                <button type="button" class="button" on:click=move |_| leaving.set(false)>{text::STAY.get()}</button>
                <button type="button" class="button danger" on:click=move |_| {
                    if let Some(href) = app.leaving.get_untracked() {
                        leaving.set(false);
                        nav::leave_for(&href);
                    }
                }>{text::LEAVE.get()}</button>
            </footer>
        </Dialog>
    }
}

/// Moves focus to an element by its id.
pub fn focus(id: &str) {
    use wasm_bindgen::JsCast;
    if let Some(it) = document().get_element_by_id(id).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = it.focus();
    }
}

/// Which screen an address means.
fn page(path: &str) -> AnyView {
    let place = nav::Place::parse(path);
    let segments = place.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["studio", rest @ ..] => later::studio_page(rest, missing),
        ["records", module, "new"] => forms::page::create_page((*module).to_owned()),
        [] => home(),
        ["inbox"] if app().session_now().is_some_and(|it| it.portal) => missing(),
        ["inbox"] => inbox::inbox_page(),
        ["tasks", id] => task(id),
        ["me"] => later::account_page(),
        ["notices"] => notices::notices_page(),
        ["portal"] => portal::portal_page(),
        ["portal", "tasks", id] => portal::task_page((*id).to_owned()),
        ["admin"] => later::admin_page(""),
        ["admin", tab] => later::admin_page(tab),
        ["flows", flow] => later::watch_page((*flow).to_owned()),
        ["records", module, "board", view] => later::board_page((*module).to_owned(), (*view).to_owned()),
        ["records", module, "calendar", view] => later::calendar_page((*module).to_owned(), (*view).to_owned()),
        ["records", module, "tree", view] => later::tree_page((*module).to_owned(), (*view).to_owned()),
        ["records", module, id] => records::record_page((*module).to_owned(), (*id).to_owned()),
        ["records", module] => records::list_page((*module).to_owned()),
        _ => missing(),
    }
}

fn missing() -> AnyView {
    problem::screen(&::api::Problem { kind: "not-found".into(), ..Default::default() }, None)
}

/// What a notice about a task leads to.
fn task(id: &str) -> AnyView {
    let portal = app().session_now().is_some_and(|it| it.portal);
    let href = format!("{}/{}", if portal { "/portal/tasks" } else { "/inbox" }, nav::encode(id));
    nav::replace(nav::Place::parse(&href));
    ().into_any()
}

/// Where the person begins.
fn home() -> AnyView {
    let portal = app().session_now().is_some_and(|it| it.portal);
    nav::replace(nav::Place::parse(if portal { "/portal" } else { "/inbox" }));
    ().into_any()
}

/// Whether the address is at this place or below it.
fn current(href: &'static str) -> impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static {
    move || under(&app().place.with(|it| it.path.clone()), href).then_some("page")
}

fn under(path: &str, href: &str) -> bool {
    path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
}

#[component]
fn Rail(rail: RwSignal<String>) -> impl IntoView {
    let app = app();
    let narrow = move || rail.get() == "narrow";
    let item = move |place: FixedPlace| {
        let words = place.words;
        let href = place.href;
        view! {
            <a class="rail-item" href=href aria-current=current(href) title=words.get()>
                {icon(place.symbol)}<span class="label">{words.get()}</span>
                {move || badge(href)}
            </a>
        }
    };
    view! {
        <nav class="rail" aria-label=text::MAIN_NAVIGATION.get()>
            <div class="brand">
                <a href="/"><span class="logo">{icon("mark")}</span><span class="label">"Flowloom"</span></a>
                <button type="button" class="button plain small icon-only"
                    aria-label=move || if narrow() { text::WIDE_RAIL.read() } else { text::NARROW_RAIL.read() }
                    title=move || if narrow() { text::WIDE_RAIL.read() } else { text::NARROW_RAIL.read() }
                    on:click=move |_| {
                        let width = window().inner_width().ok().and_then(|it| it.as_f64()).unwrap_or_default();
                        rail.update(|it| *it = match it.as_str() {
                            "narrow" => "wide",
                            "wide" => "narrow",
                            _ if width < 1024.0 => "wide",
                            _ => "narrow",
                        }.to_owned());
                    }>{icon("menu")}</button>
            </div>
            <button type="button" class="rail-item" title=text::SEARCH_COMMANDS.get() on:click=move |_| app.palette.set(true)>
                {icon("search")}<span class="label">{text::SEARCH_COMMANDS.get()}</span><kbd>"Ctrl K"</kbd>
            </button>
            <div class="scroll">
                {move || app.session().map(|session| places(&session).into_iter().map(item).collect_view())}
                {move || app.session().map(|session| menu(&session.menu))}
            </div>
            <div class="foot"><Me/></div>
        </nav>
    }
}

fn badge(href: &str) -> Option<AnyView> {
    let (count, words) = match href {
        "/inbox" => (app().open_tasks.get(), text::OPEN_TASKS),
        "/notices" => (app().unread.get(), text::UNREAD),
        _ => return None,
    };
    let shown = if count > 99 { "99+".to_owned() } else { count.to_string() };
    (count > 0).then(|| {
        view! { <span class="count" aria-label=move || format!("{}: {count}", words.read())>{shown}</span> }.into_any()
    })
}

fn menu(items: &[MenuItem]) -> AnyView {
    items
        .iter()
        .cloned()
        .map(|item| {
            let titles = item.titles.clone();
            let words = move || pick_pair(&titles, app().lang.get());
            match item.module {
                Some(module) => {
                    let href = format!("/records/{module}");
                    let here = href.clone();
                    let symbol = item.icon.clone().unwrap_or(module);
                    let words = Signal::derive(words);
                    view! {
                        <a class="rail-item" href=href title=words
                            aria-current=move || app().place.with(|it| under(&it.path, &here)).then_some("page")>
                            {icon(&symbol)}<span class="label">{words}</span>
                        </a>
                    }
                    .into_any()
                }
                None => view! {
                    <h2 class="rail-title">{words}</h2>
                    {menu(&item.children)}
                }
                .into_any(),
            }
        })
        .collect_view()
        .into_any()
}

/// Who is logged in; language, theme, log-out.
#[component]
fn Me() -> impl IntoView {
    let app = app();
    let name = Signal::derive(move || app.session().map(|it| it.name.clone()).unwrap_or_default());
    let button = ViewFn::from(move || {
        view! {
            <span class="avatar" aria-hidden="true" data-initial=move || show::initial(&name.get())></span><span class="label">{name}</span>
        }
    });
    view! {
        <Pop label=name class="rail-item" side="up pad" button=button>
            <MySettings/>
        </Pop>
    }
}

#[component]
fn MySettings() -> impl IntoView {
    view! {
        <div class="stack">
            <div><h3>{text::LANGUAGE.get()}</h3><LanguageSwitch/></div>
            <div><h3>{text::THEME.get()}</h3><ThemeSwitch/></div>
            <a class="button" href="/me">{icon("user")}{text::MY_ACCOUNT.get()}</a>
            <button type="button" class="button" on:click=|_| session::log_out()>{icon("log-out")}{text::LOG_OUT.get()}</button>
        </div>
    }
}

/// Navigation on a phone.
#[component]
fn BottomBar() -> impl IntoView {
    let app = app();
    let sheet = RwSignal::new(false);
    let me = RwSignal::new(false);
    let path = Memo::new(move |_| app.place.with(|it| it.path.clone()));
    Effect::new(move |_| {
        path.track();
        sheet.set(false);
    });
    let portal = move || app.session().is_some_and(|it| it.portal);
    let home = move || if portal() { ("/portal", text::MY_CASES, "home") } else { ("/inbox", text::INBOX, "inbox") };
    view! {
        <nav class="bottom-bar" aria-label=text::MAIN_NAVIGATION.get()>
            {move || {
                let (href, words, symbol) = home();
                view! { <a href=href aria-current=current(href)>{icon(symbol)}{words.get()}{move || badge(href)}</a> }
            }}
            {move || (!portal()).then(|| view! {
                <button type="button" aria-current=move || path.get().starts_with("/records").then_some("page")
                    on:click=move |_| sheet.set(true)>{icon("list")}{text::RECORDS.get()}</button>
            })}
            <a href="/notices" aria-current=current("/notices")>{icon("bell")}{text::NOTICES.get()}{move || badge("/notices")}</a>
            <button type="button" on:click=move |_| me.set(true)>{icon("user")}{text::ME.get()}</button>
        </nav>
        <Dialog open=sheet title=text::RECORDS>
            <div class="body">{move || app.session().map(|session| {
                let extra: Vec<_> = places(&session).into_iter().filter(|it| it.href == "/studio" || it.href == "/admin").map(|it| view! {
                    <a class="rail-item" href=it.href>{icon(it.symbol)}<span class="label">{it.words.get()}</span></a>
                }).collect();
                view! { {menu(&session.menu)} {extra} }
            })}</div>
        </Dialog>
        <Dialog open=me title=text::ME>
            <div class="body"><p class="strong">{move || app.session().map(|it| it.name.clone())}</p><MySettings/></div>
        </Dialog>
    }
}
