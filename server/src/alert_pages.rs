//! The pages of the checker's codes (`docs/alerts`), inside the binary: why, a bad example, a good one, how it is mended.
//! A debug build reads them from the folder. The browser's checker carries none of them.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../docs/alerts"]
struct Pages;

/// The page of a code in a language (`en`, `zh-CN`; others read English), as Markdown; none: no such code.
pub fn page(code: &str, language: &str) -> Option<String> {
    let language = if language == "zh-CN" { "zh-CN" } else { "en" };
    let file = Pages::get(&format!("{code}.{language}.md"))?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

/// Codes that look like one nobody knows.
pub fn near(code: &str) -> Vec<String> {
    let mut found: Vec<String> = Pages::iter()
        .filter_map(|it| Some(it.strip_suffix(".en.md")?.to_owned()))
        .filter(|it| it.contains(code) || code.contains(it.as_str()))
        .collect();
    found.sort();
    found.truncate(10);
    found
}

#[cfg(test)]
mod tests {
    use super::{near, page};

    #[test]
    fn a_page_in_each_language() {
        let english = page("flow-dead-end", "en").expect("a page");
        assert!(english.starts_with("# A node leads nowhere") && english.contains("**Fix.**"), "{english}");
        assert!(page("flow-dead-end", "zh-CN").expect("a page").contains("**如何修正。**"));
        assert_eq!(page("flow-dead-end", "fr"), Some(english));
        assert_eq!(page("no-such-code", "en"), None);
        assert_eq!(page("../../README", "en"), None);
        assert!(near("dead-end").contains(&"flow-dead-end".to_owned()));
    }
}
