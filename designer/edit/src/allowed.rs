//! The one law: may this edit be done to this document? Asked by palette, hover, drop, paste, shortcut, and by
//! [`crate::Document::apply`] itself.

use runtime::model::flow::{Element, ElementKind, EventDefinition, Flow};
use runtime::model::view::ViewContent;

use crate::document::Document;
use crate::edit::{Edit, FlowEdit, FormEdit};
use crate::kind::{Family, Kind};
use crate::tree;

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// The thing is not there (any more).
    NotFound,
    StartHasNoWayIn,
    EndHasNoWayOut,
    /// A boundary event is entered only through its activity.
    BoundaryHasNoWayIn,
    /// Notes are not connected.
    NoteHasNoFlow,
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
    NothingChosen,
    NameMissing,
    AlreadyShown,
    /// The system or the flow depends on it: the label, the stage, the number.
    FieldInUse,
    /// At least one section stays.
    LastSection,
    WrongType,
    /// Flows are bounded.
    TooMany,
}

/// Says whether an edit may be done.
pub fn allowed(document: &Document, edit: &Edit) -> Result<(), Forbidden> {
    match edit {
        Edit::Flow { flow, edit } => flow_edit(document.flow(flow).ok_or(Forbidden::NotFound)?, edit),
        Edit::Form { module, edit } => form_edit(document, module, edit),
        Edit::Text { address, .. } => given(address),
    }
}

/// May a sequence flow lead from one to the other? `except`: the flow that is being moved.
pub fn connection(flow: &Flow, source: &str, target: &str, except: Option<&str>) -> Result<(), Forbidden> {
    let (from, to) = (node(flow, source)?, node(flow, target)?);
    if source == target {
        return Err(Forbidden::ToItself);
    }
    let (out, into) = (kind(from)?, kind(to)?);
    may_leave(out)?;
    may_enter(into)?;
    if tree::parent(flow, source) != tree::parent(flow, target) {
        return Err(Forbidden::AcrossSubProcess);
    }
    if out == Kind::EventBased && !catches(&to.kind) {
        return Err(Forbidden::NeedsEvent);
    }
    let twice = tree::flows_between(flow, source, target).into_iter().any(|it| Some(it) != except);
    if twice { Err(Forbidden::AlreadyConnected) } else { Ok(()) }
}

fn may_leave(kind: Kind) -> Result<(), Forbidden> {
    match kind.family() {
        Family::End => Err(Forbidden::EndHasNoWayOut),
        Family::Note => Err(Forbidden::NoteHasNoFlow),
        Family::Sub if kind == Kind::EventSubProcess => Err(Forbidden::EventSubProcessHasNoFlow),
        Family::Start | Family::Intermediate | Family::Boundary | Family::Activity | Family::Sub | Family::Gateway => Ok(()),
    }
}

fn may_enter(kind: Kind) -> Result<(), Forbidden> {
    match kind.family() {
        Family::Start => Err(Forbidden::StartHasNoWayIn),
        Family::Boundary => Err(Forbidden::BoundaryHasNoWayIn),
        Family::Note => Err(Forbidden::NoteHasNoFlow),
        Family::Sub if kind == Kind::EventSubProcess => Err(Forbidden::EventSubProcessHasNoFlow),
        Family::End | Family::Intermediate | Family::Activity | Family::Sub | Family::Gateway => Ok(()),
    }
}

fn catches(kind: &ElementKind) -> bool {
    match kind {
        ElementKind::IntermediateCatchEvent { event_definition } => !matches!(event_definition, EventDefinition::Link { .. }),
        ElementKind::ReceiveTask { .. } => true,
        _ => false,
    }
}

fn node<'a>(flow: &'a Flow, id: &str) -> Result<&'a Element, Forbidden> {
    tree::find(flow, id).ok_or(Forbidden::NotFound)
}

fn kind(element: &Element) -> Result<Kind, Forbidden> {
    Kind::of(&element.kind).ok_or(Forbidden::NotFound)
}

fn flow_edit(flow: &Flow, edit: &FlowEdit) -> Result<(), Forbidden> {
    match edit {
        FlowEdit::Add { kind: new, on, .. } => {
            room(flow)?;
            match on {
                None if new.family() == Family::Boundary => Err(Forbidden::NeedsActivity),
                None => Ok(()),
                Some(on) => onto(flow, *new, on),
            }
        }
        FlowEdit::Append { after, kind: new } => {
            room(flow)?;
            let from = kind(node(flow, after)?)?;
            if new.family() == Family::Boundary {
                return if from.family().hosts() { Ok(()) } else { Err(Forbidden::NeedsActivity) };
            }
            if new.family() == Family::Note {
                return Ok(());
            }
            may_leave(from)?;
            may_enter(*new)?;
            let waits = matches!(new, Kind::CatchTimer | Kind::CatchMessage | Kind::ReceiveTask);
            if from == Kind::EventBased && !waits { Err(Forbidden::NeedsEvent) } else { Ok(()) }
        }
        FlowEdit::Connect { source, target } => connection(flow, source, target, None),
        FlowEdit::Reconnect { id, source, target } => {
            let (from, to) = tree::ends(flow, id).ok_or(Forbidden::NotFound)?;
            connection(flow, source.as_deref().unwrap_or(from), target.as_deref().unwrap_or(to), Some(id))
        }
        FlowEdit::Move { nodes, .. } => {
            chosen(nodes)?;
            nodes.iter().try_for_each(|it| node(flow, it).map(|_| ()))
        }
        FlowEdit::Delete { ids } => {
            chosen(ids)?;
            ids.iter().try_for_each(|it| node(flow, it).map(|_| ()))
        }
        FlowEdit::Duplicate { ids } => {
            chosen(ids)?;
            room(flow)?;
            ids.iter().try_for_each(|it| node(flow, it).map(|_| ()))
        }
        FlowEdit::Rename { id, .. } => node(flow, id).map(|_| ()),
        FlowEdit::Resize { id, rect } => {
            let family = kind(node(flow, id)?)?.family();
            let fits = rect.width >= 30.0 && rect.height >= 30.0;
            if fits && matches!(family, Family::Activity | Family::Sub | Family::Note) { Ok(()) } else { Err(Forbidden::WrongType) }
        }
        FlowEdit::Replace { id, kind: new } => {
            let old = kind(node(flow, id)?)?;
            if old.replacements().contains(new) { Ok(()) } else { Err(Forbidden::CannotBecome) }
        }
        FlowEdit::Bend { id, line } => {
            tree::ends(flow, id).ok_or(Forbidden::NotFound)?;
            if line.len() < 2 { Err(Forbidden::WrongType) } else { Ok(()) }
        }
        FlowEdit::Set { id, property } => {
            let element = node(flow, id)?;
            if crate::property::fits(&element.kind, property) { Ok(()) } else { Err(Forbidden::WrongType) }
        }
        FlowEdit::Arrange {} | FlowEdit::Describe { .. } => Ok(()),
        FlowEdit::Title { name } => given(name),
    }
}

/// Dropping a new node on something that is there.
fn onto(flow: &Flow, new: Kind, on: &str) -> Result<(), Forbidden> {
    let host = node(flow, on)?;
    if let ElementKind::SequenceFlow { source_ref, .. } = &host.kind {
        if new.family() == Family::Boundary {
            return Err(Forbidden::NeedsActivity);
        }
        may_leave(new)?;
        may_enter(new)?;
        let from = kind(node(flow, source_ref.as_str())?)?;
        let waits = matches!(new, Kind::CatchTimer | Kind::CatchMessage | Kind::ReceiveTask);
        return if from == Kind::EventBased && !waits { Err(Forbidden::NeedsEvent) } else { Ok(()) };
    }
    let host = kind(host)?.family();
    if new.family() == Family::Boundary {
        return if host.hosts() { Ok(()) } else { Err(Forbidden::NeedsActivity) };
    }
    // Anything may be put into a subprocess.
    if host == Family::Sub { Ok(()) } else { Err(Forbidden::NeedsActivity) }
}

fn room(flow: &Flow) -> Result<(), Forbidden> {
    if flow.all().len() + 2 > runtime::limits::FLOW_ELEMENTS { Err(Forbidden::TooMany) } else { Ok(()) }
}

fn chosen(ids: &[String]) -> Result<(), Forbidden> {
    if ids.is_empty() { Err(Forbidden::NothingChosen) } else { Ok(()) }
}

fn given(text: &str) -> Result<(), Forbidden> {
    if text.trim().is_empty() { Err(Forbidden::NameMissing) } else { Ok(()) }
}

fn form_edit(document: &Document, module: &str, edit: &FormEdit) -> Result<(), Forbidden> {
    let schema = document.schema(module).ok_or(Forbidden::NotFound)?;
    let field = |key: &str| tree::field(schema, key).ok_or(Forbidden::NotFound);
    let form = |view: &str| match &document.view(module, view).ok_or(Forbidden::NotFound)?.content {
        ViewContent::Form(it) => Ok(it),
        ViewContent::List(_) | ViewContent::Kanban(_) => Err(Forbidden::WrongType),
    };
    let shown = |view: &str, key: &str| {
        form(view).map(|it| it.sections.iter().any(|it| it.fields.iter().any(|it| it.field.as_str() == key)))
    };
    let on_view = |view: &str, key: &str| if shown(view, key)? { Ok(()) } else { Err(Forbidden::NotFound) };
    let section = |view: &str, at: usize| form(view)?.sections.get(at).map(|_| ()).ok_or(Forbidden::NotFound);
    let option = |key: &str, value: &str| {
        let listed = tree::options(field(key)?).ok_or(Forbidden::WrongType)?;
        let there = listed.iter().any(|it| it.get("const").and_then(serde_json::Value::as_str) == Some(value));
        if there { Ok(()) } else { Err(Forbidden::NotFound) }
    };
    match edit {
        FormEdit::AddField { view, title, .. } => {
            form(view)?;
            given(title)
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
            let needed = definition.label.as_str() == key || definition.stage.as_ref().is_some_and(|it| it.as_str() == key);
            if needed { Err(Forbidden::FieldInUse) } else { Ok(()) }
        }
        FormEdit::Retitle { field: key, title } => {
            field(key)?;
            given(title)
        }
        FormEdit::Help { field: key, .. } | FormEdit::Search { field: key, .. } | FormEdit::List { field: key, .. } => field(key).map(|_| ()),
        FormEdit::Rule { field: key, .. } => field(key).map(|_| ()),
        FormEdit::Require { field: key, on } => {
            let system = field(key)?.get("readOnly").and_then(serde_json::Value::as_bool).unwrap_or_default();
            // Nobody could fill it in.
            if system && *on { Err(Forbidden::WrongType) } else { Ok(()) }
        }
        FormEdit::Word { field: key, word, .. } => {
            field(key)?;
            if matches!(word.as_str(), "title" | "x-id" | "type" | "properties" | "items") { Err(Forbidden::WrongType) } else { Ok(()) }
        }
        FormEdit::AddOption { field: key, title } => {
            tree::options(field(key)?).ok_or(Forbidden::WrongType)?;
            given(title)
        }
        FormEdit::RetitleOption { field: key, value, title } => {
            option(key, value)?;
            given(title)
        }
        FormEdit::MoveOption { field: key, value, .. } | FormEdit::RemoveOption { field: key, value } => option(key, value),
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
