//! What became of what workloads share, in Terraform.

use caravan_convert::{LeftOut, SharedConverted, Unmanaged};
use caravan_convert_lift::Counts;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// More than this that share a reason are counted instead of named.
const SHARED: usize = 5;

/// What became of it.
#[derive(Default)]
pub(super) struct SharedOutcome {
    fields: Counts,
    adopted: u64,
    added: u64,
    left_out: Vec<LeftOut>,
    unmanaged: Vec<Unmanaged>,
}

/// What is shared, in Terraform.
#[derive(JsonSchema, Serialize)]
pub(super) struct SharedRow<'a> {
    /// How many resources of Terraform are taken over by an `import` block.
    adopted: u64,
    /// How many are added.
    added: u64,
    /// How the fields of what is shared ended.
    fields: Counts,
    /// What is not in Terraform.
    left_out: Vec<LeftOutRow<'a>>,
    /// Arguments that Terraform is told to leave as they are.
    unmanaged: Vec<UnmanagedRow<'a>>,
}

#[derive(JsonSchema, Serialize)]
struct LeftOutRow<'a> {
    id: &'a str,
    reason: &'a str,
}

#[derive(JsonSchema, Serialize)]
struct UnmanagedRow<'a> {
    argument: &'a str,
    reason: &'a str,
}

impl SharedOutcome {
    /// Takes it in; questions and conflicts stay.
    pub(super) fn of(converted: &mut SharedConverted) -> Self {
        Self {
            fields: converted.fields,
            adopted: converted.adopted,
            added: converted.added,
            left_out: std::mem::take(&mut converted.left_out),
            unmanaged: std::mem::take(&mut converted.unmanaged),
        }
    }

    /// Fields that no API model has.
    pub(super) const fn unaccounted(&self) -> u64 {
        self.fields.unknown
    }

    /// As JSON.
    pub(super) fn row(&self) -> SharedRow<'_> {
        let left_out = self.left_out.iter().map(|one| LeftOutRow { id: &one.id, reason: &one.reason });
        let unmanaged = self.unmanaged.iter().map(|one| UnmanagedRow { argument: &one.argument, reason: &one.reason });
        let Self { adopted, added, fields, .. } = *self;
        SharedRow { adopted, added, fields, left_out: left_out.collect(), unmanaged: unmanaged.collect() }
    }

    /// One line; none where nothing is shared.
    ///
    /// # Errors
    /// When it is not taken.
    pub(super) fn write(&self, stdout: &mut impl Write) -> io::Result<()> {
        let Self { adopted, added, left_out, unmanaged, .. } = self;
        if *adopted + *added == 0 && left_out.is_empty() {
            return Ok(());
        }
        writeln!(
            stdout,
            "terraform  {adopted} taken over, {added} added, {} left out; {} arguments stay as they are",
            left_out.len(),
            unmanaged.len()
        )
    }

    /// One line for each resource and its reason; where many share a reason and nobody asked for more, one for all of them.
    pub(super) fn left_out_lines(&self, verbose: bool) -> Vec<String> {
        let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &self.left_out {
            *by_reason.entry(&one.reason).or_default() += 1;
        }
        let is_shared = |reason: &str| !verbose && by_reason.get(reason).is_some_and(|count| *count > SHARED);
        let apart = self.left_out.iter().filter(|one| !is_shared(&one.reason));
        let together = by_reason.iter().filter(|(reason, _)| is_shared(reason));
        apart
            .map(|one| format!("{}: {}", one.id, one.reason))
            .chain(together.map(|(reason, count)| format!("{count} resources: {reason}")))
            .collect()
    }
}
