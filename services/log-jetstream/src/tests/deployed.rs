//! Three servers with exactly the files of `deploy/nats`, of which only what the environment gives is the tests' own.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::tests::servers::{await_greeting, free_ports, program};
use crate::{Home, Login};

/// How many servers `deploy/nats` is for.
const COUNT: usize = 3;

/// Whose passwords are in the clear.
const USERS: [&str; 6] = [
    "system",
    "reader",
    "backup",
    "administrator",
    "sealer",
    "seals-administrator",
];

/// What every user's password begins with here; its name follows.
const PASSWORD: &str = "password-of-";

/// The writer's password as it is to be kept: the others are in the clear here, which a server says is wrong.
const WRITER_HASH: &str = "$2a$04$netgainnetgainnetgainuBFgZDlS/zPtnLFK4ER2MVULfHDD8Yhu";

/// Three servers that run until this is dropped.
pub(super) struct Deployed {
    folder: tempfile::TempDir,
    ports: Vec<u16>,
    running: Vec<Child>,
}

impl Deployed {
    /// Starts them, or says why that cannot be done here.
    pub(super) fn start() -> Option<Self> {
        let program = program()?;
        let folder = tempfile::tempdir().unwrap();
        certify(folder.path());
        let ports = free_ports(3 * COUNT);
        let configuration = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../deploy/nats/nats-server.conf")
            .canonicalize()
            .unwrap();
        let address = |port: u16| format!("127.0.0.1:{port}");
        let file = |name: &str| folder.path().join(name).display().to_string();
        let mut running = Vec::new();
        for number in 0..COUNT {
            let log = fs::File::create(folder.path().join(format!("{number}.log"))).unwrap();
            let mut command = Command::new(&program);
            command
                .arg("--config")
                .arg(&configuration)
                .env("NATS_NAME", format!("n{number}"))
                .env("NATS_LISTEN", address(ports[number]))
                .env("NATS_ROUTE_LISTEN", address(ports[COUNT + number]))
                .env("NATS_MONITORING", address(ports[2 * COUNT + number]))
                .env("NATS_STORE", file(&format!("store-{number}")))
                .env("NATS_STORE_MAX", "1GB")
                .env("NATS_CERTIFICATE", file("server.pem"))
                .env("NATS_KEY", file("server.key"))
                .env("NATS_AUTHORITY", file("authority.pem"))
                .env("NATS_ROUTE_PASSWORD", "between")
                .env("NATS_WRITER_PASSWORD", WRITER_HASH);
            for route in 0..COUNT {
                let route_to = address(ports[COUNT + route]);
                let route_to = format!("nats://route:between@{route_to}");
                command.env(format!("NATS_ROUTE_{}", route + 1), route_to);
            }
            for user in USERS {
                let name = format!("NATS_{}_PASSWORD", user.to_uppercase().replace('-', "_"));
                command.env(name, format!("{PASSWORD}{user}"));
            }
            let child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
            running.push(child);
        }
        for port in &ports[..COUNT] {
            await_greeting(*port);
        }
        Some(Self {
            folder,
            ports,
            running,
        })
    }

    /// The ledger in them, as a user has it.
    pub(super) fn home(&self, user: &str) -> Home {
        let addresses = self.ports[..COUNT].iter();
        let addresses: Vec<String> = addresses
            .map(|port| format!("tls://127.0.0.1:{port}"))
            .collect();
        let password = format!("{PASSWORD}{user}");
        Home {
            login: Some(Login {
                user: user.to_owned(),
                password,
            }),
            authorities: Some(self.folder.path().join("authority.pem")),
            ..Home::on(addresses.join(","))
        }
    }

    /// Where a server is asked what it says of itself.
    pub(super) fn monitoring(&self, number: usize) -> u16 {
        self.ports[2 * COUNT + number]
    }

    /// The ledger in them, as a user has it who talks to one of them only.
    pub(super) fn home_at(&self, number: usize, user: &str) -> Home {
        Home {
            servers: format!("tls://127.0.0.1:{}", self.ports[number]),
            ..self.home(user)
        }
    }

    /// Has a server stand still, so that the others do not hear it; or go on.
    pub(super) fn pause(&self, number: usize, is_paused: bool) {
        let signal = if is_paused { "-STOP" } else { "-CONT" };
        let id = self.running[number].id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Stops a server at once.
    pub(super) fn kill(&mut self, number: usize) {
        self.running[number].kill().unwrap();
        self.running[number].wait().unwrap();
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        for child in &mut self.running {
            // It may have ended by itself; its folder goes either way.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Makes an authority, and a certificate of it for servers on this machine. Beside them another authority, that
/// vouches for nobody.
fn certify(folder: &Path) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = || {
        let key = KeyPair::generate().unwrap();
        CertifiedIssuer::self_signed(params.clone(), key).unwrap()
    };
    let (trusted, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["127.0.0.1".into(), "localhost".into()]).unwrap();
    let server = server.signed_by(&key, &trusted).unwrap();
    for (name, text) in [
        ("authority.pem", trusted.pem()),
        ("other.pem", other.pem()),
        ("server.pem", server.pem()),
        ("server.key", key.serialize_pem()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}
