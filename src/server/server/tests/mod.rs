//! A whole server from outside: started as a library, spoken to over its socket.

use std::cell::Cell;

use hallway_protocol::PROTOCOL_VERSION;
use hallway_protocol::link::InviteLink;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::auth::password::Cost;
use crate::auth::user_sig::UserSigs;
use crate::config::TlsMode;
use crate::net::tests::raw::Raw;
use crate::store::test_engine::TestPlace;

const APP: u32 = 1_400_000_000;
const KEY: &str = "the key of a server that lives for a moment";
const PASSWORD: &str = "correct horse battery";

thread_local! {
    /// Where the rows of the servers of this test are.
    static ON_POSTGRES: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, servers of this test have their rows in PostgreSQL.
struct OnPostgres;

impl OnPostgres {
    fn enter() -> Self {
        ON_POSTGRES.set(true);
        Self
    }
}

impl Drop for OnPostgres {
    fn drop(&mut self) {
        ON_POSTGRES.set(false);
    }
}

/// The same test with the rows in SQLite and in PostgreSQL (as `store::test_engine` finds it).
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident() $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn run() $body

            #[tokio::test]
            async fn sqlite() {
                run().await;
            }

            #[tokio::test]
            async fn postgres() {
                if TestPlace::postgres().is_some() {
                    let _here = OnPostgres::enter();
                    run().await;
                }
            }
        }
    )*};
}
mod hostile;
mod sessions;
mod sign_in;
mod whole;

/// A server without encryption on a free port, quick at hashing passwords.
struct Live {
    handle: ServerHandle,
    config: Config,
    _dir: TempDir,
    _rows: Option<TestPlace>,
}

impl Live {
    async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.server.bind = "127.0.0.1:0".into();
        config.server.data_dir = dir.path().join("data");
        config.tls.mode = TlsMode::Off;
        config.accounts.app_id = APP;
        config.accounts.secret_keys = vec![KEY.into()];
        config.accounts.password_cost = Cost { memory_kib: 64, passes: 1 };
        config.rates.sign_in_per_address = "off".parse().unwrap();
        let rows = ON_POSTGRES.get().then(|| TestPlace::postgres().unwrap());
        if let Some(Location::Postgres { url }) = rows.as_ref().map(TestPlace::location) {
            config.database.url = url.into();
        }
        change(&mut config);
        let handle = Server::start(config.clone()).await.unwrap();
        Self { handle, config, _dir: dir, _rows: rows }
    }

    async fn raw(&self) -> Raw {
        Raw::connect(self.handle.addr()).await
    }

    /// Makes an account by an invitation, the first one by the first.
    async fn join(&self, user: &str) {
        let link = match self.handle.first_invite().await.unwrap() {
            Some(link) => link,
            None => self.handle.service.accounts().new_invite(0, false, 600).await.unwrap().link,
        };
        let link: InviteLink = link.parse().unwrap();
        assert_eq!(link.address, self.handle.addr().to_string());
        let answer = self.raw().await.call(1, "account.join", join(&link.token, user)).await;
        assert!(answer["result"].is_object(), "{answer}");
    }

    /// A connection of `user` as `instance`, signed in by password, and the answer to that.
    async fn signed_in(&self, user: &str, instance: &str) -> (Raw, Value) {
        self.signed_in_by(user, instance, json!({"password": PASSWORD})).await
    }

    async fn signed_in_by(&self, user: &str, instance: &str, credential: Value) -> (Raw, Value) {
        let mut raw = self.raw().await;
        let answer = raw.call(1, "session.sign_in", sign_in(user, instance, credential)).await;
        assert!(answer["result"].is_object(), "{answer}");
        (raw, answer["result"].clone())
    }

    /// The code with which a sign-in is refused.
    async fn refused(&self, user: &str, instance: &str, credential: Value) -> i64 {
        let mut raw = self.raw().await;
        let answer = raw.call(1, "session.sign_in", sign_in(user, instance, credential)).await;
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("not refused: {answer}"))
    }

    /// What another process sees and does.
    async fn other_process(&self) -> Db {
        open_database(&self.config, &Place::open(&self.config).unwrap()).await.unwrap()
    }
}

fn join(token: &str, user: &str) -> Value {
    json!({"token": token, "user_id": user, "nick": user, "password": PASSWORD})
}

fn sign_in(user: &str, instance: &str, credential: Value) -> Value {
    json!({
        "app_id": APP, "user_id": user, "credential": credential,
        "instance": {"instance_id": instance, "host_name": "desk", "client_version": "test"},
        "protocol_version": PROTOCOL_VERSION,
    })
}

fn user_sig(user: &str, life: i64) -> Value {
    let sigs = UserSigs::new(APP, [KEY]);
    json!({"user_sig": sigs.make(user, life, unix_now_ms() / 1000, None).unwrap()})
}

/// The frame that tells an instance that it was ended.
fn kicked(kind: &str) -> Value {
    json!({"jsonrpc": "2.0", "method": "event", "params": {"name": "kicked_out", "data": {"type": kind}}})
}
