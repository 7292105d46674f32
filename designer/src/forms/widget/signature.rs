//! A signature: drawn with finger, pen or mouse, or, for whoever cannot draw, the name as it is typed. It is kept as a
//! picture like any other attached file. The canvas is spoken to by name, as an upload is: few forms have one.

use ::api::Problem;
use ::api::file::FileInfo;
use js_sys::{Function, Reflect};
use leptos::{ev, html, prelude::*};
use serde_json::Value;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::Input;
use crate::module::plain;
use crate::text::texts;
use crate::ui::problem;
use crate::ui::upload::{self, Chosen};

texts! {
    SIGN_HERE = "Sign here", "请在此签名";
    SIGN_TYPED = "Or type your name", "或输入姓名";
    SIGN_KEEP = "Use this signature", "使用此签名";
    SIGN_AGAIN = "Sign anew", "重新签名";
    SIGN_CLEAR = "Clear", "清除";
    SIGNED = "Signature", "签名";
}

/// The area, in units of the drawing and pixels of the picture.
const WIDE: f64 = 600.0;
const HIGH: f64 = 200.0;

type Stroke = Vec<(f64, f64)>;

pub fn signature(input: Input) -> AnyView {
    let strokes = RwSignal::new(Vec::<Stroke>::new());
    let drawing = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(false);
    let [root, area] = [(); 2].map(|()| NodeRef::<html::Div>::new());
    let given = move || Some(plain(&input.value.get())).filter(|it| !it.is_empty());
    let at = move |event: &ev::PointerEvent| {
        let area = area.get_untracked()?.get_bounding_client_rect();
        let part =
            |value: f64, from: f64, size: f64, whole: f64| ((value - from) / size.max(1.0)).clamp(0.0, 1.0) * whole;
        Some((
            part(f64::from(event.client_x()), area.left(), area.width(), WIDE),
            part(f64::from(event.client_y()), area.top(), area.height(), HIGH),
        ))
    };
    let down = move |event: ev::PointerEvent| {
        let Some(point) = at(&event).filter(|_| !input.readonly.get_untracked()) else { return };
        event.prevent_default();
        if let Some(area) = area.get_untracked() {
            let _ = area.set_pointer_capture(event.pointer_id());
        }
        drawing.set(true);
        typed.set(String::new());
        strokes.update(|it| it.push(vec![point]));
    };
    let go = move |event: ev::PointerEvent| {
        let few =
            strokes.with_untracked(|it| it.iter().map(Vec::len).sum::<usize>()) < runtime::limits::SIGNATURE_POINTS;
        if let Some(point) = at(&event).filter(|_| few && drawing.get_untracked()) {
            strokes.update(|it| {
                if let Some(stroke) = it.last_mut() {
                    stroke.push(point);
                }
            });
        }
    };
    let blank = move || strokes.with(Vec::is_empty) && typed.with(|it| it.trim().is_empty());
    let done = Callback::new(move |answer: Result<FileInfo, Problem>| {
        // The form may be gone by now.
        if input.form.sending.try_update(|it| *it = it.saturating_sub(1)).is_none() {
            return;
        }
        busy.set(false);
        match answer {
            Ok(info) => {
                input.form.labels.update(|it| {
                    it.insert(info.id.clone(), info.label.clone());
                });
                input.set.run(Value::String(info.id));
                strokes.set(Vec::new());
                typed.set(String::new());
                input.leave();
            }
            Err(why) => fault.set(Some(why)),
        }
    });
    let keep = move || {
        if busy.get_untracked() || untrack(blank) {
            return;
        }
        fault.set(None);
        busy.set(true);
        input.form.sending.update(|it| *it += 1);
        let name = typed.get_untracked();
        let sent = Callback::new(move |file: Option<Chosen>| match file {
            Some(file) => drop(upload::send(&file, Callback::new(|_| {}), done)),
            None => done.run(Err(Problem::default())),
        });
        if picture(&strokes.get_untracked(), name.trim(), sent).is_none() {
            done.run(Err(Problem::default()));
        }
    };
    // Whoever goes on to something else has signed: nothing drawn is lost for want of a button.
    let handle = window_event_listener(ev::pointerdown, move |event| {
        let at = event.target().and_then(|it| it.dyn_into::<web_sys::Node>().ok());
        if root.get_untracked().is_some_and(|it| !it.contains(at.as_ref())) {
            keep();
        }
    });
    on_cleanup(move || handle.remove());
    input.form.before_saving(Callback::new(move |()| keep()));
    let line = |stroke: &Stroke| {
        // A dot is a line that goes nowhere.
        let last = stroke.last().filter(|_| stroke.len() == 1);
        stroke.iter().chain(last).map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    };
    let shown = move |id: String| {
        view! {
            <div class="row wrap"><img class="signature-shown" src=format!("/api/files/{id}?show=true") alt=SIGNED.get()/>
                <button type="button" class="button small" hidden=move || input.readonly.get() on:click=move |_| input.set.run(Value::Null)>{SIGN_AGAIN.get()}</button></div>
        }
    };
    let draw = move || {
        view! {
            <div class="signature-area" node_ref=area id=input.id.get_value() tabindex="-1" role="img" aria-label=SIGN_HERE.get()
                on:pointerdown=down on:pointermove=go on:pointerup=move |_| drawing.set(false) on:pointercancel=move |_| drawing.set(false)>
                <svg viewBox=format!("0 0 {WIDE} {HIGH}") aria-hidden="true">
                    {move || strokes.with(|it| it.iter().map(|it| view! { <polyline points=line(it)/> }).collect_view())}
                </svg>
                <span class="signature-hint" hidden=move || !blank()>{SIGN_HERE.get()}</span>
            </div>
            <label class="row wrap"><span class="faint">{SIGN_TYPED.get()}</span>
                <input class="input fit" type="text" maxlength="60" autocomplete="name" prop:value=move || typed.get() on:input=move |event| {
                    strokes.set(Vec::new());
                    typed.set(event_target_value(&event));
                } on:change=move |_| keep()/></label>
            <div class="row wrap">
                <button type="button" class="button small" class:busy=busy disabled=blank on:click=move |_| keep()>{SIGN_KEEP.get()}</button>
                <button type="button" class="button plain small" hidden=blank on:click=move |_| {
                    strokes.set(Vec::new());
                    typed.set(String::new());
                }>{SIGN_CLEAR.get()}</button>
            </div>
            {problem::banner(fault, None)}
        }
    };
    view! {
        <div class="signature stack tight" node_ref=root aria-describedby=input.aria_describedby()>
            {move || match given() {
                Some(id) => shown(id).into_any(),
                None => draw().into_any(),
            }}
        </div>
    }
    .into_any()
}

/// Strokes, or a name, as a picture with nothing behind it; none: this browser draws none.
fn picture(strokes: &[Stroke], name: &str, then: Callback<Option<Chosen>>) -> Option<()> {
    let canvas: JsValue = document().create_element("canvas").ok()?.into();
    let set = |on: &JsValue, key: &str, value: JsValue| Reflect::set(on, &key.into(), &value).ok();
    set(&canvas, "width", WIDE.into())?;
    set(&canvas, "height", HIGH.into())?;
    let pen = call(&canvas, "getContext", &["2d".into()])?;
    // Ink on paper: read in the dark as well, and printed.
    set(&pen, "fillStyle", "#ffffff".into())?;
    call(&pen, "fillRect", &[0.into(), 0.into(), WIDE.into(), HIGH.into()])?;
    set(&pen, "strokeStyle", "#101828".into())?;
    set(&pen, "fillStyle", "#101828".into())?;
    set(&pen, "lineWidth", 3.into())?;
    set(&pen, "lineCap", "round".into())?;
    set(&pen, "lineJoin", "round".into())?;
    for stroke in strokes {
        call(&pen, "beginPath", &[])?;
        for (index, (x, y)) in stroke.iter().enumerate() {
            let name = if index == 0 { "moveTo" } else { "lineTo" };
            call(&pen, name, &[(*x).into(), (*y).into()])?;
        }
        if let [(x, y)] = stroke.as_slice() {
            call(&pen, "lineTo", &[(*x).into(), (*y).into()])?;
        }
        call(&pen, "stroke", &[])?;
    }
    if strokes.is_empty() {
        set(&pen, "font", "italic 64px serif".into())?;
        set(&pen, "textBaseline", "middle".into())?;
        call(&pen, "fillText", &[name.into(), 24.into(), (HIGH / 2.0).into(), (WIDE - 48.0).into()])?;
    }
    let made = Closure::once_into_js(move |blob: JsValue| {
        then.run(Chosen::made(blob, &format!("{}.png", SIGNED.now())));
    });
    call(&canvas, "toBlob", &[made, "image/png".into()])?;
    Some(())
}

fn call(on: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = Reflect::get(on, &name.into()).ok()?.dyn_into().ok()?;
    function.apply(on, &arguments.iter().collect()).ok()
}
