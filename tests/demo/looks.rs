//! How it looks: themes, languages, zoom, and the keyboard alone.

use super::{ANNA, Stage};
use crate::{
    desktop::{App, Shot},
    failure::{Failure, Outcome},
};

pub(super) fn play(stage: &mut Stage, anna: &App, ben: &App) -> Outcome {
    let light = stage.window("light", anna)?;
    expect_brightness("light", &light, 200.0..256.0)?;

    anna.keys(&["ctrl+,"])?;
    anna.press("Dark")?;
    back(anna)?;
    let dark = stage.window("dark", anna)?;
    expect_brightness("dark", &dark, 0.0..80.0)?;

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
    let chinese_light = stage.window("chinese-light", anna)?;
    expect_brightness("light again", &chinese_light, 200.0..256.0)?;
    stage.screen("two-languages", &[anna, ben])?;
    anna.keys(&["ctrl+,"])?;
    anna.press("English")?;
    back(anna)?;

    // Everything larger and smaller, to both ends.
    ben.keys(&["ctrl+plus"; 10])?;
    let large = stage.window("zoom-200", ben)?;
    ben.keys(&["ctrl+minus"; 12])?;
    let small = stage.window("zoom-80", ben)?;
    expect_change("another zoom", &large, &small)?;
    ben.keys(&["ctrl+plus", "ctrl+plus"])?;

    // By keyboard alone: the list of keys, the switcher, the ring around what has the keyboard.
    ben.keys(&["ctrl+/"])?;
    ben.reads("Switch to a chat")?;
    stage.window("list-of-keys", ben)?;
    ben.keys(&["Escape"])?;
    ben.reads_no_more("Switch to a chat")?;
    ben.keys(&["ctrl+k"])?;
    ben.field("Go to a chat or person")?;
    stage.window("quick-switcher", ben)?;
    ben.keys(&["Down", "Return"])?;
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

fn expect_brightness(what: &str, shot: &Shot, range: std::ops::Range<f64>) -> Outcome {
    let is = shot.brightness(shot.area());
    if range.contains(&is) {
        Ok(())
    } else {
        Err(Failure::new(format!("{what}: brightness {is:.0}, not in {range:?}")))
    }
}

fn expect_change(what: &str, before: &Shot, after: &Shot) -> Outcome {
    let share = after.change(before, after.area());
    if share > 0.005 {
        Ok(())
    } else {
        Err(Failure::new(format!("{what} changed {:.2} % of the window", share * 100.0)))
    }
}
