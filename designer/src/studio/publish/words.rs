//! The words of publishing, in English and 简体中文.

use crate::text::{Text, texts};

texts! {
    CHANGES = "What changes", "变更内容";
    CHANGED_IN = "{} ({})", "{}（{}）";
    NEW_FLOW = "New flow", "新流程";
    GONE_FLOW = "Flow removed", "流程已删除";
    NEW_FORM = "New form", "新表单";
    GONE_FORM = "Form removed", "表单已删除";
    FORM = "Form: {}", "表单：{}";
    OTHER_FILES = "Other files", "其他文件";
    SHOW_DRAWING = "Show on the drawing", "在流程图上查看";
    HIDE_DRAWING = "Hide the drawing", "收起流程图";
    BEFORE = "Before", "变更前";
    AFTER = "After", "变更后";
    NO_DIFFERENCE = "Nothing differs.", "没有差异。";
    RUNNING = "What runs now", "正在运行的实例";
    LOOKING = "Looking at what runs…", "正在检查运行中的实例…";
    NOT_LOOKED = "What runs could not be looked at.", "无法检查运行中的实例。";
    NOTHING_RUNS = "Nothing runs that this would touch.", "没有受影响的运行实例。";
    RUN_OF = "Running: {}", "运行中：{}";
    LOOKED_AT = "The oldest {} were looked at.", "已检查最早的 {} 个。";
    FLOW_GONE = "The flow is removed. What runs, ends on its own version.", "流程已删除，运行中的实例将在原版本上结束。";
    STAY = "stay", "保持不变";
    MOVE = "can move", "可迁移";
    RISKY = "might get stuck", "迁移后可能卡住";
    NEEDS_MAPPING = "need a mapping", "需要映射";
    WOULD_BREAK = "would break", "会出错";
    MAPPING = "Where do they go on?", "这些实例从哪里继续？";
    MAPPING_WHY = "They stand in steps the new version does not have. Say which step each of these has become.", "它们停在新版本中不存在的步骤上，请指定对应的新步骤。";
    STANDS_THERE = "{}: {} stand there", "{}：{} 个停在此处";
    NOT_MAPPED = "Nowhere: they stay", "不映射：保持原版本";
    SUGGESTED = "Likely", "推荐";
    ALL_STEPS = "All steps", "全部步骤";
    EACH_ONE = "Each of them", "逐个查看";
    NOT_READABLE = "Of records you may not read: {}", "无权查看的记录：{} 个";
    WHAT_BECOMES = "What becomes of them", "如何处理运行中的实例";
    LET_STAY = "They stay on their version", "继续使用原版本";
    LET_STAY_WHY = "Everybody ends what was begun the way it was begun.", "已开始的流程按原来的方式办完。";
    LET_MOVE = "Those that can, move to the new version", "可迁移的迁移到新版本";
    LET_MOVE_WHY = "Tasks, people and deadlines go along. Those that cannot go safely stay.", "任务、人员和时限一并保留；不能安全迁移的继续使用原版本。";
    MAY_NOT_MOVE = "Moving takes the right to run these flows, which you do not have.", "迁移需要有操作这些流程的权限，您没有该权限。";
    PLAYING = "Playing the scenarios…", "正在运行场景…";
    NO_SCENARIOS = "This pack has no scenarios.", "此业务包没有场景。";
    ALL_PASS = "All {} pass.", "{} 个全部通过。";
    NOT_PLAYED = "{} could not be played.", "{} 个无法运行。";
    BREAKS = "What is drafted breaks these. They can be looked at under Scenarios.", "草稿使以下场景不再通过，可在“场景”中查看：";
    FAILS_BOTH = "These fail in the live version, too:", "以下场景在线上版本中也失败：";
    WHEN = "When", "发布时间";
    AT_ONCE = "At once", "立即";
    LATER = "At a time I choose", "指定时间";
    TIME = "Date and time (your time zone)", "日期和时间（您的时区）";
    LATER_WHY = "The draft as it is now goes live then. What you change afterwards stays a draft.", "届时按现在的草稿发布，之后的修改仍保留为草稿。";
    TIME_PAST = "Choose a time to come.", "请选择将来的时间。";
    PLAN = "Plan", "定时发布";
    PLANNED_BY = "{} planned this to go live {}.", "{} 已设定于 {} 发布。";
    PLAN_FAILED = "It was due {} and could not be done: {}", "本应于 {} 发布，但未能完成：{}";
    WHY_CONFLICT = "the pack was published meanwhile", "期间业务包已被发布";
    WHY_NO_RIGHTS = "who planned it has no right to any more", "设定者已无相应权限";
    WHY_NOT_PUBLISHABLE = "the checker found errors", "检查发现错误";
    WHY_INTERNAL = "the server failed", "服务器出错";
    RECALL = "Do not publish then", "取消定时发布";
    RECALLED = "It will not be published then.", "已取消定时发布。";
    PLANNED_NOW = "Planned. It goes live {}.", "已设定，将于 {} 发布。";
    NOW_DROPS_PLAN = "Publishing now takes the planned publication back.", "立即发布将取消已设定的定时发布。";
    MOVING = "Published. Instances that can are moving to the new version.", "已发布，可迁移的实例正在迁移到新版本。";
    VERSIONS = "Versions", "版本";
    VERSIONS_WHY = "Every version that was live, newest first.", "所有发布过的版本，按时间倒序。";
    LIVE = "live", "线上";
    SHIPPED = "shipped", "随产品提供";
    NO_NOTE = "No note", "无说明";
    RUN_ON = "{}: {}", "{}：{}";
    RUN_ON_HEAD = "Still running on it", "仍在使用";
    DRAFT_NOW = "The draft", "当前草稿";
    COMPARE = "Compare", "比较";
    FROM = "From", "从";
    TO = "To", "到";
    SAME_VERSION = "Choose two different versions.", "请选择两个不同的版本。";
    RESTORE = "Restore as draft", "恢复为草稿";
    RESTORE_SURE = "The files of this version become the draft; what is drafted now is replaced. Nothing changes for anybody until you publish.", "该版本的文件将成为草稿，替换现有草稿。发布之前不影响任何人。";
    RESTORED = "Restored as a draft. Publish it to make it live.", "已恢复为草稿，发布后生效。";
    CLASH_TITLE = "You both changed the same", "双方修改了同一处";
    CLASH_WHY = "Everything else you and {} have done is put together. Here it has to be said whose word counts.", "您与{}的其他修改会自动合并，以下各处请选择以谁为准。";
    ALL_MINE = "All mine", "全部用我的";
    ALL_THEIRS = "All theirs", "全部用对方的";
    MINE = "Mine", "我的";
    THEIRS = "Theirs", "对方的";
    DO_MERGE = "Put together", "合并";
    OF_FLOW = "Flow: {}", "流程：{}";
    OF_DRAWING = "Drawing: {}", "流程图：{}";
    OF_TEXTS = "Texts: {}", "文字：{}";
    MEMBER = "{}: {}", "{}：{}";
    GONE_HERE = "removed", "已删除";
    BACK = "Back to the versions", "返回版本列表";
    VERSION_OF = "{} · {}", "{} · {}";
}

/// What an instance would do.
pub fn fate(word: &str) -> (Text, &'static str) {
    match word {
        "move" => (MOVE, "success"),
        "risky" => (RISKY, "warning"),
        "needsMapping" => (NEEDS_MAPPING, "warning"),
        "wouldBreak" => (WOULD_BREAK, "danger"),
        _ => (STAY, ""),
    }
}

/// Why a plan could not be carried out.
pub fn why(word: &str) -> Text {
    match word {
        "conflict" => WHY_CONFLICT,
        "no-rights" => WHY_NO_RIGHTS,
        "not-publishable" => WHY_NOT_PUBLISHABLE,
        _ => WHY_INTERNAL,
    }
}

/// A word of `flow.json` or of a schema, as people call it.
pub fn property(word: &str) -> Option<Text> {
    Some(match word {
        "name" | "title" => Text::new("name", "名称"),
        "documentation" | "description" => Text::new("description", "说明"),
        "type" => Text::new("type", "类型"),
        "stage" => Text::new("stage", "记录状态"),
        "assign" => Text::new("what it sets", "赋值"),
        "notify" => Text::new("notices", "通知"),
        "default" => Text::new("default", "默认"),
        "loopCharacteristics" => Text::new("repetition", "重复"),
        "isForCompensation" => Text::new("compensation", "补偿"),
        "performer" => Text::new("who does it", "办理人"),
        "form" => Text::new("form", "表单"),
        "outcomes" => Text::new("outcomes", "结果按钮"),
        "due" => Text::new("deadline", "时限"),
        "reminders" => Text::new("reminders", "提醒"),
        "returnTo" => Text::new("where it is sent back to", "可退回的步骤"),
        "instructions" => Text::new("instructions", "办理说明"),
        "priority" => Text::new("priority", "优先级"),
        "countersign" => Text::new("signatures", "会签"),
        "skip" => Text::new("skipping", "跳过规则"),
        "pausesDeadlines" => Text::new("pausing", "暂停计时"),
        "conditionExpression" => Text::new("condition", "条件"),
        "sourceRef" | "targetRef" => Text::new("what it connects", "连接关系"),
        "attachedToRef" => Text::new("what it sits on", "所附活动"),
        "cancelActivity" | "isInterrupting" => Text::new("interrupting", "是否中断"),
        "eventDefinition" | "eventDefinitions" => Text::new("event", "事件"),
        "script" => Text::new("script", "脚本"),
        "call" => Text::new("plugin", "插件"),
        "table" | "output" => Text::new("decision table", "决策表"),
        "calledElement" => Text::new("called flow", "调用的流程"),
        "text" => Text::new("text", "文字"),
        "lanes" => Text::new("lanes", "泳道"),
        "collaboration" => Text::new("pools and messages", "池与消息流"),
        "messages" => Text::new("messages", "消息"),
        "signals" => Text::new("signals", "信号"),
        "errors" => Text::new("errors", "错误"),
        "escalations" => Text::new("escalations", "升级"),
        "module" => Text::new("form of the flow", "所属表单"),
        "pauseStages" => Text::new("stages that pause", "暂停计时的状态"),
        "enum" | "oneOf" => Text::new("options", "选项"),
        "maxLength" | "minLength" | "minimum" | "maximum" | "maxItems" | "minItems" => Text::new("limits", "限制"),
        "pattern" | "format" => Text::new("format", "格式"),
        "readOnly" => Text::new("read-only", "只读"),
        "items" | "properties" => Text::new("columns", "列"),
        "x-index" => Text::new("search", "搜索"),
        "rules" => Text::new("rules", "规则"),
        "views" => Text::new("views", "视图"),
        "translation" => Text::new("translation", "翻译"),
        "schema" => Text::new("which are required", "必填项"),
        "x" | "y" | "width" | "height" | "waypoints" | "label" => Text::new("place on the drawing", "图上位置"),
        _ => return None,
    })
}
