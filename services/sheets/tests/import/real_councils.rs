//! The published savings of two councils, as their staff would import them.

use crate::workbooks::{commands, good};

const SALFORD: &[u8] = include_bytes!("../data/salford-2010.csv");
const LANCASTER: &[u8] = include_bytes!("../data/lancaster-2009.csv");

#[test]
fn salford_2010_gives_38_claims() {
    let claims = good(SALFORD);
    assert_eq!(claims.rows.len(), 38);
    assert_eq!(claims.control_total.to_string(), "10440000.00");
    assert!(claims.notes.is_empty());
    assert!(claims.rows.iter().all(|row| row.offsets.is_empty()));
    let (first, last) = (&claims.rows[0], &claims.rows[37]);
    assert_eq!((first.row, first.claim.as_str()), (2, "CHSC1"));
    assert_eq!((last.row, last.claim.as_str()), (39, "CSS1"));
    // The year after the last stated one is blank in the sheet and absent from the profile.
    assert_eq!(
        serde_json::to_string(&last.fields).unwrap(),
        r#"{"action":"reduce-inputs","claim":"CSS1","impact_from":"2010-04-01","method":"internal","profile":{"2010/11":"305000.00","2011/12":"305000.00"},"source":"efficiency","technique":"lean","title":"Staffing reductions through vacancies across directorate"}"#
    );
}

#[test]
fn lancaster_2009_gives_10_claims() {
    let claims = good(LANCASTER);
    assert_eq!(claims.rows.len(), 10);
    assert_eq!(claims.control_total.to_string(), "1585300.00");
    assert!(
        commands(&claims)
            .contains(r#""profile":{"2009/10":"0.00","2010/11":"8400.00","2011/12":"8200.00"}"#)
    );
}

#[test]
fn a_refused_field_is_found_in_the_sheet() {
    let claims = good(SALFORD);
    let place =
        |row: usize, field: &str| claims.rows[row].place(field).map(|cell| cell.to_string());
    assert_eq!(place(0, "claim").as_deref(), Some("A2"));
    assert_eq!(place(0, "method").as_deref(), Some("E2"));
    assert_eq!(place(37, "technique").as_deref(), Some("F39"));
    assert_eq!(place(37, "profile").as_deref(), Some("H39"));
    assert_eq!(place(37, "2012/13").as_deref(), Some("J39"));
    assert_eq!(place(0, "owner"), None);
}
