//! What a scan tells while it runs.

use caravan_inventory::{ProviderAccount, ScanId, UnitId, UnitState};

/// Something that a person watching may want to know.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ScanEvent {
    /// The scan begins, or goes on.
    Began {
        /// The scan.
        scan: ScanId,
        /// Whether it goes on after it was cut short.
        resumed: bool,
    },
    /// An account proved its identity, or did not and is not read; then why.
    Account {
        /// The account.
        account: ProviderAccount,
        /// Why it is not read; none when it is.
        refused: Option<String>,
    },
    /// A page was recorded.
    Page {
        /// Its unit.
        unit: UnitId,
        /// How many things it named.
        found: u64,
        /// How many reads of the unit are known to be left.
        left: u64,
    },
    /// Something of a unit could not be read.
    Failed {
        /// The unit.
        unit: UnitId,
        /// The state that it has now.
        state: UnitState,
        /// Why.
        reason: String,
    },
    /// All is read; what follows from it is being worked out.
    Linking,
}

/// Takes what a scan tells. Called from the task that runs the scan, so it should return at once.
pub trait ScanProgress: Sync {
    /// Takes one event.
    fn tell(&self, event: ScanEvent);
}

impl ScanProgress for () {
    fn tell(&self, _event: ScanEvent) {}
}
