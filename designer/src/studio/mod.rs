//! The studio: flows and forms of installed packs, designed in the browser. `/studio` lists them ([`home`]),
//! `/studio/{pack}/flow/{key}` is the [`canvas`], `/studio/{pack}/form/{module}` the [`form`] designer. Both work on a
//! [`desk`] and share its [`bar`] (undo, saving, publishing) and its [`alerts`].

mod alerts;
mod bar;
mod canvas;
mod desk;
mod expression;
mod form;
mod home;
mod input;
mod say;
mod words;

use ::api::studio::PackFiles;
use leptos::prelude::*;

use crate::nav;
use crate::ui::fetch::{draw, fetch};
use desk::Desk;

/// The screen for the parts of the address behind `/studio`.
pub fn page(parts: &[&str]) -> Option<AnyView> {
    match parts {
        [] => Some(home::page()),
        [pack, "flow", key] => {
            let key = (*key).to_owned();
            Some(open(pack, move |desk| canvas::page(desk, key.clone())))
        }
        [pack, "form", module] => {
            let module = (*module).to_owned();
            Some(open(pack, move |desk| form::page(desk, module.clone())))
        }
        _ => None,
    }
}

/// Reads a pack and lays it on a desk.
fn open(pack: &str, content: impl Fn(Desk) -> AnyView + Send + Sync + 'static) -> AnyView {
    let path = format!("/api/studio/packs/{}", nav::encode(pack));
    let files = fetch::<PackFiles>(move || Some(path.clone()));
    let again = Callback::new(move |()| files.reload());
    provide_context(Reload(again));
    view! { <div class="studio">{draw(files, move |it| content(Desk::open(it)))}</div> }.into_any()
}

/// Reads the pack anew: after publishing, after dropping the draft, after a conflict.
#[derive(Clone, Copy)]
struct Reload(Callback<()>);
