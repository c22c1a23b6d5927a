//! The known name that an unknown one was probably meant to be.

/// The known name that takes the fewest changes, if that is few enough to be a slip.
pub(crate) fn nearest<'n>(
    unknown: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let changes = known.into_iter().map(|name| (changes(unknown, name), name));
    let (fewest, name) = changes.min()?;
    // A slip leaves more of a word than it changes.
    (fewest * 2 < name.chars().count()).then_some(name)
}

/// How many characters have to be put in, taken out or replaced (Levenshtein's distance).
fn changes(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (taken, a) in from.chars().enumerate() {
        let mut left = taken + 1;
        let mut next = vec![left];
        for (b, pair) in to.iter().zip(row.windows(2)) {
            let (diagonal, above) = match pair {
                [diagonal, above] => (*diagonal, *above),
                _ => continue,
            };
            left = (diagonal + usize::from(a != *b))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted() {
        let cases = [
            ("", "", 0),
            ("", "abc", 3),
            ("listen", "listen", 0),
            ("lisetn", "listen", 2),
            ("kitten", "sitting", 3),
        ];
        for (from, to, count) in cases {
            assert_eq!(changes(from, to), count, "{from} {to}");
            assert_eq!(changes(to, from), count, "{to} {from}");
        }
    }

    #[test]
    fn a_slip_finds_its_word_and_another_word_finds_none() {
        let known = ["listen", "metrics", "header_time"];
        assert_eq!(nearest("lisen", known), Some("listen"));
        assert_eq!(nearest("headertime", known), Some("header_time"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("x", []), None);
    }
}
