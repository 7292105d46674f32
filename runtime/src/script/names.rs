//! Comparing names of companies and people, for finding duplicates.

/// Endings that say nothing about which company it is.
const LEGAL_FORMS: [&str; 21] = [
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "有限公司",
    "股份公司",
    "总公司",
    "分公司",
    "公司",
    "集团",
    "股份",
    "有限责任",
    "有限",
    "limited",
    "company",
    "incorporated",
    "corporation",
    "corp",
    "inc",
    "llc",
    "ltd",
    "group",
];

/// The name without legal form, spaces, punctuation, width and case: `（上海）华东电气 Co., Ltd.` → `上海华东电气`.
/// A name that consists of nothing else is only folded.
pub fn normalize_name(name: &str) -> String {
    let folded: String = name.chars().take(1_000).map(narrow).flat_map(char::to_lowercase).collect();
    let words: Vec<String> = folded
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty() && !LEGAL_FORMS.contains(it) && *it != "co")
        .map(|it| {
            let mut it = it.to_owned();
            for form in LEGAL_FORMS.iter().filter(|it| !it.is_ascii()) {
                it = it.replace(form, "");
            }
            it
        })
        .collect();
    let bare = words.concat();
    if bare.is_empty() { folded.chars().filter(|it| it.is_alphanumeric()).collect() } else { bare }
}

/// Full-width ASCII to plain ASCII.
fn narrow(it: char) -> char {
    match it {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(it as u32 - 0xfee0).unwrap_or(it),
        other => other,
    }
}

/// Jaro-Winkler similarity from 0 to 10 000 (Winkler 1990, prefix scale 0.1, prefix up to 4). Whole numbers, so that
/// every machine gives the same; the first 256 characters count.
fn similarity(a: &str, b: &str) -> i64 {
    let a: Vec<char> = a.chars().take(256).collect();
    let b: Vec<char> = b.chars().take(256).collect();
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() && b.is_empty() { 10_000 } else { 0 };
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut left = Vec::new();
    for (at, char) in a.iter().enumerate() {
        let from = at.saturating_sub(window);
        let to = (at + window + 1).min(b.len());
        if let Some(found) = (from..to).find(|it| !taken[*it] && b[*it] == *char) {
            taken[found] = true;
            left.push(*char);
        }
    }
    if left.is_empty() {
        return 0;
    }
    let right = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(char, _)| *char);
    let crossed = left.iter().zip(right).filter(|(x, y)| **x != *y).count() as i64;
    let matches = left.len() as i64;
    let (n, m) = (a.len() as i64, b.len() as i64);
    // jaro = (matches/n + matches/m + (matches - crossed/2)/matches) / 3, scaled; rounded once at the end.
    let scale = 1_000_000_i64;
    let jaro = (matches * scale / n + matches * scale / m + (2 * matches - crossed) * scale / (2 * matches)) / 3;
    let prefix = a.iter().zip(&b).take(4).take_while(|(x, y)| x == y).count() as i64;
    let winkler = jaro + prefix * (scale - jaro) / 10;
    (winkler + 50) / 100
}

/// Jaro-Winkler similarity of two texts, 0 to 1 with four digits.
pub fn jaro_winkler(a: &str, b: &str) -> rust_decimal::Decimal {
    rust_decimal::Decimal::new(similarity(a, b), 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_legal_form() {
        for (given, expected) in [
            ("上海华东电气股份有限公司", "上海华东电气"),
            ("（上海）华东电气 Co., Ltd.", "上海华东电气"),
            ("ＡＢＣ　Group", "abc"),
            ("Acme Trading Company Limited", "acmetrading"),
            ("集团", "集团"),
            ("", ""),
        ] {
            assert_eq!(normalize_name(given), expected, "{given}");
        }
    }

    #[test]
    fn known_pairs_have_their_known_similarity() {
        for (a, b, expected) in [
            ("MARTHA", "MARHTA", "0.9611"),
            ("DIXON", "DICKSONX", "0.8133"),
            ("DWAYNE", "DUANE", "0.8400"),
            ("a", "b", "0.0000"),
            ("华东", "华东", "1.0000"),
        ] {
            assert_eq!(jaro_winkler(a, b).to_string(), expected, "{a} {b}");
        }
    }
}
