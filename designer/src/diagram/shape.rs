//! One node as SVG, in the coordinates of the canvas.

use edit::geometry::Rect;
use edit::kind::{Family, Kind, Trigger};
use edit::scene::{FONT, LINE, Label, Node, Repeat};
use leptos::prelude::*;

use super::{Mark, icon};

/// The drawing of one node; class and events are the surrounding group's.
pub fn shape(it: &Node) -> AnyView {
    let body = match it.family {
        Family::Start | Family::Intermediate | Family::End | Family::Boundary => event(it).into_any(),
        Family::Gateway => gateway(it).into_any(),
        Family::Activity | Family::Sub => activity(it).into_any(),
        Family::Data => data(it).into_any(),
        Family::Group => group(it).into_any(),
        Family::Lane => lane(it).into_any(),
        Family::Pool => pool(it).into_any(),
        Family::Note => note(it).into_any(),
    };
    let left = matches!(it.family, Family::Note | Family::Group) || (it.family == Family::Sub && it.expanded);
    let class = if it.family.outside_label() { "node-name outside" } else { "node-name" };
    view! { {body} {label(&it.label, class, !left)} }.into_any()
}

/// Lines of a name.
pub fn label(it: &Label, class: &'static str, centred: bool) -> Option<AnyView> {
    if it.lines.is_empty() {
        return None;
    }
    let (x, y) = (it.x, it.y);
    let anchor = if centred { "middle" } else { "start" };
    if it.upright {
        let lines = it.lines.iter().enumerate();
        let lines = lines.map(|(at, line)| {
            let x = x + LINE * at as f64;
            view! { <text class=class text-anchor="middle" font-size=FONT transform=format!("translate({x:.1} {y:.1}) rotate(-90)")>{line.clone()}</text> }
        });
        return Some(lines.collect_view().into_any());
    }
    let lines = it
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| view! { <tspan x=x y=y + LINE * at as f64>{line.clone()}</tspan> })
        .collect_view();
    Some(view! { <text class=class text-anchor=anchor font-size=FONT>{lines}</text> }.into_any())
}

fn event(it: &Node) -> impl IntoView + use<> {
    let centre = it.rect.centre();
    let radius = it.rect.width.min(it.rect.height) / 2.0;
    let inner = matches!(it.family, Family::Intermediate | Family::Boundary);
    let ring = match (it.family, it.quiet) {
        (Family::End, _) => "ring thick",
        (_, true) => "ring dashed",
        (_, false) => "ring",
    };
    let scale = radius / 18.0 * if inner { 0.82 } else { 0.95 };
    let trigger = it.kind.trigger();
    let sign = icon::event(trigger);
    let filled = it.kind.throws() || trigger == Trigger::Terminate;
    view! {
        <circle class=ring cx=centre.x cy=centre.y r=radius />
        {inner.then(|| {
            view! { <circle class=if it.quiet { "ring-inner dashed" } else { "ring-inner" } cx=centre.x cy=centre.y r=radius - 3.5 /> }
        })}
        {(!sign.is_empty()).then(|| {
            let transform = format!("translate({:.1} {:.1}) scale({scale:.3})", centre.x, centre.y);
            view! { <path class=if filled { "sign filled" } else { "sign" } transform=transform d=sign /> }
        })}
    }
}

fn gateway(it: &Node) -> impl IntoView + use<> {
    let (rect, centre) = (it.rect, it.rect.centre());
    let d = format!(
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
        centre.x,
        rect.y,
        rect.right(),
        centre.y,
        centre.x,
        rect.bottom(),
        rect.x,
        centre.y
    );
    let scale = rect.width.min(rect.height) / 50.0;
    let class = if matches!(it.kind, Kind::EventBased) { "sign thin" } else { "sign bold" };
    view! {
        <path class="body" d=d />
        <path class=class transform=format!("translate({:.1} {:.1}) scale({scale:.3})", centre.x, centre.y)
            d=icon::gateway(it.kind, it.marks.instantiates) />
    }
}

fn activity(it: &Node) -> impl IntoView + use<> {
    let rect = it.rect;
    let class = match (it.kind, it.expanded) {
        (Kind::CallActivity, _) => "body call",
        (Kind::EventSubProcess, true) => "body area fine",
        (Kind::EventSubProcess, false) => "body fine",
        (_, true) if it.family == Family::Sub => "body area",
        _ => "body",
    };
    let sign = icon::task(it.kind);
    let filled = it.kind == Kind::SendTask;
    view! {
        <rect class=class x=rect.x y=rect.y width=rect.width height=rect.height rx="10" />
        {(it.kind == Kind::Transaction).then(|| {
            let inner = rect.grown(-3.5);
            view! { <rect class="ring-inner" x=inner.x y=inner.y width=inner.width height=inner.height rx="7" /> }
        })}
        {it.marks.instantiates.then(|| view! { <circle class="ring-inner" cx=rect.x + 14.0 cy=rect.y + 14.0 r="11.5" /> })}
        {(!sign.is_empty()).then(|| {
            let transform = format!("translate({:.1} {:.1})", rect.x + 6.0, rect.y + 6.0);
            view! { <path class=if filled { "sign small filled" } else { "sign small" } transform=transform d=sign /> }
        })}
        {marks(it)}
    }
}

/// The marks in a row at the lower border, in the order the standard shows them.
fn marks(it: &Node) -> AnyView {
    let marks = it.marks;
    let mut row: Vec<(&'static str, &'static str)> = Vec::new();
    row.extend(marks.compensation.then_some(("sign", icon::COMPENSATION)));
    row.extend(marks.repeat.map(|it| ("sign", icon::repeat(it))));
    row.extend(marks.folded.then_some(("sign mark-folded", icon::FOLDED)));
    row.extend(marks.ad_hoc.then_some(("sign thick", icon::AD_HOC)));
    let (centre, bottom) = (it.rect.centre().x, it.rect.bottom());
    let from = centre - (row.len() as f64 - 1.0) * 9.0;
    row.into_iter()
        .enumerate()
        .map(|(at, (class, d))| {
            let transform = format!("translate({:.1} {:.1})", from + at as f64 * 18.0, bottom - 10.5);
            view! { <path class=class transform=transform d=d /> }
        })
        .collect_view()
        .into_any()
}

fn data(it: &Node) -> impl IntoView + use<> {
    let Rect { x, y, width, height } = it.rect;
    let d = if it.kind == Kind::DataStore {
        let (rx, ry) = (width / 2.0, height / 7.0);
        let (top, bottom) = (y + ry, y + height - ry);
        let arc = |y: f64| format!("M{x:.1} {y:.1}a{rx:.1} {ry:.1} 0 0 0 {width:.1} 0");
        format!(
            "M{x:.1} {top:.1}a{rx:.1} {ry:.1} 0 0 1 {width:.1} 0V{bottom:.1}a{rx:.1} {ry:.1} 0 0 1 -{width:.1} 0Z{}{}{}",
            arc(top),
            arc(top + 5.0),
            arc(top + 10.0)
        )
    } else {
        let fold = 10.0_f64.min(width / 2.0);
        let (right, bottom) = (x + width, y + height);
        format!(
            "M{x:.1} {y:.1}H{:.1}L{right:.1} {:.1}V{bottom:.1}H{x:.1}ZM{:.1} {y:.1}V{:.1}H{right:.1}",
            right - fold,
            y + fold,
            right - fold,
            y + fold
        )
    };
    let list = it.marks.collection.then(|| {
        let transform = format!("translate({:.1} {:.1}) scale(.8)", it.rect.centre().x, it.rect.bottom() - 8.0);
        view! { <path class="sign" transform=transform d=icon::repeat(Repeat::Parallel) /> }
    });
    view! { <path class="body" d=d /> {list} }
}

fn group(it: &Node) -> impl IntoView + use<> {
    let Rect { x, y, width, height } = it.rect;
    view! { <rect class="group-line" x=x y=y width=width height=height rx="10" /> }
}

fn lane(it: &Node) -> impl IntoView + use<> {
    let Rect { x, y, width, height } = it.rect;
    view! {
        <rect class="body lane" x=x y=y width=width height=height />
        {stripe(it)}
    }
}

/// Where the name of a pool or lane stands: at its left, or across its top.
fn stripe(it: &Node) -> impl IntoView + use<> {
    let (Rect { x, y, width, height }, head) = (it.rect, edit::lanes::HEADER);
    let (wide, high, d) = if it.standing {
        (width, head, format!("M{x:.1} {:.1}h{width:.1}", y + head))
    } else {
        (head, height, format!("M{:.1} {y:.1}v{height:.1}", x + head))
    };
    view! {
        <rect class="lane-head" x=x y=y width=wide height=high />
        <path class="lane-line" d=d />
    }
}

fn pool(it: &Node) -> impl IntoView + use<> {
    let Rect { x, y, width, height } = it.rect;
    let class = if it.expanded { "body pool" } else { "body pool closed" };
    view! {
        <rect class=class x=x y=y width=width height=height />
        {it.expanded.then(|| stripe(it))}
    }
}

fn note(it: &Node) -> impl IntoView + use<> {
    let rect = it.rect;
    let d = format!("M{:.1} {:.1}h-8v{:.1}h8", rect.x + 8.0, rect.y, rect.height);
    view! {
        <rect class="hit" x=rect.x y=rect.y width=rect.width height=rect.height />
        <path class="note-line" d=d />
    }
}

/// Number of instances that stand at a node, in its upper right corner; "you are here" without a number.
pub fn badge(rect: Rect, mark: Mark) -> Option<impl IntoView> {
    if mark.count == 0 && !mark.active {
        return None;
    }
    let class = match (mark.incidents > 0, mark.overdue > 0) {
        (true, _) => "badge stuck",
        (false, true) => "badge overdue",
        (false, false) => "badge",
    };
    let text = if mark.count > 0 { mark.count.to_string() } else { String::new() };
    let width = if text.is_empty() { 14.0 } else { edit::wrap::width(&text, 12.0) + 14.0 };
    let height = if text.is_empty() { 14.0 } else { 20.0 };
    let (x, y) = (rect.right() - width / 2.0, rect.y - height / 2.0);
    Some(view! {
        <g class=class>
            <rect x=x y=y width=width height=height rx=height / 2.0 />
            <text x=x + width / 2.0 y=y + 14.0 text-anchor="middle" font-size="12">{text}</text>
        </g>
    })
}
