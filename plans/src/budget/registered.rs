//! Registered domains: what Let's Encrypt counts certificates by.

/// The registered domain of a host by the public suffix list: `example.co.uk` of `track.shop.example.co.uk`. Of a name that is
/// itself a public suffix, the name. A wildcard's `*.` is left out.
///
/// The list is that of the `psl` crate, its private part included, as Let's Encrypt counts.
#[must_use]
pub fn registered_domain(host: &str) -> &str {
    let host = host.strip_prefix("*.").unwrap_or(host);
    psl::domain_str(host).unwrap_or(host)
}
