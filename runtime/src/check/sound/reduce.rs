//! Makes a net small without changing any answer. Every rule keeps: whether a second token can come to a place; and, where
//! none can, whether every run can end, whether an end is reached twice, and what can happen at all. What is taken away
//! lives on in stories, so a run of the small net is told as a run of the whole one.
//!
//! The rules are local (series, alternatives, parallel ways, loops, ends) and together they take away every block of a
//! well-structured flow, whatever it is nested in: what remains is a single place, or exactly the part that needs search.
//! Rules on ways that run beside inclusive joins are left out where they would let a join see other tokens than it does.

use super::board::{Arc, Parts, Piece, When};
use super::cycle;
use super::net::{Fired, Kind, NO_END, Net, Place, START, Spot};
use super::story::{NOTHING, Stories, Story};

#[derive(Clone, Debug, Default)]
struct Pl {
    producers: Vec<u32>,
    consumers: Vec<u32>,
    /// What passes after a token came.
    tail: Story,
    gone: bool,
    sink: Option<u32>,
}

#[derive(Clone, Debug)]
struct Way {
    to: Place,
    when: When,
    story: Story,
    /// The place of the whole net.
    first: Place,
}

#[derive(Clone, Debug)]
struct Mv {
    kind: Kind,
    take: Vec<Place>,
    ways: Vec<Way>,
    need: bool,
    /// What happens before its tokens go their ways.
    story: Story,
    /// It still chooses: the move of the whole net that does, told before `story`.
    choosing: Option<u32>,
    /// It can happen again because of itself.
    cyclic: bool,
    gone: bool,
}

impl Mv {
    /// Takes one token and gives one, without a choice.
    fn only(&self) -> Option<(Place, Place)> {
        match (&self.take[..], &self.ways[..]) {
            ([from], [way]) if self.plain() => Some((*from, way.to)),
            _ => None,
        }
    }

    fn plain(&self) -> bool {
        self.kind == Kind::Plain && self.choosing.is_none() && self.ways.iter().all(|it| it.when == When::Always)
    }
}

/// A shortened net.
pub struct Reduced {
    places: Vec<Pl>,
    moves: Vec<Mv>,
    stories: Stories,
    /// Sinks left of every end.
    ends: Vec<u32>,
    joins: usize,
    queue: Queue,
    /// Number in the small net, by place; and the moves of the small net.
    board: Vec<u32>,
    pieces: Vec<u32>,
}

/// What is still to be looked at: places for series first, then what their ends have in common, then ways side by side.
#[derive(Default)]
struct Queue {
    series: Vec<u32>,
    twins: Vec<u32>,
    ways: Vec<u32>,
    waiting: [Vec<bool>; 3],
}

impl Queue {
    fn new(places: usize, moves: usize) -> Self {
        let waiting = [vec![true; places], vec![true; places], vec![true; moves]];
        let all = |count: usize| (0..count as u32).rev().collect::<Vec<_>>();
        Self { series: all(places), twins: all(places), ways: all(moves), waiting }
    }

    fn place(&mut self, place: Place) {
        if !std::mem::replace(&mut self.waiting[0][place as usize], true) {
            self.series.push(place);
        }
        if !std::mem::replace(&mut self.waiting[1][place as usize], true) {
            self.twins.push(place);
        }
    }

    fn ways(&mut self, mv: u32) {
        if !std::mem::replace(&mut self.waiting[2][mv as usize], true) {
            self.ways.push(mv);
        }
    }
}

fn remove(list: &mut Vec<u32>, it: u32) {
    list.retain(|other| *other != it);
}

fn insert(list: &mut Vec<u32>, it: u32) {
    if !list.contains(&it) {
        list.push(it);
    }
}

/// Shortens a net. Not for nets that count tokens.
pub fn reduce(net: &Net) -> Reduced {
    let mut it = Reduced::new(net);
    for group in &net.alike {
        it.meet(group);
    }
    loop {
        if let Some(place) = it.queue.series.pop() {
            it.queue.waiting[0][place as usize] = false;
            it.series(place);
        } else if let Some(place) = it.queue.twins.pop() {
            it.queue.waiting[1][place as usize] = false;
            it.twins(place);
        } else if let Some(mv) = it.queue.ways.pop() {
            it.queue.waiting[2][mv as usize] = false;
            it.side_by_side(mv);
        } else {
            break;
        }
    }
    it.number();
    it
}

impl Reduced {
    fn new(net: &Net) -> Self {
        let mut stories = Stories::default();
        let mut places: Vec<Pl> = net
            .places
            .iter()
            .map(|it| {
                let sink = match it {
                    Spot::Sink(end) => Some(*end),
                    Spot::Start | Spot::Flow(_) | Spot::Inside(_) | Spot::Message(_) => None,
                };
                Pl { sink, ..Pl::default() }
            })
            .collect();
        let mut ends = Vec::new();
        for end in places.iter().filter_map(|it| it.sink).filter(|it| *it != NO_END) {
            if ends.len() <= end as usize {
                ends.resize(end as usize + 1, 0);
            }
            ends[end as usize] += 1;
        }
        let cyclic = cycle::moves(net);
        let mut moves = Vec::with_capacity(net.moves.len());
        for (at, it) in net.moves.iter().enumerate() {
            let way = |to: &Place, when| Way { to: *to, when, story: NOTHING, first: *to };
            let ways: Vec<Way> = it
                .always
                .iter()
                .map(|to| way(to, When::Always))
                .chain(it.maybe.iter().map(|to| way(to, When::Maybe)))
                .chain(it.default.iter().map(|to| way(to, When::Default)))
                .collect();
            for place in &it.take {
                insert(&mut places[*place as usize].consumers, at as u32);
            }
            for way in &ways {
                insert(&mut places[way.to as usize].producers, at as u32);
            }
            let choosing = it.chooses().then_some(at as u32);
            let story = if choosing.is_some() || it.kind == Kind::Never { NOTHING } else { stories.fire(at as u32) };
            moves.push(Mv {
                kind: it.kind,
                take: it.take.clone(),
                ways,
                need: it.need,
                story,
                choosing,
                cyclic: cyclic[at],
                gone: false,
            });
        }
        let joins = moves.iter().filter(|it| it.kind == Kind::Join).count();
        let queue = Queue::new(places.len(), moves.len());
        Self { places, moves, stories, ends, joins, queue, board: Vec::new(), pieces: Vec::new() }
    }

    fn pl(&mut self, place: Place) -> &mut Pl {
        &mut self.places[place as usize]
    }

    fn drop_move(&mut self, mv: u32) {
        self.moves[mv as usize].gone = true;
        for place in self.moves[mv as usize].take.clone() {
            remove(&mut self.pl(place).consumers, mv);
            self.queue.place(place);
            for it in self.places[place as usize].producers.clone() {
                self.queue.ways(it);
            }
        }
        for place in self.moves[mv as usize].ways.iter().map(|it| it.to).collect::<Vec<_>>() {
            remove(&mut self.pl(place).producers, mv);
            self.queue.place(place);
            for it in self.places[place as usize].producers.clone() {
                self.queue.ways(it);
            }
        }
    }

    /// All that can happen by a move, choices aside.
    fn whole(&mut self, mv: u32) -> Story {
        let (mut story, ways) = (self.moves[mv as usize].story, self.moves[mv as usize].ways.clone());
        for way in ways {
            story = self.stories.then(story, way.story);
        }
        story
    }

    /// Ways into one node that lead on alike become one.
    fn meet(&mut self, group: &[Place]) {
        let Some((&kept, others)) = group.split_first() else { return };
        for &place in others {
            for mv in self.places[place as usize].consumers.clone() {
                self.drop_move(mv);
            }
            self.redirect(place, kept, NOTHING);
        }
    }

    /// What came to a place comes to another, `story` later. The place is gone.
    fn redirect(&mut self, place: Place, to: Place, story: Story) {
        let tail = self.places[place as usize].tail;
        let story = self.stories.then(tail, story);
        let producers = std::mem::take(&mut self.pl(place).producers);
        for &mv in &producers {
            for at in 0..self.moves[mv as usize].ways.len() {
                if self.moves[mv as usize].ways[at].to == place {
                    let before = self.moves[mv as usize].ways[at].story;
                    let story = self.stories.then(before, story);
                    let way = &mut self.moves[mv as usize].ways[at];
                    (way.to, way.story) = (to, story);
                }
            }
            insert(&mut self.pl(to).producers, mv);
            for take in self.moves[mv as usize].take.clone() {
                self.queue.place(take);
            }
        }
        self.pl(place).gone = true;
        self.queue.place(to);
        for mv in self.places[to as usize].producers.clone() {
            self.queue.ways(mv);
        }
    }

    /// A place whose only way on is a move that takes and gives nothing else: the token may as well be there already.
    fn series(&mut self, place: Place) {
        if self.places[place as usize].gone || self.places[place as usize].sink.is_some() {
            return;
        }
        let [mv] = self.places[place as usize].consumers[..] else { return };
        let Some((_, next)) = self.moves[mv as usize].only() else { return };
        if next == place {
            return self.turns(place);
        }
        let story = self.whole(mv);
        if self.places[next as usize].producers == [mv] {
            let (consumers, tail, sink) = {
                let next = self.pl(next);
                next.gone = true;
                (std::mem::take(&mut next.consumers), next.tail, next.sink)
            };
            self.moves[mv as usize].gone = true;
            for &it in &consumers {
                for take in self.moves[it as usize].take.iter_mut().filter(|it| **it == next) {
                    *take = place;
                }
            }
            let before = self.places[place as usize].tail;
            let story = self.stories.then(before, story);
            let story = self.stories.then(story, tail);
            let it = self.pl(place);
            (it.consumers, it.tail, it.sink) = (consumers, story, sink);
            self.queue.place(place);
            for it in self.places[place as usize].producers.clone() {
                self.queue.ways(it);
                for take in self.moves[it as usize].take.clone() {
                    self.queue.place(take);
                }
            }
        } else if place != START {
            self.moves[mv as usize].gone = true;
            remove(&mut self.pl(next).producers, mv);
            self.redirect(place, next, story);
        }
    }

    /// A move that takes a token and puts it back changes nothing but what can happen.
    fn turns(&mut self, place: Place) {
        let round = |mv: &u32| self.moves[*mv as usize].only() == Some((place, place));
        if !self.places[place as usize].consumers.iter().any(round) {
            return;
        }
        for mv in self.places[place as usize].consumers.clone() {
            if self.moves[mv as usize].only() == Some((place, place)) {
                let (story, tail) = (self.whole(mv), self.places[place as usize].tail);
                self.pl(place).tail = self.stories.or(tail, story);
                self.drop_move(mv);
            }
        }
    }

    /// A sink only this move fills, of an end no other way leads to any more.
    fn own_sink(&self, mv: u32, place: Place) -> Option<u32> {
        let it = &self.places[place as usize];
        it.sink.filter(|end| it.producers == [mv] && (*end == NO_END || self.ends[*end as usize] == 1))
    }

    /// Several moves that take and give the same are one. So are alternatives that each end.
    fn twins(&mut self, place: Place) {
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

    fn length(&self, mv: u32) -> u32 {
        let it = &self.moves[mv as usize];
        it.ways.iter().map(|it| self.stories.length(it.story)).sum::<u32>() + self.stories.length(it.story)
    }

    fn absorb(&mut self, kept: u32, other: u32) {
        let (told, also) = (self.moves[kept as usize].story, self.whole(other));
        self.moves[kept as usize].story = self.stories.or(told, also);
        self.drop_move(other);
    }

    /// Alternatives that each only end: whichever is taken, a second token there means that a second token can come here.
    fn end_alike(&mut self, seen: &[(Vec<Place>, Vec<Place>, u32)]) {
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
    fn again(&mut self, end: u32) {
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

    /// Ways out of one move that go side by side.
    fn side_by_side(&mut self, mv: u32) {
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

    /// An inclusive join with one way in is no join.
    fn passes(&mut self, mv: u32) {
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
        }
    }

    /// Places that always get and lose their tokens together are one.
    fn parallel(&mut self, mv: u32) {
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
        let mut candidates: Vec<(Vec<u32>, Option<()>, Place)> = Vec::new();
        for &(_, place) in &always {
            let it = &self.places[place as usize];
            let ends = it.sink.is_some_and(|end| end != NO_END && self.ends[end as usize] > 1);
            if sole(self, place)
                && !ends
                && self.moves[mv as usize].ways.iter().filter(|it| it.to == place).count() == 1
            {
                let mut consumers = it.consumers.clone();
                consumers.sort_unstable();
                candidates.push((consumers, it.sink.map(|_| ()), place));
            }
        }
        candidates.sort();
        let mut kept = 0;
        for at in 1..candidates.len() {
            if (&candidates[at].0, candidates[at].1) == (&candidates[kept].0, candidates[kept].1) {
                self.merge_parallel(mv, candidates[kept].2, candidates[at].2);
            } else {
                kept = at;
            }
        }
    }

    fn merge_parallel(&mut self, mv: u32, kept: Place, other: Place) {
        let tail = self.places[other as usize].tail;
        let ways = &mut self.moves[mv as usize].ways;
        let Some(at) = ways.iter().position(|it| it.to == other) else { return };
        let way = ways.remove(at);
        let story = self.stories.then(way.story, tail);
        let before = self.moves[mv as usize].story;
        self.moves[mv as usize].story = self.stories.then(before, story);
        if let Some(end) = self.places[other as usize].sink.filter(|it| *it != NO_END) {
            self.ends[end as usize] -= 1;
        }
        self.forget(other);
        self.after_ways(mv);
        self.queue.place(kept);
    }

    /// A place nothing gives to any more and everything does without.
    fn forget(&mut self, place: Place) {
        for it in std::mem::take(&mut self.pl(place).consumers) {
            self.moves[it as usize].take.retain(|it| *it != place);
            self.queue.ways(it);
            for take in self.moves[it as usize].take.clone() {
                self.queue.place(take);
                for mv in self.places[take as usize].producers.clone() {
                    self.queue.ways(mv);
                }
            }
        }
        self.pl(place).gone = true;
    }

    fn after_ways(&mut self, mv: u32) {
        self.queue.ways(mv);
        for take in self.moves[mv as usize].take.clone() {
            self.queue.place(take);
        }
    }

    /// A way that only ends, beside others, of a move that happens once: it cannot go wrong by itself.
    fn ends_beside(&mut self, mv: u32) {
        let mut at = 0;
        while at < self.moves[mv as usize].ways.len() {
            let way = self.moves[mv as usize].ways[at].clone();
            let others = self.moves[mv as usize].ways.iter().enumerate();
            let carried = others.filter(|(other, it)| *other != at && it.when == When::Always).count() > 0;
            let Some(end) = self.own_sink(mv, way.to) else {
                at += 1;
                continue;
            };
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

    /// Ways that are chosen and meet in one inclusive join: which of them were taken makes no difference.
    fn chosen(&mut self, mv: u32) {
        let into_join = |it: &Self, place: Place| -> Option<u32> {
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
                Some(&(_, kept, when)) if kept != way.to && ways.iter().filter(|it| it.to == way.to).count() == 1 => {
                    // Taking the default alone is like taking the one that stays alone.
                    let fine = match (when, way.when) {
                        (When::Always, When::Maybe) => !self.moves[mv as usize].need,
                        (When::Maybe, When::Maybe | When::Default) => true,
                        (When::Always | When::Maybe | When::Default, _) => false,
                    };
                    if fine {
                        self.drop_choice(mv, kept, way);
                        return;
                    }
                }
                Some(_) => {}
            }
        }
        self.settled(mv);
    }

    fn drop_choice(&mut self, mv: u32, kept: Place, way: &Way) {
        let tail = self.places[way.to as usize].tail;
        let story = self.stories.then(way.story, tail);
        let Some(choosing) = self.moves[mv as usize].choosing else { return };
        let kept_tail = std::mem::replace(&mut self.pl(kept).tail, NOTHING);
        if let Some(at) = self.moves[mv as usize].ways.iter().position(|it| it.to == kept) {
            let stays = self.moves[mv as usize].ways[at].clone();
            let mut told = (stays.first, self.stories.then(stays.story, kept_tail));
            let mut other = (way.first, story);
            if stays.when == way.when && self.stories.length(other.1) < self.stories.length(told.1) {
                std::mem::swap(&mut told, &mut other);
            }
            let fired = self.stories.choose(choosing, vec![other.0]);
            let also = self.stories.then(fired, other.1);
            let story = self.stories.or(told.1, also);
            let stays = &mut self.moves[mv as usize].ways[at];
            (stays.first, stays.story) = (told.0, story);
        }
        self.moves[mv as usize].ways.retain(|it| it.to != way.to);
        self.forget(way.to);
        self.after_ways(mv);
    }

    /// A choice with one possibility left is none.
    fn settled(&mut self, mv: u32) {
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
    fn exclusive_into_join(&mut self, mv: u32) {
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
            if other == mv || it.producers != [other] || it.consumers != [join] || place == to {
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
            self.forget(lost);
            self.queue.place(from);
            return;
        }
    }

    fn number(&mut self) {
        self.board = vec![u32::MAX; self.places.len()];
        let left = self.places.iter().enumerate().filter(|(_, it)| !it.gone);
        for (number, (at, _)) in (0u32..).zip(left) {
            self.board[at] = number;
        }
        self.pieces = (0..self.moves.len() as u32).filter(|it| !self.moves[*it as usize].gone).collect();
    }

    /// Nothing is left but a token that has ended and moves that can never happen.
    pub fn is_done(&self) -> bool {
        self.places[START as usize].sink.is_some()
    }

    /// The small net, to be played. `left`: see [`Net::left`].
    pub fn parts(&self) -> Parts {
        let to = |place: Place| self.board[place as usize];
        let pieces = self.pieces.iter().map(|mv| {
            let it = &self.moves[*mv as usize];
            let arcs = it.ways.iter().map(|way| Arc {
                to: to(way.to),
                when: way.when,
                weight: self.stories.length(way.story) + self.stories.length(self.places[way.to as usize].tail),
            });
            let own = self.stories.length(it.story) + u32::from(it.choosing.is_some());
            let take = it.take.iter().map(|it| to(*it)).collect();
            Piece { kind: it.kind, take, arcs: arcs.collect(), need: it.need, weight: own }
        });
        let left = self.places.iter().enumerate().filter(|(_, it)| !it.gone);
        Parts {
            places: left.clone().count(),
            start: to(START),
            weight: self.stories.length(self.places[START as usize].tail),
            sinks: left.filter_map(|(at, it)| it.sink.map(|end| (self.board[at], end))).collect(),
            left: Vec::new(),
            pieces: pieces.collect(),
        }
    }

    /// The move of the whole net that a piece which still chooses is.
    pub fn origin(&self, piece: u32) -> u32 {
        let at = self.pieces[piece as usize];
        self.moves[at as usize].choosing.unwrap_or(at)
    }

    /// What happens before the first state.
    pub fn opening(&self) -> Vec<Fired> {
        let mut run = Vec::new();
        self.tell(self.places[START as usize].tail, &mut run);
        run
    }

    /// What a piece of the small net does, by the arcs it gives by.
    pub fn expand(&self, piece: u32, arcs: &[u32], run: &mut Vec<Fired>) {
        let it = &self.moves[self.pieces[piece as usize] as usize];
        let given: Vec<&Way> = arcs.iter().map(|at| &it.ways[*at as usize]).collect();
        if let Some(mv) = it.choosing {
            let chosen = given.iter().filter(|way| way.when != When::Always).map(|way| way.first).collect();
            run.push(Fired { mv, chosen });
        }
        self.tell(it.story, run);
        for way in given {
            self.tell(way.story, run);
            self.tell(self.places[way.to as usize].tail, run);
        }
    }

    fn tell(&self, story: Story, run: &mut Vec<Fired>) {
        self.stories.tell(story, |mv, chosen| run.push(Fired { mv, chosen: chosen.to_vec() }));
    }

    /// Which moves of the whole net can happen, given the arcs of the small one that were used: per piece a flag per arc, or
    /// nothing when the piece never moved.
    pub fn possible(&self, used: &[Option<Vec<bool>>], total: usize) -> Vec<bool> {
        let mut moves = vec![false; total];
        let mut stories = vec![self.places[START as usize].tail];
        for (piece, used) in self.pieces.iter().zip(used) {
            let Some(used) = used else { continue };
            let it = &self.moves[*piece as usize];
            if let Some(mv) = it.choosing {
                moves[mv as usize] = true;
            }
            stories.push(it.story);
            for (way, used) in it.ways.iter().zip(used) {
                if *used {
                    stories.extend([way.story, self.places[way.to as usize].tail]);
                }
            }
        }
        self.stories.possible(stories, &mut moves);
        moves
    }
}
