//! The vocabularies in plain words, for people who have never read the guidance.

use netgain_events::vocabulary::{
    Action, Approach, ChallengeOutcome, Function, Grade, Method, OffsetKind, Outcome, Purpose,
    Quality, Source, Technique,
};

/// A vocabulary whose words people choose from and read.
pub trait PlainWords: Sized + Copy + 'static {
    /// Every word of the vocabulary.
    fn all() -> &'static [Self];
    /// The word as it stands in commands.
    fn word(self) -> &'static str;
    /// What it says in plain words.
    fn plain(self) -> &'static str;
    /// What helps to choose it.
    fn hint(self) -> Option<&'static str> {
        None
    }
}

macro_rules! plain_words {
    ($($type:ident { $($variant:ident: $text:literal $(($hint:literal))?,)* })*) => {$(
        impl PlainWords for $type {
            fn all() -> &'static [Self] {
                Self::ALL
            }
            fn word(self) -> &'static str {
                self.as_str()
            }
            fn plain(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
            fn hint(self) -> Option<&'static str> {
                match self { $(Self::$variant => plain_words!(@hint $($hint)?),)* }
            }
        }
    )*};
    (@hint $hint:literal) => { Some($hint) };
    (@hint) => { None };
}

plain_words! {
    Action {
        ReduceInputs: "We use less to do the same" ("Fewer hours, less space, less energy for the same service"),
        ReducePrices: "We pay less for the same things" ("A better price, a cheaper contract"),
        MoreOutputsSameInputs: "We do more, or better, for the same money" ("Releases no cash, so it is recorded and does not count towards NI179"),
        MoreOutputsFewerExtraInputs: "We do more for less extra money than before" ("Releases no cash, so it is recorded and does not count towards NI179"),
    }
    Source {
        Efficiency: "We do the same for less" ("The only answer that counts by itself"),
        Income: "More income from fees, charges or taxes",
        Grant: "A grant",
        Reserves: "Our reserves",
        CapitalReceipt: "The sale of something we owned",
        Deferral: "Spending put off to a later year",
        ServiceCut: "Less service, or a worse one",
        CostShift: "Somebody else pays for it now",
    }
    Method {
        Internal: "By ourselves",
        Mutual: "Together with other public bodies",
        External: "Through another sector",
    }
    Technique {
        Lean: "Lean or other process redesign",
        Ict: "Information technology",
        Procurement: "Better buying",
        AssetManagement: "Better use of buildings and other assets",
        Transformation: "Restructuring a service",
        Insourcing: "Bringing a service back in house",
        SharedServices: "A shared service",
        InformalPartnership: "Partnership without a shared service",
        Outsourcing: "A service let to a supplier",
        JointVenture: "A company owned with a partner",
    }
    Function {
        RevenuesAndBenefits: "Revenues and benefits",
        Finance: "Finance",
        HumanResources: "Human resources",
        Ict: "Information technology",
        Procurement: "Procurement",
        Legal: "Legal services",
        Facilities: "Facilities and estates",
        Travel: "Travel",
        Marketing: "Marketing and communications",
        FrontLine: "A front-line service to the public",
    }
    Approach {
        Transactional: "Each transaction is done better",
        Transitional: "A step towards another way of working",
        Transformational: "Another way of working",
    }
    Grade {
        Preliminary: "Preliminary" ("A first view"),
        Interim: "Interim" ("A view during the year"),
        Final: "Final" ("The settled view"),
    }
    Outcome {
        Sustained: "Still there in full",
        Reduced: "Still there in part",
        Ceased: "Gone",
    }
    Quality {
        Improved: "Better than before",
        Maintained: "As good as before",
        Worsened: "Worse than before" ("Then there is no gain: it stops counting from this year on"),
    }
    OffsetKind {
        OneOff: "Once" ("An investment, in one year or spread over several"),
        Recurring: "Every year" ("A running cost, from a year on"),
    }
    ChallengeOutcome {
        Upheld: "Upheld" ("The challenger was right: the gain loses its validation"),
        Dismissed: "Dismissed" ("The gain stands as it is"),
    }
    Purpose {
        FrontLine: "Services to the public",
        CouncilTax: "A lower council tax",
        InvestToSave: "The next change that saves money",
        RetainedByService: "Kept by the service that made the gain",
        ReturnedToCentre: "Returned to the centre",
        Other: "Something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn every_word_differs<T: PlainWords>() {
        let words: BTreeSet<_> = T::all().iter().map(|it| it.plain()).collect();
        assert_eq!(words.len(), T::all().len());
    }

    #[test]
    fn no_two_words_of_a_vocabulary_read_the_same() {
        every_word_differs::<Action>();
        every_word_differs::<Source>();
        every_word_differs::<Method>();
        every_word_differs::<Technique>();
        every_word_differs::<Function>();
        every_word_differs::<Approach>();
        every_word_differs::<Grade>();
        every_word_differs::<Outcome>();
        every_word_differs::<Quality>();
        every_word_differs::<OffsetKind>();
        every_word_differs::<ChallengeOutcome>();
        every_word_differs::<Purpose>();
    }
}
