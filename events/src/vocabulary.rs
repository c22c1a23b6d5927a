//! The fixed vocabularies of commands and events (interface, *Vocabularies*).

/// The text is none of the vocabulary's words; `words` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use one of: {}", words.join(", "))]
pub struct VocabularyError {
    /// The words that may stand there.
    pub words: &'static [&'static str],
}

/// Makes enums whose variants are words of commands and events.
macro_rules! vocabularies {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every word, in the order of the page that lists them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Every word's text, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word,)*];

            /// The word as it stands in commands and events.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::vocabulary::VocabularyError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::vocabulary::VocabularyError { words: Self::WORDS }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        $crate::text_form::serde_as_text!($name, "one of the vocabulary's words");
    )*};
}
pub(crate) use vocabularies;

vocabularies! {
    /// What kind of change brings the gain ("Back to front", Table 2). The first two are cashable.
    Action {
        /// Fewer inputs for the same outputs.
        ReduceInputs = "reduce-inputs",
        /// Lower prices for the same inputs.
        ReducePrices = "reduce-prices",
        /// More or better outputs for the same inputs.
        MoreOutputsSameInputs = "more-outputs-same-inputs",
        /// More or better outputs for a proportionately smaller increase in inputs.
        MoreOutputsFewerExtraInputs = "more-outputs-fewer-extra-inputs",
    }

    /// Where the money comes from. All but the first are excluded (ruleset section 3).
    Source {
        /// The same outputs for less: the only source that counts by itself.
        Efficiency = "efficiency",
        /// More income from fees, charges or taxes.
        Income = "income",
        /// A grant.
        Grant = "grant",
        /// Use of reserves.
        Reserves = "reserves",
        /// The sale of an asset.
        CapitalReceipt = "capital-receipt",
        /// Spending put off to a later year.
        Deferral = "deferral",
        /// Less service, or a worse one.
        ServiceCut = "service-cut",
        /// The cost moved to someone else.
        CostShift = "cost-shift",
    }

    /// Who brings the change about ("Back to front", Table 5).
    Method {
        /// The organisation by itself.
        Internal = "internal",
        /// Together with other public bodies.
        Mutual = "mutual",
        /// Through another sector.
        External = "external",
    }

    /// How the change is brought about ("Back to front", Table 5); each belongs to one method.
    Technique {
        /// Lean and other process redesign.
        Lean = "lean",
        /// Information and communications technology.
        Ict = "ict",
        /// Better buying.
        Procurement = "procurement",
        /// Better use of buildings and other assets.
        AssetManagement = "asset-management",
        /// Restructuring of services.
        Transformation = "transformation",
        /// Bringing a service back in house.
        Insourcing = "insourcing",
        /// Services shared with other bodies.
        SharedServices = "shared-services",
        /// Partnership without a shared service.
        InformalPartnership = "informal-partnership",
        /// A service let to a supplier.
        Outsourcing = "outsourcing",
        /// A company owned together with a partner.
        JointVenture = "joint-venture",
    }

    /// The function that makes the gain ("Back to front", Appendix 1). Every one but the last is
    /// back office.
    Function {
        /// Revenues and benefits administration.
        RevenuesAndBenefits = "revenues-and-benefits",
        /// Finance.
        Finance = "finance",
        /// Human resources.
        HumanResources = "human-resources",
        /// Information and communications technology.
        Ict = "ict",
        /// Procurement.
        Procurement = "procurement",
        /// Legal services.
        Legal = "legal",
        /// Facilities and estates.
        Facilities = "facilities",
        /// Travel.
        Travel = "travel",
        /// Marketing and communications.
        Marketing = "marketing",
        /// A service to the public.
        FrontLine = "front-line",
    }

    /// How far the change reaches ("Back to front", Table 4).
    Approach {
        /// Each transaction done better.
        Transactional = "transactional",
        /// A step towards another way of working.
        Transitional = "transitional",
        /// Another way of working.
        Transformational = "transformational",
    }

    /// The organisation's sector.
    Sector {
        /// A council.
        LocalGovernment = "local-government",
        /// A fire and rescue authority.
        Fire = "fire",
        /// A police force.
        Police = "police",
        /// A body of the National Health Service.
        Nhs = "nhs",
        /// A school or a group of schools.
        Schools = "schools",
        /// A further-education college.
        FurtherEducation = "further-education",
        /// A university.
        HigherEducation = "higher-education",
        /// A department or an agency of government.
        CentralGovernment = "central-government",
        /// Any other public body.
        Other = "other",
    }

    /// How mature a validated figure is (HM Treasury, SR04 sign-off).
    Grade {
        /// A first view.
        Preliminary = "preliminary",
        /// A view during the year.
        Interim = "interim",
        /// The settled view.
        Final = "final",
    }

    /// What a sustainment check found.
    Outcome {
        /// The gain still exists in full.
        Sustained = "sustained",
        /// Part of it exists: the verified value.
        Reduced = "reduced",
        /// It exists no more.
        Ceased = "ceased",
    }

    /// What became of the quality of output.
    Quality {
        /// Better than before.
        Improved = "improved",
        /// As good as before.
        Maintained = "maintained",
        /// Worse than before: then there is no gain ("Back to front", paragraph 27).
        Worsened = "worsened",
    }

    /// Whether a cost falls once or every year.
    OffsetKind {
        /// An investment: in one year, or spread over several.
        OneOff = "one-off",
        /// A running cost: from a year on.
        Recurring = "recurring",
    }

    /// How a challenge was closed.
    ChallengeOutcome {
        /// The challenger was right: the claim's validation ends.
        Upheld = "upheld",
        /// The claim stands.
        Dismissed = "dismissed",
    }

    /// What released money was used for.
    Purpose {
        /// Services to the public.
        FrontLine = "front-line",
        /// A lower council tax.
        CouncilTax = "council-tax",
        /// The next change that saves money.
        InvestToSave = "invest-to-save",
        /// Kept by the service that made the gain.
        RetainedByService = "retained-by-service",
        /// Returned to the centre.
        ReturnedToCentre = "returned-to-centre",
        /// Anything else.
        Other = "other",
    }

    /// The two series of statements, which never mix (ruleset section 9).
    Series {
        /// Issued from 1 April of the year to 31 March.
        Forecast = "forecast",
        /// Issued after the year.
        Actual = "actual",
    }

    /// How the actor of an event was known.
    Auth {
        /// The operating system's user.
        OsUser = "os-user",
        /// Named by the caller; nobody checked.
        Named = "named",
        /// Signed in with a local password.
        Local = "local",
        /// Signed in through `OpenID Connect`.
        Oidc = "oidc",
        /// An API token.
        Token = "token",
    }
}

impl Technique {
    /// The method it belongs to ("Back to front", Table 5).
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::Lean
            | Self::Ict
            | Self::Procurement
            | Self::AssetManagement
            | Self::Transformation
            | Self::Insourcing => Method::Internal,
            Self::SharedServices | Self::InformalPartnership => Method::Mutual,
            Self::Outsourcing | Self::JointVenture => Method::External,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for &action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(action));
        }
        assert_eq!(
            "magic".parse::<Action>(),
            Err(VocabularyError {
                words: Action::WORDS
            })
        );
        assert_eq!(
            "moon".parse::<Series>().unwrap_err().to_string(),
            "use one of: forecast, actual"
        );
    }
}
