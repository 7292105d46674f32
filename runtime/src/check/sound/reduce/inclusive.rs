//! What leads into an inclusive join, or out of a choice: ways the join cannot tell apart become one, a choice with one
//! possibility left is none.

use super::{Kind, NO_END, NOTHING, Place, Reduced, Way, When};

/// Stands for a join where ways only end.
const ENDS: u32 = u32::MAX;

impl Reduced {
    /// An inclusive join with one way in is no join.
    pub(super) fn passes(&mut self, mv: u32) {
        self.moves[mv as usize].kind = Kind::Plain;
        for take in self.moves[mv as usize].take.clone() {
            self.queue.place(take);
        }
        self.joins -= 1;
        if self.joins == 0 {
            for it in 0..self.moves.len() as u32 {
                if self.moves[it as usize].gone {
                    continue;
                }
                if self.moves[it as usize].kind == Kind::Never {
                    self.drop_move(it);
                } else {
                    self.queue.ways(it);
                }
            }
            for it in 0..self.places.len() as Place {
                self.queue.place(it);
            }
        }
    }

    /// Ways that are chosen and meet in one inclusive join, or only end: which of them were taken makes no difference.
    pub(super) fn chosen(&mut self, mv: u32) {
        let ends = !self.moves[mv as usize].cyclic;
        let into_join = |it: &Self, place: Place| -> Option<u32> {
            if ends && it.own_sink(mv, place).is_some() {
                return Some(ENDS);
            }
            let pl = &it.places[place as usize];
            match (&pl.producers[..], &pl.consumers[..]) {
                ([from], [to]) if *from == mv && it.moves[*to as usize].kind == Kind::Join => Some(*to),
                _ => None,
            }
        };
        let ways = self.moves[mv as usize].ways.clone();
        let mut first: Vec<(u32, Place, When)> = Vec::new();
        // Ways always taken first, then those that may be, the default last.
        let mut order: Vec<&Way> = ways.iter().collect();
        order.sort_by_key(|it| it.when);
        for way in order {
            let Some(join) = into_join(self, way.to) else { continue };
            match first.iter().find(|it| it.0 == join) {
                None => first.push((join, way.to, way.when)),
                Some(&(_, kept, when))
                    if kept != way.to
                        && ways.iter().filter(|it| it.to == way.to).count() == 1
                        && ways.iter().any(|it| it.to == kept && it.by_event == way.by_event) =>
                {
                    // Taking the default alone is like taking the one that stays alone.
                    let fine = match (when, way.when) {
                        (When::Always, When::Maybe) => !self.moves[mv as usize].need,
                        (When::Maybe, When::Maybe | When::Default) => true,
                        (When::Always | When::Maybe | When::Default, _) => false,
                    };
                    if fine {
                        if let Some(end) = self.places[way.to as usize].sink.filter(|it| *it != NO_END) {
                            self.ends[end as usize] -= 1;
                        }
                        self.drop_choice(mv, kept, way);
                        return;
                    }
                }
                Some(_) => {}
            }
        }
        self.settled(mv);
    }

    pub(super) fn drop_choice(&mut self, mv: u32, kept: Place, way: &Way) {
        let tail = self.places[way.to as usize].tail;
        let story = self.stories.then(way.story, tail);
        let Some(choosing) = self.moves[mv as usize].choosing else { return };
        let kept_tail = std::mem::replace(&mut self.pl(kept).tail, NOTHING);
        if let Some(at) = self.moves[mv as usize].ways.iter().position(|it| it.to == kept) {
            let stays = self.moves[mv as usize].ways[at].clone();
            let mut told = (stays.first, self.stories.then(stays.story, kept_tail));
            let mut other = (way.first, story);
            // The shorter one is told; of a default and another one only where nothing else can be taken along with it.
            let alone = way.when == When::Default && self.moves[mv as usize].ways.len() == 2;
            if (stays.when == way.when || alone) && self.stories.length(other.1) < self.stories.length(told.1) {
                std::mem::swap(&mut told, &mut other);
            }
            let fired = self.stories.choose(choosing, vec![other.0]);
            let also = self.stories.then(fired, other.1);
            let story = self.stories.or(told.1, also);
            let stays = &mut self.moves[mv as usize].ways[at];
            (stays.first, stays.story) = (told.0, story);
        }
        self.moves[mv as usize].ways.retain(|it| it.to != way.to);
        self.forget(&[way.to]);
        self.after_ways(mv);
    }

    /// A choice with one possibility left is none.
    pub(super) fn settled(&mut self, mv: u32) {
        let it = &mut self.moves[mv as usize];
        let Some(choosing) = it.choosing else { return };
        let maybe = it.ways.iter().filter(|way| way.when == When::Maybe).count();
        let default = it.ways.iter().any(|way| way.when == When::Default);
        let sure = maybe == 0 || (maybe == 1 && it.need && !default);
        if !sure || (maybe == 0 && default) {
            return;
        }
        let mut chosen = Vec::new();
        for way in it.ways.iter_mut().filter(|way| way.when == When::Maybe) {
            way.when = When::Always;
            chosen.push(way.first);
        }
        let (fired, before) = (self.stories.choose(choosing, chosen), it.story);
        let story = self.stories.then(fired, before);
        let it = &mut self.moves[mv as usize];
        (it.choosing, it.need, it.story) = (None, false, story);
        self.after_ways(mv);
    }

    /// Alternatives that lead into one inclusive join: the join cannot tell them apart.
    pub(super) fn exclusive_into_join(&mut self, mv: u32) {
        if self.joins == 0 {
            return;
        }
        let Some((from, to)) = self.moves[mv as usize].only() else { return };
        let [join] = self.places[to as usize].consumers[..] else { return };
        if self.moves[join as usize].kind != Kind::Join || self.places[to as usize].producers != [mv] {
            return;
        }
        for other in self.places[from as usize].consumers.clone() {
            let Some((_, place)) = self.moves[other as usize].only() else { continue };
            let it = &self.places[place as usize];
            let by_event = |mv: u32| self.moves[mv as usize].ways[0].by_event;
            let alike = by_event(mv) == by_event(other);
            if other == mv || it.producers != [other] || it.consumers != [join] || place == to || !alike {
                continue;
            }
            for (mv, place) in [(mv, to), (other, place)] {
                let tail = std::mem::replace(&mut self.pl(place).tail, NOTHING);
                let before = self.moves[mv as usize].story;
                self.moves[mv as usize].story = self.stories.then(before, tail);
            }
            let (one, two) = if self.length(mv) <= self.length(other) { (mv, other) } else { (other, mv) };
            let lost = if two == mv { to } else { place };
            self.absorb(one, two);
            self.forget(&[lost]);
            self.queue.place(from);
            return;
        }
    }
}
