//! Settings: how the app looks, the own account and its devices, inviting people.
//!
//! Changes apply at once. [`Settings`] is the state, [`call`] is what it asks of the account, [`view`] is how
//! it looks. What the window itself has to change (theme, language, zoom) leaves as an [`Action`].

pub mod call;
#[cfg(test)]
mod tests;
pub mod view;

use hallway_client::protocol::method::Invite;
use hallway_client::protocol::session::Instance;
use hallway_client::protocol::user::Profile;
use hallway_client::{ChatError, Client, Limits, LogLevel};
use iced::Task;
use zeroize::Zeroizing;

use self::call::{Answer, Call};
use crate::fl;
use crate::i18n::Language;
use crate::notice;
use crate::problem;
use crate::profile::Renderer;
use crate::theme::Choice;
use crate::theme::tokens::ZOOM;
use crate::widget::focus;

/// The page in front.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Page {
    /// Theme, language, zoom.
    #[default]
    Appearance,
    /// What is announced on the desktop.
    Notices,
    /// Name, password, signing out.
    Account,
    /// Where the account is signed in (SES-46).
    Devices,
    /// Inviting people.
    Invite,
    /// Versions and the server.
    About,
}

impl Page {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 6] =
        [Self::Appearance, Self::Notices, Self::Account, Self::Devices, Self::Invite, Self::About];
}

/// What the view shows and the parent keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Who is signed in.
    pub me: Profile,
    /// What the deployment allows.
    pub limits: Limits,
    /// Name of the workspace.
    pub workspace: String,
    /// Where its server is.
    pub address: String,
    /// The server runs inside this app.
    pub hosted: bool,
    /// Chosen theme.
    pub theme: Choice,
    /// Chosen language; none for that of the system.
    pub language: Option<Language>,
    /// 0.8 to 2.0.
    pub zoom: f32,
    /// Chosen renderer.
    pub renderer: Renderer,
    /// What is announced on the desktop.
    pub notices: notice::Choice,
    /// What is written to the log.
    pub log: LogLevel,
    /// The proxy on the way to the server; none to go directly.
    pub proxy: Option<String>,
    /// Width of the window.
    pub width: f32,
    /// Offset of the local time zone from UTC, for times.
    pub clock: crate::clock::Clock,
}

/// The screen.
#[derive(Debug, Default)]
pub struct Settings {
    page: Page,
    nick: Option<Editing>,
    proxy: Option<Editing>,
    password: Passwords,
    devices: Option<Result<Vec<Instance>, String>>,
    ending: Option<String>,
    invite: Option<Invite>,
    invite_admin: bool,
    invite_problem: Option<String>,
    busy: bool,
    confirm_sign_out: bool,
    said: Option<String>,
}

/// A value being changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Editing {
    text: String,
    problem: Option<String>,
}

/// The form for a new password.
#[derive(Default)]
pub struct Passwords {
    old: Zeroizing<String>,
    new: Zeroizing<String>,
    problem: Option<String>,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

/// What happens on the screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// Another page.
    Page(Page),
    /// Close the settings.
    Close,
    /// Another theme.
    Theme(Choice),
    /// Another language; none for that of the system.
    Language(Option<Language>),
    /// Zoom in steps of 10 %.
    Zoom(f32),
    /// Another renderer, from the next start on.
    Renderer(Renderer),
    /// What is announced on the desktop.
    Notices(notice::Choice),
    /// What is written to the log.
    Log(LogLevel),
    /// The address of the proxy is typed.
    Proxy(String),
    /// The proxy is to be used.
    SaveProxy,
    /// The own name is typed.
    Nick(String),
    /// The own name is to be kept.
    SaveNick,
    /// The present password is typed.
    OldPassword(String),
    /// The new password is typed.
    NewPassword(String),
    /// The new password is to be kept.
    SavePassword,
    /// End another instance.
    End(String),
    /// The account made by the invitation will be an administrator.
    InviteAdmin(bool),
    /// Make an invite link.
    Invite,
    /// Copy a text.
    Copy(String),
    /// Sign out, first asked, then done.
    SignOut(bool),
    /// Keep it as it is.
    StaySignedIn,
    /// A call came back.
    Answer(Answer),
}

/// What only the parent can do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Close the settings.
    Close,
    /// Another theme.
    Theme(Choice),
    /// Another language.
    Language(Option<Language>),
    /// Another zoom.
    Zoom(f32),
    /// Another renderer, from the next start on.
    Renderer(Renderer),
    /// What is announced on the desktop.
    Notices(notice::Choice),
    /// What is written to the log.
    Log(LogLevel),
    /// The account is reached through this proxy, or directly: it is remembered.
    Proxy(Option<String>),
    /// Sign this instance out.
    SignOut,
}

/// What an update wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the account.
    Call(Call),
    /// Into the clipboard.
    Copy(String),
    /// Give the keyboard to a widget.
    Focus(&'static str),
    /// The parent has to do it.
    Action(Action),
}

/// Makes a task of an effect; the parent takes actions out first.
pub fn run(effect: Effect, client: &Client) -> Task<Message> {
    match effect {
        Effect::Call(call) => Task::perform(call.run(client.clone()), Message::Answer),
        Effect::Copy(text) => iced::clipboard::write(text),
        Effect::Focus(id) => focus::focus(id),
        Effect::Action(_) => Task::none(),
    }
}

impl Settings {
    /// Settings opened at a page.
    pub fn open(page: Page) -> (Self, Vec<Effect>) {
        let mut settings = Self::default();
        let effects = settings.turn(page);
        (settings, effects)
    }

    /// Takes in what happened.
    pub fn update(&mut self, message: Message, context: &Context) -> Vec<Effect> {
        match message {
            Message::Page(page) => return self.turn(page),
            Message::Close => return vec![Effect::Action(Action::Close)],
            Message::Theme(choice) => return vec![Effect::Action(Action::Theme(choice))],
            Message::Language(language) => return vec![Effect::Action(Action::Language(language))],
            Message::Zoom(zoom) => return vec![Effect::Action(Action::Zoom(zoom.clamp(ZOOM.0, ZOOM.2)))],
            Message::Renderer(renderer) => return vec![Effect::Action(Action::Renderer(renderer))],
            Message::Notices(choice) => return vec![Effect::Action(Action::Notices(choice))],
            Message::Log(level) => return vec![Effect::Action(Action::Log(level))],
            Message::Proxy(text) => self.proxy = Some(Editing { text, problem: None }),
            Message::SaveProxy => return self.save_proxy(),
            Message::Nick(text) => self.nick = Some(Editing { text, problem: None }),
            Message::SaveNick => return self.save_nick(context),
            Message::OldPassword(text) => self.password.old = text.into(),
            Message::NewPassword(text) => {
                self.password.new = text.into();
                self.password.problem = None;
            }
            Message::SavePassword => return self.save_password(&context.limits),
            Message::End(instance_id) if self.ending.is_none() => {
                self.ending = Some(instance_id.clone());
                return vec![Effect::Call(Call::EndInstance(instance_id))];
            }
            Message::End(_) => {}
            Message::InviteAdmin(on) => {
                self.invite_admin = on;
                self.invite = None;
            }
            Message::Invite if !self.busy => {
                self.busy = true;
                return vec![Effect::Call(Call::Invite { is_admin: self.invite_admin })];
            }
            Message::Invite => {}
            Message::Copy(text) => {
                self.said = Some(fl!("settings-copied"));
                return vec![Effect::Copy(text)];
            }
            Message::SignOut(sure) if sure => return vec![Effect::Action(Action::SignOut)],
            Message::SignOut(_) => {
                self.confirm_sign_out = true;
                return vec![Effect::Focus(view::STAY)];
            }
            Message::StaySignedIn => self.confirm_sign_out = false,
            Message::Answer(answer) => return self.answer(answer),
        }
        Vec::new()
    }

    /// Closes the innermost thing that is open; false when that is the screen itself.
    pub fn escape(&mut self) -> bool {
        std::mem::take(&mut self.confirm_sign_out)
    }

    fn turn(&mut self, page: Page) -> Vec<Effect> {
        *self = Self { page, ..Self::default() };
        if page == Page::Devices { vec![Effect::Call(Call::Instances)] } else { Vec::new() }
    }

    fn save_nick(&mut self, context: &Context) -> Vec<Effect> {
        let Some(editing) = &mut self.nick else { return Vec::new() };
        let nick = editing.text.trim();
        if nick.is_empty() {
            editing.problem = Some(fl!("welcome-nick-missing"));
        } else if !context.limits.nick.fits(nick) {
            editing.problem = Some(fl!("settings-nick-long", count = context.limits.nick.max));
        } else if !std::mem::replace(&mut self.busy, true) {
            return vec![Effect::Call(Call::Rename(nick.to_owned()))];
        }
        Vec::new()
    }

    fn save_proxy(&mut self) -> Vec<Effect> {
        let Some(editing) = &self.proxy else { return Vec::new() };
        let proxy = Some(editing.text.trim().to_owned()).filter(|proxy| !proxy.is_empty());
        vec![Effect::Call(Call::Proxy(proxy))]
    }

    fn save_password(&mut self, limits: &Limits) -> Vec<Effect> {
        let least = limits.password_min_chars;
        if self.password.old.is_empty() {
            self.password.problem = Some(fl!("welcome-password-missing"));
        } else if self.password.new.chars().count() < least as usize {
            self.password.problem = Some(fl!("welcome-password-short", count = least));
        } else if !std::mem::replace(&mut self.busy, true) {
            let (old, new) = (self.password.old.clone(), self.password.new.clone());
            return vec![Effect::Call(Call::ChangePassword(old, new))];
        }
        Vec::new()
    }

    fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        let text = |error: &ChatError| problem::sentence(error);
        match answer {
            Answer::Renamed(result) => {
                self.busy = false;
                match result {
                    Ok(()) => {
                        self.nick = None;
                        self.said = Some(fl!("settings-saved"));
                    }
                    Err(error) => {
                        if let Some(editing) = &mut self.nick {
                            editing.problem = Some(text(&error));
                        }
                    }
                }
            }
            Answer::Proxied(proxy, Ok(())) => {
                self.proxy = None;
                self.said = Some(fl!("settings-saved"));
                return vec![Effect::Action(Action::Proxy(proxy))];
            }
            Answer::Proxied(_, Err(error)) => {
                if let Some(editing) = &mut self.proxy {
                    editing.problem = Some(text(&error));
                }
            }
            Answer::PasswordChanged(result) => {
                self.busy = false;
                match result {
                    Ok(()) => {
                        self.password = Passwords::default();
                        self.said = Some(fl!("settings-password-changed"));
                    }
                    Err(error) => self.password.problem = Some(text(&error)),
                }
            }
            Answer::Instances(result) => self.devices = Some(result.map_err(|error| text(&error))),
            Answer::Ended(result) => {
                self.ending = None;
                if let Err(error) = result {
                    self.said = Some(text(&error));
                }
                return vec![Effect::Call(Call::Instances)];
            }
            Answer::Invited(result) => {
                self.busy = false;
                match result {
                    Ok(invite) => {
                        self.invite = Some(invite);
                        self.invite_problem = None;
                    }
                    Err(error) => self.invite_problem = Some(text(&error)),
                }
            }
        }
        Vec::new()
    }
}
