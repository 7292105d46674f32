//! How a run gets to where something is wrong. What is wrong is found scope by scope, and told by a run from the start of its
//! scope; a run of the whole flow begins at the flow's own start and goes into the subprocesses (those it only passes too), past the
//! activities whose events begin a handler, and into called flows.

use std::collections::{BTreeMap, VecDeque};

use super::board::{Board, Parts};
use super::build::{Around, Outcome, Style, build};
use super::drawing::Drawing;
use super::net::{Event, Exit, Fired, Net, Node};
use super::run::Player;
use super::scope::Named;
use super::states::States;
use super::{Breaks, Fault, TraceStep, counted};
use crate::id::NodeId;
use crate::limits;
use crate::model::flow::{Element, ElementKind, ErrorDef, EventDefinition};

/// What judging the scopes of a flow has found out about them.
#[derive(Default)]
pub(super) struct Scopes {
    /// By the subprocess, none: the flow itself.
    known: BTreeMap<Option<NodeId>, (Vec<Option<Outcome>>, Style)>,
}

/// One scope, with what is around it.
struct Place<'a> {
    of: Option<&'a NodeId>,
    elements: &'a [Element],
    inner: &'a [Option<Outcome>],
    style: Style,
    codes: &'a [ErrorDef],
}

impl Scopes {
    pub(super) fn note(&mut self, of: Option<&NodeId>, inner: Vec<Option<Outcome>>, style: Style) {
        self.known.insert(of.cloned(), (inner, style));
    }

    /// The run of a fault from the start of the flow; empty: no way there was found, or it is shown by none. `called`: the run inside the flow that an activity calls.
    pub(super) fn whole(
        &self,
        elements: &[Element],
        codes: &[ErrorDef],
        fault: &Fault,
        called: impl Fn(&NodeId) -> Vec<TraceStep>,
    ) -> Vec<TraceStep> {
        let run = self.there(elements, codes, fault, called);
        let mut told = Vec::with_capacity(run.len());
        self.through(elements, codes, run, &mut told);
        told
    }

    /// Tells what happens inside the subprocesses a run passes: the shortest way in which they end as they do in it. Left out
    /// where there is none in one turn of it, and where the run gets too long.
    fn through(&self, all: &[Element], codes: &[ErrorDef], run: Vec<TraceStep>, told: &mut Vec<TraceStep>) {
        let mut open: Vec<NodeId> = Vec::new();
        for (at, step) in run.iter().enumerate() {
            let mut step = step.clone();
            let ends = matches!(step.event.as_str(), "completes" | "fails");
            let begun = open.contains(&step.element);
            // What was opened and has been told of already.
            let known = begun && at > 0 && run[at - 1].element != step.element;
            if ends
                && !known
                && told.len() < limits::CHECK_TOLD
                && let Some((it, beside)) = find(all, &step.element)
                && let Some(inside) = self.passing(it, beside, codes, step.event == "fails")
            {
                if !begun {
                    let takes = std::mem::take(&mut step.takes);
                    told.push(TraceStep {
                        element: it.id.clone(),
                        event: "opens".to_owned(),
                        takes,
                        gives: Vec::new(),
                    });
                }
                self.through(all, codes, inside, told);
            }
            match step.event.as_str() {
                "opens" => open.push(step.element.clone()),
                _ if ends => open.retain(|it| *it != step.element),
                _ => {}
            }
            told.push(step);
        }
    }

    /// The shortest run inside a subprocess that completes it, or that it fails by.
    fn passing(&self, it: &Element, beside: &[Element], codes: &[ErrorDef], fails: bool) -> Option<Vec<TraceStep>> {
        // Of an ad-hoc subprocess nothing need happen.
        let chosen = matches!(it.kind, ElementKind::AdHocSubProcess { .. });
        if chosen || it.inside().is_empty() || it.loop_characteristics.is_some() {
            return None;
        }
        let of = Some(it.id.clone());
        let (inner, style) = self.known.get(&of)?;
        let place = Place { of: of.as_ref(), elements: it.inside(), inner, style: *style, codes };
        let named = |reference: &String| {
            let known = codes.iter().find(|it| it.id == *reference);
            known.map_or(reference.clone(), |it| it.error_code.clone())
        };
        let caught = |definition: &EventDefinition, code: Option<&str>| match code {
            None => matches!(definition, EventDefinition::Cancel {}),
            Some(code) => {
                matches!(definition, EventDefinition::Error { error_ref } if error_ref.as_ref().is_none_or(|it| named(it) == code))
            }
        };
        let catches = |code: Option<&str>| {
            beside.iter().any(|event| {
                matches!(&event.kind, ElementKind::BoundaryEvent { attached_to_ref, event_definition, .. } if *attached_to_ref == it.id && caught(event_definition, code))
            })
        };
        place.pass(&|exit, net| match exit {
            Exit::Normal => !fails,
            Exit::Cancel => fails && !catches(None),
            Exit::Error(at) => fails && !catches(net.errors.get(at as usize).map(String::as_str)),
        })
    }

    /// The run of a fault from the start of the flow, subprocesses it passes as one step.
    fn there(
        &self,
        elements: &[Element],
        codes: &[ErrorDef],
        fault: &Fault,
        called: impl Fn(&NodeId) -> Vec<TraceStep>,
    ) -> Vec<TraceStep> {
        let at = fault.at.first();
        let (goal, mut rest) = match fault.what {
            Breaks::Callee => (at.cloned(), at.map(&called).unwrap_or_default()),
            Breaks::Unsafe
            | Breaks::Deadlock
            | Breaks::Livelock
            | Breaks::EndTwice
            | Breaks::Dead
            | Breaks::NoStart => (fault.scope.clone(), fault.run.clone()),
        };
        let idle = fault.what == Breaks::NoStart;
        if rest.is_empty() && !idle {
            return Vec::new();
        }
        // A handler begins at an event of an activity that is under way.
        if let Some(first) = rest.first()
            && let Some((inside, host)) = host_of(elements, None, &first.element)
            && inside.as_ref() == fault.scope.as_ref()
        {
            let mut run = self.to(elements, codes, &host);
            if !run.is_empty() {
                run.append(&mut rest);
            }
            return run;
        }
        let Some(goal) = goal else { return Self::begun(elements, rest) };
        let mut run = self.to(elements, codes, &goal);
        if !run.is_empty() {
            run.append(&mut rest);
        }
        run
    }

    /// Of the flow itself: not even a first step is a step too, of what stands there and waits for something that never comes.
    fn begun(elements: &[Element], mut run: Vec<TraceStep>) -> Vec<TraceStep> {
        if run.is_empty() {
            let waits = elements.iter().find(|it| it.kind.is_node());
            let step = |it: &Element| TraceStep {
                element: it.id.clone(),
                event: "waits".to_owned(),
                takes: Vec::new(),
                gives: Vec::new(),
            };
            run.extend(waits.map(step));
        }
        run
    }

    /// The run from the start of the flow until an activity is under way; empty where none was found.
    fn to(&self, elements: &[Element], codes: &[ErrorDef], goal: &NodeId) -> Vec<TraceStep> {
        let Some(chain) = chain(elements, goal) else { return Vec::new() };
        let (mut run, mut scope, mut of) = (Vec::new(), elements, None);
        for id in chain {
            let Some((inner, style)) = self.known.get(&of) else { return Vec::new() };
            let place = Place { of: of.as_ref(), elements: scope, inner, style: *style, codes };
            let Some(at) = scope.iter().position(|it| it.id == id) else { return Vec::new() };
            let Some(part) = place.open(at as Node, 0) else { return Vec::new() };
            run.extend(part);
            scope = scope[at].inside();
            of = Some(id);
        }
        run
    }
}

impl Place<'_> {
    /// From the beginning of the scope to where it is left as wanted.
    fn pass(&self, wanted: &dyn Fn(Exit, &Net) -> bool) -> Option<Vec<TraceStep>> {
        let drawing = Drawing::of(self.elements);
        let (regions, within) = drawing.regions();
        let again = drawing.again(&within);
        let around = Around { style: self.style, codes: self.codes, inner: self.inner, within: &within, again: &again };
        let net = build(&drawing, regions.first()?, &around);
        let named = Named { elements: self.elements, drawing: &drawing, net: &net, of: self.of };
        let fired = search(&net, Goal::Left(&|exit| wanted(exit, &net)))?;
        let played = Player::new(&net).play(&fired)?;
        Some(played.run.iter().map(|it| named.step(it)).collect())
    }

    /// Within the scope, until an activity (or an event subprocess) is under way. `depth`: of handlers in handlers.
    fn open(&self, goal: Node, depth: usize) -> Option<Vec<TraceStep>> {
        let drawing = Drawing::of(self.elements);
        let (regions, within) = drawing.regions();
        let again = drawing.again(&within);
        let around = Around { style: self.style, codes: self.codes, inner: self.inner, within: &within, again: &again };
        let watches =
            matches!(self.elements[goal as usize].kind, ElementKind::SubProcess { triggered_by_event: true, .. });
        let region = if watches { regions.first() } else { regions.iter().find(|it| it.has(goal)) }?;
        let net = build(&drawing, region, &around);
        let named = Named { elements: self.elements, drawing: &drawing, net: &net, of: self.of };
        let fired = if watches {
            // It is begun while something is under way there, where anything is.
            search(&net, Goal::Nodes(&net.activities)).or_else(|| first(&net))
        } else {
            search(&net, Goal::Nodes(&[goal]))
        }?;
        let played = Player::new(&net).play(&fired)?;
        let mut run: Vec<TraceStep> = played.run.iter().map(|it| named.step(it)).collect();
        if run.last().is_none_or(|it| it.element != self.elements[goal as usize].id || it.event != "opens") {
            let marked = named.flows(&played.marked(&net));
            let takes = marked.into_iter().filter(|it| leads_to(self.elements, it, goal)).take(1).collect();
            let element = self.elements[goal as usize].id.clone();
            run.push(TraceStep { element, event: "opens".to_owned(), takes, gives: Vec::new() });
        }
        if region.entries.is_empty() {
            return Some(run);
        }
        // The part begins at an event: first its activity is under way.
        let event = run.first().and_then(|it| drawing.find(it.element.as_str()))?;
        let ElementKind::BoundaryEvent { attached_to_ref, .. } = &self.elements[event as usize].kind else {
            return None;
        };
        let host = drawing.find(attached_to_ref.as_str()).filter(|_| depth < limits::CHECK_HANDLERS)?;
        let mut before = self.open(host, depth + 1)?;
        before.append(&mut run);
        Some(before)
    }
}

/// The subprocesses around an element, outermost first, and the element itself.
fn chain(elements: &[Element], goal: &NodeId) -> Option<Vec<NodeId>> {
    for it in elements {
        if it.id == *goal {
            return Some(vec![it.id.clone()]);
        }
        if let Some(mut rest) = chain(it.inside(), goal) {
            rest.insert(0, it.id.clone());
            return Some(rest);
        }
    }
    None
}

/// The activity a non-interrupting event sits on, and the scope of both.
fn host_of(elements: &[Element], of: Option<&NodeId>, event: &NodeId) -> Option<(Option<NodeId>, NodeId)> {
    elements.iter().find_map(|it| match &it.kind {
        ElementKind::BoundaryEvent { attached_to_ref, cancel_activity: false, .. } if it.id == *event => {
            Some((of.cloned(), attached_to_ref.clone()))
        }
        _ => host_of(it.inside(), Some(&it.id), event),
    })
}

fn leads_to(elements: &[Element], flow: &NodeId, goal: Node) -> bool {
    let goal = &elements[goal as usize].id;
    elements.iter().any(
        |it| matches!(&it.kind, ElementKind::SequenceFlow { target_ref, .. } if it.id == *flow && target_ref == goal),
    )
}

/// Lets events beside an activity fire while it is open. In the net they may go on later, which comes to the same.
pub(super) fn in_time(elements: &[Element], run: &mut Vec<TraceStep>) {
    let host_of = |event: &NodeId| {
        elements.iter().find_map(|it| match &it.kind {
            ElementKind::BoundaryEvent { attached_to_ref, .. } if it.id == *event => Some(attached_to_ref),
            _ => None,
        })
    };
    for at in 0..run.len() {
        let Some(host) = host_of(&run[at].element).filter(|_| run[at].event == "fires") else { continue };
        let ends = |it: &TraceStep| match it.event.as_str() {
            "completes" | "fails" => it.element == *host,
            "interrupts" => host_of(&it.element) == Some(host),
            _ => false,
        };
        let opens = |it: &TraceStep| it.event == "opens" && it.element == *host;
        if let Some(end) = run[..at].iter().rposition(ends)
            && !run[end..at].iter().any(opens)
        {
            let step = run.remove(at);
            run.insert(end, step);
        }
    }
}

/// The first step of a scope: from then on it is open.
fn first(net: &Net) -> Option<Vec<Fired>> {
    let board = Board::of(Parts::of(net)).ok()?;
    let (mut state, mut take) = (vec![0; board.words], vec![0; board.words]);
    super::board::set(&mut state, board.start);
    let step = (0..board.steps.len()).find(|it| board.can(*it, &state, &mut take))?;
    Some(vec![counted::fired(&board, step as u32)])
}

/// What a run is to lead to.
#[derive(Clone, Copy)]
enum Goal<'a> {
    /// One of the nodes is open, or could be left.
    Nodes(&'a [Node]),
    /// The scope is left in such a way.
    Left(&'a dyn Fn(Exit) -> bool),
}

/// An element by its id, and all of its scope.
fn find<'a>(elements: &'a [Element], id: &NodeId) -> Option<(&'a Element, &'a [Element])> {
    elements.iter().find_map(|it| if it.id == *id { Some((it, elements)) } else { find(it.inside(), id) })
}

/// The shortest run that leads to a goal: breadth first, within bounds.
fn search(net: &Net, goal: Goal) -> Option<Vec<Fired>> {
    let board = Board::of(Parts::of(net)).ok()?;
    let event = |step: u32| {
        let Goal::Nodes(nodes) = goal else { return None };
        let it = &net.moves[board.steps[step as usize].piece as usize];
        nodes.contains(&it.node).then_some(it.event).filter(|it| *it != Event::Gathers)
    };
    let rests = |state: &[u64]| {
        let counted = board.sinks.iter().zip(&board.left).map(|(sinks, left)| sinks | left);
        state.iter().zip(counted).all(|(state, counted)| state & !counted == 0)
    };
    let over = |state: &[u64]| matches!(goal, Goal::Left(wanted) if wanted(Exit::Normal) && rests(state));
    // Where a token makes a step possible: only those are asked.
    let mut by_place: Vec<Vec<u32>> = vec![Vec::new(); net.places.len()];
    for step in 0..board.steps.len() {
        let it = &board.pieces[board.steps[step].piece as usize];
        let join = board.join_of[step].map(|at| &board.joins[at as usize]);
        match (join, it.take.first()) {
            (Some(join), _) => {
                let gate = join.gate.as_ref().map(|it| it.resetting);
                join.incoming.iter().chain(&gate).for_each(|at| by_place[*at as usize].push(step as u32));
            }
            (None, Some(at)) => by_place[*at as usize].push(step as u32),
            (None, None) => {}
        }
    }
    let mut states: States<u64> = States::new(board.words);
    let mut first = vec![0; board.words];
    super::board::set(&mut first, board.start);
    states.add(&first, 1);
    let mut from: Vec<(u32, u32)> = vec![(u32::MAX, 0)];
    let mut open = VecDeque::from([0u32]);
    let (mut next, mut take) = (vec![0; board.words], vec![0; board.words]);
    while let Some(at) = open.pop_front() {
        let state = states.get(at).to_vec();
        if over(&state) {
            return Some(path(&from, &board, at, None));
        }
        let marked = (0..net.places.len()).filter(|it| super::board::has(&state, *it as super::net::Place));
        for &step in marked.flat_map(|it| &by_place[it]) {
            if !board.can(step as usize, &state, &mut take) {
                continue;
            }
            if let Some(event) = event(step) {
                return Some(path(&from, &board, at, Some(step).filter(|_| event == Event::Opens)));
            }
            if let Some(exit) = board.exit(step) {
                if matches!(goal, Goal::Left(wanted) if wanted(exit)) {
                    return Some(path(&from, &board, at, Some(step)));
                }
                continue;
            }
            let give = &board.give[step as usize * board.words..(step as usize + 1) * board.words];
            for word in 0..board.words {
                next[word] = (state[word] & !take[word]) | give[word];
            }
            if let Some((to, true)) = states.add(&next, limits::CHECK_COUNTED) {
                from.push((at, step));
                open.push_back(to);
            }
        }
    }
    None
}

/// The steps that lead to a state, and one more.
fn path(from: &[(u32, u32)], board: &Board, mut at: u32, last: Option<u32>) -> Vec<Fired> {
    let mut path: Vec<Fired> = last.into_iter().map(|it| counted::fired(board, it)).collect();
    while from[at as usize].0 != u32::MAX {
        let (before, step) = from[at as usize];
        path.push(counted::fired(board, step));
        at = before;
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use crate::check::flows_together;
    use crate::check::sound::Verdict;
    use crate::interchange::Document;

    /// Processes in short XML: `a>b` a sequence flow, `&a` an exclusive gateway, `+a` a parallel one, `*a` a user task.
    fn shown(body: &str) -> Vec<(Verdict, Option<bool>, String)> {
        let mut xml = String::new();
        for word in body.split_whitespace() {
            let one = |tag: &str, id: &str| format!("<{tag} id=\"{id}\"/>");
            xml.push_str(&match (word.split_once('>'), word.chars().next()) {
                _ if word.starts_with('<') || word.ends_with('>') || word.contains('"') => format!("{word} "),
                (Some((from, to)), _) => {
                    format!("<sequenceFlow id=\"{from}-{to}\" sourceRef=\"{from}\" targetRef=\"{to}\"/>")
                }
                (None, Some('&')) => one("exclusiveGateway", &word[1..]),
                (None, Some('+')) => one("parallelGateway", &word[1..]),
                (None, Some('*')) => one("userTask", &word[1..]),
                (None, Some('s')) => one("startEvent", word),
                (None, _) => one("endEvent", word),
            });
        }
        let text = format!("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\">{xml}</definitions>");
        let document = Document::read_xml(text.as_bytes()).unwrap_or_else(|it| panic!("{it}: {text}"));
        let judged = flows_together(&document.flows, &[], 10_000);
        let run = |it: &crate::check::Process| {
            let steps: Vec<String> =
                it.counterexample.iter().map(|it| format!("{}/{}", it.element, it.event)).collect();
            (it.verdict, it.properties.no_dead_activities, steps.join(" "))
        };
        judged.iter().map(|(_, it)| run(it)).collect()
    }

    #[test]
    fn a_run_begins_at_the_start_of_the_flow() {
        let stuck = "si &x +j *a *b e x>a x>b a>j b>j j>e si>x";
        let cases = [
            // A subprocess in a subprocess, behind a task.
            (
                format!(
                    r#"<process id="P"> s *u <subProcess id="o"> so <subProcess id="i"> {stuck} </subProcess> so>i </subProcess> s>u u>o </process>"#
                ),
                "s/starts u/completes o/opens so/starts i/opens si/starts x/x-a a/completes",
            ),
            // An event subprocess: while its scope is open.
            (
                format!(
                    r#"<process id="P"> s *u eu s>u u>eu <subProcess id="h" triggeredByEvent="true"> <startEvent id="si"> <signalEventDefinition/> </startEvent> {} </subProcess> </process>"#,
                    &stuck[3..]
                ),
                "s/starts h/opens si/starts x/x-a a/completes",
            ),
            // A handler: first its activity is under way.
            (
                format!(
                    r#"<process id="P"> s *u eu s>u u>eu <boundaryEvent id="si" attachedToRef="u" cancelActivity="false"> <timerEventDefinition/> </boundaryEvent> {} </process>"#,
                    &stuck[3..]
                ),
                "s/starts u/opens si/fires x/x-a a/completes",
            ),
            // An event beside an activity fires while it is open.
            (
                r#"<process id="P"> s +p *u +j e s>p p>u u>j p>j j>e <boundaryEvent id="n" attachedToRef="u" cancelActivity="false"> <timerEventDefinition/> </boundaryEvent> n>e </process>"#.to_owned(),
                "s/starts p/joins u/opens n/fires u/completes e/ends j/joins e/ends",
            ),
            // Into what is called, and what that calls.
            (
                format!(
                    r#"<process id="P"> s <callActivity id="c" calledElement="Q"/> s>c </process> <process id="Q"> sq <callActivity id="d" calledElement="R"/> sq>d </process> <process id="R"> {stuck} </process>"#
                ),
                "s/starts c/opens sq/starts d/opens si/starts x/x-a a/completes",
            ),
            // Through a subprocess it only passes, by the shortest way.
            (
                format!(
                    r#"<process id="P"> s <subProcess id="o"> so *u *v *w &y eo so>y y>u u>v v>eo y>w w>eo </subProcess> s>o o>x {} </process>"#,
                    &stuck[3..].replace("si>x", "")
                ),
                "s/starts o/opens so/starts y/y-w w/completes eo/ends o/completes x/x-a a/completes",
            ),
            // And one that fails: cancelled, and nobody listens.
            (
                r#"<process id="P"> s <transaction id="o"> so *u <endEvent id="eo"> <cancelEventDefinition/> </endEvent> so>u u>eo </transaction> e s>o o>e </process>"#.to_owned(),
                "s/starts o/opens so/starts u/completes eo/throws o/fails",
            ),
            // Nothing can begin.
            (r#"<process id="P"> *a *b a>b b>a </process>"#.to_owned(), "a/waits"),
        ];
        for (body, expected) in cases {
            let judged = shown(&body);
            assert_eq!(judged[0].0, Verdict::Broken, "{body}");
            assert_eq!(judged[0].2, expected, "{body}");
        }
    }

    #[test]
    fn what_never_has_the_tokens_it_needs_never_happens() {
        let body = |needs: u8| {
            format!(r#"<process id="P"> s *a <userTask id="b" startQuantity="{needs}"/> e s>a a>b b>e </process>"#)
        };
        assert_eq!(shown(&body(1)), [(Verdict::Sound, Some(true), String::new())]);
        assert_eq!(shown(&body(2)), [(Verdict::Broken, Some(false), "s/starts a/completes b/gathers".to_owned())]);
    }
}
