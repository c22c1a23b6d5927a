//! What a kept spreadsheet would come to, as the history stands.

use netgain_answers::evidence;
use netgain_answers::import::{self, NotImported, Options};
use netgain_events::sha256::Sha256Hex;
use netgain_events::state::Organisation;
use netgain_ledger::ledger::Caller;
use netgain_ledger::log::LogRead;
use netgain_pages::pages::import::{Looked, RowsPage, Which};

use super::kept::Kept;
use super::upload::control_total;
use crate::problem::Problem;
use crate::service::Service;

/// Which rows of it somebody wants to see.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) which: Option<Which>,
    pub(super) page: usize,
    /// Whether something was recorded since the page that was confirmed.
    pub(super) moved: bool,
}

/// How a file is read. The control total is held against what was read by whoever looks, so that the rest can be
/// shown all the same; whoever records it says it here.
pub(super) fn options(kept: &Kept, with_control_total: bool) -> Options {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let answers = &kept.answers;
    Options {
        sheet: some(&answers.sheet),
        control_total: some(&answers.control_total).filter(|_| with_control_total),
        amend: answers.amend.then(|| answers.reason.clone()),
    }
}

/// Looks a file through, writing nothing.
pub(super) fn look(
    service: &Service,
    kept: &Kept,
    state: &Organisation,
    caller: &Caller,
    wanted: Wanted,
) -> Result<Looked, Problem> {
    let options = options(kept, false);
    let mut found_total = None;
    let tried = import::read(&kept.bytes, &kept.file.name, &options).and_then(|claims| {
        found_total = Some(claims.control_total());
        let (ledger, now) = (service.ledger.log().ledger(), service.now());
        import::dry_run(state, &claims, &options, caller, ledger, now)
    });
    let (imported, problems) = match tried {
        Ok(imported) => (Some(imported), Vec::new()),
        Err(NotImported::Problems(problems)) => (None, problems),
        Err(NotImported::Fault(fault)) => return Err(fault.into()),
        Err(NotImported::BadQuestion(bad)) => return Err(bad.into()),
        // It was not asked for.
        Err(not @ NotImported::ControlTotal { .. }) => {
            return Err(Problem::fault("a control total came from nowhere", &not));
        }
    };
    let sha256 = Sha256Hex::of(&kept.bytes);
    let before = evidence::named_before(&**service.ledger.log(), &state.org, &sha256)?;
    // What cannot be read at all is among the problems already.
    let sheet = netgain_sheets::read(&kept.bytes, &kept.file.name, options.sheet.as_deref());
    let (rows, which, pages) =
        RowsPage::of(sheet.ok().as_ref(), &problems, wanted.which, wanted.page);
    Ok(Looked {
        problems,
        rows,
        which,
        imported,
        found_total,
        control_total: control_total(&kept.answers).unwrap_or_default(),
        position: state.position,
        pages,
        moved: wanted.moved,
        before,
    })
}
