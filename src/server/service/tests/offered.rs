//! Translation and voice to text as people have them, with programs of this computer that do it for real.

use std::path::{Path, PathBuf};
use std::process::Command;

use hallway_protocol::FileId;
use hallway_protocol::file::FileKind;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::{AudioPayload, Payload};
use hallway_protocol::method::{ConvertVoiceToText, RevokeMessage, TranslateText};
use hallway_protocol::{ChatError, ErrorCode};

use super::files::{send, upload};
use super::{Person, World, code, of, on_both_engines, with};
use crate::config::{Config, TranslationProvider, VoiceProvider};

/// Whether programs are there; says loudly if not.
fn are_there(programs: &[&str]) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &&&str| !std::env::split_paths(&paths).any(|dir| dir.join(name).is_file());
    let missing: Vec<_> = programs.iter().filter(is_there).collect();
    if !missing.is_empty() {
        eprintln!("SKIPPED: {missing:?} not installed (./dev test installs them)");
    }
    missing.is_empty()
}

async fn translate(
    world: &World,
    who: &Person,
    texts: &[&str],
    from: &str,
    to: &str,
) -> Result<Vec<String>, ChatError> {
    let source_text_list = texts.iter().map(|text| (*text).to_owned()).collect();
    let call = TranslateText { source_text_list, source_language: from.into(), target_language: to.into() };
    world.call(who, call).await.map(|answer| answer.translated_text_list)
}

async fn words(
    world: &World,
    who: &Person,
    of: &ConversationId,
    sequence: u64,
    language: &str,
) -> Result<String, ChatError> {
    let call = ConvertVoiceToText { conversation_id: of.clone(), sequence, language: language.into() };
    world.call(who, call).await.map(|answer| answer.result)
}

fn sound(id: FileId, size: usize) -> Payload {
    Payload::Audio(AudioPayload { uuid: id.to_string(), url: id.url(), size: size as u64, second: 2 })
}

/// Somebody says "one two three four five".
fn speech(dir: &Path) -> PathBuf {
    let (spoken, plain) = (dir.join("spoken.wav"), dir.join("plain.wav"));
    let run = |program: &str, arguments: &[&std::ffi::OsStr]| {
        assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program}");
    };
    let words = ["-voice", "slt", "-t", "one two three four five", "-o"].map(std::ffi::OsStr::new);
    run("flite", &[&words[..], &[spoken.as_os_str()]].concat());
    let format = ["-r", "16000", "-c", "1", "-b", "16"].map(std::ffi::OsStr::new);
    run("sox", &[&[spoken.as_os_str()], &format[..], &[plain.as_os_str()]].concat());
    plain
}

fn with_apertium(config: &mut Config) {
    config.translation.provider = TranslationProvider::Apertium;
}

on_both_engines! {
    /// MSG-70, MSG-71: where nothing is set, nothing is offered: 2117, 2118.
    async fn nothing_is_offered_that_is_not_set(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let services = &anna.signed_in.services;
        assert!(services.translate_to.is_empty() && services.voice_to_text.is_empty() && !services.link_previews);
        assert_eq!(code(translate(&world, &anna, &["hello"], "en", "es").await), 2117);
        let id = upload(&world, &anna, FileKind::Audio, b"OggS sound").await;
        let sent = send(&world, &anna, &with(&ben), sound(id, 10)).await.unwrap();
        assert_eq!(code(words(&world, &ben, &with(&anna), sent.message.sequence, "").await), 2118);
    }

    /// MSG-70, MSG-13: texts are translated in their order, the language is found out, and so many at a time.
    async fn texts_are_translated(db: Db) {
        if !are_there(&["apertium"]) {
            return;
        }
        let world = World::with(db, |config| {
            with_apertium(config);
            config.limits.overrides.insert("translate_bytes".into(), 40.into());
        })
        .await;
        let anna = world.join("anna").await;
        assert!(anna.signed_in.services.translate_to.iter().any(|code| code == "es"));
        let translated = translate(&world, &anna, &["The house is red", "12:30 🍜", "Good morning"], "en", "es").await.unwrap();
        assert_eq!(translated, ["La casa es roja", "12:30 🍜", "Buenos días"]);
        assert_eq!(translate(&world, &anna, &["La casa es roja"], "auto", "en").await.unwrap(), ["The house is red"]);
        assert_eq!(translate(&world, &anna, &["same"], "en", "en").await.unwrap(), ["same"]);
        // Nothing that anybody writes is an argument or a command.
        let hostile = "$(id); `id` -u | id";
        assert!(translate(&world, &anna, &[hostile], "en", "es").await.unwrap()[0].contains("$("));

        let just = "x".repeat(40);
        assert!(translate(&world, &anna, &[&just], "en", "es").await.is_ok());
        assert_eq!(code(translate(&world, &anna, &[&just, "x"], "en", "es").await), 6017);
        assert_eq!(translate(&world, &anna, &["1"; 20], "en", "es").await.unwrap().len(), 20);
        assert_eq!(code(translate(&world, &anna, &["1"; 21], "en", "es").await), 6017);
        assert_eq!(code(translate(&world, &anna, &[], "en", "es").await), 6017);
        for (from, to) in [("en", "auto"), ("en", "tlh"), ("tlh", "es"), ("en", "--help")] {
            assert_eq!(code(translate(&world, &anna, &["hello"], from, to).await), 6017, "{from} {to}");
        }
        assert_eq!(code(translate(&world, &anna, &["hello"], "en", "hi").await), 2117, "no such pair");
    }

    /// MSG-71: the words of a voice message, for whoever may read it; 2119 for what is not read.
    async fn voice_messages_become_text(db: Db) {
        if !are_there(&["pocketsphinx_continuous", "flite", "sox"]) {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let plain = std::fs::read(speech(dir.path())).unwrap();
        // What reads other formats: here it gives the same samples for whatever it is told to be Ogg.
        let samples = dir.path().join("samples");
        std::fs::write(&samples, &plain[44..]).unwrap();
        let decoder = dir.path().join("decoder");
        let script = format!("#!/bin/sh\ncase \"$*\" in *'-protocol_whitelist pipe -f ogg -i pipe:0 '*) cat {} ;; *) exit 1 ;; esac\n", samples.display());
        std::fs::write(&decoder, script).unwrap();
        std::fs::set_permissions(&decoder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let world = World::with(db, |config| {
            config.voice_to_text.provider = VoiceProvider::Pocketsphinx;
            config.voice_to_text.ffmpeg = decoder;
        })
        .await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        assert_eq!(anna.signed_in.services.voice_to_text, ["en-US"]);
        let group = world.group(&anna, &[&ben]).await;
        let id = upload(&world, &anna, FileKind::Audio, &plain).await;
        let place = send(&world, &anna, &of(&group), sound(id, plain.len())).await.unwrap().message.sequence;
        for (who, language) in [(&anna, ""), (&ben, "en-US")] {
            let said = words(&world, who, &of(&group), place, language).await.unwrap();
            assert_eq!(said, "one two three four five");
        }
        assert_eq!(code(words(&world, &carl, &of(&group), place, "").await), 10007);
        assert_eq!(code(words(&world, &ben, &of(&group), place, "tlh").await), 6017);
        assert_eq!(code(words(&world, &ben, &of(&group), place, "ja-JP").await), 2118);
        let text = world.say(&anna, &of(&group), "no sound").await.message.sequence;
        for nowhere in [text, 99] {
            assert_eq!(code(words(&world, &ben, &of(&group), nowhere, "").await), 10030);
        }
        for (content, result) in [(&b"OggS opus"[..], Some("one two three four five")), (b"#!SILK_V3", None), (b"ID3 broken", None), (b"\0\0\0\0", None)] {
            let id = upload(&world, &anna, FileKind::Audio, content).await;
            let place = send(&world, &anna, &with(&ben), sound(id, content.len())).await.unwrap().message.sequence;
            let said = words(&world, &ben, &with(&anna), place, "").await;
            match result {
                Some(result) => assert_eq!(said.unwrap(), result),
                None => assert_eq!(said.unwrap_err().code, ErrorCode::VoiceFormatUnsupported, "{content:?}"),
            }
        }
        let revoke = RevokeMessage { conversation_id: of(&group), sequence: place, reason: String::new() };
        world.call(&anna, revoke).await.unwrap();
        assert_eq!(code(words(&world, &ben, &of(&group), place, "").await), 10030);
    }
}
