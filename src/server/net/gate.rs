//! Rate limits at the door: what is asked too often is refused before any work is done for it.

use std::net::IpAddr;
use std::time::Instant;

use hallway_protocol::method::MethodName;
use hallway_protocol::{ChatError, ErrorCode};

use crate::config::Rates;
use crate::metrics::{Limited, Metrics};
use crate::ratelimit::Limiter;

/// All limits that do not need to know more than who asks for what.
pub struct Gate {
    sign_in: Limiter<IpAddr>,
    requests: Limiter<i64>,
    send: Limiter<i64>,
    create_group: Limiter<i64>,
    search: Limiter<i64>,
    translate: Limiter<i64>,
    voice_to_text: Limiter<i64>,
}

impl Gate {
    /// With the deployer's rates.
    pub fn new(rates: &Rates) -> Self {
        Self {
            sign_in: Limiter::new(rates.sign_in_per_address),
            requests: Limiter::new(rates.requests),
            send: Limiter::new(rates.send),
            create_group: Limiter::new(rates.create_group),
            search: Limiter::new(rates.search),
            translate: Limiter::new(rates.translate),
            voice_to_text: Limiter::new(rates.voice_to_text),
        }
    }

    /// May somebody at `peer` try to sign in or to make an account? Else 72010.
    pub fn sign_in(&self, peer: IpAddr, metrics: &Metrics) -> Result<(), ChatError> {
        self.sign_in.take(peer, Instant::now()).map_err(|wait| {
            metrics.limited(Limited::SignIn);
            ChatError::new(ErrorCode::AccountTooFrequent).with_retry_after(wait)
        })
    }

    /// May `user` call `method` now? Else 60018, for groups 10006.
    pub fn call(&self, user: i64, method: MethodName, metrics: &Metrics) -> Result<(), ChatError> {
        let now = Instant::now();
        self.requests.take(user, now).map_err(|wait| {
            metrics.limited(Limited::Requests);
            ChatError::new(ErrorCode::RequestsTooFrequent).with_retry_after(wait)
        })?;
        let (limiter, limited, code) = match method {
            MethodName::SendMessage | MethodName::ModifyMessage => {
                (&self.send, Limited::Send, ErrorCode::RequestsTooFrequent)
            }
            MethodName::CreateGroup => {
                (&self.create_group, Limited::CreateGroup, ErrorCode::GroupTooFrequent)
            }
            MethodName::SearchUsers | MethodName::SearchMessages => {
                (&self.search, Limited::Search, ErrorCode::RequestsTooFrequent)
            }
            MethodName::TranslateText => (&self.translate, Limited::Services, ErrorCode::RequestsTooFrequent),
            MethodName::ConvertVoiceToText => {
                (&self.voice_to_text, Limited::Services, ErrorCode::RequestsTooFrequent)
            }
            _ => return Ok(()),
        };
        limiter.take(user, now).map_err(|wait| {
            metrics.limited(limited);
            ChatError::new(code).with_retry_after(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ratelimit::Rate;

    const ANNA: i64 = 1;
    const BEN: i64 = 2;

    /// SES-80: each rate lets as many through as it says, then refuses with its code and the time to wait; others go on.
    #[test]
    fn each_rate_refuses_the_first_one_too_many() {
        let once = Rate::per_hour(1);
        let rates = Rates {
            sign_in_per_address: once,
            send: once,
            create_group: once,
            search: once,
            translate: once,
            voice_to_text: once,
            ..Rates::default()
        };
        let (gate, metrics) = (Gate::new(&rates), Metrics::default());
        for (method, code) in [
            (MethodName::SendMessage, 60018),
            (MethodName::SearchUsers, 60018),
            (MethodName::TranslateText, 60018),
            (MethodName::ConvertVoiceToText, 60018),
            (MethodName::CreateGroup, 10006),
        ] {
            assert_eq!(gate.call(ANNA, method, &metrics), Ok(()));
            let refused = gate.call(ANNA, method, &metrics).unwrap_err();
            assert_eq!(refused.code.code(), code, "{method:?}");
            assert!(refused.retry_after().is_some_and(|wait| wait.as_secs() > 3500));
            assert_eq!(gate.call(BEN, method, &metrics), Ok(()));
        }
        let changed = gate.call(ANNA, MethodName::ModifyMessage, &metrics);
        assert_eq!(changed.unwrap_err().code.code(), 60018, "changing counts as sending");
        assert_eq!(gate.call(ANNA, MethodName::SyncHeads, &metrics), Ok(()), "reading does not");

        let (here, there) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        assert_eq!(gate.sign_in(here, &metrics), Ok(()));
        assert_eq!(gate.sign_in(here, &metrics).unwrap_err().code.code(), 72010);
        assert_eq!(gate.sign_in(there, &metrics), Ok(()));

        let gate = Gate::new(&Rates { requests: Rate::per_hour(2), ..Rates::default() });
        let mut calls = (0..3).map(|_| gate.call(ANNA, MethodName::SyncHeads, &metrics));
        assert_eq!((calls.next(), calls.next()), (Some(Ok(())), Some(Ok(()))));
        assert_eq!(calls.next().map(|it| it.unwrap_err().code.code()), Some(60018));
    }
}
