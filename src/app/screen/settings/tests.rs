//! What the settings ask for, and what they keep.

use super::*;
use crate::screen::chats::sample;

fn context() -> Context {
    Context {
        me: sample::profile("anna"),
        limits: Limits::default(),
        workspace: "Lighthouse".into(),
        address: "chat.example.org:7290".into(),
        hosted: false,
        theme: Choice::System,
        language: None,
        zoom: 1.0,
        renderer: Renderer::Automatic,
        notices: notice::Choice::default(),
        log: LogLevel::default(),
        proxy: None,
        width: 800.0,
        clock: crate::clock::Clock::fixed(sample::NOW, 0),
    }
}

/// The proxy of an account is changed without signing in again, and remembered once it is in force.
#[test]
fn another_proxy() {
    for (typed, wanted) in [(" proxy.example.org:3128 ", Some("proxy.example.org:3128")), (" ", None)] {
        let wanted = wanted.map(str::to_owned);
        let (mut settings, _) = Settings::open(Page::Account);
        let mut update = |message| settings.update(message, &context());
        assert_eq!(update(Message::Proxy(typed.into())), []);
        assert_eq!(update(Message::SaveProxy), [Effect::Call(Call::Proxy(wanted.clone()))]);
        let refused =
            Answer::Proxied(wanted.clone(), Err(hallway_client::ErrorCode::InvalidParameter.into()));
        assert_eq!(update(Message::Answer(refused)), [], "stays in the field, with what is wrong");
        let done = Answer::Proxied(wanted.clone(), Ok(()));
        assert_eq!(update(Message::Answer(done)), [Effect::Action(Action::Proxy(wanted))]);
    }
}
