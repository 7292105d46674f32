//! What a shortened net still tells of the moves it no longer has. A story is the list of moves that happen when a
//! token passes where they were; lists share their parts, so joining two costs nothing.

use super::net::Place;

/// Number of a story; [`NOTHING`] is the empty one.
pub type Story = u32;
pub const NOTHING: Story = 0;

#[derive(Clone, Debug)]
enum Part {
    Nothing,
    Fire(u32),
    /// A move with what it chose.
    Choose(u32, Vec<Place>),
    Then(Story, Story),
    /// The second can happen whenever the first does, but need not: told only when asked what can happen at all.
    Or(Story, Story),
}

#[derive(Clone, Debug)]
pub struct Stories {
    parts: Vec<Part>,
    /// Moves that happen, per story.
    length: Vec<u32>,
}

impl Default for Stories {
    fn default() -> Self {
        Self { parts: vec![Part::Nothing], length: vec![0] }
    }
}

impl Stories {
    fn add(&mut self, part: Part, length: u32) -> Story {
        self.parts.push(part);
        self.length.push(length);
        (self.parts.len() - 1) as Story
    }

    pub fn fire(&mut self, mv: u32) -> Story {
        self.add(Part::Fire(mv), 1)
    }

    pub fn choose(&mut self, mv: u32, chosen: Vec<Place>) -> Story {
        self.add(Part::Choose(mv, chosen), 1)
    }

    pub fn then(&mut self, first: Story, second: Story) -> Story {
        if first == NOTHING {
            return second;
        }
        if second == NOTHING {
            return first;
        }
        let length = self.length(first).saturating_add(self.length(second));
        self.add(Part::Then(first, second), length)
    }

    pub fn or(&mut self, told: Story, other: Story) -> Story {
        if other == NOTHING {
            return told;
        }
        let length = self.length(told);
        self.add(Part::Or(told, other), length)
    }

    pub fn length(&self, story: Story) -> u32 {
        self.length[story as usize]
    }

    /// Tells the moves in order: `tell(move, what it chose)`.
    pub fn tell(&self, story: Story, mut tell: impl FnMut(u32, &[Place])) {
        let mut open = vec![story];
        while let Some(it) = open.pop() {
            match &self.parts[it as usize] {
                Part::Nothing => {}
                Part::Fire(mv) => tell(*mv, &[]),
                Part::Choose(mv, chosen) => tell(*mv, chosen),
                Part::Then(first, second) => open.extend([*second, *first]),
                Part::Or(told, _) => open.push(*told),
            }
        }
    }

    /// Marks every move that can happen in any of the stories.
    pub fn possible(&self, stories: impl IntoIterator<Item = Story>, moves: &mut [bool]) {
        let mut seen = vec![false; self.parts.len()];
        let mut open: Vec<Story> = stories.into_iter().collect();
        while let Some(it) = open.pop() {
            if std::mem::replace(&mut seen[it as usize], true) {
                continue;
            }
            match &self.parts[it as usize] {
                Part::Nothing => {}
                Part::Fire(mv) | Part::Choose(mv, _) => moves[*mv as usize] = true,
                Part::Then(a, b) | Part::Or(a, b) => open.extend([*a, *b]),
            }
        }
    }
}
