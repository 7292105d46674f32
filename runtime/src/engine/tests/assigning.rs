//! Who gets a task, by every way of saying so.

use super::Play;
use crate::engine::Plan;
use crate::engine::context::Absence;
use crate::model::flow::Lane;

/// Who has the first open task, or who may take it; and why.
fn who(performer: &str, change: impl FnOnce(&mut Play)) -> String {
    let mut play =
        Play::new(&format!("start s\n s -> x\n user x role=agent\n x -> a\n user a performer={performer}"), &[]);
    change(&mut play);
    play.line("anna start");
    play.line("anna complete x");
    let task = play.instance.tasks.values().next().unwrap();
    let why = play.trace.lines().rev().find_map(|it| it.split_once(" why=")).map(|it| it.1).unwrap_or_default();
    let names: Vec<&str> =
        task.candidates.iter().map(|it| it.as_str()).chain(task.roles.iter().map(|it| it.as_str())).collect();
    match &task.assignee {
        Some(it) => format!("{it}: {why}"),
        None => format!("{}: {why}", names.join(",")),
    }
}

fn person<'p>(play: &'p mut Play, id: &str) -> super::bench::Changed<'p> {
    play.people.change(id)
}

#[test]
fn a_task_is_for_the_role_of_its_lane() {
    let lane = |id: &str, parent: Option<&str>, role: Option<&str>| Lane {
        id: id.to_owned(),
        parent: parent.map(str::to_owned),
        role: role.map(Into::into),
        flow_node_refs: vec!["a".into()],
        ..Lane::default()
    };
    // Tools list a node in every lane around it, in whichever order.
    for (lanes, expected) in [
        (vec![lane("outer", None, Some("svc"))], "svc"),
        (vec![lane("outer", None, Some("svc")), lane("inner", Some("outer"), None)], "svc"),
        (vec![lane("inner", Some("outer"), Some("svc")), lane("outer", None, Some("boss"))], "svc"),
    ] {
        let mut flow = super::flow("start s\n s -> a\n user a performer={}");
        flow.lanes = lanes;
        let mut play = Play::new("start s\n s -> a\n user a", &[]);
        play.plan = Plan::compile(&super::bench::catalog(&[]), &flow).unwrap();
        play.line("anna start");
        let roles: Vec<&str> = play.instance.tasks.values().flat_map(|it| &it.roles).map(|it| it.as_str()).collect();
        assert_eq!(roles, [expected], "{:?}", flow.lanes);
    }
}

#[test]
fn managers() {
    for (performer, expected) in [
        ("{\"managerOf\":{\"of\":\"starter\"}}", "mia: the manager of anna"),
        ("{\"managerOf\":{\"of\":\"x\"}}", "mia: the manager of anna"),
        ("{\"managerOf\":{\"of\":\"owner\",\"levels\":2}}", "zoe: the manager 2 levels above anna"),
        ("{\"managerOf\":{\"of\":\"starter\",\"levels\":9}}", "zoe: the manager 9 levels above anna"),
        ("{\"managerOf\":{\"of\":\"starter\"},\"notSameAs\":[\"x\"]}", "mia: the manager of anna, not anna"),
    ] {
        let found = who(performer, |play| {
            person(play, "zoe").on_duty = true;
            person(play, "mia").manager = Some("zoe".into());
        });
        assert_eq!(found, expected, "{performer}");
    }
    // A circle of managers ends; nobody above: an incident and the fallback.
    assert_eq!(
        who("{\"managerOf\":{\"of\":\"starter\",\"levels\":9}}", |play| person(play, "mia").manager =
            Some("mia".into())),
        "mia: the manager 9 levels above anna"
    );
    let nobody =
        who("{\"managerOf\":{\"of\":\"starter\"},\"fallback\":\"svc\"}", |play| person(play, "anna").manager = None);
    assert_eq!(nobody, "svc: nobody is able (the manager of anna); offered to holders of svc");
}

#[test]
fn skills_with_levels() {
    let skilled = |play: &mut Play| {
        person(play, "ben").skills = vec!["welding:3".into(), "law".into()];
        person(play, "carl").skills = vec!["welding".into()];
    };
    assert_eq!(
        who("{\"roles\":[\"svc\"],\"skills\":[{\"skill\":\"welding\"}]}", skilled),
        "ben,carl: offered to holders of svc, skill `welding` of level 1"
    );
    assert_eq!(
        who("{\"skills\":[{\"skill\":\"welding\",\"level\":2}]}", skilled),
        "ben: offered to skill `welding` of level 2"
    );
    assert_eq!(
        who("{\"skills\":[{\"skill\":\"welding\"},{\"skill\":\"law\"}]}", skilled),
        "ben: offered to skill `welding` of level 1, skill `law` of level 1"
    );
}

#[test]
fn expressions_name_one_or_several() {
    assert_eq!(
        who("{\"user\":\"[\\\"carl\\\",\\\"ben\\\",\\\"nobody\\\"]\"}", |_| {}),
        "carl,ben: offered to `carl`, `ben`, `nobody`"
    );
    assert_eq!(who("{\"user\":\"starter\"}", |_| {}), "anna: named by the flow");
}

#[test]
fn one_of_several_is_chosen() {
    let away =
        || Absence { from: "2026-01-01T00:00:00Z".into(), until: "2027-01-01T00:00:00Z".into(), substitute: None };
    let round = "{\"roles\":[\"svc\"],\"choose\":\"roundRobin\"}";
    let least = "{\"roles\":[\"svc\"],\"choose\":\"leastLoad\"}";
    assert_eq!(who(round, |_| {}), "ben: whose last assignment is longest ago");
    assert_eq!(
        who(round, |play| person(play, "ben").last_assigned = Some("2026-03-01T00:00:00Z".into())),
        "carl: whose last assignment is longest ago"
    );
    assert_eq!(
        who(round, |play| person(play, "ben").absences.push(away())),
        "carl: whose last assignment is longest ago"
    );
    assert_eq!(who(least, |play| person(play, "ben").open_points = 1), "carl: has the least open work: 0 of 10");
    let busy = |play: &mut Play| {
        person(play, "ben").open_points = 4;
        person(play, "ben").capacity = 20;
        person(play, "carl").open_points = 3;
        person(play, "carl").capacity = 10;
    };
    assert_eq!(who(least, busy), "ben: has the least open work: 4 of 20");
    assert_eq!(who(least, |play| person(play, "ben").on_duty = false), "carl: has the least open work: 0 of 10");
    let nobody_there = |play: &mut Play| ["ben", "carl"].into_iter().for_each(|it| person(play, it).on_duty = false);
    assert_eq!(who(least, nobody_there), "ben: has the least open work: 0 of 10", "somebody must have it");
    assert_eq!(
        who("{\"roles\":[\"svc\",\"agent\"],\"choose\":\"caseHandler\"}", |_| {}),
        "anna: has done 1 steps of this already"
    );
    assert_eq!(
        who("{\"roles\":[\"svc\"],\"choose\":\"caseHandler\"}", |_| {}),
        "ben: has the least open work: 0 of 10"
    );
    assert_eq!(
        who("{\"roles\":[\"svc\",\"agent\"],\"choose\":\"caseHandler\",\"notSameAs\":[\"x\"]}", |_| {}),
        "ben: has the least open work: 0 of 10",
        "separation of duty goes before"
    );
}

/// Who a role of a department is offered to is asked when somebody wants it: not only who was there when it opened.
#[test]
fn who_comes_into_the_department_later_may_take_it() {
    let performer = "{\"roles\":[\"svc\"],\"department\":\"\\\"north\\\"\"}";
    assert_eq!(who(performer, |_| {}), "svc: offered to holders of svc, people of department `north`");
    let flow = format!("start s\n s -> a\n user a performer={performer}");
    let said = |play: &mut Play, line: &str| {
        let from = play.trace.len();
        play.line(line);
        play.trace[from..].contains("refused")
    };
    let mut play = Play::new(&flow, &[]);
    play.line("anna start");
    assert!(said(&mut play, "carl claim a"), "of the role, but of another department");
    person(&mut play, "carl").department_path = vec!["north".into(), "all".into()];
    person(&mut play, "ben").department_path = vec!["south".into(), "all".into()];
    assert!(said(&mut play, "ben claim a"), "has left it");
    assert!(!said(&mut play, "carl claim a"), "has come into it");
}
