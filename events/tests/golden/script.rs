//! The commands behind the golden lines: two organisations' histories and the ledger's own, made up
//! so that each type of event stands with all its optional fields and with none of them.

use netgain_events::vocabulary::Auth;

/// A command, and who asked for it when.
pub(crate) struct Step {
    pub(crate) at: &'static str,
    pub(crate) by: &'static str,
    pub(crate) auth: Auth,
    pub(crate) line: &'static str,
}

const fn step(at: &'static str, by: &'static str, auth: Auth, line: &'static str) -> Step {
    Step { at, by, auth, line }
}

/// Golden files are frozen: steps are only ever added at the end, and only of new types of event.
pub(crate) const SCRIPT: &[Step] = &[
    step(
        "2008-04-01T00:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"register-organisation","org":"X99000001","name":"Ambridge & \"Borchester\" Council","kind":"district","sector":"local-government","region":"West Midlands – Borsetshire"}"#,
    ),
    step(
        "2008-04-01T00:00:00.000Z",
        "Z9._@-",
        Auth::Local,
        r#"{"type":"register-organisation","org":"X_9-2","name":"F","kind":"college","sector":"further-education"}"#,
    ),
    step(
        "2008-04-01T00:00:00.001Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"set-baseline","org":"X99000001","year":"2007/08","amount":"999999999999.99","source":"RO return,\r\npage 3\\4","note":"Agreed with the auditor.\nSee the minute.","evidence":[{"name":"Minute 12/07","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","uri":"https://example.gov.uk/minutes/12?a=1&b=\"2\""},{"name":"Entwurf – für später 😀","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}],"command_id":"2007/08 \"é\""}"#,
    ),
    step(
        "2008-04-01T00:00:00.002Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"set-baseline","org":"X99000001","year":"1990/91","amount":"0"}"#,
    ),
    step(
        "2008-04-02T09:30:15.250Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"set-target","org":"X99000001","year":"2099/00","amount":"6.5","service":"Parks"}"#,
    ),
    step(
        "2008-04-02T09:30:15.251Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"set-target","org":"X99000001","year":"2010/11","amount":"930000","note":"Three years at 3 %"}"#,
    ),
    step(
        "2008-04-03T10:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"register-claim","org":"X99000001","claim":"PROC-07.a_B","title":"Cheaper paper","action":"reduce-prices","impact_from":"2008-04-01","profile":{"2008/09":"1000"}}"#,
    ),
    step(
        "2008-04-03T10:00:00.001Z",
        "import",
        Auth::Token,
        r#"{"type":"register-claim","org":"X99000001","claim":"1","title":"Home care: one rota \\ two depots","action":"reduce-inputs","impact_from":"2008-10-01","profile":{"2010/11":"0.05","2008/09":"12500.5","2009/10":"25001"},"service":"Adult care","function":"front-line","method":"mutual","technique":"shared-services","approach":"transformational","source":"grant","source_override":"The grant paid for the rota,\nnot for the care.","ongoing":true,"quality_measure":"Visits more than 15 minutes late, a week","owner":"Head of care","scheme":{"id":"CARE-4","total":"100000"},"review_by":"2010-09-30","labels":{"programme":"Care 2010","budget-code":"A/100 £"},"command_id":"row-2","note":"Line\u2028separator","evidence":[{"name":"Business case","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}]}"#,
    ),
    step(
        "2008-04-03T10:00:00.002Z",
        "import",
        Auth::Token,
        r#"{"type":"register-claim","org":"X99000001","claim":"2","title":"\u0050lain \/ ASCII","action":"more-outputs-same-inputs","impact_from":"0001-01-01","profile":{"1990/91":"0","2099/00":"999999999999.99"},"ongoing":false,"labels":{},"actor":"Bob"}"#,
    ),
    step(
        "2008-05-01T08:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"amend-claim","org":"X99000001","claim":"PROC-07.a_B","reason":"Late start","profile":{"2008/09":"800","2009/10":"1000"}}"#,
    ),
    step(
        "2008-05-01T08:00:00.001Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"amend-claim","org":"X99000001","claim":"1","reason":"Everything\r\nchanges \"again\"","title":"Home care","action":"reduce-prices","impact_from":"2009-04-01","profile":{"2009/10":"25000.00"},"service":"Care","function":"procurement","method":"external","technique":"joint-venture","approach":"transitional","source":"income","source_override":"Fees were ours to keep","ongoing":false,"quality_measure":"Complaints","owner":"Director of care","scheme":{"id":"CARE.5","total":"0"},"review_by":"2011-02-28","labels":{"directorate":"People"},"command_id":"amend-1"}"#,
    ),
    step(
        "2008-05-01T08:00:00.002Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"amend-claim","org":"X99000001","claim":"1","reason":"Back to the start","service":null,"function":null,"method":null,"technique":null,"approach":null,"source":null,"source_override":null,"ongoing":null,"quality_measure":null,"owner":null,"scheme":null,"review_by":null,"labels":null}"#,
    ),
    step(
        "2008-05-02T08:00:00.000Z",
        "eve",
        Auth::Local,
        r#"{"type":"validate-claim","org":"X99000001","claim":"PROC-07.a_B"}"#,
    ),
    step(
        "2008-05-02T08:00:01.000Z",
        "eve",
        Auth::Local,
        r#"{"type":"validate-claim","org":"X99000001","claim":"1","grade":"preliminary","note":"To be looked at again in July"}"#,
    ),
    step(
        "2008-05-03T08:00:00.000Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"revoke-validation","org":"X99000001","claim":"1","reason":"The contract is not signed"}"#,
    ),
    step(
        "2008-05-04T08:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"record-offset","org":"X99000001","claim":"1","offset":"licence-2009","kind":"one-off","year":"2009/10","amount":"0.01"}"#,
    ),
    step(
        "2008-05-04T08:00:00.001Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"record-offset","org":"X99000001","claim":"1","offset":"depot","kind":"one-off","year":"2009/10","amount":"10000","spread_years":20,"incurred_anyway":true,"funding":"Invest-to-save fund","description":"Ramp,\nshelves"}"#,
    ),
    step(
        "2008-05-04T08:00:00.002Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"record-offset","org":"X99000001","claim":"1","offset":"rota","kind":"recurring","year":"2009/10","amount":"3000.5","until":"2011/12","incurred_anyway":false}"#,
    ),
    step(
        "2008-05-05T08:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"cancel-offset","org":"X99000001","claim":"1","offset":"depot","reason":"Never built \ud83d\ude00"}"#,
    ),
    step(
        "2009-04-01T00:00:00.000Z",
        "bob",
        Auth::OsUser,
        r#"{"type":"check-sustainment","org":"X99000001","claim":"PROC-07.a_B","year":"2008/09","outcome":"sustained","quality":"maintained"}"#,
    ),
    step(
        "2010-04-01T00:00:00.000Z",
        "bob",
        Auth::OsUser,
        r#"{"type":"check-sustainment","org":"X99000001","claim":"1","year":"2009/10","outcome":"reduced","verified":"20000","quality":"improved","quality_reading":"3 complaints","evidence":[{"name":"Ledger extract","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","uri":"file:///ledger/2009-10"}]}"#,
    ),
    step(
        "2010-04-01T00:00:00.000Z",
        "bob",
        Auth::OsUser,
        r#"{"type":"check-sustainment","org":"X99000001","claim":"1","year":"2010/11","outcome":"ceased"}"#,
    ),
    step(
        "2010-04-02T00:00:00.000Z",
        "auditor-7",
        Auth::Local,
        r#"{"type":"raise-challenge","org":"X99000001","claim":"1","challenge":"Q1","question":"Is this a price cut?"}"#,
    ),
    step(
        "2010-04-02T00:00:00.001Z",
        "auditor-7",
        Auth::Local,
        r#"{"type":"raise-challenge","org":"X99000001","claim":"PROC-07.a_B","challenge":"Q1","question":"Where did the \"staff\" go?","answer_by":"2010-05-31"}"#,
    ),
    step(
        "2010-04-03T00:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"answer-challenge","org":"X99000001","claim":"1","challenge":"Q1","answer":"No.\r\n\r\nSee the contract \udbff\udfff."}"#,
    ),
    step(
        "2010-04-04T00:00:00.000Z",
        "chair",
        Auth::Oidc,
        r#"{"type":"close-challenge","org":"X99000001","claim":"1","challenge":"Q1","outcome":"dismissed"}"#,
    ),
    step(
        "2010-04-04T00:00:00.001Z",
        "chair",
        Auth::Oidc,
        r#"{"type":"close-challenge","org":"X99000001","claim":"PROC-07.a_B","challenge":"Q1","outcome":"upheld"}"#,
    ),
    step(
        "2010-04-05T00:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"record-redeployment","org":"X99000001","claim":"1","redeployment":"R1","year":"2009/10","amount":"15000","purpose":"front-line"}"#,
    ),
    step(
        "2010-04-05T00:00:00.001Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"record-redeployment","org":"X99000001","claim":"1","redeployment":"R2","year":"2010/11","amount":"0.5","purpose":"returned-to-centre","description":"Half a pound"}"#,
    ),
    step(
        "2010-04-05T00:00:00.002Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"cancel-redeployment","org":"X99000001","claim":"1","redeployment":"R2","reason":"A joke"}"#,
    ),
    step(
        "2010-04-06T00:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"declare-carry-forward","org":"X99000001","ongoing_cashable":"900000","baseline_2004_05":"0"}"#,
    ),
    step(
        "2010-04-06T00:00:00.001Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"declare-carry-forward","org":"X99000001","ongoing_cashable":"900000","baseline_2004_05":"10000000","uplift":"001.0275000000","source":"GDP deflator, March 2010"}"#,
    ),
    step(
        "2010-04-07T00:00:00.000Z",
        "eve",
        Auth::Local,
        r#"{"type":"validate-carry-forward","org":"X99000001"}"#,
    ),
    step(
        "2010-04-07T00:00:00.001Z",
        "eve",
        Auth::Local,
        r#"{"type":"check-carry-forward","org":"X99000001","year":"2009/10","verified":"123456.7"}"#,
    ),
    step(
        "2010-04-08T00:00:00.000Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"issue-statement","org":"X99000001","year":"2010/11","series":"forecast"}"#,
    ),
    step(
        "2010-04-08T00:00:00.001Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"issue-statement","org":"X99000001","year":"2009/10","series":"actual","command_id":"actual","note":"To the Department"}"#,
    ),
    step(
        "2010-04-08T00:00:00.002Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"issue-statement","org":"X99000001","year":"2009/10","series":"actual"}"#,
    ),
    step(
        "2010-04-08T12:00:00.000Z",
        "eve",
        Auth::Local,
        r#"{"type":"validate-claim","org":"X99000001","claim":"1","grade":"final"}"#,
    ),
    step(
        "2010-04-08T12:00:00.001Z",
        "auditor-7",
        Auth::Local,
        r#"{"type":"raise-challenge","org":"X99000001","claim":"1","challenge":"Q2","question":"And the second depot?"}"#,
    ),
    step(
        "2010-04-08T12:00:00.002Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"amend-claim","org":"X99000001","claim":"2","reason":"It lasts after all","ongoing":true,"actor":"Cat"}"#,
    ),
    step(
        "2010-04-09T00:00:00.000Z",
        "ann",
        Auth::OsUser,
        r#"{"type":"withdraw-claim","org":"X99000001","claim":"2","reason":"Counted under PROC-07.a_B","evidence":[]}"#,
    ),
];

/// What the ledger's own history goes on with when its key has been replaced.
pub(crate) const ACCESS_SCRIPT: &[Step] = &[
    step(
        "2010-05-02T08:00:00.000Z",
        "it.services",
        Auth::OsUser,
        r#"{"type":"enrol-person","org":"_SYSTEM","person":"s151@ambridge.example","account":"person"}"#,
    ),
    step(
        "2010-05-02T08:00:00.001Z",
        "it.services",
        Auth::OsUser,
        r#"{"type":"enrol-person","org":"_SYSTEM","person":"Payroll.feed_1","account":"service","command_id":"enrol \"feed\"","note":"Nightly,\nfrom the payroll","evidence":[{"name":"Ticket 4711","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}],"actor":"Head.of.IT"}"#,
    ),
    step(
        "2010-05-02T08:00:00.002Z",
        "it.services",
        Auth::OsUser,
        r#"{"type":"enrol-person","org":"_SYSTEM","person":"7","account":"person"}"#,
    ),
    step(
        "2010-05-02T09:00:00.000Z",
        "it.services",
        Auth::OsUser,
        r#"{"type":"grant-role","org":"_SYSTEM","person":"s151@ambridge.example","role":"administrator","of":"*"}"#,
    ),
    step(
        "2010-05-02T09:00:00.001Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"grant-role","org":"_SYSTEM","person":"7","role":"validator","of":"X99000001","until":"2011-03-31T23:59:59.999Z","note":"Cover until the post is filled"}"#,
    ),
    step(
        "2010-05-02T09:00:00.002Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"grant-role","org":"_SYSTEM","person":"7","role":"signatory","of":"X_9-2"}"#,
    ),
    step(
        "2010-05-02T09:00:00.003Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"grant-role","org":"_SYSTEM","person":"7","role":"board","of":"*"}"#,
    ),
    step(
        "2010-05-02T09:00:00.004Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"grant-role","org":"_SYSTEM","person":"7","role":"auditor","of":"*","until":"9999-12-31T00:00:00.000Z"}"#,
    ),
    step(
        "2010-05-02T09:00:00.005Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"grant-role","org":"_SYSTEM","person":"payroll.FEED_1","role":"recorder","of":"X99000001"}"#,
    ),
    step(
        "2010-05-02T10:00:00.000Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"issue-token","org":"_SYSTEM","token":"payroll-2010.a_B","person":"Payroll.feed_1","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","of":"X99000001","roles":["recorder"],"until":"2011-05-02T00:00:00.000Z"}"#,
    ),
    step(
        "2010-05-02T10:00:00.001Z",
        "7",
        Auth::Local,
        r#"{"type":"issue-token","org":"_SYSTEM","token":"1","person":"7","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","of":"*","roles":["administrator","auditor","board","signatory","validator","recorder"],"until":"2010-06-01T00:00:00.000Z","command_id":"t-1"}"#,
    ),
    step(
        "2010-05-02T10:00:00.002Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"issue-token","org":"_SYSTEM","token":"2","person":"7","sha256":"558b2587b199594ac439b9464e14ea72429bf6998c4fbfa941c1cf89244c0b3e","of":"*","roles":["board","auditor"],"until":"2010-06-01T00:00:00.000Z"}"#,
    ),
    step(
        "2010-05-03T00:00:00.000Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"revoke-role","org":"_SYSTEM","person":"7","role":"board","of":"*","reason":"The board was dissolved.\r\nSee \"minute 14\""}"#,
    ),
    step(
        "2010-05-03T00:00:00.001Z",
        "s151@ambridge.example",
        Auth::Oidc,
        r#"{"type":"revoke-token","org":"_SYSTEM","token":"2","reason":"Its laptop was lost – £0 of harm"}"#,
    ),
    step(
        "2010-05-04T00:00:00.000Z",
        "s151@ambridge.example",
        Auth::Token,
        r#"{"type":"bar-person","org":"_SYSTEM","person":"7","reason":"Left the council","evidence":[{"name":"Leaver's form","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","uri":"file:leavers/7"}]}"#,
    ),
    step(
        "2010-05-05T00:00:00.000Z",
        "it.services",
        Auth::OsUser,
        r#"{"type":"enrol-person","org":"_SYSTEM","person":"7","account":"person","note":"Back again"}"#,
    ),
];
