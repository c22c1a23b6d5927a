//! Where a cell stands, as the person at the spreadsheet sees it.

use std::fmt;

/// The place of a cell: `D7` is column 4 of row 7. Both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellAddress {
    row: u32,
    column: u32,
}

impl CellAddress {
    /// The last row of a sheet that Excel knows, and `LibreOffice`.
    pub(crate) const ROW_LAST: u32 = 1_048_576;
    /// The last column of a sheet that they know, `XFD`.
    pub(crate) const COLUMN_LAST: u32 = 16_384;

    /// The cell in that row and column, both from 1.
    #[must_use]
    pub const fn new(row: u32, column: u32) -> Self {
        Self { row, column }
    }

    /// The row, from 1.
    #[must_use]
    pub const fn row(self) -> u32 {
        self.row
    }

    /// The column, from 1 for `A`.
    #[must_use]
    pub const fn column(self) -> u32 {
        self.column
    }

    /// Reads `D7`. Nothing but one to three letters and a row a sheet can have.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits_at = text.bytes().position(|byte| !byte.is_ascii_alphabetic())?;
        let (letters, digits) = text.split_at_checked(digits_at)?;
        if letters.is_empty() || letters.len() > 3 {
            return None;
        }
        let column = letters.bytes().fold(0, |column, letter| {
            column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
        });
        let row = Self::parse_row(digits)?;
        (column <= Self::COLUMN_LAST).then_some(Self { row, column })
    }

    /// Reads the number of a row a sheet can have.
    pub(crate) fn parse_row(digits: &str) -> Option<u32> {
        let only_digits = digits.len() <= 7 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let row = only_digits.then(|| digits.parse().ok())??;
        (1..=Self::ROW_LAST).contains(&row).then_some(row)
    }
}

impl fmt::Display for CellAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = String::new();
        let mut rest = self.column;
        while let Some(zero_based) = rest.checked_sub(1) {
            let letter = char::from_digit(zero_based % 26 + 10, 36).unwrap_or('?');
            letters.insert(0, letter.to_ascii_uppercase());
            rest = zero_based / 26;
        }
        write!(f, "{letters}{}", self.row)
    }
}

/// A rectangle of cells, `A1:C1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellArea {
    first: CellAddress,
    last: CellAddress,
}

impl CellArea {
    /// The rectangle between two corners, the top left one first.
    #[must_use]
    pub const fn new(first: CellAddress, last: CellAddress) -> Self {
        Self { first, last }
    }

    /// Its top left cell.
    #[must_use]
    pub const fn first(self) -> CellAddress {
        self.first
    }

    /// Whether the two rectangles share a cell.
    pub(crate) const fn overlaps(self, other: Self) -> bool {
        self.first.row <= other.last.row
            && other.first.row <= self.last.row
            && self.first.column <= other.last.column
            && other.first.column <= self.last.column
    }

    /// Reads `A1` or `A1:C1`, the top left corner first.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (first, last) = match text.split_once(':') {
            Some((first, last)) => (CellAddress::parse(first)?, CellAddress::parse(last)?),
            None => (CellAddress::parse(text)?, CellAddress::parse(text)?),
        };
        (first.row <= last.row && first.column <= last.column).then_some(Self { first, last })
    }
}

impl fmt::Display for CellArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        for (row, column, text) in [
            (1, 1, "A1"),
            (7, 4, "D7"),
            (9, 26, "Z9"),
            (1, 27, "AA1"),
            (20, 52, "AZ20"),
            (2, 703, "AAA2"),
            (1_048_576, 16_384, "XFD1048576"),
        ] {
            assert_eq!(CellAddress::new(row, column).to_string(), text);
            assert_eq!(
                CellAddress::parse(text),
                Some(CellAddress::new(row, column))
            );
        }
        assert_eq!(CellAddress::parse("d7"), Some(CellAddress::new(7, 4)));
    }

    #[test]
    fn what_no_sheet_has_is_not_an_address() {
        for text in [
            "",
            "A",
            "7",
            "A0",
            "XFE1",
            "A1048577",
            "AAAA1",
            "A99999999999",
            "$A$1",
            "A1B",
            "Ä1",
        ] {
            assert_eq!(CellAddress::parse(text), None, "{text:?}");
        }
        for text in ["B2:A1", "A2:B1", "A1:", ":A1", "A1:B2:C3", "A:C"] {
            assert_eq!(CellArea::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn areas_overlap_when_they_share_a_cell() {
        let area = |text| CellArea::parse(text).unwrap();
        assert!(area("A1:C3").overlaps(area("C3:D4")));
        assert!(area("B2").overlaps(area("A1:C3")));
        assert!(!area("A1:C3").overlaps(area("D1:D3")));
        assert!(!area("A1:C3").overlaps(area("A4:C9")));
        assert_eq!(area("A1:C3").to_string(), "A1:C3");
    }
}
