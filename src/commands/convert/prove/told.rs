//! What the proofs have shown, as text, as JSON, and as findings of a check.

use caravan_convert_proof::wire::Versions;
use caravan_convert_proof::{Proven, Standing, Unproven};
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, Write};

use crate::printer::printable;

/// As many differences of one Worker as people are shown; JSON has more.
const SHOWN: usize = 3;

/// What was shown of all Workers.
#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct Told {
    /// What ran.
    pub(super) versions: Versions,
    /// Those that were asked beside their originals.
    pub(super) proven: Vec<Proven>,
    /// Those of which nothing is shown, with the reason.
    pub(super) unproven: Vec<Unproven>,
}

impl Told {
    pub(super) fn new(versions: Versions) -> Self {
        Self { versions, proven: Vec::new(), unproven: Vec::new() }
    }

    /// Whether one does not answer as its original.
    pub(in crate::commands::convert) fn differs(&self) -> bool {
        self.proven.iter().any(|one| one.standing == Standing::Differs)
    }

    /// Whether nothing is shown of one.
    pub(in crate::commands::convert) fn lacks(&self) -> bool {
        !self.unproven.is_empty()
    }

    /// What keeps a check from being green: workload, rule, and text of each.
    pub(in crate::commands::convert) fn findings(&self) -> impl Iterator<Item = (&str, &'static str, String)> {
        let differ = self.proven.iter().filter(|one| one.standing == Standing::Differs).map(|one| {
            let first = one.differences.first();
            let first =
                first.map(|one| format!(": {}: {}: `{}` is `{}`", one.request, one.what, one.original, one.converted));
            let text = format!("{} of its answers differ from its original's{}", one.differ, first.unwrap_or_default());
            (one.source.as_str(), "proof/differs", text)
        });
        let lack = self
            .unproven
            .iter()
            .map(|one| (one.source.as_str(), "proof/unproven", format!("nothing is shown of it: {}", one.reason)));
        differ.chain(lack)
    }

    /// Says it, for people.
    ///
    /// # Errors
    /// When it is not taken.
    pub(in crate::commands::convert) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let same = self.proven.iter().filter(|one| one.standing == Standing::Same).count();
        let requests: usize = self.proven.iter().map(|one| one.asked).sum();
        writeln!(
            out,
            "proof      {same} Workers answer as their originals, {} do not, {} not shown; {requests} requests",
            self.proven.len() - same,
            self.unproven.len()
        )?;
        let Versions { node, miniflare, workerd } = &self.versions;
        writeln!(out, "           node {node}, miniflare {miniflare}, {workerd}")?;
        for one in &self.proven {
            let mut notes = vec![format!("{} requests", one.asked)];
            let more = [
                (one.recorded, "recorded"),
                (one.runs, "runs by the clock"),
                (one.outside, "on paths of others"),
                (one.threw, "threw"),
                (one.by_shape, "compared by shape"),
                (one.unsaid, "not told by the model"),
                (one.left_out, "left out"),
            ];
            notes.extend(more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
            let standing = match one.standing {
                Standing::Same => "same".to_owned(),
                Standing::Differs => format!("{} DIFFER", one.differ),
            };
            writeln!(out, "  {}: {standing} ({}; {})", printable(&one.source), one.by, notes.join(", "))?;
            for difference in one.differences.iter().take(SHOWN) {
                writeln!(out, "    {}", printable(&difference.request))?;
                writeln!(out, "      {}: original  {}", difference.what, printable(&difference.original))?;
                writeln!(
                    out,
                    "      {}  converted {}",
                    " ".repeat(difference.what.len()),
                    printable(&difference.converted)
                )?;
            }
            if one.differ > SHOWN {
                writeln!(out, "    and {} more; `--format json` has them", one.differ - SHOWN)?;
            }
        }
        for one in &self.unproven {
            writeln!(out, "  {}: not shown: {}", printable(&one.source), printable(&one.reason))?;
        }
        Ok(())
    }
}
