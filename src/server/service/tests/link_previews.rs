//! Previews of links, fetched from a web that the tests make up.

use std::sync::Arc;

use hallway_protocol::message::{Message, Payload};
use hallway_protocol::method::{
    GetFileLink, GetRange, ModifyMessage, PayloadField, RemoveLinkPreview, RevokeMessage, SendMessage,
};

use super::{Person, World, code, of, on_both_engines, with};
use crate::outbound::tests::{Heard, MadeUp, Said, Web, outbound};
use crate::preview::picture::tests::png_of;

const PAGE: &str = "<title>The menu</title><meta property=og:site_name content=Café><meta name=description content='What \
                    there is'><meta property=og:image content=/dish.png>";

async fn web() -> Web {
    let answer = |heard: &Heard| match heard.path.as_str() {
        "/dish.png" => Said::ok("image/png", png_of(640, 480)),
        "/away" => Said::redirect("http://127.0.0.1/"),
        "/mute" => Said::ok("text/html", "<p>nothing"),
        "/zip" => Said::ok("application/zip", PAGE),
        "/gone" => Said { status: 404, ..Said::ok("text/html", PAGE) },
        "/hostile" => {
            Said::ok("text/html", "<title>x</title><meta property=og:image content=http://10.0.0.1/a.png>")
        }
        "/bomb" => Said::ok("text/html", "<title>x</title><meta property=og:image content=/bomb.png>"),
        "/bomb.png" => Said::ok("image/png", png_of(12_000, 12_000)),
        _ => Said::ok("text/html", PAGE),
    };
    Web::start(answer).await
}

/// A world with previews, whose outside is made up.
async fn world(db: crate::store::Db, web: &Web) -> World {
    let network =
        MadeUp::new(web).name("cafe.example", &[&["93.184.216.34"]]).name("in.example", &[&["10.0.0.1"]]);
    World::reaching(db, outbound(Arc::new(network), None), |config| config.link_previews.enabled = true).await
}

async fn now(world: &World, who: &Person, of: &hallway_protocol::ConversationId, sequence: u64) -> Message {
    let call =
        GetRange { conversation_id: of.clone(), from_seq: sequence, to_seq: sequence, changed_after: 0 };
    world.call(who, call).await.unwrap().messages.remove(0)
}

on_both_engines! {
    /// The server fetches a moment after the sending; everybody gets the preview as a change of the message, its picture is a
    /// file of the message, and a page is not fetched twice.
    async fn a_link_gets_its_preview(db: Db) {
        let web = web().await;
        let world = world(db, &web).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        assert!(anna.signed_in.services.link_previews);
        let stored = world.say(&anna, &with(&ben), "look: http://cafe.example/menu!").await.message;
        assert!(stored.link_preview.is_none() && web.heard().is_empty());
        assert_eq!(world.service.chores().round().await.unwrap(), 1);
        ben.next_frame(&with(&anna)).await;
        let came = ben.next_frame(&with(&anna)).await.messages.remove(0);
        let preview = came.link_preview.clone().unwrap();
        assert_eq!((preview.url.as_str(), preview.site_name.as_str()), ("http://cafe.example/menu", "Café"));
        assert_eq!((preview.title.as_str(), preview.description.as_str()), ("The menu", "What there is"));
        assert!(!came.is_modified() && came.version == 0, "nobody has changed what was said");
        assert_eq!(now(&world, &anna, &with(&ben), stored.sequence).await.link_preview, Some(preview.clone()));

        let image = preview.image.unwrap();
        assert_eq!((image.width, image.height, image.size), (640, 480, png_of(640, 480).len() as u64));
        let link = |who, of, sequence| world.call(who, GetFileLink { conversation_id: of, sequence, uuid: image.uuid });
        let found = link(&ben, with(&anna), stored.sequence).await.unwrap();
        let opened = world.service.files().open_link(found.path.strip_prefix("/download/").unwrap()).await.unwrap();
        assert_eq!(opened.bytes().await.unwrap(), png_of(640, 480));
        assert_eq!(opened.media_type, "image/png");
        world.say(&carl, &with(&ben), "mine").await;
        assert_eq!(code(link(&carl, with(&ben), 1).await), 20022);

        // A preview takes no time the second time, and what has none is asked once.
        let group = world.group(&anna, &[&ben]).await;
        for _ in 0..2 {
            world.say(&anna, &of(&group), "http://cafe.example/menu http://cafe.example/other").await;
            world.say(&anna, &of(&group), "http://cafe.example/mute").await;
        }
        assert_eq!(world.service.chores().round().await.unwrap(), 4);
        let asked: Vec<String> = web.heard().iter().map(|heard| heard.path.clone()).collect();
        assert_eq!(asked.iter().filter(|path| *path == "/menu").count(), 1);
        assert!(!asked.contains(&"/other".to_owned()));
        assert_eq!(world.service.chores().round().await.unwrap(), 0);

        let revoke = RevokeMessage { conversation_id: with(&ben), sequence: stored.sequence, reason: String::new() };
        assert!(world.call(&anna, revoke).await.unwrap().message.link_preview.is_none());
        assert_eq!(code(link(&ben, with(&anna), stored.sequence).await), 20022);
    }

    /// No preview leads inside, and none is made of what is no page.
    async fn nothing_else_is_previewed(db: Db) {
        let web = web().await;
        let world = world(db.clone(), &web).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let links = ["http://in.example/", "http://127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://cafe.example:8080/", "http://cafe.example/away", "http://cafe.example/mute", "http://cafe.example/zip", "http://cafe.example/gone", "http://nowhere.example/"];
        for link in links {
            let place = world.say(&anna, &with(&ben), link).await.message.sequence;
            while world.service.chores().round().await.unwrap() > 0 {}
            assert_eq!(now(&world, &ben, &with(&anna), place).await.link_preview, None, "{link}");
        }
        for link in ["http://cafe.example/hostile", "http://cafe.example/bomb"] {
            let place = world.say(&anna, &with(&ben), link).await.message.sequence;
            while world.service.chores().round().await.unwrap() > 0 {}
            let preview = now(&world, &ben, &with(&anna), place).await.link_preview.unwrap();
            assert_eq!((preview.title.as_str(), preview.image), ("x", None), "{link}");
        }
        let count = web.heard().len();
        drop(world);
        let off = World::new(db).await;
        let anna = off.sign_in("anna", "first").await;
        let fresh = SendMessage { id: hallway_protocol::MessageId::new(anna.number, 1_800_000_000, 1), ..off.text(&anna, &with(&ben), "http://cafe.example/menu") };
        off.call(&anna, fresh).await.unwrap();
        assert_eq!(off.service.chores().round().await.unwrap(), 0);
        assert_eq!(web.heard().len(), count, "nothing is fetched where the deployer has not said so");
    }

    /// A sender keeps the preview away, or takes it off for good; others may not. A change of the link changes the preview.
    async fn the_preview_is_the_senders(db: Db) {
        let web = web().await;
        let world = world(db, &web).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let without = SendMessage { no_link_preview: true, ..world.text(&anna, &with(&ben), "http://cafe.example/menu") };
        world.call(&anna, without).await.unwrap();
        assert_eq!(world.service.chores().round().await.unwrap(), 0);

        let place = world.say(&anna, &with(&ben), "http://cafe.example/menu").await.message.sequence;
        world.service.chores().round().await.unwrap();
        let change = |text: &str, version| ModifyMessage { conversation_id: with(&ben), sequence: place, version, payload: Some(PayloadField { payload: Payload::text(text) }), at_user_list: None, cloud_custom_data: None };
        let kept = world.call(&anna, change("still http://cafe.example/menu", 0)).await.unwrap().message;
        assert!(kept.link_preview.is_some());
        let changed = world.call(&anna, change("now http://cafe.example/other", 1)).await.unwrap().message;
        assert_eq!(changed.link_preview, None);
        assert_eq!(world.service.chores().round().await.unwrap(), 1);
        let preview = now(&world, &ben, &with(&anna), place).await.link_preview.unwrap();
        assert_eq!(preview.url, "http://cafe.example/other");
        let remove = |of: &Person| RemoveLinkPreview { conversation_id: with(of), sequence: place };
        assert_eq!(code(world.call(&ben, remove(&anna)).await), 10007);
        let removed = world.call(&anna, remove(&ben)).await.unwrap().message;
        assert_eq!(removed.link_preview, None);
        world.call(&anna, change("again http://cafe.example/menu", 2)).await.unwrap();
        while world.service.chores().round().await.unwrap() > 0 {}
        assert_eq!(now(&world, &ben, &with(&anna), place).await.link_preview, None, "for good");
    }
}
