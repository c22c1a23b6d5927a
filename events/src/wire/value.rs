//! Reading values in the one form they are written in. What `writer` writes, this reads, and nothing
//! looser than it must; a text with an escape goes to the JSON library.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::claim::{Labels, Profile, Scheme};
use crate::event::Evidence;
use crate::fact::{StatedBasis, SumText};
use crate::identifier::{
    ChallengeId, ClaimId, CommandId, LabelKey, OffsetId, Position, RedeploymentId, SchemeId,
};
use crate::money::Money;
use crate::rate::Uplift;
use crate::sha256::Sha256Hex;
use crate::text::{Line, Prose};
use crate::vocabulary as words;

/// What of an event's line has not been read.
#[derive(Clone, Copy)]
pub(super) struct Unread<'a>(pub(super) &'a str);

/// A value with one written form.
pub(super) trait Value: Sized {
    /// Takes the value off the front.
    fn take(unread: &mut Unread<'_>) -> Option<Self>;
}

impl<'a> Unread<'a> {
    /// Takes a mark off the front, if it stands there.
    pub(super) fn skip(&mut self, mark: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(mark)?;
        Some(())
    }

    /// Takes a member's key off the front, if it stands there: `,"key":`.
    pub(super) fn key(&mut self, key: &str) -> Option<()> {
        let after = self
            .0
            .strip_prefix(",\"")?
            .strip_prefix(key)?
            .strip_prefix("\":")?;
        self.0 = after;
        Some(())
    }

    /// Takes a member that must stand there.
    pub(super) fn field<T: Value>(&mut self, key: &str) -> Option<T> {
        self.key(key)?;
        T::take(self)
    }

    /// Takes a member that may stand there; fails only where it does and is not of its form.
    #[expect(
        clippy::option_option,
        reason = "the outer says whether reading went well, as everywhere here"
    )]
    pub(super) fn optional<T: Value>(&mut self, key: &str) -> Option<Option<T>> {
        match self.key(key) {
            None => Some(None),
            Some(()) => T::take(self).map(Some),
        }
    }

    /// Takes a string.
    fn text(&mut self) -> Option<Cow<'a, str>> {
        let from = self.0.strip_prefix('"')?;
        let end = memchr::memchr2(b'"', b'\\', from.as_bytes())?;
        let (plain, rest) = from.split_at_checked(end)?;
        if let Some(rest) = rest.strip_prefix('"') {
            self.0 = rest;
            return Some(Cow::Borrowed(plain));
        }
        let mut strings = serde_json::Deserializer::from_str(self.0).into_iter::<String>();
        let text = strings.next()?.ok()?;
        self.0 = self.0.get(strings.byte_offset()..)?;
        Some(Cow::Owned(text))
    }

    fn number(&mut self) -> Option<u64> {
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        digits.parse().ok()
    }

    /// Takes an object's members: each key as a text, then what `member` takes.
    fn members(&mut self, mut member: impl FnMut(&str, &mut Self) -> Option<()>) -> Option<()> {
        self.skip("{")?;
        if self.skip("}").is_some() {
            return Some(());
        }
        loop {
            let key = self.text()?;
            self.skip(":")?;
            member(&key, self)?;
            if self.skip("}").is_some() {
                return Some(());
            }
            self.skip(",")?;
        }
    }
}

fn parsed<T: FromStr>(unread: &mut Unread<'_>) -> Option<T> {
    unread.text()?.parse().ok()
}

macro_rules! texts {
    ($($type:ty),* $(,)?) => {$(
        impl Value for $type {
            fn take(unread: &mut Unread<'_>) -> Option<Self> {
                parsed(unread)
            }
        }
    )*};
}

texts!(
    ChallengeId,
    ClaimId,
    CommandId,
    LabelKey,
    OffsetId,
    RedeploymentId,
    SchemeId,
    Line,
    Prose,
    Money,
    Uplift,
    Sha256Hex,
    SumText,
    crate::financial_year::FinancialYear,
    words::Action,
    words::Approach,
    words::ChallengeOutcome,
    words::Function,
    words::Grade,
    words::Method,
    words::OffsetKind,
    words::Outcome,
    words::Purpose,
    words::Quality,
    words::Sector,
    words::Series,
    words::Source,
    words::Technique,
);

impl Value for NaiveDate {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        crate::date::read(&unread.text()?)
    }
}

impl Value for bool {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        match unread.skip("true") {
            Some(()) => Some(true),
            None => unread.skip("false").map(|()| false),
        }
    }
}

impl Value for u8 {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.number()?.try_into().ok()
    }
}

impl Value for u32 {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.number()?.try_into().ok()
    }
}

impl Value for Position {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.number().map(Self::new)
    }
}

impl Value for Profile {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        let mut years = BTreeMap::new();
        unread.members(|year, unread| {
            let earlier = years.insert(year.parse().ok()?, Money::take(unread)?);
            earlier.is_none().then_some(())
        })?;
        Self::new(&years).ok()
    }
}

impl Value for Labels {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        let mut labels = Self::new();
        unread.members(|key, unread| {
            let earlier = labels.insert(key.parse().ok()?, Line::take(unread)?);
            earlier.is_none().then_some(())
        })?;
        Some(labels)
    }
}

impl Value for Scheme {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("{\"id\":")?;
        let id = SchemeId::take(unread)?;
        let total = unread.field("total")?;
        unread.skip("}")?;
        Some(Self { id, total })
    }
}

impl Value for StatedBasis {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("{\"gross\":")?;
        let basis = Self {
            gross: SumText::take(unread)?,
            recurring_costs: unread.field("recurring_costs")?,
            deleted: unread.field("deleted")?,
            one_off_costs: unread.field("one_off_costs")?,
            carry_forward: unread.field("carry_forward")?,
            net: unread.field("net")?,
        };
        unread.skip("}")?;
        Some(basis)
    }
}

impl Value for Evidence {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("{\"name\":")?;
        let name = Line::take(unread)?;
        let sha256 = unread.field("sha256")?;
        let uri = unread.optional("uri")?;
        unread.skip("}")?;
        Some(Self { name, sha256, uri })
    }
}

impl Value for Vec<Evidence> {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("[")?;
        let mut documents = vec![Evidence::take(unread)?];
        while unread.skip(",").is_some() {
            documents.push(Evidence::take(unread)?);
        }
        unread.skip("]")?;
        Some(documents)
    }
}
