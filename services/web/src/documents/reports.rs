//! The reports (docs/RULESET.md): each stands in its document under its own name.

use netgain_answers::report_name::ReportName;
use utoipa::openapi::schema::{
    ArrayBuilder, Discriminator, ObjectBuilder, OneOfBuilder, Ref, SchemaType, Type,
};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::report_figures::{
    ChallengeProgress, Due, FailedCosts, Group, Redeployments, Shares, Targets,
};
use super::value::{Named, words};
use super::values::{OrgCode, Year};

/// A report: one of seven documents, told apart by `report`.
pub(crate) struct Report;

/// What of a report stands under its name.
fn figures(name: ReportName, schemas: &mut Named) -> RefOr<Schema> {
    fn one<T: ToSchema>(schemas: &mut Named) -> RefOr<Schema> {
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
        Ref::from_schema_name(T::name()).into()
    }
    fn many<T: ToSchema>(schemas: &mut Named) -> RefOr<Schema> {
        ArrayBuilder::new().items(one::<T>(schemas)).into()
    }
    match name {
        ReportName::Due => one::<Due>(schemas),
        ReportName::Breakdown => many::<Group>(schemas),
        ReportName::Targets => one::<Targets>(schemas),
        ReportName::Redeployment => one::<Redeployments>(schemas),
        ReportName::Challenges => many::<ChallengeProgress>(schemas),
        ReportName::FailedCosts => one::<FailedCosts>(schemas),
        ReportName::Shares => one::<Shares>(schemas),
    }
}

fn document_name(name: ReportName) -> String {
    format!("report-{name}")
}

/// The document around a report's figures.
fn document(name: ReportName, figures: RefOr<Schema>) -> RefOr<Schema> {
    let text = |about: &str| {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(about))
    };
    let year = OneOfBuilder::new()
        .item(Ref::from_schema_name(Year::name()))
        .item(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)));
    let mut document = ObjectBuilder::new()
        .description(Some(format!("The report `{name}`.")))
        .property("org", Ref::from_schema_name(OrgCode::name()))
        .property("report", words("Which report.", [name.as_str()]))
        .property("year", year)
        .property("position", u64::schema())
        .property("ruleset", text("By which rules.").examples(["ni179-v1"]))
        .property(name.as_str(), figures);
    for field in [
        "org",
        "report",
        "year",
        "position",
        "ruleset",
        name.as_str(),
    ] {
        document = document.required(field);
    }
    document.into()
}

impl PartialSchema for Report {
    fn schema() -> RefOr<Schema> {
        let names = ReportName::ALL.iter().map(|name| document_name(*name));
        let mapping = ReportName::ALL.iter().map(|name| {
            let document = Ref::from_schema_name(document_name(*name));
            (name.as_str(), document.ref_location)
        });
        let one_of = OneOfBuilder::new()
            .description(Some(
                "A report; `year` is the one that was named, or `null`.",
            ))
            .discriminator(Some(Discriminator::with_mapping("report", mapping)));
        names
            .fold(one_of, |one_of, name| {
                one_of.item(Ref::from_schema_name(name))
            })
            .into()
    }
}

impl ToSchema for Report {
    fn schemas(schemas: &mut Named) {
        schemas.push((OrgCode::name().into(), OrgCode::schema()));
        schemas.push((Year::name().into(), Year::schema()));
        for name in ReportName::ALL {
            let figures = figures(*name, schemas);
            schemas.push((document_name(*name), document(*name, figures)));
        }
    }
}
