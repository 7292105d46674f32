//! What the admin says of single fields: numbers are built and seen, a type is changed and a field deleted knowing what that means,
//! rules that contradict each other are told, and the form is looked at as others see it. Every story ends with the draft as it was.

use anyhow::{Context, Result, ensure};
use tests::browser::Browser;
use tests::client::Person;

use super::canvas::{count, until_count};
use super::logged_in;

/// The control of the panel, or of the preview, whose label begins so.
fn labelled(label: &str, input: &str) -> String {
    format!(
        "[...document.querySelectorAll('label.prop, label.preview-choice')].find(it => it.textContent.startsWith('{label}') && it.querySelector('{input}'))?.querySelector('{input}')"
    )
}

async fn opened(base: &str, module: &str) -> Result<Browser> {
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go(&format!("/studio/service/form/{module}?view=create")).await?;
    browser.see(".form-sheet .field-card").await?;
    browser
        .until("the checker has spoken", "return !!document.querySelector('.alert-bar .badge, .alert-bar .good')")
        .await?;
    Ok(browser)
}

async fn done(base: &str, browser: Browser) -> Result<()> {
    browser.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

/// Chooses in a control, once it offers that.
async fn choose(browser: &Browser, label: &str, value: &str) -> Result<()> {
    let script = format!(
        "const it = {}; if (!it || ![...it.options].some(it => it.value === '{value}')) return false; it.value = '{value}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true",
        labelled(label, "select")
    );
    browser.until(&format!("{value} can be chosen at {label}"), &script).await
}

/// Writes into a control.
async fn write(browser: &Browser, label: &str, input: &str, text: &str) -> Result<()> {
    let script = format!(
        "const it = {}; if (!it) return false; it.closest('details') && (it.closest('details').open = true); it.value = '{text}'; it.dispatchEvent(new Event('input', {{ bubbles: true }})); it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true",
        labelled(label, input)
    );
    browser.until(&format!("{label} can be written"), &script).await
}

/// A numbering rule of parts, with examples that follow; a default; no two the same.
pub async fn a_number_is_built(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    browser.click(".palette-item[data-field=seq]").await?;
    browser.see(".field-card .label-input").await?;
    browser.keys("\u{e007}").await?;
    let examples = "document.querySelector('.studio-right').innerText";
    browser.until("there are examples", &format!("return /-00001\\s+\\S*-00002/.test({examples})")).await?;
    // Fewer digits, another text before them: the examples follow.
    let part = |label: &str, value: &str| {
        format!(
            "const it = document.querySelector('.studio-right [aria-label=\"{label}\"]'); it.value = '{value}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
        )
    };
    browser.run(&part("流水号位数", "3")).await?;
    browser.run(&part("文字", "HF")).await?;
    browser.until("the examples follow", &format!("return /HF\\S*-001\\s/.test({examples})")).await?;
    browser.run(&part("日期", "yyyyMMdd")).await?;
    browser.read("流水号每天重新开始").await?;
    browser.picture("field-number").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    // A text begins with something, and no two records have the same.
    browser.click(".palette-item[data-field=text]").await?;
    browser.see(".field-card .label-input").await?;
    browser.keys("\u{e007}").await?;
    write(&browser, "默认值", "input", "无").await?;
    let unique = "[...document.querySelectorAll('.studio-right label')].find(it => it.textContent.includes('不允许重复')).querySelector('input')";
    browser.until("it can be unique", &format!("{unique}.click(); return {unique}.checked")).await?;
    browser
        .until(
            "the draft is saved",
            "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')",
        )
        .await?;
    let pack = Person::login(base, "admin").await?.get("/api/studio/packs/service").await?;
    let schema = pack.body["draft"]["modules/suggestion/schema.json"].as_str().context("a schema")?.to_owned();
    let schema: serde_json::Value = serde_json::from_str(&schema)?;
    let fields = schema["properties"].as_object().context("fields")?;
    ensure!(fields.values().any(|it| it["x-number"].as_str().is_some_and(|it| it.contains("HF"))), "{fields:?}");
    ensure!(fields.values().any(|it| it["default"] == "无" && it.pointer("/x-index/unique").is_some()), "{fields:?}");
    done(base, browser).await
}

/// How many stored values another type would cost, and where a field is used, is said before anything is done.
pub async fn what_a_change_costs_is_said_first(base: &str) -> Result<()> {
    let browser = opened(base, "complaint").await?;
    browser.click(".field-card[data-key=severity]").await?;
    choose(&browser, "类型", "int").await?;
    browser.see("dialog[open] .used-list li").await?;
    browser.read("个已存值符合或可转换").await?;
    browser.picture("field-retype").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    browser.press("取消").await?;
    browser.gone("dialog[open]").await?;
    let kind = format!("return {}.value", labelled("类型", "select"));
    browser.until("nothing was changed", &format!("return (() => {{ {kind} }})() === 'enum'")).await?;
    browser.press("删除字段").await?;
    browser.see("dialog[open] .used-list li").await?;
    ensure!(count(&browser, "dialog[open] .used-list li").await? > 5, "schema, rules, views, flow, script");
    browser.run("[...document.querySelectorAll('dialog[open] footer button')].at(-1).click(); return true").await?;
    browser.gone(".field-card[data-key=severity]").await?;
    // What named it says so; undone it is all there again.
    browser.until("it is missed", "return !!document.querySelector('.alert-counts .danger')").await?;
    browser.press_label("撤销").await?;
    browser.see(".field-card[data-key=severity]").await?;
    browser.until("nothing is missed", "return !document.querySelector('.alert-counts .danger')").await?;
    done(base, browser).await
}

/// Two fields that are computed from each other, and one that is required and never shown: told, explained, and led to.
pub async fn rules_that_contradict_are_told(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    for name in ["甲", "乙"] {
        browser.click(".palette-item[data-field=num]").await?;
        browser.see(".field-card .label-input").await?;
        browser.run("document.querySelector('.label-input').select(); return true").await?;
        browser.keys(&format!("{name}\u{e007}")).await?;
        browser
            .until("it is called so", &format!("return [...document.querySelectorAll('.field-card .words')].some(it => it.textContent === '{name}')"))
            .await?;
    }
    let keys = browser.run("return ['甲', '乙'].map(name => [...document.querySelectorAll('.field-card')].find(it => it.querySelector('.words')?.textContent === name).dataset.key)").await?;
    let keys: Vec<String> = serde_json::from_value(keys)?;
    for (one, other) in [(&keys[0], &keys[1]), (&keys[1], &keys[0])] {
        browser.click(&format!(".field-card[data-key='{one}']")).await?;
        browser
            .until(
                "its panel is there",
                &format!("return document.querySelector('.studio-right').textContent.includes('{one}')"),
            )
            .await?;
        let formula = labelled("计算公式", "textarea");
        browser
            .until(
                "it can be computed",
                &format!(
                    "const it = {formula}; if (!it) return false; it.focus(); return document.activeElement === it"
                ),
            )
            .await?;
        browser.keys(&format!("data.{other} + 1")).await?;
        // What is written holds when it is left.
        browser.run("document.activeElement.blur(); return true").await?;
    }
    browser.until("the circle is told", "return !!document.querySelector('.alert-counts .danger')").await?;
    if count(&browser, ".alert-list").await? == 0 {
        browser.click(".alert-bar").await?;
    }
    browser.see(".alert-item .alert-row").await?;
    // Why, on a page of its own; a click goes to the field.
    browser.click(".alert-item .alert-why:not([data-act])").await?;
    browser.read("b = a + 1").await?;
    browser.picture("field-circle").await?;
    browser.run("document.querySelector('.field-card[data-key=customer]')?.click(); return true").await?;
    browser.click(".alert-item .alert-row").await?;
    browser
        .until(
            "the field is chosen",
            &format!(
                "return {}.includes(document.querySelector('.field-card.selected')?.dataset.key)",
                serde_json::to_string(&keys)?
            ),
        )
        .await?;
    done(base, browser).await
}

/// The form as a role sees it, and as it is at a step of the flow.
pub async fn a_form_is_seen_as_others_see_it(base: &str) -> Result<()> {
    let browser = opened(base, "complaint").await?;
    browser.press("预览").await?;
    browser.see(".preview-form [data-field=severity]").await?;
    let open = "return document.querySelectorAll('.preview-form :is(input, select, textarea):not([readonly]):not([disabled])').length";
    let all = browser.run(open).await?.as_i64().context("fields")?;
    choose(&browser, "查看身份", "auditor").await?;
    browser.until("an auditor writes nothing", &format!("return (() => {{ {open} }})() < {all}")).await?;
    browser.picture("field-as-auditor").await?;
    choose(&browser, "查看身份", "").await?;
    browser.until("one who may do everything writes", &format!("return (() => {{ {open} }})() === {all}")).await?;
    let step = format!(
        "const it = [...{}.options].find(it => it.textContent.includes('办理') || it.value.includes('carry')); return it?.value ?? ''",
        labelled("所处步骤", "select")
    );
    let step = browser.run(&step).await?;
    let step = step.as_str().filter(|it| !it.is_empty()).context("a step with a form")?.to_owned();
    choose(&browser, "所处步骤", &step).await?;
    browser.gone(".preview-form [data-field=contact]:not([hidden]) input:not([readonly])").await?;
    browser.picture("field-at-step").await?;
    // As on a phone, in the other language.
    browser.press("手机").await?;
    browser.press("English").await?;
    browser.until("its labels are English", "return !/[\\u4e00-\\u9fff]/.test([...document.querySelectorAll('.preview-form label')].map(it => it.textContent).join(''))").await?;
    until_count(&browser, ".preview-form", 1).await?;
    done(base, browser).await
}

/// A sub-table gets columns that are chosen from a dictionary and from records, and is filled in the preview.
pub async fn rows_choose_from_elsewhere(base: &str) -> Result<()> {
    let browser = opened(base, "suggestion").await?;
    browser.click(".palette-item[data-field=rows]").await?;
    browser.see(".field-card .label-input").await?;
    browser.keys("\u{e007}").await?;
    let columns = ".studio-right .prop-item .column-key";
    let before = count(&browser, columns).await?;
    for (at, kind, label, to) in [(1, "dict", "字典", "channel"), (2, "ref", "引用模块", "contact")] {
        let add = format!(
            "const it = [...document.querySelectorAll('.studio-right select')].find(it => it.closest('label')?.textContent.startsWith('添加列')); if (!it) return false; it.value = '{kind}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
        );
        browser.until("a column can be added", &add).await?;
        until_count(&browser, columns, before + at).await?;
        let choose = format!(
            "const it = [...document.querySelectorAll('.studio-right .prop-item')].at(-1).querySelector('label.prop select'); if (!it || !it.closest('label').textContent.startsWith('{label}') || ![...it.options].some(it => it.value === '{to}')) return false; it.value = '{to}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
        );
        browser.until(&format!("{to} can be chosen"), &choose).await?;
    }
    // One that is chosen from what the column itself lists, and one that holds files of a kind.
    let last = "[...document.querySelectorAll('.studio-right .prop-item')].at(-1)";
    let add = |kind: &str| {
        format!(
            "const it = [...document.querySelectorAll('.studio-right select')].find(it => it.closest('label')?.textContent.startsWith('添加列')); if (!it) return false; it.value = '{kind}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true"
        )
    };
    browser.run(&add("enum")).await?;
    until_count(&browser, columns, before + 3).await?;
    let listed = format!("return {last}.querySelectorAll('input:not([type=checkbox])').length");
    browser.until("it has two options besides its name", &format!("{listed} === 3")).await?;
    browser.run(&format!("[...{last}.querySelectorAll('button')].find(it => it.textContent.includes('添加选项')).click(); return true")).await?;
    browser.until("and gets a third", &format!("{listed} === 4")).await?;
    browser.run(&format!("const it = [...{last}.querySelectorAll('input:not([type=checkbox])')].at(-1); it.value = '第三等'; it.dispatchEvent(new Event('input', {{ bubbles: true }})); it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true")).await?;
    browser.run(&add("files")).await?;
    until_count(&browser, columns, before + 4).await?;
    browser.run(&format!("{last}.querySelectorAll('details').forEach(it => it.open = true); return true")).await?;
    browser.run(&format!("const it = [...{last}.querySelectorAll('label.prop input')].find(it => it.closest('label').textContent.startsWith('允许的文件类型')); it.value = 'image/*'; it.dispatchEvent(new Event('input', {{ bubbles: true }})); it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true")).await?;
    browser.picture("field-columns").await?;
    browser
        .until(
            "the draft is saved",
            "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')",
        )
        .await?;
    let pack = Person::login(base, "admin").await?.get("/api/studio/packs/service").await?;
    let schema = pack.body["draft"]["modules/suggestion/schema.json"].as_str().context("a schema")?.to_owned();
    for to in ["\"dictionary\": \"channel\"", "\"module\": \"contact\"", "\"第三等\"", "\"image/*\""] {
        ensure!(schema.contains(to), "{to} in {schema}");
    }
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    browser.press("预览").await?;
    browser.press("添加一行").await?;
    browser
        .until(
            "a row has something to choose from",
            "return document.querySelectorAll('.preview-form tbody tr :is(select, input)').length >= 4",
        )
        .await?;
    browser
        .until(
            "the options of the column, too",
            "return [...document.querySelectorAll('.preview-form tbody option')].some(it => it.textContent === '第三等')",
        )
        .await?;
    browser.see(".preview-form tbody input[type=file][accept='image/*']").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    browser.picture("field-rows").await?;
    done(base, browser).await
}

/// What a list and a decision table are called where they are designed, they are called where people work.
pub async fn names_hold_where_people_work(base: &str) -> Result<()> {
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    let name = |text: &str| {
        format!(
            "const it = {}; if (!it) return false; it.value = '{text}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})); return true",
            labelled("名称", "input")
        )
    };
    for (place, seen, text) in [
        ("view/complaint/list", ".view-table th", "全部投诉一览"),
        ("table/compensation_approval", ".decision [data-cell='0:0']", "赔付权限表"),
    ] {
        browser.go(&format!("/studio/service/{place}")).await?;
        browser.see(seen).await?;
        browser.until("it can be called otherwise", &name(text)).await?;
        browser
            .until(
                "the title follows",
                &format!("return document.querySelector('.studio-title').textContent === '{text}'"),
            )
            .await?;
        browser
            .until(
                "the draft is saved",
                "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')",
            )
            .await?;
    }
    let pack = Person::login(base, "admin").await?.get("/api/studio/packs/service").await?;
    let texts = pack.body["draft"]["i18n/zh-CN.json"].as_str().context("the pack's own texts")?.to_owned();
    let texts: serde_json::Value = serde_json::from_str(&texts)?;
    ensure!(texts["view/complaint/list"] == "全部投诉一览", "{}", texts["view/complaint/list"]);
    ensure!(texts["table/compensation_approval"] == "赔付权限表", "{}", texts["table/compensation_approval"]);
    done(base, browser).await
}
