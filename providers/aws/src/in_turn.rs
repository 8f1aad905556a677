//! One question to places that answer it alike: the next one is asked while those before it stay silent.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use std::future::Future;
use std::time::Duration;

/// After so long without an answer the next place is asked, too.
const NEXT_AFTER: Duration = Duration::from_secs(3);

/// Asks the first place, and each other one as soon as those before it have been silent for three seconds or one of them has failed
/// in a way that passes. Gives the first answer that comes.
///
/// # Errors
/// The first place's: at once where it does not pass, else when nobody has answered. What another place says against the question
/// counts for nothing: it was not configured, and may be closed to whoever asks.
pub(crate) async fn first_answer<T, E, F>(
    first: F,
    others: impl IntoIterator<Item = F>,
    passes: impl Fn(&E) -> bool,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    in_turn(NEXT_AFTER, first, others, passes).await
}

async fn in_turn<T, E, F>(
    next_after: Duration,
    first: F,
    others: impl IntoIterator<Item = F>,
    passes: impl Fn(&E) -> bool,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let numbered = |(number, place): (usize, F)| async move { (number, place.await) };
    let mut others = others.into_iter().zip(1..).map(|(place, number)| (number, place)).peekable();
    let mut asked = FuturesUnordered::from_iter([numbered((0, first))]);
    let mut failure = None;
    loop {
        let next = asked.next();
        let said = match others.peek() {
            Some(_) => tokio::time::timeout(next_after, next).await,
            None => Ok(next.await),
        };
        match said {
            Ok(Some((_, Ok(answer)))) => return Ok(answer),
            Ok(Some((0, Err(error)))) if !passes(&error) => return Err(error),
            Ok(Some((0, Err(error)))) => failure = Some(error),
            Ok(Some((_, Err(_)))) | Err(_) => {}
            Ok(None) => {
                if let (None, Some(failure)) = (others.peek(), failure.take()) {
                    return Err(failure);
                }
            }
        }
        asked.extend(others.next().map(numbered));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::BoxFuture;
    use std::future::pending;
    use std::sync::atomic::{AtomicUsize, Ordering};

    type Said = Result<&'static str, &'static str>;

    /// A place that says this; none says nothing.
    fn place(said: Option<Said>, asked: &AtomicUsize) -> BoxFuture<'_, Said> {
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
        let mut places = places.iter().map(|said| place(*said, &asked));
        let first = places.next().unwrap();
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
