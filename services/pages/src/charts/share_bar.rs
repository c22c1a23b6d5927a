//! A share as a small bar beside its figure in a table.

use askama::Template;
use netgain_events::money::Sum;

use super::scale::Scale;

/// How wide the whole is.
const WIDTH: i128 = 100;

/// A part of a whole. The figure stands beside it, so that it is left out for whoever does not see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Template)]
#[template(
    source = r##"<svg class="ng-share" aria-hidden="true" focusable="false" viewBox="0 0 100 12" width="100" height="12"><rect width="100" height="12" fill="#e5e6e7"/><rect width="{{ width }}" height="12" fill="#12436D"/></svg>"##,
    ext = "html"
)]
pub struct ShareBar {
    width: i128,
}

impl askama::filters::HtmlSafe for ShareBar {}

impl ShareBar {
    /// How much of the whole a part is. None of it where there is no whole, or the part is below zero.
    #[must_use]
    pub fn of(part: Sum, whole: Sum) -> Self {
        if !part.is_positive() || !whole.is_positive() {
            return Self { width: 0 };
        }
        Self {
            width: Scale::over([whole], WIDTH).place(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(part: i128, whole: i128) -> i128 {
        ShareBar::of(Sum::from_pence(part), Sum::from_pence(whole)).width
    }

    #[test]
    fn a_bar_is_never_longer_than_the_whole_nor_shorter_than_nothing() {
        assert_eq!(width(1, 4), 25);
        assert_eq!(width(4, 4), 100);
        assert_eq!(width(9, 4), 100);
        assert_eq!(width(-1, 4), 0);
        assert_eq!(width(1, 0), 0);
        assert_eq!(width(1, -4), 0);
        assert_eq!(width(i128::MAX, i128::MAX), 100);
    }
}
