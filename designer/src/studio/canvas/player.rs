//! A run shown on the canvas, token by token: played, stepped through, wound back. Also how nodes look while it runs, and
//! while the draft is compared with the live version.

use std::time::Duration;

use edit::film::{Film, Frame};
use edit::geometry::{midway, point};
use leptos::prelude::*;

use super::Canvas;
use crate::text::{Text, texts};
use crate::ui::icon::icon;

texts! {
    PLAY = "Play", "播放";
    PAUSE = "Pause", "暂停";
    STEP = "One step on", "前进一步";
    STEP_BACK = "One step back", "后退一步";
    SPEED = "Speed {}×", "速度 {}×";
    CLOSE_RUN = "Close the run", "关闭";
    STEP_OF = "Step {} of {}", "第 {} 步，共 {} 步";
    BEFORE = "Before the start", "开始之前";
    RUN = "Run", "运行";
    AT = "{} · {}", "{} · {}";
}

/// The pace of playing, at its usual speed.
const PACE: Duration = Duration::from_millis(900);

/// Speeds to choose from, in their turn, each with how it is written.
const SPEEDS: [(f64, &str); 4] = [(1.0, "1"), (2.0, "2"), (4.0, "4"), (0.5, "½")];

/// A film that is shown, and how far.
#[derive(Clone, Debug, PartialEq)]
pub struct Showing {
    pub title: String,
    pub film: Film,
    pub at: usize,
    pub playing: bool,
}

impl Showing {
    pub fn new(title: String, film: Film) -> Self {
        Showing { title, film, at: 0, playing: true }
    }

    fn frame(&self) -> Option<&Frame> {
        self.film.frames.get(self.at)
    }

    fn last(&self) -> usize {
        self.film.frames.len().saturating_sub(1)
    }
}

/// What happened, in words.
fn event(word: &str) -> Text {
    match word {
        "starts" => Text::new("starts", "开始"),
        "completes" | "completed" => Text::new("is done", "完成"),
        "entered" => Text::new("begins", "进入"),
        "opens" => Text::new("opens", "打开"),
        "gathers" => Text::new("waits for more", "等待更多令牌"),
        "waits" => Text::new("waits for ever", "永远等待"),
        "fires" => Text::new("happens", "触发"),
        "interrupts" => Text::new("interrupts", "中断"),
        "splits" => Text::new("splits", "分支"),
        "joins" => Text::new("joins", "汇合"),
        "ends" => Text::new("ends", "结束"),
        "terminates" => Text::new("ends everything", "终止全部"),
        "throws" => Text::new("throws", "抛出"),
        "fails" | "failed" => Text::new("cannot go on", "无法继续"),
        "cancelled" => Text::new("is called off", "取消"),
        "compensated" => Text::new("is undone", "补偿"),
        // Of an exclusive gateway the flow taken.
        _ => Text::new("goes on", "选择路径"),
    }
}

/// The bar under the run.
pub fn player(canvas: Canvas) -> AnyView {
    let tick = move || {
        canvas.showing.update(|it| {
            if let Some(it) = it.as_mut().filter(|it| it.playing) {
                if it.at < it.last() {
                    it.at += 1;
                }
                it.playing = it.at < it.last();
            }
        });
    };
    // Whether it plays; the clock goes only then.
    let playing = Memo::new(move |_| canvas.showing.with(|it| it.as_ref().is_some_and(|it| it.playing)));
    let speed = RwSignal::new(0usize);
    let timer = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(it) = timer.try_get_value().flatten() {
            it.clear();
        }
    };
    Effect::new(move |_| {
        stop();
        let pace = PACE.div_f64(SPEEDS[speed.get()].0);
        timer.set_value(if playing.get() { set_interval_with_handle(tick, pace).ok() } else { None });
    });
    on_cleanup(stop);
    // What happens is kept in view.
    Effect::new(move |_| {
        let here = canvas.showing.with(|it| it.as_ref().and_then(|it| it.frame()?.element.clone()));
        if let Some(id) = here {
            canvas.show(&id);
        }
    });
    let go = move |to: usize| {
        canvas.showing.update(|it| {
            if let Some(it) = it {
                it.at = to.min(it.last());
                it.playing = false;
            }
        });
    };
    let there = Memo::new(move |_| canvas.showing.with(Option::is_some));
    let at = move || canvas.showing.with(|it| it.as_ref().map_or((0, 0), |it| (it.at, it.last())));
    let said = move || {
        canvas.showing.with(|it| {
            let Some(frame) = it.as_ref().and_then(Showing::frame) else { return String::new() };
            match &frame.element {
                Some(id) => AT.fill(&[&canvas.name(id), event(&frame.event).read()]),
                None => BEFORE.read().to_owned(),
            }
        })
    };
    (move || {
        there.get().then(|| {
            view! {
                <div class="player" role="group" aria-label=RUN.get() on:pointerdown=|event| event.stop_propagation()
                    on:dblclick=|event| event.stop_propagation() on:keydown=|event| event.stop_propagation()>
                    <div class="player-head">
                        <strong>{move || canvas.showing.with(|it| it.as_ref().map(|it| it.title.clone()))}</strong>
                        <button type="button" class="button plain icon-only small" data-act="close-run" aria-label=CLOSE_RUN.get() title=CLOSE_RUN.get()
                            on:click=move |_| canvas.showing.set(None)>{icon("x")}</button>
                    </div>
                    <p class="player-said" role="status">{said}</p>
                    <div class="player-row">
                        <button type="button" class="button plain icon-only small" data-act="step-back" aria-label=STEP_BACK.get() title=STEP_BACK.get()
                            on:click=move |_| go(untrack(at).0.saturating_sub(1))>{icon("step-back")}</button>
                        <button type="button" class="button plain icon-only small" data-act="play"
                            aria-label=move || if playing.get() { PAUSE.read() } else { PLAY.read() }
                            on:click=move |_| canvas.showing.update(|it| if let Some(it) = it {
                                if !it.playing && it.at == it.last() {
                                    it.at = 0;
                                }
                                it.playing = !it.playing;
                            })>{move || icon(if playing.get() { "pause" } else { "play" })}</button>
                        <button type="button" class="button plain icon-only small" data-act="step" aria-label=STEP.get() title=STEP.get()
                            on:click=move |_| go(untrack(at).0 + 1)>{icon("step")}</button>
                        <button type="button" class="button plain small player-speed" data-act="speed" aria-label=move || SPEED.fill(&[SPEEDS[speed.get()].1])
                            title=move || SPEED.fill(&[SPEEDS[speed.get()].1]) on:click=move |_| speed.update(|it| *it = (*it + 1) % SPEEDS.len())>
                            {move || format!("{}×", SPEEDS[speed.get()].1)}</button>
                        <input type="range" min="0" max=move || at().1.to_string() prop:value=move || at().0.to_string() aria-label=RUN.get()
                            aria-valuetext=said on:input=move |event| go(event_target_value(&event).parse().unwrap_or(0))/>
                        <span class="faint player-at">{move || { let (at, last) = at(); STEP_OF.fill(&[&at.to_string(), &last.to_string()]) }}</span>
                    </div>
                    {move || {
                        let breaks = canvas.trial.with(Option::is_none) && canvas.showing.with(|it| it.as_ref().is_some_and(|it| !it.film.broken.is_empty()));
                        breaks.then(|| view! { <div class="player-row remedies">{super::mend::remedies(canvas)}</div> })
                    }}
                </div>
            }
        })
    })
    .into_any()
}

/// Tokens where they are in the picture that is shown.
pub fn tokens(canvas: Canvas) -> Option<AnyView> {
    canvas.showing.with(|it| {
        let frame = it.as_ref()?.frame()?;
        canvas.scene.with(|scene| {
            let on_flows = frame.flows.iter().filter_map(|(id, count)| Some((midway(&scene.edge(id)?.line), *count)));
            let on_nodes = frame.nodes.iter().filter_map(|(id, count)| {
                let rect = scene.node(id)?.rect;
                Some((point(rect.right() - 6.0, rect.y + 6.0), *count))
            });
            let tokens = on_flows.chain(on_nodes).map(|(at, count)| {
                let text = (count > 1)
                    .then(|| view! { <text x=at.x y=at.y + 4.0 text-anchor="middle" font-size="11">{count}</text> });
                view! { <g class="token"><circle cx=at.x cy=at.y r="9"/>{text}</g> }
            });
            Some(tokens.collect_view().into_any())
        })
    })
}

/// Whether there is anything of which [`state`] tells.
pub fn shows(canvas: Canvas) -> bool {
    let (run, fix, differs) =
        (canvas.showing.with(Option::is_some), canvas.preview.with(Option::is_some), canvas.diff.with(Option::is_some));
    run || fix || differs
}

/// How a node or line looks while a run is shown, or versions are compared: classes to be added.
pub fn state(canvas: Canvas, id: &str) -> &'static str {
    let shown = canvas.showing.with(|it| {
        let it = it.as_ref()?;
        let frame = it.frame()?;
        let here = frame.element.as_deref() == Some(id);
        let broken = it.at == it.last() && it.film.broken.contains(id);
        Some(match (broken, here, it.film.passed(it.at).contains(id)) {
            (true, ..) => " stuck",
            (_, true, _) => " active",
            (_, _, true) => " done taken",
            _ => "",
        })
    });
    if let Some(it) = shown {
        return it;
    }
    let fixed = canvas.preview.with(|it| it.as_ref().is_some_and(|it| it.fix.at.as_str() == id));
    if fixed {
        return " active";
    }
    canvas.diff.with(|it| match it {
        Some(it) if it.added.contains(id) => " diff-added",
        Some(it) if it.changed.contains_key(id) => " diff-changed",
        Some(it) if it.moved.contains(id) => " diff-moved",
        _ => "",
    })
}
