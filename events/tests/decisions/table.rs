//! The command table, written out once more for the tests: each command's own fields in their
//! order, what each takes, and a value it accepts.

use serde_json::{Map, Value, json};

use super::commands::{ORG, SHA256};

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Reference,
    Line,
    Prose,
    Word,
    Money,
    MoneyAboveZero,
    Year,
    StatementYear,
    Date,
    Flag,
    Count,
    Profile,
    Scheme,
    Labels,
    Uplift,
    Actor,
    Scope,
    Time,
    Sha256,
    Roles,
}

/// Whether a field may be left out, and what `null` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    /// An amendment's: `null` clears it.
    Clearable,
}

/// A field of a command.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) need: Need,
    pub(crate) form: Form,
    pub(crate) accepted: Value,
}

/// A command and its own fields.
pub(crate) struct Row {
    pub(crate) command: &'static str,
    pub(crate) event: &'static str,
    pub(crate) fields: Vec<Field>,
}

impl Row {
    /// The command with all its own fields, each with a value it accepts.
    pub(crate) fn full(&self) -> Value {
        let mut members = Map::new();
        members.insert("type".into(), json!(self.command));
        members.insert("org".into(), json!(self.org()));
        for field in &self.fields {
            members.insert(field.name.into(), field.accepted.clone());
        }
        Value::Object(members)
    }

    /// Whether it is about people, grants and tokens.
    pub(crate) fn is_of_system(&self) -> bool {
        about_access().iter().any(|row| row.command == self.command)
    }

    /// An organisation is registered under a code of its own: the other is registered already.
    fn org(&self) -> &'static str {
        if self.command == "register-organisation" {
            "E07000099"
        } else if self.is_of_system() {
            "_SYSTEM"
        } else {
            ORG
        }
    }
}

fn required(name: &'static str, form: Form, accepted: impl Into<Value>) -> Field {
    field(name, Need::Required, form, accepted)
}

fn optional(name: &'static str, form: Form, accepted: impl Into<Value>) -> Field {
    field(name, Need::Optional, form, accepted)
}

fn field(name: &'static str, need: Need, form: Form, accepted: impl Into<Value>) -> Field {
    Field {
        name,
        need,
        form,
        accepted: accepted.into(),
    }
}

fn reference(name: &'static str, accepted: &str) -> Field {
    required(name, Form::Reference, accepted)
}

fn reason() -> Field {
    required("reason", Form::Prose, "The contract was\r\nsigned late")
}

/// The fields of a claim but its reference: the first four of one need, the others of another.
fn details(of_the_first_four: Need, of_the_others: Need) -> Vec<Field> {
    let (first, others) = (of_the_first_four, of_the_others);
    vec![
        field("title", first, Form::Line, "Domestic care – new contract"),
        field("action", first, Form::Word, "reduce-inputs"),
        field("impact_from", first, Form::Date, "2008-10-01"),
        field(
            "profile",
            first,
            Form::Profile,
            json!({"2008/09": "500.00", "2009/10": "1000.50"}),
        ),
        field("service", others, Form::Line, "Adult care"),
        field("function", others, Form::Word, "front-line"),
        field("method", others, Form::Word, "mutual"),
        field("technique", others, Form::Word, "shared-services"),
        field("approach", others, Form::Word, "transitional"),
        field("source", others, Form::Word, "grant"),
        field("source_override", others, Form::Prose, "The grant was ours"),
        field("ongoing", others, Form::Flag, false),
        field("quality_measure", others, Form::Prose, "Late visits a week"),
        field("owner", others, Form::Line, "Head of care"),
        field(
            "scheme",
            others,
            Form::Scheme,
            json!({"id": "CARE-4", "total": "4000.00"}),
        ),
        field("review_by", others, Form::Date, "2010-09-30"),
        field(
            "labels",
            others,
            Form::Labels,
            json!({"budget-code": "A 100", "directorate": "People"}),
        ),
    ]
}

/// The commands about an organisation and its claims' lives.
fn about_claims() -> Vec<Row> {
    let claim = || reference("claim", "C1");
    let mut register = details(Need::Required, Need::Optional);
    register.insert(0, reference("claim", "C2"));
    let mut amend = details(Need::Optional, Need::Clearable);
    amend.splice(0..0, [claim(), reason()]);
    vec![
        Row {
            command: "register-organisation",
            event: "organisation-registered",
            fields: vec![
                required("name", Form::Line, "Felpersham City Council"),
                required("kind", Form::Line, "unitary"),
                required("sector", Form::Word, "local-government"),
                optional("region", Form::Line, "West Midlands"),
            ],
        },
        Row {
            command: "set-baseline",
            event: "baseline-set",
            fields: vec![
                required("year", Form::Year, "2007/08"),
                required("amount", Form::Money, "10000000.00"),
                optional("source", Form::Prose, "RO return"),
            ],
        },
        Row {
            command: "set-target",
            event: "target-set",
            fields: vec![
                required("year", Form::Year, "2010/11"),
                required("amount", Form::Money, "930000.00"),
                optional("service", Form::Line, "Adult care"),
            ],
        },
        Row {
            command: "register-claim",
            event: "claim-registered",
            fields: register,
        },
        Row {
            command: "amend-claim",
            event: "claim-amended",
            fields: amend,
        },
        Row {
            command: "validate-claim",
            event: "claim-validated",
            fields: vec![claim(), optional("grade", Form::Word, "interim")],
        },
        Row {
            command: "revoke-validation",
            event: "validation-revoked",
            fields: vec![claim(), reason()],
        },
        Row {
            command: "withdraw-claim",
            event: "claim-withdrawn",
            fields: vec![claim(), reason()],
        },
    ]
}

/// The commands about what stands against a claim and beside it.
fn about_parts() -> Vec<Row> {
    let claim = || reference("claim", "C1");
    vec![
        Row {
            command: "record-offset",
            event: "offset-recorded",
            // `until` and `spread_years` go with one kind each: the tests of offsets hold them.
            fields: vec![
                claim(),
                reference("offset", "O2"),
                required("kind", Form::Word, "one-off"),
                required("year", Form::Year, "2008/09"),
                required("amount", Form::MoneyAboveZero, "75.25"),
                optional("spread_years", Form::Count, 3),
                optional("incurred_anyway", Form::Flag, true),
                optional("funding", Form::Line, "Invest-to-save fund"),
                optional("description", Form::Prose, "Hand-held\ncomputers"),
            ],
        },
        Row {
            command: "cancel-offset",
            event: "offset-cancelled",
            fields: vec![claim(), reference("offset", "O1"), reason()],
        },
        Row {
            command: "check-sustainment",
            event: "sustainment-checked",
            fields: vec![
                claim(),
                required("year", Form::Year, "2008/09"),
                required("outcome", Form::Word, "reduced"),
                required("verified", Form::Money, "300.00"),
                required("quality", Form::Word, "improved"),
                optional("quality_reading", Form::Prose, "4 a week"),
            ],
        },
        Row {
            command: "raise-challenge",
            event: "challenge-raised",
            fields: vec![
                claim(),
                reference("challenge", "Q2"),
                required("question", Form::Prose, "Where did the staff go?"),
                optional("answer_by", Form::Date, "2012-08-31"),
            ],
        },
        Row {
            command: "answer-challenge",
            event: "challenge-answered",
            fields: vec![
                claim(),
                reference("challenge", "Q1"),
                required("answer", Form::Prose, "To housing"),
            ],
        },
        Row {
            command: "close-challenge",
            event: "challenge-closed",
            fields: vec![
                claim(),
                reference("challenge", "Q1"),
                required("outcome", Form::Word, "dismissed"),
            ],
        },
        Row {
            command: "record-redeployment",
            event: "redeployment-recorded",
            fields: vec![
                claim(),
                reference("redeployment", "R2"),
                required("year", Form::Year, "2009/10"),
                required("amount", Form::MoneyAboveZero, "400.00"),
                required("purpose", Form::Word, "council-tax"),
                optional("description", Form::Prose, "Half a per cent"),
            ],
        },
        Row {
            command: "cancel-redeployment",
            event: "redeployment-cancelled",
            fields: vec![claim(), reference("redeployment", "R1"), reason()],
        },
    ]
}

/// The commands about the carry-forward and statements.
fn about_totals() -> Vec<Row> {
    vec![
        Row {
            command: "declare-carry-forward",
            event: "carry-forward-declared",
            fields: vec![
                required("ongoing_cashable", Form::Money, "900000.00"),
                required("baseline_2004_05", Form::Money, "10000000.00"),
                optional("uplift", Form::Uplift, "1.0275"),
                optional("source", Form::Prose, "AES backward look"),
            ],
        },
        Row {
            command: "validate-carry-forward",
            event: "carry-forward-validated",
            fields: vec![],
        },
        Row {
            command: "check-carry-forward",
            event: "carry-forward-checked",
            fields: vec![
                required("year", Form::Year, "2008/09"),
                required("verified", Form::Money, "100000.00"),
            ],
        },
        Row {
            command: "issue-statement",
            event: "statement-issued",
            fields: vec![
                required("year", Form::StatementYear, "2008/09"),
                required("series", Form::Word, "actual"),
            ],
        },
    ]
}

/// The commands about people, grants and tokens.
fn about_access() -> Vec<Row> {
    let person = || required("person", Form::Actor, "bob");
    let role = |accepted: &str| required("role", Form::Word, accepted);
    let of = |accepted: &str| required("of", Form::Scope, accepted);
    let until = "2013-04-01T00:00:00.000Z";
    vec![
        Row {
            command: "enrol-person",
            event: "person-enrolled",
            fields: vec![
                required("person", Form::Actor, "Payroll.feed@ambridge.example"),
                required("account", Form::Word, "service"),
            ],
        },
        Row {
            command: "bar-person",
            event: "person-barred",
            fields: vec![person(), reason()],
        },
        Row {
            command: "grant-role",
            event: "role-granted",
            fields: vec![
                person(),
                role("recorder"),
                of(ORG),
                optional("until", Form::Time, until),
            ],
        },
        Row {
            command: "revoke-role",
            event: "role-revoked",
            fields: vec![person(), role("validator"), of("*"), reason()],
        },
        Row {
            command: "issue-token",
            event: "token-issued",
            fields: vec![
                reference("token", "T2"),
                person(),
                required("sha256", Form::Sha256, SHA256),
                of("*"),
                required("roles", Form::Roles, json!(["recorder", "validator"])),
                required("until", Form::Time, until),
            ],
        },
        Row {
            command: "revoke-token",
            event: "token-revoked",
            fields: vec![reference("token", "T1"), reason()],
        },
    ]
}

/// Every command, in the table's order.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = about_claims();
    rows.extend(about_parts());
    rows.extend(about_totals());
    rows.extend(about_access());
    rows
}

/// A history of ann's after which every row's full command is accepted from cat, who is an
/// administrator of every organisation.
pub(crate) fn standing() -> Vec<Value> {
    use super::commands::{
        by, challenge, claim, declare, enrol, grant, issue, offset, organisation, redeployment,
        validate,
    };
    vec![
        organisation(),
        claim("C1"),
        offset("C1", "O1"),
        by("bob", validate("C1")),
        challenge("C1", "Q1"),
        redeployment("C1", "R1"),
        declare(),
        enrol("cat", "person"),
        grant("cat", "administrator", "*"),
        enrol("bob", "person"),
        grant("bob", "validator", "*"),
        issue("T1", "bob", "*", &["validator"]),
    ]
}
