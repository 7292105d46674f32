//! The words of scenarios, in English and 简体中文.

use crate::text::texts;

texts! {
    TITLE = "Scenarios", "场景";
    WHY = "Runs of the whole pack that must go as written: with forms, rights, people and a clock. They are played on the draft.", "必须按约定完成的整包运行：含表单、权限、人员与时钟。在草稿上运行。";
    NONE = "This pack has no scenarios yet. Try a flow and save the run as one.", "此业务包还没有场景。可试运行流程并将其保存为场景。";
    RUN_ALL = "Run all", "全部运行";
    RUNS = "Running {} of {}…", "正在运行第 {} 个，共 {} 个…";
    PASSED_OF = "{} passed", "{} 个通过";
    FAILED_OF = "{} failed", "{} 个失败";
    PASSED = "passed", "通过";
    FAILED = "failed", "失败";
    WAITS = "not run", "未运行";
    NOT_PLAYED = "could not be played: {}", "无法运行：{}";
    AT_STEP = "Step {}: {}", "第 {} 步：{}";
    TRACE = "What happened", "运行过程";
    WHICH_EDIT = "Which edit broke it?", "是哪次修改造成的？";
    SEARCHING = "Looking…", "正在查找…";
    BROKE_IT = "Broken by: {} ({} steps back)", "由此修改造成：{}（{} 步之前）";
    BEFORE_SESSION = "It failed already when this draft was opened.", "打开此草稿时它已经失败。";
    LIVE_TOO = "It fails in the live version, too.", "它在线上版本中也失败。";
    TAKE_BACK = "Take back to before it", "撤销到此修改之前";
    SAVE_TITLE = "Save the run as a scenario", "将此次试运行保存为场景";
    SAVE_WHY = "The same way is gone once more with the forms, rights and tables of the pack. People and what they fill in come from a scenario there is; what then stands open after each step is what the scenario expects.", "用业务包的表单、权限和决策表按同样的路径再走一遍。人员与填写内容取自已有场景；每一步之后待办的任务即为场景的期望。";
    NAME = "Title", "标题";
    NAME_DEFAULT = "{} (tried)", "{}（试运行）";
    AFTER = "With the people and records of", "采用以下场景的人员与数据";
    NO_BASE = "There has to be a scenario first whose people and records can be used.", "需先有一个可借用其人员与数据的场景。";
    MAKE = "Go the way", "运行一遍";
    STEPS = "Steps", "步骤";
    STOPPED = "It goes no further: {}", "无法继续：{}";
    ALL_PASSED = "All steps went as expected.", "所有步骤均符合期望。";
    SAVE = "Save as a scenario", "保存为场景";
    SAVED = "Saved as the scenario “{}”. It is part of the draft.", "已保存为场景“{}”，随草稿保存。";
    WHO = "Who does it", "由谁办理";
    STEP_CREATE = "files the record", "登记记录";
    STEP_TIME = "Time goes by until {}", "时间前进到 {}";
    STEP_MESSAGE = "The message “{}” comes", "收到消息“{}”";
    STEP_ANSWER = "{}/{} answers", "{}/{} 返回结果";
    STEP_DONE = "{}: {}", "{}：{}";
    THEN_OPEN = "then open: {}", "之后待办：{}";
    THEN_NOTHING = "then nothing is open", "之后无待办";
}
