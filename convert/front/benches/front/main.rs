//! What the front adds to a handler, what it needs, and how fast it starts.
//!
//! `cargo bench -p caravan-convert-front [-- SECONDS]`. A runtime client is called 200 times a second: once by a stand-in
//! for the runtime API in this process, which does nothing else, and once through the front, over a kept connection. What
//! the front adds is the difference. The clients are one of a few lines in Rust (this program again), and Python's own.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock, and its environment")]

mod alone;
mod client;

use alone::Alone;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Calls a second.
const RATE: u32 = 200;

fn main() -> Outcome<()> {
    if let Ok(api) = std::env::var("AWS_LAMBDA_RUNTIME_API") {
        return client::run(&api);
    }
    let seconds: u32 = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(15);
    let mut out = std::io::stdout().lock();
    let program = env!("CARGO_BIN_EXE_caravan-front");
    let size = std::fs::metadata(program)?.len();
    writeln!(out, "binary: {:.1} MiB, as built for the benchmark", size as f64 / f64::from(1 << 20))?;
    starts(&mut out)?;
    let own = std::env::current_exe()?;
    let mut clients = vec![("a client of a few lines", json!([own]), std::env::temp_dir())];
    if let Some(python) = caravan_tests_testbed::lambda_python() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions/python");
        clients.push(("awslambdaric", json!([python, "-m", "awslambdaric", "app.by_path"]), root));
    }
    for (name, command, root) in clients {
        let config = configuration(&command, &root);
        let alone = percentiles(alone(&config, seconds * RATE)?);
        let front = Front::start(&config)?;
        let through = percentiles(front.calls(seconds * RATE)?);
        writeln!(out, "{name}, {RATE} calls a second for {seconds} s:")?;
        for (what, [p50, p99, most]) in [("alone", alone), ("through the front", through)] {
            writeln!(out, "  {what:<18} p50 {p50:.3} ms  p99 {p99:.3} ms  most {most:.3} ms")?;
        }
        let [p50, p99, _] = [0, 1, 2].map(|at| through[at] - alone[at]);
        writeln!(out, "  {:<18} p50 {p50:.3} ms  p99 {p99:.3} ms", "added")?;
        let (now, most) = front.memory()?;
        writeln!(out, "  memory of the front: {now:.1} MiB, at most {most:.1} MiB")?;
    }
    Ok(())
}

fn configuration(command: &Value, root: &Path) -> Value {
    json!({
        "function": {
            "name": "bench", "account": "111122223333", "region": "eu-west-3", "handler": "app.by_path",
            "timeout_seconds": 10, "task_root": root,
        },
        "command": command,
        "source": {"http": {"event": "http-2.0"}},
    })
}

/// From the start of the program to its first accepted connection, 20 times.
fn starts(out: &mut impl Write) -> Outcome<()> {
    let mut took = Vec::new();
    for _ in 0..20 {
        let own = std::env::current_exe()?;
        let (child, port, begin) = spawn(&configuration(&json!([own]), &std::env::temp_dir()))?;
        let _front = Front { child, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_micros(100));
        }
        took.push(begin.elapsed());
    }
    let [p50, _, most] = percentiles(took);
    writeln!(out, "start until it accepts: median {p50:.1} ms, at most {most:.1} ms of 20")?;
    Ok(())
}

/// How long the client takes with a stand-in for the runtime API.
fn alone(config: &Value, calls: u32) -> Outcome<Vec<Duration>> {
    let event = json!({"version": "2.0", "rawPath": "/plain", "rawQueryString": "", "headers": {"host": "bench"}});
    let event = event.to_string();
    let mut alone = Alone::start(config)?;
    paced(calls, &mut alone, |alone| alone.call(event.as_bytes()), Alone::settle)
}

/// Calls at the rate, and how long each took. The first hundred warm up and don't count.
///
/// What `settle` does between two calls does not count either.
fn paced<T>(
    calls: u32,
    on: &mut T,
    mut call: impl FnMut(&mut T) -> Outcome<()>,
    mut settle: impl FnMut(&mut T) -> Outcome<()>,
) -> Outcome<Vec<Duration>> {
    for _ in 0..100 {
        call(on)?;
        settle(on)?;
    }
    let begin = Instant::now();
    let mut took = Vec::new();
    for number in 0..calls {
        let due = begin + Duration::from_secs(1) / RATE * number;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let start = Instant::now();
        call(on)?;
        took.push(start.elapsed());
        settle(on)?;
    }
    Ok(took)
}

/// The median, the 99th of a hundred and the most, in milliseconds.
fn percentiles(mut took: Vec<Duration>) -> [f64; 3] {
    took.sort();
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).or(took.last()).copied().unwrap_or_default();
    [0.5, 0.99, 1.0].map(|share| at(share).as_secs_f64() * 1e3)
}

/// The program, running.
struct Front {
    child: Child,
    port: u16,
}

fn spawn(config: &Value) -> Outcome<(Child, u16, Instant)> {
    let free = || TcpListener::bind("127.0.0.1:0")?.local_addr().map(|address| address.port());
    let (port, admin) = (free()?, free()?);
    let mut config = config.clone();
    config["admin"] = json!(format!("127.0.0.1:{admin}"));
    config["source"]["http"]["listen"] = json!(format!("127.0.0.1:{port}"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_caravan-front"));
    command.env("CARAVAN_FRONT_CONFIG", config.to_string()).stdin(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    Ok((command.spawn()?, port, begin))
}

impl Front {
    fn start(config: &Value) -> Outcome<Self> {
        let (child, port, _) = spawn(config)?;
        let front = Self { child, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(front)
    }

    /// Requests over one kept connection, as a gateway makes them.
    fn calls(&self, calls: u32) -> Outcome<Vec<Duration>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let request = |reader: &mut BufReader<TcpStream>| {
            stream.write_all(b"GET /plain HTTP/1.1\r\nhost: bench\r\n\r\n")?;
            let (head, _) = read_message(reader)?;
            if head.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(head.into()) }
        };
        paced(calls, &mut reader, request, |_| Ok(()))
    }

    /// Resident memory now and at most, in MiB.
    fn memory(&self) -> Outcome<(f64, f64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next())
                .and_then(|kib| kib.parse::<f64>().ok())
                .unwrap_or(f64::NAN)
        };
        Ok((line("VmRSS:") / 1024.0, line("VmHWM:") / 1024.0))
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // It ends its process, too.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// One message of HTTP whose length is given: its head and its body.
fn read_message(reader: &mut impl BufRead) -> Outcome<(String, Vec<u8>)> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err("the connection ended".into());
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}
