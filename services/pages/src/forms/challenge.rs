//! Doubting a gain: raising a challenge, answering it, closing it.

use chrono::NaiveDate;
use netgain_events::fact::FactKind;
use netgain_events::identifier::ChallengeId;
use netgain_events::state::ChallengeState;
use netgain_events::text::Prose;
use netgain_events::vocabulary::ChallengeOutcome;
use serde_json::Value;

use super::asked::Asked;
use super::evidence;
use super::form::{Cover, Form, Section, next_reference};
use super::place::{NoForm, OpenClaim, Place};
use super::reader::{Reader, first_part};
use super::typed::Typed;
use crate::components::Component;

/// The form that raises a challenge.
#[derive(Clone, Debug)]
pub struct RaiseChallenge {
    about: OpenClaim,
    today: NaiveDate,
}

impl RaiseChallenge {
    /// For a gain.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        Ok(Self {
            about: place.open_claim()?,
            today: place.today,
        })
    }
}

impl Form for RaiseChallenge {
    fn kind(&self) -> FactKind {
        FactKind::ChallengeRaised
    }

    fn cover(&self) -> Cover {
        let intro = "Ask what you doubt about this gain. The question and its answer stay in the history. The \
                     figures stay as they are until the challenge is upheld.";
        Cover {
            intro: vec![intro.to_owned()],
            ..self
                .about
                .cover("Raise a challenge", "Raise this challenge")
        }
    }

    fn fresh(&self) -> Typed {
        let used = self
            .about
            .claim
            .challenges
            .iter()
            .map(|(id, _)| id.as_str());
        Typed::default().with("challenge", next_reference(used, "Q"))
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let fields = vec![
            asked.text("question", "What is your question?").markup(),
            asked
                .date("answer_by", "When do you want an answer by? (optional)")
                .hint("For example, 31 7 2011")
                .markup(),
            asked
                .code("challenge", "Reference")
                .hint("Unique for this gain")
                .markup(),
        ];
        vec![Section::plain(fields)]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.about.command("raise-challenge");
        let challenge: Option<ChallengeId> = reader.required("challenge", "the reference");
        command.put_some("challenge", challenge);
        let question: Option<Prose> = reader.required("question", "your question");
        command.put_some("question", question);
        let by = reader.optional_date("answer_by", "the day to answer by");
        if by.is_some_and(|day| day < self.today) {
            reader.wrong(
                &first_part("answer_by"),
                "The day to answer by has to be today or later",
            );
        }
        command.put_some("answer_by", by);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        match field {
            "answer_by" => Some(first_part(field)),
            "challenge" | "question" => Some(field.to_owned()),
            _ => None,
        }
    }
}

/// A challenge that is not closed.
#[derive(Clone, Debug)]
struct OpenChallenge {
    about: OpenClaim,
    id: ChallengeId,
    challenge: ChallengeState,
}

impl OpenChallenge {
    fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        let about = place.open_claim()?;
        let (id, challenge) = place.part_of(|part| {
            let challenges = about.claim.challenges.iter();
            let mut open = challenges.filter(|(_, it)| it.outcome.is_none());
            let found = open.find(|(id, _)| id.as_str() == part);
            found.map(|(id, challenge)| (id.clone(), challenge.clone()))
        })?;
        Ok(Self {
            about,
            id,
            challenge,
        })
    }

    fn intro(&self) -> Vec<String> {
        let asked = format!(
            "{} asks: {}",
            self.challenge.raised_by, self.challenge.question
        );
        let answered = self.challenge.answer.as_ref();
        let answered = answered.map(|answer| format!("Answered: {answer}"));
        [Some(asked), answered].into_iter().flatten().collect()
    }
}

/// The form that answers a challenge.
#[derive(Clone, Debug)]
pub struct AnswerChallenge(OpenChallenge);

impl AnswerChallenge {
    /// For a challenge that is not closed.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        OpenChallenge::new(place).map(Self)
    }
}

impl Form for AnswerChallenge {
    fn kind(&self) -> FactKind {
        FactKind::ChallengeAnswered
    }

    fn cover(&self) -> Cover {
        Cover {
            intro: self.0.intro(),
            ..self.0.about.cover(
                &format!("Answer the challenge {}", self.0.id),
                "Send this answer",
            )
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let label = match self.0.challenge.answer {
            Some(_) => "Your new answer, in place of the one above",
            None => "Your answer",
        };
        vec![
            Section::plain(vec![asked.text("answer", label).rows(6_u32).markup()]),
            evidence::section(asked),
        ]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.0.about.command("answer-challenge");
        command.put("challenge", &self.0.id);
        let answer: Option<Prose> = reader.required("answer", "your answer");
        command.put_some("answer", answer);
        evidence::put(reader, &mut command);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        match field {
            "answer" => Some(field.to_owned()),
            "evidence" => Some(evidence::first_field()),
            _ => None,
        }
    }
}

/// The form that closes a challenge.
#[derive(Clone, Debug)]
pub struct CloseChallenge(OpenChallenge);

impl CloseChallenge {
    /// For a challenge that is not closed.
    pub fn new(place: &Place<'_>) -> Result<Self, NoForm> {
        OpenChallenge::new(place).map(Self)
    }
}

impl Form for CloseChallenge {
    fn kind(&self) -> FactKind {
        FactKind::ChallengeClosed
    }

    fn cover(&self) -> Cover {
        let mut intro = self.0.intro();
        if self.0.challenge.answer.is_none() {
            intro.push("It has not been answered yet.".to_owned());
        }
        Cover {
            intro,
            ..self.0.about.cover(
                &format!("Close the challenge {}", self.0.id),
                "Close this challenge",
            )
        }
    }

    fn sections(&self, asked: &Asked<'_>) -> Vec<Section> {
        let outcome = asked.words::<ChallengeOutcome>("outcome", "What came of it?");
        vec![Section::plain(vec![outcome.markup()])]
    }

    fn commands(&self, reader: &mut Reader<'_>) -> Vec<Value> {
        let mut command = self.0.about.command("close-challenge");
        command.put("challenge", &self.0.id);
        let outcome: Option<ChallengeOutcome> = reader.chosen("outcome", "what came of it");
        command.put_some("outcome", outcome);
        vec![command.into()]
    }

    fn field_of(&self, _command: &Value, field: &str) -> Option<String> {
        (field == "outcome").then(|| field.to_owned())
    }
}
