//! Where things are.

use super::{Group, Key, shown};
use crate::config::form::Form;

pub(super) const GROUP: Group = Group {
    title: "Where things are",
    keys: &[
        Key {
            name: "data",
            form: Form::Path,
            what: "The ledger's directory: its log, its views and its checkpoints. The first write makes it.",
            why: "All of it is one directory, so that a ledger is found, moved and copied as one.",
            take: |values, given| given.path().map(|path| values.data = path),
            show: |values| Some(shown(&values.data)),
        },
        Key {
            name: "keys",
            form: Form::Path,
            what: "The directory of the signing keys; by default beside data, with .keys at its end.",
            why: "Outside data: an older copy of data that is put back must not bring its own memory along.",
            take: |values, given| given.path().map(|path| values.keys = Some(path)),
            show: |values| Some(shown(&values.keys_dir())),
        },
        Key {
            name: "checkpoints",
            form: Form::Path,
            what: "The directory of the signed checkpoints; by default in data.",
            why: "On another disk than data they outlive it, and show what was lost.",
            take: |values, given| given.path().map(|path| values.checkpoints = Some(path)),
            show: |values| Some(shown(&values.checkpoints_dir())),
        },
        Key {
            name: "people",
            form: Form::Path,
            what: "The directory of people's names and password hashes; by default beside data, with .people at its end.",
            why: "Outside data: what is copied and kept for ever has no personal data that could not be erased.",
            take: |values, given| given.path().map(|path| values.people = Some(path)),
            show: |values| Some(shown(&values.people_dir())),
        },
        Key {
            name: "witnesses",
            form: Form::Path,
            what: "The file that names the witnesses which must cosign what is sealed, and how many of them.",
            why: "Witnesses make it impossible to show two people different histories; they are others' machines, so there are none by default.",
            take: |values, given| given.path().map(|path| values.witnesses = Some(path)),
            show: |values| values.witnesses.as_deref().map(shown),
        },
    ],
};
