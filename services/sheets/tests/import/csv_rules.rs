//! The rules of the columns, each by a small sheet.

use crate::workbooks::{commands, good, listed, wrong};
use netgain_sheets::read;

const HEADINGS: &str = "claim,title,action,impact_from,2008/09";
const CLAIM: &str = "CS1,Title,reduce-inputs,2008-04-01";

/// The problems of a sheet of the required headings, these more and one row.
fn wrong_with(headings: &str, row: &str) -> String {
    wrong(format!("{HEADINGS}{headings}\n{row}\n").as_bytes())
}

#[test]
fn every_column_becomes_its_field() {
    let claims = good(
        "Label:Risk,CLAIM,Title,Action,Impact_From,Service,Function,Method,Technique,Approach,Source,Source_Override,Ongoing,Quality_Measure,Owner,Scheme_Id,Scheme_Total,Review_By,label:ward,2008-09,2009/10\n\
         high,CS1,\u{a0} A title\u{a0},reduce-inputs,01/04/2008,Finance,finance,internal,lean,transitional,efficiency,income,no,Speed,Ann,S1,\"£1,000,000\",2010-03-31,7,\"£1,250.50\",(5)\n"
            .as_bytes(),
    );
    assert_eq!(
        commands(&claims),
        r#"{"action":"reduce-inputs","approach":"transitional","claim":"CS1","function":"finance","impact_from":"2008-04-01","labels":{"risk":"high","ward":"7"},"method":"internal","ongoing":false,"owner":"Ann","profile":{"2008/09":"1250.50","2009/10":"-5.00"},"quality_measure":"Speed","review_by":"2010-03-31","scheme":{"id":"S1","total":"1000000.00"},"service":"Finance","source":"efficiency","source_override":"income","technique":"lean","title":"A title"}"#
    );
    assert_eq!(claims.control_total.to_string(), "1245.50");
    let place = |field| claims.rows[0].place(field).unwrap().to_string();
    let places = [
        "labels",
        "label:ward",
        "scheme",
        "scheme_total",
        "profile",
        "2009/10",
    ]
    .map(place);
    assert_eq!(places, ["A2", "S2", "P2", "Q2", "T2", "U2"]);
}

#[test]
fn costs_become_offsets() {
    let claims = good(
        format!(
            "{HEADINGS},one_off 2008/09,one_off 2009/10,recurring 2011/12,recurring 2008/09,recurring 2009/10,recurring 2010/11\n\
             {CLAIM},100,\"1,000\",0,30,10,,20\n\
             CS2,T,reduce-inputs,2008-04-01,100,,,0,10,,\n\
             CS3,T,reduce-inputs,2008-04-01,100,,5,,0,,0\n"
        )
        .as_bytes(),
    );
    let offsets: Vec<_> = commands(&claims)
        .lines()
        .filter(|line| line.starts_with("  "))
        .map(str::to_owned)
        .collect();
    assert_eq!(
        offsets,
        [
            r#"  F2 {"amount":"1000.00","kind":"one-off","offset":"one-off-2008-09","year":"2008/09"}"#,
            r#"  I2 {"amount":"10.00","kind":"recurring","offset":"recurring-2008-09","until":"2009/10","year":"2008/09"}"#,
            r#"  K2 {"amount":"20.00","kind":"recurring","offset":"recurring-2010-11","until":"2010/11","year":"2010/11"}"#,
            r#"  H2 {"amount":"30.00","kind":"recurring","offset":"recurring-2011-12","year":"2011/12"}"#,
            r#"  I3 {"amount":"10.00","kind":"recurring","offset":"recurring-2008-09","until":"2010/11","year":"2008/09"}"#,
            r#"  G4 {"amount":"5.00","kind":"one-off","offset":"one-off-2009-10","year":"2009/10"}"#,
        ]
    );
    let problems = wrong_with(
        ",one_off 2008/09,recurring 2008/09",
        &format!("{CLAIM},1,-5,(6)"),
    );
    assert_eq!(
        problems,
        "bad-money F2 (one_off 2008/09): the cost -5.00 is negative; enter what it costs, without a minus\n\
         bad-money G2 (recurring 2008/09): the cost -6.00 is negative; enter what it costs, without a minus"
    );
}

#[test]
fn headings_are_checked_all_at_once() {
    assert_eq!(
        wrong(b"Claims,title,TITLE,impact_from,label:\xc3\xbc,one_off 2008\nx,,,,,\n"),
        "bad-header row 1: the column claim is missing; add it\n\
         bad-header row 1: the column action is missing; add it\n\
         bad-header row 1: there is no column of a year; add one headed like 2008/09\n\
         bad-header A1 (Claims): \"Claims\" is not a column netgain knows; the nearest is \"claim\": rename it, or delete the column\n\
         bad-header C1 (TITLE): the column title is there twice, first in B1; keep one\n\
         bad-header E1 (label:ü): \"label:ü\" does not name a label; write \"label:\" and 1 to 32 letters a to z, digits or hyphens\n\
         bad-header F1 (one_off 2008): \"one_off 2008\" is not a column netgain knows; the nearest is \"one_off 2008/09\": rename it, or delete the column"
    );
    assert!(wrong_with(",2008-09", "").contains("F1 (2008-09): the column 2008/09 is there twice"));
    assert!(
        wrong_with("", &format!("{CLAIM},1,remark"))
            .contains("bad-header F2: a value stands in a column without a heading")
    );
    assert_eq!(
        wrong(b"\n\nLancaster City Council\nclaim,title\n")
            .lines()
            .count(),
        1,
        "a title above the headings is told once"
    );
}

#[test]
fn a_blank_sheet_says_so() {
    assert!(wrong(b"\n,,\n \n").starts_with("blank-sheet the sheet is blank"));
    assert!(wrong(HEADINGS.as_bytes()).starts_with("blank-sheet there is no claim below"));
}

#[test]
fn what_a_claim_needs_is_told_for_every_row() {
    assert_eq!(
        wrong_with(
            ",scheme_id,scheme_total",
            ",,,,,S1,\n,,,,,,\nCS2,T,a,2008-04-01,0,,5\nTotal,,,,10,,"
        ),
        "bad-field A2 (claim): claim is missing; enter it (a row of totals or remarks must go)\n\
         bad-field B2 (title): title is missing; enter it\n\
         bad-field C2 (action): action is missing; enter it\n\
         bad-field D2 (impact_from): impact_from is missing; enter it\n\
         bad-field E2 (2008/09): no year has an amount; enter at least one, 0 if there is no gain yet\n\
         bad-field G2 (scheme_total): scheme_total is missing; a scheme needs both scheme_id and scheme_total\n\
         bad-field F4 (scheme_id): scheme_id is missing; a scheme needs both scheme_id and scheme_total\n\
         bad-field B5 (title): title is missing; enter it\n\
         bad-field C5 (action): action is missing; enter it\n\
         bad-field D5 (impact_from): impact_from is missing; enter it"
    );
}

#[test]
fn cells_that_do_not_fit_their_column_are_told_with_what_to_enter() {
    let rows = "CS1,T,a,31/02/2010,12.345,maybe\n\
                CS2,T,a,04/13/2010,\"12,34\",TRUE\n\
                CS3,T,a,40269,#DIV/0!,Yes\n\
                CS1,T,a,2010-04-01,£-,no\n";
    assert_eq!(
        wrong_with(",ongoing", rows),
        "bad-field D2 (impact_from): \"31/02/2010\" is not a day of the calendar; write it as 01/04/2010 (day first) or 2010-04-01\n\
         bad-money E2 (2008/09): \"12.345\" has more than two decimals; give whole pence\n\
         bad-field F2 (ongoing): \"maybe\" is neither yes nor no; enter TRUE or FALSE, or yes or no\n\
         bad-field D3 (impact_from): \"04/13/2010\" has no month 13: the day comes first; write it as 01/04/2010 (day first) or 2010-04-01\n\
         bad-money E3 (2008/09): \"12,34\" has a comma that does not separate thousands; write it in pounds, like 1250.50 or £1,250.50\n\
         bad-field D4 (impact_from): \"40269\" is a bare number; format the cell as a date, or write it as 01/04/2010 (day first) or 2010-04-01\n\
         formula-error E4 (2008/09): the formula gives the error \"#DIV/0!\"; correct it, or enter the value itself\n\
         duplicate-reference A5 (claim): the claim \"CS1\" is already in row 2; give each claim its own reference, or one row\n\
         bad-money E5 (2008/09): a dash is not an amount; enter 0, or leave the cell empty"
    );
}

#[test]
fn references_differ_by_case() {
    let claims = good(format!("{HEADINGS}\n{CLAIM},1\ncs1,T,a,2008-04-01,1\n").as_bytes());
    assert_eq!(claims.rows.len(), 2);
}

#[test]
fn problems_end_with_how_many_more_there_are() {
    let rows = "X,T,a,2008-04-01,x\n".repeat(1_200);
    let problems = wrong_with("", &rows);
    assert_eq!(problems.lines().count(), 1_001);
    assert!(
        problems.ends_with("too-many-problems and 1399 more; correct these first and import again")
    );
}

#[test]
fn a_file_that_cannot_be_read_gives_a_problem_too() {
    let error = read(b"claim,\"title\n", "c.csv", None).unwrap_err();
    let problem = netgain_sheets::Problem::from(error);
    assert_eq!(
        listed(&[problem]),
        "bad-file B1: the quotation mark that opens B1 is never closed; close it, or double it if it belongs to the text"
    );
}
