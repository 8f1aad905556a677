//! What can be wrong with an address.

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
}
