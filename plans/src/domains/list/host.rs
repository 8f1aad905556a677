//! Host names as people write them, and as DNS knows them.

use caravan_inventory::Hostname;
use std::net::IpAddr;

/// Why a text is no hostname of a customer. The message follows the text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HostProblem {
    /// An address of the web.
    #[error("is an address of the web")]
    Url,
    /// An IP address.
    #[error("is an IP address")]
    Address,
    /// It has no dot.
    #[error("has no dot")]
    NoDot,
    /// A `*` that is not the whole first label.
    #[error("has a `*` that is not all of its first part")]
    Star,
    /// Anybody may register below it.
    #[error("is a public suffix, below which anybody registers")]
    PublicSuffix,
    /// It can't be a name of DNS.
    #[error("can't be a host name")]
    Invalid,
}

impl HostProblem {
    /// What to write instead.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Url => "write the host name alone, without `https://`, port and path",
            Self::Address => "write the name that leads there",
            Self::NoDot => "write the whole name, as `track.customer.com`",
            Self::Star => "write `*.customer.com` for all names below one, or each name in a row of its own",
            Self::PublicSuffix => "write the customer's own name below it",
            Self::Invalid => "write letters, digits and hyphens, at most 63 between dots and 253 in all",
        }
    }
}

/// Reads a hostname: in any case, with or without a trailing dot, in letters of any script, perhaps with `*.` before it.
///
/// # Errors
/// [`HostProblem`].
pub fn host(text: &str) -> Result<Hostname, HostProblem> {
    let text = text.trim();
    if text.contains("://") || text.contains('/') {
        return Err(HostProblem::Url);
    }
    if text.parse::<IpAddr>().is_ok() {
        return Err(HostProblem::Address);
    }
    if text.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())) {
        return Err(HostProblem::Url);
    }
    let (star, rest) = match text.strip_prefix("*.") {
        Some(rest) => ("*.", rest),
        None => ("", text),
    };
    if rest.contains('*') {
        return Err(HostProblem::Star);
    }
    let rest = rest.strip_suffix('.').unwrap_or(rest);
    let name = idna::domain_to_ascii_strict(rest).map_err(|_| HostProblem::Invalid)?;
    if !name.contains('.') {
        return Err(HostProblem::NoDot);
    }
    // A name that ends in a number is an address to whoever reads one (the URL standard).
    if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
        return Err(HostProblem::Address);
    }
    if star.len() + name.len() > 253 {
        return Err(HostProblem::Invalid);
    }
    if psl::domain_str(&name).is_none() {
        return Err(HostProblem::PublicSuffix);
    }
    Ok(Hostname::new(format!("{star}{name}")))
}
