//! A form on a page of its own.

use askama::Template;
use netgain_events::identifier::Position;

use crate::components::{BackLink, Button, Component, Details, ErrorSummary, Markup, WarningText};
use crate::figures::Figures;
use crate::forms::asked::Asked;
use crate::forms::form::{Folding, Form, Section};
use crate::forms::note;
use crate::forms::problems::Problems;
use crate::forms::typed::Typed;
use crate::frame::Frame;

/// A form with what was typed, what is wrong with it, and what it would come to.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/form.html")]
pub struct FormPage {
    frame: Frame,
    back: BackLink,
    caption: Option<String>,
    intro: Vec<String>,
    warning: Option<WarningText>,
    wrong: Option<ErrorSummary>,
    lead: Option<Markup>,
    sections: Vec<Part>,
    note: Option<Part>,
    submit: Option<Button>,
    look: Option<Button>,
    preview: Option<Preview>,
    once: String,
    wide: bool,
}

#[derive(Clone, Debug)]
struct Part {
    heading: Option<&'static str>,
    body: Markup,
}

/// What the gain would count if the form were recorded as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preview {
    /// Nobody asked yet.
    NotAsked,
    /// What is still missing to say so.
    NotYet(Vec<String>),
    /// This.
    Would(Box<Figures>),
}

impl Preview {
    /// What keeps it from being said.
    #[must_use]
    pub fn not_yet(problems: &Problems) -> Self {
        Self::NotYet(problems.sentences().map(str::to_owned).collect())
    }
}

impl FormPage {
    /// The page. `frame` has the form's title; `once` keeps it from being recorded twice.
    #[must_use]
    pub fn new(
        mut frame: Frame,
        form: &dyn Form,
        typed: &Typed,
        problems: &Problems,
        once: String,
    ) -> Self {
        let cover = form.cover();
        let asked = Asked::new(typed, problems);
        let sections = form.sections(&asked);
        frame.has_errors = !problems.is_empty();
        let mut submit = Button::new(cover.submit).prevent_double_click(true);
        // A form that warns and shows no figures is about something that cannot be undone.
        if cover.warning.is_some() && !form.changes_figures() {
            submit = submit.warning();
        }
        let look = Button::new("Show what it would count").secondary();
        let look = look.name("intent").value("preview");
        Self {
            frame,
            back: BackLink::new(cover.back.to_string()),
            caption: cover.caption,
            intro: cover.intro,
            warning: cover.warning.map(WarningText::new),
            wrong: problems.summary(),
            lead: None,
            sections: sections.into_iter().map(part).collect(),
            note: Some(part(note::section(&asked))),
            submit: Some(submit),
            look: form.changes_figures().then_some(look),
            preview: form.changes_figures().then_some(Preview::NotAsked),
            once,
            wide: cover.wide,
        }
    }

    /// With what it would come to.
    #[must_use]
    pub fn preview(mut self, preview: Preview) -> Self {
        self.preview = Some(preview);
        self
    }

    /// After something was recorded.
    #[must_use]
    pub fn recorded(mut self, position: Option<Position>) -> Self {
        self.frame.recorded = position;
        self
    }

    /// With something above the questions.
    #[must_use]
    pub fn lead(mut self, lead: Markup) -> Self {
        self.lead = Some(lead);
        self
    }

    /// Without a button, where there is nothing to answer or nobody may.
    #[must_use]
    pub fn without_submit(mut self) -> Self {
        self.submit = None;
        self.note = None;
        self
    }
}

fn part(section: Section) -> Part {
    let fields: Markup = section.fields.into_iter().collect();
    match section.folding {
        Folding::Open => Part {
            heading: section.heading,
            body: fields,
        },
        Folding::Folded { open } => Part {
            heading: None,
            body: Details::new(section.heading.unwrap_or_default(), fields)
                .open(open)
                .markup(),
        },
    }
}
