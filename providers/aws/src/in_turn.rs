//! One question to places that answer it alike: the next one is asked while those before it stay silent.

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use std::time::Duration;

/// After so long without an answer the next place is asked, too.
const NEXT_AFTER: Duration = Duration::from_secs(3);

/// Asks the first place, and each other one as soon as those before it have been silent for three seconds or one of them has failed
/// in a way that passes. Gives the first answer that comes.
///
/// # Errors
/// The first place's: at once where it does not pass, else when nobody has answered. What another place says against the question
/// counts for nothing: it was not configured, and may be closed to whoever asks.
pub(crate) async fn first_answer<T: Send, E: Send>(
    first: Place<'_, T, E>,
    others: Vec<Place<'_, T, E>>,
    passes: impl Fn(&E) -> bool + Send,
) -> Result<T, E> {
    in_turn(NEXT_AFTER, first, others, passes).await
}

/// A place that is being asked.
pub(crate) type Place<'a, T, E> = BoxFuture<'a, Result<T, E>>;

async fn in_turn<T: Send, E: Send>(
    next_after: Duration,
    first: Place<'_, T, E>,
    others: Vec<Place<'_, T, E>>,
    passes: impl Fn(&E) -> bool + Send,
) -> Result<T, E> {
    let mut others = others.into_iter().peekable();
    let mut asked = FuturesUnordered::new();
    asked.push(numbered(true, first));
    let mut failure = None;
    loop {
        let next = asked.next();
        let said = match others.peek() {
            Some(_) => tokio::time::timeout(next_after, next).await,
            None => Ok(next.await),
        };
        match said {
            Ok(Some((_, Ok(answer)))) => return Ok(answer),
            Ok(Some((true, Err(error)))) if !passes(&error) => return Err(error),
            Ok(Some((true, Err(error)))) => failure = Some(error),
            Ok(Some((false, Err(_)))) | Err(_) => {}
            Ok(None) => {
                if let (None, Some(failure)) = (others.peek(), failure.take()) {
                    return Err(failure);
                }
            }
        }
        if let Some(place) = others.next() {
            asked.push(numbered(false, place));
        }
    }
}

/// The answer of a place, with whether it is the first.
async fn numbered<T, E>(is_first: bool, place: Place<'_, T, E>) -> (bool, Result<T, E>) {
    (is_first, place.await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use std::sync::atomic::{AtomicUsize, Ordering};

    type Said = Result<&'static str, &'static str>;

    /// A place that says this; none says nothing.
    fn place(said: Option<Said>, asked: &AtomicUsize) -> Place<'_, &'static str, &'static str> {
        Box::pin(async move {
            asked.fetch_add(1, Ordering::Relaxed);
            match said {
                Some(said) => said,
                None => pending().await,
            }
        })
    }

    /// What comes of places that say these things, and how many of them were asked.
    async fn ask(places: &[Option<Said>]) -> (Said, usize) {
        let asked = AtomicUsize::new(0);
        let mut places: Vec<_> = places.iter().map(|said| place(*said, &asked)).collect();
        let first = places.remove(0);
        let said = in_turn(Duration::from_millis(20), first, places, |error| *error != "refused").await;
        (said, asked.into_inner())
    }

    #[tokio::test]
    async fn a_silent_place_keeps_nobody_waiting_for_long() {
        assert_eq!(ask(&[Some(Ok("one")), Some(Ok("two"))]).await, (Ok("one"), 1));
        assert_eq!(ask(&[None, Some(Ok("two")), Some(Ok("three"))]).await, (Ok("two"), 2));
        assert_eq!(ask(&[None, None, Some(Ok("three"))]).await, (Ok("three"), 3));
        assert_eq!(ask(&[Some(Err("away")), Some(Ok("two"))]).await, (Ok("two"), 2));
        assert_eq!(ask(&[None, Some(Err("refused")), Some(Ok("three"))]).await, (Ok("three"), 3));
    }

    #[tokio::test]
    async fn a_refusal_counts_where_it_was_configured_alone() {
        assert_eq!(ask(&[Some(Err("refused")), Some(Ok("two"))]).await, (Err("refused"), 1));
        assert_eq!(ask(&[Some(Err("away")), Some(Err("refused")), Some(Err("gone"))]).await, (Err("away"), 3));
        assert_eq!(ask(&[Some(Err("away"))]).await, (Err("away"), 1));
    }
}
