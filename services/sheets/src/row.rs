//! One row of a sheet as the fields of commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Money, Sum};
use serde_json::{Map, Value as Json};

use crate::cell_address::CellAddress;
use crate::column::{Column, REQUIRED};
use crate::header::{HeadedColumn, Header};
use crate::problem::{Problem, ProblemList};
use crate::row_value::{Fault, amount, date, flag, formula_fault, text};
use crate::sheet::{Cell, Row};

/// A row that can become commands: one `register-claim`, and a `record-offset` for each cost.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    /// The row as a person sees it, from 1.
    pub row: u32,
    /// The claim's reference.
    pub claim: String,
    /// The own fields of `register-claim`, as its JSON has them. A blank cell gives no field.
    pub fields: Map<String, Json>,
    /// The costs, one-off before recurring, by year.
    pub offsets: Vec<OffsetCell>,
    places: Arc<BTreeMap<String, u32>>,
}

/// A cell that can become a `record-offset`.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCell {
    /// The own fields of `record-offset` but `claim`, as its JSON has them.
    pub fields: Map<String, Json>,
    /// Where the cost stands.
    pub cell: CellAddress,
}

impl ClaimRow {
    /// The cell of a field of `register-claim`, filled or blank; nothing if the sheet has no such
    /// column. Of `profile`, `labels` and `scheme` it is the first column; a year, a label
    /// (`label:risk`) and a cost (`one_off 2008/09`) are found by their headings.
    #[must_use]
    pub fn place(&self, field: &str) -> Option<CellAddress> {
        self.places
            .get(field)
            .map(|column| CellAddress::new(self.row, *column))
    }
}

/// Reads the rows below the headings.
pub(crate) struct RowReader<'h> {
    header: &'h Header,
    places: Arc<BTreeMap<String, u32>>,
    pub(crate) problems: ProblemList,
    pub(crate) notes: ProblemList,
    /// Cells whose values are formulas' results, and the first of them.
    pub(crate) formulas: u64,
    pub(crate) first_formula: Option<CellAddress>,
    pub(crate) control_total: Sum,
}

/// What the cells of a row have given so far.
#[derive(Default)]
struct Fields {
    map: Map<String, Json>,
    labels: Map<String, Json>,
    scheme: Map<String, Json>,
    profile: Map<String, Json>,
    profile_is_stated: bool,
    one_offs: BTreeMap<FinancialYear, (Money, CellAddress)>,
    recurring: BTreeMap<FinancialYear, (Money, CellAddress)>,
}

impl<'h> RowReader<'h> {
    pub(crate) fn new(header: &'h Header, problems: ProblemList, notes: ProblemList) -> Self {
        Self {
            header,
            places: header.places(),
            problems,
            notes,
            formulas: 0,
            first_formula: None,
            control_total: Sum::ZERO,
        }
    }

    /// Reads a row; nothing if it is blank in every known column. A row with a problem is given
    /// too, without the fields that have one.
    pub(crate) fn read(&mut self, row: &Row) -> Option<ClaimRow> {
        let header = self.header;
        let mut fields = Fields::default();
        let mut is_blank = true;
        for known in &header.columns {
            if let Some(cell) = row.cell(known.number) {
                is_blank = false;
                let at = row.address(known.number);
                if let Err(fault) = self.read_cell(known, cell, at, &mut fields) {
                    self.problems.add(fault.at(at, Some(&known.heading)));
                }
            }
        }
        if is_blank {
            return None;
        }
        self.check_complete(row, &fields);
        let claim = match fields.map.get("claim") {
            Some(Json::String(claim)) => claim.clone(),
            _ => String::new(),
        };
        let offsets = fields.offsets();
        let Fields {
            mut map,
            labels,
            scheme,
            profile,
            ..
        } = fields;
        for (field, object) in [("profile", profile), ("scheme", scheme), ("labels", labels)] {
            if !object.is_empty() {
                map.insert(field.to_owned(), Json::Object(object));
            }
        }
        let places = Arc::clone(&self.places);
        Some(ClaimRow {
            row: row.number,
            claim,
            fields: map,
            offsets,
            places,
        })
    }

    fn read_cell(
        &mut self,
        known: &HeadedColumn,
        cell: &Cell,
        at: CellAddress,
        fields: &mut Fields,
    ) -> Result<(), Fault> {
        if matches!(known.column, Column::Profile(_)) {
            fields.profile_is_stated = true;
        }
        if let Some(fault) = formula_fault(&cell.value) {
            return Err(fault);
        }
        if cell.is_formula {
            self.formulas += 1;
            self.first_formula.get_or_insert(at);
        }
        match &known.column {
            Column::Text(field) => {
                let text = text(&cell.value)?;
                fields.map.insert((*field).to_owned(), Json::String(text));
            }
            Column::Date(field) => {
                let (day, time_left_out) = date(&cell.value)?;
                if time_left_out {
                    let message = format!("the time of day was left out; the date is {day}");
                    let heading = Some(known.heading.as_str());
                    self.notes
                        .add(Problem::of_cell(at, heading, "time-left-out", message));
                }
                fields
                    .map
                    .insert((*field).to_owned(), Json::String(day.to_string()));
            }
            Column::Ongoing => {
                fields
                    .map
                    .insert("ongoing".to_owned(), Json::Bool(flag(&cell.value)?));
            }
            Column::SchemeId => {
                fields
                    .scheme
                    .insert("id".to_owned(), Json::String(text(&cell.value)?));
            }
            Column::SchemeTotal => {
                let total = self.amount(known, cell, at)?;
                fields.scheme.insert("total".to_owned(), json(total));
            }
            Column::Label(key) => {
                fields
                    .labels
                    .insert(key.clone(), Json::String(text(&cell.value)?));
            }
            Column::Profile(year) => {
                let gain = self.amount(known, cell, at)?;
                self.control_total = self
                    .control_total
                    .plus(gain)
                    .map_err(|overflow| Fault::new("bad-money", overflow.to_string()))?;
                fields.profile.insert(year.to_string(), json(gain));
            }
            Column::OneOff(year) => {
                let cost = self.cost(known, cell, at)?;
                fields.one_offs.insert(*year, (cost, at));
            }
            Column::Recurring(year) => {
                let cost = self.cost(known, cell, at)?;
                fields.recurring.insert(*year, (cost, at));
            }
        }
        Ok(())
    }

    fn amount(
        &mut self,
        known: &HeadedColumn,
        cell: &Cell,
        at: CellAddress,
    ) -> Result<Money, Fault> {
        let amount = amount(&cell.value)?;
        if let Some(from) = amount.rounded_from {
            let message = format!("the cell holds {from}; it was read as {}", amount.money);
            self.notes.add(Problem::of_cell(
                at,
                Some(&known.heading),
                "rounded",
                message,
            ));
        }
        Ok(amount.money)
    }

    fn cost(&mut self, known: &HeadedColumn, cell: &Cell, at: CellAddress) -> Result<Money, Fault> {
        let cost = self.amount(known, cell, at)?;
        if cost.is_negative() {
            let message =
                format!("the cost {cost} is negative; enter what it costs, without a minus");
            return Err(Fault::new("bad-money", message));
        }
        Ok(cost)
    }

    /// Says which fields a claim cannot do without. The ledger would too, one at a time.
    fn check_complete(&mut self, row: &Row, fields: &Fields) {
        for required in &REQUIRED {
            let Some(known) = self.header.with(required) else {
                continue;
            };
            if row.cell(known.number).is_none() {
                let hint = if *required == Column::Text("claim") {
                    " (a row of totals or remarks must go)"
                } else {
                    ""
                };
                let message = format!("{required} is missing; enter it{hint}");
                self.add(row, known, "bad-field", message);
            }
        }
        let first_year = self
            .header
            .columns
            .iter()
            .find(|c| matches!(c.column, Column::Profile(_)));
        if let (false, Some(known)) = (fields.profile_is_stated, first_year) {
            let message = "no year has an amount; enter at least one, 0 if there is no gain yet";
            self.add(row, known, "bad-field", message);
        }
        let stated = |column| {
            self.header
                .with(column)
                .is_some_and(|c| row.cell(c.number).is_some())
        };
        let missing = match (stated(&Column::SchemeId), stated(&Column::SchemeTotal)) {
            (true, false) => Column::SchemeTotal,
            (false, true) => Column::SchemeId,
            (true, true) | (false, false) => return,
        };
        let message =
            format!("{missing} is missing; a scheme needs both scheme_id and scheme_total");
        match self.header.with(&missing) {
            Some(known) => self.add(row, known, "bad-field", message),
            None => self
                .problems
                .add(Problem::of_row(row.number, "bad-field", message)),
        }
    }

    fn add(
        &mut self,
        row: &Row,
        at: &HeadedColumn,
        code: &'static str,
        message: impl Into<String>,
    ) {
        let heading = Some(at.heading.as_str());
        self.problems.add(Problem::of_cell(
            row.address(at.number),
            heading,
            code,
            message,
        ));
    }
}

impl Fields {
    /// The costs as offsets (interface, *Import columns*): a recurring cost is a level that holds
    /// until the next filled cell, and a 0 only ends the one before.
    fn offsets(&self) -> Vec<OffsetCell> {
        let one_offs = self
            .one_offs
            .iter()
            .map(|(year, filled)| ("one-off", *year, None, *filled));
        let ends = self
            .recurring
            .keys()
            .skip(1)
            .map(|next| next.previous())
            .chain([None]);
        let recurring = self.recurring.iter().zip(ends);
        let recurring =
            recurring.map(|((year, filled), until)| ("recurring", *year, until, *filled));
        one_offs
            .chain(recurring)
            .filter(|(_, _, _, (amount, _))| amount.is_positive())
            .map(|(kind, year, until, (amount, cell))| {
                let mut fields = Map::new();
                let mut put = |field: &str, value| fields.insert(field.to_owned(), value);
                put("offset", Json::String(format!("{kind}-{}", year.path())));
                put("kind", Json::String(kind.to_owned()));
                put("year", Json::String(year.to_string()));
                put("amount", json(amount));
                if let Some(until) = until {
                    put("until", Json::String(until.to_string()));
                }
                OffsetCell { fields, cell }
            })
            .collect()
    }
}

fn json(money: Money) -> Json {
    Json::String(money.to_string())
}
