//! `docs/REFUSALS.md` held to the program: every code in its place, every example's answer exact.

#[cfg(test)]
mod refusals_page {
    #[path = "../decisions/history.rs"]
    mod history;
    mod page;

    use std::path::Path;

    use netgain_events::authority::{Authority, Role};
    use netgain_events::command::ActorField;
    use netgain_events::decide::{Decision, NotDecided};
    use netgain_events::refusal::{Refusal, RefusalCode};

    use self::history::{Asker, History};
    use self::page::{Example, Section, sections};

    /// Who asks in the examples, and when; the page says so.
    const ACTOR: &str = "ann";
    const NOW: &str = "2010-07-01T09:00:00.000Z";

    fn text() -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/REFUSALS.md");
        std::fs::read_to_string(path).unwrap()
    }

    /// Whoever asks for the example's line, by what its block is marked with.
    fn asker(example: &Example) -> Asker {
        let mut asker = Asker::operator(ACTOR, NOW);
        if let Some(role) = &example.role {
            let named = |&role: &Role| format!("{role:?}").to_lowercase();
            let roles = Role::ALL
                .iter()
                .copied()
                .filter(|r| named(r) == *role)
                .collect();
            asker.authority = Authority::Granted {
                roles,
                service_account: false,
            };
            asker.actor_field = ActorField::Refused;
        }
        asker
    }

    fn refusal_of(example: &Example) -> Refusal {
        let mut history = History::default();
        for line in &example.given {
            match history.ask(line.as_bytes(), &Asker::operator(ACTOR, NOW)) {
                Ok(Decision::Record(_)) => {}
                other => panic!("{line} was to be recorded: {other:?}"),
            }
        }
        let mut line = example.when.clone().into_bytes();
        line.resize(line.len().max(example.padded_to), b' ');
        match history.ask(&line, &asker(example)) {
            Err(NotDecided::Refused(refusal)) => refusal,
            other => panic!("{} was to be refused: {other:?}", example.when),
        }
    }

    /// The line that answers a refused first line.
    fn answer(refusal: &Refusal) -> String {
        let json = |text: Option<&str>| serde_json::to_string(&text).unwrap();
        format!(
            "{{\"line\":1,\"refused\":{{\"code\":{},\"field\":{},\"message\":{}}}}}",
            json(Some(refusal.code.as_str())),
            json(refusal.field.as_deref()),
            json(Some(&refusal.message))
        )
    }

    #[test]
    fn every_code_has_its_section_in_the_order_of_precedence() {
        let text = text();
        let found: Vec<_> = sections(&text).iter().map(|s| s.code.clone()).collect();
        let promised: Vec<_> = RefusalCode::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(found, promised);
    }

    #[test]
    fn every_section_gives_the_rule_the_field_the_source_and_an_example() {
        for Section {
            code,
            prose,
            examples,
        } in sections(&text())
        {
            assert!(prose.len() > 80, "{code} says too little: {prose}");
            assert!(prose.contains("Field: "), "{code} names no field");
            let source = prose.split("Source: ").nth(1).unwrap_or_default();
            assert!(
                source.contains("Ruleset section") || source.contains("interface, *"),
                "{code} names no source"
            );
            assert!(!examples.is_empty(), "{code} has no example");
        }
    }

    #[test]
    fn every_example_is_answered_exactly_as_the_page_says() {
        let mut wrong = Vec::new();
        for section in sections(&text()) {
            for example in &section.examples {
                let refusal = refusal_of(example);
                assert_eq!(refusal.code.as_str(), section.code, "{}", example.when);
                let answer = answer(&refusal);
                if answer != example.answer {
                    wrong.push(format!("{}\n  is answered\n{answer}", example.when));
                }
            }
        }
        assert!(wrong.is_empty(), "docs/REFUSALS.md:\n{}", wrong.join("\n"));
    }

    #[test]
    fn the_page_says_who_asks_in_its_examples_and_when() {
        let text = text();
        assert!(text.contains(&format!("`{ACTOR}` asks, at `{NOW}`")));
    }
}
