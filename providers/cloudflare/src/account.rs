//! Which accounts are read, and how long a read tries: plain values from the configuration.

use caravan_inventory::AccountId;
use std::fmt;
use std::time::Duration;

/// One Cloudflare account and the token that reads it.
#[derive(Clone, Debug)]
pub struct CloudflareAccount {
    /// The account that the token must be able to see (D3): 32 hex digits.
    pub id: AccountId,
    /// An API token, or why there is none, for a person.
    pub token: Result<Token, String>,
    /// Where all calls go instead of Cloudflare, `http://127.0.0.1:8787/client/v4`: for tests.
    pub endpoint_url: Option<String>,
}

/// An API token. It is shown nowhere.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes a token as it is; whitespace around it is a file's.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// How long a read tries before it gives up.
#[derive(Clone, Copy, Debug)]
pub struct AttemptPolicy {
    /// Attempts in all, the first one included.
    pub attempts: u32,
    /// The pause after the first attempt; doubles with each further one, up to a minute.
    pub first_pause: Duration,
    /// The longest time for one attempt, connection included.
    pub attempt_timeout: Duration,
}

impl AttemptPolicy {
    /// The pause after this attempt failed, or the one that the answer asked for.
    pub(crate) fn pause_after(&self, attempt: u32, asked: Option<Duration>) -> Duration {
        const LONGEST: Duration = Duration::from_secs(60);
        let doubled = self.first_pause.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        asked.unwrap_or(doubled).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_nowhere() {
        let token = Token::new(" v1.0-secret\n");
        assert_eq!((token.reveal(), format!("{token:?}").as_str()), ("v1.0-secret", "Token(…)"));
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept_up_to_a_minute() {
        let policy =
            AttemptPolicy { attempts: 3, first_pause: Duration::from_millis(500), attempt_timeout: Duration::ZERO };
        assert_eq!(policy.pause_after(3, None), Duration::from_secs(2));
        assert_eq!(policy.pause_after(1, Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(policy.pause_after(40, None), Duration::from_secs(60));
    }
}
