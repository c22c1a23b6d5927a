//! The three bases of a total (ruleset section 7).

use netgain_events::money::{Sum, SumOverflow};
use serde::Serialize;
use serde::ser::SerializeStruct;

/// Which lines a total counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// All.
    Claimed,
    /// Those whose claim has a validation in force: the headline NI179 is this basis's net.
    Validated,
    /// Validated ones that someone other than the registrant checked for this very year.
    Assured,
}

impl Basis {
    /// Every basis, from the widest to the narrowest.
    pub const ALL: &'static [Self] = &[Self::Claimed, Self::Validated, Self::Assured];

    /// Its name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Validated => "validated",
            Self::Assured => "assured",
        }
    }
}

impl std::str::FromStr for Basis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|basis| basis.as_str() == text);
        found
            .copied()
            .ok_or_else(|| "use claimed, validated or assured".into())
    }
}

/// The parts of a line's or a total's net. All but `net` are at or above zero in a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// The verified annual value before any cost.
    pub gross: Sum,
    /// The running costs of the year.
    pub recurring_costs: Sum,
    /// What does not last: pounds whose run broke before three years.
    pub deleted: Sum,
    /// The investment that falls in the year.
    pub one_off_costs: Sum,
}

impl Amounts {
    /// `gross − recurring_costs − deleted − one_off_costs`; may be below zero, never floored.
    pub fn net(&self) -> Result<Sum, SumOverflow> {
        self.gross
            .minus(self.recurring_costs)?
            .minus(self.deleted)?
            .minus(self.one_off_costs)
    }

    /// Adds another's parts.
    pub fn add(&mut self, other: &Self) -> Result<(), SumOverflow> {
        self.gross = self.gross.plus(other.gross)?;
        self.recurring_costs = self.recurring_costs.plus(other.recurring_costs)?;
        self.deleted = self.deleted.plus(other.deleted)?;
        self.one_off_costs = self.one_off_costs.plus(other.one_off_costs)?;
        Ok(())
    }
}

/// The total of one basis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BasisTotal {
    /// The sums over the basis's lines.
    pub amounts: Amounts,
    /// SR04 gains that still continue, where the basis counts them.
    pub carry_forward: Sum,
    /// The lines' net and the carry-forward.
    pub net: Sum,
}

impl Serialize for BasisTotal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("BasisTotal", 6)?;
        object.serialize_field("gross", &self.amounts.gross)?;
        object.serialize_field("recurring_costs", &self.amounts.recurring_costs)?;
        object.serialize_field("deleted", &self.amounts.deleted)?;
        object.serialize_field("one_off_costs", &self.amounts.one_off_costs)?;
        object.serialize_field("carry_forward", &self.carry_forward)?;
        object.serialize_field("net", &self.net)?;
        object.end()
    }
}
