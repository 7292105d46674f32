//! Who is this: passwords, sessions, throttling of log-ins.

pub mod password;
