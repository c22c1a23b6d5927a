//! A ledger and its witnesses, each a process: what is cosigned, what is not, and what is said of it.

#[cfg(test)]
mod witness_calls {
    #[path = "../proof_calls/auditor.rs"]
    mod auditor;
    mod witness;

    use std::fs;
    use std::path::Path;

    use netgain_tests::examples::{STROUD, claim, stroud};
    use netgain_tests::figures::mentions;
    use netgain_tests::program::{Answers, Output, Program, lines, run};
    use serde_json::Value;

    use self::auditor::{ACTUAL, bundle, doubted, ends, holds, public_key, statement};
    use self::witness::Witness;

    /// A ledger of an organisation and a claim, and a witness that knows it.
    fn ledger_and_witness() -> (Program, Witness) {
        let program = Program::with(&[stroud(), claim("A")]);
        let witness = Witness::start(&program, "audit");
        witness.know(&public_key(&program));
        (program, witness)
    }

    /// Writes a policy of those lines, and gives its path as a word for a call.
    fn policy(program: &Program, quorum: usize, witnesses: &[&str]) -> String {
        let lines = witnesses.join("\n");
        program.file("policy", format!("{lines}\nquorum {quorum}\n"))
    }

    /// Makes a call with the witnesses of a policy. They are asked on this machine, whatever proxy it has.
    fn call(program: &Program, policy: &str, words: &str, input: &[u8]) -> Output {
        let words = words.split_whitespace().chain(["--witnesses", policy]);
        let mut command = program.command(words);
        command.env("NO_PROXY", "127.0.0.1");
        run(command, input)
    }

    fn record(program: &Program, policy: &str, commands: &[Value]) -> Answers {
        call(program, policy, "record", &lines(commands)).answers()
    }

    /// Records and has it cosigned: nothing is worth a word.
    fn cosigns(program: &Program, policy: &str, commands: &[Value]) {
        let recorded = record(program, policy, commands);
        assert_eq!(
            (recorded.status, recorded.stderr.as_str()),
            (0, ""),
            "{recorded:#?}"
        );
    }

    /// Records all of it, durably and sealed, and fails for want of witnesses, with these words about it.
    fn records_alone(
        program: &Program,
        policy: &str,
        commands: &[Value],
        words: &[&str],
    ) -> String {
        let before = program.events(STROUD).len();
        let recorded = record(program, policy, commands);
        assert_eq!(recorded.status, 3, "{recorded:#?}");
        assert_eq!(recorded.answers.len(), commands.len(), "{recorded:#?}");
        for (position, answer) in (before + 1..).zip(&recorded.answers) {
            assert_eq!(answer["position"], position, "{recorded:#?}");
        }
        mentions(&recorded.stderr, &["safe and sealed", "not enough"]);
        mentions(&recorded.stderr, words);
        assert_eq!(program.events(STROUD).len(), before + commands.len());
        let checked = program.json("verify");
        assert_eq!(checked["ok"], true, "{checked:#}");
        let signed = [ledger(program)];
        assert_eq!(signers(program), signed, "something has been cosigned");
        recorded.stderr
    }

    /// The registry's checkpoint that everybody can see.
    fn published(program: &Program) -> String {
        fs::read_to_string(program.data().join("checkpoints/registry.checkpoint")).unwrap()
    }

    /// Whose signatures it has, in order.
    fn signers(program: &Program) -> Vec<String> {
        let note = published(program);
        let signatures = note.lines().filter_map(|line| line.strip_prefix("— "));
        let names = signatures.map(|line| line.split(' ').next().unwrap().to_owned());
        names.collect()
    }

    /// What the ledger's key is called, and its registry.
    fn ledger(program: &Program) -> String {
        published(program).lines().next().unwrap().to_owned()
    }

    /// Another machine with the same ledger and the same keys.
    fn copy(program: &Program) -> Program {
        let other = Program::new();
        copy_directory(&program.data(), &other.data());
        copy_directory(&program.path("ledger.keys"), &other.path("ledger.keys"));
        other
    }

    fn copy_directory(from: &Path, to: &Path) {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let copy = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy_directory(&path, &copy);
            } else {
                fs::copy(&path, &copy).unwrap();
            }
        }
    }

    #[test]
    fn what_is_sealed_is_cosigned_by_the_witness_of_the_policy() {
        let (program, witness) = ledger_and_witness();
        let (ledger, name) = (ledger(&program), witness.name.as_str());
        // The control: nobody was asked yet.
        assert_eq!(signers(&program), [ledger.as_str()]);
        let policy = policy(&program, 1, &[&witness.line]);
        for (size, reference) in [(2, "B"), (3, "C")] {
            cosigns(&program, &policy, &[claim(reference)]);
            assert_eq!(signers(&program), [&ledger, name]);
            witness.server.hear(&format!("cosigned {ledger} at {size}"));
            // What the witness remembers is what the ledger published.
            assert_eq!(witness.keeps("checkpoints"), [published(&program)]);
        }
        ends(&program.run("verify"), 0, &["Whole: ", "Sealed: "]);
        // What is sealed without a policy is not cosigned.
        program.accepts(&[claim("D")]);
        assert_eq!(signers(&program), [ledger]);
    }

    #[test]
    fn whatever_records_has_it_cosigned() {
        let (program, witness) = ledger_and_witness();
        let both = [ledger(&program), witness.name.clone()];
        let policy = policy(&program, 1, &[&witness.line]);
        let sheet = "claim,title,action,impact_from,2008/09\nZ,Title,reduce-inputs,2008-04-01,5\n";
        let sheet = program.file("claims.csv", sheet);
        let mut last = published(&program);
        for words in [
            &format!("import {sheet} --org {STROUD}"),
            &format!("statement issue {ACTUAL}"),
            // The old key signs too for a while, and the witness knows it.
            "keys rotate",
        ] {
            ends(&call(&program, &policy, words, b""), 0, &[]);
            let now = published(&program);
            assert_ne!(now.lines().nth(1), last.lines().nth(1), "nothing is sealed");
            let mut signers = signers(&program);
            signers.dedup();
            assert_eq!(signers, both, "{words}");
            last = now;
        }
    }

    #[test]
    fn a_history_that_another_key_seals_is_not_cosigned() {
        let (program, witness) = ledger_and_witness();
        let policy = policy(&program, 1, &[&witness.line]);
        cosigns(&program, &policy, &[claim("B")]);
        let history = program.file("history.jsonl", program.export());
        let elsewhere = Program::new();
        ends(&elsewhere.run(&format!("restore {history}")), 0, &[]);
        assert_eq!(ledger(&elsewhere), ledger(&program));
        let words = ["audit refused with status 403", "not signed"];
        records_alone(&elsewhere, &policy, &[claim("C")], &words);
        assert_eq!(witness.keeps("checkpoints"), [published(&program)]);
    }

    #[test]
    fn a_ledger_is_cosigned_once_the_witness_has_been_told_its_key() {
        let program = Program::with(&[stroud()]);
        let witness = Witness::start(&program, "audit");
        let policy = policy(&program, 1, &[&witness.line]);
        let unknown = ["audit refused with status 404", "is not known here"];
        records_alone(&program, &policy, &[claim("A")], &unknown);
        witness.know(&public_key(&program));
        cosigns(&program, &policy, &[]);
        assert_eq!(
            signers(&program),
            [&ledger(&program), witness.name.as_str()]
        );

        // A key that replaced the other at once is another key.
        let rotated = call(&program, &policy, "keys rotate --overlap-days 0", b"");
        ends(&rotated, 3, &["audit refused with status 403"]);
        witness.know(&public_key(&program));
        cosigns(&program, &policy, &[]);
        assert_eq!(
            signers(&program),
            [&ledger(&program), witness.name.as_str()]
        );
    }

    #[test]
    fn asking_again_about_what_is_cosigned_changes_nothing() {
        let (program, witness) = ledger_and_witness();
        let policy = policy(&program, 1, &[&witness.line]);
        // More often than a note has room for signatures.
        for _ in 0..20 {
            cosigns(&program, &policy, &[]);
            let both = [&ledger(&program), witness.name.as_str()];
            assert_eq!(signers(&program), both);
        }
    }

    #[test]
    fn a_bundle_holds_by_the_keys_of_the_witnesses_that_cosigned_it() {
        let (program, witness) = ledger_and_witness();
        let other = Witness::start(&program, "county");
        program.accepts(&[statement()]);
        let key = public_key(&program);
        let and = |witnesses: &[&Witness]| -> String {
            let lines = witnesses.iter().map(|witness| format!("{}\n", witness.key));
            std::iter::once(key.clone()).chain(lines).collect()
        };
        let not_by = |bundle: &[u8], keys: &str, witness: &Witness| {
            doubted(&program, bundle, keys, "registry", &[&witness.name]);
        };
        let alone = bundle(&program, ACTUAL);
        holds(&program, &alone, &key);
        not_by(&alone, &and(&[&witness]), &witness);

        cosigns(&program, &policy(&program, 1, &[&witness.line]), &[]);

        let cosigned = bundle(&program, ACTUAL);
        holds(&program, &cosigned, &key);
        holds(&program, &cosigned, &and(&[&witness]));
        not_by(&cosigned, &and(&[&other]), &other);
        not_by(&cosigned, &and(&[&witness, &other]), &other);
        // What was made before is what it was.
        not_by(&alone, &and(&[&witness]), &witness);
        // A witness vouches for no ledger without the ledger's own key.
        let no_ledger = ["no key of a ledger"];
        let keys = format!("{}\n", witness.key);
        doubted(&program, &cosigned, &keys, "checkpoint", &no_ledger);
    }

    #[test]
    fn a_cosignature_by_another_key_than_the_policys_does_not_count() {
        let (program, witness) = ledger_and_witness();
        let other = Witness::start(&program, "county");
        other.know(&public_key(&program));
        let line = witness.line.replace(&witness.url, &other.url);
        let words = ["audit answered without a good cosignature", &witness.name];
        let wrong = policy(&program, 1, &[&line]);
        records_alone(&program, &wrong, &[claim("B")], &words);
        // The control: it does cosign, by its own key.
        other.server.hear("cosigned ");
        cosigns(&program, &policy(&program, 1, &[&other.line]), &[]);
        assert_eq!(signers(&program), [&ledger(&program), other.name.as_str()]);
    }

    #[test]
    fn with_its_witness_gone_a_ledger_goes_on_and_the_next_run_is_cosigned() {
        let (program, witness) = ledger_and_witness();
        let with = policy(&program, 1, &[&witness.line]);
        cosigns(&program, &with, &[claim("B")]);
        witness.server.stop();

        // Whatever may listen there by now, it is not the witness.
        let gone = ["of the witnesses 0 cosigned and 1 must: audit "];
        records_alone(&program, &with, &[claim("C"), statement()], &gone);
        records_alone(&program, &with, &[claim("D")], &gone);
        let auditor = format!("{}{}\n", public_key(&program), witness.key);
        let alone = bundle(&program, ACTUAL);
        doubted(&program, &alone, &auditor, "registry", &["audit."]);

        let again = Witness::start(&program, "audit");
        assert_eq!(again.key, witness.key);
        cosigns(&program, &policy(&program, 1, &[&again.line]), &[]);
        let ledger = ledger(&program);
        assert_eq!(signers(&program), [&ledger, again.name.as_str()]);
        again.server.hear(&format!("cosigned {ledger} at 4"));
        assert_eq!(again.keeps("checkpoints"), [published(&program)]);
        holds(&program, &bundle(&program, ACTUAL), &auditor);
    }

    #[test]
    fn two_histories_of_one_ledger_are_found_out_by_their_witness() {
        let (program, witness) = ledger_and_witness();
        let policy = policy(&program, 1, &[&witness.line]);
        let other = copy(&program);
        // The control: a copy is no other history.
        cosigns(&program, &policy, &[]);
        cosigns(&other, &policy, &[]);
        let behind = copy(&program);
        cosigns(&program, &policy, &[claim("B")]);
        assert!(witness.keeps("evidence").is_empty());

        let split = ["audit refused with status 422", "two different checkpoints"];
        records_alone(&other, &policy, &[claim("C")], &split);
        let said = witness.server.hear("SPLIT VIEW");
        let shown = format!("{} has signed two different", ledger(&program));
        mentions(&said, &[&shown, "checkpoints of size 2", "evidence"]);
        let kept = witness.keeps("evidence");
        let [kept] = kept.as_slice() else {
            panic!("one piece of evidence: {kept:#?}");
        };
        mentions(kept, &[&published(&program), &published(&other)]);
        // The evidence needs nobody's word: the ledger's own key has signed what it does not continue.
        let shown = program.file("shown", published(&other));
        let checked = program.run(&format!("verify --checkpoint {shown}"));
        ends(&checked, 1, &["the first 2 entries of netgain/"]);

        // The one goes on. The other is never cosigned again, however long it grows.
        cosigns(&program, &policy, &[claim("D")]);
        records_alone(&other, &policy, &[claim("E")], &split);
        let inconsistent = ["audit refused with status 422", "does not continue"];
        records_alone(&other, &policy, &[claim("F")], &inconsistent);
        cosigns(&program, &policy, &[claim("G")]);
        assert_eq!(witness.keeps("checkpoints"), [published(&program)]);
        // Nor is a copy that stayed behind.
        let ahead = ["audit has cosigned size 4", "another copy"];
        records_alone(&behind, &policy, &[claim("H")], &ahead);
    }

    #[test]
    fn as_many_witnesses_as_the_quorum_must_cosign() {
        let (program, audit) = ledger_and_witness();
        let county = Witness::start(&program, "county");
        let key = public_key(&program);
        county.know(&key);
        let lines = [audit.line.clone(), county.line.clone()];
        let of = |quorum| policy(&program, quorum, &[&lines[0], &lines[1]]);
        let ledger = ledger(&program);
        cosigns(&program, &of(2), &[claim("B")]);
        assert_eq!(
            signers(&program),
            [&ledger, &audit.name, county.name.as_str()]
        );

        county.server.stop();
        let missing = ["of the witnesses 1 cosigned and 2 must: county "];
        let said = records_alone(&program, &of(2), &[claim("C"), statement()], &missing);
        assert!(!said.contains("audit"), "{said}");

        let recorded = record(&program, &of(1), &[claim("D")]);
        assert_eq!(recorded.status, 0, "{recorded:#?}");
        let told: Vec<&str> = recorded.stderr.lines().collect();
        let [told] = told.as_slice() else {
            panic!("the missing one should be named: {recorded:#?}");
        };
        assert!(told.starts_with("netgain: the witness county "), "{told}");
        assert_eq!(signers(&program), [&ledger, audit.name.as_str()]);
        let cosigned = bundle(&program, ACTUAL);
        let by = |witness: &str| format!("{key}{witness}\n");
        holds(&program, &cosigned, &by(&audit.key));
        let keys = by(&county.key);
        doubted(&program, &cosigned, &keys, "registry", &[&county.name]);
    }

    #[test]
    fn a_policy_that_cannot_be_used_is_found_before_anything_is_recorded() {
        let (program, witness) = ledger_and_witness();
        let before = program.stored();
        let absent = program.path("absent").to_str().unwrap().to_owned();
        let two = policy(&program, 2, &[&witness.line]);
        let twice = [witness.line.as_str(); 2].join("\n");
        let twice = program.file("twice", format!("{twice}\nquorum 1\n"));
        let no_quorum = program.file("none", &witness.line);
        let of_ledger = witness
            .line
            .replace(&witness.key, public_key(&program).trim());
        let of_ledger = program.file("log", format!("{of_ledger}\nquorum 1\n"));
        for (policy, status, words) in [
            (&absent, 3, "cannot read"),
            (&two, 2, "a quorum of 2 and only 1"),
            (&twice, 2, "line 2"),
            (&no_quorum, 2, "exactly one line"),
            (&of_ledger, 2, "a log's key"),
        ] {
            let refused = record(&program, policy, &[claim("B")]);
            assert_eq!(refused.status, status, "{refused:#?}");
            mentions(&refused.stderr, &[policy, words]);
            assert!(refused.answers.is_empty(), "{refused:#?}");
            assert!(program.stored() == before, "{policy}");
        }
        // The control: the same witness in a policy that can be used.
        cosigns(
            &program,
            &policy(&program, 1, &[&witness.line]),
            &[claim("B")],
        );
    }
}
