//! The browser app.

mod rules;

fn main() {
    rules::warm();
}
