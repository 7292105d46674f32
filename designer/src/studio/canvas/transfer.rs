//! What the menu of [`files`](super::files) does, loaded when it is opened: BPMN 2.0 XML both ways, the drawing as a picture ([`picture`](super::picture)); and the draft compared
//! with what is live, on the canvas.

use std::sync::Arc;

use edit::FlowEdit;
use edit::diff;
use js_sys::{Function, Reflect};
use leptos::{prelude::*, task::spawn_local};
use runtime::model::flow::Flow;
use runtime::model::layout::Layout;
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::files::{Files, Several};
use super::picture::save;
use super::{Canvas, picture, words};
use crate::app::{Lang, Tone, app};
use crate::later;
use crate::rules::{self, Failure};
use crate::text::{self, Text, texts};
use crate::ui::dialog::Dialog;
use crate::ui::icon::icon;

texts! {
    IMPORT = "Import BPMN…", "导入 BPMN…";
    EXPORT = "Export BPMN", "导出 BPMN";
    EXPORT_SVG = "Picture (SVG)", "导出图片（SVG）";
    EXPORT_PNG = "Picture (PNG)", "导出图片（PNG）";
    PRINT = "Print…", "打印…";
    COMPARE = "Compare with the live version", "与线上版本比较";
    COMPARE_END = "Stop comparing", "结束比较";
    NOT_WRITTEN = "The file could not be written: {}", "无法写入文件：{}";
    NOT_READ = "The file could not be read: {}", "无法读取文件：{}";
    IMPORTED = "Imported: {} elements. Undo brings the old flow back.", "已导入 {} 个元素，可撤销。";
    IMPORTED_PART = "Imported. {} things of the file are kept but not executed.", "已导入。文件中有 {} 项会保留但不执行。";
    NO_XML = "line {}, column {} is no XML that can be read", "第 {} 行第 {} 列不是可读取的 XML";
    NO_BPMN = "it is no BPMN 2.0 file", "不是 BPMN 2.0 文件";
    NO_PROCESS = "there is no process in it", "文件中没有流程";
    LARGE = "it is too large", "文件过大";
    UNREADABLE = "something in it cannot be read", "其中有无法识别的内容";
    NOTHING_DIFFERS = "Nothing differs from the live version.", "与线上版本没有差异。";
    FLOW_IS_NEW = "This flow is not live yet.", "该流程尚未发布。";
}

#[derive(Deserialize)]
struct Imported {
    flow: Flow,
    layout: Layout,
    unsupported: Vec<(String, String)>,
    processes: Vec<(String, String)>,
    left_out: Vec<String>,
}

/// What the menu offers.
pub fn items(Files { canvas, open, input, .. }: Files) -> AnyView {
    let entry = move |name: &'static str, symbol: &'static str, text: Text, act: fn(Canvas)| {
        view! {
            <button type="button" class="menu-item" data-act=name on:click=move |_| { open.set(false); act(canvas); }>{icon(symbol)}{text.get()}</button>
        }
    };
    view! {
        {entry("export-bpmn", "download", EXPORT, export)}
        {entry("export-svg", "download", EXPORT_SVG, picture::svg)}
        {entry("export-png", "download", EXPORT_PNG, picture::png)}
        {entry("print", "external", PRINT, picture::print)}
        <button type="button" class="menu-item" on:click=move |_| { open.set(false); if let Some(it) = input.get_untracked() { it.click(); } }>{icon("upload")}{IMPORT.get()}</button>
        <button type="button" class="menu-item" data-act="compare" on:click=move |_| { open.set(false); compare(canvas); }>{icon("columns")}
            {move || if canvas.diff.with(Option::is_some) { COMPARE_END.read() } else { COMPARE.read() }}</button>
    }
    .into_any()
}

/// Which process of a file with several is meant.
pub fn processes(Files { canvas, several, choosing, .. }: Files) -> AnyView {
    view! { <Dialog open=choosing title=words::WHICH_PROCESS>{move || several.get_value().map(|it| which(canvas, it, choosing))}</Dialog> }.into_any()
}

/// The processes of a file to choose from.
fn which(canvas: Canvas, it: Several, open: RwSignal<bool>) -> impl IntoView {
    let chosen = RwSignal::new(it.processes.first().map(|it| it.0.clone()).unwrap_or_default());
    let rows = it
        .processes
        .iter()
        .cloned()
        .map(|(id, name)| {
            let (value, key) = (id.clone(), id.clone());
            view! {
                <label class="choice-row"><input type="radio" name="process" value=value prop:checked=move || chosen.get() == key
                    on:change=move |_| chosen.set(id.clone())/><span>{name}</span></label>
            }
        })
        .collect_view();
    let xml = it.xml;
    let take = move |_| {
        open.set(false);
        let (xml, process) = (xml.clone(), chosen.get_untracked());
        spawn_local(async move {
            match read(&xml, Some(&process)).await {
                Ok(it) => put(canvas, it),
                Err(it) => app().toast(Tone::Bad, NOT_READ.fill_now(&[&why(&it)])),
            }
        });
    };
    view! {
        <div class="body"><p class="faint">{words::WHICH_PROCESS_HELP.get()}</p>
        <fieldset class="choice-rows"><legend class="unseen">{words::WHICH_PROCESS.get()}</legend>{rows}</fieldset></div>
        <footer>
            <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
            <button type="button" class="button primary" data-act="take-process" on:click=take>{words::TAKE_PROCESS.get()}</button>
        </footer>
    }
}

async fn read(xml: &str, process: Option<&str>) -> Result<Imported, Failure> {
    rules::call::<_, Imported>("flow.import", &json!({ "xml": xml, "process": process })).await
}

fn put(canvas: Canvas, it: Imported) {
    // A file may come without a drawing.
    later::laid_out(move || laid(canvas, it));
}

fn laid(canvas: Canvas, it: Imported) {
    let count = it.flow.all().len();
    if !canvas.edit(FlowEdit::Import { flow: Box::new(it.flow), layout: Box::new(it.layout) }) {
        return;
    }
    canvas.fit();
    let said = match it.unsupported.len() {
        0 => IMPORTED.fill_now(&[&count.to_string()]),
        kept => IMPORTED_PART.fill_now(&[&kept.to_string()]),
    };
    app().toast(Tone::Good, said);
    if !it.left_out.is_empty() {
        app().toast(Tone::Info, words::LEFT_OUT.fill_now(&[&it.left_out.join(", ")]));
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
        Failure::Refused(_, message) => said(message),
        Failure::Unavailable | Failure::Timeout => text::OFFLINE.now().to_owned(),
    }
}

/// Why a file is none of ours. The reader says it in English, with more in it than anybody else needs.
fn said(message: &str) -> String {
    let place = message.strip_prefix("line ").and_then(|it| it.split_once(':')?.0.split_once(", column "));
    match place {
        _ if app().lang.get_untracked() == Lang::En => message.to_owned(),
        Some((line, column)) => NO_XML.fill_now(&[line, column]),
        None if message.contains("BPMN") => NO_BPMN.now().to_owned(),
        None if message.starts_with("expected a process") => NO_PROCESS.now().to_owned(),
        None if message.starts_with("expected at most") => LARGE.now().to_owned(),
        None => UNREADABLE.now().to_owned(),
    }
}

/// Reads a file in.
pub fn import(Files { canvas, several, choosing, .. }: Files, file: JsValue) {
    spawn_local(async move {
        let text = async {
            let read: Function = Reflect::get(&file, &"text".into()).ok()?.dyn_into().ok()?;
            let promise: js_sys::Promise = read.call0(&file).ok()?.dyn_into().ok()?;
            JsFuture::from(promise).await.ok()?.as_string()
        };
        let Some(xml) = text.await else { return };
        match read(&xml, None).await {
            Ok(it) if it.processes.len() > 1 => {
                several.set_value(Some(Several { xml, processes: it.processes }));
                choosing.set(true);
            }
            Ok(it) => put(canvas, it),
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
            Err(it) => app().toast(Tone::Bad, NOT_WRITTEN.fill_now(&[&why(&it)])),
        }
    });
}
