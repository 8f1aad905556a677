//! What went wrong, in the terms of the contract.

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use caravan_inventory::{AccountId, Provider, Region, Scope};
use caravan_providers::{Read, ReadError, ReadErrorKind};
use serde_json::Value;
use std::error::Error;

/// A failed call before it is judged.
#[derive(Clone, Debug, Default)]
pub(crate) struct FailedCall {
    /// The HTTP status, if there was an answer.
    pub(crate) status: Option<u16>,
    /// AWS's own code: `AccessDeniedException`.
    pub(crate) code: Option<String>,
    /// What AWS said, or what went wrong on the way.
    pub(crate) text: String,
}

/// Codes of answers to credentials that have ended and may be renewed.
const ENDED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// Codes of answers to credentials that AWS does not take.
const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Codes of answers that refuse for want of rights.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationErrorException",
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
];

/// Codes of answers about things that are not there (any more).
const MISSING: &[&str] = &[
    "AWS.SimpleQueueService.NonExistentQueue",
    "CacheClusterNotFound",
    "ClusterNotFoundException",
    "ListenerNotFound",
    "LoadBalancerNotFound",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchHostedZone",
    "NoSuchTagSet",
    "NotFound",
    "NotFoundException",
    "ObjectNotFoundException",
    "ProvisionedConcurrencyConfigNotFoundException",
    "QueueDoesNotExist",
    "ReplicationGroupNotFoundFault",
    "ResourceNotFoundException",
    "RuleNotFound",
    "SSLPolicyNotFound",
    "ServiceNotFoundException",
    "StateMachineDoesNotExist",
    "TargetGroupNotFound",
    "TrustStoreNotFound",
    "WAFNonexistentItemException",
];

/// EC2 names the thing in the code: `InvalidInstanceID.NotFound`, `InvalidLaunchTemplateId.VersionNotFound`, and
/// `InvalidAMIID.Unavailable` of an image that was deregistered (EC2 API reference, "Error codes").
fn is_missing_in_ec2(code: &str) -> bool {
    code.starts_with("Invalid")
        && code.split_once('.').is_some_and(|(_, why)| why.ends_with("NotFound") || why.starts_with("NotFound"))
        || code == "InvalidAMIID.Unavailable"
}

impl FailedCall {
    /// A call without an answer.
    pub(crate) fn unanswered(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A request that can't be made as it stands.
    pub(crate) fn refused(text: impl Into<String>) -> Self {
        Self { status: Some(400), code: Some("RequestNotMade".to_owned()), text: text.into() }
    }

    /// Reads an SDK's error.
    pub(crate) fn of_sdk<E>(error: &SdkError<E, Response>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(answer) => Self {
                status: Some(answer.raw().status().as_u16()),
                code: answer.err().code().map(str::to_owned),
                text: answer.err().message().unwrap_or("the answer is not one of AWS's").to_owned(),
            },
            SdkError::ResponseError(answer) => Self {
                status: Some(answer.raw().status().as_u16()),
                code: None,
                text: format!("the answer can't be read: {}", chain(error)),
            },
            SdkError::TimeoutError(_) => Self::unanswered("no answer in time"),
            _ => Self::unanswered(chain(error)),
        }
    }

    /// What the caller can do about it.
    pub(crate) fn kind(&self, read: &Read) -> ReadErrorKind {
        let Some(code) = self.code.as_deref() else {
            return self.kind_without_code();
        };
        let status = self.status.unwrap_or_default();
        let is = |codes: &[&str]| codes.contains(&code);
        if is(THROTTLING_ERRORS) || status == 429 {
            ReadErrorKind::Throttled
        } else if is(CREDENTIALS) || is(ENDED) {
            ReadErrorKind::Credentials
        } else if is(DENIED) {
            ReadErrorKind::Denied
        } else if is(MISSING) || is_missing_in_ec2(code) || self.is_missing_task_definition(read) {
            ReadErrorKind::Missing
        } else if status >= 500 || status == 0 {
            ReadErrorKind::Unusable
        } else if status == 403 {
            ReadErrorKind::Denied
        } else if read.token.is_some() && self.is_about_the_token() {
            ReadErrorKind::StaleToken
        } else {
            ReadErrorKind::Rejected
        }
    }

    /// Whether another attempt may do better.
    pub(crate) fn is_worth_another_attempt(&self, read: &Read) -> bool {
        matches!(self.kind(read), ReadErrorKind::Throttled | ReadErrorKind::Unusable)
    }

    /// Whether renewed credentials may do better.
    pub(crate) fn is_ended_credentials(&self) -> bool {
        self.code.as_deref().is_some_and(|code| ENDED.contains(&code))
    }

    /// The error of the contract.
    pub(crate) fn into_error(self, read: &Read) -> ReadError {
        ReadError {
            kind: self.kind(read),
            api: read.api.clone(),
            scope: read.scope.clone(),
            text: self.harmless_text(),
        }
    }

    /// Without a code nobody of AWS spoke: a page of HTML from something in between, or an answer cut short.
    fn kind_without_code(&self) -> ReadErrorKind {
        match self.status {
            Some(429) => ReadErrorKind::Throttled,
            _ => ReadErrorKind::Unusable,
        }
    }

    /// ECS calls a task definition that was deleted a `ClientException`.
    fn is_missing_task_definition(&self, read: &Read) -> bool {
        read.api == "ecs:DescribeTaskDefinition"
            && self.code.as_deref() == Some("ClientException")
            && self.text.to_ascii_lowercase().contains("unable to describe task definition")
    }

    /// Each API names it differently: `InvalidNextTokenException`, `InvalidParameterException: Invalid token`,
    /// `ValidationError: Invalid marker`.
    fn is_about_the_token(&self) -> bool {
        let said = format!("{} {}", self.code.as_deref().unwrap_or_default(), self.text).to_ascii_lowercase();
        ["token", "marker", "position", "startrecord"].iter().any(|word| said.contains(word))
    }

    /// The code and what was said, cut to a line. Signature errors quote the canonical request with the session token:
    /// of them only the code is kept.
    pub(crate) fn harmless_text(&self) -> String {
        let quotes_the_request = self.code.as_deref().is_some_and(|code| code.contains("Signature"));
        let said: String = if quotes_the_request {
            "the signature was not accepted: check the secret key and this machine's clock".to_owned()
        } else {
            self.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TEXT).collect()
        };
        match (&self.code, self.status) {
            (Some(code), _) => format!("{code}: {said}"),
            (None, Some(status)) => format!("HTTP status {status}: {said}"),
            (None, None) => said,
        }
    }
}

/// An error is a line on a screen: more of AWS's text than this helps nobody.
const LONGEST_TEXT: usize = 400;

/// Whether an answer says "too fast", whatever its protocol: JSON has the code in `__type` or `code`, XML in `<Code>`.
pub(crate) fn is_throttle(status: u16, body: &[u8]) -> bool {
    status == 429 || code_of(body).is_some_and(|code| THROTTLING_ERRORS.contains(&code.as_str()))
}

/// AWS's code in the body of an answer.
pub(crate) fn code_of(body: &[u8]) -> Option<String> {
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        let named = ["__type", "code", "Code"].iter().find_map(|key| json.get(key)?.as_str())?;
        return Some(bare_code(named).to_owned());
    }
    element(body, "Code")
}

/// The text of the first element of that name in an answer of XML.
pub(crate) fn element(body: &[u8], name: &str) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text.trim().to_owned())
}

/// `com.amazonaws.scheduler#ThrottlingException:http://…` → `ThrottlingException`.
pub(crate) fn bare_code(code: &str) -> &str {
    let code = code.rsplit_once('#').map_or(code, |(_, name)| name);
    code.split_once(':').map_or(code, |(name, _)| name)
}

/// An error with all its causes on one line.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    for text in causes(error).map(ToString::to_string) {
        if parts.last() != Some(&text) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

/// An error, and what caused it, down to the first cause.
pub(crate) fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// A call of which no failure depends on what is asked: only lists differ, by their tokens.
pub(crate) fn nowhere() -> Read {
    Read {
        scope: Scope::new(Provider::Aws, AccountId::new(""), Region::new("")),
        api: String::new(),
        input: Value::Null,
        token: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(api: &str, token: Option<&str>, status: u16, code: &str, text: &str) -> ReadErrorKind {
        let failed = FailedCall { status: Some(status), code: Some(code.to_owned()), text: text.to_owned() };
        failed.kind(&read(api, token))
    }

    fn read(api: &str, token: Option<&str>) -> Read {
        Read {
            scope: Scope::new(Provider::Aws, AccountId::new("123456789012"), Region::new("eu-central-1")),
            api: api.to_owned(),
            input: serde_json::json!({}),
            token: token.map(str::to_owned),
        }
    }

    #[test]
    fn answers_are_judged_by_code_before_status() {
        let list = "ecs:ListServices";
        assert_eq!(kind(list, None, 400, "ThrottlingException", "Rate exceeded"), ReadErrorKind::Throttled);
        assert_eq!(kind(list, None, 400, "AccessDeniedException", "no"), ReadErrorKind::Denied);
        assert_eq!(kind(list, None, 400, "UnrecognizedClientException", "no"), ReadErrorKind::Credentials);
        assert_eq!(kind(list, None, 400, "ExpiredTokenException", "no"), ReadErrorKind::Credentials);
        assert_eq!(kind(list, None, 400, "ClusterNotFoundException", "no"), ReadErrorKind::Missing);
        assert_eq!(kind(list, None, 503, "ServiceUnavailable", "no"), ReadErrorKind::Unusable);
        assert_eq!(kind(list, None, 400, "InvalidParameterException", "Invalid cluster"), ReadErrorKind::Rejected);
    }

    #[test]
    fn what_was_deleted_between_a_list_and_its_reads_is_missing_in_every_service() {
        for (api, code) in [
            ("apigateway:GetResources", "NotFoundException"),
            ("apigatewayv2:GetRoutes", "NotFoundException"),
            ("states:DescribeStateMachine", "StateMachineDoesNotExist"),
            ("elasticloadbalancing:DescribeTrustStores", "TrustStoreNotFound"),
            ("elasticloadbalancing:DescribeSSLPolicies", "SSLPolicyNotFound"),
            ("wafv2:GetWebACLForResource", "WAFNonexistentItemException"),
        ] {
            assert_eq!(kind(api, None, 404, code, "gone"), ReadErrorKind::Missing, "{api}");
        }
    }

    #[test]
    fn every_code_that_the_sdk_takes_for_throttling_is_throttling() {
        for code in
            ["ProvisionedThroughputExceededException", "TransactionInProgressException", "EC2ThrottledException"]
        {
            assert_eq!(kind("ecs:ListServices", None, 400, code, "slower"), ReadErrorKind::Throttled, "{code}");
        }
    }

    #[test]
    fn a_token_is_stale_only_when_one_was_sent() {
        let said = "Invalid token: it has expired";
        assert_eq!(kind("ecs:ListTasks", Some("t"), 400, "InvalidParameterException", said), ReadErrorKind::StaleToken);
        assert_eq!(kind("ecs:ListTasks", None, 400, "InvalidParameterException", said), ReadErrorKind::Rejected);
    }

    #[test]
    fn a_deleted_task_definition_is_missing() {
        let said = "Unable to describe task definition.";
        assert_eq!(kind("ecs:DescribeTaskDefinition", None, 400, "ClientException", said), ReadErrorKind::Missing);
        assert_eq!(kind("ecs:ListTasks", None, 400, "ClientException", said), ReadErrorKind::Rejected);
    }

    #[test]
    fn what_ec2_does_not_find_is_missing() {
        for code in
            ["InvalidInstanceID.NotFound", "InvalidLaunchTemplateId.VersionNotFound", "InvalidAMIID.Unavailable"]
        {
            assert_eq!(kind("ec2:DescribeImages", None, 400, code, "no"), ReadErrorKind::Missing, "{code}");
        }
        let malformed = kind("ec2:DescribeImages", None, 400, "InvalidAMIID.Malformed", "no");
        assert_eq!(malformed, ReadErrorKind::Rejected);
    }

    #[test]
    fn a_page_of_html_is_nobodys_answer() {
        let html = FailedCall { status: Some(403), code: None, text: "<html>".to_owned() };
        assert_eq!(html.kind(&read("ecs:ListTasks", None)), ReadErrorKind::Unusable);
    }

    #[test]
    fn signature_errors_do_not_quote_the_request() {
        let text = "The request signature we calculated … x-amz-security-token:SECRET".to_owned();
        let failed = FailedCall { status: Some(403), code: Some("SignatureDoesNotMatch".to_owned()), text };
        let error = failed.into_error(&read("ecs:ListTasks", None));
        assert!(!error.to_string().contains("SECRET"), "{error}");
        assert_eq!(error.kind, ReadErrorKind::Credentials);
    }

    #[test]
    fn codes_are_found_in_json_and_xml() {
        assert_eq!(
            code_of(br#"{"__type":"com.amazonaws.ecs#ThrottlingException"}"#).as_deref(),
            Some("ThrottlingException")
        );
        let xml = b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code></Error></ErrorResponse>";
        assert_eq!(code_of(xml).as_deref(), Some("Throttling"));
        assert!(is_throttle(400, xml) && is_throttle(429, b"") && !is_throttle(500, b"<html>"));
    }
}
