//! What a file may ask for. A file that asks for more is refused with a sentence, before the memory
//! is taken.

/// The whole file as it comes in. A council's yearly list of claims is under 1 MiB; 10 MiB is what
/// the service's body limit allows.
pub const FILE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Parts in a workbook's zip. A spreadsheet program writes a few per sheet and one per picture.
pub const ENTRIES_MAX: usize = 1_000;

/// All parts of a workbook unpacked, counted while they are inflated. 20,000 full rows take about
/// 60 MiB of XML.
pub const UNPACKED_BYTES_MAX: u64 = 100 * 1024 * 1024;

/// How many times its packed size a part may unpack to, once it is over [`RATIO_FREE_BYTES`].
/// The XML of real sheets packs 10 to 50 times; deflate can reach 1,032.
pub const RATIO_MAX: u64 = 200;

/// What a part may unpack to whatever its ratio: a short run of blank cells packs very well.
pub const RATIO_FREE_BYTES: u64 = 1024 * 1024;

/// The last row that may hold a value. The largest councils list under 2,000 claims.
pub const ROWS_MAX: u32 = 20_000;

/// The last column that may hold a value: 60 years of profile, one-off and recurring, and 20 more.
pub const COLUMNS_MAX: u32 = 200;

/// Cells with a value in one sheet: 20,000 rows of 50.
pub const CELLS_MAX: usize = 1_000_000;

/// Bytes of text in one cell, about what a cell of Excel holds (32,767 characters).
pub const CELL_TEXT_MAX: usize = 32 * 1024;

/// Bytes of text in one sheet. One stored text can be shown by any number of cells, so the file's
/// own size does not limit this.
pub const SHEET_TEXT_MAX: usize = 32 * 1024 * 1024;

/// Merged areas that are kept. Each is one problem, so more than [`PROBLEMS_MAX`] are never shown.
pub const MERGED_AREAS_MAX: usize = PROBLEMS_MAX + 1;

/// Problems, or notes, in one answer; a last one says how many more there are.
pub const PROBLEMS_MAX: usize = 1_000;
