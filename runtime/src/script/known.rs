//! The names of functions expressions and scripts can call: ours, and those of rhai's packages (a few more than are there: what is not in this
//! list is certain not to exist). A new version of rhai may bring more; what calls them has to be added here.

/// By what [`super::functions`] registers, and rhai.
const NAMES: &str = "
    abs add_days add_hours add_months add_years all append avg bits blank between bytes ceiling chars choose chop clear coalesce column
    concat contains count covers crop date days_between dedup digits domain drain end ends_with exclusive extract filled filter find find_map floor
    for_each fraction get get_bit get_bits hours_between index_of insert int inclusive is_empty is_even is_exclusive is_finite is_inclusive
    is_infinite is_nan is_odd is_shared is_zero jaro_winkler keys len ln log make_lower make_upper map max merge min mixin months_between
    normalize_name number one_of order order_by order_desc pad parse_decimal parse_float parse_int parse_json pop pow power push range
    reduce reduce_rev remove replace retain reverse round round_bank round_down round_half_down round_half_up round_up rsplit set set_bit
    set_bits shift sign some sort sort_by sort_desc splice split split_at split_rev sqrt start starts_with sub_string sum table tag take
    text to_array to_binary to_blob to_chars to_decimal to_float to_hex to_int to_json to_lower to_octal to_string to_upper to_debug
    today trim truncate type_of values zip
    ln exp log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh hypot to_degrees to_radians
    years_between E PI min_value max_value call curry is_def_var is_def_fn is_anonymous name now day month year weekday hour minute second
";

/// Whether there may be a function of that name.
pub fn known(name: &str) -> bool {
    all().any(|it| it == name)
}

/// What a script calls that is neither there nor a function of its own.
pub(super) fn unknown_calls(ast: &rhai::AST) -> Vec<String> {
    let own: Vec<&str> = ast.iter_functions().map(|it| it.name).collect();
    let strange = |it: &String| it.starts_with(char::is_alphabetic) && !known(it) && !own.contains(&it.as_str());
    let names: std::collections::BTreeSet<String> = super::calls(ast).into_iter().map(|it| it.name).collect();
    names.into_iter().filter(strange).collect()
}

/// Every name, for suggestions.
pub fn all() -> impl Iterator<Item = &'static str> {
    NAMES.split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn what_a_script_calls_is_its_own_or_known() {
        let calls = |source: &str| {
            let key = "s".into();
            crate::script::Script::compile(&key, source).expect("a script").unknown_calls()
        };
        assert_eq!(
            calls("fn mine(x) { x + 1 } let a = [1, 2].map(|it| mine(it)); round(sum(a), 2)"),
            Vec::<String>::new()
        );
        assert_eq!(calls("let a = rond(2.5, 1); a"), ["rond"]);
    }

    #[test]
    fn every_function_we_register_is_known() {
        let source = include_str!("functions.rs");
        let mut seen = 0;
        let quoted = source.lines().filter(|it| {
            it.contains("register_fn")
                || it.contains("pairs!")
                || ["for ", "[", "\""].iter().any(|start| it.trim_start().starts_with(start))
        });
        for name in quoted.flat_map(|it| it.split('"').skip(1).step_by(2)) {
            if name.chars().all(|it| it.is_ascii_lowercase() || it == '_') && !name.is_empty() {
                assert!(known(name), "`{name}` is registered, but not in the list");
                seen += 1;
            }
        }
        assert!(seen > 30, "{seen}");
    }
}
