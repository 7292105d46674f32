//! Every route there is.

use api::absence::{AbsenceInfo, SaveAbsence};
use api::admin::{AuditEntry, DepartmentInfo, SaveDepartment, SaveUser, Terms, UserInfo};
use api::comment::{CommentInfo, SaveComment};
use api::file::FileInfo;
use api::instance::{FateInfo, InstanceDetail, InstancePage, Migrate, MoveToken, MoveVerdict, Restarted, Watch};
use api::live::{Live, NoticeItem};
use api::module::ModuleInfo;
use api::publish::{AskImpact, Impact, PackVersion, Plan, Planned, Restore, VersionFiles};
use api::record::{
    Board, Calendar, CalendarQuery, Change, Choice, Create, Duplicate, ExportQuery, FindDuplicates, Found,
    HistoryEntry, ListQuery, Move, MoveAnswer, Record, RecordPage, TreePage, TreeQuery,
};
use api::saved_view::{SaveView, SavedView};
use api::session::{ChangePassword, Login, Preferences, Session};
use api::studio::{
    AlertPage, Conversion, Convert, DraftSaved, Here, PackFiles, PackHead, Publish, Published, SaveDraft, ShippedFiles,
};
use api::task::{
    AddSigner, Cc, Comment, Complete, Delegate, HandOver, Reason, Return, TaskDetail, TaskPage, TaskQuery,
};

use super::route::Access::{Admin, Designer, Open, Person, Staff};
use super::route::{Route, delete, get, patch, post, put};
use super::{
    admin, comments, deeds, files, health, live, modules, notices, operations, records, saved_views, session, studio,
    tasks,
};
use crate::instances::InstanceQuery;

/// The table. What is not here answers 404, or with the browser app.
#[rustfmt::skip]
pub fn table() -> Vec<Route> {
    let mut live_stream = get("/api/live", live::stream).may(Person).about("What changes, as it changes (server-sent events of `Live`)").answers::<Live>();
    live_stream.answers = Some(super::route::Answer::Other("text/event-stream"));
    vec![
        // who is here
        post("/api/login", session::login).may(Open).about("Log in").takes::<Login>().answers::<Session>(),
        get("/api/session", session::show).may(Person).about("Who is logged in").answers::<Session>(),
        post("/api/logout", session::logout).may(Person).about("Log out"),
        put("/api/preferences", session::prefer).may(Person).about("Choose language and theme").takes::<Preferences>(),
        put("/api/password", session::change_password).may(Person).about("Choose another password; one's other sessions end").takes::<ChangePassword>(),

        // modules and their records
        get("/api/modules/{module}", modules::show).may(Person).about("Form, rules, views and rights of a module").answers::<ModuleInfo>(),
        get("/api/records/{module}", records::list).may(Person).about("A page of records").query::<ListQuery>().answers::<RecordPage>(),
        post("/api/records/{module}", records::create).may(Person).about("Make a record").takes::<Create>().answers::<Record>().status(201),
        post("/api/records/{module}/duplicates", records::duplicates).may(Person).about("Records similar to one being entered").takes::<FindDuplicates>().answers_list::<Duplicate>(),
        get("/api/records/{module}/{id}", records::show).may(Person).about("One record").answers::<Record>(),
        patch("/api/records/{module}/{id}", records::change).may(Person).about("Change some fields of a record").takes::<Change>().answers::<Record>(),
        delete("/api/records/{module}/{id}", records::delete).may(Person).about("Delete a record"),
        get("/api/records/{module}/{id}/history", records::history).may(Person).about("Who changed what, newest first").answers_list::<HistoryEntry>(),
        get("/api/records/{module}/{id}/comments", comments::list).may(Staff).about("What was said about a record, oldest first").answers_list::<CommentInfo>(),
        post("/api/records/{module}/{id}/comments", comments::add).may(Staff).about("Say something about a record").takes::<SaveComment>().answers::<CommentInfo>().status(201),
        put("/api/records/{module}/{id}/comments/{comment}", comments::change).may(Staff).about("Say it otherwise").takes::<SaveComment>().answers::<CommentInfo>(),
        delete("/api/records/{module}/{id}/comments/{comment}", comments::remove).may(Staff).about("Take a comment back"),
        get("/api/records/{module}/{id}/readers", comments::readers).may(Staff).about("Who may be mentioned in a comment").query::<comments::ReadersQuery>().answers_list::<Choice>(),
        post(files::UPLOAD, files::upload).may(Person).about("Upload a file, its content as the body; its id then goes into a field").query::<files::UploadQuery>().answers::<FileInfo>().status(201),
        get("/api/files/{id}", files::read).may(Person).about("A file: for who reads the record it is in and sees the field; until then for who uploaded it").query::<files::FileQuery>().answers_other("application/octet-stream"),
        delete("/api/files/{id}", files::forget).may(Person).about("Throw away a file one has uploaded and put nowhere"),
        get("/api/export/{module}", records::export).may(Person).about("A list as CSV, in the person's language").query::<ExportQuery>().answers_other("text/csv"),
        get("/api/lookup/{module}", records::lookup).may(Person).about("Records to refer to, by some letters").query::<records::LookupQuery>().answers_list::<Choice>(),
        get("/api/find", records::find).may(Person).about("Records of all modules by label or number").query::<records::FindQuery>().answers_list::<Found>(),
        get("/api/people", records::people).may(Staff).about("People by name or role").query::<records::PeopleQuery>().answers_list::<Choice>(),
        get("/api/departments", records::departments).may(Staff).about("Departments by name").query::<records::DepartmentsQuery>().answers_list::<Choice>(),
        get("/api/roles", records::roles).may(Staff).about("Roles by name").answers_list::<Choice>(),
        get("/api/calendars/{module}/{view}", records::calendar).may(Staff).about("Records on some days").query::<CalendarQuery>().answers::<Calendar>(),
        get("/api/trees/{module}/{view}", records::tree).may(Staff).about("Records under each other, a level at a time").query::<TreeQuery>().answers::<TreePage>(),
        get("/api/boards/{module}/{view}", records::board).may(Staff).about("Records in columns").query::<records::BoardQuery>().answers::<Board>(),
        post("/api/boards/{module}/{view}/move", records::move_card).may(Staff).about("Drop a card on a column").takes::<Move>().answers::<MoveAnswer>(),

        get("/api/views/{module}", saved_views::list).may(Staff).about("Lists kept under a name").answers_list::<SavedView>(),
        post("/api/views/{module}", saved_views::create).may(Staff).about("Keep a list under a name").takes::<SaveView>().answers::<SavedView>().status(201),
        put("/api/views/{module}/{id}", saved_views::change).may(Staff).about("Change a kept list").takes::<SaveView>().answers::<SavedView>(),
        delete("/api/views/{module}/{id}", saved_views::forget).may(Staff).about("Forget a kept list"),

        // work
        get("/api/tasks", tasks::list).may(Person).about("An inbox").query::<TaskQuery>().answers::<TaskPage>(),
        get("/api/tasks/{id}", tasks::show).may(Person).about("A task with its record and history").answers::<TaskDetail>(),
        post("/api/tasks/{id}/claim", tasks::claim).may(Person).about("Take a task").answers::<TaskDetail>(),
        post("/api/tasks/{id}/release", tasks::release).may(Person).about("Put a task back").answers::<TaskDetail>(),
        post("/api/tasks/{id}/complete", tasks::complete).may(Person).about("Finish a task with an outcome").takes::<Complete>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/return", tasks::give_back).may(Person).about("Send the work back to an earlier step").takes::<Return>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/handover", tasks::hand_over).may(Staff).about("Give a task to somebody else").takes::<HandOver>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/delegate", deeds::delegate).may(Staff).about("Lend a task; it comes back").takes::<Delegate>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/resolve", deeds::resolve).may(Staff).about("Give a lent task back, or take it back").takes::<Comment>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/withdraw", deeds::withdraw).may(Staff).about("Take back what one has sent on, while nobody has begun").takes::<Reason>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/signers", deeds::add_signer).may(Staff).about("One more person signs this step").takes::<AddSigner>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/signers/{signer}/remove", deeds::remove_signer).may(Staff).about("Somebody need not sign any more").takes::<Reason>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/cc", deeds::cc).may(Staff).about("Let people know of a task and read its record").takes::<Cc>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/urge", deeds::urge).may(Staff).about("Ask whoever has it to hurry").takes::<Comment>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/suspend", deeds::suspend).may(Staff).about("Stop a step; its deadline stands still").takes::<Reason>().answers::<TaskDetail>(),
        post("/api/tasks/{id}/resume", deeds::resume).may(Staff).about("Let a stopped step go on").answers::<TaskDetail>(),
        post("/api/tasks/{id}/skip", deeds::skip).may(Staff).about("Pass a task over, where its flow allows it").takes::<Reason>().answers::<TaskDetail>(),
        get("/api/absences", deeds::absences).may(Staff).about("When one is away, and those one may speak for").answers_list::<AbsenceInfo>(),
        post("/api/absences", deeds::add_absence).may(Staff).about("Say that somebody is away, and who stands in").takes::<SaveAbsence>().answers::<AbsenceInfo>().status(201),
        delete("/api/absences/{id}", deeds::remove_absence).may(Staff).about("Somebody is not away after all"),
        get("/api/instances", tasks::instances).may(Staff).about("Running and ended flows").query::<InstanceQuery>().answers::<InstancePage>(),
        get("/api/instances/{id}", tasks::instance).may(Person).about("A flow on its diagram, with its facts").answers::<InstanceDetail>(),
        get("/api/flows/{flow}/watch", tasks::watch).may(Staff).about("Everything that runs, on the diagram").answers::<Watch>(),
        post("/api/instances/{id}/suspend", operations::suspend).may(Staff).about("Stop a flow; its deadlines stand still").takes::<Reason>(),
        post("/api/instances/{id}/resume", operations::resume).may(Staff).about("Let a stopped flow go on"),
        post("/api/instances/{id}/cancel", operations::cancel).may(Staff).about("End a flow").takes::<Reason>(),
        post("/api/instances/{id}/restart", operations::restart).may(Staff).about("Begin a flow that has ended anew").answers::<Restarted>(),
        post("/api/instances/{id}/move", operations::move_token).may(Staff).about("Put a token to another place of the flow").takes::<MoveToken>(),
        post("/api/instances/{id}/may-move", operations::ask_move).may(Staff).about("Whether the flow could still end after a move").takes::<MoveToken>().answers::<MoveVerdict>(),
        post("/api/instances/{id}/migrate", operations::migrate).may(Staff).about("Go on in the live version of the flow").takes::<Migrate>(),
        post("/api/flows/{flow}/fates", operations::fates).may(Staff).about("What each running instance would do in the live version").takes::<Migrate>().answers_list::<FateInfo>(),
        post("/api/incidents/{id}/retry", tasks::retry).may(Staff).about("Try again what is stuck"),

        // telling people
        live_stream,
        get("/api/notices", notices::list).may(Person).about("What I was told, newest first").query::<notices::NoticesQuery>().answers_list::<NoticeItem>(),
        post("/api/notices/read", notices::read_all).may(Person).about("All notices are read"),
        post("/api/notices/{id}/read", notices::read_one).may(Person).about("A notice is read"),

        // studio
        get("/api/studio/packs", studio::packs).may(Designer).about("Installed packs").answers_list::<PackHead>(),
        get("/api/studio/packs/{pack}", studio::files).may(Designer).about("Files of a pack and its draft").answers::<PackFiles>(),
        put("/api/studio/packs/{pack}/draft", studio::save_draft).may(Designer).about("Save the draft").takes::<SaveDraft>().answers::<DraftSaved>(),
        delete("/api/studio/packs/{pack}/draft", studio::drop_draft).may(Designer).about("Throw the draft away"),
        post("/api/studio/packs/{pack}/publish", studio::publish).may(Designer).about("Make the draft live").takes::<Publish>().answers::<Published>(),
        post("/api/studio/packs/{pack}/convert", studio::convert).may(Designer).about("What stored values would be under another schema").takes::<Convert>().answers::<Conversion>(),
        get("/api/studio/packs/{pack}/shipped", studio::shipped).may(Designer).about("Files of a pack as they came with this release").answers::<ShippedFiles>(),
        post("/api/studio/packs/{pack}/here", studio::here).may(Designer).about("Work on the draft; others see it").takes::<Here>(),
        post("/api/studio/packs/{pack}/impact", studio::impact).may(Designer).about("What the draft would do to running instances").takes::<AskImpact>().answers::<Impact>(),
        put("/api/studio/packs/{pack}/planned", studio::plan).may(Designer).about("Make the draft live at a time to come").takes::<Plan>().answers::<Planned>(),
        delete("/api/studio/packs/{pack}/planned", studio::forget_plan).may(Designer).about("Do not make it live then"),
        get("/api/studio/packs/{pack}/versions", studio::versions).may(Designer).about("What was live, newest first").answers_list::<PackVersion>(),
        get("/api/studio/packs/{pack}/versions/{hash}", studio::version).may(Designer).about("Files of a version").answers::<VersionFiles>(),
        post("/api/studio/packs/{pack}/versions/{hash}/restore", studio::restore).may(Designer).about("Make a version the draft").takes::<Restore>().answers::<DraftSaved>(),
        get("/api/studio/alerts/{code}", studio::alert_page).may(Designer).about("What a code of the checker means").answers::<AlertPage>(),

        // administration
        get("/api/admin/users", admin::users).may(Admin).about("Everybody").answers_list::<UserInfo>(),
        get("/api/admin/terms", admin::terms).may(Admin).about("Roles, regions and skills by name").answers::<Terms>(),
        post("/api/admin/users", admin::create_user).may(Admin).about("Add a person").takes::<SaveUser>().answers::<UserInfo>().status(201),
        patch("/api/admin/users/{id}", admin::change_user).may(Admin).about("Change a person").takes::<SaveUser>().answers::<UserInfo>(),
        get("/api/admin/departments", admin::departments).may(Admin).about("How the house is made up").answers_list::<DepartmentInfo>(),
        post("/api/admin/departments", admin::create_department).may(Admin).about("Add a department").takes::<SaveDepartment>().answers::<DepartmentInfo>().status(201),
        patch("/api/admin/departments/{id}", admin::change_department).may(Admin).about("Change a department").takes::<SaveDepartment>().answers::<DepartmentInfo>(),
        delete("/api/admin/departments/{id}", admin::remove_department).may(Admin).about("Remove a department nobody and nothing belongs to"),
        get("/api/admin/audit", admin::audit).may(Admin).about("Log-ins and administrative acts, newest first").query::<admin::AuditQuery>().answers_list::<AuditEntry>(),

        // the server itself
        get("/api/openapi.json", modules::openapi).may(Person).about("This document").answers_other("application/json"),
        get("/health/live", health::live).may(Open).about("The process answers").answers_other("text/plain"),
        get("/health/ready", health::ready).may(Open).about("Requests can be served").answers_other("text/plain"),
        get("/metrics", health::metrics).may(Open).about("Numbers for Prometheus; nothing about persons").answers_other("text/plain"),
    ]
}
