//! What reads the reports of checks: validators over the schemas that their readers publish.

use crate::place::{part, source};
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::path::Path;
use std::process::Command;

/// What a file claims to be.
#[derive(Clone, Copy, Debug)]
pub enum Report<'a> {
    /// SARIF 2.1.0, by OASIS's schema.
    Sarif,
    /// JUnit's XML, by Jenkins's schema.
    Junit,
    /// A JSON Schema itself, by the meta-schema that it names.
    Schema,
    /// A document of the JSON Schema in this file, or a folder of such; YAML where the name says so.
    Document(&'a Path),
    /// A workflow of GitHub Actions.
    GithubWorkflow,
    /// A file of GitLab CI.
    GitlabCi,
}

/// What a reader finds wrong in a file; the empty text where it reads it. None, after saying that the test was not run, where the
/// readers are missing.
///
/// # Panics
///
/// When the readers are there and do not work, and under `CI=true` also when they are missing.
#[must_use]
pub fn unread(report: Report<'_>, file: &Path) -> Option<String> {
    demand(read(report, file))
}

fn read(report: Report<'_>, file: &Path) -> Result<String, ServerFailure> {
    const NAME: &str = "readers of reports";
    let python = part(NAME, "reports/python/bin/python")?;
    let folder = part(NAME, "reports")?;
    let kind = match report {
        Report::Sarif => "sarif".to_owned(),
        Report::Junit => "junit".to_owned(),
        Report::Schema => "schema".to_owned(),
        Report::Document(schema) => format!("json:{}", schema.display()),
        Report::GithubWorkflow => "github-workflow".to_owned(),
        Report::GitlabCi => "gitlab-ci".to_owned(),
    };
    let output = Command::new(python)
        .arg(source("reports/read.py"))
        .arg(folder)
        .arg(kind)
        .arg(file)
        .output()
        .map_err(|error| ServerFailure::broken(NAME, &error))?;
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !failed.trim().is_empty() || (!output.status.success() && said.trim().is_empty()) {
        return Err(ServerFailure::broken(NAME, &failed));
    }
    ran_against(NAME, "the published schemas, as tests/testbed pins them");
    Ok(said.trim().to_owned())
}
