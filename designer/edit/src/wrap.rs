//! Breaking names into lines. Widths are estimated (a Chinese character is as wide as the font is high, a Latin
//! one a little over half): SVG knows no wrapping, and measuring in the browser would cost a layout per name.

/// Estimated width of a text.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|it| advance(it) * size).sum()
}

fn advance(it: char) -> f64 {
    match it {
        'i' | 'l' | 'j' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.28,
        'f' | 't' | 'r' | '(' | ')' | '-' | ' ' | '/' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.86,
        'A'..='Z' | '&' => 0.66,
        it if (it as u32) >= 0x2E80 => 1.0,
        _ => 0.55,
    }
}

fn wide(it: char) -> bool {
    (it as u32) >= 0x2E80
}

/// Lines no wider than `max`; words stay whole where they can, Chinese breaks anywhere. What does not fit in
/// `lines` lines ends with an ellipsis.
pub fn wrap(text: &str, size: f64, max: f64, lines: usize) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let candidate = width(&line, size) + width(piece.trim_end(), size);
        if !line.is_empty() && candidate > max {
            done.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        if width(piece, size) <= max {
            line.push_str(if line.is_empty() { piece.trim_start() } else { piece });
            continue;
        }
        // A single word that is too long breaks between characters.
        for it in piece.chars() {
            if width(&line, size) + advance(it) * size > max && !line.is_empty() {
                done.push(std::mem::take(&mut line));
            }
            line.push(it);
        }
    }
    if !line.trim().is_empty() {
        done.push(line.trim_end().to_owned());
    }
    if done.len() > lines {
        done.truncate(lines);
        if let Some(last) = done.last_mut() {
            while !last.is_empty() && width(last, size) + size > max {
                last.pop();
            }
            last.push('…');
        }
    }
    done
}

/// Words with the space after them; every wide character on its own.
fn pieces(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, it) in text.char_indices() {
        let cut = before.is_some_and(|before| {
            (before.is_whitespace() && !it.is_whitespace()) || wide(before) || (wide(it) && !before.is_whitespace())
        });
        // Closing punctuation stays with what it closes.
        if cut && !"，。、：；！？）》」".contains(it) {
            found.push(&text[from..at]);
            from = at;
        }
        before = Some(it);
    }
    if from < text.len() {
        found.push(&text[from..]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_chinese_breaks_anywhere() {
        assert_eq!(wrap("Check the contract", 12.0, 60.0, 3), ["Check the", "contract"]);
        assert_eq!(wrap("客户经理审批合同", 12.0, 50.0, 3), ["客户经理", "审批合同"]);
        assert_eq!(wrap("", 12.0, 50.0, 3), Vec::<String>::new());
    }

    #[test]
    fn too_much_ends_with_an_ellipsis() {
        let lines = wrap("one two three four five six seven", 12.0, 40.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert_eq!(wrap("Donaudampfschifffahrt", 12.0, 50.0, 9).concat(), "Donaudampfschifffahrt");
    }
}
