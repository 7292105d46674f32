//! The assignment rule of a service desk.
//!
//! Candidates on duty whose regions cover the case and whose skills contain every needed one;
//! among them the lowest load (open points ÷ capacity); among equals the one who has waited
//! longest since the last assignment; then the smallest id. Whole numbers only, so that the order
//! is the same on every machine.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

/// What the rule looks at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub candidates: Vec<Candidate>,
    pub need: Need,
}

/// Somebody who might take the case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    pub id: String,
    /// The points of what is open with this person, as `points` of earlier answers.
    pub open_points: u32,
    /// How many points are a full desk.
    pub capacity: u32,
    /// Hours since the last assignment; none for somebody who never had one.
    #[serde(default)]
    pub idle_hours: Option<u32>,
    #[serde(default)]
    pub skills: Vec<String>,
    /// A region covers itself and everything below it: `east` covers `east/shanghai`.
    #[serde(default)]
    pub regions: Vec<String>,
    #[serde(default = "yes")]
    pub on_duty: bool,
}

/// What the case asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// None or blank: any region will do.
    #[serde(default)]
    pub region: Option<String>,
    #[serde(default)]
    pub skills: Vec<String>,
    pub severity: Severity,
}

/// How bad the case is.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    S1,
    S2,
    S3,
    S4,
}

/// The answer: everybody, the best first.
#[derive(Serialize, Debug, PartialEq, Eq)]
pub struct Output {
    pub scores: Vec<Score>,
    /// What the case adds to the open points of whoever gets it.
    pub points: u32,
}

/// How suitable one candidate is.
#[derive(Serialize, Debug, PartialEq, Eq)]
pub struct Score {
    pub id: String,
    /// Higher is better; 0 means that this person cannot take the case.
    pub score: u64,
    pub why: Why,
}

/// The reason, for people.
#[derive(Serialize, Debug, PartialEq, Eq)]
pub struct Why {
    pub en: String,
    #[serde(rename = "zh-CN")]
    pub zh: String,
}

fn yes() -> bool {
    true
}

impl Severity {
    /// How much work a case of this severity counts as.
    pub fn points(self) -> u32 {
        match self {
            Severity::S1 => 4,
            Severity::S2 => 3,
            Severity::S3 => 2,
            Severity::S4 => 1,
        }
    }
}

/// Load is counted in ten-thousandths of the capacity, and idle hours below it.
const LOADS: u64 = 1_000_000;
const HOURS: u64 = 100_000;

/// Judges every candidate. The list is sorted: the first with a score above 0 is the choice.
pub fn score(input: &Input) -> Output {
    let mut scores: Vec<Score> = input.candidates.iter().map(|it| judge(it, &input.need)).collect();
    scores.sort_by(|a, b| (Reverse(a.score), &a.id).cmp(&(Reverse(b.score), &b.id)));
    Output { scores, points: input.need.severity.points() }
}

fn judge(candidate: &Candidate, need: &Need) -> Score {
    let (score, why) = match obstacle(candidate, need) {
        Some(why) => (0, why),
        None => (suitability(candidate), reason(candidate)),
    };
    Score { id: candidate.id.clone(), score, why }
}

/// Why somebody cannot take the case at all.
fn obstacle(candidate: &Candidate, need: &Need) -> Option<Why> {
    if !candidate.on_duty {
        return Some(why("not on duty".into(), "不在岗".into()));
    }
    if candidate.capacity == 0 {
        return Some(why("has no capacity".into(), "没有承接能力".into()));
    }
    let region = need.region.as_deref().filter(|region| !region.is_empty());
    if let Some(region) = region
        && !candidate.regions.iter().any(|mine| covers(mine, region))
    {
        return Some(why(format!("does not cover the region {region}"), format!("不负责区域 {region}")));
    }
    let lacks = need.skills.iter().find(|skill| !candidate.skills.contains(skill))?;
    Some(why(format!("lacks the skill {lacks}"), format!("缺少技能 {lacks}")))
}

fn covers(mine: &str, region: &str) -> bool {
    region.strip_prefix(mine).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Load first, then waiting time, packed into one number: both parts have a fixed width.
fn suitability(candidate: &Candidate) -> u64 {
    let load = u64::from(candidate.open_points) * 10_000 / u64::from(candidate.capacity);
    let idle = candidate.idle_hours.map_or(HOURS - 1, |hours| u64::from(hours).min(HOURS - 2));
    (LOADS - load.min(LOADS - 1)) * HOURS + idle
}

fn reason(candidate: &Candidate) -> Why {
    let Candidate { open_points, capacity, idle_hours, .. } = candidate;
    let (en, zh) = match idle_hours {
        Some(hours) => (format!("{hours} h since the last assignment"), format!("距上次派单 {hours} 小时")),
        None => ("no assignment yet".to_owned(), "尚未派过单".to_owned()),
    };
    why(format!("load {open_points}/{capacity}, {en}"), format!("负荷 {open_points}/{capacity}，{zh}"))
}

fn why(en: String, zh: String) -> Why {
    Why { en, zh }
}
