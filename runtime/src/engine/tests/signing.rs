//! Several people sign one task.

use expect_test::expect;
use serde_json::Map;

use super::{Play, check};
use crate::engine::Input;

const OUTCOMES: &str = "outcomes=[{\"id\":\"ok\",\"title\":\"OK\",\"style\":\"primary\"},{\"id\":\"no\",\"title\":\"No\",\"style\":\"danger\"}]";

fn flow(countersign: &str) -> String {
    format!(
        "start s
        s -> a
        user a performer={{\"roles\":[\"svc\",\"mgr\"]}} {OUTCOMES} countersign={countersign} due=8bh
        a -> e
        end e assign=[{{\"target\":\"vars.by\",\"expr\":\"outcome\"}}]"
    )
}

#[test]
fn all_sign_at_once() {
    let lines = ["anna start", "ben sign a ok", "ben sign a ok", "carl sign a ok", "mia sign a ok"];
    check(
        &flow("{}"),
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          sheetOpened sheet={"like":{"assignee":null,"candidates":[],"clock":{"budget":"8bh","from":"2026-03-02T01:00:00Z"},"dueAt":"2026-03-02T10:00:00Z","id":"","node":"a","openedAt":"2026-03-02T01:00:00Z","priority":50,"returned":null,"roles":[],"sent":{"by":"anna"},"token":1},"node":"a","signers":[{"id":0,"who":"ben"},{"id":1,"who":"carl"},{"id":2,"who":"mia"}]} token=1
          taskOpened task={"assignee":"ben","candidates":["ben"],"dueAt":"2026-03-02T10:00:00Z","id":"i.2","signer":0} token=1
          assigned task=i.2 to=ben why=one of those who sign
          taskOpened task={"assignee":"carl","candidates":["carl"],"dueAt":"2026-03-02T10:00:00Z","id":"i.3","signer":1} token=1
          assigned task=i.3 to=carl why=one of those who sign
          taskOpened task={"assignee":"mia","candidates":["mia"],"dueAt":"2026-03-02T10:00:00Z","id":"i.4","signer":2} token=1
          assigned task=i.4 to=mia why=one of those who sign
          timerSet at=2026-03-02T08:24:00Z node=a reminder=80 timer=i.5 token=1
          timerSet at=2026-03-02T10:00:00Z node=a reminder=100 timer=i.6 token=1
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben"]
        ! notify notice=task-given task=i.3 texts=New task: a / 新任务：a to=["carl"]
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["mia"]
        > ben sign a ok
          signed at=2026-03-02T01:00:00Z by=ben node=a outcome=ok signer=0 task=i.2 token=1
        > ben sign a ok
          refused: the task is claimed by carl
        > carl sign a ok
          signed at=2026-03-02T01:00:00Z by=carl node=a outcome=ok signer=1 task=i.3 token=1
        > mia sign a ok
          signed at=2026-03-02T01:00:00Z by=mia node=a outcome=ok signer=2 task=i.4 token=1
          sheetDecided node=a outcome=ok token=1 why=3 of 3 agreed, 3 needed
          timerCancelled timer=i.5
          timerCancelled timer=i.6
          left node=a token=1
          entered node=e outcome=ok token=7 via=a-e
          varsSet vars={"by":"ok"}
          left node=e token=7
          finished
        ! ended vars={"by":"ok"}
    "#]],
    );
}

#[test]
fn one_after_the_other_and_a_no_ends_it() {
    let lines = ["anna start", "carl sign a ok", "ben sign a ok", "carl sign a no {} 'too dear'"];
    check(
        &flow("{\"inOrder\":true}"),
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          sheetOpened sheet={"like":{"assignee":null,"candidates":[],"clock":{"budget":"8bh","from":"2026-03-02T01:00:00Z"},"dueAt":"2026-03-02T10:00:00Z","id":"","node":"a","openedAt":"2026-03-02T01:00:00Z","priority":50,"returned":null,"roles":[],"sent":{"by":"anna"},"token":1},"node":"a","signers":[{"id":0,"who":"ben"},{"after":[0],"id":1,"who":"carl"},{"after":[1],"id":2,"who":"mia"}]} token=1
          taskOpened task={"assignee":"ben","candidates":["ben"],"dueAt":"2026-03-02T10:00:00Z","id":"i.2","signer":0} token=1
          assigned task=i.2 to=ben why=one of those who sign
          timerSet at=2026-03-02T08:24:00Z node=a reminder=80 timer=i.3 token=1
          timerSet at=2026-03-02T10:00:00Z node=a reminder=100 timer=i.4 token=1
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben"]
        > carl sign a ok
          refused: the task is claimed by ben
        > ben sign a ok
          signed at=2026-03-02T01:00:00Z by=ben node=a outcome=ok signer=0 task=i.2 token=1
          taskOpened task={"assignee":"carl","candidates":["carl"],"dueAt":"2026-03-02T10:00:00Z","id":"i.5","signer":1} token=1
          assigned task=i.5 to=carl why=one of those who sign
        ! notify notice=task-given task=i.5 texts=New task: a / 新任务：a to=["carl"]
        > carl sign a no {} 'too dear'
          signed at=2026-03-02T01:00:00Z by=carl comment=too dear node=a outcome=no signer=1 task=i.5 token=1
          sheetDecided node=a outcome=no token=1 why=1 of 3 did not agree, 3 needed to agree
          timerCancelled timer=i.3
          timerCancelled timer=i.4
          left node=a token=1
          entered node=e outcome=no token=6 via=a-e
          varsSet vars={"by":"no"}
          left node=e token=6
          finished
        ! ended vars={"by":"no"}
    "#]],
    );
}

/// Who signs what, and the outcome once it is decided.
fn outcome(countersign: &str, lines: &[&str]) -> String {
    let mut play = Play::new(&flow(countersign), &[]);
    play.line("anna start");
    for it in lines {
        play.line(it);
    }
    play.instance
        .vars
        .get("by")
        .map_or_else(|| format!("open: {}", play.instance.tasks.len()), |it| it.as_str().unwrap().to_owned())
}

#[test]
fn rules() {
    for (rule, lines, expected) in [
        ("{\"rule\":\"any\"}", vec!["ben sign a no", "carl sign a ok"], "ok"),
        ("{\"rule\":\"any\"}", vec!["ben sign a no", "carl sign a no"], "open: 1"),
        ("{\"rule\":\"any\"}", vec!["ben sign a no", "carl sign a no", "mia sign a no"], "no"),
        ("{\"rule\":{\"count\":2}}", vec!["ben sign a no", "carl sign a ok", "mia sign a ok"], "ok"),
        ("{\"rule\":{\"percent\":67}}", vec!["ben sign a ok", "carl sign a ok"], "open: 1"),
        ("{\"rule\":{\"percent\":66}}", vec!["ben sign a ok", "carl sign a ok"], "ok"),
        ("{\"rule\":\"any\",\"veto\":[\"mgr\"]}", vec!["mia sign a no"], "no"),
        ("{\"rule\":\"any\",\"veto\":[\"mgr\"]}", vec!["ben sign a no"], "open: 2"),
        ("{\"rule\":\"all\",\"each\":\"role\"}", vec!["ben sign a ok", "mia sign a ok"], "ok"),
        ("{\"rule\":\"any\",\"agree\":[\"no\"]}", vec!["ben sign a ok", "carl sign a no"], "no"),
    ] {
        assert_eq!(outcome(rule, &lines), expected, "{rule} {lines:?}");
    }
}

#[test]
fn signers_are_added_before_behind_and_beside_a_plain_task() {
    let plain = format!("start s\n s -> a\n user a role=svc {OUTCOMES}\n a -> b\n user b role=mgr");
    let lines = [
        "anna start",
        "anna before a mia",
        "ben before a ben",
        "ben before a mia",
        "ben sign a ok",
        "ben before a mia",
        "mia sign a ok",
        "ben after a carl",
        "ben sign a ok",
        "ben withdraw a",
        "carl sign a ok",
    ];
    check(
        &plain,
        &[],
        &lines,
        expect![[r#"
        > anna start
          started by=anna
          entered node=s token=0
          left node=s token=0
          entered node=a token=1 via=s-a
          taskOpened task={"id":"i.2","roles":["svc"]} token=1
          assigned task=i.2 why=offered to holders of svc
        ! notify notice=task-given task=i.2 texts=New task: a / 新任务：a to=["ben","carl"]
        > anna before a mia
          refused: you may not do this task
        > ben before a ben
          refused: you have signed this already, or you are the one who does
        > ben before a mia
          taskClaimed by=ben task=i.2
          sheetOpened sheet={"like":{"assignee":null,"candidates":[],"dueAt":null,"id":"i.2","node":"a","openedAt":"2026-03-02T01:00:00Z","priority":50,"returned":null,"roles":[],"sent":{"by":"anna"},"token":1},"node":"a","signers":[{"id":0,"task":"i.2","who":"ben"}]} task=i.2 token=1
          signerAdded beside=0 place=before signer={"addedBy":"ben","id":1,"who":"mia"} token=1
          taskOpened task={"assignee":"mia","candidates":["mia"],"id":"i.3","signer":1} token=1
          assigned task=i.3 to=mia why=added as a signer by ben
        ! notify notice=task-given task=i.3 texts=New task: a / 新任务：a to=["mia"]
        > ben sign a ok
          refused: the task waits for ["mia"] to sign first
        > ben before a mia
          refused: you have signed this already, or you are the one who does
        > mia sign a ok
          signed at=2026-03-02T01:00:00Z by=mia node=a outcome=ok signer=1 task=i.3 token=1
        > ben after a carl
          signerAdded beside=0 place=after signer={"addedBy":"ben","id":2,"who":"carl"} token=1
        > ben sign a ok
          signed at=2026-03-02T01:00:00Z by=ben node=a outcome=ok signer=0 task=i.2 token=1
          taskOpened task={"assignee":"carl","candidates":["carl"],"id":"i.4","signer":2} token=1
          assigned task=i.4 to=carl why=added as a signer by ben
        ! notify notice=task-given task=i.4 texts=New task: a / 新任务：a to=["carl"]
        > ben withdraw a
          refused: you have not sent this on
        > carl sign a ok
          signed at=2026-03-02T01:00:00Z by=carl node=a outcome=ok signer=2 task=i.4 token=1
          sheetDecided node=a outcome=ok token=1 why=3 of 3 agreed, 3 needed
          left node=a token=1
          entered node=b outcome=ok token=5 via=a-b
          taskOpened task={"id":"i.6","roles":["mgr"]} token=5
          assigned task=i.6 why=offered to holders of mgr
        ! notify notice=task-given task=i.6 texts=New task: b / 新任务：b to=["mia"]
    "#]],
    );
}

#[test]
fn a_signer_who_need_not_sign_any_more_may_be_what_was_waited_for() {
    let mut play = Play::new(&flow("{}"), &[]);
    for it in ["anna start", "ben sign a ok", "carl sign a ok", "ben unsign a 2", "mia unsign a 9"] {
        play.line(it);
    }
    assert!(play.trace.contains("refused: you may not do this task"), "{}", play.trace);
    assert!(play.trace.ends_with("refused: the task has no such signer to remove\n"), "{}", play.trace);
    play.people.change("anna").roles.push("admin".into());
    play.line("anna unsign a 2");
    assert_eq!(play.instance.vars["by"], "ok", "{}", play.trace);
}

#[test]
fn who_added_a_signer_and_has_signed_takes_them_back_until_they_begin() {
    let plain = format!(
        "start s\n s -> a\n user a role=svc {OUTCOMES}\n a -> e\n end e assign=[{{\"target\":\"vars.by\",\"expr\":\"outcome\"}}]"
    );
    let begun = "refused: somebody has begun; it cannot be withdrawn any more";
    let cases: &[(&str, &[&str], &str, &str)] = &[
        // Alone, the signature of who added decides then.
        (&plain, &["ben after a carl", "ben sign a ok", "ben unsign a 1"], "", "ok"),
        (&plain, &["ben after a carl", "ben sign a ok", "carl claim a", "ben unsign a 1"], begun, ""),
        (&plain, &["ben after a carl", "ben sign a ok", "carl claim a", "carl release a", "ben unsign a 1"], "", "ok"),
        (&plain, &["ben after a carl", "ben sign a ok", "carl delegate a mia", "ben unsign a 1"], begun, ""),
        (&plain, &["ben after a carl", "ben sign a ok", "anna unsign a 1"], "refused: you may not do this task", ""),
        // Who has not signed answers for the step still.
        (&plain, &["ben before a carl", "carl claim a", "ben unsign a 1"], "", ""),
        // One of several: the others sign on.
        (&flow("{}"), &["ben after a anna", "ben sign a ok", "ben unsign a 3"], "", ""),
        (
            &flow("{}"),
            &["ben after a anna", "ben sign a ok", "ben unsign a 3", "carl sign a ok", "mia sign a ok"],
            "",
            "ok",
        ),
        (
            &flow("{\"inOrder\":true}"),
            &["ben after a anna", "ben sign a ok", "ben unsign a 3", "carl sign a ok", "mia sign a ok"],
            "",
            "ok",
        ),
        (
            &flow("{\"inOrder\":true}"),
            &["ben after a anna", "ben sign a ok", "anna claim a", "ben unsign a 3"],
            begun,
            "",
        ),
    ];
    for (flow, lines, refused, outcome) in cases {
        let mut play = Play::new(flow, &[]);
        play.line("anna start");
        for it in *lines {
            play.line(it);
        }
        let found = play.trace.lines().map(str::trim).find(|it| it.starts_with("refused")).unwrap_or_default();
        assert_eq!(found, *refused, "{lines:?}\n{}", play.trace);
        let by = play.instance.vars.get("by").and_then(|it| it.as_str()).unwrap_or_default();
        assert_eq!(by, *outcome, "{lines:?}\n{}", play.trace);
    }
}

#[test]
fn who_has_signed_what_is_to_be_seen_and_survives_being_sent_back() {
    let mut play = Play::new(
        "start s\n s -> x\n user x role=svc\n x -> a\n user a performer={\"roles\":[\"svc\",\"mgr\"]} countersign={}\n",
        &[],
    );
    for it in ["anna start", "ben complete x", "ben sign a done", "mia return a x 'no plan'"] {
        play.line(it);
    }
    assert!(play.instance.sheets.is_empty(), "the sheet goes with the step\n{}", play.trace);
    play.line("ben complete x");
    play.line("carl sign a done");
    let sheet = play.instance.sheets.values().next().unwrap();
    let signed: Vec<String> = sheet
        .signers
        .iter()
        .map(|it| format!("{} {}", it.who.as_ref().unwrap(), it.signed.as_ref().map_or("-", |it| it.outcome.as_str())))
        .collect();
    assert_eq!(signed, ["ben -", "carl done", "mia -"]);
}

#[test]
fn nobody_signs_twice_not_even_for_somebody_else() {
    let mut play = Play::new(&flow("{}"), &[]);
    let absence = crate::engine::context::Absence {
        from: "2026-01-01T00:00:00Z".into(),
        until: "2027-01-01T00:00:00Z".into(),
        substitute: Some("ben".into()),
    };
    play.people.change("carl").absences.push(absence);
    play.line("anna start");
    play.line("ben sign a ok");
    let of_carl =
        play.instance.tasks.values().find(|it| it.assignee.as_ref().unwrap().as_str() == "carl").unwrap().id.clone();
    let input = Input::Complete { task: of_carl, outcome: "ok".into(), data: Map::new(), comment: String::new() };
    let refusal = play.give("ben", input).unwrap_err();
    assert_eq!(refusal.to_string(), "you have signed this already, or you are the one who does");
}

/// Before, beside or behind whose task it is: who was added is not who did the step.
#[test]
fn who_was_added_as_a_signer_does_not_become_who_did_the_step() {
    let flow = "start s
        s -> a
        user a role=svc
        a -> b
        user b performer={\"roles\":[\"svc\",\"mgr\"],\"sameAs\":\"a\"}
        b -> c
        user c performer={\"roles\":[\"svc\",\"mgr\"],\"notSameAs\":[\"a\"]}
        c -> e
        end e";
    for (lines, by, again) in [
        (["ben before a carl", "carl sign a done", "ben sign a done"], "ben", "ben"),
        (["ben beside a carl", "ben sign a done", "carl sign a done"], "ben", "ben"),
        (["ben after a carl", "ben sign a done", "carl sign a done"], "ben", "ben"),
        (["carl after a mia", "carl sign a done", "mia sign a done"], "carl", "carl"),
        // The step's own line is taken off by who oversees it: somebody else has done all of it.
        (["ben after a carl", "mia unsign a 0", "carl sign a done"], "carl", "carl"),
    ] {
        let mut play = Play::new(flow, &[]);
        play.line("anna start");
        for it in lines {
            play.line(it);
        }
        assert_eq!(play.instance.done["a"].by.as_str(), by, "{}", play.trace);
        let task = play.instance.tasks.values().next().expect("the next step");
        assert_eq!(task.assignee.as_ref().map(|it| it.as_str()), Some(again), "{}", play.trace);
        // Whoever signed has had to do with it: none of them does what others have to do.
        play.line(&format!("{again} complete b"));
        let task = play.instance.tasks.values().next().expect("the last step");
        let signed = &play.instance.done["a"].signers;
        assert!(task.candidates.iter().all(|it| !signed.contains(it)), "{}", play.trace);
    }
}

#[test]
fn a_role_nobody_holds_cannot_sign() {
    let mut play = Play::new(
        "start s\n s -> a\n user a performer={\"roles\":[\"svc\",\"lawyer\"]} countersign={\"each\":\"role\"}",
        &[],
    );
    play.line("anna start");
    let says = &play.instance.incidents.values().next().unwrap().message;
    assert_eq!(says, "expected somebody of role `lawyer` to sign, found nobody able");
}
