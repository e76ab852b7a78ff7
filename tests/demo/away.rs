//! Closing, coming back, being without the server, and what is left on the disk.

use std::fs;

use super::{ANNA, BEN, Stage, files, group::open, say};
use crate::{
    desktop::{App, Desktop},
    failure::{Failure, Outcome, While},
};

/// Said while the other one is away; looked for in the files afterwards.
const WHILE_AWAY: &str = "The lamp of the lighthouse is lit again.";
const WHILE_OFFLINE: &str = "Written without any network at all.";

pub(super) fn play(stage: &mut Stage, anna: App, ben: App) -> Outcome<(App, App)> {
    // Ben goes home; Anna writes; Ben comes back.
    ben.close()?;
    open(&anna, BEN.name)?;
    say(&anna, WHILE_AWAY)?;
    let ben = stage.open(&BEN)?;
    ben.reads("Harbour team")?;
    ben.reads(WHILE_AWAY)?;
    stage.screen("back-again", &[&anna, &ben])?;
    open(&ben, ANNA.name)?;
    ben.reads("About the tickets")?;

    // Anna's computer is the server. Without it Ben reads and writes.
    anna.close()?;
    ben.reads("Offline")?;
    ben.keys(&["ctrl+a"])?;
    say(&ben, WHILE_OFFLINE)?;
    ben.reads_message(WHILE_OFFLINE)?;
    stage.window("offline", &ben)?;
    ben.close()?;
    let ben = stage.open(&BEN)?;
    open(&ben, ANNA.name)?;
    ben.reads_message(WHILE_OFFLINE)?;
    stage.window("offline-started-again", &ben)?;

    let anna = stage.open(&ANNA)?;
    ben.window.activate()?;
    ben.reads_no_more("Offline")?;
    anna.reads(WHILE_OFFLINE)?;
    open(&anna, BEN.name)?;
    ben.marked("Read")?;
    stage.screen("online-again", &[&anna, &ben])?;
    Ok((anna, ben))
}

/// Nothing that was said, and no password, can be found in Ben's files or in any log.
pub(super) fn check_traces(desktop: &Desktop) -> Outcome {
    let mut looked_at = 0;
    for path in files(desktop.dir())? {
        let content = fs::read(&path).doing(path.display())?;
        let has = |words: &str| content.windows(words.len()).any(|part| part == words.as_bytes());
        let is_picture = path.extension().is_some_and(|extension| extension == "png");
        // The server's own rows are what it is there to keep.
        let is_server = path.components().any(|part| part.as_os_str() == "workspace");
        if is_picture {
            continue;
        }
        looked_at += 1;
        for secret in [ANNA.password, BEN.password] {
            if has(secret) {
                return Err(Failure::new(format!("a password is readable in {}", path.display())));
            }
        }
        if !is_server && (has(WHILE_AWAY) || has(WHILE_OFFLINE)) {
            return Err(Failure::new(format!("a message is readable in {}", path.display())));
        }
    }
    (looked_at > 4).then_some(()).doing("hardly any files were found: are the data somewhere else?")
}
