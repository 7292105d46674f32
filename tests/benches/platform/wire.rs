//! A person's connection that costs next to nothing: requests are bytes made once, answers are cut out by their length. The
//! load comes from the same processors as the server's work, so what it spends is missing there.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use api::session::{Login, Session};
use tests::client::PASSWORD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

/// Who is logged in, and where.
pub struct Seat {
    host: String,
    /// What every request says of the person.
    headers: String,
}

impl Seat {
    /// Logs a demo user in.
    pub async fn take(base: &str, user: &str) -> Result<Arc<Self>> {
        let login = Login { user: user.to_owned(), password: PASSWORD.to_owned() };
        let answer = reqwest::Client::new().post(format!("{base}/api/login")).json(&login).send().await?;
        let cookie = answer.headers().get("set-cookie").context("a cookie")?.to_str()?.to_owned();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let session: Session = answer.error_for_status()?.json().await?;
        let host = base.trim_start_matches("http://").to_owned();
        let headers = format!("host: {host}\r\ncookie: {cookie}\r\nx-csrf: {}\r\n", session.csrf);
        Ok(Arc::new(Self { host, headers }))
    }

    /// So many connections of the person.
    pub async fn wires(self: &Arc<Self>, count: usize) -> Result<Arc<Vec<Mutex<Wire>>>> {
        let mut wires = Vec::new();
        for _ in 0..count {
            wires.push(Mutex::new(Wire::open(self).await?));
        }
        Ok(Arc::new(wires))
    }
}

/// One connection, kept alive, one request at a time.
pub struct Wire {
    seat: Arc<Seat>,
    stream: TcpStream,
    sent: Vec<u8>,
    came: Vec<u8>,
}

impl Wire {
    pub async fn open(seat: &Arc<Seat>) -> Result<Self> {
        let stream = TcpStream::connect(&seat.host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { seat: seat.clone(), stream, sent: Vec::new(), came: Vec::new() })
    }

    /// Status and body.
    pub async fn get(&mut self, path: &str) -> Result<(u16, &[u8])> {
        self.ask("GET", path, b"").await
    }

    /// Sends JSON; status and body.
    pub async fn post(&mut self, path: &str, body: &[u8]) -> Result<(u16, &[u8])> {
        self.ask("POST", path, body).await
    }

    async fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Result<(u16, &[u8])> {
        self.sent.clear();
        self.sent.extend_from_slice(format!("{method} {path} HTTP/1.1\r\n{}", self.seat.headers).as_bytes());
        if method != "GET" {
            let length = body.len();
            self.sent.extend_from_slice(
                format!("content-type: application/json\r\ncontent-length: {length}\r\n").as_bytes(),
            );
        }
        self.sent.extend_from_slice(b"\r\n");
        self.sent.extend_from_slice(body);
        self.stream.write_all(&self.sent).await?;
        self.came.clear();
        let (head, status, length) = loop {
            ensure!(self.stream.read_buf(&mut self.came).await? > 0, "the connection ended");
            if let Some(head) = self.came.windows(4).position(|it| it == b"\r\n\r\n") {
                let (status, length) = read_head(&self.came[..head])?;
                break (head + 4, status, length);
            }
        };
        while self.came.len() < head + length {
            ensure!(self.stream.read_buf(&mut self.came).await? > 0, "the connection ended");
        }
        Ok((status, &self.came[head..head + length]))
    }
}

/// Status and length of the body.
fn read_head(head: &[u8]) -> Result<(u16, usize)> {
    let text = std::str::from_utf8(head)?;
    let status = text.get(9..12).context("a status")?.parse()?;
    let length =
        text.lines().filter_map(|it| it.split_once(':')).find(|it| it.0.eq_ignore_ascii_case("content-length"));
    match length {
        Some((_, length)) => Ok((status, length.trim().parse()?)),
        None if status == 204 => Ok((status, 0)),
        None => anyhow::bail!("an answer without a length: {text}"),
    }
}
