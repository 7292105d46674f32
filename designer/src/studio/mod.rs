//! The studio: flows and forms of installed packs, designed in the browser. `/studio` lists them ([`home`], a part of its own),
//! `/studio/{pack}/flow/{key}` is the [`canvas`], `/studio/{pack}/form/{module}` the [`form`] designer, `…/view/{module}/{view}` the
//! designer of lists and boards ([`mod@view`]), `…/table/{key}` the editor of decision tables ([`table`]), `…/new/{what}` begins one of them ([`create`]). All work on a [`desk`] and share
//! its [`bar`] (undo, saving), [`publish`]ing, its [`alerts`] and what they offer in the palette ([`commands`]).

pub mod alert_rows;
mod alerts;
mod bar;
pub mod canvas;
mod commands;
pub mod create;
mod desk;
mod diff_lines;
mod dock;
mod expression;
pub mod form;
pub mod home;
mod input;
pub mod publish;
mod say;
pub mod scenarios;
pub mod shortcuts;
pub mod table;
mod together;
mod tried;
pub mod view;
mod words;
pub mod writing;

use ::api::studio::PackFiles;
use leptos::prelude::*;

use crate::ui::fetch::{draw_anew, fetch};
use crate::{later, nav};
pub use desk::Desk;
pub use form::Sheet;
pub use writing::shipped::Subject;

/// The screen of a pack for the parts of the address behind `/studio`.
pub fn page(parts: &[&str]) -> Option<AnyView> {
    match parts {
        [pack, "flow", key] => {
            let key = (*key).to_owned();
            Some(open(pack, Some(Subject::flow(&key)), move |desk| later::flow_canvas(desk, key.clone())))
        }
        [pack, "form", module] => {
            let module = (*module).to_owned();
            Some(open(pack, None, move |desk| later::form_designer(desk, module.clone())))
        }
        [pack, "view", module, key] => {
            let (module, key) = ((*module).to_owned(), (*key).to_owned());
            Some(open(pack, None, move |desk| later::view_designer(desk, module.clone(), key.clone())))
        }
        [pack, "new", what] => {
            let what = (*what).to_owned();
            Some(open(pack, None, move |desk| later::begin(desk, what.clone())))
        }
        [pack, "table", key] => {
            let key = (*key).to_owned();
            Some(open(pack, None, move |desk| later::table_editor(desk, key.clone())))
        }
        _ => None,
    }
}

/// Reads a pack and lays it on a desk. `shipped`: what the palette offers to restore, where the screen does not do so itself.
fn open(pack: &str, shipped: Option<Subject>, content: impl Fn(Desk) -> AnyView + Send + Sync + 'static) -> AnyView {
    let path = format!("/api/studio/packs/{}", nav::encode(pack));
    let files = fetch::<PackFiles>(move || Some(path.clone()));
    let again = Callback::new(move |()| files.reload());
    provide_context(Reload(again));
    let laid = move |it| {
        let desk = Desk::open(it);
        view! { {content(desk)}<commands::Commands desk=desk shipped=shipped.clone()/> }.into_any()
    };
    view! { <div class="studio">{draw_anew(files, laid)}</div> }.into_any()
}

/// Reads the pack anew: after publishing, after dropping the draft, after a conflict.
#[derive(Clone, Copy)]
struct Reload(Callback<()>);
