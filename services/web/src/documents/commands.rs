//! Commands, as a request takes them: one, or several that are recorded all or none.

use netgain_events::command::REQUEST_COMMANDS_MAX;
use netgain_events::fact::FactKind;
use utoipa::openapi::schema::{ArrayBuilder, Discriminator, OneOfBuilder, Ref};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::command_form::Form;
use super::command_table::form;
use super::value::Named;
use super::values::CommandKey;

/// A command of an organisation.
pub(crate) struct Command;

/// A command of the ledger's own history: people, grants and tokens.
pub(crate) struct SystemCommand;

/// A command, or several.
pub(crate) struct Commands;

/// A command of the ledger's own history, or several.
pub(crate) struct SystemCommands;

fn forms(of_system: bool) -> impl Iterator<Item = Form> {
    let kinds = FactKind::ALL.iter();
    kinds
        .filter(move |kind| kind.is_of_system() == of_system)
        .filter_map(|kind| form(*kind))
}

/// One of the commands, told apart by `type`.
fn one(about: &str, of_system: bool) -> RefOr<Schema> {
    let reference = |form: &Form| Ref::from_schema_name(form.name());
    let mapping = forms(of_system).map(|form| (form.name(), reference(&form).ref_location));
    let one_of = OneOfBuilder::new()
        .description(Some(about))
        .discriminator(Some(Discriminator::with_mapping("type", mapping)));
    forms(of_system)
        .fold(one_of, |one_of, form| one_of.item(reference(&form)))
        .into()
}

fn collect(of_system: bool, schemas: &mut Named) {
    for form in forms(of_system) {
        let name = form.name().to_owned();
        let schema = form.into_schema(schemas);
        schemas.push((name, schema));
    }
    schemas.push((CommandKey::name().into(), CommandKey::schema()));
}

fn one_or_many<T: ToSchema>() -> RefOr<Schema> {
    let one = || Ref::from_schema_name(T::name());
    let many = ArrayBuilder::new()
        .items(one())
        .min_items(Some(1))
        .max_items(Some(REQUEST_COMMANDS_MAX))
        .description(Some(
            "Several commands, recorded all or none. None has a `command_id`.",
        ));
    OneOfBuilder::new().item(one()).item(many).into()
}

impl PartialSchema for Command {
    fn schema() -> RefOr<Schema> {
        one(
            "A command: an accepted one records exactly one event.",
            false,
        )
    }
}

impl ToSchema for Command {
    fn schemas(schemas: &mut Named) {
        collect(false, schemas);
    }
}

impl PartialSchema for SystemCommand {
    fn schema() -> RefOr<Schema> {
        one(
            "A command about people, grants or tokens: an accepted one records exactly one event.",
            true,
        )
    }
}

impl ToSchema for SystemCommand {
    fn schemas(schemas: &mut Named) {
        collect(true, schemas);
    }
}

impl PartialSchema for Commands {
    fn schema() -> RefOr<Schema> {
        one_or_many::<Command>()
    }
}

impl ToSchema for Commands {
    fn schemas(schemas: &mut Named) {
        schemas.push((Command::name().into(), Command::schema()));
        Command::schemas(schemas);
    }
}

impl PartialSchema for SystemCommands {
    fn schema() -> RefOr<Schema> {
        one_or_many::<SystemCommand>()
    }
}

impl ToSchema for SystemCommands {
    fn schemas(schemas: &mut Named) {
        schemas.push((SystemCommand::name().into(), SystemCommand::schema()));
        SystemCommand::schemas(schemas);
    }
}
