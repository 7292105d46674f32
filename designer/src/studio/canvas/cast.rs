//! Who takes part while a flow is tried: the people of a scenario of the pack, or those of this installation. Which is kept in
//! this browser for every flow.

use ::api::admin::UserInfo;
use edit::trial;
use leptos::{prelude::*, task::spawn_local};
use runtime::model::scenario::{Scenario, ScenarioActor};
use serde_json::{Value, json};

use super::Canvas;
use super::trial::Trial;
use crate::api;
use crate::app::{store, stored};
use crate::studio::input::{choice, row};
use crate::text::texts;
use crate::ui::icon::icon;

texts! {
    WHO = "Who does the next step", "由谁办理下一步";
    WHO_ANYBODY = "Anybody who may", "任何可办理的人";
    WHO_HELP = "Who may not is refused, as it would be when it runs.", "无权办理者会像实际运行时一样被拒绝。";
    PEOPLE_OF = "With the people of", "人员来自";
    OF_SCENARIO = "Scenario: {}", "场景：{}";
    OF_HOUSE = "This installation", "本系统的真实用户";
    HOUSE_LOADING = "Asking for the people…", "正在读取人员…";
    HOUSE_NO_RIGHTS = "Only administrators see the people of this installation.", "仅管理员可查看本系统的人员。";
    HOUSE_FAULT = "The people could not be read.", "无法读取人员。";
    HOUSE_EMPTY = "Nobody here has a role of this pack.", "本系统中没有人拥有此业务包的角色。";
    ASKING = "Asking whether this person may…", "正在核对权限…";
    BY = "{} ({})", "{}（{}）";
}

/// Instead of the name of a scenario: the people of this installation.
const HOUSE: &str = "@house";
/// The scenario their people are put into, while a step is judged; nobody's name begins so.
const STAND_IN: &str = "-people-of-the-house";
/// People to choose from at most.
const MOST: usize = 300;

/// People, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum House {
    #[default]
    Unasked,
    Asking,
    Known(Vec<ScenarioActor>),
    NoRights,
    Fault,
}

fn kept(canvas: Canvas) -> String {
    let pack = canvas.desk.source.with_value(|it| it.id.clone());
    format!("flowloom-cast/{pack}/{}", canvas.key.get_value())
}

/// Whose people a trial begins with: those chosen last, if they are still there.
pub fn first(canvas: Canvas) -> String {
    let flow = canvas.key.get_value();
    let stages = canvas.desk.document.with_untracked(|it| trial::stages(it, &flow));
    let there = |name: &String| *name == HOUSE || stages.iter().any(|it| it.0 == *name);
    stored(&kept(canvas))
        .filter(there)
        .or_else(|| stages.first().map(|it| it.0.clone()))
        .unwrap_or_else(|| HOUSE.to_owned())
}

/// The scenario a step is judged on, and the files it stands in where it is none of the pack's own.
pub fn stage(canvas: Canvas, trial: &Trial) -> Option<(String, Option<(String, String)>)> {
    let flow = canvas.key.get_value();
    let stages = canvas.desk.document.with_untracked(|it| trial::stages(it, &flow));
    if trial.cast != HOUSE {
        return stages.into_iter().find(|it| it.0 == trial.cast).map(|it| (it.0, None));
    }
    let House::Known(actors) = &trial.house else { return None };
    // Records, and what forms are filled with, come from the scenario that fits best, without its people.
    let mut it = match stages.into_iter().next() {
        Some((_, it)) => json!(Scenario { departments: Vec::new(), ..it }),
        None => json!({ "format": 1, "title": STAND_IN, "start": "2026-03-02T09:00:00+08:00", "steps": [] }),
    };
    it["actors"] = json!(actors);
    for record in it["records"].as_array_mut().into_iter().flatten() {
        record.as_object_mut().map(|it| it.remove("owner"));
    }
    Some((STAND_IN.to_owned(), Some((format!("scenarios/{STAND_IN}.json"), it.to_string()))))
}

/// Reads who there is, once.
fn ask(canvas: Canvas) {
    let unasked = canvas.trial.with_untracked(|it| it.as_ref().is_some_and(|it| it.house == House::Unasked));
    if !unasked {
        return;
    }
    let set = move |house: House| {
        canvas.trial.try_update(|it| {
            if let Some(it) = it {
                it.house = house;
            }
        });
    };
    set(House::Asking);
    let roles: Vec<String> = canvas
        .desk
        .document
        .with_untracked(|it| it.manifest().map(|it| it.roles.iter().map(|it| it.key.0.clone()).collect()))
        .unwrap_or_default();
    spawn_local(async move {
        set(match api::get::<Vec<UserInfo>>("/api/admin/users").await {
            Ok(all) => {
                let fits = |it: &UserInfo| !it.disabled && it.roles.iter().any(|it| roles.contains(it));
                House::Known(all.into_iter().filter(fits).take(MOST).filter_map(|it| actor(&it)).collect())
            }
            Err(why) if why.status == 403 => House::NoRights,
            Err(_) => House::Fault,
        });
    });
}

fn actor(it: &UserInfo) -> Option<ScenarioActor> {
    let value: Value = json!({
        "user": it.login, "name": it.name, "roles": it.roles, "department": it.department, "regions": it.regions, "skills": it.skills,
        "onDuty": it.on_duty,
    });
    serde_json::from_value(value).ok()
}

/// Whose people, and who of them does the next step.
pub fn people(canvas: Canvas) -> AnyView {
    let cast = Memo::new(move |_| canvas.trial.with(|it| it.as_ref().map(|it| it.cast.clone()).unwrap_or_default()));
    let house = Memo::new(move |_| canvas.trial.with(|it| it.as_ref().map(|it| it.house.clone()).unwrap_or_default()));
    Effect::new(move |_| {
        if cast.with(|it| it == HOUSE) {
            ask(canvas);
        }
    });
    let stages = move || canvas.desk.document.with(|it| trial::stages(it, &canvas.key.get_value()));
    let casts = move || {
        let of = |(name, it): (String, Scenario)| {
            let own = it.title;
            let title = canvas.desk.document.with(|it| canvas.desk.words(it, &format!("scenario/{name}"), &own));
            let title = OF_SCENARIO.fill(&[&title]);
            (name, title)
        };
        let mut all: Vec<(String, String)> = stages().into_iter().map(of).collect();
        all.push((HOUSE.to_owned(), OF_HOUSE.read().to_owned()));
        all
    };
    let actors = move || {
        if cast.with(|it| it == HOUSE) {
            return match house.get() {
                House::Known(all) => all,
                House::Unasked | House::Asking | House::NoRights | House::Fault => Vec::new(),
            };
        }
        stages().into_iter().find(|it| cast.with(|cast| *cast == it.0)).map(|it| it.1.actors).unwrap_or_default()
    };
    let offered = move || {
        let mut all = vec![(String::new(), WHO_ANYBODY.read().to_owned())];
        let actors = actors();
        canvas.desk.document.with(|it| {
            let roles = it.manifest().map(|it| it.roles.clone()).unwrap_or_default();
            for actor in &actors {
                let name = if actor.name.is_empty() { &actor.user } else { &actor.name };
                let titled = |key: &runtime::id::RoleKey| {
                    let own = roles.iter().find(|it| it.key == *key).map_or(key.as_str(), |it| it.title.as_str());
                    canvas.desk.words(it, &format!("role/{key}"), own)
                };
                let titles: Vec<String> = actor.roles.iter().map(titled).collect();
                all.push((actor.user.clone(), BY.fill(&[name, &titles.join(", ")])));
            }
        });
        all
    };
    let now = move || canvas.trial.with(|it| it.as_ref().map(|it| it.who.clone()).unwrap_or_default());
    let change = move |act: &dyn Fn(&mut Trial)| {
        canvas.trial.update(|it| {
            if let Some(it) = it {
                act(it);
                it.refused = None;
            }
        });
    };
    let refused = move || canvas.trial.with(|it| it.as_ref().and_then(|it| it.refused.clone()));
    let asking = move || canvas.trial.with(|it| it.as_ref().is_some_and(|it| it.asking));
    let state = move || {
        let of_house = cast.with(|it| it == HOUSE);
        let words = match house.get() {
            _ if !of_house => return None,
            House::Unasked | House::Asking => HOUSE_LOADING,
            House::NoRights => HOUSE_NO_RIGHTS,
            House::Fault => HOUSE_FAULT,
            House::Known(all) if all.is_empty() => HOUSE_EMPTY,
            House::Known(_) => return None,
        };
        Some(view! { <p class="faint" role="status">{words.get()}</p> })
    };
    view! {
        <div data-act="trial-cast">{row(PEOPLE_OF, choice(move || cast.get(), casts, move |to: String| {
            store(&kept(canvas), Some(&to));
            change(&|it| {
                it.cast.clone_from(&to);
                it.who.clear();
            });
        }))}</div>
        {state}
        <div data-act="trial-who">{row(WHO, choice(now, offered, move |to: String| change(&|it| it.who.clone_from(&to))))}</div>
        <p class="faint">{WHO_HELP.get()}</p>
        {move || asking().then(|| view! { <p class="faint">{ASKING.get()}</p> })}
        <div role="alert">{move || refused().map(|it| view! { <p class="alert-line danger" data-refused="">{icon("shield")}<span>{it}</span></p> })}</div>
    }
    .into_any()
}
