//! Stories over HTTP against the real server, each on SQLite and on PostgreSQL.

#[path = "api/chosen.rs"]
mod chosen;
#[path = "api/complaint.rs"]
mod complaint;
#[path = "api/contract.rs"]
mod contract;
#[path = "api/faults.rs"]
mod faults;
#[path = "api/fields.rs"]
mod fields;
#[path = "api/files.rs"]
mod files;
#[path = "api/inbox.rs"]
mod inbox;
#[path = "api/nodes.rs"]
mod nodes;
#[path = "api/records.rs"]
mod records;
#[path = "api/studio.rs"]
mod studio;
#[path = "api/talk.rs"]
mod talk;
#[path = "api/views.rs"]
mod views;

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};
use tests::client::Person;
use tests::server::{Database, Server};

/// Runs stories one after the other on one server per database.
macro_rules! stories {
    ($($story:path),* $(,)?) => {
        async fn all(base: &str) -> Result<()> {
            $(
                $story(base).await.map_err(|it| it.context(stringify!($story)))?;
            )*
            Ok(())
        }
    };
}

stories!(
    complaint::from_phone_call_to_follow_up,
    complaint::a_refusal_goes_back_and_the_second_to_the_manager,
    complaint::claimed_once,
    complaint::who_is_complained_of_stays_out,
    complaint::a_reference_tells_no_secret,
    complaint::what_was_decided_stays,
    complaint::a_reference_tells_nothing,
    complaint::the_portal_user_sees_only_the_own,
    records::a_customer_and_a_contact,
    records::two_people_change_the_same_field,
    records::a_list_is_searched_filtered_sorted_and_paged,
    records::numbers_follow_each_other,
    records::a_repeated_request_makes_one_record,
    records::a_board_moves_by_the_flow,
    records::a_list_is_exported_by_who_may,
    records::a_record_is_found_by_the_name_of_what_it_refers_to,
    records::contacts_follow_the_account_manager,
    chosen::a_customer_has_exactly_one_primary_contact,
    chosen::a_customer_and_its_contact_are_saved_together,
    talk::what_is_said_about_a_record,
    talk::who_may_not_read_is_not_mentioned,
    files::files_go_with_their_record,
    files::a_file_is_taken_by_the_rule_of_its_field,
    inbox::an_inbox_is_paged_by_place,
    contract::answers_are_as_documented,
    faults::wrong_input_gets_a_clear_answer,
    faults::nobody_reads_what_is_not_theirs,
    views::a_list_is_kept_and_shared,
    views::no_circle_of_parents,
    views::a_calendar_shows_days,
    views::a_tree_grows_by_levels,
    studio::a_published_change_is_followed_by_new_records_only,
    studio::a_broken_draft_is_not_published,
    fields::what_is_stored_follows_its_field,
    fields::what_has_no_id_is_known_by_its_key,
    fields::the_pack_as_it_was_shipped,
    studio::publishing_is_for_designers_and_looked_at_before,
);

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    let server = Server::demo(Database::Sqlite)?;
    all(&server.url()).await.map_err(|it| it.context(server.printed()))
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() -> Result<()> {
    let Some(url) = tests::postgres::fresh_database() else { return Ok(()) };
    let server = Server::demo(Database::Postgres(url))?;
    all(&server.url()).await.map_err(|it| it.context(server.printed()))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database() -> Result<()> {
    let Some(url) = tests::postgres::fresh_database() else { return Ok(()) };
    let here = Server::demo(Database::Postgres(url.clone()))?;
    let there = Server::start(Database::Postgres(url), &[])?;
    let story = nodes::what_is_done_at_one_is_seen_at_the_other(&here, &there).await;
    story.map_err(|it| it.context(format!("{}\n{}", here.printed(), there.printed())))
}

/// Fields a complaint needs.
fn complaint(facts: &str) -> Value {
    json!({
        "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality", "facts": facts,
        "demand": "请更换一台新的设备", "severity": "s2", "region": "320506"
    })
}

/// The open task of a record at a node, once it is there (a plugin call may be on its way).
async fn task_at(person: &Person, record: &str, node: &str) -> Result<Value> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let found = person.get(&format!("/api/records/complaint/{record}")).await?;
        if let Some(task) = found.body["tasks"].as_array().into_iter().flatten().find(|it| it["node"] == node) {
            return Ok(task.clone());
        }
        anyhow::ensure!(Instant::now() < until, "no task at {node}; the record is {}", found.body);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Claims (where needed) and completes the task of a record at a node.
async fn complete(
    person: &Person,
    reader: &Person,
    record: &str,
    node: &str,
    outcome: &str,
    data: Value,
    comment: &str,
) -> Result<()> {
    let task = task_at(reader, record, node).await?;
    let id = task["id"].as_str().unwrap_or_default();
    let detail = person.get(&format!("/api/tasks/{id}")).await?;
    anyhow::ensure!(detail.status == 200, "{} may not open {node}: {}", person.session.login, detail.body);
    let version = &detail.body["record"]["version"];
    let answer = person
        .post(
            &format!("/api/tasks/{id}/complete"),
            json!({ "outcome": outcome, "data": data, "version": version, "comment": comment }),
        )
        .await?;
    anyhow::ensure!(
        answer.status < 300,
        "{} could not complete {node} with {outcome}: {} {}",
        person.session.login,
        answer.status,
        answer.body
    );
    Ok(())
}

/// A field of a record, read by somebody.
async fn field(person: &Person, record: &str, name: &str) -> Result<Value> {
    let found = person.get(&format!("/api/records/complaint/{record}")).await?;
    anyhow::ensure!(found.status == 200, "could not read {record}: {}", found.body);
    Ok(found.body["data"][name].clone())
}
