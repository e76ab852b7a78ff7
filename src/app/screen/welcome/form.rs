//! What the person has typed, and whether it can be used.

use hallway_client::{Limits, ServerAddress, UserId};
use zeroize::Zeroizing;

use super::Problem;
use super::work::Person;
use crate::fl;

/// A field of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Name of the new workspace.
    Workspace,
    /// What to call the person.
    Nick,
    /// The account's id.
    UserId,
    /// The account's password.
    Password,
    /// Invite link or address of a server.
    Link,
    /// The proxy on the way to the server (SES-10).
    Proxy,
    /// Protects the local copy where there is no keyring.
    Passphrase,
    /// The same again.
    Repeat,
}

impl Field {
    /// The widget's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Workspace => "welcome-workspace",
            Self::Nick => "welcome-nick",
            Self::UserId => "welcome-user-id",
            Self::Password => "welcome-password",
            Self::Link => "welcome-link",
            Self::Proxy => "welcome-proxy",
            Self::Passphrase => "welcome-passphrase",
            Self::Repeat => "welcome-repeat",
        }
    }
}

/// The contents of all fields; they survive going back and forth.
#[derive(Default)]
pub struct Form {
    pub(super) workspace: String,
    pub(super) nick: String,
    pub(super) user_id: String,
    /// The user id was typed, not made from the name.
    id_typed: bool,
    pub(super) password: Zeroizing<String>,
    pub(super) link: String,
    /// `None` as long as the field is not shown.
    pub(super) proxy: Option<String>,
    pub(super) passphrase: Zeroizing<String>,
    pub(super) repeat: Zeroizing<String>,
    pub(super) network: bool,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl Form {
    /// What a field holds.
    pub fn get(&self, field: Field) -> &str {
        match field {
            Field::Workspace => &self.workspace,
            Field::Nick => &self.nick,
            Field::UserId => &self.user_id,
            Field::Password => &self.password,
            Field::Link => &self.link,
            Field::Proxy => self.proxy.as_deref().unwrap_or_default(),
            Field::Passphrase => &self.passphrase,
            Field::Repeat => &self.repeat,
        }
    }

    /// Changes a field. A name proposes a user id until one is typed.
    pub fn set(&mut self, field: Field, text: String) {
        match field {
            Field::Workspace => self.workspace = text,
            Field::Nick => {
                if !self.id_typed {
                    self.user_id = proposed_id(&text);
                }
                self.nick = text;
            }
            Field::UserId => {
                self.id_typed = !text.is_empty();
                self.user_id = text;
            }
            Field::Password => self.password = text.into(),
            Field::Link => self.link = text,
            Field::Proxy => self.proxy = Some(text),
            Field::Passphrase => self.passphrase = text.into(),
            Field::Repeat => self.repeat = text.into(),
        }
    }

    pub(super) fn workspace_name(&self) -> String {
        let name = self.workspace.trim();
        if name.is_empty() { fl!("welcome-workspace-default") } else { name.to_owned() }
    }

    pub(super) fn user_id(&self) -> Result<UserId, Problem> {
        self.user_id.trim().parse().map_err(|_| Problem::at(Field::UserId, fl!("welcome-user-id-bad")))
    }

    pub(super) fn new_person(&self) -> Result<Person, Problem> {
        let nick = self.nick.trim();
        if nick.is_empty() {
            return Err(Problem::at(Field::Nick, fl!("welcome-nick-missing")));
        }
        let user_id = self.user_id()?;
        // The server has the last word; before sign-in only the preset is known.
        let least = Limits::default().password_min_chars;
        if self.password.chars().count() < least as usize {
            return Err(Problem::at(Field::Password, fl!("welcome-password-short", count = least)));
        }
        Ok(Person { user_id, nick: nick.to_owned(), password: self.password.clone() })
    }

    /// The passphrase; a new one is long enough and typed twice.
    pub(super) fn passphrase(&self, is_new: bool) -> Result<Zeroizing<String>, Problem> {
        const LEAST: usize = 8;
        if is_new && self.passphrase.chars().count() < LEAST {
            return Err(Problem::at(Field::Passphrase, fl!("welcome-passphrase-short", count = LEAST)));
        }
        if is_new && *self.passphrase != *self.repeat {
            return Err(Problem::at(Field::Repeat, fl!("welcome-passphrase-differs")));
        }
        if self.passphrase.is_empty() {
            return Err(Problem::at(Field::Passphrase, fl!("welcome-passphrase-missing")));
        }
        Ok(self.passphrase.clone())
    }

    /// The typed address, with the usual port where none is given.
    pub(super) fn address(&self) -> Option<ServerAddress> {
        let text = self.link.trim();
        let good =
            !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
        let has_port = text.rsplit_once(':').is_some_and(|(host, port)| {
            port.parse::<u16>().is_ok() && (!host.contains(':') || host.ends_with(']'))
        });
        good.then(|| ServerAddress {
            address: if has_port { text.to_owned() } else { format!("{text}:{USUAL_PORT}") },
            ..ServerAddress::default()
        })
    }

    /// The typed proxy, if any.
    pub(super) fn proxy_server(&self) -> Option<String> {
        self.proxy.as_deref().map(str::trim).filter(|proxy| !proxy.is_empty()).map(str::to_owned)
    }
}

/// Where a server listens unless told otherwise.
const USUAL_PORT: u16 = 7290;

/// A user id made from a name: its ASCII letters and digits in lower case, words joined by dots. Empty where
/// the name has none, as a Chinese one.
fn proposed_id(name: &str) -> String {
    let words: Vec<String> = name
        .split_whitespace()
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(".").chars().take(hallway_client::protocol::ids::USER_ID_MAX).collect()
}
