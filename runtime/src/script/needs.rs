//! What of a scope an expression needs. Each evaluation gets a copy of its own, so that none can change what the next one
//! sees; a record of forty fields is not copied for the one that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use rhai::AST;

use super::read::{calls, reads};

/// The variables an evaluation gets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Needs {
    /// All of them: what is read is not written out.
    Everything,
    /// By name.
    Names(BTreeMap<String, Part>),
}

/// How much of a variable.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    Whole,
    /// Of a map only these members; a missing one reads as blank anyway.
    Members(BTreeSet<String>),
}

impl Needs {
    /// Of an expression, which has no names of its own and assigns nothing.
    pub fn of(ast: &AST) -> Self {
        // A function's body sees no scope, but who calls it may hand it anything; `is_def_var` asks for names by text.
        if ast.has_functions() || calls(ast).iter().any(|it| it.name == "is_def_var") {
            return Self::Everything;
        }
        let mut names: BTreeMap<String, Part> = BTreeMap::new();
        for path in reads(ast) {
            let part = names.entry(path.root().to_owned()).or_insert_with(|| Part::Members(BTreeSet::new()));
            match (path.field(), part) {
                (Some(member), Part::Members(members)) => {
                    members.insert(member.to_owned());
                }
                (None, part) => *part = Part::Whole,
                (Some(_), Part::Whole) => {}
            }
        }
        Self::Names(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Expr, Scope};
    use crate::script::{Kind, Library, compile};
    use crate::value::Shape;
    use serde_json::{Value, json};
    use std::sync::Arc;

    fn needs(source: &str) -> String {
        match Needs::of(&compile(Kind::Expression, source).expect("an expression")) {
            Needs::Everything => "everything".to_owned(),
            Needs::Names(names) => {
                let part = |(name, part): (&String, &Part)| match part {
                    Part::Whole => name.clone(),
                    Part::Members(of) => format!("{name}.{{{}}}", of.iter().cloned().collect::<Vec<_>>().join(",")),
                };
                names.iter().map(part).collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn only_what_is_written_out_is_a_part() {
        for (source, expected) in [
            ("1 + 2", ""),
            ("data.a > 3 && data.b.c == now", "data.{a,b} now"),
            ("data[\"a\"]", "data.{a}"),
            ("data[user.id]", "data user.{id}"),
            ("data.keys()", "data"),
            ("data.a + len(data)", "data"),
            ("\"a\" in data", "data"),
            ("data?.a ?? old.a", "data.{a} old.{a}"),
            ("`${data.a}: ${vars.x}`", "data.{a} vars.{x}"),
            ("choose(\"agent\" in user.roles, user.id, ())", "user.{id,roles}"),
            ("#{ a: data.x, b: [data.y] }", "data.{x,y}"),
            ("data.rows[0].x", "data.{rows}"),
            ("(data).a", "data.{a}"),
            ("is_def_var(\"data\")", "everything"),
        ] {
            assert_eq!(needs(source), expected, "{source}");
        }
    }

    /// Whatever is copied, the answer is the one the whole scope gives.
    #[test]
    fn a_part_answers_as_the_whole_does() {
        let data =
            json!({ "id": "r1", "a": 3, "b": { "c": "x", "d": [1, 2] }, "amount": "12.50", "rows": [{ "x": 1 }] });
        let data = data.as_object().expect("a map").clone();
        let shape = Shape::Object([("amount".to_owned(), Shape::Decimal)].into());
        let mut scope = Scope::new(Arc::new(Library::default()), jiff::Timestamp::UNIX_EPOCH, &jiff::tz::TimeZone::UTC);
        scope.set_record("data", &data, &shape);
        scope.set("old", Value::Null);
        scope.set("vars", json!({ "x": { "y": 1 }, "list": [3, 4] }));
        for (source, expected) in [
            ("data.a + 1", json!(4)),
            ("data.b.d[1]", json!(2)),
            ("data.amount * 2", json!(25.0)),
            ("data.missing", json!(null)),
            ("data.missing == ()", json!(true)),
            ("data.len()", json!(5)),
            ("\"missing\" in data", json!(false)),
            ("\"amount\" in data", json!(true)),
            ("vars.x.y + vars.list.len()", json!(3)),
            ("vars[\"list\"][0]", json!(3)),
            ("old == ()", json!(true)),
            ("`${data.id} ${data.a}`", json!("r1 3")),
        ] {
            let answer = Expr::parse(source).expect("an expression").eval(&scope).map_err(|it| it.to_string());
            let same = match (&answer, &expected) {
                (Ok(Value::Number(is)), Value::Number(want)) => is.as_f64() == want.as_f64(),
                (Ok(is), want) => is == want,
                (Err(_), _) => false,
            };
            assert!(same, "{source}: {answer:?} for {expected}");
        }
        let unknown = Expr::parse("nobody.a").expect("an expression").eval(&scope);
        assert!(unknown.is_err_and(|it| it.message.contains("nobody")));
        // A method that changes its copy changes nothing else.
        assert_eq!(Expr::parse("vars.list.pop()").expect("an expression").eval(&scope).ok(), Some(json!(4)));
        assert_eq!(Expr::parse("vars.list.len()").expect("an expression").eval(&scope).ok(), Some(json!(2)));
    }
}
