//! States that were seen, kept whole (never only their hash), so that no two are ever taken for one.

/// Numbers states in the order they came.
#[derive(Clone, Debug)]
pub struct States<W> {
    width: usize,
    /// `width` words per state.
    words: Vec<W>,
    /// Open addressing; 0 is empty, else number + 1. The length is a power of two.
    table: Vec<u32>,
}

impl<W: Copy + Eq + Into<u64>> States<W> {
    pub fn new(width: usize) -> Self {
        Self { width, words: Vec::new(), table: vec![0; 64] }
    }

    pub fn len(&self) -> usize {
        self.words.len() / self.width.max(1)
    }

    pub fn get(&self, at: u32) -> &[W] {
        let from = at as usize * self.width;
        &self.words[from..from + self.width]
    }

    fn slot(&self, state: &[W]) -> usize {
        let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
        for word in state {
            hash = (hash ^ (*word).into()).wrapping_mul(0xff51_afd7_ed55_8ccd);
            hash ^= hash >> 32;
        }
        hash as usize & (self.table.len() - 1)
    }

    /// The number of a state: `Ok` when it was known, else `Err` with the number it would get.
    pub fn find(&self, state: &[W]) -> Result<u32, usize> {
        let mut slot = self.slot(state);
        loop {
            match self.table[slot] {
                0 => return Err(slot),
                it if self.get(it - 1) == state => return Ok(it - 1),
                _ => slot = (slot + 1) & (self.table.len() - 1),
            }
        }
    }

    /// The number of a state, and whether it is new. None: it is new, and there is no room for more than `most`.
    pub fn add(&mut self, state: &[W], most: usize) -> Option<(u32, bool)> {
        let slot = match self.find(state) {
            Ok(it) => return Some((it, false)),
            Err(slot) => slot,
        };
        if self.len() >= most {
            return None;
        }
        let at = self.len() as u32;
        self.words.extend_from_slice(state);
        self.table[slot] = at + 1;
        if self.len() * 2 > self.table.len() {
            self.table = vec![0; self.table.len() * 2];
            for it in 0..self.len() as u32 {
                let mut slot = self.slot(self.get(it));
                while self.table[slot] != 0 {
                    slot = (slot + 1) & (self.table.len() - 1);
                }
                self.table[slot] = it + 1;
            }
        }
        Some((at, true))
    }
}

/// From which states a goal can be reached: backwards over the edges (from, to).
pub fn reaching(states: usize, edges: &[(u32, u32)], goals: impl IntoIterator<Item = u32>) -> Vec<bool> {
    let mut first = vec![0u32; states + 2];
    for (_, to) in edges {
        first[*to as usize + 2] += 1;
    }
    for at in 2..first.len() {
        first[at] += first[at - 1];
    }
    let mut before = vec![0u32; edges.len()];
    for (from, to) in edges {
        let slot = &mut first[*to as usize + 1];
        before[*slot as usize] = *from;
        *slot += 1;
    }
    let mut reaching = vec![false; states];
    let mut open: Vec<u32> = goals.into_iter().collect();
    open.iter().for_each(|it| reaching[*it as usize] = true);
    while let Some(at) = open.pop() {
        for &it in &before[first[at as usize] as usize..first[at as usize + 1] as usize] {
            if !std::mem::replace(&mut reaching[it as usize], true) {
                open.push(it);
            }
        }
    }
    reaching
}
