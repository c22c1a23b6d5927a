//! Homes that cannot hold a ledger, and making them right.

use std::time::Duration;

use netgain_ledger::conformance::block_on;
use netgain_ledger::log::durable;

use crate::home_error::Problem;
use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, change, ledger, open};
use crate::{Home, HomeError, JetStreamLog, Login, Reader, Syncing, init};

fn refused(home: &Home) -> HomeError {
    Reader::open(home).unwrap_err();
    JetStreamLog::open(home).unwrap_err()
}

#[test]
fn making_the_streams_again_changes_nothing_and_keeps_the_ledger() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let HomeError::NoStream { stream } = refused(&home) else {
        panic!("there is no ledger yet");
    };
    assert_eq!(stream, "netgain-0");
    assert_eq!(init(&home, 2, ledger).unwrap(), ledger());
    let other = || "f".repeat(32).parse().unwrap();
    assert_eq!(init(&home, 2, other).unwrap(), ledger());
    assert!(matches!(
        init(&home, 3, other),
        Err(HomeError::OtherLedger { .. })
    ));
    assert!(matches!(init(&home, 0, other), Err(HomeError::Shards(0))));
    assert!(JetStreamLog::open(&home).is_ok() && Reader::open(&home).is_ok());
}

#[test]
fn a_stream_that_was_changed_is_refused_until_it_is_made_right() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    init(&home, 1, ledger).unwrap();
    let day = Duration::from_hours(24);
    change(&home, |config| {
        config.max_age = day;
        config.max_messages = 10;
        config.allow_atomic_publish = false;
    });
    let HomeError::Wrong { problems, .. } = refused(&home) else {
        panic!("a stream that forgets was taken");
    };
    let limit = Problem::Limit {
        name: "max_msgs",
        unlimited: "-1",
    };
    assert_eq!(problems, [Problem::Age(day), Problem::Batches, limit]);
    init(&home, 1, ledger).unwrap();
    assert!(JetStreamLog::open(&home).is_ok());
}

#[test]
fn more_replicas_than_a_stream_has_are_asked_for() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let mut home = servers.home();
    init(&home, 1, ledger).unwrap();
    home.replicas = 3;
    let HomeError::Wrong { problems, .. } = refused(&home) else {
        panic!("one server was taken for three");
    };
    let (found, needed) = (1, 3);
    assert_eq!(problems, [Problem::Replicas { found, needed }]);
    home.replicas = 2;
    assert!(matches!(
        init(&home, 1, ledger),
        Err(HomeError::Replicas(2))
    ));
}

#[test]
fn a_stream_of_something_else_is_left_alone() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    change(&home, |_| {});
    assert!(matches!(refused(&home), HomeError::NoLedger { .. }));
    assert!(matches!(
        init(&home, 1, ledger),
        Err(HomeError::NoLedger { .. })
    ));
}

#[test]
fn a_server_that_takes_no_large_messages_is_refused() {
    let Some(servers) = Servers::start_with(1, "always", "") else {
        return;
    };
    let error = refused(&servers.home());
    assert!(matches!(error, HomeError::PayloadTooSmall { .. }));
    assert!(
        error.to_string().contains("set `max_payload: 4195328`"),
        "{error}"
    );
}

#[test]
fn servers_that_acknowledge_before_they_sync_are_refused_and_silence_needs_a_statement() {
    const ACCOUNTS: &str = "max_payload: 5MB\nno_auth_user: ledger\nsystem_account: SYS\naccounts {\n\
        SYS { exports: [{service: \"$SYS.REQ.SERVER.PING.JSZ\", response_type: stream}] }\n\
        LEDGER { jetstream: enabled, users: [{user: ledger, password: ledger}], \
        imports: [{service: {account: SYS, subject: \"$SYS.REQ.SERVER.PING.JSZ\"}}] } }";
    let Some(late) = Servers::start_with(1, "2m", ACCOUNTS) else {
        return;
    };
    let always = Servers::start_with(1, "always", ACCOUNTS).unwrap();
    let silent = Servers::start(1).unwrap();
    for syncing in [Syncing::Asked, Syncing::Stated] {
        let home = |servers: &Servers| Home {
            syncing,
            ..servers.home()
        };
        let error = init(&home(&late), 1, ledger).unwrap_err();
        assert!(
            error.to_string().contains("sync_interval: always"),
            "{error}"
        );
        assert!(matches!(error, HomeError::NotSynced { .. }));
        assert!(init(&home(&always), 1, ledger).is_ok());
        assert!(JetStreamLog::open(&home(&always)).is_ok());
        let is_stated = syncing == Syncing::Stated;
        assert_eq!(init(&home(&silent), 1, ledger).is_ok(), is_stated);
        assert_eq!(JetStreamLog::open(&home(&silent)).is_ok(), is_stated);
    }
    // Nothing was made where it was refused.
    let HomeError::NoStream { .. } = refused(&late.home()) else {
        panic!("streams were made on servers that lose messages");
    };
}

#[test]
fn servers_that_are_not_there_are_said() {
    let nobody = |servers: &str| Home {
        replicas: 1,
        ..Home::on(servers)
    };
    assert!(matches!(
        refused(&nobody("nats://127.0.0.1:1")),
        HomeError::Unreachable { .. }
    ));
    assert!(matches!(
        refused(&nobody("nats://a b")),
        HomeError::Address { .. }
    ));
}

#[test]
fn a_denied_commit_is_reported_as_what_it_is() {
    let users = "max_payload: 5MB\nauthorization { users: [\
        {user: all, password: all}, \
        {user: reader, password: reader, permissions: {publish: {deny: \"netgain.>\"}}}] }";
    let Some(servers) = Servers::start_with(1, "always", users) else {
        return;
    };
    let home = |user: &str| {
        let mut home = servers.home();
        let (user, password) = (user.to_owned(), user.to_owned());
        home.login = Some(Login { user, password });
        home
    };
    drop(open(&home("all"), 1));
    assert!(matches!(
        refused(&servers.home()),
        HomeError::Unreachable { .. }
    ));
    assert!(
        !format!("{:?}", home("reader")).contains("password"),
        "passwords are not shown"
    );
    let log = JetStreamLog::open(&home("reader")).unwrap();
    let ticket = append(&log, "E07000082", 1, "reader", &std::sync::Arc::default());
    let fault = block_on(durable(&log, ticket)).unwrap_err();
    let said = fault.to_string().to_lowercase();
    assert!(said.contains("permissions violation"), "{fault}");
}
