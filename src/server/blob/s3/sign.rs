//! Signatures of requests to S3 (AWS Signature Version 4, in headers).

use hyper::Method;
use ring::hmac;

use crate::auth::{hex, sha256};
use crate::config::Secret;
use crate::outbound::Url;

/// Who signs, for where.
pub(super) struct Keys {
    /// Name of the key.
    pub access: String,
    /// The key.
    pub secret: Secret,
    /// Region of the bucket.
    pub region: String,
}

impl Keys {
    /// The head lines that prove a request at `now`, Unix seconds. The query of `url` is encoded and in order.
    pub fn sign(&self, method: &Method, url: &Url, body: &[u8], now: u64) -> [(&'static str, String); 3] {
        let (path, query) = url.path_and_query().split_once('?').unwrap_or((url.path_and_query(), ""));
        let (time, content) = (timestamp(now), hex(&sha256(body)));
        let day = time.get(..8).unwrap_or_default();
        let host = url.authority();
        let names = "host;x-amz-content-sha256;x-amz-date";
        let request = format!(
            "{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{content}\nx-amz-date:{time}\n\n{names}\n{content}"
        );
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&sha256(request.as_bytes())));
        let mut key = format!("AWS4{}", self.secret.expose()).into_bytes();
        for part in [day, &self.region, "s3", "aws4_request"] {
            key = mac(&key, part.as_bytes());
        }
        let signature = hex(&mac(&key, text.as_bytes()));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
            self.access
        );
        [("authorization", authorization), ("x-amz-content-sha256", content), ("x-amz-date", time)]
    }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
}

/// `20130524T000000Z`.
fn timestamp(now: u64) -> String {
    let time = std::time::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(now));
    // `Fri, 24 May 2013 00:00:00 GMT`, from the crate that writes such lines anyway.
    let text = httpdate::fmt_http_date(time.unwrap_or(std::time::UNIX_EPOCH));
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(part(8, 11)).map_or(0, |at| at / 3).saturating_add(1);
    format!("{}{month:02}{}T{}{}{}Z", part(12, 16), part(5, 7), part(17, 19), part(20, 22), part(23, 25))
}

/// As it stands in a query.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => {
                out.push('%');
                out.push_str(&hex(&[byte]).to_ascii_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the signature's own description (GET Bucket Lifecycle).
    #[test]
    fn the_signature_is_the_one_of_the_description() {
        let keys = Keys {
            access: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            region: "us-east-1".into(),
        };
        let url = Url::parse("https://examplebucket.s3.amazonaws.com/?lifecycle=").unwrap();
        let [(_, authorization), (_, content), (_, time)] = keys.sign(&Method::GET, &url, b"", 1_369_353_600);
        assert_eq!(time, "20130524T000000Z");
        assert_eq!(content, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(
            authorization,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
             SignedHeaders=host;x-amz-content-sha256;x-amz-date,\
             Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
    }

    #[test]
    fn what_stands_in_a_query_is_encoded() {
        assert_eq!(encoded("aZ0-._~ /+=公"), "aZ0-._~%20%2F%2B%3D%E5%85%AC");
    }
}
