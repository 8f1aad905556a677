//! An emitted context as a process tree on this machine: what its Dockerfile copies, sets and starts, with the folders of
//! this machine in place of the image's.

use caravan_convert::Converted;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a process tree may take to come up: a second on an idle machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A tree of processes that runs. Dropped, it is told to end.
pub(super) struct Started {
    child: Child,
    port: u16,
    admin: u16,
    _folder: tempfile::TempDir,
}

/// An answer over HTTP.
pub(super) struct Answer {
    pub(super) status: u64,
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    /// Every value of a header, in the order of the answer.
    pub(super) fn header(&self, name: &str) -> Vec<&str> {
        let fits = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        fits.map(|(_, value)| value.as_str()).collect()
    }
}

impl Started {
    /// Fetches what the context wants with `code` as the folder that a build made, and starts what its Dockerfile starts.
    /// `programs` are this machine's in place of those of the image.
    pub(super) fn of(done: &Converted, code: &Path, programs: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let dockerfile = text(done, "images/shop/orders/prod/Dockerfile");
        let script = text(done, "images/shop/orders/prod/fetch.sh");
        // The client of the language is the one that the tests have; the rest of the script is the script.
        let script: String = without_client(script);
        std::fs::write(root.join("fetch.sh"), script).unwrap();
        let fetched = Command::new("sh").arg(root.join("fetch.sh")).env("CODE", code).status().unwrap();
        assert!(fetched.success());

        let (port, admin) = (free_port(), free_port());
        let manifests = text(done, "deployment/teams/shop/apps/orders/prod/manifests.yaml");
        let config = root.join("front.yaml");
        std::fs::write(&config, front(manifests, root, port, admin, programs)).unwrap();
        let mut command = Command::new(entry_point(dockerfile));
        for (name, value) in variables(dockerfile, root) {
            command.env(name, value);
        }
        let container = container(manifests);
        for variable in container["env"].as_array().unwrap() {
            command.env(variable["name"].as_str().unwrap(), variable["value"].as_str().unwrap());
        }
        let child = command
            .arg("serve")
            .env("CARAVAN_FRONT_CONFIG", &config)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(root.join("task"))
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut started = Self { child, port, admin, _folder: folder };
        let probe = container["readinessProbe"]["httpGet"]["path"].as_str().unwrap().to_owned();
        started.wait(&probe);
        started
    }

    /// Waits until the check of its Deployment succeeds.
    fn wait(&mut self, path: &str) {
        let until = Instant::now() + READY_WITHIN;
        while send(self.admin, "GET", path, "").is_none_or(|answer| answer.status != 200) {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended by itself");
            assert!(Instant::now() < until, "it is not ready after {READY_WITHIN:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What it answers to a request.
    pub(super) fn ask(&self, method: &str, target: &str, body: &str) -> Answer {
        send(self.port, method, target, body).unwrap()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _status = self.child.wait();
    }
}

fn text<'t>(done: &'t Converted, path: &str) -> &'t str {
    std::str::from_utf8(done.files.get(path).unwrap_or_else(|| panic!("no {path}"))).unwrap()
}

fn without_client(script: &str) -> String {
    let (before, after) = match script.find("python3 -m pip") {
        Some(at) => script.split_at(at),
        None => return script.to_owned(),
    };
    let end = after.find("chmod").unwrap();
    format!("{before}{}", &after[end..])
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The main container of the app's Deployment.
fn container(manifests: &str) -> Value {
    let deployment = manifests.split("\n---\n").find(|document| document.contains("kind: Deployment")).unwrap();
    let deployment: Value = serde_yaml::from_str(deployment).unwrap();
    deployment["spec"]["template"]["spec"]["containers"][0].clone()
}

/// The front's configuration as the manifests have it, on this machine's ports, folders and programs.
fn front(manifests: &str, root: &Path, port: u16, admin: u16, programs: &[(&str, &str)]) -> String {
    let map = manifests.split("\n---\n").find(|document| document.contains("kind: ConfigMap")).unwrap();
    let map: Value = serde_yaml::from_str(map).unwrap();
    let mut config: Value = serde_yaml::from_str(map["data"]["etc_caravan_front.yaml"].as_str().unwrap()).unwrap();
    assert_eq!(config["source"]["http"]["listen"], "0.0.0.0:8080");
    config["source"]["http"]["listen"] = format!("127.0.0.1:{port}").into();
    config["admin"] = format!("127.0.0.1:{admin}").into();
    config["function"]["task_root"] = root.join("task").to_str().unwrap().into();
    for word in config["command"].as_array_mut().unwrap() {
        if let Some((_, here)) = programs.iter().find(|(there, _)| word == there) {
            *word = (*here).into();
        }
    }
    config.to_string()
}

/// The program of the Dockerfile's entry point: the front, which stands beside this test's own.
fn entry_point(dockerfile: &str) -> PathBuf {
    assert!(dockerfile.contains("COPY --from=front /caravan-front /caravan/front\n"), "{dockerfile}");
    assert!(dockerfile.contains("ENTRYPOINT [\"/caravan/front\"]\nCMD [\"serve\"]\n"), "{dockerfile}");
    let folder = Path::new(env!("CARGO_BIN_EXE_caravan")).parent().unwrap();
    let front = folder.join("caravan-front");
    assert!(front.exists(), "{} is missing: build the whole workspace", front.display());
    front
}

/// What the Dockerfile sets, with the folders of this machine.
fn variables(dockerfile: &str, root: &Path) -> Vec<(String, String)> {
    let lines = dockerfile.lines().filter_map(|line| line.strip_prefix("ENV "));
    let pairs = lines.filter_map(|line| line.split_once('='));
    let here = |value: &str| value.replace("/var/task", root.join("task").to_str().unwrap());
    pairs.map(|(name, value)| (name.to_owned(), here(value))).collect()
}

/// One request; none where nobody listens.
fn send(port: u16, method: &str, target: &str, body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let length = body.len();
    let content = if body.is_empty() { String::new() } else { "content-type: application/json\r\n".to_owned() };
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nhost: orders.example.com\r\ncookie: x=1; y=2\r\n{content}content-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )
    .ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(Answer { status, headers: headers.collect(), body: body.to_owned() })
}
