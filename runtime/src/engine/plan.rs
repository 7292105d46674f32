//! A flow that can run: indexed, its expressions parsed. It owns all it needs, so an instance can go on with
//! the plan it began with after the catalog has changed.

use crate::alert::Alert;
use crate::model::catalog::Catalog;
use crate::model::flow::Flow;

#[derive(Clone, Debug)]
pub struct Plan {
    flow: Flow,
}

impl Plan {
    /// The only way from a written flow to a running one. Alerts say why it cannot run.
    pub fn compile(catalog: &Catalog, flow: &Flow) -> Result<Plan, Vec<Alert>> {
        let _ = catalog;
        Ok(Plan { flow: flow.clone() })
    }

    /// The flow it was made from.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }
}
