//! How parts of a front are told to stop: a value that becomes true.

use tokio::sync::watch;

/// Completes when `stop` is true.
pub(crate) async fn told(stop: &mut watch::Receiver<bool>) {
    // Whoever could tell is gone: that is as good.
    let _ = stop.wait_for(|stop| *stop).await;
}
