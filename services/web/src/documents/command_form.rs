//! How the description of one command is put together.

use netgain_events::fact::FactKind;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::schema::{
    AdditionalProperties, ObjectBuilder, OneOfBuilder, Ref, RefBuilder, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema};

use super::command_values::Evidence;
use super::value::{Named, words};
use super::values::{ClaimReference, CommandKey, OrgCode, ProseText};

/// What a command looks like.
pub(super) struct Form {
    kind: FactKind,
    object: ObjectBuilder,
    values: Named,
}

impl Form {
    pub(super) fn of(kind: FactKind, about: &str) -> Self {
        let this_type = words("Which command.", [kind.command_type()]);
        let object = ObjectBuilder::new()
            .description(Some(about))
            .property("type", this_type)
            .required("type")
            .additional_properties(Some(AdditionalProperties::FreeForm(false)));
        let form = Self {
            kind,
            object,
            values: Named::new(),
        };
        let org = "Whose history it is: the one of the address, which it is unless stated.";
        if kind.is_of_system() {
            form.has("org", words(org, ["_SYSTEM"]))
        } else {
            form.may::<OrgCode>("org", org)
        }
    }

    /// Its name, which is its `type`.
    pub(super) const fn name(&self) -> &'static str {
        self.kind.command_type()
    }

    /// The schema, once what it refers to has been put with the others.
    pub(super) fn into_schema(self, schemas: &mut Named) -> RefOr<Schema> {
        schemas.extend(self.values);
        self.object.into()
    }

    fn has(mut self, field: &str, schema: impl Into<RefOr<Schema>>) -> Self {
        self.object = self.object.property(field, schema);
        self
    }

    /// A field that may be left out.
    pub(super) fn may<T: ToSchema>(mut self, field: &str, about: &str) -> Self {
        self.values.push((T::name().into(), T::schema()));
        T::schemas(&mut self.values);
        let reference = RefBuilder::new()
            .ref_location_from_schema_name(T::name())
            .description(Some(about))
            .build();
        self.has(field, reference)
    }

    /// A field that must be there.
    pub(super) fn needs<T: ToSchema>(self, field: &str, about: &str) -> Self {
        let mut form = self.may::<T>(field, about);
        form.object = form.object.required(field);
        form
    }

    /// A field that may be left out, and that `null` clears.
    pub(super) fn may_clear<T: ToSchema>(mut self, field: &str, about: &str) -> Self {
        self.values.push((T::name().into(), T::schema()));
        T::schemas(&mut self.values);
        let either = OneOfBuilder::new()
            .item(Ref::from_schema_name(T::name()))
            .item(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)))
            .description(Some(about));
        self.has(field, either)
    }

    pub(super) fn claim(self) -> Self {
        self.needs::<ClaimReference>("claim", "The claim's reference.")
    }

    pub(super) fn reason(self) -> Self {
        self.needs::<ProseText>("reason", "Why.")
    }

    /// What every command may carry, and the examples. That makes it a command that can be sent.
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the table has a form for each kind that a command may ask for, and none for the others"
    )]
    pub(super) fn like(self, examples: impl IntoIterator<Item = Value>) -> Option<Self> {
        let mut form = self
            .may::<CommandKey>(
                "command_id",
                "The caller's idempotency key; not in an array.",
            )
            .may::<ProseText>("note", "Whatever the actor wishes to add.")
            .may::<Evidence>("evidence", "The documents that support it.");
        let kind = form.kind.command_type();
        let examples = examples.into_iter().map(|mut example| {
            if let Some(fields) = example.as_object_mut() {
                fields.insert("type".to_owned(), kind.into());
            }
            example
        });
        form.object = form.object.examples(examples);
        Some(form)
    }
}
