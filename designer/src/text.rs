//! The words of the interface, in English and 简体中文. A text cannot be written in one language only:
//! both are fields of [`Text`]. Words of the data (labels, titles, choices) come with the data.

use crate::app::{Lang, app};
use leptos::prelude::*;

/// One text in both languages; `{}` stands for what [`Text::fill`] puts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    en: &'static str,
    zh: &'static str,
}

impl Text {
    /// A text, both languages at once.
    pub const fn new(en: &'static str, zh: &'static str) -> Self {
        Text { en, zh }
    }

    /// The text in a language.
    pub fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }

    /// For views: follows the language.
    pub fn get(self) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || self.read()
    }

    /// The text now, and again when the language changes (inside views and effects).
    pub fn read(self) -> &'static str {
        self.of(app().lang.get())
    }

    /// The text now, without following the language (inside event handlers).
    pub fn now(self) -> &'static str {
        self.of(app().lang.get_untracked())
    }

    /// The text with each `{}` replaced in order; follows the language.
    pub fn fill(self, parts: &[&str]) -> String {
        put(self.read(), parts)
    }

    /// The same in a language.
    pub fn fill_of(self, lang: Lang, parts: &[&str]) -> String {
        put(self.of(lang), parts)
    }

    /// As [`Text::fill`], inside event handlers.
    pub fn fill_now(self, parts: &[&str]) -> String {
        put(self.now(), parts)
    }
}

fn put(text: &str, parts: &[&str]) -> String {
    let mut pieces = text.split("{}");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for (index, piece) in pieces.enumerate() {
        out.push_str(parts.get(index).copied().unwrap_or_default());
        out.push_str(piece);
    }
    out
}

macro_rules! texts {
    ($($name:ident = $en:literal, $zh:literal;)*) => {
        $(#[allow(missing_docs)] pub const $name: $crate::text::Text = $crate::text::Text::new($en, $zh);)*
    };
}
pub(crate) use texts;

texts! {
    // Log-in and preferences
    LOG_IN = "Log in", "登录";
    MY_ACCOUNT = "My account", "我的账户";
    LOG_OUT = "Log out", "退出登录";
    TAGLINE = "Customer work that follows your rules", "让客户业务按您的规则运转";
    USER_NAME = "User name", "用户名";
    PASSWORD = "Password", "密码";
    SHOW_PASSWORD = "Show password", "显示密码";
    LOGIN_MISSING = "Enter your user name and password.", "请输入用户名和密码。";
    LOGIN_WRONG = "User name or password is not right.", "用户名或密码不正确。";
    LOGIN_THROTTLED = "Too many attempts. Wait a few minutes, then try again.", "尝试次数过多，请几分钟后再试。";
    SESSION_ENDED = "Log in again", "请重新登录";
    SESSION_ENDED_WHY = "Your session has ended. What you entered is still here.", "登录已失效，您填写的内容仍然保留。";
    STILL_LOGGED_IN = "You are still logged in.", "您仍处于登录状态。";
    PREFERENCE_NOT_KEPT = "Your choice holds in this browser only; it could not be kept.", "此设置只在当前浏览器生效，未能保存。";
    LANGUAGE = "Language", "语言";
    THEME = "Theme", "主题";
    THEME_LIGHT = "Light", "浅色";
    THEME_DARK = "Dark", "深色";
    THEME_SYSTEM = "As the system", "跟随系统";

    // Frame
    SKIP = "Skip to content", "跳到内容";
    MAIN_NAVIGATION = "Main", "主导航";
    INBOX = "Inbox", "待办";
    RECORDS = "Records", "业务";
    NOTICES = "Notices", "通知";
    STUDIO = "Studio", "设计器";
    ADMINISTRATION = "Administration", "系统管理";
    PEOPLE = "People", "用户";
    AUDIT_LOG = "Audit log", "审计日志";
    INCIDENTS = "Incidents", "异常";
    ME = "Me", "我的";
    SEARCH_COMMANDS = "Go to…", "搜索、跳转";
    NARROW_RAIL = "Collapse navigation", "收起导航";
    WIDE_RAIL = "Expand navigation", "展开导航";
    NO_RESULTS = "Nothing matches.", "没有匹配项。";
    GO_TO = "Go to", "前往";
    CREATE = "Create", "新建";
    NEW_OF = "New in {}", "新建：{}";
    SETTINGS = "Settings", "设置";
    OFFLINE = "No connection. What you enter stays on this page.", "无法连接服务器，您填写的内容会保留在本页。";
    CLOSE = "Close", "关闭";
    BACK = "Back", "返回";
    CANCEL = "Cancel", "取消";
    MORE = "More", "更多";
    RETRY = "Try again", "重试";
    YES = "Yes", "是";
    NO = "No", "否";
    OPEN_NEW_TAB = "Open in a new tab", "在新标签页中打开";
    COPY_LINK = "Copy link", "复制链接";
    COPIED = "Link copied.", "链接已复制。";
    LEAVE_TITLE = "Leave without saving?", "不保存就离开吗？";
    LEAVE_WHY = "The changes on this page are not saved yet.", "本页的修改尚未保存。";
    LEAVE = "Leave", "离开";
    STAY = "Stay", "留下";

    MY_CASES = "My cases", "我的单据";
    UNREAD = "Unread", "未读";

    // States of a page
    LOADING = "Loading…", "加载中…";
    NOT_FOUND = "Nothing here", "没有找到内容";
    NOT_FOUND_WHY = "This page or record does not exist, or not any more.", "此页面或记录不存在，或已被删除。";
    NO_RIGHTS = "No access", "没有权限";
    NO_RIGHTS_WHY = "You do not have the right to see this. Ask an administrator if you need it.", "您没有查看权限，如有需要请联系管理员。";
    UNREACHABLE = "The server cannot be reached", "无法连接服务器";
    UNREACHABLE_WHY = "Check the connection, then try again. Nothing is lost.", "请检查网络后重试，内容不会丢失。";
    FAILED = "This did not work", "操作未成功";
    FAILED_WHY = "Something went wrong on our side. Try again in a moment.", "服务器出现问题，请稍后重试。";
    REFERENCE = "Reference: {}", "参考编号：{}";
    TOO_LARGE = "That is more than fits in one request.", "内容超出大小限制。";
    THROTTLED = "Too many requests. Wait a moment.", "请求过于频繁，请稍候。";
    BUSY = "The server is busy. Try again in a moment.", "服务器繁忙，请稍后重试。";
    CONFLICT_SHORT = "Somebody else changed this meanwhile.", "其他人刚刚修改了此内容。";
    REPEATED = "An earlier try was saved after all, with what you had entered then. Open it to change it further.", "之前的提交其实已经保存，内容为当时所填。请打开该记录继续修改。";
    REPEATED_OPEN = "Open it", "打开记录";
    INVALID_FIELDS = "Some fields need your attention.", "部分字段需要修改。";
    IN_USE = "Other records refer to it, so it stays.", "其他记录正在引用它，不能删除。";
    DUPLICATE_SHORT = "A similar record already exists.", "已存在相似的记录。";
    MALFORMED = "The answer could not be read. Reload the page.", "无法读取返回内容，请刷新页面。";

    ROWS_OF = "{} rows", "{} 行";
    FLOW_SUSPENDED = "This flow is suspended at the moment.", "该流程当前已挂起。";
    LIMIT_REACHED = "That is more than is allowed at once.", "超出允许的数量或时长。";
    CANNOT_RETURN = "It cannot be returned to that step.", "无法退回到该步骤。";
    IS_LENT = "It is lent to somebody and goes back first.", "任务已委派，交还后才能完成。";
    TASK_SUSPENDED = "This step is suspended.", "此步骤已暂停。";
    WAITS_FOR_SIGNERS = "Others sign before you.", "需等待他人先签。";
    ALREADY_SIGNED = "This person signs already.", "该人员已在会签名单中。";
    CANNOT_GET_IT = "This person cannot get the task.", "该人员不能接收此任务。";
    OTHER_HANDS = "Who did the step before must not do this one.", "前一步骤的处理人不能处理此步骤。";
    ALREADY_BEGUN = "Somebody has begun already.", "对方已开始处理。";
    URGED_ALREADY = "They were asked a moment ago. Try again later.", "刚刚已催办，请稍后再试。";
    TAKEN = "Somebody else has claimed this task already.", "该任务已被其他人领取。";
    TASK_GONE = "This task was taken or done by somebody else meanwhile.", "该任务已被他人领取或处理。";
    NOT_YOURS = "This is not yours to do.", "您不能执行此操作。";

    // Lists
    SEARCH = "Search", "搜索";
    SEARCH_IN = "Search {}", "搜索{}";
    ADD_FILTER = "Filter", "筛选";
    CLEAR_FILTERS = "Clear filters", "清除筛选";
    REMOVE_FILTER = "Remove filter {}", "移除筛选：{}";
    COLUMNS = "Columns", "列";
    DENSITY = "Row height", "行高";
    DENSE = "Compact", "紧凑";
    ROOMY = "Comfortable", "宽松";
    LIST = "List", "列表";
    RUNNING = "Running flows", "运行中的流程";
    NEW = "New", "新建";
    EMPTY_LIST = "No records yet", "还没有记录";
    EMPTY_LIST_WHY = "Records you may see will stand here.", "您有权查看的记录会显示在这里。";
    EMPTY_FILTERED = "Nothing matches", "没有匹配的记录";
    EMPTY_FILTERED_WHY = "Change the search or remove a filter.", "请修改搜索词或移除筛选条件。";
    MORE_ROWS = "Show more", "显示更多";
    SHOWN = "{} shown", "已显示 {} 条";
    SHOWN_OF = "{} of {}", "{} / {} 条";
    RESET = "Reset", "重置";
    CONTAINS = "contains", "包含";
    BLANK = "is empty", "为空";
    FILLED = "is filled", "不为空";
    FROM = "From", "从";
    TO = "To", "到";
    TODAY = "Today", "今天";
    LAST_7 = "Last 7 days", "近 7 天";
    LAST_30 = "Last 30 days", "近 30 天";
    DAYS_AGO = "{} days ago", "{} 天前";
    UP = "Move up", "上移";
    DOWN = "Move down", "下移";
    IS_ME = "Me", "我";
    UP_TO = "up to {}", "至 {}";
    SINCE = "since {}", "自 {}";
    NUMBER = "Number", "编号";
    OWNER = "Owner", "负责人";
    DEPARTMENT = "Department", "部门";
    CREATED_AT = "Created", "创建时间";
    UPDATED_AT = "Changed", "更新时间";
    CREATED_BY = "Created by", "创建人";
    STAGE = "Stage", "阶段";

    VIEWS = "Views", "视图";
    VIEW_EVERYTHING = "Everything", "全部记录";
    VIEW_KEEP = "Keep this list…", "保存当前列表…";
    VIEW_KEEP_WHY = "Search, filter, sort or choose columns first.", "请先搜索、筛选、排序或选择列。";
    VIEW_KEEP_HERE = "Keep the list as it is now as {}", "用当前列表更新“{}”";
    VIEW_RENAME = "Name and share {}", "命名与共享“{}”";
    VIEW_TITLE = "Name of the view", "视图名称";
    VIEW_SHARE = "Everybody with these roles sees it too", "以下角色也可以看到";

    KIND_EVENT = "Event", "事件";
    KIND_GATEWAY = "Gateway", "网关";
    KIND_STEP = "Step", "步骤";
    KIND_SUB = "Subprocess", "子流程";

    // Board
    MOVE_TO = "Move to…", "移至…";
    MOVE_CARD = "Move {} to", "将 {} 移至";
    MOVED = "Moved to {}.", "已移至“{}”。";
    MOVE_REFUSED = "It cannot go to {} from here.", "当前不能移至“{}”。";
    MOVE_NOT_STEP = "The flow has no step that leads there.", "流程中没有通往该阶段的步骤。";
    MOVE_NOT_YOURS = "The step that leads there is somebody else's.", "通往该阶段的步骤由其他人处理。";
    MOVE_NO_TASK = "No step is open for it at the moment.", "当前没有可处理的步骤。";
    MOVE_ALLOWED = "From here it can go to: {}.", "当前可以移至：{}。";
    EMPTY_COLUMN = "Nothing here", "暂无";
    MORE_CARDS = "{} more in the list", "其余 {} 条见列表";

    // Record page
    EDIT = "Edit", "编辑";
    SAVE = "Save", "保存";
    SAVED = "Saved.", "已保存。";
    DELETE = "Delete", "删除";
    DELETE_TITLE = "Delete {}?", "删除“{}”？";
    DELETE_WHY = "It is moved out of every list. Its history is kept.", "它将从所有列表中移除，历史仍会保留。";
    DELETED = "Deleted.", "已删除。";
    DETAILS = "Details", "详情";
    TIMELINE = "Timeline", "动态";
    FLOWS = "Flows", "流程";
    RELATED = "Related", "相关";
    OPEN_TASKS = "Open tasks", "待处理任务";
    NO_HISTORY = "Nothing has happened yet.", "暂无历史。";
    LINKED_OPTIONAL = "Leave this empty if there is none yet.", "暂无可不填。";
    OPEN_OF = "Open: {}", "打开{}";
    NO_RELATED = "None yet", "暂无";
    SHOW_ALL = "Show all", "查看全部";
    CHANGED_BY = "{} changed this record meanwhile. What you entered stays here.", "{} 刚刚修改了此记录，您填写的内容仍保留。";
    TAGS_HOW = "Type and press Enter", "输入后按回车";
    NOT_TAKEN = "“{}” is not in the list, so it was not taken.", "列表中没有“{}”，未采用。";
    SHOW_ANEW = "Show it as it is now", "显示最新内容";
    CHANGED_ELSEWHERE = "This record was changed meanwhile.", "此记录刚刚被修改。";
    FORM_CHANGED = "This form was changed while you were at it. What you typed is kept as a draft.", "您填写期间表单已更新。已填内容保存为草稿。";
    FORM_CHANGED_LOAD = "Load the new form", "载入新表单";
    SYSTEM = "System", "系统";
    EMPTY_VALUE = "empty", "空";
    CHANNEL_API = "API", "接口";
    CHANNEL_IMPORT = "import", "导入";
    CHANNEL_FLOW = "flow", "流程";
    CHANNEL_SCRIPT = "script", "脚本";
    STARTED = "Started", "开始";
    STATE_RUNNING = "running", "运行中";
    STATE_SUSPENDED = "suspended", "已挂起";
    STATE_FINISHED = "finished", "已结束";
    STATE_CANCELLED = "cancelled", "已取消";
    OLD_VERSION = "older version of the flow", "旧版流程";
    YOU_ARE_HERE = "You are here", "当前位置";
    DIAGRAM = "Diagram", "流程图";
    NO_DIAGRAM = "There is no drawing of this flow.", "此流程没有流程图。";
    INCIDENT_OF = "{} incidents", "{} 个异常";

    YOURS = "Yours", "由您处理";
    NOBODY_YET = "Not claimed yet", "尚未领取";
    NOTHING_RUNS = "Nothing is running", "没有运行中的流程";
    NOTHING_RUNS_WHY = "Flows that wait for somebody or something will stand here.", "等待处理的流程会显示在这里。";
    RECORD = "Record", "记录";
    STANDS_AT = "Stands at", "当前步骤";
    STATE = "State", "状态";
    RUNNING_OF = "{} running", "{} 个运行中";
    INSTANCES = "Instances", "实例";

    // Inbox
    BOX_MINE = "Mine", "我的待办";
    BOX_GROUP = "To claim", "待领取";
    BOX_STARTED = "Started by me", "我发起的";
    BOX_SENT = "Sent on by me", "我转出的";
    BOX_DONE = "Done by me", "我已办的";
    BOX_ALL = "All", "全部";
    TASK = "Task", "任务";
    CHOOSE_TASK = "Choose a task from the list.", "请从列表中选择任务。";
    EMPTY_INBOX = "All done", "全部处理完毕";
    CLAIMABLE_OF = "{} wait to be claimed", "{}项待领取";
    EMPTY_INBOX_WHY = "Tasks you are to do will appear here by themselves.", "需要您处理的任务会自动出现在这里。";
    KEYS_WALK = "next, previous", "下一个、上一个";
    KEYS_DONE = "complete", "完成";
    CLAIM = "Claim", "领取";
    CLAIM_FIRST = "Claim this task to work on it.", "领取后即可处理此任务。";
    RELEASE = "Give back", "退还";
    HAND_OVER = "Hand over", "转交";
    HANDED_OVER = "Handed over.", "已转交。";
    CHOOSE_PERSON = "Choose somebody.", "请选择人员。";
    RETURN = "Return", "退回";
    RETURN_TO = "To which step", "退回到哪一步";
    RETURNED = "Returned", "被退回";
    RETURNED_DONE = "Returned.", "已退回。";
    REASON = "Reason", "原因";
    REASON_REQUIRED = "Say why.", "请填写原因。";
    COMMENT = "Comment", "意见";
    COMMENT_REQUIRED = "Say something about it.", "请填写意见。";
    DONE = "Done", "完成";
    TASK_DONE = "Done. The flow goes on.", "已完成，流程继续。";
    UNCLAIMED = "To claim", "待领取";
    URGENT = "Urgent", "紧急";
    OVERDUE = "Overdue", "已超时";
    OVERDUE_SINCE = "was due {}", "{}已超时";
    DUE_IN = "due {}", "{}到期";

    // Notices, portal, administration
    READ_ALL = "Mark all as read", "全部标为已读";
    NO_NOTICES = "No notices", "没有通知";
    NO_NOTICES_WHY = "What concerns you will be told here.", "与您有关的消息会显示在这里。";
    WELCOME = "Welcome, {}", "欢迎，{}";
    ASKED_OF_YOU = "We need your answer", "需要您的答复";
    FILE_ONE = "New", "新建";
    PORTAL_EMPTY_WHY = "What you report to us will stand here with its state.", "您提交的内容及其进展会显示在这里。";
    NAME = "Name", "姓名";
    ROLES = "Roles", "角色";
    REGIONS = "Regions", "区域";
    SKILLS = "Skills", "技能";
    MANAGER = "Manager", "上级";
    NONE = "None", "无";
    REMOVE_OF = "Remove {}", "移除{}";
    PASSWORD_TOO_SHORT = "At least 8 characters are needed.", "密码至少 8 位。";
    LAST_ADMIN = "You cannot take the administration from yourself.", "不能取消自己的管理员角色。";
    ON_DUTY = "On duty", "在岗";
    OFF_DUTY = "Off duty", "不在岗";
    DISABLED = "Disabled", "已停用";
    DEPARTMENTS = "Departments", "部门";
    PORTAL_ROLES = "A customer’s person holds the role of customers, and no other.", "客户人员只能且必须拥有客户角色。";
    OF_CUSTOMER = "Person of this customer (sees the portal only)", "所属客户（仅可访问客户门户）";
    ADD_PERSON = "Add person", "添加用户";
    NEW_PASSWORD = "New password (empty: as it is)", "新密码（留空则不变）";
    WHEN = "When", "时间";
    WHAT = "What", "事件";
    WHO = "Who", "人员";
    ADDRESS = "Address", "地址";
    EVERYTHING = "Everything", "全部";
    AUDIT_LOGIN = "Logged in", "登录";
    AUDIT_LOGIN_FAILED = "Log-in refused", "登录失败";
    AUDIT_LOGOUT = "Logged out", "退出";
    AUDIT_PUBLISH = "Published", "发布";
    AUDIT_PLANNED = "Planned a publication", "设定定时发布";
    AUDIT_RECALLED = "Took a planned publication back", "取消定时发布";
    AUDIT_PLAN_FAILED = "A planned publication failed", "定时发布失败";
    AUDIT_MOVED = "Moved running instances to a new version", "迁移运行中的实例到新版本";
    AUDIT_INSTALL = "Installed a pack", "安装业务包";
    AUDIT_USER = "Changed a person", "修改用户";
    AUDIT_PASSWORD = "Changed their password", "修改密码";
    AUDIT_DEPARTMENT = "Changed a department", "修改部门";
    AUDIT_DEPARTMENT_GONE = "Removed a department", "删除部门";
    EXPORT = "Save this list as a file (CSV)", "导出此列表（CSV）";
    AUDIT_EXPORT = "Exported", "导出";
    AUDIT_DELETE = "Deleted", "删除";
    AUDIT_SAMPLES = "Made the sample records", "创建演示数据";
    AUDIT_ABSENCE = "Entered an absence", "登记缺勤";
    AUDIT_ABSENCE_OVER = "Removed an absence", "取消缺勤";
    AUDIT_UNMASK = "Uncovered a masked value", "查看脱敏内容";
    NO_INCIDENTS = "No incidents", "没有异常";
    NO_INCIDENTS_WHY = "A flow that cannot go on by itself will stand here with the reason.", "无法自动继续的流程及原因会显示在这里。";
    RETRIED = "It is tried again.", "正在重试。";

    // Forms
    CHOOSE = "Choose…", "请选择…";
    SEARCH_CHOOSE = "Search…", "搜索…";
    CLEAR = "Clear", "清除";
    ADD_ROW = "Add row", "添加一行";
    REMOVE_ROW = "Remove row {}", "删除第 {} 行";
    RESET_FORMULA = "Back to the formula", "恢复公式值";
    SAVE_ANYWAY = "Save anyway", "仍然保存";
    FAULTS_OF = "Fields that need your attention: {}.", "有 {} 处需要修改。";
    FAULT_REQUIRED = "Fill this in.", "请填写此项。";
    FAULT_MIN_LENGTH = "Enter at least {} characters.", "至少输入 {} 个字符。";
    FAULT_MAX_LENGTH = "At most {} characters.", "最多 {} 个字符。";
    FAULT_MINIMUM = "Must be {} or more.", "不能小于 {}。";
    FAULT_MAXIMUM = "Must be {} or less.", "不能大于 {}。";
    FAULT_OVER = "Must be more than {}.", "必须大于 {}。";
    FAULT_UNDER = "Must be less than {}.", "必须小于 {}。";
    FAULT_MIN_ITEMS = "Add at least {}.", "至少添加 {} 项。";
    FAULT_MAX_ITEMS = "At most {}.", "最多 {} 项。";
    FAULT_TYPE = "This is not in the right form.", "内容类型不正确。";
    FAULT_FORMAT = "Check how this is written.", "格式不正确，请检查。";
    FAULT_CHOICE = "Choose one of the offered values.", "请从可选项中选择。";
    FAULT_UNIQUE = "Another record has this already.", "已被其他记录使用。";
    FAULT_TREE_CYCLE = "This record already stands below this one.", "所选记录已经在本记录之下，不能循环。";
    FAULT_TREE_TOO_DEEP = "At most {} levels are possible.", "最多 {} 级。";
    FAULT_REFERENCE = "This record does not exist any more.", "所引用的记录不存在。";
    FAULT_READONLY = "You cannot change this.", "您不能修改此项。";
    FAULT_CUT_SHORT = "The rule “{}” takes too long to work this out, so nothing was saved. Whoever looks after this form has to simplify it.", "规则“{}”计算超时，未保存。请联系表单管理员简化该规则。";
    FAULT_NOT_CONVERTIBLE = "The flow sets a value that does not fit this field any more. Move it to the newest version of its flow.", "流程写入的值与该字段的现有类型不符，请将实例迁移到最新流程版本。";
    FAULT_FILE_TYPE = "This kind of file is not taken here. Taken are: {}", "不支持此类文件，可上传：{}";
    FAULT_FILE_SIZE = "A file may have at most {}.", "单个文件不能超过 {}。";
    FAULT_NO_FILE = "This file does not exist any more. Choose it again.", "该文件已不存在，请重新选择。";
    FAULT_NOBODY_FOLLOWS = "There is nobody else who could take this over.", "没有其他人可以接替，不能取消。";
    CHOOSE_FILE = "Choose a file", "选择文件";
    CHOOSE_FILES = "Choose files", "选择文件";
    DROP_FILES = "or drop them here", "或拖放到此处";
    FILE_ARRIVED = "{} is uploaded.", "{} 已上传。";
    FILES_SENDING = "Some files are still being uploaded.", "文件仍在上传，请稍候。";
    FAULT_OTHER = "This value is not accepted.", "此值不被接受。";
    DUPLICATE_WARN = "Similar records exist already:", "已有相似记录：";
    DUPLICATE_STOP = "This record exists already:", "该记录已存在：";
    DRAFT_FOUND = "There is an unsaved text of yours from", "您有未保存的内容，时间：";
    DRAFT_RESTORE = "Restore", "恢复";
    DRAFT_DROP = "Discard", "丢弃";
    CONFLICT_TITLE = "Changed by somebody else", "已被他人修改";
    CONFLICT_WHY = "These fields were changed while you were editing. Choose what to keep for each; everything else you entered stays.", "编辑期间以下字段已被他人修改，请逐项选择保留的内容，其余内容不受影响。";
    CONFLICT_YOURS = "Yours", "您的内容";
    CONFLICT_THEIRS = "{}’s", "{} 的内容";
    CONFLICT_SAVE = "Save these", "按所选保存";
    CONFLICT_READ = "These were changed after you had read them. Nothing is decided yet: go on if it still holds.", "您查看之后，以下内容已被修改。尚未提交，确认无误后可继续。";
    CONFLICT_BASE = "When you read it", "您查看时";
    CONFLICT_GO_ON = "Decide all the same", "仍然提交";
}
