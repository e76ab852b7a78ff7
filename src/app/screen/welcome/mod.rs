//! The way in: starting a workspace on this computer, joining one, signing in, unlocking the local copy.
//!
//! [`Welcome`] is the state; [`work`] is what it asks of the network and the disk; [`view`] is how it looks.
//! An account that has been made is never made twice: what remains to be done after that is a [`Pending`]
//! sign-in, which a passphrase or another try can go on with.

pub mod form;
pub mod view;
pub mod work;

#[cfg(test)]
mod tests;

use hallway_client::protocol::link::InviteLink;
use hallway_client::{CacheKey, ChatError, Client, ServerAddress};
use iced::Task;
use zeroize::Zeroizing;

use self::form::{Field, Form};
use self::work::{Answer, Work};
use crate::fl;
use crate::problem::{self, reason};
use crate::profile::{Account, KeyKind};
use crate::widget::focus;

/// The screen.
#[derive(Debug)]
pub struct Welcome {
    step: Step,
    form: Form,
    /// What is being waited for; the form is locked meanwhile.
    busy: Option<Busy>,
    problem: Option<Problem>,
    /// Said above the form, as why one is here again.
    notice: Option<String>,
    /// A workspace can be started on this computer.
    can_host: bool,
    /// The workspace to sign in to runs inside this program.
    hosted: bool,
}

/// Which page is shown.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Start or join.
    Choose,
    /// Name the workspace and oneself.
    Start,
    /// Paste a link or type an address.
    Find,
    /// Make an account at the server of a link.
    Join(Found),
    /// Sign in with an account that exists.
    SignIn(Found),
    /// Nobody vouches for the server's certificate: compare fingerprints.
    Trust(Found),
    /// Choose or type the passphrase of the local copy.
    Passphrase {
        /// What goes on with it.
        then: Pending,
        /// It is typed for the first time.
        is_new: bool,
    },
}

/// A server that answered, or is about to be trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Where it is.
    pub server: ServerAddress,
    /// Name of its workspace.
    pub workspace: String,
    /// App id of the deployment.
    pub app_id: u32,
    /// From the invite link, if there was one.
    pub token: Option<String>,
}

/// A sign-in that only lacks the key of the local copy.
#[derive(Clone, PartialEq)]
pub struct Pending {
    /// The account as it will be remembered.
    pub account: Account,
    /// None to go on from the local copy.
    pub password: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("account", &self.account).finish_non_exhaustive()
    }
}

/// What is being waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// The embedded server starts.
    Starting,
    /// A server is looked for.
    Looking,
    /// An account is made or signed in.
    Entering,
}

/// What is wrong, and at which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// None for the form as a whole.
    pub field: Option<Field>,
    /// A sentence for the person.
    pub text: String,
}

impl Problem {
    fn at(field: Field, text: String) -> Self {
        Self { field: Some(field), text }
    }

    fn of(error: &ChatError) -> Self {
        Self { field: None, text: problem::sentence(error) }
    }
}

/// What happens on the screen.
#[derive(Debug, Clone)]
pub enum Message {
    /// "Start a workspace on this computer".
    Start,
    /// "Join a workspace".
    Find,
    /// One step back.
    Back,
    /// A field changed.
    Input(Field, String),
    /// Other computers of the local network may connect.
    Network(bool),
    /// Show the field for a proxy.
    Proxy,
    /// There is an account already: sign in instead of joining, or the other way round.
    HasAccount(bool),
    /// The main button, or Enter.
    Submit,
    /// Work came to an end.
    Answer(Answer),
}

/// What only the parent can do.
#[derive(Debug)]
pub enum Action {
    /// Somebody is in.
    Entered {
        /// The account, signed in or opened from its local copy.
        client: Client,
        /// To be remembered.
        account: Account,
    },
    /// A workspace runs inside this program from now on.
    #[cfg(feature = "workspace")]
    Hosting(crate::workspace::Workspace),
}

/// What an update wants done.
#[derive(Debug)]
pub enum Effect {
    /// Ask the network or the disk.
    Work(Work),
    /// Give the keyboard to a field.
    Focus(&'static str),
    /// The parent has to do it.
    Action(Action),
}

/// Makes a task of an effect; actions are not tasks, the parent takes them out first.
pub fn run(effect: Effect, place: &work::Place) -> Task<Message> {
    match effect {
        Effect::Work(work) => Task::perform(work.run(place.clone()), Message::Answer),
        Effect::Focus(id) => focus::focus(id),
        Effect::Action(_) => Task::none(),
    }
}

impl Welcome {
    /// The first page of a new profile.
    pub fn new() -> Self {
        Self {
            step: Step::Choose,
            form: Form::default(),
            busy: None,
            problem: None,
            notice: None,
            can_host: cfg!(feature = "workspace"),
            hosted: false,
        }
    }

    /// The page after a session ended, with why (SES-42): the account is known, the password is not.
    pub fn again(account: &Account, notice: Option<String>) -> Self {
        let mut welcome = Self::new();
        welcome.form.user_id = account.user_id.to_string();
        welcome.notice = notice;
        welcome.hosted = account.hosted;
        welcome.step = Step::SignIn(Found {
            server: account.server.clone(),
            workspace: account.workspace.clone(),
            app_id: account.app_id,
            token: None,
        });
        welcome
    }

    /// The page of an account whose local copy has to be unlocked first.
    pub fn unlock(account: Account, problem: Option<&ChatError>) -> Self {
        let mut welcome = Self::new();
        welcome.problem = problem.map(Problem::of);
        welcome.step = Step::Passphrase { then: Pending { account, password: None }, is_new: false };
        welcome
    }

    /// The page shown.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// Opens an invite link that came from outside: nothing is joined before the person says so.
    pub fn open_link(&mut self, link: &str) -> Vec<Effect> {
        link.clone_into(&mut self.form.link);
        self.step = Step::Find;
        self.submit()
    }

    /// Takes in what happened.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Answer(answer) => return self.answer(answer),
            // The form is locked while something is under way.
            _ if self.busy.is_some() => {}
            Message::Start => return self.go(Step::Start),
            Message::Find => return self.go(Step::Find),
            Message::Back => {
                let back = match &self.step {
                    Step::Join(_) | Step::SignIn(_) | Step::Trust(_) => Step::Find,
                    _ => Step::Choose,
                };
                return self.go(back);
            }
            Message::Input(field, text) => {
                if self.problem.as_ref().is_some_and(|p| p.field.is_none_or(|at| at == field)) {
                    self.problem = None;
                }
                self.form.set(field, text);
            }
            Message::Network(on) => self.form.network = on,
            Message::Proxy => {
                self.form.proxy = Some(String::new());
                return vec![Effect::Focus(Field::Proxy.id())];
            }
            Message::HasAccount(has) => match self.step.clone() {
                Step::Join(found) if has => return self.go(Step::SignIn(found)),
                Step::SignIn(found) if !has => return self.go(Step::Join(found)),
                _ => {}
            },
            Message::Submit => return self.submit(),
        }
        Vec::new()
    }

    fn go(&mut self, step: Step) -> Vec<Effect> {
        self.problem = None;
        self.step = step;
        vec![Effect::Focus(self.first_field())]
    }

    /// The field the keyboard goes to when a page opens.
    fn first_field(&self) -> &'static str {
        match &self.step {
            Step::Choose => view::START,
            Step::Start => Field::Nick.id(),
            Step::Find => Field::Link.id(),
            Step::Join(_) => Field::Nick.id(),
            Step::SignIn(_) if self.form.user_id.is_empty() => Field::UserId.id(),
            Step::SignIn(_) => Field::Password.id(),
            Step::Trust(_) => view::SUBMIT,
            Step::Passphrase { .. } => Field::Passphrase.id(),
        }
    }

    fn submit(&mut self) -> Vec<Effect> {
        self.notice = None;
        match self.prepare() {
            Ok((busy, work)) => {
                self.busy = Some(busy);
                self.problem = None;
                vec![Effect::Work(work)]
            }
            Err(problem) => {
                let focus = problem.field.map(|field| Effect::Focus(field.id()));
                self.problem = Some(problem);
                focus.into_iter().collect()
            }
        }
    }

    /// What the main button does with what is in the form.
    fn prepare(&self) -> Result<(Busy, Work), Problem> {
        let form = &self.form;
        match &self.step {
            Step::Choose => Err(Problem { field: None, text: String::new() }),
            Step::Start => {
                let person = form.new_person()?;
                Ok((
                    Busy::Starting,
                    Work::Start { workspace: form.workspace_name(), network: form.network, person },
                ))
            }
            Step::Find => {
                let text = form.link.trim();
                let (mut server, token) = if text.starts_with(InviteLink::PREFIX) {
                    let link: InviteLink =
                        text.parse().map_err(|_| Problem::at(Field::Link, fl!("welcome-link-broken")))?;
                    let token = link.token.clone();
                    (ServerAddress::from(link), Some(token))
                } else {
                    (
                        form.address().ok_or_else(|| Problem::at(Field::Link, fl!("welcome-address-bad")))?,
                        None,
                    )
                };
                server.proxy_server = form.proxy_server();
                Ok((Busy::Looking, Work::Look { server, token }))
            }
            Step::Trust(found) => {
                Ok((Busy::Looking, Work::Look { server: found.server.clone(), token: found.token.clone() }))
            }
            Step::Join(found) => {
                Ok((Busy::Entering, Work::Join { found: found.clone(), person: form.new_person()? }))
            }
            Step::SignIn(found) => {
                let user_id = form.user_id()?;
                if form.password.is_empty() {
                    return Err(Problem::at(Field::Password, fl!("welcome-password-missing")));
                }
                let account = found.account(user_id, KeyKind::Keyring, self.hosted);
                let pending = Pending { account, password: Some(form.password.clone()) };
                Ok((Busy::Entering, Work::Enter { pending, key: CacheKey::Keyring }))
            }
            Step::Passphrase { then, is_new } => {
                let passphrase = form.passphrase(*is_new)?;
                let account = Account { key: KeyKind::Passphrase, ..then.account.clone() };
                let pending = Pending { account, ..then.clone() };
                Ok((Busy::Entering, Work::Enter { pending, key: CacheKey::Passphrase(passphrase) }))
            }
        }
    }

    fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        self.busy = None;
        match answer {
            #[cfg(feature = "workspace")]
            Answer::Started(started) => match started.take() {
                Some(Ok((workspace, hosted))) => {
                    let mut effects = vec![Effect::Action(Action::Hosting(workspace))];
                    effects.extend(match hosted {
                        work::Hosted::New(pending) => {
                            self.busy = Some(Busy::Entering);
                            vec![Effect::Work(Work::Enter { pending, key: CacheKey::Keyring })]
                        }
                        work::Hosted::Existing(found) => {
                            self.hosted = true;
                            self.notice = Some(fl!("welcome-workspace-exists"));
                            self.go(Step::SignIn(found))
                        }
                    });
                    effects
                }
                Some(Err(error)) => self.fail(&error),
                None => Vec::new(),
            },
            Answer::Found(Ok(found)) => {
                let step = if found.token.is_some() { Step::Join(found) } else { Step::SignIn(found) };
                self.go(step)
            }
            Answer::NotFound { server, token, error } => match untrusted(&error) {
                Some(pin) => self.go(Step::Trust(Found {
                    server: ServerAddress { pin: Some(pin), ..server },
                    workspace: String::new(),
                    app_id: 0,
                    token,
                })),
                None => self.fail(&error),
            },
            Answer::Found(Err(error)) | Answer::Joined(Err(error)) => self.fail(&error),
            Answer::Joined(Ok(pending)) => {
                self.busy = Some(Busy::Entering);
                vec![Effect::Work(Work::Enter { pending, key: CacheKey::Keyring })]
            }
            Answer::Entered(Ok((client, account))) => {
                vec![Effect::Action(Action::Entered { client, account })]
            }
            Answer::Entered(Err((pending, error))) => match problem::reason(&error) {
                Some(reason::NO_KEYRING) => self.go(Step::Passphrase { then: pending, is_new: true }),
                Some(reason::PASSPHRASE_NEEDED) => self.go(Step::Passphrase { then: pending, is_new: false }),
                _ => self.fail(&error),
            },
        }
    }

    fn fail(&mut self, error: &ChatError) -> Vec<Effect> {
        let field = (problem::reason(error) == Some("proxy_address")).then_some(Field::Proxy);
        self.problem = Some(Problem { field, ..Problem::of(error) });
        vec![Effect::Focus(field.map_or_else(|| self.first_field(), Field::id))]
    }
}

impl Default for Welcome {
    fn default() -> Self {
        Self::new()
    }
}

impl Found {
    fn account(&self, user_id: hallway_client::UserId, key: KeyKind, hosted: bool) -> Account {
        Account {
            server: self.server.clone(),
            app_id: self.app_id,
            user_id,
            workspace: self.workspace.clone(),
            key,
            hosted,
        }
    }
}

/// The fingerprint of a certificate nobody vouches for, which a person may compare and trust.
fn untrusted(error: &ChatError) -> Option<String> {
    (problem::reason(error) == Some("untrusted"))
        .then(|| error.data.as_ref()?.get("certificate")?.as_str().map(str::to_owned))?
}
