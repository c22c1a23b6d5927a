//! Writing values, and objects of them, in the one form they have.

use chrono::NaiveDate;

use crate::access::{AccountKind, Roles, Scope};
use crate::authority::Role;
use crate::claim::{Change, Labels, Profile, Scheme};
use crate::event::Evidence;
use crate::fact::StatedBasis;
use crate::financial_year::FinancialYear;
use crate::json::write_text;
use crate::money::Money;

/// Something with one JSON form.
pub(super) trait Value {
    fn write(&self, out: &mut Vec<u8>);
}

macro_rules! plain_texts {
    ($($type:ty),*) => {$(
        /// Of a form that JSON never escapes.
        impl Value for $type {
            fn write(&self, out: &mut Vec<u8>) {
                out.push(b'"');
                out.extend_from_slice(self.as_str().as_bytes());
                out.push(b'"');
            }
        }
    )*};
}

macro_rules! texts {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn write(&self, out: &mut Vec<u8>) {
                write_text(self.as_str(), out);
            }
        }
    )*};
}

plain_texts!(
    AccountKind,
    Role,
    Scope,
    crate::identifier::Actor,
    crate::identifier::ChallengeId,
    crate::identifier::ClaimId,
    crate::identifier::LedgerId,
    crate::identifier::OffsetId,
    crate::identifier::OrgId,
    crate::identifier::RedeploymentId,
    crate::identifier::SchemeId,
    crate::identifier::TokenId,
    crate::identifier::LabelKey,
    crate::vocabulary::Action,
    crate::vocabulary::Approach,
    crate::vocabulary::Auth,
    crate::vocabulary::ChallengeOutcome,
    crate::vocabulary::Function,
    crate::vocabulary::Grade,
    crate::vocabulary::Method,
    crate::vocabulary::OffsetKind,
    crate::vocabulary::Outcome,
    crate::vocabulary::Purpose,
    crate::vocabulary::Quality,
    crate::vocabulary::Sector,
    crate::vocabulary::Series,
    crate::vocabulary::Source,
    crate::vocabulary::Technique,
    crate::rate::Uplift,
    crate::fact::SumText
);
texts!(
    crate::identifier::CommandId,
    crate::text::Line,
    crate::text::Prose
);

impl Value for &'static str {
    fn write(&self, out: &mut Vec<u8>) {
        write_text(self, out);
    }
}

impl Value for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn write(&self, out: &mut Vec<u8>) {
                crate::digits::write(u64::from(*self), out);
            }
        }
    )*};
}
numbers!(u8, u32, u64);

impl Value for Money {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        self.write_to(out);
        out.push(b'"');
    }
}

impl Value for FinancialYear {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        self.write_to(out);
        out.push(b'"');
    }
}

impl Value for crate::recorded_at::RecordedAt {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        self.write_to(out);
        out.push(b'"');
    }
}

impl Value for NaiveDate {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        crate::date::write(*self, out);
        out.push(b'"');
    }
}

impl Value for crate::sha256::Sha256Hex {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        crate::digits::write_hex(self.bytes(), out);
        out.push(b'"');
    }
}

impl Value for Profile {
    fn write(&self, out: &mut Vec<u8>) {
        let mut object = Object::open(out);
        for (year, amount) in self.stated() {
            object.key_of(|out| year.write(out));
            amount.write(object.out);
        }
        object.close();
    }
}

impl Value for Labels {
    fn write(&self, out: &mut Vec<u8>) {
        let mut object = Object::open(out);
        for (key, text) in self {
            object.key_of(|out| key.write(out));
            text.write(object.out);
        }
        object.close();
    }
}

impl Value for Scheme {
    fn write(&self, out: &mut Vec<u8>) {
        let mut object = Object::open(out);
        object.field(key!("id"), &self.id);
        object.field(key!("total"), &self.total);
        object.close();
    }
}

impl Value for StatedBasis {
    fn write(&self, out: &mut Vec<u8>) {
        let mut object = Object::open(out);
        object.field(key!("gross"), &self.gross);
        object.field(key!("recurring_costs"), &self.recurring_costs);
        object.field(key!("deleted"), &self.deleted);
        object.field(key!("one_off_costs"), &self.one_off_costs);
        object.field(key!("carry_forward"), &self.carry_forward);
        object.field(key!("net"), &self.net);
        object.close();
    }
}

impl Value for Evidence {
    fn write(&self, out: &mut Vec<u8>) {
        let mut object = Object::open(out);
        object.field(key!("name"), &self.name);
        object.field(key!("sha256"), &self.sha256);
        object.optional(key!("uri"), self.uri.as_ref());
        object.close();
    }
}

impl Value for Vec<Evidence> {
    fn write(&self, out: &mut Vec<u8>) {
        write_array(self, out);
    }
}

impl Value for Roles {
    fn write(&self, out: &mut Vec<u8>) {
        write_array(self, out);
    }
}

fn write_array<'v, T: Value + 'v>(items: impl IntoIterator<Item = &'v T>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (n, item) in items.into_iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        item.write(out);
    }
    out.push(b']');
}

/// A key as it stands between two members: the comma, the name in quotation marks, the colon.
#[derive(Clone, Copy)]
pub(super) struct Key(&'static str);

impl Key {
    /// The key of [`key!`](crate::wire::object::key).
    pub(super) const fn of_member(member: &'static str) -> Self {
        Self(member)
    }
}

/// The [`Key`] of that name, put together when the program is built.
macro_rules! key {
    ($name:literal) => {
        $crate::wire::object::Key::of_member(concat!(",\"", $name, "\":"))
    };
}
pub(super) use key;

/// An object being written.
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl<'o> Object<'o> {
    pub(super) fn open(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    /// Writes a key that is a value itself.
    fn key_of(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        write(self.out);
        self.out.push(b':');
    }

    // In line, so that each key is a few stores of bytes that are known when the program is built.
    #[inline]
    fn key(&mut self, key: Key) {
        let member = key.0.as_bytes();
        let written = match member.split_first() {
            Some((_comma, rest)) if self.empty => rest,
            Some(_) | None => member,
        };
        self.empty = false;
        self.out.extend_from_slice(written);
    }

    #[inline]
    pub(super) fn field(&mut self, key: Key, value: &impl Value) {
        self.key(key);
        value.write(self.out);
    }

    #[inline]
    pub(super) fn optional(&mut self, key: Key, value: Option<&impl Value>) {
        if let Some(value) = value {
            self.field(key, value);
        }
    }

    pub(super) fn change<T: Value>(&mut self, key: Key, change: &Change<T>) {
        match change {
            Change::Keep => {}
            Change::Set(value) => self.field(key, value),
            Change::Clear => {
                self.key(key);
                self.out.extend_from_slice(b"null");
            }
        }
    }

    pub(super) fn close(self) {
        self.out.push(b'}');
    }
}
