//! Verdicts on what is more than tasks and gateways: subprocesses, errors, events beside the main way, links, quantities,
//! calls, messages between pools; and the four models another checker is known to answer wrongly.

use super::build::Outcome;
use super::tests::said;
use super::{Breaks, Callee, Checker, Message, Verdict, fix, judge, judge_collaboration};
use crate::check::draw::draw;
use crate::id::NodeId;
use crate::model::flow::{Element, ElementKind, EventDefinition, Flow};

/// A drawing in which some elements are something else.
fn with(text: &str, changes: &[(&str, ElementKind)]) -> Flow {
    let mut flow = draw(text);
    for (id, kind) in changes {
        let it = flow.flow_elements.iter_mut().find(|it| it.id.as_str() == *id).expect(id);
        it.kind = kind.clone();
    }
    flow
}

fn sub(text: &str) -> ElementKind {
    ElementKind::SubProcess { triggered_by_event: false, flow_elements: draw(text).flow_elements }
}

fn inside(flow: Flow) -> ElementKind {
    ElementKind::SubProcess { triggered_by_event: false, flow_elements: flow.flow_elements }
}

fn error_end(code: &str) -> ElementKind {
    ElementKind::EndEvent { event_definition: Some(EventDefinition::Error { error_ref: Some(code.to_owned()) }) }
}

fn boundary(host: &str, event_definition: EventDefinition) -> ElementKind {
    ElementKind::BoundaryEvent { attached_to_ref: host.into(), cancel_activity: true, event_definition }
}

fn caught(host: &str, code: &str) -> ElementKind {
    boundary(host, EventDefinition::Error { error_ref: Some(code.to_owned()) })
}

fn verdict(flow: &Flow) -> String {
    said(&judge(flow, 100_000))
}

#[test]
fn four_models_another_checker_answers_wrongly() {
    // An endless loop of tasks behind an exclusive gateway: it found every property fulfilled.
    assert_eq!(verdict(&draw("s>x1>t1>e1; x1>x2>t2>x3>x2; x3>t3>x2")), "broken: livelock [s x1]");
    // A parallel split into an exclusive merge, in both orders of the elements: one order was called safe.
    for text in ["s>p1>t1>x1>t3>e1; p1>t2>x1", "p1>t2>x1>t3>e1; s>p1>t1>x1"] {
        assert_eq!(judge(&draw(text), 1_000).properties.safe, Some(false), "{text}");
    }
    // A subprocess on a way that need not be taken: it was started with the process, a deadlock that is none.
    assert_eq!(verdict(&with("s>x1>t1>x2>e1; x1>t2>x2", &[("t1", sub("s>t>e"))])), "sound");
    // Messages between pools that name no element: it panicked.
    let (one, two) = (draw("s>t1>e1"), draw("s9>t9>e9"));
    let messages =
        [Message { source: "pool".into(), target: "t9".into() }, Message { source: "t1".into(), target: "".into() }];
    assert_eq!(judge_collaboration(&[&one, &two], &messages, 1_000).verdict, Verdict::Sound);
}

#[test]
fn what_is_inside_says_how_it_ends() {
    // Only by an error that is caught: the normal way out never happens.
    let inner = || with("s>t>e", &[("e", error_end("E1"))]);
    let flow = with("s>t1>t2>e1; b1@t1>t3>e2", &[("t1", inside(inner())), ("b1", caught("t1", "E1"))]);
    assert_eq!(verdict(&flow), "broken: dead []");
    let both = || with("s>x>e; x>e2", &[("e2", error_end("E1"))]);
    let flow = with("s>t1>t2>e1; b1@t1>t3>e2", &[("t1", inside(both())), ("b1", caught("t1", "E1"))]);
    assert_eq!(verdict(&flow), "sound");
    // An error nobody catches ends everything around: beside a parallel branch that is an end like another.
    let flow = with("s>p1>t1>p2>e1; p1>t2>p2", &[("t1", inside(both()))]);
    assert_eq!(verdict(&flow), "sound");
    // A subprocess that gets stuck is told with its own run, and what follows never happens.
    let flow = with("s>t1>t2>e1", &[("t1", sub("s>x1>t3>p1>e3; x1>t4>p1"))]);
    let found = judge(&flow, 1_000);
    assert_eq!(found.verdict, Verdict::Broken);
    assert!(
        found.faults.iter().any(|it| it.what == Breaks::Deadlock && it.scope == Some(NodeId::from("t1"))),
        "{found:?}"
    );
    // A cancel event needs a cancel end inside.
    let transaction = |text: &str, cancel: Option<&str>| {
        let end = ElementKind::EndEvent { event_definition: Some(EventDefinition::Cancel {}) };
        let inner = with(text, &cancel.map(|id| (id, end)).into_iter().collect::<Vec<_>>());
        ElementKind::Transaction { flow_elements: inner.flow_elements }
    };
    let cancelled = boundary("t1", EventDefinition::Cancel {});
    let flow = |kind| with("s>t1>t2>e1; b1@t1>t3>e2", &[("t1", kind), ("b1", cancelled.clone())]);
    assert_eq!(verdict(&flow(transaction("s>x>e; x>e2", Some("e2")))), "sound");
    assert_eq!(verdict(&flow(transaction("s>x>e; x>e2", None))), "broken: dead []");
}

#[test]
fn handlers_run_beside_the_rest() {
    // A reminder in a loop may come again and again: it is a run of its own each time.
    assert_eq!(verdict(&draw("s>x1>t1>x2>e1; x2>x1; n1@t1>t2>e2")), "sound");
    // Broken inside, it is broken.
    assert_eq!(verdict(&draw("s>t1>e1; n1@t1>x1>t2>p1>e2; x1>t3>p1")), "broken: deadlock [n1 x1 t2]");
    // Two that come together in a merge are one handler with two beginnings.
    assert_eq!(verdict(&draw("s>t1>e1; n1@t1>x1>t2>e2; n2@t1>x1")), "sound");
    // One that comes back to the main way is no handler: its token is a second one.
    assert_eq!(judge(&draw("s>t1>x1>t3>e1; n1@t1>t2>x1"), 1_000).properties.safe, Some(false));
    // Joined with the main way it is waited for in vain when it does not happen.
    assert!(verdict(&draw("s>t1>p1>e1; n1@t1>t2>p1")).starts_with("broken: deadlock"));
    // An inclusive join waits for the activity: no sequence flow leads from it to the way that has its token (§13.4.3).
    assert_eq!(verdict(&draw("s>t1>o1>e1; n1@t1>t2>o1")), "sound");
    // So it does where the event comes later on its way, and where it would take the token away.
    assert_eq!(verdict(&draw("s>t1>t3>o1>e1; n1@t3>t2>o1")), "sound");
    assert_eq!(verdict(&draw("s>p1>t1>o1>e1; b1@t1>o1; p1>t3>o1")), "sound");
    // An event subprocess is judged for itself.
    let start = ElementKind::StartEvent {
        event_definition: Some(EventDefinition::Error { error_ref: None }),
        is_interrupting: true,
    };
    let handler = |text: &str| ElementKind::SubProcess {
        triggered_by_event: true,
        flow_elements: with(text, &[("s", start.clone())]).flow_elements,
    };
    let around = |text: &str| {
        with(
            "s>t1>e1",
            &[("t1", {
                let mut inner = with("s>t>e", &[("e", error_end("E1"))]);
                inner.flow_elements.push(Element::new("h", handler(text)));
                inside(inner)
            })],
        )
    };
    assert_eq!(verdict(&around("s>t5>e")), "sound", "the handler ends what the error would have");
    assert!(
        verdict(&around("s>x>t5>p>e; x>t6>p")).starts_with("broken: dead"),
        "{}",
        verdict(&around("s>x>t5>p>e; x>t6>p"))
    );
}

#[test]
fn links_and_quantities() {
    let link = |name: &str| EventDefinition::Link { name: name.to_owned() };
    let throw = ElementKind::IntermediateThrowEvent { event_definition: Some(link("A")) };
    let catch = ElementKind::IntermediateCatchEvent { event_definition: link("A") };
    assert_eq!(verdict(&with("s>t1>c1; c2>t2>e1", &[("c1", throw.clone()), ("c2", catch)])), "sound");
    assert!(verdict(&with("s>t1>c1", &[("c1", throw)])).starts_with("broken: deadlock"), "nobody catches it");
    let counted = |start: u32, completion: u32| {
        let mut flow = draw("s>t1>t2>e1");
        for it in &mut flow.flow_elements {
            match it.id.as_str() {
                "t1" => it.completion_quantity = completion,
                "t2" => it.start_quantity = start,
                _ => {}
            }
        }
        verdict(&flow)
    };
    assert_eq!(counted(3, 3), "sound");
    assert!(counted(3, 2).starts_with("broken: deadlock"), "{}", counted(3, 2));
    assert!(counted(1, 2).contains("unsafe") || counted(1, 2).contains("end-twice"), "{}", counted(1, 2));
}

#[test]
fn starts_and_ends() {
    // Several starts: each begins an instance of its own.
    assert_eq!(verdict(&draw("s1>x1>t1>e1; s2>t2>x1")), "sound");
    assert!(verdict(&draw("s1>p1>t1>e1; s2>t2>p1")).starts_with("broken: deadlock"));
    // Without a start event everything begins that nothing leads to.
    assert_eq!(verdict(&draw("t1>p1>e1; t2>p1")), "sound");
    assert!(verdict(&draw("t1>e1; t2>e1")).starts_with("broken: end-twice"));
    // A default flow beside conditions; a flow without any.
    assert_eq!(verdict(&draw("s>t1?>t2>o1>e1; t1?>t3>o1; t1!>t4>o1")), "sound");
    assert!(verdict(&draw("s>t1?>t2>p1>e1; t1?>t3>p1")).starts_with("broken: deadlock"));
    // Nothing at all.
    assert_eq!(judge(&Flow::default(), 10).verdict, Verdict::Sound);
    assert_eq!(verdict(&draw("t1>t2>t1")), "broken: no-start []");
}

#[test]
fn inclusive_joins_by_the_rule() {
    let cases = [
        // Two that wait for each other.
        ("s>p1>o1>x1>e1; p1>o2>x2>e2; x1>o2; x2>o1", true),
        // A token that goes another way is no longer waited for.
        ("s>p1>t1>o1>e1; p1>x1>t2>o1; x1>t3>e2", false),
        // At the head of a loop.
        ("s>o1>t1>x1>e1; x1>o1", false),
    ];
    for (text, broken) in cases {
        assert_eq!(judge(&draw(text), 10_000).verdict == Verdict::Broken, broken, "{text}: {}", verdict(&draw(text)));
    }
}

#[test]
fn called_flows_answer_for_themselves() {
    let call = ElementKind::CallActivity {
        called_element: "other".into(),
        binding: crate::model::flow::Binding::Latest,
        inputs: Vec::new(),
        outputs: Vec::new(),
    };
    let flow = with("s>t1>t2>e1", &[("t1", call)]);
    let judged = |verdict, normal| {
        let callee = move |_: &crate::id::FlowKey| {
            Some(Callee { verdict, outcome: Outcome { normal, ..Outcome::default() }, run: Vec::new() })
        };
        Checker::new(1_000).judge_calling(&flow, &callee).0
    };
    assert_eq!(judged(Verdict::Sound, true).verdict, Verdict::Sound);
    assert_eq!(judged(Verdict::Unknown, true).verdict, Verdict::Unknown);
    assert_eq!(said(&judged(Verdict::Broken, true)), "broken: callee []");
    assert!(said(&judged(Verdict::Sound, false)).contains("deadlock"), "a call that never ends");
}

#[test]
fn what_a_long_line_of_calls_leads_to_is_known_at_its_beginning() {
    let count = 400;
    let key = |at: usize| crate::id::FlowKey::from(format!("p{at}").as_str());
    let line = |last: &str| -> Vec<Flow> {
        let flow = |at: usize| {
            let called_element = key(at + 1);
            let binding = crate::model::flow::Binding::Latest;
            let call = ElementKind::CallActivity { called_element, binding, inputs: Vec::new(), outputs: Vec::new() };
            let flow = if at + 1 == count { draw(last) } else { with("s>t1>e1", &[("t1", call)]) };
            Flow { key: key(at), ..flow }
        };
        (0..count).map(flow).collect()
    };
    for (last, verdict) in [("s>t1>e1", Verdict::Sound), ("s>x1>t1>p1>e1; x1>t2>p1", Verdict::Broken)] {
        let flows = line(last);
        let find = |key: &crate::id::FlowKey| flows.iter().find(|it| it.key == *key);
        let mut checker = Checker::new(10_000);
        let known = super::calls::callees(&flows[0], &find, &mut checker);
        assert_eq!(known.len(), count - 1);
        assert!(known.values().all(|it| it.verdict == verdict && it.outcome.normal == (verdict == Verdict::Sound)));
        let longest = known.values().map(|it| it.run.len()).max().unwrap_or_default();
        assert!(longest <= crate::limits::CHECK_TOLD && (longest > count) == (verdict == Verdict::Broken), "{longest}");
    }
}

#[test]
fn fixes_were_tried() {
    let cases = [
        // The wrong join, and the wrong merge.
        ("s>x1>t1>p1>e1; x1>t2>p1", Some(("exclusive", "p1"))),
        ("s>p1>t1>x1>t3>e1; p1>t2>x1", Some(("parallel", "x1"))),
        // Two branches into one end, or one task.
        ("s>p1>t1>e1; p1>t2>e1", Some(("join", "e1"))),
        ("s>p1>t1>t3>e1; p1>t2>t3", Some(("join", "t3"))),
        // Nothing one gateway could do.
        ("s>x1>t1>x1", None),
        ("s>t1>e1", None),
    ];
    for (text, expected) in cases {
        let flow = draw(text);
        let found = fix::fixes(&flow, &judge(&flow, 10_000));
        let names: Vec<(String, &str)> = found
            .iter()
            .map(|it| {
                (serde_json::to_value(it.what).expect("a word").as_str().unwrap_or_default().to_owned(), it.at.as_str())
            })
            .collect();
        match expected {
            Some((what, at)) => {
                assert!(names.iter().any(|it| (it.0.as_str(), it.1) == (what, at)), "{text}: {names:?}")
            }
            None => assert!(names.is_empty(), "{text}: {names:?}"),
        }
        for it in found.iter().filter(|it| it.sound) {
            assert_eq!(judge(&fix::apply(&flow, it), 10_000).verdict, Verdict::Sound, "{text}: {it:?}");
        }
    }
}

#[test]
fn an_edit_asks_only_what_it_touches() {
    let mut flow = with("s>t1>t2>e1", &[("t1", sub("s>x>t>x2>e; x>t9>x2")), ("t2", sub("s>p>t>p2>e; p>t9>p2"))]);
    let mut checker = Checker::new(1_000);
    checker.judge(&flow);
    assert_eq!(checker.judged, 3);
    checker.judge(&flow);
    assert_eq!(checker.judged, 3, "nothing has changed");
    // Another name is no other net.
    flow.flow_elements[1].name = "Other".to_owned();
    checker.judge(&flow);
    assert_eq!(checker.judged, 3);
    // One more task inside: that scope, and nothing around it, since it ends as before.
    flow.flow_elements.iter_mut().find(|it| it.id.as_str() == "t2").expect("t2").kind = sub("s>p>t>t7>p2>e; p>t9>p2");
    checker.judge(&flow);
    assert_eq!(checker.judged, 4);
}

#[test]
fn pools_wait_for_each_other() {
    let message = |source: &str, target: &str| Message { source: source.into(), target: target.into() };
    let receive = || ElementKind::ReceiveTask { message_ref: None, instantiate: false, correlation: None };
    let (one, two) = (with("s>t1>t2>e1", &[("t2", receive())]), with("s9>t8>t9>e9", &[("t8", receive())]));
    let there = [message("t1", "t8"), message("t9", "t2")];
    let together = judge_collaboration(&[&one, &two], &there, 10_000);
    assert_eq!(together.verdict, Verdict::Sound, "{together:?}");
    // Each waits for what the other sends afterwards.
    let one = with("s>t1>t2>e1", &[("t1", receive())]);
    let crossed = [message("t2", "t8"), message("t9", "t1")];
    let together = judge_collaboration(&[&one, &two], &crossed, 10_000);
    assert_eq!(together.verdict, Verdict::Broken);
    assert!(together.processes.iter().all(|it| it.properties.option_to_complete == Some(false)), "{together:?}");
    // Whoever waits for the first of two answers goes by the one that comes.
    let asks = with("s>t1>v1>t2>x1>e1; v1>t3>x1", &[("t2", receive()), ("t3", receive())]);
    let answers = with("s9>t8>x8>t9>e9; x8>t7>e8", &[("t8", receive())]);
    let both = [message("t1", "t8"), message("t9", "t2"), message("t7", "t3")];
    assert_eq!(judge_collaboration(&[&asks, &answers], &both, 10_000).verdict, Verdict::Sound);
    let one_answer = [message("t1", "t8"), message("t9", "t2")];
    let silent = judge_collaboration(&[&asks, &answers], &one_answer, 10_000);
    assert_eq!(silent.verdict, Verdict::Sound, "the other message may come from elsewhere");
}

#[test]
fn what_waits_in_a_subprocess_that_stays_closed_is_not_known() {
    let message = |source: &str, target: &str| Message { source: source.into(), target: target.into() };
    let receive = || ElementKind::ReceiveTask { message_ref: None, instantiate: false, correlation: None };
    let waits = |inside: Flow| {
        let sub = ElementKind::SubProcess { triggered_by_event: false, flow_elements: inside.flow_elements };
        with("s>t1>t2>e1", &[("t1", sub)])
    };
    let two = with("s9>t8>t9>e9", &[("t8", receive())]);
    // Each waits for what the other sends afterwards.
    let crossed = [message("t2", "t8"), message("t9", "t3")];
    let verdict = |one: &Flow| judge_collaboration(&[one, &two], &crossed, 10_000).verdict;
    assert_eq!(verdict(&waits(with("s3>t3>e3", &[("t3", receive())]))), Verdict::Broken);
    // Two ends: not the same as its inside; but what is free to come breaks nothing.
    let closed = waits(with("s3>x3>t3>e3; x3>t4>e4", &[("t3", receive())]));
    assert_eq!(verdict(&closed), Verdict::Unknown);
    assert_eq!(judge_collaboration(&[&closed, &two], &[message("t2", "t8")], 10_000).verdict, Verdict::Sound);
}

#[test]
fn who_waits_for_messages() {
    let message = |source: &str, target: &str| Message { source: source.into(), target: target.into() };
    let receive = || ElementKind::ReceiveTask { message_ref: None, instantiate: false, correlation: None };
    let verdict = |one: &Flow, two: &Flow, between: &[Message]| judge_collaboration(&[one, two], between, 10_000);
    // Any one of the messages sent to a receive task is enough.
    let (one, two) = (with("s>t1>e1", &[("t1", receive())]), draw("s9>x8>t7>e9; x8>t8>e8"));
    assert_eq!(verdict(&one, &two, &[message("t7", "t1"), message("t8", "t1")]).verdict, Verdict::Sound);
    let stuck = verdict(&one, &two, &[message("t7", "t1")]);
    assert_eq!(stuck.verdict, Verdict::Broken);
    let run: Vec<&str> = stuck.processes[0].counterexample.iter().map(|it| it.element.as_str()).collect();
    assert_eq!(run, ["s", "s9", "x8", "t8", "e8"], "from the first thing that happens");
    // A task that is no receive task does not wait: it asks and is answered while it is at work.
    let (one, two) = (draw("s>t1>e1"), with("s9>t8>e9", &[("t8", receive())]));
    assert_eq!(verdict(&one, &two, &[message("t1", "t8"), message("t8", "t1")]).verdict, Verdict::Sound);
    // What is sent again and again to who takes it once is no more than sent once.
    let (one, two) = (draw("s>x1>t1>x2>e1; x2>x1"), with("s9>t8>e9", &[("t8", receive())]));
    assert_eq!(verdict(&one, &two, &[message("t1", "t8")]).verdict, Verdict::Sound);
    // Where it may be taken again and again, it is not known.
    let two = with("s9>x8>t8>x9>e9; x9>x8", &[("t8", receive())]);
    let many = verdict(&one, &two, &[message("t1", "t8")]);
    assert_eq!(many.verdict, Verdict::Broken, "one round too many waits for ever");
    // A pool nobody talks to is judged alone.
    let three = draw("s5>x5>t5>p5>e5; x5>t6>p5");
    let found = judge_collaboration(&[&one, &three], &[], 10_000);
    assert_eq!(found.processes.iter().map(|it| it.verdict).collect::<Vec<_>>(), [Verdict::Sound, Verdict::Broken]);
}

#[test]
fn an_inclusive_split_may_have_many_flows() {
    let wide = |node: &str, ways: usize, tail: &str| {
        let way = |it: usize| format!("o1>t{it}{}", tail.replace('#', &it.to_string()));
        let ways: Vec<String> = (10..10 + ways).map(way).collect();
        draw(&format!(
            "s>o1; {}{}",
            ways.join("; "),
            if node.is_empty() { String::new() } else { format!("; {node}>e1") }
        ))
    };
    for (flow, verdict, wrong) in [
        (wide("o2", 30, ">o2"), Verdict::Sound, None),
        (wide("", 30, ">e#"), Verdict::Sound, None),
        (wide("p2", 12, ">p2"), Verdict::Broken, Some(Breaks::Deadlock)),
        (wide("x2", 12, ">x2"), Verdict::Broken, Some(Breaks::Unsafe)),
        (wide("p2", 100, ">p2"), Verdict::Broken, Some(Breaks::Deadlock)),
    ] {
        let found = judge(&flow, 20_000);
        assert_eq!(found.verdict, verdict, "{:?} {:?}", found.faults, found.unsupported);
        assert_eq!(found.faults.first().map(|it| it.what), wrong);
        assert_eq!(found.counterexample.is_empty(), verdict == Verdict::Sound);
    }
}

#[test]
fn what_comes_again_while_its_activity_is_open_is_a_second_token() {
    let timer = |after: Option<&str>, cycle: Option<&str>| EventDefinition::Timer {
        time_date: None,
        time_duration: after.map(str::to_owned),
        time_cycle: cycle.map(str::to_owned),
    };
    let message = || EventDefinition::Message { message_ref: "m".to_owned(), correlation: None, payload: None };
    let back = "s>t1>o2>t3>e1; n1@t1>t2>o2";
    for (text, definition, verdict) in [
        (back, timer(Some("PT1H"), None), Verdict::Sound),
        (back, timer(None, Some("R1/PT1H")), Verdict::Sound),
        (back, timer(None, Some("R3/PT1H")), Verdict::Broken),
        (back, message(), Verdict::Broken),
        // A way of its own is a run of its own each time.
        ("s>t1>t3>e1; n1@t1>t2>e2", message(), Verdict::Sound),
    ] {
        let mut flow = draw(text);
        for it in &mut flow.flow_elements {
            if let ElementKind::BoundaryEvent { event_definition, .. } = &mut it.kind {
                event_definition.clone_from(&definition);
            }
        }
        let found = judge(&flow, 10_000);
        assert_eq!(found.verdict, verdict, "{text} {definition:?} {:?}", found.faults);
        if verdict == Verdict::Broken {
            assert_eq!((found.properties.safe, found.faults[0].what), (Some(false), Breaks::Unsafe));
            let fires = found.counterexample.iter().filter(|it| it.element.as_str() == "n1").count();
            assert_eq!(fires, 2, "{:?}", found.counterexample);
        }
    }
}
