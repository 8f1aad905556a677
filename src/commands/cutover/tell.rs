//! Telling people of what runs do, while they are driven.

use super::live::{self, pasted};
use crate::config::Config;
use crate::error::Failure;
use crate::global::{Global, quoted};
use crate::journal_db::{self, Journal};
use crate::notifications;
use crate::printer::Printer;
use caravan_cutover::notice::{Away, Courier};
use caravan_cutover::operator::{Advice, Run, time_text};
use caravan_cutover::{SystemClock, WaitingNotices};
use std::path::absolute;
use std::sync::Arc;

/// Whom `caravan.yaml` names, for the time that the journal is away. Whoever can't be told is named once the journal is there.
pub(super) fn away(global: &Global, config: &Config) -> Arc<Away> {
    let file = Config::path(&global.dir);
    let all = config.notifications.iter().enumerate();
    Arc::new(Away::new(all.filter_map(|(at, settings)| notifications::receiver(&file, at, settings).ok()).collect()))
}

/// Commands as whoever is told pastes them elsewhere.
pub(super) fn pasted_elsewhere(global: &Global, advice: &Advice) -> String {
    let dir = absolute(&global.dir).map_or_else(|_| global.dir.to_string(), |dir| dir.display().to_string());
    pasted(advice, dir.as_str().into(), &format!("--dir {} ", quoted(&dir)))
}

/// The courier of the configured receivers; none where nobody is to be told.
#[derive(Clone)]
pub(super) struct Notices {
    courier: Option<Arc<Courier<Journal, SystemClock>>>,
    quiet: bool,
    /// Why somebody can't be told whom `caravan.yaml` names.
    untold: Option<String>,
}

impl Notices {
    /// Those whom `caravan.yaml` names. Where something goes back, or users on a new side are to be watched, nobody's address stands in the
    /// way: whoever can't be told is named, and no run may go forward ([`Notices::untold`]).
    ///
    /// # Errors
    /// A configuration failure when an address is missing or can't be used and nothing is to be taken back or watched, and those of the
    /// journal.
    pub(super) async fn new(
        global: &Global,
        config: &Config,
        journal: &Journal,
        printer: &Printer,
        goes_back: bool,
    ) -> Result<Self, Failure> {
        let (file, quiet) = (Config::path(&global.dir), printer.is_quiet());
        let (mut receivers, mut untold) = (Vec::new(), None);
        for (at, settings) in config.notifications.iter().enumerate() {
            match notifications::receiver(&file, at, settings) {
                Ok(receiver) => receivers.push(receiver),
                Err(failure) if goes_back => {
                    printer.warning(&format!(
                        "not told of the way back: {}; no run goes forward by this driver",
                        failure.error
                    ));
                    untold.get_or_insert(failure.error.to_string());
                }
                Err(failure) => return Err(failure),
            }
        }
        if receivers.is_empty() {
            return Ok(Self { courier: None, quiet, untold });
        }
        let global = global.clone();
        let command = move |advice: &Advice| pasted_elsewhere(&global, advice);
        let courier = Courier::new(journal.clone(), SystemClock, receivers, command).await?;
        Ok(Self { courier: Some(Arc::new(courier)), quiet, untold })
    }

    /// Why nobody may be moved on: somebody would not be told of it whom `caravan.yaml` names. None where all can be.
    pub(super) fn untold(&self) -> Option<String> {
        let why = self.untold.as_ref()?;
        Some(format!(
            "somebody would not be told: {why}; set it where `caravan cutover run` is started, start that anew, then `retry`"
        ))
    }

    /// Makes and carries notices for ever.
    pub(super) async fn carry(&self) {
        match &self.courier {
            Some(courier) => Arc::clone(courier).carry(self.teller()).await,
            None => std::future::pending().await,
        }
    }

    /// Waits, beside whoever carries, until all that has come was delivered, at the longest so many milliseconds, and says what
    /// is left. Without a courier there is nothing to wait for.
    pub(super) async fn finish(&self, printer: &Printer, longest_ms: u64) {
        let Some(courier) = &self.courier else { return };
        match courier.until_delivered(longest_ms).await {
            Ok(waiting) => {
                for WaitingNotices { receiver, count, refused, .. } in waiting {
                    let why = refused.map(|why| format!(" ({why})")).unwrap_or_default();
                    printer.warning(&format!(
                        "{count} {} not reached {receiver}{why}; the next `caravan cutover run` sends what is left",
                        if count == 1 { "notice has" } else { "notices have" },
                    ));
                }
            }
            Err(error) => printer.warning(&format!(
                "nobody knows whether all notices were delivered ({error}); the next `caravan cutover run` sends what is left"
            )),
        }
    }

    /// Tells of a run that can't be driven. Where the journal is away, too, it is told of with the next reason.
    pub(super) async fn not_driven(&self, run: &str, why: &str) {
        if let Some(courier) = &self.courier {
            let _away = courier.not_driven(run, why).await;
        }
    }

    /// Tells of users on a new side whom nobody watches any more. Where the journal is away, standard error says it alone.
    pub(super) async fn unwatched(&self, run: &Run) {
        if let Some(courier) = &self.courier {
            let _away = courier.unwatched(run).await;
        }
    }

    fn teller(&self) -> impl Fn(&str, Result<(), &str>) + Clone + Send + Sync + 'static {
        let quiet = self.quiet;
        move |receiver, taken| {
            let at = time_text(journal_db::now());
            match taken {
                _ if quiet => {}
                Ok(()) => live::say(&format!("{at} notices reach {receiver} again")),
                Err(why) => live::say(&format!("{at} notices don't reach {receiver} for now: {why}")),
            }
        }
    }
}
