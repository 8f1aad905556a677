//! `caravan domains serve`: asked over HTTP as browsers and as whoever means harm ask, and read in Chromium in both themes.

mod browser;

use crate::cli::Room;
use caravan_inventory::{DomainRequest, Hostname, Language};
use caravan_inventory_store::Store;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// What somebody could put into names: none of it is anything but text on a page.
const HOSTILE: [&str; 4] = [
    "</td><script>document.title='pwned'</script>",
    "\" autofocus onfocus=\"document.title='pwned'",
    "<img src=x onerror=document.title='pwned'>",
    "{{ 7 * 7 }} \u{202e}txt.exe\u{2066} &lt;b&gt;",
];

/// The pages of a folder, as long as it lives.
pub(crate) struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    pub(crate) fn start(room: &Room, dir: &[&str]) -> Self {
        let mut command: Command = room.command(&[dir, &["domains", "serve", "--listen", "127.0.0.1:0"]].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("{line}"));
        Self { child, address: address.trim_end_matches('/').to_owned() }
    }

    /// Sends this head, and gives status, headers and body of the answer.
    fn ask(&self, head: &str) -> (u16, BTreeMap<String, String>, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{head}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": "));
        (status, headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, BTreeMap<String, String>, String) {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: {}", self.address))
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        let (status, headers, body) = self.get(path);
        assert_eq!((status, headers["content-type"].as_str()), (200, "application/json"), "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    fn page(&self, path: &str) -> String {
        let (status, headers, body) = self.get(path);
        assert_eq!((status, headers["content-type"].as_str()), (200, "text/html; charset=utf-8"), "{path}: {body}");
        body
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

const DEMO: [&str; 2] = ["--dir", "caravan-demo"];

fn demo() -> Room {
    let room = Room::new();
    room.run(&["demo"]).ends(0, &[]);
    room
}

/// An inventory of so many hostnames, those that mean harm among them.
fn many(count: usize) -> Room {
    let room = Room::new();
    room.write("list.csv", "customer,hostname\nFirst,a.first.example\n");
    room.run(&["domains", "import", "list.csv"]).ends(0, &[]);
    let file = camino(&room, "inventory.db");
    let mut store = Store::open(&file).unwrap();
    let request = |text: &str| DomainRequest {
        contact: Some(text.to_owned()),
        window: Some(text.to_owned()),
        language: Some(Language::De),
        tier: None,
    };
    let plain = (0..count).map(|n| {
        (Hostname::new(format!("track.n{n:05}.example")), format!("Customer {}", n % 7), DomainRequest::default())
    });
    let hostile = HOSTILE.iter().map(|text| (Hostname::new(*text), (*text).to_owned(), request(text)));
    store.list_domains(&plain.chain(hostile).collect::<Vec<_>>()).unwrap();
    room
}

fn camino(room: &Room, name: &str) -> camino::Utf8PathBuf {
    camino::Utf8PathBuf::from_path_buf(room.path().join(name)).unwrap()
}

#[test]
fn pages_are_read_from_this_machine_alone_by_their_own_name() {
    let room = demo();
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        room.run(&[&DEMO[..], &["domains", "serve", "--listen", address]].concat())
            .ends(2, &["is no address of this machine alone", "there is no sign-on for these pages"]);
    }
    let serving = Serving::start(&room, &DEMO);
    let port = serving.address.rsplit(':').next().unwrap().to_owned();
    let status = |head: &str| serving.ask(head).0;
    for own in [serving.address.clone(), format!("localhost:{port}"), format!("LOCALHOST:{port}")] {
        assert_eq!(status(&format!("GET / HTTP/1.1\r\nhost: {own}")), 200, "{own}");
    }
    // A page elsewhere whose name leads here gets none of it; nor does whoever names two.
    for other in ["evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "localhost.evil.example", ""] {
        let (code, headers, body) = serving.ask(&format!("GET /domains.json HTTP/1.1\r\nhost: {other}"));
        assert_eq!(code, 421, "{other}: {body}");
        assert!(!body.contains("example"), "{body}");
        assert!(headers["content-security-policy"].contains("default-src 'none'"));
    }
    let own = &serving.address;
    assert_eq!(status(&format!("GET / HTTP/1.1\r\nhost: {own}\r\nhost: evil.example")), 421);
    assert_eq!(status(&format!("GET http://evil.example:{port}/ HTTP/1.1\r\nhost: {own}")), 421);
    assert_eq!(status("GET / HTTP/1.0"), 421);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let (code, headers, _) = serving.ask(&format!("{method} / HTTP/1.1\r\nhost: {own}\r\ncontent-length: 0"));
        assert_eq!((code, headers["allow"].as_str()), (405, "GET, HEAD"), "{method}");
    }
    let (code, _, body) = serving.ask(&format!("HEAD / HTTP/1.1\r\nhost: {own}"));
    assert_eq!((code, body.as_str()), (200, ""));
    for path in [
        "/caravan.yaml",
        "/../inventory.db",
        "//",
        "/%2e%2e/journal.db",
        "/domain?name=",
        "/domain?name=nobody.example",
    ] {
        assert_eq!(serving.get(path).0, 404, "{path}");
    }
    // Too long a head is refused, perhaps while it is still sent, and the server goes on.
    let mut stream = TcpStream::connect(own).unwrap();
    let _refused = write!(stream, "GET / HTTP/1.1\r\nhost: {own}\r\nx: {}\r\n\r\n", "y".repeat(64 * 1024));
    let mut answer = Vec::new();
    let _broken = stream.read_to_end(&mut answer);
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431 "), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(serving.get("/").0, 200);
}

#[test]
fn every_answer_is_kept_by_nobody_and_runs_nothing() {
    let room = demo();
    let serving = Serving::start(&room, &DEMO);
    let name = "retouren.moebelhaus-kern.example";
    let paths = ["/", "/domains.json", "/style.css", "/favicon.ico", "/nothing"].map(str::to_owned);
    let of_one = ["/domain", "/domain.json", "/document"].map(|path| format!("{path}?name={name}"));
    for path in paths.iter().chain(&of_one) {
        let (_, headers, body) = serving.get(path);
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin", "{path}");
        let policy = &headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("script-src"), "{path}: {policy}");
        for part in ["base-uri 'none'", "frame-ancestors 'none'", "form-action"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!headers.contains_key("set-cookie") && !headers.contains_key("access-control-allow-origin"), "{path}");
        assert!(
            !body.contains("<script") && !body.contains(" style=\"") && !body.contains("http://"),
            "{path}: {body}"
        );
    }
    // The page and the JSON say the same, and the document is the one that the command writes.
    let (page, card) = (serving.page(&of_one[0]), serving.json(&of_one[1]));
    assert_eq!(card["schema"], "caravan.domain-card/v1");
    for fact in card["facts"].as_array().unwrap() {
        let text = fact["text"].as_str().unwrap();
        let escaped = text.replace('&', "&amp;").replace('/', "&#x2f;");
        assert!(page.contains(&format!("<bdi>{escaped}</bdi>")), "{text}: {page}");
    }
    let document = room.run(&[&DEMO[..], &["domains", "runbook", name, "--html"]].concat()).out;
    assert_eq!(serving.page(&of_one[2]), document);
}

#[test]
fn thousands_are_shown_window_by_window_each_once_and_found_by_a_part() {
    let room = many(2_500);
    let serving = Serving::start(&room, &[]);
    let (mut seen, mut next, mut windows) = (Vec::new(), Some("/domains.json".to_owned()), 0);
    while let Some(path) = next {
        let list = serving.json(&path);
        let rows = list["domains"].as_array().unwrap();
        assert!(rows.len() <= 100);
        seen.extend(rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()));
        next = list["next"].as_str().map(|href| href.replacen('/', "/domains.json", 1));
        windows += 1;
        assert_eq!((list["all"].as_u64(), list["page"].as_u64()), (Some(2_505), Some(windows)));
    }
    assert_eq!((windows, seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (26, 2_505, 2_505));
    let page = serving.page("/?page=2");
    assert!(
        page.contains("101 to 200 of 2505") && page.contains("rel=\"prev\"") && page.matches("<tr>").count() == 101
    );
    // A window that there is not is the last one.
    assert_eq!(serving.json("/domains.json?page=9999")["page"], 26);
    let found = serving.json("/domains.json?part=CUSTOMER+3");
    assert_eq!(found["total"], 357);
    assert_eq!(serving.json("/domains.json?part=n01234")["domains"][0]["name"], "track.n01234.example");
    assert!(serving.page("/?part=nobody").contains("None of 2505 is like that."));
    let counts: u64 = found["counts"].as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum();
    assert_eq!(counts, 357);
    // What comes in is seen at the next look.
    room.write("more.csv", "customer,hostname\nNew,a.new.example\n");
    room.run(&["domains", "import", "more.csv"]).ends(0, &[]);
    assert_eq!(serving.json("/domains.json?part=a.new.")["domains"][0]["customer"], "New");
}

#[test]
fn what_means_harm_is_text() {
    let room = many(1);
    let serving = Serving::start(&room, &[]);
    let list = serving.json("/domains.json");
    let pages: Vec<String> = list["domains"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| serving.page(row["href"].as_str().unwrap()))
        .chain([serving.page("/"), serving.page("/?part=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")])
        .collect();
    for page in &pages {
        for part in ["<script", "<img", "\" autofocus", "alert(1)</", "49 ", '\u{202e}'.to_string().as_str()] {
            assert!(!page.contains(part), "{part}: {page}");
        }
    }
    assert!(pages.iter().any(|page| page.contains("&lt;script&gt;document.title=&#x27;pwned")), "{}", pages[0]);
    // Whatever a name holds leads to its own page.
    let back: BTreeSet<String> = list["domains"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| serving.json(&row["href"].as_str().unwrap().replacen("/domain?", "/domain.json?", 1)))
        .map(|card| card["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(HOSTILE.iter().all(|text| back.contains(Hostname::new(*text).as_str())), "{back:?}");
}

#[test]
fn an_interrupt_ends_the_pages_and_is_no_failure() {
    let room = demo();
    let mut serving = Serving::start(&room, &DEMO);
    let ended = Command::new("kill").args(["-INT", &serving.child.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
    room.run(&["domains", "serve"]).ends(1, &["inventory.db"]);
}
