//! What went wrong, as a sentence for the person: what happened and what to do.
//!
//! Every code has its text in `errors.ftl`. Where the client can tell more than the code says, it names a
//! reason in the error's data; those have texts of their own here.

use std::collections::HashMap;

pub use hallway_client::key::reason;
use hallway_client::key::reason_of;
use hallway_client::{ChatError, ErrorCode};

use crate::{fl, i18n};

/// The reason in an error, beyond its code.
pub fn reason(error: &ChatError) -> Option<&str> {
    reason_of(error)
}

/// The sentence for an error, in the current language.
pub fn sentence(error: &ChatError) -> String {
    let special = match reason(error) {
        Some("no_network") => Some(fl!("problem-no-network")),
        Some("unreachable") => Some(fl!("problem-unreachable")),
        Some("timeout") => Some(fl!("problem-timeout")),
        Some("not_hallway") => Some(fl!("problem-not-hallway")),
        Some("other_certificate") => Some(fl!("problem-other-certificate")),
        Some("plain") => Some(fl!("problem-plain")),
        Some("proxy") => Some(fl!("problem-proxy", reason = error.message.clone())),
        Some("proxy_address") => Some(fl!("problem-proxy-address")),
        Some("address") => Some(fl!("problem-address")),
        Some("workspace") => Some(fl!("problem-workspace", reason = error.message.clone())),
        Some("port_taken") => Some(fl!("problem-port-taken")),
        Some(reason::NO_KEYRING) => Some(fl!("problem-no-keyring")),
        Some(reason::KEYRING_AWAY) => Some(fl!("problem-keyring-away")),
        Some(reason::KEY_LOST) => Some(fl!("problem-key-lost")),
        Some(reason::PASSPHRASE_NEEDED) => Some(fl!("problem-passphrase-needed")),
        Some(reason::WRONG_PASSPHRASE) => Some(fl!("problem-wrong-passphrase")),
        Some(reason::KEY_FILE_DAMAGED | reason::KEY_FILE_UNREADABLE) => Some(fl!("problem-key-file")),
        _ => None,
    };
    special
        .or_else(|| i18n::error_text(i64::from(error.code.code())))
        .unwrap_or_else(|| by_number(error.code))
}

/// The sentence for a code without a text: the refusal of a deployer's hook (SERR-1), or unknown (SERR-97).
fn by_number(code: ErrorCode) -> String {
    let id = if matches!(code, ErrorCode::Hook(_)) { "error-hook" } else { "error-unknown" };
    i18n::LOADER.get_args(id, HashMap::from([("code", code.code().to_string())]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_says_more_than_its_code() {
        let plain = ChatError::new(ErrorCode::NetworkError);
        let told = ChatError::new(ErrorCode::NetworkError).with_data(json!({ "reason": "not_hallway" }));
        assert_ne!(sentence(&plain), sentence(&told));
    }

    /// SERR-1, SERR-97: what a hook refuses is said to be a rule; any other code without a text is named.
    #[test]
    fn codes_without_a_text_of_their_own_are_named() {
        let sentence = |code: i32| sentence(&ChatError::new(ErrorCode::from(code)));
        assert_eq!(sentence(123_456_789), "Error 123456789");
        for code in [120_001, 130_000] {
            assert!(sentence(code).starts_with("A rule of this workspace"), "{}", sentence(code));
            assert!(sentence(code).contains(&code.to_string()));
        }
        assert_eq!(sentence(120_000), "Error 120000");
        assert_eq!(sentence(130_001), "Error 130001");
    }
}
