//! One rule engine, two targets: the same questions to `runtime` natively and to its wasm build in the browser's worker get
//! the same bytes. The questions are forms and packs as the server hands them out, with good and bad input.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::wd::TimeoutConfiguration;
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::client::Person;
use tests::server::{Database, Server};

#[tokio::test(flavor = "multi_thread")]
async fn native_and_wasm_answer_with_the_same_bytes() -> Result<()> {
    let server = Server::demo(Database::Sqlite)?;
    let questions = questions(&server.url()).await?;
    let browser = Browser::open(&server.url(), 800, 600).await?;
    browser.go("/").await?;
    browser.see("meta[name=rules-worker]").await.ok();
    // All packs are checked in there; a busy machine takes its time.
    let patience = TimeoutConfiguration::new(Some(Duration::from_secs(300)), None, None);
    browser.page.update_timeouts(patience).await?;
    let answers = browser.page.execute_async(ASK, vec![json!(questions)]).await?;
    browser.close().await?;
    let answers: Vec<String> = serde_json::from_value(answers).context("the worker's answers")?;
    ensure!(answers.len() == questions.len(), "expected {} answers, came {}", questions.len(), answers.len());
    for (question, came) in questions.iter().zip(&answers) {
        let native = rules::ask(question);
        let short: String = question.chars().take(300).collect();
        ensure!(&native == came, "they disagree on {short}\n  native {native}\n  wasm   {came}");
        ensure!(
            !native.contains("\"error\":{\"code\":\"malformed\"") || short.contains("nonsense"),
            "not a question: {short}: {native}"
        );
    }
    println!("{} questions, the same bytes", questions.len());
    Ok(())
}

/// Starts a worker of its own and asks one question after the other.
const ASK: &str = r#"
const [questions, done] = arguments;
const address = document.querySelector("meta[name=rules-worker]").content;
const worker = new Worker(address, { type: "module" });
const answers = [];
let ready = false;
worker.onmessage = ({ data }) => {
  if (!ready) { ready = true; } else { answers.push(data); }
  if (answers.length === questions.length) { worker.terminate(); done(answers); } else { worker.postMessage(questions[answers.length]); }
};
worker.onerror = (fault) => done([String(fault.message)]);
"#;

async fn questions(base: &str) -> Result<Vec<String>> {
    let admin = Person::login(base, "admin").await?;
    let agent = Person::login(base, "agent").await?;
    let mut asked: Vec<(String, Value)> = Vec::new();
    let now = "2026-03-02T01:00:00Z";
    let user = json!({ "id": agent.session.user, "name": agent.session.name, "roles": agent.session.roles });
    for module in ["customer", "contact", "complaint", "suggestion"] {
        let info: Value = agent.get(&format!("/api/modules/{module}")).await?.ok()?;
        let access = info["access"].clone();
        asked.push(("form.load".into(), json!({ "module": info })));
        let data = [
            json!({}),
            json!({ "name": "  ", "phone": "12", "severity": "s9", "compensation": "12.345", "unknown": 1 }),
            json!({ "name": "华东传动有限公司", "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "active", "account_manager": "u1",
                "founded_on": "2001-02-30", "employees": 12.5, "own_products": [{ "name": "" }, { "name": "减速机", "market": 3 }] }),
            json!({ "name": "沈悦", "customer": "rec_1", "role": "technical", "phone": "+8613900001111", "birthday": "1990-02-28", "influence": 9 }),
            json!({ "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality", "facts": "无法启动", "demand": "更换", "severity": "s2", "region": "320506", "compensation": "10000.005" }),
            json!({ "content": "希望增加夜间热线", "adopted": "yes", "benefit": null }),
        ];
        for patch in data {
            for call in ["form.state", "form.accept"] {
                asked.push((
                    call.into(),
                    json!({ "module": module, "patch": patch, "access": access, "user": user, "now": now }),
                ));
            }
        }
        asked.push(("form.seed".into(), json!({ "module": module, "user": user, "now": now })));
        let begun = json!({ "module": module, "patch": {}, "access": access, "user": user, "now": now });
        asked.push(("form.begin".into(), json!({ "form": 1, "ask": begun })));
        for (step, typed) in
            [json!({ "name": "华" }), json!({ "severity": "s1", "name": "华东" }), json!({ "content": "x" })]
                .into_iter()
                .enumerate()
        {
            let typed = json!({ "form": 1, "step": step + 1, "now": now, "typed": typed, "untyped": ["name"] });
            asked.push(("form.type".into(), typed));
        }
    }
    for pack in ["core-crm", "service"] {
        let files: Value = admin.get(&format!("/api/studio/packs/{pack}")).await?.ok()?;
        asked.push(("pack.load".into(), files.clone()));
        asked.push(("check.pack".into(), json!({ "id": pack, "draft": {} })));
        for (module, field) in [("complaint", "facts"), ("customer", "name"), ("complaint", "nothing")] {
            asked.push(("pack.usage".into(), json!({ "id": pack, "draft": {}, "module": module, "field": field })));
        }
        // Each file in turn: gone, cut in half, without its first flow or field.
        for (path, text) in files["files"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(path, _)| path.ends_with(".json") && !path.starts_with("samples/"))
        {
            let text = text.as_str().unwrap_or_default();
            let half: String = text.chars().take(text.chars().count() / 2).collect();
            for broken in [
                Value::Null,
                Value::String(half),
                Value::String(text.replacen("\"severity\"", "\"severty\"", 1).replacen(
                    "sequenceFlow",
                    "sequenceFlo",
                    1,
                )),
            ] {
                asked.push(("check.pack".into(), json!({ "id": pack, "draft": { path: broken } })));
            }
        }
    }
    for source in ["1 + 1", "data.amount * 2 > 10 &&", "7 / 2", "round(15.665, 2)", "\"投诉\" + data.code", "let x = 1"]
    {
        asked.push(("expr.check".into(), json!({ "source": source })));
    }
    asked.push(("nonsense".into(), json!({})));
    Ok(asked
        .into_iter()
        .enumerate()
        .map(|(id, (call, args))| json!({ "id": id + 1, "call": call, "args": args }).to_string())
        .collect())
}
