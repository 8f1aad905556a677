//! Telling people that the journal is away. The outbox stands in the journal: what is told of its absence can't wait in it.

use super::courier::{LONGEST_BETWEEN_TRIES_MS, LONGEST_SENDING, Receiver};
use super::follow::SCHEMA;
use super::types::{Notice, NoticeKind};
use crate::operator::time_text;
use caravan_cutover_engine::Moment;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// After the first try that failed; doubled with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Tells receivers that no run is driven since the journal is away, from memory: a process that dies meanwhile has told whom it has
/// told. It is sent until it is taken, or until the journal is back.
pub struct Away {
    receivers: Vec<Arc<Receiver>>,
    /// Those who are being told.
    telling: Mutex<JoinSet<()>>,
}

impl Away {
    /// Whom it tells: those of them that are told of failures.
    #[must_use]
    pub fn new(receivers: Vec<Receiver>) -> Self {
        let told = receivers.into_iter().filter(|receiver| receiver.kinds.contains(&NoticeKind::Failure));
        Self { receivers: told.map(Arc::new).collect(), telling: Mutex::default() }
    }

    /// The journal is away. `driver` is who would drive; `next` are the commands that a person can paste.
    pub fn begins(&self, driver: &str, why: &str, at: Moment, next: Vec<String>) {
        let notice = Notice {
            schema: SCHEMA.to_owned(),
            id: format!("{driver}/journal-away/{}", at.0),
            kind: NoticeKind::Failure,
            run: "every run".to_owned(),
            wave: String::new(),
            state: "not driven".to_owned(),
            step: None,
            why: format!(
                "the journal can't be used, so that nobody watches users on a new side and nothing is taken back: {why}"
            ),
            since: time_text(at),
            at_risk: Vec::new(),
            next,
        };
        let mut telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        telling.abort_all();
        for receiver in &self.receivers {
            telling.spawn(tell(Arc::clone(receiver), notice.clone()));
        }
    }

    /// The journal is back: whoever was not reached hears of what stands in it.
    pub fn ends(&self) {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

async fn tell(receiver: Arc<Receiver>, notice: Notice) {
    let mut wait = FIRST_WAIT;
    while !matches!(tokio::time::timeout(LONGEST_SENDING, receiver.sender.send(&notice)).await, Ok(Ok(()))) {
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(Duration::from_millis(LONGEST_BETWEEN_TRIES_MS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::{SendError, Sender, Sending};
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Refuses the first notices.
    #[derive(Default)]
    struct Deaf {
        refuses: u32,
        asked: AtomicU32,
        took: Mutex<Vec<Notice>>,
    }

    impl Sender for Arc<Deaf> {
        fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
            Box::pin(async move {
                if self.asked.fetch_add(1, Ordering::Relaxed) < self.refuses {
                    return Err(SendError::Unavailable("away, too".to_owned()));
                }
                self.took.lock().unwrap().push(notice.clone());
                Ok(())
            })
        }
    }

    fn receiver(sender: &Arc<Deaf>, kinds: &[NoticeKind]) -> Receiver {
        let kinds: BTreeSet<NoticeKind> = kinds.iter().copied().collect();
        Receiver { name: "pager".to_owned(), kinds, sender: Box::new(Arc::clone(sender)) }
    }

    #[tokio::test]
    async fn whoever_is_told_of_failures_is_told_until_it_is_taken() {
        let (pager, chat) = (Arc::new(Deaf { refuses: 1, ..Deaf::default() }), Arc::new(Deaf::default()));
        let away = Away::new(vec![receiver(&pager, &NoticeKind::ALL), receiver(&chat, &[NoticeKind::Approval])]);
        away.begins("d1", "the disk is gone", Moment(5_000), vec!["sh r1.sh".to_owned()]);
        while pager.took.lock().unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let took = pager.took.lock().unwrap().clone();
        assert_eq!(took.len(), 1, "{took:?}");
        assert!(took[0].text().contains("the disk is gone") && took[0].text().contains("\n  sh r1.sh\n"), "{took:?}");
        assert!(took[0].title().contains("FAILURE") && took[0].id == "d1/journal-away/5000", "{took:?}");
        assert_eq!(chat.asked.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn nobody_is_told_any_more_once_it_is_back() {
        let pager = Arc::new(Deaf { refuses: 1, ..Deaf::default() });
        let away = Away::new(vec![receiver(&pager, &NoticeKind::ALL)]);
        away.begins("d1", "locked", Moment(5_000), Vec::new());
        while pager.asked.load(Ordering::Relaxed) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        away.ends();
        tokio::time::sleep(FIRST_WAIT * 2).await;
        assert!(pager.took.lock().unwrap().is_empty());
    }
}
