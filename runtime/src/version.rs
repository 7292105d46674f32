//! Versions of packs and of the platform (semver.org 2.0.0), and ranges of them as they are written everywhere: `^1.0`, `>=0.1, <2`,
//! `~1.2`, `1.x`, `*`, `1 || 2`.

use std::cmp::Ordering;

/// The version of this platform.
pub const PLATFORM: &str = env!("CARGO_PKG_VERSION");

/// `1.4.0`, `2.0.0-rc.1`. What stands behind a `+` makes no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    numbers: [u64; 3],
    pre: Vec<Part>,
}

/// A number is before a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Word(String),
}

/// Alternatives, each a list of bounds that all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range(Vec<Vec<Bound>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    sign: Sign,
    /// As many numbers as are given.
    given: Vec<u64>,
    pre: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    AtLeast,
    Above,
    AtMost,
    Below,
    Same,
    Patch,
    Compatible,
}

/// The longer ones first.
const SIGNS: &[(&str, Sign)] = &[
    (">=", Sign::AtLeast),
    ("<=", Sign::AtMost),
    (">", Sign::Above),
    ("<", Sign::Below),
    ("=", Sign::Same),
    ("~", Sign::Patch),
    ("^", Sign::Compatible),
];

impl Version {
    /// None: it is no version.
    pub fn parse(text: &str) -> Option<Self> {
        let (numbers, pre) = split(text)?;
        let numbers: Option<Vec<u64>> = numbers.split('.').map(number).collect();
        Some(Self { numbers: numbers?.try_into().ok()?, pre })
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        // What is not finished is before what is.
        let finished = self.pre.is_empty().cmp(&other.pre.is_empty());
        self.numbers.cmp(&other.numbers).then(finished).then_with(|| self.pre.cmp(&other.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Range {
    /// None: it is no range.
    pub fn parse(text: &str) -> Option<Self> {
        text.split("||").map(bounds).collect::<Option<Vec<_>>>().map(Self)
    }

    pub fn holds(&self, version: &Version) -> bool {
        self.0.iter().any(|all| all.iter().all(|it| it.holds(version)))
    }
}

fn bounds(text: &str) -> Option<Vec<Bound>> {
    // A sign may stand apart from its version.
    let mut joined = text.replace(',', " ");
    for (sign, _) in SIGNS {
        while joined.contains(&format!("{sign} ")) {
            joined = joined.replace(&format!("{sign} "), sign);
        }
    }
    let found: Option<Vec<Bound>> = joined.split_whitespace().map(Bound::parse).collect();
    found.filter(|it| !it.is_empty())
}

impl Bound {
    fn parse(text: &str) -> Option<Self> {
        let signed = SIGNS.iter().find_map(|(sign, it)| Some((*it, text.strip_prefix(sign)?)));
        let (sign, text) = signed.unwrap_or((Sign::Compatible, text));
        let (numbers, pre) = split(text)?;
        let mut given = Vec::new();
        let mut open = false;
        for it in numbers.split('.') {
            match it {
                "*" | "x" | "X" => open = true,
                _ if open => return None,
                it => given.push(number(it)?),
            }
        }
        let fits = given.len() <= 3 && numbers.split('.').count() <= 3 && (pre.is_empty() || given.len() == 3);
        // `1.x` is every version of 1, as `=1` is.
        let sign = if open && sign == Sign::Compatible { Sign::Same } else { sign };
        fits.then_some(Self { sign, given, pre })
    }

    fn holds(&self, version: &Version) -> bool {
        let at = |nth: usize| self.given.get(nth).copied().unwrap_or(0);
        let low = Version { numbers: [at(0), at(1), at(2)], pre: self.pre.clone() };
        // The first version behind all that begin with so many of the numbers.
        let behind = |count: usize| {
            let mut numbers = [0; 3];
            numbers[..count].copy_from_slice(&low.numbers[..count]);
            numbers[count - 1] = numbers[count - 1].saturating_add(1);
            Version { numbers, pre: Vec::new() }
        };
        let count = self.given.len();
        if count == 0 {
            return true;
        }
        match self.sign {
            Sign::AtLeast => *version >= low,
            Sign::Above if count == 3 => *version > low,
            Sign::Above => *version >= behind(count),
            Sign::AtMost if count == 3 => *version <= low,
            Sign::AtMost => *version < behind(count),
            Sign::Below => *version < low,
            Sign::Same if count == 3 => *version == low,
            Sign::Same => *version >= low && *version < behind(count),
            Sign::Patch => *version >= low && *version < behind(count.min(2)),
            Sign::Compatible => {
                // The first number that is not 0 says what is compatible.
                let first = self.given.iter().position(|it| *it > 0).map_or(count, |nth| nth + 1);
                *version >= low && *version < behind(first)
            }
        }
    }
}

/// The numbers, and what is behind a `-`.
fn split(text: &str) -> Option<(&str, Vec<Part>)> {
    let (text, build) = text.split_once('+').map_or((text, None), |(text, it)| (text, Some(it)));
    if build.is_some_and(|it| !it.split('.').all(is_word)) {
        return None;
    }
    let Some((numbers, pre)) = text.split_once('-') else { return Some((text, Vec::new())) };
    let part = |it: &str| match it.bytes().all(|it| it.is_ascii_digit()) {
        _ if !is_word(it) => None,
        true => number(it).map(Part::Number),
        false => Some(Part::Word(it.to_owned())),
    };
    Some((numbers, pre.split('.').map(part).collect::<Option<_>>()?))
}

fn is_word(it: &str) -> bool {
    !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

/// Without zeros before it.
fn number(it: &str) -> Option<u64> {
    let plain = it.bytes().all(|it| it.is_ascii_digit()) && (it.len() == 1 || !it.starts_with('0'));
    if plain { it.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Range, Version};

    #[test]
    fn versions_are_in_the_order_of_the_standard() {
        let all = [
            "0.9.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
        ];
        let read: Vec<Version> = all.iter().map(|it| Version::parse(it).expect(it)).collect();
        assert!(read.windows(2).all(|it| it[0] < it[1]));
        assert_eq!(Version::parse("1.0.0+build.5"), Version::parse("1.0.0"));
        for strange in ["", "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "one", "1.0.-1"]
        {
            assert_eq!(Version::parse(strange), None, "{strange}");
        }
    }

    #[test]
    fn ranges_hold_what_they_say() {
        for (range, inside, outside) in [
            ("^1.0", &["1.0.0", "1.9.3"][..], &["0.9.0", "2.0.0", "1.0.0-rc.1"][..]),
            ("^0.2", &["0.2.0", "0.2.9"], &["0.3.0", "1.0.0"]),
            ("^0.0", &["0.0.7"], &["0.1.0"]),
            ("^0.0.3", &["0.0.3"], &["0.0.4"]),
            ("~1.2", &["1.2.0", "1.2.9"], &["1.3.0"]),
            ("~1", &["1.9.0"], &["2.0.0"]),
            (">=0.1", &["0.1.0", "3.0.0"], &["0.0.9"]),
            (">= 0.1, < 2", &["0.1.0", "1.9.9"], &["2.0.0"]),
            (">1.2 <=1.4", &["1.3.0", "1.4.9"], &["1.2.5", "1.5.0"]),
            ("1.x", &["1.0.0", "1.7.0"], &["2.0.0"]),
            ("=1.2.3", &["1.2.3"], &["1.2.4"]),
            ("1.2", &["1.2.0", "1.4.0"], &["2.0.0"]),
            ("*", &["0.0.1", "9.9.9"], &[]),
            ("1.0 || ^3", &["1.5.0", "3.1.0"], &["2.0.0"]),
        ] {
            let read = Range::parse(range).expect(range);
            let holds = |it: &&&str| read.holds(&Version::parse(it).expect("a version"));
            assert_eq!(inside.iter().filter(holds).count(), inside.len(), "{range}");
            assert_eq!(outside.iter().filter(holds).count(), 0, "{range}");
        }
        for strange in ["", "soon", ">=", "^v1", "1.0.0.0", "1 ||", "x.1", "latest", ">= one"] {
            assert_eq!(Range::parse(strange), None, "{strange}");
        }
    }
}
