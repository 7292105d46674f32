//! Being told when an element becomes another size.

use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    type ResizeObserver;
    #[wasm_bindgen(constructor)]
    fn new(heard: &Function) -> ResizeObserver;
    #[wasm_bindgen(method)]
    fn observe(this: &ResizeObserver, element: &Element);
    #[wasm_bindgen(method)]
    fn disconnect(this: &ResizeObserver);
}

/// Watches elements as long as the owner it was made under lives.
pub struct Watch {
    observer: ResizeObserver,
    /// Called by the observer; gone with it.
    _heard: Closure<dyn FnMut()>,
}

impl Watch {
    /// Calls `heard` whenever one of the watched elements has become another size, and when one begins to be watched. The page is laid
    /// out then: asking for a size costs nothing.
    pub fn new(heard: impl FnMut() + 'static) -> StoredValue<Watch, LocalStorage> {
        let heard = Closure::<dyn FnMut()>::new(heard);
        let observer = ResizeObserver::new(heard.as_ref().unchecked_ref());
        StoredValue::new_local(Watch { observer, _heard: heard })
    }

    /// Watches this one too.
    pub fn on(&self, element: &Element) {
        self.observer.observe(element);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
