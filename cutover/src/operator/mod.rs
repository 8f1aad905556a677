//! What operates runs: everything that command line and terminal interface can do about waves and runs, without either.
//!
//! A wave is built ([`plan_from_inventory`], [`plan_from_world`]), sealed ([`seal`]), approved ([`approve_seal`]), checked
//! ([`check_ready`]) and started ([`NewRun`]). A [`Run`] is read once and then follows its journal entry by entry
//! ([`Run::advance`]); its [`RunStatus`] says where it stands, and [`submit`] leaves an operator's command for its driver.
//!
//! Every failure is typed and says what the caller can do. What must never happen here: a text parsed to learn a state, a
//! file written, a terminal, the time taken from anywhere but an argument.

mod advice;
mod by_hand;
mod command;
mod conflict;
mod finalise;
mod ready;
mod remains;
mod run;
mod run_state;
mod seal;
mod since;
mod start;
mod status;
mod time;
mod waiting;
mod watched;
mod wave;

pub use advice::{Advice, BLANK, Program};
pub use command::{
    ApprovalEvidence, SubmitError, approve, has_come_to_its_end, makes_sense, shown, submit, submit_shown,
};
pub use conflict::ConflictStatus;
pub use finalise::{FinalChange, FinaliseEvidence};
pub use ready::{NotReady, Ready, check_ready};
pub use remains::{RemainsStatus, SoakStatus};
pub use run::{Run, RunReadError};
pub use run_state::{RunState, StepProgress};
pub use seal::{NewestSealError, Sealing, SealingError, approve_seal, newest_seal, on_top, reviewed_seal, seal};
pub use since::{DriverStatus, Said, Since, TurnsBack, Why, says_well};
pub use start::NewRun;
pub use status::{MeasuredStatus, OwnerState, RunStatus, ShareStatus, StepStatus, StepValue, status};
pub use time::time_text;
pub use waiting::WaitingFor;
pub use watched::{DriftStatus, WatchedStatus};
pub use wave::{
    ActiveController, ControllersError, DraftError, Inventory, InventoryPlanError, LivePlanError, active_controllers,
    draft_wave, plan_from_inventory, plan_from_world,
};
