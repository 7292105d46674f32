//! The plugin `scoring`: who should get the next case. This file is the border to the host;
//! the rule itself is in `rule.rs` and knows nothing of plugins.

pub mod rule;

wit_bindgen::generate!({ path: "../wit", world: "plugin" });

struct Scoring;

export!(Scoring);

impl Guest for Scoring {
    fn call(function: String, input: String) -> Result<String, String> {
        answer(&function, &input)
    }
}

/// One call: JSON in, JSON out.
pub fn answer(function: &str, input: &str) -> Result<String, String> {
    match function {
        "score" => {
            let input = serde_json::from_str(input).map_err(|error| error.to_string())?;
            serde_json::to_string(&rule::score(&input)).map_err(|error| error.to_string())
        }
        other => Err(format!("expected the function `score`, found `{other}`")),
    }
}
