//! A scope as a token game: places hold tokens, moves take and give them. Nothing here knows of ids or of texts: nodes
//! and flows are numbers (their position in the scope), so two scopes that differ in names only are the same net, and
//! one verdict serves both (but for conditions that count tokens by flow). [`super::build`] makes nets; data is not looked at: every condition may hold or not
//! (BPMN 2.0.2 §13).

use super::board::When;
use super::complex::Asks;

/// Number of a place.
pub type Place = u32;
/// Position of an element in its scope.
pub type Node = u32;

/// The place that has the only token when the scope begins.
pub const START: Place = 0;
/// Group of a sink that belongs to no end event (a step nothing leads out of).
pub const NO_END: u32 = u32::MAX;

/// What a place stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// Before the scope begins.
    Start,
    /// A sequence flow; position of the flow in its scope.
    Flow(Node),
    /// The inside of an activity that is open, an event that has fired, a link that was thrown, a node about to begin.
    Inside(Node),
    /// Where tokens that have ended are counted, one for every way into an end: the end's number, or [`NO_END`]. Never taken from.
    Sink(u32),
    /// A message on its way; of collaborations.
    Message(u32),
}

/// What happens, for the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    Starts,
    Completes,
    Opens,
    /// A token comes to an activity that begins with several.
    Gathers,
    Fires,
    Interrupts,
    /// One way out is chosen; the trace says which.
    Chooses,
    Splits,
    Joins,
    /// A complex gateway waits for start again.
    Resets,
    Ends,
    Terminates,
    Throws,
    /// An error from inside that nobody catches here.
    Fails,
}

/// How the tokens a move takes and the rest of the scope behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Takes one token of every place in `take`.
    Plain,
    /// An inclusive join (§13.4.3): takes one token of every marked place in `take`, when the standard's rule allows.
    Join,
    /// Takes every token of the scope: the run is over.
    Leaves(Exit),
    /// A complex gateway that waits for start is activated (§13.4.5, of [`Net::gates`]): takes one token of every way in that
    /// has one. A move for each set of ways: like [`Kind::Plain`], while none of its other ways has a token and its condition
    /// holds for the tokens there are.
    Activate(u32),
    /// A complex gateway that has been activated waits for reset (§13.4.5, of [`Net::gates`]): takes what is left of the
    /// activation and one token of every way that has not given one yet, when the rule of inclusive joins allows.
    Reset(u32),
    /// Like [`Kind::Plain`], and takes every other token of its pool (of [`Net::pools`]); of collaborations.
    Empties(u32),
    /// Never happens; says that from `take` the places in `always` are reached, for the rule of inclusive joins.
    Never,
}

/// How a scope is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// As if it had completed.
    Normal,
    /// By the error with this number (of [`Net::errors`]).
    Error(u32),
    Cancel,
}

/// One thing that can happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    pub node: Node,
    pub event: Event,
    pub kind: Kind,
    pub take: Vec<Place>,
    /// Given in any case.
    pub always: Vec<Place>,
    /// Any of these are given as well …
    pub maybe: Vec<Place>,
    /// … at least one of them, or else the default.
    pub need: bool,
    pub default: Option<Place>,
}

impl Move {
    pub fn plain(node: Node, event: Event, take: Vec<Place>, always: Vec<Place>) -> Self {
        Self { node, event, kind: Kind::Plain, take, always, maybe: Vec::new(), need: false, default: None }
    }

    /// What it gives so comes by an event on an activity: no sequence flow leads there (§13.4.3). A token set out for such an event
    /// stands where its flows begin.
    pub fn by_event(&self, when: When) -> bool {
        self.event == Event::Interrupts
            || (self.event == Event::Fires && self.kind == Kind::Never)
            || (self.event == Event::Opens && when == When::Maybe)
    }

    /// True when what is given is chosen from several possibilities.
    pub fn chooses(&self) -> bool {
        !self.maybe.is_empty()
    }
}

/// The two states of a complex gateway with an activation condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gate {
    pub ins: Vec<Place>,
    /// Marked from the activation to the reset, in the order of `ins`: that way has given its token.
    pub taken: Vec<Place>,
    /// It waits for start.
    pub armed: Place,
    /// It waits for reset.
    pub resetting: Place,
    /// What its activation asks for.
    pub asks: Asks,
}

impl Gate {
    /// The places that say in which state it is.
    pub fn states(&self) -> impl Iterator<Item = Place> + '_ {
        self.taken.iter().copied().chain([self.armed, self.resetting])
    }

    /// The ways of its that keep an activation which takes these from happening.
    pub fn others<'a>(&'a self, take: &'a [Place]) -> impl Iterator<Item = Place> + 'a {
        self.ins.iter().copied().filter(|it| !take.contains(it))
    }

    /// Whether it is activated by a move that takes these, where so many tokens are.
    pub fn activates(&self, take: &[Place], tokens: &[u8]) -> bool {
        let count = |it: &Place| tokens[*it as usize];
        self.others(take).all(|it| count(&it) == 0) && self.asks.holds(&self.ins.iter().map(count).collect::<Vec<_>>())
    }

    /// What its reset takes.
    pub fn takes(&self, marked: impl Fn(Place) -> bool) -> Vec<Place> {
        let ways = self.ins.iter().zip(&self.taken);
        let ways =
            ways.filter_map(|(way, taken)| if marked(*taken) { Some(*taken) } else { marked(*way).then_some(*way) });
        std::iter::once(self.resetting).chain(ways).collect()
    }
}

/// A scope's token game.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Net {
    pub places: Vec<Spot>,
    pub moves: Vec<Move>,
    /// Activities: each must be able to happen.
    pub activities: Vec<Node>,
    /// Codes of errors thrown out of the scope; empty text: without a code.
    pub errors: Vec<String>,
    /// Places that are ways into one node and lead on alike, whichever of them a token comes by.
    pub alike: Vec<Vec<Place>>,
    /// Tokens a place may hold, where that is not one (start and completion quantity, message buffers), by place.
    pub room: Vec<(Place, u8)>,
    /// Places that may hold tokens when the run is over, besides sinks (message buffers, pools that were never started).
    pub left: Vec<Place>,
    /// Complex gateways that are activated by a condition.
    pub gates: Vec<Gate>,
    /// First place of every pool and the first behind it; of collaborations.
    pub pools: Vec<(Place, Place)>,
    /// Nothing can begin.
    pub idle: bool,
    /// What the net leaves out: then nothing is said about the scope.
    pub beyond: Vec<(Node, &'static str)>,
}

impl Net {
    pub fn place(&mut self, spot: Spot) -> Place {
        self.places.push(spot);
        (self.places.len() - 1) as Place
    }

    /// The moves that need to know where else tokens are.
    pub fn has_joins(&self) -> bool {
        self.moves.iter().any(|it| matches!(it.kind, Kind::Join | Kind::Reset(_)))
    }

    /// Places that hold messages.
    pub fn messages(&self) -> Vec<Place> {
        let message = |it: &Place| matches!(self.places[*it as usize], Spot::Message(_));
        (0..self.places.len() as Place).filter(message).collect()
    }

    pub fn is_sink(&self, place: Place) -> bool {
        matches!(self.places[place as usize], Spot::Sink(_))
    }

    /// Places whose tokens a move takes besides those it needs.
    pub fn emptied(&self, kind: Kind) -> impl Iterator<Item = Place> + '_ {
        let (from, to) = match kind {
            Kind::Empties(pool) => self.pools[pool as usize],
            Kind::Plain | Kind::Join | Kind::Activate(_) | Kind::Reset(_) | Kind::Leaves(_) | Kind::Never => (0, 0),
        };
        (from..to).filter(|it| !self.is_sink(*it))
    }

    /// True where places may hold several tokens: then [`super::counted`] plays.
    pub fn counts(&self) -> bool {
        !self.room.is_empty()
    }
}

/// A move that has happened, with the places it gave to where it could choose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fired {
    pub mv: u32,
    pub chosen: Vec<Place>,
}

impl Fired {
    /// Every place it gives to.
    pub fn gives<'a>(&'a self, net: &'a Net) -> impl Iterator<Item = Place> + 'a {
        net.moves[self.mv as usize].always.iter().chain(&self.chosen).copied()
    }
}
