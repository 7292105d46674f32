//! Flows as short JSON, runs as text.

mod calls;
mod files;
mod nested;
mod oracle;
mod scopes;
mod table;

use serde_json::{Value, json};

use super::*;

fn flow(id: &str, elements: Value) -> Flow {
    let value = json!({ "format": 1, "id": id, "key": id, "name": id, "flowElements": elements });
    serde_json::from_value(value).expect("a flow")
}

/// `a>b` per flow; `a>b?x > 1` with a condition, `a>b!` the default.
fn flows(text: &str) -> Vec<Value> {
    text.split_whitespace()
        .enumerate()
        .map(|(at, it)| {
            let (ends, condition) = it.split_once('?').map_or((it, None), |(ends, it)| (ends, Some(it.replace('_', " "))));
            let (from, to) = ends.split_once('>').expect("a>b");
            json!({ "type": "sequenceFlow", "id": format!("f{at}"), "sourceRef": from, "targetRef": to, "conditionExpression": condition })
        })
        .collect()
}

fn with(nodes: Value, text: &str) -> Value {
    let mut all = nodes.as_array().expect("nodes").clone();
    all.extend(flows(text));
    Value::Array(all)
}

fn script(happenings: Value) -> Vec<Happening> {
    serde_json::from_value(happenings).expect("happenings")
}

fn show(it: &Outcome) -> String {
    let event = |it: &TraceLine| {
        let mark = match it.event {
            Event::Entered => '+',
            Event::Completed => '-',
            Event::Cancelled => '×',
            Event::Compensated => '<',
            Event::Failed => '!',
        };
        format!("{mark}{}", it.element)
    };
    let trace: Vec<String> = it.trace.iter().map(event).collect();
    let waiting: Vec<String> = it.waiting.iter().map(|it| format!("{}:{}", it.element, it.kind)).collect();
    let incidents: Vec<&str> = it.incidents.iter().map(|it| it.message.as_str()).collect();
    format!(
        "{:?} {} | {} | {} | {}",
        it.status,
        trace.join(" "),
        Value::Object(it.variables.clone()),
        waiting.join(" "),
        incidents.join("; ")
    )
}

fn play(flows: &[Flow], options: &Options) -> String {
    show(&run(flows, &[], options))
}

fn choice() -> Flow {
    let nodes = json!([
        { "type": "startEvent", "id": "s" },
        { "type": "userTask", "id": "ask" },
        { "type": "exclusiveGateway", "id": "x", "default": "f3" },
        { "type": "scriptTask", "id": "big", "source": "fee = amount * 2" },
        { "type": "task", "id": "small" },
        { "type": "endEvent", "id": "e" }
    ]);
    flow("P", with(nodes, "s>ask ask>x x>big?amount_>_100 x>small big>e small>e"))
}

#[test]
fn a_task_waits_until_the_script_completes_it() {
    let flows = [choice()];
    assert_eq!(play(&flows, &Options::default()), "Waiting +s -s +ask | {} | ask:userTask | ");
    let options =
        Options { script: script(json!([{ "complete": "ask", "set": { "amount": 150 } }])), ..Options::default() };
    assert_eq!(
        play(&flows, &options),
        r#"Completed +s -s +ask -ask +x -x +big -big +e -e | {"amount":150,"fee":300} |  | "#
    );
}

#[test]
fn auto_completes_what_the_script_does_not_speak_of() {
    let variables = json!({ "amount": 1 }).as_object().expect("a map").clone();
    let options = Options { auto: true, variables, ..Options::default() };
    assert_eq!(
        play(&[choice()], &options),
        r#"Completed +s -s +ask -ask +x -x +small -small +e -e | {"amount":1} |  | "#
    );
}

#[test]
fn what_is_not_there_is_refused() {
    let options = Options { script: script(json!([{ "complete": "big" }])), ..Options::default() };
    assert!(
        play(&[choice()], &options).starts_with("Refused +s -s +ask | {} | ask:userTask | expected a token in `big`")
    );
    let options = Options { process: Some("Q".to_owned()), ..Options::default() };
    assert!(play(&[choice()], &options).contains("flow-unknown-process"));
    assert!(serde_json::from_value::<Happening>(json!({ "complete": "a", "signal": "b" })).is_err());
    assert!(serde_json::from_value::<Happening>(json!({ "finish": "a" })).is_err());
}

#[test]
fn a_condition_that_cannot_be_asked_is_an_incident() {
    let options = Options { auto: true, ..Options::default() };
    let shown = play(&[choice()], &options);
    assert!(shown.starts_with("Incident +s -s +ask -ask +x !x") && shown.contains("amount"), "{shown}");
}

fn timed() -> Flow {
    let nodes = json!([
        { "type": "startEvent", "id": "s" },
        { "type": "userTask", "id": "ask" },
        { "type": "boundaryEvent", "id": "late", "attachedToRef": "ask", "eventDefinition": { "type": "timer", "timeDuration": "PT2H" } },
        { "type": "endEvent", "id": "e" },
        { "type": "endEvent", "id": "missed" }
    ]);
    flow("P", with(nodes, "s>ask ask>e late>missed"))
}

#[test]
fn time_goes_by_only_when_told() {
    let at = |text: &str| Options { script: script(json!([{ "advance": text }])), ..Options::default() };
    assert_eq!(play(&[timed()], &at("PT1H")), "Waiting +s -s +ask | {} | ask:userTask | ");
    assert_eq!(play(&[timed()], &at("PT2H")), "Completed +s -s +ask ×ask +late -late +missed -missed | {} |  | ");
    let outcome = run(&[timed()], &[], &at("PT3H"));
    assert_eq!(outcome.trace.last().map(|it| it.at.as_str()), Some("2026-01-01T02:00:00Z"));
}

#[test]
fn auto_jumps_to_a_timer_only_when_nothing_else_can_move() {
    let options = Options { auto: true, ..Options::default() };
    assert_eq!(play(&[timed()], &options), "Completed +s -s +ask -ask +e -e | {} |  | ");
    let nodes = json!([
        { "type": "startEvent", "id": "s" },
        { "type": "intermediateCatchEvent", "id": "t", "eventDefinition": { "type": "timer", "timeDuration": "P1D" } },
        { "type": "endEvent", "id": "e" }
    ]);
    let outcome = run(&[flow("P", with(nodes, "s>t t>e"))], &[], &options);
    assert_eq!(outcome.trace.last().map(|it| it.at.as_str()), Some("2026-01-02T00:00:00Z"));
}

#[test]
fn pools_send_each_other_messages() {
    let asks = flow(
        "A",
        with(
            json!([
                { "type": "startEvent", "id": "s" },
                { "type": "serviceTask", "id": "ask" },
                { "type": "receiveTask", "id": "answer" },
                { "type": "endEvent", "id": "e" }
            ]),
            "s>ask ask>answer answer>e",
        ),
    );
    let serves = flow(
        "B",
        with(
            json!([
                { "type": "startEvent", "id": "order", "eventDefinition": { "type": "message", "messageRef": "" } },
                { "type": "userTask", "id": "work" },
                { "type": "endEvent", "id": "done" }
            ]),
            "order>work work>done",
        ),
    );
    let between = [
        MessageFlow { id: "m1".to_owned(), message: None, source: "ask".to_owned(), target: "order".to_owned() },
        MessageFlow { id: "m2".to_owned(), message: None, source: "work".to_owned(), target: "answer".to_owned() },
    ];
    let options = Options { auto: true, ..Options::default() };
    let shown = show(&run(&[asks, serves], &between, &options));
    assert_eq!(
        shown,
        "Completed +s -s +ask -ask +answer +order -order +work -work +done -done -answer +e -e | {} |  | "
    );
}

/// Two messages, one event: each message flow is one of them, and the event waits for both.
#[test]
fn of_an_event_with_several_messages_each_message_flow_has_one() {
    let message = |id: &str| json!({ "type": "message", "messageRef": id });
    let sends = flow(
        "A",
        with(
            json!([
                { "type": "startEvent", "id": "s" },
                { "type": "sendTask", "id": "one", "messageRef": "m1" },
                { "type": "userTask", "id": "u" },
                { "type": "sendTask", "id": "two", "messageRef": "m2" }
            ]),
            "s>one one>u u>two",
        ),
    );
    let waits = |first: &str, second: &str| {
        let both =
            json!({ "type": "multiple", "parallel": true, "eventDefinitions": [message(first), message(second)] });
        let nodes = json!([
            { "type": "startEvent", "id": "t" },
            { "type": "intermediateCatchEvent", "id": "both", "eventDefinition": both },
            { "type": "endEvent", "id": "e" }
        ]);
        flow("B", with(nodes, "t>both both>e"))
    };
    let between = |id: &str, source: &str, target: &str| MessageFlow {
        id: id.to_owned(),
        message: None,
        source: source.to_owned(),
        target: target.to_owned(),
    };
    // Named alike, named the other way round, not named at all.
    for (first, second) in [("m1", "m2"), ("m2", "m1"), ("", "")] {
        let flows = [sends.clone(), waits(first, second)];
        let messages = [between("f1", "one", "both"), between("f2", "two", "both")];
        let shown = show(&run(&flows, &messages, &Options::default()));
        assert!(shown.contains("| u:userTask both:multiple |"), "{first} {second}: {shown}");
        let options = Options { script: script(json!([{ "complete": "u" }])), ..Options::default() };
        let shown = show(&run(&flows, &messages, &options));
        assert!(shown.starts_with("Completed") && shown.contains("-both +e -e"), "{first} {second}: {shown}");
    }
    // One thrower, two receivers: both get it.
    let starts = |id: &str, at: &str| {
        let nodes = json!([{ "type": "startEvent", "id": at, "eventDefinition": message("") }, { "type": "task", "id": format!("{at}t") }]);
        flow(id, with(nodes, &format!("{at}>{at}t")))
    };
    let flows = [sends, starts("B", "b"), starts("C", "c")];
    let messages = [between("f1", "one", "b"), between("f2", "one", "c")];
    let shown = show(&run(&flows, &messages, &Options { auto: true, ..Options::default() }));
    assert!(shown.contains("-bt") && shown.contains("-ct"), "{shown}");
}

#[test]
fn a_run_that_does_not_end_is_stopped() {
    let nodes = json!([{ "type": "startEvent", "id": "s" }, { "type": "userTask", "id": "again" }]);
    let options = Options { auto: true, ..Options::default() };
    let outcome = run(&[flow("P", with(nodes, "s>again again>again"))], &[], &options);
    assert_eq!(outcome.status, Status::Refused);
    assert!(outcome.trace.len() <= crate::limits::SIMULATE_TRACE);
}

#[test]
fn pools_that_start_each_other_for_ever_are_stopped() {
    let ping = |id: &str| {
        let nodes = json!([
            { "type": "startEvent", "id": format!("{id}s"), "eventDefinition": { "type": "message", "messageRef": "" } },
            { "type": "endEvent", "id": format!("{id}e"), "eventDefinition": { "type": "message", "messageRef": "" } }
        ]);
        flow(id, with(nodes, &format!("{id}s>{id}e")))
    };
    let between = [
        MessageFlow { id: "m1".to_owned(), message: None, source: "Ae".to_owned(), target: "Bs".to_owned() },
        MessageFlow { id: "m2".to_owned(), message: None, source: "Be".to_owned(), target: "As".to_owned() },
    ];
    let outcome = run(&[ping("A"), ping("B")], &between, &Options { auto: true, ..Options::default() });
    assert_eq!(outcome.status, Status::Refused);
    assert!(outcome.incidents[0].message.contains("instances"), "{:?}", outcome.incidents);
}

#[test]
fn messages_without_a_name_are_told_apart_by_their_id() {
    let nodes = json!([
        { "type": "startEvent", "id": "s", "eventDefinition": { "type": "message", "messageRef": "one" } },
        { "type": "endEvent", "id": "e", "eventDefinition": { "type": "message", "messageRef": "two" } }
    ]);
    let mut one = flow("A", with(nodes, "s>e"));
    one.messages =
        ["one", "two"].map(|id| crate::model::flow::Named { id: id.to_owned(), name: String::new() }).to_vec();
    assert_eq!(play(&[one], &Options { auto: true, ..Options::default() }), "Completed +s -s +e -e | {} |  | ");
}

#[test]
fn a_process_asked_for_starts_even_where_messages_could_start_it() {
    let nodes = json!([
        { "type": "startEvent", "id": "s", "eventDefinition": { "type": "message", "messageRef": "go" } },
        { "type": "endEvent", "id": "e" }
    ]);
    let flows = [flow("A", with(nodes, "s>e"))];
    let asked = Options { process: Some("A".to_owned()), auto: true, ..Options::default() };
    assert_eq!(play(&flows, &asked), "Completed +s -s +e -e | {} |  | ");
    let told = Options { script: script(json!([{ "message": "go", "set": { "n": 1 } }])), ..asked };
    assert_eq!(play(&flows, &told), r#"Completed +s -s +e -e | {"n":1} |  | "#);
}

/// Conditions as FEEL writes them, over variables whose names are no words.
#[test]
fn feel_is_asked_as_it_is_meant() {
    let variables = json!({ "n": 3, "list": [1, 2], "Order Total": 12, "order-id": "x", "case": 1, "none": null });
    let cases = [
        ("= list[1] = 1", "yes"),
        ("= list[2] = 1", "no"),
        ("n in [1..3]", "yes"),
        ("n in (1..3)", "no"),
        ("n in (1, 2, 3)", "yes"),
        ("not(n > 3)", "yes"),
        ("if n > 2 then true else false", "yes"),
        ("= Order Total > 10 and order-id = \"x\"", "yes"),
        ("Order Total > 12", "no"),
        ("${Order Total >= 12}", "yes"),
        ("#{order-id eq 'x'}", "yes"),
        ("= case = 1", "yes"),
        ("= not(none)", "no"),
        ("n == 3 && list.len() == 2", "yes"),
        (
            "= some x in list satisfies x > 1",
            "`= some x in list satisfies x > 1`: expected an expression that is understood here, found `some`",
        ),
        ("= list[item > 1] = 2", "found a filter on `list`"),
        ("= matches(\"a\", \"b\")", "found the function `matches`"),
        ("= absent > 1", "absent"),
    ];
    for (condition, expected) in cases {
        let nodes = json!([
            { "type": "startEvent", "id": "s" },
            { "type": "exclusiveGateway", "id": "x", "default": "f2" },
            { "type": "sequenceFlow", "id": "f1", "sourceRef": "x", "targetRef": "yes", "conditionExpression": condition },
            { "type": "sequenceFlow", "id": "f2", "sourceRef": "x", "targetRef": "no" },
            { "type": "sequenceFlow", "id": "f0", "sourceRef": "s", "targetRef": "x" },
            { "type": "endEvent", "id": "yes" },
            { "type": "endEvent", "id": "no" }
        ]);
        let variables = variables.as_object().expect("a map").clone();
        let outcome = run(&[flow("P", nodes)], &[], &Options { variables, ..Options::default() });
        let went = outcome.trace.iter().find(|it| ["yes", "no"].contains(&it.element.as_str()));
        let told = outcome.incidents.first().map_or_else(String::new, |it| {
            assert_eq!(it.element, Some(NodeId::from("x")), "{condition}");
            it.message.clone()
        });
        let came = went.map_or(told, |it| it.element.0.clone());
        assert!(came == expected || (went.is_none() && came.contains(expected)), "{condition}: {came}; {outcome:?}");
    }
}
