//! Notifications on the desktop: shown, clicked, taken away, without their words.

use super::{ANNA, Stage, say};
use crate::{
    desktop::{App, Desktop, Notice},
    failure::Outcome,
};

pub(super) fn play(stage: &mut Stage, anna: &App, ben: &App) -> Outcome {
    // Ben looks at his settings, Anna's window has the keyboard: a notification, with the words as they are.
    ben.keys(&["ctrl+,"])?;
    ben.press("Notifications")?;
    ben.control("Show message text in notifications")?;
    stage.window("notifications", ben)?;
    say(anna, "Are there <b>two</b> & a half?")?;
    let notice = shown(&stage.desktop, "half?")?;
    assert_eq!(notice.title, ANNA.name);
    assert_eq!(notice.body, "Are there &lt;b&gt;two&lt;/b&gt; &amp; a half?");
    assert_eq!(notice.actions, ["default", "Open"]);

    // A click leads to the message; then it is read, and the notification gone.
    stage.desktop.notices().click(&notice)?;
    ben.title_with(ANNA.name)?;
    ben.reads_message("a half?")?;
    ben.reads_no_more("Show message text")?;
    ben.window.until_active()?;
    gone(&stage.desktop)?;

    // The conversation is open, but the window is not in front: reading takes the notification away.
    say(anna, "Never mind, I found them.")?;
    shown(&stage.desktop, "I found them")?;
    ben.window.activate()?;
    gone(&stage.desktop)?;

    // Without their words.
    ben.keys(&["ctrl+,"])?;
    ben.press("Notifications")?;
    ben.press("Show message text in notifications")?;
    say(anna, "It is a surprise.")?;
    assert_eq!(shown(&stage.desktop, "New message")?.title, ANNA.name);
    ben.keys(&["Escape"])?;
    ben.reads_message("surprise")?;
    gone(&stage.desktop)
}

fn shown(desktop: &Desktop, part: &str) -> Outcome<Notice> {
    desktop.notices().until(&format!("a notification with {part:?}"), |all| {
        all.iter().find(|notice| notice.body.contains(part)).cloned()
    })
}

/// Ben has none any more.
fn gone(desktop: &Desktop) -> Outcome {
    desktop.notices().until("the end of all notifications for Ben", |all| {
        (!all.iter().any(|notice| notice.title == ANNA.name)).then_some(())
    })
}
