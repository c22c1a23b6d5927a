//! The frozen bytes of schema 1: what was once written reads for ever, and is written so today.
//!
//! A golden file never changes. A new type of event gets a file of its own: add commands that
//! record it at the end of the script and run this test once with `UPDATE_GOLDEN=1`.

#[cfg(test)]
mod golden {
    #[path = "../decisions/history.rs"]
    mod history;
    mod script;

    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::sync::OnceLock;

    use netgain_events::command::{Command, Proposal};
    use netgain_events::decide::Decision;
    use netgain_events::event::Event;
    use netgain_events::fact::{Fact, FactKind, KeyRotation};
    use netgain_events::identifier::OrgId;
    use netgain_events::state::Organisation;
    use netgain_events::vocabulary::Auth;
    use netgain_events::wire;
    use serde_json::Value;

    use self::history::{Asker, History};
    use self::script::{ACCESS_SCRIPT, SCRIPT, Step};

    fn directory() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
    }

    fn file_name(kind: FactKind) -> String {
        format!("{}.v1.jsonl", kind.event_type())
    }

    /// What no command line asks for.
    fn key_rotation() -> Command {
        let rotation = KeyRotation {
            from: "netgain/00112233445566778899aabbccddeeff+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".parse().unwrap(),
            to: "netgain/00112233445566778899aabbccddeeff+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap(),
            both_until: "2010-08-01T00:00:00.000Z".parse().unwrap(),
        };
        Command {
            org: OrgId::system(),
            proposal: Proposal::Fact(Fact::SigningKeyRotated(rotation)),
            actor: None,
            key: None,
            note: None,
            evidence: Vec::new(),
        }
    }

    /// What the script's commands record today, each kind's lines by themselves.
    fn written_today() -> BTreeMap<FactKind, String> {
        let mut history = History::default();
        let mut decisions = Vec::new();
        let mut files = BTreeMap::<_, String>::new();
        let ask = |history: &mut History, step: &Step| {
            let mut asker = Asker::operator(step.by, step.at);
            asker.auth = step.auth;
            history.ask(step.line.as_bytes(), &asker)
        };
        decisions.extend(SCRIPT.iter().map(|step| ask(&mut history, step)));
        let asker = Asker::operator("it.services", "2010-05-01T00:00:00.000Z");
        decisions.push(history.decide(key_rotation(), &asker));
        decisions.extend(ACCESS_SCRIPT.iter().map(|step| ask(&mut history, step)));
        for decision in decisions {
            let event = match decision {
                Ok(Decision::Record(event)) => event,
                other => panic!("a command was to be recorded: {other:?}"),
            };
            let mut written = Vec::new();
            wire::encode(&event, &mut written);
            let file = files.entry(event.fact.kind()).or_default();
            file.push_str(std::str::from_utf8(&written).unwrap());
            file.push('\n');
        }
        files
    }

    /// The golden files as they are. One that does not exist yet is written where that is asked
    /// for; one that exists never is.
    fn golden() -> &'static BTreeMap<FactKind, String> {
        static GOLDEN: OnceLock<BTreeMap<FactKind, String>> = OnceLock::new();
        #[expect(
            clippy::disallowed_methods,
            reason = "whether to write missing files is the tester's own switch"
        )]
        let may_write = std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1");
        GOLDEN.get_or_init(|| {
            let read = |&kind: &FactKind| {
                let path = directory().join(file_name(kind));
                if may_write && !path.exists() {
                    fs::write(&path, &written_today()[&kind]).unwrap();
                }
                match fs::read_to_string(&path) {
                    Ok(text) => (kind, text),
                    Err(e) => panic!(
                        "{}: {e}. Write missing golden files with UPDATE_GOLDEN=1",
                        path.display()
                    ),
                }
            };
            FactKind::ALL.iter().map(read).collect()
        })
    }

    fn lines() -> impl Iterator<Item = (FactKind, &'static str)> {
        golden()
            .iter()
            .flat_map(|(&kind, text)| text.lines().map(move |line| (kind, line)))
    }

    fn events() -> impl Iterator<Item = Event> {
        lines().map(|(_, line)| wire::decode(line.as_bytes()).unwrap())
    }

    #[test]
    fn every_kind_of_fact_has_its_golden_file_and_there_is_no_other() {
        let promised: BTreeSet<_> = golden().keys().map(|&kind| file_name(kind)).collect();
        let found: BTreeSet<_> = fs::read_dir(directory())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(found, promised);
    }

    #[test]
    fn every_golden_line_reads_and_is_written_again_to_the_same_bytes() {
        for (kind, line) in lines() {
            let mut scratch = Vec::new();
            let event = wire::decode(line.as_bytes()).unwrap_or_else(|e| panic!("{e}: {line}"));
            wire::encode(&event, &mut scratch);
            assert_eq!(event.fact.kind(), kind, "{line}");
            assert_eq!(scratch, line.as_bytes());
        }
        assert!(golden().values().all(|text| text.ends_with("}\n")));
    }

    #[test]
    fn what_the_script_records_today_is_written_as_it_was() {
        let today = written_today();
        for (kind, text) in golden() {
            let ours = today[kind].lines();
            for (n, (today, once)) in ours.zip(text.lines()).enumerate() {
                assert_eq!(today, once, "{} line {}", file_name(*kind), n + 1);
            }
            assert_eq!(today[kind].len(), text.len(), "{}", file_name(*kind));
        }
    }

    #[test]
    fn the_golden_lines_fold_in_the_order_of_their_positions() {
        let mut histories = BTreeMap::<OrgId, Vec<Event>>::new();
        for event in events() {
            histories.entry(event.org.clone()).or_default().push(event);
        }
        assert_eq!(histories.len(), 3);
        for (org, mut history) in histories {
            history.sort_by_key(|event| event.position);
            let length = u64::try_from(history.len()).unwrap();
            let mut organisation = Organisation::new(org);
            for event in history {
                organisation.apply(event).unwrap();
            }
            assert_eq!(organisation.position.get(), length);
        }
    }

    /// The optional keys of each type of event, beside those of every event.
    const OPTIONAL: &[(&str, &str)] = &[
        ("organisation-registered", "region"),
        ("baseline-set", "source"),
        ("target-set", "service"),
        (
            "claim-registered",
            "service function method technique approach source source_override ongoing \
             quality_measure owner scheme review_by labels",
        ),
        (
            "claim-amended",
            "title action impact_from profile service function method technique approach source \
             source_override ongoing quality_measure owner scheme review_by labels",
        ),
        ("claim-validated", "grade"),
        (
            "offset-recorded",
            "until spread_years incurred_anyway funding description",
        ),
        ("sustainment-checked", "verified quality quality_reading"),
        ("challenge-raised", "answer_by"),
        ("redeployment-recorded", "description"),
        ("carry-forward-declared", "uplift source"),
        ("role-granted", "until"),
    ];

    /// The optional keys of every event.
    const OPTIONAL_OF_ALL: &[&str] = &["command_id", "command_sha256", "note", "evidence"];

    fn parsed(text: &str) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap();
        text.lines().map(parse).collect()
    }

    #[test]
    fn every_optional_key_stands_in_one_line_and_is_left_out_of_another() {
        for (event_type, keys) in OPTIONAL {
            let lines = parsed(&golden()[&FactKind::of_event(event_type).unwrap()]);
            for key in keys.split_whitespace() {
                assert!(
                    lines.iter().any(|l| l.get(key).is_some()),
                    "{event_type} {key}"
                );
                assert!(
                    lines.iter().any(|l| l.get(key).is_none()),
                    "{event_type} {key}"
                );
            }
        }
        let all: Vec<_> = golden().values().flat_map(|text| parsed(text)).collect();
        for key in OPTIONAL_OF_ALL {
            assert!(all.iter().any(|l| l.get(key).is_some()), "{key}");
            assert!(all.iter().any(|l| l.get(key).is_none()), "{key}");
        }
    }

    #[test]
    fn an_amendment_clears_every_field_it_can_clear_in_some_line() {
        let lines = parsed(&golden()[&FactKind::ClaimAmended]);
        let (_, keys) = OPTIONAL
            .iter()
            .find(|(t, _)| *t == "claim-amended")
            .unwrap();
        for key in keys.split_whitespace().skip(4) {
            assert!(
                lines.iter().any(|l| l.get(key) == Some(&Value::Null)),
                "{key}"
            );
        }
    }

    #[test]
    fn every_way_an_actor_can_be_known_stands_in_some_line() {
        let found: BTreeSet<Auth> = events().map(|event| event.auth).collect();
        assert_eq!(found, Auth::ALL.iter().copied().collect());
    }

    #[test]
    fn every_character_that_json_escapes_and_some_it_need_not_stand_in_some_line() {
        let all: String = golden().values().map(String::as_str).collect();
        for written in [
            "\\\"",
            "\\\\",
            "\\n",
            "\\r\\n",
            "/",
            "é",
            "£",
            "–",
            "\u{2028}",
            "😀",
            "\u{10ffff}",
        ] {
            assert!(all.contains(written), "{written:?}");
        }
        for never_written in ["\\/", "\\u", "\\t", "\t"] {
            assert!(!all.contains(never_written), "{never_written:?}");
        }
    }
}
