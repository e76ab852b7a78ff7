//! Waiting and naming, for the tests of this program.

use std::time::Duration;

use hallway_client::model::{Around, Timeline, TimelineItem};
use hallway_client::{Conversation, ConversationId, Event, Message, MessageOptions, SendOptions, UserId};
use hallway_protocol::method::CreateGroup;
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::{Device, Dice, Engine, TestServer};
use tokio::time::Instant;

/// How long anything may take here.
pub const SOON: Duration = Duration::from_secs(30);

/// A server with Ann and Ben.
pub async fn server() -> Outcome<TestServer> {
    TestServer::start(Engine::Sqlite, &["ann", "ben"]).await
}

/// A device of a user, ready.
pub async fn device(server: &TestServer, user: &str, name: &str) -> Outcome<Device> {
    Device::start(server, user, name, Dice::new(1)).await
}

/// The one-to-one conversation with somebody.
pub fn with(user: &str) -> ConversationId {
    ConversationId::C2c(user.parse::<UserId>().expect("a user id"))
}

/// Sends a text and waits until the server has it.
pub async fn say(from: &Device, to: &str, text: &str) -> Outcome<Message> {
    let message = text_for(from, to, text)?;
    from.client.send_message(message, SendOptions::default()).await.doing("sending")
}

/// A text that is not sent yet.
pub fn text_for(from: &Device, to: &str, text: &str) -> Outcome<Message> {
    from.client.create_text_message(with(to), text, MessageOptions::default()).doing("making a message")
}

/// What a person sees of a conversation: texts, `…` for holes, brackets around what is not sent.
pub async fn shown(device: &Device, peer: &str) -> Outcome<Vec<String>> {
    Ok(words(&device.client.timeline(&with(peer), Around::Latest, 200, 0).await.doing("a timeline")?))
}

/// The texts of a timeline.
pub fn words(timeline: &Timeline) -> Vec<String> {
    timeline
        .items
        .iter()
        .map(|item| match item {
            TimelineItem::Message(message) => text_of(message),
            TimelineItem::Outgoing(message, None) => format!("({})", text_of(message)),
            TimelineItem::Outgoing(message, Some(error)) => format!("[{}: {}]", text_of(message), error.code),
            TimelineItem::Hole { .. } => "…".to_owned(),
        })
        .collect()
}

/// The words of a message.
pub fn text_of(message: &Message) -> String {
    match &message.payload {
        hallway_protocol::message::Payload::Text(text) => text.text.clone(),
        other => format!("<{}>", other.kind()),
    }
}

/// Waits until a conversation shows just these words.
pub async fn until_shown(device: &mut Device, peer: &str, wanted: &[&str]) -> Outcome {
    let outcome = until(device, "", async |device| Ok(shown(device, peer).await? == wanted)).await;
    match outcome {
        Ok(()) => Ok(()),
        Err(_) => Err(Failure::new(format!(
            "{} shows {:?}, not {wanted:?}",
            device.name,
            shown(device, peer).await?
        ))),
    }
}

/// Waits until the list's line of a conversation is so.
pub async fn until_listed(
    device: &mut Device,
    peer: &str,
    what: &str,
    is_so: impl Fn(&Conversation) -> bool,
) -> Outcome {
    until(device, what, async |device| Ok(listed(device, peer).await?.is_some_and(|it| is_so(&it)))).await
}

/// The list's line of a conversation.
pub async fn listed(device: &Device, peer: &str) -> Outcome<Option<Conversation>> {
    let list =
        device.client.get_conversation_list(Default::default()).await.doing("the list")?.conversation_list;
    Ok(list.into_iter().find(|it| it.conversation_id == with(peer)))
}

/// Looks again after each event.
pub async fn until(
    device: &mut Device,
    what: &str,
    is_so: impl AsyncFn(&Device) -> Outcome<bool>,
) -> Outcome {
    let deadline = Instant::now() + SOON;
    while !is_so(device).await? {
        if !device.event(deadline).await? {
            return Err(Failure::new(format!("{} is not {what}", device.name)));
        }
    }
    Ok(())
}

/// A group of `owner` and others, and its conversation.
pub async fn group(owner: &Device, others: &[&str]) -> Outcome<ConversationId> {
    let member_list = others.iter().map(|user| user.parse()).collect::<Result<_, _>>().doing("ids")?;
    let group = CreateGroup { name: "Team".into(), member_list, ..CreateGroup::default() };
    let made = owner.client.create_group(group).await.doing("making a group")?;
    Ok(ConversationId::Group(made.group.group_id))
}

/// The list's line of any conversation.
pub async fn line_of(device: &Device, id: &ConversationId) -> Outcome<Option<Conversation>> {
    let list =
        device.client.get_conversation_list(Default::default()).await.doing("the list")?.conversation_list;
    Ok(list.into_iter().find(|it| it.conversation_id == *id))
}

/// Waits until the list's line of a conversation is so, and returns it.
pub async fn until_line(
    device: &mut Device,
    id: &ConversationId,
    what: &str,
    is_so: impl Fn(&Conversation) -> bool,
) -> Outcome<Conversation> {
    until(device, what, async |device| Ok(line_of(device, id).await?.is_some_and(|it| is_so(&it)))).await?;
    line_of(device, id).await?.doing("a line")
}

/// The next messages the app is told of.
pub async fn received(device: &mut Device) -> Outcome<Vec<String>> {
    let pick = |event: &Event| match event {
        Event::MessageReceived(messages) => Some(messages.iter().map(text_of).collect()),
        _ => None,
    };
    device.until_event("a message", SOON, pick).await
}
