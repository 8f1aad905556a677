//! Formats that were once written are read for ever. `tests/formats/vN` holds an example of each.

use super::*;

const V1: &str = include_str!("../../../../tests/formats/v1/inventory.jsonl");

#[test]
fn the_export_of_v1_is_read_and_written_again() {
    let mut store = Store::in_memory().unwrap();
    let imported = store.import(V1.as_bytes()).unwrap();
    assert_eq!((imported.scans, imported.units, imported.observations, imported.workloads), (1, 2, 3, 1));
    assert_eq!((imported.edges, imported.domains, imported.questions), (1, 2, 1));
    assert_eq!(exported(&store), V1);
}
