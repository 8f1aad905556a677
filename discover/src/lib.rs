//! Finds what runs: collectors, redaction, the resumable scan, links with evidence, files.
