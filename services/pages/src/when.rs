//! Moments and days as people in the United Kingdom read them; UTC stays within reach.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;
use netgain_events::recorded_at::RecordedAt;

/// A moment in UK local time, with UTC on hover and for programs.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<time datetime="{{ utc }}" title="{{ utc }} (UTC)">{{ local }}</time>"#,
    ext = "html"
)]
pub struct Moment {
    utc: String,
    local: String,
}

impl askama::filters::HtmlSafe for Moment {}

impl Moment {
    /// When something was recorded.
    #[must_use]
    pub fn of(recorded_at: RecordedAt) -> Self {
        let utc = recorded_at.to_string();
        let local = utc
            .parse::<DateTime<Utc>>()
            .map_or_else(|_| utc.clone(), local);
        Self { utc, local }
    }

    /// As people read it: `5 April 2011 at 3:07pm`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }
}

fn local(moment: DateTime<Utc>) -> String {
    let local = moment.with_timezone(&London);
    local.format("%-d %B %Y at %-I:%M%P").to_string()
}

/// A day as people read it: `5 April 2011`.
#[must_use]
pub fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(utc: &str) -> String {
        Moment::of(utc.parse().unwrap()).to_string()
    }

    #[test]
    fn summer_time_is_an_hour_ahead_and_utc_is_kept() {
        assert_eq!(
            shown("2011-07-24T12:00:00.000Z"),
            "<time datetime=\"2011-07-24T12:00:00.000Z\" title=\"2011-07-24T12:00:00.000Z (UTC)\">\
             24 July 2011 at 1:00pm</time>"
        );
        let winter = shown("2011-01-24T00:05:00.000Z");
        assert!(
            winter.ends_with(">24 January 2011 at 12:05am</time>"),
            "{winter}"
        );
    }

    #[test]
    fn the_hour_that_the_clocks_go_forward_is_the_last_sunday_of_march() {
        assert!(shown("2026-03-29T00:59:00.000Z").contains(">29 March 2026 at 12:59am<"));
        assert!(shown("2026-03-29T01:00:00.000Z").contains(">29 March 2026 at 2:00am<"));
        assert!(shown("2026-10-25T01:00:00.000Z").contains(">25 October 2026 at 1:00am<"));
    }
}
