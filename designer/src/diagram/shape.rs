//! One node as SVG, in the coordinates of the canvas.

use edit::geometry::{Rect, point};
use edit::kind::{Family, Kind};
use edit::scene::{FONT, Icon, LINE, Label, Node};
use leptos::prelude::*;

use super::{Mark, icon};

/// The drawing of one node; class and events are the surrounding group's.
pub fn shape(it: &Node) -> AnyView {
    let rect = it.rect;
    let body = match it.family {
        Family::Start | Family::Intermediate | Family::End | Family::Boundary => event(it).into_any(),
        Family::Gateway => gateway(it).into_any(),
        Family::Activity | Family::Sub => activity(it).into_any(),
        Family::Note => {
            let d = format!("M{:.1} {:.1}h-8v{:.1}h8", rect.x + 8.0, rect.y, rect.height);
            view! {
                <rect class="hit" x=rect.x y=rect.y width=rect.width height=rect.height />
                <path class="note-line" d=d />
            }
            .into_any()
        }
    };
    let centred = !(it.family == Family::Note || (it.family == Family::Sub && it.expanded));
    let class = if it.family.outside_label() { "node-name outside" } else { "node-name" };
    view! { {body} {label(&it.label, class, centred)} }.into_any()
}

/// Lines of a name.
pub fn label(it: &Label, class: &'static str, centred: bool) -> Option<impl IntoView + use<>> {
    if it.lines.is_empty() {
        return None;
    }
    let (x, y) = (it.x, it.y);
    let lines = it
        .lines
        .iter()
        .enumerate()
        .map(|(at, line)| view! { <tspan x=x y=y + LINE * at as f64>{line.clone()}</tspan> })
        .collect_view();
    let anchor = if centred { "middle" } else { "start" };
    Some(view! { <text class=class text-anchor=anchor font-size=FONT>{lines}</text> })
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
    let scale = radius / 18.0;
    let sign = icon::event(it.icon);
    let filled = it.throws || it.icon == Icon::Terminate;
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
        centre.x, rect.y, rect.right(), centre.y, centre.x, rect.bottom(), rect.x, centre.y
    );
    let scale = rect.width.min(rect.height) / 50.0;
    let class = if matches!(it.kind, Kind::EventBased) { "sign thin" } else { "sign bold" };
    view! {
        <path class="body" d=d />
        <path class=class transform=format!("translate({:.1} {:.1}) scale({scale:.3})", centre.x, centre.y) d=icon::gateway(it.kind) />
    }
}

fn activity(it: &Node) -> impl IntoView + use<> {
    let rect = it.rect;
    let class = match it.kind {
        Kind::CallActivity => "body call",
        Kind::EventSubProcess => "body area dashed",
        Kind::SubProcess if it.expanded => "body area",
        _ => "body",
    };
    let sign = icon::task(it.kind);
    let folded = it.family == Family::Sub && !it.expanded;
    let filled = it.kind == Kind::SendTask;
    view! {
        <rect class=class x=rect.x y=rect.y width=rect.width height=rect.height rx="8" />
        {(!sign.is_empty()).then(|| {
            let transform = format!("translate({:.1} {:.1})", rect.x + 6.0, rect.y + 6.0);
            view! { <path class=if filled { "sign small filled" } else { "sign small" } transform=transform d=sign /> }
        })}
        {folded.then(|| {
            let at = point(rect.centre().x - 7.0, rect.bottom() - 16.0);
            let d = format!("M{:.1} {:.1}h14v14h-14ZM{:.1} {:.1}v8m-4 -4h8", at.x, at.y, at.x + 7.0, at.y + 3.0);
            view! { <path class="sign" d=d /> }
        })}
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
