//! Repeated activities (BPMN 2.0.2 §10.3.8, §13.3.6, §13.3.7): standard loops, multi-instance activities, one after the
//! other or side by side; and activities with data of their own, done once. The token that came waits outside, boundary
//! events hang on it; each turn has a token of its own in the same node, in a scope with its variables. Turns count from 1
//! (`loopCounter`); before the first one a loop's condition sees 0.

use serde_json::{Map, Value};

use super::super::Refusal;
use super::super::evaluate::{Expr, Names};
use super::super::fact::Fact;
use super::super::instance::{Phase, Repeat, ScopeKind};
use super::super::plan::{Association, Many, Node, Repetition, Source, Target};
use super::super::run::{Run, Stuck, Work};
use crate::id::NodeId;
use crate::limits;
use crate::value::decimal_of;
use rust_decimal::prelude::ToPrimitive;

impl<'a> Run<'a> {
    /// Begins, or goes on after it was stuck.
    pub(in super::super) fn repeat(
        &mut self,
        token: u64,
        node: &'a Node,
        repetition: &'a Repetition,
    ) -> Result<(), Stuck> {
        if let Some(repeat) = self.instance.repeats.get(&token) {
            if let (Repetition::Many(many), Some(last)) = (repetition, repeat.completed.checked_sub(1))
                && self.is_done(token, node, many, last)?
            {
                return Ok(());
            }
            return self.go_on(token, node, repetition);
        }
        let (planned, items) = match repetition {
            Repetition::Once => (Some(1), Vec::new()),
            // Drawn without a condition and a maximum: once.
            Repetition::Loop(it) if it.most.is_none() && it.condition.is_none() => (Some(1), Vec::new()),
            Repetition::Loop(it) => {
                (it.most.as_ref().map(|it| self.whole(token, it, "loop maximum")).transpose()?, Vec::new())
            }
            Repetition::Many(many) => self.planned(token, node, many)?,
        };
        if planned.unwrap_or(0) > limits::LOOP_TURNS {
            return Err(format!("expected at most {} turns, found {}", limits::LOOP_TURNS, planned.unwrap_or(0)));
        }
        self.emit(Fact::RepeatBegan { token, node: node.id.clone(), planned, items });
        self.go_on(token, node, repetition)
    }

    fn planned(&self, token: u64, node: &'a Node, many: &Many) -> Result<(Option<u32>, Vec<Value>), Stuck> {
        let mut names = self.names(token);
        // The list may be data of the activity itself.
        let (mut data, mut vars) = (Map::new(), Map::new());
        self.evaluate_associations(token, &node.inputs, &names, (&mut data, &mut vars))?;
        names.set_bare(&vars);
        if let Some(collection) = &many.collection {
            return match collection.eval(&names)? {
                Value::Array(items) => Ok((Some(items.len().min(u32::MAX as usize) as u32), items)),
                other => Err(format!("expected a list to go through, found {other}")),
            };
        }
        match &many.count {
            Some(count) => Ok((Some(number(&count.eval(&names)?, "number of instances")?), Vec::new())),
            // Drawn without a number: one.
            None => Ok((Some(1), Vec::new())),
        }
    }

    fn whole(&self, token: u64, expr: &Expr, what: &str) -> Result<u32, Stuck> {
        number(&expr.eval(&self.names(token))?, what)
    }

    /// What comes next: more turns, waiting for those under way, or leaving.
    fn go_on(&mut self, token: u64, node: &'a Node, repetition: &'a Repetition) -> Result<(), Stuck> {
        let Some(repeat) = self.instance.repeats.get(&token).cloned() else { return Ok(()) };
        let active = self.active(token);
        let left = repeat.planned.is_none_or(|it| repeat.begun < it);
        match repetition {
            Repetition::Once => {
                if left {
                    self.begin_turn(token, node, None)?
                } else if active == 0 {
                    self.queue(Work::Leave { token })
                }
            }
            Repetition::Loop(it) => {
                if active > 0 {
                    return Ok(());
                }
                let asks = it.before || repeat.begun > 0;
                let more = left && (!asks || self.loop_holds(token, it.condition.as_ref(), repeat.begun)?);
                if more { self.begin_turn(token, node, None)? } else { self.queue(Work::Leave { token }) }
            }
            Repetition::Many(many) => {
                if left && (active == 0 || !many.sequential) {
                    for _ in repeat.begun..repeat.planned.unwrap_or(0) {
                        self.begin_turn(token, node, Some(many))?;
                        if many.sequential {
                            break;
                        }
                    }
                } else if active == 0 && !left {
                    self.end_many(token, many)?;
                }
            }
        }
        Ok(())
    }

    fn active(&self, token: u64) -> u32 {
        self.instance
            .scopes
            .values()
            .filter(|it| it.token == token && matches!(it.kind, ScopeKind::Turn { .. }))
            .count() as u32
    }

    fn loop_holds(&self, token: u64, condition: Option<&Expr>, begun: u32) -> Result<bool, Stuck> {
        let Some(condition) = condition else { return Ok(true) };
        let mut names = self.names(token);
        names.set("loopCounter", Value::from(begun));
        condition.holds(&names).map_err(|says| format!("loop condition: {says}"))
    }

    fn begin_turn(&mut self, token: u64, node: &'a Node, many: Option<&Many>) -> Result<(), Stuck> {
        let Some(repeat) = self.instance.repeats.get(&token) else { return Ok(()) };
        if self.instance.tokens.len() >= limits::INSTANCE_TOKENS {
            return Err(format!(
                "expected at most {} tokens in one instance (a limit of the engine), found more",
                limits::INSTANCE_TOKENS
            ));
        }
        let index = repeat.begun;
        if index >= limits::LOOP_TURNS {
            return Err(format!("expected at most {} turns (a limit of the engine), found more", limits::LOOP_TURNS));
        }
        let mut vars = Map::new();
        if let Some(many) = many
            && let Some(item) = repeat.items.get(index as usize)
        {
            vars.insert(many.item.clone(), item.clone());
        }
        if !matches!(node.repeat, Some(Repetition::Once)) {
            vars.insert("loopCounter".to_owned(), Value::from(index.saturating_add(1)));
        }
        vars.extend(node.own_outputs.iter().map(|it| (it.clone(), Value::Null)));
        let mut data = Map::new();
        self.evaluate_associations(token, &node.inputs, &self.names(token), (&mut data, &mut vars))?;
        let (parent, outcome) = (self.scope_of(token), self.outcome(token));
        let scope = self.instance.next;
        let kind = ScopeKind::Turn { index };
        self.emit(Fact::ScopeOpened { scope, token, node: node.id.clone(), parent, kind, vars, of: None });
        let inner = self.instance.next;
        self.emit(Fact::Entered {
            token: inner,
            node: node.id.clone(),
            via: None,
            scope: Some(scope),
            outcome,
            turn: true,
        });
        self.queue(Work::Begin { token: inner, returned: None });
        Ok(())
    }

    /// The work of a turn is done.
    pub(in super::super) fn end_turn(&mut self, token: u64, node: &'a Node, index: u32) -> Result<(), Stuck> {
        let Some((scope, outer)) = self.scope_of(token).and_then(|it| Some((it, self.instance.scopes.get(&it)?.token)))
        else {
            return Ok(());
        };
        self.has_room_to_compensate(node)?;
        let mut names = self.names(token);
        let (mut data, mut vars) = self.evaluate_assignments(token, &node.assign, &mut names)?;
        let mut given = Map::new();
        self.evaluate_associations(token, &node.turn_outputs, &names, (&mut data, &mut given))?;
        names.set_bare(&given);
        if let Some(Repetition::Many(many)) = &node.repeat
            && let Some(own) = &many.own
        {
            given.remove(own);
        }
        vars.extend(given);
        let outcome = self.outcome(token);
        let output = match &node.repeat {
            Some(Repetition::Many(many)) => match &many.output {
                Some(it) => it.eval(&names)?,
                None => outcome.clone().map_or(Value::Null, Value::from),
            },
            Some(Repetition::Once | Repetition::Loop(_)) | None => Value::Null,
        };
        self.set_vars(Some(scope), vars)?;
        self.set_fields(data);
        if !node.kind.has_inside() {
            self.keep_compensable(token, node, None);
        }
        self.clear(token, "done");
        self.emit(Fact::Left { token, node: node.id.clone() });
        self.emit(Fact::ScopeClosed { scope });
        self.emit(Fact::TurnEnded { token: outer, node: node.id.clone(), index, completed: true, output });
        self.after_turn(outer, node, index, outcome);
        Ok(())
    }

    /// A turn was taken away from inside: its scope has run empty.
    pub(in super::super) fn turn_gone(&mut self, scope: u64, outer: u64, index: u32) {
        self.emit(Fact::ScopeClosed { scope });
        if let Some(node) = self.node_of(outer) {
            self.emit(Fact::TurnEnded {
                token: outer,
                node: node.id.clone(),
                index,
                completed: false,
                output: Value::Null,
            });
            self.after_turn(outer, node, index, None);
        }
    }

    /// Events of the turn, the completion condition, and what comes next; what fails is said at the token outside.
    fn after_turn(&mut self, outer: u64, node: &'a Node, index: u32, outcome: Option<String>) {
        self.resolve(outer);
        let Some(repetition) = &node.repeat else { return };
        if let Some(outcome) = outcome {
            self.emit(Fact::OutcomeGiven { token: outer, outcome });
        }
        let next = match repetition {
            Repetition::Many(many) => self.turn_of_many_ended(outer, node, many, index),
            Repetition::Once | Repetition::Loop(_) => Ok(true),
        };
        let done = match next {
            Ok(true) => self.go_on(outer, node, repetition),
            Ok(false) => Ok(()),
            Err(says) => Err(says),
        };
        if let Err(says) = done {
            self.stuck(outer, node, says, Phase::Work);
        }
    }

    /// True: it goes on.
    fn turn_of_many_ended(&mut self, outer: u64, node: &'a Node, many: &'a Many, index: u32) -> Result<bool, Stuck> {
        let Some(repeat) = self.instance.repeats.get(&outer).cloned() else { return Ok(false) };
        for event in &many.events {
            if event.first && repeat.completed != 1 {
                continue;
            }
            let holds = match &event.condition {
                Some(it) => it
                    .holds(&self.counters(outer, &repeat, index))
                    .map_err(|says| format!("condition of a turn's event: {says}"))?,
                None => true,
            };
            if holds && !self.throw_out(outer, node, &event.throws)? {
                return Ok(false);
            }
        }
        self.is_done(outer, node, many, index).map(|it| !it)
    }

    /// Whether the completion condition holds; then the turns that are left are cancelled and the activity ends.
    fn is_done(&mut self, outer: u64, node: &'a Node, many: &'a Many, index: u32) -> Result<bool, Stuck> {
        let (Some(done), Some(repeat)) = (&many.done, self.instance.repeats.get(&outer).cloned()) else {
            return Ok(false);
        };
        let holds = done
            .holds(&self.counters(outer, &repeat, index))
            .map_err(|says| format!("completion condition: {says}"))?;
        if !holds {
            return Ok(false);
        }
        let turns = self.instance.scopes.iter().filter(|(_, it)| it.token == outer);
        let turns = turns
            .filter_map(|(id, it)| if let ScopeKind::Turn { index } = it.kind { Some((*id, index)) } else { None });
        for (scope, index) in turns.collect::<Vec<_>>() {
            self.clear_scope(Some(scope), "no longer needed");
            self.emit(Fact::ScopeClosed { scope });
            self.emit(Fact::TurnEnded {
                token: outer,
                node: node.id.clone(),
                index,
                completed: false,
                output: Value::Null,
            });
        }
        self.end_many(outer, many)?;
        Ok(true)
    }

    /// The counters of the activity: by the standard's names (§10.3.8, `numberOf…`) and by those most tools write (`nrOf…`).
    fn counters(&self, outer: u64, repeat: &Repeat, index: u32) -> Names {
        let mut names = self.names(outer);
        names.set("loopCounter", Value::from(index.saturating_add(1)));
        for (what, it) in [
            ("Instances", repeat.planned.unwrap_or(repeat.begun)),
            ("ActiveInstances", self.active(outer)),
            ("CompletedInstances", repeat.completed),
            ("TerminatedInstances", repeat.terminated),
        ] {
            names.set(&format!("numberOf{what}"), Value::from(it));
            names.set(&format!("nrOf{what}"), Value::from(it));
        }
        names
    }

    fn end_many(&mut self, token: u64, many: &Many) -> Result<(), Stuck> {
        let outputs =
            self.instance.repeats.get(&token).map(|it| it.outputs.values().cloned().collect()).unwrap_or_default();
        let vars = many.into.as_ref().map(|it| Map::from_iter([(it.clone(), Value::Array(outputs))]));
        if let Some(vars) = vars {
            self.set_vars(self.scope_of(token), vars)?;
        }
        self.queue(Work::Leave { token });
        Ok(())
    }

    /// One more instance of what is under way.
    pub(in super::super) fn add_instance(&mut self, id: &NodeId, item: Value) -> Result<(), Refusal> {
        let node = self.plan.node(id).ok_or_else(|| Refusal::NoSuchNode { node: id.clone() })?;
        let refuse = || Refusal::NotNow { node: id.clone() };
        let Some(repetition @ Repetition::Many(_)) = &node.repeat else { return Err(refuse()) };
        let mut under_way = self
            .instance
            .repeats
            .keys()
            .filter(|it| self.node_of(**it).is_some_and(|it| it.id == *id) && self.active(**it) > 0);
        let token = under_way.next().copied().ok_or_else(refuse)?;
        let planned = self.instance.repeats.get(&token).and_then(|it| it.planned).unwrap_or(0);
        if planned >= limits::LOOP_TURNS {
            return Err(Refusal::Limit { what: format!("{} turns", limits::LOOP_TURNS) });
        }
        self.emit(Fact::RepeatExtended { token, node: id.clone(), item });
        if let Err(says) = self.go_on(token, node, repetition) {
            self.stuck(token, node, says, Phase::Work);
        }
        Ok(())
    }

    /// Values of data associations, each seeing the same names.
    pub(in super::super) fn evaluate_associations(
        &self,
        token: u64,
        list: &[Association],
        names: &Names,
        (data, vars): (&mut Map<String, Value>, &mut Map<String, Value>),
    ) -> Result<(), Stuck> {
        if list.is_empty() {
            return Ok(());
        }
        let mut visible = self.visible(self.scope_of(token));
        visible.extend(vars.clone());
        for it in list {
            let value = match &it.from {
                Source::Var(name) => visible.get(name).cloned().unwrap_or_default(),
                Source::Expr(it) => it.eval(names)?,
            };
            match &it.to {
                Target::Field(field) => data.insert(field.0.clone(), value),
                Target::Var(name) => vars.insert(name.clone(), value),
            };
        }
        Ok(())
    }
}

fn number(value: &Value, what: &str) -> Result<u32, Stuck> {
    let found = decimal_of(value).filter(|it| it.fract().is_zero()).and_then(|it| it.to_u32());
    found.ok_or_else(|| format!("expected a whole number as {what}, found {value}"))
}
