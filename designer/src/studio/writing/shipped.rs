//! The way back to what was shipped, for one form, flow, view or table: the differences first, then one undoable step. Records
//! stay, and so does everything else of the pack.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::api::Problem;
use ::api::studio::ShippedFiles;
use edit::Edit;
use edit::compare::Files;
use edit::document::{Address, Content};
use leptos::{prelude::*, task::spawn_local};
use runtime::model::pack::Texts;

use crate::app::{Tone, app};
use crate::studio::desk::Desk;
use crate::studio::diff_lines::{Line, lines};
use crate::text::texts;
use crate::ui::dialog::Dialog;
use crate::ui::problem;
use crate::{api, later, nav, text};

texts! {
    TITLE = "Back to the shipped version", "恢复出厂版本";
    WHY = "This is what changes. Records stay. Undo takes it back.", "将发生以下变更。记录保持不变，可撤销。";
    LINES = "Line by line", "逐行对比";
    LINES_WHY = "Lines in red go, lines in green come back.", "红色行将移除，绿色行将恢复。";
    SAME = "It is as it was shipped.", "与出厂版本一致。";
    NOT_SHIPPED = "This pack did not come with this release.", "此业务包不是随本版本提供的。";
    RESTORE = "Restore", "恢复";
    DONE = "Restored. Publish to make it live.", "已恢复，发布后生效。";
    VERSION = "Version {}", "版本 {}";
}

/// Files that belong together: the beginnings of their paths, and of the addresses of their texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    pub paths: Vec<String>,
    pub texts: Vec<String>,
}

impl Subject {
    pub fn module(key: &str) -> Self {
        let texts = ["field", "help", "option", "view", "section", "page", "check"]
            .iter()
            .map(|it| format!("{it}/{key}/"))
            .chain([format!("module/{key}")]);
        Subject { paths: vec![format!("modules/{key}/")], texts: texts.collect() }
    }

    pub fn flow(key: &str) -> Self {
        let texts = ["node", "outcome"].iter().map(|it| format!("{it}/{key}/")).chain([format!("flow/{key}")]);
        Subject { paths: vec![format!("flows/{key}/")], texts: texts.collect() }
    }

    pub fn view(module: &str, key: &str) -> Self {
        let texts = ["section", "page"]
            .iter()
            .map(|it| format!("{it}/{module}/{key}/"))
            .chain([format!("view/{module}/{key}")]);
        Subject { paths: vec![format!("modules/{module}/views/{key}.json")], texts: texts.collect() }
    }

    pub fn table(key: &str) -> Self {
        Subject { paths: vec![format!("tables/{key}.json")], texts: vec![format!("table/{key}")] }
    }
}

/// What differs: path, how it is now, how it was shipped.
type Differences = BTreeMap<String, (Option<String>, Option<String>)>;

/// The dialog.
pub fn dialog(desk: Desk, subject: Subject, open: RwSignal<bool>) -> AnyView {
    let found = RwSignal::new(None::<Result<(String, Differences), ()>>);
    let fault = RwSignal::new(None::<Problem>);
    let subject = StoredValue::new(subject);
    let look = move || {
        found.set(None);
        fault.set(None);
        let path = desk.source.with_value(|it| format!("/api/studio/packs/{}/shipped", nav::encode(&it.id)));
        spawn_local(async move {
            let answer = api::get::<ShippedFiles>(&path).await;
            let result = match answer {
                Ok(it) => Ok((it.version.clone(), subject.with_value(|subject| differences(desk, subject, &it.files)))),
                Err(why) => {
                    fault.try_set(Some(why).filter(|it| it.status != 404));
                    Err(())
                }
            };
            found.try_set(Some(result));
        });
    };
    Effect::new(move |_| {
        if open.get() {
            look();
        }
    });
    let restore = move |_| {
        let Some(Ok((_, differences))) = found.get_untracked() else { return };
        let files: Vec<(Address, Option<Content>)> = differences
            .into_iter()
            .filter_map(|(path, (_, shipped))| {
                let address = Address::of(&path)?;
                let content = match shipped {
                    Some(text) => Some(Content::parse(&address, &text)?),
                    None => None,
                };
                Some((address, content))
            })
            .collect();
        let what = subject.with_value(|it| it.paths.first().cloned().unwrap_or_default());
        if desk.edit(Edit::Put { verb: "restore", what, files }) {
            open.set(false);
            app().toast(Tone::Good, DONE.now());
        }
    };
    let some = move || found.with(|it| matches!(it, Some(Ok((_, it))) if !it.is_empty()));
    view! {
        <Dialog open=open title=TITLE wide=true>
            <div class="body shipped">
                {problem::banner(fault, Some(Callback::new(move |()| look())))}
                {move || match found.get() {
                    None => crate::ui::fetch::skeleton().into_any(),
                    Some(Err(())) => fault.with(Option::is_none).then(|| view! { <p>{NOT_SHIPPED.get()}</p> }).into_any(),
                    Some(Ok((version, it))) if it.is_empty() => view! { <p class="faint">{VERSION.fill(&[&version])}</p><p>{SAME.get()}</p> }.into_any(),
                    Some(Ok((version, it))) => view! {
                        <p class="faint">{VERSION.fill(&[&version])}</p><p>{WHY.get()}</p>
                        {readable(desk, &it)}
                        <details class="shipped-lines"><summary>{LINES.get()}</summary><p class="faint">{LINES_WHY.get()}</p>
                            {it.into_iter().map(|(path, (now, shipped))| file(path, &now.unwrap_or_default(), &shipped.unwrap_or_default())).collect_view()}
                        </details>
                    }.into_any(),
                }}
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" disabled=move || !some() on:click=restore>{RESTORE.get()}</button>
            </footer>
        </Dialog>
    }
    .into_any()
}

fn differences(desk: Desk, subject: &Subject, shipped: &BTreeMap<String, String>) -> Differences {
    let mine = |path: &str| subject.paths.iter().any(|it| path.starts_with(it.as_str()));
    let mut found = Differences::new();
    desk.document.with_untracked(|it| {
        let paths = it.paths();
        let all = paths.iter().cloned().chain(shipped.keys().cloned()).filter(|it| mine(it));
        for path in all {
            let (now, then) = (it.text(&path), shipped.get(&path).cloned());
            if !same(&path, now.as_deref(), then.as_deref()) {
                found.insert(path, (now, then));
            }
        }
        for language in it.languages() {
            let path = Address::Texts(language.clone()).path();
            let now = it.texts(&language);
            let Some(then) = shipped.get(&path).and_then(|it| runtime::plain::parse::<Texts>(it).ok()) else {
                continue;
            };
            let about = |address: &str| {
                subject
                    .texts
                    .iter()
                    .any(|it| if it.ends_with('/') { address.starts_with(it.as_str()) } else { address == it })
            };
            let mut back: Texts = now.iter().filter(|it| !about(it.0)).map(|(a, b)| (a.clone(), b.clone())).collect();
            back.extend(then.into_iter().filter(|it| about(&it.0)));
            if back != *now {
                let text = |it: &Arc<Texts>| Content::Texts(it.clone()).text(None);
                found.insert(path, (Some(text(&now)), Some(text(&Arc::new(back)))));
            }
        }
    });
    found
}

/// The differences as publishing tells them.
fn readable(desk: Desk, differences: &Differences) -> AnyView {
    let now = desk.document.with_untracked(|document| {
        document.paths().into_iter().filter_map(|path| Some((path.clone(), document.text(&path)?))).collect::<Files>()
    });
    let mut then = now.clone();
    for (path, (_, shipped)) in differences {
        match shipped {
            Some(text) => then.insert(path.clone(), text.clone()),
            None => then.remove(path),
        };
    }
    later::changes(now, then)
}

/// The same meaning counts, not the same blanks.
fn same(path: &str, now: Option<&str>, then: Option<&str>) -> bool {
    match (now, then, Address::of(path)) {
        (Some(now), Some(then), Some(address)) => {
            now == then || Content::parse(&address, now) == Content::parse(&address, then)
        }
        (now, then, _) => now == then,
    }
}

fn file(path: String, now: &str, then: &str) -> impl IntoView + use<> {
    let rows = lines(now, then)
        .into_iter()
        .map(|it| match it {
            Line::Gone(text) => view! { <del>{text}</del> }.into_any(),
            Line::Back(text) => view! { <ins>{text}</ins> }.into_any(),
            Line::Same(text) => view! { <span>{text}</span> }.into_any(),
            Line::Skipped => view! { <span class="faint">"⋯"</span> }.into_any(),
        })
        .collect_view();
    view! { <details open=true><summary><code>{path}</code></summary><pre class="line-diff">{rows}</pre></details> }
}
