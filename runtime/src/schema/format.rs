//! Formats. Unknown ones assert nothing.

use jiff::civil::Date;

/// A format that is asserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Date,
    DateTime,
    Time,
    Email,
    Uri,
    Uuid,
    Decimal,
    Phone,
}

impl Format {
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "date" => Self::Date,
            "date-time" => Self::DateTime,
            "time" => Self::Time,
            "email" => Self::Email,
            "uri" => Self::Uri,
            "uuid" => Self::Uuid,
            "x-decimal" => Self::Decimal,
            "x-phone" => Self::Phone,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Time => "time",
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Uuid => "uuid",
            Self::Decimal => "x-decimal",
            Self::Phone => "x-phone",
        }
    }

    /// What a person should enter instead.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Date => "a day such as 2026-03-02",
            Self::DateTime => "a moment such as 2026-03-02T09:00:00Z",
            Self::Time => "a time such as 09:00",
            Self::Email => "an e-mail address",
            Self::Uri => "an address such as https://example.com",
            Self::Uuid => "a UUID",
            Self::Decimal => "a number such as 12.50",
            Self::Phone => "a telephone number",
        }
    }

    pub fn holds(self, it: &str) -> bool {
        match self {
            Self::Date => date(it),
            Self::DateTime => {
                let at = it.find(['T', 't']);
                at.is_some_and(|at| date(&it[..at]) && time(&it[at + 1..], true))
            }
            Self::Time => time(it, false),
            Self::Email => email(it),
            Self::Uri => uri(it),
            Self::Uuid => uuid(it),
            Self::Decimal => decimal(it),
            Self::Phone => phone(it),
        }
    }
}

fn digits(it: &str, count: usize) -> Option<u32> {
    (it.len() == count && it.bytes().all(|it| it.is_ascii_digit())).then(|| it.parse().ok())?
}

/// RFC 3339 full-date.
fn date(it: &str) -> bool {
    it.is_ascii()
        && it.len() == 10
        && it.as_bytes()[4] == b'-'
        && it.as_bytes()[7] == b'-'
        && it.parse::<Date>().is_ok()
}

/// RFC 3339 full-time; without offset and seconds too unless `full`.
fn time(it: &str, full: bool) -> bool {
    if !it.is_ascii() {
        return false;
    }
    let end = it.find(['Z', 'z', '+', '-']).unwrap_or(it.len());
    let (clock, offset) = it.split_at(end);
    let offset_holds = match offset {
        "" => !full,
        "Z" | "z" => true,
        other => other[1..]
            .split_once(':')
            .is_some_and(|(h, m)| digits(h, 2).is_some_and(|it| it < 24) && digits(m, 2).is_some_and(|it| it < 60)),
    };
    let (whole, fraction) = clock.split_once('.').map_or((clock, None), |(whole, fraction)| (whole, Some(fraction)));
    let fraction_holds = fraction.is_none_or(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
    let parts: Vec<&str> = whole.split(':').collect();
    let clock_holds = match parts.as_slice() {
        [h, m] => !full && offset.is_empty() && fraction.is_none() && hour(h) && minute(m),
        [h, m, s] => hour(h) && minute(m) && minute(s),
        _ => false,
    };
    offset_holds && fraction_holds && clock_holds
}

fn hour(it: &str) -> bool {
    digits(it, 2).is_some_and(|it| it < 24)
}

fn minute(it: &str) -> bool {
    digits(it, 2).is_some_and(|it| it < 60)
}

/// RFC 5321 mailbox without quoting and address literals.
fn email(it: &str) -> bool {
    let Some((name, host)) = it.rsplit_once('@') else { return false };
    let local = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-.".contains(char);
    !name.is_empty()
        && name.len() <= 64
        && name.chars().all(local)
        && name.split('.').all(|it| !it.is_empty())
        && host.len() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// RFC 3986 with a scheme.
fn uri(it: &str) -> bool {
    let Some((scheme, rest)) = it.split_once(':') else { return false };
    let bytes = rest.as_bytes();
    let escapes = bytes
        .iter()
        .enumerate()
        .filter(|(_, it)| **it == b'%')
        .all(|(at, _)| bytes.get(at + 1..at + 3).is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit)));
    scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
        && !rest.is_empty()
        && bytes.iter().all(|it| it.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(it))
        && bytes.iter().filter(|it| **it == b'#').count() <= 1
        && escapes
}

fn uuid(it: &str) -> bool {
    let parts: Vec<&str> = it.split('-').collect();
    parts.len() == 5
        && parts
            .iter()
            .zip([8, 4, 4, 4, 12])
            .all(|(part, length)| part.len() == length && part.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// `-12.50`: at most 28 digits, no exponent, no leading zeros or `+`.
fn decimal(it: &str) -> bool {
    let bare = it.strip_prefix('-').unwrap_or(it);
    let (whole, fraction) = bare.split_once('.').map_or((bare, None), |(whole, fraction)| (whole, Some(fraction)));
    let all = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    all(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(all)
        && crate::value::decimal(it).is_some()
        && bare.len() <= 29
}

/// 3 to 18 digits (short numbers, E.164 with a trunk prefix), `+` in front; spaces, hyphens, dots, brackets, an extension after `x`, `#`, `转` or `-`.
fn phone(it: &str) -> bool {
    let (main, extension) =
        it.split_once(['x', '#', '转']).map_or((it, None), |(main, extension)| (main, Some(extension)));
    let count = |it: &str| it.bytes().filter(u8::is_ascii_digit).count();
    let main_holds = main
        .chars()
        .enumerate()
        .all(|(at, char)| char.is_ascii_digit() || " -.()（）".contains(char) || (char == '+' && at == 0));

    main_holds
        && (3..=18).contains(&count(main))
        && extension.is_none_or(|it| (1..=8).contains(&it.trim().len()) && count(it) == it.trim().len())
}
