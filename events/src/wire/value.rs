//! Reading values in the one form they are written in, and no other: what `writer` writes, this
//! reads. Where a value has a looser form too, as an amount has in a command, that form is none here.

use std::borrow::Cow;
use std::str::FromStr;

use chrono::NaiveDate;

use crate::access::{AccountKind, Roles, Scope};
use crate::authority::Role;
use crate::claim::{Labels, PROFILE_YEARS_MAX, Profile, Scheme};
use crate::event::Evidence;
use crate::fact::{StatedBasis, SumText};
use crate::financial_year::FinancialYear;
use crate::identifier::{
    Actor, ChallengeId, ClaimId, CommandId, LabelKey, OffsetId, Position, RedeploymentId, SchemeId,
    TokenId,
};
use crate::money::Money;
use crate::plain_text;
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

/// What stands before a member's value, as one text: the comma, the key and the colon. As a constant
/// it is compared in a step or two, and an event has a dozen members that may be absent.
macro_rules! key {
    ($name:literal) => {
        concat!(",\"", $name, "\":")
    };
}
pub(super) use key;

impl<'a> Unread<'a> {
    /// Takes a mark off the front, if it stands there.
    #[inline]
    pub(super) fn skip(&mut self, mark: &'static str) -> Option<()> {
        self.0 = self.0.strip_prefix(mark)?;
        Some(())
    }

    /// Takes a member that must stand there; `key` is a `key!`.
    #[inline]
    pub(super) fn field<T: Value>(&mut self, key: &'static str) -> Option<T> {
        self.skip(key)?;
        T::take(self)
    }

    /// Takes a member that may stand there; fails only where it does and is not of its form.
    #[inline]
    #[expect(
        clippy::option_option,
        reason = "the outer says whether reading went well, as everywhere here"
    )]
    pub(super) fn optional<T: Value>(&mut self, key: &'static str) -> Option<Option<T>> {
        match self.skip(key) {
            None => Some(None),
            Some(()) => T::take(self).map(Some),
        }
    }

    /// Takes a string.
    fn text(&mut self) -> Option<Cow<'a, str>> {
        let from = self.0.strip_prefix('"')?;
        let end = plain_text::end(from.as_bytes())?;
        let (plain, rest) = from.split_at_checked(end)?;
        match rest.as_bytes().first() {
            Some(b'"') => {
                self.0 = rest.get(1..)?;
                return Some(Cow::Borrowed(plain));
            }
            Some(b'\\') => {}
            // JSON writes a control character as an escape.
            _ => return None,
        }
        self.escaped_text().map(Cow::Owned)
    }

    /// Takes a string with escapes in it, which goes to the JSON library. A character has several
    /// escapes and most need none, so the text is written again to see whether it is this one's form.
    #[cold]
    fn escaped_text(&mut self) -> Option<String> {
        let mut strings = serde_json::Deserializer::from_str(self.0).into_iter::<String>();
        let text = strings.next()?.ok()?;
        let (written, rest) = self.0.split_at_checked(strings.byte_offset())?;
        let mut one_form = Vec::with_capacity(written.len());
        crate::json::write_text(&text, &mut one_form);
        self.0 = rest;
        (one_form == written.as_bytes()).then_some(text)
    }

    /// Takes a whole number: no sign, no zeros in front.
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number: u64 = 0;
        let mut length = 0;
        for &digit in self.0.as_bytes() {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
            length += 1;
        }
        let (digits, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        let one_form = length == 1 || (length > 1 && !digits.starts_with('0'));
        one_form.then_some(number)
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

pub(super) fn parsed<T: FromStr>(unread: &mut Unread<'_>) -> Option<T> {
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
    AccountKind,
    Actor,
    ChallengeId,
    ClaimId,
    CommandId,
    LabelKey,
    OffsetId,
    RedeploymentId,
    Role,
    SchemeId,
    Scope,
    TokenId,
    Line,
    Prose,
    Uplift,
    Sha256Hex,
    SumText,
    FinancialYear,
    crate::recorded_at::RecordedAt,
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

impl Value for Money {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        let from = unread.0.strip_prefix('"')?;
        let (money, length) = Self::read_written(from.as_bytes())?;
        unread.0 = from.get(length..)?.strip_prefix('"')?;
        Some(money)
    }
}

impl Value for Profile {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        let mut years = [(FinancialYear::FIRST, Money::ZERO); PROFILE_YEARS_MAX];
        let mut stated = 0;
        unread.members(|year, unread| {
            *years.get_mut(stated)? = (year.parse().ok()?, Money::take(unread)?);
            stated += 1;
            Some(())
        })?;
        Self::of_sorted(years.get(..stated)?).ok()
    }
}

impl Value for Labels {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        let mut labels = Self::new();
        unread.members(|key, unread| {
            let key: LabelKey = key.parse().ok()?;
            let in_order = labels.last_key_value().is_none_or(|(last, _)| *last < key);
            labels.insert(key, Line::take(unread)?);
            in_order.then_some(())
        })?;
        Some(labels)
    }
}

impl Value for Scheme {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("{\"id\":")?;
        let id = SchemeId::take(unread)?;
        let total = unread.field(key!("total"))?;
        unread.skip("}")?;
        Some(Self { id, total })
    }
}

impl Value for StatedBasis {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("{\"gross\":")?;
        let basis = Self {
            gross: SumText::take(unread)?,
            recurring_costs: unread.field(key!("recurring_costs"))?,
            deleted: unread.field(key!("deleted"))?,
            one_off_costs: unread.field(key!("one_off_costs"))?,
            carry_forward: unread.field(key!("carry_forward"))?,
            net: unread.field(key!("net"))?,
        };
        unread.skip("}")?;
        Some(basis)
    }
}

impl Value for Evidence {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("{\"name\":")?;
        let name = Line::take(unread)?;
        let sha256 = unread.field(key!("sha256"))?;
        let uri = unread.optional(key!("uri"))?;
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

impl Value for Roles {
    fn take(unread: &mut Unread<'_>) -> Option<Self> {
        unread.skip("[")?;
        let mut last = Role::take(unread)?;
        let mut roles = Self::from([last]);
        while unread.skip(",").is_some() {
            let role = Role::take(unread)?;
            if role <= last {
                return None;
            }
            roles.insert(role);
            last = role;
        }
        unread.skip("]")?;
        Some(roles)
    }
}
