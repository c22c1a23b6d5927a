//! Values of commands that have parts.

use netgain_events::authority::Role as Roles;
use netgain_events::claim::{LABELS_MAX, PROFILE_YEARS_MAX};
use netgain_events::event::EVIDENCE_MAX;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Ref};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::value::Named;
use super::values::{AmountGiven, LabelKey, LineText, ProseText, Reference, Sha256, Year};
use super::words::Role;

/// A document that supports what is recorded: its name and its hash, never the document.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the description is made from it; no value is")]
pub(super) struct Document {
    name: LineText,
    sha256: Sha256,
    /// Where it can be found.
    #[schema(required = false)]
    uri: ProseText,
}

/// A gain shared with other organisations.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the description is made from it; no value is")]
pub(super) struct SchemeGiven {
    id: Reference,
    /// Its whole gross annual value.
    total: AmountGiven,
}

/// The documents that support what is recorded.
pub(super) struct Evidence;

/// The gross annual value of each year that is stated.
pub(super) struct Profile;

/// Words of the organisation's own, by key.
pub(super) struct Labels;

/// Several roles.
pub(super) struct RoleList;

impl PartialSchema for Evidence {
    fn schema() -> RefOr<Schema> {
        let documents = ArrayBuilder::new().items(Ref::from_schema_name(Document::name()));
        documents.max_items(Some(EVIDENCE_MAX)).into()
    }
}

impl ToSchema for Evidence {
    fn schemas(schemas: &mut Named) {
        schemas.push((Document::name().into(), Document::schema()));
        Document::schemas(schemas);
    }
}

/// An object whose keys and values have these forms.
fn map<K: ToSchema, V: ToSchema>(about: &str) -> ObjectBuilder {
    let keys = match K::schema() {
        RefOr::T(schema) => Some(schema),
        RefOr::Ref(_) => None,
    };
    ObjectBuilder::new()
        .description(Some(about))
        .property_names(keys)
        .additional_properties(Some(Ref::from_schema_name(V::name())))
}

impl PartialSchema for Profile {
    fn schema() -> RefOr<Schema> {
        map::<Year, AmountGiven>("The gross annual value of each year that is stated.")
            .min_properties(Some(1))
            .max_properties(Some(PROFILE_YEARS_MAX))
            .into()
    }
}

impl ToSchema for Profile {
    fn schemas(schemas: &mut Named) {
        schemas.push((AmountGiven::name().into(), AmountGiven::schema()));
    }
}

impl PartialSchema for Labels {
    fn schema() -> RefOr<Schema> {
        map::<LabelKey, LineText>("Words of the organisation's own: programme, directorate, risk …")
            .max_properties(Some(LABELS_MAX))
            .into()
    }
}

impl ToSchema for Labels {
    fn schemas(schemas: &mut Named) {
        schemas.push((LineText::name().into(), LineText::schema()));
    }
}

impl PartialSchema for RoleList {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(Ref::from_schema_name(Role::name()))
            .min_items(Some(1))
            .max_items(Some(Roles::ALL.len()))
            .unique_items(true)
            .into()
    }
}

impl ToSchema for RoleList {
    fn schemas(schemas: &mut Named) {
        schemas.push((Role::name().into(), Role::schema()));
    }
}
