//! The verdict on one net: shortened, then proved quickly, then searched exactly; and what is wrong told as runs of the
//! whole net.

use super::board::{Board, Parts};
use super::build::Outcome;
use super::net::{Event, Exit, Fired, Kind, Net, Node, Place};
use super::reduce::{self, Reduced};
use super::run::{self, Goal, Played, Player};
use super::search::{Bounds, Path, Seen, explore};
use super::{choice, counted};
use crate::limits;

/// What can be wrong with a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// Two tokens on one sequence flow.
    Unsafe,
    /// A run gets stuck.
    Deadlock,
    /// A run goes on for ever and can never end.
    Livelock,
    /// An end event is reached twice in one run.
    EndTwice,
    /// An activity never happens.
    Dead,
    /// Nothing can begin.
    NoStart,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub wrong: Wrong,
    /// The nodes it is about.
    pub nodes: Vec<Node>,
    /// Where the tokens stand when it is shown.
    pub places: Vec<Place>,
    pub run: Vec<run::Done>,
}

/// What is known of one net; none: not decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    pub safe: Option<bool>,
    pub option_to_complete: Option<bool>,
    pub proper_completion: Option<bool>,
    pub no_dead_activities: Option<bool>,
    pub findings: Vec<Finding>,
    pub outcome: Outcome,
    pub beyond: Vec<(Node, &'static str)>,
}

/// Judges a net; `budget` bounds the states looked at.
pub fn judge(net: &Net, budget: usize) -> Judgement {
    let mut it = Judgement { beyond: net.beyond.clone(), ..Judgement::default() };
    if net.idle {
        it.option_to_complete = Some(false);
        it.no_dead_activities = Some(net.activities.is_empty());
        let nothing = Finding { wrong: Wrong::NoStart, nodes: Vec::new(), places: Vec::new(), run: Vec::new() };
        it.findings.push(nothing);
    } else if !net.beyond.is_empty() {
        it.outcome = anything(net);
    } else if net.counts() {
        it.by_counting(net, budget, true);
    } else {
        it.by_search(net, budget);
    }
    it
}

/// Every way a scope may end, where it is not known which it does.
fn anything(net: &Net) -> Outcome {
    let cancels = net.moves.iter().any(|it| it.kind == Kind::Leaves(Exit::Cancel));
    Outcome { normal: true, errors: net.errors.clone(), cancels }
}

impl Judgement {
    fn by_search(&mut self, net: &Net, budget: usize) {
        // What waits for start and for reset is not shortened.
        let reduced = if net.gates.is_empty() { reduce::reduce(net) } else { reduce::whole(net) };
        if reduced.is_done() {
            return self.sound(net, &reduced.possible(&[], net.moves.len()));
        }
        let board = match Board::of(reduced.parts()) {
            Ok(board) => board,
            Err(many) => {
                // What is wrong with some combinations is wrong; that nothing is says nothing.
                if let Ok(board) = Board::some(reduced.parts()) {
                    let mut seen = explore(&board, Bounds { states: budget, weight: u32::MAX });
                    (seen.complete, seen.endless) = (false, None);
                    self.take_search(net, &reduced, &board, &seen, budget);
                }
                if self.findings.is_empty() {
                    let node = net.moves[reduced.origin(many.0) as usize].node;
                    self.beyond.push((node, "inclusive split with many flows"));
                }
                self.outcome = anything(net);
                return;
            }
        };
        if let Some(happened) = choice::prove(&board, budget) {
            return self.sound(net, &reduced.possible(&used(&board, &happened), net.moves.len()));
        }
        let seen = explore(&board, Bounds { states: budget, weight: u32::MAX });
        self.take_search(net, &reduced, &board, &seen, budget);
    }

    fn sound(&mut self, net: &Net, possible: &[bool]) {
        (self.safe, self.option_to_complete, self.proper_completion) = (Some(true), Some(true), Some(true));
        self.outcome.normal = true;
        self.dead(net, possible, true);
    }

    /// Says which activities never happen; `all`: every run was seen.
    fn dead(&mut self, net: &Net, possible: &[bool], all: bool) {
        let mut alive = vec![false; net.activities.last().map_or(0, |it| *it as usize + 1)];
        for (at, it) in net.moves.iter().enumerate() {
            if possible[at]
                && it.event != Event::Gathers
                && let Some(alive) = alive.get_mut(it.node as usize)
            {
                *alive = true;
            }
        }
        let dead: Vec<Node> = net.activities.iter().copied().filter(|it| !alive[*it as usize]).collect();
        if dead.is_empty() {
            self.no_dead_activities = Some(true);
        } else if all {
            self.no_dead_activities = Some(false);
            self.findings.push(Finding { wrong: Wrong::Dead, nodes: dead, places: Vec::new(), run: Vec::new() });
        }
    }

    fn take_search(&mut self, net: &Net, reduced: &Reduced, board: &Board, seen: &Seen, budget: usize) {
        self.outcome = Outcome { normal: seen.normal, ..Outcome::default() };
        for exit in &seen.exits {
            match exit {
                Exit::Normal => {}
                Exit::Error(at) => self.outcome.errors.push(net.errors[*at as usize].clone()),
                Exit::Cancel => self.outcome.cancels = true,
            }
        }
        if !seen.complete {
            self.outcome = anything(net);
        }
        let tell = |path: &Path| tell(reduced, board, path);
        let player = &Player::new(net);
        if let Some((path, _)) = &seen.second {
            let second = Self::second(player, &tell(path));
            // What else is wrong is looked for with tokens counted, in the whole net; and, where tokens that have ended are
            // all that came together, everything.
            let (states, meant) = match &second {
                Some(_) => (budget.min(limits::CHECK_COUNTED), false),
                None => (budget, true),
            };
            self.safe = (!meant).then_some(false);
            self.by_counting(net, states, meant);
            let found = self.findings.iter().position(|it| it.wrong == Wrong::Unsafe);
            if let Some(mut run) = second {
                shorter(player, &mut run, Goal::Second);
                match found.map(|at| &mut self.findings[at]) {
                    Some(it) if it.run.len() <= run.len() => {}
                    Some(it) => *it = unsafe_at(player, &run).unwrap_or_else(|| it.clone()),
                    None => self.findings.extend(unsafe_at(player, &run)),
                }
            }
            self.findings.sort_by_key(|it| it.wrong);
            return;
        }
        let known = |bad: bool| if bad { Some(false) } else { seen.complete.then_some(true) };
        self.safe = known(false);
        self.option_to_complete = known(seen.stuck.is_some() || seen.endless.is_some());
        self.proper_completion = known(seen.twice.is_some());
        for (path, wrong) in [(&seen.stuck, Wrong::Deadlock), (&seen.endless, Wrong::Livelock)] {
            let Some(mut found) = path.as_ref().and_then(|path| halt(player, &tell(path), wrong)) else { continue };
            if found.wrong == Wrong::Livelock {
                sooner(player, &mut found);
            }
            self.findings.push(found);
        }
        if let Some((path, _)) = &seen.twice
            && let Some(played) = player.play(&tell(path))
        {
            let run = run::shorten(player, &played, Goal::Twice).or_else(|| run::until(net, &played, Goal::Twice));
            let mut run = run.unwrap_or_else(|| played.run.iter().map(|it| it.fired.clone()).collect());
            shorter(player, &mut run, Goal::Twice);
            self.findings.extend(twice_at(player, &run));
        }
        let used = used(board, &seen.happened);
        self.dead(net, &reduced.possible(&used, net.moves.len()), seen.complete);
        self.findings.sort_by_key(|it| it.wrong);
        self.findings.dedup_by_key(|it| it.wrong);
    }

    /// The run to a second token, told as short as it can be.
    fn second(player: &Player, run: &[Fired]) -> Option<Vec<Fired>> {
        let mut run = run.to_vec();
        if !run::shows(player, &run, Goal::Second) {
            run::onto_flow(player, &mut run);
        }
        let played = player.play(&run)?;
        let short = run::shorten(player, &played, Goal::Second);
        short.or_else(|| run::until(player.net, &played, Goal::Second))
    }

    /// `meant`: the net counts tokens by itself; else only what is behind the first second token is asked.
    fn by_counting(&mut self, net: &Net, budget: usize, meant: bool) {
        let Ok(board) = Board::of(Parts::of(net)) else {
            if meant {
                self.outcome = anything(net);
            }
            return;
        };
        let tally = counted::explore(net, &board, budget);
        let player = &Player::new(net);
        let known = |bad: bool| if bad { Some(false) } else { tally.complete.then_some(true) };
        if meant {
            self.safe = known(tally.second.is_some());
            self.outcome = if tally.complete {
                let errors = tally.exits.iter().filter_map(|it| match it {
                    Exit::Error(at) => Some(net.errors[*at as usize].clone()),
                    Exit::Normal | Exit::Cancel => None,
                });
                Outcome { normal: tally.normal, errors: errors.collect(), cancels: tally.exits.contains(&Exit::Cancel) }
            } else {
                anything(net)
            };
        }
        self.option_to_complete = known(tally.stuck.is_some() || tally.endless.is_some());
        self.proper_completion = known(tally.twice.is_some());
        if let Some(run) = &tally.second {
            let mut run = run.clone();
            if !run::shows(player, &run, Goal::Second) {
                run::onto_flow(player, &mut run);
            }
            self.findings.extend(unsafe_at(player, &run));
        }
        for (run, wrong) in [(&tally.stuck, Wrong::Deadlock), (&tally.endless, Wrong::Livelock)] {
            if let Some(run) = run {
                self.findings.extend(halt(player, run, wrong));
            }
        }
        if let Some(run) = &tally.twice {
            self.findings.extend(twice_at(player, run));
        }
        let reachable = reachable(net);
        let possible = if tally.complete { &tally.happened } else { &reachable };
        self.dead(net, if tally.complete { possible } else { &tally.happened }, tally.complete);
        if self.no_dead_activities.is_none() {
            let never = |node: &Node| {
                !net.moves
                    .iter()
                    .zip(possible)
                    .any(|(it, possible)| it.node == *node && it.event != Event::Gathers && *possible)
            };
            if net.activities.iter().any(never) {
                self.dead(net, possible, true);
            }
        }
    }
}

/// Moves that could happen if tokens were never used up: the others never do.
fn reachable(net: &Net) -> Vec<bool> {
    let mut marked = vec![false; net.places.len()];
    marked[super::net::START as usize] = true;
    let mut possible = vec![false; net.moves.len()];
    loop {
        let mut changed = false;
        for (at, it) in net.moves.iter().enumerate() {
            let has = |place: &Place| marked[*place as usize];
            let can = match it.kind {
                Kind::Never => false,
                Kind::Join => it.take.iter().any(has),
                Kind::Reset(gate) => has(&net.gates[gate as usize].resetting),
                Kind::Plain | Kind::Activate(_) | Kind::Leaves(_) | Kind::Empties(_) => it.take.iter().all(has),
            };
            if can && !possible[at] {
                possible[at] = true;
                changed = true;
                it.always.iter().chain(&it.maybe).chain(&it.default).for_each(|it| marked[*it as usize] = true);
            }
        }
        if !changed {
            return possible;
        }
    }
}

/// Which arcs of each piece were used.
fn used(board: &Board, happened: &[bool]) -> Vec<Option<Vec<bool>>> {
    let mut used: Vec<Option<Vec<bool>>> = vec![None; board.pieces.len()];
    for (step, _) in board.steps.iter().zip(happened).filter(|(_, it)| **it) {
        let arcs = board.pieces[step.piece as usize].arcs.len();
        let piece = used[step.piece as usize].get_or_insert_with(|| vec![false; arcs]);
        step.arcs.iter().for_each(|at| piece[*at as usize] = true);
    }
    used
}

/// A path of the small net as a run of the whole one.
fn tell(reduced: &Reduced, board: &Board, path: &Path) -> Vec<Fired> {
    let mut run = reduced.opening();
    for step in path {
        let it = &board.steps[*step as usize];
        reduced.expand(it.piece, &it.arcs, &mut run);
    }
    run
}

/// Looks for a shorter run in the whole net, within bounds.
fn shorter(player: &Player, run: &mut Vec<Fired>, goal: Goal) {
    let net = player.net;
    let (states, places) = limits::CHECK_SHORTER;
    if net.places.len() > places || run.len() < 2 {
        return;
    }
    let Ok(board) = Board::of(Parts::of(net)) else { return };
    let seen = explore(&board, Bounds { states, weight: run.len() as u32 - 1 });
    let path = match goal {
        Goal::Second => seen.second.filter(|_| !seen.second_in_sink),
        Goal::Twice => seen.twice,
    };
    if let Some((path, _)) = path {
        let mut found: Vec<Fired> = path.iter().map(|it| counted::fired(&board, *it)).collect();
        if goal == Goal::Second {
            run::onto_flow(player, &mut found);
        }
        if found.len() < run.len() && run::shows(player, &found, goal) {
            *run = found;
        }
    }
}

/// Looks for an earlier state of the whole net from which nothing ends any more, within bounds.
fn sooner(player: &Player, found: &mut Finding) {
    let net = player.net;
    let (states, places) = limits::CHECK_SHORTER;
    if net.places.len() > places {
        return;
    }
    let Ok(board) = Board::of(Parts::of(net)) else { return };
    let seen = explore(&board, Bounds { states, weight: u32::MAX });
    if let Some(path) = seen.endless.filter(|it| it.len() < found.run.len()) {
        let run: Vec<Fired> = path.iter().map(|it| counted::fired(&board, *it)).collect();
        *found = halt(player, &run, Wrong::Livelock).unwrap_or_else(|| found.clone());
    }
}

fn last(played: &Played, net: &Net) -> Vec<Node> {
    played.run.last().map(|it| net.moves[it.fired.mv as usize].node).into_iter().collect()
}

fn unsafe_at(player: &Player, run: &[Fired]) -> Option<Finding> {
    let net = player.net;
    let played = player.play(run)?;
    let full: Vec<Place> = (0..net.places.len() as Place).filter(|it| played.tokens[*it as usize] > 1).collect();
    Some(Finding { wrong: Wrong::Unsafe, nodes: last(&played, net), places: full, run: played.run })
}

fn twice_at(player: &Player, run: &[Fired]) -> Option<Finding> {
    let net = player.net;
    let played = player.play(run)?;
    let places = played.marked(net);
    Some(Finding { wrong: Wrong::EndTwice, nodes: last(&played, net), places, run: played.run })
}

/// A run behind which everything stands still, or nothing ever ends or stands still.
fn halt(player: &Player, run: &[Fired], wrong: Wrong) -> Option<Finding> {
    let net = player.net;
    let played = player.play(run)?;
    let places = played.marked(net);
    Some(Finding { wrong, nodes: Vec::new(), places, run: played.run })
}
