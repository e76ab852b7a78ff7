//! Files behind messages: coming in, being referred to, being fetched, and going away.

use std::sync::atomic::Ordering::Relaxed;

use bytes::Bytes;
use futures_util::stream;
use hallway_protocol::FileId;
use hallway_protocol::file::FileKind;
use hallway_protocol::message::{FilePayload, ImagePayload, ImageVariant, MergerPayload, SimplifiedMessage};
use hallway_protocol::method::{
    EndInstance, FileLink, GetFileLink, GetUploadTicket, QuitGroup, RevokeMessage,
};
use ring::digest::SHA256;

use super::*;
use crate::auth::{hex, sha256};
use crate::blob::BlobStore;
use crate::blob::s3::tests::Moto;
use crate::service::file::{Checksum, Files, NewUpload, Opened, Refusal, State};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nthe rest does not matter";

async fn ticket(world: &World, who: &Person) -> String {
    world.call(who, GetUploadTicket {}).await.unwrap().ticket
}

fn files(world: &World) -> &Files {
    world.service.files()
}

fn new(kind: FileKind, size: usize) -> NewUpload {
    NewUpload { size: size as u64, kind, name: "plan.pdf".into() }
}

type Body = stream::Iter<std::vec::IntoIter<Result<Bytes, ()>>>;

/// What arrives, in small pieces.
fn body(bytes: &[u8]) -> Body {
    stream::iter(bytes.chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>())
}

/// The same, and then the connection dies.
fn broken(bytes: &[u8]) -> Body {
    let pieces = bytes.chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece)));
    stream::iter(pieces.chain([Err(())]).collect::<Vec<_>>())
}

pub(super) async fn upload(world: &World, who: &Person, kind: FileKind, bytes: &[u8]) -> FileId {
    let ticket = ticket(world, who).await;
    let (id, _) = files(world).begin(&ticket, new(kind, bytes.len())).await.unwrap();
    let state = files(world).append(&ticket, id, 0, None, body(bytes)).await.unwrap();
    assert_eq!(state, State { offset: bytes.len() as u64, size: bytes.len() as u64, expires: None });
    id
}

pub(super) fn payload(id: FileId, size: usize) -> Payload {
    let (uuid, file_url) = (id.to_string(), id.url());
    Payload::File(FilePayload { uuid, file_name: "plan.pdf".into(), file_url, file_size: size as u64 })
}

pub(super) fn picture(id: FileId, size: usize) -> Payload {
    let original = ImageVariant { variant: 0, width: 1, height: 1, size: size as u64, url: id.url() };
    Payload::Image(ImagePayload { uuid: id.to_string(), image_format: 3, variants: vec![original] })
}

pub(super) async fn send(
    world: &World,
    who: &Person,
    to: &ConversationId,
    payload: Payload,
) -> Result<Stored, ChatError> {
    let message = SendMessage { payload, ..world.text(who, to, "") };
    world.call(who, message).await
}

pub(super) async fn link(
    world: &World,
    who: &Person,
    of: &ConversationId,
    sequence: u64,
    uuid: FileId,
) -> Result<FileLink, ChatError> {
    world.call(who, GetFileLink { conversation_id: of.clone(), sequence, uuid }).await
}

async fn follow(world: &World, link: &FileLink) -> Result<Opened, Refusal> {
    files(world).open_link(link.path.strip_prefix("/download/").unwrap()).await
}

pub(super) async fn bytes(world: &World, link: &FileLink) -> Result<Bytes, Refusal> {
    let opened = follow(world, link).await?;
    Ok(opened.reader.read_at(0, 1 << 20).await.unwrap())
}

/// Everything about files seems to be older by days.
pub(super) async fn age(world: &World, days: i64) {
    let seconds = days * 24 * 3600;
    let job = move |tx: &mut crate::store::Tx<'_>| {
        tx.execute("UPDATE upload SET touched = touched - $1", crate::args![seconds])?;
        tx.execute(
            "UPDATE file SET unused_since = unused_since - $1, created = created - $1",
            crate::args![seconds],
        )
    };
    world.service.db().write::<_, StoreError, _>(WriteKey::user(0), job).await.unwrap();
}

fn contents(world: &World) -> usize {
    let mut found = 0;
    let mut folders = vec![world.dir.path().join("blobs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found += 1 }
        }
    }
    found
}

fn rule<T>(result: Result<T, Refusal>) -> i32 {
    match result {
        Err(Refusal::Rule(error)) => error.code.code(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("allowed"),
    }
}

on_both_engines! {
    /// OBJ-64: what somebody uploaded and sent, the other one fetches, and nobody else.
    async fn who_may_read_the_message_may_fetch_its_file(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let id = upload(&world, &anna, FileKind::File, PNG).await;
        let sent = send(&world, &anna, &with(&ben), payload(id, PNG.len())).await.unwrap();
        let place = sent.message.sequence;
        let found = link(&world, &ben, &with(&anna), place, id).await.unwrap();
        assert_eq!((found.size, found.media_type.as_str(), found.file_name.as_str()), (PNG.len() as u64, "image/png", "plan.pdf"));
        assert_eq!(found.sha256, hex(&sha256(PNG)));
        assert_eq!(bytes(&world, &found).await.unwrap(), PNG);
        link(&world, &anna, &with(&ben), place, id).await.unwrap();

        // Knowing the id is no right.
        world.say(&carl, &with(&ben), "hi").await;
        assert_eq!(code(link(&world, &carl, &with(&ben), 1, id).await), 20022);
        assert_eq!(code(link(&world, &ben, &with(&carl), 1, id).await), 20022);
        assert_eq!(code(link(&world, &ben, &with(&anna), place + 1, id).await), 20022);
        assert_eq!(code(link(&world, &ben, &with(&anna), place, FileId::new([0; 16])).await), 20022);
        assert_eq!(code(send(&world, &carl, &with(&ben), payload(id, PNG.len())).await), 2453);
        assert_eq!(code(send(&world, &carl, &with(&ben), payload(FileId::new([0; 16]), 7)).await), 2453);
        // What the message says must be true.
        assert_eq!(code(send(&world, &anna, &with(&ben), payload(id, 7)).await), 2454);
        let online = SendMessage { online_user_only: true, payload: payload(id, PNG.len()), ..world.text(&anna, &with(&ben), "") };
        assert_eq!(code(world.call(&anna, online).await), 6017);
    }

    /// MSG-31, OBJ-69: whoever may read a message may send its file on, alone and inside of a combined message; nobody
    /// needs to upload it again, and recalling the first message does not touch the others.
    async fn files_are_forwarded_without_uploading_them_again(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let id = upload(&world, &anna, FileKind::File, PNG).await;
        let group = world.group(&anna, &[&ben]).await;
        let first = send(&world, &anna, &of(&group), payload(id, PNG.len())).await.unwrap();
        let part = SimplifiedMessage {
            id: first.message.id.clone(), from: anna.id.clone(), nick: String::new(), avatar: String::new(), time: 1,
            message_body: vec![payload(id, PNG.len())], cloud_custom_data: String::new(),
        };
        let merger = MergerPayload { compatible_text: "x".into(), message_list: vec![part], ..MergerPayload::default() };
        let on = send(&world, &ben, &with(&carl), Payload::Merger(merger)).await.unwrap();
        let revoke = RevokeMessage { conversation_id: of(&group), sequence: first.message.sequence, reason: String::new() };
        let before = link(&world, &ben, &of(&group), first.message.sequence, id).await.unwrap();
        world.call(&anna, revoke).await.unwrap();
        assert_eq!(code(link(&world, &ben, &of(&group), first.message.sequence, id).await), 10030);
        assert!(matches!(follow(&world, &before).await, Err(Refusal::Unknown)), "an old link of a recalled message");
        let found = link(&world, &carl, &with(&ben), on.message.sequence, id).await.unwrap();
        assert_eq!(bytes(&world, &found).await.unwrap(), PNG);
        age(&world, 8).await;
        assert_eq!(files(&world).sweep().await.unwrap().files, 0);
        assert_eq!(bytes(&world, &found).await.unwrap(), PNG);
    }

    /// R23: a link is asked again when it is followed: after leaving the group, after the session was ended, and when it
    /// has been changed, there is nothing behind it.
    async fn links_die_with_the_right_to_read(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        world.say(&anna, &of(&group), "first").await;
        let id = upload(&world, &anna, FileKind::File, PNG).await;
        let sent = send(&world, &anna, &of(&group), payload(id, PNG.len())).await.unwrap();
        let place = sent.message.sequence;
        let second = world.sign_in("anna", "second").await;
        let found = link(&world, &second, &of(&group), place, id).await.unwrap();
        let changed = FileLink { path: found.path.replace("/download/A", "/download/B"), ..found.clone() };
        assert!(matches!(follow(&world, &changed).await, Err(Refusal::NoPass)));
        let upload = ticket(&world, &second).await;
        world.call(&anna, EndInstance { instance_id: "second".into() }).await.unwrap();
        assert!(matches!(follow(&world, &found).await, Err(Refusal::NoPass)));
        assert_eq!(files(&world).begin(&upload, new(FileKind::File, 7)).await.unwrap_err(), Refusal::NoPass);

        // What came before somebody left stays theirs, what comes after never was.
        let found = link(&world, &ben, &of(&group), place, id).await.unwrap();
        world.call(&ben, QuitGroup { group_id: group.group_id.clone() }).await.unwrap();
        assert_eq!(bytes(&world, &found).await.unwrap(), PNG);
        let later = send(&world, &anna, &of(&group), payload(id, PNG.len())).await.unwrap();
        assert_eq!(code(link(&world, &ben, &of(&group), later.message.sequence, id).await), 10030);
    }

    /// The whole life of a file whose content is in a bucket.
    async fn files_may_be_in_a_bucket(db: Db) {
        let Some(moto) = Moto::start().await else { return };
        let section = moto.section.clone();
        let world = World::with(db, |config| config.s3 = section).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let id = upload(&world, &anna, FileKind::File, PNG).await;
        assert!(std::fs::read_dir(world.dir.path().join("partial")).unwrap().next().is_none());
        let sent = send(&world, &anna, &with(&ben), payload(id, PNG.len())).await.unwrap();
        let found = link(&world, &ben, &with(&anna), sent.message.sequence, id).await.unwrap();
        assert_eq!(bytes(&world, &found).await.unwrap(), PNG);
        assert_eq!(code(link(&world, &carl, &with(&anna), sent.message.sequence, id).await), 20022);
        assert!(moto.store().open(sha256(PNG)).await.is_ok());
        let revoke = RevokeMessage { conversation_id: with(&ben), sequence: sent.message.sequence, reason: String::new() };
        world.call(&anna, revoke).await.unwrap();
        assert!(matches!(follow(&world, &found).await, Err(Refusal::Unknown)));
        age(&world, 8).await;
        assert_eq!(files(&world).sweep().await.unwrap().contents, 1);
        assert!(moto.store().open(sha256(PNG)).await.is_err());
    }

    /// The same content is stored once; having it gives nobody a right to somebody else's file.
    async fn equal_contents_are_stored_once_and_told_to_nobody(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let theirs = upload(&world, &anna, FileKind::File, PNG).await;
        let own = upload(&world, &ben, FileKind::File, PNG).await;
        assert!(theirs != own && contents(&world) == 1);
        assert_eq!(code(send(&world, &ben, &with(&carl), payload(theirs, PNG.len())).await), 2453);
        let sent = send(&world, &ben, &with(&carl), payload(own, PNG.len())).await.unwrap();
        // Anna never sent hers: it goes, the content stays for the other one.
        age(&world, 8).await;
        let swept = files(&world).sweep().await.unwrap();
        assert_eq!((swept.files, swept.contents, contents(&world)), (1, 0, 1));
        let found = link(&world, &carl, &with(&ben), sent.message.sequence, own).await.unwrap();
        assert_eq!(bytes(&world, &found).await.unwrap(), PNG);
        let revoke = RevokeMessage { conversation_id: with(&carl), sequence: sent.message.sequence, reason: String::new() };
        world.call(&ben, revoke).await.unwrap();
        assert_eq!(files(&world).sweep().await.unwrap().files, 0, "not at once");
        age(&world, 8).await;
        let swept = files(&world).sweep().await.unwrap();
        assert_eq!((swept.files, swept.contents, contents(&world)), (1, 1, 0));
        // It can come back.
        let again = upload(&world, &ben, FileKind::File, PNG).await;
        send(&world, &ben, &with(&carl), payload(again, PNG.len())).await.unwrap();
        assert_eq!(contents(&world), 1);
    }

    /// OBJ-10: a file is kept as long as the message that has it, and not served a moment longer.
    async fn files_go_with_the_history(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("history_days".into(), 1.into());
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let id = upload(&world, &anna, FileKind::File, PNG).await;
        let sent = send(&world, &anna, &with(&ben), payload(id, PNG.len())).await.unwrap();
        let found = link(&world, &ben, &with(&anna), sent.message.sequence, id).await.unwrap();
        let job = |tx: &mut crate::store::Tx<'_>| tx.execute("UPDATE message SET time = time - 90000", &[]);
        world.service.db().write::<_, StoreError, _>(WriteKey::user(0), job).await.unwrap();
        assert_eq!(code(link(&world, &ben, &with(&anna), sent.message.sequence, id).await), 20022);
        assert!(matches!(follow(&world, &found).await, Err(Refusal::Unknown)));
        world.service.remove_old_history().await.unwrap();
        age(&world, 8).await;
        let swept = files(&world).sweep().await.unwrap();
        assert_eq!((swept.files, swept.contents, contents(&world)), (1, 1, 0));
    }

    /// MSG-59: a repeated message is the stored one, also when its file went away with a recall.
    async fn repeating_a_message_with_a_file_answers_the_same(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let id = upload(&world, &anna, FileKind::File, PNG).await;
        let message = SendMessage { payload: payload(id, PNG.len()), ..world.text(&anna, &with(&ben), "") };
        let first = world.call(&anna, message.clone()).await.unwrap();
        assert_eq!(world.call(&anna, message.clone()).await.unwrap().message, first.message);
        let revoke = RevokeMessage { conversation_id: with(&ben), sequence: first.message.sequence, reason: String::new() };
        world.call(&anna, revoke).await.unwrap();
        age(&world, 8).await;
        files(&world).sweep().await.unwrap();
        assert_eq!(world.call(&anna, message).await.unwrap().message.sequence, first.message.sequence);
    }

    /// An upload goes on where it stopped; what was acknowledged is there, what was not is not asked for twice.
    async fn uploads_go_on_where_they_stopped(db: Db) {
        let world = World::new(db.clone()).await;
        let anna = world.join("anna").await;
        let (ticket, whole) = (ticket(&world, &anna).await, vec![7u8; 5000]);
        let (id, state) = files(&world).begin(&ticket, new(FileKind::File, 5000)).await.unwrap();
        assert_eq!((state.offset, state.size), (0, 5000));
        let refused = files(&world).append(&ticket, id, 0, None, broken(&whole[..1000])).await.unwrap_err();
        assert_eq!(refused, Refusal::Interrupted);
        assert_eq!(files(&world).look(&ticket, id).await.unwrap().offset, 1000);
        for wrong in [0, 999, 1001, 5000, u64::MAX] {
            let refused = files(&world).append(&ticket, id, wrong, None, body(b"x")).await;
            assert_eq!(refused.unwrap_err(), Refusal::Offset(1000), "{wrong}");
        }
        assert_eq!(files(&world).append(&ticket, id, 1000, None, body(&whole[..500])).await.unwrap().offset, 1500);

        // A server that was killed: bytes behind the acknowledged ones are cut off, the hash is counted again.
        let path = world.dir.path().join("partial").join(id.to_string());
        std::fs::write(&path, [&whole[..1500], b"never acknowledged"].concat()).unwrap();
        let storage = crate::service::file::Storage::folder(world.dir.path().to_owned()).unwrap();
        let mut config = Config::default();
        config.accounts.secret_keys = vec![KEY.into()];
        let inviter = Inviter::new(&config, None, "127.0.0.1:7290".parse().unwrap());
        let again = Service::open(&config, db, inviter, Arc::default(), storage, &crate::outbound::Outbound::new(None).unwrap()).await.unwrap();
        assert_eq!(again.files().look(&ticket, id).await.unwrap().offset, 1500);
        let state = again.files().append(&ticket, id, 1500, None, body(&whole[1500..])).await.unwrap();
        assert_eq!((state.offset, state.expires), (5000, None));
        // The answer was lost: looking again says that it is complete.
        assert_eq!(again.files().look(&ticket, id).await.unwrap(), state);
        assert_eq!(again.files().append(&ticket, id, 5000, None, body(b"")).await.unwrap(), state);
        let blob = world.service.db().read(move |tx| crate::store::file::load(tx, id)).await.unwrap().unwrap();
        assert_eq!(blob.hash, sha256(&whole));
        assert!(!path.exists() && contents(&world) == 1);

        // A crash between noting the file and keeping its content.
        let name = hex(&blob.hash);
        let kept = world.dir.path().join("blobs").join(&name[..2]).join(&name[2..4]).join(&name);
        std::fs::rename(&kept, &path).unwrap();
        assert_eq!(again.files().sweep().await.unwrap(), Default::default());
        assert!(kept.exists() && !path.exists());
        again.files().stop().await;
        let refused = again.files().begin(&ticket, new(FileKind::File, 7)).await.unwrap_err();
        assert_eq!(refused, Refusal::Stopping);
    }

    /// OBJ-6, OBJ-7, OBJ-8, OBJ-9: at the limit of its kind an upload is allowed, one byte past it or empty it is not; more
    /// bytes than announced are refused while they arrive.
    async fn sizes_are_held_to_while_bytes_arrive(db: Db) {
        let world = World::with(db, |config| {
            for (name, limit) in [("image_bytes", 40), ("audio_bytes", 50), ("video_bytes", 60), ("file_bytes", 70)] {
                config.limits.overrides.insert(name.into(), limit.into());
            }
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let ticket = ticket(&world, &anna).await;
        let kinds = [(FileKind::Image, 40, 2253), (FileKind::Audio, 50, 2301), (FileKind::Video, 60, 2351), (FileKind::File, 70, 2402)];
        for (kind, limit, code) in kinds {
            files(&world).begin(&ticket, new(kind, limit)).await.unwrap();
            assert_eq!(rule(files(&world).begin(&ticket, new(kind, limit + 1)).await), code);
            assert_eq!(rule(files(&world).begin(&ticket, new(kind, 0)).await), 2108);
        }
        let (id, _) = files(&world).begin(&ticket, new(FileKind::File, 70)).await.unwrap();
        assert_eq!(rule(files(&world).append(&ticket, id, 0, None, body(&[1; 71])).await), 2402);
        // What is within it may stay; the upload goes on from there.
        let offset = files(&world).look(&ticket, id).await.unwrap().offset;
        assert!(offset <= 70);
        let rest = vec![1; 70 - offset as usize];
        files(&world).append(&ticket, id, offset, None, body(&rest)).await.unwrap();
        // Sent as something with a smaller limit or another content.
        assert_eq!(code(send(&world, &anna, &with(&ben), picture(id, 70)).await), 2253);
        let small = upload(&world, &anna, FileKind::File, b"<svg onload=alert(1)>").await;
        assert_eq!(code(send(&world, &anna, &with(&ben), picture(small, 21)).await), 2252);
        let real = upload(&world, &anna, FileKind::Image, PNG).await;
        send(&world, &anna, &with(&ben), picture(real, PNG.len())).await.unwrap();
        // Not a picture at all: gone.
        let (id, _) = files(&world).begin(&ticket, new(FileKind::Image, 5)).await.unwrap();
        assert_eq!(rule(files(&world).append(&ticket, id, 0, None, body(b"hello")).await), 2252);
        assert_eq!(files(&world).look(&ticket, id).await.unwrap_err(), Refusal::Unknown);
    }

    /// Somebody else's upload is not there, whatever one does to it.
    async fn uploads_belong_to_their_owners(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let (mine, theirs) = (ticket(&world, &anna).await, ticket(&world, &ben).await);
        let (id, _) = files(&world).begin(&mine, new(FileKind::File, 7)).await.unwrap();
        for id in [id, upload(&world, &anna, FileKind::File, PNG).await, FileId::new([3; 16])] {
            assert_eq!(files(&world).look(&theirs, id).await.unwrap_err(), Refusal::Unknown);
            assert_eq!(files(&world).append(&theirs, id, 0, None, body(b"x")).await.unwrap_err(), Refusal::Unknown);
            assert_eq!(files(&world).terminate(&theirs, id).await.unwrap_err(), Refusal::Unknown);
        }
        assert_eq!(files(&world).look("nonsense", id).await.unwrap_err(), Refusal::NoPass);
        files(&world).append(&mine, id, 0, None, body(b"abc")).await.unwrap();
        files(&world).terminate(&mine, id).await.unwrap();
        assert_eq!(files(&world).look(&mine, id).await.unwrap_err(), Refusal::Unknown);
        assert!(!world.dir.path().join("partial").join(id.to_string()).exists());
    }

    /// The sum of a request must fit, or nothing of it is kept.
    async fn what_arrives_damaged_is_not_kept(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let ticket = ticket(&world, &anna).await;
        let sum = |bytes: &[u8]| Some(Checksum { algorithm: &SHA256, sum: sha256(bytes).to_vec() });
        let (id, _) = files(&world).begin(&ticket, new(FileKind::File, 10)).await.unwrap();
        files(&world).append(&ticket, id, 0, sum(b"hello"), body(b"hello")).await.unwrap();
        let wrong = files(&world).append(&ticket, id, 5, sum(b"world"), body(b"w0rld")).await;
        assert_eq!(wrong.unwrap_err(), Refusal::Checksum);
        let short = files(&world).append(&ticket, id, 5, sum(b"world"), broken(b"wor")).await;
        assert_eq!(short.unwrap_err(), Refusal::Interrupted);
        assert_eq!(files(&world).look(&ticket, id).await.unwrap().offset, 5);
        files(&world).append(&ticket, id, 5, sum(b"world"), body(b"world")).await.unwrap();
        let row = world.service.db().read(move |tx| crate::store::file::load(tx, id)).await.unwrap().unwrap();
        assert_eq!(row.hash, sha256(b"helloworld"));
    }

    /// A full disk answers with an error and loses nothing that was acknowledged.
    async fn a_full_disk_loses_nothing(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let ticket = ticket(&world, &anna).await;
        let (id, _) = files(&world).begin(&ticket, new(FileKind::File, 100)).await.unwrap();
        files(&world).append(&ticket, id, 0, None, body(&[1; 40])).await.unwrap();
        let room = &files(&world).room();
        room.store(50, Relaxed);
        let refused = files(&world).append(&ticket, id, 40, None, body(&[2; 60])).await;
        assert_eq!(refused.unwrap_err(), Refusal::Full);
        room.store(u64::MAX, Relaxed);
        assert_eq!(files(&world).look(&ticket, id).await.unwrap().offset, 40);
        files(&world).append(&ticket, id, 40, None, body(&[3; 60])).await.unwrap();
        let row = world.service.db().read(move |tx| crate::store::file::load(tx, id)).await.unwrap().unwrap();
        assert_eq!(row.hash, sha256(&[[1; 40].as_slice(), &[3; 60]].concat()));
    }

    /// Uploads that nobody goes on with are removed after their time, and one user can have so many at a time and so many
    /// bytes a day; at the limit is allowed.
    async fn uploads_run_out_and_are_counted(db: Db) {
        let world = World::with(db, |config| (config.files.uploads_per_user, config.files.bytes_per_day) = (2, 100)).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let ticket = ticket(&world, &anna).await;
        let (old, state) = files(&world).begin(&ticket, new(FileKind::File, 30)).await.unwrap();
        assert!(state.expires.unwrap() > world.service.files().now() + 6 * 24 * 3600);
        files(&world).append(&ticket, old, 0, None, body(b"abc")).await.unwrap();
        files(&world).begin(&ticket, new(FileKind::File, 30)).await.unwrap();
        assert_eq!(rule(files(&world).begin(&ticket, new(FileKind::File, 30)).await), 60018);
        age(&world, 8).await;
        assert_eq!(files(&world).sweep().await.unwrap().uploads, 2);
        assert_eq!(files(&world).look(&ticket, old).await.unwrap_err(), Refusal::Unknown);
        assert!(std::fs::read_dir(world.dir.path().join("partial")).unwrap().next().is_none());

        upload(&world, &anna, FileKind::File, &[1; 60]).await;
        assert_eq!(rule(files(&world).begin(&ticket, new(FileKind::File, 41)).await), 60018);
        files(&world).begin(&ticket, new(FileKind::File, 40)).await.unwrap();
        upload(&world, &ben, FileKind::File, &[1; 100]).await;
    }
}

/// A request that hangs on a dead connection makes room for the one that goes on, and leaves what it had.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_request_takes_over() {
    let place = crate::store::test_engine::TestPlace::sqlite();
    let db = place.open().await;
    let world = World::new(db.clone()).await;
    let anna = world.join("anna").await;
    let ticket = ticket(&world, &anna).await;
    let (id, _) = files(&world).begin(&ticket, new(FileKind::File, 10)).await.unwrap();
    let (sender, arriving) = tokio::sync::mpsc::channel::<Result<Bytes, ()>>(1);
    let hanging = Box::pin(stream::unfold(arriving, |mut arriving| async move {
        arriving.recv().await.map(|piece| (piece, arriving))
    }));
    let old = tokio::spawn({
        let (files, ticket) = (files(&world).clone(), ticket.clone());
        async move { files.append(&ticket, id, 0, None, hanging).await }
    });
    sender.send(Ok(Bytes::from_static(b"hello"))).await.unwrap();
    // The channel has room again once the first piece was taken.
    let _taken = sender.reserve().await.unwrap();
    let state = files(&world).look(&ticket, id).await.unwrap();
    assert_eq!(old.await.unwrap().unwrap_err(), Refusal::Interrupted);
    assert_eq!(state.offset, 5);
    files(&world).append(&ticket, id, 5, None, body(b"world")).await.unwrap();
    db.close().await;
}
