//! A quick proof for nets in which moves that compete for one token compete for all they take (free choice), which is
//! every net without inclusive joins and cancellation once its blocks are gone.
//!
//! In each state only the moves of one place are followed. That is enough: nothing else can take their tokens, so every
//! run goes on to one that begins with such a move. If from every state seen the one final state can be reached, then from
//! every state at all; every move that can happen is seen; and since a free-choice net that always ends with exactly one
//! token never has two on a place (van der Aalst 2000; Verbeek, Basten, van der Aalst 2001), it is safe. Where this does
//! not come out, nothing is said: the exact search decides.

use super::board::{Board, has, set};
use super::net::{Kind, Place};
use super::states::{States, reaching};
use crate::limits;

/// Steps that can happen, if every run ends well; none: not shown.
pub fn prove(board: &Board, budget: usize) -> Option<Vec<bool>> {
    if !is_free(board) {
        return None;
    }
    let words = board.words;
    let budget = budget.min(limits::CHECK_WORK / (2 * words * board.steps.len().max(1))).max(1);
    let mut states = States::<u64>::new(words);
    let mut first = vec![0; words];
    set(&mut first, board.start);
    states.add(&first, 1);
    let mut happened = vec![false; board.steps.len()];
    let mut edges = Vec::new();
    let mut finals = Vec::new();
    let (mut state, mut next) = (vec![0; words], vec![0; words]);
    let mut at = 0;
    while (at as usize) < states.len() {
        state.copy_from_slice(states.get(at));
        let takes = |step: usize| &board.take[step * words..(step + 1) * words];
        let can = |step: usize| takes(step).iter().zip(&state).all(|(take, state)| take & state == *take);
        let Some(chosen) = (0..board.steps.len()).find(|it| can(*it)) else {
            let moving = state.iter().zip(&board.sinks).any(|(state, sinks)| state & !sinks != 0);
            if moving || state.iter().map(|it| it.count_ones()).sum::<u32>() != 1 {
                return None;
            }
            finals.push(at);
            at += 1;
            continue;
        };
        for step in (0..board.steps.len()).filter(|it| takes(*it) == takes(chosen)) {
            happened[step] = true;
            if board.steps[step].doubles {
                return None;
            }
            for word in 0..words {
                let rest = state[word] & !takes(step)[word];
                let give = board.give[step * words + word];
                if rest & give != 0 {
                    return None;
                }
                next[word] = rest | give;
            }
            let (to, _) = states.add(&next, budget)?;
            edges.push((at, to));
        }
        at += 1;
    }
    let reaching = reaching(states.len(), &edges, finals);
    reaching.iter().all(|it| *it).then_some(happened)
}

/// Moves that share a place take the same; every move takes and gives something.
fn is_free(board: &Board) -> bool {
    let mut taken: Vec<Option<&[Place]>> = vec![None; board.words * 64];
    board.pieces.iter().filter(|it| it.kind != Kind::Never).all(|piece| {
        piece.kind == Kind::Plain
            && !piece.take.is_empty()
            && !piece.arcs.is_empty()
            && piece.take.iter().all(|place| {
                let before = taken[*place as usize].get_or_insert(&piece.take);
                before.len() == piece.take.len() && before.iter().all(|it| piece.take.contains(it))
            })
    }) && board.steps.iter().all(|it| !it.arcs.is_empty())
        && !has(&board.sinks, board.start)
}
