//! The words of the studio, in English and 简体中文.

use edit::allowed::Forbidden;
use edit::edit::Name;
use edit::field::FieldKind;
use edit::kind::{Family, Kind};

use crate::text::{Text, texts};

texts! {
    STUDIO = "Studio", "设计器";
    STUDIO_WHY = "Flows and forms of the installed packs. Changes are a draft until you publish them.", "已安装业务包的流程与表单。修改先存为草稿，发布后生效。";
    FLOWS = "Flows", "流程";
    FORMS = "Forms", "表单";
    DRAFT = "Draft", "草稿";
    NO_PACKS = "No packs are installed", "尚未安装业务包";
    NO_PACKS_WHY = "Install a pack on the command line: flowloom pack install PATH.", "请用命令行安装：flowloom pack install 路径。";
    NOT_HERE = "This flow or form is not in the pack any more.", "业务包中已没有该流程或表单。";
    NARROW = "Designing needs a wider screen. Here you can look around.", "设计需要更宽的屏幕，此处仅供查看。";
    PUBLISH = "Publish", "发布";
    PUBLISH_TITLE = "Publish {}", "发布 {}";
    PUBLISH_WHY = "New records follow the new version at once. What is already running stays on its version.", "新建的记录立即使用新版本，正在运行的实例继续使用原版本。";
    PUBLISH_NOTE = "What has changed? (for the version list)", "修改说明（显示在版本列表中）";
    PUBLISH_BLOCKED = "These errors have to be put right first.", "请先解决以下错误。";
    PUBLISH_NOTHING = "There is nothing to publish: the draft is the same as the live version.", "没有可发布的内容：草稿与线上版本一致。";
    PUBLISHED = "Published. {} running instances stay on their version.", "已发布，{} 个运行中的实例继续使用原版本。";
    PUBLISHED_NONE = "Published.", "已发布。";
    NOT_PUBLISHED = "The server found errors. The draft is not published.", "服务器检查发现错误，草稿未发布。";
    CHANGED_FILES = "Changed files", "已修改的文件";
    DROP_DRAFT = "Discard draft", "放弃草稿";
    DROP_DRAFT_WHY = "All changes since the last publication are lost.", "将丢失上次发布以来的全部修改。";
    SAVE_SAVED = "Draft saved", "草稿已保存";
    SAVE_CLEAN = "No changes", "无修改";
    SAVE_SAVING = "Saving…", "正在保存…";
    SAVE_DIRTY = "Not saved yet", "尚未保存";
    SAVE_FAILED = "Saving failed; trying again", "保存失败，正在重试";
    SAVE_CONFLICT = "{} has changed this draft meanwhile.", "{} 已修改了这份草稿。";
    SOMEBODY = "Somebody else", "其他人";
    TAKE_THEIRS = "Load theirs", "载入对方的版本";
    KEEP_MINE = "Keep mine", "保留我的版本";
    UNDO = "Undo", "撤销";
    REDO = "Redo", "重做";
    UNDO_OF = "Undo: {} (Ctrl+Z)", "撤销：{}（Ctrl+Z）";
    REDO_OF = "Redo: {} (Ctrl+Y)", "重做：{}（Ctrl+Y）";
    FIT = "Fit to screen (Ctrl+0)", "适应窗口（Ctrl+0）";
    ZOOM_IN = "Zoom in (Ctrl++)", "放大（Ctrl++）";
    ZOOM_OUT = "Zoom out (Ctrl+−)", "缩小（Ctrl+−）";
    ARRANGE = "Arrange", "自动布局";
    CHECKING = "Checking…", "正在检查…";
    NO_ALERTS = "No alerts: ready to publish.", "没有问题，可以发布。";
    ALERTS = "Alerts", "问题";
    ERRORS = "Errors: {}", "{} 个错误";
    WARNINGS = "Warnings: {}", "{} 个警告";
    HINTS = "Hints: {}", "{} 个提示";
    WHY = "Why, and how it is mended", "为什么，如何修正";
    NO_PAGE = "The explanation could not be loaded.", "无法加载说明。";
    SOUND = "Every run can end", "每次运行都能结束";
    BROKEN = "A run gets stuck", "存在会卡住的运行";
    UNPROVED = "Not proved", "未能证明";
    CANVAS = "Drawing of the flow {}", "流程图：{}";
    PALETTE = "Add", "添加";
    OUTLINE = "Outline", "大纲";
    PROPERTIES = "Properties", "属性";
    FIND_TYPE = "Find…", "查找…";
    APPEND = "Append: {}", "追加：{}";
    CONNECT = "Connect (C)", "连接（C）";
    REPLACE = "Change type", "更改类型";
    DELETE = "Delete (Del)", "删除（Del）";
    DELETED = "{} deleted.", "已删除 {}。";
    DUPLICATE = "Duplicate (Ctrl+D)", "复制（Ctrl+D）";
    RENAME = "Rename (F2)", "重命名（F2）";
    LEADS_TO = "leads to {}", "通向 {}";
    WITHOUT_NAME = "(no name)", "（未命名）";
    SEVERAL = "{} elements selected", "已选择 {} 个元素";
    FLOW_PROPERTIES = "Flow", "流程";
    NAME = "Name", "名称";
    DOCUMENTATION = "Description", "说明";
    WHO = "Who does it", "由谁办理";
    ROLES = "Roles", "角色";
    ROLES_HOLDERS = "{} people", "{} 人";
    DEPARTMENT = "Only people of the department (expression)", "限定部门（表达式）";
    BY_FIELD = "The person in the field", "取字段中的人员";
    BY_SCRIPT = "Script that chooses one", "由脚本选择";
    FALLBACK = "If nobody can", "无人可办理时";
    NOT_SAME = "Not the person who did", "不能是办理过以下步骤的人";
    SAME_AS = "The person who did", "与以下步骤同一人";
    FORM_VIEW = "Form", "表单";
    NO_FORM = "The usual form", "默认表单";
    OUTCOMES = "Outcomes (buttons)", "结果（按钮）";
    OUTCOME_TITLE = "Button", "按钮文字";
    OUTCOME_STYLE = "Look", "样式";
    STYLE_PRIMARY = "Main", "主要";
    STYLE_NEUTRAL = "Plain", "普通";
    STYLE_DANGER = "Warning", "警示";
    COMMENT = "Comment", "意见";
    COMMENT_NONE = "not asked", "不填";
    COMMENT_OPTIONAL = "may be given", "可填";
    COMMENT_REQUIRED = "must be given", "必填";
    ADD_OUTCOME = "Add a button", "添加按钮";
    NEW_OUTCOME = "New outcome", "新结果";
    DUE = "Due within", "办理时限";
    DUE_HELP = "2bh = 2 business hours, 3bd = 3 business days, PT4H = 4 hours, =… an expression", "2bh 为 2 个工作小时，3bd 为 3 个工作日，PT4H 为 4 小时，=… 为表达式";
    STAGE = "Stage of the record", "记录状态";
    NO_STAGE = "stays as it is", "保持不变";
    NOTIFY = "Notify", "通知";
    ADD_NOTIFY = "Add a notice", "添加通知";
    WHEN_ENTER = "when it begins", "开始时";
    WHEN_LEAVE = "when it is done", "完成时";
    INSTRUCTIONS = "Instructions", "办理说明";
    ADVANCED = "Advanced", "高级";
    PRIORITY = "Priority", "优先级";
    ASSIGNMENTS = "Sets when left", "离开时赋值";
    ADD_ASSIGNMENT = "Add", "添加";
    CONDITION = "Taken when", "满足条件时走此路";
    CONDITION_HELP = "data.…, vars.…, outcome == \"…\"", "data.…、vars.…、outcome == \"…\"";
    OUTCOME_IS = "When the outcome is", "当结果为";
    ANY_OUTCOME = "(another condition)", "（其他条件）";
    DEFAULT_WAY = "The way when no other condition holds", "其他条件都不满足时走此路";
    TIMER = "Timer", "定时";
    TIMER_DURATION = "After", "等待";
    TIMER_DATE = "At", "在时刻";
    TIMER_CYCLE = "Every", "循环";
    INTERRUPTS = "Ends the activity", "中断该活动";
    MESSAGE = "Message", "消息";
    SCRIPT = "Script", "脚本";
    NONE = "none", "无";
    PLUGIN = "Plugin", "插件";
    FUNCTION = "Function", "函数";
    INPUT = "Input (expression)", "输入（表达式）";
    OUTPUT = "Result in variable", "结果存入变量";
    TABLE = "Decision table", "决策表";
    CALLED = "Flow", "流程";
    NOTE_TEXT = "Text", "文字";
    ELEMENT_ID = "Id", "标识";
    REFUSED = "Not possible: {}", "无法操作：{}";
    // Forms
    VIEW = "View", "视图";
    NOT_PLACED = "Fields not on this form", "未放入此表单的字段";
    FIELD_TYPES = "New field", "新字段";
    NEW_FIELD = "New {}", "新{}";
    EMPTY_SECTION = "No fields yet. Choose one on the left.", "暂无字段，请从左侧选择。";
    SECTION = "Section", "分组";
    SECTION_TITLE = "Section title", "分组标题";
    ADD_SECTION = "Add a section", "添加分组";
    NEW_SECTION = "New section", "新分组";
    SECTION_VISIBLE = "Shown when", "显示条件";
    LABEL = "Label", "标签";
    LABEL_IN = "Label in {}", "标签（{}）";
    KEY = "Key", "字段名";
    HELP = "Help", "帮助文字";
    REQUIRED = "Required", "必填";
    SEARCHABLE = "Searchable", "可搜索";
    LISTED = "Shown in lists", "在列表中显示";
    READONLY_HERE = "Read-only on this form", "此表单中只读";
    REQUIRED_HERE = "Required on this form", "此表单中必填";
    WIDTH = "Width ({} of 12, keys [ ])", "宽度（{}/12，按键 [ ]）";
    NARROWER = "Narrower ([)", "变窄（[）";
    WIDER = "Wider (])", "变宽（]）";
    MOVE_UP = "Move up (Alt+↑)", "上移（Alt+↑）";
    MOVE_DOWN = "Move down (Alt+↓)", "下移（Alt+↓）";
    OPTIONS = "Options", "选项";
    ADD_OPTION = "Add an option", "添加选项";
    NEW_OPTION = "Option {}", "选项 {}";
    RULES = "Rules", "规则";
    RULE_REQUIRED = "Required when", "何时必填";
    RULE_VISIBLE = "Shown when", "何时显示";
    RULE_READONLY = "Read-only when", "何时只读";
    RULE_COMPUTED = "Computed as", "计算公式";
    MODE_ALWAYS = "always", "始终计算";
    MODE_UNTIL_EDITED = "until somebody enters a value", "直到有人填写";
    MODE_ON_CREATE = "once, as a default", "仅新建时作为默认值";
    CHECKS = "Checks", "校验";
    ADD_CHECK = "Add a check", "添加校验";
    CHECK_EXPR = "Must be true", "必须成立";
    CHECK_MESSAGE = "Message if not", "不成立时的提示";
    COLUMNS = "Columns", "列";
    ADD_COLUMN = "Add a column", "添加列";
    NEW_COLUMN = "New column", "新列";
    LIMITS = "Limits", "限制";
    MAX_LENGTH = "Longest text", "最大长度";
    MINIMUM = "Least value", "最小值";
    MAXIMUM = "Greatest value", "最大值";
    TAKE_OFF = "Take off this form", "移出此表单";
    DELETE_FIELD = "Delete the field", "删除字段";
    PREVIEW = "Preview", "预览";
    DESIGN = "Design", "设计";
    TRY_IT = "Try the rules with values of your own. Nothing is saved.", "用自己的数据试一试规则，不会保存。";
    REFERS_TO = "Module", "引用模块";
    DICTIONARY = "Dictionary", "字典";
    OPEN_FORM = "Open the form", "打开表单";
    GO_BACK = "All flows and forms", "全部流程与表单";
    NOTHING_CHOSEN = "Choose something to see its properties.", "选择元素以查看属性。";
}

/// Name of a kind of node.
pub fn kind(it: Kind) -> Text {
    match it {
        Kind::Start => Text::new("Start", "开始"),
        Kind::StartTimer => Text::new("Timer start", "定时开始"),
        Kind::StartMessage => Text::new("Message start", "消息开始"),
        Kind::End => Text::new("End", "结束"),
        Kind::EndError => Text::new("Error end", "错误结束"),
        Kind::EndTerminate => Text::new("Terminate", "终止"),
        Kind::CatchTimer => Text::new("Wait for a time", "定时等待"),
        Kind::CatchMessage => Text::new("Wait for a message", "等待消息"),
        Kind::Throw => Text::new("Milestone", "里程碑"),
        Kind::UserTask => Text::new("User task", "用户任务"),
        Kind::ServiceTask => Text::new("Service task (plugin)", "服务任务（插件）"),
        Kind::ScriptTask => Text::new("Script task", "脚本任务"),
        Kind::SendTask => Text::new("Send task", "发送任务"),
        Kind::ReceiveTask => Text::new("Receive task", "接收任务"),
        Kind::RuleTask => Text::new("Decision table", "决策表任务"),
        Kind::Task => Text::new("Task", "任务"),
        Kind::CallActivity => Text::new("Call a flow", "调用流程"),
        Kind::SubProcess => Text::new("Subprocess", "子流程"),
        Kind::EventSubProcess => Text::new("Event subprocess", "事件子流程"),
        Kind::Exclusive => Text::new("Exclusive gateway", "排他网关"),
        Kind::Inclusive => Text::new("Inclusive gateway", "包容网关"),
        Kind::Parallel => Text::new("Parallel gateway", "并行网关"),
        Kind::EventBased => Text::new("Event gateway", "事件网关"),
        Kind::BoundaryTimer => Text::new("Timer on an activity", "活动上的定时"),
        Kind::BoundaryError => Text::new("Error on an activity", "活动上的错误"),
        Kind::BoundaryMessage => Text::new("Message on an activity", "活动上的消息"),
        Kind::Note => Text::new("Note", "注释"),
        Kind::Other(family) => match family {
            Family::Start | Family::Intermediate | Family::End | Family::Boundary => Text::new("Event", "事件"),
            Family::Activity | Family::Sub => Text::new("Activity", "活动"),
            Family::Gateway => Text::new("Gateway", "网关"),
            Family::Note => Text::new("Note", "注释"),
        },
    }
}

/// The sequence flow, which is no [`Kind`].
pub const SEQUENCE_FLOW: Text = Text::new("Sequence flow", "顺序流");

/// Why an edit is not possible.
pub fn forbidden(it: Forbidden) -> Text {
    match it {
        Forbidden::NotFound => Text::new("it is not there any more", "该元素已不存在"),
        Forbidden::StartHasNoWayIn => Text::new("nothing leads to a start", "开始事件不能有入线"),
        Forbidden::EndHasNoWayOut => Text::new("nothing follows an end", "结束事件不能有出线"),
        Forbidden::BoundaryHasNoWayIn => Text::new("an event on an activity is entered through the activity", "活动上的事件不能有入线"),
        Forbidden::NoteHasNoFlow => Text::new("notes are not connected", "注释不能连接顺序流"),
        Forbidden::ToItself => Text::new("a step does not lead to itself", "不能连接到自身"),
        Forbidden::AlreadyConnected => Text::new("they are connected already", "两者已经相连"),
        Forbidden::AcrossSubProcess => Text::new("flows do not cross the border of a subprocess", "顺序流不能跨越子流程边界"),
        Forbidden::NeedsActivity => Text::new("this sits on an activity: drop it on one", "该事件须放在活动上"),
        Forbidden::NeedsEvent => Text::new("only events may follow an event gateway", "事件网关之后只能是事件"),
        Forbidden::EventSubProcessHasNoFlow => Text::new("an event subprocess is started by its event", "事件子流程由其事件启动，不能连线"),
        Forbidden::CannotBecome => Text::new("it cannot become that", "不能更改为该类型"),
        Forbidden::NothingChosen => Text::new("nothing is selected", "未选择元素"),
        Forbidden::NameMissing => Text::new("a text is missing", "缺少文字"),
        Forbidden::AlreadyShown => Text::new("the form shows it already", "表单中已有该字段"),
        Forbidden::FieldInUse => Text::new("the record's name or stage depends on it", "该字段是记录的名称或状态字段"),
        Forbidden::LastSection => Text::new("one section has to stay", "至少保留一个分组"),
        Forbidden::WrongType => Text::new("it has no such property", "该元素没有此属性"),
        Forbidden::TooMany => Text::new("the flow has too many elements", "流程元素过多"),
    }
}

/// What a step of the history did.
pub fn step(it: &Name) -> Text {
    match it.verb {
        "add" | "append" => Text::new("add", "添加"),
        "connect" => Text::new("connect", "连接"),
        "reconnect" => Text::new("reconnect", "改接"),
        "move" => Text::new("move", "移动"),
        "delete" => Text::new("delete", "删除"),
        "rename" | "retitle" | "rename-section" => Text::new("rename", "重命名"),
        "resize" => Text::new("resize", "调整大小"),
        "replace" => Text::new("change type", "更改类型"),
        "bend" => Text::new("bend", "调整线路"),
        "duplicate" => Text::new("duplicate", "复制"),
        "arrange" => Text::new("arrange", "自动布局"),
        "place" => Text::new("place", "放入表单"),
        "take-off" => Text::new("take off", "移出表单"),
        "translate" => Text::new("translate", "翻译"),
        _ => Text::new("change", "修改"),
    }
}

/// Name of a type of field.
pub fn field(it: &FieldKind) -> Text {
    match it {
        FieldKind::Text => Text::new("Text", "单行文本"),
        FieldKind::Long => Text::new("Long text", "多行文本"),
        FieldKind::Rich => Text::new("Formatted text", "富文本"),
        FieldKind::Int => Text::new("Whole number", "整数"),
        FieldKind::Decimal => Text::new("Number", "小数"),
        FieldKind::Percent => Text::new("Percent", "百分比"),
        FieldKind::Money => Text::new("Money", "金额"),
        FieldKind::Score => Text::new("Rating", "评分"),
        FieldKind::Date => Text::new("Date", "日期"),
        FieldKind::DateTime => Text::new("Date and time", "日期时间"),
        FieldKind::Time => Text::new("Time", "时间"),
        FieldKind::Bool => Text::new("Yes / no", "是/否"),
        FieldKind::Choice => Text::new("Choice", "单选"),
        FieldKind::Choices => Text::new("Several choices", "多选"),
        FieldKind::Dictionary(_) => Text::new("Dictionary value", "字典"),
        FieldKind::Reference { many: false, .. } => Text::new("Record", "引用记录"),
        FieldKind::Reference { many: true, .. } => Text::new("Several records", "引用多条记录"),
        FieldKind::User { many: false } => Text::new("Person", "人员"),
        FieldKind::User { many: true } => Text::new("Several people", "多个人员"),
        FieldKind::Department { many: false } => Text::new("Department", "部门"),
        FieldKind::Department { many: true } => Text::new("Several departments", "多个部门"),
        FieldKind::Role => Text::new("Role", "角色"),
        FieldKind::Phone => Text::new("Phone", "电话"),
        FieldKind::Email => Text::new("E-mail", "邮箱"),
        FieldKind::Url => Text::new("Web address", "网址"),
        FieldKind::Address => Text::new("Address", "地址"),
        FieldKind::Geo => Text::new("Place on the map", "地理位置"),
        FieldKind::Tags => Text::new("Tags", "标签"),
        FieldKind::File { many: false } => Text::new("File", "附件"),
        FieldKind::File { many: true } => Text::new("Several files", "多个附件"),
        FieldKind::Image => Text::new("Picture", "图片"),
        FieldKind::Signature => Text::new("Signature", "签名"),
        FieldKind::Number => Text::new("Automatic number", "自动编号"),
        FieldKind::Rows => Text::new("Sub-table", "明细表"),
    }
}
