//! What an answer means that refuses: nothing was changed by it.

use crate::error::one_line;
use caravan_providers::CallError;

/// What the API server's answer means. Whoever keeps a rule over the cluster (an admission policy, a webhook) may answer with any code;
/// what they say is theirs and no conflict, and so is a value that the kind itself refuses. A patch whose tests do not hold is one.
pub(crate) fn refusal(code: u16, message: &str) -> CallError {
    let text = one_line(message);
    if (400..500).contains(&code)
        && let Some((who, said)) = by_admission(&text)
    {
        return CallError::Rejected(format!("{who} refuses it: {said}"));
    }
    match code {
        401 | 403 => CallError::Denied(text),
        404 => CallError::Missing(text),
        // Source: Kubernetes, `apierrors.NewInvalid`: `KIND "NAME" is invalid: FIELD: …`.
        422 if text.contains(" is invalid: ") => CallError::Rejected(text),
        409 | 422 => CallError::Conflict(text),
        429 => CallError::Throttled(text),
        400..=499 => CallError::Rejected(text),
        // Admission comes before anything is stored: where a webhook could not be asked, nothing was done.
        // Source: Kubernetes, `webhook.ErrCallingWebhook` ("failed calling webhook "NAME": …").
        500.. if text.contains("failed calling webhook \"") => CallError::NotSent(text),
        _ => CallError::InDoubt(text),
    }
}

/// Who denied a request at admission, and with which words; none where nobody did.
///
/// Source: Kubernetes, `plugin/policy/validating` ("ValidatingAdmissionPolicy 'NAME' with binding 'NAME' denied request: …"; of a
/// MutatingAdmissionPolicy the same), `webhook/errors.ToStatusErr` ("admission webhook \"NAME\" denied the request: …").
fn by_admission(text: &str) -> Option<(String, &str)> {
    if let Some((_, after)) = text.split_once("AdmissionPolicy '") {
        let (name, rest) = after.split_once('\'')?;
        let (_, said) = rest.split_once("denied request")?;
        return Some((format!("admission policy {name}"), words(said)));
    }
    let (_, after) = text.split_once("admission webhook \"")?;
    let (name, rest) = after.split_once('"')?;
    let (_, said) = rest.split_once("denied the request")?;
    Some((format!("admission webhook {name}"), words(said)))
}

fn words(said: &str) -> &str {
    match said.trim_start_matches([':', ' ']) {
        "" => "without a reason",
        words => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_denies_at_admission_is_told_by_name_whatever_the_code() {
        let policy = "httproutes.gateway.networking.k8s.io \"track\" is forbidden: ValidatingAdmissionPolicy 'freeze' with binding \
                      'nights' denied request: no route is changed";
        let webhook = "admission webhook \"gate.example.com\" denied the request: ask first";
        let silent = "admission webhook \"gate.example.com\" denied the request without explanation";
        for (code, text, said) in [
            (422, policy, "admission policy freeze refuses it: no route is changed"),
            (403, policy, "admission policy freeze refuses it: no route is changed"),
            (400, webhook, "admission webhook gate.example.com refuses it: ask first"),
            (409, webhook, "admission webhook gate.example.com refuses it: ask first"),
            (400, silent, "admission webhook gate.example.com refuses it: without explanation"),
        ] {
            assert_eq!(refusal(code, text), CallError::Rejected(said.to_owned()));
        }
        // One that could not be asked has not refused, and nothing was stored: it is tried again, and waited for by nobody.
        let failed = "Internal error occurred: failed calling webhook \"gate.example.com\": context deadline exceeded";
        assert!(matches!(refusal(500, failed), CallError::NotSent(_)));
        assert!(matches!(refusal(500, "etcdserver: request timed out"), CallError::InDoubt(_)));
    }

    #[test]
    fn what_the_kind_refuses_is_no_conflict_and_a_patch_that_does_not_hold_is_one() {
        let invalid = "HTTPRoute.gateway.networking.k8s.io \"track\" is invalid: spec.rules[0]: Invalid value: -1";
        assert!(matches!(refusal(422, invalid), CallError::Rejected(_)));
        let untrue = "the server rejected our request due to an error in our request";
        assert!(matches!(refusal(422, untrue), CallError::Conflict(_)));
        assert!(matches!(refusal(409, "the object has been modified"), CallError::Conflict(_)));
        assert!(matches!(refusal(403, "httproutes is forbidden: User \"x\" cannot patch"), CallError::Denied(_)));
    }
}
