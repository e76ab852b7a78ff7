//! Stickers: who may ask for the packs, and what is sent of them.

use hallway_protocol::message::FacePayload;
use hallway_protocol::method::GetStickerPacks;

use super::*;
use crate::service::file::Refusal;

on_both_engines! {
    /// OBJ-66, MSG-26: whoever is signed in gets the packs, and a message has number and key of one, also of one that this
    /// server does not have.
    async fn packs_are_listed_and_named_in_messages(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let call = |version: &str| GetStickerPacks { version: version.to_owned() };
        let packs = world.call(&anna, call("")).await.unwrap();
        let again = world.call(&anna, call(&packs.version)).await.unwrap();
        assert_eq!((again.packs, again.path), (None, packs.path));
        assert_eq!(world.call_as(None, call("")).await.unwrap_err().code.code(), 2024);

        let pack = packs.packs.unwrap().remove(0);
        let key = pack.stickers[0].key.clone();
        for face in [
            FacePayload { index: pack.number, data: key },
            FacePayload { index: -1, data: "of another server".into() },
        ] {
            let to = ConversationId::C2c(ben.id.clone());
            let payload = Payload::Face(face);
            let sent = SendMessage { payload: payload.clone(), ..world.text(&anna, &to, "") };
            assert_eq!(world.call(&anna, sent).await.unwrap().message.payload, payload);
        }
    }

    /// Pictures are for those who are signed in: their ticket ends with their session.
    async fn a_ticket_is_good_for_as_long_as_the_session(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let files = world.service.files();
        let ticket = world.call(&anna, hallway_protocol::method::GetUploadTicket {}).await.unwrap().ticket;
        assert_eq!(files.check_ticket(&ticket).await, Ok(()));
        assert_eq!(files.check_ticket("").await, Err(Refusal::NoPass));
        world.service.sign_out(&anna.caller).await.unwrap();
        assert_eq!(files.check_ticket(&ticket).await, Err(Refusal::NoPass));
    }
}
