//! The clients of one account in one region, made once.

use crate::account::{AwsAccount, RetryPolicy};
use crate::capture::AskAgainWhenUnreadable;
use crate::credentials::{self, Renewing};
use crate::failed_call::{FailedCall, chain};
use crate::service::{Place, Service};
use aws_config::BehaviorVersion;
use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region as AwsRegion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use caravan_inventory::Region;
use reqwest::Url;

/// A client of an SDK crate.
macro_rules! client {
    ($sdk:ident, $config:expr) => {
        $sdk::Client::from_conf($sdk::config::Builder::from($config).retry_classifier(AskAgainWhenUnreadable).build())
    };
}

/// What a call needs in one account and region.
#[derive(Debug)]
pub(crate) struct RegionClients {
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) ecs: aws_sdk_ecs::Client,
    pub(crate) balancing: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) route53: aws_sdk_route53::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) http: reqwest::Client,
    region: String,
    pub(crate) retry_policy: RetryPolicy,
    credentials: Option<Renewing>,
    endpoint_url: Option<String>,
}

/// What the sessions of one account share: its configuration and its credentials.
#[derive(Debug)]
pub(crate) struct Entry {
    config: SdkConfig,
    credentials: Option<Renewing>,
}

impl Entry {
    /// Finds the account's credentials by profile or default chain unless they are `given`, and assumes its role. Nothing
    /// is sent yet.
    pub(crate) async fn load(account: &AwsAccount, retry_policy: RetryPolicy, given: Option<&Credentials>) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .identity_cache(IdentityCache::no_cache())
            .retry_config(retries(retry_policy))
            .timeout_config(timeouts(retry_policy));
        if let Some(region) = account.regions.first() {
            loader = loader.region(aws_region(region));
        }
        if let Some(profile) = &account.profile {
            // By itself the default chain prefers credentials of the environment to the profile that it was given.
            let place = ProviderConfig::without_region().with_region(account.regions.first().map(aws_region));
            let provider = ProfileFileCredentialsProvider::builder().configure(&place).profile_name(profile).build();
            loader = loader.profile_name(profile).credentials_provider(provider);
        }
        if let Some(url) = &account.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(credentials) = given {
            loader = loader.credentials_provider(credentials.clone());
        }
        let base = loader.load().await;
        let credentials = match &account.role_arn {
            Some(role) => Some(assumed(&base, account, role).await),
            None => base.credentials_provider().map(|source| Renewing::new(source, Vec::new())),
        };
        let mut builder = base.into_builder();
        builder.set_credentials_provider(credentials.clone().map(SharedCredentialsProvider::new));
        Self { config: builder.build(), credentials }
    }

    /// The clients for a region; `global` takes the account's first.
    pub(crate) fn session(
        &self,
        account: &AwsAccount,
        region: &Region,
        http: reqwest::Client,
        retry_policy: RetryPolicy,
    ) -> RegionClients {
        let region = if region.is_global() { account.regions.first().unwrap_or(region) } else { region };
        let config = self.config.to_builder().region(aws_region(region)).build();
        RegionClients {
            ec2: client!(aws_sdk_ec2, &config),
            ecs: client!(aws_sdk_ecs, &config),
            balancing: client!(aws_sdk_elasticloadbalancingv2, &config),
            lambda: client!(aws_sdk_lambda, &config),
            route53: client!(aws_sdk_route53, &config),
            sts: client!(aws_sdk_sts, &config),
            http,
            region: region.as_str().to_owned(),
            retry_policy,
            credentials: self.credentials.clone(),
            // The account's own, or that of the environment, as the SDK's clients have it.
            endpoint_url: config.endpoint_url().map(str::to_owned),
        }
    }
}

/// The region of what has none.
pub(crate) const GLOBAL: &str = Region::GLOBAL;

impl RegionClients {
    /// The credentials that the next request is signed with.
    ///
    /// Looked at before each call, so that missing credentials are told apart from a network that fails.
    pub(crate) async fn credentials(&self) -> Result<Credentials, FailedCall> {
        let missing = |text: String| FailedCall { status: None, code: Some("NotAuthorized".to_owned()), text };
        let Some(credentials) = &self.credentials else {
            return Err(missing("there are no credentials: set a profile or a role for the account".to_owned()));
        };
        credentials.get().await.map_err(|error| {
            let why = chain(&error);
            match credentials::passes(&error) {
                true => FailedCall::unanswered(format!("credentials can't be had for now: {why}")),
                false => missing(format!("no usable credentials: {why}")),
            }
        })
    }

    /// Has the next request fetch credentials anew.
    pub(crate) async fn forget_credentials(&self) {
        if let Some(credentials) = &self.credentials {
            credentials.forget().await;
        }
    }

    /// Where a service of the table of signed calls answers, and the region that signs; `elsewhere` is asked in place of the
    /// clients' own region.
    pub(crate) fn endpoint(&self, service: Service, elsewhere: Option<&str>) -> Option<(Url, String)> {
        let Place { signing_region, host } = service.place(elsewhere.unwrap_or(&self.region));
        let domain = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let own = format!("https://{host}.{domain}/");
        let url = Url::parse(self.endpoint_url.as_deref().unwrap_or(&own)).ok()?;
        Some((url, signing_region))
    }
}

/// The client of the signed calls. Like the SDK's own clients it goes through the proxy that the environment names.
///
/// # Errors
/// When TLS can't be set up.
pub(crate) fn http_client(retry_policy: RetryPolicy) -> Result<reqwest::Client, reqwest::Error> {
    // Whoever starts the process should have chosen; without any choice reqwest would end it.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Lost only against another thread that installs one at the same moment, and then there is one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    reqwest::Client::builder().timeout(retry_policy.attempt_timeout).build()
}

fn aws_region(region: &Region) -> AwsRegion {
    AwsRegion::new(region.as_str().to_owned())
}

/// A role's credentials: from STS in the account's first region, and from its other places where that one can't be reached.
async fn assumed(base: &SdkConfig, account: &AwsAccount, role: &str) -> Renewing {
    let of = async |region: Option<&Region>| {
        let mut builder = AssumeRoleProvider::builder(role).session_name("caravan").configure(base);
        if let Some(region) = region {
            builder = builder.region(aws_region(region));
        }
        if let Some(id) = &account.external_id {
            builder = builder.external_id(id);
        }
        SharedCredentialsProvider::new(builder.build().await)
    };
    let places = account.sts_regions();
    let mut others = Vec::new();
    for region in places.iter().skip(1) {
        others.push(of(Some(region)).await);
    }
    Renewing::new(of(places.first()).await, others)
}

fn retries(retry_policy: RetryPolicy) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(retry_policy.attempts)
        .with_initial_backoff(retry_policy.first_pause)
        .with_max_backoff(retry_policy.longest_pause)
}

fn timeouts(retry_policy: RetryPolicy) -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(retry_policy.attempt_timeout).build()
}
