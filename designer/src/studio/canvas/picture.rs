//! The drawing as a picture: SVG, PNG, on paper. Shapes take the look they have on the screen along, since classes mean
//! nothing outside the app.

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::Canvas;

/// The drawing as a text of its own.
struct Drawn {
    svg: String,
    width: f64,
    height: f64,
}

/// The drawing as it is, with the colours it has on the screen.
fn drawn(canvas: Canvas) -> Option<Drawn> {
    let board = canvas.board.get_untracked()?;
    let svg = board.query_selector("svg.studio-svg").ok()??;
    let group = svg.query_selector("g").ok()??;
    // Classes mean nothing in a file of its own: each shape takes its look along.
    let copy: web_sys::Element = match group.clone_node_with_deep(true).map(JsCast::dyn_into) {
        Ok(Ok(it)) => it,
        _ => return None,
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
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{:.0} {:.0} {:.0} {:.0}\" width=\"{:.0}\" height=\"{:.0}\">{}</svg>",
        whole.x,
        whole.y,
        whole.width,
        whole.height,
        whole.width,
        whole.height,
        copy.outer_html()
    );
    Some(Drawn { svg, width: whole.width, height: whole.height })
}

/// Offers it as SVG.
pub fn svg(canvas: Canvas) {
    if let Some(it) = drawn(canvas) {
        save(&format!("{}.svg", canvas.key.get_value()), "image/svg+xml", &it.svg);
    }
}

/// Offers it as PNG, twice as fine as on the screen where that is not too large for the browser.
pub fn png(canvas: Canvas) {
    let Some(it) = drawn(canvas) else { return };
    let name = format!("{}.png", canvas.key.get_value());
    if let Err(it) = rasterize(canvas, it, name) {
        leptos::logging::warn!("the picture was not made: {it:?}");
    }
}

/// Longest side of a picture; browsers refuse larger ones.
const LONGEST: f64 = 8_000.0;

fn rasterize(canvas: Canvas, it: Drawn, name: String) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let scale = (LONGEST / it.width.max(it.height)).min(2.0);
    let (width, height) = (it.width * scale, it.height * scale);
    let board = canvas.board.get_untracked().ok_or(JsValue::NULL)?;
    let compute: Function = Reflect::get(&window, &"getComputedStyle".into())?.dyn_into()?;
    let ground = Reflect::get(&compute.call1(&window, &board)?, &"backgroundColor".into())?;
    let make: Function = Reflect::get(&window, &"Image".into())?.dyn_into()?;
    let image = Reflect::construct(&make, &Array::new())?;
    let shown = image.clone();
    let loaded = Closure::once_into_js(move || {
        let draw = || -> Result<(), JsValue> {
            let sheet: JsValue = document().create_element("canvas")?.into();
            Reflect::set(&sheet, &"width".into(), &width.round().into())?;
            Reflect::set(&sheet, &"height".into(), &height.round().into())?;
            let pen = call(&sheet, "getContext", &["2d".into()])?;
            Reflect::set(&pen, &"fillStyle".into(), &ground)?;
            call(&pen, "fillRect", &[0.into(), 0.into(), width.into(), height.into()])?;
            call(&pen, "drawImage", &[shown.clone(), 0.into(), 0.into(), width.into(), height.into()])?;
            let done = Closure::once_into_js(move |blob: JsValue| {
                if let Err(it) = offer(&name, &blob) {
                    leptos::logging::warn!("the picture was not made: {it:?}");
                }
            });
            call(&sheet, "toBlob", &[done, "image/png".into()]).map(|_| ())
        };
        if let Err(it) = draw() {
            leptos::logging::warn!("the picture was not made: {it:?}");
        }
    });
    Reflect::set(&image, &"onload".into(), &loaded)?;
    let address = format!("data:image/svg+xml;charset=utf-8,{}", String::from(js_sys::encode_uri_component(&it.svg)));
    Reflect::set(&image, &"src".into(), &address.into())?;
    Ok(())
}

/// Prints the whole drawing on one sheet; the style sheet shows nothing else then.
pub fn print(canvas: Canvas) {
    let Some(it) = drawn(canvas) else { return };
    let made = || -> Result<(), JsValue> {
        let sheet = document().create_element("div")?;
        sheet.set_class_name("print-sheet");
        sheet.set_inner_html(&it.svg);
        let body = document().body().ok_or(JsValue::NULL)?;
        body.append_child(&sheet)?;
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let gone = Closure::once_into_js(move || sheet.remove());
        let once = Object::new();
        Reflect::set(&once, &"once".into(), &true.into())?;
        call(&window, "addEventListener", &["afterprint".into(), gone, once.into()])?;
        call(&window, "print", &[]).map(|_| ())
    };
    if let Err(it) = made() {
        leptos::logging::warn!("it was not printed: {it:?}");
    }
}

fn call(on: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(on, &name.into())?.dyn_into()?;
    function.apply(on, &arguments.iter().collect())
}

/// Offers a text as a file.
pub fn save(name: &str, kind: &str, text: &str) {
    let made = || -> Result<(), JsValue> {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &kind.into())?;
        let blob: Function = Reflect::get(&window, &"Blob".into())?.dyn_into()?;
        let parts: JsValue = Array::of1(&Array::of1(&text.into())).into();
        let arguments = parts.dyn_into::<Array>()?;
        arguments.push(&options);
        let blob = Reflect::construct(&blob, &arguments)?;
        offer(name, &blob)
    };
    if let Err(it) = made() {
        leptos::logging::warn!("the file was not made: {it:?}");
    }
}

/// Offers some content as a file.
fn offer(name: &str, blob: &JsValue) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let url = Reflect::get(&window, &"URL".into())?;
    let create: Function = Reflect::get(&url, &"createObjectURL".into())?.dyn_into()?;
    let address = create.call1(&url, blob)?;
    let link = document().create_element("a")?;
    link.set_attribute("href", &address.as_string().unwrap_or_default())?;
    link.set_attribute("download", name)?;
    link.unchecked_ref::<web_sys::HtmlElement>().click();
    let revoke: Function = Reflect::get(&url, &"revokeObjectURL".into())?.dyn_into()?;
    set_timeout(move || drop(revoke.call1(&url, &address)), std::time::Duration::from_secs(10));
    Ok(())
}
