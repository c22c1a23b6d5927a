//! Rows of a name, an exact amount and a mark, laid out on one scale.

use askama::Template;
use netgain_answers::pounds::{change, pounds};
use netgain_events::money::Sum;

use super::scale::Scale;

/// How wide a drawing is, in its own units, unless its texts need more.
const WIDTH: i128 = 760;

/// What the marks have at least.
const MARKS_WIDTH_MIN: i128 = 260;

/// How high a row is, and a heading above some of them.
const ROW_HEIGHT: i128 = 26;
const HEADING_HEIGHT: i128 = 30;

/// How far above a row's end its text stands.
const TEXT_UP: i128 = 8;

/// How high a bar is, and how far below its row's beginning.
const BAR_HEIGHT: i128 = 18;
const BAR_DOWN: i128 = 3;

/// What a letter or a digit takes at most on average, at the size of the text in the styles.
const LETTER_WIDTH: i128 = 9;

/// Between the columns.
const GAP: i128 = 14;

/// A drawing of amounts.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "charts/rows.html")]
pub struct Chart {
    id: &'static str,
    title: String,
    description: String,
    width: i128,
    height: i128,
    amounts_end: i128,
    zero: i128,
    texts: Vec<Text>,
    bars: Vec<Rectangle>,
    goals: Vec<GoalLine>,
}

impl askama::filters::HtmlSafe for Chart {}

/// Rows that belong together.
#[derive(Clone, Debug)]
pub(super) struct Band {
    pub(super) heading: Option<String>,
    pub(super) rows: Vec<Row>,
}

/// A name, an amount and where it is drawn.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) amount: Sum,
    pub(super) mark: Mark,
    pub(super) colour: Colour,
}

/// How an amount is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    /// A bar from zero.
    Bar,
    /// A bar from one amount to another; the row's amount is the difference.
    Step { from: Sum, to: Sum },
    /// A line across the rows that belong together.
    Goal,
    /// The same, dashed.
    OthersGoal,
}

/// The Analysis Function's colours for categories.
#[derive(Clone, Copy, Debug)]
pub(super) enum Colour {
    DarkBlue,
    Turquoise,
    DarkPink,
    Orange,
}

impl Colour {
    const fn hex(self) -> &'static str {
        match self {
            Self::DarkBlue => "#12436D",
            Self::Turquoise => "#28A197",
            Self::DarkPink => "#801650",
            Self::Orange => "#F46A25",
        }
    }
}

/// A row's texts, or a heading where there is no amount.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    y: i128,
    name: String,
    amount: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rectangle {
    x: i128,
    y: i128,
    width: i128,
    colour: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct GoalLine {
    x: i128,
    from: i128,
    to: i128,
    /// Where its own row is: a dot there tells which row the line belongs to.
    dot: i128,
    dashed: bool,
    colour: &'static str,
}

impl Row {
    fn amount_text(&self) -> String {
        match self.mark {
            Mark::Step { .. } => change(self.amount),
            Mark::Bar | Mark::Goal | Mark::OthersGoal => pounds(self.amount),
        }
    }

    /// The amounts that its mark reaches to.
    fn reach(&self) -> [Sum; 2] {
        match self.mark {
            Mark::Step { from, to } => [from, to],
            Mark::Bar | Mark::Goal | Mark::OthersGoal => [Sum::ZERO, self.amount],
        }
    }
}

impl Chart {
    /// Lays the rows out. The title states what they show, the description how to read them.
    pub(super) fn of(id: &'static str, title: String, description: String, bands: &[Band]) -> Self {
        let rows = || bands.iter().flat_map(|band| &band.rows);
        let names = rows().map(|row| letters(row.name)).max().unwrap_or(0);
        let amounts = rows().map(|row| letters(&row.amount_text())).max();
        let amounts_end = (names + amounts.unwrap_or(0)) * LETTER_WIDTH + GAP;
        let left = amounts_end + GAP;
        let width = WIDTH.max(left + MARKS_WIDTH_MIN);
        let scale = Scale::over(rows().flat_map(Row::reach), width - left - 1);
        let mut chart = Self {
            id,
            title,
            description,
            width,
            height: 0,
            amounts_end,
            zero: left + scale.zero(),
            texts: Vec::new(),
            bars: Vec::new(),
            goals: Vec::new(),
        };
        for band in bands {
            chart.add(band, &scale, left);
        }
        chart
    }

    fn add(&mut self, band: &Band, scale: &Scale, left: i128) {
        if let Some(heading) = &band.heading {
            self.height += HEADING_HEIGHT;
            self.texts.push(Text {
                y: self.height - TEXT_UP,
                name: heading.clone(),
                amount: None,
            });
        }
        let first = self.height;
        let last = band.rows.iter().fold(first, |y, _| y + ROW_HEIGHT);
        for row in &band.rows {
            let top = self.height;
            self.height += ROW_HEIGHT;
            self.texts.push(Text {
                y: self.height - TEXT_UP,
                name: row.name.to_owned(),
                amount: Some(row.amount_text()),
            });
            let places = row.reach().map(|amount| left + scale.place(amount));
            let [one, other] = places;
            match row.mark {
                Mark::Bar | Mark::Step { .. } => self.bars.push(Rectangle {
                    x: one.min(other),
                    y: top + BAR_DOWN,
                    width: (one - other).abs(),
                    colour: row.colour.hex(),
                }),
                Mark::Goal | Mark::OthersGoal => self.goals.push(GoalLine {
                    x: other,
                    from: first,
                    to: last,
                    dot: top + ROW_HEIGHT / 2,
                    dashed: matches!(row.mark, Mark::OthersGoal),
                    colour: row.colour.hex(),
                }),
            }
        }
    }
}

fn letters(text: &str) -> i128 {
    i128::try_from(text.chars().count()).unwrap_or(0)
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// Each bar's place and width.
    pub(crate) fn bars(chart: &Chart) -> Vec<(i128, i128)> {
        chart.bars.iter().map(|bar| (bar.x, bar.width)).collect()
    }

    /// Every amount that is written.
    pub(crate) fn amounts(chart: &Chart) -> Vec<String> {
        let texts = chart.texts.iter();
        texts.filter_map(|text| text.amount.clone()).collect()
    }

    /// The title.
    pub(crate) fn title(chart: &Chart) -> &str {
        &chart.title
    }

    /// Whether every mark is on the drawing and no text runs into another column.
    pub(crate) fn is_sound(chart: &Chart) -> bool {
        let on = |x: i128| (chart.amounts_end..=chart.width).contains(&x);
        chart
            .bars
            .iter()
            .all(|bar| on(bar.x) && on(bar.x + bar.width) && bar.width >= 0)
            && chart.goals.iter().all(|goal| on(goal.x))
            && on(chart.zero)
            && chart.texts.iter().all(|text| {
                let amount = text.amount.as_deref().map_or(0, letters);
                (letters(&text.name) + amount) * LETTER_WIDTH <= chart.amounts_end
                    || text.amount.is_none()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::testing::is_sound;
    use super::*;

    fn chart(pence: &[i128]) -> Chart {
        let rows = pence.iter().map(|pence| Row {
            name: "Validated",
            amount: Sum::from_pence(*pence),
            mark: Mark::Bar,
            colour: Colour::DarkBlue,
        });
        let band = Band {
            heading: Some("2010/11".into()),
            rows: rows.collect(),
        };
        Chart::of("c", "Title".into(), "Description".into(), &[band])
    }

    #[test]
    fn bars_are_as_long_as_their_amounts_whatever_those_are() {
        for pence in [
            vec![],
            vec![0],
            vec![1, 2, 3],
            vec![-1, 0, 1],
            vec![i128::MAX, i128::MIN, 0],
            vec![9_999_999_999_999_900; 60],
        ] {
            assert!(is_sound(&chart(&pence)), "{pence:?}");
        }
        let two = chart(&[100, 50]);
        assert_eq!(two.bars[0].width / 2, two.bars[1].width);
        assert_eq!(two.bars[0].x, two.zero);
    }

    #[test]
    fn what_is_drawn_is_named_and_has_no_fraction() {
        let html = chart(&[123_456, -5]).to_string();
        assert!(
            html.contains("role=\"img\" aria-labelledby=\"c-title\""),
            "{html}"
        );
        assert!(
            html.contains("<title id=\"c-title\">Title</title>"),
            "{html}"
        );
        assert!(html.contains(">£1,234.56</text>"), "{html}");
        assert!(html.contains(">-£0.05</text>"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn what_somebody_typed_cannot_become_markup() {
        let html = Chart::of("c", "<script>".into(), "\"&".into(), &[]).to_string();
        assert!(!html.contains("<script>"), "{html}");
    }
}
