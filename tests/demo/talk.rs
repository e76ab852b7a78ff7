//! One to one: directory, marks, reply, edit, recall, delete, draft.

use super::{ANNA, BEN, Stage, say};
use crate::{desktop::App, failure::Outcome};

pub(super) fn play(stage: &mut Stage, anna: &App, ben: &App) -> Outcome {
    // Ben finds Anna in the directory and writes to her.
    ben.keys(&["ctrl+j"])?;
    ben.fill("Search people", "anna")?;
    ben.control("Anna Weber")?;
    stage.window("directory", ben)?;
    ben.press_containing(ANNA.name)?;
    ben.title_with(ANNA.name)?;
    stage.window("first-conversation", ben)?;
    say(ben, "Good morning Anna 👋\nThe ferry plan for Monday is ready.")?;

    // Anna is elsewhere: a badge on the list, not a read mark.
    anna.reads("Good morning Anna")?;
    anna.reads("Ben Okafor")?;
    stage.screen("unread-badge", &[anna, ben])?;
    anna.keys(&["alt+Down"])?;
    anna.title_with(BEN.name)?;
    ben.marked("Read")?;
    say(anna, "你好 Ben! 谢谢 🎉 I will read it on the train.")?;
    say(anna, "Does it have the late boat?")?;
    ben.reads_message("late boat?")?;
    stage.screen("both-talk", &[anna, ben])?;

    // Ben answers with a quote.
    ben.open_menu_of("late boat?")?;
    ben.control("Reply")?;
    stage.window("message-menu", ben)?;
    ben.press("Reply")?;
    ben.reads("Reply to")?;
    stage.window("reply-bar", ben)?;
    say(ben, "Yes, at 22:40 on Fridays.")?;
    anna.reads_message("22:40")?;
    // The button that leads to what is answered.
    anna.control("Go to the message of")?;

    // And corrects himself: Up in the empty field changes the last message, once it is sent.
    ben.shows("both messages at Anna's", |items| {
        items.iter().filter(|item| ["Delivered", "Read"].contains(&item.text.as_str())).count() >= 2
    })?;
    ben.keys(&["Up", "ctrl+a"])?;
    ben.reads("Editing")?;
    say(ben, "Yes, at 22:50 on Fridays.")?;
    anna.reads_message("22:50")?;
    ben.reads_message("22:50")?;
    anna.reads("edited")?;
    stage.screen("quoted-and-edited", &[anna, ben])?;

    // A message taken back, and one deleted for himself alone.
    say(ben, "This was meant for somebody else.")?;
    anna.reads_message("somebody else")?;
    ben.open_menu_of("somebody else")?;
    ben.press("Recall")?;
    ben.press("Recall message")?;
    anna.reads_no_more("somebody else")?;
    anna.reads("Ben Okafor recalled a message")?;
    ben.open_menu_of("谢谢")?;
    ben.press("Delete for me")?;
    ben.press("Delete message")?;
    ben.reads_no_more("谢谢")?;
    anna.reads("谢谢")?;
    stage.screen("recalled-and-deleted", &[anna, ben])?;
    Ok(())
}
