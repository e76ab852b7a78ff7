//! A group: made, named, talked in, mentioned in, looked into; a draft; the unread divider.

use super::{ANNA, BEN, Stage, say};
use crate::{desktop::App, failure::Outcome};

const GROUP: &str = "Harbour team";
/// More than fit on the screen, so that there is something to jump over.
const MANY: usize = 24;

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
    anna.reads("beside the door")?;
    stage.screen("group-talk", &[anna, ben])?;

    // While he is with Anna again the group goes on.
    open(ben, ANNA.name)?;
    for line in 1..=MANY {
        say(anna, &format!("Stop {line}: pier {}", line * 3))?;
    }
    ben.reads(&format!("Stop {MANY}"))?;
    stage.window("group-unread", ben)?;
    open(ben, GROUP)?;
    ben.reads("New messages")?;
    stage.window("unread-divider", ben)?;
    ben.keys(&["ctrl+End"])?;
    ben.reads(&format!("pier {}", MANY * 3))?;
    stage.window("latest", ben)?;
    Ok(())
}

/// Goes to a conversation by the quick switcher.
pub(super) fn open(app: &App, name: &str) -> Outcome {
    app.keys(&["ctrl+k"])?;
    app.field("Go to a conversation or person")?;
    app.text(name)?;
    app.control(name)?;
    app.keys(&["Return"])?;
    app.title_with(name)
}
