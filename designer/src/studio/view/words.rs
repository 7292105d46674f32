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
}
