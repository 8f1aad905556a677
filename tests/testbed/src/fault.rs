//! What the fault proxy does to which calls.

use serde::Serialize;

/// One line of the script: what happens to which calls. The first rule whose calls match and that is due decides;
/// pages, delays and rewritten health go together with one that spoils the answer.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    r#match: Match,
    fault: Fault,
    nth: Option<Vec<u32>>,
    times: Option<u32>,
    probability: Option<f64>,
    seed: u64,
}

/// Which calls; what is not said matches every call.
#[derive(Clone, Debug, Default, Serialize)]
struct Match {
    method: Option<String>,
    path: Option<String>,
    service: Option<String>,
    action: Option<String>,
    region: Option<String>,
    access_key: Option<String>,
    with_token: Option<bool>,
}

/// What happens to a call.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Fault {
    /// Refused as too fast, in the words of the call's own protocol: `ThrottlingException`, `Throttling`, 429, 503.
    Throttle,
    /// Answered with this instead; the server never sees the call.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The content type.
        r#type: String,
        /// The body.
        body: String,
    },
    /// The connection is reset; the server never sees the call.
    Reset,
    /// The call is taken and never answered; the server never sees it. Who waits, waits until they give up, also when the
    /// outage is long over.
    Silence,
    /// The call reaches the server this much later.
    Delay {
        /// How much later.
        milliseconds: u64,
    },
    /// The whole length is announced, half of the body sent, and the connection closed.
    Truncate,
    /// A list is answered in pages of this size, with tokens of the proxy's own: for servers that ignore paging. Calls
    /// that AWS does not page are left alone. Route 53, which pages rightly, is asked for pages of this size.
    Pages {
        /// Elements on a page.
        size: u32,
    },
    /// The server does what was asked, and the caller never hears of it: after this time the connection is reset.
    Applied {
        /// How long the caller is kept waiting.
        milliseconds: u64,
    },
    /// Elastic Load Balancing answers that every target is in this state. What else it answers stays.
    Health {
        /// The state: `healthy`, `unhealthy`, `initial`.
        state: String,
        /// The reason, `Target.FailedHealthChecks`; empty for none.
        reason: String,
    },
}

impl Rule {
    /// `fault` for every call; the other methods narrow it.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self { r#match: Match::default(), fault, nth: None, times: None, probability: None, seed: 0 }
    }

    /// Only calls with this HTTP method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.r#match.method = Some(method.to_owned());
        self
    }

    /// Only calls whose path matches this pattern; `*` stands for anything.
    #[must_use]
    pub fn path(mut self, pattern: &str) -> Self {
        self.r#match.path = Some(pattern.to_owned());
        self
    }

    /// Only calls signed for this service: `ecs`, `elasticloadbalancing`, `events`.
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        self.r#match.service = Some(service.to_owned());
        self
    }

    /// Only this call, as in [`Call::action`].
    #[must_use]
    pub fn action(mut self, action: &str) -> Self {
        self.r#match.action = Some(action.to_owned());
        self
    }

    /// Only calls signed for this region.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.r#match.region = Some(region.to_owned());
        self
    }

    /// Only calls signed with this access key.
    #[must_use]
    pub fn access_key(mut self, key: &str) -> Self {
        self.r#match.access_key = Some(key.to_owned());
        self
    }

    /// Only calls that ask for a later page, or only those that do not.
    #[must_use]
    pub fn with_token(mut self, with_token: bool) -> Self {
        self.r#match.with_token = Some(with_token);
        self
    }

    /// Only the calls with these places among those that match; the first is 1.
    #[must_use]
    pub fn nth(mut self, places: impl IntoIterator<Item = u32>) -> Self {
        self.nth = Some(places.into_iter().collect());
        self
    }

    /// At most so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// With this probability, 0 to 1, drawn from a generator with this seed.
    #[must_use]
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = Some(probability);
        self.seed = seed;
        self
    }
}

impl Fault {
    /// The targets of every group fail their health checks.
    #[must_use]
    pub fn unhealthy() -> Self {
        Self::Health { state: "unhealthy".to_owned(), reason: "Target.FailedHealthChecks".to_owned() }
    }

    /// An answer of HTML with this status, as a failing gateway gives.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let body = format!("<html><body><h1>{status}</h1></body></html>");
        Self::Answer { status, r#type: "text/html".to_owned(), body }
    }
}
