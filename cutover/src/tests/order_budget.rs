//! Orders of certificates are taken from the limits of their authority by all drivers of a journal together.

use crate::{Journal, OrderLimit};
use camino::Utf8PathBuf;
use caravan_cutover_engine::Moment;

const HOUR: u64 = 3_600_000;

fn limit(name: &str, owner: &str, burst: u64, refill: u64) -> OrderLimit {
    let authority = "https://acme.test/dir".to_owned();
    OrderLimit { limit: name.to_owned(), owner: owner.to_owned(), authority, burst, refill }
}

fn file(folder: &tempfile::TempDir) -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(folder.path().join("journal.db")).unwrap()
}

#[tokio::test]
async fn a_limit_starts_full_gives_what_there_is_and_says_when_there_is_more() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(&file(&folder)).unwrap();
    let (start, names) = (Moment(1_000 * HOUR), || vec![limit("exact", "a.example", 5, 34 * HOUR)]);
    for _ in 0..5 {
        assert_eq!(journal.reserve_order(names(), start).await.unwrap(), Ok(()));
    }
    let until = start.plus_ms(34 * HOUR);
    // Rounded to thousandths of an order: too late is allowed, too early is not.
    let is_about = |at: Moment| until <= at && at.0 <= until.0 + 34 * HOUR / 1_000;
    let at = journal.reserve_order(names(), start.plus_ms(HOUR)).await.unwrap().unwrap_err();
    assert!(is_about(at), "{at:?}");
    // Another one's are full; the same elsewhere is another limit.
    let other = || vec![limit("exact", "b.example", 5, 34 * HOUR)];
    assert_eq!(journal.reserve_order(other(), start).await.unwrap(), Ok(()));
    drop(journal);
    // It survives the process, and a clock that was put back.
    let journal = Journal::open(&file(&folder)).unwrap();
    assert_eq!(
        journal.reserve_order(names(), Moment(start.0 - HOUR)).await.unwrap().map_err(|at| at.0 >= start.0),
        Err(true)
    );
    let at = journal.reserve_order(names(), Moment(until.0 - 1)).await.unwrap().unwrap_err();
    assert!(is_about(at), "{at:?}");
    assert_eq!(journal.reserve_order(names(), until).await.unwrap(), Ok(()));
    assert!(journal.reserve_order(names(), until).await.unwrap().is_err());
}

#[tokio::test]
async fn what_one_limit_refuses_is_taken_from_none() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(&file(&folder)).unwrap();
    let now = Moment(1_000 * HOUR);
    let account = || limit("orders", "account", 3, HOUR);
    let both = |owner: &str| vec![account(), limit("exact", owner, 1, 10 * HOUR)];
    assert_eq!(journal.reserve_order(both("a"), now).await.unwrap(), Ok(()));
    for _ in 0..4 {
        assert_eq!(journal.reserve_order(both("a"), now).await.unwrap(), Err(now.plus_ms(10 * HOUR)));
    }
    // Two of the account's three are left.
    assert_eq!(journal.reserve_order(both("b"), now).await.unwrap(), Ok(()));
    assert_eq!(journal.reserve_order(both("c"), now).await.unwrap(), Ok(()));
    assert_eq!(journal.reserve_order(both("d"), now).await.unwrap(), Err(now.plus_ms(HOUR)));
}

#[tokio::test]
async fn drivers_of_several_processes_never_take_more_than_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let journals: Vec<Journal> = (0..4).map(|_| Journal::open(&file(&folder)).unwrap()).collect();
    let now = Moment(1_000 * HOUR);
    let mut taking = Vec::new();
    for nth in 0..40 {
        let journal = journals[nth % 4].clone();
        taking.push(tokio::spawn(async move {
            journal.reserve_order(vec![limit("orders", "account", 13, HOUR)], now).await.unwrap().is_ok()
        }));
    }
    let mut taken = 0;
    for one in taking {
        taken += usize::from(one.await.unwrap());
    }
    assert_eq!(taken, 13);
}
