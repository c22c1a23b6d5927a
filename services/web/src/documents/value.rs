//! How the description of one kind of value is made.

use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// Schemas with their names.
pub(super) type Named = Vec<(String, RefOr<Schema>)>;

/// A text of that form.
pub(super) fn text(about: &str, pattern: &str, example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(about.trim()))
        .pattern(Some(pattern))
        .examples([example])
}

/// One of these words.
pub(super) fn words<T: Serialize>(
    about: &str,
    words: impl IntoIterator<Item = T>,
) -> RefOr<Schema> {
    // A word is written as a text, which does not fail.
    let words = words.into_iter();
    let words: Vec<_> = words
        .filter_map(|word| serde_json::to_value(word).ok())
        .collect();
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(about.trim()))
        .enum_values(Some(words))
        .into()
}

/// Makes types that stand for a kind of value in the description, out of a function that describes it.
macro_rules! described {
    ($($(#[doc = $doc:literal])* $name:ident = |$about:ident| $schema:expr;)*) => {$(
        $(#[doc = $doc])*
        pub(crate) struct $name;

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let $about = concat!($($doc,)*);
                $schema.into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}
pub(super) use described;
