//! What activities have besides their work: repetition and data.

use super::super::plan::{Again, Association, Kind, Many, Repetition, Source, Target, TurnEvent};
use super::super::trigger::Throw;
use super::Compiler;
use super::interface::{declared, names};
use crate::id::FieldKey;
use crate::model::flow::{Behavior, DataAssociation, Element, ElementKind, EventDefinition, Loop};

/// Under which a turn sees its item, if the flow says no name.
const ITEM: &str = "item";

/// A call that says what it gives and takes: what it took is its own until associations carry it out.
fn declares(kind: &Kind) -> bool {
    matches!(kind, Kind::Child(it) if it.interface.is_some())
}

/// Whether an association fills a data item of the activity.
fn fills(element: &Element, item: &str) -> bool {
    element.data_output_associations.iter().any(|it| it.target_ref.as_deref() == Some(item))
}

/// Whether each turn gives an output, instead of the activity when all of them are over: it is the turn's own.
pub(super) fn is_of_turn(it: &Association, kind: &Kind, repeat: Option<&Repetition>) -> bool {
    if it.own && repeat.is_some() {
        return true;
    }
    let of_list = |many: &Many| matches!((&it.from, &many.into), (Source::Var(from), Some(into)) if from == into);
    match repeat {
        None => false,
        Some(Repetition::Once) => true,
        Some(Repetition::Loop(_)) => declares(kind),
        Some(Repetition::Many(many)) => {
            let item = matches!((&it.to, &many.own), (Target::Var(to), Some(own)) if to == own);
            item || declares(kind) && !of_list(many)
        }
    }
}

impl Compiler<'_> {
    pub(super) fn repetition(&mut self, element: &Element, kind: &Kind, at: &str) -> Option<Repetition> {
        let at = format!("{at}/loopCharacteristics");
        match element.loop_characteristics.as_deref() {
            None => {
                let object = |it: &Element| matches!(it.kind, ElementKind::DataObject { .. });
                let gives = !element.data_output_associations.is_empty() && element.inside().iter().any(object);
                let own = !element.data_input_associations.is_empty() || gives || declares(kind);
                let own = own || !self.own_outputs(element).is_empty();
                (own && element.kind.is_activity()).then_some(Repetition::Once)
            }
            Some(Loop::StandardLoop { test_before, loop_condition, loop_maximum }) => {
                let condition = loop_condition.as_ref().and_then(|it| self.expr(element, it, &at));
                let most = loop_maximum.as_ref().and_then(|it| self.expr(element, it, &at));
                Some(Repetition::Loop(Box::new(Again { before: *test_before, condition, most })))
            }
            Some(Loop::MultiInstance {
                is_sequential,
                loop_cardinality,
                collection,
                item,
                output_item,
                output_collection,
                completion_condition,
                behavior,
                none_behavior_event,
                one_behavior_event,
                complex_behaviors,
            }) => {
                let collection = collection.as_ref().map(|it| self.variable(it.trim()));
                let mut parse = |it: &Option<String>| it.as_ref().and_then(|it| self.expr(element, it, &at));
                let count = parse(loop_cardinality);
                let collection = parse(&collection);
                // Without a list to put them into nobody asks for the items.
                let output = parse(output_item).filter(|_| output_collection.is_some());
                let done = parse(completion_condition);
                let mut events = Vec::new();
                match behavior {
                    Behavior::All => {}
                    Behavior::None => events.extend(none_behavior_event.as_ref().map(|it| (false, None, it))),
                    Behavior::One => events.extend(one_behavior_event.as_ref().map(|it| (true, None, it))),
                    Behavior::Complex => {
                        events.extend(complex_behaviors.iter().map(|it| (false, Some(&it.condition), &it.event)))
                    }
                }
                let events = events.into_iter().filter_map(|(first, condition, event)| {
                    let condition = match condition {
                        Some(it) => Some(self.expr(element, it, &at)?),
                        None => None,
                    };
                    Some(TurnEvent { first, condition, throws: self.turn_throws(element, event, &at)? })
                });
                let events = events.collect();
                Some(Repetition::Many(Box::new(Many {
                    sequential: *is_sequential,
                    count,
                    collection,
                    item: item.clone().unwrap_or_else(|| ITEM.to_owned()),
                    output,
                    own: output_item.clone().filter(|own| fills(element, own)),
                    into: output_collection.as_ref().map(|it| self.variable(it)),
                    done,
                    events,
                })))
            }
        }
    }

    /// Data outputs a file declares at an activity and associations carry out. A list of results is filled when all turns are over.
    pub(super) fn own_outputs(&self, element: &Element) -> Vec<String> {
        let of_all = match element.loop_characteristics.as_deref() {
            Some(Loop::MultiInstance { output_collection, .. }) => output_collection.as_ref(),
            Some(Loop::StandardLoop { .. }) | None => None,
        };
        let carried = |name: &String| element.data_output_associations.iter().any(|it| it.source_ref.contains(name));
        if self.flow.module.is_some() || !element.data_output_associations.iter().any(|it| !it.source_ref.is_empty()) {
            return Vec::new();
        }
        let declared = declared(&element.kept).map(|it| names(it, "dataOutput")).unwrap_or_default();
        declared.into_iter().filter(|it| carried(it) && Some(it) != of_all).collect()
    }

    /// The implicit throw event at the end of a turn may throw an error too (§10.3.8).
    fn turn_throws(&mut self, element: &Element, definition: &EventDefinition, at: &str) -> Option<Vec<Throw>> {
        match self.throw(element, definition, true, at) {
            Some(it) => Some(vec![it]),
            None => self.unsupported(element, at, "multi-instance event", Some(definition)),
        }
    }

    /// `own`: outputs that are the activity's own.
    pub(super) fn associations(
        &mut self,
        element: &Element,
        list: &[DataAssociation],
        own: &[String],
        at: &str,
    ) -> Vec<Association> {
        let mut found = Vec::new();
        for (index, it) in list.iter().enumerate() {
            let own = it.source_ref.iter().any(|it| own.contains(it));
            let at = format!("{at}/{index}");
            if let Some(target) = &it.target_ref
                && it.assignment.is_empty()
            {
                let from = match (&it.transformation, it.source_ref.first()) {
                    (Some(text), _) => self.expr(element, text, &at).map(Source::Expr),
                    (None, Some(source)) => Some(Source::Var(self.variable(source))),
                    (None, None) => None,
                };
                found.extend(from.map(|from| Association { own, from, to: Target::Var(self.variable(target)) }));
            }
            for it in &it.assignment {
                let to = match it.target.split_once('.') {
                    Some(("data", field)) => Target::Field(FieldKey::from(field)),
                    Some(("vars", name)) => Target::Var(self.variable(name)),
                    Some(_) | None => Target::Var(self.variable(&it.target)),
                };
                found.extend(self.expr(element, &it.expr, &at).map(|it| Association {
                    own,
                    from: Source::Expr(it),
                    to,
                }));
            }
        }
        found
    }

    /// The variable a data reference means: of a reference to a data object, that object.
    fn variable(&self, reference: &str) -> String {
        let found = self.flow.all().into_iter().find(|it| it.id.as_str() == reference);
        match found.map(|it| &it.kind) {
            Some(ElementKind::DataObjectReference { data_object_ref: Some(object) }) => object.clone(),
            Some(_) | None => reference.to_owned(),
        }
    }
}
