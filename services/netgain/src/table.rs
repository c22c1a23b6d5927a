//! Plain text tables that can be pasted into a committee report.

pub(crate) use netgain_answers::pounds::{change, pounds};
pub(crate) use netgain_answers::words::short;

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Text: at the left.
    Left,
    /// Amounts and counts: at the right.
    Right,
}

/// A table being filled.
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

enum Row {
    Cells(Vec<String>),
    Rule,
}

impl Table {
    /// A table with these headings.
    pub(crate) fn new(headings: &[(&str, Column)]) -> Self {
        let head = headings
            .iter()
            .map(|(text, _)| (*text).to_owned())
            .collect();
        let columns = headings.iter().map(|(_, column)| *column).collect();
        Self {
            columns,
            rows: vec![Row::Cells(head), Row::Rule],
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(Row::Cells(cells.into_iter().collect()));
    }

    /// Adds a rule, above a total.
    pub(crate) fn rule(&mut self) {
        self.rows.push(Row::Rule);
    }

    /// The table as text, each row with its line feed.
    pub(crate) fn render(&self) -> String {
        let mut widths = vec![0; self.columns.len()];
        for row in &self.rows {
            if let Row::Cells(cells) = row {
                for (width, cell) in widths.iter_mut().zip(cells) {
                    *width = (*width).max(cell.chars().count());
                }
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            match row {
                Row::Rule => {
                    let rules: Vec<String> =
                        widths.iter().map(|width| "─".repeat(*width)).collect();
                    line.push_str(&rules.join("  "));
                }
                Row::Cells(cells) => {
                    for ((cell, width), column) in cells.iter().zip(&widths).zip(&self.columns) {
                        if !line.is_empty() {
                            line.push_str("  ");
                        }
                        let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                        match column {
                            Column::Left => line.extend([cell.as_str(), &padding]),
                            Column::Right => line.extend([padding.as_str(), cell]),
                        }
                    }
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&[("Claim", Column::Left), ("Net", Column::Right)]);
        table.row(["A".into(), "£1.00".into()]);
        table.row(["Long".into(), "£10.00".into()]);
        assert_eq!(
            table.render(),
            "Claim     Net\n─────  ──────\nA       £1.00\nLong   £10.00\n"
        );
    }
}
