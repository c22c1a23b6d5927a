//! An import says the same.

use netgain_tests::examples::{STROUD, stroud};
use netgain_tests::program::Program;

use super::harness::Served;

const SHEET: &str = "claim,title,action,impact_from,2008/09,one_off 2008/09\n\
                     A,Paper,reduce-inputs,2008-04-01,\"£1,000\",50\n\
                     B,Ink,reduce-prices,2008-04-01,250.50,\n";

const CHANGED: &str = "claim,title,action,impact_from,2008/09\n\
                       A,Paper and pens,reduce-inputs,2008-04-01,900\n\
                       B,Ink,reduce-prices,2008-04-01,250.50\n";

const WRONG: &str = "claim,title,action,impact_from,2008/09\n\
                     A,Paper,nonsense,2008-04-01,ten\n\
                     C C,Ink,reduce-prices,never,5\n";

#[test]
fn a_sheet_is_imported_the_same_step_by_step() {
    let files = Program::with(&[stroud()]);
    let served = Served::over(Program::with(&[stroud()]));
    let program = served.service.program();
    for (name, sheet) in [
        ("a sheet&=ü.csv", SHEET),
        ("changed.csv", CHANGED),
        ("wrong.csv", WRONG),
    ] {
        for program in [&files, program] {
            let _ = program.file(name, sheet);
        }
    }
    let a_sheet = "a sheet&=ü.csv";
    let mut imported = 0;
    for words in [
        vec!["wrong.csv"],
        vec![a_sheet, "--dry-run"],
        vec![a_sheet, "--control-total", "£1,250.50", "--dry-run"],
        vec![a_sheet, "--control-total", "1"],
        vec![a_sheet, "--control-total", "ten"],
        vec![a_sheet, "--sheet", "Costs & gains"],
        vec![a_sheet],
        vec![a_sheet],
        vec!["changed.csv"],
        vec![
            "changed.csv",
            "--amend",
            "--reason",
            "counted again, 100%",
            "--dry-run",
        ],
        vec!["changed.csv", "--amend", "--reason", "counted again, 100%"],
        vec!["changed.csv", "--amend", "--reason", ""],
    ] {
        for json in [true, false] {
            let mut call = vec!["import", "--org", STROUD];
            call.extend(&words);
            if json {
                // What is written is written once.
                if !words.contains(&"--dry-run") && words != ["wrong.csv"] {
                    continue;
                }
                call.push("--json");
            }
            let mut in_files = call.clone();
            in_files.extend(["--actor", "ann"]);
            let expected = files.run_words(&in_files);
            let mut command = served.command("ann", "");
            command.args(&call);
            let said = netgain_tests::program::run(command, b"");
            assert_eq!(
                (&said.stdout, said.status),
                (&expected.stdout, expected.status),
                "{call:?}: {said:#?} {expected:#?}"
            );
            if expected.status != 0 {
                assert_eq!(said.stderr, expected.stderr, "{call:?}");
            }
            imported += usize::from(said.status == 0);
        }
    }
    assert!(imported >= 7, "{imported}");
    let titles = |program: &Program| -> Vec<String> {
        let events = program.events(STROUD);
        events
            .iter()
            .map(|event| event["title"].to_string())
            .collect()
    };
    assert_eq!(titles(program), titles(&files));
    assert!(titles(program).contains(&"\"Paper and pens\"".to_owned()));
    served
        .through("eve", "import changed.csv --org E07000082")
        .fails(1, &["not-allowed: "]);
    served
        .through("ann", "import none.csv --org E07000082")
        .fails(2, &["cannot read none.csv"]);
}
