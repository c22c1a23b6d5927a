//! Charts: SVG that the server draws from whole numbers, so that they are there without JavaScript and print
//! as they are shown.
//!
//! A chart is rows of a name, an exact amount and a mark, on one scale. Its title states the finding; the
//! table beside it has the same figures for whoever does not see it. The colours are those of the Government
//! Analysis Function's palette for categories, each told from the others by its row's name too.

mod rows;
mod scale;
mod share_bar;
mod target_path;
mod waterfall;

pub use self::rows::Chart;
pub use self::share_bar::ShareBar;
pub use self::target_path::{PathYear, target_path};
pub use self::waterfall::{Waterfall, waterfall};
