//! Draws every page beside the conversations (the way in, settings, directory, quick switcher, list of keys),
//! at both ends of the widths, each in light and dark, each in one of the languages, to be looked at:
//! `target/shots/pages-*.png`. What can be checked without eyes is checked: that something is drawn.

use std::path::PathBuf;

use hallway_app::clock::Clock;
use hallway_app::harness::Harness;
use hallway_app::i18n::{self, Language};
use hallway_app::keymap;
use hallway_app::notice;
use hallway_app::profile::{Account, KeyKind, Renderer};
use hallway_app::screen::chats::sample;
use hallway_app::screen::directory::{self, Directory};
use hallway_app::screen::settings::{self, Settings, call};
use hallway_app::screen::shortcuts::{self, Shortcuts};
use hallway_app::screen::switcher::{self, Switcher};
use hallway_app::screen::welcome::form::Field;
use hallway_app::screen::welcome::{self, Found, Welcome, work};
use hallway_app::theme::{Appearance, Choice};
use hallway_app::widget::Element;
use hallway_app::widget::layers::{Layer, layers};
use hallway_client::{Conversation, LogLevel, ServerAddress};
use hallway_protocol::method::{Invite, Users};
use hallway_protocol::session::{Instance, InstanceInfo};
use hallway_protocol::user::Profile;
use hallway_protocol::{ChatError, ErrorCode, Limits};
use iced::Task;
use serde_json::json;

fn shots() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../shots")
}

/// Draws one page in every way.
fn draw<S, M: Clone + Send + 'static>(
    name: &str,
    make: impl Fn() -> S,
    view: impl for<'a> Fn(&'a S, f32) -> Element<'a, M> + Copy + 'static,
) {
    let (english, chinese) = (Language::English, Language::Chinese);
    for (width, size, ways) in [
        ("420", (420.0, 760.0), [(Appearance::Light, chinese), (Appearance::Dark, english)]),
        ("1400", (1400.0, 860.0), [(Appearance::Light, english), (Appearance::Dark, chinese)]),
    ] {
        for (appearance, language) in ways {
            i18n::select(language);
            let mut page = Harness::new(make(), |_, _| Task::none(), move |state| view(state, size.0), size);
            page.appearance(appearance);
            let picture = page.picture(1.0);
            let look = if appearance == Appearance::Dark { "dark" } else { "light" };
            picture.save(shots().join(format!("pages-{name}-{width}-{look}-{}.png", language.tag())));
            assert!(picture.colors() > 50, "{name} is drawn");
        }
    }
    i18n::select(Language::English);
}

fn server() -> ServerAddress {
    ServerAddress {
        address: "chat.example.org:7290".into(),
        pin: Some("3fa9".repeat(16)),
        ..ServerAddress::default()
    }
}

fn found(token: Option<&str>) -> Found {
    Found { server: server(), workspace: "Lighthouse".into(), app_id: 1, token: token.map(str::to_owned) }
}

fn account() -> Account {
    Account {
        server: server(),
        app_id: 1,
        user_id: sample::user("anna"),
        workspace: "Lighthouse".into(),
        key: KeyKind::Keyring,
        hosted: false,
    }
}

fn way_in(messages: &[welcome::Message]) -> Welcome {
    let mut welcome = Welcome::new();
    for message in messages {
        drop(welcome.update(message.clone()));
    }
    welcome
}

fn the_way_in() {
    use welcome::Message::{Answer, Find, Input, Proxy, Start, Submit};
    fn view(welcome: &Welcome, _: f32) -> Element<'_, welcome::Message> {
        layers(welcome.view()).into()
    }
    draw("welcome", Welcome::new, view);
    draw("start", || way_in(&[Start, Submit]), view);
    let link = Input(Field::Link, "hallway://join/chat".into());
    let proxy = Input(Field::Proxy, "http://proxy.example.org:3128".into());
    draw("find-proxy", || way_in(&[Find, Proxy, proxy.clone()]), view);
    draw("find", || way_in(&[Find, link.clone(), Submit]), view);
    let answer = |token| Answer(work::Answer::Found(Ok(found(token))));
    draw("join", || way_in(&[Find, answer(Some("token"))]), view);
    let failed = Answer(work::Answer::Joined(Err(ChatError::new(ErrorCode::NetworkError))));
    draw("join-failed", || way_in(&[Find, answer(Some("token")), failed.clone()]), view);
    let again = || Welcome::again(&account(), Some(i18n::LOADER.get("kicked-expired")));
    draw("sign-in", again, view);
    let unlock = || Welcome::unlock(Account { key: KeyKind::Passphrase, ..account() }, None);
    draw("unlock", unlock, view);
}

struct InSettings {
    settings: Settings,
    context: settings::Context,
}

fn in_settings(page: settings::Page, messages: &[settings::Message]) -> InSettings {
    let context = settings::Context {
        me: Profile { is_admin: true, ..sample::profile("anna") },
        limits: Limits::default(),
        workspace: "Lighthouse".into(),
        address: server().address,
        hosted: false,
        theme: Choice::System,
        language: None,
        zoom: 1.0,
        renderer: Renderer::Automatic,
        notices: notice::Choice::default(),
        log: LogLevel::default(),
        proxy: None,
        width: 0.0,
        clock: Clock::fixed(sample::NOW, 0),
    };
    let (mut settings, _) = Settings::open(page);
    for message in messages {
        drop(settings.update(message.clone(), &context));
    }
    InSettings { settings, context }
}

fn device(id: &str, host: &str, seen: i64) -> Instance {
    Instance {
        info: InstanceInfo {
            instance_id: id.into(),
            device_class: hallway_protocol::session::DeviceClass::default(),
            client_version: "hallway 0.1.0".into(),
            host_name: host.into(),
        },
        login_time: sample::NOW - 400_000,
        last_seen: seen,
        is_online: seen == sample::NOW,
        is_current: id == "1",
    }
}

fn settings_pages() {
    use settings::{Message, Page};
    fn view(state: &InSettings, width: f32) -> Element<'_, Message> {
        // The width only decides between two ways to show the same.
        let context = Box::leak(Box::new(settings::Context { width, ..state.context.clone() }));
        layers(state.settings.view(context)).into()
    }
    draw("appearance", || in_settings(Page::Appearance, &[]), view);
    draw("notifications", || in_settings(Page::Notices, &[]), view);
    draw("account", || in_settings(Page::Account, &[Message::Nick(String::new()), Message::SaveNick]), view);
    let wrong = || {
        let error =
            ChatError::new(ErrorCode::InvalidParameter).with_data(json!({ "reason": "proxy_address" }));
        let answer = Message::Answer(call::Answer::Proxied(None, Err(error)));
        in_settings(Page::Account, &[Message::Proxy("proxy example".into()), answer])
    };
    draw("account-proxy", wrong, view);
    draw("sign-out", || in_settings(Page::Account, &[Message::SignOut(false)]), view);
    let devices = vec![
        device("1", "harbour-office", sample::NOW),
        device("2", "a-laptop-with-quite-a-long-name-in-the-network.example.org", sample::NOW),
        device("3", "", sample::NOW - 200_000),
    ];
    let known = Message::Answer(call::Answer::Instances(Ok(devices)));
    draw("devices", || in_settings(Page::Devices, std::slice::from_ref(&known)), view);
    let invite = Invite {
        link: format!(
            "hallway://join/127.0.0.1:7290?token={}&pin={}&name=Lighthouse",
            "lhmTJ".repeat(8),
            "3fa9".repeat(16)
        ),
        expires: sample::NOW + 604_800,
    };
    let invited = Message::Answer(call::Answer::Invited(Ok(invite)));
    draw("invite", || in_settings(Page::Invite, &[Message::InviteAdmin(true), invited.clone()]), view);
    draw("about", || in_settings(Page::About, &[]), view);
}

const PEOPLE: [(&str, &str); 5] = [
    ("anna.weber", "Anna Weber"),
    ("ben.okafor", "Ben Okafor"),
    ("xiaoming", "王小明"),
    ("max.long", "Maximilian Alexander von und zu Hohenstein-Waldenburg-Schillingsfürst the Third"),
    ("zoe", "Zoë Ångström"),
];

fn people() -> Vec<Profile> {
    PEOPLE.map(|(id, nick)| Profile { nick: nick.into(), ..sample::profile(id) }).to_vec()
}

fn in_directory(page: Option<Result<Users, ChatError>>) -> Directory {
    let (mut directory, effects) = Directory::open();
    let number = effects.iter().find_map(|effect| match effect {
        directory::Effect::Search { number, .. } => Some(*number),
        _ => None,
    });
    if let (Some(number), Some(page)) = (number, page) {
        drop(directory.update(directory::Message::Page(number, page)));
    }
    directory
}

fn the_directory() {
    fn view(directory: &Directory, _: f32) -> Element<'_, directory::Message> {
        let me = Box::leak(Box::new(sample::user("anna.weber")));
        layers(directory.view(me, true)).into()
    }
    draw("directory", || in_directory(Some(Ok(Users { users: people(), cursor: None }))), view);
    draw("directory-nobody", || in_directory(Some(Ok(Users { users: vec![], cursor: None }))), view);
    let failed = || in_directory(Some(Err(ChatError::new(ErrorCode::NoNetwork))));
    draw("directory-failed", failed, view);
}

fn rows() -> Vec<Conversation> {
    let mut sales = sample::row("GROUPsales");
    sales.unread_count = 3;
    let mut long = sample::row("C2Cmax");
    if let Some(profile) = &mut long.user_profile {
        *profile = Profile { nick: PEOPLE[3].1.into(), ..sample::profile("max") };
    }
    long.unread_count = 1;
    vec![sales, long, sample::row("C2Cben"), sample::row("C2Cdora")]
}

fn what_floats() {
    fn switcher(switcher: &Switcher, _: f32) -> Element<'_, switcher::Message> {
        let view = switcher.view(&rows(), keymap::Action::ALL);
        layers(iced::widget::space()).push(Layer::top(0.2, view).initial(switcher::LINE)).into()
    }
    let with = |query: &str| {
        let mut switcher = Switcher::default();
        drop(switcher.update(switcher::Message::Query(query.into()), &rows(), keymap::Action::ALL));
        switcher
    };
    draw("switcher", || with(""), switcher);
    draw("switcher-actions", || with(">"), switcher);
    draw("switcher-nothing", || with("xyz"), switcher);
    fn shortcuts(shortcuts: &Shortcuts, _: f32) -> Element<'_, shortcuts::Message> {
        layers(iced::widget::space()).push(Layer::modal(shortcuts.view()).initial(shortcuts::SEARCH)).into()
    }
    draw("shortcuts", Shortcuts::default, shortcuts);
}

// One test, because the language is that of the process.
#[test]
fn every_page_in_every_way() {
    the_way_in();
    settings_pages();
    the_directory();
    what_floats();
}
