//! A notice for people.

use super::types::{Notice, NoticeKind};
use std::fmt::Write as _;

impl Notice {
    /// One line: what it is about, the run and its state.
    #[must_use]
    pub fn title(&self) -> String {
        let what = match self.kind {
            NoticeKind::Approval => "waits for you",
            NoticeKind::Hold => "holds",
            NoticeKind::Rollback => "rollback",
            NoticeKind::Failure => "FAILURE, a person is needed",
        };
        format!("[caravan] {}: {what} ({})", self.run, self.state)
    }

    /// Run, step, why, since, what is at risk, and each command on a line of its own.
    #[must_use]
    pub fn text(&self) -> String {
        let wave = if self.wave.is_empty() { String::new() } else { format!(" (wave {})", self.wave) };
        let mut text = format!("run: {}{wave}, {}\n", self.run, self.state);
        if let Some(step) = &self.step {
            let _ = writeln!(text, "step: {step}");
        }
        let _ = writeln!(text, "why: {}\nsince: {}", self.why, self.since);
        for share in &self.at_risk {
            let _ = writeln!(text, "at risk: {share}");
        }
        for (at, command) in self.next.iter().enumerate() {
            let _ = writeln!(text, "{}\n  {command}", if at == 0 { "next:" } else { "or:" });
        }
        let _ = write!(text, "notice {}", self.id);
        text
    }
}
