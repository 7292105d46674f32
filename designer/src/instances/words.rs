//! The words of running flows, in English and 简体中文.

use crate::text::texts;

texts! {
    HEAT = "Colours show", "颜色表示";
    BY_COUNT = "how many", "数量";
    BY_TIME = "how long it waits", "等待时长";
    BY_OVERDUE = "what is overdue", "逾期";
    BY_INCIDENTS = "what is stuck", "异常";
    MINUTES = "{} min", "{} 分钟";
    HOURS = "{} h", "{} 小时";
    DAYS = "{} days", "{} 天";
    AFTER = "{} after “{}”", "{}（“{}”之后）";
    LARGER = "Larger", "放大";
    SMALLER = "Smaller", "缩小";
    WHOLE = "As wide as the page", "适应宽度";
    WAITS = "{}: waits {} on average", "{}：平均等待 {}";
    OLDEST = "the oldest since", "最早的始于";
    TIMELINE = "Timeline", "时间线";
    NOW = "Now", "现在";
    EARLIER = "One step back", "后退一步";
    LATER = "One step on", "前进一步";
    MOMENT_OF = "{} of {}", "第 {} 步，共 {} 步";
    AT_MOMENT = "{}: {}", "{}：{}";
    BEFORE_ALL = "Before it began", "开始之前";
    EV_ENTERED = "reached", "到达";
    EV_ARRIVED = "waits before a join", "等待汇合";
    EV_JOINED = "joined", "汇合";
    EV_LEFT = "left", "离开";
    EV_REMOVED = "taken away", "移除";
    EV_TASK = "task offered", "任务待办";
    EV_CLAIMED = "claimed", "已签收";
    EV_DONE = "done", "已完成";
    EV_RETURNED = "sent back", "已退回";
    EV_TIMER = "time has come", "时间到";
    EV_INCIDENT = "stuck", "出现异常";
    EV_RETRIED = "tried again", "已重试";
    EV_MOVED = "moved by hand", "人工移动";
    EV_MIGRATED = "went to a new version", "迁移到新版本";
    EV_ENDED = "ended", "结束";
    EV_OTHER = "went on", "继续";
    RUN = "Run this flow", "操作此流程";
    RETRY = "Try again", "重试";
    RETRIED = "It is tried again.", "已重试。";
    MOVE = "Move…", "移动…";
    MOVE_TITLE = "Move the work to another step", "将工作移到其他步骤";
    FROM = "From", "从";
    TO = "To", "到";
    REASON = "Reason (for the history)", "原因（记入历史）";
    ASKING = "Asking the checker…", "正在检查…";
    FINE = "It can still end from there.", "从该处仍可正常结束。";
    RISKY = "Some runs could get stuck at: {}", "部分情况可能卡在：{}";
    CANNOT = "It could not end any more; it would get stuck at: {}", "将无法结束，会卡在：{}";
    NOT_KNOWN = "Whether it can still end is not known.", "无法判断是否仍能结束。";
    ANYWAY = "Move it all the same", "仍然移动";
    MOVE_DO = "Move", "移动";
    MOVED = "Moved.", "已移动。";
    SUSPEND = "Suspend", "挂起";
    RESUME = "Resume", "恢复";
    CANCEL = "End the flow…", "终止流程…";
    CANCEL_TITLE = "End the flow", "终止流程";
    CANCEL_WHY = "All its open tasks and timers are taken away. This cannot be undone.", "其全部待办任务和定时器将被移除，且无法恢复。";
    DONE = "Done.", "已完成。";
    TO_LIVE = "To the live version…", "迁移到线上版本…";
    TO_LIVE_TITLE = "Go on in the live version", "在线上版本中继续";
    FATE_MOVE = "It can go: tasks, people and deadlines go along.", "可以迁移，任务、人员和时限一并保留。";
    FATE_RISKY = "It can go, and some runs could get stuck there at: {}", "可以迁移，但部分情况可能卡在：{}";
    FATE_MAP = "It stands in a step the live version does not have. Say where it goes on:", "它停在线上版本没有的步骤上，请指定从哪里继续：";
    FATE_BREAK = "It could not go on there: {}", "无法在线上版本继续：{}";
    GO = "Go", "迁移";
    RESTART = "Start again…", "重新启动…";
    RESTART_TITLE = "Start the flow again", "重新启动流程";
    RESTART_WHY = "It begins anew for this record, in the live version. What this run has done stays as it is.", "将按线上版本为此记录从头开始，本次运行已完成的内容保持不变。";
    RESTARTED = "The flow has begun anew.", "流程已重新启动。";
}

/// What happened, by the engine's word for it.
pub fn event(word: &str) -> crate::text::Text {
    match word {
        "entered" => EV_ENTERED,
        "arrived" => EV_ARRIVED,
        "joined" => EV_JOINED,
        "left" => EV_LEFT,
        "removed" => EV_REMOVED,
        "taskOpened" => EV_TASK,
        "taskClaimed" | "assigned" => EV_CLAIMED,
        "taskCompleted" => EV_DONE,
        "taskReturned" => EV_RETURNED,
        "timerFired" => EV_TIMER,
        "incidentRaised" | "stuck" => EV_INCIDENT,
        "incidentResolved" | "retried" => EV_RETRIED,
        "moved" => EV_MOVED,
        "migrated" => EV_MIGRATED,
        "ended" | "finished" | "cancelled" => EV_ENDED,
        _ => EV_OTHER,
    }
}
