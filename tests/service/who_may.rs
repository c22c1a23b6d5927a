//! The interface's table *Who may do what*, as it is printed there. What the service does is held to this
//! and not to the program's own code.

/// What each role may do of an organisation.
const WHO_MAY_DO_WHAT: &str = "
| | recorder | validator | signatory | board | auditor | administrator |
| read figures, claims, history, reports | yes | yes | yes | yes | yes | _ |
| register, amend, withdraw, offsets, redeployment, declare carry-forward, import, answer challenges | yes | _ | _ | _ | _ | _ |
| check sustainment and carry-forward | yes | yes | _ | _ | _ | _ |
| validate, revoke, validate carry-forward | _ | yes | yes | _ | _ | _ |
| raise challenges | _ | yes | yes | yes | yes | _ |
| close challenges | _ | yes | yes | yes | _ | _ |
| baseline, target, issue statements | _ | _ | yes | _ | _ | _ |
| download bundles, checkpoints | yes | yes | yes | yes | yes | _ |
| organisations, people, grants, tokens, keys | _ | _ | _ | _ | _ | yes |
";

pub(crate) const READ: &str = "read figures, claims, history, reports";
pub(crate) const RECORD: &str = "register, amend, withdraw, offsets, redeployment, declare \
                                 carry-forward, import, answer challenges";
pub(crate) const CHECK: &str = "check sustainment and carry-forward";
pub(crate) const VALIDATE: &str = "validate, revoke, validate carry-forward";
pub(crate) const RAISE: &str = "raise challenges";
pub(crate) const CLOSE: &str = "close challenges";
pub(crate) const PUBLISH: &str = "baseline, target, issue statements";
pub(crate) const DOWNLOAD: &str = "download bundles, checkpoints";
pub(crate) const ADMINISTER: &str = "organisations, people, grants, tokens, keys";

/// The roles of the table, in its order.
pub(crate) const ROLES: [&str; 6] = [
    "recorder",
    "validator",
    "signatory",
    "board",
    "auditor",
    "administrator",
];

fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim_matches('|');
    inner.split('|').map(str::trim).collect()
}

/// Whether the table lets a role do what that row is about.
pub(crate) fn may(role: &str, row: &str) -> bool {
    let mut lines = WHO_MAY_DO_WHAT.trim().lines().map(cells);
    let head = lines.next().unwrap();
    let column = head.iter().position(|name| *name == role).unwrap();
    let row = lines
        .find(|cells| cells[0] == row)
        .unwrap_or_else(|| panic!("no row {row:?}"));
    match row[column] {
        "yes" => true,
        "_" => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_table_is_read_as_it_stands() {
    for (role, row, yes) in [
        ("recorder", RECORD, true),
        ("validator", RECORD, false),
        ("validator", CHECK, true),
        ("signatory", PUBLISH, true),
        ("auditor", CLOSE, false),
        ("auditor", RAISE, true),
        ("board", DOWNLOAD, true),
        ("administrator", READ, false),
        ("administrator", ADMINISTER, true),
        ("signatory", VALIDATE, true),
    ] {
        assert_eq!(may(role, row), yes, "{role} {row}");
    }
}
