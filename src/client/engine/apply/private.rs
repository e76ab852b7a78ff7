//! What is private to the user and belongs to no conversation: drafts, profiles, conversation groups, do-not-disturb.

use hallway_protocol::conversation::{AllReceiveMessageOpt, ConversationGroup};

use super::{Step, Work};
use crate::cache::{CacheResult, heard, meta, people};

impl Work<'_> {
    pub(super) fn apart(&mut self, step: Step) -> CacheResult<()> {
        match step {
            Step::Draft(draft) => {
                meta::put_draft(self.db, &draft, false)?;
                self.out.drafts.push(*draft);
            }
            Step::Heard(id) => {
                let is_new = heard::add(self.db, &id)?;
                self.out.heard.extend(is_new.then_some(id));
            }
            Step::Profile(profile) => people::put_profile(self.db, &profile)?,
            Step::Me(profile) => {
                people::put_profile(self.db, &profile)?;
                if let Some(mut session) = meta::session(self.db)?
                    && session.user != profile
                {
                    session.user = profile;
                    meta::put_session(self.db, &session)?;
                    self.out.session = Some(session);
                }
            }
            Step::ConversationGroups(groups) => self.conversation_groups(groups)?,
            Step::AllReceiveMessageOpt(opt) => self.all_receive_message_opt(opt)?,
            Step::Forget => {
                meta::forget_private(self.db)?;
                self.conversation_groups(Vec::new())?;
                self.all_receive_message_opt(AllReceiveMessageOpt::default())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn conversation_groups(&mut self, groups: Vec<ConversationGroup>) -> CacheResult<()> {
        meta::put_conversation_groups(self.db, &groups)?;
        self.out.conversation_groups = Some(groups);
        Ok(())
    }

    fn all_receive_message_opt(&mut self, opt: AllReceiveMessageOpt) -> CacheResult<()> {
        meta::put_all_receive_message_opt(self.db, &opt)?;
        self.out.all_receive_message_opt = Some(opt);
        Ok(())
    }

    /// Notes the conversation groups that a conversation came into or went out of.
    pub(super) fn regroup(&mut self, before: &[u64], after: &[u64]) {
        let only_in = |these: &[u64], those: &[u64]| {
            these.iter().copied().filter(|number| !those.contains(number)).collect::<Vec<_>>()
        };
        self.out.regrouped.extend(only_in(before, after));
        self.out.regrouped.extend(only_in(after, before));
    }
}
