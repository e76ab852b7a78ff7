//! What may be said: word lists and a hook of the deployer (MSG-100). Off until the configuration names one of them.
//!
//! `words`: lists of words. `hook`: the question to the deployer's own service. When they are asked, and what becomes of a
//! message then, is in `service::moderation`. A message is checked by one set of rules: the usual one, or the one that its
//! sender names (MSG-19).

mod hook;
mod words;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use hallway_protocol::message::Payload;

use crate::config::{Config, RulesSection, WordsAction};
use crate::outbound::Outbound;

pub(crate) use hook::refusal;
pub use hook::{Answer, Attached, Hook, HookError, Question};
pub use words::Words;

/// The lists or the hook cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A list cannot be read.
    #[error("moderation: {file}: {error}", file = file.display())]
    Words {
        /// Which.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The hook's address is none.
    #[error("moderation: `{0}` is not the address of a hook")]
    Hook(String),
}

/// One set of rules.
pub struct Rules {
    /// Words that are not said.
    pub words: Option<Words>,
    /// What becomes of a text with such a word; of anything else it is refused.
    pub action: WordsAction,
    /// Whom to ask.
    pub hook: Option<Hook>,
}

/// All sets of rules of a deployment.
pub struct Moderator {
    usual: Rules,
    profiles: BTreeMap<String, Rules>,
    /// A message whose hook fails is delivered all the same.
    pub delivers_on_failure: bool,
    /// Bytes of a file that is shown to the hook.
    pub file_bytes: u64,
}

impl Moderator {
    /// What the configuration names; none where it names nothing.
    pub fn open(config: &Config, outbound: &Outbound) -> Result<Option<Self>, RulesError> {
        let section = &config.moderation;
        let rules = |it: &RulesSection| {
            let words = if it.words.as_os_str().is_empty() { None } else { Some(read(&it.words)?) };
            let hook = match it.hook.as_str() {
                "" => None,
                url => {
                    let hook = Hook::new(outbound, url, &section.hook_key, section.hook_seconds);
                    Some(hook.map_err(|_| RulesError::Hook(url.to_owned()))?)
                }
            };
            Ok(Rules { words, action: it.words_action, hook })
        };
        let (words, words_action, hook) = (section.words.clone(), section.words_action, section.hook.clone());
        let usual = rules(&RulesSection { words, words_action, hook })?;
        let named = |(name, section): (&String, &RulesSection)| Ok((name.clone(), rules(section)?));
        let profiles = section.profiles.iter().map(named).collect::<Result<BTreeMap<_, _>, RulesError>>()?;
        let is_on = usual.words.is_some() || usual.hook.is_some() || !profiles.is_empty();
        let (delivers_on_failure, file_bytes) = (section.delivers_on_failure, section.hook_file_bytes);
        Ok(is_on.then_some(Self { usual, profiles, delivers_on_failure, file_bytes }))
    }

    /// The rules with this name; the usual ones have none.
    pub fn rules(&self, profile: &str) -> Option<&Rules> {
        if profile.is_empty() { Some(&self.usual) } else { self.profiles.get(profile) }
    }
}

fn read(file: &PathBuf) -> Result<Words, RulesError> {
    let read = std::fs::read_to_string(file);
    read.map(|text| Words::new(&text)).map_err(|error| RulesError::Words { file: file.clone(), error })
}

/// The texts of a payload that people read, those inside of combined messages included, and whether stars may stand in
/// them instead of a word.
pub fn texts(payload: &mut Payload) -> Vec<(&mut String, bool)> {
    let mut found = Vec::new();
    // Level by level instead of by recursion: the depth is the sender's.
    let mut level = vec![payload];
    while let Some(payload) = level.pop() {
        match payload {
            Payload::Text(text) => found.push((&mut text.text, true)),
            Payload::Custom(custom) => {
                found.push((&mut custom.description, true));
                // A program's own data: stars would break it.
                found.push((&mut custom.data, false));
                found.push((&mut custom.extension, false));
            }
            Payload::Location(place) => found.push((&mut place.description, true)),
            Payload::File(file) => found.push((&mut file.file_name, true)),
            Payload::Face(face) => found.push((&mut face.data, false)),
            Payload::Merger(merger) => {
                found.push((&mut merger.title, true));
                found.push((&mut merger.compatible_text, true));
                found.extend(merger.abstract_list.iter_mut().map(|line| (line, true)));
                level.extend(merger.message_list.iter_mut().flat_map(|message| &mut message.message_body));
            }
            _ => {}
        }
    }
    found
}
