//! Values that are texts of a form (interface, *Identifiers and values*).

use netgain_events::identifier::CommandId;
use netgain_events::text::{Line, Prose};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};

use super::value::{described, text};

/// Characters that are neither controls nor line breaks, and one at least that is not a space.
const ONE_LINE: &str = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\x00-\x1f\x7f-\x9f\u2028\u2029\s][^\x00-\x1f\x7f-\x9f\u2028\u2029]*$";

/// The same with line feeds, and carriage returns before them.
const LINES: &str =
    r"^([^\x00-\x1f\x7f-\x9f]|\r?\n)*[^\x00-\x1f\x7f-\x9f\s]([^\x00-\x1f\x7f-\x9f]|\r?\n)*$";

const REFERENCE: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
const AMOUNT: &str = r"^[0-9]{1,12}(\.[0-9]{1,2})?$";

described! {
    /// An organisation's official code: ONS GSS, NHS ODS, school URN, police force …
    OrgCode = |about| text(about, "^[A-Z0-9][A-Z0-9_-]{0,31}$", "X00000001");
    /// An organisation's official code, or `_SYSTEM`: the ledger's own history.
    OrgOrSystem = |about| text(about, "^(_SYSTEM|[A-Z0-9][A-Z0-9_-]{0,31})$", "X00000001");
    /// An organisation's official code, or `*` for every organisation.
    Scope = |about| text(about, r"^(\*|[A-Z0-9][A-Z0-9_-]{0,31})$", "*");
    /// A claim's reference: unique in its organisation for ever, case-sensitive.
    ClaimReference = |about| text(about, REFERENCE, "PROC-07");
    /// A reference of the organisation's own: unique where it stands and never used again, case-sensitive.
    Reference = |about| text(about, REFERENCE, "R1");
    /// The opaque id of a person or a service, compared without case; never a name.
    PersonId = |about| text(about, "^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$", "a.finance");
    /// An amount as it is given: pounds as a text, at or above zero, with at most two decimals. A JSON number is
    /// refused: it has already been through a float.
    AmountGiven = |about| text(about, AMOUNT, "1250.50");
    /// An amount above zero as it is given: pounds as a text, with at most two decimals.
    AmountAboveZero = |about| text(about, AMOUNT, "1250.50");
    /// An amount: pounds as a text, with two decimals.
    Amount = |about| text(about, r"^-?[0-9]{1,12}\.[0-9]{2}$", "1250.50");
    /// A sum of amounts: pounds as a text, with two decimals; its size is not limited.
    Sum = |about| text(about, r"^-?[0-9]+\.[0-9]{2}$", "2809000.00");
    /// A percentage, of the size and with the decimals that its rule says.
    Percentage = |about| text(about, r"^-?[0-9]+(\.[0-9]+)?$", "8.5");
    /// An uplift to another year's prices: above zero.
    Uplift = |about| text(about, r"^[0-9]{1,3}(\.[0-9]{1,10})?$", "1.0275");
    /// A financial year, 1990/91 to 2099/00.
    Year = |about| text(about, "^(199|20[0-9])[0-9]/[0-9]{2}$", "2010/11");
    /// A financial year in an address, 1990-91 to 2099-00. Totals exist from 2008-09 on.
    YearInPath = |about| text(about, "^(199|20[0-9])[0-9]-[0-9]{2}$", "2010-11");
    /// A real date.
    Date = |about| text(about, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2009-07-24")
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    /// A time: RFC 3339, UTC, with milliseconds.
    Time = |about| text(
        about,
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$",
        "2030-01-01T00:00:00.000Z",
    )
    .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    /// A time (RFC 3339), or a day, which means its end.
    TimeOrDay = |about| text(
        about,
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?$",
        "2030-01-01",
    );
    /// A text of one line, not blank.
    LineText = |about| text(about, ONE_LINE, "Shared payroll")
        .min_length(Some(1))
        .max_length(Some(Line::LENGTH_MAX));
    /// A text that may have line breaks, not blank.
    ProseText = |about| text(about, LINES, "Typing error in the sheet")
        .min_length(Some(1))
        .max_length(Some(Prose::LENGTH_MAX));
    /// The key of a label.
    LabelKey = |about| text(about, "^[a-z0-9-]{1,32}$", "directorate");
    /// The caller's idempotency key: sent again with the same content it is answered as the first time, and
    /// nothing is written.
    CommandKey = |about| text(about, r"^[^\x00-\x1f\x7f-\x9f]+$", "import-2011-08-02")
        .min_length(Some(1))
        .max_length(Some(CommandId::LENGTH_MAX));
    /// A SHA-256, in hex digits.
    Sha256 = |about| text(
        about,
        "^[0-9a-f]{64}$",
        "a9377a1147dcda811f12f4dc4874525c3c5e4243b57093aefdfc94a323a4e745",
    );
    /// The ledger's own identity.
    LedgerId = |about| text(about, "^[0-9a-f]{32}$", "0123456789abcdef0123456789abcdef");
    /// A heading to group claims by; `label:` is followed by a label's key.
    Heading = |about| text(
        about,
        "^(function|method|technique|approach|service|source|label:[a-z0-9-]{1,32})$",
        "service",
    );
    /// A stable code, for programs.
    Code = |about| text(about, "^[a-z0-9]+(-[a-z0-9]+)*$", "not-allowed");
    /// The number of a statement within its year and series, or `latest`.
    StatementNumber = |about| text(about, "^([1-9][0-9]{0,8}|latest)$", "latest");
    /// A file, byte for byte.
    File = |about| ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(about.trim()))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
    /// A position as it was given in an `ETag`, in double quotes, or `*`.
    EntityTag = |about| text(about, r#"^("[0-9]{1,19}"|\*)$"#, "\"39\"");
}
