//! Columns and rows of one scope, and the lattice between them that lines run on.
//!
//! Everything drawn stands alone in a cell. Between cells are gaps, as wide as the lines in them need. The lattice counts gaps
//! and cells: even lines run in gaps, odd ones through the middle of cells; so a line that keeps out of full cells keeps
//! out of shapes, whatever the sizes become.

use std::collections::BTreeMap;

/// What a column or row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    /// Things stand in it.
    Cells,
    /// A border: lines may cross it, nothing stands in it. The number is its thickness in pixels.
    Border(u32),
    /// A pool that shows nothing inside, as high as this: lines may only end at it.
    Band(u32),
}

/// The cells of a scope.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    pub columns: Vec<Track>,
    pub rows: Vec<Track>,
    /// What stands where: column, row → box.
    pub cells: BTreeMap<(usize, usize), usize>,
}

/// A point of the lattice.
pub type Spot = (usize, usize);

impl Grid {
    /// Points across, and down.
    pub fn lattice(&self) -> (usize, usize) {
        (2 * self.columns.len() + 1, 2 * self.rows.len() + 1)
    }

    /// The point in the middle of a cell.
    pub fn spot(column: usize, row: usize) -> Spot {
        (2 * column + 1, 2 * row + 1)
    }

    /// The column a point is in; `None`: in a gap.
    pub fn column(&self, x: usize) -> Option<Track> {
        if x % 2 == 1 { self.columns.get(x / 2).copied() } else { None }
    }

    pub fn row(&self, y: usize) -> Option<Track> {
        if y % 2 == 1 { self.rows.get(y / 2).copied() } else { None }
    }

    /// Whether something stands at the point.
    pub fn is_full(&self, (x, y): Spot) -> bool {
        x % 2 == 1 && y % 2 == 1 && self.cells.contains_key(&(x / 2, y / 2))
    }
}
