//! The way in, without network and disk: what each page asks for and where each answer leads.

use hallway_client::key::KeyError;
use hallway_client::{ChatError, ErrorCode};
use serde_json::json;

use super::work::Person;
use super::*;

fn typed(welcome: &mut Welcome, fields: &[(Field, &str)]) {
    for (field, text) in fields {
        assert!(welcome.update(Message::Input(*field, (*text).into())).is_empty());
    }
}

fn found(token: Option<&str>) -> Found {
    Found {
        server: ServerAddress { address: "chat.example.org:7290".into(), ..ServerAddress::default() },
        workspace: "Acme".into(),
        app_id: 1,
        token: token.map(str::to_owned),
    }
}

fn pending() -> Pending {
    Pending {
        account: found(None).account("anna".parse().unwrap(), KeyKind::Keyring, false),
        password: Some("correct horse".to_owned().into()),
    }
}

fn problem_at(welcome: &Welcome) -> Option<Field> {
    welcome.problem.as_ref().and_then(|problem| problem.field)
}

#[test]
fn starting_a_workspace_asks_for_what_is_missing_field_by_field() {
    let mut welcome = Welcome::new();
    welcome.update(Message::Start);
    for (field, text, next) in [
        (Field::Workspace, "Acme", Field::Nick),
        (Field::Nick, "王小明", Field::UserId),
        (Field::UserId, "xiaoming", Field::Password),
        (Field::Password, "1234567", Field::Password),
    ] {
        typed(&mut welcome, &[(field, text)]);
        let effects = welcome.update(Message::Submit);
        assert!(matches!(effects[..], [Effect::Focus(id)] if id == next.id()), "{effects:?}");
        assert_eq!(problem_at(&welcome), Some(next));
    }
    typed(&mut welcome, &[(Field::Password, "12345678")]);
    let effects = welcome.update(Message::Submit);
    let [Effect::Work(Work::Start { workspace, network: false, person })] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((workspace.as_str(), person.user_id.as_str()), ("Acme", "xiaoming"));
    // The form is locked until the answer.
    assert!(welcome.update(Message::Submit).is_empty());
}

#[test]
fn a_name_proposes_a_user_id_until_one_is_typed() {
    let mut welcome = Welcome::new();
    welcome.update(Message::Start);
    typed(&mut welcome, &[(Field::Nick, "Anna Berg-Olsen")]);
    assert_eq!(welcome.form.get(Field::UserId), "anna.bergolsen");
    typed(&mut welcome, &[(Field::UserId, "ab"), (Field::Nick, "Anna")]);
    assert_eq!(welcome.form.get(Field::UserId), "ab");
}

#[test]
fn an_invite_link_leads_to_joining_and_an_address_to_signing_in() {
    let mut welcome = Welcome::new();
    let link = format!("hallway://join/10.0.0.5:7290?token=abc&pin={}", "ab".repeat(32));
    let effects = welcome.open_link(&link);
    let [Effect::Work(Work::Look { server, token: Some(token) })] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((server.address.as_str(), token.as_str()), ("10.0.0.5:7290", "abc"));
    assert_eq!(server.pin.as_deref(), Some("ab".repeat(32).as_str()));
    welcome.update(Message::Answer(Answer::Found(Ok(found(Some("abc"))))));
    assert!(matches!(welcome.step, Step::Join(_)));

    let mut welcome = Welcome::new();
    welcome.update(Message::Find);
    typed(&mut welcome, &[(Field::Link, "chat.example.org")]);
    let effects = welcome.update(Message::Submit);
    let [Effect::Work(Work::Look { server, token: None })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(server.address, "chat.example.org:7290");
    welcome.update(Message::Answer(Answer::Found(Ok(found(None)))));
    assert!(matches!(welcome.step, Step::SignIn(_)));
}

/// SES-10: the way through a proxy, with a link and with an address; without one the field is not even there.
#[test]
fn a_proxy_is_taken_along_and_a_bad_one_told_at_its_field() {
    let link = format!("hallway://join/10.0.0.5:7290?token=abc&pin={}", "ab".repeat(32));
    for text in ["chat.example.org", &link] {
        let mut welcome = Welcome::new();
        welcome.update(Message::Find);
        let effects = welcome.update(Message::Proxy);
        assert!(matches!(&effects[..], [Effect::Focus(id)] if *id == Field::Proxy.id()));
        typed(&mut welcome, &[(Field::Link, text), (Field::Proxy, " proxy.example.org:3128 ")]);
        let effects = welcome.update(Message::Submit);
        let [Effect::Work(Work::Look { server, token })] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!(server.proxy_server.as_deref(), Some("proxy.example.org:3128"));
        let error =
            ChatError::new(ErrorCode::InvalidParameter).with_data(json!({ "reason": "proxy_address" }));
        let (server, token) = (server.clone(), token.clone());
        welcome.update(Message::Answer(Answer::NotFound { server, token, error }));
        assert_eq!(problem_at(&welcome), Some(Field::Proxy));
    }
}

#[test]
fn broken_links_and_addresses_are_told_at_the_field() {
    for text in ["", "hallway://join/x", "two words", "http://x/y"] {
        let mut welcome = Welcome::new();
        welcome.update(Message::Find);
        typed(&mut welcome, &[(Field::Link, text)]);
        welcome.update(Message::Submit);
        assert_eq!(problem_at(&welcome), Some(Field::Link), "{text}");
    }
}

#[test]
fn a_certificate_nobody_vouches_for_is_compared_before_it_is_trusted() {
    let mut welcome = Welcome::new();
    let error = ChatError::new(ErrorCode::NetworkError)
        .with_data(json!({ "reason": "untrusted", "certificate": "cd".repeat(32) }));
    let Found { server, .. } = found(None);
    welcome.update(Message::Answer(Answer::NotFound { server, token: None, error }));
    let Step::Trust(found) = &welcome.step else { panic!("{:?}", welcome.step) };
    assert_eq!(found.server.pin, Some("cd".repeat(32)));
    // Trusting it looks for the same server with that certificate and no other.
    let effects = welcome.update(Message::Submit);
    let [Effect::Work(Work::Look { server, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(server.pin, Some("cd".repeat(32)));
}

#[test]
fn without_a_keyring_a_passphrase_is_chosen_and_nothing_is_made_twice() {
    let mut welcome = Welcome::new();
    let no_keyring = KeyError::NoKeyring("no bus".into()).into();
    welcome.update(Message::Answer(Answer::Entered(Err((pending(), no_keyring)))));
    assert!(matches!(welcome.step, Step::Passphrase { is_new: true, .. }));
    typed(&mut welcome, &[(Field::Passphrase, "12345678"), (Field::Repeat, "12345679")]);
    welcome.update(Message::Submit);
    assert_eq!(problem_at(&welcome), Some(Field::Repeat));
    typed(&mut welcome, &[(Field::Repeat, "12345678")]);
    let effects = welcome.update(Message::Submit);
    let [Effect::Work(Work::Enter { pending: next, key: CacheKey::Passphrase(_) })] = &effects[..] else {
        panic!("{effects:?}")
    };
    // Only the sign-in is done again, and the account remembers how its key is kept.
    assert_eq!(next.password, pending().password);
    assert_eq!(next.account.key, KeyKind::Passphrase);
}

#[test]
fn a_wrong_passphrase_is_told_and_can_be_tried_again() {
    let mut welcome = Welcome::unlock(pending().account, None);
    typed(&mut welcome, &[(Field::Passphrase, "x")]);
    assert!(matches!(welcome.update(Message::Submit)[..], [Effect::Work(Work::Enter { .. })]));
    let wrong = KeyError::WrongPassphrase.into();
    welcome.update(Message::Answer(Answer::Entered(Err((pending(), wrong)))));
    assert!(welcome.problem.is_some());
    assert!(matches!(welcome.step, Step::Passphrase { is_new: false, .. }));
    assert!(matches!(welcome.update(Message::Submit)[..], [Effect::Work(Work::Enter { .. })]));
}

/// SES-42: after a kick-out the app shows the login page and the reason.
#[test]
fn after_a_session_ended_the_page_says_why() {
    let welcome = Welcome::again(&pending().account, Some("Ended elsewhere".into()));
    assert!(matches!(welcome.step, Step::SignIn(_)));
    assert_eq!(welcome.notice.as_deref(), Some("Ended elsewhere"));
    assert_eq!(welcome.form.get(Field::UserId), "anna");
}

#[test]
fn nothing_secret_is_in_what_is_logged() {
    let person = Person {
        user_id: "anna".parse().unwrap(),
        nick: "Anna".into(),
        password: "correct horse".to_owned().into(),
    };
    let mut welcome = Welcome::new();
    welcome.update(Message::Start);
    typed(&mut welcome, &[(Field::Password, "correct horse"), (Field::Passphrase, "battery")]);
    let work = Work::Join { found: found(None), person: person.clone() };
    for text in
        [format!("{person:?}"), format!("{work:?}"), format!("{:?}", pending()), format!("{welcome:?}")]
    {
        assert!(!text.contains("correct horse") && !text.contains("battery"), "{text}");
    }
}
