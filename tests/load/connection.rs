//! One connection that is kept alive: bytes of a request out, an answer in. It does as little as it can, because
//! it takes its time from the same cores as what it measures.

use std::io;
use std::net::SocketAddr;

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How much is read at once.
const READ_BYTES: usize = 64 * 1024;

/// A connection and what has been read of it.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer<'c> {
    /// The status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: &'c [u8],
}

impl Connection {
    /// Opens one.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::with_capacity(READ_BYTES),
        })
    }

    /// Sends a request and waits for its answer, which has its length in its head.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.send(request).await?;
        self.read.clear();
        loop {
            self.more().await?;
            if let Some((status, body, end)) = whole(&self.read)
                && self.read.len() >= end
            {
                let body = &self.read[body..end];
                return Ok(Answer { status, body });
            }
        }
    }

    /// Sends bytes.
    pub(crate) async fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await
    }

    /// Waits for more of a stream; what has been read and not been taken is kept.
    pub(crate) async fn more(&mut self) -> io::Result<&mut Vec<u8>> {
        self.read.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(&mut self.read),
        }
    }
}

/// The status of an answer and where its body begins and ends, once its head is there.
fn whole(read: &[u8]) -> Option<(u16, usize, usize)> {
    let head = memmem::find(read, b"\r\n\r\n")?;
    let status = std::str::from_utf8(read.get(9..12)?).ok()?.parse().ok()?;
    let length = memmem::find(&read[..head], b"content-length: ")? + 16;
    let digits = read[length..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    Some((status, head + 4, head + 4 + length))
}
