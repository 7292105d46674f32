//! Ways out of one move that go side by side: those that always get and lose their tokens together are one, those that
//! only end are left out.

use super::{Kind, NO_END, Place, Reduced, When};

impl Reduced {
    /// Ways out of one move that go side by side.
    pub(super) fn side_by_side(&mut self, mv: u32) {
        let it = &self.moves[mv as usize];
        if it.gone || it.kind == Kind::Never {
            return;
        }
        if it.kind == Kind::Join && it.take.len() == 1 {
            self.passes(mv);
        }
        if self.moves[mv as usize].ways.len() > 1 {
            self.parallel(mv);
        }
        if self.moves[mv as usize].ways.len() > 1 && self.joins == 0 && !self.moves[mv as usize].cyclic {
            self.ends_beside(mv);
        }
        if self.moves[mv as usize].choosing.is_some() {
            self.chosen(mv);
        }
        self.exclusive_into_join(mv);
    }

    /// Places that always get and lose their tokens together are one.
    pub(super) fn parallel(&mut self, mv: u32) {
        let mut always: Vec<(usize, Place)> = Vec::new();
        for (at, way) in self.moves[mv as usize].ways.iter().enumerate() {
            if way.when == When::Always {
                always.push((at, way.to));
            }
        }
        if always.windows(2).any(|it| it[0].1 == it[1].1) || always.len() < 2 {
            return; // A place that gets two at once is a fault to be found.
        }
        // Only places this move alone fills: others would have to be compared way by way.
        let sole = |it: &Self, place: Place| it.places[place as usize].producers == [mv];
        let mut all: Vec<Place> = self.moves[mv as usize].ways.iter().map(|it| it.to).collect();
        all.sort_unstable();
        let once = |place: Place| all.get(all.partition_point(|it| *it < place) + 1) != Some(&place);
        let mut candidates: Vec<(Vec<u32>, Option<()>, Place)> = Vec::new();
        for &(_, place) in &always {
            let it = &self.places[place as usize];
            let ends = it.sink.is_some_and(|end| end != NO_END && self.ends[end as usize] > 1);
            if sole(self, place) && !ends && once(place) {
                let mut consumers = it.consumers.clone();
                consumers.sort_unstable();
                candidates.push((consumers, it.sink.map(|_| ()), place));
            }
        }
        candidates.sort();
        for group in candidates.chunk_by(|a, b| (&a.0, a.1) == (&b.0, b.1)) {
            let places: Vec<Place> = group.iter().map(|it| it.2).collect();
            if let [kept, others @ ..] = &places[..]
                && !others.is_empty()
            {
                self.merge_parallel(mv, *kept, others);
            }
        }
    }

    /// The others are one with the kept. All of them at once: there may be thousands.
    fn merge_parallel(&mut self, mv: u32, kept: Place, others: &[Place]) {
        for &other in others {
            let ways = &self.moves[mv as usize].ways;
            let Some(at) = ways.iter().position(|it| it.to == other) else { continue };
            let (story, by_event) = (ways[at].story, ways[at].by_event);
            if let Some(kept) = self.moves[mv as usize].ways.iter_mut().find(|it| it.to == kept) {
                kept.by_event &= by_event;
            }
            let story = self.stories.then(story, self.places[other as usize].tail);
            let before = self.moves[mv as usize].story;
            self.moves[mv as usize].story = self.stories.then(before, story);
            if let Some(end) = self.places[other as usize].sink.filter(|it| *it != NO_END) {
                self.ends[end as usize] -= 1;
            }
            self.pl(kept).turns |= self.places[other as usize].turns;
        }
        self.forget(others);
        let Self { places, moves, .. } = self;
        moves[mv as usize].ways.retain(|it| !places[it.to as usize].gone);
        self.after_ways(mv);
        self.queue.place(kept);
    }

    /// A way that only ends, beside others, of a move that happens once: it cannot go wrong by itself.
    pub(super) fn ends_beside(&mut self, mv: u32) {
        let mut at = 0;
        while at < self.moves[mv as usize].ways.len() {
            let Some(end) = self.own_sink(mv, self.moves[mv as usize].ways[at].to) else {
                at += 1;
                continue;
            };
            let way = self.moves[mv as usize].ways[at].clone();
            let mut others = self.moves[mv as usize].ways.iter().enumerate();
            let carried = others.any(|(other, it)| other != at && it.when == When::Always);
            let free = way.when == When::Always || (way.when == When::Maybe && !self.moves[mv as usize].need);
            let once = self.moves[mv as usize].ways.iter().filter(|it| it.to == way.to).count() == 1;
            if !carried || !free || !once {
                at += 1;
                continue;
            }
            let tail = self.places[way.to as usize].tail;
            let story = self.stories.then(way.story, tail);
            let before = self.moves[mv as usize].story;
            let story = match (way.when, self.moves[mv as usize].choosing) {
                (When::Always, _) | (_, None) => self.stories.then(before, story),
                (_, Some(choosing)) => {
                    // Told only when asked what is possible at all.
                    let fired = self.stories.choose(choosing, vec![way.first]);
                    let story = self.stories.then(fired, story);
                    self.stories.or(before, story)
                }
            };
            self.moves[mv as usize].story = story;
            self.moves[mv as usize].ways.remove(at);
            if end != NO_END {
                self.ends[end as usize] -= 1;
            }
            self.pl(way.to).gone = true;
            self.after_ways(mv);
        }
    }
}
