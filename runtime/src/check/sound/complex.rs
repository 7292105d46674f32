//! Complex gateways with an activation condition (BPMN 2.0.2 §10.6.5, §13.4.5). Waiting for start such a gateway takes one
//! token from each way of a set for which its condition holds; waiting for reset it takes what still comes by the others,
//! by the rule of inclusive joins.
//!
//! A condition over the number of tokens alone (`activationCount.<flow>`, `activationCount`) is asked for every set of ways. One that needs
//! data may hold for any set: like of a split, it is taken to hold some day.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::build::{Builder, Leave};
use super::net::{Event, Gate, Kind, Move, NO_END, Node, Place, START, Spot};
use crate::expr::{Expr, Scope};
use crate::limits;
use crate::model::flow::ElementKind;
use crate::script::Library;

impl Builder<'_> {
    /// A complex gateway with several ways in and a condition.
    pub(super) fn complex(&mut self, at: Node, condition: &str) {
        let ins = self.ins(at);
        if ins.len() > limits::CHECK_COMPLEX {
            self.net.beyond.push((at, "complexGateway"));
            return;
        }
        let place = |it: &mut Self| it.net.place(Spot::Inside(at));
        let taken: Vec<Place> = ins.iter().map(|_| place(self)).collect();
        let gate = Gate { ins, taken, armed: place(self), resetting: place(self) };
        let activation = self.activation(at, condition);
        if let Some(leave) = self.chosen(at, true) {
            for ways in activation {
                let way = |it: &usize| (gate.ins[*it], gate.taken[*it]);
                let (mut take, mut always): (Vec<Place>, Vec<Place>) = ways.iter().map(way).unzip();
                take.push(gate.armed);
                always.push(gate.resetting);
                always.extend(&leave.always);
                let Leave { maybe, need, default, .. } = leave.clone();
                self.net.moves.push(Move { maybe, need, default, ..Move::plain(at, Event::Joins, take, always) });
            }
        }
        // Ways are listed for the rule of joins elsewhere; which are taken, the gate knows.
        let take = gate.ins.iter().copied().chain([gate.resetting]).collect();
        let reset = self.chosen(at, false).unwrap_or_default();
        let always = reset.always.into_iter().chain([gate.armed]).collect();
        let kind = Kind::Reset(self.net.gates.len() as u32);
        self.net.moves.push(Move { kind, maybe: reset.maybe, ..Move::plain(at, Event::Resets, take, always) });
        self.net.left.push(gate.armed);
        self.net.gates.push(gate);
    }

    /// Lets every complex gateway wait for start when the scope begins.
    pub(super) fn arm(&mut self) {
        let armed: Vec<Place> = self.net.gates.iter().map(|it| it.armed).collect();
        for it in self.net.moves.iter_mut().filter(|it| it.take.contains(&START)) {
            it.always.extend(&armed);
        }
    }

    /// Sets of ways in, by position, with which it may be activated.
    fn activation(&self, at: Node, condition: &str) -> Vec<Vec<usize>> {
        let flows = &self.drawing.into[at as usize];
        let ids: Vec<&str> = flows.iter().map(|it| self.element_at(*it).id.as_str()).collect();
        let ways = self.ins(at).len();
        let condition = Expr::parse(condition).ok();
        let whole = condition.as_ref().is_some_and(|it| it.reads().iter().any(|it| it.0 == ["activationCount"]));
        let sets = (1u32..1 << ways).map(|bits| (0..ways).filter(|it| bits & (1 << it) != 0).collect::<Vec<usize>>());
        sets.filter(|set| {
            let count = |(way, id): (usize, &&str)| ((*id).to_owned(), Value::from(u8::from(set.contains(&way))));
            let counts: Map<String, Value> = ids.iter().enumerate().map(count).collect();
            let mut scope = empty();
            let counts = if whole { Value::from(set.len()) } else { Value::Object(counts) };
            scope.set("activationCount", &counts);
            scope.set("waitingForStart", &Value::Bool(true));
            condition.as_ref().is_none_or(|it| it.holds(&scope).unwrap_or(true))
        })
        .collect()
    }

    /// What it gives when it is activated (`start`), or when it is reset: then only flows with a condition. None: nothing it
    /// could give.
    fn chosen(&mut self, at: Node, start: bool) -> Option<Leave> {
        let out = self.drawing.out[at as usize].clone();
        let default = self.element_at(at).default.as_ref().and_then(|it| self.drawing.find(it.as_str()));
        let mut leave = Leave::default();
        if out.is_empty() && start {
            leave.always.push(self.net.place(Spot::Sink(NO_END)));
            return Some(leave);
        }
        for flow in out.into_iter().filter(|it| Some(*it) != default) {
            let ElementKind::SequenceFlow { condition_expression, .. } = &self.element_at(flow).kind else { continue };
            let place = self.flows[flow as usize];
            let holds = condition_expression.as_ref().map(|it| {
                let mut scope = empty();
                scope.set("waitingForStart", &Value::Bool(start));
                Expr::parse(it).ok().and_then(|it| it.holds(&scope).ok())
            });
            match holds {
                None if start => leave.always.push(place),
                None | Some(Some(false)) => {}
                Some(Some(true)) => leave.always.push(place),
                Some(None) => leave.maybe.push(place),
            }
        }
        if start && leave.always.is_empty() {
            let default = default.map(|it| self.flows[it as usize]);
            leave.need = true;
            if leave.maybe.is_empty() {
                leave.always.push(default?);
            } else {
                leave.default = default;
            }
        }
        Some(leave)
    }
}

/// Nothing but what is set.
fn empty() -> Scope {
    Scope::new(Arc::new(Library::default()), Timestamp::UNIX_EPOCH, &TimeZone::UTC)
}
