//! A long list, page by page.

use crate::components::{Pagination, PaginationPage};
use crate::link::Link;

/// Claims on a page: what can be read down without getting lost, and printed on two sheets.
pub const PAGE_CLAIMS: usize = 50;

/// Where in the list a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pages {
    items: usize,
    /// From 1.
    page: usize,
}

impl Pages {
    /// A page of so many items, or the nearest there is.
    pub(super) fn of(items: usize, page: usize) -> Self {
        let last = items.div_ceil(PAGE_CLAIMS).max(1);
        Self {
            items,
            page: page.clamp(1, last),
        }
    }

    const fn count(self) -> usize {
        self.items.div_ceil(PAGE_CLAIMS)
    }

    /// The place of the page's first item, from 1; 0 where there is none.
    pub(super) const fn first(self) -> usize {
        if self.items == 0 {
            return 0;
        }
        (self.page - 1) * PAGE_CLAIMS + 1
    }

    /// The place of its last.
    pub(super) fn last(self) -> usize {
        self.items.min(self.page * PAGE_CLAIMS)
    }

    /// The page's items of the whole list.
    pub(super) fn shown<T>(self, all: &[T]) -> &[T] {
        let before = self.first().saturating_sub(1);
        all.get(before..self.last()).unwrap_or_default()
    }

    /// The links to the other pages; nothing where there is only one.
    pub(super) fn pagination(self, here: impl Fn() -> Link) -> Option<Pagination> {
        if self.count() < 2 {
            return None;
        }
        let at = |page: usize| here().with("page", page).to_string();
        let mut pagination = Pagination::new();
        if self.page > 1 {
            pagination = pagination.previous(at(self.page - 1));
        }
        if self.page < self.count() {
            pagination = pagination.next(at(self.page + 1));
        }
        let mut left_out = false;
        for page in 1..=self.count() {
            let is_near = page.abs_diff(self.page) <= 1 || page == 1 || page == self.count();
            if is_near {
                let link = PaginationPage::new(page, at(page)).current(page == self.page);
                pagination = pagination.page(link);
            } else if !left_out {
                pagination = pagination.ellipsis();
            }
            left_out = !is_near;
        }
        Some(pagination)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_stands_on_one_page() {
        let all: Vec<usize> = (1..=501).collect();
        let mut seen = Vec::new();
        for page in 1..=11 {
            let pages = Pages::of(all.len(), page);
            assert_eq!(pages.shown(&all).first(), Some(&pages.first()));
            assert_eq!(pages.shown(&all).last(), Some(&pages.last()));
            seen.extend_from_slice(pages.shown(&all));
        }
        assert_eq!(seen, all);
    }

    #[test]
    fn a_page_that_is_not_there_shows_the_nearest() {
        assert_eq!(Pages::of(120, 99).page, 3);
        assert_eq!(Pages::of(120, 0).page, 1);
        let none = Pages::of(0, 5);
        assert_eq!((none.page, none.first(), none.last()), (1, 0, 0));
        assert!(none.shown::<u8>(&[]).is_empty());
        assert!(none.pagination(Link::home).is_none());
    }

    #[test]
    fn the_links_leave_out_what_is_far_away() {
        let html = Pages::of(501, 6)
            .pagination(Link::home)
            .unwrap()
            .to_string();
        for page in [1, 5, 6, 7, 11] {
            assert!(html.contains(&format!("?page={page}\"")), "{page}");
        }
        assert!(!html.contains("?page=3\""));
        assert_eq!(
            html.matches("⋯").count() + html.matches("&ctdot;").count(),
            2,
            "{html}"
        );
    }
}
