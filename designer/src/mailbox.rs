//! Where the rule engine's worker lays its answers, so that the page finds them whenever it looks. A message waits for its turn, and
//! after a key or a click the browser paints first; what lies in memory that both see can be shown in that same picture.
//!
//! The memory: two words of 32 bits, then the text in UTF-8. The first word is the length of the text that lies there, 0 for none: the
//! worker sets it last, the page clears it. The second says how many answers had gone as messages before it (they were too long, or the
//! box was full), so that it is not read before those. After every text that it lays down the worker sends an empty message, for a
//! page that does not look by itself. The other side is `designer/rules/worker.js`.

use js_sys::{Atomics, Int32Array, Reflect, SharedArrayBuffer, Uint8Array, global};
use wasm_bindgen::prelude::*;

/// Bytes of text that fit; longer answers come as messages.
const ROOM: u32 = 256 * 1024;
/// Bytes of the words before it.
const HEAD: u32 = 8;

/// The page's side.
pub struct Mailbox {
    memory: SharedArrayBuffer,
    words: Int32Array,
    text: Uint8Array,
    /// Answers that came as messages.
    messages: i32,
}

impl Mailbox {
    /// None where the browser shares no memory: the page was not sent by https, or without the headers that set it apart.
    pub fn new() -> Option<Self> {
        let apart = Reflect::get(&global(), &JsValue::from_str("crossOriginIsolated")).ok()?;
        if !apart.is_truthy() {
            return None;
        }
        let memory = SharedArrayBuffer::new(HEAD + ROOM);
        let words = Int32Array::new_with_byte_offset_and_length(&memory, 0, 2);
        let text = Uint8Array::new_with_byte_offset(&memory, HEAD);
        Some(Mailbox { memory, words, text, messages: 0 })
    }

    /// What the worker is sent to know it.
    pub fn memory(&self) -> &JsValue {
        &self.memory
    }

    /// A message with an answer has come.
    pub fn count(&mut self) {
        self.messages = self.messages.wrapping_add(1);
    }

    /// Takes out the answer that lies there, if it is the next.
    pub fn take(&self) -> Option<String> {
        let length = Atomics::load(&self.words, 0).ok()?;
        if length <= 0 || Atomics::load(&self.words, 1).ok()? != self.messages {
            return None;
        }
        let bytes = self.text.subarray(0, length as u32).to_vec();
        Atomics::store(&self.words, 0, 0).ok()?;
        String::from_utf8(bytes).ok()
    }
}
