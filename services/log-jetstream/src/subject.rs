//! Which stream and subject an organisation's commits have.

use netgain_events::identifier::OrgId;

/// What every stream's name and every subject begins with (architecture, *Clustered*).
const PREFIX: &str = "netgain";

/// The name of a shard's stream.
pub(crate) fn stream(shard: u32) -> String {
    format!("{PREFIX}-{shard}")
}

/// Every subject of a shard.
pub(crate) fn all(shard: u32) -> String {
    format!("{PREFIX}.{shard}.*")
}

/// An organisation's subject. Its code has no character that means something in a subject.
pub(crate) fn of(shard: u32, org: &OrgId) -> String {
    format!("{PREFIX}.{shard}.{org}")
}

/// Whose commits have that subject.
pub(crate) fn org(subject: &str) -> Option<OrgId> {
    let (_, code) = subject.rsplit_once('.')?;
    code.parse().ok()
}

/// The shard an organisation belongs to, of that many: for ever, since the number of shards is fixed when
/// a ledger is made. Its code's CRC32C, which differs in all its bits between codes that are alike.
pub(crate) fn shard(org: &OrgId, shards: u32) -> u32 {
    crc32c::crc32c(org.as_str().as_bytes()) % shards.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_gives_its_organisation_back() {
        for code in ["E07000082", "Z_-9", OrgId::SYSTEM] {
            let org_id: OrgId = code.parse().unwrap();
            assert_eq!(org(&of(3, &org_id)), Some(org_id));
        }
        assert_eq!(org("netgain.0.lower"), None);
        assert_eq!(org("nothing"), None);
    }

    #[test]
    fn an_organisation_stays_in_its_shard() {
        let shards =
            ["E07000082", "E08000006", OrgId::SYSTEM].map(|code| shard(&code.parse().unwrap(), 4));
        assert_eq!(shards, [0, 1, 2], "moving one would lose its history");
    }

    #[test]
    fn shards_get_about_as_many_organisations_each() {
        let mut counts = [0_u32; 4];
        for number in 0..11_000 {
            let org_id: OrgId = format!("E{number:08}").parse().unwrap();
            counts[usize::try_from(shard(&org_id, 4)).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| (2_500..3_000).contains(count)),
            "{counts:?}"
        );
    }
}
