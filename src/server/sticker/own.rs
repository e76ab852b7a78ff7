//! The own pack (`resources/stickers/robin`), as part of the program.

/// What it says about itself.
pub const MANIFEST: &str = include_str!("../../../resources/stickers/robin/pack.toml");

/// The pictures of its stickers, by key.
pub const PICTURES: &[(&str, &[u8])] = &[
    ("thumbs_up", include_bytes!("../../../resources/stickers/robin/thumbs_up.webp")),
    ("ok", include_bytes!("../../../resources/stickers/robin/ok.webp")),
    ("thank_you", include_bytes!("../../../resources/stickers/robin/thank_you.webp")),
    ("please", include_bytes!("../../../resources/stickers/robin/please.webp")),
    ("sorry", include_bytes!("../../../resources/stickers/robin/sorry.webp")),
    ("laughing", include_bytes!("../../../resources/stickers/robin/laughing.webp")),
    ("crying", include_bytes!("../../../resources/stickers/robin/crying.webp")),
    ("wow", include_bytes!("../../../resources/stickers/robin/wow.webp")),
    ("thinking", include_bytes!("../../../resources/stickers/robin/thinking.webp")),
    ("question", include_bytes!("../../../resources/stickers/robin/question.webp")),
    ("facepalm", include_bytes!("../../../resources/stickers/robin/facepalm.webp")),
    ("hug", include_bytes!("../../../resources/stickers/robin/hug.webp")),
    ("celebrate", include_bytes!("../../../resources/stickers/robin/celebrate.webp")),
    ("on_it", include_bytes!("../../../resources/stickers/robin/on_it.webp")),
    ("done", include_bytes!("../../../resources/stickers/robin/done.webp")),
    ("no", include_bytes!("../../../resources/stickers/robin/no.webp")),
    ("coffee", include_bytes!("../../../resources/stickers/robin/coffee.webp")),
    ("lunch", include_bytes!("../../../resources/stickers/robin/lunch.webp")),
    ("meeting", include_bytes!("../../../resources/stickers/robin/meeting.webp")),
    ("bug", include_bytes!("../../../resources/stickers/robin/bug.webp")),
    ("ship_it", include_bytes!("../../../resources/stickers/robin/ship_it.webp")),
    ("good_morning", include_bytes!("../../../resources/stickers/robin/good_morning.webp")),
    ("good_night", include_bytes!("../../../resources/stickers/robin/good_night.webp")),
    ("bye", include_bytes!("../../../resources/stickers/robin/bye.webp")),
];
