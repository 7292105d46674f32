//! What publishing would do to running instances, and where those go on whose step is gone. The server computes it anew
//! after every answer.

use std::collections::BTreeMap;

use ::api::Problem;
use ::api::publish::{AskImpact, FlowImpact, Impact, InstanceFate, Mappings, Running, Unmapped};
use edit::kind::Kind;
use leptos::{prelude::*, task::spawn_local};
use runtime::model::flow::ElementKind;

use super::words;
use crate::app::{app, pick};
use crate::studio::desk::Desk;
use crate::studio::{canvas, together};
use crate::ui::fetch::skeleton;
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show};

/// What was asked, what came back, what was chosen.
#[derive(Clone, Copy)]
pub struct Outlook {
    pub desk: Desk,
    pub found: RwSignal<Option<Impact>>,
    pub fault: RwSignal<Option<Problem>>,
    pub mappings: RwSignal<Mappings>,
    pub running: RwSignal<Running>,
    /// Gone steps by flow as they were first told: one that was answered is not told again.
    gone: StoredValue<BTreeMap<String, BTreeMap<String, Unmapped>>>,
    turn: StoredValue<u64>,
}

impl Outlook {
    pub fn new(desk: Desk) -> Self {
        Outlook {
            desk,
            found: RwSignal::new(None),
            fault: RwSignal::new(None),
            mappings: RwSignal::new(Mappings::new()),
            running: RwSignal::new(Running::Stay),
            gone: StoredValue::new(BTreeMap::new()),
            turn: StoredValue::new(0),
        }
    }

    /// Asks the server, of the draft as it is saved.
    pub fn ask(self) {
        self.turn.update_value(|it| *it += 1);
        let mine = self.turn.get_value();
        let path = self.desk.path("impact");
        let body = AskImpact { revision: self.desk.revision(), mappings: self.mappings.get_untracked() };
        spawn_local(async move {
            let answer = api::post::<_, Impact>(&path, &body).await;
            if self.turn.try_get_value() != Some(mine) {
                return;
            }
            match answer {
                Ok(it) => {
                    self.fault.try_set(None);
                    self.found.try_set(Some(it));
                }
                Err(why) => {
                    // Somebody has saved or published meanwhile: once that is put together, it is asked again.
                    if why.status == 409 {
                        together::meet(self.desk, &BTreeMap::new());
                    }
                    self.fault.try_set(Some(why));
                }
            }
        });
    }

    /// Whether somebody may have them moved; none: nothing runs, or it is not known yet.
    fn may_move(self) -> Option<bool> {
        self.found.with(|it| {
            let flows: Vec<&FlowImpact> = it.as_ref()?.flows.iter().filter(|it| !it.removed).collect();
            (!flows.is_empty()).then(|| flows.iter().all(|it| it.may_move))
        })
    }

    fn map(self, flow: &str, old: &str, new: String) {
        self.mappings.update(|it| {
            let own = it.entry(flow.to_owned()).or_default();
            if new.is_empty() {
                own.remove(old);
            } else {
                own.insert(old.to_owned(), new);
            }
        });
        self.ask();
    }
}

/// The section of the dialog.
pub fn section(outlook: Outlook) -> AnyView {
    let content = move || {
        crate::ui::focus::keep("data-map");
        if let Some(why) = outlook.fault.get() {
            return view! {
                <div class="banner danger" role="alert">{icon("alert")}
                    <span class="grow">{words::NOT_LOOKED.get()}" "{problem::sentence(&why)}</span>
                    <button type="button" class="button small" on:click=move |_| { outlook.fault.set(None); outlook.ask(); }>{crate::text::RETRY.get()}</button>
                </div>
            }
            .into_any();
        }
        let Some(found) = outlook.found.get() else {
            return view! { <p class="faint" role="status">{words::LOOKING.get()}</p>{skeleton()} }.into_any();
        };
        if found.flows.is_empty() {
            return view! { <p class="faint" data-impact="none">{words::NOTHING_RUNS.get()}</p> }.into_any();
        }
        found.flows.into_iter().map(|it| flow(outlook, it)).collect_view().into_any()
    };
    let allowed = Memo::new(move |_| outlook.may_move());
    let choice = move || {
        allowed.get().map(|may| {
            let option = move |it: Running, title: crate::text::Text, why: crate::text::Text, off: bool| {
                view! {
                    <label class="choice-row" class:off=off>
                        <input type="radio" name="running" disabled=off prop:checked=move || outlook.running.get() == it
                            data-running=format!("{it:?}") on:change=move |_| outlook.running.set(it)/>
                        <span><strong>{title.get()}</strong><small class="faint">{why.get()}</small></span>
                    </label>
                }
            };
            view! {
                <fieldset class="choice-rows">
                    <legend>{words::WHAT_BECOMES.get()}</legend>
                    {option(Running::Stay, words::LET_STAY, words::LET_STAY_WHY, false)}
                    {option(Running::Move, words::LET_MOVE, if may { words::LET_MOVE_WHY } else { words::MAY_NOT_MOVE }, !may)}
                </fieldset>
            }
        })
    };
    view! { <section class="publish-part"><h3>{words::RUNNING.get()}</h3>{content}{choice}</section> }.into_any()
}

fn flow(outlook: Outlook, it: FlowImpact) -> AnyView {
    let titles = it.titles.clone();
    let count = it.running.to_string();
    let counts = it
        .fates
        .iter()
        .map(|(fate, count)| {
            let ((label, tone), count) = (words::fate(fate), count.to_string());
            view! { <span class=format!("badge {tone}") data-fate=fate.clone()>{count}" "{label.get()}</span> }
        })
        .collect_view();
    let partly = (it.looked_at < it.running).then(|| {
        let many = it.looked_at.to_string();
        view! { <p class="faint">{move || words::LOOKED_AT.fill(&[&many])}</p> }
    });
    let editor = mapping(outlook, &it);
    let hidden = it.looked_at.saturating_sub(it.instances.len() as u64);
    let listed = (!it.removed && it.looked_at > 0).then(|| {
        let rows = it.instances.iter().map(instance).collect_view();
        view! {
            <details class="impact-list"><summary>{words::EACH_ONE.get()}</summary>
                <ul class="plain-list">{rows}</ul>
                {(hidden > 0).then(|| view! { <p class="faint">{move || words::NOT_READABLE.fill(&[&hidden.to_string()])}</p> })}
            </details>
        }
    });
    view! {
        <div class="impact-flow" data-impact=it.flow.clone()>
            <div class="change-head"><h4>{move || pick(&titles, app().lang.get())}</h4>
                <span class="faint">{move || words::RUN_OF.fill(&[&count])}</span></div>
            {it.removed.then(|| view! { <p class="faint">{words::FLOW_GONE.get()}</p> })}
            <div class="chips">{counts}</div>
            {partly}{editor}{listed}
        </div>
    }
    .into_any()
}

fn instance(it: &InstanceFate) -> AnyView {
    let (label, tone) = words::fate(&it.fate);
    let at = it.at.clone();
    let here = move || {
        let lang = app().lang.get();
        at.iter().map(|it| pick(it, lang)).collect::<Vec<_>>().join(", ")
    };
    let name = if it.record_label.is_empty() { it.record.clone() } else { it.record_label.clone() };
    view! {
        <li class="impact-row">
            <a href=format!("/records/{}/{}", nav::encode(&it.module), nav::encode(&it.record)) target="_blank">{name}</a>
            <span class="faint grow">{here}" · "{show::ago(it.started_at.clone())}</span>
            <span class=format!("badge {tone}")>{label.get()}</span>
            {(!it.why.is_empty()).then(|| view! { <small class="faint">{it.why.join("; ")}</small> })}
        </li>
    }
    .into_any()
}

/// Steps of the draft something could go on at: id and name, the language now.
fn steps(desk: Desk, flow: &str) -> Vec<(String, String)> {
    desk.document.with_untracked(|document| {
        let Some(it) = document.flow(flow) else { return Vec::new() };
        let name = |id: &str, own: &str| desk.words(document, &format!("node/{flow}/{id}"), own);
        it.all()
            .into_iter()
            .filter_map(|element| {
                if let ElementKind::SequenceFlow { source_ref, target_ref, .. } = &element.kind {
                    // Tokens wait on a line only before what joins.
                    let into = it.all().into_iter().find(|it| it.id == *target_ref)?;
                    matches!(
                        into.kind,
                        ElementKind::ParallelGateway {}
                            | ElementKind::InclusiveGateway {}
                            | ElementKind::ComplexGateway { .. }
                    )
                    .then_some(())?;
                    let from = it.all().into_iter().find(|it| it.id == *source_ref)?;
                    let ends = (name(&from.id.0, &from.name), name(&into.id.0, &into.name));
                    return Some((element.id.0.clone(), format!("{} → {}", ends.0, ends.1)));
                }
                let kind = canvas::words::kind(Kind::of(&element.kind)?);
                let own = name(&element.id.0, &element.name);
                let words = if own.trim().is_empty() {
                    format!("{} ({})", kind.read(), element.id)
                } else {
                    format!("{own} ({})", kind.read())
                };
                element.kind.is_node().then(|| (element.id.0.clone(), words))
            })
            .collect()
    })
}

/// Which step each of the gone ones has become. What was answered stays, so that it can be answered anew.
fn mapping(outlook: Outlook, it: &FlowImpact) -> Option<AnyView> {
    let given = outlook.mappings.with(|all| all.get(&it.flow).cloned().unwrap_or_default());
    outlook.gone.update_value(|all| {
        let known = all.entry(it.flow.clone()).or_default();
        known.extend(it.unmapped.iter().map(|it| (it.id.clone(), it.clone())));
    });
    let known = outlook.gone.with_value(|all| all.get(&it.flow).cloned().unwrap_or_default());
    let answered = given
        .keys()
        .filter(|id| !it.unmapped.iter().any(|it| it.id == **id))
        .map(|id| known.get(id).cloned().unwrap_or_else(|| Unmapped { id: id.clone(), ..Unmapped::default() }));
    let all: Vec<Unmapped> = it.unmapped.iter().cloned().chain(answered).collect();
    if all.is_empty() || it.removed {
        return None;
    }
    let rows = all
        .into_iter()
        .map(|gone| {
            let (flow, id) = (it.flow.clone(), gone.id.clone());
            let now = given.get(&gone.id).cloned().unwrap_or_default();
            let all = steps(outlook.desk, &flow);
            let option = |(id, words): &(String, String)| view! { <option value=id.clone() selected=*id == now>{words.clone()}</option> };
            let likely = all.iter().filter(|it| gone.suggested.contains(&it.0)).map(option).collect_view();
            let rest = all.iter().filter(|it| !gone.suggested.contains(&it.0)).map(option).collect_view();
            let name = if gone.titles.is_empty() { gone.id.clone() } else { pick(&gone.titles, app().lang.get()) };
            let label = if gone.count == 0 { name } else { words::STANDS_THERE.fill(&[&name, &gone.count.to_string()]) };
            view! {
                <label class="mapping-row"><span>{label}</span>
                    <select class="input" data-map=gone.id.clone() on:change=move |event| outlook.map(&flow, &id, event_target_value(&event))>
                        <option value="" selected=now.is_empty()>{words::NOT_MAPPED.read()}</option>
                        {(!gone.suggested.is_empty()).then(|| view! { <optgroup label=words::SUGGESTED.read()>{likely}</optgroup> })}
                        <optgroup label=words::ALL_STEPS.read()>{rest}</optgroup>
                    </select>
                </label>
            }
        })
        .collect_view();
    Some(
        view! { <div class="mapping"><h5>{words::MAPPING.get()}</h5><p class="faint">{words::MAPPING_WHY.get()}</p>{rows}</div> }.into_any(),
    )
}
