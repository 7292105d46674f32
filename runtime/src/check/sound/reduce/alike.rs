//! Moves that take and give the same, and alternatives that each only end, become one.

use super::{NO_END, Place, Reduced};

impl Reduced {
    /// Several moves that take and give the same are one. So are alternatives that each end.
    pub(super) fn twins(&mut self, place: Place) {
        if self.places[place as usize].gone || self.places[place as usize].consumers.len() < 2 {
            return;
        }
        self.turns(place);
        let mut seen: Vec<(Vec<Place>, Vec<Place>, u32)> = Vec::new();
        for &mv in &self.places[place as usize].consumers {
            let it = &self.moves[mv as usize];
            if it.plain() {
                let sorted = |mut it: Vec<Place>| {
                    it.sort_unstable();
                    it
                };
                seen.push((sorted(it.take.clone()), sorted(it.ways.iter().map(|it| it.to).collect()), mv));
            }
        }
        if seen.len() < 2 {
            return;
        }
        seen.sort_by(|a, b| {
            (&a.0, &a.1).cmp(&(&b.0, &b.1)).then(self.length(a.2).cmp(&self.length(b.2))).then(a.2.cmp(&b.2))
        });
        let mut kept = 0;
        for at in 1..seen.len() {
            if seen[at].0 == seen[kept].0 && seen[at].1 == seen[kept].1 {
                self.absorb(seen[kept].2, seen[at].2);
            } else {
                kept = at;
            }
        }
        self.end_alike(&seen);
    }

    pub(super) fn absorb(&mut self, kept: u32, other: u32) {
        for at in 0..self.moves[kept as usize].ways.len() {
            let to = self.moves[kept as usize].ways[at].to;
            // One of the two comes by sequence flows: so does the one they are.
            let flows = self.moves[other as usize].ways.iter().any(|it| it.to == to && !it.by_event);
            self.moves[kept as usize].ways[at].by_event &= !flows;
        }
        let (told, also) = (self.moves[kept as usize].story, self.whole(other));
        self.moves[kept as usize].story = self.stories.or(told, also);
        self.drop_move(other);
    }

    /// Alternatives that each only end: whichever is taken, a second token there means that a second token can come here.
    pub(super) fn end_alike(&mut self, seen: &[(Vec<Place>, Vec<Place>, u32)]) {
        let mut kept: Option<(u32, u32)> = None;
        let mut seen: Vec<_> = seen.iter().collect();
        let total = |it: &(Vec<Place>, Vec<Place>, u32)| {
            let tails = it.1.iter().map(|place| self.stories.length(self.places[*place as usize].tail));
            tails.sum::<u32>() + self.length(it.2)
        };
        seen.sort_by_key(|it| (total(it), it.2));
        for (take, gives, mv) in seen {
            let ([_], [sink]) = (&take[..], &gives[..]) else { continue };
            if self.moves[*mv as usize].gone || self.places[*sink as usize].producers != [*mv] {
                continue;
            }
            let Some(end) = self.places[*sink as usize].sink else { continue };
            let alone = |end: u32| end == NO_END || self.ends[end as usize] == 1;
            match kept {
                None => kept = Some((*mv, end)),
                Some((first, of)) if (alone(of) && alone(end)) || (of == end && end != NO_END) => {
                    let tail = self.places[*sink as usize].tail;
                    let story = self.moves[*mv as usize].story;
                    self.moves[*mv as usize].story = self.stories.then(story, tail);
                    self.pl(*sink).gone = true;
                    if of == end && end != NO_END {
                        self.ends[end as usize] -= 1;
                        self.again(end);
                    }
                    self.absorb(first, *mv);
                }
                Some(_) => {}
            }
        }
    }

    /// An end has one way less into it.
    pub(super) fn again(&mut self, end: u32) {
        if self.ends[end as usize] == 1 {
            for place in 0..self.places.len() as Place {
                if self.places[place as usize].sink == Some(end) && !self.places[place as usize].gone {
                    for mv in self.places[place as usize].producers.clone() {
                        self.queue.ways(mv);
                        for take in self.moves[mv as usize].take.clone() {
                            self.queue.place(take);
                        }
                    }
                }
            }
        }
    }
}
