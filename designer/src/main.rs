//! The browser app.

mod diagram;
mod rules;

fn main() {
    rules::warm();
}
