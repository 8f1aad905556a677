//! Waves of names in one or several hosted zones: those of one zone go back as one.

use crate::common::{records, sealed};
use caravan_plans::{Sealed, Shift};
use caravan_providers::target::{RecordSetsTarget, Target};

/// A name of its own, with sides of its own, in one of some zones.
pub(crate) fn name(number: usize, zones: usize) -> Shift {
    let mut shift = records();
    let Target::Records(target) = shift.target else { unreachable!() };
    let (zone, name) = (format!("Z{}", number % zones), format!("name-{number}.example.com."));
    shift.target = Target::Records(RecordSetsTarget { zone, name, ..target });
    for (side, probes) in [("old", &mut shift.old), ("new", &mut shift.new)] {
        probes.iter_mut().for_each(|probe| probe.address = format!("{side}-name-{number}:443"));
    }
    shift
}

/// So many names in so many zones.
pub(crate) fn names(names: usize, zones: usize) -> Sealed {
    sealed((0..names).map(|number| name(number, zones)).collect())
}
