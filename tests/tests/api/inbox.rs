//! The inbox as a list.

use anyhow::{Result, ensure};
use serde_json::json;
use tests::client::Person;

use super::complaint;

pub async fn an_inbox_is_paged_by_place(base: &str) -> Result<()> {
    let agent = Person::login(base, "agent").await?;
    let manager = Person::login(base, "manager").await?;
    for at in 0..5 {
        let made =
            agent.post("/api/records/complaint", json!({ "data": complaint(&format!("收件箱分页 {at}")) })).await?;
        ensure!(made.status == 201, "create: {}", made.body);
    }
    for sort in ["due", "-opened", "priority"] {
        let whole = manager.get(&format!("/api/tasks?box=all&sort={sort}&limit=500")).await?;
        let ids = |body: &serde_json::Value| -> Vec<String> {
            body["rows"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|it| it["id"].as_str().map(str::to_owned))
                .collect()
        };
        let whole = ids(&whole.body);
        ensure!(whole.len() >= 5, "{sort}: {whole:?}");
        let mut paged = Vec::new();
        let mut after = String::new();
        loop {
            let page = manager.get(&format!("/api/tasks?box=all&sort={sort}&limit=2{after}")).await?;
            ensure!(page.status == 200, "{sort}: {}", page.body);
            paged.extend(ids(&page.body));
            match page.body["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        ensure!(paged == whole, "{sort}: every task once, in order: {paged:?} {whole:?}");
        let other = if sort == "due" { "priority" } else { "due" };
        if !after.is_empty() {
            let foreign = manager.get(&format!("/api/tasks?box=all&sort={other}&limit=2{after}")).await?;
            ensure!(foreign.status == 400, "a cursor of another order: {} {}", foreign.status, foreign.body);
        }
    }
    let nonsense = manager.get("/api/tasks?after=50").await?;
    ensure!(nonsense.status == 400 && nonsense.problem() == "malformed", "{}", nonsense.body);
    Ok(())
}
