//! What a person does to the board. Its meaning is loaded after the drawing ([`super::hand`]): a gesture that comes before it waits.

use runtime::model::layout::Point;
use web_sys::{KeyboardEvent, PointerEvent};

/// Something done to the board, and where on the canvas.
#[derive(Clone, Debug)]
pub enum Gesture {
    Press(PointerEvent, Point),
    Drag(PointerEvent, Option<Point>),
    Lift(PointerEvent, Option<Point>),
    /// The pointer is taken away by the browser.
    Gone(PointerEvent),
    /// What can be done with what lies there.
    Menu(Point),
    /// A name is to be written.
    Name(Point),
    Key(KeyboardEvent),
    /// A text from the clipboard.
    Paste(String),
    /// The layout anew: of these nodes, or of everything.
    Arrange(Vec<String>),
    /// What is selected goes.
    Delete,
}

impl Gesture {
    /// The board takes such a key, and the browser shall not.
    pub fn keeps(event: &KeyboardEvent) -> bool {
        let key = event.key();
        if event.is_composing() {
            return false;
        }
        if event.ctrl_key() || event.meta_key() {
            return key.starts_with("Arrow")
                || matches!(key.as_str(), "z" | "Z" | "y" | "a" | "d" | "f" | "0" | "+" | "=" | "-");
        }
        let named = matches!(key.as_str(), "Escape" | "Delete" | "Backspace" | "F2" | "Enter" | "Home");
        named || key.starts_with("Arrow") || "eanrtgcbhls".contains(&key)
    }
}
