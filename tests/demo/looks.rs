//! How it looks: themes, languages, zoom, and the keyboard alone.

use std::time::Duration;

use super::{ANNA, Stage};
use crate::{
    desktop::{App, Shot},
    failure::{Failure, Outcome},
};

const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn play(stage: &mut Stage, anna: &App, ben: &App) -> Outcome {
    bright(anna, 200.0..256.0)?;
    stage.window("light", anna)?;

    anna.keys(&["ctrl+,"])?;
    anna.press("Dark")?;
    back(anna)?;
    bright(anna, 0.0..80.0)?;
    let dark = stage.window("dark", anna)?;

    // Simplified Chinese, dark: at once, without a restart.
    anna.keys(&["ctrl+,"])?;
    anna.press("简体中文")?;
    stage.window("settings-chinese", anna)?;
    back(anna)?;
    let chinese = stage.window("chinese-dark", anna)?;
    expect_change("another language", &dark, &chinese)?;
    anna.keys(&["ctrl+,"])?;
    anna.press("浅色")?;
    back(anna)?;
    bright(anna, 200.0..256.0)?;
    stage.window("chinese-light", anna)?;
    stage.screen("two-languages", &[anna, ben])?;
    anna.keys(&["ctrl+,"])?;
    anna.press("English")?;
    back(anna)?;

    // Everything larger and smaller, to both ends.
    ben.keys(&["ctrl+plus"; 10])?;
    ben.zoomed(2.0)?;
    let large = stage.window("zoom-200", ben)?;
    ben.keys(&["ctrl+minus"; 12])?;
    ben.zoomed(0.8)?;
    let small = stage.window("zoom-80", ben)?;
    expect_change("another zoom", &large, &small)?;
    ben.keys(&["ctrl+plus", "ctrl+plus"])?;
    ben.zoomed(1.0)?;

    // By keyboard alone: the list of keys, the switcher, the ring around what has the keyboard.
    ben.keys(&["ctrl+/"])?;
    ben.reads("Switch to a chat")?;
    stage.window("list-of-keys", ben)?;
    ben.keys(&["Escape"])?;
    ben.reads_no_more("Switch to a chat")?;
    ben.keys(&["ctrl+k"])?;
    ben.field("Go to a chat or person")?;
    stage.window("quick-switcher", ben)?;
    // Past the notices, which are unread, and the chat that is open.
    ben.keys(&["Down", "Down", "Return"])?;
    ben.title_with(ANNA.name)?;
    ben.keys(&["F6", "Tab"])?;
    ben.has_focus()?;
    stage.window("focus-ring", ben)?;
    Ok(())
}

/// From the settings to the conversation, in any language.
fn back(app: &App) -> Outcome {
    app.keys(&["Escape"])?;
    app.shows("the conversation instead of the settings", |items| {
        let composer =
            items.iter().any(|item| item.kind == "text_field" && item.text.contains("Harbour team"));
        composer && !items.iter().any(|item| item.text == "100 %")
    })
}

/// Waits until the window is as bright or dark as a theme makes it.
fn bright(app: &App, range: std::ops::Range<f64>) -> Outcome {
    app.window.until(&format!("a brightness in {range:?}"), PATIENCE, |window| {
        let shot = window.shot()?;
        Ok(range.contains(&shot.brightness(shot.area())))
    })
}

fn expect_change(what: &str, before: &Shot, after: &Shot) -> Outcome {
    let share = after.change(before, after.area());
    if share > 0.005 {
        Ok(())
    } else {
        Err(Failure::new(format!("{what} changed {:.2} % of the window", share * 100.0)))
    }
}
