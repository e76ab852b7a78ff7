//! A group: made, named, talked in, mentioned in, looked into; a draft; the unread divider.

use super::{ANNA, BEN, Stage, say};
use crate::{desktop::App, failure::Outcome};

const GROUP: &str = "Harbour team";
/// More than fit on the screen, so that there is something to jump over.
const STOPS: [&str; 24] = [
    "Here is Monday, boat by boat:",
    "06:10 Fish Market",
    "06:25 Old Crane",
    "06:40 Lighthouse North",
    "06:55 Seal Rocks",
    "07:10 Fish Market 🐟",
    "07:40 Museum Pier",
    "08:05 Botanical Garden 🌻",
    "08:30 Old Crane",
    "09:00 Lighthouse North",
    "09:20 Seal Rocks, only if the wind allows",
    "10:00 Fish Market",
    "10:30 Museum Pier",
    "11:15 School boat, both classes",
    "12:00 Break for everybody ☕",
    "13:00 Botanical Garden",
    "13:40 Old Crane",
    "14:20 Lighthouse North",
    "15:00 Seal Rocks",
    "16:10 Museum Pier",
    "17:00 Fish Market",
    "18:30 Evening tour 🌅",
    "20:00 Last one back",
    "22:50 The late boat, Fridays too!",
];

pub(super) fn play(stage: &mut Stage, anna: &App, ben: &App) -> Outcome {
    anna.keys(&["ctrl+N"])?;
    anna.field("Search people")?;
    anna.shows("Ben among the people", |items| {
        let dialog = items.iter().position(|item| item.kind == "dialog");
        dialog.is_some_and(|at| items[at..].iter().any(|item| item.text.contains(BEN.name)))
    })?;
    anna.press_containing(BEN.name)?;
    stage.window("new-group-people", anna)?;
    anna.press("Next")?;
    anna.fill("Name", GROUP)?;
    stage.window("new-group-name", anna)?;
    anna.press("Create group")?;
    anna.title_with(GROUP)?;

    // A mention, chosen from the list with the keyboard.
    anna.text("@ben")?;
    anna.control(BEN.name)?;
    stage.window("mention-list", anna)?;
    anna.keys(&["Return"])?;
    say(anna, "can you bring the keys of the boat house?")?;
    ben.reads("keys of the boat house")?;
    anna.reads_message("keys of the boat house")?;
    stage.screen("mentioned", &[anna, ben])?;

    // Ben leaves a draft with Anna and goes to the group.
    ben.text("About the tickets: ")?;
    open(ben, GROUP)?;
    ben.reads("Draft")?;
    ben.keys(&["ctrl+."])?;
    ben.reads("Members")?;
    ben.reads(ANNA.name)?;
    stage.window("draft-and-group-panel", ben)?;
    ben.keys(&["ctrl+."])?;
    say(ben, "Of course. They hang beside the door.")?;
    ben.reads_message("beside the door")?;
    anna.reads_message("beside the door")?;
    stage.screen("group-talk", &[anna, ben])?;

    // While he is with Anna again the group goes on.
    open(ben, ANNA.name)?;
    for stop in STOPS {
        say(anna, stop)?;
    }
    ben.reads("The late boat")?;
    stage.window("group-unread", ben)?;
    open(ben, GROUP)?;
    ben.reads("New messages")?;
    stage.window("unread-divider", ben)?;
    ben.keys(&["ctrl+End"])?;
    ben.reads_message("22:50 The late boat")?;
    stage.window("latest", ben)?;
    Ok(())
}

/// Goes to a conversation by the quick switcher.
pub(super) fn open(app: &App, name: &str) -> Outcome {
    app.keys(&["ctrl+k"])?;
    app.field("Go to a chat or person")?;
    app.text(name)?;
    app.control(name)?;
    app.keys(&["Return"])?;
    app.title_with(name)
}
