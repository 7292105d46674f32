//! Two texts line by line: what goes, what comes back, and a little of what stays around it.

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    Gone(String),
    Back(String),
    Same(String),
    /// Lines that are the same and far from any change.
    Skipped,
}

/// Lines kept around a change.
const AROUND: usize = 2;
/// Lines compared one with each other; beyond that the middle is shown as changed.
const MOST: usize = 1_500;

/// The comparison.
pub fn lines(now: &str, then: &str) -> Vec<Line> {
    let (a, b): (Vec<&str>, Vec<&str>) = (now.lines().collect(), then.lines().collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (x, y) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut all: Vec<Line> = a[..head].iter().map(|it| Line::Same((*it).to_owned())).collect();
    if x.len() > MOST || y.len() > MOST {
        all.extend(x.iter().map(|it| Line::Gone((*it).to_owned())));
        all.extend(y.iter().map(|it| Line::Back((*it).to_owned())));
    } else {
        middle(x, y, &mut all);
    }
    all.extend(a[a.len() - tail..].iter().map(|it| Line::Same((*it).to_owned())));
    folded(all)
}

/// The longest common part (a table of lengths, from the end).
fn middle(x: &[&str], y: &[&str], into: &mut Vec<Line>) {
    let width = y.len() + 1;
    let mut length = vec![0u16; (x.len() + 1) * width];
    for i in (0..x.len()).rev() {
        for j in (0..y.len()).rev() {
            length[i * width + j] = if x[i] == y[j] {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < x.len() || j < y.len() {
        if i < x.len() && j < y.len() && x[i] == y[j] {
            into.push(Line::Same(x[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if j == y.len() || i < x.len() && length[(i + 1) * width + j] >= length[i * width + j + 1] {
            into.push(Line::Gone(x[i].to_owned()));
            i += 1;
        } else {
            into.push(Line::Back(y[j].to_owned()));
            j += 1;
        }
    }
}

fn folded(all: Vec<Line>) -> Vec<Line> {
    let changed: Vec<usize> =
        all.iter().enumerate().filter(|it| !matches!(it.1, Line::Same(_))).map(|it| it.0).collect();
    let near = |at: usize| {
        let next = changed.partition_point(|it| *it < at);
        let close = |it: Option<&usize>| it.is_some_and(|it| it.abs_diff(at) <= AROUND);
        close(changed.get(next)) || close(next.checked_sub(1).and_then(|it| changed.get(it)))
    };
    let mut out = Vec::new();
    for (at, it) in all.into_iter().enumerate() {
        if near(at) {
            out.push(it);
        } else if out.last() != Some(&Line::Skipped) {
            out.push(Line::Skipped);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_and_what_comes_back() {
        let text = |it: &[&str]| it.join("\n");
        let found =
            lines(&text(&["1", "2", "3", "4", "5", "a", "6"]), &text(&["1", "2", "3", "4", "5", "b", "c", "6"]));
        let same = |it: &str| Line::Same(it.to_owned());
        assert_eq!(
            found,
            [
                Line::Skipped,
                same("4"),
                same("5"),
                Line::Gone("a".to_owned()),
                Line::Back("b".to_owned()),
                Line::Back("c".to_owned()),
                same("6")
            ]
        );
        assert_eq!(lines("a", "a"), [Line::Skipped]);
        assert_eq!(lines("", "a"), [Line::Back("a".to_owned())]);
    }
}
