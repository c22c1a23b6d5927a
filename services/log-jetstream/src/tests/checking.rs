//! What `check` says of the seals.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Config;
use netgain_proof::agreement::Agreement as _;
use tokio::runtime::Runtime;

use crate::tests::deployed::Deployed;
use crate::tests::ledger;
use crate::tests::servers::{AsHome as _, Servers};
use crate::{Finding, Home, JetStreamSeals, Login, Verdict, check, init, init_seals};

/// What is found of one matter.
fn found(findings: &[Finding], of: &str, matter: &str) -> (String, Verdict) {
    let mut all = findings.iter();
    let finding = all.find(|finding| finding.of == of && finding.matter == matter);
    let finding = finding.unwrap_or_else(|| panic!("nothing of {of}, {matter}: {findings:?}"));
    (finding.found.clone(), finding.verdict.clone())
}

fn is_wrong(verdict: &Verdict, why: &str) -> bool {
    matches!(verdict, Verdict::Wrong(said) if said.contains(why))
}

/// Does something to the streams that netgain never does.
fn deface<F: Future<Output = ()>>(home: &Home, what: impl FnOnce(Context) -> F) {
    Runtime::new().unwrap().block_on(async {
        let client = async_nats::connect(&home.servers).await.unwrap();
        what(async_nats::jetstream::new(client)).await;
    });
}

async fn change(context: &Context, stream: &str, change: fn(&mut Config)) {
    let stream = context.get_stream(stream).await.unwrap();
    let mut config = stream.cached_info().config.clone();
    change(&mut config);
    context.update_stream(config).await.unwrap();
}

#[test]
fn the_deployed_seals_are_right_and_it_is_said_who_seals() {
    let Some(servers) = Deployed::start() else {
        return;
    };
    let [administrator, writer, sealer, seals_administrator] =
        ["administrator", "writer", "sealer", "seals-administrator"].map(|user| servers.home(user));
    init(&administrator, 1, ledger).unwrap();
    init_seals(&seals_administrator, &ledger()).unwrap();
    let look = |seals: &Home| check(&writer, Some(seals)).unwrap();
    let findings = look(&sealer);
    let wanting: Vec<_> = findings
        .iter()
        .filter(|finding| finding.verdict != Verdict::Right)
        .collect();
    assert!(wanting.is_empty(), "{wanting:?}");
    let of_seals = |matter| found(&findings, "netgain-seals", matter).0;
    assert_eq!(of_seals("ledger"), format!("ledger {}", ledger()));
    assert_eq!(of_seals("servers that keep each message"), "3");
    assert!(["n0", "n1", "n2"].contains(&of_seals("leader").as_str()));
    assert_eq!(of_seals("account"), "not the log's");
    assert_eq!(found(&findings, "sealer", "purge streams").0, "may not");
    let who = |findings: &[Finding]| found(findings, "KV_netgain-sealer", "who seals").0;
    assert_eq!(who(&findings), "no node for now");
    let mut seals = JetStreamSeals::open(&sealer, &ledger(), "one").unwrap();
    assert!(seals.is_our_turn().unwrap());
    assert_eq!(who(&look(&sealer)), "one");

    // The control: who may too much is seen to, and so is who cannot be let in.
    let (may, verdict) = found(
        &look(&seals_administrator),
        "seals-administrator",
        "purge streams",
    );
    assert!(may == "may" && matches!(verdict, Verdict::Change(_)));
    let mut stranger = sealer;
    let (user, password) = ("sealer".into(), "another".into());
    stranger.login = Some(Login { user, password });
    let (_, verdict) = found(&look(&stranger), "seals", "stream");
    assert!(is_wrong(&verdict, "authorization violation"), "{verdict:?}");
}

#[test]
fn seals_that_are_not_kept_as_they_must_be_are_said_with_what_to_do() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    init(&home, 1, ledger).unwrap();
    let (unseen, verdict) = found(&check(&home, None).unwrap(), "seals", "stream");
    assert_eq!(unseen, "not looked at");
    assert!(matches!(verdict, Verdict::Change(how) if how.contains("seals_user")));

    let of = |stream: &str, matter: &str| {
        let findings = check(&home, Some(&home)).unwrap();
        found(&findings, stream, matter).1
    };
    let init_ = "netgain cluster init";
    assert!(is_wrong(&of("netgain-seals", "ledger"), init_));
    assert!(is_wrong(&of("KV_netgain-sealer", "set up"), init_));
    init_seals(&home, &ledger()).unwrap();
    for matter in ["ledger", "greatest age", "messages", "subjects"] {
        assert_eq!(of("netgain-seals", matter), Verdict::Right, "{matter}");
    }
    assert_eq!(of("KV_netgain-sealer", "set up"), Verdict::Right);
    let apart = of("netgain-seals", "account");
    assert!(matches!(apart, Verdict::Change(how) if how.contains("account of their own")));

    deface(&home, async |context| {
        let day = |config: &mut Config| config.max_age = Duration::from_hours(24);
        change(&context, "netgain-seals", day).await;
        change(&context, "KV_netgain-sealer", day).await;
    });
    assert!(is_wrong(&of("netgain-seals", "greatest age"), "max_age"));
    assert!(is_wrong(&of("KV_netgain-sealer", "set up"), init_));
    let other = "fedcba9876543210fedcba9876543210".parse().unwrap();
    deface(&home, async |context| {
        context.delete_stream("netgain-seals").await.unwrap();
    });
    init_seals(&home, &other).unwrap();
    assert!(is_wrong(&of("netgain-seals", "ledger"), "belongs to"));

    // One of which a message can go, and has gone.
    deface(&home, async |context| {
        let stream = context.get_stream("netgain-seals").await.unwrap();
        let mut config = stream.cached_info().config.clone();
        context.delete_stream("netgain-seals").await.unwrap();
        config.deny_delete = false;
        let stream = context.create_stream(config).await.unwrap();
        for seal in ["first", "second"] {
            let sent = context.publish("netgain.seals", seal.into()).await;
            sent.unwrap().await.unwrap();
        }
        stream.delete_message(1).await.unwrap();
    });
    let gone = of("netgain-seals", "messages");
    assert!(is_wrong(&gone, "1 seals are gone"), "{gone:?}");
    assert!(is_wrong(
        &of("netgain-seals", "deleting messages"),
        "deny_delete"
    ));
}
