//! What can be wrong with an address.

use reqwest::Url;
use std::net::IpAddr;

/// Why an address can't be used. It never says the address, which may hold a secret.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// It is no address of its kind.
    #[error("it is no {wanted}")]
    Malformed {
        /// What it should be.
        wanted: &'static str,
    },
    /// The mail server would be spoken to without TLS, over a network.
    #[error("it names a mail server without TLS: `smtps://…`, or `smtp://…?tls=required`")]
    WithoutTls,
    /// A webhook would be spoken to without TLS, over a network.
    #[error("it names another machine without TLS: `https://…`; `http://` only for a webhook on this machine")]
    WebhookWithoutTls,
}

/// Whether what is sent there leaves this machine not at all.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}
