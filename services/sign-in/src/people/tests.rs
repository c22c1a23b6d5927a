use super::*;

struct Place {
    home: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn directory(&self) -> PathBuf {
        self.home.path().join("people")
    }

    fn open(&self) -> People {
        People::open(&self.directory()).unwrap()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }
}

fn actor(id: &str) -> Actor {
    id.parse().unwrap()
}

fn person(id: &str) -> PersonRecord {
    PersonRecord {
        id: actor(id),
        name: Some("Änn O’Smith".parse().unwrap()),
        password: None,
        provider: Some(ProviderIdentity {
            provider: "entra".to_owned(),
            subject: "S-1".to_owned(),
        }),
    }
}

fn with_password(id: &str) -> PersonRecord {
    let hash = "$argon2id$v=19$m=64,t=1,p=1$YSBzYWx0IG9mIDE2IGJ5dA$\
                AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    PersonRecord {
        password: Some(hash.parse().unwrap()),
        ..person(id)
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_person_is_kept_changed_and_erased_whatever_the_case_of_the_id() {
    let place = Place::new();
    let people = place.open();
    assert_eq!(people.get(&actor("ann")).unwrap(), None);
    people.put(&with_password("Ann")).unwrap();
    assert_eq!(
        people.get(&actor("aNN")).unwrap(),
        Some(with_password("Ann"))
    );
    people.put(&person("ann")).unwrap();
    assert_eq!(people.get(&actor("Ann")).unwrap(), Some(person("ann")));
    assert_eq!(people.all().unwrap().len(), 1);
    assert!(people.erase(&actor("ANN")).unwrap());
    assert!(!people.erase(&actor("ann")).unwrap());
    assert_eq!(people.get(&actor("ann")).unwrap(), None);
    assert!(people.all().unwrap().is_empty());
}

#[test]
fn what_another_process_changes_is_seen_at_the_next_sign_in() {
    let place = Place::new();
    let (one, other) = (place.open(), place.open());
    one.put(&with_password("ann")).unwrap();
    assert_eq!(
        other.get(&actor("ann")).unwrap(),
        Some(with_password("ann"))
    );
    other.put(&person("ann")).unwrap();
    assert_eq!(one.get(&actor("ann")).unwrap(), Some(person("ann")));
}

#[test]
fn everybody_is_told_in_order() {
    let people_place = Place::new();
    let people = people_place.open();
    for id in ["carl", "ann.b", "Bob", "ann", "ann-a"] {
        people.put(&person(id)).unwrap();
    }
    // What a power cut left.
    fs::write(people_place.file("dora.json.new"), b"{\"id\":").unwrap();
    let ids: Vec<String> = people
        .all()
        .unwrap()
        .iter()
        .map(|p| p.id.to_string())
        .collect();
    assert_eq!(ids, ["ann", "ann-a", "ann.b", "Bob", "carl"]);
}

#[test]
fn files_and_directory_are_their_owners_only() {
    let place = Place::new();
    let people = place.open();
    people.put(&with_password("ann")).unwrap();
    assert_eq!(mode(&place.directory()), 0o700);
    assert_eq!(mode(&place.file("ann.json")), 0o600);
}

#[test]
fn a_directory_that_others_can_enter_is_refused() {
    let place = Place::new();
    drop(place.open());
    for open in [0o750, 0o701, 0o777] {
        fs::set_permissions(place.directory(), fs::Permissions::from_mode(open)).unwrap();
        let refused = People::open(&place.directory()).unwrap_err();
        assert!(refused.to_string().contains("chmod 700"), "{refused}");
    }
    fs::set_permissions(place.directory(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(People::open(&place.directory()).is_ok());
}

#[test]
fn a_tampered_file_is_refused_with_its_name_and_signs_nobody_in() {
    let place = Place::new();
    let people = place.open();
    people.put(&with_password("ann")).unwrap();
    let good = fs::read_to_string(place.file("ann.json")).unwrap();
    let tampered = [
        good.replace("\"ann\"", "\"bob\""),
        good.replace("{\n", "{\n  \"admin\": true,\n"),
        good.replace("m=64", "m=4194304"),
        good.replace("argon2id", "md5"),
        good.replace("\"name\"", "\"id\""),
        good.replace("\"subject\"", "\"sub\""),
        good.replace('}', ""),
        format!("{good}{{}}"),
        String::new(),
        "x".repeat(PERSON_BYTES_MAX + 1),
    ];
    for text in tampered {
        assert_ne!(text, good);
        fs::write(place.file("ann.json"), &text).unwrap();
        let refused = people.get(&actor("ann")).unwrap_err();
        let mut said = refused.to_string();
        if let PeopleError::File(cause) = &refused {
            said = cause.to_string();
        }
        assert!(said.contains("ann.json"), "{said}");
        assert!(people.all().is_err(), "{text}");
    }
    fs::write(place.file("ann.json"), &good).unwrap();
    assert!(people.get(&actor("ann")).unwrap().is_some());
    // A person's file under another's name is not found as theirs.
    fs::rename(place.file("ann.json"), place.file("bob.json")).unwrap();
    assert!(people.get(&actor("bob")).is_err());
    assert!(people.get(&actor("ann")).unwrap().is_none());
}

#[test]
fn a_changer_beside_keeps_others_waiting_and_says_so() {
    let place = Place::new();
    let people = place.open();
    people.put(&person("ann")).unwrap();
    let other = durable_files::lock_directory(&place.directory())
        .unwrap()
        .unwrap();
    assert!(matches!(
        people.put(&person("bob")),
        Err(PeopleError::Busy { .. })
    ));
    assert!(matches!(
        people.erase(&actor("ann")),
        Err(PeopleError::Busy { .. })
    ));
    assert!(people.get(&actor("ann")).unwrap().is_some());
    drop(other);
    people.put(&person("bob")).unwrap();
}

#[test]
fn threads_of_one_service_do_not_get_in_each_others_way() {
    let place = Place::new();
    let people = place.open();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let people = &people;
            scope.spawn(move || {
                for n in 0..10 {
                    people.put(&person(&format!("p{thread}-{n}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(people.all().unwrap().len(), 40);
}

#[test]
fn the_directory_takes_no_more_than_its_limit_but_those_who_are_there_can_change() {
    let place = Place::new();
    let people = place.open();
    people.put(&person("ann")).unwrap();
    for n in 1..PEOPLE_MAX {
        fs::write(place.file(&format!("p{n}.json")), b"").unwrap();
    }
    assert!(matches!(people.put(&person("bob")), Err(PeopleError::Full)));
    people.put(&with_password("ann")).unwrap();
    fs::remove_file(place.file("p1.json")).unwrap();
    people.put(&person("bob")).unwrap();
    fs::write(place.file("one-more.json"), b"").unwrap();
    assert!(matches!(people.all(), Err(PeopleError::Full)));
}

#[test]
fn the_longest_person_fits_and_a_longer_is_refused_before_anything_is_written() {
    let place = Place::new();
    let people = place.open();
    let mut longest = with_password(&"a".repeat(Actor::LENGTH_MAX));
    longest.name = Some("\u{10348}".repeat(Line::LENGTH_MAX).parse().unwrap());
    longest.provider = Some(ProviderIdentity {
        provider: "p".repeat(20),
        subject: "\u{10348}".repeat(255),
    });
    people.put(&longest).unwrap();
    assert_eq!(people.get(&longest.id).unwrap(), Some(longest.clone()));
    let mut longer = person("ann");
    longer.provider = Some(ProviderIdentity {
        provider: "p".to_owned(),
        subject: "s".repeat(PERSON_BYTES_MAX),
    });
    assert!(matches!(
        people.put(&longer),
        Err(PeopleError::TooLong { .. })
    ));
    assert_eq!(people.get(&longer.id).unwrap(), None);
}

#[test]
fn a_hash_is_in_the_file_and_in_no_debug_output() {
    let place = Place::new();
    let people = place.open();
    people.put(&with_password("ann")).unwrap();
    assert!(
        fs::read_to_string(place.file("ann.json"))
            .unwrap()
            .contains("argon2id")
    );
    let shown = format!("{:?}", people.get(&actor("ann")).unwrap());
    assert!(shown.contains("S-1"));
    assert!(!shown.contains("argon2id"));
}
