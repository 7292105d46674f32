//! The world the end-to-end tests live in: a real server process on a private database, and a real browser.
//! Rules are tested beside their code; here only what needs the whole product.

pub mod browser;
pub mod case;
pub mod client;
pub mod postgres;
pub mod server;

/// A free loopback port. Another process may take it before it is used; callers retry.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).map_or(0, |it| it.port())
}
