//! Business rule task: a decision table (DMN 1.5 §8) decides, a variable gets the outputs (or the list of
//! them, by the hit policy); null when no rule matches.

use serde_json::Map;

use super::super::evaluate::Expr;
use super::super::fact::Fact;
use super::super::run::{Run, Stuck, Work};
use crate::id::TableKey;

impl Run<'_> {
    pub(super) fn decide(
        &mut self,
        token: u64,
        table: &TableKey,
        inputs: &[(String, Expr)],
        output: &str,
    ) -> Result<(), Stuck> {
        let names = self.names(token);
        let mut given = Map::new();
        for (key, expr) in inputs {
            given.insert(key.clone(), expr.eval(&names)?);
        }
        let (answer, rules) = self.plan.tools.decide(table, &given, self.context.now)?;
        if let Some(node) = self.node_of(token) {
            self.emit(Fact::RulesMatched { node: node.id.clone(), table: table.clone(), rules });
        }
        self.set_vars(self.scope_of(token), Map::from_iter([(output.to_owned(), answer)]))?;
        self.queue(Work::Leave { token });
        Ok(())
    }
}
