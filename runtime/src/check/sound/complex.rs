//! Complex gateways with an activation condition (BPMN 2.0.2 §10.6.5, §13.4.5, Table 13.5). Waiting for start such a gateway
//! takes, once its condition holds, one token from every way that has one; waiting for reset it takes what still comes by the
//! others, by the rule of inclusive joins.
//!
//! A condition over the number of tokens alone (`activationCount.<flow>`, `activationCount`) is asked for the tokens there are. One
//! that needs data may hold for any: like of a split, it is taken to hold some day.

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
        let asks = self.asks(at, condition, ins.len());
        let gate = Gate { ins, taken, armed: place(self), resetting: place(self), asks };
        let number = self.net.gates.len() as u32;
        if let Some(leave) = self.chosen(at, true) {
            for ways in gate.asks.sets() {
                let way = |it: usize| (gate.ins[it], gate.taken[it]);
                let (mut take, mut always): (Vec<Place>, Vec<Place>) = ways.map(way).unzip();
                take.push(gate.armed);
                always.push(gate.resetting);
                always.extend(&leave.always);
                let Leave { maybe, need, default, .. } = leave.clone();
                let it = Move { maybe, need, default, ..Move::plain(at, Event::Joins, take, always) };
                self.net.moves.push(Move { kind: Kind::Activate(number), ..it });
            }
        }
        // Ways are listed for the rule of joins elsewhere; which are taken, the gate knows.
        let take = gate.ins.iter().copied().chain([gate.resetting]).collect();
        let reset = self.chosen(at, false).unwrap_or_default();
        let always = reset.always.into_iter().chain([gate.armed]).collect();
        self.net.moves.push(Move {
            kind: Kind::Reset(number),
            maybe: reset.maybe,
            ..Move::plain(at, Event::Resets, take, always)
        });
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

    /// What its condition asks for.
    fn asks(&self, at: Node, condition: &str, ways: usize) -> Asks {
        let flows = &self.drawing.into[at as usize];
        let ids = flows.iter().map(|it| self.element_at(*it).id.to_string()).collect();
        Asks::of(condition, ids, ways)
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
                scope.set("waitingForStart", Value::Bool(start));
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

/// What the activation of a complex gateway asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asks {
    condition: String,
    /// The sequence flows its condition counts tokens on; nothing where it counts all of them together.
    flows: Vec<String>,
    /// By set of ways, as bits: it holds with one token on each of these.
    one_each: Vec<bool>,
}

impl Asks {
    fn of(condition: &str, flows: Vec<String>, ways: usize) -> Self {
        let whole = Expr::parse(condition).is_ok_and(|it| it.reads().iter().any(|it| it.0 == ["activationCount"]));
        let flows = if whole { Vec::new() } else { flows };
        let mut it = Self { condition: condition.to_owned(), flows, one_each: Vec::new() };
        let expression = Expr::parse(condition).ok();
        let counts = |bits: u32| (0..ways).map(|it| u8::from(bits & (1 << it) != 0)).collect::<Vec<u8>>();
        it.one_each = (0..1 << ways).map(|bits| it.asked(expression.as_ref(), &counts(bits))).collect();
        it
    }

    /// Every set of ways it may be activated by: however many tokens are on each.
    fn sets(&self) -> impl Iterator<Item = impl Iterator<Item = usize>> {
        (1..self.one_each.len()).map(|bits| (0..usize::BITS as usize).filter(move |it| bits & (1 << it) != 0))
    }

    /// Whether it holds with one token on each of the ways in `take`.
    pub fn of_one_each(&self, ways: &[Place], take: &[Place]) -> bool {
        let bit = |(at, way): (usize, &Place)| usize::from(take.contains(way)) << at;
        self.one_each[ways.iter().enumerate().map(bit).sum::<usize>()]
    }

    /// Whether it holds with so many tokens on each way.
    pub fn holds(&self, counts: &[u8]) -> bool {
        if counts.iter().all(|it| *it < 2) {
            let bit = |(at, count): (usize, &u8)| usize::from(*count) << at;
            return self.one_each[counts.iter().enumerate().map(bit).sum::<usize>()];
        }
        self.asked(Expr::parse(&self.condition).ok().as_ref(), counts)
    }

    /// One that needs data may hold.
    fn asked(&self, condition: Option<&Expr>, counts: &[u8]) -> bool {
        let count = |(id, count): (&String, &u8)| (id.clone(), Value::from(*count));
        let counts = if self.flows.is_empty() {
            Value::from(counts.iter().map(|it| u32::from(*it)).sum::<u32>())
        } else {
            Value::Object(self.flows.iter().zip(counts).map(count).collect::<Map<String, Value>>())
        };
        let mut scope = empty();
        scope.set("activationCount", counts);
        scope.set("waitingForStart", Value::Bool(true));
        condition.is_none_or(|it| it.holds(&scope).unwrap_or(true))
    }
}

/// Nothing but what is set.
fn empty() -> Scope {
    Scope::new(Arc::new(Library::default()), Timestamp::UNIX_EPOCH, &TimeZone::UTC)
}
