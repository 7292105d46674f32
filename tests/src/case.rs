//! A complaint on its way, brought over the HTTP API to where a story in the browser begins.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value, json};

use crate::client::Person;

/// The demo customer the portal user belongs to.
pub const PORTAL_CUSTOMER: &str = "苏州澄湖精密机械有限公司";

/// A complaint the agent took on the phone; in East China and about quality, so it becomes chen's.
pub struct Case {
    base: String,
    manager: Person,
    pub id: String,
    /// Its number.
    pub code: String,
}

impl Case {
    /// Files one. `of_portal`: of the portal user's company, else of nobody's.
    pub async fn file(base: &str, facts: &str, of_portal: bool) -> Result<Self> {
        let agent = Person::login(base, "agent").await?;
        let mut data = json!({
            "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality", "facts": facts,
            "demand": "请更换一台新的设备", "severity": "s2", "region": "320506"
        });
        if of_portal {
            data["customer"] = json!(Self::portal_customer(&agent).await?);
        }
        let made = agent.post("/api/records/complaint", json!({ "data": data })).await?;
        ensure!(made.status == 201, "a complaint is filed: {} {}", made.status, made.body);
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        let (id, code) = (text(&made.body["id"]), text(&made.body["data"]["code"]));
        Ok(Self { base: base.to_owned(), manager: Person::login(base, "manager").await?, id, code })
    }

    async fn portal_customer(agent: &Person) -> Result<String> {
        let found = agent.get(&format!("/api/lookup/customer?q={}", "%E8%8B%8F%E5%B7%9E%E6%BE%84%E6%B9%96")).await?;
        let hit = found.body.as_array().into_iter().flatten().find(|it| it["label"] == PORTAL_CUSTOMER);
        Ok(hit
            .and_then(|it| it["id"].as_str())
            .with_context(|| format!("{PORTAL_CUSTOMER} is among {}", found.body))?
            .to_owned())
    }

    /// The record as the manager reads it.
    pub async fn read(&self) -> Result<Value> {
        Ok(self.manager.get(&format!("/api/records/complaint/{}", self.id)).await?.body)
    }

    /// A field of the record.
    pub async fn field(&self, name: &str) -> Result<Value> {
        Ok(self.read().await?["data"][name].clone())
    }

    /// Its history, as one text.
    pub async fn history(&self) -> Result<String> {
        Ok(self.manager.get(&format!("/api/records/complaint/{}/history", self.id)).await?.body.to_string())
    }

    /// The open task at a node, once it is there: a plugin may be asked on the way.
    pub async fn at(&self, node: &str) -> Result<String> {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let record = self.read().await?;
            if let Some(task) = record["tasks"].as_array().into_iter().flatten().find(|it| it["node"] == node) {
                return Ok(task["id"].as_str().unwrap_or_default().to_owned());
            }
            ensure!(Instant::now() < until, "no task at {node}; the record is {record}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Somebody completes the task at a node.
    pub async fn done(&self, who: &str, node: &str, outcome: &str, data: Value) -> Result<()> {
        let task = self.at(node).await?;
        let person = Person::login(&self.base, who).await?;
        let detail = person.get(&format!("/api/tasks/{task}")).await?;
        let version = detail.body["record"]["version"].clone();
        let body = json!({ "outcome": outcome, "data": data, "version": version, "comment": "已核实" });
        let answer = person.post(&format!("/api/tasks/{task}/complete"), body).await?;
        ensure!(answer.status < 300, "{who} could not complete {node}: {} {}", answer.status, answer.body);
        Ok(())
    }

    /// Accepted and forwarded: chen is to agree the handling.
    pub async fn forwarded(&self) -> Result<String> {
        self.done("agent", "accept", "forward", json!({})).await?;
        self.done("clerk", "forward", "forward", json!({ "forwarded_to": "quality" })).await?;
        self.at("agree").await
    }

    /// Agreed: chen is to carry it out.
    pub async fn agreed(&self) -> Result<String> {
        self.done("chen", "agree", "agreed", json!({ "plan": "上门更换", "agreed_how": "call" })).await?;
        self.at("carry_out").await
    }

    /// Carried out: the customer is asked.
    pub async fn carried_out(&self) -> Result<String> {
        self.done("chen", "carry_out", "done", json!({ "correction": "已更换新机，试运行正常" })).await?;
        self.at("customer_ok").await
    }

    /// Changes fields as somebody, over the API.
    pub async fn change(&self, who: &str, version: i64, data: Value) -> Result<()> {
        let person = Person::login(&self.base, who).await?;
        let data: Map<String, Value> = data.as_object().cloned().unwrap_or_default();
        let answer = person
            .patch(&format!("/api/records/complaint/{}", self.id), json!({ "version": version, "data": data }))
            .await?;
        ensure!(answer.status < 300, "{who} could not change it: {} {}", answer.status, answer.body);
        Ok(())
    }
}
