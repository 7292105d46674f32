//! What an edit changed, for a pack that two hold: the studio and its checker. A flow of a thousand nodes is not sent anew
//! because one of them has moved.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::flow::{Element, Flow};
use super::layout::{Diagram, Edge, Layout, Shape};

/// A stretch of a list that was replaced by another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Splice<T> {
    /// Where it begins.
    pub at: usize,
    /// How many items are taken away there.
    pub gone: usize,
    /// What is put in their place.
    pub put: Vec<T>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Patch {
    Flow {
        key: String,
        /// Everything but the elements, when that has changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shell: Option<Box<Flow>>,
        elements: Vec<Splice<Element>>,
    },
    Layout {
        key: String,
        diagrams: Vec<Redrawn>,
    },
    /// Any other: its whole text; none: it is gone.
    File {
        path: String,
        text: Option<String>,
    },
}

/// What changed in one diagram of a drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Redrawn {
    /// Its number.
    pub at: usize,
    pub shapes: Vec<Splice<Shape>>,
    pub edges: Vec<Splice<Edge>>,
}

/// The two do not hold the same: everything has to be sent anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a place of the list that is patched, found one beyond its end")]
pub struct OutOfStep;

impl<T> Splice<T> {
    /// # Errors
    /// [`OutOfStep`]; the list stays as it was.
    pub fn apply(self, list: &mut Vec<T>) -> Result<(), OutOfStep> {
        let end = self.at.checked_add(self.gone).filter(|end| *end <= list.len()).ok_or(OutOfStep)?;
        list.splice(self.at..end, self.put);
        Ok(())
    }
}

/// What makes the one list the other, stretch by stretch, to be done in their order. `before`: the one item comes before the
/// other in lists that are ordered; in others it only costs more stretches.
pub fn stretches<T: Clone + PartialEq>(old: &[T], new: &[T], before: impl Fn(&T, &T) -> bool) -> Vec<Splice<T>> {
    let (mut then, mut now, mut found) = (0, 0, Vec::new());
    let alike = |then: usize, now: usize| matches!((old.get(then), new.get(now)), (Some(a), Some(b)) if a == b);
    while then < old.len() || now < new.len() {
        if alike(then, now) {
            (then, now) = (then + 1, now + 1);
            continue;
        }
        let mut splice = Splice { at: now, gone: 0, put: Vec::new() };
        loop {
            match (old.get(then), new.get(now)) {
                (Some(a), Some(b)) if a == b => break,
                (Some(a), Some(b)) if before(a, b) => {
                    (then, splice.gone) = (then + 1, splice.gone + 1);
                }
                (_, Some(b)) => {
                    splice.put.push(b.clone());
                    now += 1;
                }
                (Some(_), None) => {
                    (then, splice.gone) = (then + 1, splice.gone + 1);
                }
                (None, None) => break,
            }
        }
        found.push(splice);
    }
    found
}

/// [`stretches`] of a list whose items have names, in any order: what was put in at two ends of it does not bring along what
/// lies between.
fn by_name<T: Clone + PartialEq>(old: &[T], new: &[T], name: impl Fn(&T) -> &str) -> Vec<Splice<T>> {
    // Most edits touch little: only what lies between the first and the last of it is looked at by name.
    let front = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[front..], &new[front..]);
    let back = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - back], &new[..new.len() - back]);
    let stay: BTreeSet<&str> = new.iter().map(&name).collect();
    let mut found = stretches(old, new, |a, b| name(a) == name(b) || !stay.contains(name(a)));
    found.iter_mut().for_each(|it| it.at += front);
    found
}

/// A flow without its elements.
fn shell(it: &Flow) -> Flow {
    let Flow {
        format,
        id,
        key,
        name,
        documentation,
        module,
        messages,
        signals,
        errors,
        escalations,
        lanes,
        global_task,
        pause_stages,
        flow_elements: _,
        collaboration,
        kept,
    } = it;
    Flow {
        format: *format,
        id: id.clone(),
        key: key.clone(),
        name: name.clone(),
        documentation: documentation.clone(),
        module: module.clone(),
        messages: messages.clone(),
        signals: signals.clone(),
        errors: errors.clone(),
        escalations: escalations.clone(),
        lanes: lanes.clone(),
        global_task: *global_task,
        pause_stages: pause_stages.clone(),
        flow_elements: Vec::new(),
        collaboration: collaboration.clone(),
        kept: kept.clone(),
    }
}

/// What makes the one flow the other.
pub fn of_flow(key: &str, old: &Flow, new: &Flow) -> Patch {
    let (was, now) = (shell(old), shell(new));
    let elements = by_name(&old.flow_elements, &new.flow_elements, |it| it.id.as_str());
    Patch::Flow { key: key.to_owned(), shell: (was != now).then(|| Box::new(now)), elements }
}

/// The same of a drawing; none: it is another drawing, to be sent in whole.
pub fn of_layout(key: &str, old: &Layout, new: &Layout) -> Option<Patch> {
    let named =
        |a: &Diagram, b: &Diagram| a.id == b.id && a.name == b.name && a.element == b.element && a.kept == b.kept;
    let alike = old.format == new.format
        && old.diagrams.len() == new.diagrams.len()
        && old.diagrams.iter().zip(&new.diagrams).all(|(a, b)| named(a, b));
    let both = old.diagrams.iter().zip(&new.diagrams);
    let redrawn = |(at, (old, new)): (usize, (&Diagram, &Diagram))| {
        let shapes = by_name(&old.shapes, &new.shapes, |it| it.element.as_str());
        let edges = by_name(&old.edges, &new.edges, |it| it.element.as_str());
        (!shapes.is_empty() || !edges.is_empty()).then_some(Redrawn { at, shapes, edges })
    };
    let diagrams = both.enumerate().filter_map(redrawn).collect();
    alike.then(|| Patch::Layout { key: key.to_owned(), diagrams })
}

/// # Errors
/// [`OutOfStep`]; the flow may be half changed then, and has to be read anew.
pub fn to_flow(flow: &mut Flow, with: Option<Box<Flow>>, elements: Vec<Splice<Element>>) -> Result<(), OutOfStep> {
    if let Some(with) = with {
        let elements = std::mem::take(&mut flow.flow_elements);
        *flow = Flow { flow_elements: elements, ..*with };
    }
    all(elements, &mut flow.flow_elements)
}

/// # Errors
/// [`OutOfStep`]; the drawing may be half changed then, and has to be read anew.
pub fn to_layout(layout: &mut Layout, diagrams: Vec<Redrawn>) -> Result<(), OutOfStep> {
    for Redrawn { at, shapes, edges } in diagrams {
        let diagram = layout.diagrams.get_mut(at).ok_or(OutOfStep)?;
        all(shapes, &mut diagram.shapes)?;
        all(edges, &mut diagram.edges)?;
    }
    Ok(())
}

fn all<T>(splices: Vec<Splice<T>>, list: &mut Vec<T>) -> Result<(), OutOfStep> {
    splices.into_iter().try_for_each(|it| it.apply(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_splice_beyond_the_end_is_out_of_step() {
        let beyond = Splice { at: 2, gone: usize::MAX, put: vec!['x'] };
        assert_eq!(beyond.apply(&mut vec!['a', 'b', 'c']), Err(OutOfStep));
    }

    #[test]
    fn of_named_items_only_those_are_sent_that_have_changed() {
        // A name and what it stands for.
        for (old, new, count, put) in [
            ("a1 b1 c1", "a1 b1 c1", 0, ""),
            ("a1 b1 c1", "a1 b2 c1", 1, "b2"),
            ("a1 b1 y1 z1", "a1 b1 n1 y1 z1 m1", 2, "n1 m1"),
            ("a1 b1 y1 z1", "b1 y1 x1", 2, "x1"),
            ("b1 a1", "a1 b1", 2, "a1"),
            ("", "a1 b1", 1, "a1 b1"),
            ("a1 b1", "", 1, ""),
        ] {
            let (mut list, want): (Vec<&str>, Vec<&str>) =
                (old.split_whitespace().collect(), new.split_whitespace().collect());
            let found = by_name(&list, &want, |it| &it[..1]);
            let sent: Vec<&str> = found.iter().flat_map(|it| it.put.clone()).collect();
            if old != "b1 a1" {
                assert_eq!((found.len(), sent.join(" ").as_str()), (count, put), "{old} -> {new}");
            }
            all(found, &mut list).expect("in step");
            assert_eq!(list, want, "{old} -> {new}");
        }
    }

    #[test]
    fn stretches_make_the_one_list_the_other() {
        for (old, new, count, put) in [
            ("", "", 0, ""),
            ("abc", "abc", 0, ""),
            ("acegi", "abcegi", 1, "b"),
            ("acegi", "aegi", 1, ""),
            ("acegi", "abcefgi", 2, "bf"),
            ("acegi", "bcdei", 3, "bd"),
            ("", "abc", 1, "abc"),
            ("abc", "", 1, ""),
            // Out of order it works as well, with more to send.
            ("cab", "bca", 2, "bca"),
        ] {
            let (mut list, want): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
            let found = stretches(&list, &want, |a, b| a < b);
            let sent: String = found.iter().flat_map(|it| &it.put).collect();
            if old != "cab" {
                assert_eq!((found.len(), sent.as_str()), (count, put), "{old} {new}");
            }
            for it in found {
                it.apply(&mut list).expect("in step");
            }
            assert_eq!(list, want, "{old}");
        }
    }
}
