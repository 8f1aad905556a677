//! How fast one name server is asked: the servers of a registrar speak for thousands of domains.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Between two questions to one server.
const BETWEEN: Duration = Duration::from_millis(20);
/// Questions under way at once: each has a socket of its own.
const AT_ONCE: usize = 256;

/// The pace of all questions.
pub(super) struct Pace {
    next: Mutex<HashMap<SocketAddr, Instant>>,
    open: Semaphore,
}

impl Default for Pace {
    fn default() -> Self {
        Self { next: Mutex::default(), open: Semaphore::new(AT_ONCE) }
    }
}

impl Pace {
    /// Waits until it is a question's turn, and asks it.
    pub(super) async fn take<T>(&self, server: SocketAddr, ask: impl Future<Output = T>) -> T {
        let now = Instant::now();
        let turn = {
            let mut next = self.next.lock().await;
            let turn = next.get(&server).copied().unwrap_or(now).max(now);
            next.insert(server, turn + BETWEEN);
            turn
        };
        sleep_until(turn).await;
        // Closed never: then nothing is counted, and the question is asked all the same.
        let _permit = self.open.acquire().await.ok();
        ask.await
    }
}
