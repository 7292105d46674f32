//! How much room a text needs. No font is at hand: letters are as wide as in a sans serif of 12 pixels, roughly and rather too
//! wide than too narrow.

/// Height of a line.
pub const LINE: f64 = 14.0;
/// Widest label beside a shape or a line.
pub const LABEL: f64 = 96.0;
/// Lines of a label that are shown; more is nobody's label.
const LINES: usize = 12;

/// Width of a text on one line.
fn width(text: &str) -> f64 {
    text.chars()
        .map(|it| if it < '\u{2e80}' { if "iljtf.,:;'|!() ".contains(it) { 4.2 } else { 7.0 } } else { 12.5 })
        .sum()
}

/// Lines and width of a text wrapped at `most` pixels, between words or, where a word is too long, inside it.
fn wrapped(text: &str, most: f64) -> (usize, f64) {
    let (mut lines, mut widest) = (0, 0.0_f64);
    for paragraph in text.lines() {
        let mut line = 0.0;
        lines += 1;
        for word in paragraph.split_whitespace() {
            let word = width(word);
            let space = if line > 0.0 { 4.2 } else { 0.0 };
            if line + space + word <= most {
                line += space + word;
            } else if word <= most {
                if line > 0.0 {
                    lines += 1;
                }
                line = word;
            } else {
                let whole = line + space + word;
                lines += (whole / most).floor() as usize;
                widest = most;
                line = whole % most;
            }
            widest = widest.max(line);
        }
        if lines >= LINES {
            break;
        }
    }
    (lines.clamp(1, LINES), widest)
}

/// Width and height of a label; `None`: there is nothing to show.
pub fn label(text: &str) -> Option<(f64, f64)> {
    if text.trim().is_empty() {
        return None;
    }
    let (lines, width) = wrapped(text.trim(), LABEL);
    Some((width.ceil().max(10.0), lines as f64 * LINE))
}

/// Size of a task with its name inside.
pub fn task(name: &str) -> (f64, f64) {
    [(100.0, 80.0), (130.0, 80.0), (160.0, 90.0)]
        .into_iter()
        .find(|(width, height)| wrapped(name, width - 14.0).0 as f64 * LINE <= height - 22.0)
        .unwrap_or((180.0, 110.0))
}

/// Size of a note with its text inside.
pub fn note(text: &str) -> (f64, f64) {
    let (lines, width) = wrapped(text, 150.0);
    (width.clamp(60.0, 150.0).ceil() + 14.0, (lines as f64 * LINE + 10.0).max(30.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_wrap_and_end() {
        assert_eq!(label("  "), None);
        assert_eq!(label("yes").map(|it| it.1), Some(LINE));
        assert_eq!(label("approved by the head of the department").map(|it| it.1), Some(3.0 * LINE));
        assert!(label(&"x".repeat(100_000)).is_some_and(|it| it.1 <= 12.0 * LINE && it.0 <= LABEL));
    }
}
