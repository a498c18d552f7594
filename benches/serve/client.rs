//! A keep-alive HTTP/1.1 connection that reads only as much of an answer as it must, so that the machine's cores go to
//! the server.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: vec![0; 256 * 1024] })
    }

    /// Sends `request` and reads its answer; `keep_body` copies the body out.
    pub async fn ask(&mut self, request: &[u8], keep_body: bool) -> std::io::Result<Answer> {
        let mut body = Vec::new();
        let seen = self.exchange(request, keep_body.then_some(&mut body)).await?;
        let head = text(&self.buffer[..seen.head])?.to_owned();
        Ok(Answer { status: seen.status, head, body })
    }

    /// The same without keeping anything of the answer: its status.
    pub async fn ask_status(&mut self, request: &[u8]) -> std::io::Result<u16> {
        Ok(self.exchange(request, None).await?.status)
    }

    /// The same, for what the head tells.
    pub async fn ask_head(&mut self, request: &[u8], body: &mut Vec<u8>) -> std::io::Result<(u16, &str)> {
        body.clear();
        let seen = self.exchange(request, Some(body)).await?;
        Ok((seen.status, text(&self.buffer[..seen.head])?))
    }

    /// The head stays in the buffer.
    async fn exchange(
        &mut self,
        request: &[u8],
        mut body: Option<&mut Vec<u8>>,
    ) -> std::io::Result<Exchanged> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let head = loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            // Only the new bytes and the three before them can hold the end of the head.
            let from = filled.saturating_sub(3);
            filled += read;
            if let Some(at) = find(&self.buffer[from..filled], b"\r\n\r\n") {
                break from + at + 4;
            }
        };
        let told = text(&self.buffer[..head])?;
        let status = told.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length = if status == 304 { 0 } else { length_of(told).unwrap_or(0) };
        if let Some(body) = &mut body {
            body.extend_from_slice(&self.buffer[head..filled]);
        }
        let mut received = filled - head;
        while received < length {
            let read = self.stream.read(&mut self.buffer[head..]).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(body) = &mut body {
                body.extend_from_slice(&self.buffer[head..head + read]);
            }
            received += read;
        }
        Ok(Exchanged { status, head })
    }
}

struct Exchanged {
    status: u16,
    /// Bytes of the head.
    head: usize,
}

fn text(bytes: &[u8]) -> std::io::Result<&str> {
    std::str::from_utf8(bytes).map_err(std::io::Error::other)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn length_of(head: &str) -> Option<usize> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}
