//! Probes of real servers on loopback.

mod grpc;
mod server;

use super::{Prober, Roots, RootsError};
use caravan_providers::Verdict;
use caravan_providers::target::Probe;
use server::{Does, Root, Server};
use tokio::net::TcpListener;

const HOST: &str = "shop.example.com";
const WELL: Does = Does::Answers("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwell");
const LAST: i32 = 4000;

fn probe(address: &str, tls: bool) -> Probe {
    let (host, path) = (HOST.to_owned(), "/healthz?full=1".to_owned());
    Probe {
        address: address.to_owned(),
        host,
        path,
        tls,
        status: (200, 299),
        timeout_ms: 3000,
        grpc: None,
        through: Vec::new(),
    }
}

fn trusting(root: &Root) -> Prober {
    let mut roots = Roots::public();
    assert_eq!(roots.read_pem(root.pem().as_bytes()).unwrap(), 1);
    Prober::trusting(roots)
}

#[track_caller]
fn fails(verdict: &Verdict, why: &str) {
    assert!(matches!(verdict, Verdict::Fail { reason } if reason.contains(why)), "{verdict:?} is no failure for {why}");
}

#[track_caller]
fn tells_nothing(verdict: &Verdict, why: &str) {
    let fits = matches!(verdict, Verdict::Inconclusive { reason } if reason.contains(why));
    assert!(fits, "{verdict:?} is not inconclusive for {why}");
}

/// What a probe over plain HTTP says of such an answer.
async fn of_plain(does: Does) -> Verdict {
    let server = Server::plain(does).await;
    Prober::default().probe(&probe(&server.address, false)).await
}

#[tokio::test]
async fn over_tls_a_side_is_well_that_shows_a_certificate_for_the_host_by_a_trusted_root() {
    let root = Root::new("the company's");
    let server = Server::tls(WELL, root.issues(HOST, LAST)).await;
    assert_eq!(trusting(&root).probe(&probe(&server.address, true)).await, Verdict::Pass);
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.sni.as_deref(), Some(HOST));
    assert!(seen.head.starts_with("GET /healthz?full=1 HTTP/1.1\r\n"), "{}", seen.head);
    let hosts: Vec<_> = seen.head.lines().filter(|line| line.to_ascii_lowercase().starts_with("host:")).collect();
    assert_eq!(hosts, ["host: shop.example.com"], "{}", seen.head);
}

#[tokio::test]
async fn a_certificate_that_no_user_would_take_is_a_failure_that_says_why() {
    let root = Root::new("the company's");
    let server = Server::tls(WELL, root.issues(HOST, LAST)).await;
    let probe = probe(&server.address, true);
    fails(&Prober::default().probe(&probe).await, "UnknownIssuer: no trusted root has issued the certificate for shop");
    server.shows(Root::new("the company's").issues(HOST, LAST));
    fails(&trusting(&root).probe(&probe).await, "invalid peer certificate");
    server.shows(root.issues("other.example.com", LAST));
    fails(&trusting(&root).probe(&probe).await, "not valid for name \"shop.example.com\"");
    server.shows(root.issues(HOST, 2020));
    fails(&trusting(&root).probe(&probe).await, "certificate expired");
    assert_eq!(server.seen().len(), 0, "a request was sent to a side that could be anybody");
}

#[tokio::test]
async fn each_probe_sees_the_certificate_of_today() {
    let root = Root::new("the company's");
    let server = Server::tls(WELL, root.issues(HOST, LAST)).await;
    let (prober, probe) = (trusting(&root), probe(&server.address, true));
    for _ in 0..3 {
        assert_eq!(prober.clone().probe(&probe).await, Verdict::Pass);
    }
    server.shows(root.issues(HOST, 2020));
    fails(&prober.probe(&probe).await, "certificate expired");
    assert!(server.seen().iter().all(|seen| seen.full), "a session was resumed: {:?}", server.seen());
}

/// A root's file is gone in the night: nobody is sent back, or kept, by a certificate that this machine can't judge.
#[tokio::test]
async fn a_certificate_of_a_root_that_is_lacking_tells_nothing() {
    let (known, gone) = (Root::new("the known one's"), Root::new("the company's"));
    let server = Server::tls(WELL, gone.issues(HOST, LAST)).await;
    let probe = probe(&server.address, true);
    fails(&trusting(&known).probe(&probe).await, "no trusted root has issued");
    let lacking = trusting(&known).lacking("root.pem can't be read");
    tells_nothing(&lacking.probe(&probe).await, "root.pem can't be read");
    server.shows(known.issues(HOST, LAST));
    assert_eq!(lacking.probe(&probe).await, Verdict::Pass);
    server.shows(known.issues(HOST, 2020));
    fails(&lacking.probe(&probe).await, "certificate expired");
}

#[tokio::test]
async fn a_host_that_is_an_address_is_asked_where_the_probe_says() {
    let server = Server::plain(WELL).await;
    let elsewhere = Probe { host: "192.0.2.1".to_owned(), ..probe(&server.address, false) };
    assert_eq!(Prober::default().probe(&elsewhere).await, Verdict::Pass);
    assert!(server.seen()[0].head.contains("host: 192.0.2.1\r\n"));
}

#[tokio::test]
async fn the_status_decides_and_a_redirect_is_not_followed() {
    let status = |line: &'static str| of_plain(Does::Answers(line));
    fails(&status("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n").await, "it answered 500");
    fails(&status("HTTP/1.1 404 Oh\r\ncontent-length: 0\r\n\r\n").await, "it answered 404");
    assert_eq!(status("HTTP/1.1 204 Well\r\n\r\n").await, Verdict::Pass);
    assert_eq!(status("HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 Well\r\n\r\n").await, Verdict::Pass);
    let moved = "HTTP/1.1 301 Moved\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    fails(&status(moved).await, "it answered 301");
    let server = Server::plain(Does::Answers(moved)).await;
    let expected = Probe { status: (300, 399), ..probe(&server.address, false) };
    assert_eq!(Prober::default().probe(&expected).await, Verdict::Pass);
    let narrow = Probe { status: (302, 302), ..expected };
    fails(&Prober::default().probe(&narrow).await, "it answered 301");
}

#[tokio::test]
async fn a_side_that_never_answers_tells_nothing() {
    let root = Root::new("the company's");
    let plain = Server::plain(Does::Nothing).await;
    let secure = Server::tls(Does::Nothing, root.issues(HOST, LAST)).await;
    // It takes connections, by its backlog, and never says a word of TLS.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mute = mute.local_addr().map(|address| (mute, address.to_string())).unwrap();
    for (address, tls) in [(&plain.address, false), (&secure.address, true), (&mute.1, true), (&mute.1, false)] {
        let hasty = Probe { timeout_ms: 300, ..probe(address, tls) };
        tells_nothing(&trusting(&root).probe(&hasty).await, "no whole answer within 300 ms");
    }
}

/// K6: a connection can break anywhere between here and there. Half an answer is no good one, and no bad one either, unless
/// the half says so.
#[tokio::test]
async fn an_answer_that_breaks_off_tells_nothing_unless_its_status_does() {
    for does in [
        Does::Resets(""),
        Does::Resets("HTTP/1.1 200 O"),
        Does::Resets("HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\nhalf"),
        Does::Answers("HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\nhalf"),
        Does::Answers("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"),
        Does::Answers(""),
    ] {
        tells_nothing(&of_plain(does).await, "the connection broke off");
    }
    fails(&of_plain(Does::Resets("HTTP/1.1 503 No\r\ncontent-length: 400\r\n\r\nhalf")).await, "it answered 503");
    let root = Root::new("the company's");
    let half = Does::Resets("HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\nhalf");
    let server = Server::tls(half, root.issues(HOST, LAST)).await;
    tells_nothing(&trusting(&root).probe(&probe(&server.address, true)).await, "the connection broke off");
}

#[tokio::test]
async fn an_answer_without_end_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut text = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        while tokio::io::AsyncWriteExt::write_all(&mut stream, &text).await.is_ok() {
            text = vec![b'x'; 1 << 16];
        }
    });
    assert_eq!(Prober::default().probe(&probe(&address, false)).await, Verdict::Pass);
}

#[tokio::test]
async fn a_side_that_refuses_the_connection_has_failed_and_a_name_without_address_tells_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    for tls in [true, false] {
        fails(&Prober::default().probe(&probe(&address, tls)).await, "refused");
    }
    // In how long a machine without a network gives a name up is its own affair.
    tells_nothing(&Prober::default().probe(&probe("nowhere.invalid:443", true)).await, "nowhere.invalid:443: ");
    for address in ["no port", ""] {
        tells_nothing(&Prober::default().probe(&probe(address, true)).await, "can't be looked up");
    }
}

#[tokio::test]
async fn a_side_that_speaks_another_protocol_has_failed() {
    let root = Root::new("the company's");
    let secure = Server::tls(WELL, root.issues(HOST, LAST)).await;
    fails(&trusting(&root).probe(&probe(&secure.address, false)).await, "the answer is not HTTP");
    fails(&of_plain(Does::Answers("220 mail.example.com ESMTP\r\n\r\n")).await, "the answer is not HTTP");
    // A plain server that finds no request in what TLS begins with.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        std::future::pending::<()>().await;
    });
    fails(&trusting(&root).probe(&probe(&address, true)).await, "the answer is not TLS");
}

#[tokio::test]
async fn a_probe_that_can_t_be_asked_tells_nothing() {
    let server = Server::tls(WELL, Root::new("the company's").issues(HOST, LAST)).await;
    let asked = probe(&server.address, true);
    let host = Probe { host: "two words".to_owned(), ..asked.clone() };
    tells_nothing(&Prober::default().probe(&host).await, "`two words` is no name that a certificate can be for");
    let plain = Server::plain(WELL).await;
    let path = Probe { path: "healthz".to_owned(), ..probe(&plain.address, false) };
    tells_nothing(&Prober::default().probe(&path).await, "does not begin with `/`");
    let path = Probe { path: "/a b".to_owned(), ..path };
    tells_nothing(&Prober::default().probe(&path).await, "can't be asked");
    let host = Probe { host: "line\nbreak".to_owned(), ..probe(&plain.address, false) };
    tells_nothing(&Prober::default().probe(&host).await, "can't be asked");
}

#[test]
fn roots_are_read_strictly() {
    let (one, other) = (Root::new("one").pem(), Root::new("other").pem());
    let read = |text: &str| Roots::public().read_pem(text.as_bytes());
    assert_eq!(read(&format!("# ours\n{one}\n{other}")).unwrap(), 2);
    assert!(matches!(read("nothing"), Err(RootsError::Empty)));
    assert!(matches!(read(&one.replace("CERTIFICATE", "PUBLIC KEY")), Err(RootsError::Empty)));
    assert!(matches!(read(&format!("{one}{}", &other[..200])), Err(RootsError::NotPem { number: 2, .. })));
    let nonsense = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(read(nonsense), Err(RootsError::NotCertificate { number: 1, .. })));
}
