//! Signing in, instances, invitations, passwords (spec part 1).

use std::sync::Arc;

use hallway_protocol::link::InviteLink;
use hallway_protocol::method::{
    ChangePassword, CreateInvite, EndInstance, GetServerInfo, GetUsers, Join, ListInstances,
    RefreshCredential, SearchUsers, SyncUser, UpdateProfile,
};
use hallway_protocol::session::{Credential, KickedOutType};
use hallway_protocol::sync::UserItem;

use super::{HERE, KEY, World, code, on_both_engines, request};
use crate::auth::user_sig::UserSigs;
use crate::config::Invites;
use crate::net::Backend;
use crate::net::outbox::{Capacity, End, Outbox};
use crate::service::clock::Clock;
use crate::store::{StoreError, WriteKey, user};

fn now() -> i64 {
    Clock::new(0).now()
}

fn sig(user: &str, life: i64) -> Credential {
    Credential::UserSig(UserSigs::new(1, [KEY]).make(user, life, now(), None).unwrap())
}

fn join(link: &str, user: &str, password: &str) -> Join {
    let link: InviteLink = link.parse().unwrap();
    Join { token: link.token, user_id: user.parse().unwrap(), nick: "New".into(), password: password.into() }
}

fn password(text: &str) -> Credential {
    Credential::Password(text.into())
}

const INVITE: CreateInvite = CreateInvite { lifetime_seconds: None, is_admin: false };

on_both_engines! {
    /// SES-11, SES-46: the answer of a sign-in; the same instance on the same connection again changes nothing.
    async fn signing_in(db: Db) {
        let world = World::new(db).await;
        world.account("anna", false).await;
        let outbox = Outbox::new(Capacity::default(), Arc::clone(&world.metrics));
        let done = world.service.sign_in(request("anna", "one", sig("anna", 600)), HERE, None, &outbox).await.unwrap();
        let entered = done.entered.unwrap();
        assert_eq!((done.answer.user.user_id.as_str(), done.answer.repeat_login), ("anna", false));
        assert!(entered.credential_expires.unwrap() >= now() + 590);
        let caller = Some(&*entered.caller);
        let again = world.service.sign_in(request("anna", "one", sig("anna", 600)), HERE, caller, &outbox).await.unwrap();
        assert!(again.answer.repeat_login && again.entered.is_none());
        assert!(!again.answer.epoch.is_empty() && again.answer.user_number == done.answer.user_number);
    }

    /// SES-82, RST-25: each credential that is wrong gets its code.
    async fn wrong_credentials(db: Db) {
        let world = World::new(db).await;
        world.account("anna", false).await;
        let with = async |credential| world.try_sign_in("anna", "one", credential).await.map(|_| ()).unwrap_err().code.code();
        assert_eq!(with(password("guess")).await, 70009);
        assert_eq!(with(Credential::UserSig("garbage".into())).await, 70003);
        assert_eq!(with(Credential::UserSig(String::new())).await, 70002);
        assert_eq!(with(sig("ben", 600)).await, 70013);
        assert_eq!(with(sig("anna", -1)).await, 70001);
        let other_app = UserSigs::new(2, [KEY]).make("anna", 600, now(), None).unwrap();
        assert_eq!(with(Credential::UserSig(other_app)).await, 70014);
        let other_key = UserSigs::new(1, ["another"]).make("anna", 600, now(), None).unwrap();
        assert_eq!(with(Credential::UserSig(other_key)).await, 70009);
        assert_eq!(with(Credential::Token("short".into())).await, 70003);
        let unknown = world.try_sign_in("nobody", "one", sig("nobody", 600)).await;
        assert_eq!(unknown.map(|_| ()).unwrap_err().code.code(), 70107);
        let unknown = world.try_sign_in("nobody", "one", password("guess")).await;
        assert_eq!(unknown.map(|_| ()).unwrap_err().code.code(), 70009, "passwords do not tell who exists");
        let outbox = Outbox::new(Capacity::default(), Arc::clone(&world.metrics));
        let mut wrong = request("anna", "one", sig("anna", 600));
        wrong.app_id = 2;
        let refused = world.service.sign_in(wrong, HERE, None, &outbox).await;
        assert_eq!(refused.map(|_| ()).unwrap_err().code.code(), 70014);
        let mut wrong = request("anna", &"x".repeat(65), sig("anna", 600));
        let refused = world.service.sign_in(wrong.clone(), HERE, None, &outbox).await;
        assert_eq!(refused.map(|_| ()).unwrap_err().code.code(), 70402);
        wrong.instance.instance_id = "one".into();
        wrong.protocol_version = 99;
        let refused = world.service.sign_in(wrong, HERE, None, &outbox).await;
        assert_eq!(refused.map(|_| ()).unwrap_err().code.code(), 6017);
    }

    /// 70050: after too many wrong passwords the account is locked for a while, also for the right one.
    async fn too_many_wrong_passwords(db: Db) {
        let world = World::with(db, |config| config.rates.password_failures = 3).await;
        world.account("anna", false).await;
        for _ in 0..3 {
            let wrong = world.try_sign_in("anna", "one", password("guess")).await;
            assert_eq!(wrong.map(|_| ()).unwrap_err().code.code(), 70009);
        }
        let locked = world.try_sign_in("anna", "one", password("guess")).await.map(|_| ()).unwrap_err();
        assert_eq!(locked.code.code(), 70050);
        assert!(locked.retry_after().is_some());
    }

    /// Tokens: good once, the one before until the new one was used; a used one ends the session.
    async fn tokens_are_exchanged(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let with = async |token: &str| world.try_sign_in("anna", "first", Credential::Token(token.into())).await;
        let first = anna.signed_in.token.clone();
        let second = with(&first).await.unwrap();
        assert_eq!(anna.ended().await, End::Replaced);
        // The answer was lost: the old one still opens.
        let third = with(&first).await.unwrap();
        let fourth = with(&third.signed_in.token).await.unwrap();
        assert!(fourth.signed_in.credential_expires.is_some());
        // Now it is used up: somebody has a copy, and the session ends for everybody.
        let copied = with(&first).await.map(|_| ()).unwrap_err();
        assert_eq!(copied.code.code(), 70052);
        assert!(matches!(fourth.ended().await, End::Kicked(_)));
        assert_eq!(with(&fourth.signed_in.token).await.map(|_| ()).unwrap_err().code.code(), 70052);
        drop(second);
    }

    /// SES-34: of two sign-ins under way with one token, the answer that arrives may be the one stored first.
    async fn sign_ins_under_way_together_do_not_end_the_session(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let with = async |token: &str| world.try_sign_in("anna", "first", Credential::Token(token.into())).await;
        let arrived = with(&anna.signed_in.token).await.unwrap();
        let lost = with(&anna.signed_in.token).await.unwrap();
        assert!(with(&arrived.signed_in.token).await.is_ok());
        let copied = with(&lost.signed_in.token).await.map(|_| ()).unwrap_err();
        assert_eq!(copied.code.code(), 70052, "another one was used instead");
    }

    /// SES-40, SES-41, SES-44: of too many instances of a class the one that signed in first goes; who comes back
    /// with its token learns why.
    async fn the_oldest_instance_goes(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("desktop_instances".into(), 2.into());
        })
        .await;
        let one = world.join("anna").await;
        let two = world.sign_in("anna", "second").await;
        let three = world.sign_in("anna", "third").await;
        // Login times are whole seconds: of equal ones the id decides.
        assert_eq!(one.ended().await, End::Kicked(KickedOutType::MultipleAccount));
        let back = world.try_sign_in("anna", "first", Credential::Token(one.signed_in.token.clone())).await;
        let refused = back.map(|_| ()).unwrap_err();
        assert_eq!(refused.code.code(), 70052);
        assert_eq!(refused.data.unwrap()["type"], "multipleAccount");
        let listed = world.call(&three, ListInstances {}).await.unwrap().instances;
        let ids: Vec<_> = listed.iter().map(|i| (i.info.instance_id.as_str(), i.is_current, i.is_online)).collect();
        assert_eq!(ids, [("third", true, true), ("second", false, true)]);
        two.disconnect();
        let listed = world.call(&three, ListInstances {}).await.unwrap().instances;
        assert!(!listed.get(1).unwrap().is_online);
    }

    /// SES-45: with one terminal at a time, another class of device excludes this one.
    async fn one_terminal_at_a_time(db: Db) {
        let world = World::with(db, |config| config.accounts.one_terminal_at_a_time = true).await;
        let desktop = world.join("anna").await;
        let outbox = Outbox::new(Capacity::default(), Arc::clone(&world.metrics));
        let mut web = request("anna", "browser", sig("anna", 600));
        web.instance.device_class = hallway_protocol::session::DeviceClass::Web;
        let _web = world.service.sign_in(web, HERE, None, &outbox).await.unwrap();
        assert_eq!(desktop.ended().await, End::Kicked(KickedOutType::MultipleDevice));
    }

    /// SES-46: own instances are ended by their owner; SES-12: signing out voids the token.
    async fn ending_instances(db: Db) {
        let world = World::new(db).await;
        let (one, two) = (world.join("anna").await, world.sign_in("anna", "second").await);
        let ben = world.join("ben").await;
        let end = |id: &str| EndInstance { instance_id: id.into() };
        assert_eq!(code(world.call(&ben, end("second")).await), 6017);
        world.call(&one, end("second")).await.unwrap();
        assert_eq!(two.ended().await, End::Kicked(KickedOutType::RestApiKick));
        assert_eq!(code(world.call(&one, end("second")).await), 6017);
        Backend::sign_out(&world.service, &one.caller).await.unwrap();
        let back = world.try_sign_in("anna", "first", Credential::Token(one.signed_in.token.clone())).await;
        assert_eq!(back.map(|_| ()).unwrap_err().code.code(), 70052);
    }

    /// SES-21, SES-47: a new credential replaces the old one; one that ran out voids the token.
    async fn credentials_run_out(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let new = UserSigs::new(1, [KEY]).make("anna", 9_000, now(), None).unwrap();
        let expires = Backend::refresh_credential(&world.service, &anna.caller, RefreshCredential { user_sig: new });
        assert!(expires.await.unwrap().unwrap() >= now() + 8_990);
        let other = UserSigs::new(1, [KEY]).make("ben", 9_000, now(), None).unwrap();
        let refused = Backend::refresh_credential(&world.service, &anna.caller, RefreshCredential { user_sig: other });
        assert_eq!(code(refused.await), 70013);
        Backend::expired(&world.service, &anna.caller).await;
        assert_eq!(anna.ended().await, End::Kicked(KickedOutType::UserSigExpired));
        let back = world.try_sign_in("anna", "first", Credential::Token(anna.signed_in.token.clone())).await;
        assert_eq!(back.map(|_| ()).unwrap_err().data.unwrap()["type"], "userSigExpired");
    }

    /// SES-48: switched-off accounts cannot sign in; RST-25: a credential from before a kick is void.
    async fn switched_off_accounts(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let number = anna.number;
        let flags = |is_disabled| world.service.db().write(WriteKey::user(number), move |tx| {
            user::set_kicked(tx, number, now() + 1_000)?;
            user::set_flags(tx, number, false, is_disabled)
        });
        flags(true).await.map_err(|e: StoreError| e).unwrap();
        let token = Credential::Token(anna.signed_in.token.clone());
        let refused = world.try_sign_in("anna", "first", token).await;
        assert_eq!(refused.map(|_| ()).unwrap_err().code.code(), 70051);
        flags(false).await.map_err(|e: StoreError| e).unwrap();
        let old = world.try_sign_in("anna", "first", sig("anna", 600)).await;
        assert_eq!(old.map(|_| ()).unwrap_err().code.code(), 70052);
    }

    /// Joining: one link, one account; repeating the lost call is safe; then the password opens it.
    async fn joining_by_invitation(db: Db) {
        let world = World::new(db).await;
        world.account("boss", true).await;
        let boss = world.sign_in("boss", "first").await;
        let link = world.call(&boss, INVITE).await.unwrap().link;
        let good = join(&link, "ben", "correct horse");
        assert_eq!(code(world.call_as(None, join(&link, "ben", "7 chars")).await), 70402);
        assert_eq!(code(world.call_as(None, join(&link, "boss", "correct horse")).await), 70398);
        world.call_as(None, good.clone()).await.unwrap();
        world.call_as(None, good.clone()).await.unwrap();
        assert_eq!(code(world.call_as(None, Join { password: "wrong guess".into(), ..good.clone() }).await), 70114);
        assert_eq!(code(world.call_as(None, join(&link, "carl", "correct horse")).await), 70114);
        assert_eq!(code(world.call_as(None, Join { token: "made up".into(), ..good }).await), 70114);
        let ben = world.try_sign_in("ben", "first", password("correct horse")).await.unwrap();
        assert_eq!((ben.signed_in.user.nick.as_str(), ben.signed_in.user.is_admin), ("New", false));
        assert_eq!(ben.signed_in.credential_expires, None);
    }

    /// Two people with one link, at the same moment: one account.
    async fn one_link_makes_one_account(db: Db) {
        let world = World::new(db).await;
        world.account("boss", true).await;
        let boss = world.sign_in("boss", "first").await;
        let link = world.call(&boss, INVITE).await.unwrap().link;
        let (one, two) = tokio::join!(
            world.call_as(None, join(&link, "ben", "correct horse")),
            world.call_as(None, join(&link, "carl", "correct horse")),
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let count = world.service.accounts().count().await.unwrap();
        assert_eq!(count, 2);
    }

    /// Who may invite is the deployer's choice; administrators are invited by administrators only.
    async fn who_may_invite(db: Db) {
        let world = World::new(db.clone()).await;
        world.account("boss", true).await;
        let (boss, anna) = (world.sign_in("boss", "first").await, world.join("anna").await);
        assert_eq!(code(world.call(&anna, INVITE).await), 60010);
        let admin = CreateInvite { is_admin: true, ..INVITE };
        assert!(world.call(&boss, admin.clone()).await.is_ok());
        let long = CreateInvite { lifetime_seconds: Some(31 * 24 * 3600), ..INVITE };
        assert_eq!(code(world.call(&boss, long).await), 6017);
        let open = World::with(db.clone(), |config| config.accounts.invites = Invites::Everybody).await;
        assert!(open.call(&anna, INVITE).await.is_ok());
        assert_eq!(code(open.call(&anna, admin).await), 60010);
        let closed = World::with(db, |config| config.accounts.invites = Invites::Nobody).await;
        assert_eq!(code(closed.call(&boss, INVITE).await), 60010);
    }

    /// A new password ends all other instances, and the old one opens nothing any more.
    async fn changing_the_password(db: Db) {
        let world = World::new(db).await;
        let invite = world.service.accounts().new_invite(0, true, 60).await.unwrap();
        world.call_as(None, join(&invite.link, "anna", "correct horse")).await.unwrap();
        let one = world.try_sign_in("anna", "one", password("correct horse")).await.unwrap();
        let two = world.try_sign_in("anna", "two", password("correct horse")).await.unwrap();
        assert!(one.signed_in.user.is_admin);
        let change = |old: &str, new: &str| ChangePassword { old_password: old.into(), new_password: new.into() };
        assert_eq!(code(world.call(&one, change("guess", "battery staple")).await), 70009);
        assert_eq!(code(world.call(&one, change("correct horse", "7 chars")).await), 70402);
        world.call(&one, change("correct horse", "8 chars.")).await.unwrap();
        assert_eq!(two.ended().await, End::Kicked(KickedOutType::RestApiKick));
        assert_eq!(world.call(&one, ListInstances {}).await.unwrap().instances.len(), 1);
        assert!(world.try_sign_in("anna", "two", password("correct horse")).await.is_err());
        assert!(world.try_sign_in("anna", "two", password("8 chars.")).await.is_ok());
    }

    /// SES-71: before sign-in only the open methods answer.
    async fn before_sign_in(db: Db) {
        let world = World::new(db).await;
        assert_eq!(code(world.call_as(None, ListInstances {}).await), 2024);
        assert_eq!(code(world.call_as(None, SyncUser { epoch: String::new(), after: 0, limit: None }).await), 2024);
        assert_eq!(world.call_as(None, GetServerInfo {}).await.unwrap().app_id, 1);
        assert!(Backend::health(&world.service).await.is_ok());
    }

    /// PROF-21, PROF-40, PROF-61, PROF-62: the own profile, others' profiles, the directory in pages.
    async fn profiles_and_directory(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let second = world.sign_in("anna", "second").await;
        for id in ["ben", "Berta", "carl", "100%", "a_b"] {
            world.account(id, false).await;
        }
        let nick = |nick: &str| UpdateProfile { nick: Some(nick.into()) };
        assert_eq!(code(world.call(&anna, UpdateProfile { nick: None }).await), 2722);
        assert_eq!(code(world.call(&anna, nick(&"x".repeat(101))).await), 40601);
        assert_eq!(code(world.call(&anna, nick("a\nb")).await), 2721);
        let changed = world.call(&anna, nick("Änne 安")).await.unwrap();
        assert_eq!((changed.nick.as_str(), changed.version), ("Änne 安", 2));
        let told = second.next_own().await;
        assert!(matches!(&told.entries.first().unwrap().item, UserItem::Profile(profile) if *profile == changed));
        let ids = |list: &[&str]| GetUsers { user_id_list: list.iter().map(|id| id.parse().unwrap()).collect() };
        let found = world.call(&anna, ids(&["carl", "nobody", "anna", "carl"])).await.unwrap().users;
        let names: Vec<_> = found.iter().map(|user| user.nick.as_str()).collect();
        assert_eq!(names, ["CARL", "Änne 安"]);
        assert_eq!(code(world.call(&anna, ids(&["nobody"])).await), 40003);
        assert_eq!(code(world.call(&anna, ids(&[])).await), 6017);

        let search = async |query: &str| {
            let call = SearchUsers { query: query.into(), cursor: None, limit: None };
            let users = world.call(&anna, call).await.unwrap().users;
            users.iter().map(|user| user.user_id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(search("BE").await, ["ben", "Berta"]);
        assert_eq!(search("änne").await, ["anna"]);
        assert_eq!(search("安").await, ["anna"]);
        assert_eq!(search("%").await, ["100%"]);
        assert_eq!(search("_").await, ["a_b"]);
        assert_eq!(search("be ta").await, ["Berta"]);
        assert!(search("xyz").await.is_empty());
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let call = SearchUsers { query: String::new(), cursor, limit: Some(4) };
            let page = world.call(&anna, call).await.unwrap();
            all.extend(page.users.iter().map(|user| user.user_id.to_string()));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        all.sort();
        assert_eq!(all, ["100%", "Berta", "a_b", "anna", "ben", "carl"]);
        drop(second);
    }
}
