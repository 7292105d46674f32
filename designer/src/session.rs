//! Logging in and out, language and theme; the page where nobody is logged in, and the dialog when a
//! session ends in the middle of work.

use std::sync::Arc;

use ::api::session::{Login, Preferences, Session};
use gloo_net::http::Method;
use leptos::{html, prelude::*, task::spawn_local};

use crate::app::{Lang, Tone, Who, app, store};
use crate::ui::dialog::Dialog;
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, text};

/// Asks the server who we are; `fault`: why it did not say.
pub fn restore(fault: RwSignal<Option<::api::Problem>>) {
    fault.set(None);
    spawn_local(async move {
        match api::get::<Session>("/api/session").await {
            Ok(session) => enter(session),
            Err(why) if why.status == 401 => app().who.set(Who::Nobody),
            // Who is logged in must not be asked for a password because the server is busy.
            Err(why) => fault.set(Some(why)),
        }
    });
}

fn enter(session: Session) {
    let app = app();
    let (language, theme) = app.preferred.get_untracked();
    if !language && !session.preferences.language.is_empty() {
        app.lang.set(Lang::of(&session.preferences.language));
    }
    if !theme && ["light", "dark", "system"].contains(&session.preferences.theme.as_str()) {
        app.theme.set(session.preferences.theme.clone());
    }
    app.open_tasks.set(session.open_tasks);
    app.who.set(Who::Person(Arc::new(session)));
    app.expired.set(false);
    if language || theme {
        remember((false, false));
    }
    crate::notices::count_unread();
}

/// Ends the session and shows the log-in page.
pub fn log_out() {
    spawn_local(async {
        match api::poke("/api/logout").await {
            Ok(()) => {}
            // It has ended already.
            Err(why) if why.status == 401 => app().expired.set(false),
            // Who sees the log-in page believes to be logged out, and leaves the desk.
            Err(why) => {
                return app().toast(Tone::Bad, format!("{} {}", text::STILL_LOGGED_IN.now(), problem::sentence(&why)));
            }
        }
        nav::leave_for("/");
        crate::module::forget_all();
        app().who.set(Who::Nobody);
    });
}

/// Keeps the page's `lang`, theme and this browser's memory in step with the signals.
pub fn follow_preferences() {
    let app = app();
    Effect::new(move |_| {
        let lang = app.lang.get().tag();
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", lang);
        }
        store("language", Some(lang));
    });
    Effect::new(move |_| {
        let theme = app.theme.get();
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", &theme);
        }
        store("theme", Some(&theme));
    });
}

/// Changes the language at once and tells the server.
pub fn set_language(lang: Lang) {
    app().lang.set(lang);
    remember((true, false));
}

/// Changes the theme at once and tells the server.
pub fn set_theme(theme: &str) {
    app().theme.set(theme.to_owned());
    remember((false, true));
}

/// `chosen`: language, theme.
fn remember(chosen: (bool, bool)) {
    let app = app();
    if app.session_now().is_none() {
        app.preferred.update(|it| *it = (it.0 || chosen.0, it.1 || chosen.1));
        return;
    }
    app.preferred.set((false, false));
    let preferences =
        Preferences { language: app.lang.get_untracked().tag().to_owned(), theme: app.theme.get_untracked() };
    spawn_local(async move {
        // It holds in this browser all the same; elsewhere it will not.
        if let Err(why) = api::tell(Method::PUT, "/api/preferences", &preferences).await
            && why.status != 401
        {
            app.toast(Tone::Bad, format!("{} {}", text::PREFERENCE_NOT_KEPT.now(), problem::sentence(&why)));
        }
    });
}

/// English / 简体中文, each in its own language.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let one = |lang: Lang, words: &'static str| {
        view! {
            <button type="button" lang=lang.tag() aria-pressed=move || (app().lang.get() == lang).to_string()
                on:click=move |_| set_language(lang)>{words}</button>
        }
    };
    view! {
        <div class="segmented" role="group" aria-label=text::LANGUAGE.get()>
            {one(Lang::En, "English")} {one(Lang::Zh, "简体中文")}
        </div>
    }
}

/// Light, dark, or as the system has it.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let one = |theme: &'static str, symbol: &'static str, words: text::Text| {
        view! {
            <button type="button" aria-pressed=move || (app().theme.get() == theme).to_string()
                aria-label=words.get() title=words.get() on:click=move |_| set_theme(theme)>{icon(symbol)}</button>
        }
    };
    view! {
        <div class="segmented" role="group" aria-label=text::THEME.get()>
            {one("light", "sun", text::THEME_LIGHT)} {one("dark", "moon", text::THEME_DARK)}
            {one("system", "monitor", text::THEME_SYSTEM)}
        </div>
    }
}

/// The page of somebody who is not logged in.
#[component]
pub fn LoginPage() -> impl IntoView {
    Effect::new(|_| nav::title(text::LOG_IN.read()));
    view! {
        <div class="login">
            <div class="login-top"><LanguageSwitch/><ThemeSwitch/></div>
            <main class="login-card">
                <div class="brand"><span class="logo">{icon("mark")}</span><h1>"Flowloom"</h1></div>
                <p class="tagline">{text::TAGLINE.get()}</p>
                <LoginForm known=None/>
            </main>
        </div>
    }
}

#[component]
fn LoginForm(known: Option<String>) -> impl IntoView {
    let user = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let fault = RwSignal::new(None::<::api::Problem>);
    let missing = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let shown = RwSignal::new(false);
    let fixed = known.is_some();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let value = |node: NodeRef<html::Input>| node.get_untracked().map(|it| it.value()).unwrap_or_default();
        let login = Login { user: value(user).trim().to_owned(), password: value(password) };
        fault.set(None);
        missing.set(login.user.is_empty() || login.password.is_empty());
        if missing.get_untracked() {
            let first = if login.user.is_empty() { user } else { password };
            if let Some(it) = first.get_untracked() {
                let _ = it.focus();
            }
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api::post::<_, Session>("/api/login", &login).await;
            busy.set(false);
            match answer {
                Ok(session) => enter(session),
                Err(why) => {
                    fault.set(Some(why));
                    if let Some(it) = password.get_untracked() {
                        it.select();
                        let _ = it.focus();
                    }
                }
            }
        });
    };
    Effect::new(move |_| {
        let first = if fixed { password } else { user };
        if let Some(it) = first.get() {
            let _ = it.focus();
        }
    });
    let message = move || {
        if missing.get() {
            return Some(text::LOGIN_MISSING.read().to_owned());
        }
        fault.get().map(|why| match why.kind.as_str() {
            "wrong-password" | "not-logged-in" | "invalid-fields" | "no-rights" => text::LOGIN_WRONG.read().to_owned(),
            "throttled" => text::LOGIN_THROTTLED.read().to_owned(),
            _ => problem::sentence(&why),
        })
    };
    view! {
        <form class="login-form" method="post" on:submit=submit novalidate>
            <div role="alert">
                {move || message().map(|words| view! {
                    <p class="banner danger" id="login-fault">{icon("alert")}<span class="grow">{words}</span></p>
                })}
            </div>
            <div>
                <label class="field-label" for="login-user">{text::USER_NAME.get()}</label>
                <input class="input" id="login-user" name="username" node_ref=user autocomplete="username" autocapitalize="none"
                    spellcheck="false" readonly=fixed value=known.unwrap_or_default()/>
            </div>
            <div>
                <label class="field-label" for="login-password">{text::PASSWORD.get()}</label>
                <div class="with-button">
                    <input class="input" id="login-password" name="password" node_ref=password autocomplete="current-password"
                        type=move || if shown.get() { "text" } else { "password" }/>
                    <button type="button" class="button plain small icon-only" aria-pressed=move || shown.get().to_string()
                        aria-label=text::SHOW_PASSWORD.get() title=text::SHOW_PASSWORD.get()
                        on:click=move |_| shown.update(|it| *it = !*it)>{icon("eye")}</button>
                </div>
            </div>
            <button class="button primary" class:busy=busy>{text::LOG_IN.get()}</button>
        </form>
    }
}

/// Asks to log in again, above whatever stands on the page.
#[component]
pub fn ExpiredDialog() -> impl IntoView {
    let app = app();
    view! {
        <Dialog open=app.expired title=text::SESSION_ENDED lasting=true>
            <div class="body">
                <p>{text::SESSION_ENDED_WHY.get()}</p>
                {move || {
                    let known = app.session().map(|it| it.login.clone());
                    view! { <LoginForm known=known/> }
                }}
            </div>
        </Dialog>
    }
}
