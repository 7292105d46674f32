//! The admin shapes a form: adds by typing and by dragging, moves and doubles several fields, divides the form into steps, clicks
//! rules together, gives a field another key, looks at it all as people will. Every story ends with the draft as it was.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::key::Key;
use tests::browser::Browser;
use tests::client::Person;

use super::canvas::held_back;
use super::logged_in;

const SOON: Option<Duration> = Some(Duration::from_millis(100));

async fn opened(base: &str, place: &str) -> Result<Browser> {
    // What a story before left unfinished is none of this one's business.
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    let browser = logged_in(base, "admin").await?;
    browser.go(&format!("/studio/service/{place}")).await?;
    Ok(browser)
}

async fn form(base: &str, module: &str) -> Result<Browser> {
    let browser = opened(base, &format!("form/{module}?view=create")).await?;
    browser.see(".form-sheet .field-card").await?;
    Ok(browser)
}

/// Leaves nothing behind.
async fn done(base: &str, browser: Browser) -> Result<()> {
    browser.close().await?;
    Person::login(base, "admin").await?.delete("/api/studio/packs/service/draft").await?;
    Ok(())
}

async fn count(browser: &Browser, css: &str) -> Result<i64> {
    let found = browser.run(&format!("return document.querySelectorAll(`{css}`).length")).await?;
    found.as_i64().context("a number")
}

async fn until_count(browser: &Browser, css: &str, wanted: i64) -> Result<()> {
    browser
        .until(
            &format!("there are {wanted} of {css}"),
            &format!("return document.querySelectorAll(`{css}`).length === {wanted}"),
        )
        .await
}

/// Where something is on the screen: a part of its width and height from its corner.
async fn spot(browser: &Browser, css: &str, part: f64) -> Result<(i64, i64)> {
    browser.see(css).await?;
    let script = format!(
        "const it = document.querySelector(`{css}`); it.scrollIntoView({{block: 'center'}}); const box = it.getBoundingClientRect(); return [Math.round(box.x + box.width * {part}), Math.round(box.y + box.height / 2)]"
    );
    let found = browser.run(&script).await?;
    Ok((found[0].as_i64().context("x")?, found[1].as_i64().context("y")?))
}

fn hand(from: (i64, i64), to: (i64, i64)) -> MouseActions {
    let mut hand = MouseActions::new("hand".to_owned())
        .then(PointerAction::MoveTo { duration: SOON, x: from.0 as f64, y: from.1 as f64 })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    for part in 1..=4 {
        let at = |a: i64, b: i64| (a + (b - a) * part / 4) as f64;
        hand = hand.then(PointerAction::MoveTo { duration: SOON, x: at(from.0, to.0), y: at(from.1, to.1) });
    }
    hand
}

async fn keys(browser: &Browser, held: &[Key], text: &str) -> Result<()> {
    let mut hand = KeyActions::new("keys".to_owned());
    for it in held {
        hand = hand.then(KeyAction::Down { value: char::from(*it) });
    }
    for it in text.chars() {
        hand = hand.then(KeyAction::Down { value: it }).then(KeyAction::Up { value: it });
    }
    for it in held {
        hand = hand.then(KeyAction::Up { value: char::from(*it) });
    }
    browser.page.perform_actions(hand).await.context("keys")?;
    Ok(())
}

fn key(it: Key) -> String {
    char::from(it).to_string()
}

/// Keys of the fields on the sheet, in their order.
async fn order(browser: &Browser) -> Result<Vec<String>> {
    let found = browser
        .run("return [...document.querySelectorAll('.form-sheet .field-card')].map(it => it.dataset.key)")
        .await?;
    Ok(found.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect())
}

/// What edits a form is slow to come, or does not come: an edit waits for it, and it is said when it fails.
pub async fn a_form_waits_for_its_code(base: &str) -> Result<()> {
    for fails in [false, true] {
        let browser = held_back(base, "split_form_edits", "/studio/service/form/suggestion?view=create", fails).await?;
        browser.see(".form-sheet .field-card").await?;
        let before = order(&browser).await?;
        browser.until("the rest is asked for", "return !!window.let").await?;
        browser.click(".form-sheet .field-card").await?;
        keys(&browser, &[], &key(Key::Delete)).await?;
        browser.picture(if fails { "form-alone" } else { "form-first" }).await?;
        ensure!(order(&browser).await? == before, "it is edited before what edits it is there");
        browser.run("window.let(); return true").await?;
        if fails {
            browser.see(".toast").await?;
            ensure!(order(&browser).await? == before, "it says that it failed, and edits");
            browser.run("document.querySelector('.form-sheet .field-card').focus(); return true").await?;
            keys(&browser, &[], &key(Key::Delete)).await?;
        }
        until_count(&browser, ".form-sheet .field-card", before.len() as i64 - 1).await?;
        ensure!(order(&browser).await? == before[1..], "another field went");
        done(base, browser).await?;
    }
    Ok(())
}

pub async fn a_form_is_put_together(base: &str) -> Result<()> {
    let browser = form(base, "suggestion").await?;
    let before = order(&browser).await?;
    ensure!(before.len() > 1, "{before:?}");
    // Typing on the sheet looks for a type; Enter adds the first, and its name is written at once.
    browser.click(&format!(".field-card[data-key={}]", before[0])).await?;
    keys(&browser, &[], "m").await?;
    browser
        .until(
            "the finder has the focus",
            "return document.activeElement?.id === 'form-finder' && document.activeElement.value === 'm'",
        )
        .await?;
    keys(&browser, &[], "oney").await?;
    keys(&browser, &[], &key(Key::Enter)).await?;
    browser.see(".field-card .label-input").await?;
    keys(&browser, &[], "Budget").await?;
    keys(&browser, &[], &key(Key::Enter)).await?;
    browser
        .until(
            "it is called so",
            "return [...document.querySelectorAll('.field-card .words')].some(it => it.textContent === 'Budget')",
        )
        .await?;
    let added = order(&browser).await?;
    ensure!(added.len() == before.len() + 1 && added[1] == "money", "behind the selected one: {added:?}");

    // Dragged from the palette; where it would land is seen before it does.
    let from = spot(&browser, ".palette-item[data-field=text]", 0.3).await?;
    let to = spot(&browser, &format!(".field-card[data-key={}]", before[0]), 0.2).await?;
    browser.page.perform_actions(hand(from, to)).await?;
    browser.see(".field-card.drop-before").await?;
    browser.page.release_actions().await?;
    until_count(&browser, ".form-sheet .field-card", before.len() as i64 + 2).await?;
    keys(&browser, &[], &key(Key::Enter)).await?;
    let dragged = order(&browser).await?;
    ensure!(dragged[0] == "text", "dropped before the first: {dragged:?}");

    // By keys alone one goes down and up again, and the focus with it.
    browser.click(".field-card[data-key=text]").await?;
    for (to, wanted) in [(Key::Down, [&dragged[1], &dragged[0]]), (Key::Up, [&dragged[0], &dragged[1]])] {
        keys(&browser, &[Key::Alt], &key(to)).await?;
        browser
            .until(
                "it has changed places",
                &format!(
                    "const all = [...document.querySelectorAll('.form-sheet .field-card')].map(it => it.dataset.key); return all[0] === '{}' && all[1] === '{}' && document.activeElement?.dataset?.key === 'text'",
                    wanted[0], wanted[1]
                ),
            )
            .await?;
    }

    // Several at once: from the first to the third with Shift, three in a row, doubled and taken back.
    browser.click(".field-card[data-key=text]").await?;
    keys(&browser, &[Key::Shift], &format!("{0}{0}", key(Key::Down))).await?;
    browser.read("已选择 3 个字段").await?;
    browser.picture("designer-several").await?;
    browser.run("[...document.querySelectorAll('.studio-right .segmented button')].find(it => it.textContent === '3').click()").await?;
    until_count(&browser, ".form-sheet .field-card.selected.span-4", 3).await?;
    browser.run("document.querySelector('.field-card.selected').focus()").await?;
    keys(&browser, &[Key::Control], "d").await?;
    until_count(&browser, ".form-sheet .field-card", before.len() as i64 + 5).await?;
    keys(&browser, &[Key::Control], "z").await?;
    until_count(&browser, ".form-sheet .field-card", before.len() as i64 + 2).await?;

    // Copied into another form, another tab of the same person would do.
    browser.click(".field-card[data-key=money]").await?;
    keys(&browser, &[Key::Control], "c").await?;
    browser.read("已复制 1 个字段").await?;
    browser
        .until(
            "the draft is saved",
            "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')",
        )
        .await?;
    browser.go("/studio/service/form/complaint?view=create").await?;
    browser.see(".form-sheet .field-card").await?;
    let there = count(&browser, ".form-sheet .field-card").await?;
    browser.click(".field-card").await?;
    keys(&browser, &[Key::Control], "v").await?;
    until_count(&browser, ".form-sheet .field-card", there + 1).await?;
    browser
        .until(
            "with its name",
            "return [...document.querySelectorAll('.field-card .words')].some(it => it.textContent === 'Budget')",
        )
        .await?;
    // A JSON Schema from elsewhere becomes fields as well: see the story of JSON.
    done(base, browser).await
}

pub async fn a_form_is_divided_into_steps(base: &str) -> Result<()> {
    let browser = form(base, "complaint").await?;
    browser.press("分步填写").await?;
    until_count(&browser, ".page-strip", 2).await?;
    // The last section goes to the second page by its properties.
    let sections = count(&browser, ".form-sheet .form-section").await?;
    ensure!(sections > 1, "the form has several sections");
    browser.run("[...document.querySelectorAll('.form-outline [data-outline^=\"section:\"]')].pop().click()").await?;
    browser.see(".studio-right select").await?;
    browser
        .run("const page = [...document.querySelectorAll('.studio-right label.prop')].find(it => it.textContent.startsWith('页')).querySelector('select'); page.value = page.options[1].value; page.dispatchEvent(new Event('change', {bubbles: true}))")
        .await?;
    browser
        .until("the section stands below the second title", "const all = [...document.querySelectorAll('.form-sheet :is(.page-strip, .form-section)')]; return all.at(-1).matches('.form-section') && all.at(-2).matches('.page-strip')")
        .await?;
    browser.picture("designer-steps").await?;
    browser.press("预览").await?;
    browser.see(".form-steps").await?;
    browser.picture("designer-preview").await?;
    // Forward only when the page is right.
    browser.press("下一步").await?;
    browser.see(".field-fault:not([hidden])").await?;
    ensure!(count(&browser, ".form-page:not([hidden])").await? == 1);
    browser
        .until(
            "the first page is still shown",
            "return document.querySelector('.form-steps [aria-current]').textContent.includes('1')",
        )
        .await?;
    // Tabs are opened at will.
    browser.press("设计").await?;
    browser.press("选项卡").await?;
    browser.press("预览").await?;
    browser.see(".form-tabs [role=tab]").await?;
    browser.run("document.querySelectorAll('.form-tabs [role=tab]')[1].click()").await?;
    browser.until("the second page is shown", "return !document.querySelectorAll('.form-page')[1].hidden && document.querySelectorAll('.form-page')[0].hidden").await?;
    browser.press("手机").await?;
    browser.picture("designer-phone").await?;
    done(base, browser).await
}

pub async fn a_rule_is_clicked_together(base: &str) -> Result<()> {
    let browser = form(base, "complaint").await?;
    browser.click(".field-card[data-key=demand]").await?;
    let group = "[...document.querySelectorAll('.studio-right .prop[role=group]')].find(it => it.textContent.startsWith('何时显示'))";
    browser.until("the panel is there", &format!("return !!{group}")).await?;
    browser.run(&format!("{group}.querySelector('button').click()")).await?;
    let pick = |at: usize, value: &str| {
        format!(
            "const it = {group}.querySelectorAll('.condition-row select')[{at}]; it.value = '{value}'; it.dispatchEvent(new Event('change', {{bubbles: true}}))"
        )
    };
    browser
        .until("a condition is there", &format!("return {group}.querySelectorAll('.condition-row').length === 1"))
        .await?;
    browser.run(&pick(0, "severity")).await?;
    browser
        .until(
            "the field is chosen",
            &format!("return {group}.querySelectorAll('.condition-row select')[0].value === 'severity'"),
        )
        .await?;
    browser.run(&pick(1, "is")).await?;
    browser
        .until(
            "a value is asked for",
            &format!("return {group}.querySelectorAll('.condition-row select').length === 3"),
        )
        .await?;
    browser.run(&pick(2, "s1")).await?;
    browser
        .until(
            "it is an expression",
            &format!("return {group}.querySelector('textarea').value === 'data.severity == \"s1\"'"),
        )
        .await?;
    browser.picture("designer-rule").await?;
    // At work at once.
    browser.press("预览").await?;
    browser
        .until(
            "the field is hidden",
            "return document.querySelector('.preview-form [data-field=demand]')?.hidden === true",
        )
        .await?;
    browser.run("const it = document.querySelector('.preview-data'); it.open = true").await?;
    browser.fill(".preview-data textarea", "{\"severity\": \"s1\"}").await?;
    browser.press("使用").await?;
    browser
        .until("and shown", "return document.querySelector('.preview-form [data-field=demand]')?.hidden === false")
        .await?;
    done(base, browser).await
}

pub async fn a_field_gets_another_key(base: &str) -> Result<()> {
    let browser = form(base, "complaint").await?;
    browser.click(".field-card[data-key=facts]").await?;
    browser.press("更改…").await?;
    browser.see("dialog[open] .used-list li").await?;
    browser.picture("designer-rename").await?;
    let places = count(&browser, "dialog[open] .used-list li").await?;
    ensure!(places > 2, "schema, views, flow: {places}");
    browser.fill("dialog[open] input", "what_happened").await?;
    browser.press("更改字段名").await?;
    browser.see(".field-card[data-key=what_happened]").await?;
    browser
        .until(
            "the draft is saved",
            "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')",
        )
        .await?;
    let admin = Person::login(base, "admin").await?;
    let pack = admin.get("/api/studio/packs/service").await?;
    let draft = pack.body["draft"].as_object().context("a draft")?;
    for path in [
        "modules/complaint/schema.json",
        "modules/complaint/views/create.json",
        "i18n/en.json",
        "scenarios/happy-path.json",
        "samples/complaint.json",
    ] {
        let text = draft
            .get(path)
            .and_then(|it| it.as_str())
            .with_context(|| format!("{path} is in the draft: {:?}", draft.keys()))?;
        ensure!(text.contains("what_happened") && !text.contains("\"facts\""), "{path} speaks of the new key alone");
    }
    browser.until("nothing is broken by it", "return !document.querySelector('.alert-counts .danger')").await?;
    keys(&browser, &[Key::Control], "z").await?;
    browser.see(".field-card[data-key=facts]").await?;
    done(base, browser).await
}

pub async fn a_schema_from_elsewhere_and_texts_side_by_side(base: &str) -> Result<()> {
    let browser = form(base, "complaint").await?;
    let before = count(&browser, ".form-sheet .field-card").await?;
    browser.press("JSON").await?;
    browser.see(".json-text").await?;
    browser
        .until("the schema is there", "return document.querySelector('.json-text').value.includes('\"properties\"')")
        .await?;
    browser.picture("designer-json").await?;
    // A mistake is told with its line, and cannot be taken.
    let write = |text: &str| {
        format!(
            "const it = document.querySelector('.json-text'); it.value = {text}; it.dispatchEvent(new Event('input', {{bubbles: true}}))"
        )
    };
    browser.run(&write("it.value.replace('\"properties\": {', '\"properties\" {')")).await?;
    browser.read("此处应为冒号").await?;
    browser.picture("designer-json-wrong").await?;
    let said = "return document.querySelector('.writing .prop-fault').textContent";
    for (text, wanted) in [
        ("'{\"a\": 1,}'", "第 1 行第 9 列：逗号后没有内容，请删去逗号"),
        ("'{\"a\": \"b'", "第 1 行第 8 列：文本到此结束，此处应为右引号"),
        ("'[]'", "JSON 格式正确，但内容不符合此文件：此处应为对象，实际为列表"),
    ] {
        browser.run(&format!("window.whole ??= document.querySelector('.json-text').value; {}", write(text))).await?;
        browser.until(wanted, &format!("return (() => {{ {said} }})() === '{wanted}'")).await?;
    }
    browser.run(&write("window.whole")).await?;
    ensure!(browser.run("return document.querySelector('.writing-head .primary').disabled").await? == true);
    browser.run(&write("it.value.replace('\"properties\" {', '\"properties\": {').replace('\"maxLength\": 4000', '\"maxLength\": 3999')")).await?;
    browser.until("it can be taken", "return !document.querySelector('.writing-head .primary').disabled").await?;
    browser.press("应用").await?;
    browser.read("已应用").await?;
    // A schema from elsewhere: its fields, and what cannot be drawn.
    let schema = r#"{"type": "object", "required": ["orderNo"], "properties": {"orderNo": {"type": "string", "title": "订单号"}, "size": {"enum": ["s", "m"]}}, "if": {"properties": {"size": {"const": "m"}}, "required": ["size"]}, "then": {"required": ["orderNo"]}}"#;
    browser.run("document.querySelector('.json-in').open = true").await?;
    browser.fill(".json-in textarea", schema).await?;
    browser.press("添加字段").await?;
    browser.read("已添加 2 个字段").await?;
    browser.press("设计").await?;
    until_count(&browser, ".form-sheet .field-card", before + 2).await?;
    browser.see(".field-card[data-key=order_no]").await?;
    // Both languages beside each other; only what is missing.
    browser.press("翻译").await?;
    browser.see(".translations tbody tr").await?;
    browser.run("document.querySelector('.writing-head input[type=checkbox]').click()").await?;
    browser
        .until(
            "the new field is among those without",
            "return [...document.querySelectorAll('.translations tbody th')].some(it => it.textContent === '订单号')",
        )
        .await?;
    browser.picture("designer-translations").await?;
    browser.run("const it = document.querySelector('[aria-label=\"field/complaint/order_no\"]'); it.value = 'Order number'; it.dispatchEvent(new Event('change', {bubbles: true}))").await?;
    browser
        .until(
            "the draft is saved",
            "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')",
        )
        .await?;
    let pack = Person::login(base, "admin").await?.get("/api/studio/packs/service").await?;
    let draft = |path: &str| pack.body["draft"][path].as_str().unwrap_or_default().to_owned();
    ensure!(draft("i18n/en.json").contains("Order number"));
    let kept = draft("modules/complaint/schema.json");
    ensure!(kept.contains("3999") && kept.contains("\"then\""), "{kept}");
    done(base, browser).await
}

/// Where JSON is written by hand, what fits there is offered: words that are not there yet, values, fields of the form.
pub async fn what_fits_is_offered_in_json(base: &str) -> Result<()> {
    let browser = form(base, "complaint").await?;
    browser.press("JSON").await?;
    browser
        .until(
            "the schema is there",
            "return document.querySelector('.json-text')?.value.includes('\"demand\"') ?? false",
        )
        .await?;
    let caret = |after: &str| {
        format!(
            "const it = document.querySelector('.json-text'), at = it.value.indexOf({after}) + {after}.length; it.focus(); it.setSelectionRange(at, at); return at > 20"
        )
    };
    let offered = "return [...document.querySelectorAll('.json-words [role=option]')].map(it => it.textContent)";
    let words = async || -> Result<Vec<String>> { Ok(serde_json::from_value(browser.run(offered).await?)?) };
    // Inside a field: the words of a schema that it does not have.
    ensure!(browser.run(&caret(r#"'"demand": {'"#)).await? == true);
    keys(&browser, &[], "\"m").await?;
    browser.see(".json-words [role=option]").await?;
    let found = words().await?;
    ensure!(found.contains(&"minimum".to_owned()) && !found.contains(&"maxLength".to_owned()), "{found:?}");
    keys(&browser, &[], "inP").await?;
    browser.see(".json-words [role=option]").await?;
    ensure!(words().await? == ["minProperties"]);
    let near = "const list = document.querySelector('.json-words').getBoundingClientRect(), area = document.querySelector('.json-area').getBoundingClientRect(); return list.left > area.left + 100 && list.bottom <= area.bottom";
    browser.until("it stands where one writes", near).await?;
    browser.picture("designer-json-offered").await?;
    // Taken with its colon; what follows is written on.
    keys(&browser, &[], &format!("{}1, ", key(Key::Enter))).await?;
    browser
        .until(
            "it is taken",
            "return document.querySelector('.json-text').value.includes('\"demand\": {\"minProperties\": 1, ')",
        )
        .await?;
    keys(&browser, &[], "\"x-sensitive\": \"").await?;
    browser.see(".json-words [role=option]").await?;
    ensure!(words().await? == ["mask", "hide"], "{:?}", words().await?);
    keys(&browser, &[], &format!("{}{},", key(Key::Down), key(Key::Tab))).await?;
    browser
        .until(
            "it is taken, too",
            "return document.querySelector('.json-text').value.includes('\"x-sensitive\": \"hide\",')",
        )
        .await?;
    browser
        .until("and all of it is right", "return !document.querySelector('.writing-head .primary').disabled")
        .await?;
    // In the rules a field is one of this form; Ctrl+Space shows what there is.
    browser.run("const it = document.querySelector('.writing-head select'); it.value = 'rules'; it.dispatchEvent(new Event('change', { bubbles: true })); return true").await?;
    browser
        .until("the rules are there", "return document.querySelector('.json-text').value.includes('\"mode\"')")
        .await?;
    ensure!(browser.run(&caret(r#"'"mode": "'"#)).await? == true);
    keys(&browser, &[Key::Control], " ").await?;
    browser.see(".json-words").await?;
    keys(&browser, &[], &key(Key::Escape).to_string()).await?;
    browser.gone(".json-words").await?;
    ensure!(browser.run(&caret(r#"'"computed": ['"#)).await? == true);
    keys(&browser, &[], "{\"field\": \"dema").await?;
    browser.see(".json-words [role=option]").await?;
    ensure!(words().await? == ["demand"], "{:?}", words().await?);
    let wrong = browser.axe().await?;
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    done(base, browser).await
}

pub async fn a_decision_table_is_edited(base: &str) -> Result<()> {
    let browser = opened(base, "table/compensation_approval").await?;
    browser.see(".decision [data-cell='0:0']").await?;
    let rules = count(&browser, ".decision tbody tr").await?;
    browser.click("[data-cell='0:0']").await?;
    // As in a spreadsheet: typed over, on by Enter and Tab, a new rule at the end.
    keys(&browser, &[], "<= 500").await?;
    keys(&browser, &[], &key(Key::Enter)).await?;
    browser
        .until("it is written", "return document.querySelector('[data-cell=\"0:0\"]').textContent === '<= 500'")
        .await?;
    // What is left open is told at once.
    browser.until("the gap is an alert", "return !!document.querySelector('.alert-counts .badge')").await?;
    browser.picture("designer-table").await?;
    keys(&browser, &[], &format!("{}{}", key(Key::Down), key(Key::Enter))).await?;
    browser.see(".cell-input").await?;
    keys(&browser, &[], &key(Key::Enter)).await?;
    until_count(&browser, ".decision tbody tr", rules + 1).await?;
    keys(&browser, &[], "(500..1000]").await?;
    keys(&browser, &[], &key(Key::Tab)).await?;
    keys(&browser, &[], "none").await?;
    // Tab takes it; Enter would begin one rule more.
    keys(&browser, &[], &key(Key::Tab)).await?;
    // A mistake stands at its cell.
    browser.click("[data-cell='1:0']").await?;
    keys(&browser, &[], "(5..").await?;
    keys(&browser, &[], &key(Key::Enter)).await?;
    browser.see("[data-cell='1:0'].alert-danger").await?;
    browser.click("[data-cell='1:0']").await?;
    keys(&browser, &[Key::Control], "z").await?;
    browser.until("it is gone", "return !document.querySelector('.decision .alert-danger')").await?;
    // Tried with a value.
    browser.run("const it = [...document.querySelectorAll('.studio-right .prop')].find(it => it.textContent.includes('补偿金额') && it.querySelector('input')).querySelector('input'); it.value = '300'; it.dispatchEvent(new Event('input', {bubbles: true}))").await?;
    browser.until("it answers", "return document.querySelector('.table-answer').textContent.includes('none') && !!document.querySelector('.decision tr.hit')").await?;
    browser.picture("designer-table-tried").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    done(base, browser).await
}

pub async fn a_list_is_designed_and_the_shipped_one_restored(base: &str) -> Result<()> {
    let browser = opened(base, "view/complaint/list").await?;
    browser.see(".view-table th").await?;
    let columns = count(&browser, ".view-table th").await?;
    browser.picture("designer-list").await?;
    browser.run("const it = document.querySelector('.prop-group select'); it.value = 'demand'; it.dispatchEvent(new Event('change', {bubbles: true}))").await?;
    until_count(&browser, ".view-table th", columns + 1).await?;
    let first = "return document.querySelector('.view-table th').textContent";
    let before = browser.run(first).await?;
    browser
        .run("document.querySelectorAll('.prop-group [data-entry]')[0].querySelectorAll('button')[1].click()")
        .await?;
    browser.until("the columns changed places", &format!("return (() => {{ {first} }})() !== {before}")).await?;
    // Back to what was shipped: the differences first.
    browser.press_label("出厂版本…").await?;
    browser.see("dialog[open] [data-changed=complaint] .badge").await?;
    browser.click(".shipped-lines > summary").await?;
    browser.see("dialog[open] .line-diff del").await?;
    browser.picture("designer-shipped").await?;
    browser.press("恢复").await?;
    until_count(&browser, ".view-table th", columns).await?;
    ensure!(browser.run(first).await? == before);
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    browser.go("/studio/service/view/complaint/kanban").await?;
    browser.see(".view-column").await?;
    browser.picture("designer-board").await?;
    done(base, browser).await
}

/// What a draft breaks is told before it is published; a place where a field is used leads there; and what was done in one designer
/// is taken back in the next.
pub async fn what_was_done_goes_along(base: &str) -> Result<()> {
    let browser = opened(base, "flow/complaint").await?;
    browser.click("svg.studio-svg [data-node=route] .body").await?;
    browser.click(".pad [data-act=delete]").await?;
    browser.gone("svg.studio-svg [data-node=route]").await?;
    let saved = "return document.querySelector('.studio-saved')?.textContent.includes('草稿已保存')";
    browser.until("the draft is saved", saved).await?;
    browser.click("[data-act=publish]").await?;
    browser.see("dialog[open] [data-played=failed] li").await?;
    browser.picture("publish-scenarios").await?;
    let found = browser.axe().await?;
    ensure!(found.is_empty(), "{found:#?}");
    browser.press("取消").await?;
    browser.gone("dialog[open]").await?;
    browser.press("打开表单").await?;
    browser.click(".field-card[data-key=severity]").await?;
    browser.press("使用位置").await?;
    browser.see(".used-list a[href='/studio/service/flow/complaint']").await?;
    browser.press("关闭").await?;
    browser.gone("dialog[open]").await?;
    browser.press_label("撤销").await?;
    browser.until("that is saved, too", saved).await?;
    browser.run("history.back(); return true").await?;
    browser.see("svg.studio-svg [data-node=route]").await?;
    done(base, browser).await
}

pub async fn the_palette_knows_the_studio(base: &str) -> Result<()> {
    let browser = form(base, "complaint").await?;
    let before = count(&browser, ".form-sheet .field-card").await?;
    keys(&browser, &[Key::Control], "k").await?;
    browser.see("dialog.palette[open] input").await?;
    keys(&browser, &[], "金额").await?;
    browser
        .until(
            "the type is offered first",
            "return document.querySelector('.palette-list [aria-selected=true]')?.textContent.includes('金额')",
        )
        .await?;
    keys(&browser, &[], &key(Key::Enter)).await?;
    until_count(&browser, ".form-sheet .field-card", before + 1).await?;
    done(base, browser).await
}

pub async fn designers_are_not_shut_out(base: &str) -> Result<()> {
    let browser = form(base, "complaint").await?;
    browser.click(".field-card[data-key=customer]").await?;
    for (theme, lang) in [("light", "zh"), ("dark", "en")] {
        if lang == "en" {
            browser.press("预览").await?;
            browser.press("English").await?;
            browser.run("document.documentElement.dataset.theme = 'dark'; document.documentElement.style.colorScheme = 'dark'").await?;
            browser.press("Design").await?;
            browser.click(".field-card[data-key=code], .field-card").await?;
        }
        browser.picture(&format!("designer-form-{theme}")).await?;
        let found = browser.axe().await?;
        ensure!(found.is_empty(), "{theme}: {found:#?}");
        // Whoever has the browser write larger reads all of it larger.
        let small = "document.documentElement.style.fontSize = '24px'; \
            const all = [...document.querySelectorAll('.page *')].filter(it => [...it.childNodes].some(it => it.nodeType === 3 && it.data.trim()) && !it.closest('svg') && it.checkVisibility()); \
            const small = all.filter(it => parseFloat(getComputedStyle(it).fontSize) < 16).map(it => it.className || it.tagName); \
            document.documentElement.style.fontSize = ''; return small.join()";
        ensure!(browser.run(small).await? == "", "{theme}: what stays small");
    }
    browser.press("Preview").await?;
    browser.press("中文").await?;
    done(base, browser).await
}
