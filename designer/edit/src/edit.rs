//! Every change a person can make.

use runtime::check::sound::fix::Fix;
use runtime::check::usage::Use;
use runtime::id::{FlowKey, RoleKey, ScriptKey, TableKey};
use runtime::model::flow::{Assignment, Element, EventDefinition, Flow, Loop, NotifyRule, PluginCall, UserTask};
use runtime::model::layout::{Bounds, Layout, Point};
use runtime::model::module::Chosen;
use runtime::model::rules::{CheckRule, ComputeMode};
use runtime::model::scenario::Scenario;
use runtime::model::suppressed::Suppression;
use runtime::model::view::{Item, Pages, Section};

use crate::clip::Clip;
use crate::colour::Colour;
use crate::document::{Address, Content};
use crate::field::FieldKind;
use crate::form_clip::FormClip;
use crate::geometry::Rect;
use crate::kind::Kind;

/// A change, undoable as one step.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    Flow {
        flow: String,
        edit: FlowEdit,
    },
    Form {
        module: String,
        edit: FormEdit,
    },
    /// A text in a language other than the pack's own; empty removes it.
    Text {
        language: String,
        address: String,
        text: String,
    },
    /// Whole files, as an editor of their own has made them: a view, a table, what was shipped. `verb` as in [`Name`].
    Put {
        verb: &'static str,
        what: String,
        files: Vec<(Address, Option<Content>)>,
    },
    /// Another key for a field, in every file of the pack that names it. `uses`: what `runtime::check::usage` found.
    RenameField {
        module: String,
        field: String,
        to: String,
        uses: Vec<Use>,
    },
    /// The same for a column of a sub-table. `uses`: where the sub-table is named.
    RenameColumn {
        module: String,
        field: String,
        column: String,
        to: String,
        uses: Vec<Use>,
    },
    /// A scenario of the pack; none: it is taken out.
    Scenario {
        name: String,
        scenario: Option<Written>,
    },
    /// An alert somebody lives with; `on` false: it is told again.
    Suppress {
        entry: Box<Suppression>,
        on: bool,
    },
}

/// A change of a flow and its drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum FlowEdit {
    /// A new node with its centre at `at`. `on`: a sequence flow it is inserted into, the activity a boundary event sits on,
    /// the subprocess it is put into. `plane`: the folded subprocess whose inside is shown.
    Add {
        kind: Kind,
        at: Point,
        on: Option<String>,
        plane: Option<String>,
    },
    /// A new node to the right of another, connected; or with its centre at `at`.
    Append {
        after: String,
        kind: Kind,
        at: Option<Point>,
    },
    Connect {
        source: String,
        target: String,
    },
    /// Another end for a line.
    Reconnect {
        id: String,
        source: Option<String>,
        target: Option<String>,
    },
    Move {
        nodes: Vec<String>,
        dx: f64,
        dy: f64,
    },
    /// Moves a node that is not connected onto a sequence flow, which then leads through it.
    Insert {
        id: String,
        on: String,
        dx: f64,
        dy: f64,
    },
    /// An event onto the border of an activity, with its centre at `at`, or off it, where it then waits by itself.
    Attach {
        id: String,
        host: Option<String>,
        at: Point,
    },
    /// Nodes, lines and lanes. A node with one way in and one way out is healed over.
    Delete {
        ids: Vec<String>,
    },
    Rename {
        id: String,
        name: String,
    },
    /// Other sizes, of several as one step.
    Resize {
        to: Vec<(String, Rect)>,
    },
    Replace {
        id: String,
        kind: Kind,
    },
    /// Other bends for a line; without any it is drawn anew.
    Bend {
        id: String,
        line: Vec<Point>,
    },
    /// Another place for a name that stands outside; none: where it stands by itself.
    Label {
        id: String,
        to: Option<Bounds>,
    },
    /// A copy of nodes and the flows between them, moved a little.
    Duplicate {
        ids: Vec<String>,
    },
    /// A copy, its middle at `at`.
    Paste {
        clip: Box<Clip>,
        at: Point,
        plane: Option<String>,
    },
    Align {
        nodes: Vec<String>,
        side: Side,
    },
    /// The same distance between neighbours, in a row (`flat`) or in a column.
    Distribute {
        nodes: Vec<String>,
        flat: bool,
    },
    /// Everything right of (`flat`) or below a point moves by so much, what straddles it grows.
    Space {
        at: Point,
        by: f64,
        flat: bool,
        plane: Option<String>,
    },
    /// A subprocess shows what is inside it, or no longer does; of another pool that goes, and its messages are those of the pool.
    Fold {
        id: String,
    },
    AddLane {
        beside: Option<String>,
        above: bool,
    },
    /// So many lanes inside another one that has none.
    DivideLane {
        id: String,
        parts: usize,
    },
    /// Pools and lanes stand that lay, or lie that stood, with everything in them.
    Turn,
    Set {
        id: String,
        property: Property,
    },
    /// Shapes and lines in this colour, or in none.
    Colour {
        ids: Vec<String>,
        colour: Option<Colour>,
    },
    /// The flow of the pack another pool stands for; none: somebody outside.
    Pool {
        id: String,
        flow: Option<FlowKey>,
    },
    /// What a message between pools is called as a message of the flow; empty: nothing in particular.
    Message {
        id: String,
        name: String,
    },
    /// Everything an element says of itself; its kind and what it is connected with stay.
    Write {
        element: Box<Element>,
    },
    /// What the checker offers.
    Mend {
        fix: Box<Fix>,
    },
    /// The drawing anew: of these nodes, or of everything.
    Arrange {
        ids: Vec<String>,
    },
    /// Another flow in the place of this one, of a file; key, module and name of this one stay.
    Import {
        flow: Box<Flow>,
        layout: Box<Layout>,
    },
    Title {
        name: String,
    },
    Describe {
        documentation: String,
    },
}

/// Where things are brought into line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Centre,
    Right,
    Top,
    Middle,
    Bottom,
}

/// What can be set at an element of a flow.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    Documentation(String),
    Stage(Option<String>),
    Notify(Vec<NotifyRule>),
    Assign(Vec<Assignment>),
    /// Who does it, form, outcomes, due …
    UserTask(Box<UserTask>),
    /// Of a sequence flow.
    Condition(Option<String>),
    /// A sequence flow is the way taken when no condition holds.
    Default(bool),
    Event(EventDefinition),
    Interrupting(bool),
    Script(Option<ScriptKey>),
    Call(Option<PluginCall>),
    Table {
        table: TableKey,
        inputs: Vec<Assignment>,
        output: String,
    },
    Called {
        flow: FlowKey,
        inputs: Vec<Assignment>,
        outputs: Vec<Assignment>,
    },
    /// The message, signal, error or escalation it is about, by name; made when it does not exist. Errors and escalations
    /// have a code.
    Refer {
        name: String,
        code: String,
    },
    /// Repetition of an activity.
    Loop(Option<Box<Loop>>),
    /// Only compensation starts it.
    ForCompensation(bool),
    /// Who does what stands in a lane.
    Role(Option<RoleKey>),
    Note(String),
}

/// Where a field stands on a form view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub section: usize,
    pub index: usize,
}

/// A condition or formula at a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSlot {
    RequiredWhen,
    VisibleWhen,
    ReadonlyWhen,
    Computed(ComputeMode),
}

/// A change of a module's form: its schema, rules and views.
#[derive(Clone, Debug, PartialEq)]
pub enum FormEdit {
    /// Several, as one step.
    All(Vec<FormEdit>),
    /// Fields in this order, side by side.
    MoveFields {
        view: String,
        fields: Vec<String>,
        to: Spot,
    },
    /// What was copied, here or elsewhere.
    Paste {
        view: String,
        clip: Box<FormClip>,
        spot: Spot,
    },
    /// Fields of a JSON Schema from outside, with what of it cannot be drawn.
    TakeSchema {
        view: String,
        schema: Box<serde_json::Value>,
        spot: Spot,
    },
    /// Another type; what both have in common stays.
    Retype {
        field: String,
        kind: FieldKind,
    },
    /// How a field stands on this view.
    Item {
        view: String,
        item: Box<Item>,
    },
    /// What a section is; its fields stay.
    Section {
        view: String,
        section: usize,
        to: Box<Section>,
    },
    /// The pages of a view; none: all sections on one.
    Pages {
        view: String,
        pages: Option<Pages>,
    },
    /// The section's fields in so many columns.
    Columns {
        view: String,
        section: usize,
        columns: u8,
    },
    /// Of which records exactly one is chosen.
    Chosen(Vec<Chosen>),
    /// A rule over several fields, whole.
    Check(Box<CheckRule>),
    /// A word of a column's schema; `required` is one of them.
    ColumnWord {
        field: String,
        column: String,
        word: String,
        value: Option<serde_json::Value>,
    },
    MoveColumn {
        field: String,
        column: String,
        to: usize,
    },
    /// A new field in the schema, shown on a view.
    AddField {
        view: String,
        kind: FieldKind,
        title: String,
        spot: Spot,
    },
    /// What makes a field or an option, and what the new one is called in another language.
    Named {
        edit: Box<FormEdit>,
        language: String,
        title: String,
    },
    /// A field of the schema that the view does not show yet.
    Place {
        view: String,
        field: String,
        spot: Spot,
    },
    /// Off this view; the field stays.
    TakeOff {
        view: String,
        field: String,
    },
    /// The field itself, with its rules and everywhere it is shown.
    DeleteField {
        field: String,
    },
    MoveField {
        view: String,
        field: String,
        to: Spot,
    },
    Retitle {
        field: String,
        title: String,
    },
    Help {
        field: String,
        help: String,
    },
    Require {
        field: String,
        on: bool,
    },
    /// Found by the search of lists.
    Search {
        field: String,
        on: bool,
    },
    /// A column of lists by default.
    List {
        field: String,
        on: bool,
    },
    /// Another word of the field's schema: `maxLength`, `minimum`, `default`, `x-display` …; `None` removes it.
    Word {
        field: String,
        word: String,
        value: Option<serde_json::Value>,
    },
    AddOption {
        field: String,
        title: String,
    },
    RetitleOption {
        field: String,
        value: String,
        title: String,
    },
    MoveOption {
        field: String,
        value: String,
        to: usize,
    },
    RemoveOption {
        field: String,
        value: String,
    },
    Span {
        view: String,
        field: String,
        span: u8,
    },
    /// Stricter on this view only.
    OnView {
        view: String,
        field: String,
        readonly: bool,
        required: bool,
    },
    Rule {
        field: String,
        slot: RuleSlot,
        expr: Option<String>,
    },
    AddCheck {
        field: Option<String>,
        expr: String,
        message: String,
    },
    SetCheck {
        id: String,
        expr: String,
        message: String,
    },
    RemoveCheck {
        id: String,
    },
    /// A column of a sub-table.
    AddColumn {
        field: String,
        kind: FieldKind,
        title: String,
    },
    RemoveColumn {
        field: String,
        column: String,
    },
    AddSection {
        view: String,
        title: String,
        at: usize,
    },
    RenameSection {
        view: String,
        section: usize,
        title: String,
    },
    SectionVisible {
        view: String,
        section: usize,
        expr: Option<String>,
    },
    MoveSection {
        view: String,
        section: usize,
        to: usize,
    },
    RemoveSection {
        view: String,
        section: usize,
    },
}

/// What a step is called in the undo menu: a stable word and what it was done to.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// `add`, `connect`, `move` … translated by the page.
    pub verb: &'static str,
    /// Name, key or id of the thing.
    pub what: String,
}

impl Edit {
    /// Shorthand.
    pub fn flow(flow: &str, edit: FlowEdit) -> Edit {
        Edit::Flow { flow: flow.to_owned(), edit }
    }

    /// Shorthand.
    pub fn form(module: &str, edit: FormEdit) -> Edit {
        Edit::Form { module: module.to_owned(), edit }
    }

    /// What the step is called.
    pub fn name(&self) -> Name {
        let (verb, what) = match self {
            Edit::Put { verb, what, .. } => (*verb, what.as_str()),
            Edit::RenameField { field, .. } => ("rename-field", field.as_str()),
            Edit::RenameColumn { column, .. } => ("rename-field", column.as_str()),
            Edit::Flow { flow, edit } => match edit {
                FlowEdit::Add { kind, .. } => ("add", kind.slug()),
                FlowEdit::Append { kind, .. } => ("append", kind.slug()),
                FlowEdit::Connect { source, .. } => ("connect", source.as_str()),
                FlowEdit::Reconnect { id, .. } => ("reconnect", id.as_str()),
                FlowEdit::Move { nodes, .. } => ("move", nodes.first().map_or("", String::as_str)),
                FlowEdit::Delete { ids } => ("delete", ids.first().map_or("", String::as_str)),
                FlowEdit::Rename { id, .. } => ("rename", id.as_str()),
                FlowEdit::Resize { to } => ("resize", to.first().map_or("", |it| it.0.as_str())),
                FlowEdit::Replace { id, .. } => ("replace", id.as_str()),
                FlowEdit::Bend { id, .. } => ("bend", id.as_str()),
                FlowEdit::Duplicate { ids } => ("duplicate", ids.first().map_or("", String::as_str)),
                FlowEdit::Insert { id, .. } | FlowEdit::Attach { id, .. } => ("move", id.as_str()),
                FlowEdit::Label { id, .. } => ("move", id.as_str()),
                FlowEdit::Paste { .. } => ("paste", flow.as_str()),
                FlowEdit::Align { nodes, .. } => ("align", nodes.first().map_or("", String::as_str)),
                FlowEdit::Distribute { nodes, .. } => ("distribute", nodes.first().map_or("", String::as_str)),
                FlowEdit::Space { .. } => ("space", flow.as_str()),
                FlowEdit::Fold { id } => ("fold", id.as_str()),
                FlowEdit::AddLane { .. } | FlowEdit::DivideLane { .. } => ("add", "lane"),
                FlowEdit::Turn => ("turn", flow.as_str()),
                FlowEdit::Set { id, .. } => ("set", id.as_str()),
                FlowEdit::Pool { id, .. } | FlowEdit::Message { id, .. } => ("set", id.as_str()),
                FlowEdit::Write { element } => ("set", element.id.as_str()),
                FlowEdit::Mend { fix } => ("mend", fix.at.as_str()),
                FlowEdit::Colour { ids, .. } => ("colour", ids.first().map_or("", String::as_str)),
                FlowEdit::Arrange { .. } => ("arrange", flow.as_str()),
                FlowEdit::Import { .. } => ("import", flow.as_str()),
                FlowEdit::Title { .. } | FlowEdit::Describe { .. } => ("retitle", flow.as_str()),
            },
            Edit::Form { module, edit } => match edit {
                FormEdit::All(all) => match all.first() {
                    Some(it) => return Edit::form(module, it.clone()).name(),
                    None => ("set", module.as_str()),
                },
                FormEdit::Named { edit, .. } => return Edit::form(module, edit.as_ref().clone()).name(),
                FormEdit::MoveFields { fields, .. } => ("move", fields.first().map_or("", String::as_str)),
                FormEdit::Paste { view, .. } | FormEdit::TakeSchema { view, .. } => ("paste", view.as_str()),
                FormEdit::Retype { field, .. } => ("replace", field.as_str()),
                FormEdit::Item { item, .. } => ("set", item.field.as_str()),
                FormEdit::Section { to, .. } => ("set", to.title.as_str()),
                FormEdit::Pages { view, .. } => ("set", view.as_str()),
                FormEdit::Columns { view, .. } => ("arrange", view.as_str()),
                FormEdit::Chosen(_) => ("set", module.as_str()),
                FormEdit::Check(it) => ("set", it.id.as_str()),
                FormEdit::ColumnWord { field, .. } | FormEdit::MoveColumn { field, .. } => ("set", field.as_str()),
                FormEdit::AddField { title, .. } | FormEdit::AddColumn { title, .. } => ("add", title.as_str()),
                FormEdit::Place { field, .. } => ("place", field.as_str()),
                FormEdit::TakeOff { field, .. } => ("take-off", field.as_str()),
                FormEdit::DeleteField { field } => ("delete", field.as_str()),
                FormEdit::MoveField { field, .. } => ("move", field.as_str()),
                FormEdit::Retitle { field, .. } => ("retitle", field.as_str()),
                FormEdit::Span { field, .. } => ("resize", field.as_str()),
                FormEdit::Help { field, .. }
                | FormEdit::Require { field, .. }
                | FormEdit::Search { field, .. }
                | FormEdit::List { field, .. }
                | FormEdit::Word { field, .. }
                | FormEdit::AddOption { field, .. }
                | FormEdit::RetitleOption { field, .. }
                | FormEdit::MoveOption { field, .. }
                | FormEdit::RemoveOption { field, .. }
                | FormEdit::OnView { field, .. }
                | FormEdit::Rule { field, .. }
                | FormEdit::RemoveColumn { field, .. } => ("set", field.as_str()),
                FormEdit::AddCheck { .. } => ("add", "check"),
                FormEdit::SetCheck { id, .. } => ("set", id.as_str()),
                FormEdit::RemoveCheck { id } => ("delete", id.as_str()),
                FormEdit::AddSection { title, .. } => ("add", title.as_str()),
                FormEdit::RenameSection { title, .. } => ("rename-section", title.as_str()),
                FormEdit::SectionVisible { view, .. } => ("set", view.as_str()),
                FormEdit::MoveSection { view, .. } => ("move", view.as_str()),
                FormEdit::RemoveSection { view, .. } => ("delete", view.as_str()),
            },
            Edit::Text { address, .. } => ("translate", address.as_str()),
            Edit::Scenario { name, .. } => ("scenario", name.as_str()),
            Edit::Suppress { entry, .. } => ("suppress", entry.code.as_str()),
        };
        Name { verb, what: what.to_owned() }
    }
}

/// A scenario as its file says it. Written down where it is made: whatever else edits a pack need not know scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub title: String,
    pub text: String,
}

impl From<&Scenario> for Written {
    fn from(it: &Scenario) -> Self {
        Self { title: it.title.clone(), text: crate::text::json(it) }
    }
}
