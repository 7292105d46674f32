//! Names of things. Authored things (modules, fields, flows, nodes) carry slugs a person chose or the
//! designer made; born things (records, instances, tasks) carry sortable ids the server made. No
//! function takes two bare strings: every id is a type of its own.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// A pack: the folder name under `templates/`.
    PackId;
    /// A module's key: `complaint`. Also the end of its table's name.
    ModuleKey;
    /// A field's key within its module: `severity`. Files refer to fields by it; upgrades go by `x-id`.
    FieldKey;
    /// A flow's key: `complaint`.
    FlowKey;
    /// An element of a flow (BPMN `id`): node or sequence flow.
    NodeId;
    /// A role's key: `svc_mgr`.
    RoleKey;
    /// A decision table's key.
    TableKey;
    /// A script's key: its file name without `.rhai`.
    ScriptKey;
    /// A view's key within its module: `create`, `list`.
    ViewKey;
    /// A dictionary's key: `channel`.
    DictKey;
    /// A person who can log in.
    UserId;
    /// A department.
    DeptId;
    /// A record of any module.
    RecordId;
    /// A running or ended flow.
    InstanceId;
    /// Something that waits for a person. Unique over all instances.
    TaskId;
    /// A timer that waits in an instance. Unique over all instances.
    TimerId;
    /// A piece of work given to the server (plugin call, connector). Unique over all instances.
    JobId;
    /// A reason why a token is stuck. Unique over all instances.
    IncidentId;
}
