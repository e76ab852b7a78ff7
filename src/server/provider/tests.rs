//! Services over HTTP, against a made-up one.

use serde_json::{Value, json};

use super::*;
use crate::outbound::tests::{Heard, Said, Web};

fn config(text: &str) -> Config {
    Config::parse(text, std::path::Path::new("test.toml")).unwrap()
}

fn outbound() -> Outbound {
    Outbound::new(None).unwrap()
}

async fn translate(web: &Web, provider: &str, from: &str, to: &str) -> Result<Vec<String>, ProviderError> {
    let url = web.url("/v1/");
    let text =
        format!("[translation]\nprovider = \"{provider}\"\nurl = \"{url}\"\nkey = \"k3y\"\nmodel = \"m\"\n");
    let translator = translator(&config(&text), &outbound()).await.unwrap().unwrap();
    assert_eq!(translator.languages().len(), 18);
    translator.translate(vec!["one".into(), "two".into()], from.into(), to.into()).await
}

fn json_of(heard: &Heard) -> Value {
    assert_eq!(heard.headers["content-type"], "application/json");
    serde_json::from_slice(&heard.body).unwrap()
}

#[tokio::test]
async fn libretranslate_is_asked_as_it_wants_to_be() {
    let web = Web::start(|heard| {
        let texts: Vec<String> = serde_json::from_value(json_of(heard)["q"].clone()).unwrap();
        let upper: Vec<String> = texts.iter().map(|text| text.to_uppercase()).collect();
        Said::json(&json!({ "translatedText": upper }))
    })
    .await;
    assert_eq!(translate(&web, "libretranslate", "auto", "zh-TW").await.unwrap(), ["ONE", "TWO"]);
    let heard = &web.heard()[0];
    assert_eq!((heard.method.as_str(), heard.path.as_str()), ("POST", "/v1/translate"));
    let body =
        json!({ "q": ["one", "two"], "source": "auto", "target": "zt", "format": "text", "api_key": "k3y" });
    assert_eq!(json_of(heard), body);
}

/// Each text is a request of its own, and the answers come in the order of the texts.
#[tokio::test]
async fn openai_is_asked_for_one_text_at_a_time() {
    let web = Web::start(|heard| {
        let text = json_of(heard)["messages"][1]["content"].as_str().unwrap().to_uppercase();
        Said::json(&json!({ "choices": [{ "message": { "role": "assistant", "content": text } }] }))
    })
    .await;
    assert_eq!(translate(&web, "openai", "en", "es").await.unwrap(), ["ONE", "TWO"]);
    for heard in web.heard() {
        assert_eq!(
            (heard.path.as_str(), heard.headers["authorization"].as_str()),
            ("/v1/chat/completions", "Bearer k3y")
        );
        let body = json_of(&heard);
        assert_eq!((&body["model"], &body["messages"][0]["role"]), (&json!("m"), &json!("system")));
        assert!(body["messages"][0]["content"].as_str().unwrap().contains("language es"));
    }
}

/// MSG-71: the sound, the model and the language travel as a form; formats that such services do not know are refused here.
#[tokio::test]
async fn openai_is_sent_the_sound() {
    let web = Web::start(|_| Said::json(&json!({ "text": " see you " }))).await;
    let text = format!(
        "[voice_to_text]\nprovider = \"openai\"\nurl = \"{}\"\nkey = \"k3y\"\nmodel = \"w\"\n",
        web.url("")
    );
    let transcriber = transcriber(&config(&text), &outbound()).unwrap().unwrap();
    assert_eq!(transcriber.languages(), ["cmn-Hans-CN", "en-US", "yue-Hant-HK", "ja-JP"]);
    let sound = Bytes::from_static(b"OggS\0\xff binary");
    assert_eq!(transcriber.transcribe(sound.clone(), "cmn-Hans-CN".into()).await.unwrap(), " see you ");
    transcriber.transcribe(sound, String::new()).await.unwrap();
    let heard = web.heard();
    assert_eq!(
        (heard[0].path.as_str(), heard[0].headers["authorization"].as_str()),
        ("/audio/transcriptions", "Bearer k3y")
    );
    let form = String::from_utf8_lossy(&heard[0].body).into_owned();
    let boundary =
        heard[0].headers["content-type"].strip_prefix("multipart/form-data; boundary=").unwrap().to_owned();
    assert_eq!(form.matches(&boundary).count(), 5);
    assert!(form.ends_with(&format!("\r\n--{boundary}--\r\n")));
    for part in
        ["name=\"model\"\r\n\r\nw\r\n", "name=\"language\"\r\n\r\nzh\r\n", "filename=\"voice.ogg\"", "OggS"]
    {
        assert!(form.contains(part), "{part}");
    }
    assert!(
        !String::from_utf8_lossy(&heard[1].body).contains("\"language\""),
        "a mix is left to the service"
    );
    for other in [&b"#!AMR\n"[..], b"no sound at all"] {
        let error = transcriber.transcribe(Bytes::copy_from_slice(other), String::new()).await.unwrap_err();
        assert!(matches!(error, ProviderError::Format), "{error}");
    }
}

/// A service that fails, or answers nonsense, is an error and nothing worse.
#[tokio::test]
async fn services_may_fail() {
    let answers = [
        Said::status(500),
        Said::status(302),
        Said::ok("text/html", "<html>"),
        Said::json(&json!({ "choices": [] })),
        Said::json(&json!({ "choices": 5 })),
        Said::ok("application/json", vec![b' '; 2 << 20]),
    ];
    for answer in answers {
        let web = Web::start(move |_| answer.clone()).await;
        assert!(translate(&web, "openai", "en", "es").await.is_err());
    }
}
