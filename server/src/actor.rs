//! Who does something, through which channel.

use runtime::engine::Person;
use runtime::id::{RoleKey, UserId};

/// The person behind a request. Rights are asked with it everywhere.
#[derive(Clone, Debug)]
pub struct Actor {
    pub person: Person,
    pub channel: Channel,
}

/// How a change came in. Kept in the history of every record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Form,
    Api,
    Import,
    Flow,
    System,
}

impl Channel {
    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Api => "api",
            Self::Import => "import",
            Self::Flow => "flow",
            Self::System => "system",
        }
    }
}

/// Role whose holders administrate.
pub const ADMIN: &str = "admin";
/// Role whose holders may open the studio and publish.
pub const DESIGNER: &str = "designer";
/// The user timers and jobs act as.
pub const SYSTEM: &str = "system";

impl Actor {
    /// A person acting in the app.
    pub fn new(person: Person, channel: Channel) -> Self {
        Self { person, channel }
    }

    /// The server itself: timers and jobs.
    pub fn system() -> Self {
        let person = Person { id: UserId::from(SYSTEM), name: SYSTEM.to_owned(), ..Person::default() };
        Self { person, channel: Channel::System }
    }

    /// The person's id.
    pub fn id(&self) -> &UserId {
        &self.person.id
    }

    /// True for somebody from outside the house, a customer: what staff say to each other is not for them.
    pub fn outside(&self) -> bool {
        self.person.customer.is_some()
    }

    /// True when the person holds the role.
    pub fn holds(&self, role: &str) -> bool {
        self.person.roles.iter().any(|it: &RoleKey| it.as_str() == role)
    }
}
