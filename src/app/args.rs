//! The command line: which profile, which invite link.

use std::ffi::OsString;

use hallway_protocol::link::InviteLink;

use crate::fl;

/// The profile used when none is named.
pub const DEFAULT_PROFILE: &str = "default";

/// What the program was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Open the window.
    Open(Args),
    /// Print how to call the program.
    Help,
    /// Print name and version.
    Version,
}

/// How the window is to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    /// Name of the profile: own settings, own account, own data.
    pub profile: String,
    /// An invitation to join a workspace.
    pub link: Option<InviteLink>,
}

/// Why the command line was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadArgs {
    /// No such option.
    Unknown(String),
    /// `--profile` without a name.
    NoProfile,
    /// A name that cannot be the name of a folder on every system.
    BadProfile(String),
    /// Not an invite link of Hallway.
    BadLink,
}

impl BadArgs {
    /// What to tell the person, in the current language.
    pub fn text(&self) -> String {
        match self {
            Self::Unknown(option) => fl!("args-unknown", option = option.as_str()),
            Self::NoProfile => fl!("args-no-profile"),
            Self::BadProfile(name) => fl!("args-bad-profile", name = name.as_str()),
            Self::BadLink => fl!("args-bad-link"),
        }
    }
}

/// Reads the arguments after the program's name.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, BadArgs> {
    let mut open = Args { profile: DEFAULT_PROFILE.to_owned(), link: None };
    let mut args = args.into_iter().map(|arg| arg.to_string_lossy().into_owned());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--version" | "-V" => return Ok(Command::Version),
            "--profile" => open.profile = profile(args.next().ok_or(BadArgs::NoProfile)?)?,
            _ => {
                if let Some(name) = arg.strip_prefix("--profile=") {
                    open.profile = profile(name.to_owned())?;
                } else if arg.starts_with("hallway:") {
                    open.link = Some(arg.parse().map_err(|_| BadArgs::BadLink)?);
                } else {
                    return Err(BadArgs::Unknown(arg));
                }
            }
        }
    }
    Ok(Command::Open(open))
}

/// Letters, digits, `-` and `_`, at most 64: a folder name everywhere.
fn profile(name: String) -> Result<String, BadArgs> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits { Ok(name) } else { Err(BadArgs::BadProfile(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(args: &[&str]) -> Result<Command, BadArgs> {
        parse(args.iter().map(OsString::from))
    }

    fn open(profile: &str, link: Option<&str>) -> Result<Command, BadArgs> {
        Ok(Command::Open(Args { profile: profile.into(), link: link.map(|link| link.parse().unwrap()) }))
    }

    #[test]
    fn profiles_and_links() {
        const LINK: &str = "hallway://join/localhost:7290?token=abc&plain=1";
        assert_eq!(read(&[]), open("default", None));
        assert_eq!(read(&["--profile", "ben"]), open("ben", None));
        assert_eq!(read(&["--profile=ben", LINK]), open("ben", Some(LINK)));
        assert_eq!(read(&["--help", "--nonsense"]), Ok(Command::Help));
        assert_eq!(read(&["-V"]), Ok(Command::Version));
    }

    #[test]
    fn what_is_refused() {
        assert_eq!(read(&["--profile"]), Err(BadArgs::NoProfile));
        for bad in ["", "../other", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(read(&["--profile", bad]), Err(BadArgs::BadProfile(bad.into())));
        }
        assert_eq!(read(&["--verbose"]), Err(BadArgs::Unknown("--verbose".into())));
        assert_eq!(read(&["hallway://elsewhere"]), Err(BadArgs::BadLink));
    }
}
