//! Why a cluster gave no answer.

use std::time::Duration;

/// Why a cluster gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// There is no kubeconfig, or it can't be used: nobody said which cluster.
    #[error("no cluster is configured: {0}")]
    NotConfigured(String),
    /// A context can't be used: it has no credentials.
    #[error("context {context} of the kubeconfig: {reason}")]
    NoCredentials {
        /// The context.
        context: String,
        /// Why, without what a credentials program said.
        reason: String,
    },
    /// The credentials are missing, wrong or expired (401), or may not do this (403).
    #[error("the cluster at {url} refuses the credentials: {reason}")]
    Denied {
        /// The API server.
        url: String,
        /// What the API server said.
        reason: String,
    },
    /// Nothing usable came back: unreachable, a wrong certificate, an answer that is not of Kubernetes.
    #[error("the cluster at {url} gives no usable answer")]
    Unusable {
        /// The API server.
        url: String,
        /// What went wrong on the way.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It did not answer in time.
    #[error("the cluster at {url} did not answer within {} s", limit.as_secs())]
    TimedOut {
        /// The API server.
        url: String,
        /// The time limit.
        limit: Duration,
    },
}

/// What is said of a credentials program or a token file that gives nothing: it may have printed a secret, so that its own words are
/// not passed on.
const NO_CREDENTIALS: &str = "the kubeconfig's credentials program or token file fails";

/// An error of the client in one line, and whether it is that no credentials could be had: then nothing was sent.
pub(crate) fn told(error: &kube::Error) -> (String, bool) {
    let mut causes =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| (*error).source());
    let is_auth = |cause: &(dyn std::error::Error + 'static)| {
        cause.is::<kube::client::AuthError>() || matches!(cause.downcast_ref(), Some(kube::Error::Auth(_)))
    };
    let said = error.to_string();
    // Whatever wraps it: what a program printed stands behind this word.
    match causes.any(is_auth) || said.contains("stdout:") {
        true => (NO_CREDENTIALS.to_owned(), true),
        false => (one_line(&said), false),
    }
}

/// A text of somebody else's on one line: what is printed must not look like another line of ours.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl ClusterError {
    /// What it means that the client failed.
    pub(crate) fn of(url: &str, error: kube::Error) -> Self {
        let url = url.to_owned();
        match error {
            kube::Error::Api(status) if matches!(status.code, 401 | 403) => {
                Self::Denied { url, reason: status.message.clone() }
            }
            other => match told(&other) {
                (reason, true) => Self::Denied { url, reason },
                (_, false) => Self::Unusable { url, source: Box::new(other) },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::client::AuthError;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{ExitStatus, Output};

    fn failed_program() -> AuthError {
        let status = ExitStatus::from_raw(255 << 8);
        let out = Output { status, stdout: b"a-token-of-the-test\n".to_vec(), stderr: Vec::new() };
        AuthError::AuthExecRun { cmd: "login".to_owned(), out: Box::new(out) }
    }

    /// However the client wraps it: what a credentials program printed may be a secret (D1).
    #[test]
    fn what_a_credentials_program_printed_is_not_passed_on() {
        for error in [kube::Error::Auth(failed_program()), kube::Error::Service(Box::new(failed_program()))] {
            assert!(error.to_string().contains("a-token-of-the-test"), "it is there to be left out: {error}");
            assert_eq!(told(&error), (NO_CREDENTIALS.to_owned(), true));
            let said = ClusterError::of("https://cluster.test", error).to_string();
            assert!(said.contains(NO_CREDENTIALS) && !said.contains("a-token"), "{said}");
        }
    }

    #[test]
    fn a_text_of_somebody_else_s_is_one_line() {
        assert_eq!(one_line("x\n touch /tmp/y # cutover approve\r\n\tend"), "x touch /tmp/y # cutover approve end");
    }
}
