//! Time zones without a database. jiff's bundled one (`tzdb-bundle-always`) weighs about 150 KB in the browser's
//! rule engine, whose budget is 600 KB in all, and the system's is missing in wasm and in slim containers. So: fixed
//! offsets, and today's POSIX rule of the zones offices of our users are in. Moments before a zone's last change of
//! law are not what this is used for.

use jiff::tz::TimeZone;

/// Name → POSIX TZ string (IEEE 1003.1 §8.3), as in the IANA data of 2025.
const ZONES: &[(&str, &str)] = &[
    ("UTC", "UTC0"),
    ("Etc/UTC", "UTC0"),
    ("GMT", "GMT0"),
    ("PRC", "CST-8"),
    ("Asia/Shanghai", "CST-8"),
    ("Asia/Chongqing", "CST-8"),
    ("Asia/Harbin", "CST-8"),
    ("Asia/Urumqi", "<+06>-6"),
    ("Asia/Hong_Kong", "HKT-8"),
    ("Asia/Macau", "CST-8"),
    ("Asia/Taipei", "CST-8"),
    ("Asia/Singapore", "<+08>-8"),
    ("Asia/Kuala_Lumpur", "<+08>-8"),
    ("Asia/Manila", "PST-8"),
    ("Asia/Tokyo", "JST-9"),
    ("Asia/Seoul", "KST-9"),
    ("Asia/Bangkok", "<+07>-7"),
    ("Asia/Ho_Chi_Minh", "<+07>-7"),
    ("Asia/Jakarta", "WIB-7"),
    ("Asia/Kolkata", "IST-5:30"),
    ("Asia/Dubai", "<+04>-4"),
    ("Asia/Almaty", "<+05>-5"),
    ("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"),
    ("Europe/Lisbon", "WET0WEST,M3.5.0/1,M10.5.0"),
    ("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Paris", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Madrid", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Rome", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Amsterdam", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Vienna", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Zurich", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Warsaw", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Stockholm", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("Europe/Athens", "EET-2EEST,M3.5.0/3,M10.5.0/4"),
    ("Europe/Kyiv", "EET-2EEST,M3.5.0/3,M10.5.0/4"),
    ("Europe/Istanbul", "<+03>-3"),
    ("Europe/Moscow", "MSK-3"),
    ("Africa/Johannesburg", "SAST-2"),
    ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
    ("America/Toronto", "EST5EDT,M3.2.0,M11.1.0"),
    ("America/Chicago", "CST6CDT,M3.2.0,M11.1.0"),
    ("America/Denver", "MST7MDT,M3.2.0,M11.1.0"),
    ("America/Phoenix", "MST7"),
    ("America/Los_Angeles", "PST8PDT,M3.2.0,M11.1.0"),
    ("America/Vancouver", "PST8PDT,M3.2.0,M11.1.0"),
    ("America/Sao_Paulo", "<-03>3"),
    ("America/Mexico_City", "CST6"),
    ("Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("Australia/Melbourne", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("Australia/Perth", "AWST-8"),
    ("Pacific/Auckland", "NZST-12NZDT,M9.5.0,M4.1.0/3"),
];

/// A zone by IANA name, by fixed offset (`+08:00`), or as POSIX TZ string. None: not known here.
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    if let Some((_, rule)) = ZONES.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)) {
        return TimeZone::posix(rule).ok();
    }
    if let Some(sign @ ('+' | '-')) = name.chars().next() {
        let (hours, minutes) = name[1..].split_once(':').unwrap_or((&name[1..], "0"));
        let seconds = hours
            .parse::<i32>()
            .ok()?
            .checked_mul(3_600)?
            .checked_add(minutes.parse::<i32>().ok()?.checked_mul(60)?)?;
        let offset = jiff::tz::Offset::from_seconds(if sign == '-' { -seconds } else { seconds }).ok()?;
        return Some(TimeZone::fixed(offset));
    }
    name.contains(|it: char| it.is_ascii_digit()).then(|| TimeZone::posix(name).ok()).flatten()
}
