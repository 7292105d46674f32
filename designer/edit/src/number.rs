//! A numbering rule in parts, as it is put together: `#TS{yyyyMMdd}-{000}`. The rule itself is read and rendered by
//! `runtime::numbering`.

/// One part of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    /// `yyyy`, `yy`, `MM`, `dd`, one after the other.
    Day(String),
    /// Least digits.
    Counter(usize),
}

/// The days a number can tell: what is written and an example.
pub const DAYS: [&str; 6] = ["yyyy", "yy", "yyyyMM", "yyMM", "yyyyMMdd", "yyMMdd"];

/// The parts of a rule; nothing where it is none.
pub fn parts(rule: &str) -> Option<Vec<Part>> {
    let mut rest = rule.strip_prefix('#')?;
    let mut parts = Vec::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (hole, after) = after.split_once('}')?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        if !hole.is_empty() && hole.bytes().all(|it| it == b'0') {
            parts.push(Part::Counter(hole.len()));
        } else {
            parts.push(Part::Day(hole.to_owned()));
        }
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Some(parts)
}

/// The rule the parts make. Braces in a text would be read as parts: they are left out.
pub fn rule(parts: &[Part]) -> String {
    let mut rule = "#".to_owned();
    for it in parts {
        match it {
            Part::Text(text) => rule.extend(text.chars().filter(|it| !matches!(it, '{' | '}'))),
            Part::Day(day) => rule.push_str(&format!("{{{day}}}")),
            Part::Counter(digits) => rule.push_str(&format!("{{{}}}", "0".repeat((*digits).clamp(1, 18)))),
        }
    }
    rule
}

/// What the counter counts within: the parts of the day, `yyyyMM`; empty: it never starts anew.
pub fn period(parts: &[Part]) -> String {
    parts
        .iter()
        .filter_map(|it| match it {
            Part::Day(day) => Some(day.as_str()),
            Part::Text(_) | Part::Counter(_) => None,
        })
        .collect()
}

/// The `n`th number on a day (year, month, day).
pub fn preview(parts: &[Part], n: u64, (year, month, day): (i32, u32, u32)) -> String {
    parts
        .iter()
        .map(|it| match it {
            Part::Text(text) => text.clone(),
            Part::Day(it) => it
                .replace("yyyy", &format!("{year:04}"))
                .replace("yy", &format!("{:02}", year.rem_euclid(100)))
                .replace("MM", &format!("{month:02}"))
                .replace("dd", &format!("{day:02}")),
            Part::Counter(digits) => format!("{n:0digits$}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_rule_they_came_from() {
        for text in ["#TS{yyyyMMdd}-{000}", "#{00000}", "#A{yy}/{MM}-{0}号"] {
            let it = parts(text).expect("parts");
            assert_eq!(rule(&it), text);
            runtime::numbering::Rule::parse(text).expect("a rule the engine reads");
        }
        assert_eq!(parts("TS{000}"), None);
        assert_eq!(parts("#TS{000"), None);
        assert_eq!(rule(&[Part::Text("a{b".to_owned()), Part::Counter(0)]), "#ab{0}");
    }

    #[test]
    fn the_preview_is_what_the_engine_gives() {
        let text = "#TS{yyMMdd}-{000}";
        let it = parts(text).expect("parts");
        assert_eq!(preview(&it, 7, (2026, 3, 2)), "TS260302-007");
        assert_eq!(period(&it), "yyMMdd");
    }
}
