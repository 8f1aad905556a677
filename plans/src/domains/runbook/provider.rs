//! Widely used DNS providers: how each is known by its name servers, where its records are, and how it names the fields.

use caravan_inventory::Zone;
use serde::Serialize;

/// How a provider names things, as its help pages show them.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Provider {
    /// Its name.
    pub(super) name: &'static str,
    /// What its name servers' names hold.
    #[serde(skip)]
    servers: &'static str,
    /// Where records are entered, click by click.
    pub(super) path: &'static str,
    /// The field for the kind.
    pub(super) kind: &'static str,
    /// The field for the name.
    pub(super) host: &'static str,
    /// The field for where an alias leads.
    pub(super) alias: &'static str,
    /// The field for an address.
    pub(super) address: &'static str,
    /// The field for a text.
    pub(super) text: &'static str,
    /// The fields of a CAA record: flags, tag, authority.
    pub(super) caa: [&'static str; 3],
    /// The field for the time to live.
    pub(super) ttl: &'static str,
    /// What the top of a zone is called there; empty where the field is left empty.
    pub(super) top: &'static str,
    /// Which option more is to be set, and to what; empty where there is none.
    pub(super) more: &'static str,
}

/// The providers.
pub(super) const PROVIDERS: [Provider; 8] = [
    Provider {
        name: "Cloudflare",
        servers: ".ns.cloudflare.com",
        path: "DNS > Records > Add record",
        kind: "Type",
        host: "Name",
        alias: "Target",
        address: "IPv4 address / IPv6 address",
        text: "Content",
        caa: ["Flags", "Tag", "CA domain name"],
        ttl: "TTL",
        top: "@",
        more: "Proxy status: DNS only",
    },
    Provider {
        name: "Amazon Route 53",
        servers: ".awsdns-",
        path: "Route 53 > Hosted zones > Create record",
        kind: "Record type",
        host: "Record name",
        alias: "Value",
        address: "Value",
        text: "Value",
        caa: ["Value", "Value", "Value"],
        ttl: "TTL (seconds)",
        top: "",
        more: "Routing policy: Simple routing",
    },
    Provider {
        name: "GoDaddy",
        servers: ".domaincontrol.com",
        path: "Domain Portfolio > DNS > DNS Records > Add New Record",
        kind: "Type",
        host: "Name",
        alias: "Value",
        address: "Value",
        text: "Value",
        caa: ["Flag", "Tag", "Value"],
        ttl: "TTL",
        top: "@",
        more: "",
    },
    Provider {
        name: "Namecheap",
        servers: ".registrar-servers.com",
        path: "Domain List > Manage > Advanced DNS > Add New Record",
        kind: "Type",
        host: "Host",
        alias: "Value",
        address: "Value",
        text: "Value",
        caa: ["Flag", "Tag", "Value"],
        ttl: "TTL",
        top: "@",
        more: "",
    },
    Provider {
        name: "IONOS",
        servers: ".ui-dns.",
        path: "Domains & SSL > DNS > Add record",
        kind: "Type",
        host: "Hostname",
        alias: "Points to",
        address: "Points to",
        text: "Value",
        caa: ["Flags", "Tag", "Value"],
        ttl: "TTL",
        top: "@",
        more: "",
    },
    Provider {
        name: "OVHcloud",
        servers: ".ovh.net",
        path: "Web Cloud > Domain names > DNS zone > Add an entry",
        kind: "Type",
        host: "Sub-domain",
        alias: "Target",
        address: "Target",
        text: "Value",
        caa: ["Flag", "Tag", "Target"],
        ttl: "TTL",
        top: "",
        more: "",
    },
    Provider {
        name: "DigitalOcean",
        servers: ".digitalocean.com",
        path: "Networking > Domains > Create a record",
        kind: "Record Type",
        host: "Hostname",
        alias: "Is an alias of",
        address: "Will direct to",
        text: "Value",
        caa: ["Flags", "Tag", "Authority granted for"],
        ttl: "TTL",
        top: "@",
        more: "",
    },
    Provider {
        name: "Azure DNS",
        servers: ".azure-dns.",
        path: "DNS zones > Record sets > Add",
        kind: "Type",
        host: "Name",
        alias: "Alias",
        address: "IP address",
        text: "Value",
        caa: ["Flags", "Tag", "Value"],
        ttl: "TTL, TTL unit: Seconds",
        top: "@",
        more: "Alias record set: No",
    },
];

/// The provider at which a zone is, by its name servers; none where it is none of these, or several.
pub(super) fn provider_of(zone: &Zone) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| {
        let is_theirs = |server: &String| format!(".{server}.").contains(provider.servers);
        !zone.servers.is_empty() && zone.servers.iter().all(is_theirs)
    })
}
