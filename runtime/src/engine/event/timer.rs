//! Timers (BPMN 2.0.2 §10.5.5): a moment, a duration or a cycle (`R3/PT1H`, `R/1bd`). An interrupting event fires
//! once, whatever its cycle says. A cycle that was not watched for a while fires once for all the moments missed.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::Refusal;
use super::super::clock::Clock;
use super::super::evaluate::{Names, Tools};
use super::super::fact::Fact;
use super::super::instance::Timer;
use super::super::run::{Run, Stuck};
use super::super::trigger::{Text, When};
use super::catch::{Catcher, catchers};
use crate::id::TimerId;
use crate::time::{Span, crontab};

/// Of a cycle: when it fires first, its interval, how many times after that, the clock it follows.
pub(in super::super) type Beginning = (Timestamp, Option<String>, Option<u32>, Option<Clock>);

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
                other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                    Ok(Some(other.to_string()))
                }
            },
        }
    }
}

impl Tools {
    /// `R[n]/[moment/]duration`, `R[n]/moment/moment`, `R[n]/duration/moment` (the last of them ends then): the first moment, the interval, how often it fires after the first
    /// time (none: for ever, also written `R-1`), and what its moments are counted from. A duration alone repeats for ever.
    pub(in super::super) fn cycle(&self, text: &str, now: Timestamp) -> Result<Beginning, Stuck> {
        let wrong = || {
            let says = format!("expected a cycle like `R3/PT1H`, found `{text}`");
            // Other tools run calendars; here the cycle is to be written that comes to the same.
            if crontab::is_calendar(text) { format!("{says}; {}", crontab::instead(text)) } else { says }
        };
        let (times, rest) = match text.strip_prefix('R').and_then(|it| it.split_once('/')) {
            Some(it) => it,
            None if text.parse::<Span>().is_ok() => ("", text),
            None => return Err(wrong()),
        };
        let left = match times {
            "" | "-1" => None,
            it => Some(it.parse::<u32>().ok().and_then(|it| it.checked_sub(1)).ok_or_else(wrong)?),
        };
        let (at, every, from, nth) = match rest.split_once('/') {
            Some((every, end)) if every.parse::<Span>().is_ok() => return self.until(every, end, left, now),
            Some((first, every)) => {
                let at = self.moment(first, now)?;
                // The interval between two moments (ISO 8601).
                let every = match every.parse::<Span>() {
                    Ok(_) => every.to_owned(),
                    Err(_) => format!("PT{}S", self.moment(every, now)?.duration_since(at).as_secs()),
                };
                (at, every, at, 0)
            }
            None => (self.moment(rest, now)?, rest.to_owned(), now, 1),
        };
        if !every.parse::<Span>().is_ok_and(|_| self.moment(&every, now).is_ok_and(|it| it > now)) {
            return Err(wrong());
        }
        Ok((at, Some(every), left, Some(Clock { budget: None, from: from.to_string(), nth })))
    }

    /// A cycle that ends at a moment: counted back from there, it fires at the end of every interval that is still to come;
    /// once where all of them are over.
    fn until(&self, every: &str, end: &str, left: Option<u32>, now: Timestamp) -> Result<Beginning, Stuck> {
        let wrong = || format!("expected a duration and then a moment, found `{every}/{end}`");
        let span: Span = every.parse().map_err(|_| wrong())?;
        if end.parse::<Span>().is_ok() {
            return Err(wrong());
        }
        if span.is_working() {
            return Err(format!(
                "expected a duration of the clock before the moment `{end}`, found working time `{every}`"
            ));
        }
        let end = self.moment(end, now)?;
        if self.moment(every, now)? <= now {
            return Err(wrong());
        }
        // Halving: of so many intervals back, the greatest number that is still to come.
        let most = left.unwrap_or(u32::MAX);
        let (mut back, mut beyond) = (0, most.saturating_add(1));
        while beyond - back > 1 {
            let middle = back + (beyond - back) / 2;
            match self.back(end, &span, middle) {
                Ok(it) if it > now => back = middle,
                Ok(_) | Err(_) => beyond = middle,
            }
        }
        let first = self.back(end, &span, back)?;
        Ok((first, Some(every.to_owned()), Some(back), Some(Clock { budget: None, from: first.to_string(), nth: 0 })))
    }
}

impl<'a> Run<'a> {
    pub(in super::super) fn set_timer(&mut self, at: Catcher<'a>, when: &When) -> Result<(), Stuck> {
        let outcome = at.owner.and_then(|it| self.outcome(it));
        let names = self.names_in(at.scope, outcome.as_deref());
        let text = when.text.value(&names)?.ok_or("expected a time, found blank")?;
        let now = self.context.now;
        let (moment, every, left, clock) = if when.cycle {
            self.plan.tools.cycle(&text, now)?
        } else {
            let moment = self.plan.tools.moment(&text, now)?;
            let clock =
                text.parse::<Span>().is_ok().then(|| Clock { budget: Some(text), from: now.to_string(), nth: 0 });
            (moment, None, None, clock)
        };
        let timer = TimerId(self.fresh());
        let (token, node, part) = (at.owner, at.event.id.clone(), at.part as u32);
        self.emit(Fact::TimerSet {
            timer,
            token,
            node,
            part,
            at: moment.to_string(),
            reminder: None,
            every,
            left,
            clock,
        });
        Ok(())
    }

    pub(in super::super) fn timer_fired(&mut self, id: &TimerId) -> Result<(), Refusal> {
        let timer = self.instance.timers.get(id).cloned().ok_or(Refusal::NothingWaits)?;
        self.emit(Fact::TimerFired { timer: id.clone() });
        let Some(event) = self.plan.node(&timer.node) else { return Ok(()) };
        if let (Some(percent), Some(token)) = (timer.reminder, timer.token) {
            self.remind(token, event, percent);
            return Ok(());
        }
        let wanted = |_: &_| true;
        let part = timer.part as usize;
        let waits = |it: &Catcher| it.owner == timer.token && it.event.id == event.id;
        let Some(found) = catchers(self.plan, &self.instance, &wanted).into_iter().find(waits) else { return Ok(()) };
        if !event.kind.interrupts() {
            self.next_of_cycle(&timer);
        }
        self.occurs(Catcher { part, ..found }, "timer", Map::new());
        Ok(())
    }

    fn next_of_cycle(&mut self, timer: &Timer) {
        let Some(every) = timer.every.clone() else { return };
        if timer.left == Some(0) {
            return;
        }
        let tools = self.plan.tools.clone();
        let now = self.context.now;
        let first = timer.clock.as_ref().map_or(&timer.at, |it| &it.from);
        let Ok(first) = first.parse::<Timestamp>() else { return };
        let mut clock = timer.clock.clone().unwrap_or(Clock { budget: None, from: timer.at.clone(), nth: 0 });
        let mut at = None;
        for _ in 0..CATCH_UP {
            clock.nth = clock.nth.saturating_add(1);
            match tools.beat(first, &every, clock.nth) {
                Ok(it) if it > now => {
                    at = Some(it);
                    break;
                }
                Ok(_) => {}
                Err(_) => return,
            }
        }
        let at = match at {
            Some(it) => it,
            None => {
                // So long unwatched that its moments are not counted any more: the rhythm begins anew.
                let Ok(it) = tools.beat(now, &every, 1) else { return };
                clock = Clock { budget: None, from: now.to_string(), nth: 1 };
                it
            }
        };
        let id = TimerId(self.fresh());
        let left = timer.left.map(|it| it.saturating_sub(1));
        let (token, node, part) = (timer.token, timer.node.clone(), timer.part);
        self.emit(Fact::TimerSet {
            timer: id,
            token,
            node,
            part,
            at: at.to_string(),
            reminder: None,
            every: Some(every),
            left,
            clock: Some(clock),
        });
    }
}
