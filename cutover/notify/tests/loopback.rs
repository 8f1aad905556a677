//! Senders against servers on this machine: what they send, and that only what was acknowledged counts as delivered.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

use caravan_cutover::notice::{Notice, NoticeKind, SendError, Sender};
use caravan_cutover_notify::{AddressError, Email, Slack, Webhook};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

fn notice() -> Notice {
    Notice {
        schema: "caravan.notice/v1".to_owned(),
        id: "friday-20261128-1a2b/41/hold".to_owned(),
        kind: NoticeKind::Hold,
        run: "friday-20261128-1a2b".to_owned(),
        wave: "friday".to_owned(),
        state: "held".to_owned(),
        step: Some("ecs/1/eu/main/track 50 %".to_owned()),
        why: "the new side: <503> & nothing else".to_owned(),
        since: "2026-11-28T02:14:07Z".to_owned(),
        at_risk: Vec::new(),
        next: vec!["caravan --dir /srv/night cutover retry friday-20261128-1a2b".to_owned()],
    }
}

/// Takes one connection after the other, reads a request and answers it with the next of the texts; the last one stays.
async fn http(answers: &'static [&'static str]) -> (String, Arc<Mutex<Vec<String>>>) {
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?token=secret-of-the-hook", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    tokio::spawn(async move {
        let mut left = answers.iter();
        let mut answer = left.next().unwrap();
        while let Ok((connection, _)) = listener.accept().await {
            let request = request(connection, answer).await;
            kept.lock().unwrap().push(request);
            answer = left.next().unwrap_or(answer);
        }
    });
    (url, requests)
}

async fn request(connection: TcpStream, answer: &str) -> String {
    let mut stream = BufReader::new(connection);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    stream.write_all(answer.as_bytes()).await.unwrap();
    format!("{head}\n{}", String::from_utf8(body).unwrap())
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const MOVED: &str =
    "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const CUT: &str = "";

#[tokio::test]
async fn a_webhook_gets_the_notice_as_json_and_only_a_2xx_is_delivered() {
    let (url, requests) = http(&[BUSY, MOVED, CUT, OK]).await;
    let webhook = Webhook::new(&url).unwrap();
    for refused in ["503", "302", "broke off"] {
        let error = webhook.send(&notice()).await.unwrap_err().to_string();
        assert!(
            error.contains(refused) && !error.contains("secret-of-the-hook") && !error.contains("127.0.0.1"),
            "{error}"
        );
    }
    webhook.send(&notice()).await.unwrap();
    let requests = requests.lock().unwrap();
    let (head, body) =
        requests.last().unwrap().split_once("\n\n").or_else(|| requests.last().unwrap().split_once('\n')).unwrap();
    assert!(
        requests.last().unwrap().to_ascii_lowercase().contains("idempotency-key: friday-20261128-1a2b/41/hold"),
        "{head}"
    );
    let body = &body[body.find('{').unwrap()..];
    assert_eq!(serde_json::from_str::<Notice>(body).unwrap(), notice());
}

/// Which refusals are the notice's own: by those the ones behind it need not wait.
#[tokio::test]
async fn a_body_that_is_not_wanted_is_told_from_a_receiver_that_takes_nothing() {
    const UNWANTED: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    const GONE: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let (url, _) = http(&[UNWANTED, GONE, BUSY, CUT]).await;
    let webhook = Webhook::new(&url).unwrap();
    let error = webhook.send(&notice()).await.unwrap_err();
    assert!(matches!(&error, SendError::Rejected(why) if why.contains("400")), "{error:?}");
    for _ in 0..3 {
        let error = webhook.send(&notice()).await.unwrap_err();
        assert!(matches!(error, SendError::Unavailable(_)), "{error:?}");
    }
}

#[tokio::test]
async fn slack_gets_a_text_with_its_characters_escaped() {
    let (url, requests) = http(&[OK]).await;
    Slack::new(&url).unwrap().send(&notice()).await.unwrap();
    let request = requests.lock().unwrap()[0].clone();
    let body: serde_json::Value = serde_json::from_str(&request[request.find('{').unwrap()..]).unwrap();
    let text = body["text"].as_str().unwrap();
    for said in [
        "*[caravan] friday-20261128-1a2b: holds (held)*",
        "step: ecs/1/eu/main/track 50 %",
        "why: the new side: &lt;503&gt; &amp; nothing else",
        "since: 2026-11-28T02:14:07Z",
        "next:\n  caravan --dir /srv/night cutover retry friday-20261128-1a2b",
    ] {
        assert!(text.contains(said), "{text}");
    }
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_said_to_be_so_without_its_address() {
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let webhook = Webhook::new(&format!("http://{gone}/secret-of-the-hook")).unwrap();
    assert_eq!(webhook.send(&notice()).await.unwrap_err().to_string(), "it can't be reached");
    let mail = Email::new(&format!("smtp://{gone}"), "caravan@example.com", "night@example.com").unwrap();
    let error = mail.send(&notice()).await.unwrap_err().to_string();
    assert!(error.contains("can't be reached") && !error.contains("127.0.0.1"), "{error}");
}

/// A mail server that takes one mail, or answers the `DATA` with a refusal.
async fn smtp(takes: bool) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mail = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&mail);
    tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(connection);
        stream.write_all(b"220 here\r\n").await.unwrap();
        let mut in_mail = false;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            kept.lock().unwrap().push_str(&line);
            let answer = match line.trim() {
                "." if in_mail => {
                    in_mail = false;
                    if takes { "250 taken\r\n" } else { "451 try later\r\n" }
                }
                _ if in_mail => continue,
                "DATA" => {
                    in_mail = true;
                    "354 go on\r\n"
                }
                "QUIT" => "221 bye\r\n",
                _ => "250 fine\r\n",
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, mail)
}

#[tokio::test]
async fn mail_has_the_notice_s_id_and_goes_to_everybody() {
    for takes in [true, false] {
        let (url, mail) = smtp(takes).await;
        let email = Email::new(&url, "Caravan <caravan@example.com>", "night@example.com, lead@example.com").unwrap();
        let sent = email.send(&notice()).await;
        assert_eq!(
            sent.clone().map_err(|error| error.to_string()).err(),
            (!takes).then(|| "the mail server answered 451".to_owned())
        );
        let mail = mail.lock().unwrap().clone();
        for said in [
            "RCPT TO:<night@example.com>",
            "RCPT TO:<lead@example.com>",
            "Message-ID: <friday-20261128-1a2b.41.hold@caravan.invalid>",
            "Subject: [caravan] friday-20261128-1a2b: holds (held)",
            "caravan --dir /srv/night cutover retry",
        ] {
            assert!(mail.contains(said), "{said}\n{mail}");
        }
    }
}

#[test]
fn an_address_that_is_none_is_refused_without_saying_it() {
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    for wrong in ["", "hooks.example.com/secret", "ftp://example.com/secret", "http:"] {
        let error = Webhook::new(wrong).err().unwrap();
        assert!(matches!(error, AddressError::Malformed { .. }) && !error.to_string().contains("secret"), "{error}");
    }
    let (from, to) = ("caravan@example.com", "night@example.com");
    let mail = |server: &str, from: &str, to: &str| Email::new(server, from, to).err();
    assert_eq!(mail("smtp://user:secret@mail.example.com:587", from, to), Some(AddressError::WithoutTls));
    assert_eq!(mail("smtp://user:secret@mail.example.com:587?tls=required", from, to), None);
    assert_eq!(mail("smtps://user:secret@mail.example.com", from, to), None);
    for (server, from, to) in
        [("mail.example.com", from, to), ("smtps://m.example.com", "nobody", to), ("smtps://m.example.com", from, "")]
    {
        assert!(matches!(mail(server, from, to), Some(AddressError::Malformed { .. })), "{server} {from} {to}");
    }
}

/// A webhook's address is a password: without TLS it goes to nobody else's machine.
#[test]
fn a_webhook_on_another_machine_wants_tls() {
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    for host in [
        "hooks.example.com",
        "10.0.0.7:8080",
        "[2001:db8::1]",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "user:127.0.0.1@hooks.example.com",
        "0.0.0.0",
    ] {
        for (sender, error) in [
            ("webhook", Webhook::new(&format!("http://{host}/secret")).err()),
            ("slack", Slack::new(&format!("http://{host}/secret")).err()),
        ] {
            let error = error.unwrap_or_else(|| panic!("{sender} takes {host}"));
            assert_eq!(error, AddressError::WebhookWithoutTls);
            assert!(error.to_string().contains("https://") && !error.to_string().contains("secret"), "{error}");
        }
        assert!(Webhook::new(&format!("https://{host}/secret")).is_ok(), "{host}");
        assert_eq!(
            Email::new(&format!("smtp://{host}?tls=opportunistic&tls=required"), "a@example.com", "b@example.com")
                .err(),
            Some(AddressError::WithoutTls)
        );
    }
    for host in ["localhost", "127.0.0.1:9000", "127.8.8.8", "[::1]:9000", "LOCALHOST"] {
        assert!(Webhook::new(&format!("http://{host}/secret")).is_ok(), "{host}");
        assert!(Slack::new(&format!("http://{host}/secret")).is_ok(), "{host}");
    }
}
