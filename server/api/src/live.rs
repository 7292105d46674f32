//! Live updates: `GET /api/live`, server-sent events. Only what the person may see is sent.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
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

/// An event as it is written; none has all of it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    event: String,
    open_tasks: Option<u64>,
    module: Option<String>,
    id: Option<String>,
    version: Option<i64>,
    title: Option<String>,
    body: Option<String>,
    link: Option<String>,
    unread: Option<u64>,
    pack: Option<String>,
    editor: Option<String>,
    name: Option<String>,
    revision: Option<i64>,
    left: Option<bool>,
    flow: Option<String>,
}

/// Read in one go: what serde derives for a tagged enum is a large part of what the browser loads before its first page.
impl<'de> Deserialize<'de> for Live {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let it = Written::deserialize(from)?;
        fn need<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
            value.ok_or_else(|| E::missing_field(name))
        }
        Ok(match it.event.as_str() {
            "inbox" => Live::Inbox { open_tasks: need(it.open_tasks, "open_tasks")? },
            "record" => Live::Record {
                module: need(it.module, "module")?,
                id: need(it.id, "id")?,
                version: need(it.version, "version")?,
            },
            "module" => Live::Module { module: need(it.module, "module")? },
            "notice" => Live::Notice {
                id: need(it.id, "id")?,
                title: need(it.title, "title")?,
                body: need(it.body, "body")?,
                link: need(it.link, "link")?,
                unread: need(it.unread, "unread")?,
            },
            "editing" => Live::Editing {
                pack: need(it.pack, "pack")?,
                editor: need(it.editor, "editor")?,
                name: need(it.name, "name")?,
                revision: it.revision,
                left: need(it.left, "left")?,
            },
            "published" => Live::Published { module: it.module, flow: it.flow },
            "" => return Err(D::Error::missing_field("event")),
            other => return Err(D::Error::custom(format_args!("unknown event `{other}`"))),
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() -> serde_json::Result<()> {
        let word = |it: &str| it.to_owned();
        let (module, id, title, body, link) = (word("m"), word("i"), word("t"), word("b"), word("/l"));
        let all = [
            Live::Inbox { open_tasks: 3 },
            Live::Record { module: module.clone(), id: id.clone(), version: 7 },
            Live::Module { module: module.clone() },
            Live::Notice { id, title, body, link, unread: 2 },
            Live::Editing { pack: word("p"), editor: word("e"), name: word("n"), revision: Some(4), left: false },
            Live::Editing { pack: word("p"), editor: word("e"), name: word("n"), revision: None, left: true },
            Live::Published { module: Some(module), flow: None },
            Live::Published { module: None, flow: Some(word("f")) },
        ];
        for it in all {
            let text = serde_json::to_string(&it)?;
            assert_eq!(serde_json::from_str::<Live>(&text)?, it, "{text}");
        }
        for wrong in [r#"{"event":"record","module":"m"}"#, r#"{"event":"other"}"#, r#"{"module":"m"}"#] {
            assert!(serde_json::from_str::<Live>(wrong).is_err(), "{wrong}");
        }
        Ok(())
    }
}
