//! Changing, recalling and pinning messages while there is no network.

use hallway_client::{ConversationId, ErrorCode, Event, Message, MessageOptions, NetState, SendOptions};
use hallway_protocol::MessageId;
use hallway_protocol::message::{MessageStatus, Payload};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::Device;

use crate::support::*;

/// The message as a device shows it: its words or `recalled`, its version, and whether something waits for the server.
async fn as_shown(device: &Device, id: &MessageId) -> Outcome<(String, u32, bool)> {
    let message = device.client.find_message(id).await.doing("finding")?.doing("no message")?;
    let words = if message.is_revoked() { "recalled".to_owned() } else { text_of(&message) };
    Ok((words, message.version, message.status == MessageStatus::UnSend))
}

async fn until_shown_as(device: &mut Device, id: &MessageId, wanted: (&str, u32, bool)) -> Outcome {
    let wanted = (wanted.0.to_owned(), wanted.1, wanted.2);
    until(device, &format!("showing {wanted:?}"), async |it| Ok(as_shown(it, id).await? == wanted)).await
}

async fn offline(device: &mut Device) -> Outcome {
    device.net.set_down(true);
    device.until("offline", SOON, |it| it.client.net_state() != NetState::Connected).await
}

/// R2, PLUS-3, MSG-61, MSG-63: changes and recalls without a network show at once, outlive the program and reach the others later;
/// of several changes the last one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_and_recalls_without_a_network_are_not_lost() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let one = say(&ann, "ben", "one").await?;
    let two = say(&ann, "ben", "two").await?;
    let three = say(&ann, "ben", "three").await?;
    let theirs = say(&ben, "ann", "theirs").await?;
    until_shown(&mut ann, "ben", &["one", "two", "three", "theirs"]).await?;
    offline(&mut ann).await?;
    let changed = ann.client.modify_message(&one, "eins", Vec::new()).await.doing("changing")?;
    assert_eq!(
        (text_of(&changed), changed.status, changed.is_modified()),
        ("eins".into(), MessageStatus::UnSend, true)
    );
    let recalled = ann.client.revoke_message(&two, "wrong chat").await.doing("recalling")?;
    assert!(recalled.is_revoked());
    ann.client.modify_message(&changed, "uno", Vec::new()).await.doing("changing again")?;
    ann.client.modify_message(&three, "drei", Vec::new()).await.doing("changing")?;
    ann.client.revoke_message(&three, "").await.doing("recalling what was changed")?;
    let code = |result: hallway_client::Result<Message>| result.map(|_| ()).map_err(|error| error.code);
    assert_eq!(code(ann.client.revoke_message(&two, "").await), Err(ErrorCode::AlreadyRevoked));
    assert_eq!(code(ann.client.modify_message(&two, "x", Vec::new()).await), Err(ErrorCode::StateNotAllowed));
    assert_eq!(code(ann.client.revoke_message(&theirs, "").await), Err(ErrorCode::NoPermission));
    ann.restart().await?;
    for (id, words) in [(&one.id, "uno"), (&two.id, "recalled"), (&three.id, "recalled")] {
        assert_eq!(as_shown(&ann, id).await?, (words.to_owned(), 0, true));
    }
    assert_eq!(as_shown(&ben, &one.id).await?, ("one".into(), 0, false));
    ann.net.set_down(false);
    for device in [&mut ann, &mut ben] {
        until_shown_as(device, &one.id, ("uno", 1, false)).await?;
        until_shown_as(device, &two.id, ("recalled", 0, false)).await?;
        until_shown_as(device, &three.id, ("recalled", 0, false)).await?;
    }
    let two = ben.client.find_message(&two.id).await.doing("finding")?.and_then(|it| it.revoked);
    assert_eq!(two.map(|it| (it.user_id.to_string(), it.reason)), Some(("ann".into(), "wrong chat".into())));
    Ok(())
}

/// R2, MSG-63: who changed the same message meanwhile on another instance wins; the words that were refused come back to the app.
/// What was recalled on both is no failure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_came_too_late_is_given_back() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let sent = say(&desk, "ben", "first").await?;
    let both = say(&desk, "ben", "second").await?;
    until_shown(&mut lap, "ben", &["first", "second"]).await?;
    offline(&mut desk).await?;
    desk.client.modify_message(&sent, "at the desk", Vec::new()).await.doing("changing")?;
    desk.client.revoke_message(&both, "").await.doing("recalling")?;
    lap.client.modify_message(&sent, "on the lap", Vec::new()).await.doing("changing")?;
    lap.client.revoke_message(&both, "").await.doing("recalling")?;
    desk.net.set_down(false);
    let refused = |event: &Event| match event {
        Event::MessageChangeRefused(refused) => Some(refused.clone()),
        _ => None,
    };
    let refused = desk.until_event("the words back", SOON, refused).await?;
    assert_eq!(
        (refused.error.code, refused.payload),
        (ErrorCode::ModifyConflict, Some(Payload::text("at the desk")))
    );
    assert_eq!(refused.message.id, sent.id);
    until_shown_as(&mut desk, &sent.id, ("on the lap", 1, false)).await?;
    until_shown_as(&mut desk, &both.id, ("recalled", 0, false)).await
}

/// R2, MSG-68: a pin without a network shows at once and reaches the others later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_without_a_network_is_not_lost() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    let ConversationId::Group(team) = place.clone() else { panic!("a group") };
    let text = ann.client.create_text_message(place, "plan", MessageOptions::default()).doing("making")?;
    let sent = ann.client.send_message(text, SendOptions::default()).await.doing("sending")?;
    offline(&mut ann).await?;
    ann.client.pin_group_message(&team, &sent, true).await.doing("pinning")?;
    let pinned = async |device: &Device| {
        let message = device.client.find_message(&sent.id).await.doing("finding")?;
        Outcome::Ok(message.and_then(|message| message.pin).map(|pin| pin.operator_info.user_id.to_string()))
    };
    assert_eq!(pinned(&ann).await?.as_deref(), Some("ann"));
    ann.net.set_down(false);
    until(&mut ben, "showing the pin", async |ben| Ok(pinned(ben).await?.as_deref() == Some("ann"))).await
}
