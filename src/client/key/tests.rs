//! Keys kept by passphrase, and in a real keyring on a session bus made for the test, so that nobody's own is
//! touched. The tests that need one are ignored by themselves and run by those at the end of this file.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use zeroize::Zeroizing;

use super::{
    DataKey, KeyError, change_passphrase, check_keyring, forget, keyring, obtain, reason, reason_of,
};
use crate::config::CacheKey;
use hallway_protocol::{ChatError, ErrorCode};

fn secret(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

fn by(passphrase: &str) -> CacheKey {
    CacheKey::Passphrase(secret(passphrase))
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_raw_key_is_used_as_it_is_and_kept_nowhere() {
    let dir = TempDir::new().unwrap();
    let key: DataKey = Zeroizing::new([7; 32]);
    assert_eq!(obtain(&CacheKey::Raw(key.clone()), dir.path()).await.unwrap(), key);
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[tokio::test]
async fn the_passphrase_gives_the_same_key_and_a_wrong_one_an_error_that_says_so() {
    let dir = TempDir::new().unwrap();
    let key = obtain(&by("open sesame"), dir.path()).await.unwrap();
    let file = fs::read(dir.path().join("key.json")).unwrap();
    assert_eq!(obtain(&by("open sesame"), dir.path()).await.unwrap(), key);

    let error = obtain(&by("open says me"), dir.path()).await.unwrap_err();
    assert!(matches!(error, KeyError::WrongPassphrase));
    let error = ChatError::from(error);
    assert_eq!((error.code, reason_of(&error)), (ErrorCode::StateNotAllowed, Some(reason::WRONG_PASSPHRASE)));
    let error = obtain(&CacheKey::Keyring, dir.path()).await.unwrap_err();
    assert!(matches!(error, KeyError::PassphraseNeeded));

    assert_eq!(fs::read(dir.path().join("key.json")).unwrap(), file, "errors change nothing");
    assert_eq!(names(dir.path()), ["key.json"]);
    let text = String::from_utf8(file).unwrap();
    assert!(!text.contains("sesame"));
    #[cfg(unix)]
    {
        let mode = fs::metadata(dir.path().join("key.json")).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
}

#[tokio::test]
async fn another_passphrase_protects_the_same_key() {
    let dir = TempDir::new().unwrap();
    let (old, new) = (secret("old"), secret("new"));
    assert!(matches!(change_passphrase(dir.path(), &old, &new).await, Err(KeyError::NoPassphrase)));
    let key = obtain(&by("old"), dir.path()).await.unwrap();
    assert!(matches!(change_passphrase(dir.path(), &new, &old).await, Err(KeyError::WrongPassphrase)));
    change_passphrase(dir.path(), &old, &new).await.unwrap();
    assert_eq!(obtain(&by("new"), dir.path()).await.unwrap(), key);
    assert!(matches!(obtain(&by("old"), dir.path()).await, Err(KeyError::WrongPassphrase)));
    assert_eq!(names(dir.path()), ["key.json"]);
}

#[tokio::test]
async fn programs_that_start_together_agree_on_one_key() {
    let dir = TempDir::new().unwrap();
    let together: Vec<_> = (0..4)
        .map(|_| {
            let dir = dir.path().to_owned();
            tokio::spawn(async move { obtain(&by("same"), &dir).await.unwrap() })
        })
        .collect();
    let mut keys = Vec::new();
    for one in together {
        keys.push(one.await.unwrap());
    }
    keys.dedup();
    assert_eq!(keys.len(), 1);
    assert_eq!(names(dir.path()), ["key.json"]);
}

#[tokio::test]
async fn damage_is_not_taken_for_a_wrong_passphrase() {
    let dir = TempDir::new().unwrap();
    obtain(&by("right"), dir.path()).await.unwrap();
    let file = dir.path().join("key.json");
    let whole = fs::read_to_string(&file).unwrap();
    let salt = whole.split("\"salt\": \"").nth(1).unwrap().get(..8).unwrap();
    for harmed in [
        String::new(),
        whole.get(..whole.len() / 2).unwrap().to_owned(),
        whole.replace(salt, "00000000"),
        whole.replace("\"version\": 1", "\"version\": 2"),
    ] {
        fs::write(&file, &harmed).unwrap();
        let error = obtain(&by("right"), dir.path()).await.unwrap_err();
        assert!(matches!(error, KeyError::Damaged { .. }), "{error:?} from {harmed}");
        assert_eq!(
            fs::read_to_string(&file).unwrap(),
            harmed,
            "what is damaged is left for a backup to mend"
        );
    }
    forget(dir.path()).await.unwrap();
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_forgotten_is_gone() {
    let dir = TempDir::new().unwrap();
    forget(dir.path()).await.unwrap();
    let key = obtain(&by("x"), dir.path()).await.unwrap();
    forget(dir.path()).await.unwrap();
    assert_eq!(names(dir.path()), Vec::<String>::new());
    assert_ne!(obtain(&by("x"), dir.path()).await.unwrap(), key);
}

#[tokio::test]
#[ignore = "run by `with_an_unlocked_keyring`"]
async fn a_keyring_keeps_the_key_and_never_gets_another_one() {
    check_keyring().await.unwrap();
    let (dir, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let key = obtain(&CacheKey::Keyring, dir.path()).await.unwrap();
    assert_eq!(obtain(&CacheKey::Keyring, dir.path()).await.unwrap(), key);
    assert_ne!(obtain(&CacheKey::Keyring, other.path()).await.unwrap(), key, "each account has its own");
    let text = fs::read_to_string(dir.path().join("key.json")).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!text.contains(&hex));

    // Lost from the keyring: said so, not replaced.
    let id = text.split("\"id\": \"").nth(1).unwrap().get(..32).unwrap().to_owned();
    tokio::task::spawn_blocking(move || assert!(keyring::delete(&id).unwrap())).await.unwrap();
    assert!(matches!(obtain(&CacheKey::Keyring, dir.path()).await, Err(KeyError::Lost)));
    assert_eq!(fs::read_to_string(dir.path().join("key.json")).unwrap(), text);

    forget(other.path()).await.unwrap();
    assert_eq!(names(other.path()), Vec::<String>::new());
    forget(dir.path()).await.unwrap();
}

#[tokio::test]
#[ignore = "run by `with_an_unlocked_keyring`"]
async fn programs_that_start_together_agree_on_one_key_in_the_keyring() {
    let dir = TempDir::new().unwrap();
    let (one, two) =
        tokio::join!(obtain(&CacheKey::Keyring, dir.path()), obtain(&CacheKey::Keyring, dir.path()));
    assert_eq!(one.unwrap(), two.unwrap());
    forget(dir.path()).await.unwrap();
}

#[tokio::test]
#[ignore = "run by `without_a_bus` and `with_a_locked_keyring`"]
async fn without_a_keyring_the_app_is_told_to_ask_for_a_passphrase() {
    let dir = TempDir::new().unwrap();
    let error = obtain(&CacheKey::Keyring, dir.path()).await.unwrap_err();
    assert!(matches!(error, KeyError::NoKeyring(_)), "{error:?}");
    assert_eq!(reason_of(&ChatError::from(error)), Some(reason::NO_KEYRING));
    assert_eq!(names(dir.path()), Vec::<String>::new());
    // And a key that was kept before is not lost because the keyring is away.
    let keeper = super::file::Keeper::Keyring { id: "0".repeat(32) };
    assert!(super::file::KeyFile::new(keeper).create(dir.path()).unwrap());
    let error = obtain(&CacheKey::Keyring, dir.path()).await.unwrap_err();
    assert!(matches!(error, KeyError::KeyringAway(_)), "{error:?}");
    assert!(matches!(forget(dir.path()).await, Err(KeyError::KeyringAway(_))));
    assert_eq!(names(dir.path()), ["key.json"]);
}

/// Runs ignored tests of this file again, as `command` followed by the program of the tests.
#[cfg(target_os = "linux")]
fn run_again(command: &mut Command, tests: &[&str]) {
    let home = TempDir::new().unwrap();
    let output = command
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--test-threads=1"])
        .args(tests.iter().map(|test| format!("key::tests::{test}")))
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("GNOME_KEYRING_CONTROL")
        // No window may ask anybody for anything.
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains(&format!("{} passed", tests.len())), "{said}");
}

/// The same on a session bus with a keyring of its own, which gets `input` as its password, if any.
#[cfg(target_os = "linux")]
fn run_again_with_keyring(test: &str, input: Option<&str>, tests: &[&str]) {
    for needed in ["dbus-run-session", "gnome-keyring-daemon", "gdbus"] {
        if Command::new("which").arg(needed).output().is_ok_and(|output| !output.status.success()) {
            eprintln!("SKIPPED {test}: {needed} is not installed (./dev test installs it)");
            return;
        }
    }
    let unlock = input.map_or("</dev/null".to_owned(), |_| "--unlock".to_owned());
    let daemon = format!(
        "gnome-keyring-daemon --foreground --components=secrets {unlock} >/dev/null 2>&1 & keyring=$!"
    );
    let script = format!(
        "printf '%s' '{}' | {daemon}; gdbus wait --session --timeout 20 org.freedesktop.secrets || exit 9; \
         \"$@\"; status=$?; kill $keyring; exit $status",
        input.unwrap_or_default()
    );
    run_again(Command::new("dbus-run-session").args(["--", "sh", "-c", &script, "sh"]), tests);
}

#[cfg(target_os = "linux")]
#[test]
fn with_an_unlocked_keyring() {
    let tests = [
        "a_keyring_keeps_the_key_and_never_gets_another_one",
        "programs_that_start_together_agree_on_one_key_in_the_keyring",
    ];
    run_again_with_keyring("with_an_unlocked_keyring", Some("pw"), &tests);
}

#[cfg(target_os = "linux")]
#[test]
fn with_a_locked_keyring() {
    let tests = ["without_a_keyring_the_app_is_told_to_ask_for_a_passphrase"];
    run_again_with_keyring("with_a_locked_keyring", None, &tests);
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_bus() {
    let tests = ["without_a_keyring_the_app_is_told_to_ask_for_a_passphrase"];
    run_again(&mut Command::new("env"), &tests);
}
