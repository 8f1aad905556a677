//! The checks: one file each.

mod approximated;
mod data_service;
mod each_host;
mod egress_address;
mod elastic_address;
mod fixed_address;
mod fixed_port;
#[cfg(test)]
pub(crate) mod fixture;
mod governed_elsewhere;
mod host_access;
mod idle;
mod local_state;
mod metadata_service;
mod missing_image;
mod mutable_image;
mod network_role;
mod no_health_check;
mod no_owner;
mod no_traffic;
mod nothing_starts_it;
mod open_login;
mod open_question;
mod plain_secret;
mod refused;
mod role_trust;
mod shared_database;
mod shared_files;
mod single_instance;
mod stale_template;
mod stays_on_lambda;
mod sticky_sessions;
mod takes_messages;
mod unknown_field;
mod unknown_interior;
mod unread_list;
mod windows;
mod worker_storage;

use super::kind::NoteKind;
use super::note::Finding;
use super::subject::Subject;

/// One check: what it finds about a subject.
type Check = fn(&Subject<'_>) -> Vec<Finding>;

/// Every check with its kind. A test holds that each kind has one.
pub(super) const CHECKS: &[(NoteKind, Check)] = &[
    (NoteKind::NoOwner, no_owner::check),
    (NoteKind::Refused, refused::check),
    (NoteKind::HostAccess, host_access::check),
    (NoteKind::Windows, windows::check),
    (NoteKind::StaysOnLambda, stays_on_lambda::check),
    (NoteKind::EachHost, each_host::check),
    (NoteKind::DataService, data_service::check),
    (NoteKind::NetworkRole, network_role::check),
    (NoteKind::UnknownField, unknown_field::check),
    (NoteKind::Idle, idle::check),
    (NoteKind::NothingStartsIt, nothing_starts_it::check),
    (NoteKind::NoTraffic, no_traffic::check),
    (NoteKind::OpenQuestion, open_question::check),
    (NoteKind::PlainSecret, plain_secret::check),
    (NoteKind::LocalState, local_state::check),
    (NoteKind::TakesMessages, takes_messages::check),
    (NoteKind::SharedDatabase, shared_database::check),
    (NoteKind::SharedFiles, shared_files::check),
    (NoteKind::EgressAddress, egress_address::check),
    (NoteKind::FixedAddress, fixed_address::check),
    (NoteKind::ElasticAddress, elastic_address::check),
    (NoteKind::MetadataService, metadata_service::check),
    (NoteKind::StickySessions, sticky_sessions::check),
    (NoteKind::FixedPort, fixed_port::check),
    (NoteKind::WorkerStorage, worker_storage::check),
    (NoteKind::OpenLogin, open_login::check),
    (NoteKind::MissingImage, missing_image::check),
    (NoteKind::StaleTemplate, stale_template::check),
    (NoteKind::GovernedElsewhere, governed_elsewhere::check),
    (NoteKind::UnreadList, unread_list::check),
    (NoteKind::SingleInstance, single_instance::check),
    (NoteKind::UnknownInterior, unknown_interior::check),
    (NoteKind::NoHealthCheck, no_health_check::check),
    (NoteKind::MutableImage, mutable_image::check),
    (NoteKind::RoleTrust, role_trust::check),
    (NoteKind::Approximated, approximated::check),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_check() {
        let kinds: Vec<NoteKind> = CHECKS.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, NoteKind::ALL);
    }
}
