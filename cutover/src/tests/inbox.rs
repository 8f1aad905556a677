//! Receivers in memory, and a courier that tells them.

use super::stage::{Room, Simulated, quick};
use crate::Journal;
use crate::notice::{Courier, Notice, NoticeKind, Receiver, SendError, Sender, Sending};
use crate::operator::{Advice, Program};
use caravan_cutover_engine::Phase;
use caravan_plans::Shift;
use std::sync::{Arc, Mutex};

/// What a receiver got, and how it behaves.
#[derive(Clone, Default)]
pub(super) struct Inbox(Arc<Mutex<Kept>>);

#[derive(Default)]
pub(super) struct Kept {
    pub(super) got: Vec<Notice>,
    /// So many more are refused.
    pub(super) refuses: u32,
    /// The id of a notice that it does not want.
    pub(super) rejects: Option<String>,
    /// So many more are taken by nobody: the sender breaks off by a defect.
    pub(super) breaks: u32,
    /// It takes the next one and never says so.
    pub(super) falls_silent: bool,
}

impl Inbox {
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.with(|kept| kept.got.iter().map(|notice| notice.id.clone()).collect())
    }
}

impl Sender for Inbox {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(async move {
            let silent = self.with(|kept| {
                if kept.breaks > 0 {
                    kept.breaks -= 1;
                    return Ok(None);
                }
                if kept.rejects.as_ref() == Some(&notice.id) {
                    return Err(SendError::Rejected("it answered 400".to_owned()));
                }
                if kept.refuses > 0 {
                    kept.refuses -= 1;
                    return Err(SendError::Unavailable("it answered 503".to_owned()));
                }
                kept.got.push(notice.clone());
                Ok(Some(std::mem::take(&mut kept.falls_silent)))
            })?;
            if silent.expect("a defect in the sender") {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    }
}

pub(super) async fn courier(room: &Room, receivers: &[(&str, &Inbox)]) -> Courier<Journal, Simulated> {
    courier_over(room, room.journal(), receivers).await
}

/// As [`courier`], by a connection of its own making.
pub(super) async fn courier_over(
    room: &Room,
    journal: Journal,
    receivers: &[(&str, &Inbox)],
) -> Courier<Journal, Simulated> {
    let receiver = |(name, inbox): &(&str, &Inbox)| Receiver {
        name: (*name).to_owned(),
        kinds: NoticeKind::ALL.into_iter().collect(),
        sender: Box::new((*inbox).clone()),
    };
    let receivers = receivers.iter().map(receiver).collect();
    let command = |advice: &Advice| match advice.program {
        Program::Caravan => format!("caravan {}", advice.args.join(" ")),
        Program::ManualRollback => format!("sh {}.sh", advice.args.join(" ")),
    };
    Courier::new(journal, room.world.clone(), receivers, command).await.unwrap()
}

/// A round, a second of virtual time later.
pub(super) async fn round(room: &Room, courier: &Courier<Journal, Simulated>) {
    room.world.with(|world| world.pass_until(world.now() + 1_000));
    courier.make_round(&|_, _| {}).await.unwrap();
}

pub(super) async fn drive(room: &Room) -> Phase {
    room.driver("d1").drive("r1", &room.plan, "somebody", |_| {}).await.unwrap().state.phase
}

/// Quick, with one stage that wants a person.
pub(super) fn approved(shift: Shift) -> Shift {
    let mut shift = quick(shift);
    shift.stages[1].approval = true;
    shift
}
