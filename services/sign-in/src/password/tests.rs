use super::*;

const PASSWORD: &str = "heron gravel lantern 41";

/// Settings that take no time, as an earlier release may have had.
fn hashed_with(memory_kib: u32, passes: u32) -> PasswordHash {
    let params = Params::new(memory_kib, passes, LANES, None).unwrap();
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = hasher.hash_password_with_salt(PASSWORD.as_bytes(), b"a salt of 16 byt");
    PasswordHash(hash.unwrap())
}

#[tokio::test]
async fn a_password_is_right_and_another_is_wrong() {
    let passwords = Passwords::new();
    let hash = passwords.hash(PASSWORD).await.unwrap();
    let right = Checked::Right { rehash: false };
    assert_eq!(passwords.verify(Some(&hash), PASSWORD).await, Ok(right));
    for wrong in ["", "heron gravel lantern 42", "Heron gravel lantern 41"] {
        assert_eq!(
            passwords.verify(Some(&hash), wrong).await,
            Ok(Checked::Wrong)
        );
    }
}

#[tokio::test]
async fn a_hash_says_how_it_was_made_and_two_of_one_password_differ() {
    let passwords = Passwords::new();
    let hash = passwords.hash(PASSWORD).await.unwrap();
    let text = hash.to_string();
    assert!(
        text.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"),
        "{text}"
    );
    assert_ne!(passwords.hash(PASSWORD).await.unwrap(), hash);
    assert_eq!(text.parse::<PasswordHash>(), Ok(hash.clone()));
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(serde_json::from_str::<PasswordHash>(&json).unwrap(), hash);
    assert!(!format!("{hash:?}").contains("argon2id"));
}

#[tokio::test]
async fn a_wrong_password_an_unknown_person_and_an_endless_one_take_the_same_work() {
    let passwords = Passwords::new();
    let hash = passwords.hash(PASSWORD).await.unwrap();
    assert_eq!(passwords.hashings(), 1);
    let endless = "x".repeat(PASSWORD_CHARACTERS_MAX + 1);
    for (n, (stored, given)) in [
        (Some(&hash), "wrong"),
        (None, PASSWORD),
        (Some(&hash), endless.as_str()),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(passwords.verify(*stored, given).await, Ok(Checked::Wrong));
        assert_eq!(passwords.hashings(), 2 + u64::try_from(n).unwrap());
    }
    // The work for nobody has the settings of the work for somebody.
    let nobody = PasswordHash(hash_with_salt(PASSWORD, SALT_OF_NOBODY).unwrap());
    let head = |hash: &PasswordHash| {
        hash.to_string()
            .split('$')
            .take(4)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(head(&nobody), head(&hash));
}

#[tokio::test]
async fn a_hash_with_earlier_settings_still_holds_and_asks_to_be_made_again() {
    let passwords = Passwords::new();
    let old = hashed_with(64, 2);
    assert_eq!(old.to_string().parse(), Ok(old.clone()));
    let checked = passwords.verify(Some(&old), PASSWORD).await;
    assert_eq!(checked, Ok(Checked::Right { rehash: true }));
    assert_eq!(
        passwords.verify(Some(&old), "wrong").await,
        Ok(Checked::Wrong)
    );
}

#[test]
fn a_stored_hash_does_not_decide_how_much_memory_is_asked_for() {
    let good = hashed_with(64, 1).to_string();
    assert!(good.parse::<PasswordHash>().is_ok());
    let cases = [
        ("m=64", "m=262145"),
        ("m=64", "m=4294967295"),
        ("t=1", "t=11"),
        ("p=1", "p=2"),
        ("argon2id", "argon2i"),
        ("argon2id", "argon2d"),
        ("argon2id", "scrypt"),
        ("v=19", "v=16"),
    ];
    for (from, to) in cases {
        let changed = good.replace(from, to);
        assert_eq!(
            changed.parse::<PasswordHash>(),
            Err(PasswordHashError),
            "{changed}"
        );
    }
    let without_hash = good.rsplit_once('$').unwrap().0;
    for wrong in ["", "plain text", without_hash, &format!("{good}$x")] {
        assert_eq!(
            wrong.parse::<PasswordHash>(),
            Err(PasswordHashError),
            "{wrong}"
        );
    }
    let largest = good.replace("m=64", &format!("m={MEMORY_KIB_MAX}"));
    assert!(largest.parse::<PasswordHash>().is_ok());
}

#[test]
fn weak_passwords_are_refused_with_what_to_do() {
    let check = |password: &str| Passwords::check_strength("ann.smith@example.gov.uk", password);
    assert_eq!(check("short words"), Err(WeakPassword::Short));
    assert_eq!(check(&"long words ".repeat(24)), Err(WeakPassword::Long));
    for guessable in [
        "password1234",
        "passwordpassword",
        "qwertyuiop12",
        "aaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "ann.smith@example.gov.uk",
        "netgainnetgain",
    ] {
        assert_eq!(
            check(guessable),
            Err(WeakPassword::Guessable),
            "{guessable}"
        );
    }
    assert_eq!(check(PASSWORD), Ok(()));
    assert_eq!(check("dörfliche Straße Übermut 7"), Ok(()));
    // Characters are counted, not bytes.
    assert_eq!(check("ärgerlich ö"), Err(WeakPassword::Short));
    assert_eq!(check(&format!("{PASSWORD}{}", "ß".repeat(200))), Ok(()));
    assert!(WeakPassword::Short.to_string().contains("12"));
}

#[test]
fn the_own_id_makes_a_password_weaker() {
    let password = "wolstenholme77b";
    assert_eq!(Passwords::check_strength("ann", password), Ok(()));
    let of_owner = Passwords::check_strength("j.wolstenholme", password);
    assert_eq!(of_owner, Err(WeakPassword::Guessable));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hashings_run_at_once_and_beyond_those_that_wait_nobody_is_let_in() {
    let passwords = Arc::new(Passwords::new());
    let running = Arc::new(AtomicU64::new(0));
    let most = Arc::new(AtomicU64::new(0));
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let gate = Arc::new(std::sync::Mutex::new(gate));
    let mut tasks = Vec::new();
    for _ in 0..HASHINGS_WAITING_MAX {
        let (passwords, running, most, gate) = (
            Arc::clone(&passwords),
            Arc::clone(&running),
            Arc::clone(&most),
            Arc::clone(&gate),
        );
        tasks.push(tokio::spawn(async move {
            passwords
                .work(move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let _gone = gate.lock().unwrap().recv();
                    running.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                })
                .await
        }));
    }
    while passwords.waiting.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(passwords.hash(PASSWORD).await, Err(PasswordError::Busy));
    assert_eq!(
        passwords.verify(None, PASSWORD).await,
        Err(PasswordError::Busy)
    );
    drop(open);
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    let most = most.load(Ordering::SeqCst);
    assert!((1..=2).contains(&most), "{most}");
    assert!(passwords.verify(None, PASSWORD).await.is_ok());
}
