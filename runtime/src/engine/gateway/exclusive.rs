//! Exclusive gateway (BPMN 2.0.2 §10.6.2): the first flow in file order whose condition holds; else the default;
//! else the token is stuck. It joins nothing: every token that comes passes.

use super::{Choice, Names, Node, NodeId, Plan, Stuck, holds};

pub(super) fn choose(plan: &Plan, node: &Node, default: Option<&NodeId>, names: &Names) -> Result<Choice, Stuck> {
    let mut choice = Choice { explain: node.outgoing.len() > 1, ..Choice::default() };
    for flow in node.outgoing.iter().filter(|it| Some(*it) != default) {
        let yes = holds(plan, flow, names)?;
        choice.because.push((flow.clone(), yes));
        if yes {
            choice.taken.push(flow.clone());
            return Ok(choice);
        }
    }
    match default.filter(|it| node.outgoing.contains(it)) {
        Some(it) => choice.taken.push(it.clone()),
        None if node.outgoing.is_empty() => {}
        None => return Err("expected a condition that holds or a default flow, found neither".to_owned()),
    }
    Ok(choice)
}
