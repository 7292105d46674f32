//! Random structured flows and random legal inputs. After every step: folding the facts gives the instance, JSON
//! keeps it, tokens are bounded, everything that waits can be named. The seed is printed when something is wrong;
//! `TEST_SEED` repeats it, `TEST_FLOWS` tries more.

use std::fmt::Write;

use serde_json::Map;

use super::Play;
use crate::engine::instance::{Place, ScopeKind, State};
use crate::engine::task::sheet::Placing;
use crate::engine::{Input, Refusal};
use crate::limits;

/// Flows per run, inputs per flow.
const FLOWS: u64 = 250;
const INPUTS: usize = 60;

/// SplitMix64 (Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (it ^ (it >> 31)) % sides
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.roll(of.len() as u64) as usize) }
    }
}

/// Writes a flow as lines; blocks have one way in and one way out, but events and sloppy joins break that now and then.
struct Writer<'a> {
    dice: &'a mut Dice,
    lines: String,
    next: usize,
}

impl Writer<'_> {
    fn id(&mut self, kind: &str) -> String {
        self.next += 1;
        format!("{kind}{}", self.next)
    }

    fn line(&mut self, text: String) {
        let _ = writeln!(self.lines, "{text}");
    }

    /// A block after `from`; returns its last node.
    fn block(&mut self, from: &str, depth: u64) -> String {
        match if depth == 0 { self.dice.roll(13) } else { self.dice.roll(26) } {
            0 | 1 => self.user(from),
            2 => self.node(from, "script", "script=work"),
            3 => self.node(from, "service", "call={\"plugin\":\"p\",\"function\":\"f\",\"output\":\"n\"}"),
            4 => self.node(from, "catch", "after=PT1H"),
            5 => self.node(from, "receive", "message=hello"),
            6 => {
                let what = *self.dice.pick(&["message=hello", "signal=ping", "escalation=X1", "compensate=*"]).unwrap_or(&"");
                self.node(from, "throw", what)
            }
            7 => self.many(from),
            8 => self.node(from, "script", "script=work loop={\"loopMaximum\":\"2\",\"loopCondition\":\"loopCounter < 5\"}"),
            9 => self.node(from, "cond", "condition='vars.n > 2'"),
            10 => self.compensable(from),
            11 => self.link(from),
            12 => self.node(from, "task", "startQuantity=1 completionQuantity=1 dataInputAssociations=[{\"sourceRef\":[\"n\"],\"targetRef\":\"input\"}]"),
            13 | 14 => self.gateway(from, "and", depth),
            15 => self.gateway(from, "or", depth),
            16 => self.gateway(from, "xor", depth),
            17 => self.gateway(from, "complex", depth),
            18 | 19 => self.sub(from, depth),
            20 => self.transaction(from, depth),
            21 => self.ad_hoc(from, depth),
            22 | 23 => self.back(from, depth),
            _ => {
                let middle = self.block(from, depth - 1);
                self.block(&middle, depth - 1)
            }
        }
    }

    fn node(&mut self, from: &str, kind: &str, rest: &str) -> String {
        let id = self.id(kind);
        let kind = if kind == "cond" { "catch" } else { kind };
        self.line(format!("{kind} {id} {rest}"));
        self.line(format!("{from} -> {id}"));
        id
    }

    fn many(&mut self, from: &str) -> String {
        let how = *self
            .dice
            .pick(&[
                "\"loopCardinality\":\"2\"",
                "\"isSequential\":true,\"loopCardinality\":\"3\",\"completionCondition\":\"nrOfCompletedInstances >= 2\"",
                "\"collection\":\"[1, 2]\",\"completionCondition\":\"nrOfCompletedInstances >= 1\",\"outputCollection\":\"out\"",
                "\"loopCardinality\":\"vars.n\",\"behavior\":\"none\",\"noneBehaviorEvent\":{\"type\":\"signal\",\"signalRef\":\"ping\"}",
            ])
            .unwrap_or(&"");
        let id = self.node(from, "user", &format!("role=svc outcomes=yes,no many={{{how}}}"));
        match self.dice.roll(4) {
            0 => self.boundary(&id, "after=PT2H"),
            1 => self.boundary(&id, "signal=ping cancelActivity=false"),
            2 => self.boundary(&id, "condition='vars.n == 4' cancelActivity=false"),
            _ => {}
        }
        id
    }

    /// A step that can be compensated.
    fn compensable(&mut self, from: &str) -> String {
        let id = self.node(from, "task", "");
        let (event, undo) = (self.id("b"), self.id("user"));
        self.line(format!("boundary {event} on={id} compensate=*"));
        self.line(format!("user {undo} role=svc outcomes=yes,no isForCompensation=true"));
        self.line(format!("{event} ~> {undo}"));
        id
    }

    fn link(&mut self, from: &str) -> String {
        let (there, here) = (self.id("throw"), self.id("task"));
        self.line(format!("throw {there} link={there}"));
        self.line(format!("{from} -> {there}"));
        let caught = self.id("link");
        self.line(format!("catch {caught} link={there}"));
        self.line(format!("task {here}"));
        self.line(format!("{caught} -> {here}"));
        here
    }

    fn transaction(&mut self, from: &str, depth: u64) -> String {
        let id = self.id("transaction");
        self.line(format!("transaction {id}"));
        let start = self.id("s");
        self.line(format!("start {start}"));
        let middle = self.compensable(&start);
        let last = self.block(&middle, depth - 1);
        let end = self.id("e");
        let ends = *self.dice.pick(&["", " ends=cancel", " error=E1"]).unwrap_or(&"");
        self.line(format!("end {end}{ends}"));
        self.line(format!("{last} -> {end}"));
        self.line("end".to_owned());
        self.line(format!("{from} -> {id}"));
        self.boundary(&id, "ends=cancel");
        self.boundary(&id, "error=*");
        id
    }

    fn ad_hoc(&mut self, from: &str, depth: u64) -> String {
        let id = self.id("adhoc");
        let how = *self
            .dice
            .pick(&["", "ordering=sequential", "completionCondition='vars.n == 4'", "cancelRemainingInstances=false"])
            .unwrap_or(&"");
        self.line(format!("adhoc {id} {how}"));
        for _ in 0..2 {
            let inside = self.id("task");
            self.line(format!("task {inside}"));
            self.block(&inside, depth - 1);
        }
        self.line("end".to_owned());
        self.line(format!("{from} -> {id}"));
        id
    }

    /// An event subprocess of the scope that is being written.
    fn event_sub(&mut self, depth: u64) {
        let (id, start) = (self.id("events"), self.id("s"));
        self.line(format!("eventsub {id}"));
        let kinds = [
            "message=stop",
            "signal=ping isInterrupting=false",
            "cycle=R2/PT1H isInterrupting=false",
            "error=E1",
            "escalation=X1 isInterrupting=false",
            "compensate=*",
        ];
        let what = *self.dice.pick(&kinds).unwrap_or(&"");
        self.line(format!("start {start} {what}"));
        self.block(&start, depth - 1);
        self.line("end".to_owned());
    }

    fn user(&mut self, from: &str) -> String {
        let sign = *self
            .dice
            .pick(&[
                "",
                "",
                "",
                " countersign={}",
                " countersign={\"rule\":\"any\",\"inOrder\":true}",
                " pausesDeadlines=true",
            ])
            .unwrap_or(&"");
        let id = self.node(from, "user", &format!("role=svc outcomes=yes,no due=PT5H{sign}"));
        match self.dice.roll(5) {
            0 => self.boundary(&id, "after=PT2H"),
            1 => self.boundary(&id, "cycle=R2/PT1H cancelActivity=false"),
            2 => self.boundary(&id, "message=stop"),
            _ => {}
        }
        id
    }

    /// A boundary event whose way ends by itself.
    fn boundary(&mut self, host: &str, what: &str) {
        let id = self.id("b");
        self.line(format!("boundary {id} on={host} {what}"));
        let end = self.id("e");
        let ends = if self.dice.roll(4) == 0 { " ends=terminate" } else { "" };
        self.line(format!("end {end}{ends}"));
        self.line(format!("{id} -> {end}"));
    }

    fn gateway(&mut self, from: &str, kind: &str, depth: u64) -> String {
        let split = self.id(kind);
        let join = self.id(kind);
        // Now and then the join is of another kind: tokens may then wait for ever, and must not break anything.
        let joins =
            if self.dice.roll(6) == 0 { *self.dice.pick(&["and", "or", "xor"]).unwrap_or(&"xor") } else { kind };
        let ways = 2 + self.dice.roll(2);
        let mut default = String::new();
        let mut tails = Vec::new();
        for way in 0..ways {
            let inside = self.id("task");
            self.line(format!("task {inside}"));
            let condition = match (kind, way) {
                ("and", _) => "",
                (_, 0) => {
                    default = format!(" default={split}-{inside}");
                    ""
                }
                (_, 1) => " : vars.n > 2",
                _ => " : outcome == \"yes\"",
            };
            self.line(format!("{split} -> {inside}{condition}"));
            tails.push(self.block(&inside, depth - 1));
        }
        // One of the flows is enough for a complex gateway; the rest comes to its reset.
        let activation = if joins == "complex" {
            format!(" activationCondition='activationCount[\"{}-{join}\"] > 0'", tails[0])
        } else {
            String::new()
        };
        self.line(format!("{kind} {split}{default}"));
        self.line(format!("{joins} {join}{activation}"));
        self.line(format!("{from} -> {split}"));
        for tail in tails {
            self.line(format!("{tail} -> {join}"));
        }
        join
    }

    fn sub(&mut self, from: &str, depth: u64) -> String {
        let id = self.id("sub");
        let many = if self.dice.roll(4) == 0 { " many={\"loopCardinality\":\"2\"}" } else { "" };
        self.line(format!("sub {id}{many}"));
        let start = self.id("s");
        self.line(format!("start {start}"));
        let last = self.block(&start, depth - 1);
        if self.dice.roll(2) == 0 {
            self.event_sub(depth);
        }
        let end = self.id("e");
        let ends = *self
            .dice
            .pick(&["", "", " ends=terminate", " error=E1", " escalation=X1", " compensate=*"])
            .unwrap_or(&"");
        self.line(format!("end {end}{ends}"));
        self.line(format!("{last} -> {end}"));
        self.line("end".to_owned());
        self.line(format!("{from} -> {id}"));
        if ends == " error=E1" || self.dice.roll(3) == 0 {
            self.boundary(&id, "error=*");
        }
        id
    }

    /// A loop: a decision leads on or back.
    fn back(&mut self, from: &str, depth: u64) -> String {
        let head = self.id("xor");
        self.line(format!("xor {head}"));
        self.line(format!("{from} -> {head}"));
        let last = self.block(&head, depth - 1);
        let user = self.user(&last);
        let choice = self.id("xor");
        let on = self.id("task");
        self.line(format!("xor {choice} default={choice}-{on}"));
        self.line(format!("task {on}"));
        self.line(format!("{user} -> {choice}"));
        self.line(format!("{choice} -> {head} : outcome == \"no\""));
        self.line(format!("{choice} -> {on}"));
        on
    }
}

fn random_flow(dice: &mut Dice) -> String {
    let (blocks, depth) = (1 + dice.roll(4), 1 + dice.roll(3));
    let mut it = Writer { dice, lines: String::new(), next: 0 };
    it.line("start s".to_owned());
    if it.dice.roll(4) == 0 {
        it.event_sub(1);
    }
    let mut last = "s".to_owned();
    for _ in 0..blocks {
        last = it.block(&last, depth);
    }
    it.line("end e".to_owned());
    it.line(format!("{last} -> e"));
    it.lines
}

/// One legal input, if there is any.
fn random_input(play: &Play, dice: &mut Dice) -> Option<(&'static str, Input)> {
    let it = &play.instance;
    let tasks: Vec<_> = it.tasks.values().collect();
    let outcome = |dice: &mut Dice| if dice.roll(2) == 0 { "yes" } else { "no" }.to_owned();
    for _ in 0..40 {
        let found = match dice.roll(27) {
            0..5 => dice.pick(&tasks).map(|task| {
                (
                    worker(task, dice),
                    Input::Complete {
                        task: task.id.clone(),
                        outcome: outcome(dice),
                        data: Map::new(),
                        comment: String::new(),
                    },
                )
            }),
            5 => dice.pick(&tasks).map(|task| (worker(task, dice), Input::Claim { task: task.id.clone() })),
            6 => dice.pick(&tasks).map(|task| (worker(task, dice), Input::Release { task: task.id.clone() })),
            7 => {
                let done: Vec<_> = it.done.keys().cloned().collect();
                let to = dice.pick(&done).cloned();
                dice.pick(&tasks).zip(to).map(|(task, to)| {
                    (worker(task, dice), Input::Return { task: task.id.clone(), to, reason: "again".to_owned() })
                })
            }
            8 | 9 => it
                .timers
                .iter()
                .min_by_key(|(_, it)| it.at.clone())
                .map(|(id, _)| ("system", Input::TimerFired { timer: id.clone() })),
            10 => it.jobs.keys().next().map(|job| {
                let input = match dice.roll(3) {
                    0 => Input::JobFailed { job: job.clone(), code: Some("E1".to_owned()), error: "broken".to_owned() },
                    _ => Input::JobDone { job: job.clone(), output: dice.roll(5).into(), outcome: None },
                };
                ("system", input)
            }),
            11 => Some((
                "anna",
                Input::Message {
                    name: if dice.roll(4) == 0 { "stop" } else { "hello" }.to_owned(),
                    payload: Map::new(),
                    key: None,
                },
            )),
            13 => dice.pick(&tasks).map(|task| (worker(task, dice), random_deed(task, dice))),
            19 => {
                let tokens: Vec<_> = it.tokens.values().collect();
                let nodes: Vec<_> = play.plan.nodes.keys().chain(play.plan.paths.keys()).cloned().collect();
                dice.pick(&tokens).copied().zip(dice.pick(&nodes)).map(|(token, to)| {
                    let (Place::Node(from) | Place::Flow(from)) = &token.at;
                    (
                        "mia",
                        Input::Move {
                            from: from.clone(),
                            to: to.clone(),
                            reason: "so".to_owned(),
                            anyway: dice.roll(2) == 0,
                        },
                    )
                })
            }
            14 => Some((
                "mia",
                if it.state == State::Suspended {
                    Input::Resume {}
                } else {
                    Input::Suspend { reason: "wait".to_owned() }
                },
            )),
            15..19 if it.state == State::Suspended => Some(("mia", Input::Resume {})),
            12 => it.incidents.keys().next().map(|id| ("mia", Input::Retry { incident: id.clone() })),
            20..27 => random_event(play, dice),
            _ if dice.roll(30) == 0 => Some(("mia", Input::Cancel { reason: "enough".to_owned() })),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Something that happens to the flow from outside; some of it will be refused.
fn random_event(play: &Play, dice: &mut Dice) -> Option<(&'static str, Input)> {
    let it = &play.instance;
    let stands: Vec<_> = it
        .tokens
        .values()
        .filter_map(|it| if let Place::Node(node) = &it.at { Some(node.clone()) } else { None })
        .collect();
    let node = dice.pick(&stands).cloned();
    let inside = |kind: &str| it.scopes.values().map(|it| it.node.clone()).find(|it| it.as_str().starts_with(kind));
    let input = match dice.roll(10) {
        0 | 1 => Input::Signal { name: "ping".to_owned(), payload: Map::new() },
        2 | 3 => Input::DataChanged { vars: Map::from_iter([("n".to_owned(), dice.roll(6).into())]) },
        4 => Input::AddInstance {
            node: play.plan.node(&node?).filter(|it| it.repeat.is_some())?.id.clone(),
            item: 1.into(),
        },
        5 | 6 => {
            let sub = inside("adhoc")?;
            let free: Vec<_> = play
                .plan
                .nodes
                .values()
                .filter(|it| it.parent.as_ref() == Some(&sub) && it.incoming.is_empty())
                .collect();
            Input::StartActivity { node: dice.pick(&free)?.id.clone() }
        }
        7 => Input::FinishAdHoc { node: inside("adhoc")? },
        8 => Input::RaiseError { node: node?, code: "E1".to_owned(), message: "raised".to_owned() },
        _ if dice.roll(3) == 0 => Input::CancelActivity { node: node? },
        _ => Input::RaiseEscalation { node: node?, code: "X1".to_owned(), message: String::new() },
    };
    Some(("system", input))
}

/// Something people do with a task besides doing it; most of it will be refused.
fn random_deed(task: &crate::engine::OpenTask, dice: &mut Dice) -> Input {
    let id = task.id.clone();
    let other = || *["ben", "carl", "mia"].first().unwrap_or(&"mia");
    let who = if dice.roll(2) == 0 { "mia" } else { other() };
    let reason = "so".to_owned();
    let place = *dice.pick(&[Placing::Before, Placing::After, Placing::Parallel]).unwrap_or(&Placing::After);
    match dice.roll(9) {
        0 => Input::Delegate { task: id, to: who.into(), reason },
        1 => Input::Resolve { task: id, comment: reason },
        2 => Input::Withdraw { task: id, reason },
        3 | 4 => Input::AddSigner { task: id, who: who.into(), place, reason },
        5 => Input::RemoveSigner { task: id, signer: dice.roll(3) as u32, reason },
        6 => Input::SuspendTask { task: id, reason },
        7 => Input::ResumeTask { task: id },
        _ => Input::HandOver { task: id, to: who.into(), reason },
    }
}

fn worker(task: &crate::engine::OpenTask, dice: &mut Dice) -> &'static str {
    match task.assignee.as_ref().map(|it| it.as_str()) {
        Some("ben") => "ben",
        Some("carl") => "carl",
        Some("mia") => "mia",
        _ => dice.pick(&["ben", "carl"]).unwrap_or(&"ben"),
    }
}

/// What must hold of every instance.
fn sweep(play: &Play) {
    let it = &play.instance;
    assert!(it.tokens.len() <= limits::INSTANCE_TOKENS, "tokens are bounded");
    let exists = |token: &u64| it.tokens.contains_key(token);
    let stands = |token: &u64| matches!(it.tokens.get(token).map(|it| &it.at), Some(Place::Node(_)));
    assert!(it.tasks.values().all(|it| stands(&it.token)), "a task hangs on a token");
    assert!(
        it.timers.values().chain(it.held.values()).all(|it| it.token.is_none_or(|it| stands(&it))),
        "a timer hangs on a token"
    );
    assert!(it.sheets.keys().chain(it.stopped.keys()).all(stands), "a sheet and a stop hang on a token");
    for (token, sheet) in &it.sheets {
        let open = it.tasks.values().filter(|it| it.token == *token && it.signer.is_some()).count();
        let lines = sheet.signers.iter().filter(|it| it.task.is_some() && it.signed.is_none()).count();
        assert!(open > 0 && open == lines, "a sheet has a task for each line whose turn it is");
    }
    assert!(it.jobs.values().all(stands), "a job hangs on a token");
    assert!(it.incidents.values().all(|it| exists(&it.token)), "an incident hangs on a token");
    assert!(it.scopes.values().all(|it| stands(&it.token)), "a scope hangs on a token");
    assert!(
        it.tokens.values().all(|token| token.scope.is_none_or(|it2| it.scopes.contains_key(&it2))),
        "a scope of a token is open"
    );
    assert!(it.marks.iter().all(|it| it.token.is_none_or(|it| exists(&it))), "what is remembered hangs on a token");
    assert!(it.repeats.keys().all(stands), "a repetition hangs on a token");
    assert!(it.compensations.keys().all(stands), "a compensation hangs on a token");
    for scope in it.scopes.values() {
        match scope.kind {
            ScopeKind::Inside => {}
            ScopeKind::Turn { .. } => assert!(it.repeats.contains_key(&scope.token), "a turn is of a repetition"),
            ScopeKind::Handler { .. } => {
                assert!(it.compensations.contains_key(&scope.token), "a handler is of a compensation")
            }
        }
    }
    match it.state {
        State::Finished | State::Cancelled => {
            let rest = (
                it.tokens.len(),
                it.tasks.len(),
                it.timers.len(),
                it.jobs.len(),
                it.scopes.len(),
                it.incidents.len()
                    + it.held.len()
                    + it.sheets.len()
                    + it.stopped.len()
                    + it.repeats.len()
                    + it.compensations.len()
                    + it.marks.len()
                    + it.gates.len()
                    + it.compensable.len(),
            );
            assert_eq!(rest, (0, 0, 0, 0, 0, 0), "nothing is left of an ended instance");
        }
        State::New | State::Running | State::Suspended => {
            let moves = it.tokens.values().any(|it| matches!(it.at, Place::Node(_)));
            assert!(moves || !it.incidents.is_empty(), "a running instance moves, or says why not");
        }
    }
    let waits = |id: &u64, at: &Place| match at {
        Place::Flow(_) => true,
        Place::Node(node) => {
            let timers = || it.timers.values().chain(it.held.values());
            let hangs = it.tasks.values().any(|it| it.token == *id) || timers().any(|it| it.token == Some(*id));
            let kind = node.as_str().trim_end_matches(char::is_numeric);
            let inside = it.scopes.values().any(|it| it.token == *id) || it.jobs.values().any(|it| it == id);
            hangs || inside || ["receive", "cond"].contains(&kind) || it.incidents.values().any(|it| it.token == *id)
        }
    };
    for (id, token) in &it.tokens {
        assert!(waits(id, &token.at), "a token at {:?} waits for something", token.at);
    }
}

fn run(seed: u64) -> (usize, bool) {
    let mut dice = Dice(seed);
    let flow = random_flow(&mut dice);
    let mut play = Play::new(&flow, &[("work", "#{ vars: #{ n: 3 } }")]);
    play.give("anna", Input::Start { at: None, vars: Map::new(), parent: None }).unwrap();
    sweep(&play);
    let mut taken = 0;
    for _ in 0..INPUTS {
        let Some((who, input)) = random_input(&play, &mut dice) else { break };
        let before = play.instance.clone();
        match play.give(who, input) {
            Ok(_) => taken += 1,
            Err(Refusal::AlreadyEnded) => break,
            Err(_) => assert_eq!(before, play.instance, "a refusal changes nothing"),
        }
        sweep(&play);
    }
    (taken, play.instance.state == State::Finished)
}

/// A number from the environment of the test run.
#[allow(clippy::disallowed_methods)]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn random_flows_keep_the_laws() {
    let given = number("TEST_SEED");
    let (first, count) = given.map_or((1, number("TEST_FLOWS").unwrap_or(FLOWS)), |it| (it, 1));
    let (mut taken, mut finished) = (0, 0);
    for seed in first..first + count {
        let outcome = std::panic::catch_unwind(|| run(seed));
        let Ok((inputs, ended)) = outcome else {
            panic!("TEST_SEED={seed} breaks a law with the flow\n{}", random_flow(&mut Dice(seed)));
        };
        taken += inputs;
        finished += usize::from(ended);
    }
    // The generator must reach something: most inputs are taken, many flows end.
    assert!(given.is_some() || (taken > 800 && finished > 80), "{taken} inputs were taken, {finished} flows ended");
}
