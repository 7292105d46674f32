//! Breaking names into lines. Widths are known without asking the browser (a Chinese character is as wide as the font is
//! high, Latin letters as wide as in Inter, which the app brings): SVG knows no wrapping, and measuring costs a layout per name.

/// Width of a text in a font of this size, in the unit of the size; letters beyond ASCII and Chinese are estimated.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|it| advance(it) * size).sum()
}

/// How wide Inter's printable ASCII characters are, from the space on, in thousandths of the font's size.
#[rustfmt::skip]
const INTER: [u16; 95] = [
    281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 407, 610, 618,
    646, 593, 620, 566, 619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601, 590, 746,
    743, 269, 571, 672, 565, 903, 753, 765, 639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 629, 365,
    360, 365, 471, 456, 323, 562, 612, 571, 612, 583, 370, 613, 591, 242, 242, 549, 242, 876, 591, 600,
    612, 612, 376, 528, 327, 591, 562, 818, 546, 562, 552, 426, 333, 426, 662,
];

fn advance(it: char) -> f64 {
    match it {
        ' '..='~' => f64::from(INTER[it as usize - ' ' as usize]) / 1000.0,
        it if wide(it) => 1.0,
        _ => 0.6,
    }
}

fn wide(it: char) -> bool {
    (it as u32) >= 0x2E80
}

/// Width of the longest piece that stays whole: a label beside a shape may be so wide, rather than break a word.
pub fn longest(text: &str, size: f64) -> f64 {
    pieces(text).into_iter().map(|it| width(it.trim_end(), size)).fold(0.0, f64::max)
}

/// Lines no wider than `max`; words stay whole where they can, Chinese breaks anywhere. What does not fit in
/// `lines` lines ends with an ellipsis.
pub fn wrap(text: &str, size: f64, max: f64, lines: usize) -> Vec<String> {
    // Most names fit as they are.
    if lines > 0 && width(text, size) <= max {
        let whole = text.trim();
        return if whole.is_empty() { Vec::new() } else { vec![whole.to_owned()] };
    }
    broken(text, size, max, lines)
}

/// The same for what may not fit into one line.
fn broken(text: &str, size: f64, max: f64, lines: usize) -> Vec<String> {
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
        assert_eq!(wrap("Approved?", 12.0, longest("Approved?", 12.0), 3), ["Approved?"]);
        assert_eq!(longest("客户 ok", 12.0), width("ok", 12.0));
    }

    #[test]
    fn what_fits_is_not_looked_at_further_and_comes_out_the_same() {
        let names = [
            "",
            " ",
            "Check",
            " Check the  contract ",
            "客户经理",
            "客户，经理。",
            "a b c",
            "Approved?\n",
            "x、 y",
            "Straße 12",
        ];
        for name in names {
            for max in [0.0, 5.0, 20.0, 57.3, 90.0, 400.0] {
                for lines in 1..4 {
                    assert_eq!(wrap(name, 12.0, max, lines), broken(name, 12.0, max, lines), "{name:?} in {max}");
                }
            }
        }
    }

    #[test]
    fn too_much_ends_with_an_ellipsis() {
        let lines = wrap("one two three four five six seven", 12.0, 40.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert_eq!(wrap("Donaudampfschifffahrt", 12.0, 50.0, 9).concat(), "Donaudampfschifffahrt");
    }
}
