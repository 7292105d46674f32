//! Alerts in words. The checker speaks English with ids; people see names, and Chinese where they read Chinese.

use edit::tree;
use leptos::prelude::*;
use runtime::alert::Alert;

use super::desk::Desk;
use crate::app::{Lang, app};

/// The sentence of an alert in the language shown.
pub fn sentence(desk: Desk, it: &Alert) -> String {
    let name = named(desk, it);
    match (app().lang.get(), chinese(&it.code)) {
        (Lang::Zh, Some(text)) => match &name {
            Some(name) => format!("{name}：{text}"),
            None => text.to_owned(),
        },
        (Lang::Zh | Lang::En, _) => match (&it.element, &name) {
            (Some(id), Some(name)) => it.message.replace(&format!("`{id}`"), &format!("“{name}”")),
            _ => it.message.clone(),
        },
    }
}

/// What people call the element the alert speaks of.
pub fn named(desk: Desk, it: &Alert) -> Option<String> {
    let id = it.element.as_deref()?;
    let parts: Vec<&str> = it.file.split('/').collect();
    let name = desk.document.with(|document| match parts.as_slice() {
        ["flows", flow, _] => {
            let element = tree::find(document.flow(flow)?, id)?;
            Some(desk.words(document, &format!("node/{flow}/{id}"), &element.name))
        }
        ["modules", module, ..] => {
            let field = tree::field(document.schema(module)?, id)?;
            let title = field.get("title").and_then(|it| it.as_str()).unwrap_or(id);
            Some(desk.words(document, &format!("field/{module}/{id}"), title))
        }
        _ => None,
    });
    name.filter(|it| !it.trim().is_empty()).or_else(|| Some(id.to_owned()))
}

fn chinese(code: &str) -> Option<&'static str> {
    Some(match code {
        "flow-dead-end" => "没有出线，流程会停在这里",
        "flow-unreachable" => "从开始事件无法到达",
        "flow-no-performer" => "没有指定由谁办理",
        "flow-nobody" => "没有人能办理此任务",
        "table-overlap" => "有输入会同时命中两条规则",
        "table-gap" => "有输入没有任何规则命中，也没有默认值",
        "table-unreachable-rule" => "此规则永远不会起作用",
        "table-unproved" => "决策表过大，未能判断规则是否完整",
        "table-unknown-value" => "值不在所列的取值中",
        "table-duplicate-key" => "名称重复",
        "table-no-priority" => "命中策略按输出取值的次序，但没有列出取值",
        "table-cells" => "规则的单元格数量与列数不符",
        "table-cell-syntax" => "单元格无法识别",
        "table-value" => "值的类型与列不符",
        "table-day" => "不是有效的日期",
        "table-aggregation" => "此处不能汇总：只有“收集”策略且输出为数字时可以",
        "table-too-large" => "决策表的行或列过多",
        "flow-no-name" => "没有名称",
        "flow-no-start" => "流程没有开始事件",
        "flow-no-end" => "流程没有结束事件",
        "flow-many-starts" => "有多个开始事件",
        "flow-no-default" => "没有默认出线，条件都不满足时会卡住",
        "flow-no-condition" => "出线没有条件",
        "flow-condition-on-default" => "默认出线上的条件不会被判断",
        "flow-condition-ignored" => "此处的条件不会被判断",
        "flow-empty-task" => "任务没有内容：缺少脚本、插件或消息",
        "flow-unsafe" => "并行分支没有用并行网关汇合，此处会出现两个令牌",
        "flow-deadlock" => "存在会卡在此处的运行",
        "flow-livelock" => "存在会在此处无限循环的运行",
        "flow-end-twice" => "一次运行会两次到达此结束事件",
        "flow-dead-activity" => "任何运行都不会执行此步骤",
        "flow-unproved" => "流程过大或含有无法证明的元素，未能证明每次运行都能结束",
        "flow-busy-loop" => "循环中没有等待，会一直空转",
        "flow-implicit-split" => "多条出线会同时执行，请使用网关",
        "flow-join-fork" => "网关同时汇合与分支，建议拆成两个",
        "flow-superfluous-gateway" => "网关只有一进一出，可以删除",
        "flow-event-gateway" => "事件网关之后必须是事件",
        "flow-bad-connection" => "不允许的连线",
        "flow-duplicate-connection" => "重复的连线",
        "flow-duplicate-id" => "标识重复",
        "flow-duplicate-outcome" => "结果重复",
        "flow-timer" => "定时设置无法识别",
        "flow-bad-target" => "赋值目标无效",
        "flow-typed-inner-start" => "子流程的开始事件不能带触发条件",
        "flow-unknown-node" => "引用了不存在的节点",
        "flow-unknown-role" => "引用了不存在的角色",
        "flow-unknown-form" => "引用了不存在的表单视图",
        "flow-unknown-field" => "引用了不存在的字段",
        "flow-unknown-script" => "引用了不存在的脚本",
        "flow-unknown-table" => "引用了不存在的决策表",
        "flow-unknown-plugin" => "引用了不存在的插件或函数",
        "flow-unknown-flow" => "引用了不存在的流程",
        "flow-unknown-module" => "引用了不存在的模块",
        "flow-unknown-notice" => "引用了不存在的通知",
        "flow-unknown-recipient" => "通知对象无法识别",
        "flow-unknown-stage" => "状态不在状态字段的选项中",
        "flow-unknown-step" => "引用了不存在的步骤",
        "flow-unknown-event" => "引用了不存在的消息、信号或错误",
        "form-expression" => "表达式有错误",
        "form-no-field" => "规则引用了不存在的字段",
        "form-no-module" => "模块不存在",
        "form-compute-cycle" => "计算公式互相依赖",
        "module-unknown-field" => "引用了不存在的字段",
        "module-unknown-role" => "引用了不存在的角色",
        "module-unknown-module" => "引用了不存在的模块",
        "module-unknown-flow" => "引用了不存在的流程",
        "module-unknown-dictionary" => "引用了不存在的字典",
        "module-unknown-script" => "引用了不存在的脚本",
        "module-no-rights" => "没有人有权限使用此模块",
        "module-foreign-flow" => "触发的流程属于其他模块",
        "module-duplicate-id" => "标识重复",
        "view-unknown-field" => "视图中有不存在的字段",
        "view-required-missing" => "必填字段未放入新建表单",
        "view-field-twice" => "字段在视图中出现两次",
        "script-parse" => "脚本有语法错误",
        "schema-reference" => "结构引用无效",
        "schema-endless" => "结构无限嵌套",
        "schema-unsupported" => "不支持的结构写法",
        "schema-unknown-keyword" => "无法识别的结构关键字",
        "schema-keyword" => "结构关键字的值无效",
        "schema-too-large" => "结构过大",
        "pack-json" => "文件不是有效的 JSON",
        "pack-unknown-key" => "无法识别的键",
        "pack-missing-key" => "缺少必需的键",
        "pack-duplicate-key" => "键重复",
        "pack-wrong-type" => "值的类型不正确",
        "pack-key-mismatch" => "键与文件夹名不一致",
        "pack-missing-file" => "缺少文件",
        "pack-unknown-file" => "无法识别的文件",
        "pack-unknown" => "业务包未安装",
        _ => return None,
    })
}
