//! Uploads that go straight into a bucket: what they become, and what they cannot be made to do.

use hallway_protocol::FileId;
use hallway_protocol::file::FileKind;
use hallway_protocol::method::{
    BeginUpload, CancelUpload, CompleteUpload, GetUploadParts, GetUploadTicket, UploadParts,
};

use super::files::{age, bytes, link, payload, send, upload};
use super::*;
use crate::auth::{hex, sha256};
use crate::blob::BlobStore;
use crate::blob::s3::tests::{Moto, put};
use crate::config::UploadWay;
use crate::service::file::Refusal;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nthe rest does not matter";

async fn world(db: Db, moto: &Moto, change: impl FnOnce(&mut Config)) -> World {
    let section = moto.section.clone();
    World::with(db, |config| {
        config.s3 = section;
        config.files.upload = UploadWay::S3;
        change(config);
    })
    .await
}

async fn begin(world: &World, who: &Person, kind: FileKind, size: usize) -> Result<FileId, ChatError> {
    let call = BeginUpload { size: size as u64, kind, file_name: "../plan.pdf".into() };
    Ok(world.call(who, call).await?.uuid)
}

async fn parts(world: &World, who: &Person, uuid: FileId) -> UploadParts {
    world.call(who, GetUploadParts { uuid }).await.unwrap()
}

async fn complete(world: &World, who: &Person, uuid: FileId, content: &[u8]) -> Result<(), ChatError> {
    let call = CompleteUpload { uuid, sha256: hex(&sha256(content)) };
    assert!(world.call(who, call).await?.is_complete);
    Ok(())
}

/// Brings all parts of a content.
async fn bring(world: &World, who: &Person, uuid: FileId, content: &[u8]) {
    for part in parts(world, who, uuid).await.parts {
        let (from, to) = (part.offset as usize, (part.offset + part.size) as usize);
        assert_eq!(put(&part.url, &content[from..to]).await, 200);
    }
}

async fn whole(world: &World, who: &Person, content: &[u8]) -> FileId {
    let id = begin(world, who, FileKind::File, content.len()).await.unwrap();
    bring(world, who, id, content).await;
    complete(world, who, id, content).await.unwrap();
    id
}

on_both_engines! {
    /// SES-19, OBJ-64: an upload in parts becomes a file like any other, and its content is stored once, whichever way it came.
    async fn what_is_in_the_bucket_becomes_a_file(db: Db) {
        let Some(moto) = Moto::start().await else { return };
        let world = world(db, &moto, |_| {}).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let content: Vec<u8> = (0..16 * 1024 * 1024 + 5).map(|n: u32| (n % 251) as u8).collect();
        let id = begin(&world, &anna, FileKind::File, content.len()).await.unwrap();
        let first = parts(&world, &anna, id).await;
        assert_eq!((first.stored, first.parts.len()), (0, 2));
        assert_eq!(put(&first.parts[0].url, &content[..16 * 1024 * 1024]).await, 200);
        // Nobody has to remember what is there.
        let second = parts(&world, &anna, id).await;
        assert_eq!((second.stored, second.parts.len(), second.is_complete), (16 * 1024 * 1024, 1, false));
        assert_eq!((second.parts[0].offset, second.parts[0].size), (16 * 1024 * 1024, 5));
        assert_eq!(complete(&world, &anna, id, &content).await.unwrap_err().code.code(), 2400, "a part is missing");
        assert_eq!(put(&second.parts[0].url, &content[16 * 1024 * 1024..]).await, 200);
        complete(&world, &anna, id, &content).await.unwrap();
        complete(&world, &anna, id, &content).await.unwrap();
        assert!(parts(&world, &anna, id).await.is_complete);
        assert!(moto.store().incoming().all().await.unwrap().is_empty());

        let sent = send(&world, &anna, &with(&ben), payload(id, content.len())).await.unwrap();
        let found = link(&world, &ben, &with(&anna), sent.message.sequence, id).await.unwrap();
        assert_eq!((found.file_name.as_str(), found.sha256), ("plan.pdf", hex(&sha256(&content))));

        // The other way, the same content, and back.
        let (own, again) = (upload(&world, &ben, FileKind::File, PNG).await, whole(&world, &anna, PNG).await);
        let sent = send(&world, &anna, &with(&ben), payload(again, PNG.len())).await.unwrap();
        let found = link(&world, &ben, &with(&anna), sent.message.sequence, again).await.unwrap();
        assert_eq!((bytes(&world, &found).await.unwrap(), found.media_type.as_str()), (PNG.into(), "image/png"));
        assert_eq!(code(send(&world, &anna, &with(&ben), payload(own, PNG.len())).await), 2453);
        age(&world, 8).await;
        let swept = world.service.files().sweep().await.unwrap();
        assert_eq!((swept.files, swept.contents), (1, 0), "the other one still has the content");
    }

    /// Another content than was announced, another kind, other people's uploads: nothing of it becomes a file.
    async fn what_is_brought_is_looked_at_and_never_believed(db: Db) {
        let Some(moto) = Moto::start().await else { return };
        let world = world(db, &moto, |_| {}).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let incoming = moto.store().incoming();

        let other = begin(&world, &anna, FileKind::File, PNG.len()).await.unwrap();
        bring(&world, &anna, other, &vec![7; PNG.len()]).await;
        assert_eq!(code(complete(&world, &anna, other, PNG).await), 2400);
        assert_eq!(code(world.call(&anna, GetUploadParts { uuid: other }).await), 2401, "it is gone");
        let film = begin(&world, &anna, FileKind::Video, PNG.len()).await.unwrap();
        bring(&world, &anna, film, PNG).await;
        assert_eq!(code(complete(&world, &anna, film, PNG).await), 2352);
        assert!(incoming.all().await.unwrap().is_empty());

        // Neither other people nor the other way in have to do with it, and neither has it with theirs.
        let own = begin(&world, &anna, FileKind::File, PNG.len()).await.unwrap();
        bring(&world, &anna, own, PNG).await;
        assert_eq!(code(world.call(&ben, GetUploadParts { uuid: own }).await), 2401);
        assert_eq!(code(complete(&world, &ben, own, PNG).await), 2401);
        assert_eq!(code(world.call(&ben, CancelUpload { uuid: own }).await), 2401);
        let ticket = world.call(&anna, GetUploadTicket {}).await.unwrap().ticket;
        let files = world.service.files();
        assert_eq!(files.look(&ticket, own).await.unwrap_err(), Refusal::Unknown);
        assert_eq!(files.terminate(&ticket, own).await.unwrap_err(), Refusal::Unknown);
        let new = crate::service::file::NewUpload { size: 7, kind: FileKind::File, name: String::new() };
        let (tus, _) = files.begin(&ticket, new).await.unwrap();
        assert_eq!(code(world.call(&anna, GetUploadParts { uuid: tus }).await), 2401);
        assert_eq!(code(complete(&world, &anna, tus, PNG).await), 2401);
        assert_eq!(code(world.call(&anna, CancelUpload { uuid: tus }).await), 2401);
        complete(&world, &anna, own, PNG).await.unwrap();
        assert_eq!(code(world.call(&anna, CancelUpload { uuid: own }).await), 2401, "it is a file");

        let given_up = begin(&world, &anna, FileKind::File, PNG.len()).await.unwrap();
        let links = parts(&world, &anna, given_up).await.parts;
        world.call(&anna, CancelUpload { uuid: given_up }).await.unwrap();
        assert_ne!(put(&links[0].url, PNG).await, 200);
        assert_eq!(code(world.call(&anna, GetUploadParts { uuid: given_up }).await), 2401);
    }

    /// OBJ-6, OBJ-9: sizes, uploads at a time and bytes in a day are bounded as on the other way in.
    async fn bounds_hold_for_uploads_into_the_bucket(db: Db) {
        let Some(moto) = Moto::start().await else { return };
        let world = world(db, &moto, |config| {
            config.limits.overrides.insert("file_bytes".into(), 1000.into());
            config.limits.overrides.insert("image_bytes".into(), 500.into());
            config.files.uploads_per_user = 2;
            config.files.bytes_per_day = 2000;
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        assert_eq!(code(begin(&world, &anna, FileKind::File, 0).await), 2108);
        assert_eq!(code(begin(&world, &anna, FileKind::File, 1001).await), 2402);
        assert_eq!(code(begin(&world, &anna, FileKind::Image, 501).await), 2253);
        begin(&world, &anna, FileKind::File, 10).await.unwrap();
        begin(&world, &anna, FileKind::File, 10).await.unwrap();
        assert_eq!(code(begin(&world, &anna, FileKind::File, 10).await), 60018);
        let first = begin(&world, &ben, FileKind::File, 1000).await.unwrap();
        bring(&world, &ben, first, &[7; 1000]).await;
        complete(&world, &ben, first, &[7; 1000]).await.unwrap();
        begin(&world, &ben, FileKind::File, 1000).await.unwrap();
        assert_eq!(code(begin(&world, &ben, FileKind::File, 1).await), 60018);
    }

    /// What nobody goes on with is given up in the bucket too; what a crash left half done is finished.
    async fn nothing_is_left_behind_in_the_bucket(db: Db) {
        let Some(moto) = Moto::start().await else { return };
        let world = world(db, &moto, |_| {}).await;
        let anna = world.join("anna").await;
        let incoming = moto.store().incoming();
        let left = begin(&world, &anna, FileKind::File, PNG.len()).await.unwrap();
        let links = parts(&world, &anna, left).await.parts;
        age(&world, 8).await;
        assert_eq!(world.service.files().sweep().await.unwrap().uploads, 1);
        assert_ne!(put(&links[0].url, PNG).await, 200, "the attempt was given up");

        // Put together, and then the server died.
        let half = begin(&world, &anna, FileKind::File, PNG.len()).await.unwrap();
        bring(&world, &anna, half, PNG).await;
        let attempt = world.service.db().read(move |tx| crate::store::file::upload(tx, half)).await;
        let attempt = attempt.map_err(|error: StoreError| error).unwrap().unwrap().attempt.unwrap();
        let arrived = incoming.arrived(half, &attempt, PNG.len() as u64).await.unwrap().unwrap();
        incoming.assemble(half, &attempt, &arrived).await.unwrap();
        let there = parts(&world, &anna, half).await;
        assert_eq!((there.stored, there.parts.len(), there.is_complete), (PNG.len() as u64, 0, false));
        complete(&world, &anna, half, PNG).await.unwrap();

        // An object of which no row knows.
        let nobody = FileId::new([9; 16]);
        let attempt = incoming.begin(nobody).await.unwrap();
        let part = incoming.arrived(nobody, &attempt, 5).await.unwrap().unwrap().missing[0];
        assert_eq!(put(&incoming.link(nobody, &attempt, part), b"hello").await, 200);
        let arrived = incoming.arrived(nobody, &attempt, 5).await.unwrap().unwrap();
        incoming.assemble(nobody, &attempt, &arrived).await.unwrap();
        assert_eq!(incoming.all().await.unwrap(), [nobody]);
        world.service.files().sweep().await.unwrap();
        assert!(incoming.all().await.unwrap().is_empty());
        assert!(moto.store().open(sha256(PNG)).await.is_ok());

        // A bucket that has forgotten: from the start.
        let lost = begin(&world, &anna, FileKind::File, PNG.len()).await.unwrap();
        bring(&world, &anna, lost, PNG).await;
        let attempt = world.service.db().read(move |tx| crate::store::file::upload(tx, lost)).await;
        let attempt = attempt.map_err(|error: StoreError| error).unwrap().unwrap().attempt.unwrap();
        incoming.discard(lost, &attempt).await.unwrap();
        let again = parts(&world, &anna, lost).await;
        assert_eq!((again.stored, again.parts.len()), (0, 1));
        bring(&world, &anna, lost, PNG).await;
        complete(&world, &anna, lost, PNG).await.unwrap();
    }

    /// Without a bucket there is no such way in: 2040.
    async fn a_folder_takes_no_links(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        assert_eq!(code(begin(&world, &anna, FileKind::File, 7).await), 2040);
    }
}
