//! Deadlines that stand still, and rhythms across changes of the clock.

use super::Play;
use super::bench::catalog_in;

/// When something fires, or `-` while its clock stands.
fn moments(play: &Play) -> String {
    let due = play.instance.tasks.values().map(|it| format!("{} due {}", it.node, it.due_at.as_deref().unwrap_or("-")));
    let timers = play
        .instance
        .timers
        .values()
        .map(|it| format!("{} {} at {}", it.node, it.reminder.map_or("timer".into(), |it| it.to_string()), it.at));
    let held = play
        .instance
        .held
        .values()
        .map(|it| format!("{} {} held", it.node, it.reminder.map_or("timer".into(), |it| it.to_string())));
    let mut all: Vec<String> = due.chain(timers).chain(held).collect();
    all.sort();
    all.join("\n")
}

fn lines(play: &mut Play, lines: &[&str]) {
    for it in lines {
        play.line(it);
    }
}

/// Monday 09:00 to 18:00 with an hour off at noon, in Shanghai: 01:00Z to 10:00Z.
#[test]
fn a_suspended_step_gets_its_working_time_back() {
    let mut play = Play::new("start s\n s -> a\n user a role=svc due=8bh", &[]);
    lines(&mut play, &["anna start"]);
    assert_eq!(
        moments(&play),
        "a 100 at 2026-03-02T10:00:00Z\na 80 at 2026-03-02T08:24:00Z\na due 2026-03-02T10:00:00Z"
    );
    lines(&mut play, &["2026-03-02T03:00:00Z at", "ben stop a"]);
    assert_eq!(moments(&play), "a 100 held\na 80 held\na due -");
    lines(&mut play, &["ben complete a"]);
    assert!(play.trace.ends_with("refused: the step is suspended\n"));
    // From 11:00 on Monday to 10:00 on Wednesday: two hours are used up, six are left.
    lines(&mut play, &["2026-03-04T02:00:00Z at", "ben go a"]);
    assert_eq!(
        moments(&play),
        "a 100 at 2026-03-04T09:00:00Z\na 80 at 2026-03-04T07:24:00Z\na due 2026-03-04T09:00:00Z"
    );
    lines(
        &mut play,
        &["system timer a", "2026-03-04T08:00:00Z at", "ben stop a", "2026-03-04T11:00:00Z at", "ben go a"],
    );
    assert_eq!(
        moments(&play),
        "a 100 at 2026-03-05T02:00:00Z\na due 2026-03-05T02:00:00Z",
        "a reminder that came stays away"
    );
}

#[test]
fn a_suspended_instance_stops_every_duration_but_no_date_and_no_rhythm() {
    let flow = "start s
        s -> f
        and f
        f -> a
        f -> w
        f -> d
        user a role=svc due=PT10H
        boundary b on=a after=P1D
        boundary c on=a cycle=R/PT3H cancelActivity=false
        catch w after=PT5H
        catch d eventDefinition={\"type\":\"timer\",\"timeDate\":\"2026-03-03T00:00:00Z\"}
        b -> e
        c -> e
        w -> e
        d -> e
        end e";
    let mut play = Play::new(flow, &[]);
    lines(&mut play, &["anna start", "2026-03-02T02:00:00Z at", "mia suspend"]);
    assert_eq!(
        moments(&play),
        "a 100 held\na 80 held\na due -\nb timer held\nc timer at 2026-03-02T04:00:00Z\nd timer at 2026-03-03T00:00:00Z\nw timer held"
    );
    lines(&mut play, &["2026-03-02T04:30:00Z at", "mia resume"]);
    let expected = "a 100 at 2026-03-02T13:30:00Z\na 80 at 2026-03-02T11:30:00Z\na due 2026-03-02T13:30:00Z\nb timer at 2026-03-03T03:30:00Z\n\
                    c timer at 2026-03-02T04:00:00Z\nd timer at 2026-03-03T00:00:00Z\nw timer at 2026-03-02T08:30:00Z";
    assert_eq!(moments(&play), expected);
}

#[test]
fn waiting_for_the_customer_stops_the_others() {
    // By a task: the deadline over the whole subprocess stands still while the customer is asked, the customer's own runs.
    let flow = "start s
        s -> sub
        sub sub
        start t
        t -> ask
        user ask role=svc pausesDeadlines=true due=2bh
        ask -> work
        user work role=svc due=4bh
        end
        boundary late on=sub after=8bh cancelActivity=false
        late -> e
        end e";
    let mut play = Play::new(flow, &[]);
    lines(&mut play, &["anna start"]);
    assert_eq!(
        moments(&play),
        "ask 100 at 2026-03-02T03:00:00Z\nask 80 at 2026-03-02T02:36:00Z\nask due 2026-03-02T03:00:00Z\nlate timer held"
    );
    lines(&mut play, &["2026-03-03T01:00:00Z at", "ben complete ask"]);
    assert_eq!(
        moments(&play),
        "late timer at 2026-03-03T10:00:00Z\nwork 100 at 2026-03-03T06:00:00Z\nwork 80 at 2026-03-03T05:12:00Z\nwork due 2026-03-03T06:00:00Z"
    );
    // By the record's stage.
    let flow = "start s
        s -> a
        user a role=svc due=4bh stage=open outcomes=ask
        a -> b
        user b role=svc due=4bh stage=waiting
        b -> c
        user c role=svc stage=open
        boundary x on=b after=PT2H
        x -> e
        end e";
    let mut play = Play::with(&catalog_in("Asia/Shanghai"), flow, |it| it.pause_stages = vec!["waiting".into()]);
    lines(&mut play, &["anna start", "ben complete a ask"]);
    assert_eq!(moments(&play), "b 100 held\nb 80 held\nb due -\nx timer held");
    lines(&mut play, &["2026-03-02T05:00:00Z at", "ben complete b"]);
    assert!(play.instance.held.is_empty() && play.instance.waited.iter().all(|it| it.to.is_some()));
}

/// A whole day's beats, in local time.
fn beats(zone: &str, from: &str, cycle: &str, count: usize) -> Vec<String> {
    let flow = format!(
        "start s\n s -> a\n user a role=svc\n boundary b on=a cycle={cycle} cancelActivity=false\n b -> e\n end e"
    );
    let mut play = Play::with(&catalog_in(zone), &flow, |_| {});
    play.now = from.parse().unwrap();
    play.line("anna start");
    let mut found = Vec::new();
    for _ in 0..count {
        let Some(at) = play.instance.timers.values().next().map(|it| it.at.clone()) else { break };
        let local = at.parse::<jiff::Timestamp>().unwrap().to_zoned(crate::time::zone(zone).unwrap());
        found.push(local.strftime("%m-%d %H:%M %z").to_string());
        play.line("system timer b");
    }
    found
}

#[test]
fn rhythms_across_both_changes_of_the_clock() {
    // Forward on 2026-03-29 at 02:00 (+01 to +02), back on 2026-10-25 at 03:00 (+02 to +01).
    let berlin = "Europe/Berlin";
    assert_eq!(
        beats(berlin, "2026-03-28T23:30:00Z", "R4/PT1H", 9),
        ["03-29 01:30 +0100", "03-29 03:30 +0200", "03-29 04:30 +0200", "03-29 05:30 +0200"],
        "every hour is an hour"
    );
    assert_eq!(
        beats(berlin, "2026-10-24T23:30:00Z", "R4/PT1H", 9),
        ["10-25 02:30 +0200", "10-25 02:30 +0100", "10-25 03:30 +0100", "10-25 04:30 +0100"]
    );
    assert_eq!(
        beats(berlin, "2026-03-27T01:30:00Z", "R4/P1D", 9),
        ["03-28 02:30 +0100", "03-29 03:30 +0200", "03-30 02:30 +0200", "03-31 02:30 +0200"],
        "half past two is missing on one day only"
    );
    assert_eq!(
        beats(berlin, "2026-10-23T00:30:00Z", "R4/P1D", 9),
        ["10-24 02:30 +0200", "10-25 02:30 +0200", "10-26 02:30 +0100", "10-27 02:30 +0100"],
        "half past two that comes twice counts once"
    );
    assert_eq!(
        beats(berlin, "2026-03-20T00:00:00Z", "R3/2026-03-28T02:30:00+01:00/P1D", 9),
        ["03-28 02:30 +0100", "03-29 03:30 +0200", "03-30 02:30 +0200"]
    );
    assert_eq!(
        beats(berlin, "2026-10-20T00:00:00Z", "R3/2026-10-24T02:30:00/P1D", 9),
        ["10-24 02:30 +0200", "10-25 02:30 +0200", "10-26 02:30 +0100"],
        "a moment without offset is local"
    );
    assert_eq!(
        beats("America/New_York", "2026-03-07T07:30:00Z", "R2/P1D", 9),
        ["03-08 03:30 -0400", "03-09 02:30 -0400"]
    );
}

#[test]
fn months_are_counted_from_the_first() {
    assert_eq!(
        beats("UTC", "2026-01-31T09:00:00Z", "R4/P1M", 9),
        ["02-28 09:00 +0000", "03-31 09:00 +0000", "04-30 09:00 +0000", "05-31 09:00 +0000"]
    );
    assert_eq!(
        beats("UTC", "2026-01-01T00:00:00Z", "R2/2026-01-31T09:00:00Z/P1M", 9),
        ["01-31 09:00 +0000", "02-28 09:00 +0000"]
    );
}
