//! Credentials that are fetched once and renewed when they are about to end, or when AWS says that they have.

use crate::clock;
use crate::failed_call::{FailedCall, causes, nowhere};
use crate::in_turn::{Place, first_answer};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// Credentials are renewed this long before they end, so that a request signed now is still good when it arrives.
const EARLY: Duration = Duration::from_secs(300);

/// Where credentials that still hold could not be renewed, it is tried again after this long: meanwhile nothing waits for it.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// One account's credentials, shared by the SDK's clients and the signed calls.
#[derive(Clone, Debug)]
pub(crate) struct Renewing {
    source: SharedCredentialsProvider,
    others: Vec<SharedCredentialsProvider>,
    held: Arc<Mutex<Held>>,
}

/// What was fetched last.
#[derive(Debug, Default)]
struct Held {
    credentials: Option<Credentials>,
    /// Before then it is not tried again to renew what still holds.
    not_before: Option<SystemTime>,
}

impl Renewing {
    /// Credentials from a source, and from others like it where that one can't be reached.
    pub(crate) fn new(source: SharedCredentialsProvider, others: Vec<SharedCredentialsProvider>) -> Self {
        Self { source, others, held: Arc::default() }
    }

    /// The credentials, fetched if none are held or they end soon. Where they can't be renewed for now, those that are held go on
    /// until they end: AWS takes them as long.
    pub(crate) async fn get(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.held.lock().await;
        let now = clock::now();
        let waits = held.not_before.is_some_and(|moment| moment > now);
        let lasts = |early: Duration| held.credentials.as_ref().filter(|held| outlasts(held, now + early));
        if let Some(credentials) = lasts(if waits { Duration::ZERO } else { EARLY }) {
            return Ok(credentials.clone());
        }
        let mut others: Vec<Place<'_, Credentials, CredentialsError>> = Vec::new();
        for source in &self.others {
            others.push(Box::pin(source.provide_credentials()));
        }
        match first_answer(Box::pin(self.source.provide_credentials()), others, passes).await {
            Ok(fresh) => {
                *held = Held { credentials: Some(fresh.clone()), not_before: None };
                Ok(fresh)
            }
            Err(error) => {
                let now = clock::now();
                let kept =
                    held.credentials.clone().filter(|held| passes(&error) && outlasts(held, now)).ok_or(error)?;
                held.not_before = Some(now + AGAIN_AFTER);
                Ok(kept)
            }
        }
    }

    /// Forgets what is held: AWS said that it has ended.
    pub(crate) async fn forget(&self) {
        *self.held.lock().await = Held::default();
    }
}

impl ProvideCredentials for Renewing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.get())
    }
}

fn outlasts(credentials: &Credentials, moment: SystemTime) -> bool {
    credentials.expiry().is_none_or(|end| end > moment)
}

/// Whether it may be another time that no credentials could be had: whoever gives them could not be reached, was too busy or failed.
/// Nobody has refused anything.
pub(crate) fn passes(error: &CredentialsError) -> bool {
    let is_away = |cause: &(dyn Error + 'static)| {
        cause.is::<ConnectorError>()
            || of_sts::<AssumeRoleError>(cause)
            || of_sts::<AssumeRoleWithWebIdentityError>(cause)
    };
    matches!(error, CredentialsError::ProviderTimedOut(_)) || causes(error).any(is_away)
}

/// Whether this is an error of STS that passes.
fn of_sts<E: ProvideErrorMetadata + Error + 'static>(cause: &(dyn Error + 'static)) -> bool {
    let error = cause.downcast_ref::<SdkError<E, Response>>();
    error.is_some_and(|error| FailedCall::of_sdk(error).is_worth_another_attempt(&nowhere()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[derive(Debug)]
    struct Counting {
        fetched: Arc<AtomicU64>,
        lives: Duration,
        /// After so many it is away.
        gives: u64,
    }

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            if self.fetched.fetch_add(1, Ordering::Relaxed) >= self.gives {
                return future::ProvideCredentials::ready(Err(CredentialsError::provider_timed_out(LIMIT)));
            }
            let end = clock::now() + self.lives;
            future::ProvideCredentials::ready(Ok(Credentials::new("AKID", "secret", None, Some(end), "test")))
        }
    }

    const LIMIT: Duration = Duration::from_secs(5);

    fn source(fetched: &Arc<AtomicU64>, lives: Duration, gives: u64) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Counting { fetched: Arc::clone(fetched), lives, gives })
    }

    async fn fetches(lives: Duration, uses: usize, forget: bool) -> u64 {
        let fetched = Arc::new(AtomicU64::new(0));
        let renewing = Renewing::new(source(&fetched, lives, u64::MAX), Vec::new());
        for _ in 0..uses {
            renewing.get().await.unwrap();
            if forget {
                renewing.forget().await;
            }
        }
        fetched.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn are_fetched_once_while_they_last() {
        assert_eq!(fetches(Duration::from_secs(3600), 5, false).await, 1);
    }

    #[tokio::test]
    async fn are_renewed_before_they_end_and_when_aws_says_so() {
        assert_eq!(fetches(Duration::from_secs(60), 3, false).await, 3);
        assert_eq!(fetches(Duration::from_secs(3600), 3, true).await, 3);
    }

    #[tokio::test]
    async fn that_still_hold_go_on_while_nobody_can_renew_them() {
        let fetched = Arc::new(AtomicU64::new(0));
        let renewing = Renewing::new(source(&fetched, Duration::from_secs(60), 1), Vec::new());
        for _ in 0..4 {
            renewing.get().await.unwrap();
        }
        assert_eq!(fetched.load(Ordering::Relaxed), 2, "once fetched, once tried again, and then nothing waits for it");
        renewing.forget().await;
        assert!(passes(&renewing.get().await.unwrap_err()), "AWS takes them no more, and there are no others");
    }

    #[tokio::test]
    async fn come_from_another_place_where_the_first_is_away() {
        let (first, second) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let lives = Duration::from_secs(3600);
        let renewing = Renewing::new(source(&first, lives, 0), vec![source(&second, lives, 1)]);
        renewing.get().await.unwrap();
        renewing.get().await.unwrap();
        assert_eq!((first.load(Ordering::Relaxed), second.load(Ordering::Relaxed)), (1, 1));
    }
}
