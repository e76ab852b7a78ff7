//! When rules are asked about a message, and what becomes of it then (MSG-19, MSG-34, MSG-37, MSG-100).
//!
//! Before the delivery, when the sender may send at all: words, then the hook. Sounds and films are shown to the hook after the
//! delivery, pictures too when it did not answer in time: that is a chore, which no restart forgets. What was stored
//! before is not asked about again when its sender repeats it.
//!
//! `excluded_from_content_moderation` is heard from administrators of the workspace only: rules that everybody may skip
//! are none.

use std::sync::Arc;

use hallway_protocol::file::FileKind;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::Payload;
use hallway_protocol::method::{MethodName, SendMessage};
use hallway_protocol::{ChatError, ErrorCode};
use tracing::warn;

use super::amend::amend;
use super::core::{Caller, Core};
use super::file::{Files, reference};
use super::message::may_send;
use super::message_check::{check_payload, check_size};
use crate::config::WordsAction;
use crate::moderation::{Answer, Attached, HookError, Moderator, Question, Rules, refusal, texts};
use crate::store::chore::Chore;
use crate::store::user::UserRecord;
use crate::store::{StoreError, conversation, group, message};

/// A question carries the contents of its files up to so many times the limit of one: a combined message may have hundreds.
const CONTENTS: u64 = 2;

/// What the rules made of a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checked {
    /// It says something else now.
    pub is_changed: bool,
    /// It is marked as risky (OBJ-47).
    pub is_risky: bool,
    /// It is looked at after the delivery.
    pub is_late: bool,
}

/// See the module.
pub struct Moderation {
    core: Arc<Core>,
    files: Files,
    moderator: Option<Moderator>,
}

/// A message whose hook was not asked, or did not answer.
enum Unanswered {
    Refused(ChatError),
    Failed(HookError),
}

impl Moderation {
    /// With the rules of the deployment, if it has any.
    pub fn new(core: Arc<Core>, files: Files, moderator: Option<Moderator>) -> Self {
        Self { core, files, moderator }
    }

    fn rules(&self, profile: &str) -> Result<Option<(&Moderator, &Rules)>, ChatError> {
        let unknown =
            || ChatError::new(ErrorCode::InvalidParameter).with_message("no such moderation_profile");
        match &self.moderator {
            Some(moderator) => Ok(Some((moderator, moderator.rules(profile).ok_or_else(unknown)?))),
            None if profile.is_empty() => Ok(None),
            None => Err(unknown()),
        }
    }

    /// Looks at a message about to be stored; `conv` is the number of a group's conversation.
    pub async fn before(
        &self,
        caller: &Arc<Caller>,
        me: &UserRecord,
        key: i64,
        conv: Option<i64>,
        send: &mut SendMessage,
    ) -> Result<Checked, ChatError> {
        check_profile(send)?;
        let Some((moderator, rules)) = self.rules(&send.moderation_profile)? else {
            return Ok(Checked::default());
        };
        let is_excluded = send.message_control.is_some_and(|it| it.excluded_from_content_moderation);
        if (is_excluded && me.profile.is_admin) || self.is_stored_or_refused(caller, key, conv, send).await? {
            return Ok(Checked::default());
        }
        let mut checked = Checked::default();
        let beside = send.reply_to.as_mut().map(|quote| &mut quote.summary).into_iter();
        let push =
            send.offline_push.as_mut().into_iter().flat_map(|push| [&mut push.title, &mut push.description]);
        checked.is_changed = say(rules, texts(&mut send.payload).into_iter())?;
        checked.is_changed |= say(rules, beside.chain(push).map(|text| (text, true)))?;
        let (conversation_id, profile) = (&send.conversation_id, send.moderation_profile.as_str());
        let question = Asked { event: "before", from: caller.user_id.as_str(), conversation_id, profile };
        self.ask_before(moderator, rules, &question, &mut send.payload, &mut checked).await?;
        if checked.is_changed {
            let push = send.offline_push.as_ref();
            check_size(&self.core.limits, &send.payload, &send.cloud_custom_data, push)?;
        }
        Ok(checked)
    }

    /// Looks at the new content of a stored message.
    pub async fn of_change(
        &self,
        caller: &Arc<Caller>,
        conversation_id: &ConversationId,
        conv: i64,
        payload: &mut Payload,
    ) -> Result<Checked, ChatError> {
        let Some((moderator, rules)) = self.rules("")? else { return Ok(Checked::default()) };
        let (core, who) = (Arc::clone(&self.core), Arc::clone(caller));
        let allowed =
            self.core.db.read(move |tx| core.access(tx, MethodName::ModifyMessage, &who, conv).map(|_| ()));
        allowed.await?;
        let mut checked =
            Checked { is_changed: say(rules, texts(payload).into_iter())?, ..Checked::default() };
        let question = Asked { event: "before", from: caller.user_id.as_str(), conversation_id, profile: "" };
        self.ask_before(moderator, rules, &question, payload, &mut checked).await?;
        Ok(checked)
    }

    /// MSG-37: who may not send is told that, and nobody else is asked. Whether the message is stored already.
    async fn is_stored_or_refused(
        &self,
        caller: &Arc<Caller>,
        key: i64,
        conv: Option<i64>,
        send: &SendMessage,
    ) -> Result<bool, ChatError> {
        let (core, caller) = (Arc::clone(&self.core), Arc::clone(caller));
        let (files, wants_receipts) = (reference::references(&send.payload)?, send.need_read_receipt);
        let look = self.core.db.read(move |tx| {
            if message::by_client_key(tx, caller.number, key)?.is_some() {
                return Ok(true);
            }
            if let Some(conv) = conv {
                let standing = group::standing(tx, conv, caller.number)?.ok_or(ErrorCode::GroupGone)?;
                may_send(&standing, &core, wants_receipts)?;
            }
            reference::check(&core, tx, &caller, &files)?;
            Ok::<_, ChatError>(false)
        });
        look.await
    }

    async fn ask_before(
        &self,
        moderator: &Moderator,
        rules: &Rules,
        asked: &Asked<'_>,
        payload: &mut Payload,
        checked: &mut Checked,
    ) -> Result<(), ChatError> {
        if rules.hook.is_none() {
            return Ok(());
        }
        // MSG-100: these take long to look at.
        if matches!(payload, Payload::Audio(_) | Payload::Video(_)) {
            checked.is_late = true;
            return Ok(());
        }
        let is_picture = matches!(payload, Payload::Image(_));
        match self.ask(moderator, rules, asked, payload).await {
            Ok(Answer::Deliver) => {}
            Ok(Answer::Flag) => checked.is_risky = true,
            Ok(Answer::Replace { payload: new }) if new.kind() == payload.kind() && !is_picture => {
                // What it refers to was looked at before; a hook does not exchange that.
                if reference::references(&new)? != reference::references(payload)? {
                    return Err(ErrorCode::ContentHookFailed.into());
                }
                check_payload(&self.core.limits, &new)?;
                checked.is_changed |= new != *payload;
                *payload = new;
            }
            Ok(Answer::Replace { .. }) => {
                warn!("the moderation hook replaces a message by one of another kind");
                return Err(ErrorCode::ContentHookFailed.into());
            }
            Ok(Answer::Refuse { code, message }) => {
                let error = ChatError::new(refusal(code, payload));
                return Err(if message.is_empty() { error } else { error.with_message(message) });
            }
            Err(Unanswered::Refused(error)) => return Err(error),
            Err(Unanswered::Failed(HookError::Time)) if is_picture => checked.is_late = true,
            Err(Unanswered::Failed(error)) => {
                warn!(%error, "the moderation hook failed");
                if !moderator.delivers_on_failure {
                    return Err(ErrorCode::ContentHookFailed.into());
                }
            }
        }
        Ok(())
    }

    async fn ask(
        &self,
        moderator: &Moderator,
        rules: &Rules,
        asked: &Asked<'_>,
        payload: &Payload,
    ) -> Result<Answer, Unanswered> {
        let Some(hook) = &rules.hook else { return Ok(Answer::Deliver) };
        let files = self.attached(moderator, payload).await.map_err(Unanswered::Refused)?;
        let &Asked { event, from, conversation_id, profile } = asked;
        let question = Question { event, from, conversation_id, moderation_profile: profile, payload, files };
        hook.ask(&question).await.map_err(Unanswered::Failed)
    }

    /// The files that a hook looks at: of a picture in several sizes the smallest.
    async fn attached(&self, moderator: &Moderator, payload: &Payload) -> Result<Vec<Attached>, ChatError> {
        let mut files = reference::references(payload)?;
        if matches!(payload, Payload::Image(_)) {
            files.sort_by_key(|file| file.size);
            files.truncate(1);
        }
        let mut attached = Vec::new();
        let mut left = moderator.file_bytes.saturating_mul(CONTENTS);
        for file in files.into_iter().filter(|file| file.kind != FileKind::File) {
            let failed = |_| ChatError::from(ErrorCode::MessageInternalError);
            let Some(opened) = self.files.for_the_server(file.id).await.map_err(failed)? else { continue };
            let size = opened.reader.size();
            let content = match size <= moderator.file_bytes.min(left) {
                true => Some(opened.bytes().await.map_err(|_| ErrorCode::MessageInternalError)?),
                false => None,
            };
            left = left.saturating_sub(content.as_ref().map_or(0, |_| size));
            attached.push(Attached {
                uuid: file.id.to_string(),
                media_type: opened.media_type,
                size,
                content,
            });
        }
        Ok(attached)
    }

    /// The late look at a message; false when it has to be tried again.
    pub(super) async fn after(&self, chore: &Chore) -> Result<bool, ChatError> {
        let Ok(Some((moderator, rules))) = self.rules(&chore.detail) else { return Ok(true) };
        let (core, key) = (Arc::clone(&self.core), chore.key);
        let found = self.core.db.read(move |tx| {
            let Some(row) = message::at(tx, key)? else { return Ok(None) };
            let Some(conv) = conversation::load(tx, key.conv)? else { return Ok(None) };
            let from = core.users.in_tx(tx, row.sender)?.profile.user_id.clone();
            Ok::<_, StoreError>(Some((core.name(tx, row.sender, &conv)?, from, row.content.payload)))
        });
        let Some((conversation_id, from, payload)) = found.await? else { return Ok(true) };
        let (conversation_id, profile) = (&conversation_id, chore.detail.as_str());
        let asked = Asked { event: "after", from: from.as_str(), conversation_id, profile };
        match self.ask(moderator, rules, &asked, &payload).await {
            Ok(Answer::Flag | Answer::Refuse { .. }) => {
                let core = Arc::clone(&self.core);
                let flag = amend(&self.core, key, move |_, row| {
                    row.content.modified_time = Some(core.clock.now());
                    Ok(!std::mem::replace(&mut row.content.has_risk_content, true))
                });
                flag.await.map(|_| true)
            }
            Ok(Answer::Deliver | Answer::Replace { .. }) => Ok(true),
            Err(Unanswered::Refused(error)) => Err(error),
            Err(Unanswered::Failed(error)) => {
                warn!(%error, "the moderation hook failed about a delivered message");
                Ok(false)
            }
        }
    }
}

/// Who said something where.
struct Asked<'a> {
    event: &'static str,
    from: &'a str,
    conversation_id: &'a ConversationId,
    profile: &'a str,
}

/// MSG-19: only kinds that are looked at name their rules.
fn check_profile(send: &SendMessage) -> Result<(), ChatError> {
    let takes_one = matches!(
        send.payload,
        Payload::Text(_) | Payload::Image(_) | Payload::Audio(_) | Payload::Video(_) | Payload::Custom(_)
    );
    if takes_one || send.moderation_profile.is_empty() {
        return Ok(());
    }
    Err(ChatError::new(ErrorCode::InvalidParameter)
        .with_message("moderation_profile is not for this kind of message"))
}

/// Applies a list of words: refused with 80001, or stars for them. Whether something changed.
fn say<'a>(rules: &Rules, texts: impl Iterator<Item = (&'a mut String, bool)>) -> Result<bool, ChatError> {
    let Some(words) = &rules.words else { return Ok(false) };
    let mut is_changed = false;
    for (text, takes_stars) in texts {
        let Some(starred) = words.starred(text) else { continue };
        if rules.action == WordsAction::Refuse || !takes_stars {
            return Err(ErrorCode::TextRefused.into());
        }
        *text = starred;
        is_changed = true;
    }
    Ok(is_changed)
}
