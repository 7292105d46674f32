//! The words of the canvas, in English and 简体中文: kinds of elements, tools, reasons why not.

use edit::allowed::Forbidden;
use edit::colour::Colour;
use edit::kind::{Family, Group, Kind, Trigger};
use edit::tree::Line;

use crate::text::{Text, texts};

texts! {
    BREAKPOINT = "Breakpoint (B): running on stops here", "断点（B）：连续运行到此停下";
    HAND = "Hand (H): drag the picture", "抓手（H）：拖动画布";
    LASSO = "Lasso (L): select by area", "套索（L）：框选";
    SPACE = "Space (S): make or take room", "间距（S）：腾出或收回空间";
    CONNECT_TOOL = "Connect (C)", "连接（C）";
    TOOLS = "Tools", "工具";
    CREATE_ANYTHING = "Add anything (N)", "添加任意元素（N）";
    APPEND_ANYTHING = "Append anything (A)", "追加任意元素（A）";
    REPLACE_WITH = "Change type (R)", "更改类型（R）";
    STRAIGHTEN = "Draw the line anew", "重新走线";
    LEADS_FROM = "From", "来自";
    LEADS_TO = "To", "通向";
    INSIDE_GONE = "What was inside {} went with it. Undo brings it back.", "{}内的内容已随之删除，可撤销恢复。";
    FIND_KIND = "Type to find…", "输入以查找…";
    NO_KIND = "Nothing like that can be put here.", "没有可用于此处的元素。";
    FIND = "Find on the canvas (Ctrl+F)", "在画布上查找（Ctrl+F）";
    FIND_WHAT = "Name, type or id…", "名称、类型或标识…";
    FOUND_NONE = "Nothing found", "没有找到";
    OPEN_INSIDE = "Open: show what is inside", "打开：查看内部";
    FOLD = "Fold", "折叠";
    UNFOLD = "Unfold", "展开";
    POOL_CLOSE = "Show nothing inside: messages lead to the pool", "清空池内内容，消息流改接到池";
    WHERE = "Where you are", "当前位置";
    ALIGN_LEFT = "Align left", "左对齐";
    ALIGN_CENTRE = "Align centres", "水平居中";
    ALIGN_RIGHT = "Align right", "右对齐";
    ALIGN_TOP = "Align top", "顶端对齐";
    ALIGN_MIDDLE = "Align middles", "垂直居中";
    ALIGN_BOTTOM = "Align bottom", "底端对齐";
    DISTRIBUTE_FLAT = "Even distances across", "水平等距";
    DISTRIBUTE_STEEP = "Even distances down", "垂直等距";
    ARRANGE_SELECTION = "Lay out the selection", "自动布局所选";
    ARRANGE_HINT = "Lay out the whole flow anew. Undo brings the old picture back.", "重新布局整个流程，可撤销。";
    MINIMAP = "Overview", "缩略图";
    LANE_ABOVE = "Lane above", "上方添加泳道";
    LANE_BELOW = "Lane below", "下方添加泳道";
    DIVIDE_2 = "Divide into two lanes", "分成两条泳道";
    DIVIDE_3 = "Divide into three lanes", "分成三条泳道";
    COPIED = "{} copied.", "已复制 {}。";
    NOTHING_TO_PASTE = "The clipboard holds no elements.", "剪贴板中没有流程元素。";
    LOOP = "Loop", "循环";
    MULTI_PARALLEL = "Several at once", "多实例并行";
    MULTI_SEQUENTIAL = "Several in turn", "多实例串行";
    FOR_COMPENSATION = "Compensation", "补偿";
    NON_INTERRUPTING = "Lets the activity go on", "不中断活动";
    COLLECTION = "A list", "集合";
    DEFAULT_FLOW = "Default way", "默认路径";
    CONDITIONAL_FLOW = "With a condition", "带条件";
    INSTANTIATES = "Starts the flow", "启动流程";
    COLOUR = "Colour", "颜色";
    COLOUR_NONE = "No colour", "无颜色";
    COLOUR_BLUE = "Blue", "蓝色";
    COLOUR_GREEN = "Green", "绿色";
    COLOUR_ORANGE = "Orange", "橙色";
    COLOUR_RED = "Red", "红色";
    COLOUR_PURPLE = "Purple", "紫色";
    COLOUR_GREY = "Grey", "灰色";
    POOL_OWN_HELP = "This pool is the flow itself. Draw messages between its steps and the pools beside it.", "该池即流程本身。可在其步骤与旁边的池之间连接消息流。";
    POOL_HELP = "Somebody the flow works with: a customer, a supplier, another flow. It is drawn and exported, not run.", "与流程往来的一方：客户、供应商或其他流程。仅用于绘制和导出，不会执行。";
    POOL_SHOWN = "What it holds came with a file. It is kept and shown, not edited.", "其中内容来自导入的文件，会保留并显示，但不能编辑。";
    POOL_FLOW = "Stands for the flow", "代表的流程";
    POOL_OUTSIDE = "Somebody outside", "外部参与者";
    TURN = "Turn: pools and lanes stand or lie", "旋转：池与泳道竖排或横排";
    POOL_LANES = "Add lanes", "添加泳道";
    FROM_TO = "{} → {}", "{} → {}";
    WHICH_PROCESS = "Which process becomes this flow?", "将哪个流程导入到此处？";
    WHICH_PROCESS_HELP = "The others stay as pools beside it, with what they hold.", "其余流程作为旁边的池保留其内容。";
    TAKE_PROCESS = "Import", "导入";
    LEFT_OUT = "Not taken over, because they are in no pool with it: {}.", "以下流程与其不在同一协作中，未导入：{}。";
    LANE_ROLE = "Role of this lane", "泳道角色";
    LANE_ROLE_HELP = "Steps in this lane without a performer of their own are done by it.", "泳道内未指定办理人的步骤由该角色办理。";
    NAME_OF_MESSAGE = "Message", "消息";
    NAME_OF_SIGNAL = "Signal", "信号";
    NAME_OF_ERROR = "Error", "错误";
    NAME_OF_ESCALATION = "Escalation", "升级";
    CODE = "Code", "代码";
}

/// Name of a colour.
pub fn colour(it: Colour) -> Text {
    match it {
        Colour::Blue => COLOUR_BLUE,
        Colour::Green => COLOUR_GREEN,
        Colour::Orange => COLOUR_ORANGE,
        Colour::Red => COLOUR_RED,
        Colour::Purple => COLOUR_PURPLE,
        Colour::Grey => COLOUR_GREY,
    }
}

/// Name of a kind of node.
pub fn kind(it: Kind) -> Text {
    match it {
        Kind::Start(trigger) => start(trigger),
        Kind::End(trigger) => end(trigger),
        Kind::Catch(trigger) => catch(trigger),
        Kind::Throw(trigger) => throw(trigger),
        Kind::Boundary(trigger) => boundary(trigger),
        Kind::UserTask => Text::new("User task", "用户任务"),
        Kind::ManualTask => Text::new("Manual task", "手工任务"),
        Kind::ServiceTask => Text::new("Service task (plugin)", "服务任务（插件）"),
        Kind::ScriptTask => Text::new("Script task", "脚本任务"),
        Kind::SendTask => Text::new("Send task", "发送任务"),
        Kind::ReceiveTask => Text::new("Receive task", "接收任务"),
        Kind::RuleTask => Text::new("Decision table", "决策表任务"),
        Kind::Task => Text::new("Task", "任务"),
        Kind::CallActivity => Text::new("Call a flow", "调用流程"),
        Kind::SubProcess => Text::new("Subprocess", "子流程"),
        Kind::EventSubProcess => Text::new("Event subprocess", "事件子流程"),
        Kind::Transaction => Text::new("Transaction", "事务"),
        Kind::AdHoc => Text::new("Ad-hoc subprocess", "自由子流程"),
        Kind::Exclusive => Text::new("Exclusive gateway", "排他网关"),
        Kind::Inclusive => Text::new("Inclusive gateway", "包容网关"),
        Kind::Parallel => Text::new("Parallel gateway", "并行网关"),
        Kind::EventBased => Text::new("Event gateway", "事件网关"),
        Kind::Complex => Text::new("Complex gateway", "复杂网关"),
        Kind::DataObject => Text::new("Data object", "数据对象"),
        Kind::DataStore => Text::new("Data store", "数据存储"),
        Kind::Group => Text::new("Group", "分组框"),
        Kind::Lane => Text::new("Lane", "泳道"),
        Kind::Pool => Text::new("Pool", "池"),
        Kind::Note => Text::new("Note", "注释"),
    }
}

fn start(it: Trigger) -> Text {
    match it {
        Trigger::None => Text::new("Start", "开始"),
        Trigger::Timer => Text::new("Timer start", "定时开始"),
        Trigger::Message => Text::new("Message start", "消息开始"),
        Trigger::Signal => Text::new("Signal start", "信号开始"),
        Trigger::Conditional => Text::new("Conditional start", "条件开始"),
        Trigger::Error => Text::new("Error start", "错误开始"),
        Trigger::Escalation => Text::new("Escalation start", "升级开始"),
        Trigger::Compensate => Text::new("Compensation start", "补偿开始"),
        Trigger::Multiple => Text::new("Multiple start", "多重开始"),
        Trigger::ParallelMultiple => Text::new("Parallel multiple start", "并行多重开始"),
        Trigger::Cancel | Trigger::Link | Trigger::Terminate => Text::new("Start event", "开始事件"),
    }
}

fn end(it: Trigger) -> Text {
    match it {
        Trigger::None => Text::new("End", "结束"),
        Trigger::Terminate => Text::new("Terminate", "终止"),
        Trigger::Message => Text::new("Message end", "消息结束"),
        Trigger::Signal => Text::new("Signal end", "信号结束"),
        Trigger::Error => Text::new("Error end", "错误结束"),
        Trigger::Escalation => Text::new("Escalation end", "升级结束"),
        Trigger::Compensate => Text::new("Compensation end", "补偿结束"),
        Trigger::Cancel => Text::new("Cancel end", "取消结束"),
        Trigger::Multiple | Trigger::ParallelMultiple => Text::new("Multiple end", "多重结束"),
        Trigger::Timer | Trigger::Conditional | Trigger::Link => Text::new("End event", "结束事件"),
    }
}

fn catch(it: Trigger) -> Text {
    match it {
        Trigger::Timer => Text::new("Wait for a time", "定时等待"),
        Trigger::Message => Text::new("Wait for a message", "等待消息"),
        Trigger::Signal => Text::new("Wait for a signal", "等待信号"),
        Trigger::Conditional => Text::new("Wait for a condition", "等待条件"),
        Trigger::Link => Text::new("Link: go on here", "链接：由此继续"),
        Trigger::Multiple => Text::new("Wait for one of several", "等待多个之一"),
        Trigger::ParallelMultiple => Text::new("Wait for all of several", "等待全部"),
        Trigger::None
        | Trigger::Error
        | Trigger::Escalation
        | Trigger::Compensate
        | Trigger::Cancel
        | Trigger::Terminate => Text::new("Intermediate event", "中间事件"),
    }
}

fn throw(it: Trigger) -> Text {
    match it {
        Trigger::None => Text::new("Milestone", "里程碑"),
        Trigger::Message => Text::new("Send a message", "抛出消息"),
        Trigger::Signal => Text::new("Send a signal", "抛出信号"),
        Trigger::Escalation => Text::new("Escalate", "抛出升级"),
        Trigger::Compensate => Text::new("Compensate", "触发补偿"),
        Trigger::Link => Text::new("Link: jump away", "链接：跳转"),
        Trigger::Multiple | Trigger::ParallelMultiple => Text::new("Throw several", "抛出多个"),
        Trigger::Timer | Trigger::Error | Trigger::Conditional | Trigger::Cancel | Trigger::Terminate => {
            Text::new("Intermediate event", "中间事件")
        }
    }
}

fn boundary(it: Trigger) -> Text {
    match it {
        Trigger::Timer => Text::new("Timer on an activity", "边界定时"),
        Trigger::Message => Text::new("Message on an activity", "边界消息"),
        Trigger::Error => Text::new("Error on an activity", "边界错误"),
        Trigger::Escalation => Text::new("Escalation on an activity", "边界升级"),
        Trigger::Signal => Text::new("Signal on an activity", "边界信号"),
        Trigger::Conditional => Text::new("Condition on an activity", "边界条件"),
        Trigger::Compensate => Text::new("Compensation of an activity", "活动的补偿"),
        Trigger::Cancel => Text::new("Cancel of a transaction", "事务取消"),
        Trigger::Multiple => Text::new("One of several on an activity", "边界多重"),
        Trigger::ParallelMultiple => Text::new("All of several on an activity", "边界并行多重"),
        Trigger::None | Trigger::Link | Trigger::Terminate => Text::new("Event on an activity", "边界事件"),
    }
}

/// Other words people look for: of other tools, and of the standard.
pub fn synonyms(it: Kind) -> &'static str {
    match it.family() {
        Family::Start => "start event begin 开始事件",
        Family::End => "end event finish 结束事件",
        Family::Intermediate => "intermediate event catch throw 中间事件 wait delay",
        Family::Boundary => "boundary event attached 边界事件 deadline",
        Family::Activity => "task activity step approve 任务 步骤 审批",
        Family::Sub => "subprocess embedded 子流程",
        Family::Gateway => "gateway decision split join xor and or if 网关 判断 分支",
        Family::Data => "data document 数据",
        Family::Group => "group box",
        Family::Lane => "lane swimlane role 泳道 角色",
        Family::Pool => "pool participant partner customer supplier black box 池 参与者 客户 供应商",
        Family::Note => "note annotation text comment 注释",
    }
}

/// What an event is also looked for by: its trigger, as BPMN calls it.
pub fn events(it: Kind) -> &'static str {
    match it.trigger() {
        Trigger::None => "",
        Trigger::Timer => "timer 定时 时间",
        Trigger::Message => "message 消息",
        Trigger::Signal => "signal 信号",
        Trigger::Error => "error 错误",
        Trigger::Escalation => "escalation 升级",
        Trigger::Conditional => "conditional condition 条件",
        Trigger::Compensate => "compensation 补偿",
        Trigger::Cancel => "cancel 取消",
        Trigger::Link => "link 链接",
        Trigger::Terminate => "terminate 终止",
        Trigger::Multiple | Trigger::ParallelMultiple => "multiple 多重",
    }
}

/// Name of a kind of line.
pub fn line(it: Line) -> Text {
    match it {
        Line::Sequence => Text::new("Sequence flow", "顺序流"),
        Line::Association => Text::new("Association", "关联"),
        Line::DataInput => Text::new("Data input", "数据输入"),
        Line::DataOutput => Text::new("Data output", "数据输出"),
        Line::Message => Text::new("Message flow", "消息流"),
    }
}

/// A heading of the palette.
pub fn group(it: Group) -> Text {
    match it {
        Group::Common => Text::new("Common", "常用"),
        Group::Tasks => Text::new("Tasks", "任务"),
        Group::Gateways => Text::new("Gateways", "网关"),
        Group::Starts => Text::new("Start", "开始"),
        Group::Intermediates => Text::new("On the way", "中间事件"),
        Group::Boundaries => Text::new("On an activity", "边界事件"),
        Group::Ends => Text::new("End", "结束"),
        Group::Subs => Text::new("Subprocesses", "子流程"),
        Group::Data => Text::new("Pools, lanes, data, notes", "池、泳道、数据与注释"),
    }
}

/// Why an edit is not possible.
pub fn forbidden(it: Forbidden) -> Text {
    match it {
        Forbidden::NotFound => Text::new("it is not there any more", "该元素已不存在"),
        Forbidden::NotYet => Text::new("it is still being loaded", "尚在加载"),
        Forbidden::StartHasNoWayIn => Text::new("nothing leads to a start", "开始事件不能有入线"),
        Forbidden::EndHasNoWayOut => Text::new("nothing follows an end", "结束事件不能有出线"),
        Forbidden::BoundaryHasNoWayIn => {
            Text::new("an event on an activity is entered through the activity", "活动上的事件不能有入线")
        }
        Forbidden::AreaHasNoLine => Text::new("lanes and groups are not connected", "泳道和分组框不能连线"),
        Forbidden::DataNeedsActivity => {
            Text::new("data is connected with what reads or writes it", "数据只能与读写它的活动或事件相连")
        }
        Forbidden::CompensationHasNoFlow => {
            Text::new("what only compensation starts has no other ways", "补偿活动不能有顺序流")
        }
        Forbidden::LaneInside => Text::new(
            "lanes divide the flow itself, and pools stand around it",
            "泳道只能划分流程本身，池只能位于流程外围",
        ),
        Forbidden::SamePool => Text::new("a message leads from one pool to another", "消息流须从一个池通向另一个池"),
        Forbidden::MessageNeedsEvent => Text::new(
            "a message leads between pools, activities and message events",
            "消息流只能连接池、活动和消息事件",
        ),
        Forbidden::OtherPool => {
            Text::new("what another pool holds is shown, not edited", "其他池中的内容仅供查看，不能编辑")
        }
        Forbidden::OwnPoolLast => {
            Text::new("the flow's own pool goes after the others", "须先删除其他池，再删除本流程的池")
        }
        Forbidden::ToItself => Text::new("a step does not lead to itself", "不能连接到自身"),
        Forbidden::AlreadyConnected => Text::new("they are connected already", "两者已经相连"),
        Forbidden::AcrossSubProcess => {
            Text::new("flows do not cross the border of a subprocess", "顺序流不能跨越子流程边界")
        }
        Forbidden::NeedsActivity => Text::new("this sits on an activity: drop it on one", "该事件须放在活动上"),
        Forbidden::NeedsEvent => Text::new("only events may follow an event gateway", "事件网关之后只能是事件"),
        Forbidden::EventSubProcessHasNoFlow => {
            Text::new("an event subprocess is started by its event", "事件子流程由其事件启动，不能连线")
        }
        Forbidden::CannotBecome => Text::new("it cannot become that", "不能更改为该类型"),
        Forbidden::NothingChosen => Text::new("nothing is selected", "未选择元素"),
        Forbidden::NameMissing => Text::new("a text is missing", "缺少文字"),
        Forbidden::AlreadyShown => Text::new("the form shows it already", "表单中已有该字段"),
        Forbidden::FieldInUse => Text::new("the record's name or stage depends on it", "该字段是记录的名称或状态字段"),
        Forbidden::KeyTaken => Text::new("another field has this key", "该字段名已被使用"),
        Forbidden::NotAKey => Text::new(
            "a key is small letters, digits and _, and no reserved word",
            "字段名只能包含小写字母、数字和 _，且不能是保留字",
        ),
        Forbidden::LastSection => Text::new("one section has to stay", "至少保留一个分组"),
        Forbidden::WrongType => Text::new("it has no such property", "该元素没有此属性"),
        Forbidden::TooMany => Text::new("the flow has too many elements", "流程元素过多"),
    }
}
