//! What the log says now and what was sealed do not agree.

use std::fmt;

use netgain_events::identifier::{OrgId, Position};

/// An organisation's history is not the one that was sealed. It is served read-only and sealed no
/// further; the other organisations go on (architecture, *Trust*).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Whose history.
    pub org: OrgId,
    /// The last position that its newest checkpoint covers.
    pub sealed: Position,
    /// What is wrong with it.
    pub finding: Finding,
}

/// What is wrong with a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It ends too early, and what there is of it differs from what was sealed nowhere that could
    /// be told.
    Shorter {
        /// The last position it has; zero if it has none.
        last: Position,
    },
    /// It has at least one other event than was sealed at these positions. One position where the
    /// hashes of the leaves were kept; else those between two checkpoints.
    Different {
        /// The first position of which that may be so.
        from: Position,
        /// The last position of the first ones of which that may be so.
        to: Position,
    },
    /// Beyond what is sealed, its positions do not follow each other.
    Gap {
        /// The position that should come next.
        expected: Position,
        /// The position that comes.
        found: Position,
    },
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            org,
            sealed,
            finding,
        } = self;
        match finding {
            Finding::Shorter { last } if last.next() == *sealed => write!(
                f,
                "{org}: the event at position {sealed} is missing, which was sealed"
            ),
            Finding::Shorter { last } => write!(
                f,
                "{org}: the events from position {} to {sealed} are missing, which were sealed",
                last.next()
            ),
            Finding::Different { from, to } if from == to => write!(
                f,
                "{org}: the event at position {from} is not the one that was sealed"
            ),
            Finding::Different { from, to } => write!(
                f,
                "{org}: of the events at positions {from} to {to}, at least one is not the one that \
                 was sealed"
            ),
            Finding::Gap { expected, found } => {
                write!(f, "{org}: position {found} stands where {expected} belongs")
            }
        }?;
        f.write_str(
            ". It is not sealed any further; keep the log as it is, and put back the newest copy \
             that agrees with the checkpoints",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_says_what_is_wrong_and_what_to_do() {
        let position = Position::new;
        for (finding, said) in [
            (
                Finding::Shorter { last: position(4) },
                "E07000082: the events from position 5 to 9 are missing, which were sealed.",
            ),
            (
                Finding::Different {
                    from: position(4),
                    to: position(4),
                },
                "E07000082: the event at position 4 is not the one that was sealed.",
            ),
            (
                Finding::Different {
                    from: position(4),
                    to: position(6),
                },
                "E07000082: of the events at positions 4 to 6, at least one is not the one that was sealed.",
            ),
            (
                Finding::Gap {
                    expected: position(10),
                    found: position(12),
                },
                "E07000082: position 12 stands where 10 belongs.",
            ),
        ] {
            let alarm = Alarm {
                org: "E07000082".parse().unwrap(),
                sealed: position(9),
                finding,
            };
            let whole = alarm.to_string();
            assert!(whole.starts_with(said), "{whole}");
            assert!(whole.contains("put back the newest copy"), "{whole}");
        }
    }
}
