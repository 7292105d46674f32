//! What the form designer says.

use edit::plain::Op;

use crate::text::{Text, texts};

texts! {
    OUTLINE = "Outline", "大纲";
    TYPE_TO_ADD = "Type to add a field…", "输入以添加字段…";
    DUPLICATE = "Duplicate (Ctrl+D)", "再制（Ctrl+D）";
    WITH_CHOSEN = "With the selected fields", "对所选字段";
    SEVERAL = "Select several", "多选";
    COPY = "Copy (Ctrl+C)", "复制（Ctrl+C）";
    PASTE = "Paste (Ctrl+V)", "粘贴（Ctrl+V）";
    CARRY = "Drag to move", "拖动以移动";
    CHOSEN = "{} fields selected", "已选择 {} 个字段";
    COPIED = "{} fields copied.", "已复制 {} 个字段。";
    NOTHING_TO_PASTE = "The clipboard holds no fields and no JSON Schema.", "剪贴板中没有字段或 JSON Schema。";
    TAKE_OFF_ALL = "Take them off this form", "全部移出此表单";
    DELETE_ALL = "Delete the fields", "删除这些字段";
    WIDTHS = "Side by side", "并排";
    PER_ROW = "{} in a row", "每行 {} 个";
    // Pages and sections
    DIVIDED = "Layout of the form", "表单布局";
    ONE_PAGE = "One page", "单页";
    TABS = "Tabs", "选项卡";
    STEPS = "Steps", "分步填写";
    PAGE = "Page", "页";
    PAGE_TITLE = "Page title", "页标题";
    NEW_PAGE = "Page {}", "第 {} 页";
    ADD_PAGE = "Add a page", "添加一页";
    REMOVE_PAGE = "Remove the page; its sections go to the first", "删除此页，其分组移到第一页";
    COLLAPSED = "Folded at first", "初始折叠";
    COLUMNS = "Columns", "列数";
    LINKED = "Fields of a record that hangs on this one", "关联记录的字段";
    LINKED_WHY = "Shown below the section and saved together with the record.", "显示在分组下方，与本记录一起保存。";
    LINKED_MODULE = "Records of", "记录所属模块";
    LINKED_NONE = "none", "无";
    LINKED_IMPOSSIBLE = "No module of this pack refers here with one record marked among several.", "本业务包中没有引用此模块且标记其中一条的模块。";
    LINKED_ADD = "Add a field", "添加字段";
    // Fields
    TYPE = "Type", "类型";
    RENAME_KEY = "Change…", "更改…";
    USED_BY = "Where it is used", "使用位置";
    HELP_IN = "Help in {}", "帮助文字（{}）";
    UNIQUE = "No two records have the same", "不允许重复";
    SENSITIVE = "Without the right to see it", "无查看权限时";
    SENSITIVE_NONE = "shown as any other", "照常显示";
    SENSITIVE_MASK = "partly hidden: 138****1234", "部分隐藏：138****1234";
    SENSITIVE_HIDE = "not shown at all", "完全不显示";
    TIER = "Importance", "重要程度";
    TIER_PRIMARY = "always in view", "始终显示";
    TIER_SECONDARY = "usual", "一般";
    TIER_EXTENDED = "under “more”", "归入“更多”";
    DEFAULT = "Begins with", "默认值";
    NO_DEFAULT = "nothing", "无";
    YES = "yes", "是";
    NO = "no", "否";
    CURRENCY = "Currency", "币种";
    SHOWN_ON_VIEW = "Shown on this form when", "此表单中的显示条件";
    HELP_ON_VIEW = "Help on this form only", "仅此表单的帮助文字";
    WIDGET = "Entered by", "输入方式";
    WIDGET_USUAL = "the usual input", "默认控件";
    WIDGET_RADIO = "buttons to choose from", "单选按钮";
    WIDGET_TEXTAREA = "several lines", "多行输入";
    CHOSEN_GROUP = "Exactly one of several records", "多条记录中恰有一条";
    CHOSEN_WHY = "Of all records that refer to the same in the chosen field, exactly one has this field set.", "在所选字段引用同一记录的所有记录中，恰有一条勾选此字段。";
    CHOSEN_AMONG = "among those with the same", "以此字段相同为一组";
    // References
    REFERENCE = "Reference", "引用";
    LABEL_FIELD = "Shown by its", "显示字段";
    USUAL_LABEL = "usual name", "默认名称";
    TREE = "A tree: nothing stands below itself", "树形：不能位于自身之下";
    CASCADE = "Only those whose", "仅限其";
    CASCADE_SAME = "is the same as here", "与本记录此字段相同";
    CASCADE_NONE = "(all)", "（全部）";
    FILTER = "Filter", "筛选条件";
    FILTER_WHY = "candidate.… is the record to choose, data.… the one filled in", "candidate.… 为候选记录，data.… 为正在填写的记录";
    // Files
    FILES = "Files", "附件";
    ACCEPT = "Kinds of files (.pdf, image/*)", "允许的文件类型（.pdf、image/*）";
    MAX_MB = "Largest file (MB)", "单个文件上限（MB）";
    MOST_FILES = "At most so many", "最多个数";
    // Numbering
    NUMBERING = "Numbering", "编号规则";
    NEXT_NUMBERS = "For example", "示例";
    PART_TEXT = "Text", "文字";
    PART_DAY = "Date", "日期";
    PART_COUNTER = "Counter, digits", "流水号位数";
    ADD_TEXT = "Text", "文字";
    ADD_DAY = "Date", "日期";
    STARTS_ANEW = "The counter starts anew with every {}.", "流水号每{}重新开始。";
    NEVER_ANEW = "The counter never starts anew.", "流水号不会重新开始。";
    EVERY_DAY = "day", "天";
    EVERY_MONTH = "month", "月";
    EVERY_YEAR = "year", "年";
    // Conditions
    ALL_OF = "all of these hold", "同时满足以下条件";
    ANY_OF = "one of these holds", "满足以下任一条件";
    ADD_CONDITION = "Add a condition", "添加条件";
    AS_EXPRESSION = "As an expression", "表达式";
    MORE_THAN_CLICKED = "This says more than can be clicked together.", "该表达式超出了可视化编辑的范围。";
    FIELD = "Field", "字段";
    COMPARED = "Comparison", "比较方式";
    VALUE = "Value", "值";
    REMOVE = "Remove", "删除";
    COMPUTED_WHEN = "When it is computed", "计算时机";
    MESSAGE_IN = "Message in {}", "提示（{}）";
    ONLY_WARNS = "Only warns; saving is possible", "仅警告，仍可保存";
    // Rename, type change, removal
    RENAME_TITLE = "Change the key of “{}”", "更改“{}”的字段名";
    NEW_KEY = "New key", "新字段名";
    RENAME_WHY = "Every place below is rewritten; what is stored stays with the field. Running instances read and write it as before.", "以下所有位置会一并改写，已存数据随字段保留，运行中的流程实例照常读写。";
    RENAME = "Change the key", "更改字段名";
    RENAMED = "{} is now {}; {} places were rewritten.", "{} 已改为 {}，改写 {} 处。";
    DELETE_TITLE = "Delete “{}”", "删除“{}”";
    DELETE_WHY = "Views and rules lose it at once. What else names it becomes an alert. What is stored is hidden, not deleted.", "视图和规则中会立即移除；其余引用将变为警告。已存数据只是隐藏，不会删除。";
    DELETE = "Delete", "删除";
    RETYPE_TITLE = "“{}” becomes: {}", "“{}”改为：{}";
    RETYPE = "Change the type", "更改类型";
    LOOKING_USES = "Looking where it is used…", "正在查找使用位置……";
    NOT_LOOKED = "It could not be found out where this is used. Nothing was changed.", "无法查明使用位置，未做任何修改。";
    LOOKING = "Looking at the stored records…", "正在检查已存数据…";
    NO_STORED = "No record has a value in it.", "没有记录填写过该字段。";
    CONVERTS = "{} of {} stored values fit or can be converted.", "{} / {} 个已存值符合或可转换。";
    LOST = "{} stored values do not fit. They are kept, but the field is blank there or has to be corrected.", "{} 个已存值不符合：会保留，但相应记录中该字段为空或需要更正。";
    UNKNOWN_STORED = "The stored values could not be looked at: the field is not published yet.", "无法检查已存数据：该字段尚未发布。";
    USED_TITLE = "Where “{}” is used", "“{}”的使用位置";
    NOT_USED = "Nothing else names it.", "没有其他位置使用它。";
    IN_SCHEMA = "Schema of {}", "{} 的结构";
    IN_RULES = "Rules of {}", "{} 的规则";
    IN_DEFINITION = "Module {}", "模块 {}";
    IN_VIEW = "View “{}”", "视图“{}”";
    IN_FLOW = "Flow “{}”", "流程“{}”";
    IN_SCRIPT = "Script {}", "脚本 {}";
    IN_PACK = "Notices and menu", "通知与菜单";
    TIMES = "{} ×", "{} 处";
    // Preview
    DESKTOP = "Desktop", "桌面";
    PHONE = "Phone", "手机";
    AS_ROLE = "As", "查看身份";
    EVERYBODY = "somebody who may do everything", "拥有全部权限的人";
    AT_STEP = "At", "所处步骤";
    NO_STEP = "no step of a flow", "不在流程中";
    TEST_DATA = "Test data (JSON)", "测试数据（JSON）";
    TAKE_DATA = "Use", "使用";
    NO_JSON = "This is no JSON object.", "不是 JSON 对象。";
    WOULD_SAVE = "It could be saved like this.", "可以这样保存。";
    WOULD_NOT_SAVE = "{} things would stop it from being saved:", "有 {} 处会阻止保存：";
    CHECK_SAVE = "Try to save", "试保存";
    // Bar
    VIEWS = "How the form is worked on", "工作方式";
    NEW_FORM = "New form", "新建表单";
    NEW_LIST = "New list", "新建列表";
    NEW_CALENDAR = "New calendar", "新建日历";
    NEW_TREE = "New tree", "新建树形视图";
    NEW_DETAIL = "Page of a record", "新建详情页";
    NEW_BOARD = "New board", "新建看板";
    SELECT_ALL = "Select all fields (Ctrl+A)", "全选字段（Ctrl+A）";
    LANGUAGES = "Translations", "翻译";
    JSON = "JSON", "JSON";
    RESTORE = "Shipped version…", "出厂版本…";
}

/// Name of a comparison.
pub fn op(it: Op) -> Text {
    match it {
        Op::Is => Text::new("is", "等于"),
        Op::IsNot => Text::new("is not", "不等于"),
        Op::More => Text::new("is more than", "大于"),
        Op::Less => Text::new("is less than", "小于"),
        Op::AtLeast => Text::new("is at least", "不小于"),
        Op::AtMost => Text::new("is at most", "不大于"),
        Op::OneOf => Text::new("is one of", "属于"),
        Op::Filled => Text::new("is filled", "已填写"),
        Op::Blank => Text::new("is blank", "为空"),
    }
}
