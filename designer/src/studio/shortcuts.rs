//! What the keyboard can do in the studio: the sheet that `?` opens. It is loaded when somebody asks for it.

use leptos::prelude::*;

use super::words;
use crate::text::{Text, texts};
use crate::ui::dialog::Dialog;

texts! {
    EVERYWHERE = "Everywhere in the studio", "设计器通用";
    CANVAS = "On the canvas", "在流程画布上";
    FORM = "On a form", "在表单设计器中";
    PALETTE = "Go to, and everything that can be done", "跳转与全部命令";
    UNDO = "Undo, redo", "撤销、重做";
    ALERT = "Next alert, the one before", "下一个问题、上一个问题";
    THIS = "This list", "显示此列表";
    ALL = "Select everything", "全选";
    DOUBLE = "Duplicate", "复制一份";
    COPY = "Copy, cut, paste", "复制、剪切、粘贴";
    NAME = "Rename", "重命名";
    DELETE = "Delete", "删除";
    GIVE_UP = "Give up, select nothing, leave the subprocess", "放弃、取消选择、离开子流程";
    WALK = "Walk along the flow", "沿流程移动选择";
    MOVE = "Move what is selected", "移动所选元素";
    SIZE = "Wider, narrower, higher, lower", "加宽、收窄、加高、压低";
    MORE = "Walk along and select more", "移动并扩选";
    MOVE_NAME = "Move its name", "移动名称";
    LOOK = "Move the picture; with Shift faster", "移动画面，按住 Shift 更快";
    ZOOM = "Larger, smaller, everything", "放大、缩小、显示全部";
    FIND = "Find", "查找";
    ANYTHING = "Append anything, add anything", "追加元素、添加元素";
    APPEND = "Append a user task, a gateway", "追加用户任务、网关";
    REPLACE = "Change type", "更改类型";
    CONNECT = "Connect", "连接";
    BREAK = "Breakpoint", "断点";
    TOOLS = "Hand, lasso, space", "抓手、套索、间距";
    FIRST = "The first element", "第一个元素";
    PROPERTIES = "To the properties", "转到属性";
    FIELDS = "From field to field; with Shift several", "在字段间移动，按住 Shift 多选";
    SHIFT = "Move the field", "移动字段";
    WIDER = "Wider, narrower", "加宽、收窄";
    TYPE = "Look for a type of field", "查找字段类型";
    TAKE_OFF = "Take off the form", "从表单移除";
}

/// Keys (alternatives apart by a blank) and what they do.
type Rows = &'static [(&'static str, Text)];

const ALWAYS: Rows = &[("Ctrl+K", PALETTE), ("Ctrl+Z Ctrl+Shift+Z", UNDO), ("F8 Shift+F8", ALERT), ("?", THIS)];
const ON_CANVAS: Rows = &[
    ("← → ↑ ↓", WALK),
    ("Alt+←→↑↓", MORE),
    ("Shift+←→↑↓", MOVE),
    ("] [ } {", SIZE),
    ("Alt+Shift+←→↑↓", MOVE_NAME),
    ("Ctrl+←→↑↓", LOOK),
    ("Ctrl++ Ctrl+- Ctrl+0", ZOOM),
    ("Ctrl+F", FIND),
    ("Home", FIRST),
    ("Enter", PROPERTIES),
    ("A N", ANYTHING),
    ("T G", APPEND),
    ("C", CONNECT),
    ("R", REPLACE),
    ("F2", NAME),
    ("Ctrl+A", ALL),
    ("Ctrl+D", DOUBLE),
    ("Ctrl+C Ctrl+X Ctrl+V", COPY),
    ("Del", DELETE),
    ("H L S", TOOLS),
    ("B", BREAK),
    ("Esc", GIVE_UP),
];
const ON_FORM: Rows = &[
    ("↑ ↓", FIELDS),
    ("Alt+↑ Alt+↓", SHIFT),
    ("] [", WIDER),
    ("a…z", TYPE),
    ("F2", NAME),
    ("Ctrl+A", ALL),
    ("Ctrl+C Ctrl+X Ctrl+V", COPY),
    ("Del", TAKE_OFF),
];

/// The sheet.
pub fn dialog(open: RwSignal<bool>) -> AnyView {
    let group = |title: Text, rows: Rows| {
        let rows = rows.iter().map(|(keys, what)| {
            let keys = keys.split(' ').map(|it| view! { <kbd>{it}</kbd> }).collect_view();
            view! { <div class="shortcut"><dt>{what.get()}</dt><dd>{keys}</dd></div> }
        });
        view! { <section><h3 class="side-title">{title.get()}</h3><dl>{rows.collect_view()}</dl></section> }
    };
    view! {
        <Dialog open=open title=words::SHORTCUTS wide=true>
            <div class="body shortcuts">{group(EVERYWHERE, ALWAYS)}{group(CANVAS, ON_CANVAS)}{group(FORM, ON_FORM)}</div>
        </Dialog>
    }
    .into_any()
}
