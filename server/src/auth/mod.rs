//! Who is this: passwords, sessions, entering and leaving, throttling of log-ins.

pub mod caller;
pub mod first;
pub mod login;
pub mod password;
pub mod sessions;
