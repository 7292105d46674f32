//! Code of this crate that the browser loads later than the rest. There a designer that needs it calls [`flows`], [`forms`],
//! [`layout`] or [`completing`] once (`designer/src/later.rs`), which is the only mention of it; natively it is always here.

use std::sync::OnceLock;

use runtime::check::usage::Use;
use runtime::model::flow::Flow;
use runtime::model::layout::Diagram;

use crate::allowed::Forbidden;
use crate::document::{Address, Content, Document, Done};
use crate::edit::{FlowEdit, FormEdit};
use crate::{allowed, arrange, flow_edit, form_edit, rename};

type Contents = Vec<(Address, Content)>;
/// Of a module: what is renamed, its new name, and where it is named.
type Rename = fn(&Document, &str, &str, &str, &[Use]) -> Result<Contents, Forbidden>;
type RenameColumn = fn(&Document, &str, &str, (&str, &str), &[Use]) -> Result<Contents, Forbidden>;
type Expand<E> = fn(&Document, &str, &E) -> Result<(Contents, Done), Forbidden>;

/// Edits of flows.
struct Flows {
    allowed: fn(&Flow, &FlowEdit) -> Result<(), Forbidden>,
    expand: Expand<FlowEdit>,
}

/// Edits of forms, and names changed over the whole pack.
struct Forms {
    expand: Expand<FormEdit>,
    rename: Rename,
    column: RenameColumn,
}

static FLOWS: OnceLock<Flows> = OnceLock::new();
static FORMS: OnceLock<Forms> = OnceLock::new();
static LAYOUT: OnceLock<fn(&Flow) -> Diagram> = OnceLock::new();
static COMPLETING: OnceLock<fn(&Flow, Option<Diagram>) -> Diagram> = OnceLock::new();

/// From now on flows can be edited.
pub fn flows() {
    FLOWS.get_or_init(|| Flows { allowed: allowed::flow_edit, expand: flow_edit::contents });
}

/// From now on forms can be edited.
pub fn forms() {
    FORMS.get_or_init(|| Forms { expand: form_edit::expand, rename: rename::field, column: rename::column });
}

/// From now on flows can be laid out.
pub fn layout() {
    LAYOUT.get_or_init(|| runtime::layout::flow);
}

/// From now on what is missing in a drawing is drawn.
pub fn completing() {
    COMPLETING.get_or_init(|| arrange::completed);
}

fn flow_edits() -> Result<&'static Flows, Forbidden> {
    #[cfg(not(target_arch = "wasm32"))]
    flows();
    FLOWS.get().ok_or(Forbidden::NotYet)
}

fn form_edits() -> Result<&'static Forms, Forbidden> {
    #[cfg(not(target_arch = "wasm32"))]
    forms();
    FORMS.get().ok_or(Forbidden::NotYet)
}

/// Whether a flow may be edited so.
pub(crate) fn flow_allowed(flow: &Flow, edit: &FlowEdit) -> Result<(), Forbidden> {
    (flow_edits()?.allowed)(flow, edit)
}

/// An edit of a flow as the files it changes.
pub(crate) fn flow(document: &Document, key: &str, edit: &FlowEdit) -> Result<(Contents, Done), Forbidden> {
    (flow_edits()?.expand)(document, key, edit)
}

/// An edit of a form as the files it changes.
pub(crate) fn form(document: &Document, module: &str, edit: &FormEdit) -> Result<(Contents, Done), Forbidden> {
    (form_edits()?.expand)(document, module, edit)
}

/// A field renamed over the whole pack.
pub(crate) fn renamed(
    document: &Document,
    module: &str,
    field: &str,
    to: &str,
    uses: &[Use],
) -> Result<Contents, Forbidden> {
    (form_edits()?.rename)(document, module, field, to, uses)
}

/// A column of a sub-table renamed over the whole pack: from, to.
pub(crate) fn renamed_column(
    document: &Document,
    module: &str,
    table: &str,
    names: (&str, &str),
    uses: &[Use],
) -> Result<Contents, Forbidden> {
    (form_edits()?.column)(document, module, table, names, uses)
}

/// A flow drawn anew; empty as long as what does it has not come.
pub(crate) fn drawn(flow: &Flow) -> Diagram {
    #[cfg(not(target_arch = "wasm32"))]
    layout();
    LAYOUT.get().map_or_else(|| Diagram { id: format!("{}_diagram", flow.id), ..Diagram::default() }, |it| it(flow))
}

/// A drawing with what was missing in it; as it is as long as what does it has not come.
pub(crate) fn completed(flow: &Flow, diagram: Option<Diagram>) -> Diagram {
    #[cfg(not(target_arch = "wasm32"))]
    completing();
    match COMPLETING.get() {
        Some(it) => it(flow, diagram),
        None => diagram.unwrap_or_else(|| drawn(flow)),
    }
}
