//! Files in and out: BPMN 2.0 XML both ways, the drawing as SVG; and the draft compared with what is live, on the canvas.

use std::sync::Arc;

use edit::FlowEdit;
use edit::diff;
use js_sys::{Array, Function, Object, Reflect};
use leptos::{ev, html, prelude::*, task::spawn_local};
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Canvas;
use crate::app::{Tone, app};
use crate::rules::{self, Failure};
use crate::text::{self, texts};
use crate::ui::icon::icon;
use crate::ui::menu::Pop;

texts! {
    IMPORT = "Import BPMN…", "导入 BPMN…";
    EXPORT = "Export BPMN", "导出 BPMN";
    EXPORT_SVG = "Picture (SVG)", "导出图片（SVG）";
    COMPARE = "Compare with the live version", "与线上版本比较";
    COMPARE_END = "Stop comparing", "结束比较";
    NOT_READ = "The file could not be read: {}", "无法读取文件：{}";
    IMPORTED = "Imported: {} elements. Undo brings the old flow back.", "已导入 {} 个元素，可撤销。";
    IMPORTED_PART = "Imported. {} things of the file are kept but not executed.", "已导入。文件中有 {} 项会保留但不执行。";
    NOTHING_DIFFERS = "Nothing differs from the live version.", "与线上版本没有差异。";
    FLOW_IS_NEW = "This flow is not live yet.", "该流程尚未发布。";
    FILES = "Import, export, compare", "导入、导出、比较";
}

#[derive(Deserialize)]
struct Imported {
    flow: Flow,
    layout: Layout,
    unsupported: Vec<(String, String)>,
}

/// The button with the menu.
#[component]
pub fn Menu(canvas: Canvas) -> impl IntoView {
    let open = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let chosen = move |event: ev::Event| {
        let files = Reflect::get(&event_target::<JsValue>(&event), &"files".into());
        let file = files.and_then(|it| Reflect::get(&it, &0.into()));
        if let Some(it) = input.get_untracked() {
            // Choosing the same file again is a change, too.
            if let Ok(file) = file
                && !file.is_undefined()
            {
                import(canvas, file);
            }
            it.set_value("");
        }
    };
    let button = ViewFn::from(|| icon("more"));
    view! {
        <input type="file" class="unseen" accept=".bpmn,.xml" tabindex="-1" aria-hidden="true" node_ref=input on:change=chosen data-act="import-file"/>
        <Pop label=Signal::derive(|| FILES.read().to_owned()) class="button plain icon-only" side="right" open=open button=button>
            <button type="button" class="menu-item" data-act="export-bpmn" on:click=move |_| { open.set(false); export(canvas); }>{icon("download")}{EXPORT.get()}</button>
            <button type="button" class="menu-item" data-act="export-svg" on:click=move |_| { open.set(false); picture(canvas); }>{icon("download")}{EXPORT_SVG.get()}</button>
            <button type="button" class="menu-item" on:click=move |_| { open.set(false); if let Some(it) = input.get_untracked() { it.click(); } }>{icon("upload")}{IMPORT.get()}</button>
            <button type="button" class="menu-item" data-act="compare" on:click=move |_| { open.set(false); compare(canvas); }>{icon("columns")}
                {move || if canvas.diff.with(Option::is_some) { COMPARE_END.read() } else { COMPARE.read() }}</button>
        </Pop>
    }
}

/// The drawing with what differs from the live version marked.
fn compare(canvas: Canvas) {
    if canvas.diff.with_untracked(Option::is_some) {
        return canvas.diff.set(None);
    }
    let key = canvas.key.get_value();
    let found = canvas.desk.document.with_untracked(|it| {
        let (flow, layout) = it.live_flow(&key)?;
        Some(diff::diff((&flow, layout.as_ref()), (it.flow(&key)?, it.layout(&key).map(Arc::as_ref))))
    });
    match found {
        None => app().toast(Tone::Info, FLOW_IS_NEW.now()),
        Some(it) if it.is_empty() => app().toast(Tone::Info, NOTHING_DIFFERS.now()),
        Some(it) => canvas.diff.set(Some(it)),
    }
}

fn why(it: &Failure) -> String {
    match it {
        Failure::Refused(_, message) => message.clone(),
        Failure::Unavailable | Failure::Timeout => text::OFFLINE.now().to_owned(),
    }
}

fn import(canvas: Canvas, file: JsValue) {
    spawn_local(async move {
        let text = async {
            let read: Function = Reflect::get(&file, &"text".into()).ok()?.dyn_into().ok()?;
            let promise: js_sys::Promise = read.call0(&file).ok()?.dyn_into().ok()?;
            JsFuture::from(promise).await.ok()?.as_string()
        };
        let Some(xml) = text.await else { return };
        match rules::call::<_, Imported>("flow.import", &json!({ "xml": xml })).await {
            Ok(it) => {
                let count = it.flow.all().len();
                if canvas.edit(FlowEdit::Import { flow: Box::new(it.flow), layout: Box::new(it.layout) }) {
                    canvas.fit();
                    let words = match it.unsupported.len() {
                        0 => IMPORTED.fill_now(&[&count.to_string()]),
                        kept => IMPORTED_PART.fill_now(&[&kept.to_string()]),
                    };
                    app().toast(Tone::Good, words);
                }
            }
            Err(it) => app().toast(Tone::Bad, NOT_READ.fill_now(&[&why(&it)])),
        }
    });
}

fn export(canvas: Canvas) {
    let key = canvas.key.get_value();
    let both = canvas.desk.document.with_untracked(|it| {
        let flow = it.flow(&key)?.clone();
        let layout = it
            .layout(&key)
            .map_or_else(|| Layout { format: 1, diagrams: vec![it.diagram(&key)] }, |it| it.as_ref().clone());
        Some((flow, layout))
    });
    let Some((flow, layout)) = both else { return };
    spawn_local(async move {
        match rules::call::<_, String>("flow.export", &json!({ "flow": flow.as_ref(), "layout": layout })).await {
            Ok(xml) => save(&format!("{key}.bpmn"), "application/xml", &xml),
            Err(it) => app().toast(Tone::Bad, NOT_READ.fill_now(&[&why(&it)])),
        }
    });
}

/// The drawing as it is, with the colours it has on the screen.
fn picture(canvas: Canvas) {
    let Some(board) = canvas.board.get_untracked() else { return };
    let Ok(Some(svg)) = board.query_selector("svg.studio-svg") else { return };
    let Ok(Some(group)) = svg.query_selector("g") else { return };
    // Classes mean nothing in a file of its own: each shape takes its look along.
    let copy: web_sys::Element = match group.clone_node_with_deep(true).map(JsCast::dyn_into) {
        Ok(Ok(it)) => it,
        _ => return,
    };
    let look = |from: &web_sys::Element, to: &web_sys::Element| {
        let Some(window) = web_sys::window() else { return };
        let Ok(compute) = Reflect::get(&window, &"getComputedStyle".into()).and_then(JsCast::dyn_into::<Function>)
        else {
            return;
        };
        let Ok(now) = compute.call1(&window, from) else { return };
        for name in [
            "fill",
            "stroke",
            "stroke-width",
            "stroke-dasharray",
            "stroke-linecap",
            "stroke-linejoin",
            "font-family",
            "font-size",
            "font-weight",
            "text-anchor",
            "paint-order",
            "opacity",
            "fill-opacity",
        ] {
            let read = Reflect::get(&now, &"getPropertyValue".into()).and_then(JsCast::dyn_into::<Function>);
            if let Some(value) =
                read.ok().and_then(|it| it.call1(&now, &name.into()).ok()).and_then(|it| it.as_string())
            {
                let _ = to.set_attribute(name, &value);
            }
        }
    };
    let all = "path, rect, circle, text";
    if let (Ok(from), Ok(to)) = (group.query_selector_all(all), copy.query_selector_all(all)) {
        for at in 0..from.length().min(to.length()) {
            if let (Some(a), Some(b)) = (from.item(at), to.item(at)) {
                look(a.unchecked_ref(), b.unchecked_ref());
            }
        }
    }
    for css in [".edge-hit", ".hit", ".chosen", ".corner", ".alert-dot"] {
        if let Ok(list) = copy.query_selector_all(css) {
            for at in 0..list.length() {
                if let Some(it) = list.item(at) {
                    it.unchecked_ref::<web_sys::Element>().remove();
                }
            }
        }
    }
    let _ = copy.remove_attribute("transform");
    let whole = canvas.scene.with_untracked(|it| it.bounds.grown(20.0));
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{:.0} {:.0} {:.0} {:.0}\" width=\"{:.0}\" height=\"{:.0}\">{}</svg>",
        whole.x,
        whole.y,
        whole.width,
        whole.height,
        whole.width,
        whole.height,
        copy.outer_html()
    );
    save(&format!("{}.svg", canvas.key.get_value()), "image/svg+xml", &text);
}

/// Offers a text as a file.
fn save(name: &str, kind: &str, text: &str) {
    let made = || -> Result<(), JsValue> {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &kind.into())?;
        let blob: Function = Reflect::get(&window, &"Blob".into())?.dyn_into()?;
        let parts: JsValue = Array::of1(&Array::of1(&text.into())).into();
        let arguments = parts.dyn_into::<Array>()?;
        arguments.push(&options);
        let blob = Reflect::construct(&blob, &arguments)?;
        let url = Reflect::get(&window, &"URL".into())?;
        let create: Function = Reflect::get(&url, &"createObjectURL".into())?.dyn_into()?;
        let address = create.call1(&url, &blob)?;
        let link = document().create_element("a")?;
        link.set_attribute("href", &address.as_string().unwrap_or_default())?;
        link.set_attribute("download", name)?;
        link.unchecked_ref::<web_sys::HtmlElement>().click();
        let revoke: Function = Reflect::get(&url, &"revokeObjectURL".into())?.dyn_into()?;
        set_timeout(move || drop(revoke.call1(&url, &address)), std::time::Duration::from_secs(10));
        Ok(())
    };
    if let Err(it) = made() {
        leptos::logging::warn!("the file was not made: {it:?}");
    }
}
