//! Takes the exit status of every child: of those that were started here, and of orphans that fall to the first process of
//! a container. None stays a zombie.

use rustix::process::{Pid, WaitOptions, WaitStatus};
use std::collections::HashMap;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// Who waits for which process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reaper(Arc<Mutex<HashMap<Pid, oneshot::Sender<ExitStatus>>>>);

/// A process and the news of its end.
#[derive(Debug)]
pub(crate) struct Started {
    /// Its identifier, which is also that of its group.
    pub(crate) pid: Pid,
    /// Its status, once it has ended.
    pub(crate) exit: oneshot::Receiver<ExitStatus>,
}

impl Reaper {
    /// Begins to take statuses, for as long as the runtime runs.
    ///
    /// # Errors
    ///
    /// When signals can't be listened to.
    pub(crate) fn start() -> io::Result<Self> {
        let reaper = Self::default();
        let mut children = signal(SignalKind::child())?;
        tokio::spawn({
            let reaper = reaper.clone();
            async move {
                while children.recv().await.is_some() {
                    reaper.reap();
                }
            }
        });
        Ok(reaper)
    }

    /// Starts a process.
    pub(crate) fn spawn(&self, command: &mut Command) -> io::Result<Started> {
        // Held while it starts: its end can't be taken before somebody waits for it.
        let mut waiting = self.waiting();
        let child: Child = command.spawn()?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| io::Error::other("the process has no identifier"))?;
        let (sender, exit) = oneshot::channel();
        waiting.insert(pid, sender);
        Ok(Started { pid, exit })
    }

    fn reap(&self) {
        let mut waiting = self.waiting();
        while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
            if let Some(sender) = waiting.remove(&pid) {
                let _ = sender.send(exit_status(status));
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Pid, oneshot::Sender<ExitStatus>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn exit_status(status: WaitStatus) -> ExitStatus {
    ExitStatus::from_raw(status.as_raw())
}
