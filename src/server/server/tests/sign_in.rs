//! Signing in by invitation, password, credential and token.

use super::*;

on_both_engines! {
    async fn the_first_person_joins_by_the_printed_link_and_is_the_administrator() {
        let live = Live::start().await;
        let link: InviteLink = live.handle.first_invite().await.unwrap().unwrap().parse().unwrap();
        assert!(link.plain && link.pin.is_none());
        let mut raw = live.raw().await;
        assert!(raw.call(1, "account.join", join(&link.token, "anna")).await["result"].is_object());
        assert!(
            raw.call(2, "account.join", join(&link.token, "ben")).await["error"].is_object(),
            "it works once"
        );
        assert!(live.handle.first_invite().await.unwrap().is_none());
        let (mut anna, answer) = live.signed_in("anna", "a").await;
        assert_eq!((&answer["user"]["is_admin"], &answer["workspace"]), (&json!(true), &json!("Hallway")));
        let invite = anna.call(2, "account.create_invite", json!({})).await;
        let link: InviteLink = invite["result"]["link"].as_str().unwrap().parse().unwrap();
        assert!(raw.call(3, "account.join", join(&link.token, "ben")).await["result"].is_object());
        let (mut ben, answer) = live.signed_in("ben", "b").await;
        assert_eq!(answer["user"]["is_admin"], false);
        assert_eq!(ben.call(2, "account.create_invite", json!({})).await["error"]["code"], 60010);
    }

    /// SES-11: a wrong password and an unknown account look the same; SERR-33: the fifth failure locks for a while.
    async fn wrong_passwords_look_like_unknown_accounts_and_lock() {
        let live = Live::start().await;
        live.join("anna").await;
        let wrong = |user: &'static str| {
            let live = &live;
            async move {
                let mut raw = live.raw().await;
                let wrong = sign_in(user, "x", json!({"password": "wrong password"}));
                raw.call(1, "session.sign_in", wrong).await["error"].clone()
            }
        };
        for n in 1..=5 {
            let (known, unknown) = (wrong("anna").await, wrong("nobody").await);
            assert_eq!(known, unknown, "attempt {n}");
            assert_ne!(known["code"], 70050, "attempt {n}");
        }
        let (known, unknown) = (wrong("anna").await, wrong("nobody").await);
        assert_eq!((&known["code"], &unknown["code"]), (&json!(70050), &json!(70050)));
        assert!((1..=60_000).contains(&known["data"]["retry_after_ms"].as_i64().unwrap()), "{known}");
        assert_eq!(live.refused("anna", "x", json!({"password": PASSWORD})).await, 70050, "also the right one");
    }

    /// RST-25, SES-82: each refusal of a credential has its code; ten of them lock for a minute.
    async fn credentials_are_checked_with_their_codes() {
        let live = Live::start().await;
        live.join("anna").await;
        let now = unix_now_ms() / 1000;
        let sig = |app: u32, key: &str, user: &str, made: i64| json!({"user_sig": UserSigs::new(app, [key]).make(user, 600, made, None).unwrap()});
        live.signed_in_by("anna", "a", sig(APP, KEY, "anna", now)).await;
        for (credential, code) in [
            (sig(APP, KEY, "anna", now - 601), 70001),
            (json!({"user_sig": ""}), 70002),
            (json!({"user_sig": "nonsense"}), 70003),
            (sig(APP, KEY, "anna", now + 1000), 70003),
            (sig(APP, "another key", "anna", now), 70009),
            (sig(APP, KEY, "ben", now), 70013),
            (sig(APP + 1, KEY, "anna", now), 70014),
        ] {
            assert_eq!(live.refused("anna", "a", credential.clone()).await, code, "{credential}");
        }
        assert_eq!(live.refused("nobody", "a", sig(APP, KEY, "nobody", now)).await, 70107);
        for _ in 7..10 {
            assert_eq!(live.refused("anna", "a", json!({"user_sig": "nonsense"})).await, 70003);
        }
        assert_eq!(live.refused("anna", "a", sig(APP, KEY, "anna", now)).await, 70050);
        let mut other_app = sign_in("anna", "a", json!({"password": PASSWORD}));
        other_app["app_id"] = json!(APP + 1);
        let answer = live.raw().await.call(1, "session.sign_in", other_app).await;
        assert_eq!(answer["error"]["code"], 70014);
    }

    /// Each sign-in by token gives a new one; the one before is good until the new one was used; a used-up one
    /// ends the session.
    async fn tokens_rotate_and_a_used_one_ends_the_session() {
        let live = Live::start().await;
        live.join("anna").await;
        let token = |answer: &Value| json!({"token": answer["token"]});
        let (_, first) = live.signed_in("anna", "a").await;
        let (_, second) = live.signed_in_by("anna", "a", token(&first)).await;
        assert_ne!(first["token"], second["token"]);
        // The answer with the second was lost: the first one opens again.
        let (_, third) = live.signed_in_by("anna", "a", token(&first)).await;
        let (mut current, fourth) = live.signed_in_by("anna", "a", token(&third)).await;
        assert_eq!(live.refused("anna", "a", token(&first)).await, 70052, "used up");
        assert_eq!(
            current.next().await,
            kicked("userSigExpired"),
            "whoever holds the session has to prove who they are"
        );
        assert_eq!(live.refused("anna", "a", token(&fourth)).await, 70052, "and so does the last token");
        live.signed_in("anna", "a").await;
    }

    async fn a_token_is_good_for_its_account_and_instance_only() {
        let live = Live::start().await;
        live.join("anna").await;
        live.join("ben").await;
        let (mut anna, answer) = live.signed_in("anna", "a").await;
        live.signed_in("ben", "a").await;
        let token = json!({"token": answer["token"]});
        for (user, instance) in [("anna", "b"), ("nobody", "a")] {
            let code = live.refused(user, instance, token.clone()).await;
            assert!(matches!(code, 70052 | 70107 | 70009), "{user} {instance} {code}");
        }
        assert!(anna.call(2, "session.list", json!({})).await["result"].is_object(), "hers goes on");
    }

    /// Neither passwords nor tokens nor credentials are in the logs, nor in any file of the server.
    async fn secrets_are_neither_logged_nor_stored() {
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        // With only one subscriber in the program, a line first written by the thread of another test, which has none,
        // counts as unwanted for ever.
        let _another = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
        let _guard = tracing::subscriber::set_default(subscriber);
        let live = Live::start().await;
        live.join("anna").await;
        let (mut anna, answer) = live.signed_in("anna", "a").await;
        let credential = user_sig("anna", 600);
        live.signed_in_by("anna", "b", credential.clone()).await;
        live.refused("anna", "c", json!({"password": "canary of a wrong password"})).await;
        anna.send(r#"{"jsonrpc":"2.0","id":9,"method":"user.search","params":{"query":["canary of a frame"]}}"#)
            .await;
        anna.next().await;
        let secrets = [
            PASSWORD,
            answer["token"].as_str().unwrap(),
            credential["user_sig"].as_str().unwrap(),
            "canary",
            KEY,
        ];
        let logs = written.text();
        assert!(logs.contains("listening"), "the logs are there: {logs}");
        for secret in secrets {
            assert!(!logs.contains(secret), "{secret} is in the logs");
        }
        let Live { handle, _dir: dir, config, _rows } = live;
        drop(anna);
        handle.stop().await;
        for file in std::fs::read_dir(&config.server.data_dir).unwrap() {
            let path = file.unwrap().path();
            // What people sent each other as files is theirs to keep secret.
            if path.is_dir() {
                continue;
            }
            let bytes = std::fs::read(path).unwrap();
            for secret in secrets {
                assert!(
                    !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                    "{secret} is on disk"
                );
            }
        }
        drop(dir);
    }
}

#[derive(Clone, Default)]
struct Written(Arc<std::sync::Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
