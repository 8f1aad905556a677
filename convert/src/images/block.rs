//! Texts whose lines know where they come from: blocks, each with its rule and the places that decided it.

use crate::File;
use crate::provenance::{Origin, Place, Provenance, Rule, Trace};

/// Lines that have one origin. Each ends with a line feed.
pub(super) struct Block {
    text: String,
    rule: Rule,
    origins: Vec<Origin>,
}

/// Some lines with the rule that wrote them, and the places of the plconfig and the settings that it made them of.
pub(super) fn block(
    text: impl Into<String>,
    (name, says): (&'static str, &'static str),
    fields: &[&str],
    settings: &[&'static str],
) -> Block {
    let fields = fields.iter().map(|pointer| Origin::Plconfig { pointer: (*pointer).to_owned() });
    let settings = settings.iter().map(|name| Origin::Setting { name });
    let mut origins: Vec<Origin> = fields.chain(settings).collect();
    if origins.is_empty() {
        origins.push(Origin::Default);
    }
    Block { text: text.into(), rule: Rule { name, says }, origins }
}

/// The text alone.
pub(super) fn text(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.text.as_str()).collect()
}

/// The file that they are.
pub(super) fn file(blocks: Vec<Block>, trace: Trace) -> File {
    let bytes = text(&blocks).into_bytes();
    let mut provenance = Provenance::default();
    if trace == Trace::Lines {
        for Block { text, rule, origins } in blocks {
            let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
            provenance.push(lines, Place::default(), rule, origins);
        }
    }
    File { bytes, provenance }
}
