//! What the person was told: newest first, unread ones marked.

use ::api::live::{Live, NoticeItem};
use leptos::{prelude::*, task::spawn_local};

use crate::app::{Tone, app};
use crate::ui::fetch::{draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show, text};

/// Asks how many notices are unread, once after logging in.
pub fn count_unread() {
    spawn_local(async {
        if let Ok(list) = api::get::<Vec<NoticeItem>>("/api/notices?unread=true&limit=100").await {
            app().unread.set(list.iter().filter(|it| !it.read).count() as u64);
        }
    });
}

/// The screen at `/notices`.
pub fn notices_page() -> AnyView {
    Effect::new(|_| nav::title(text::NOTICES.read()));
    let list = fetch::<Vec<NoticeItem>>(|| Some("/api/notices?limit=100".to_owned()));
    Effect::new(move |first: Option<()>| {
        let (_, last) = app().live.get();
        if first.is_some() && matches!(last, Some(Live::Notice { .. })) {
            list.reload();
        }
    });
    let read_all = move |_| {
        spawn_local(async move {
            match api::poke("/api/notices/read").await {
                Ok(()) => {
                    app().unread.set(0);
                    list.reload();
                }
                Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
            }
        });
    };
    let item = move |it: NoticeItem| {
        let (id, read) = (it.id.clone(), it.read);
        let mark = move |_| {
            if read {
                return;
            }
            let id = id.clone();
            app().unread.update(|it| *it = it.saturating_sub(1));
            spawn_local(async move {
                let _ = api::poke(&format!("/api/notices/{}/read", nav::encode(&id))).await;
            });
        };
        let href = if it.link.starts_with('/') { it.link.clone() } else { "/notices".to_owned() };
        view! {
            <li><a class="notice" class:unread=!read href=href on:click=mark>
                <span class="row between"><span class="strong">{(!read).then(|| view! { <span class="sr">{text::UNREAD.get()}": "</span> })}{it.title}</span>
                    <span class="faint nowrap">{show::ago(it.at)}</span></span>
                <span class="muted prose">{it.body}</span>
            </a></li>
        }
    };
    view! {
        <div class="page-head"><h1 class="grow">{text::NOTICES.get()}</h1>
            <button type="button" class="button" hidden=move || app().unread.get() == 0 on:click=read_all>{icon("check")}{text::READ_ALL.get()}</button></div>
        <div class="page-body narrow">
            {draw(list, move |list| {
                if list.is_empty() {
                    return problem::empty("bell", text::NO_NOTICES, text::NO_NOTICES_WHY, ().into_any());
                }
                view! { <ul class="notices">{list.into_iter().map(item).collect_view()}</ul> }.into_any()
            })}
        </div>
    }
    .into_any()
}
