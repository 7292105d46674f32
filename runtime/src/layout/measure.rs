//! From the lattice to pixels: lines in one gap get tracks of their own, gaps get as wide as their tracks, columns and rows as
//! what stands in them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::grid::{Grid, Spot, Track};

/// Between two lines in a gap.
const TRACK: f64 = 12.0;
/// Between a line in a gap and what borders the gap: an arrow head has room.
const MARGIN: f64 = 22.0;
/// A gap that nothing runs in.
const COLUMN_GAP: f64 = 46.0;
const ROW_GAP: f64 = 26.0;
/// A gap at the outer border of a scope that nothing runs in.
const OUTER_GAP: f64 = 18.0;

/// A straight part of a way: along a line of the lattice, from one point of it to another.
#[derive(Clone, Debug)]
pub struct Run {
    pub way: usize,
    pub flat: bool,
    /// The line: a row of the lattice if it is flat, else a column.
    pub line: usize,
    pub from: usize,
    pub to: usize,
}

/// The straight parts of a way.
pub fn runs(way: usize, spots: &[Spot]) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    for pair in spots.windows(2) {
        let flat = pair[0].1 == pair[1].1;
        let (line, from, to) = if flat { (pair[0].1, pair[0].0, pair[1].0) } else { (pair[0].0, pair[0].1, pair[1].1) };
        match found.last_mut() {
            Some(last) if last.flat == flat && last.line == line => last.to = to,
            _ => found.push(Run { way, flat, line, from, to }),
        }
    }
    found
}

/// What the middle of a column or row needs before and behind it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Need {
    pub before: f64,
    pub behind: f64,
}

/// Pixels of one direction: where gaps, columns (rows) and tracks are.
#[derive(Debug, Default)]
pub struct Axis {
    /// Per lattice line: where it begins and how wide it is.
    start: Vec<f64>,
    /// The middle of odd lines.
    middle: Vec<f64>,
    /// First track of even lines.
    first: Vec<f64>,
    pub size: f64,
}

impl Axis {
    /// The middle of an odd line.
    pub fn middle(&self, line: usize) -> f64 {
        self.middle[line]
    }

    /// Where a track of a gap runs.
    pub fn track(&self, line: usize, track: usize) -> f64 {
        self.first[line] + track as f64 * TRACK
    }

    /// Where a line of the lattice begins.
    pub fn start(&self, line: usize) -> f64 {
        self.start[line]
    }
}

/// Tracks of all runs in gaps, by index of the run.
pub struct Tracks {
    pub of: Vec<usize>,
    /// Per lattice line, how many.
    columns: Vec<usize>,
    rows: Vec<usize>,
}

/// Gives every run in a gap its track. `net`: runs of one net may lie on each other (lines that leave one shape together, or arrive).
pub fn tracks(grid: &Grid, runs: &[Run], net: &dyn Fn(usize) -> Option<usize>) -> Tracks {
    let (width, height) = grid.lattice();
    let mut tracks = Tracks { of: vec![0; runs.len()], columns: vec![0; width], rows: vec![0; height] };
    let mut gaps: BTreeMap<(bool, usize), Vec<usize>> = BTreeMap::new();
    for (at, run) in runs.iter().enumerate() {
        if run.line % 2 == 0 {
            gaps.entry((run.flat, run.line)).or_default().push(at);
        }
    }
    for ((flat, line), members) in gaps {
        let count = share(&members, runs, net, &mut tracks.of);
        let counts = if flat { &mut tracks.rows } else { &mut tracks.columns };
        counts[line] = count;
    }
    tracks
}

/// Runs that share a track, as one.
struct Group {
    members: Vec<usize>,
    low: usize,
    high: usize,
    /// Points where it goes on to lower lines of the other direction (left, up), and to higher ones.
    lower: BTreeSet<usize>,
    higher: BTreeSet<usize>,
}

/// Tracks within one gap; returns how many.
fn share(members: &[usize], runs: &[Run], net: &dyn Fn(usize) -> Option<usize>, of: &mut [usize]) -> usize {
    let mut groups: Vec<Group> = Vec::new();
    let mut by_net: BTreeMap<usize, usize> = BTreeMap::new();
    for at in members {
        let run = &runs[*at];
        let (low, high) = (run.from.min(run.to), run.from.max(run.to));
        let mut group = Group { members: vec![*at], low, high, lower: BTreeSet::new(), higher: BTreeSet::new() };
        let beside = |other: usize| runs.get(other).filter(|it| it.way == run.way);
        for (other, end) in [(at.checked_sub(1), run.from), (Some(at + 1), run.to)] {
            if let Some(it) = other.and_then(beside) {
                let far = if it.from == run.line { it.to } else { it.from };
                if far < run.line {
                    group.lower.insert(end)
                } else {
                    group.higher.insert(end)
                };
            }
        }
        if let Some(known) = net(*at).and_then(|it| by_net.get(&it).copied())
            && let Some(other) = groups.get_mut(known)
            && other.low <= group.high
            && group.low <= other.high
        {
            other.members.append(&mut group.members);
            other.low = other.low.min(low);
            other.high = other.high.max(high);
            // One by one: appending would build the set anew each time.
            other.lower.extend(group.lower);
            other.higher.extend(group.higher);
            continue;
        }
        if let Some(it) = net(*at) {
            by_net.insert(it, groups.len());
        }
        groups.push(group);
    }
    // One that goes on to the lower side at a point runs before one that goes on to the higher side there: they would overlap.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    let lean = |it: &Group| it.higher.len() as i64 - it.lower.len() as i64;
    order.sort_by_key(|it| (lean(&groups[*it]), groups[*it].low, groups[*it].high));
    // By point: one behind the last track of those that go on to the lower side there.
    let mut behind: BTreeMap<usize, usize> = BTreeMap::new();
    // Of every track what is taken: from where to where.
    let mut taken: Vec<BTreeMap<usize, usize>> = Vec::new();
    let mut waiting: VecDeque<usize> = order.into();
    while !waiting.is_empty() {
        let must_wait = |it: usize, waiting: &VecDeque<usize>| {
            waiting.iter().any(|other| *other != it && !groups[*other].lower.is_disjoint(&groups[it].higher))
        };
        // A ring of such wishes is broken at its first.
        let next =
            if waiting.len() > 200 { 0 } else { waiting.iter().position(|it| !must_wait(*it, &waiting)).unwrap_or(0) };
        let Some(it) = waiting.remove(next).map(|it| &groups[it]) else { break };
        let least = it.higher.iter().filter_map(|point| behind.get(point)).max().copied().unwrap_or(0);
        let is_free =
            |track: &BTreeMap<usize, usize>| track.range(..=it.high).next_back().is_none_or(|(_, high)| *high < it.low);
        let track = (least..taken.len()).find(|track| is_free(&taken[*track])).unwrap_or(taken.len().max(least));
        if track >= taken.len() {
            taken.resize(track + 1, BTreeMap::new());
        }
        taken[track].insert(it.low, it.high);
        for member in &it.members {
            of[*member] = track;
        }
        for point in &it.lower {
            let first = behind.entry(*point).or_default();
            *first = (*first).max(track + 1);
        }
    }
    taken.len()
}

/// Pixels of the columns: `need` per column; `room` per gap of the lattice: how much is wanted before and behind its tracks.
pub fn columns(grid: &Grid, tracks: &Tracks, need: &[Need], room: &BTreeMap<usize, Need>) -> Axis {
    axis(&grid.columns, &tracks.columns, need, room, COLUMN_GAP)
}

/// The same of the rows.
pub fn rows(grid: &Grid, tracks: &Tracks, need: &[Need]) -> Axis {
    axis(&grid.rows, &tracks.rows, need, &BTreeMap::new(), ROW_GAP)
}

fn axis(kinds: &[Track], tracks: &[usize], need: &[Need], room: &BTreeMap<usize, Need>, least: f64) -> Axis {
    let lines = 2 * kinds.len() + 1;
    let mut axis = Axis { start: vec![0.0; lines], middle: vec![0.0; lines], first: vec![0.0; lines], size: 0.0 };
    let mut at = 0.0;
    for line in 0..lines {
        axis.start[line] = at;
        if line % 2 == 1 {
            let need = match kinds[line / 2] {
                Track::Cells => need[line / 2],
                Track::Border(thick) => Need { before: f64::from(thick), behind: 0.0 },
                Track::Band(high) => Need { before: f64::from(high) / 2.0, behind: f64::from(high) / 2.0 },
            };
            axis.middle[line] = at + need.before;
            at += need.before + need.behind;
            continue;
        }
        let outer = line == 0 || line + 1 == lines;
        let room = room.get(&line).copied().unwrap_or_default();
        let used = match tracks[line] {
            0 => 0.0,
            count => 2.0 * MARGIN + (count - 1) as f64 * TRACK,
        };
        let size = (used + room.before + room.behind).max(if outer { OUTER_GAP } else { least });
        let spare =
            if tracks[line] == 0 { size / 2.0 } else { (size - used - room.before - room.behind) / 2.0 + MARGIN };
        axis.first[line] = at + room.before + spare;
        at += size;
    }
    axis.size = at;
    axis
}
