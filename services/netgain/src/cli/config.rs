//! The words of `netgain config`.

use clap::Subcommand;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum ConfigCall {
    /// Print every setting, its value and where it came from; secrets as (set)
    Show,
    /// Print a configuration file with every setting, what it means and its default
    Example,
}
