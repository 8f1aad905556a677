//! Why a probe did not pass: whether the side itself says so, or nobody can tell.

use caravan_providers::Verdict;
use rustls::CertificateError;
use std::error::Error;
use std::io;

/// Why a probe did not pass.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum ProbeFailure {
    /// The side itself says so.
    Failed(String),
    /// No root that is trusted has issued its certificate: it says so itself, where every root is known that should be trusted.
    Untrusted(String),
    /// Nobody can tell.
    Unknown(String),
}

/// The side itself says so.
pub(super) const fn failed(reason: String) -> ProbeFailure {
    ProbeFailure::Failed(reason)
}

/// Nobody can tell.
pub(super) const fn unknown(reason: String) -> ProbeFailure {
    ProbeFailure::Unknown(reason)
}

impl ProbeFailure {
    /// Reads the error of an exchange with `host`: what TLS refuses and what is no HTTP was said by the side; a connection
    /// that broke may have broken anywhere.
    pub(super) fn of(error: &(dyn Error + 'static), host: &str) -> Self {
        let chain: Vec<_> = chain(error).collect();
        if let Some(error) = chain.iter().find_map(|error| error.downcast_ref::<rustls::Error>()) {
            return of_tls(error, host);
        }
        if let Some(failure) = chain.iter().find_map(|error| error.downcast_ref::<h2::Error>()).and_then(of_http2) {
            return failure;
        }
        let text = chain.last().map_or_else(String::new, ToString::to_string);
        match chain.iter().find_map(|error| error.downcast_ref::<hyper::Error>()) {
            Some(error) if error.is_parse() => failed(format!("the answer is not HTTP: {text}")),
            _ => unknown(format!("the connection broke off: {text}")),
        }
    }

    pub(super) const fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Untrusted(_))
    }

    /// Why, for a person.
    pub(super) fn text(self) -> String {
        match self {
            Self::Failed(reason) | Self::Untrusted(reason) | Self::Unknown(reason) => reason,
        }
    }

    /// `lacking` says which roots are not known that should be trusted; none where all are.
    pub(super) fn into_verdict(self, address: &str, lacking: Option<&str>) -> Verdict {
        match self {
            Self::Failed(reason) => Verdict::Fail { reason: format!("{address}: {reason}") },
            Self::Untrusted(reason) => match lacking {
                Some(lacking) => Verdict::Inconclusive { reason: format!("{address}: {reason}; {lacking}") },
                None => Verdict::Fail { reason: format!("{address}: {reason}") },
            },
            Self::Unknown(reason) => Verdict::Inconclusive { reason: format!("{address}: {reason}") },
        }
    }
}

/// What breaks HTTP/2, or what the side says against a call, was said by the side; one that ends what it has begun, or is too
/// busy for more, says nothing of how it is. None for a connection that broke.
fn of_http2(error: &h2::Error) -> Option<ProbeFailure> {
    let reason = error.reason()?;
    Some(match reason {
        h2::Reason::NO_ERROR | h2::Reason::CANCEL | h2::Reason::REFUSED_STREAM | h2::Reason::ENHANCE_YOUR_CALM => {
            unknown(format!("it ended the call: {reason}"))
        }
        _ if error.is_remote() => failed(format!("it refused the call: {reason}")),
        _ => failed(format!("the answer is not HTTP/2: {reason}")),
    })
}

fn of_tls(error: &rustls::Error, host: &str) -> ProbeFailure {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => ProbeFailure::Untrusted(format!(
            "{error}: no trusted root has issued the certificate for {host}; a private root is trusted when `ca_files` names it"
        )),
        rustls::Error::InvalidMessage(_) => failed(format!("the answer is not TLS: {error}")),
        // These are about this machine.
        rustls::Error::FailedToGetCurrentTime
        | rustls::Error::FailedToGetRandomBytes
        | rustls::Error::EncryptError
        | rustls::Error::General(_)
        | rustls::Error::Other(_) => unknown(error.to_string()),
        _ => failed(error.to_string()),
    }
}

/// An error and its causes. An I/O error hides the one that it carries.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(carried) => Some(carried),
            None => error.source(),
        }
    })
}
