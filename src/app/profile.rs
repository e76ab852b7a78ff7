//! What one profile keeps outside the encrypted copy: who is signed in where, and how the window looks.
//!
//! A profile is a folder under the platform's data folder. `settings.json` in it is read before the window
//! opens, so that the first frame is the final one, and holds nothing that is secret: credentials and
//! messages live in the client's encrypted database beside it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hallway_client::{LogLevel, ServerAddress};
use hallway_protocol::{ConversationId, UserId};
use serde::{Deserialize, Serialize};

use crate::i18n::Language;
use crate::notice;
use crate::theme::Choice;
use crate::theme::tokens::{ZOOM, size};

const FILE: &str = "settings.json";

/// A folder with everything one profile has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name, as given with `--profile`.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
}

/// The account of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Where the server is and how to get there.
    #[serde(flatten)]
    pub server: ServerAddress,
    /// App id of the deployment.
    pub app_id: u32,
    /// Who.
    pub user_id: UserId,
    /// Name of the workspace.
    #[serde(default)]
    pub workspace: String,
    /// How the key of the local copy is kept.
    #[serde(default)]
    pub key: KeyKind,
    /// The workspace's server runs inside this app.
    #[serde(default)]
    pub hosted: bool,
}

/// Where the key of the local copy comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The system's keyring.
    #[default]
    Keyring,
    /// A passphrase the person types at each start.
    Passphrase,
}

/// What draws the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Renderer {
    /// The graphics card where there is one.
    #[default]
    Automatic,
    /// Always the processor.
    Software,
}

/// Size and place of the window, in logical pixels at 100 % zoom.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// Left and top edge, where the desktop tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<(f32, f32)>,
    /// Fills the screen.
    #[serde(default)]
    pub maximized: bool,
}

impl Default for WindowPlace {
    fn default() -> Self {
        Self { width: 1100.0, height: 760.0, position: None, maximized: false }
    }
}

/// What the person chose, and what the window remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Who is signed in; none before the first sign-in and after signing out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// Light, dark, or as the system.
    pub theme: Choice,
    /// The language; none for that of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// 0.8 to 2.0.
    pub zoom: f32,
    /// What draws the window.
    pub renderer: Renderer,
    /// Size and place of the window.
    pub window: WindowPlace,
    /// Those of the window in which a chat record is read.
    pub record_window: WindowPlace,
    /// Width of the conversation list.
    pub list_width: f32,
    /// The side panel is open.
    pub panel: bool,
    /// What was open last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// What is announced on the desktop.
    pub notices: notice::Choice,
    /// What is written to the log.
    pub log: LogLevel,
    /// Taken last, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent_emoji: Vec<String>,
    /// Stickers sent last, newest first: number of the pack and key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent_stickers: Vec<(i32, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account: None,
            theme: Choice::default(),
            language: None,
            zoom: ZOOM.1,
            renderer: Renderer::default(),
            window: WindowPlace::default(),
            record_window: WindowPlace { width: 560.0, height: 720.0, ..WindowPlace::default() },
            list_width: size::LIST,
            panel: false,
            conversation: None,
            notices: notice::Choice::default(),
            log: LogLevel::default(),
            recent_emoji: Vec::new(),
            recent_stickers: Vec::new(),
        }
    }
}

impl Settings {
    /// The language in force.
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(Language::of_system)
    }

    /// Numbers a person may have edited by hand, brought back to what the window can be.
    fn within_bounds(mut self) -> Self {
        let clamp = |value: &mut f32, least: f32, usual: f32, most: f32| {
            *value = if value.is_finite() { value.clamp(least, most) } else { usual };
        };
        let usual = WindowPlace::default();
        clamp(&mut self.zoom, ZOOM.0, ZOOM.1, ZOOM.2);
        clamp(&mut self.list_width, size::LIST_MIN, size::LIST, size::LIST_MAX);
        clamp(&mut self.window.width, size::WINDOW_MIN.0, usual.width, 16_384.0);
        clamp(&mut self.window.height, size::WINDOW_MIN.1, usual.height, 16_384.0);
        self
    }
}

impl Profile {
    /// The profile with this name under the platform's data folder; none where the system names no such
    /// folder.
    pub fn named(name: &str) -> Option<Self> {
        Some(Self { name: name.to_owned(), dir: dirs::data_dir()?.join("hallway").join(name) })
    }

    /// Where the client keeps its database.
    pub fn client_dir(&self) -> PathBuf {
        self.dir.join("accounts")
    }

    /// Where a workspace hosted by this profile keeps its data.
    pub fn workspace_dir(&self) -> PathBuf {
        self.dir.join("workspace")
    }

    /// Where the log goes.
    pub fn log_dir(&self) -> PathBuf {
        self.dir.join("log")
    }

    /// Makes the folder, readable by its owner only.
    pub fn make_dir(&self) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&self.dir, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }

    /// The settings; the defaults where there are none yet. A file that cannot be understood is put aside
    /// under another name and reported, never overwritten.
    pub fn load(&self) -> (Settings, Option<Unreadable>) {
        let path = self.dir.join(FILE);
        let reason = match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice::<Settings>(&bytes) {
                Ok(settings) => return (settings.within_bounds(), None),
                Err(error) => error.to_string(),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (Settings::default(), None),
            Err(error) => error.to_string(),
        };
        let aside = path.with_extension("json.unreadable");
        let kept = fs::rename(&path, &aside).is_ok();
        (Settings::default(), Some(Unreadable { reason, kept: kept.then_some(aside) }))
    }

    /// Writes the settings so that a crash leaves the old or the new file, never half of one.
    pub fn save(&self, settings: &Settings) -> io::Result<()> {
        write_whole(&self.dir.join(FILE), &serde_json::to_vec_pretty(settings)?)
    }
}

/// A settings file that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Why, for the log.
    pub reason: String,
    /// Where it is now, if it could be moved.
    pub kept: Option<PathBuf>,
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("json.new");
    let mut file = fs::File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> Profile {
        let dir = std::env::temp_dir().join(format!("hallway-profile-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        let profile = Profile { name: name.into(), dir };
        profile.make_dir().unwrap();
        profile
    }

    #[test]
    fn settings_come_back_as_they_were_saved() {
        let profile = profile("round");
        assert_eq!(profile.load(), (Settings::default(), None));
        let settings = Settings {
            account: Some(Account {
                server: ServerAddress {
                    address: "chat.example.org:7290".into(),
                    pin: Some("ab".repeat(32)),
                    plain: false,
                    proxy_server: Some("proxy.example.org:3128".into()),
                },
                app_id: 1,
                user_id: "anna".parse().unwrap(),
                workspace: "Acme".into(),
                key: KeyKind::Passphrase,
                hosted: true,
            }),
            theme: Choice::Dark,
            language: Some(Language::Chinese),
            zoom: 1.5,
            conversation: Some("GROUPsales".parse().unwrap()),
            notices: notice::Choice { enabled: true, previews: false },
            ..Settings::default()
        };
        profile.save(&settings).unwrap();
        assert_eq!(profile.load(), (settings, None));
    }

    #[test]
    fn a_broken_file_is_kept_and_reported() {
        let profile = profile("broken");
        fs::write(profile.dir.join(FILE), "{ half").unwrap();
        let (settings, unreadable) = profile.load();
        assert_eq!(settings, Settings::default());
        let kept = unreadable.unwrap().kept.unwrap();
        assert_eq!(fs::read_to_string(kept).unwrap(), "{ half");
    }

    #[test]
    fn impossible_numbers_are_brought_back() {
        let profile = profile("numbers");
        fs::write(profile.dir.join(FILE), r#"{"zoom": 9, "list_width": 3, "unknown": true}"#).unwrap();
        let (settings, unreadable) = profile.load();
        assert!(unreadable.is_none());
        assert_eq!((settings.zoom, settings.list_width), (ZOOM.2, size::LIST_MIN));
    }
}
