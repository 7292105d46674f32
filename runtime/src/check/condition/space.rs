//! All cases conditions can tell apart: every name they read with the values that make a difference: the choices of a field, true
//! and false, the numbers written and what lies between them, blank. Few enough to look at each.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::kind::{Kind, Kinds};
use crate::expr::{Comparison, Path, Term};
use crate::limits;

/// A written value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Bool(bool),
    Number(Decimal),
    Text(String),
}

impl Mark {
    fn of(term: &Term) -> Option<Self> {
        match term {
            Term::Bool(it) => Some(Self::Bool(*it)),
            Term::Number(it) => Some(Self::Number(it.normalize())),
            Term::Text(it) => Some(Self::Text(it.clone())),
            _other => None,
        }
    }

    fn comparable(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _different => None,
        }
    }
}

/// A value a name can have, as far as it makes a difference.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Blank,
    /// Something that compares with nothing written, and is there: of another kind. Of two names: equal, and without an order.
    Other,
    Is(Mark),
    /// Between two written values, or beyond one; exclusive.
    Between(Option<Mark>, Option<Mark>),
    /// Of two names: how they compare.
    Ordered(Ordering),
}

/// A name with its values.
#[derive(Clone, Debug)]
struct Axis {
    key: String,
    values: Vec<Value>,
    /// Not understood: only true or false is known of it.
    opaque: bool,
}

/// One case: a value of every axis, by index.
pub type Case = Vec<usize>;

/// The cases of some conditions.
pub struct Space {
    axes: Vec<Axis>,
    index: BTreeMap<String, usize>,
    /// A name is compared with values of several kinds.
    mixed: bool,
}

/// What a condition compares: a path, with the value it has when it is blank.
fn operand(term: &Term) -> Option<(&Path, Option<Mark>)> {
    match term {
        Term::Path(it) => Some((it, None)),
        Term::Call(name, args) if name == "coalesce" || name == "??" => match args.as_slice() {
            [Term::Path(it), other] => Some((it, Some(Mark::of(other)?))),
            _other => None,
        },
        _other => None,
    }
}

/// What a part of a condition asks of the axes.
enum Ask<'a> {
    Compare(Comparison, &'a Path, Option<Mark>, Mark),
    Both(Comparison, String, [&'a Path; 2]),
    Blank(&'a Path, bool),
    OneOf(&'a Path, Vec<Mark>),
    Truth(&'a Path),
    Opaque(String),
}

fn ask(term: &Term) -> Ask<'_> {
    let opaque = || Ask::Opaque(format!("{term:?}"));
    let marks = |list: &[Term]| list.iter().map(Mark::of).collect::<Option<Vec<_>>>();
    match term {
        Term::Path(it) => Ask::Truth(it),
        Term::Compare(sign, a, b) => match (a.as_ref(), b.as_ref()) {
            (Term::Path(it), Term::Blank) | (Term::Blank, Term::Path(it))
                if matches!(sign, Comparison::Equal | Comparison::NotEqual) =>
            {
                Ask::Blank(it, *sign == Comparison::Equal)
            }
            (a, b) => match (operand(a), Mark::of(b), Mark::of(a), operand(b)) {
                (Some((path, default)), Some(mark), ..) => Ask::Compare(*sign, path, default, mark),
                (_, _, Some(mark), Some((path, default))) => Ask::Compare(sign.mirrored(), path, default, mark),
                (Some((a, None)), _, _, Some((b, None))) => {
                    let paths = [a, b];
                    let (a, b) = (a.to_string(), b.to_string());
                    if a <= b {
                        Ask::Both(*sign, format!("{a} ⋚ {b}"), paths)
                    } else {
                        Ask::Both(sign.mirrored(), format!("{b} ⋚ {a}"), paths)
                    }
                }
                _other => opaque(),
            },
        },
        Term::Call(name, args) => match (name.as_str(), args.as_slice()) {
            ("blank", [Term::Path(it)]) => Ask::Blank(it, true),
            ("filled", [Term::Path(it)]) => Ask::Blank(it, false),
            ("one_of", [Term::Path(it), Term::List(list)]) | ("contains", [Term::List(list), Term::Path(it)]) => {
                marks(list).map_or_else(opaque, |list| Ask::OneOf(it, list))
            }
            _other => opaque(),
        },
        _other => opaque(),
    }
}

impl Space {
    /// The space of some conditions; none: too many cases. `kind` knows the kinds of paths, `surely` which are never blank.
    pub fn new(
        conditions: &[&Term],
        kinds: &Kinds,
        kind: impl Fn(&Path) -> Option<Kind>,
        surely: impl Fn(&Path) -> bool,
    ) -> Option<Self> {
        let mut marks: BTreeMap<String, (Path, Vec<Mark>)> = BTreeMap::new();
        let mut pairs: Vec<(String, bool)> = Vec::new();
        let mut opaque: Vec<String> = Vec::new();
        let mut note = |path: &Path, found: &[Mark]| {
            let entry = marks.entry(path.to_string()).or_insert_with(|| (path.clone(), Vec::new()));
            entry.1.extend(found.iter().cloned());
        };
        for condition in conditions {
            atoms(condition, &mut |atom| match ask(atom) {
                Ask::Compare(_, path, default, mark) => {
                    note(path, &[mark]);
                    note(path, default.as_slice());
                }
                Ask::OneOf(path, list) => note(path, &list),
                Ask::Truth(path) => note(path, &[Mark::Bool(true)]),
                Ask::Blank(path, _) => note(path, &[]),
                Ask::Both(_, key, paths) => pairs.push((key, paths.iter().all(|it| surely(it)))),
                Ask::Opaque(key) => opaque.push(key),
            });
        }
        let other = |a: &Mark, b: &Mark| std::mem::discriminant(a) != std::mem::discriminant(b);
        let mixed = marks.values().any(|(_, all)| all.iter().any(|it| other(it, &all[0])));
        let mut axes = Vec::new();
        for (key, (path, found)) in marks {
            let kind = kind(&path).unwrap_or_else(|| kinds.of_path(&path));
            let bounds = match path.0.as_slice() {
                [root, field] if root == "data" => kinds.fields.get(field).map(|it| bounds(&it.kind)),
                _other => None,
            };
            axes.push(Axis { key, values: values(found, kind, bounds.flatten(), surely(&path)), opaque: false });
        }
        pairs.sort();
        pairs.dedup();
        axes.extend(pairs.into_iter().map(|(key, surely)| {
            let orders = [Ordering::Less, Ordering::Equal, Ordering::Greater].map(Value::Ordered);
            let blank = (!surely).then_some(Value::Blank);
            Axis { key, values: orders.into_iter().chain(blank).collect(), opaque: true }
        }));
        opaque.sort();
        opaque.dedup();
        axes.extend(opaque.into_iter().map(|key| Axis {
            key,
            values: vec![Value::Is(Mark::Bool(false)), Value::Is(Mark::Bool(true))],
            opaque: true,
        }));
        let size = axes.iter().try_fold(1_usize, |size, it| size.checked_mul(it.values.len().max(1)))?;
        if size > limits::CHECK_CASES {
            return None;
        }
        let index = axes.iter().enumerate().map(|(at, it)| (it.key.clone(), at)).collect();
        Some(Self { axes, index, mixed })
    }

    /// The same where nobody says of which kind the names are.
    pub fn with_others(mut self) -> Self {
        let pair = |it: &Axis| it.values.iter().any(|it| matches!(it, Value::Ordered(_)));
        self.axes.iter_mut().filter(|it| !it.opaque || pair(it)).for_each(|it| it.values.push(Value::Other));
        self
    }

    /// Whether a name is compared with values of several kinds: then it is not known what it is.
    pub fn is_mixed(&self) -> bool {
        self.mixed
    }

    /// Every case.
    pub fn cases(&self) -> impl Iterator<Item = Case> + '_ {
        let size: usize = self.axes.iter().map(|it| it.values.len()).product();
        (0..size).map(|mut nth| {
            let mut case = Vec::with_capacity(self.axes.len());
            for it in &self.axes {
                case.push(nth % it.values.len());
                nth /= it.values.len();
            }
            case
        })
    }

    /// Whether a condition holds in a case. Blank compares with nothing.
    pub fn holds(&self, condition: &Term, case: &Case) -> bool {
        match condition {
            Term::Bool(it) => *it,
            Term::Blank => false,
            Term::Not(it) => !self.holds(it, case),
            Term::And(parts) => parts.iter().all(|it| self.holds(it, case)),
            Term::Or(parts) => parts.iter().any(|it| self.holds(it, case)),
            atom => self.asked(&ask(atom), case),
        }
    }

    fn value(&self, key: &str, case: &Case) -> Option<&Value> {
        let at = *self.index.get(key)?;
        self.axes[at].values.get(case[at])
    }

    fn asked(&self, ask: &Ask, case: &Case) -> bool {
        match ask {
            Ask::Compare(sign, path, default, mark) => match (self.value(&path.to_string(), case), default) {
                (Some(Value::Blank), Some(it)) => compare(*sign, &Value::Is(it.clone()), mark),
                (Some(it), _) => compare(*sign, it, mark),
                (None, _) => false,
            },
            Ask::Both(sign, key, _) => match self.value(key, case) {
                Some(Value::Ordered(it)) => sign.holds(*it),
                // Equal, and of a kind that has no order: true and true.
                Some(Value::Other) => *sign == Comparison::Equal,
                _blank => *sign == Comparison::NotEqual,
            },
            Ask::Blank(path, wanted) => (self.value(&path.to_string(), case) == Some(&Value::Blank)) == *wanted,
            Ask::OneOf(path, list) => self
                .value(&path.to_string(), case)
                .is_some_and(|it| list.iter().any(|mark| compare(Comparison::Equal, it, mark))),
            Ask::Truth(path) => self.value(&path.to_string(), case) == Some(&Value::Is(Mark::Bool(true))),
            Ask::Opaque(key) => self.value(key, case) == Some(&Value::Is(Mark::Bool(true))),
        }
    }

    /// The values of a case that matter for `what` to be so, in words; none: something that is not understood matters.
    pub fn words(&self, case: &Case, what: impl Fn(&Case) -> bool) -> Option<String> {
        // Names the case does not depend on are left out, one after the other.
        let mut free: Vec<usize> = Vec::new();
        for at in 0..self.axes.len() {
            let mut trial = free.clone();
            trial.push(at);
            if self.all_over(case, &trial, &what) {
                free = trial;
            }
        }
        let fixed: Vec<usize> = (0..self.axes.len()).filter(|it| !free.contains(it)).collect();
        if fixed.iter().any(|it| self.axes[*it].opaque) {
            return None;
        }
        let words: Vec<String> =
            fixed.iter().map(|at| word(&self.axes[*at].key, &self.axes[*at].values[case[*at]])).collect();
        Some(if words.is_empty() { "always".to_owned() } else { words.join(", ") })
    }

    /// True when `what` holds whatever values the free axes have.
    fn all_over(&self, case: &Case, free: &[usize], what: &impl Fn(&Case) -> bool) -> bool {
        let mut case = case.clone();
        let size: usize = free.iter().map(|it| self.axes[*it].values.len()).product();
        (0..size).all(|mut nth| {
            for at in free {
                case[*at] = nth % self.axes[*at].values.len();
                nth /= self.axes[*at].values.len();
            }
            what(&case)
        })
    }
}

/// Shows the parts of a condition that are neither `&&`, `||` nor `!`.
fn atoms<'a>(term: &'a Term, look: &mut impl FnMut(&'a Term)) {
    match term {
        Term::Bool(_) | Term::Blank => {}
        Term::Not(it) => atoms(it, look),
        Term::And(parts) | Term::Or(parts) => parts.iter().for_each(|it| atoms(it, look)),
        atom => look(atom),
    }
}

fn bounds(kind: &crate::form::field::FieldKind) -> Option<(i64, i64)> {
    match kind {
        crate::form::field::FieldKind::Score { most } => Some((1, *most)),
        _other => None,
    }
}

/// The values that make a difference.
fn values(mut marks: Vec<Mark>, kind: Kind, bounds: Option<(i64, i64)>, surely: bool) -> Vec<Value> {
    marks.sort();
    marks.dedup();
    let mut values = match kind {
        Kind::Bool => vec![Value::Is(Mark::Bool(false)), Value::Is(Mark::Bool(true))],
        Kind::Choice { options, open } => {
            let mut values: Vec<Value> = options.iter().map(|it| Value::Is(Mark::Text(it.clone()))).collect();
            if open {
                values.extend(
                    marks
                        .iter()
                        .filter(|it| !matches!(it, Mark::Text(it) if options.contains(it)))
                        .cloned()
                        .map(Value::Is),
                );
                values.push(Value::Between(None, None));
            }
            values
        }
        Kind::Any if marks.iter().all(|it| matches!(it, Mark::Bool(_))) => {
            vec![Value::Is(Mark::Bool(false)), Value::Is(Mark::Bool(true))]
        }
        Kind::Any | Kind::Text | Kind::Date | Kind::List | Kind::Map => between(&marks, false),
        Kind::Number { whole } => between(&marks, whole),
    };
    if let Some((least, most)) = bounds {
        let (least, most) = (Decimal::from(least), Decimal::from(most));
        values.retain(|it| match it {
            Value::Is(Mark::Number(it)) => *it >= least && *it <= most,
            Value::Between(_, Some(Mark::Number(it))) if *it <= least => false,
            Value::Between(Some(Mark::Number(it)), _) if *it >= most => false,
            _other => true,
        });
    }
    if !surely || values.is_empty() {
        values.push(Value::Blank);
    }
    values
}

fn between(marks: &[Mark], whole: bool) -> Vec<Value> {
    let mut values = Vec::new();
    let mut before: Option<Mark> = None;
    for mark in marks {
        let adjacent = match (&before, mark) {
            (Some(Mark::Number(a)), Mark::Number(b)) => whole && *b - *a <= Decimal::ONE,
            _other => false,
        };
        if !adjacent {
            values.push(Value::Between(before.clone(), Some(mark.clone())));
        }
        values.push(Value::Is(mark.clone()));
        before = Some(mark.clone());
    }
    values.push(Value::Between(before, None));
    values
}

fn compare(sign: Comparison, value: &Value, mark: &Mark) -> bool {
    match value {
        Value::Blank | Value::Other | Value::Ordered(_) => sign == Comparison::NotEqual,
        Value::Is(it) => it.comparable(mark).map_or(sign == Comparison::NotEqual, |it| sign.holds(it)),
        Value::Between(low, high) => {
            let below = high.as_ref().and_then(|it| mark.comparable(it)).is_some_and(Ordering::is_ge);
            let above = low.as_ref().and_then(|it| mark.comparable(it)).is_some_and(Ordering::is_le);
            if below {
                sign.holds(Ordering::Less)
            } else if above {
                sign.holds(Ordering::Greater)
            } else {
                sign == Comparison::NotEqual
            }
        }
    }
}

fn word(key: &str, value: &Value) -> String {
    let mark = |it: &Mark| match it {
        Mark::Bool(it) => it.to_string(),
        Mark::Number(it) => it.to_string(),
        Mark::Text(it) => format!("\"{it}\""),
    };
    match value {
        Value::Blank => format!("`{key}` is blank"),
        Value::Other => format!("`{key}` is of another kind"),
        Value::Is(it) => format!("`{key}` is {}", mark(it)),
        // Days lie one after the other, words do not.
        Value::Between(a, b) if [a, b].into_iter().flatten().all(is_word) => format!("`{key}` is something else"),
        Value::Between(None, Some(it)) => format!("`{key}` is below {}", mark(it)),
        Value::Between(Some(it), None) => format!("`{key}` is above {}", mark(it)),
        Value::Between(Some(a), Some(b)) => format!("`{key}` is between {} and {}", mark(a), mark(b)),
        Value::Between(None, None) => format!("`{key}` is something else"),
        Value::Ordered(_) => format!("`{key}` compares so"),
    }
}

fn is_word(it: &Mark) -> bool {
    matches!(it, Mark::Text(it) if !it.starts_with(|it: char| it.is_ascii_digit()))
}
