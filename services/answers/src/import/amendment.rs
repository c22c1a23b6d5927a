//! Which fields of a known claim a row would change. A column that the sheet does not have, and an
//! empty cell, leave the claim's field as it is.

use netgain_events::claim::ClaimDetails;
use serde_json::{Map, Value};

/// The row's fields whose value differs from the claim's. Compared as values, so that `£1,000` and
/// `1000.00` are the same.
pub(super) fn changed_fields(
    known: &ClaimDetails,
    stated: &ClaimDetails,
    row: &Map<String, Value>,
) -> Map<String, Value> {
    let same = |field: &str| match field {
        "title" => known.title == stated.title,
        "action" => known.action == stated.action,
        "impact_from" => known.impact_from == stated.impact_from,
        "profile" => known.profile == stated.profile,
        "service" => known.service == stated.service,
        "function" => known.function == stated.function,
        "method" => known.method == stated.method,
        "technique" => known.technique == stated.technique,
        "approach" => known.approach == stated.approach,
        "source" => known.effective_source() == stated.effective_source(),
        "source_override" => known.source_override == stated.source_override,
        "ongoing" => known.is_ongoing() == stated.is_ongoing(),
        "quality_measure" => known.quality_measure == stated.quality_measure,
        "owner" => known.owner == stated.owner,
        "scheme" => known.scheme == stated.scheme,
        "review_by" => known.review_by == stated.review_by,
        "labels" => stated.labels.iter().flatten().all(|(key, text)| {
            known.labels.as_ref().and_then(|labels| labels.get(key)) == Some(text)
        }),
        // The reference says which claim it is.
        _ => true,
    };
    let mut changed: Map<String, Value> = row
        .iter()
        .filter(|(field, _)| !same(field))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    // A label the sheet has no column for stays; an amendment's labels replace all of them.
    if let Some(Value::Object(labels)) = changed.get_mut("labels") {
        for (key, text) in known.labels.iter().flatten() {
            labels
                .entry(key.as_str())
                .or_insert_with(|| text.as_str().into());
        }
    }
    changed
}
