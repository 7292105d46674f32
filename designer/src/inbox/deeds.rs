//! What people do with a task besides doing it: giving it away, lending it, sending it back, asking others to sign, telling,
//! urging, stopping, passing over. Which of them is offered the engine says; here is one dialog for all.

use std::collections::BTreeMap;

use ::api::Problem;
use ::api::record::Choice;
use ::api::task::{SignerInfo, TaskDetail};
use leptos::{html, prelude::*, task::spawn_local};
use serde_json::{Value, json};

use super::task::At;
use crate::app::{Tone, app, pick};
use crate::text::{self, Text, texts};
use crate::ui::choose::Choose;
use crate::ui::dialog::Dialog;
use crate::ui::icon::icon;
use crate::ui::problem;
use crate::{api, nav, show};

texts! {
    DELEGATE = "Lend", "委派";
    DELEGATE_WHY = "It comes back to you: you complete it.", "对方处理后交还给您，由您完成。";
    DELEGATED = "Lent.", "已委派。";
    RESOLVE = "Give back to its owner", "交还";
    RESOLVED = "It is back with its owner.", "已交还。";
    WITHDRAW = "Take back what I sent", "撤回";
    WITHDRAW_WHY = "It comes back to the step it came from, as long as nobody has begun.", "在对方开始处理之前，退回到上一步。";
    WITHDRAWN = "Taken back.", "已撤回。";
    ADD_SIGNER = "Add a signer", "加签";
    SIGNER_ADDED = "Added.", "已加签。";
    WHEN = "When do they sign", "何时签";
    BEFORE = "Before me", "在我之前";
    PARALLEL = "At the same time", "与我同时";
    AFTER = "After me", "在我之后";
    CC = "Let others know", "抄送";
    CC_WHY = "They may read the record.", "对方可查看该记录。";
    COPIED = "They were told.", "已抄送。";
    URGE = "Ask to hurry", "催办";
    URGED = "They were asked to hurry.", "已催办。";
    SUSPEND = "Suspend", "暂停";
    SUSPEND_WHY = "The deadline stands still until it goes on.", "恢复之前期限不计时。";
    SUSPENDED = "Suspended.", "已暂停。";
    RESUME = "Go on", "恢复";
    RESUMED = "It goes on.", "已恢复。";
    SKIP = "Pass over", "跳过此步";
    SKIPPED = "Passed over.", "已跳过。";
    TO_WHOM = "To whom", "人员";
    LENT_BY = "Lent to you by {}. Give it back when your part is done.", "由 {} 委派给您，处理后请交还。";
    LENT_TO = "Lent to {}. You complete it when it is back.", "已委派给 {}，交还后由您完成。";
    IS_SUSPENDED = "This step is suspended.", "此步骤已暂停。";
    CLOCK_STANDS = "Its deadline stands still.", "期限不计时。";
    SIGNERS = "Signers", "会签";
    TO_SIGN = "to sign", "待签";
    WAITS = "waits for others", "等待他人先签";
    FOR = "for {}", "代 {}";
    ADDED_BY = "added by {}", "由 {} 加签";
    NEED_NOT = "Need not sign: {}", "不再需要签字：{}";
}

/// Whom a deed is for.
#[derive(Clone, Copy, PartialEq)]
enum Whom {
    Nobody,
    One,
    Many,
}

/// A deed as it is asked for.
struct Asked {
    words: Text,
    why: Option<Text>,
    symbol: &'static str,
    /// The last part of its address.
    path: &'static str,
    whom: Whom,
    /// The field of the body the words go into; nothing is written where it is empty.
    says: &'static str,
    needs_words: bool,
    done: Text,
}

fn asked(deed: &str) -> Option<Asked> {
    let plain = |words, symbol, path, done| Asked {
        words,
        why: None,
        symbol,
        path,
        whom: Whom::Nobody,
        says: "reason",
        needs_words: false,
        done,
    };
    Some(match deed {
        "handOver" => Asked { whom: Whom::One, ..plain(text::HAND_OVER, "forward", "handover", text::HANDED_OVER) },
        "return" => Asked { needs_words: true, ..plain(text::RETURN, "return", "return", text::RETURNED_DONE) },
        "delegate" => {
            Asked { why: Some(DELEGATE_WHY), whom: Whom::One, ..plain(DELEGATE, "forward", "delegate", DELEGATED) }
        }
        "resolve" => Asked { says: "comment", ..plain(RESOLVE, "return", "resolve", RESOLVED) },
        "addSigner" => Asked { whom: Whom::One, ..plain(ADD_SIGNER, "pencil", "signers", SIGNER_ADDED) },
        "cc" => Asked { why: Some(CC_WHY), whom: Whom::Many, says: "comment", ..plain(CC, "bell", "cc", COPIED) },
        "urge" => Asked { says: "comment", ..plain(URGE, "clock", "urge", URGED) },
        "withdraw" => Asked { why: Some(WITHDRAW_WHY), ..plain(WITHDRAW, "return", "withdraw", WITHDRAWN) },
        "suspend" => {
            Asked { why: Some(SUSPEND_WHY), needs_words: true, ..plain(SUSPEND, "clock", "suspend", SUSPENDED) }
        }
        "resume" => Asked { says: "", ..plain(RESUME, "flow", "resume", RESUMED) },
        "skip" => Asked { needs_words: true, ..plain(SKIP, "forward", "skip", SKIPPED) },
        _ => return None,
    })
}

/// The entries of the menu; what has a button of its own is not in it.
pub fn items(at: At, open: RwSignal<bool>) -> AnyView {
    let offered = move || at.detail.value.with(|it| it.as_ref().map(|it| it.deeds.clone()).unwrap_or_default());
    let entry = move |deed: String| {
        let it = asked(&deed)?;
        Some(view! {
            <button type="button" class="menu-item" on:click=move |_| {
                open.set(false);
                begin(at, &deed);
            }>{icon(it.symbol)}<span>{it.words.get()}</span></button>
        })
    };
    (move || offered().into_iter().filter(|it| it != "handOver").filter_map(entry).collect_view()).into_any()
}

/// Asks for what a deed needs, or does it where it needs nothing.
pub fn begin(at: At, deed: &str) {
    match asked(deed) {
        Some(it) if it.says.is_empty() => send(at, deed.to_owned(), json!({}), Callback::new(move |_| {})),
        Some(_) => at.asked.set(Some(deed.to_owned())),
        None => {}
    }
}

/// Sends a deed; `failed` hears why not.
fn send(at: At, deed: String, body: Value, failed: Callback<Problem>) {
    let Some(it) = asked(&deed) else { return };
    spawn_local(async move {
        let path = format!("/api/tasks/{}/{}", nav::encode(&at.id.get_value()), it.path);
        match api::post_maybe::<_, TaskDetail>(&path, &body).await {
            Ok(answer) => {
                app().say(Tone::Good, it.done);
                at.asked.try_set(None);
                // Who has given it away goes on to the next; who has not sees what has become of it.
                let stays =
                    |it: &TaskDetail| it.task.mine || !matches!(deed.as_str(), "handOver" | "return" | "delegate");
                match answer.filter(stays) {
                    Some(now) => {
                        at.detail.value.try_set(Some(now));
                        at.changed.run(());
                    }
                    None => at.gone.run(at.id.get_value()),
                }
            }
            Err(why) if it.says.is_empty() => app().toast(Tone::Bad, problem::sentence(&why)),
            Err(why) => failed.run(why),
        }
    });
}

/// The dialog of the deed that is asked for.
pub fn dialog(at: At) -> AnyView {
    (move || at.asked.get().and_then(|deed| asked(&deed).map(|it| view! { <Ask at=at deed=deed it=it/> }))).into_any()
}

#[component]
fn Ask(at: At, deed: String, it: Asked) -> impl IntoView {
    let open = RwSignal::new(true);
    Effect::new(move |_| {
        if !open.get() {
            at.asked.set(None);
        }
    });
    let steps = if deed == "return" {
        at.detail.value.with_untracked(|it| it.as_ref().map(|it| it.return_to.clone()).unwrap_or_default())
    } else {
        Vec::new()
    };
    let step = RwSignal::new(steps.first().map(|it| it.0.clone()).unwrap_or_default());
    let place = RwSignal::new("before".to_owned());
    let people = RwSignal::new(Vec::<Choice>::new());
    let [nobody, silent] = [(); 2].map(|()| RwSignal::new(false));
    let fault = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(false);
    let reason = NodeRef::<html::Textarea>::new();
    let steps = StoredValue::new(steps);
    let Asked { words, why, whom, says, needs_words, .. } = it;
    let deed = StoredValue::new(deed);
    let signs = deed.with_value(|it| it == "addSigner");
    // Let know may be everybody; given it is only to whom it may be given.
    let path = match whom {
        Whom::One => format!("/api/people?task={}&", nav::encode(&at.id.get_value())),
        Whom::Many | Whom::Nobody => "/api/people?".to_owned(),
    };
    let go = move |_| {
        if busy.get_untracked() {
            return;
        }
        fault.set(None);
        let said = reason.get_untracked().map(|it| it.value().trim().to_owned()).unwrap_or_default();
        nobody.set(whom != Whom::Nobody && people.with_untracked(Vec::is_empty));
        silent.set(needs_words && said.is_empty());
        if silent.get_untracked()
            && let Some(it) = reason.get_untracked()
        {
            let _ = it.focus();
        }
        if nobody.get_untracked() || silent.get_untracked() {
            return;
        }
        let ids: Vec<String> = people.with_untracked(|it| it.iter().map(|it| it.id.clone()).collect());
        let mut body = json!({ says: said });
        match whom {
            Whom::One if signs => {
                body["who"] = json!(ids.first());
                body["place"] = json!(place.get_untracked());
            }
            Whom::One => body["to"] = json!(ids.first()),
            Whom::Many => body["to"] = json!(ids),
            Whom::Nobody if !steps.with_value(Vec::is_empty) => body["to"] = json!(step.get_untracked()),
            Whom::Nobody => {}
        }
        busy.set(true);
        send(
            at,
            deed.get_value(),
            body,
            Callback::new(move |why| {
                busy.try_set(false);
                fault.try_set(Some(why));
            }),
        );
    };
    let radio = move |name: &'static str, value: String, chosen: RwSignal<String>, words: Signal<String>| {
        let own = value.clone();
        view! { <label class="option"><input type="radio" name=name prop:checked=move || chosen.get() == own
        on:change=move |_| chosen.set(value.clone())/>{words}</label> }
    };
    view! {
        <Dialog open=open title=words>
            <div class="body">
                {problem::banner(fault, None)}
                {why.map(|it| view! { <p class="muted">{it.get()}</p> })}
                {(whom != Whom::Nobody).then(|| view! { <Choose words=TO_WHOM path=path.clone() chosen=people many=whom == Whom::Many missing=nobody/> })}
                {signs.then(|| view! {
                    <div class="stack tight" role="radiogroup" aria-label=WHEN.get()>
                        <span class="field-label">{WHEN.get()}</span>
                        {[("before", BEFORE), ("parallel", PARALLEL), ("after", AFTER)].into_iter().map(|(value, words)| {
                            radio("signer-place", value.to_owned(), place, Signal::derive(move || words.read().to_owned()))
                        }).collect_view()}
                    </div>
                })}
                {(!steps.with_value(Vec::is_empty)).then(|| view! {
                    <div class="stack tight" role="radiogroup" aria-label=text::RETURN_TO.get()>
                        <span class="field-label">{text::RETURN_TO.get()}</span>
                        {steps.get_value().into_iter().map(|(node, titles): (String, BTreeMap<String, String>)| {
                            radio("return-to", node, step, Signal::derive(move || pick(&titles, app().lang.get())))
                        }).collect_view()}
                    </div>
                })}
                <label class="stack tight"><span class="field-label">{if says == "comment" { text::COMMENT } else { text::REASON }.get()}{needs_words.then_some(" *")}</span>
                    <textarea class="input" rows="3" node_ref=reason maxlength="2000" aria-required=needs_words.to_string()
                        aria-invalid=move || silent.get().to_string() aria-describedby="deed-silent" on:input=move |_| silent.set(false)></textarea></label>
                <p class="field-fault" id="deed-silent" hidden=move || !silent.get()>{text::REASON_REQUIRED.get()}</p>
            </div>
            <footer>
                <button type="button" class="button" on:click=move |_| open.set(false)>{text::CANCEL.get()}</button>
                <button type="button" class="button primary" class:busy=busy on:click=go>{words.get()}</button>
            </footer>
        </Dialog>
    }
}

/// How a task stands that is lent, suspended or signed by several; nothing for one that is not.
pub fn standing(at: At) -> AnyView {
    let now = Memo::new(move |before: Option<&TaskDetail>| {
        at.detail.value.get().or_else(|| before.cloned()).unwrap_or_default()
    });
    let button =
        move |deed: &'static str| {
            let it = asked(deed)?;
            now.with(|it| it.deeds.iter().any(|it| it == deed)).then(|| view! {
            <button type="button" class="button small" on:click=move |_| begin(at, deed)>{it.words.get()}</button>
        })
        };
    view! {
        {move || now.with(|it| it.lent_by.clone()).map(|by| {
            let words = now.with(|it| match &it.task.assignee_name {
                _ if it.task.mine => LENT_BY.fill(&[&by]),
                holder => LENT_TO.fill(&[holder.as_deref().unwrap_or_default()]),
            });
            view! { <div class="banner">{icon("forward")}<p class="grow">{words}</p>{button("resolve")}</div> }
        })}
        {move || now.with(|it| it.suspended).then(|| view! {
            <div class="banner warning">{icon("clock")}<p class="grow">{IS_SUSPENDED.get()}" "{now.with(|it| it.clock_stands).then(|| CLOCK_STANDS.get())}</p>{button("resume")}</div>
        })}
        {move || { let signers = now.with(|it| it.signers.clone()); (!signers.is_empty()).then(|| sheet(at, signers)) }}
    }
    .into_any()
}

fn sheet(at: At, signers: Vec<SignerInfo>) -> AnyView {
    let line = move |it: SignerInfo| {
        let who = it.signed_by.clone().unwrap_or_else(|| it.who.join(" / "));
        let outcome = it.outcome.clone().unwrap_or_default();
        let state = match (&it.signed_by, it.waits_for.is_empty()) {
            (Some(_), _) => {
                let title = at.detail.value.with(|detail| {
                    let detail = detail.as_ref()?;
                    let step = runtime::plain::read(&detail.step).unwrap_or_default();
                    let found = super::task::outcomes(&step).into_iter().find(|it| it.id == outcome)?;
                    Some(super::task::outcome_title(&detail.texts, &detail.task.flow, &detail.task.node, &found))
                });
                view! { <span class="badge success">{title.unwrap_or(outcome)}</span> }.into_any()
            }
            (None, true) => view! { <span class="badge accent">{TO_SIGN.get()}</span> }.into_any(),
            (None, false) => view! { <span class="badge">{WAITS.get()}</span> }.into_any(),
        };
        let notes = [it.behalf.map(|it| FOR.fill(&[&it])), it.added_by.map(|it| ADDED_BY.fill(&[&it]))];
        let notes = notes.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let signer = it.id;
        let remove = it.removable.then(|| {
            let label = NEED_NOT.fill(&[&who]);
            view! { <button type="button" class="button plain small icon-only" title=label.clone() aria-label=label on:click=move |_| drop_signer(at, signer)>{icon("x")}</button> }
        });
        view! {
            <li class="row wrap"><span class="avatar" aria-hidden="true" data-initial=show::initial(&who)></span><span class="strong">{who}</span>{state}
                {(!notes.is_empty()).then(|| view! { <span class="faint">{notes}</span> })}
                {it.at.map(show::ago)}<span class="prose grow">{it.comment}</span>{remove}</li>
        }
    };
    view! {
        <section class="signers" aria-label=SIGNERS.get()><h2>{SIGNERS.get()}</h2>
            <ul class="stack tight">{signers.into_iter().map(line).collect_view()}</ul></section>
    }
    .into_any()
}

fn drop_signer(at: At, signer: u32) {
    spawn_local(async move {
        let path = format!("/api/tasks/{}/signers/{signer}/remove", nav::encode(&at.id.get_value()));
        match api::post_maybe::<_, TaskDetail>(&path, &json!({ "reason": "" })).await {
            Ok(Some(now)) => {
                at.detail.value.try_set(Some(now));
                at.changed.run(());
            }
            Ok(None) => at.gone.run(at.id.get_value()),
            Err(why) => app().toast(Tone::Bad, problem::sentence(&why)),
        }
    });
}
