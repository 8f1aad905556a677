//! Seals of older and newer formats in a journal.

use super::v2;
use crate::JournalError;
use crate::operator::{newest_seal, seal};
use caravan_cutover_engine::Moment;
use caravan_plans::{SealError, Sealed, WavePlan};
use rusqlite::params;
use std::error::Error as _;

#[tokio::test]
async fn a_wave_that_v1_sealed_is_unchanged_when_it_is_sealed_again() {
    let room = v2::room();
    let journal = room.journal();
    for wave in ["wave-1", "wave-2", "wave-3", "wave-4"] {
        let before = newest_seal(&journal, wave).await.unwrap();
        let plan = journal.plan(&before.hash).await.unwrap().plan().clone();
        assert_eq!(plan.schema, WavePlan::SCHEMA);
        let sealing = seal(&journal, plan.clone(), "olivia", Moment(50_000)).await.unwrap();
        assert!(sealing.unchanged);
        assert_eq!(sealing.sealed.canonical(), before.canonical, "the bytes that were approved stay");
        assert_eq!(newest_seal(&journal, wave).await.unwrap(), before);
    }
}

#[tokio::test]
async fn a_changed_wave_is_sealed_anew_on_top_of_its_seal_of_v1() {
    let room = v2::room();
    let journal = room.journal();
    let before = newest_seal(&journal, "wave-1").await.unwrap();
    let mut plan = journal.plan(&before.hash).await.unwrap().plan().clone();
    plan.steps.truncate(1);
    let sealing = seal(&journal, plan, "olivia", Moment(50_000)).await.unwrap();
    assert!(!sealing.unchanged);
    assert!(sealing.sealed.canonical().contains(r#""schema":"caravan.wave/v2""#));
    assert_eq!(sealing.sealed.plan().parent.as_ref().map(|parent| parent.as_str()), Some(before.hash.as_str()));
    let opened = journal.plan(sealing.sealed.hash().as_str()).await.unwrap();
    assert_eq!(opened, sealing.sealed);
}

#[tokio::test]
async fn a_seal_that_was_changed_in_the_journal_is_refused_as_changed() {
    let room = v2::room();
    let raw = rusqlite::Connection::open(room.file()).unwrap();
    let journal = room.journal();
    let hash = newest_seal(&journal, "wave-2").await.unwrap().hash;
    let one_byte =
        "UPDATE seal SET canonical = replace(canonical, '\"in_flight\":30', '\"in_flight\":31') WHERE hash = ?1";
    assert_eq!(raw.execute(one_byte, [&hash]).unwrap(), 1);
    let error = journal.plan(&hash).await.unwrap_err();
    assert!(matches!(&error, JournalError::ChangedSeal { source: SealError::Changed { .. }, .. }), "{error}");
    for word in ["wave-2", &hash, "plans/manual-rollback/"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    let sealed_again = seal(&journal, room.plan.plan().clone(), "olivia", Moment(50_000)).await;
    assert!(sealed_again.is_ok(), "other waves go on");
}

#[tokio::test]
async fn a_seal_of_a_newer_format_is_refused_as_newer() {
    let room = v2::room();
    let error = with_seal(&room, r#"{"schema":"caravan.wave/v3","wave":"wave-9","lanes":[]}"#).await;
    assert!(matches!(&error, JournalError::NewerSeal { source: SealError::Newer { .. }, .. }), "{error}");
    assert!(error.to_string().contains("wave-9"), "{error}");
    assert_eq!(
        error.source().unwrap().to_string(),
        "the plan is of format caravan.wave/v3, this version reads up to caravan.wave/v2: use the version that sealed it"
    );
}

#[tokio::test]
async fn a_seal_that_is_no_plan_of_its_format_is_refused_as_unreadable() {
    for text in [
        "{}",
        r#"{"schema":"caravan.wave/v2","wave":"wave-9"}"#,
        r#"{"schema":"caravan.wave/v1","wave":"wave-9","parent":null,"drivers":"shared","shifts":[],"steps":[]}"#,
    ] {
        let error = with_seal(&v2::room(), text).await;
        assert!(matches!(&error, JournalError::UnreadableSeal { source: SealError::Unreadable(_), .. }), "{error}");
        assert!(error.to_string().contains("wave-9"), "{error}");
    }
}

/// Keeps a text as the seal of `wave-9`, under the very hash of its bytes, and asks for it.
async fn with_seal(room: &crate::tests::stage::Room, canonical: &str) -> JournalError {
    // A hash that is wrong is answered with the one that is right.
    let wrong = caravan_plans::PlanHash::parse(&"0".repeat(64)).unwrap();
    let Err(SealError::Changed { found, .. }) = Sealed::open(canonical, &wrong) else { panic!("no such hash") };
    let journal = room.journal();
    let keep = "INSERT INTO seal (hash, wave, canonical, sealed_at, sealed_by) VALUES (?1, 'wave-9', ?2, 0, 'nadia')";
    rusqlite::Connection::open(room.file()).unwrap().execute(keep, params![found.as_str(), canonical]).unwrap();
    journal.plan(found.as_str()).await.unwrap_err()
}
