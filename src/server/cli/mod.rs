//! The command line of `hallway-server`.
//!
//! Without a command it serves (`serve`). The other commands work on the same database, whether a server is
//! running or not; a running one notices within a second or two (`accounts`).

mod accounts;
mod serve;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pico_args::Arguments;

use crate::config::{Config, ConfigError};
use crate::place::PlaceError;
use crate::store::StoreError;
use terminal::say;

const HELP: &str = "\
hallway-server: staff messaging that an organisation runs itself

hallway-server [OPTIONS]                     serve; prints how the first person signs in
hallway-server [OPTIONS] user list           accounts
hallway-server [OPTIONS] user add ID [--nick NAME] [--admin]
                                             new account; asks for its password
hallway-server [OPTIONS] user passwd ID      new password; ends all sessions of the account
hallway-server [OPTIONS] user disable ID     switch an account off; ends its sessions
hallway-server [OPTIONS] user enable ID      switch it on again
hallway-server [OPTIONS] user admin ID yes|no
                                             make an account an administrator, or no more
hallway-server [OPTIONS] invite [--admin] [--days N]
                                             print a link with which one person makes an account
hallway-server [OPTIONS] usersig ID [--days N]
                                             print a sign-in credential (userSig) for an account
hallway-server [OPTIONS] session list ID     where an account is signed in
hallway-server [OPTIONS] session end ID [INSTANCE]
                                             sign it out there, or everywhere
hallway-server [OPTIONS] config check        say what is wrong with the configuration
hallway-server config example                print a configuration with every key, its text and its default

Options:
  --config FILE     configuration; else $HALLWAY_CONFIG, else /etc/hallway/hallway-server.toml if it is there
  --data-dir DIR    instead of `data_dir`
  --bind ADDRESS    instead of `bind`
  -h, --help        this text
  -V, --version     version
";

/// Where the configuration is looked for last.
const SYSTEM_CONFIG: &str = "/etc/hallway/hallway-server.toml";

/// Why a command failed, as the person at the terminal reads it.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("{0}; `hallway-server --help` lists the commands")]
    Usage(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Start(#[from] crate::server::StartError),
    #[error("{0}")]
    Other(String),
}

impl From<pico_args::Error> for CliError {
    fn from(error: pico_args::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    match run(Arguments::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            use std::io::Write;
            // Nobody is left to tell when even this fails.
            let _ = writeln!(std::io::stderr(), "hallway-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut args: Arguments) -> Result<(), CliError> {
    if args.contains(["-h", "--help"]) {
        say(HELP.trim_end());
        return Ok(());
    }
    if args.contains(["-V", "--version"]) {
        say(format_args!("hallway-server {}", env!("CARGO_PKG_VERSION")));
        return Ok(());
    }
    let file: Option<PathBuf> = args.opt_value_from_str("--config")?;
    let data_dir: Option<PathBuf> = args.opt_value_from_str("--data-dir")?;
    let bind: Option<String> = args.opt_value_from_str("--bind")?;
    let command = args.subcommand()?;
    let verb = if matches!(command.as_deref(), Some("user" | "session" | "config")) {
        args.subcommand()?
    } else {
        None
    };
    if (command.as_deref(), verb.as_deref()) == (Some("config"), Some("example")) {
        rest_is_empty(args)?;
        say(Config::example().trim_end());
        return Ok(());
    }
    let mut config = read_config(file)?;
    if let Some(dir) = data_dir {
        config.server.data_dir = dir;
    }
    if let Some(bind) = bind {
        config.server.bind = bind;
    }
    config.check().map_err(ConfigError::Value)?;
    match (command.as_deref(), verb.as_deref()) {
        (None, _) => {
            rest_is_empty(args)?;
            serve::serve(config)
        }
        (Some("config"), Some("check")) => {
            rest_is_empty(args)?;
            say("The configuration is fine.");
            Ok(())
        }
        (Some(command), verb) => accounts::run(&config, command, verb, args),
    }
}

fn read_config(given: Option<PathBuf>) -> Result<Config, CliError> {
    let named =
        given.or_else(|| std::env::var_os("HALLWAY_CONFIG").filter(|v| !v.is_empty()).map(PathBuf::from));
    match named {
        Some(file) => Ok(Config::load(&file)?),
        None if Path::new(SYSTEM_CONFIG).exists() => Ok(Config::load(Path::new(SYSTEM_CONFIG))?),
        None => Ok(Config::default()),
    }
}

fn rest_is_empty(args: Arguments) -> Result<(), CliError> {
    match args.finish().first() {
        None => Ok(()),
        Some(word) => Err(CliError::Usage(format!("`{}` is not expected here", word.to_string_lossy()))),
    }
}
