//! Nothing is lost between those who come and go.

use super::*;
use crate::invocation::{Answer, FailureKind};
use bytes::Bytes;
use std::time::Duration;

fn invocation(id: &str) -> (Invocation, oneshot::Receiver<Result<Answer, Failure>>) {
    let (reply, answer) = oneshot::channel();
    let event = Bytes::from_static(b"{}");
    let trace = String::new();
    (Invocation { id: id.to_owned(), event, trace, client_context: None, streams: false, reply }, answer)
}

#[tokio::test]
async fn what_waits_is_taken_in_its_order() {
    let queue = Queue::new(10);
    let kept: Vec<_> =
        ["a", "b", "c"].map(invocation).into_iter().map(|(one, answer)| (queue.put(one), answer)).collect();
    let mut taken = Vec::new();
    for _ in 0..kept.len() {
        taken.push(queue.take().await.unwrap().id);
    }
    assert_eq!(taken, ["a", "b", "c"]);
}

#[tokio::test]
async fn a_process_that_goes_away_loses_nothing() {
    let queue = Queue::new(10);
    // One that stopped waiting before anything came.
    assert!(tokio::time::timeout(Duration::from_millis(5), queue.take()).await.is_err());
    // One to whom an invocation was handed, and who never looked.
    let mut gone = Box::pin(queue.take());
    assert!(futures_poll(&mut gone).await.is_none());
    let (one, _answer) = invocation("a");
    queue.put(one);
    drop(gone);
    assert_eq!(queue.take().await.unwrap().id, "a");
}

/// One look at a future.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    let mut future = std::pin::Pin::new(future);
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        std::task::Poll::Ready(value) => std::task::Poll::Ready(Some(value)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn too_many_are_throttled_and_the_others_stay() {
    let queue = Queue::new(1);
    let (first, _first) = invocation("a");
    let (second, refused) = invocation("b");
    queue.put(first);
    queue.put(second);
    assert_eq!(refused.await.unwrap().unwrap_err().kind, FailureKind::Throttled);
    assert_eq!(queue.len(), 1);
}

#[tokio::test]
async fn where_no_process_starts_all_end_with_why() {
    let queue = Queue::new(10);
    let (before, waited) = invocation("a");
    queue.put(before);
    let failure = Failure::worded(FailureKind::Init, "Runtime.ImportModuleError", "no module");
    queue.set_broken(Some(failure.clone()));
    assert_eq!(waited.await.unwrap().unwrap_err(), failure);
    let (after, refused) = invocation("b");
    queue.put(after);
    assert_eq!(refused.await.unwrap().unwrap_err(), failure);
    queue.set_broken(None);
    let (later, _later) = invocation("c");
    queue.put(later);
    assert_eq!(queue.take().await.unwrap().id, "c");
}
