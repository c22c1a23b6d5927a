//! One ledger, asked in its files and through a service.

use std::process::Command;

use netgain_tests::examples::{LANCASTER, SALFORD, SAMPLEBOROUGH};
use netgain_tests::program::{Output, Program, run};
use netgain_tests::service::{Service, person, secret_of};
use serde_json::Value;

/// The organisations of the sample data.
pub(crate) const SAMPLES: [&str; 3] = [SALFORD, LANCASTER, SAMPLEBOROUGH];

/// A ledger that is served.
pub(crate) struct Served {
    pub(crate) service: Service,
}

/// People who may do everything everywhere, each in their own place.
fn everybody() -> Vec<Value> {
    [
        person("ada", &[("administrator", "*")]),
        person("ann", &[("recorder", "*")]),
        person("sue", &[("signatory", "*")]),
        person("eve", &[("auditor", "*")]),
    ]
    .concat()
}

impl Served {
    /// Serves a ledger, with people who may do everything.
    pub(crate) fn over(program: Program) -> Self {
        program.accepts(&everybody());
        let service = Service::start(program);
        Self { service }
    }

    /// Serves the sample data.
    pub(crate) fn samples() -> Self {
        Self::over(Program::demo().0)
    }

    /// The address, as `--server` takes it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.service.address())
    }

    /// What a call says on the ledger's own files.
    pub(crate) fn in_files(&self, call: &str) -> Output {
        self.service.program().run(call)
    }

    /// A call through the service, as a person.
    pub(crate) fn command(&self, person: &str, call: &str) -> Command {
        let mut command = self.client(&self.url(), call);
        command.env("NETGAIN_TOKEN", secret_of(person));
        command
    }

    /// A call through a service at another address, as nobody yet.
    pub(crate) fn client(&self, url: &str, call: &str) -> Command {
        let program = self.service.program();
        let mut command = Command::new(program.command([""]).get_program());
        command
            .args(["--server", url])
            .args(call.split_whitespace());
        for name in [
            "NETGAIN_DATA",
            "NETGAIN_SERVER",
            "NETGAIN_TOKEN",
            "CREDENTIALS_DIRECTORY",
        ] {
            command.env_remove(name);
        }
        command.current_dir(program.path(""));
        command
    }

    /// What a call says through the service, as a person.
    pub(crate) fn through(&self, person: &str, call: &str) -> Output {
        run(self.command(person, call), b"")
    }

    /// The same with something to read.
    pub(crate) fn through_with(&self, person: &str, call: &str, input: &[u8]) -> Output {
        run(self.command(person, call), input)
    }

    /// What a call says through a service at another address.
    pub(crate) fn at(&self, url: &str, person: &str, call: &str) -> Output {
        let mut command = self.client(url, call);
        command.env("NETGAIN_TOKEN", secret_of(person));
        run(command, b"")
    }

    /// Holds a call through the service to the same on the files: all it says, and how it ends.
    pub(crate) fn same(&self, person: &str, call: &str) -> Output {
        let expected = self.in_files(call);
        let found = self.through(person, call);
        assert_eq!(found, expected, "{call}");
        found
    }
}
