//! Alerts in words. The checker speaks English with ids; people see names, and Chinese where they read Chinese.

use edit::kind::Kind;
use edit::tree;
use leptos::prelude::*;
use runtime::alert::Alert;

use super::desk::Desk;
use crate::app::{Lang, app};
use crate::text::texts;

texts! {
    RULE = "Rule {}", "规则 {}";
}

/// The sentence of an alert in the language shown.
pub fn sentence(desk: Desk, it: &Alert) -> String {
    let name = named(desk, it);
    match (app().lang.get(), chinese(&it.code)) {
        (Lang::Zh, Some(text)) => match &name {
            Some(name) => format!("{name}：{text}"),
            None => text.to_owned(),
        },
        (Lang::Zh | Lang::En, _) => match (&it.element, &name) {
            (Some(id), Some(name)) => {
                let own = own_name(desk, it).filter(|it| !it.trim().is_empty()).unwrap_or_else(|| id.clone());
                let shown = format!("“{name}”");
                it.message.replace(&format!("`{id}`"), &shown).replace(&format!("`{own}`"), &shown)
            }
            _ => it.message.clone(),
        },
    }
}

/// The name of a flow's element in the pack's own language, as the checker says it.
fn own_name(desk: Desk, it: &Alert) -> Option<String> {
    let id = it.element.as_deref()?;
    let flow = it.file.strip_prefix("flows/")?.split('/').next()?;
    desk.document.with(|document| Some(tree::find(document.flow(flow)?, id)?.name.clone()))
}

/// What people call the element the alert speaks of.
pub fn named(desk: Desk, it: &Alert) -> Option<String> {
    let id = it.element.as_deref()?;
    thing(desk, &it.file, id).or_else(|| Some(id.to_owned()))
}

/// What people call a thing of a file: an element, a field, a rule.
pub fn thing(desk: Desk, file: &str, id: &str) -> Option<String> {
    let parts: Vec<&str> = file.split('/').collect();
    let name = desk.document.with(|document| match parts.as_slice() {
        ["flows", flow, _] => {
            let element = tree::find(document.flow(flow)?, id)?;
            let name = desk.words(document, &format!("node/{flow}/{id}"), &element.name);
            // What has no name is called by what it is.
            let kind = Kind::of(&element.kind).filter(|_| name.trim().is_empty());
            Some(kind.map_or(name, |it| super::canvas::words::kind(it).read().to_owned()))
        }
        ["modules", module, ..] => {
            let field = tree::field(document.schema(module)?, id)?;
            let title = field.get("title").and_then(|it| it.as_str()).unwrap_or(id);
            Some(desk.words(document, &format!("field/{module}/{id}"), title))
        }
        // Rules of a table have no names: people count them.
        ["tables", file] => {
            let table = document.table(file.trim_end_matches(".json"))?;
            let at = table.rules.iter().position(|it| it.id == id)?;
            Some(RULE.fill(&[&(at + 1).to_string()]))
        }
        _ => None,
    });
    name.filter(|it| !it.trim().is_empty())
}

/// The headings of the pages in `docs/alerts`: the browser shows every alert at once, and asks the server only for the rest of a page.
fn chinese(code: &str) -> Option<&'static str> {
    Some(match code {
        "expression-not-bool" => "条件不是真假值",
        "expression-parse" => "表达式无法解析",
        "expression-type" => "值的类型不匹配",
        "expression-unknown-field" => "表达式引用了不存在的字段",
        "expression-unknown-function" => "没有该函数",
        "expression-unknown-name" => "此处没有该名称",
        "expression-unknown-option" => "不可能出现的值",
        "expression-unknown-table" => "表达式引用了不存在的决策表",
        "flow-ad-hoc" => "自由子流程内容有误",
        "flow-bad-connection" => "不允许的连线",
        "flow-bad-value" => "属性值无效",
        "flow-bad-target" => "赋值目标无效",
        "flow-boundary" => "边界事件无法工作",
        "flow-caught-twice" => "同一情况被捕获两次",
        "flow-callee-broken" => "被调用的流程并非每次运行都能结束",
        "flow-busy-loop" => "循环中没有等待",
        "flow-call-itself" => "流程互相调用成环",
        "flow-call-no-start" => "被调用的流程无法由调用启动",
        "flow-call-unknown-output" => "被调用的流程不产生该输出",
        "flow-call-unused-input" => "被调用的流程不读取该输入",
        "flow-cancel" => "取消事件不在事务中",
        "flow-cancel-nowhere" => "取消之后没有去向",
        "flow-choreography" => "流程中含有编排活动",
        "flow-collection" => "列表与其数据项定义不一致",
        "flow-compensation" => "补偿设置无法工作",
        "flow-complex-gateway" => "复杂网关",
        "flow-condition-always" => "条件总是满足",
        "flow-condition-gap" => "存在没有任何条件满足的情况",
        "flow-condition-ignored" => "此处的条件不会被判断",
        "flow-condition-never" => "条件永远不满足",
        "flow-condition-on-default" => "默认出线上有条件",
        "flow-condition-overlap" => "两个条件会同时满足",
        "flow-conditional-event" => "条件事件没有条件",
        "flow-data-association" => "数据流没有来源或目标",
        "flow-data-lost" => "值未读取就被覆盖",
        "flow-data-missing" => "读取了尚未赋值的数据",
        "flow-data-race" => "并行分支操作同一数据",
        "flow-data-sets" => "输入或输出不属于任何集合",
        "flow-data-type" => "数据结构不一致",
        "flow-data-unread" => "变量从未被读取",
        "flow-dead-activity" => "永远不会执行的步骤",
        "flow-dead-end" => "步骤没有出线",
        "flow-deadlock" => "存在会卡住的运行",
        "flow-default-ignored" => "默认标记没有意义",
        "flow-disconnected" => "节点没有任何连线",
        "flow-duplicate-connection" => "重复的连线",
        "flow-duplicate-id" => "标识重复",
        "flow-duplicate-outcome" => "结果重复",
        "flow-duty-conflict" => "职责无法分离",
        "flow-duty-fragile" => "职责分离依赖一个人",
        "flow-empty-task" => "任务没有内容",
        "flow-end-twice" => "结束被到达两次",
        "flow-endless-repetition" => "循环既无条件也无上限",
        "flow-event-gateway" => "事件网关后必须是事件",
        "flow-event-position" => "此处不允许该类事件",
        "flow-event-subprocess" => "事件子流程必须有一个开始事件",
        "flow-event-subprocess-start" => "事件子流程的开始没有触发条件",
        "flow-executable" => "可执行流程不完整",
        "flow-fake-join" => "多条进线不会汇合",
        "flow-gateway-direction" => "网关方向与连线不符",
        "flow-global" => "消息、信号或错误定义有误",
        "flow-implicit-split" => "步骤隐含并行分支",
        "flow-implicit-start" => "节点会自行开始",
        "flow-import" => "导入的文件不存在",
        "flow-inclusive-gateway" => "包容网关",
        "flow-instantiate" => "启动流程的节点位置不对",
        "flow-join-fork" => "网关同时汇合与分支",
        "flow-lane" => "泳道内容有误",
        "flow-link" => "链接事件不成对",
        "flow-livelock" => "存在永远无法结束的运行",
        "flow-lone-condition" => "唯一的出线带有条件",
        "flow-many-definitions" => "事件有多个触发",
        "flow-many-starts" => "有多个无触发条件的开始事件",
        "flow-message-flow" => "不允许的消息流",
        "flow-message-unheard" => "消息没有接收者",
        "flow-never-compensated" => "补偿永远不会发生",
        "flow-never-sent" => "消息没有发送者",
        "flow-no-callee" => "调用活动没有调用对象",
        "flow-no-code" => "错误或升级没有代码",
        "flow-no-condition" => "出线没有条件",
        "flow-no-default" => "决策没有默认出线",
        "flow-no-drawing" => "元素不在任何图中",
        "flow-no-end" => "缺少结束事件",
        "flow-no-lane" => "节点不在任何泳道中",
        "flow-no-name" => "没有名称",
        "flow-no-performer" => "没有指定由谁办理",
        "flow-no-reference" => "没有指明引用对象",
        "flow-no-start" => "缺少开始事件",
        "flow-nobody" => "目前没有人能办理此任务",
        "flow-odd-size" => "尺寸不常见",
        "flow-one-person" => "只有一个人能办理此任务",
        "flow-operation" => "操作与消息不匹配",
        "flow-overlap" => "图形重叠",
        "flow-pool" => "泳池设置有误",
        "flow-quantity" => "令牌数小于一",
        "flow-repetition" => "重复设置不完整",
        "flow-script-format" => "脚本没有注明语言",
        "flow-signal-unheard" => "信号没有接收者",
        "flow-superfluous-gateway" => "多余的网关",
        "flow-superfluous-termination" => "多余的终止事件",
        "flow-table-input" => "决策表输入有误",
        "flow-table-output" => "决策表没有该输出",
        "flow-timer" => "定时设置无法识别",
        "flow-too-few-signers" => "会签人数不足",
        "flow-too-large" => "流程过大",
        "flow-typed-inner-start" => "子流程的开始事件带有触发条件",
        "flow-too-wide" => "分支数超过令牌上限",
        "flow-uncaught-error" => "错误没有被捕获",
        "flow-uncaught-escalation" => "升级没有被捕获",
        "flow-undecided" => "决策没有任何条件",
        "flow-unknown-data" => "数据对象引用不存在",
        "flow-unknown-event" => "流程引用了不存在的消息、信号、错误或升级",
        "flow-unknown-field" => "流程引用了不存在的字段",
        "flow-unknown-flow" => "流程引用了不存在的流程",
        "flow-unknown-form" => "流程引用了不存在的表单视图",
        "flow-unknown-module" => "流程引用了不存在的模块",
        "flow-unknown-node" => "引用了不存在的节点",
        "flow-unknown-notice" => "流程引用了不存在的通知",
        "flow-unknown-outcome" => "流程引用了不存在的任务结果",
        "flow-unknown-plugin" => "流程引用了不存在的插件或函数",
        "flow-unknown-process" => "文件中没有该流程",
        "flow-unknown-recipient" => "流程引用了不存在的通知对象",
        "flow-unknown-role" => "流程引用了不存在的角色",
        "flow-unknown-root" => "引用的对象不存在",
        "flow-unknown-script" => "流程引用了不存在的脚本",
        "flow-unknown-stage" => "流程引用了不存在的状态值",
        "flow-unknown-step" => "流程引用了不存在的步骤",
        "flow-unknown-table" => "流程引用了不存在的决策表",
        "flow-unproved" => "未能证明每次运行都能结束",
        "flow-unreachable" => "从开始无法到达",
        "flow-unsafe" => "并行分支没有汇合",
        "flow-unsupported-element" => "此版本不能执行的元素",
        "flow-untranslated" => "文字缺少翻译",
        "flow-wiring" => "节点列出了不属于它的连线",
        "form-compute-cycle" => "计算公式互相依赖",
        "form-expression" => "规则表达式有错误",
        "form-no-field" => "规则引用了不存在的字段",
        "form-no-module" => "模块不存在",
        "form-number-rule" => "编号规则无法识别",
        "form-required-hidden" => "字段在必填时不显示",
        "form-rule-always" => "规则总是生效",
        "form-rule-never" => "规则永远不会生效",
        "form-tree-elsewhere" => "树形引用只能指向本模块",
        "form-untranslated" => "表单文字缺少翻译",
        "module-duplicate-id" => "字段标识重复",
        "module-foreign-flow" => "触发的流程属于其他模块",
        "module-no-rights" => "没有人有权限查看记录",
        "module-unknown-dictionary" => "模块引用了不存在的字典",
        "module-unknown-field" => "模块引用了不存在的字段",
        "module-unknown-flow" => "模块引用了不存在的流程",
        "module-unknown-module" => "引用的模块未安装",
        "module-unknown-role" => "模块引用了不存在的角色",
        "module-unknown-script" => "模块引用了不存在的脚本",
        "notice-unknown-field" => "通知引用了不存在的字段",
        "pack-calendar" => "工作日历无效",
        "pack-duplicate-key" => "键重复",
        "pack-format" => "文件格式版本未知",
        "pack-json" => "文件不是有效的 JSON",
        "pack-key-mismatch" => "键与文件夹名不一致",
        "pack-missing-file" => "缺少文件",
        "pack-missing-key" => "缺少必需的键",
        "pack-not-text" => "文件不是文本",
        "pack-too-deep" => "文件嵌套过深",
        "pack-too-large" => "文件过大",
        "pack-unknown" => "业务包未安装",
        "pack-unknown-file" => "无法识别的文件",
        "pack-unknown-key" => "无法识别的键",
        "pack-wrong-type" => "值的类型不正确",
        "schema-endless" => "结构无限嵌套",
        "schema-meta" => "结构不符合 JSON Schema 标准",
        "schema-keyword" => "结构关键字的值无效",
        "schema-reference" => "结构引用无效",
        "schema-too-large" => "结构过大",
        "schema-unknown-keyword" => "无法识别的结构关键字",
        "schema-unsupported" => "不支持的结构写法",
        "script-parse" => "脚本有语法错误",
        "script-unknown-field" => "脚本引用了不存在的字段",
        "script-unknown-table" => "脚本引用了不存在的决策表",
        "suppressed-error" => "错误被忽略",
        "suppressed-no-reason" => "忽略问题未说明原因",
        "suppressed-nothing" => "被忽略的问题已不存在",
        "table-aggregation" => "此处不能汇总：只有“收集”策略且输出为数字时可以",
        "table-cell-syntax" => "单元格无法识别",
        "table-cells" => "规则的单元格数量与列数不符",
        "table-day" => "不是有效的日期",
        "table-duplicate-key" => "两列的键重复",
        "table-gap" => "存在没有规则覆盖的情况",
        "table-no-priority" => "缺少优先级",
        "table-overlap" => "两条规则同时满足",
        "table-too-large" => "决策表的行或列过多",
        "table-unknown-value" => "列中没有的取值",
        "table-unproved" => "未能证明决策表覆盖所有情况",
        "table-unreachable-rule" => "永远不会生效的规则",
        "table-value" => "值的类型与列不符",
        "view-empty-page" => "表单中有空白页",
        "view-field-twice" => "字段在视图中出现两次",
        "view-required-missing" => "必填字段未放入新建表单",
        "view-unknown-page" => "分组所在的页不存在",
        "view-unknown-module" => "详情页关联了不存在的模块",
        "view-wrong-field" => "视图所依据的字段类型不对",
        "view-unknown-field" => "视图引用了不存在的字段",
        _ => return None,
    })
}
