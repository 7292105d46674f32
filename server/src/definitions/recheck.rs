//! What is live is checked again whenever something it depends on has changed: a role nobody holds any more, a plugin that is gone, a
//! field another pack used. Who looks after the definitions gets what is new as a notice; what was known before is not told twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::FutureExt;
use runtime::alert::{Alert, Severity};
use runtime::check;
use runtime::engine::effect::NoticeText;
use runtime::id::{PackId, UserId};

use super::publish::surroundings;
use crate::actor::{ADMIN, DESIGNER};
use crate::app::App;
use crate::error::Error;
use crate::live::Change;
use crate::store::Tx;
use crate::store::notices;
use crate::store::sql::{Query, Sql};

/// Alerts a notice spells out; the studio has them all.
const SPELLED_OUT: usize = 5;

/// Checks everything live again and tells what is new. `quiet`: a pack whose alerts somebody is just being shown.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn recheck(app: &Arc<App>, quiet: Option<PackId>) -> Result<(), Error> {
    let live = app.definitions.live();
    let around = surroundings(app);
    let found = tokio::task::spawn_blocking(move || {
        let ids: Vec<PackId> = live.catalog.packs.keys().cloned().collect();
        ids.into_iter()
            .map(|id| (id.clone(), check::pack(&live.catalog, &id, &around).alerts))
            .collect::<BTreeMap<_, _>>()
    });
    let found = Arc::new(found.await.map_err(|it| Error::Internal(it.to_string()))?);
    let unit = Arc::new((app.clone(), found, quiet));
    app.store
        .write(move |tx| {
            let unit = unit.clone();
            async move { tell(tx, &unit.0, &unit.1, unit.2.as_ref()).await }.boxed()
        })
        .await
}

/// The same in the background: what changed has been stored, and nobody waits for this.
pub fn recheck_later(app: &Arc<App>, quiet: Option<PackId>) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = recheck(&app, quiet).await {
            tracing::warn!(%error, "the live packs could not be checked again");
        }
    });
}

/// What an alert is known by from one check to the next; its words may change.
fn mark(it: &Alert) -> String {
    format!("{} {}{} {}", it.code, it.file, it.pointer, it.element.as_deref().unwrap_or_default())
}

async fn tell(
    tx: &Tx,
    app: &Arc<App>,
    found: &BTreeMap<PackId, Vec<Alert>>,
    quiet: Option<&PackId>,
) -> Result<(), Error> {
    for (pack, alerts) in found {
        let mut query = Query::new("SELECT mark FROM told_alerts WHERE pack = ");
        query.bind(pack.as_str());
        let known: BTreeSet<String> = tx.rows(query).await?.iter().map(|it| it.get(0)).collect::<Result<_, _>>()?;
        let grave: BTreeMap<String, &Alert> = alerts
            .iter()
            .filter(|it| it.severity != Severity::Info && it.silenced.is_none())
            .map(|it| (mark(it), it))
            .collect();
        for gone in known.iter().filter(|it| !it.is_empty() && !grave.contains_key(*it)) {
            let mut query = Query::new("DELETE FROM told_alerts WHERE pack = ");
            query.bind(pack.as_str()).push(" AND mark = ").bind(gone.as_str());
            tx.exec(query).await?;
        }
        // The blank mark says that the pack was checked before: what it had then was there when it was installed.
        let first = !known.contains("");
        let mut new = Vec::new();
        for (mark, alert) in grave.iter().map(|(mark, it)| (mark.as_str(), Some(*it))).chain([("", None)]) {
            if known.contains(mark) {
                continue;
            }
            let mut query = Query::new("INSERT INTO told_alerts (pack, mark) VALUES (");
            query.bind(pack.as_str()).push(", ").bind(mark).push(") ON CONFLICT DO NOTHING");
            // Another node may have told it in the meantime.
            if tx.exec(query).await? > 0 {
                new.extend(alert);
            }
        }
        if !first && quiet != Some(pack) && !new.is_empty() {
            notify(tx, app, pack, &new).await?;
        }
    }
    Ok(())
}

async fn notify(tx: &Tx, app: &Arc<App>, pack: &PackId, new: &[&Alert]) -> Result<(), Error> {
    let state = app.people.state();
    let looks_after = |roles: &[runtime::id::RoleKey]| roles.iter().any(|it| [ADMIN, DESIGNER].contains(&it.as_str()));
    let to: Vec<UserId> =
        state.directory.values().filter(|it| looks_after(&it.roles)).map(|it| it.id.clone()).collect();
    let live = app.definitions.live();
    let title = |language: &str| {
        let own = live.catalog.packs.get(pack).map_or(pack.as_str(), |it| it.manifest.title.as_str());
        live.catalog
            .packs
            .get(pack)
            .and_then(|it| it.texts.get(language)?.get("pack"))
            .map_or(own, String::as_str)
            .to_owned()
    };
    let lines = |language: &str| -> String {
        let line = |it: &&Alert| {
            // In Chinese the page's heading says what is wrong, the element where.
            let heading = (language == "zh-CN")
                .then(|| crate::alert_pages::page(&it.code, language))
                .flatten()
                .and_then(|it| it.lines().next().map(|it| it.trim_start_matches("# ").to_owned()));
            match (heading, it.args.get("element").and_then(|it| it.as_str()).or(it.element.as_deref())) {
                (Some(heading), Some(element)) => format!("{element}：{heading}"),
                (Some(heading), None) => heading,
                (None, _) => it.message.clone(),
            }
        };
        new.iter().take(SPELLED_OUT).map(line).collect::<Vec<_>>().join("\n")
    };
    let count = new.len();
    let texts = [
        NoticeText {
            language: "en".to_owned(),
            title: format!("{}: {count} new alerts", title("en")),
            body: format!("Something the pack depends on has changed.\n{}", lines("en")),
        },
        NoticeText {
            language: "zh-CN".to_owned(),
            title: format!("{}：{count} 条新告警", title("zh-CN")),
            body: format!("业务包所依赖的内容发生了变化。\n{}", lines("zh-CN")),
        },
    ];
    let ids = notices::add(tx, &app.clock.stamp(), &to, &texts, &format!("/studio/{pack}")).await?;
    for (id, user) in ids.into_iter().zip(to) {
        tx.tell(Change::Notice { id, user });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use runtime::id::{RoleKey, UserId};

    use super::recheck;
    use crate::actor::ADMIN;
    use crate::store::notices;
    use crate::testing::on_both;

    on_both! {
        async fn an_emptied_role_is_told_once(home: Home) {
            let app = home.app().await;
            recheck(&app, None).boxed().await.unwrap();
            let state = app.people.state();
            let admin: UserId = state.directory.values().find(|it| it.roles.iter().any(|it| it.as_str() == ADMIN)).expect("an administrator").id.clone();
            let titles = async |app: &crate::app::App| -> Vec<String> {
                let found = notices::list(app.store.read(), &admin, "en", false, 100).await.unwrap();
                found.into_iter().map(|it| format!("{}\n{}", it.title, it.body)).filter(|it| it.contains("new alert")).collect()
            };
            assert!(titles(&app).await.is_empty(), "what was there at the beginning is known");
            // The role a task of the shipped flow needs, for which nobody stands in, is taken from everybody.
            let role = RoleKey::from("fin_mgr");
            let unit = std::sync::Arc::new(state.users.values().filter(|it| it.roles.contains(&role)).cloned().collect::<Vec<_>>());
            assert!(!unit.is_empty(), "somebody holds the role");
            app.store.write(move |tx| {
                let unit = unit.clone();
                async move {
                    for user in unit.iter() {
                        let mut user = user.clone();
                        user.roles.retain(|it| it.as_str() != "fin_mgr");
                        crate::store::people::save(tx, &user, None, "2026-01-01T00:00:00Z").await?;
                    }
                    Ok(())
                }.boxed()
            }).boxed().await.unwrap();
            app.people.reload(app.store.read()).boxed().await.unwrap();
            recheck(&app, None).boxed().await.unwrap();
            let told = titles(&app).await;
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].contains("fin_mgr"), "{told:?}");
            recheck(&app, None).boxed().await.unwrap();
            assert_eq!(titles(&app).await.len(), 1, "nothing is told twice");
        }
    }
}
