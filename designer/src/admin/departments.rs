//! How the house is made up: departments under each other.

use std::collections::{BTreeMap, BTreeSet};

use ::api::admin::{DepartmentInfo, SaveDepartment};
use ::api::problem::FieldFault;
use gloo_net::http::Method;
use leptos::{html, prelude::*, task::spawn_local};

use crate::app::{Lang, Tone, app};
use crate::text::{self, Text, texts};
use crate::ui::dialog::{Dialog, Titled};
use crate::ui::fetch::{Fetch, draw, fetch};
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav};

texts! {
    ADD_DEPARTMENT = "Add department", "添加部门";
    NO_DEPARTMENTS = "No departments yet", "尚未设置部门";
    NO_DEPARTMENTS_WHY = "Rights and assignments that go by department need them.", "按部门授权和分派任务需要先设置部门。";
    DEPARTMENT_NAME = "Name", "名称";
    ENGLISH_NAME = "Name in English", "英文名称";
    ABOVE = "Stands under", "上级部门";
    CODE = "Code", "编码";
    CODE_WHY = "Rules and tables know it by this. It cannot be changed later.", "规则和决策表按编码引用，保存后不可修改。";
    CODE_WRONG = "Lower-case letters, digits, - and _, at most 64.", "只能使用小写字母、数字、- 和 _，最多 64 位。";
    HEADS = "People", "人数";
    IN_USE = "People, departments or records still belong to it.", "仍有人员、下级部门或记录属于该部门。";
    UNDER_ITSELF = "It cannot stand under itself.", "不能隶属于自身或下级部门。";
    REMOVE_WHY = "Nobody and nothing may belong to it any more.", "须已无人员、下级部门和记录属于它。";
}

pub fn departments() -> AnyView {
    let list = fetch::<Vec<DepartmentInfo>>(|| Some("/api/admin/departments".to_owned()));
    let editing = RwSignal::new(None::<DepartmentInfo>);
    let removing = RwSignal::new(None::<DepartmentInfo>);
    let add = move || {
        view! { <button type="button" class="button primary" on:click=move |_| editing.set(Some(DepartmentInfo::default()))>{icon("plus")}{ADD_DEPARTMENT.get()}</button> }
    };
    let row = move |(depth, it): (usize, DepartmentInfo)| {
        let (edit, gone) = (it.clone(), it.clone());
        let remove = text::REMOVE_OF.fill(&[&called(&it, app().lang.get())]);
        view! {
            <tr>
                <td><button type="button" class="link row" style:padding-inline-start=format!("{}rem", depth as f64 * 1.25) on:click=move |_| editing.set(Some(edit.clone()))>
                    <span class="row-link">{called(&it, app().lang.get())}</span></button></td>
                <td data-title=CODE.get()><code>{it.id}</code></td>
                <td class="end" data-title=HEADS.get()>{it.people.to_string()}</td>
                <td class="end"><button type="button" class="button plain small icon-only" title=remove.clone() aria-label=remove on:click=move |_| removing.set(Some(gone.clone()))>{icon("trash")}</button></td>
            </tr>
        }
    };
    view! {
        <div class="toolbar"><span class="grow"></span>{add()}</div>
        {draw(list, move |list| {
            if list.is_empty() {
                return problem::empty("building", NO_DEPARTMENTS, NO_DEPARTMENTS_WHY, ().into_any());
            }
            let rows = below(list);
            view! {
                <div class="table-wrap"><table class="table">
                    <thead><tr><th scope="col">{DEPARTMENT_NAME.get()}</th><th scope="col">{CODE.get()}</th><th scope="col" class="end">{HEADS.get()}</th><th></th></tr></thead>
                    <tbody on:click=crate::ui::row::follow>{move || rows.clone().into_iter().map(row).collect_view()}</tbody>
                </table></div>
            }.into_any()
        })}
        {move || editing.get().map(|it| view! { <Edit it=it editing=editing list=list/> })}
        {move || removing.get().map(|it| view! { <Remove it=it removing=removing list=list/> })}
    }
    .into_any()
}

fn called(it: &DepartmentInfo, lang: Lang) -> String {
    let own = if lang == Lang::En && !it.name_en.is_empty() { &it.name_en } else { &it.name };
    own.clone()
}

/// Each below the one it stands under, with how deep.
fn below(list: Vec<DepartmentInfo>) -> Vec<(usize, DepartmentInfo)> {
    let known: BTreeSet<String> = list.iter().map(|it| it.id.clone()).collect();
    let mut under: BTreeMap<Option<String>, Vec<DepartmentInfo>> = BTreeMap::new();
    for it in list {
        under.entry(it.parent.clone().filter(|it| known.contains(it))).or_default().push(it);
    }
    let mut out = Vec::new();
    let mut open: Vec<(usize, DepartmentInfo)> = Vec::new();
    open.extend(under.remove(&None).unwrap_or_default().into_iter().rev().map(|it| (0, it)));
    while let Some((depth, it)) = open.pop() {
        let children = under.remove(&Some(it.id.clone())).unwrap_or_default();
        open.extend(children.into_iter().rev().map(|it| (depth + 1, it)));
        out.push((depth, it));
    }
    out
}

/// What stands wrong at a field.
fn words(fault: &FieldFault) -> Text {
    match fault.code.as_str() {
        "required" => text::FAULT_REQUIRED,
        "unique" => text::FAULT_UNIQUE,
        "pattern" => CODE_WRONG,
        "cycle" => UNDER_ITSELF,
        "in-use" => IN_USE,
        _ => text::FAULT_OTHER,
    }
}

#[component]
fn Edit(
    it: DepartmentInfo,
    editing: RwSignal<Option<DepartmentInfo>>,
    list: Fetch<Vec<DepartmentInfo>>,
) -> impl IntoView {
    let open = RwSignal::new(true);
    Effect::new(move |_| {
        if !open.get() {
            editing.set(None);
        }
    });
    let fresh = it.id.is_empty();
    let title = called(&it, app().lang.get_untracked());
    let title = Signal::derive(move || if fresh { ADD_DEPARTMENT.read().to_owned() } else { title.clone() });
    let [name, name_en, code] = [(); 3].map(|()| NodeRef::<html::Input>::new());
    let parent = RwSignal::new(it.parent.clone().unwrap_or_default());
    let faults = RwSignal::new(Vec::<FieldFault>::new());
    let fault = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let it = StoredValue::new(it);
    let value =
        |node: NodeRef<html::Input>| node.get_untracked().map(|it| it.value().trim().to_owned()).unwrap_or_default();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let ask = SaveDepartment {
            id: fresh.then(|| value(code)),
            name: Some(value(name)),
            name_en: Some(value(name_en)),
            parent: Some(parent.get_untracked()),
        };
        let id = it.with_value(|it| it.id.clone());
        busy.set(true);
        fault.set(None);
        faults.set(Vec::new());
        spawn_local(async move {
            let answer = if fresh {
                api::send::<_, DepartmentInfo>(Method::POST, "/api/admin/departments", &ask).await
            } else {
                api::send(Method::PATCH, &format!("/api/admin/departments/{}", nav::encode(&id)), &ask).await
            };
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    open.try_set(false);
                    list.reload();
                    app().say(Tone::Good, text::SAVED);
                }
                Err(why) => {
                    faults.try_set(why.fields.clone());
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let wrong = move |field: &'static str| {
        move || faults.with(|it| it.iter().find(|it| it.pointer.trim_start_matches('/') == field).map(words))
    };
    let line = move |field: &'static str, words: Text, node: NodeRef<html::Input>, value: String, fixed: bool| {
        let (id, wrong) = (format!("department-{field}"), wrong(field));
        let fault_id = format!("{id}-fault");
        view! {
            <div>
                <label class="field-label" for=id.clone()>{words.get()}</label>
                <input class="input" id=id node_ref=node value=value readonly=fixed autocomplete="off" aria-invalid=move || wrong().is_some().then_some("true") aria-describedby=fault_id.clone()/>
                <p class="field-fault" id=fault_id hidden=move || wrong().is_none()>{move || wrong().map(|it| it.read())}</p>
            </div>
        }
    };
    let own = it.with_value(|it| it.id.clone());
    let others = move || {
        let lang = app().lang.get();
        let rows = below(list.value.get().unwrap_or_default()).into_iter().filter(|(_, it)| it.id != own);
        rows.map(|(depth, it)| {
            let (id, words) = (it.id.clone(), format!("{}{}", "\u{2003}".repeat(depth), called(&it, lang)));
            view! { <option value=it.id prop:selected=move || parent.get() == id>{words}</option> }
        })
        .collect_view()
    };
    let (named, english, key) = it.with_value(|it| (it.name.clone(), it.name_en.clone(), it.id.clone()));
    let under = wrong("parent");
    view! {
        <Titled open=open title=title>
            <form class="dialog-form" novalidate on:submit=save>
                <div class="body">
                    {problem::banner(fault, None)}
                    <div class="pair">{line("name", DEPARTMENT_NAME, name, named.clone(), false)}{line("name_en", ENGLISH_NAME, name_en, english.clone(), false)}</div>
                    {line("id", CODE, code, key.clone(), !fresh)}
                    {fresh.then(|| view! { <p class="faint">{CODE_WHY.get()}</p> })}
                    <div><label class="field-label" for="department-parent">{ABOVE.get()}</label>
                        <select class="input" id="department-parent" on:change=move |event| parent.set(event_target_value(&event))>
                            <option value="" prop:selected=move || parent.get().is_empty()>{text::NONE.get()}</option>{others.clone()}
                        </select>
                        <p class="field-fault" hidden=move || under().is_none()>{move || under().map(|it| it.read())}</p></div>
                </div>
                <footer>
                    <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                    <button class="button primary" class:busy=busy>{text::SAVE.get()}</button>
                </footer>
            </form>
        </Titled>
    }
}

#[component]
fn Remove(
    it: DepartmentInfo,
    removing: RwSignal<Option<DepartmentInfo>>,
    list: Fetch<Vec<DepartmentInfo>>,
) -> impl IntoView {
    let open = RwSignal::new(true);
    Effect::new(move |_| {
        if !open.get() {
            removing.set(None);
        }
    });
    let name = called(&it, app().lang.get_untracked());
    let fault = RwSignal::new(None::<Text>);
    let other = RwSignal::new(None);
    let id = StoredValue::new(it.id);
    let go = move |_| {
        spawn_local(async move {
            match api::delete(&format!("/api/admin/departments/{}", nav::encode(&id.get_value()))).await {
                Ok(()) => {
                    open.try_set(false);
                    list.reload();
                    app().say(Tone::Good, text::DELETED);
                }
                Err(why) => match why.fields.first() {
                    Some(it) => drop(fault.try_set(Some(words(it)))),
                    None => drop(other.try_set(Some(why))),
                },
            }
        });
    };
    view! {
        <Dialog open=open title=text::DELETE>
            <div class="body">
                {problem::banner(other, None)}
                {move || fault.get().map(|it| view! { <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{it.get()}</span></div> })}
                <p class="strong">{name.clone()}</p><p>{REMOVE_WHY.get()}</p>
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button danger" on:click=go>{text::DELETE.get()}</button>
            </footer>
        </Dialog>
    }
}
