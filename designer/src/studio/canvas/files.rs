//! The menu of what a flow is written to and read from. What it does is loaded when it is opened ([`super::transfer`]).

use js_sys::Reflect;
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsValue;

use super::Canvas;
use crate::later;
use crate::studio::bar::once;
use crate::text::texts;
use crate::ui::icon::icon;
use crate::ui::menu::Pop;

texts! {
    FILES = "Import, export, compare", "导入、导出、比较";
}

/// The menu; a bundle of signals.
#[derive(Clone, Copy)]
pub struct Files {
    pub canvas: Canvas,
    pub open: RwSignal<bool>,
    /// A file that was read and has several processes.
    pub several: StoredValue<Option<Several>>,
    /// One of them is to be chosen.
    pub choosing: RwSignal<bool>,
    /// What asks for a file.
    pub input: NodeRef<html::Input>,
}

/// A file with several processes, of which one has to be chosen.
#[derive(Clone)]
pub struct Several {
    pub xml: String,
    pub processes: Vec<(String, String)>,
}

/// The button with the menu.
#[component]
pub fn Menu(canvas: Canvas) -> impl IntoView {
    let files = Files {
        canvas,
        open: RwSignal::new(false),
        several: StoredValue::new(None),
        choosing: RwSignal::new(false),
        input: NodeRef::new(),
    };
    let chosen = move |event: ev::Event| {
        let list = Reflect::get(&event_target::<JsValue>(&event), &"files".into());
        let file = list.and_then(|it| Reflect::get(&it, &0.into()));
        if let Some(it) = files.input.get_untracked() {
            // Choosing the same file again is a change, too.
            if let Ok(file) = file
                && !file.is_undefined()
            {
                later::import_file(files, file);
            }
            it.set_value("");
        }
    };
    let button = ViewFn::from(|| icon("more"));
    view! {
        <input type="file" class="unseen" accept=".bpmn,.xml" tabindex="-1" aria-hidden="true" node_ref=files.input on:change=chosen data-act="import-file"/>
        <Pop label=Signal::derive(|| FILES.read().to_owned()) class="button plain icon-only" side="right" open=files.open button=button>
            {later::file_menu(files)}
        </Pop>
        {once(files.choosing, move || later::file_processes(files))}
    }
}
