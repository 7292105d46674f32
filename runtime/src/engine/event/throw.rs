//! Throwing events, end events and send tasks (BPMN 2.0.2 §10.5.3, §10.5.4): messages and signals go out through the
//! server (a signal also to what waits in here), the rest goes outward through the scopes. All values are made before
//! anything is thrown.

use serde_json::{Map, Value, json};

use super::super::Effect;
use super::super::evaluate::{Expr, Names};
use super::super::fact::Fact;
use super::super::instance::Sent;
use super::super::plan::Node;
use super::super::run::{Run, Stuck, Work};
use super::super::trigger::Throw;
use super::catch::as_key;

/// A message or signal with its values.
enum Made {
    Message { name: String, key: String, payload: Map<String, Value> },
    Signal { name: String, payload: Map<String, Value> },
}

impl<'a> Run<'a> {
    /// Throws and goes on, unless what was thrown takes the token away or has to be waited for.
    pub(in super::super) fn throw_all(&mut self, token: u64, node: &'a Node, throws: &'a [Throw]) -> Result<(), Stuck> {
        if self.throw_out(token, node, throws)? {
            self.queue(Work::Leave { token });
        }
        Ok(())
    }

    /// False: the token has gone, or waits.
    pub(in super::super) fn throw_out(
        &mut self,
        token: u64,
        node: &'a Node,
        throws: &'a [Throw],
    ) -> Result<bool, Stuck> {
        let names = if throws.iter().any(needs_names) { Some(self.names(token)) } else { None };
        let mut made =
            throws.iter().map(|it| self.make(it, names.as_ref())).collect::<Result<Vec<_>, _>>()?.into_iter();
        for throw in throws {
            let made = made.next().flatten();
            let goes_on = match (throw, made) {
                (_, Some(Made::Message { name, key, payload })) => {
                    self.note_thrown(node, "message", &name, true);
                    self.effects.push(Effect::ThrowMessage { name, key, payload });
                    true
                }
                (_, Some(Made::Signal { name, payload })) => {
                    self.note_thrown(node, "signal", &name, true);
                    self.broadcast(&name, &payload);
                    self.effects.push(Effect::ThrowSignal { name, payload });
                    true
                }
                (Throw::Message(_) | Throw::Signal { .. }, None) => true,
                (Throw::Error(code), None) => {
                    let about = json!({ "code": code, "message": node.name });
                    let to = self.who_catches(token, code);
                    let to =
                        to.ok_or_else(|| format!("expected somebody to catch the error `{code}`, found nobody"))?;
                    self.note_thrown(node, "error", code, false);
                    self.go(token, node);
                    self.hand(to, code, about);
                    false
                }
                (Throw::Escalation(code), None) => {
                    let to = self.who_is_told(token, code);
                    let out = to.is_none() && self.instance.parent.is_some();
                    self.note_thrown(node, "escalation", code, out);
                    // An end event is over before what it throws takes its scope away.
                    let ends = to.map_or_else(|| self.ends_call(code), |it| it.event.kind.interrupts());
                    if ends && node.outgoing.is_empty() {
                        self.go(token, node);
                    }
                    self.hand_escalation(to, code, &node.name);
                    true
                }
                (Throw::Compensation { activity, wait }, None) => {
                    self.compensate(token, node, activity.as_ref(), *wait)
                }
                (Throw::Cancel, None) => {
                    self.cancel_around(token, node)?;
                    false
                }
                (Throw::Terminate, None) => {
                    self.terminate(token, node);
                    false
                }
            };
            if !goes_on || self.node_of(token).is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `out`: it leaves the flow, and nobody takes it back.
    fn note_thrown(&mut self, node: &Node, what: &str, name: &str, out: bool) {
        let after = self.sent.as_ref().filter(|_| out).and_then(Sent::after).cloned();
        self.emit(Fact::Thrown { node: node.id.clone(), what: what.to_owned(), name: name.to_owned(), after });
    }

    /// The token of an event that ends something has done its work.
    fn go(&mut self, token: u64, node: &Node) {
        if self.turn_of(token).is_none() && !self.instance.repeats.contains_key(&token) {
            self.clear(token, "done");
            self.emit(Fact::Left { token, node: node.id.clone() });
        }
    }

    /// The values of a message or signal; none: something else.
    fn make(&self, throw: &Throw, names: Option<&Names>) -> Result<Option<Made>, Stuck> {
        Ok(match throw {
            Throw::Message(it) => {
                let key = match it.key.as_ref().zip(names) {
                    Some((key, names)) => as_key(&key.eval(names)?)?,
                    None => self.context.record.0.clone(),
                };
                Some(Made::Message { name: it.name.clone(), key, payload: content(it.payload.as_ref(), names)? })
            }
            Throw::Signal { name, payload } => {
                Some(Made::Signal { name: name.clone(), payload: content(payload.as_ref(), names)? })
            }
            Throw::Error(_) | Throw::Escalation(_) | Throw::Compensation { .. } | Throw::Cancel | Throw::Terminate => {
                None
            }
        })
    }
}

fn needs_names(throw: &Throw) -> bool {
    match throw {
        Throw::Message(it) => it.key.is_some() || it.payload.is_some(),
        Throw::Signal { payload, .. } => payload.is_some(),
        Throw::Error(_) | Throw::Escalation(_) | Throw::Compensation { .. } | Throw::Cancel | Throw::Terminate => false,
    }
}

fn content(payload: Option<&Expr>, names: Option<&Names>) -> Result<Map<String, Value>, Stuck> {
    let Some((payload, names)) = payload.zip(names) else { return Ok(Map::new()) };
    match payload.eval(names)? {
        Value::Object(it) => Ok(it),
        Value::Null => Ok(Map::new()),
        other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(format!("expected a map as the content of a message, found {other}"))
        }
    }
}
