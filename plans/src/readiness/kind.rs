//! The kinds of notes: the table of the linter. `docs/readiness.md` is held to it by a test.

use super::note::{Actor, Severity};
use serde::Serialize;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident, $who:ident, $about:literal;)*) => {
        /// The kinds of notes, one for each check.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        pub enum NoteKind {
            $($(#[$doc])* #[doc = $about] #[serde(rename = $text)] $name,)*
        }

        impl NoteKind {
            /// Every kind, in the order in which notes are shown within a severity.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name in JSON and in documentation.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How grave each note of this kind is.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// Who must act on it.
            #[must_use]
            pub const fn who(self) -> Actor {
                match self { $(Self::$name => Actor::$who,)* }
            }

            /// What the check finds, one line.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)* }
            }
        }
    };
}

kinds! {
    NoOwner = "no-owner", Blocker, Team, "no rule and no decision says which team owns it";
    Refused = "refused", Blocker, Team, "the lift refuses it, with the field that keeps it";
    HostAccess = "host-access", Blocker, Team, "it needs its host: privileged, a device, the host's network or processes";
    Windows = "windows", Blocker, Platform, "it runs on Windows, and the platform's nodes run Linux";
    StaysOnLambda = "stays-on-lambda", Blocker, Platform, "what calls the function can call only Lambda";
    EachHost = "each-host", Blocker, Platform, "it runs once on each host, which is the platform's own work";
    DataService = "data-service", Blocker, Team, "an instance that serves data: a database, a broker, a file server";
    NetworkRole = "network-role", Blocker, Platform, "an instance that forwards what others send: a proxy, a router, a NAT";
    UnknownField = "unknown-field", Blocker, Platform, "a field of its documents that no API model has";
    Idle = "idle", Warning, Team, "it is set to run nothing";
    NothingStartsIt = "nothing-starts-it", Warning, Team, "a task definition or function that nothing in the inventory starts";
    NoTraffic = "no-traffic", Warning, Team, "nobody called it in the 90 days that CloudWatch was asked about";
    OpenQuestion = "open-question", Warning, Team, "a question of the lift that nobody has answered";
    PlainSecret = "plain-secret", Warning, Team, "a secret in plain text in environment, command or user data";
    LocalState = "local-state", Warning, Team, "data on a disk of its host that does not go along";
    TakesMessages = "takes-messages", Warning, Team, "it takes messages, and a second one beside it would take them too";
    SharedDatabase = "shared-database", Warning, Platform, "a data store that others use too: its connections double while both sides run";
    SharedFiles = "shared-files", Warning, Platform, "a network file system that both sides mount while both run";
    EgressAddress = "egress-address", Warning, Team, "it calls hosts outside, which may know its present address";
    FixedAddress = "fixed-address", Warning, Platform, "a private IP address is written down where a name should be";
    ElasticAddress = "elastic-address", Warning, Team, "a public address that others may have on a list";
    MetadataService = "metadata-service", Warning, Team, "it asks its machine's metadata service, which a pod does not reach";
    StickySessions = "sticky-sessions", Warning, Team, "its load balancer keeps users on one instance: sessions may be in memory";
    FixedPort = "fixed-port", Warning, Team, "it listens on a fixed port of its host, which callers may know";
    WorkerStorage = "worker-storage", Warning, Team, "a Worker bound to storage or queues of Cloudflare's";
    OpenLogin = "open-login", Warning, Platform, "a port for log-ins is open to the whole internet";
    MissingImage = "missing-image", Warning, Team, "its machine image is not there any more, so it can't be built again";
    StaleTemplate = "stale-template", Warning, Team, "its instances run an older launch template than the next one would";
    GovernedElsewhere = "governed-elsewhere", Warning, Platform, "Terraform or CloudFormation has parts of it, and puts back what a cutover changes";
    UnreadList = "unread-list", Warning, Platform, "a list of its account and region is incomplete, so more may be there";
    SingleInstance = "single-instance", Info, Team, "it runs once and is not scaled: two at a time were perhaps never tried";
    UnknownInterior = "unknown-interior", Info, Team, "an instance into which nobody has looked, or can: what runs there is known by its user data alone";
    NoHealthCheck = "no-health-check", Info, Team, "nothing asks whether it is healthy";
    MutableImage = "mutable-image", Info, Team, "its image is named by a tag that can change";
    RoleTrust = "role-trust", Info, Platform, "its role must trust pods, or is not read";
    Approximated = "approximated", Info, Team, "fields that are carried over with a loss";
}
