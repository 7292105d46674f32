//! The browser app: workspace, portal and studio, drawn by Leptos on the client.
//!
//! Reading order: [`app`] (state everything shares) → [`nav`] (addresses) → [`api`] (the server) →
//! [`session`], [`shell`] (frame) → [`module`] (what a form and a list are made from), [`show`] (values
//! as people read them) → [`records`]. Parts used everywhere are in [`ui`], all words in [`text`]; parts that
//! only some people need are cut off and loaded by [`later`].
//! The rule engine is not here: [`rules`] talks to it in its worker.

mod account;
mod admin;
mod api;
mod app;
mod diagram;
mod forms;
mod inbox;
mod instances;
mod later;
mod live;
mod mailbox;
mod module;
mod nav;
mod notices;
mod palette;
mod part;
mod portal;
mod records;
mod rules;
mod session;
mod shell;
mod show;
mod studio;
mod text;
mod ui;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(shell::Root);
    rules::warm();
}
