//! What can be done about an alert on the canvas: play the run that breaks the flow, look at a fix and take it.

use std::sync::Arc;

use edit::film::Film;
use edit::kind::Kind;
use edit::{Document, Edit, FlowEdit};
use leptos::prelude::*;
use runtime::alert::{Alert, Severity};
use runtime::check::sound::Fault;
use runtime::check::sound::fix::{Fix, Mend};
use runtime::check::{Breaks, Process, Verdict};
use runtime::model::flow::Flow;
use runtime::model::layout::Diagram;

use super::player::Showing;
use super::{Canvas, words as canvas_words};
use crate::studio::desk::Desk;
use crate::studio::say::sentence;
use crate::studio::words as general;
use crate::text::texts;
use crate::ui::icon::icon;

texts! {
    PLAY_RUN = "Play the run", "播放运行过程";
    FIX = "Fix: {}", "修复：{}";
    APPLY = "Apply", "应用";
    BACK_OUT = "Leave it", "放弃";
    TO_PARALLEL = "“{}” becomes a parallel gateway", "将“{}”改为并行网关";
    TO_EXCLUSIVE = "“{}” becomes an exclusive gateway", "将“{}”改为排他网关";
    TO_INCLUSIVE = "“{}” becomes an inclusive gateway", "将“{}”改为包容网关";
    JOIN = "Join the ways before “{}”", "在“{}”之前并行汇合";
    SOUND_AFTER = "After it every run can end.", "修复后每次运行都能结束。";
    BETTER_AFTER = "After it fewer things are wrong; not all.", "修复后问题减少，但未全部解决。";
}

fn breaks(code: &str) -> Option<Breaks> {
    Some(match code {
        "flow-unsafe" => Breaks::Unsafe,
        "flow-deadlock" => Breaks::Deadlock,
        "flow-livelock" => Breaks::Livelock,
        "flow-end-twice" => Breaks::EndTwice,
        "flow-dead-activity" => Breaks::Dead,
        "flow-callee-broken" => Breaks::Callee,
        _ => return None,
    })
}

/// What the checker says of the runs of this flow.
fn process(canvas: Canvas) -> Option<Process> {
    canvas.desk.processes.with(|it| runtime::plain::read(it.get(&canvas.key.get_value())?).ok())
}

/// The fault an alert tells of.
fn fault(canvas: Canvas, alert: &Alert) -> Option<Fault> {
    let what = breaks(&alert.code)?;
    untrack(|| process(canvas)).and_then(|process| {
        let here = |it: &&Fault| it.what == what && it.at.first().map(|it| it.as_str()) == alert.element.as_deref();
        process.faults.iter().find(here).cloned()
    })
}

fn fixes(canvas: Canvas) -> Vec<Fix> {
    process(canvas).map(|it| it.fixes).unwrap_or_default()
}

/// What a fix does, in words. What it changes is called as it is now, while the drawing shows what comes of it.
fn says(canvas: Canvas, fix: &Fix) -> String {
    let words = match fix.what {
        Mend::Parallel => TO_PARALLEL,
        Mend::Exclusive => TO_EXCLUSIVE,
        Mend::Inclusive => TO_INCLUSIVE,
        Mend::Join => JOIN,
    };
    let (key, at) = (canvas.key.get_value(), fix.at.as_str());
    let name = canvas.desk.document.with_untracked(|document| {
        let it = edit::tree::find(document.flow(&key)?, at)?;
        let name = canvas.desk.words_now(document, &format!("node/{key}/{at}"), &it.name);
        let kind = Kind::of(&it.kind).filter(|_| name.trim().is_empty());
        Some(kind.map_or(name, |it| canvas_words::kind(it).now().to_owned()))
    });
    words.fill_now(&[name.as_deref().unwrap_or(at)])
}

/// What a flow and its drawing are after a fix.
type After = fn(Desk, &str, &Fix) -> Option<(Arc<Flow>, Diagram)>;

/// A fix that is looked at before it is done.
#[derive(Clone)]
pub struct Mended {
    pub fix: Box<Fix>,
    /// What does it; the drawing, which asks, does not name what edits a flow.
    after: After,
}

impl Mended {
    fn new(fix: Fix) -> Self {
        Mended { fix: Box::new(fix), after }
    }

    /// The flow as it would be after it.
    pub fn flow(&self, desk: Desk, key: &str) -> Option<(Arc<Flow>, Diagram)> {
        (self.after)(desk, key, &self.fix)
    }
}

fn after(desk: Desk, key: &str, fix: &Fix) -> Option<(Arc<Flow>, Diagram)> {
    let mut after = desk.document.with_untracked(Document::clone);
    after.apply(&Edit::flow(key, FlowEdit::Mend { fix: Box::new(fix.clone()) })).ok()?;
    Some((after.flow(key)?.clone(), after.diagram(key)))
}

/// Whether every run of the flow can end. Where one cannot, a click plays it.
pub fn verdict(canvas: Canvas) -> Option<AnyView> {
    let process = process(canvas)?;
    let (verdict, fault) = (process.verdict, process.faults.into_iter().find(|it| !it.run.is_empty()));
    // That every run can end is no comfort where it cannot be published.
    let file = format!("flows/{}/flow.json", canvas.key.get_value());
    let wrong = canvas.desk.alerts.with(|it| it.iter().any(|it| it.severity == Severity::Error && it.file == file));
    let (words, tone, symbol) = match verdict {
        Verdict::Sound if wrong => (general::NOT_YET, "warning", "alert"),
        Verdict::Sound => (general::SOUND, "success", "check"),
        Verdict::Broken => (general::BROKEN, "danger", "alert"),
        Verdict::Unknown => (general::UNPROVED, "info", "info"),
    };
    let class = format!("badge {tone} verdict");
    Some(match fault {
        Some(fault) => view! {
            <button type="button" class=class data-act="play-verdict" title=PLAY_RUN.get() on:click=move |_| {
                canvas.preview.set(None);
                canvas.showing.set(Some(Showing::new(words.now().to_owned(), Film::of_fault(&fault))));
            }>{icon(symbol)}{words.get()}{icon("play")}</button>
        }
        .into_any(),
        None => view! { <span class=class>{icon(symbol)}{words.get()}</span> }.into_any(),
    })
}

/// What would mend the flow, as buttons that show it first. Ways to mend it are found after it is known to be broken.
pub fn remedies(canvas: Canvas) -> AnyView {
    let found = Memo::new(move |_| fixes(canvas));
    let button = move |fix: Fix| {
        let label = FIX.fill_now(&[&untrack(|| says(canvas, &fix))]);
        view! {
            <button type="button" class="button small" data-act="fix" on:click=move |_| {
                canvas.showing.set(None);
                canvas.show(fix.at.as_str());
                canvas.preview.set(Some(Mended::new(fix.clone())));
            }>{icon("wrench")}{label}</button>
        }
    };
    (move || found.get().into_iter().take(3).map(button).collect_view()).into_any()
}

/// Buttons beside an alert, of this flow.
pub fn actions(canvas: Canvas, alert: &Alert) -> AnyView {
    let here = alert.file == format!("flows/{}/flow.json", canvas.key.get_value());
    if !here || breaks(&alert.code).is_none() {
        return ().into_any();
    }
    let run = fault(canvas, alert).filter(|it| !it.run.is_empty());
    let play = run.map(|fault| {
        let title = sentence(canvas.desk, alert);
        view! {
            <button type="button" class="button small" data-act="play-run" on:click=move |_| {
                canvas.preview.set(None);
                canvas.showing.set(Some(Showing::new(title.clone(), Film::of_fault(&fault))));
            }>{icon("play")}{PLAY_RUN.get()}</button>
        }
    });
    view! { <span class="alert-actions">{play}{remedies(canvas)}</span> }.into_any()
}

/// The fix that is looked at: taken or left.
#[component]
pub fn Preview(canvas: Canvas) -> impl IntoView {
    move || {
        canvas.preview.get().map(|Mended { fix, .. }| {
            let (words, after) = (untrack(|| says(canvas, &fix)), if fix.sound { SOUND_AFTER } else { BETTER_AFTER });
            view! {
                <div class="player" role="group" on:pointerdown=|event| event.stop_propagation() on:dblclick=|event| event.stop_propagation()>
                    <strong>{words}</strong>
                    <p class="player-said">{after.get()}</p>
                    <div class="player-row">
                        <button type="button" class="button primary small" data-act="apply-fix" on:click=move |_| {
                            canvas.preview.set(None);
                            canvas.edit(FlowEdit::Mend { fix: fix.clone() });
                        }>{APPLY.get()}</button>
                        <button type="button" class="button small" on:click=move |_| canvas.preview.set(None)>{BACK_OUT.get()}</button>
                    </div>
                </div>
            }
        })
    }
}
