//! The page of one record: what it is, what may be done, its form, related records, history and flows.

use std::sync::Arc;

use ::api::live::Live;
use ::api::record::{HistoryEntry, Record};
use ::api::task::TaskHead;
use leptos::{prelude::*, task::spawn_local};
use runtime::model::view::{Related, Section, TimelinePlace};
use serde_json::Value;

use crate::app::{Tone, app, pick};
use crate::forms::page::{Saving, Target};
use crate::forms::state::Form;
use crate::instances;
use crate::module::{self, Kind, Module, Slot, plain};
use crate::ui::dialog::Titled;
use crate::ui::fetch::{Fetch, fetch, skeleton};
use crate::ui::icon::icon;
use crate::ui::menu::Pop;
use crate::ui::problem;
use crate::{api, later, nav, show, text};

/// The screen at `/records/{module}/{id}`.
pub fn record_page(key: String, id: String) -> AnyView {
    let steady = {
        let key = key.clone();
        module::steady(move || key.clone())
    };
    let path = format!("/api/records/{}/{}", nav::encode(&key), nav::encode(&id));
    let record = fetch::<Record>(move || Some(path.clone()));
    // The page is made once; later versions of the record flow into it.
    let ready = Memo::new(move |_| record.value.with(Option::is_some));
    let page = move || match steady.slot.get() {
        Slot::Loading => view! { <div class="page-body">{skeleton()}</div> }.into_any(),
        Slot::Failed(why) => {
            let key = key.clone();
            problem::screen(&why, Some(Callback::new(move |()| module::retry(&key))))
        }
        Slot::Ready(module) => {
            if !ready.get() {
                return match record.fault.get() {
                    Some(why) => problem::screen(&why, Some(Callback::new(move |()| record.reload()))),
                    None => view! { <div class="page-body">{skeleton()}</div> }.into_any(),
                };
            }
            match record.value.get_untracked() {
                Some(first) => view! { <Page module=module fetch=record first=first editing=steady.busy/> }.into_any(),
                None => ().into_any(),
            }
        }
    };
    view! { {steady.banner()}{page} }.into_any()
}

#[component]
fn Page(module: Arc<Module>, fetch: Fetch<Record>, first: Record, editing: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let module = StoredValue::new(module);
    let key = first.module.clone();
    let id = first.id.clone();
    let version = RwSignal::new(first.version);
    let record =
        Memo::new(move |before: Option<&Record>| fetch.value.get().or_else(|| before.cloned()).unwrap_or_default());
    let stale = RwSignal::new(false);
    let form = Form::open(
        module.get_value(),
        module.with_value(|it| it.form(&["edit", "create"])),
        Some(first.data.clone()),
        first.labels.clone(),
        false,
    )
    .of(&first.id);
    Effect::new(move |_| {
        let record = record.get();
        nav::title(&record.label);
        version.set(record.version);
        if !editing.get_untracked() {
            form.reset(Some(record.data), record.labels);
        }
    });
    // Somebody else changed it: read it again, or say so while it is being edited.
    Effect::new({
        let (key, id) = (key.clone(), id.clone());
        move |_| {
            let (_, last) = app.live.get();
            if let Some(Live::Record { module, id: changed, version: new }) = last
                && module == key
                && changed == id
                && new > version.get_untracked()
            {
                if editing.get_untracked() {
                    stale.set(true);
                } else {
                    fetch.reload();
                }
            }
        }
    });
    let saved = Callback::new(move |record: Record| {
        editing.set(false);
        stale.set(false);
        fetch.value.set(Some(record));
        app.say(Tone::Good, text::SAVED);
    });
    let tab = RwSignal::new(if app.place.get_untracked().get("tab").as_deref() == Some("history") {
        "history"
    } else {
        "form"
    });
    let may = move |action: &'static str| record.with(|it| it.actions.iter().any(|it| it == action));
    let number = move || {
        record
            .with(|record| module.with_value(|it| it.number_field().and_then(|key| record.data.get(key)).map(plain)))
            .unwrap_or_default()
    };
    let label = move || record.with(|it| it.label.clone());
    let history_path = format!("/api/records/{}/{}/history", nav::encode(&key), nav::encode(&id));
    let portal = app.session_now().is_some_and(|it| it.portal);
    let list = if portal { "/portal".to_owned() } else { format!("/records/{key}") };
    let deleting = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let undeleted = RwSignal::new(None);
    Effect::new(move |_| {
        deleting.track();
        undeleted.set(None);
    });
    let delete = {
        let (key, id) = (key.clone(), id.clone());
        move |_| {
            let path = format!("/api/records/{}/{}", nav::encode(&key), nav::encode(&id));
            let back = format!("/records/{key}");
            undeleted.set(None);
            busy.set(true);
            spawn_local(async move {
                let answer = api::delete(&path).await;
                busy.try_set(false);
                match answer {
                    Ok(()) => {
                        deleting.try_set(false);
                        app.say(Tone::Good, text::DELETED);
                        nav::leave_for(&back);
                    }
                    Err(why) => drop(undeleted.try_set(Some(why))),
                }
            });
        }
    };
    // A view of its own says where lists and history stand.
    let layout = StoredValue::new(module.with_value(|it| it.detail()).filter(|_| !portal));
    let mut links = module.with_value(|it| it.definition.links.clone());
    layout.with_value(|it| {
        let lists = it.iter().flat_map(|it| &it.1.related).collect::<Vec<_>>();
        links.retain(|it| !lists.iter().any(|list| list.module == it.module && list.field == it.field));
    });
    let has_links = !links.is_empty();
    let beside = layout.with_value(|it| it.as_ref().is_some_and(|it| it.1.timeline != TimelinePlace::Tab));
    let tabs = move || {
        let mut all = vec![("form", text::DETAILS)];
        if !beside {
            all.push(("history", text::TIMELINE));
        }
        if has_links {
            all.push(("related", text::RELATED));
        }
        if record.with(|it| !it.instances.is_empty()) {
            all.push(("flows", text::FLOWS));
        }
        all
    };
    // Known by their ids: a dialog that is open on one of them stays while the record changes.
    let flows = Memo::new(move |_| record.with(|it| it.instances.iter().map(|it| it.id.clone()).collect::<Vec<_>>()));
    let own_id = id.clone();
    view! {
        <div class="page-head record-head">
            <a class="button plain small icon-only" href=list aria-label=move || module.with_value(|it| it.title(app.lang.get()))>{icon("left")}</a>
            <div class="grow">
                <p class="faint">{move || module.with_value(|it| it.title(app.lang.get()))}
                    {move || { let number = number(); (!number.is_empty() && number != label()).then(|| view! { " · "<span class="num">{number}</span> }) }}</p>
                <h1>{label}</h1>
            </div>
            {move || (may("update") && !editing.get()).then(|| view! {
                <button type="button" class="button" on:click=move |_| { tab.set("form"); editing.set(true); }>{icon("pencil")}{text::EDIT.get()}</button>
            })}
            <Pop label=Signal::derive(|| text::MORE.read().to_owned()) class="button icon-only" side="right" button=ViewFn::from(|| icon("more"))>
                <button type="button" class="menu-item" on:click=move |_| copy_link()>{icon("link")}{text::COPY_LINK.get()}</button>
                {move || may("delete").then(|| view! {
                    <button type="button" class="menu-item" on:click=move |_| deleting.set(true)>{icon("trash")}{text::DELETE.get()}</button>
                })}
            </Pop>
        </div>
        <div class="page-body">
            {move || stages(module, record)}
            {move || stale.get().then(|| view! {
                <div class="banner warning" role="status">{icon("info")}<span class="grow">{text::CHANGED_ELSEWHERE.get()}</span></div>
            })}
            <div class="record-columns">
                <div class="record-main stack">
                    <div class="tabs" role="tablist">
                        {move || tabs().into_iter().map(|(name, words)| view! {
                            <button type="button" class="tab" role="tab" aria-selected=move || (tab.get() == name).to_string()
                                on:click=move |_| if !editing.get_untracked() || name == "form" { tab.set(name) }>{words.get()}</button>
                        }).collect_view()}
                    </div>
                    {move || match tab.get() {
                        "history" => {
                            let entries = history(history_path.clone(), key.clone(), own_id.clone());
                            let known = Signal::derive(move || entries.value.get().unwrap_or_default());
                            view! {
                                {move || entries.fault.get().map(|why| problem::screen(&why, Some(Callback::new(move |()| entries.reload()))))}
                                {crate::later::talk(module, own_id.clone(), known)}
                            }.into_any()
                        }
                        "related" => links.iter().map(|it| {
                            let it = Related { module: it.module.clone(), field: it.field.clone(), ..Related::default() };
                            later::related(it, own_id.clone())
                        }).collect_view().into_any(),
                        "flows" => flows.get().into_iter().map(later::instance_panel).collect_view().into_any(),
                        _ if editing.get() => view! {
                            <Saving form=form target=Target::Record(id.clone(), version) saved=saved cancel=Callback::new(move |()| {
                                if !form.patch.with_untracked(|it| it.is_empty()) {
                                    form.reset(form.old.get_untracked(), Default::default());
                                }
                                editing.set(false);
                            })/>
                        }.into_any(),
                        _ => match layout.get_value() {
                            Some((name, view)) => {
                                let entries = (view.timeline != TimelinePlace::Tab)
                                    .then(|| history(history_path.clone(), key.clone(), own_id.clone()));
                                let known = Signal::derive(move || entries.and_then(|it| it.value.get()).unwrap_or_default());
                                later::detail(form, name, view, own_id.clone(), known)
                            }
                            None => read(form).into_any(),
                        },
                    }}
                </div>
                <aside class="record-side stack">{move || side(module, record)}</aside>
            </div>
        </div>
        <Titled open=deleting title=Signal::derive(move || text::DELETE_TITLE.fill(&[&label()]))>
            <div class="body">{problem::banner(undeleted, None)}<p>{text::DELETE_WHY.get()}</p></div>
            <footer>
                <button type="button" class="button" on:click=move |_| deleting.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button danger" class:busy=busy on:click=delete.clone()>{text::DELETE.get()}</button>
            </footer>
        </Titled>
    }
}

/// What happened to the record; read again also when only its flow went on.
fn history(path: String, key: String, id: String) -> Fetch<Vec<HistoryEntry>> {
    let entries = fetch::<Vec<HistoryEntry>>(move || Some(path.clone()));
    Effect::new(move |_| {
        if let (_, Some(Live::Record { module, id: changed, .. })) = app().live.get()
            && module == key
            && changed == id
        {
            entries.reload();
        }
    });
    entries
}

/// Copies the address of the page.
fn copy_link() {
    let href = window().location().href().unwrap_or_default();
    let promise = window().navigator().clipboard().write_text(&href);
    spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
            app().say(Tone::Good, text::COPIED);
        }
    });
}

/// The stages of the module, the record's own marked.
fn stages(module: StoredValue<Arc<Module>>, record: Memo<Record>) -> Option<AnyView> {
    let stage = module.with_value(|it| it.stage().map(str::to_owned))?;
    let Kind::Choice(options) = module.with_value(|it| it.field(&stage).map(|it| it.kind.clone()))? else {
        return None;
    };
    let now = record.with(|it| it.data.get(&stage).map(plain)).unwrap_or_default();
    let at = options.iter().position(|it| it.value == now);
    let count = options.len();
    let items = options
        .into_iter()
        .enumerate()
        .map(|(index, it)| {
            let stage = stage.clone();
            let words = move || module.with_value(|module| module.option_title(&stage, &it, app().lang.get()));
            let class = match at {
                Some(at) if index < at || (index == at && at + 1 == count) => "done",
                Some(at) if index == at => "now",
                Some(_) | None => "",
            };
            view! { <li class=class aria-current=(at == Some(index)).then_some("step")><span>{words}</span></li> }
        })
        .collect_view();
    Some(view! { <ol class="stages" aria-label=text::STAGE.get()>{items}</ol> }.into_any())
}

/// The form, to be read: empty fields are left out.
pub fn read(form: Form) -> impl IntoView {
    let (view, list) = form.view.with_value(|(key, view)| (key.clone(), view.sections.clone()));
    sections(form, view, list)
}

/// Sections of facts; empty fields are left out.
pub fn sections(form: Form, view: String, sections: Vec<Section>) -> impl IntoView {
    sections.into_iter().map(move |section| {
        let view = view.clone();
        let keys: Vec<String> = section.fields.iter().map(|it| it.field.0.clone()).collect();
        let id = section.id.clone();
        let title = move || form.module.with_value(|it| it.section_title(&view, &section.id, &section.title, app().lang.get()));
        let filled = { let keys = keys.clone(); Memo::new(move |_| {
            let shown = form.state.with(|it| it.as_ref().and_then(|it| it.sections.get(&id).copied())).unwrap_or(true);
            let any = |key: &&String| form.field(key).visible && !crate::forms::state::blank(&form.value(key));
            if shown { keys.iter().filter(any).cloned().collect::<Vec<_>>() } else { Vec::new() }
        }) };
        let facts = move || filled.get().into_iter().filter_map(|key| {
            let field = form.definition(&key)?;
            let title = { let key = key.clone(); move || form.module.with_value(|it| it.field_title(&key, app().lang.get())) };
            if let Kind::Rows(columns) = &field.kind {
                let table = rows_table(form, &key, columns.clone());
                return Some(view! { <div class="fact wide"><dt>{title}</dt><dd>{table}</dd></div> }.into_any());
            }
            let wide = field.kind.wide();
            let content = move || form.module.with_value(|module| form.labels.with(|labels| {
                show::cell(module, &key, &field, &form.value(&key), labels, app().lang.get())
            }));
            Some(view! { <div class="fact" class:wide=wide><dt>{title}</dt><dd class="prose">{content}</dd></div> }.into_any())
        }).collect_view();
        let linked = section.linked.clone();
        let also = linked.is_some();
        // Where a record hangs on it, the style sheet hides what stays empty: who may not see that record is not told of it.
        view! {
            <section class="form-section facts-part" hidden=move || !also && filled.with(Vec::is_empty)>
                <h2>{title}</h2><dl class="facts-grid">{facts}</dl>{linked.map(|it| crate::later::linked_facts(form, it))}
            </section>
        }
    }).collect_view()
}

fn rows_table(form: Form, key: &str, columns: Vec<crate::module::Field>) -> AnyView {
    let key = key.to_owned();
    let path = move |column: &str| format!("{key}.{column}");
    let head = columns.iter().map(|it| {
        let path = path(&it.key);
        view! { <th scope="col" class:end=it.kind.numeric()>{move || form.module.with_value(|module| module.field_title(&path, app().lang.get()))}</th> }
    }).collect_view();
    let top = path("");
    let rows = form.value(top.trim_end_matches('.')).as_array().cloned().unwrap_or_default();
    let body =
        rows.into_iter()
            .map(|row| {
                let cells = columns.iter().map(|it| {
            let (full, field, value) = (path(&it.key), it.clone(), row.get(&it.key).cloned().unwrap_or(Value::Null));
            let numeric = it.kind.numeric();
            view! { <td class:end=numeric>{move || form.module.with_value(|module| form.labels.with(|labels| {
                show::cell(module, &full, &field, &value, labels, app().lang.get())
            }))}</td> }
        }).collect_view();
                view! { <tr>{cells}</tr> }
            })
            .collect_view();
    view! { <div class="sub-table-scroll"><table class="table">  <thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div> }.into_any()
}

/// Open tasks, who owns it, when it changed.
fn side(module: StoredValue<Arc<Module>>, record: Memo<Record>) -> impl IntoView {
    let it = record.get();
    let label = |id: &Option<String>| {
        id.as_ref().map(|id| it.labels.get(id).cloned().unwrap_or_else(|| id.clone())).filter(|it| !it.is_empty())
    };
    let fact =
        |words: text::Text, value: Option<String>| value.map(|value| view! { <dt>{words.get()}</dt><dd>{value}</dd> });
    let tasks = it.tasks.clone();
    let instances = it.instances.clone();
    let _ = module;
    let portal = app().session_now().is_some_and(|it| it.portal);
    view! {
        {(!tasks.is_empty()).then(|| view! {
            <section class="card"><header><h2>{text::OPEN_TASKS.get()}</h2></header><ul class="task-links">{tasks.into_iter().map(task_link).collect_view()}</ul></section>
        })}
        {(!instances.is_empty()).then(|| view! {
            <section class="card"><header><h2>{text::FLOWS.get()}</h2></header><div class="inside stack tight">{instances.into_iter().map(|it| {
                let titles = it.titles.clone();
                view! { <div class="row between wrap"><span>{move || pick(&titles, app().lang.get())}</span>{instances::state_badge(&it.state)}</div> }
            }).collect_view()}</div></section>
        })}
        <section class="card"><div class="inside"><dl class="facts">
            {(!portal).then(|| view! { {fact(text::OWNER, label(&it.owner))} {fact(text::DEPARTMENT, label(&it.department))} })}
            <dt>{text::CREATED_AT.get()}</dt><dd>{show::ago(it.created_at)}</dd>
            <dt>{text::UPDATED_AT.get()}</dt><dd>{show::ago(it.updated_at)}</dd>
        </dl></div></section>
    }
}

fn task_link(it: TaskHead) -> impl IntoView {
    let titles = it.titles.clone();
    let name = it.assignee_name.clone();
    view! {
        <li><a class="task-link" href=format!("{}/{}", if app().session_now().is_some_and(|it| it.portal) { "/portal/tasks" } else { "/inbox" }, it.id)>
            <span class="row between"><span class="strong clip">{move || pick(&titles, app().lang.get())}</span>
                {it.mine.then(|| view! { <span class="badge accent">{text::YOURS.get()}</span> })}</span>
            <span class="row between muted"><span class="clip">{name.unwrap_or_else(|| text::NOBODY_YET.read().to_owned())}</span>
                {crate::inbox::due(it.due_at, it.overdue)}</span>
        </a></li>
    }
}
