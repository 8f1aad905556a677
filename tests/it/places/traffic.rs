//! Users of a gateway: a steady stream of requests, each on a connection of its own, and what became of each.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest time for one answer.
const LIMIT: Duration = Duration::from_secs(20);

/// What became of one request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) sent: Instant,
    /// The status and the side that answered, or why nobody did.
    pub(crate) answer: Result<(u16, String), String>,
}

/// A steady stream of requests.
pub(crate) struct Traffic {
    log: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Traffic {
    /// Sends so many requests a second to an address, until it is stopped.
    pub(crate) fn start(address: &'static str, host: &'static str, a_second: u32) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&log);
        let task = tokio::spawn(async move {
            let mut clock = tokio::time::interval(Duration::from_secs(1) / a_second);
            let mut under_way = tokio::task::JoinSet::new();
            loop {
                clock.tick().await;
                let written = Arc::clone(&written);
                under_way.spawn(async move {
                    let sent = Instant::now();
                    let answer = match tokio::time::timeout(LIMIT, ask(address, host)).await {
                        Ok(answer) => answer,
                        Err(_) => Err(format!("no answer within {} s", LIMIT.as_secs())),
                    };
                    written.lock().unwrap().push(Request { sent, answer });
                });
                while under_way.try_join_next().is_some() {}
            }
        });
        Self { log, task }
    }

    /// Every request that was answered so far, or not.
    pub(crate) fn log(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// Stops; what is under way is given up and not counted.
    pub(crate) fn stop(self) -> Vec<Request> {
        self.task.abort();
        self.log()
    }
}

/// One request on a connection of its own: the status and the body.
pub(crate) async fn ask(address: &str, host: &str) -> Result<(u16, String), String> {
    let text = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).await.map_err(text)?;
    let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(text)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.map_err(text)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("half an answer: {answer:?}"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or_else(|| format!("no status: {head:?}"))?, body.to_owned()))
}

/// The exact two-sided binomial test: how likely it is that so many of `n` draws, or a number at most as likely, fall to a
/// side that each falls to with probability `p`.
pub(crate) fn binomial(hits: usize, n: usize, p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if hits == if p <= 0.0 { 0 } else { n } { 1.0 } else { 0.0 };
    }
    let mut factorial = vec![0.0_f64; n + 1];
    for k in 1..=n {
        factorial[k] = factorial[k - 1] + (k as f64).ln();
    }
    let ln =
        |k: usize| factorial[n] - factorial[k] - factorial[n - k] + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln();
    let seen = ln(hits) + 1e-9;
    (0..=n).map(ln).filter(|other| *other <= seen).map(f64::exp).sum::<f64>().min(1.0)
}

#[test]
fn the_binomial_test_tells_a_wrong_share_from_a_right_one() {
    assert!((binomial(5, 10, 0.5) - 1.0).abs() < 1e-9);
    // By hand: 2 · (1 + 10) / 1024.
    assert!((binomial(1, 10, 0.5) - 22.0 / 1024.0).abs() < 1e-9);
    assert!(binomial(205, 2000, 0.1) > 0.5 && binomial(205, 2000, 0.2) < 1e-6);
    assert!((binomial(0, 2000, 0.0) - 1.0).abs() < 1e-9 && binomial(1, 2000, 0.0) < 1e-9);
}
