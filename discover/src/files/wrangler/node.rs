//! Parts of Node that workerd has of its own. Where it has one not yet, a build brings a stand-in along (unenv), and the text alone has none.

/// Names that a build takes without `node:` in front of them (Node.js, `module.builtinModules`), and the day from whose behaviour on
/// workerd 1.20260426.1 has them under `nodejs_compat`: tried with each, at days around those of its flags.
#[rustfmt::skip]
const PARTS: [(&str, &str); 44] = [
    ("assert", ""), ("async_hooks", ""), ("buffer", ""), ("child_process", "2026-04-01"), ("cluster", "2026-04-01"), ("console", "2025-10-01"),
    ("constants", ""), ("crypto", ""), ("dgram", "2026-04-01"), ("diagnostics_channel", ""), ("dns", ""), ("domain", "2026-04-01"),
    ("events", ""), ("fs", "2025-10-01"), ("http", "2025-10-01"), ("http2", "2025-10-01"), ("https", "2025-10-01"), ("inspector", "2026-04-01"),
    ("module", ""), ("net", ""), ("os", "2025-10-01"), ("path", ""), ("perf_hooks", "2026-04-01"), ("process", ""), ("punycode", "2026-04-01"),
    ("querystring", ""), ("readline", "2026-04-01"), ("repl", "2026-04-01"), ("sqlite", "2026-04-01"), ("stream", ""), ("string_decoder", ""),
    ("sys", "2024-10-01"), ("test", ""), ("timers", ""), ("tls", ""), ("trace_events", "2026-04-01"), ("tty", "2026-04-01"), ("url", ""),
    ("util", ""), ("v8", "2026-04-01"), ("vm", "2025-10-01"), ("wasi", "2026-04-01"), ("worker_threads", "2026-04-01"), ("zlib", ""),
];

/// What an import is to Node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// None of it.
    None,
    /// workerd has it.
    There,
    /// Only a build brings it.
    Built,
}

/// What an import is, for a script of a day.
pub(super) fn part(specifier: &str, date: &str) -> Part {
    let (said, bare) = match specifier.strip_prefix("node:") {
        Some(bare) => (true, bare),
        None => (false, specifier),
    };
    let first = bare.split('/').next().unwrap_or_default();
    match PARTS.iter().find(|(name, _)| *name == first) {
        Some((_, since)) if date < *since => Part::Built,
        Some(_) => Part::There,
        None if said => Part::Built,
        None => Part::None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, part};

    #[test]
    fn what_workerd_has_of_node_hangs_on_the_day() {
        for (specifier, date, want) in [
            ("crypto", "2023-06-01", Part::There),
            ("node:stream/promises", "2024-10-01", Part::There),
            ("node:fs", "2025-06-01", Part::Built),
            ("node:fs/promises", "2025-10-01", Part::There),
            ("child_process", "2025-10-01", Part::Built),
            ("node:nothing", "2026-04-01", Part::Built),
            ("hono", "2026-04-01", Part::None),
            ("cryptography", "2026-04-01", Part::None),
        ] {
            assert_eq!(part(specifier, date), want, "{specifier} {date}");
        }
    }
}
