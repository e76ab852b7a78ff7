//! What shows over HTTP who somebody is: tickets for uploads and links for downloads.
//!
//! Both are short lists of numbers under an HMAC of a key that all servers of one database share, so that nothing is
//! stored for them. They name the instance they were made for and are worth nothing once its session has ended;
//! who uses one looks that up. A link is no right either: it says *which* file of *which* message, and whether the
//! caller may read that message is asked again each time.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallway_protocol::file::FileId;
use ring::hmac;

/// Longest text that is looked at.
const TEXT_BYTES: usize = 512;
const TICKET: u8 = 1;
const LINK: u8 = 2;

/// Makes and checks passes.
pub struct Passes {
    key: hmac::Key,
}

/// Who may use a pass, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Number of the account.
    pub user: i64,
    /// Installation, whose session must still be there.
    pub instance_id: String,
    /// Unix seconds.
    pub expires: i64,
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Number of the conversation.
    pub conv: i64,
    /// Place of the message.
    pub seq: i64,
    /// The file.
    pub file: FileId,
}

impl Passes {
    /// With a key.
    pub fn new(key: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    /// A ticket for uploads.
    pub fn ticket(&self, holder: &Holder) -> String {
        self.write(TICKET, &[], holder)
    }

    /// Who shows a ticket; none when it was not made here or has run out.
    pub fn read_ticket(&self, text: &str, now: i64) -> Option<Holder> {
        let (body, holder) = self.read(TICKET, text, now)?;
        body.is_empty().then_some(holder)
    }

    /// A link to a file.
    pub fn link(&self, holder: &Holder, target: Target) -> String {
        let mut body = Vec::with_capacity(32);
        body.extend(target.conv.to_be_bytes());
        body.extend(target.seq.to_be_bytes());
        body.extend(target.file.bytes());
        self.write(LINK, &body, holder)
    }

    /// Who follows a link, and where to; none when it was not made here or has run out.
    pub fn read_link(&self, text: &str, now: i64) -> Option<(Holder, Target)> {
        let (body, holder) = self.read(LINK, text, now)?;
        let (conv, rest) = body.split_first_chunk::<8>()?;
        let (seq, rest) = rest.split_first_chunk::<8>()?;
        let file = FileId::new(<[u8; 16]>::try_from(rest).ok()?);
        let target = Target { conv: i64::from_be_bytes(*conv), seq: i64::from_be_bytes(*seq), file };
        Some((holder, target))
    }

    /// `kind, length of body, body, expires, user, instance, hmac`.
    fn write(&self, kind: u8, body: &[u8], holder: &Holder) -> String {
        let mut bytes = vec![kind, u8::try_from(body.len()).unwrap_or(u8::MAX)];
        bytes.extend(body);
        bytes.extend(holder.expires.to_be_bytes());
        bytes.extend(holder.user.to_be_bytes());
        bytes.extend(holder.instance_id.as_bytes());
        let tag = hmac::sign(&self.key, &bytes);
        bytes.extend(tag.as_ref());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read(&self, wanted: u8, text: &str, now: i64) -> Option<(Vec<u8>, Holder)> {
        if text.len() > TEXT_BYTES {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (signed, tag) = bytes.split_last_chunk::<32>()?;
        hmac::verify(&self.key, signed, tag).ok()?;
        let ([kind, length], rest) = signed.split_first_chunk::<2>()?;
        let (body, rest) = rest.split_at_checked(usize::from(*length))?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (user, instance_id) = rest.split_first_chunk::<8>()?;
        let expires = i64::from_be_bytes(*expires);
        let instance_id = String::from_utf8(instance_id.to_vec()).ok()?;
        let holder = Holder { user: i64::from_be_bytes(*user), instance_id, expires };
        (*kind == wanted && now < expires).then(|| (body.to_vec(), holder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> Holder {
        Holder { user: 10_001, instance_id: "0123abcd".repeat(8), expires: 1000 }
    }

    fn target() -> Target {
        Target { conv: 7, seq: 1 << 40, file: FileId::new([9; 16]) }
    }

    #[test]
    fn passes_are_read_until_they_run_out() {
        let passes = Passes::new(b"key");
        let (ticket, link) = (passes.ticket(&holder()), passes.link(&holder(), target()));
        assert!(ticket.len() < 200 && link.len() < 240, "{} {}", ticket.len(), link.len());
        assert_eq!(passes.read_ticket(&ticket, 999), Some(holder()));
        assert_eq!(passes.read_link(&link, 999), Some((holder(), target())));
        assert_eq!(passes.read_ticket(&ticket, 1000), None);
        assert_eq!(passes.read_link(&link, 1000), None);
    }

    #[test]
    fn one_is_not_the_other_and_no_bit_can_be_changed() {
        let passes = Passes::new(b"key");
        let (ticket, link) = (passes.ticket(&holder()), passes.link(&holder(), target()));
        assert_eq!(passes.read_ticket(&link, 0), None);
        assert_eq!(passes.read_link(&ticket, 0), None);
        assert_eq!(Passes::new(b"other").read_link(&link, 0), None);
        let bytes = URL_SAFE_NO_PAD.decode(&link).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(passes.read_link(&URL_SAFE_NO_PAD.encode(changed), 0), None, "bit {bit}");
        }
        for bad in ["", "AQ", "%%%", &"A".repeat(513), &format!("{link}A"), &link[1..]] {
            assert_eq!(passes.read_link(bad, 0), None, "{bad}");
        }
    }
}
