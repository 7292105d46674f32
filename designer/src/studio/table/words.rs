//! What the table editor says.

use runtime::model::table::HitPolicy;

use crate::text::{Text, texts};

texts! {
    RESTORE = "Shipped version…", "出厂版本…";
    TABLE = "Decision table", "决策表";
    HIT_POLICY = "When several rules match", "多条规则同时满足时";
    AGGREGATION = "Of the matches make", "汇总方式";
    RULE = "Rule {}", "规则 {}";
    IF = "If", "如果";
    THEN = "Then", "则";
    ADD_RULE = "Add a rule", "添加规则";
    ADD_INPUT = "Add a condition", "添加条件列";
    ADD_OUTPUT = "Add an answer", "添加结果列";
    NEW_INPUT = "Condition", "条件";
    NEW_OUTPUT = "Answer", "结果";
    COLUMN = "Column", "列";
    COLUMN_KEY = "Key", "键名";
    COLUMN_TYPE = "Type", "类型";
    COLUMN_VALUES = "Values there are, separated by commas", "可取的值，用逗号分隔";
    DEFAULT = "When no rule matches", "没有规则满足时";
    TYPE_TEXT = "Text", "文本";
    TYPE_NUMBER = "Number", "数字";
    TYPE_BOOL = "Yes or no", "是 / 否";
    TYPE_DATE = "Date", "日期";
    REMOVE_COLUMN = "Remove the column", "删除列";
    LEFT = "Move left", "左移";
    RIGHT = "Move right", "右移";
    DOUBLE_RULE = "Duplicate the rule", "复制规则";
    REMOVE_RULE = "Remove the rule", "删除规则";
    ANY = "any", "任意";
    CELL_HELP = "“” any · a, b one of · > 10 · [1..5] · not(a)", "空 任意 · a, b 其一 · > 10 · [1..5] · not(a)";
    KEYS = "Arrows move, typing writes, Enter and Tab go on, Del empties, Ctrl+C and Ctrl+V copy cells, Alt+arrows move rules.", "方向键移动，直接输入即可编辑，Enter 和 Tab 前进，Del 清空，Ctrl+C、Ctrl+V 复制单元格，Alt+方向键移动规则。";
    TRY = "Try it", "试一试";
    TRY_WHY = "What the table says for these values.", "输入取值，查看决策结果。";
    ANSWER = "Answer", "结果";
    NO_ANSWER = "No rule matches.", "没有规则满足。";
    BY_RULES = "by rule {}", "依据规则 {}";
}

pub const POLICIES: [(HitPolicy, &str, Text); 7] = [
    (HitPolicy::Unique, "unique", Text::new("that is a mistake (unique)", "视为错误（唯一）")),
    (HitPolicy::First, "first", Text::new("the first counts (first)", "取第一条（首个）")),
    (
        HitPolicy::Priority,
        "priority",
        Text::new("the most important answer counts (priority)", "取最重要的结果（优先级）"),
    ),
    (HitPolicy::Any, "any", Text::new("they have to agree (any)", "结果必须一致（任意）")),
    (HitPolicy::Collect, "collect", Text::new("all count together (collect)", "合并全部（收集）")),
    (HitPolicy::RuleOrder, "ruleOrder", Text::new("all, in the order of the rules", "全部，按规则顺序")),
    (HitPolicy::OutputOrder, "outputOrder", Text::new("all, the most important first", "全部，按重要程度")),
];

pub const AGGREGATIONS: [(&str, Text); 5] = [
    ("", Text::new("a list", "列表")),
    ("sum", Text::new("the sum", "求和")),
    ("min", Text::new("the least", "最小值")),
    ("max", Text::new("the greatest", "最大值")),
    ("count", Text::new("their number", "计数")),
];
