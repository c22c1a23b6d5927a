//! The compact form of the folded state, which the views keep: a change of it must raise the
//! version, or views of the old form would be read as the new one.

#[cfg(test)]
mod state_form {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use netgain_events::event::Event;
    use netgain_events::identifier::OrgId;
    use netgain_events::sha256::Sha256Hex;
    use netgain_events::state::{Organisation, STATE_VERSION};
    use netgain_events::wire;

    /// The version of the form, and the SHA-256 of the golden histories' states in it.
    const FORM: (u32, &str) = (
        2,
        "6a95336063c07e7cb629351a4627ce3c037ecfd2923e6d070557a4b33b49a89c",
    );

    /// The states that the golden events fold to, in the order of the organisations' codes.
    fn golden_states() -> Vec<Organisation> {
        let mut histories = BTreeMap::<OrgId, Vec<Event>>::new();
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")).unwrap() {
            for line in fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
                let event = wire::decode(line.as_bytes()).unwrap();
                histories.entry(event.org.clone()).or_default().push(event);
            }
        }
        let fold = |(org, mut history): (OrgId, Vec<Event>)| {
            history.sort_by_key(|event| event.position);
            let mut organisation = Organisation::new(org);
            for event in history {
                organisation.apply(event).unwrap();
            }
            organisation
        };
        histories.into_iter().map(fold).collect()
    }

    #[test]
    fn a_changed_form_has_a_new_version() {
        let form = postcard::to_stdvec(&golden_states()).unwrap();
        assert_eq!(
            (STATE_VERSION, &*Sha256Hex::of(&form).to_string()),
            FORM,
            "the compact form of the state has changed: raise state::STATE_VERSION, so that views \
             are rebuilt, and set FORM to what is found here"
        );
    }

    #[test]
    fn a_state_reads_back_from_its_compact_form() {
        for state in golden_states() {
            let form = postcard::to_stdvec(&state).unwrap();
            assert_eq!(postcard::from_bytes::<Organisation>(&form).unwrap(), state);
            for shortened in 0..form.len() {
                assert!(
                    postcard::from_bytes::<Organisation>(&form[..shortened]).is_err(),
                    "a form cut off at byte {shortened} is not a state"
                );
            }
        }
    }

    #[test]
    fn the_golden_histories_leave_something_in_every_part_of_the_state() {
        let states = golden_states();
        let state = &states[0];
        assert!(state.details.is_some() && state.carry_forward.is_some());
        assert!(state.baselines.len() > 1 && state.targets.len() > 1);
        assert!(state.statements.len() > 1 && state.requests.len() > 1);
        let claims = || state.claims.values();
        assert!(claims().any(|claim| claim.withdrawn.is_some()));
        assert!(claims().any(|claim| claim.changed_by.len() == 1));
        assert!(claims().any(|claim| claim.validation.is_some()));
        assert!(claims().any(|claim| claim.offsets.values().any(|o| o.in_force.is_none())));
        assert!(claims().any(|claim| claim.offsets_in_force().count() == 2));
        assert!(claims().any(|claim| claim.checks.len() == 2));
        assert!(claims().any(|claim| claim.challenges.values().any(|c| c.answer.is_some())));
        assert!(claims().any(|claim| claim.redeployments.values().any(|r| r.in_force.is_none())));
        assert!(claims().any(|claim| claim.redeployments.values().any(|r| r.in_force.is_some())));
        let access = states.iter().find_map(|state| state.access.as_deref());
        let access = access.unwrap();
        assert!(access.people().any(|person| person.grants.len() == 1));
        assert!(access.people().any(|person| person.tokens.len() == 1));
        assert!(access.tokens().any(|token| token.revoked.is_some()));
        assert!(access.tokens().any(|token| token.roles.len() > 1));
    }
}
