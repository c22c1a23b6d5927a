//! What stands around every page: where somebody is, who they are, and what just happened.

use netgain_events::identifier::{Actor, OrgId, Position};

use crate::components::{NavigationItem, ServiceNavigation};
use crate::known::Known;
use crate::link::Link;

/// The frame of a page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// What the page is, in a few words: the first thing a screen reader says.
    pub title: String,
    /// Whether something on the page has to be put right before it goes on: its title says so.
    pub has_errors: bool,
    /// Who is signed in.
    pub person: Option<SignedIn>,
    /// In which organisation.
    pub place: Option<Place>,
    /// What came of the form before.
    pub recorded: Option<Position>,
    /// At which knowledge the page looks, where it can look at another.
    pub known: Option<Known>,
    /// The year that a change of the page's figures is watched for.
    pub live: Option<String>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their id.
    pub id: Actor,
    /// Their name, where the directory has one.
    pub name: Option<String>,
    /// In how many seconds the session ends unless something is asked for; nothing for a token.
    pub session_seconds: Option<u64>,
}

/// An organisation's part of the service.
#[derive(Clone, Debug)]
pub struct Place {
    /// Which organisation.
    pub org: OrgId,
    /// How it is called.
    pub name: String,
    /// Which of its pages.
    pub tab: Tab,
}

/// The pages of an organisation that are always within reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What needs somebody, and how the year stands.
    Home,
    /// The claims.
    Gains,
    /// Checks at year end.
    Checks,
    /// The efficiency board's page.
    Board,
    /// The events, and why a figure is what it is.
    History,
    /// Statements and their bundles.
    Statements,
}

impl Tab {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Home, "Home", ""),
        (Self::Gains, "Gains", "claims"),
        (Self::Checks, "Checks", "checks"),
        (Self::Board, "Board", "board"),
        (Self::History, "History", "history"),
        (Self::Statements, "Statements", "statements"),
    ];
}

impl SignedIn {
    /// Their name, or their id where the directory has none.
    #[must_use]
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.id.as_str())
    }
}

impl Frame {
    /// A frame without anybody in it.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// The page's title in the browser's tab.
    #[must_use]
    pub fn full_title(&self) -> String {
        let error = if self.has_errors { "Error: " } else { "" };
        match &self.place {
            Some(place) => format!("{error}{} – {} – netgain", self.title, place.name),
            None => format!("{error}{} – netgain", self.title),
        }
    }

    /// Where somebody can go from every page.
    #[must_use]
    pub fn navigation(&self) -> Option<ServiceNavigation> {
        let place = self.place.as_ref()?;
        let root = Link::organisation(&place.org);
        let mut navigation = ServiceNavigation::new()
            .service_name(place.name.clone())
            .service_href(root.to_string());
        for (tab, text, path) in Tab::ALL {
            let link = if path.is_empty() {
                root.clone()
            } else {
                root.clone().to(path)
            };
            let item = NavigationItem::new(text, link.to_string());
            navigation = navigation.item(if tab == place.tab {
                item.active()
            } else {
                item
            });
        }
        Some(navigation)
    }
}
