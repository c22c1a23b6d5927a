//! No server answers for a while: whoever asks a node is told so in time, and nothing is lost or doubled.

use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use netgain_tests::examples::{STROUD, claim};
use netgain_tests::service::{Answer, wait_until};
use serde_json::json;

use super::nodes::{Cluster, PATH, cluster, timed, wrong};

/// How many record at the same time, and how many are refused.
const AT_ONCE: usize = 12;

/// By when everybody has an answer: a command waits for 15 s, a history to be read for up to 25 s, and this machine does
/// other things too.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

fn record(cluster: &Cluster, reference: &str, key: &str) -> Answer {
    let mut ann = cluster.nodes[0].as_person("ann");
    let commands = format!("{PATH}/commands");
    let headers = [("idempotency-key", key)];
    ann.send_json("POST", &commands, &headers, &claim(reference))
}

/// A question whose answer takes the servers.
fn ask(cluster: &Cluster, path: &str) -> Answer {
    cluster.nodes[0].as_person("eve").get(path)
}

fn must_say_so(answer: &Answer, codes: &[&str]) {
    let (status, code) = answer.outcome();
    assert_eq!(status, 503, "{answer:?}");
    assert!(codes.contains(&code.as_str()), "{answer:?}");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
}

/// What each of them was answered, all of them in time.
fn all(asked: Vec<ScopedJoinHandle<'_, (Answer, Duration)>>) -> Vec<Answer> {
    let answers = asked.into_iter().map(|asked| asked.join().unwrap());
    let (answers, took): (Vec<_>, Vec<_>) = answers.unzip();
    println!("without a server these were answered after {took:.1?}");
    assert!(took.iter().all(|took| *took < ANSWERED_WITHIN), "{took:?}");
    answers
}

#[test]
fn without_any_server_everybody_is_told_so_in_time_and_nothing_is_doubled_afterwards() {
    let Some(cluster) = cluster(3, 1, &[("ann", "recorder"), ("eve", "auditor")]) else {
        return;
    };
    let _ = record(&cluster, "first", "K").of_status(201);
    {
        let mut servers = cluster.servers.lock().unwrap();
        (0..3).for_each(|number| servers.kill(number));
    }
    let (recorded, refused, read) = thread::scope(|scope| {
        let cluster = &cluster;
        let command = |reference: String, key: String| {
            scope.spawn(move || timed(|| record(cluster, &reference, &key)))
        };
        let recorded =
            (0..AT_ONCE).map(|number| command(format!("N{number}"), format!("N{number}")));
        let recorded: Vec<_> = recorded.collect();
        // By then these are decided.
        wait_until(
            "the node has noticed",
            || cluster.nodes[0].stranger().get("/readyz").json()["log_answers"].clone(),
            |answers| *answers == false,
        );
        // What is refused is looked at again on the newest history.
        let refused = (0..AT_ONCE).map(|number| command("first".into(), format!("T{number}")));
        let refused: Vec<_> = refused.collect();
        let paths = ["/events", "/claims", "/totals/2010-11?at_least=99"];
        let read = paths.map(|path| {
            let path = format!("{PATH}{path}");
            scope.spawn(move || timed(|| ask(cluster, &path)))
        });
        (all(recorded), all(refused), all(read.into()))
    });
    for answer in recorded.iter().chain(&refused) {
        must_say_so(answer, &["no-answer"]);
    }
    let unknown =
        "what became of this request is not known. Send it again, with the same Idempotency-Key.";
    let is_unknown = |answer: &Answer| answer.text().contains(unknown);
    assert!(recorded.iter().all(&is_unknown));
    // What was never decided did nothing.
    assert!(!refused.iter().any(is_unknown));
    for answer in &read {
        must_say_so(answer, &["no-answer", "not-there-yet"]);
    }
    {
        let mut servers = cluster.servers.lock().unwrap();
        (0..3).for_each(|number| servers.run(number));
        (0..3).for_each(|number| servers.await_answer(number));
    }
    wait_until(
        "the node is ready again",
        || cluster.nodes[0].stranger().get("/readyz").status,
        |status| *status == 200,
    );
    for number in 0..AT_ONCE {
        let (new, twice) = (format!("N{number}"), format!("T{number}"));
        let again = wait_until(
            "it is recorded",
            || record(&cluster, &new, &new),
            |answer| answer.status != 503,
        );
        assert_eq!(again.status, 201, "{again:?}");
        let twice = record(&cluster, "first", &twice);
        assert_eq!(twice.outcome(), (422, "claim-exists".to_owned()));
    }
    let events = cluster.reader.events(STROUD);
    assert_eq!(wrong(&events), Vec::<String>::new());
    assert_eq!(events.len(), 2 + AT_ONCE);
    let totals = ask(
        &cluster,
        &format!("{PATH}/totals/2010-11?at_least={}", events.len()),
    );
    assert_eq!(
        totals.of_status(200).json(),
        cluster.reader.totals_now(STROUD, "2010/11")
    );
    // One that was recorded twice is found out by the same question.
    let mut twice = events;
    let last = twice.len() - 1;
    twice[last]["claim"] = json!("first");
    assert!(!wrong(&twice).is_empty());
}
