//! Makes a net small without changing any answer. Every rule keeps: whether a second token can come to a place; and, where
//! none can, whether every run can end, whether an end is reached twice, and what can happen at all. What is taken away
//! lives on in stories, so a run of the small net is told as a run of the whole one.
//!
//! The rules are local (series, alternatives, parallel ways, loops, ends) and together they take away every block of a
//! well-structured flow, whatever it is nested in: what remains is a single place, or exactly the part that needs search.
//! Rules on ways that run beside inclusive joins are left out where they would let a join see other tokens than it does.

mod alike;
mod beside;
mod inclusive;
mod told;

use super::board::{Arc, Parts, Piece, When};
use super::cycle;
use super::net::{Fired, Gate, Kind, NO_END, Net, Place, START, Spot};
use super::story::{NOTHING, Stories, Story};

#[derive(Clone, Debug, Default)]
struct Pl {
    producers: Vec<u32>,
    consumers: Vec<u32>,
    /// What passes after a token came.
    tail: Story,
    gone: bool,
    sink: Option<u32>,
    /// A token there could go round and come back: it never stands still.
    turns: bool,
}

#[derive(Clone, Debug)]
struct Way {
    to: Place,
    when: When,
    story: Story,
    /// The place of the whole net.
    first: Place,
    /// By an event on an activity; what inclusive joins see of it is told apart from what comes by sequence flows.
    by_event: bool,
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
    left: Vec<Place>,
    gates: Vec<Gate>,
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

/// The whole net, with nothing taken away.
pub fn whole(net: &Net) -> Reduced {
    let mut it = Reduced::new(net);
    it.number();
    it
}

/// Shortens a net. Not for nets that count tokens or have complex gateways.
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
            let way = |to: &Place, when| {
                let by_event = it.by_event(when);
                Way { to: *to, when, story: NOTHING, first: *to, by_event }
            };
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
        let (left, gates) = (net.left.clone(), net.gates.clone());
        Self { places, moves, stories, ends, joins, queue, board: Vec::new(), pieces: Vec::new(), left, gates }
    }

    fn pl(&mut self, place: Place) -> &mut Pl {
        &mut self.places[place as usize]
    }

    fn drop_move(&mut self, mv: u32) {
        self.moves[mv as usize].gone = true;
        for place in self.moves[mv as usize].take.clone() {
            remove(&mut self.pl(place).consumers, mv);
            self.queue.place(place);
            self.places[place as usize].producers.iter().for_each(|it| self.queue.ways(*it));
        }
        for place in self.moves[mv as usize].ways.iter().map(|it| it.to).collect::<Vec<_>>() {
            remove(&mut self.pl(place).producers, mv);
            self.queue.place(place);
            self.places[place as usize].producers.iter().for_each(|it| self.queue.ways(*it));
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
            self.moves[mv as usize].take.iter().for_each(|it| self.queue.place(*it));
        }
        self.pl(place).gone = true;
        self.queue.place(to);
        self.places[to as usize].producers.iter().for_each(|mv| self.queue.ways(*mv));
    }

    /// A place whose only way on is a move that takes and gives nothing else: the token may as well be there already.
    fn series(&mut self, place: Place) {
        if self.places[place as usize].gone || self.places[place as usize].sink.is_some() {
            return;
        }
        let [mv] = self.places[place as usize].consumers[..] else { return };
        let Some((_, next)) = self.moves[mv as usize].only() else { return };
        if self.joins > 0 && self.moves[mv as usize].ways[0].by_event {
            return;
        }
        if next == place {
            return self.turns(place);
        }
        let story = self.whole(mv);
        if self.places[next as usize].producers == [mv] {
            let (consumers, tail, sink, turns) = {
                let next = self.pl(next);
                next.gone = true;
                (std::mem::take(&mut next.consumers), next.tail, next.sink, next.turns)
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
            (it.consumers, it.tail, it.sink, it.turns) = (consumers, story, sink, turns);
            self.queue.place(place);
            for &it in &self.places[place as usize].producers {
                self.queue.ways(it);
                self.moves[it as usize].take.iter().for_each(|it| self.queue.place(*it));
            }
        } else if place != START {
            self.moves[mv as usize].gone = true;
            remove(&mut self.pl(next).producers, mv);
            self.redirect(place, next, story);
        }
    }

    /// A move that takes a token and puts it back changes nothing but what can happen, and that nothing stands still there.
    fn turns(&mut self, place: Place) {
        let round = |mv: &u32| self.moves[*mv as usize].only() == Some((place, place));
        if !self.places[place as usize].consumers.iter().any(round) {
            return;
        }
        for mv in self.places[place as usize].consumers.clone() {
            if self.moves[mv as usize].only() == Some((place, place)) {
                let (story, tail) = (self.whole(mv), self.places[place as usize].tail);
                let tail = self.stories.or(tail, story);
                let it = self.pl(place);
                (it.tail, it.turns) = (tail, true);
                self.drop_move(mv);
            }
        }
    }

    /// A sink only this move fills, of an end no other way leads to any more.
    fn own_sink(&self, mv: u32, place: Place) -> Option<u32> {
        let it = &self.places[place as usize];
        it.sink.filter(|end| it.producers == [mv] && (*end == NO_END || self.ends[*end as usize] == 1))
    }

    fn length(&self, mv: u32) -> u32 {
        let it = &self.moves[mv as usize];
        it.ways.iter().map(|it| self.stories.length(it.story)).sum::<u32>() + self.stories.length(it.story)
    }

    /// Places nothing gives to any more and everything does without.
    fn forget(&mut self, forgotten: &[Place]) {
        let mut consumers: Vec<u32> = Vec::new();
        for &place in forgotten {
            let it = self.pl(place);
            it.gone = true;
            consumers.append(&mut it.consumers);
        }
        consumers.sort_unstable();
        consumers.dedup();
        let Self { places, moves, queue, .. } = self;
        for mv in consumers {
            let takes = &mut moves[mv as usize].take;
            takes.retain(|it| !places[*it as usize].gone);
            queue.ways(mv);
            for &take in takes.iter() {
                queue.place(take);
                places[take as usize].producers.iter().for_each(|mv| queue.ways(*mv));
            }
        }
    }

    fn after_ways(&mut self, mv: u32) {
        self.queue.ways(mv);
        self.moves[mv as usize].take.iter().for_each(|it| self.queue.place(*it));
    }
}
