//! The way in: a workspace on this computer, an invitation, a second person.

use super::{ANNA, BEN, Person, Stage, WORKSPACE};
use crate::{desktop::App, failure::Outcome};

/// Anna starts a workspace.
pub(super) fn workspace(stage: &mut Stage) -> Outcome<App> {
    let anna = stage.open(&ANNA)?;
    anna.reads("Welcome to Hallway")?;
    stage.window("first-screen", &anna)?;

    // By keyboard: Tab reaches the first choice, Enter takes it.
    anna.keys(&["Tab", "Return"])?;
    anna.reads("Name of the workspace")?;
    anna.fill("Name of the workspace", WORKSPACE)?;
    introduce(&anna, &ANNA)?;
    stage.window("start-a-workspace", &anna)?;
    anna.press("Start workspace")?;
    anna.reads("Start a chat")?;
    stage.window("nobody-here-yet", &anna)?;
    Ok(anna)
}

/// Anna makes a link for one person.
pub(super) fn invitation(stage: &mut Stage, anna: &App) -> Outcome<String> {
    anna.keys(&["ctrl+,"])?;
    anna.press("Invite people")?;
    anna.press("Make an invite link")?;
    let link = anna.text_with("hallway://join/")?;
    stage.window("invite-link", anna)?;
    anna.press("Copy link")?;
    anna.keys(&["Escape"])?;
    anna.reads_no_more("Make an invite link")?;
    Ok(link)
}

/// Ben joins with it, from a profile of his own.
pub(super) fn join(stage: &mut Stage, link: &str) -> Outcome<App> {
    let ben = stage.open(&BEN)?;
    ben.press("Join a workspace")?;
    ben.fill("Invite link or server address", link)?;
    stage.window("join-by-link", &ben)?;
    ben.press("Continue")?;
    ben.reads(&format!("Join {WORKSPACE}"))?;
    introduce(&ben, &BEN)?;
    stage.window("join", &ben)?;
    ben.press("Join")?;
    ben.reads("Start a chat")?;
    Ok(ben)
}

fn introduce(app: &App, person: &Person) -> Outcome {
    app.fill("Your name", person.name)?;
    app.fill("User ID", person.user_id)?;
    app.fill("Password", person.password)
}
