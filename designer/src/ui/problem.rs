//! A [`Problem`] as people read it: a sentence, or a whole screen with what to do next.

use ::api::Problem;
use leptos::prelude::*;

use crate::text::{self, Text};
use crate::ui::icon::icon;

/// Heading and explanation of a kind of problem.
fn words(problem: &Problem) -> (Text, Option<Text>) {
    match problem.kind.as_str() {
        crate::api::UNREACHABLE => (text::UNREACHABLE, Some(text::UNREACHABLE_WHY)),
        "no-rights" | "csrf" => (text::NO_RIGHTS, Some(text::NO_RIGHTS_WHY)),
        "not-found" => (text::NOT_FOUND, Some(text::NOT_FOUND_WHY)),
        "not-logged-in" => (text::SESSION_ENDED, Some(text::SESSION_ENDED_WHY)),
        "too-large" => (text::TOO_LARGE, None),
        "throttled" => (text::THROTTLED, None),
        "busy" | "timeout" => (text::BUSY, None),
        "conflict" => (text::CONFLICT_SHORT, None),
        "invalid-fields" => (text::INVALID_FIELDS, None),
        "repeated" => (text::REPEATED, None),
        "duplicate" => (text::DUPLICATE_SHORT, None),
        "in-use" => (text::IN_USE, None),
        "malformed" => (text::MALFORMED, None),
        "refused:claimed-by-other" => (text::TAKEN, None),
        "refused:no-such-task" | "refused:already-ended" | "refused:nothing-waits" => (text::TASK_GONE, None),
        "refused:not-a-candidate" => (text::NOT_YOURS, None),
        "refused:comment-needed" => (text::COMMENT_REQUIRED, None),
        "refused:fields-needed" => (text::INVALID_FIELDS, None),
        "refused:suspended" => (text::FLOW_SUSPENDED, None),
        "refused:limit" => (text::LIMIT_REACHED, None),
        "refused:cannot-return" => (text::CANNOT_RETURN, None),
        "refused:lent" => (text::IS_LENT, None),
        "refused:task-suspended" => (text::TASK_SUSPENDED, None),
        "refused:waits-for-signers" => (text::WAITS_FOR_SIGNERS, None),
        "refused:already-signed" => (text::ALREADY_SIGNED, None),
        "refused:no-such-person" => (text::CANNOT_GET_IT, None),
        "refused:separation-of-duty" => (text::OTHER_HANDS, None),
        "refused:already-begun" => (text::ALREADY_BEGUN, None),
        "refused:urged-already" => (text::URGED_ALREADY, None),
        _ => (text::FAILED, Some(text::FAILED_WHY)),
    }
}

/// One sentence, for toasts and banners; quotes the server's own words where we have none.
pub fn sentence(problem: &Problem) -> String {
    let (head, _) = words(problem);
    let known = head != text::FAILED;
    let mut out = if known || problem.title.is_empty() { head.now().to_owned() } else { problem.title.clone() };
    if problem.kind == "in-use" && !problem.detail.is_empty() {
        out = format!("{out} ({})", problem.detail);
    }
    if !known && !problem.detail.is_empty() && problem.detail != problem.title {
        out = format!("{out} {}", problem.detail);
    }
    if !known && !problem.request.is_empty() {
        out = format!("{out} ({})", text::REFERENCE.fill_now(&[&problem.request]));
    }
    out
}

/// Why something was not done, where it was asked for: a dialog keeps what was entered and says so itself, because a toast
/// lies outside of it and nobody hears it there. An ended session is told by the log-in dialog alone.
pub fn banner(fault: impl Into<Signal<Option<Problem>>>, retry: Option<Callback<()>>) -> AnyView {
    said(fault.into(), retry)
}

fn said(fault: Signal<Option<Problem>>, retry: Option<Callback<()>>) -> AnyView {
    (move || {
        crate::app::app().lang.track();
        fault.get().filter(|it| it.kind != "not-logged-in").map(|why| {
            view! {
                <div class="banner danger" role="alert">{icon("alert")}<span class="grow">{sentence(&why)}</span>
                    {(why.kind == "repeated").then(|| view! { <a class="button small" href=why.detail.clone()>{text::REPEATED_OPEN.get()}</a> })}
                    {retry.map(|retry| view! {
                        <button type="button" class="button small" on:click=move |_| retry.run(())>{icon("refresh")}{text::RETRY.get()}</button>
                    })}</div>
            }
        })
    })
    .into_any()
}

/// A whole screen: what happened, what to do, the number to quote.
pub fn screen(problem: &Problem, retry: Option<Callback<()>>) -> AnyView {
    let (head, why) = words(problem);
    let symbol = match problem.kind.as_str() {
        "no-rights" => "shield",
        "not-found" => "search",
        _ => "alert",
    };
    let lasting = matches!(problem.kind.as_str(), "no-rights" | "not-found");
    let reference = problem.request.clone();
    view! {
        <div class="state" role="alert">
            {icon(symbol)}
            <h2>{head.get()}</h2>
            {why.map(|it| view! { <p>{it.get()}</p> })}
            {(!reference.is_empty() && !lasting).then(|| view! { <p class="faint">{move || text::REFERENCE.fill(&[&reference])}</p> })}
            <div class="row">
                {retry.filter(|_| !lasting).map(|retry| view! {
                    <button type="button" class="button" on:click=move |_| retry.run(())>{icon("refresh")}{text::RETRY.get()}</button>
                })}
                {lasting.then(|| view! { <a class="button" href="/">{icon("home")}{text::BACK.get()}</a> })}
            </div>
        </div>
    }
    .into_any()
}

/// A screen that is empty for a good reason.
pub fn empty(symbol: &str, head: Text, why: Text, action: AnyView) -> AnyView {
    view! {
        <div class="state">{icon(symbol)}<h2>{head.get()}</h2><p>{why.get()}</p><div class="row">{action}</div></div>
    }
    .into_any()
}
