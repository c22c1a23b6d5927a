//! The questions of a form, each with what was typed and what is wrong with it.

use netgain_events::financial_year::FinancialYear;

use crate::components::{Affix, DateInput, Input, Radio, Radios, Select, SelectItem, Textarea};
use crate::plain_words::PlainWords;

use super::problems::Problems;
use super::reader::first_part;
use super::typed::Typed;

/// Makes the controls of a form.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'t> {
    typed: &'t Typed,
    problems: &'t Problems,
}

impl<'t> Asked<'t> {
    /// With what was typed, and what is wrong with it.
    #[must_use]
    pub const fn new(typed: &'t Typed, problems: &'t Problems) -> Self {
        Self { typed, problems }
    }

    /// What was typed.
    #[must_use]
    pub const fn typed(&self) -> &'t Typed {
        self.typed
    }

    /// Whether something is wrong with one of those fields, or something was typed there.
    #[must_use]
    pub fn is_used(&self, fields: &[&str]) -> bool {
        let used = |field: &&str| {
            self.typed.some(field).is_some()
                || self.problems.of(field).is_some()
                || self.typed.some(&first_part(field)).is_some()
        };
        fields.iter().any(used)
    }

    /// A line of text.
    #[must_use]
    pub fn line(&self, name: &str, label: &str) -> Input {
        Input::new(name, label)
            .value(self.typed.raw(name))
            .error_message_if(self.problems.of(name))
    }

    /// A reference or a code: not for a spelling checker.
    #[must_use]
    pub fn code(&self, name: &str, label: &str) -> Input {
        self.line(name, label)
            .width(20)
            .spellcheck(false)
            .autocomplete("off")
    }

    /// An amount in pounds.
    #[must_use]
    pub fn money(&self, name: &str, label: &str) -> Input {
        self.line(name, label)
            .prefix(Affix::new("£"))
            .inputmode("decimal")
            .spellcheck(false)
            .autocomplete("off")
            .width(10)
    }

    /// A text of several lines.
    #[must_use]
    pub fn text(&self, name: &str, label: &str) -> Textarea {
        Textarea::new(name, label)
            .rows(3_u32)
            .value(self.typed.raw(name))
            .error_message_if(self.problems.of(name))
    }

    /// A date in three fields.
    #[must_use]
    pub fn date(&self, name: &str, legend: &str) -> DateInput {
        let values = ["day", "month", "year"].map(|part| self.typed.raw(&format!("{name}-{part}")));
        DateInput::new(name)
            .name_prefix(name)
            .legend(legend)
            .values(values)
            .error_message_if(self.problems.of(&first_part(name)))
    }

    /// One of a few.
    #[must_use]
    pub fn radios(
        &self,
        name: &str,
        legend: &str,
        options: impl IntoIterator<Item = Radio>,
    ) -> Radios {
        let radios = Radios::new(name)
            .legend(legend)
            .error_message_if(self.problems.of(name));
        options.into_iter().fold(radios, Radios::item)
    }

    /// A button to choose, as it was left.
    #[must_use]
    pub fn radio(&self, name: &str, value: &str, text: &str) -> Radio {
        Radio::new(value, text).checked(self.typed.raw(name) == value)
    }

    /// One of a vocabulary's words, as buttons.
    #[must_use]
    pub fn words<T: PlainWords>(&self, name: &str, legend: &str) -> Radios {
        let radio = |word: &T| {
            let radio = self.radio(name, word.word(), word.plain());
            match word.hint() {
                Some(hint) => radio.hint(hint),
                None => radio,
            }
        };
        self.radios(name, legend, T::all().iter().map(radio))
    }

    /// One of a vocabulary's words or none, as a list.
    #[must_use]
    pub fn list<T: PlainWords>(&self, name: &str, label: &str) -> Select {
        self.list_or::<T>(name, label, "Not stated")
    }

    /// The same, with what it says where none is chosen.
    #[must_use]
    pub fn list_or<T: PlainWords>(&self, name: &str, label: &str, none: &str) -> Select {
        let words = T::all()
            .iter()
            .map(|word| SelectItem::new(word.word(), word.plain()));
        Select::new(name, label)
            .item(SelectItem::new("", none))
            .items(words)
            .value(self.typed.raw(name))
            .error_message_if(self.problems.of(name))
    }

    /// A financial year. `none` is what leaving it open means; without it a year is chosen. What was
    /// typed and is none of the years stands there too.
    #[must_use]
    pub fn year(
        &self,
        name: &str,
        label: &str,
        years: &[FinancialYear],
        none: Option<&str>,
    ) -> Select {
        let typed = self.typed.raw(name);
        let open = none.unwrap_or("Choose a year");
        let mut select = Select::new(name, label).item(SelectItem::new("", open));
        let mut is_there = typed.is_empty();
        for year in years {
            let text = year.to_string();
            is_there |= text == typed;
            select = select.item(SelectItem::new(text.clone(), text));
        }
        if !is_there {
            select = select.item(SelectItem::new(typed, typed));
        }
        select.value(typed).error_message_if(self.problems.of(name))
    }
}
