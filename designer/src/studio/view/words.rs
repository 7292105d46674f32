//! What the view designer says.

use crate::text::texts;

texts! {
    RESTORE = "Shipped version…", "出厂版本…";
    VIEW = "View", "视图";
    FORMS = "Forms", "表单";
    COLUMNS = "Columns", "列";
    SORT = "Sorted by", "排序";
    FILTERS = "Filters offered", "提供的筛选";
    CARD = "On a card; the first is its heading", "卡片内容，第一项为标题";
    GROUP = "A column for every", "分列依据";
    SUM = "Summed up per column", "每列合计";
    NO_SUM = "nothing", "不合计";
    WIDTH = "Width in pixels", "宽度（像素）";
    WIDTH_AUTO = "auto", "自动";
    UP = "Ascending", "升序";
    DOWN = "Descending", "降序";
    ADD = "Add", "添加";
    REMOVE = "Remove", "删除";
    NEW_LIST = "New list", "新列表";
    NEW_BOARD = "New board", "新看板";
    NEW_FORM = "New form", "新表单";
    SAMPLES = "With {} demo records of the pack.", "以业务包中的 {} 条示例记录展示。";
    NO_SAMPLES = "The pack has no demo records of this module; lines stand for records.", "业务包中没有此模块的示例记录，以占位行展示。";
    START = "By the date", "按日期";
    END = "Until the date", "到日期";
    SAME_DAY = "the same day", "当天";
    ON_DAY = "Shown on a day; the first is the heading", "日期内显示，第一项为标题";
    PARENT = "Stands under", "上级字段";
    BY_NAME = "by name", "按名称";
    LINE = "Timeline", "时间线";
    LINE_TAB = "under a tab of its own", "单独标签页";
    LINE_BESIDE = "beside the facts", "在内容旁边";
    LINE_BELOW = "below the facts", "在内容下方";
    SECTION = "Section", "分组";
    NEW_SECTION = "Facts", "基本信息";
    ADD_SECTION = "Add a section", "添加分组";
    REMOVE_SECTION = "Remove the section", "移除分组";
    TITLE = "Title", "标题";
    LIST = "List of what belongs to it", "关联列表";
    LISTS = "Lists of what belongs to it", "关联列表";
    ADD_LIST = "Add a list", "添加列表";
    REMOVE_LIST = "Remove the list", "移除列表";
    NEW_CALENDAR = "New calendar", "新日历";
    NEW_TREE = "New tree", "新树形视图";
    NEW_DETAIL = "Page of a record", "记录详情页";
    NO_DATE = "A calendar needs a date, and this module has none.", "日历需要日期字段，而此模块没有。";
    NO_PARENT = "A tree needs a reference to the same module, and there is none.", "树形视图需要引用本模块的字段，而此模块没有。";
    NO_DAYS = "No demo record has a day in “{}”: those shown are made up.", "示例记录均未填写“{}”，此处日期仅为示意。";
    DELETE = "Delete the view", "删除视图";
    DELETE_TITLE = "Delete “{}”?", "删除“{}”？";
    DELETE_WHY = "Nobody will find it any more once this is published. Records stay as they are.", "发布后将不再可用，记录不受影响。";
}
