//! The bytes of a connection: which protocol they begin, and when they move.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::activity::Activity;

const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Http1,
    Http2,
}

/// A TCP stream whose first bytes were looked at, and whose activity is noted.
pub struct Stream {
    tcp: TcpStream,
    activity: Arc<Activity>,
    /// Read already, to be read again from `first_read` on.
    first: [u8; PREFACE.len()],
    first_len: usize,
    first_read: usize,
}

impl Stream {
    pub fn new(tcp: TcpStream, activity: Arc<Activity>) -> Stream {
        Stream { tcp, activity, first: [0; PREFACE.len()], first_len: 0, first_read: 0 }
    }

    /// Waits for as many bytes as it takes to know the protocol. `None` if the client closed before that.
    pub async fn protocol(&mut self) -> io::Result<Option<Protocol>> {
        while self.first_len < PREFACE.len() {
            let read = self.tcp.read(&mut self.first[self.first_len..]).await?;
            if read == 0 {
                return Ok(None);
            }
            self.first_len += read;
            if self.first[..self.first_len] != PREFACE[..self.first_len] {
                return Ok(Some(Protocol::Http1));
            }
        }
        Ok(Some(Protocol::Http2))
    }

    /// Closes without losing what was written last: a socket closed on data that nobody read is reset, and a reset can
    /// overtake an answer. So we stop writing, and go on reading until the client has closed, a little.
    pub async fn linger(mut self) {
        const MAX_BYTES: usize = 64 * 1024;
        const MAX_TIME: Duration = Duration::from_millis(500);
        let reading = async {
            self.tcp.shutdown().await?;
            let mut left = MAX_BYTES;
            let mut part = [0; 4 * 1024];
            loop {
                match self.tcp.read(&mut part).await? {
                    0 => return Ok::<_, io::Error>(()),
                    read if read >= left => return Ok(()),
                    read => left -= read,
                }
            }
        };
        // Whatever stops this, the connection is over.
        let _ = tokio::time::timeout(MAX_TIME, reading).await;
    }

    fn written(&self, done: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &done {
            Poll::Pending => self.activity.write_blocked(Instant::now),
            Poll::Ready(count) => self.activity.bytes_written(*count.as_ref().unwrap_or(&0), Instant::now),
        }
        done
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first_read < self.first_len {
            let again = &self.first[self.first_read..self.first_len];
            let fits = again.len().min(buf.remaining());
            buf.put_slice(&again[..fits]);
            self.first_read += fits;
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.tcp).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.activity.bytes_read(Instant::now);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.tcp).poll_write(cx, buf);
        self.written(done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs);
        self.written(done)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
