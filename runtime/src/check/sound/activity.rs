//! Activities and intermediate events: one token in, one move, the tokens of the way out; with what boundary events do
//! (BPMN 2.0.2 §13.5.3, §13.5.4) and how many tokens it takes (Table 10.3). Repetition (§13.3.6, §13.3.7) is inside the
//! activity: however often it happens, it is left once.

use super::build::{Builder, Leave, Style};
use super::net::{Event, Kind, Move, NO_END, Node, Place, START, Spot};
use crate::model::flow::{Element, ElementKind, EventDefinition};

/// What an event on an activity catches, as far as it matters here.
fn definition(it: &Element) -> Option<&EventDefinition> {
    let ElementKind::BoundaryEvent { event_definition, .. } = &it.kind else { return None };
    Some(event_definition)
}

impl Builder<'_> {
    pub(super) fn activity(&mut self, at: Node) {
        let it = &self.drawing.elements[at as usize];
        if it.kind.is_activity() {
            self.net.activities.push(at);
        }
        if (it.start_quantity, it.completion_quantity) != (1, 1) {
            return self.counted(at);
        }
        let events = self.drawing.boundary[at as usize].clone();
        let (within, other): (Vec<Node>, Vec<Node>) =
            events.into_iter().partition(|it| self.around.within[*it as usize]);
        let (interrupting, idle): (Vec<Node>, Vec<Node>) =
            other.into_iter().filter(|it| self.drawing.interrupts(*it)).partition(|it| self.can_interrupt(at, *it));
        let mut ins = self.ways_in(at, 1 + interrupting.len());
        if self.starts_here(at) {
            ins.push(START);
        }
        // One whose inside never completes has begun all the same.
        let completes = self.around.inner[at as usize].as_ref().is_none_or(|it| it.normal);
        if !within.is_empty() || !completes {
            ins = vec![self.open(at, ins, &within)];
        }
        let mut stuck = None;
        for &take in &ins {
            self.finish(at, &[take], &mut stuck);
            for &event in &interrupting {
                let leave = self.leave(event);
                self.give(event, Event::Interrupts, Kind::Plain, &[take], leave);
            }
            for &event in &idle {
                let leave = self.leave(event);
                self.leads(event, Event::Fires, &[take], leave);
            }
        }
    }

    /// A receive task that starts an instance.
    fn starts_here(&self, at: Node) -> bool {
        matches!(self.drawing.elements[at as usize].kind, ElementKind::ReceiveTask { instantiate: true, .. })
            && self.around.style == Style::Flow
            && self.drawing.into[at as usize].is_empty()
    }

    /// A way that is drawn and never gone: the rule of inclusive joins goes by what is drawn (§13.4.3).
    fn leads(&mut self, node: Node, event: Event, take: &[Place], leave: Leave) {
        self.give(node, event, Kind::Never, take, leave);
    }

    /// What an activity gives when it completes: as many tokens as it says, to every flow.
    fn completed(&mut self, at: Node) -> Leave {
        match self.element_at(at).completion_quantity {
            1 => self.leave(at),
            gives => {
                let outs = self.outs(at);
                let always: Vec<Place> = outs.iter().flat_map(|it| vec![*it; few(gives) as usize]).collect();
                let always = if always.is_empty() { vec![self.sink(NO_END)] } else { always };
                Leave { always, ..Leave::default() }
            }
        }
    }

    /// The ways an activity ends by itself: completed, where its inside can, and with every error nobody catches here. `stuck`: where
    /// its tokens stay that get no further, whichever way they came.
    fn finish(&mut self, at: Node, take: &[Place], stuck: &mut Option<Place>) {
        let Some(inner) = &self.around.inner[at as usize] else {
            let leave = self.completed(at);
            return self.give(at, Event::Completes, Kind::Plain, take, leave);
        };
        if inner.normal {
            let leave = self.completed(at);
            self.give(at, Event::Completes, Kind::Plain, take, leave);
        }
        for code in &inner.errors {
            let caught = self.drawing.boundary[at as usize].iter().any(|it| self.catches(*it, code));
            if !caught {
                let exit = self.throws(code.clone());
                let fails = Move::plain(at, Event::Fails, take.to_vec(), Vec::new());
                self.net.moves.push(Move { kind: Kind::Leaves(exit), ..fails });
            }
        }
        if inner.cancels && !self.drawing.boundary[at as usize].iter().any(|it| self.catches_cancel(*it)) {
            // A cancelled transaction is left by its cancel event alone: without one it stays where it is.
            let stuck = *stuck.get_or_insert_with(|| self.net.place(Spot::Inside(at)));
            self.net.moves.push(Move::plain(at, Event::Fails, take.to_vec(), vec![stuck]));
        }
        if !inner.normal {
            let leave = self.completed(at);
            self.leads(at, Event::Completes, take, leave);
        }
    }

    fn catches(&self, event: Node, code: &str) -> bool {
        let Some(EventDefinition::Error { error_ref }) = definition(&self.drawing.elements[event as usize]) else {
            return false;
        };
        error_ref.is_none() || self.code(error_ref.as_deref()) == code
    }

    fn catches_cancel(&self, event: Node) -> bool {
        matches!(definition(&self.drawing.elements[event as usize]), Some(EventDefinition::Cancel {}))
    }

    /// Work may fail, time pass and messages come at any moment; only a transaction that has a cancel end is cancelled.
    fn can_interrupt(&self, host: Node, event: Node) -> bool {
        !self.catches_cancel(event) || self.around.inner[host as usize].as_ref().is_none_or(|it| it.cancels)
    }

    /// An activity with events that do not interrupt it is open for a while. The token of such an event is set out at the beginning or
    /// not at all, which comes to the same, since nothing forces it on; two of them where it may happen again.
    fn open(&mut self, at: Node, ins: Vec<Place>, events: &[Node]) -> Place {
        let open = self.net.place(Spot::Inside(at));
        let fired: Vec<Place> = events.iter().map(|it| self.net.place(Spot::Inside(*it))).collect();
        for take in ins {
            let twice = events.iter().zip(&fired).filter(|(event, _)| self.around.again[**event as usize]);
            let maybe = fired.iter().chain(twice.map(|it| it.1)).copied().collect();
            let leave = Leave { always: vec![open], maybe, ..Leave::default() };
            self.give(at, Event::Opens, Kind::Plain, &[take], leave);
        }
        for (&event, &place) in events.iter().zip(&fired) {
            let leave = self.leave(event);
            self.give(event, Event::Fires, Kind::Plain, &[place], leave);
            let never = Move::plain(event, Event::Fires, vec![open], vec![place]);
            self.net.moves.push(Move { kind: Kind::Never, ..never });
        }
        open
    }

    /// An activity that takes or gives several tokens at once. Its events are left out of the count.
    fn counted(&mut self, at: Node) {
        let it = &self.drawing.elements[at as usize];
        let (needs, gives) = (few(it.start_quantity), few(it.completion_quantity));
        if it.start_quantity > 16 || it.completion_quantity > 16 {
            self.net.beyond.push((at, "startQuantity, completionQuantity"));
        }
        let pool = self.net.place(Spot::Inside(at));
        self.net.room.push((pool, needs));
        let flows = self.drawing.into[at as usize].len();
        // Where its inside never completes, nothing else shows that it has begun.
        let completes = self.around.inner[at as usize].as_ref().is_none_or(|it| it.normal);
        let event = if completes { Event::Gathers } else { Event::Opens };
        for (way, take) in self.ins(at).into_iter().enumerate() {
            self.net.room.push((take, needs));
            // What begins by itself has waited for nobody.
            let comes = if way < flows { 1 } else { needs as usize };
            self.net.moves.push(Move::plain(at, event, vec![take], vec![pool; comes]));
        }
        let take = vec![pool; needs as usize];
        for out in self.outs(at) {
            self.net.room.push((out, gives));
        }
        self.finish(at, &take, &mut None);
        for event in self.drawing.boundary[at as usize].clone() {
            if self.drawing.interrupts(event) && self.can_interrupt(at, event) {
                let leave = self.leave(event);
                self.give(event, Event::Interrupts, Kind::Plain, &take, leave);
            }
        }
    }
}

/// Tokens one activity may take or give at once.
fn few(quantity: u32) -> u8 {
    u8::try_from(quantity.clamp(1, 16)).unwrap_or(16)
}
