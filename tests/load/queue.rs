//! The commands to send: each connection has organisations of its own, so that those of one organisation arrive in
//! their order however many connections there are.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use netgain_tests::service::secret_of;
use serde_json::Value;

/// A command of the workload.
pub(crate) struct Line {
    /// Whose command it is.
    pub(crate) org: String,
    /// Who sends it.
    pub(crate) actor: String,
    /// What kind it is.
    pub(crate) kind: String,
    /// What is sent of it.
    pub(crate) body: String,
}

/// What one connection has still to send.
pub(crate) type Queue = VecDeque<Line>;

/// Reads commands as `workload` prints them and deals them out to that many connections.
pub(crate) fn read(
    path: &Path,
    connections: usize,
) -> Result<Vec<Queue>, Box<dyn std::error::Error>> {
    let mut queues: Vec<Queue> = (0..connections).map(|_| Queue::new()).collect();
    let mut connection_of = HashMap::new();
    for line in BufReader::new(File::open(path)?).lines() {
        let line = line_of(&line?)?;
        let next = connection_of.len() % connections;
        let connection = *connection_of.entry(line.org.clone()).or_insert(next);
        queues[connection].push_back(line);
    }
    Ok(queues)
}

fn line_of(text: &str) -> Result<Line, Box<dyn std::error::Error>> {
    let mut command: Value = serde_json::from_str(text)?;
    let fields = command.as_object_mut().ok_or("a command is an object")?;
    // The service takes the actor from the token, and the organisation from the address.
    let mut take = |name: &str| match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(format!("a command without {name}")),
    };
    let (org, actor) = (take("org")?, take("actor")?);
    let kind = fields["type"].as_str().unwrap_or_default().to_owned();
    let body = command.to_string();
    Ok(Line {
        org,
        actor,
        kind,
        body,
    })
}

/// Commands of one organisation by one person, as arrays of that many. Validations, which take a second person,
/// are left out; so are keys, which an array has only as a whole.
pub(crate) fn arrays(queue: Queue, length: usize) -> Result<Queue, serde_json::Error> {
    let mut open: HashMap<String, Vec<Value>> = HashMap::new();
    let mut arrays = Queue::new();
    for line in queue {
        if line.kind == "validate-claim" {
            continue;
        }
        let mut command: Value = serde_json::from_str(&line.body)?;
        if let Some(fields) = command.as_object_mut() {
            fields.remove("command_id");
        }
        let commands = open.entry(line.org.clone()).or_default();
        commands.push(command);
        if commands.len() == length {
            let body = Value::from(std::mem::take(commands)).to_string();
            arrays.push_back(Line { body, ..line });
        }
    }
    Ok(arrays)
}

/// A command as a request, put into `request`.
pub(crate) fn write_request(request: &mut Vec<u8>, tokens: &mut Tokens, line: &Line) {
    let Line {
        org, actor, body, ..
    } = line;
    request.clear();
    for part in [
        "POST /api/v1/organisations/",
        org,
        "/commands HTTP/1.1\r\nHost: localhost\r\n",
    ] {
        request.extend_from_slice(part.as_bytes());
    }
    request.extend_from_slice(tokens.header(actor).as_bytes());
    let head = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    request.extend_from_slice(head.as_bytes());
    request.extend_from_slice(body.as_bytes());
}

/// The header by which each person shows who they are.
#[derive(Default)]
pub(crate) struct Tokens(HashMap<String, String>);

impl Tokens {
    pub(crate) fn header(&mut self, person: &str) -> &str {
        if !self.0.contains_key(person) {
            let header = format!("Authorization: Bearer {}\r\n", secret_of(person));
            self.0.insert(person.to_owned(), header);
        }
        &self.0[person]
    }
}
