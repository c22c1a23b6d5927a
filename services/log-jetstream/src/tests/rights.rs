//! What each user of `deploy/nats` may do, and what only the administrator may.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::stream::Config;
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::durable;
use tokio::runtime::Runtime;

use crate::check::may_ask;
use crate::connection::{Connection, IMPORTED};
use crate::home::Syncing;
use crate::publish;
use crate::tests::deployed::Deployed;
use crate::tests::{append, is_written, ledger, line, lines};
use crate::{Finding, Home, HomeError, JetStreamLog, Reader, Verdict, check, init};

const CODE: &str = "E07000082";

/// Everything about a home that is not as it should be.
fn wanting(home: &Home) -> Vec<Finding> {
    let findings = check(home, None).unwrap().into_iter();
    let is_of_the_log = |finding: &Finding| finding.of != "seals";
    findings
        .filter(|finding| finding.verdict != Verdict::Right && is_of_the_log(finding))
        .collect()
}

#[test]
fn the_deployed_servers_hold_a_ledger_that_some_write_and_some_only_read() {
    let Some(servers) = Deployed::start() else {
        return;
    };
    let [writer, reader, backup, administrator] =
        ["writer", "reader", "backup", "administrator"].map(|user| servers.home(user));

    // Nobody but the administrator can make the streams.
    let nothing = wanting(&administrator);
    let all = check(&administrator, None).unwrap();
    let servers_found = |found: &[Finding]| {
        let servers = found.iter().filter(|finding| finding.matter == "server");
        servers.count()
    };
    assert_eq!(servers_found(&all), 3, "{all:?}");
    let is_absent = |finding: &Finding| matches!(&finding.verdict, Verdict::Wrong(why) if why.contains("netgain cluster init"));
    assert!(nothing.iter().any(is_absent), "{nothing:?}");
    assert!(init(&writer, 1, ledger).is_err());
    assert_eq!(init(&administrator, 1, ledger).unwrap(), ledger());

    let log = JetStreamLog::open(&writer).unwrap();
    let lineage = Arc::default();
    let ticket = append(&log, CODE, 1, "writer", &lineage);
    assert!(is_written(&log, ticket, &lineage));
    for home in [&reader, &backup] {
        let reader = Reader::open(home).unwrap();
        assert_eq!(lines(&reader, CODE).into_bytes(), line(1, "writer"));
        // What is denied gets no answer, as if it were lost: it is said as what it is.
        let log = JetStreamLog::open(home).unwrap();
        let ticket = append(&log, CODE, 2, "reader", &Arc::default());
        let fault = block_on(durable(&log, ticket)).unwrap_err().to_string();
        assert!(
            fault.to_lowercase().contains("permissions violation"),
            "{fault}"
        );
    }

    // All that there is to say of the writer's home is good, of every server; of the administrator's, that it may
    // too much.
    let found = check(&writer, None).unwrap();
    assert_eq!(wanting(&writer), [], "{found:?}");
    assert_eq!(servers_found(&found), 3);
    let wanting = wanting(&administrator);
    let may: Vec<&str> = wanting
        .iter()
        .map(|finding| finding.found.as_str())
        .collect();
    assert_eq!(may, ["may"; 6], "{wanting:?}");
}

/// A ledger, and what is asked of its servers as each user.
fn as_each_user(ask: impl AsyncFnOnce([Connection; 4])) {
    let Some(servers) = Deployed::start() else {
        return;
    };
    init(&servers.home("administrator"), 1, ledger).unwrap();
    Runtime::new().unwrap().block_on(async {
        let open = async |user| Connection::open(&servers.home(user)).await.unwrap();
        ask([
            open("writer").await,
            open("reader").await,
            open("backup").await,
            open("administrator").await,
        ])
        .await;
    });
}

#[test]
fn only_the_administrator_may_do_what_takes_something_away() {
    as_each_user(async |[writer, reader, backup, administrator]| {
        for operation in [
            "STREAM.PURGE.netgain-0",
            "STREAM.MSG.DELETE.netgain-0",
            "STREAM.UPDATE.netgain-0",
            "STREAM.CREATE.other",
            "STREAM.LEADER.STEPDOWN.netgain-0",
            "STREAM.PEER.REMOVE.netgain-0",
            "STREAM.SNAPSHOT.netgain-0",
            // The control: what everybody may.
            "STREAM.INFO.netgain-0",
        ] {
            let subject = format!("$JS.API.{operation}");
            let imported = format!("{IMPORTED}.{operation}");
            for (connection, subject) in [
                (&writer, &subject),
                (&reader, &imported),
                (&backup, &imported),
            ] {
                let may = may_ask(connection, subject).await.unwrap();
                assert_eq!(may, operation.starts_with("STREAM.INFO"), "{subject}");
            }
            assert!(!may_ask(&reader, &subject).await.unwrap(), "{subject}");
            assert!(
                may_ask(&administrator, &subject).await.unwrap(),
                "{subject}"
            );
        }
        // Foreign subjects: those of no ledger, of the servers' own account, and other users' answers.
        for subject in [
            "other.0.E07000082",
            "$SYS.REQ.SERVER.PING.VARZ",
            "_INBOX_reader.x",
        ] {
            assert!(!may_ask(&writer, subject).await.unwrap(), "{subject}");
        }

        // Even the administrator cannot take a message away, but can take the stream: its password is kept
        // offline.
        let context = &administrator.context;
        let stream = context.get_stream("netgain-0").await.unwrap();
        let purged = format!("{:?}", stream.purge().await.unwrap_err());
        assert!(purged.contains("not permitted"), "{purged}");
        assert!(stream.delete_message(1).await.is_err());
        let other = Config {
            name: "other".into(),
            subjects: vec!["other.>".into()],
            ..Config::default()
        };
        context.create_or_update_stream(other).await.unwrap();
        let other = context.get_stream("other").await.unwrap();
        other.purge().await.unwrap();
        context.delete_stream("netgain-0").await.unwrap();
        let gone = context.get_stream("netgain-0").await.unwrap_err();
        let not_found = format!("{:?}", ErrorCode::STREAM_NOT_FOUND);
        assert!(format!("{gone:?}").contains(&not_found), "{gone:?}");
    });
}

#[test]
fn who_reads_cannot_have_an_answer_sent_into_the_ledger() {
    as_each_user(async |[writer, reader, backup, administrator]| {
        let own = "$JS.API.STREAM.INFO.netgain-0".to_owned();
        let imported = format!("{IMPORTED}.STREAM.INFO.netgain-0");
        let into = |user: &str| format!("netgain.0.ANSWER-TO-{}", user.to_uppercase());
        for (user, connection, question) in [
            ("reader", &reader, &imported),
            ("backup", &backup, &imported),
            ("writer", &writer, &own),
        ] {
            let client = connection.context.client();
            let asked = client.publish_with_reply(question.clone(), into(user), "".into());
            asked.await.unwrap();
            client.flush().await.unwrap();
            assert!(may_ask(connection, question).await.unwrap());
        }
        // The control: who is in the ledger's own account could.
        let context = &administrator.context;
        let stream = context.get_stream_no_info("netgain-0").await.unwrap();
        let is_there = async |user| publish::last(&stream, &into(user)).await.unwrap().is_some();
        while !is_there("writer").await {}
        assert!(!is_there("reader").await && !is_there("backup").await);
    });
}

#[test]
fn nothing_is_said_without_tls_or_to_servers_that_nobody_vouches_for() {
    let Some(servers) = Deployed::start() else {
        return;
    };
    let right = servers.home("administrator");
    init(&right, 1, ledger).unwrap();
    let authorities = right.authorities.clone().unwrap();
    let plain = right.servers.replace("tls://", "nats://");
    let refused = |home: &Home| matches!(Reader::open(home), Err(HomeError::Unreachable { .. }));
    let mut home = Home {
        servers: plain,
        ..right.clone()
    };
    assert!(Reader::open(&home).is_ok(), "they ask for TLS themselves");
    home.authorities = None;
    assert!(refused(&home));
    home.authorities = Some(authorities.with_file_name("other.pem"));
    assert!(refused(&home));
    home.authorities = Some(authorities);
    home.login.as_mut().unwrap().password.push('x');
    assert!(refused(&home));

    // A client that goes on in the clear is shown out.
    let address = right.servers.split(',').next().unwrap();
    let mut stream = TcpStream::connect(address.trim_start_matches("tls://")).unwrap();
    stream
        .write_all(b"CONNECT {\"user\":\"administrator\",\"pass\":\"password-of-administrator\"}\r\nPING\r\n")
        .unwrap();
    let mut said = Vec::new();
    // It may be cut off before it has been told so.
    drop(stream.read_to_end(&mut said));
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(
        said.contains("\"tls_required\":true") && !said.contains("PONG"),
        "{said}"
    );
}

#[test]
fn a_server_that_is_down_is_said_and_does_not_keep_a_ledger_from_being_opened() {
    let Some(mut servers) = Deployed::start() else {
        return;
    };
    init(&servers.home("administrator"), 1, ledger).unwrap();
    for number in 0..3 {
        // The monitoring is on this machine's own address; what it says needs no name.
        let address = ("127.0.0.1", servers.monitoring(number));
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /varz HTTP/1.0\r\n\r\n").unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        assert!(said.contains("\"sync_always\": true"), "{said}");
    }
    servers.kill(2);
    let writer = servers.home("writer");
    let found = loop {
        // Until another one leads, nobody says anything about the stream.
        match check(&writer, None) {
            Ok(found) => break found,
            Err(HomeError::Api { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    };
    let silent = found.iter().find(|finding| finding.of == "n2").unwrap();
    assert_eq!(silent.found, "does not answer");
    assert!(matches!(silent.verdict, Verdict::Change(_)));
    let log = JetStreamLog::open(&writer).unwrap();
    let lineage = Arc::default();
    let ticket = append(&log, CODE, 1, "writer", &lineage);
    assert!(is_written(&log, ticket, &lineage));
    assert_eq!(writer.syncing, Syncing::Asked);
}
