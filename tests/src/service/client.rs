//! A small HTTP/1.1 client: one connection that is kept, every header and byte as it was sent.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
use serde_json::Value;

use super::stream::Stream;

/// How long an answer may take before the service counts as hanging.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers in their order, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, its chunks put together; nothing of a stream of events.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header of that name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as one JSON document.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The status and, of a problem, its stable code.
    #[must_use]
    pub fn outcome(&self) -> (u16, String) {
        let problem: Result<Value, _> = serde_json::from_slice(&self.body);
        let code = problem
            .ok()
            .and_then(|it| Some(it.get("code")?.as_str()?.to_owned()));
        (self.status, code.unwrap_or_default())
    }

    /// Checks the status, and gives the answer back.
    ///
    /// # Panics
    /// When it is another.
    #[must_use]
    pub fn of_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}: {}", self.text());
        self
    }

    /// Everything that was answered, as bytes to search.
    #[must_use]
    pub fn all(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for (name, value) in &self.headers {
            all.extend_from_slice(format!("{name}: {value}\n").as_bytes());
        }
        all.extend_from_slice(&self.body);
        all
    }
}

/// Somebody who asks, on a connection of their own.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    from: Ipv4Addr,
    headers: Vec<(String, String)>,
    open: Option<Connection>,
}

impl Client {
    /// Somebody who has not shown who they are.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            from: Ipv4Addr::LOCALHOST,
            headers: vec![("host".into(), address.to_string())],
            open: None,
        }
    }

    /// With a header in every request.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With a token.
    #[must_use]
    pub fn token(self, secret: &str) -> Self {
        self.with("authorization", &format!("Bearer {secret}"))
    }

    /// From another address of this machine, since the service counts by addresses.
    #[must_use]
    pub fn from_address(mut self, from: Ipv4Addr) -> Self {
        self.from = from;
        self
    }

    /// Asks with GET.
    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    /// Sends a JSON document with POST.
    pub fn post(&mut self, path: &str, document: &Value) -> Answer {
        self.send_json("POST", path, &[], document)
    }

    /// Sends a JSON document, with more headers.
    pub fn send_json(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        document: &Value,
    ) -> Answer {
        let headers = [&[("content-type", "application/json")], headers].concat();
        self.send(
            method,
            path,
            &headers,
            Some(document.to_string().as_bytes()),
        )
    }

    /// Sends a request.
    ///
    /// # Panics
    /// When there is no answer.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        let kept = self.open.is_some();
        match self.try_send(method, path, headers, body) {
            Ok(answer) => answer,
            // A connection that was kept may have been closed since; such a request was not read.
            Err(error) if kept && is_closed(&error) => self
                .try_send(method, path, headers, body)
                .unwrap_or_else(|error| panic!("{method} {path}: {error}")),
            Err(error) => panic!("{method} {path}: {error}"),
        }
    }

    /// Sends a request, once.
    ///
    /// # Errors
    /// There is no whole answer.
    pub fn try_send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> io::Result<Answer> {
        let mut connection = match self.open.take() {
            Some(connection) => connection,
            None => Connection::open(self.address, self.from)?,
        };
        // A body that is too large is answered before all of it is sent.
        let _ = connection.write(&self.request(method, path, headers, body));
        let mut answer = connection.head()?;
        let is_stream = answer.header("content-type") == Some("text/event-stream");
        if is_stream {
            // It has no end; whoever wants it asks for it with `stream`.
            return Ok(answer);
        }
        let whole = connection.body(method, &mut answer)?;
        if whole && answer.header("connection") != Some("close") {
            self.open = Some(connection);
        }
        Ok(answer)
    }

    /// Opens a stream of events. The answer has its head only; there is no stream unless it is one.
    #[must_use]
    pub fn stream(&self, path: &str, headers: &[(&str, &str)]) -> (Answer, Option<Stream>) {
        let (answer, connection) = self.open_stream(path, headers);
        let is_stream = answer.header("content-type") == Some("text/event-stream");
        let stream = is_stream.then(|| Stream::of(connection));
        (answer, stream)
    }

    /// The same, with nobody who reads it.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn open_stream(&self, path: &str, headers: &[(&str, &str)]) -> (Answer, Connection) {
        let mut connection = Connection::open(self.address, self.from).expect("a connection");
        connection
            .write(&self.request("GET", path, headers, None))
            .expect("a service that listens");
        let answer = connection.head().expect("an answer");
        (answer, connection)
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Vec<u8> {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        let own = self.headers.iter().map(|(name, value)| (&**name, &**value));
        for (name, value) in own.chain(headers.iter().copied()) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if let Some(body) = body {
            head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
        }
        head.push_str("\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(body.unwrap_or_default());
        request
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
    )
}

/// A connection on which any bytes may be sent.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Opens one from that address of this machine.
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn open(to: SocketAddr, from: Ipv4Addr) -> io::Result<Self> {
        let stream = if from == Ipv4Addr::LOCALHOST {
            TcpStream::connect(to)?
        } else {
            let socket = socket(AddressFamily::INET, SocketType::STREAM, None)?;
            bind(&socket, &SocketAddrV4::new(from, 0))?;
            connect(&socket, &to)?;
            TcpStream::from(socket)
        };
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_write_timeout(Some(ANSWER_WITHIN))?;
        Ok(Self {
            stream: BufReader::new(stream),
        })
    }

    /// Sends bytes.
    ///
    /// # Errors
    /// They cannot be sent.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Says that nothing more is sent.
    ///
    /// # Errors
    /// The connection is closed.
    pub fn finish_sending(&self) -> io::Result<()> {
        self.stream.get_ref().shutdown(std::net::Shutdown::Write)
    }

    /// Waits at most so long for what comes.
    ///
    /// # Errors
    /// The connection is closed.
    pub fn patience(&self, patience: Duration) -> io::Result<()> {
        self.stream.get_ref().set_read_timeout(Some(patience))
    }

    /// A whole answer.
    ///
    /// # Errors
    /// There is none.
    pub fn answer(&mut self) -> io::Result<Answer> {
        let mut answer = self.head()?;
        self.body("GET", &mut answer)?;
        Ok(answer)
    }

    /// An answer's head.
    ///
    /// # Errors
    /// There is none, or it is not HTTP.
    pub fn head(&mut self) -> io::Result<Answer> {
        let status = self.line()?;
        let status = status
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .ok_or_else(|| io::Error::other(format!("no status: {status:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line
                .split_once(':')
                .ok_or_else(|| io::Error::other(format!("no header: {line:?}")))?;
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Answer {
            status,
            headers,
            body: Vec::new(),
        })
    }

    /// The next line of a head or of a chunk's size.
    pub(super) fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        if line.pop() != Some(b'\n') {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        String::from_utf8(line).map_err(io::Error::other)
    }

    /// The next chunk; the last one is empty.
    pub(super) fn chunk(&mut self) -> io::Result<Vec<u8>> {
        let size = self.line()?;
        let size = usize::from_str_radix(&size, 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; size];
        self.stream.read_exact(&mut chunk)?;
        let end = self.line()?;
        if end.is_empty() {
            Ok(chunk)
        } else {
            Err(io::Error::other("a chunk longer than it says"))
        }
    }

    /// Reads a body, and says whether the connection can be used again.
    fn body(&mut self, method: &str, answer: &mut Answer) -> io::Result<bool> {
        if method == "HEAD" || matches!(answer.status, 204 | 304) {
            return Ok(true);
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let chunk = self.chunk()?;
                if chunk.is_empty() {
                    return Ok(true);
                }
                answer.body.extend_from_slice(&chunk);
            }
        }
        if let Some(length) = answer.header("content-length") {
            answer.body = vec![0; length.parse().map_err(io::Error::other)?];
            self.stream.read_exact(&mut answer.body)?;
            return Ok(true);
        }
        self.stream.read_to_end(&mut answer.body)?;
        Ok(false)
    }

    /// Everything that still comes until the other side closes.
    ///
    /// # Errors
    /// It does not close in time, or breaks off.
    pub fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest)?;
        Ok(rest)
    }
}
