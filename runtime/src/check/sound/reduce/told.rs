//! A shortened net numbered anew to be played, and its runs told as runs of the whole one.

use super::{Arc, Fired, Parts, Piece, Place, Reduced, START, Story, Way, When};

impl Reduced {
    pub(super) fn number(&mut self) {
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

    /// The small net, to be played.
    pub fn parts(&self) -> Parts {
        let to = |place: Place| self.board[place as usize];
        let pieces = self.pieces.iter().map(|mv| {
            let it = &self.moves[*mv as usize];
            let arcs = it.ways.iter().map(|way| Arc {
                to: to(way.to),
                when: way.when,
                by_event: way.by_event,
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
            // Only nets that are not shortened have these: their places keep their numbers.
            left: self.left.clone(),
            turning: self
                .places
                .iter()
                .enumerate()
                .filter(|(_, it)| !it.gone && it.turns)
                .map(|(at, _)| self.board[at])
                .collect(),
            gates: self.gates.clone(),
            messages: Vec::new(),
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

    pub(super) fn tell(&self, story: Story, run: &mut Vec<Fired>) {
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
