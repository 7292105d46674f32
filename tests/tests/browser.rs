//! The journeys of the people who work with Flowloom, in a real Chromium, on both databases.

#[path = "browser/board.rs"]
mod board;
#[path = "browser/canvas.rs"]
mod canvas;
#[path = "browser/conflict.rs"]
mod conflict;
#[path = "browser/designer.rs"]
mod designer;
#[path = "browser/fields.rs"]
mod fields;
#[path = "browser/finer.rs"]
mod finer;
#[path = "browser/fingers.rs"]
mod fingers;
#[path = "browser/gestures.rs"]
mod gestures;
#[path = "browser/house.rs"]
mod house;
#[path = "browser/kinds.rs"]
mod kinds;
#[path = "browser/lists.rs"]
mod lists;
#[path = "browser/look.rs"]
mod look;
#[path = "browser/people.rs"]
mod people;
#[path = "browser/pools.rs"]
mod pools;
#[path = "browser/portal.rs"]
mod portal;
#[path = "browser/publish.rs"]
mod publish;
#[path = "browser/rows.rs"]
mod rows;
#[path = "browser/sizes.rs"]
mod sizes;
#[path = "browser/studio.rs"]
mod studio;
#[path = "browser/talk.rs"]
mod talk;
#[path = "browser/tasks.rs"]
mod tasks;
#[path = "browser/trouble.rs"]
mod trouble;
#[path = "browser/versions.rs"]
mod versions;
#[path = "browser/views.rs"]
mod views;
#[path = "browser/watch.rs"]
mod watch;

use anyhow::{Context, Result, ensure};
use tests::browser::Browser;
use tests::server::{Database, Server};

/// Runs stories one after the other on one server. `STORY=name` runs only those whose name contains it.
macro_rules! stories {
    ($($story:path),* $(,)?) => {
        async fn journeys(base: &str) -> Result<()> {
            let wanted = std::env::var("STORY").unwrap_or_default();
            let mut failed = Vec::new();
            $(
                if stringify!($story).contains(&wanted) {
                    let begun = std::time::Instant::now();
                    // The next story may still be told: all that fails is said at once.
                    if let Err(error) = $story(base).await {
                        failed.push(format!("{}: {error:#}", stringify!($story)));
                    }
                    println!("{} {} s", stringify!($story), begun.elapsed().as_secs());
                }
            )*
            ensure!(failed.is_empty(), "{}", failed.join("\n"));
            Ok(())
        }
    };
}

stories!(
    people::everybody_comes_in,
    people::an_agent_files_a_complaint,
    people::a_handler_works_the_inbox,
    people::a_manager_looks_over_it_all,
    talk::files_are_attached,
    talk::people_talk_about_a_record,
    talk::a_customer_with_its_primary_contact,
    tasks::a_handler_returns_a_task,
    tasks::two_people_claim_a_task,
    tasks::a_task_is_lent_signed_and_stopped,
    tasks::what_was_sent_on_is_taken_back,
    house::departments_are_kept,
    house::people_are_added_and_look_after_themselves,
    house::a_record_is_found_from_anywhere,
    board::a_drop_is_a_step_of_the_flow,
    board::a_card_moves_by_its_menu,
    conflict::two_people_edit_a_record,
    conflict::the_own_value_wins_if_wanted,
    conflict::a_decision_is_told_what_changed,
    conflict::a_form_is_published_while_it_is_filled,
    conflict::a_record_is_saved_twice,
    rows::an_order_with_lines,
    rows::a_delivery_is_tagged_and_signed,
    lists::a_list_is_kept_under_a_name,
    views::a_promise_is_put_on_another_day,
    views::a_tree_is_walked,
    views::a_page_of_a_record_is_designed,
    views::a_board_and_a_calendar_are_designed,
    views::a_tree_is_designed,
    portal::a_customer_sees_only_the_own,
    portal::a_customer_answers,
    portal::a_customer_files_a_complaint,
    look::dark_everywhere,
    look::large_letters_fit,
    look::with_the_keyboard_alone,
    look::nobody_is_shut_out,
    trouble::what_is_at_hand_outlasts_others,
    trouble::a_session_ends_at_an_ill_time,
    trouble::a_dialog_says_why_not,
    trouble::a_draft_cannot_be_saved,
    trouble::publishing_does_not_come,
    trouble::what_is_done_leads_on,
    trouble::a_task_hears_of_others,
    trouble::a_server_is_gone,
    studio::an_admin_changes_a_flow,
    canvas::a_hand_waits_for_its_code,
    canvas::an_admin_draws_with_the_mouse,
    canvas::what_is_held_is_at_hand,
    canvas::an_admin_draws_with_the_keyboard,
    canvas::a_broken_flow_is_played_and_mended,
    canvas::a_flow_is_tried,
    canvas::a_file_comes_in_and_is_compared,
    canvas::nobody_is_shut_out_of_drawing,
    designer::a_form_waits_for_its_code,
    designer::a_form_is_put_together,
    designer::a_form_is_divided_into_steps,
    designer::a_rule_is_clicked_together,
    designer::a_field_gets_another_key,
    designer::a_schema_from_elsewhere_and_texts_side_by_side,
    designer::what_fits_is_offered_in_json,
    designer::a_decision_table_is_edited,
    designer::a_list_is_designed_and_the_shipped_one_restored,
    designer::what_was_done_goes_along,
    fingers::a_form_is_shaped_with_fingers,
    fingers::a_flow_is_drawn_on_a_phone,
    fingers::a_flow_is_connected_and_drawn_out_with_fingers,
    fields::a_number_is_built,
    fields::what_a_change_costs_is_said_first,
    fields::rules_that_contradict_are_told,
    fields::a_form_is_seen_as_others_see_it,
    fields::rows_choose_from_elsewhere,
    fields::names_hold_where_people_work,
    designer::the_palette_knows_the_studio,
    designer::designers_are_not_shut_out,
    pools::whom_a_flow_works_with_is_drawn,
    pools::a_file_with_several_pools_comes_in,
    pools::an_event_is_put_onto_a_step_and_off_again,
    pools::a_step_is_tried_by_who_may,
    pools::a_step_is_coloured_and_the_flow_laid_out,
    gestures::the_picture_is_moved_and_found_again,
    gestures::several_are_put_in_line,
    gestures::lines_and_names_are_moved,
    kinds::each_kind_offers_what_follows,
    kinds::lines_are_drawn_marked_and_healed,
    kinds::what_is_moved_finds_its_line,
    sizes::several_are_made_larger,
    sizes::a_lane_is_divided,
    sizes::an_event_interrupts_or_not,
    sizes::what_stands_in_properties_is_found,
    sizes::names_are_written_by_keys_alone,
    finer::the_picture_is_kept_and_held_exactly,
    finer::what_is_drawn_is_seen_and_goes_along,
    finer::room_is_made_through_pools,
    finer::what_is_copied_goes_into_another_tab,
    finer::an_expression_is_tried,
    gestures::what_comes_is_seen_before,
    gestures::everything_is_said_of_an_element,
    canvas::an_admin_draws_with_fingers,
    canvas::a_flow_goes_out_as_a_file,
    canvas::what_is_tried_becomes_a_scenario,
    canvas::an_alert_is_suppressed_with_a_reason,
    canvas::two_people_draw_at_once,
    versions::an_instance_stays_on_its_version,
    watch::a_manager_watches_and_moves,
    studio::something_new_is_begun,
    studio::an_admin_changes_a_form,
    publish::what_runs_is_mapped_and_moved,
);

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() -> Result<()> {
    let server = Server::demo_with(Database::Sqlite, "ordering")?;
    journeys(&server.url()).await.with_context(|| server.printed())
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() -> Result<()> {
    let Some(url) = tests::postgres::fresh_database() else { return Ok(()) };
    let server = Server::demo_with(Database::Postgres(url), "ordering")?;
    journeys(&server.url()).await.with_context(|| server.printed())
}

/// A window in which somebody has logged in, in Chinese.
async fn logged_in(base: &str, user: &str) -> Result<Browser> {
    logged_in_on(base, user, 1440, 900).await
}

/// The same on a screen of this size.
async fn logged_in_on(base: &str, user: &str, width: u32, height: u32) -> Result<Browser> {
    entered(base, user, tests::client::PASSWORD, width, height).await
}

/// The same with a password of their own.
async fn entered(base: &str, user: &str, password: &str, width: u32, height: u32) -> Result<Browser> {
    let browser = Browser::open(base, width, height).await?;
    browser.go("/").await?;
    browser.see("input[type=password]").await?;
    browser.press("简体中文").await?;
    browser.fill("input[autocomplete=username]", user).await?;
    browser.fill("input[type=password]", password).await?;
    browser.press("登录").await?;
    browser.see("nav").await?;
    Ok(browser)
}
