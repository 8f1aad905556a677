//! Each account proves its identity before its first unit (D3).

use super::{RefusedAccount, Run, ScanError, ScanEvent};
use caravan_inventory::{ProviderAccount, UnitId, UnitState};
use caravan_providers::{IdentityError, Prover, ReadErrorKind};
use std::collections::BTreeSet;
use tokio::task::JoinSet;

impl Run<'_> {
    /// Lets every account that has reads left prove its identity. One that does not is not read: its units say why.
    pub(super) async fn prove_accounts<R: Prover + Clone + 'static>(&mut self, reader: &R) -> Result<(), ScanError> {
        let units = self.store.units(&self.scan)?;
        let open = units.into_iter().filter(|unit| unit.state == UnitState::Partial);
        let scopes = open.filter_map(|unit| unit.scope());
        let accounts: BTreeSet<ProviderAccount> = scopes.map(|scope| scope.provider_account()).collect();
        let mut proofs = JoinSet::new();
        for account in accounts {
            let reader = reader.clone();
            proofs.spawn(async move {
                let proof = reader.prove(&account).await;
                (account, proof)
            });
        }
        let mut failed = Vec::new();
        while let Some(proved) = proofs.join_next().await {
            match proved? {
                (account, Ok(())) => self.context.progress.tell(ScanEvent::Account { account, refused: None }),
                (account, Err(error)) => failed.push((account, error)),
            }
        }
        // In a fixed order, so that equal runs give equal reports.
        failed.sort_by(|(one, _), (other, _)| one.cmp(other));
        failed.into_iter().try_for_each(|(account, error)| self.refuse(account, error))
    }

    /// Reads no more of an account whose credentials ended on the way.
    pub(super) fn stop(&mut self, account: &ProviderAccount, reason: &str) -> Result<(), ScanError> {
        let already = self.refused.iter().any(|refused| refused.account == *account);
        let units = self.queue.stop(account);
        self.set_all(&units, UnitState::Denied, reason)?;
        if !already {
            self.refused.push(RefusedAccount { account: account.clone(), reason: reason.to_owned() });
            self.context
                .progress
                .tell(ScanEvent::Account { account: account.clone(), refused: Some(reason.to_owned()) });
        }
        Ok(())
    }

    fn refuse(&mut self, account: ProviderAccount, error: IdentityError) -> Result<(), ScanError> {
        let (state, is_refusal) = match &error {
            IdentityError::OtherAccount { .. } => (UnitState::Failed, true),
            IdentityError::Unproven(read) => match read.kind {
                ReadErrorKind::Credentials | ReadErrorKind::Denied => (UnitState::Denied, true),
                ReadErrorKind::Throttled => (UnitState::Throttled, false),
                _ => (UnitState::Failed, false),
            },
        };
        let reason = match &error {
            IdentityError::OtherAccount { .. } => error.to_string(),
            IdentityError::Unproven(read) => format!("{error}: {read}"),
        };
        let _dropped = self.queue.stop(&account);
        let open =
            self.store.units(&self.scan)?.into_iter().filter(|unit| {
                unit.state == UnitState::Partial && unit.scope().is_some_and(|scope| account.holds(&scope))
            });
        let units: Vec<UnitId> = open.map(|unit| unit.id).collect();
        self.set_all(&units, state, &reason)?;
        self.context.progress.tell(ScanEvent::Account { account: account.clone(), refused: Some(reason.clone()) });
        if is_refusal {
            self.refused.push(RefusedAccount { account, reason });
        }
        Ok(())
    }

    fn set_all(&mut self, units: &[UnitId], state: UnitState, reason: &str) -> Result<(), ScanError> {
        for unit in units {
            self.store.set_unit_state(&self.scan, unit, state, Some(reason))?;
        }
        Ok(())
    }
}
