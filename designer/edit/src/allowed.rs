//! The one law: may this edit be done to this document? Asked by palette, hover, drop, paste, shortcut, and by
//! [`crate::Document::apply`] itself.

use runtime::model::flow::{Element, ElementKind, Flow};
use runtime::model::view::ViewContent;

use crate::document::Document;
use crate::edit::{Edit, FlowEdit, FormEdit, Property};
use crate::geometry::Rect;
use crate::kind::{Family, Kind, Roots, Trigger};
use crate::later;
use crate::pools::{self, End};
use crate::tree::{self, Line};

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// The thing is not there (any more).
    NotFound,
    /// What does it has not been loaded yet.
    NotYet,
    StartHasNoWayIn,
    EndHasNoWayOut,
    /// A boundary event is entered only through its activity.
    BoundaryHasNoWayIn,
    /// Lanes and groups are not connected.
    AreaHasNoLine,
    /// Data is connected with what reads or writes it.
    DataNeedsActivity,
    /// What only compensation starts has no other way in or out.
    CompensationHasNoFlow,
    ToItself,
    AlreadyConnected,
    /// Sequence flows do not cross the border of a subprocess.
    AcrossSubProcess,
    /// Boundary events sit on activities.
    NeedsActivity,
    /// After an event gateway only events, and tasks that receive, may follow.
    NeedsEvent,
    /// An event subprocess is started by its event only.
    EventSubProcessHasNoFlow,
    CannotBecome,
    /// Lanes divide the flow itself, not what lies inside a subprocess; pools stand around it.
    LaneInside,
    /// Messages lead from one pool to another.
    SamePool,
    /// A message is sent and received by activities, message events and pools.
    MessageNeedsEvent,
    /// What another pool holds is shown, not edited.
    OtherPool,
    /// The flow's own pool goes after the others.
    OwnPoolLast,
    NothingChosen,
    NameMissing,
    AlreadyShown,
    /// The system or the flow depends on it: the label, the stage, the number.
    FieldInUse,
    /// Another field has this key already.
    KeyTaken,
    /// A key is small letters, digits and `_`, and no word with a meaning of its own.
    NotAKey,
    /// At least one section stays.
    LastSection,
    WrongType,
    /// Flows are bounded.
    TooMany,
}

/// Says whether an edit may be done.
pub fn allowed(document: &Document, edit: &Edit) -> Result<(), Forbidden> {
    match edit {
        Edit::Flow { flow, edit } => later::flow_allowed(document.flow(flow).ok_or(Forbidden::NotFound)?, edit),
        Edit::Form { module, edit } => form_edit(document, module, edit),
        Edit::Text { address, .. } => given(address),
        Edit::Put { .. } => Ok(()),
        Edit::RenameField { module, field, to, .. } => {
            let schema = document.schema(module).ok_or(Forbidden::NotFound)?;
            tree::field(schema, field).ok_or(Forbidden::NotFound)?;
            if to == field || tree::field(schema, to).is_some() {
                return Err(Forbidden::KeyTaken);
            }
            if crate::form_edit::is_key(to) { Ok(()) } else { Err(Forbidden::NotAKey) }
        }
        Edit::RenameColumn { module, field, column, to, .. } => {
            let schema = document.schema(module).ok_or(Forbidden::NotFound)?;
            let table = tree::field(schema, field).ok_or(Forbidden::NotFound)?;
            let columns = tree::columns(table).ok_or(Forbidden::WrongType)?;
            columns.get(column).ok_or(Forbidden::NotFound)?;
            if to == column || columns.contains_key(to) {
                return Err(Forbidden::KeyTaken);
            }
            if crate::form_edit::is_key(to) { Ok(()) } else { Err(Forbidden::NotAKey) }
        }
        Edit::Scenario { name, scenario } => {
            let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
            match scenario {
                Some(it) if !name.is_empty() && name.chars().all(plain) => given(&it.title),
                Some(_) => Err(Forbidden::NameMissing),
                None if document.scenario_names().any(|it| it == name) => Ok(()),
                None => Err(Forbidden::NotFound),
            }
        }
        Edit::Suppress { entry, on: true } => given(&entry.reason),
        Edit::Suppress { entry, on: false } => {
            let there = document.suppressed().suppressed.contains(entry);
            if there { Ok(()) } else { Err(Forbidden::NotFound) }
        }
    }
}

/// Which line leads from one to the other, and whether it may. `except`: the line that is being moved.
pub fn line(flow: &Flow, source: &str, target: &str, except: Option<&str>) -> Result<Line, Forbidden> {
    if source == target {
        return Err(Forbidden::ToItself);
    }
    let lane = |id: &str| flow.lanes.iter().any(|it| it.id == id);
    if lane(source) || lane(target) {
        return Err(Forbidden::AreaHasNoLine);
    }
    let end = |id: &str| pools::end(flow, id).ok_or(Forbidden::NotFound);
    let line = match (end(source)?, end(target)?) {
        (End::Own(from), End::Own(to)) => line_between(from, kind(from)?, to, kind(to)?)?,
        (from, to) => {
            pools::may_send(flow, from, to)?;
            Line::Message
        }
    };
    if line == Line::Sequence {
        let (out, into) = (kind(node(flow, source)?)?, kind(node(flow, target)?)?);
        if tree::parent(flow, source) != tree::parent(flow, target) {
            return Err(Forbidden::AcrossSubProcess);
        }
        if out == Kind::EventBased && !into.waits() {
            return Err(Forbidden::NeedsEvent);
        }
    }
    let twice = tree::links(flow)
        .iter()
        .any(|it| it.source == source && it.target == target && it.line == line && Some(it.id) != except);
    if twice { Err(Forbidden::AlreadyConnected) } else { Ok(line) }
}

/// A line that is there may stay, whatever its ends have become.
pub fn may_stay(flow: &Flow, it: &tree::Link<'_>) -> bool {
    let (Ok(from), Ok(to)) = (node(flow, it.source), node(flow, it.target)) else { return true };
    let (Ok(out), Ok(into)) = (kind(from), kind(to)) else { return true };
    line_between(from, out, to, into) == Ok(it.line)
        && !(it.line == Line::Sequence && out == Kind::EventBased && !into.waits())
}

fn line_between(from: &Element, out: Kind, to: &Element, into: Kind) -> Result<Line, Forbidden> {
    let artifact = |it: Kind| it.family() == Family::Note;
    if artifact(out) || artifact(into) {
        return Ok(Line::Association);
    }
    if out.family() == Family::Group || into.family() == Family::Group {
        return Err(Forbidden::AreaHasNoLine);
    }
    match (out.family() == Family::Data, into.family() == Family::Data) {
        (true, true) => return Err(Forbidden::DataNeedsActivity),
        // What throws reads data, what catches writes it (BPMN 2.0.2 §10.4).
        (true, false) => {
            let reads = to.kind.is_activity() || into.throws();
            return if reads { Ok(Line::DataInput) } else { Err(Forbidden::DataNeedsActivity) };
        }
        (false, true) => {
            let catches = matches!(out, Kind::Start(_) | Kind::Catch(_) | Kind::Boundary(_));
            return if from.kind.is_activity() || catches {
                Ok(Line::DataOutput)
            } else {
                Err(Forbidden::DataNeedsActivity)
            };
        }
        (false, false) => (),
    }
    if out == Kind::Boundary(Trigger::Compensate) {
        return if to.kind.is_activity() { Ok(Line::Association) } else { Err(Forbidden::NeedsActivity) };
    }
    may_leave(out)?;
    may_enter(into)?;
    if from.is_for_compensation || to.is_for_compensation {
        return Err(Forbidden::CompensationHasNoFlow);
    }
    Ok(Line::Sequence)
}

fn may_leave(kind: Kind) -> Result<(), Forbidden> {
    match kind.family() {
        Family::End => Err(Forbidden::EndHasNoWayOut),
        Family::Group | Family::Lane | Family::Pool => Err(Forbidden::AreaHasNoLine),
        Family::Sub if kind == Kind::EventSubProcess => Err(Forbidden::EventSubProcessHasNoFlow),
        Family::Start
        | Family::Intermediate
        | Family::Boundary
        | Family::Activity
        | Family::Sub
        | Family::Gateway
        | Family::Data
        | Family::Note => Ok(()),
    }
}

fn may_enter(kind: Kind) -> Result<(), Forbidden> {
    match kind.family() {
        Family::Start => Err(Forbidden::StartHasNoWayIn),
        Family::Boundary => Err(Forbidden::BoundaryHasNoWayIn),
        Family::Group | Family::Lane | Family::Pool => Err(Forbidden::AreaHasNoLine),
        Family::Sub if kind == Kind::EventSubProcess => Err(Forbidden::EventSubProcessHasNoFlow),
        Family::End
        | Family::Intermediate
        | Family::Activity
        | Family::Sub
        | Family::Gateway
        | Family::Data
        | Family::Note => Ok(()),
    }
}

fn node<'a>(flow: &'a Flow, id: &str) -> Result<&'a Element, Forbidden> {
    tree::find(flow, id).ok_or(match pools::end(flow, id) {
        Some(End::Foreign(..)) => Forbidden::OtherPool,
        Some(End::Own(_) | End::Pool(_)) | None => Forbidden::NotFound,
    })
}

fn kind(element: &Element) -> Result<Kind, Forbidden> {
    Kind::of(&element.kind).ok_or(Forbidden::NotFound)
}

pub(crate) fn flow_edit(flow: &Flow, edit: &FlowEdit) -> Result<(), Forbidden> {
    match edit {
        FlowEdit::Add { kind: new, on, plane, .. } => {
            room(flow, 2)?;
            if let Some(plane) = plane
                && node(flow, plane)?.inside().is_empty()
                && kind(node(flow, plane)?)?.family() != Family::Sub
            {
                return Err(Forbidden::NotFound);
            }
            match on {
                _ if matches!(new, Kind::Lane | Kind::Pool) && plane.is_some() => Err(Forbidden::LaneInside),
                _ if *new == Kind::Pool => Ok(()),
                None if new.family() == Family::Boundary => Err(Forbidden::NeedsActivity),
                None => Ok(()),
                Some(on) => onto(flow, *new, on),
            }
        }
        FlowEdit::Append { after, kind: new, .. } => {
            room(flow, 2)?;
            if *new == Kind::Pool {
                return Err(Forbidden::AreaHasNoLine);
            }
            let before = node(flow, after)?;
            let from = kind(before)?;
            if new.family() == Family::Boundary {
                return if from.family().hosts() { Ok(()) } else { Err(Forbidden::NeedsActivity) };
            }
            let roots = Roots::default();
            let made = Element::new("", new.make(None, &roots).ok_or(Forbidden::AreaHasNoLine)?);
            line_between(before, from, &made, *new)?;
            if from == Kind::EventBased && !new.waits() && !new.aside() { Err(Forbidden::NeedsEvent) } else { Ok(()) }
        }
        FlowEdit::Connect { source, target } => line(flow, source, target, None).map(|_| ()),
        FlowEdit::Reconnect { id, source, target } => {
            let link = tree::link(flow, id).ok_or(Forbidden::NotFound)?;
            let now = line(
                flow,
                source.as_deref().unwrap_or(link.source),
                target.as_deref().unwrap_or(link.target),
                Some(id),
            )?;
            if now == link.line { Ok(()) } else { Err(Forbidden::CannotBecome) }
        }
        FlowEdit::Move { nodes, .. } => {
            chosen(nodes)?;
            // What another pool holds moves with it.
            if nodes.iter().any(|it| tree::there(flow, it)) { Ok(()) } else { there(flow, nodes) }
        }
        FlowEdit::Align { nodes, .. } | FlowEdit::Distribute { nodes, .. } => there(flow, nodes),
        FlowEdit::Attach { id, host, .. } => {
            let new = kind(node(flow, id)?)?;
            let Some(host) = host else {
                // What waits by itself can stand by itself.
                let free = matches!(new, Kind::Boundary(it) if Kind::Catch(it).is_offered());
                return if free { Ok(()) } else { Err(Forbidden::CannotBecome) };
            };
            let on = kind(node(flow, host)?)?;
            let fits = match new {
                Kind::Boundary(_) => true,
                Kind::Catch(it) => Kind::Boundary(it).is_offered(),
                _ => false,
            };
            if !fits {
                return Err(Forbidden::CannotBecome);
            }
            let leads = tree::flows(flow).iter().any(|it| it.1 == id);
            if leads && tree::parent(flow, id) != tree::parent(flow, host) {
                return Err(Forbidden::AcrossSubProcess);
            }
            let within = host == id || tree::around(flow, host).contains(&id.as_str());
            if on.family().hosts() && on != Kind::EventSubProcess && !within {
                Ok(())
            } else {
                Err(Forbidden::NeedsActivity)
            }
        }
        FlowEdit::Insert { id, on, .. } => {
            let free = !tree::flows(flow).iter().any(|it| it.1 == id || it.2 == id);
            let new = kind(node(flow, id)?)?;
            if !free || tree::parent(flow, id) != tree::parent(flow, on) || tree::ends(flow, on).is_none() {
                return Err(Forbidden::AlreadyConnected);
            }
            onto(flow, new, on)
        }
        FlowEdit::Arrange { ids } if ids.is_empty() => Ok(()),
        FlowEdit::Delete { ids } => {
            there(flow, ids)?;
            let own = ids.iter().any(|it| pools::is_own(flow, it));
            let all = flow.collaboration.iter().flat_map(|it| &it.participants).all(|it| ids.contains(&it.id));
            if own && !all { Err(Forbidden::OwnPoolLast) } else { Ok(()) }
        }
        FlowEdit::Arrange { ids } | FlowEdit::Colour { ids, .. } => there(flow, ids),
        FlowEdit::Duplicate { ids } => {
            there(flow, ids)?;
            room(flow, ids.len())
        }
        FlowEdit::Paste { clip, .. } => room(flow, clip.size()),
        FlowEdit::Space { .. } => Ok(()),
        FlowEdit::Fold { id } => {
            if let Some(it) = pools::pool(flow, id) {
                let shows = pools::is_open(flow, it) && !pools::is_own(flow, id);
                return if shows { Ok(()) } else { Err(Forbidden::WrongType) };
            }
            if kind(node(flow, id)?)?.family() == Family::Sub { Ok(()) } else { Err(Forbidden::WrongType) }
        }
        FlowEdit::AddLane { beside, .. } => match beside {
            Some(id) if !flow.lanes.iter().any(|it| it.id == *id) => Err(Forbidden::NotFound),
            _ => room(flow, 2),
        },
        FlowEdit::DivideLane { id, parts } => {
            let lane = |of: &dyn Fn(&runtime::model::flow::Lane) -> bool| flow.lanes.iter().any(of);
            if !lane(&|it| it.id == *id) {
                Err(Forbidden::NotFound)
            } else if !(2..=3).contains(parts) || lane(&|it| it.parent.as_ref() == Some(id)) {
                Err(Forbidden::WrongType)
            } else {
                room(flow, *parts)
            }
        }
        FlowEdit::Turn => {
            let any = flow.collaboration.is_some() || !flow.lanes.is_empty();
            if any { Ok(()) } else { Err(Forbidden::NotFound) }
        }
        FlowEdit::Label { id, .. } => {
            if tree::there(flow, id) {
                Ok(())
            } else {
                Err(Forbidden::NotFound)
            }
        }
        FlowEdit::Pool { id, flow: other } => {
            let pool = pools::pool(flow, id).ok_or(Forbidden::NotFound)?;
            let black = !pools::is_open(flow, pool);
            if !black || other.as_ref() == Some(&flow.key) { Err(Forbidden::WrongType) } else { Ok(()) }
        }
        FlowEdit::Message { id, .. } => {
            tree::messages(flow).find(|it| it.id == id).map(|_| ()).ok_or(Forbidden::NotFound)
        }
        FlowEdit::Write { element } => write(node(flow, element.id.as_str())?, element),
        FlowEdit::Mend { fix } => {
            node(flow, fix.at.as_str())?;
            room(flow, fix.edits.len())
        }
        FlowEdit::Rename { id, .. } if flow.lanes.iter().any(|it| it.id == *id) => Ok(()),
        FlowEdit::Rename { id, .. } if pools::pool(flow, id).is_some() => Ok(()),
        FlowEdit::Rename { id, .. } if tree::messages(flow).any(|it| it.id == id) => Ok(()),
        FlowEdit::Rename { id, .. } => node(flow, id).map(|_| ()),
        FlowEdit::Resize { to } if to.is_empty() => Err(Forbidden::NothingChosen),
        FlowEdit::Resize { to } => to.iter().try_for_each(|(id, rect)| resize(flow, id, *rect)),
        FlowEdit::Replace { id, kind: new } => {
            let element = node(flow, id)?;
            let old = kind(element)?;
            if old.replacements().contains(new) { Ok(()) } else { Err(Forbidden::CannotBecome) }
        }
        FlowEdit::Bend { id, line } => {
            tree::link(flow, id).ok_or(Forbidden::NotFound)?;
            if line.len() == 1 { Err(Forbidden::WrongType) } else { Ok(()) }
        }
        FlowEdit::Set { id, property } => {
            if flow.lanes.iter().any(|it| it.id == *id) {
                return if matches!(property, Property::Role(_)) { Ok(()) } else { Err(Forbidden::WrongType) };
            }
            let element = node(flow, id)?;
            if crate::property::fits(&element.kind, property) { Ok(()) } else { Err(Forbidden::WrongType) }
        }
        FlowEdit::Import { flow, .. } => {
            let others: usize = flow.collaboration.iter().flat_map(|it| &it.processes).map(|it| it.all().len()).sum();
            if flow.all().len() + others > runtime::limits::FLOW_DRAWN { Err(Forbidden::TooMany) } else { Ok(()) }
        }
        FlowEdit::Describe { .. } => Ok(()),
        FlowEdit::Title { name } => given(name),
    }
}

/// An element may say anything of itself that changes neither its kind nor what it is connected with.
fn write(old: &Element, new: &Element) -> Result<(), Forbidden> {
    let same_kind = std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind);
    let same_ends = match (&old.kind, &new.kind) {
        (
            ElementKind::SequenceFlow { source_ref: a, target_ref: b, .. }
            | ElementKind::Association { source_ref: a, target_ref: b, .. },
            ElementKind::SequenceFlow { source_ref: c, target_ref: d, .. }
            | ElementKind::Association { source_ref: c, target_ref: d, .. },
        ) => a == c && b == d,
        (
            ElementKind::BoundaryEvent { attached_to_ref: a, .. },
            ElementKind::BoundaryEvent { attached_to_ref: b, .. },
        ) => a == b,
        (
            ElementKind::DataObjectReference { data_object_ref: a },
            ElementKind::DataObjectReference { data_object_ref: b },
        ) => a == b,
        _ => true,
    };
    let links = |it: &Element| {
        let mut found = Vec::new();
        tree::links_of(it, &mut found);
        found.iter().map(|it| (it.id.to_owned(), it.source.to_owned(), it.target.to_owned())).collect::<Vec<_>>()
    };
    let same = same_kind && same_ends && old.inside() == new.inside() && links(old) == links(new);
    if same { Ok(()) } else { Err(Forbidden::WrongType) }
}

/// Dropping a new node on something that is there.
fn onto(flow: &Flow, new: Kind, on: &str) -> Result<(), Forbidden> {
    if new == Kind::Lane {
        return if flow.lanes.iter().any(|it| it.id == on) { Ok(()) } else { Err(Forbidden::LaneInside) };
    }
    let host = node(flow, on)?;
    if let ElementKind::SequenceFlow { source_ref, .. } = &host.kind {
        if new.family() == Family::Boundary {
            return Err(Forbidden::NeedsActivity);
        }
        if new.aside() {
            return Err(Forbidden::AreaHasNoLine);
        }
        may_leave(new)?;
        may_enter(new)?;
        let from = kind(node(flow, source_ref.as_str())?)?;
        return if from == Kind::EventBased && !new.waits() { Err(Forbidden::NeedsEvent) } else { Ok(()) };
    }
    let host = kind(host)?.family();
    if new.family() == Family::Boundary {
        return if host.hosts() { Ok(()) } else { Err(Forbidden::NeedsActivity) };
    }
    // Anything may be put into a subprocess.
    if host == Family::Sub { Ok(()) } else { Err(Forbidden::NeedsActivity) }
}

fn there(flow: &Flow, ids: &[String]) -> Result<(), Forbidden> {
    chosen(ids)?;
    match ids.iter().find(|it| !tree::there(flow, it)) {
        None => Ok(()),
        Some(id) if matches!(pools::end(flow, id), Some(End::Foreign(..))) => Err(Forbidden::OtherPool),
        Some(_) => Err(Forbidden::NotFound),
    }
}

fn resize(flow: &Flow, id: &str, rect: Rect) -> Result<(), Forbidden> {
    let fits = rect.width >= 30.0 && rect.height >= 30.0;
    if let Some(it) = pools::pool(flow, id) {
        // One that shows what it holds is as large as that.
        let free = pools::is_own(flow, id) || !pools::is_open(flow, it);
        return if fits && free { Ok(()) } else { Err(Forbidden::WrongType) };
    }
    let family = if flow.lanes.iter().any(|it| it.id == id) { Family::Lane } else { kind(node(flow, id)?)?.family() };
    let sized = family.hosts() || family.area() || family == Family::Note;
    if fits && sized { Ok(()) } else { Err(Forbidden::WrongType) }
}

fn room(flow: &Flow, more: usize) -> Result<(), Forbidden> {
    if flow.all().len() + more > runtime::limits::FLOW_DRAWN { Err(Forbidden::TooMany) } else { Ok(()) }
}

fn chosen(ids: &[String]) -> Result<(), Forbidden> {
    if ids.is_empty() { Err(Forbidden::NothingChosen) } else { Ok(()) }
}

fn given(text: &str) -> Result<(), Forbidden> {
    if text.trim().is_empty() { Err(Forbidden::NameMissing) } else { Ok(()) }
}

fn form_edit(document: &Document, module: &str, edit: &FormEdit) -> Result<(), Forbidden> {
    let schema = document.schema(module).ok_or(Forbidden::NotFound)?;
    let any = |path: &str| tree::field(schema, path).ok_or(Forbidden::NotFound);
    let field = |key: &str| if key.contains('.') { Err(Forbidden::NotFound) } else { any(key) };
    let form = |view: &str| match &document.view(module, view).ok_or(Forbidden::NotFound)?.content {
        ViewContent::Form(it) => Ok(it),
        ViewContent::List(_)
        | ViewContent::Kanban(_)
        | ViewContent::Calendar(_)
        | ViewContent::Tree(_)
        | ViewContent::Detail(_) => Err(Forbidden::WrongType),
    };
    let shown = |view: &str, key: &str| {
        form(view).map(|it| it.sections.iter().any(|it| it.fields.iter().any(|it| it.field.as_str() == key)))
    };
    let on_view = |view: &str, key: &str| if shown(view, key)? { Ok(()) } else { Err(Forbidden::NotFound) };
    let section = |view: &str, at: usize| form(view)?.sections.get(at).map(|_| ()).ok_or(Forbidden::NotFound);
    let option = |key: &str, value: &str| {
        let listed = tree::options(any(key)?).ok_or(Forbidden::WrongType)?;
        let there = listed.iter().any(|it| it.get("const").and_then(serde_json::Value::as_str) == Some(value));
        if there { Ok(()) } else { Err(Forbidden::NotFound) }
    };
    let column = |key: &str, name: &str| {
        let there = tree::columns(field(key)?).ok_or(Forbidden::WrongType)?.contains_key(name);
        if there { Ok(()) } else { Err(Forbidden::NotFound) }
    };
    match edit {
        FormEdit::All(all) => {
            if all.is_empty() {
                return Err(Forbidden::NothingChosen);
            }
            all.iter().try_for_each(|it| form_edit(document, module, it))
        }
        FormEdit::MoveFields { view, fields, .. } => {
            if fields.is_empty() {
                return Err(Forbidden::NothingChosen);
            }
            fields.iter().try_for_each(|it| on_view(view, it))
        }
        FormEdit::Paste { view, clip, .. } => {
            form(view)?;
            let many = schema.get("properties").and_then(serde_json::Value::as_object).map_or(0, serde_json::Map::len);
            if many + clip.size() > runtime::limits::FIELDS { Err(Forbidden::TooMany) } else { Ok(()) }
        }
        FormEdit::TakeSchema { view, schema: taken, .. } => {
            form(view)?;
            let new = taken.get("properties").and_then(serde_json::Value::as_object).ok_or(Forbidden::WrongType)?;
            let many = schema.get("properties").and_then(serde_json::Value::as_object).map_or(0, serde_json::Map::len);
            if many + new.len() > runtime::limits::FIELDS { Err(Forbidden::TooMany) } else { Ok(()) }
        }
        FormEdit::Retype { field: key, .. } => {
            field(key)?;
            let definition = document.definition(module).ok_or(Forbidden::NotFound)?;
            // A flow moves the stage through its listed values.
            if definition.stage.as_ref().is_some_and(|it| it.as_str() == key) {
                Err(Forbidden::FieldInUse)
            } else {
                Ok(())
            }
        }
        FormEdit::Item { view, item } => {
            if !(1..=12).contains(&item.span) {
                return Err(Forbidden::WrongType);
            }
            on_view(view, item.field.as_str())
        }
        FormEdit::Section { view, section: at, .. } => section(view, *at),
        FormEdit::Pages { view, pages } => {
            form(view)?;
            match pages {
                Some(it) if it.list.is_empty() => Err(Forbidden::NothingChosen),
                Some(it) => it.list.iter().try_for_each(|it| given(&it.title)),
                None => Ok(()),
            }
        }
        FormEdit::Columns { view, section: at, columns } => {
            section(view, *at)?;
            if matches!(columns, 1..=4) { Ok(()) } else { Err(Forbidden::WrongType) }
        }
        FormEdit::Chosen(_) => document.definition(module).map(|_| ()).ok_or(Forbidden::NotFound),
        FormEdit::Check(it) => {
            it.fields.iter().try_for_each(|it| field(it.as_str()).map(|_| ()))?;
            given(&it.expr)?;
            given(&it.message)
        }
        FormEdit::ColumnWord { field: key, column: name, word, .. } => {
            column(key, name)?;
            if matches!(word.as_str(), "x-id" | "type" | "properties" | "items") {
                Err(Forbidden::WrongType)
            } else {
                Ok(())
            }
        }
        FormEdit::MoveColumn { field: key, column: name, .. } => column(key, name),
        FormEdit::AddField { view, title, .. } => {
            form(view)?;
            given(title)
        }
        FormEdit::Named { edit, title, .. } => {
            given(title)?;
            match edit.as_ref() {
                it @ (FormEdit::AddField { .. } | FormEdit::AddOption { .. }) => form_edit(document, module, it),
                _ => Err(Forbidden::WrongType),
            }
        }
        FormEdit::Place { view, field: key, .. } => {
            field(key)?;
            if shown(view, key)? { Err(Forbidden::AlreadyShown) } else { Ok(()) }
        }
        FormEdit::TakeOff { view, field: key } | FormEdit::MoveField { view, field: key, .. } => on_view(view, key),
        FormEdit::Span { view, field: key, span } => {
            if !(1..=12).contains(span) {
                return Err(Forbidden::WrongType);
            }
            on_view(view, key)
        }
        FormEdit::OnView { view, field: key, .. } => on_view(view, key),
        FormEdit::DeleteField { field: key } => {
            field(key)?;
            let definition = document.definition(module).ok_or(Forbidden::NotFound)?;
            let needed =
                definition.label.as_str() == key || definition.stage.as_ref().is_some_and(|it| it.as_str() == key);
            if needed { Err(Forbidden::FieldInUse) } else { Ok(()) }
        }
        FormEdit::Retitle { field: key, title } => {
            field(key)?;
            given(title)
        }
        FormEdit::Help { field: key, .. } | FormEdit::Search { field: key, .. } | FormEdit::List { field: key, .. } => {
            field(key).map(|_| ())
        }
        FormEdit::Rule { field: key, .. } => field(key).map(|_| ()),
        FormEdit::Require { field: key, on } => {
            let system = field(key)?.get("readOnly").and_then(serde_json::Value::as_bool).unwrap_or_default();
            // Nobody could fill it in.
            if system && *on { Err(Forbidden::WrongType) } else { Ok(()) }
        }
        FormEdit::Word { field: key, word, .. } => {
            field(key)?;
            if matches!(word.as_str(), "title" | "x-id" | "type" | "properties" | "items") {
                Err(Forbidden::WrongType)
            } else {
                Ok(())
            }
        }
        FormEdit::AddOption { field: key, title } => {
            tree::options(any(key)?).ok_or(Forbidden::WrongType)?;
            given(title)
        }
        FormEdit::RetitleOption { field: key, value, title } => {
            option(key, value)?;
            given(title)
        }
        FormEdit::MoveOption { field: key, value, .. } | FormEdit::RemoveOption { field: key, value } => {
            option(key, value)
        }
        FormEdit::AddCheck { field: key, expr, message } => {
            if let Some(key) = key {
                field(key)?;
            }
            given(expr)?;
            given(message)
        }
        FormEdit::SetCheck { id, expr, message } => {
            check(document, module, id)?;
            given(expr)?;
            given(message)
        }
        FormEdit::RemoveCheck { id } => check(document, module, id),
        FormEdit::AddColumn { field: key, title, .. } => {
            tree::columns(field(key)?).ok_or(Forbidden::WrongType)?;
            given(title)
        }
        FormEdit::RemoveColumn { field: key, column } => {
            let columns = tree::columns(field(key)?).ok_or(Forbidden::WrongType)?;
            if columns.contains_key(column) { Ok(()) } else { Err(Forbidden::NotFound) }
        }
        FormEdit::AddSection { view, .. } => form(view).map(|_| ()),
        FormEdit::RenameSection { view, section: at, .. }
        | FormEdit::SectionVisible { view, section: at, .. }
        | FormEdit::MoveSection { view, section: at, .. } => section(view, *at),
        FormEdit::RemoveSection { view, section: at } => {
            section(view, *at)?;
            if form(view)?.sections.len() < 2 { Err(Forbidden::LastSection) } else { Ok(()) }
        }
    }
}

fn check(document: &Document, module: &str, id: &str) -> Result<(), Forbidden> {
    let rules = document.rules(module).ok_or(Forbidden::NotFound)?;
    if rules.checks.iter().any(|it| it.id == id) { Ok(()) } else { Err(Forbidden::NotFound) }
}
