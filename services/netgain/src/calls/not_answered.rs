//! How a call ends whose question has no answer.

use netgain_answers::{BadQuestion, NotAnswered};

use crate::outcome::Failure;

/// Unknown: refused, exit status 1. A bad question: 2. A fault: 3.
pub(crate) fn failure(error: NotAnswered) -> Failure {
    match error {
        NotAnswered::Unknown(unknown) => Failure::refused(unknown.code(), &unknown),
        NotAnswered::BadQuestion(question) => bad_question(&question),
        NotAnswered::Fault(fault) => fault.into(),
    }
}

/// The call's words are off; said with the words it should have had.
pub(crate) fn bad_question(question: &BadQuestion) -> Failure {
    Failure::Usage(match question {
        BadQuestion::FromAfterTo { from, to } => format!(
            "{}: --from {from} is after --to {to}; give the earlier position first.",
            question.code()
        ),
        BadQuestion::YearMissing => "this report is of one year: add --year 2010/11".into(),
        BadQuestion::HeadingMissing => {
            "a breakdown is by a heading: add --by function (or method, technique, approach, \
             service, source, label:KEY)"
                .into()
        }
        BadQuestion::ControlTotal { .. } => question.to_string(),
        BadQuestion::YearTooEarly(_)
        | BadQuestion::PositionBeyondLast { .. }
        | BadQuestion::Parameter { .. } => format!("{}: {question}", question.code()),
    })
}
