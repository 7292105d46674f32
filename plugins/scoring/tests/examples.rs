//! The calls and answers of `examples.json`, natively. The platform's own tests make the same calls
//! through the component.

use serde_json::Value;

#[test]
fn every_example_gets_its_answer() {
    let examples: Vec<Value> = serde_json::from_str(include_str!("../examples.json")).unwrap();
    for example in examples {
        let name = &example["name"];
        let function = example["function"].as_str().unwrap();
        let answer = scoring::answer(function, &example["input"].to_string());
        match example.get("refused") {
            Some(_) => assert!(answer.is_err(), "{name}: expected a refusal, found {answer:?}"),
            None => {
                let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
                assert_eq!(answer, example["output"], "{name}");
            }
        }
    }
}
