//! What can happen to a record, in words: a sentence for every kind of entry of its history, as "name, words, what".

use ::api::happening::Happening;

use crate::text::{Text, texts};

/// Icon and words of a kind of entry. Every kind has its own: a new one does not compile without.
pub fn happened(it: Happening) -> (&'static str, Text) {
    match it {
        Happening::Created => ("plus", CREATED),
        Happening::Changed => ("pencil", CHANGED),
        Happening::Deleted => ("trash", DELETED),
        Happening::Started => ("flow", STARTED),
        Happening::Finished => ("check", FINISHED),
        Happening::Failed => ("alert", FAILED),
        Happening::Cancelled => ("x", CANCELLED),
        Happening::Moved => ("crosshair", MOVED),
        Happening::Migrated => ("refresh", MIGRATED),
        Happening::Suspended => ("clock", SUSPENDED),
        Happening::Resumed => ("flow", RESUMED),
        Happening::Escalated => ("bell", ESCALATED),
        Happening::Compensated => ("return", COMPENSATED),
        Happening::Stuck => ("alert", STUCK),
        Happening::Unstuck => ("check", UNSTUCK),
        Happening::Claimed => ("hand", CLAIMED),
        Happening::Completed => ("check", COMPLETED),
        Happening::Signed => ("pencil", SIGNED),
        Happening::Skipped => ("forward", SKIPPED),
        Happening::PassedOver => ("forward", PASSED_OVER),
        Happening::Withdrawn => ("return", WITHDRAWN),
        Happening::Returned => ("return", RETURNED),
        Happening::HandedOver => ("forward", HANDED_OVER),
        Happening::Delegated => ("forward", DELEGATED),
        Happening::Resolved => ("return", RESOLVED),
        Happening::Copied => ("users", COPIED),
        Happening::Urged => ("bell", URGED),
        Happening::TaskSuspended => ("clock", TASK_SUSPENDED),
        Happening::TaskResumed => ("flow", TASK_RESUMED),
        Happening::SignerAdded => ("user", SIGNER_ADDED),
        Happening::SignerRemoved => ("user", SIGNER_REMOVED),
    }
}

texts! {
    CREATED = "created the record", "创建了记录";
    CHANGED = "changed", "修改了";
    DELETED = "deleted the record", "删除了记录";
    STARTED = "started the flow", "发起了流程";
    FINISHED = "finished the flow", "结束了流程";
    FAILED = "ended the flow with an error:", "因错误结束了流程：";
    CANCELLED = "cancelled the flow", "取消了流程";
    MOVED = "moved the flow", "将流程跳转：";
    MIGRATED = "took the flow to a newer version", "将流程迁移到新版本";
    SUSPENDED = "suspended the flow", "挂起了流程";
    RESUMED = "resumed the flow", "恢复了流程";
    ESCALATED = "escalated at", "触发了升级：";
    COMPENSATED = "undid", "撤销（补偿）了";
    STUCK = "cannot go on by itself at", "无法自动继续：";
    UNSTUCK = "goes on after an incident", "异常已解决，继续执行";
    CLAIMED = "claimed the task", "领取了任务";
    COMPLETED = "completed", "完成了";
    SIGNED = "signed", "会签了";
    SKIPPED = "skipped", "跳过了";
    PASSED_OVER = "passed over", "按条件跳过了";
    WITHDRAWN = "took back", "撤回了";
    RETURNED = "returned", "退回了";
    HANDED_OVER = "handed the task over", "转交了任务";
    DELEGATED = "lent the task", "委托了任务";
    RESOLVED = "gave the lent task back", "交还了委托的任务";
    COPIED = "let know of the task", "抄送了任务";
    URGED = "asked to hurry", "催办了任务";
    TASK_SUSPENDED = "stopped the step", "暂停了步骤";
    TASK_RESUMED = "let the step go on", "恢复了步骤";
    SIGNER_ADDED = "added a signer", "加签了";
    SIGNER_REMOVED = "took a signer off", "减签了";

    ON_BEHALF = "for {}", "代 {}";
    AUTOMATIC = "automatic", "自动";
    COMMENT_REMOVED = "took a comment back", "撤回了一条评论";
    COMMENT_EDITED = "edited", "已编辑";
    COMMENT_PLACE = "Write a comment; @ mentions somebody", "写评论，输入 @ 提醒他人";
    COMMENT_SEND = "Comment", "评论";
    COMMENT_EDIT = "Edit this comment", "编辑此评论";
    COMMENT_REMOVE = "Take this comment back", "撤回此评论";
    COMMENT_NEW = "New comment", "新评论";
    COMMENT_LONG = "At most {} characters.", "最多 {} 个字符。";
    MENTIONED_CANNOT = "Somebody you mention may not see this record.", "您提到的人无权查看此记录。";
    PEOPLE_FOUND = "{} people", "{} 人";

    CAL_BEFORE = "Earlier", "往前";
    CAL_AFTER = "Later", "往后";
    CAL_TODAY = "Today", "今天";
    CAL_MONTH = "Month", "月";
    CAL_WEEK = "Week", "周";
    CAL_EMPTY = "Nothing on these days.", "这些日期没有记录。";
    CAL_MORE = "There is more on these days than can be shown. Search, or look at a week.", "记录过多，未全部显示。请搜索或按周查看。";
    CAL_MOVE = "Put “{}” on another day", "将“{}”改到其他日期";
    CAL_TO = "Day", "日期";
    CAL_KEYS = "Drag to another day, or Alt and an arrow", "拖到其他日期，或按 Alt + 方向键";
    CAL_SAVING = "Saving…", "正在保存…";
    CAL_MOVED = "Moved to {}.", "已改到 {}。";
    TREE_EMPTY = "No records yet", "暂无记录";
    TREE_NOTHING = "Nothing found", "未找到记录";
    TREE_MORE = "Show more", "显示更多";
    TREE_FAULT = "What stands here could not be read.", "无法读取此处的记录。";
}
