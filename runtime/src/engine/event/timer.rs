//! Timers (BPMN 2.0.2 §10.5.5): a moment, a duration or a cycle (`R3/PT1H`, `R/1bd`). An interrupting event fires
//! once, whatever its cycle says. A cycle that was not watched for a while fires once for all the moments missed.

use jiff::Timestamp;
use serde_json::Value;

use super::super::Refusal;
use super::super::evaluate::Names;
use super::super::fact::Fact;
use super::super::instance::Timer;
use super::super::plan::{Kind, Node, Text, Trigger, When};
use super::super::run::{Run, Stuck, Work};
use crate::id::TimerId;

/// How many missed moments of a cycle are looked at; a shorter interval than that is started anew from now.
const CATCH_UP: usize = 1_000;

impl Text {
    /// The text, or the value of its expression as text.
    pub(in super::super) fn value(&self, names: &Names) -> Result<Option<String>, Stuck> {
        match self {
            Text::Literal(it) => Ok(Some(it.clone())),
            Text::Expr(it) => match it.eval(names)? {
                Value::Null => Ok(None),
                Value::String(it) => Ok(Some(it)),
                other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Ok(Some(other.to_string())),
            },
        }
    }
}

impl<'a> Run<'a> {
    pub(in super::super) fn set_timer(&mut self, token: u64, event: &Node, when: &When) -> Result<(), Stuck> {
        let names = self.names(self.outcome(token).as_deref());
        let text = when.text.value(&names)?.ok_or("expected a time, found blank")?;
        let (at, every, left) = if when.cycle { self.cycle(&text)? } else { (self.plan.tools.moment(&text, self.context.now)?, None, None) };
        let timer = TimerId(self.fresh());
        self.emit(Fact::TimerSet { timer, token, node: event.id.clone(), at: at.to_string(), reminder: None, every, left });
        Ok(())
    }

    /// `R[n]/[moment/]duration`: the first moment, the interval, and how often it fires after the first time.
    fn cycle(&self, text: &str) -> Result<(Timestamp, Option<String>, Option<u32>), Stuck> {
        let wrong = || format!("expected a cycle like `R3/PT1H`, found `{text}`");
        let (times, rest) = text.strip_prefix('R').and_then(|it| it.split_once('/')).ok_or_else(wrong)?;
        let left = match times {
            "" => None,
            it => Some(it.parse::<u32>().ok().and_then(|it| it.checked_sub(1)).ok_or_else(wrong)?),
        };
        let (at, every) = match rest.split_once('/') {
            Some((first, every)) => (self.plan.tools.moment(first, self.context.now)?, every),
            None => (self.plan.tools.moment(rest, self.context.now)?, rest),
        };
        if self.plan.tools.moment(every, self.context.now)? <= self.context.now {
            return Err(wrong());
        }
        Ok((at, Some(every.to_owned()), left))
    }

    pub(in super::super) fn timer_fired(&mut self, id: &TimerId) -> Result<(), Refusal> {
        let timer = self.instance.timers.get(id).cloned().ok_or(Refusal::NothingWaits)?;
        let (Some(node), Some(event)) = (self.node_of(timer.token), self.plan.node(&timer.node)) else {
            self.emit(Fact::TimerFired { timer: id.clone() });
            return Ok(());
        };
        self.emit(Fact::TimerFired { timer: id.clone() });
        if let Some(percent) = timer.reminder {
            self.remind(timer.token, node, percent);
        } else if let Kind::Boundary { interrupting, .. } = &event.kind {
            if !interrupting {
                self.next_of_cycle(&timer);
            }
            self.boundary_fires(timer.token, event, "timer");
        } else if event.id == node.id {
            self.queue(Work::Leave { token: timer.token });
        } else if let Kind::Catch(Trigger::Timer(_)) = event.kind {
            self.emit(Fact::Caught { node: event.id.clone(), name: "timer".to_owned() });
            self.first_came(timer.token, node, event);
        }
        Ok(())
    }

    fn next_of_cycle(&mut self, timer: &Timer) {
        let Some(every) = timer.every.clone() else { return };
        if timer.left == Some(0) {
            return;
        }
        let tools = self.plan.tools.clone();
        let next = |from: Timestamp| tools.moment(&every, from).ok().filter(|it| *it > from);
        let now = self.context.now;
        let mut at = timer.at.parse().ok().and_then(next);
        for _ in 0..CATCH_UP {
            match at {
                Some(it) if it <= now => at = next(it),
                Some(_) | None => break,
            }
        }
        if at.is_none_or(|it| it <= now) {
            at = next(now);
        }
        let Some(at) = at else { return };
        let id = TimerId(self.fresh());
        let left = timer.left.map(|it| it.saturating_sub(1));
        let (token, node) = (timer.token, timer.node.clone());
        self.emit(Fact::TimerSet { timer: id, token, node, at: at.to_string(), reminder: None, every: Some(every), left });
    }
}
