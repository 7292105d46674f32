//! Live updates: `GET /api/live`, server-sent events. Only what the person may see is sent.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum Live {
    /// The person's inbox changed; the new number for the badge.
    Inbox {
        open_tasks: u64,
    },
    /// A record, its tasks, its flow or its comments may have changed. `version` 0: the record itself did not.
    Record {
        module: String,
        id: String,
        version: i64,
    },
    /// Something of a module changed (list, board).
    Module {
        module: String,
    },
    Notice {
        id: String,
        title: String,
        body: String,
        link: String,
        unread: u64,
    },
    /// Somebody works on the draft of a pack; for designers. `revision`: the draft was saved as that; `left`: not any more.
    Editing {
        pack: String,
        /// One open window.
        editor: String,
        name: String,
        revision: Option<i64>,
        left: bool,
    },
    /// A definition was published; forms are to be loaded again.
    Published {
        module: Option<String>,
        flow: Option<String>,
    },
}

/// `GET /api/notices`: newest first; `POST /api/notices/{id}/read` or `/api/notices/read` (all): 204.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoticeItem {
    pub id: String,
    pub at: String,
    pub title: String,
    pub body: String,
    /// Path in the app.
    pub link: String,
    pub read: bool,
}
