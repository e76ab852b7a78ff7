//! Several instances of one account, and every way in which one of them ends.

use super::*;
use crate::store::{WriteKey, user};
use std::time::Instant;

/// The promise: a session that was ended loses its connection within two seconds.
const AT_ONCE: Duration = Duration::from_secs(2);

async fn lists(raw: &mut Raw) -> Vec<String> {
    let answer = raw.call(50, "session.list", json!({})).await;
    let list = answer["result"]["instances"].as_array().unwrap_or_else(|| panic!("{answer}"));
    list.iter().map(|instance| instance["instance_id"].as_str().unwrap().to_owned()).collect()
}

async fn is_kicked(raw: &mut Raw, kind: &str) {
    let started = Instant::now();
    assert_eq!(raw.next().await, kicked(kind));
    assert_eq!(raw.close_code().await, 1008);
    assert!(started.elapsed() < AT_ONCE);
}

on_both_engines! {
    /// SES-3, SES-40, SES-41, SES-44: with a limit of 2 the third login succeeds and exactly the one that logged
    /// in first goes; the other notices nothing.
    async fn one_login_too_many_ends_the_one_that_came_first() {
        let live = Live::start_with(|config| {
            config.limits.overrides.insert("desktop_instances".into(), 2.into());
        })
        .await;
        live.join("anna").await;
        let (mut one, first) = live.signed_in("anna", "one").await;
        let (mut two, _) = live.signed_in("anna", "two").await;
        // Coming back by token is no new login: it stays the first.
        drop(one);
        (one, _) = live.signed_in_by("anna", "one", json!({"token": first["token"]})).await;
        let (mut three, _) = live.signed_in("anna", "three").await;
        is_kicked(&mut one, "multipleAccount").await;
        assert_eq!(lists(&mut two).await.len(), 2);
        assert_eq!(lists(&mut three).await.first().unwrap(), "three", "the asking one first");
        // A browser is another class and takes nobody's place.
        let mut web = live.raw().await;
        let mut request = sign_in("anna", "web", json!({"password": PASSWORD}));
        request["instance"]["device_class"] = json!("web");
        assert!(web.call(1, "session.sign_in", request).await["result"].is_object());
        assert_eq!(lists(&mut two).await.len(), 3);
    }

    /// SES-44, SES-45: with "one terminal at a time" a login ends those on the other classes.
    async fn one_terminal_at_a_time_ends_the_other_classes() {
        let live = Live::start_with(|config| config.accounts.one_terminal_at_a_time = true).await;
        live.join("anna").await;
        let (mut desktop, _) = live.signed_in("anna", "desk").await;
        let mut request = sign_in("anna", "phone", json!({"password": PASSWORD}));
        request["instance"]["device_class"] = json!("mobile");
        let mut phone = live.raw().await;
        assert!(phone.call(1, "session.sign_in", request).await["result"].is_object());
        is_kicked(&mut desktop, "multipleDevice").await;
        assert_eq!(lists(&mut phone).await, ["phone"]);
    }

    /// SES-46: a user lists and ends own instances; ending uses `rest_api_kick`, and its token is void.
    async fn people_end_their_own_instances() {
        let live = Live::start().await;
        live.join("anna").await;
        live.join("ben").await;
        let (mut one, _) = live.signed_in("anna", "one").await;
        let (mut two, answer) = live.signed_in("anna", "two").await;
        let (mut ben, _) = live.signed_in("ben", "ben-1").await;
        assert!(ben.call(2, "session.end", json!({"instance_id": "two"})).await["error"].is_object());
        let list = one.call(2, "session.list", json!({})).await["result"]["instances"].clone();
        assert_eq!((&list[0]["instance_id"], &list[0]["is_current"]), (&json!("one"), &json!(true)));
        assert_eq!((&list[1]["host_name"], &list[1]["is_online"]), (&json!("desk"), &json!(true)));
        assert!(one.call(3, "session.end", json!({"instance_id": "two"})).await["result"].is_object());
        is_kicked(&mut two, "REST_API_Kick").await;
        assert_eq!(live.refused("anna", "two", json!({"token": answer["token"]})).await, 70052);
        assert_eq!(lists(&mut one).await, ["one"]);
        assert_eq!(lists(&mut ben).await, ["ben-1"]);
    }

    /// The same instance connecting again replaces its earlier connection, without being told that it was kicked.
    async fn connecting_again_replaces_the_lost_connection() {
        let live = Live::start().await;
        live.join("anna").await;
        let (mut lost, answer) = live.signed_in("anna", "one").await;
        let (mut back, _) = live.signed_in_by("anna", "one", json!({"token": answer["token"]})).await;
        assert_eq!(lost.close_code().await, 1000);
        assert_eq!(lists(&mut back).await, ["one"]);
    }

    async fn signing_out_ends_the_session_for_good() {
        let live = Live::start().await;
        live.join("anna").await;
        let (mut one, answer) = live.signed_in("anna", "one").await;
        assert!(one.call(2, "session.sign_out", json!({})).await["result"].is_object());
        assert_eq!(live.refused("anna", "one", json!({"token": answer["token"]})).await, 70052);
    }

    async fn a_new_password_ends_the_other_instances() {
        let live = Live::start().await;
        live.join("anna").await;
        let (mut one, _) = live.signed_in("anna", "one").await;
        let (mut two, _) = live.signed_in("anna", "two").await;
        let change = json!({"old_password": PASSWORD, "new_password": "another good one"});
        assert!(one.call(2, "account.change_password", change).await["result"].is_object());
        is_kicked(&mut two, "REST_API_Kick").await;
        assert_eq!(lists(&mut one).await, ["one"]);
        assert_ne!(live.refused("anna", "three", json!({"password": PASSWORD})).await, 70050);
        live.signed_in_by("anna", "three", json!({"password": "another good one"})).await;
    }

    /// SES-47: a credential that runs out during a session ends it; a new one in time does not.
    async fn a_credential_that_runs_out_ends_the_session() {
        let live = Live::start().await;
        live.join("anna").await;
        let (mut one, answer) = live.signed_in_by("anna", "one", user_sig("anna", 2)).await;
        let (mut two, _) = live.signed_in_by("anna", "two", user_sig("anna", 2)).await;
        assert!(answer["credential_expires"].is_number());
        let refreshed = two.call(2, "session.refresh_credential", user_sig("anna", 600)).await;
        assert!(refreshed["result"].is_object(), "{refreshed}");
        assert_eq!(one.next().await, kicked("userSigExpired"));
        assert_eq!(lists(&mut two).await, ["two"]);
        assert!(matches!(live.refused("anna", "one", json!({"token": answer["token"]})).await, 70001 | 70052));
    }

    /// SES-46, SES-48: what another process ends (the command line, another node) loses its connection within two
    /// seconds; a switched-off account cannot come back, others go on.
    async fn what_another_process_ends_is_disconnected() {
        let live = Live::start().await;
        live.join("anna").await;
        live.join("ben").await;
        let (mut one, first) = live.signed_in("anna", "one").await;
        let (mut two, second) = live.signed_in("anna", "two").await;
        let (mut ben, _) = live.signed_in("ben", "ben-1").await;
        let number = first["user_number"].as_i64().unwrap();
        let db = live.other_process().await;
        let kind = hallway_protocol::session::KickedOutType::RestApiKick;
        let end = move |id: &'static str| {
            let db = db.clone();
            async move {
                let job = move |tx: &mut crate::store::Tx<'_>| {
                    console::end_instance(tx, number, id, kind, unix_now_ms())
                };
                assert!(db.write::<_, StoreError, _>(WriteKey::user(number), job).await.unwrap());
                db
            }
        };
        end("one").await;
        is_kicked(&mut one, "REST_API_Kick").await;
        assert_eq!(lists(&mut two).await, ["two"]);
        let db = end("two").await;
        let off = move |tx: &mut crate::store::Tx<'_>| user::set_flags(tx, number, true, true);
        db.write::<_, StoreError, _>(WriteKey::user(number), off).await.unwrap();
        is_kicked(&mut two, "REST_API_Kick").await;
        assert_eq!(live.refused("anna", "two", json!({"password": PASSWORD})).await, 70051);
        assert_eq!(live.refused("anna", "two", user_sig("anna", 60)).await, 70051);
        assert!(matches!(live.refused("anna", "two", json!({"token": second["token"]})).await, 70051 | 70052));
        assert_eq!(lists(&mut ben).await, ["ben-1"]);
    }

    /// SES-11: a second sign-in on a signed-in connection as the same user changes nothing.
    async fn signing_in_twice_is_a_repeat() {
        let live = Live::start().await;
        live.join("anna").await;
        let (mut one, answer) = live.signed_in("anna", "one").await;
        assert_eq!(answer["repeat_login"], false);
        let again = one.call(2, "session.sign_in", sign_in("anna", "one", json!({"password": PASSWORD}))).await;
        assert_eq!(again["result"]["repeat_login"], true, "{again}");
        assert_eq!(lists(&mut one).await, ["one"]);
        // The token of the repeat is the one that counts now.
        let token = json!({"token": again["result"]["token"]});
        let (mut back, _) = live.signed_in_by("anna", "one", token).await;
        assert_eq!(lists(&mut back).await, ["one"]);
    }
}
