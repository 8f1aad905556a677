//! Terraform with the real AWS provider, where a machine has them: no registry of packages brings either, so a machine
//! without them is no failure.

use crate::server_failure::{left_out, ran_against};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The folder in which `terraform providers mirror` has put `hashicorp/aws`.
const PLUGINS: &str = "CARAVAN_TERRAFORM_PLUGINS";

/// Terraform.
pub struct Terraform {
    version: String,
}

impl Terraform {
    /// The one on the path; nothing, after saying so, where there is none.
    #[must_use]
    pub fn found() -> Option<&'static Self> {
        static FOUND: OnceLock<Option<Terraform>> = OnceLock::new();
        let found = FOUND.get_or_init(|| {
            let output = Command::new("terraform").args(["version", "-json"]).env_remove("TF_CLI_CONFIG_FILE").output();
            let said: serde_json::Value = serde_json::from_slice(&output.ok()?.stdout).ok()?;
            let version = said.get("terraform_version")?.as_str()?.to_owned();
            ran_against("terraform", &version);
            Some(Self { version })
        });
        if found.is_none() {
            left_out("terraform", "it is not on the path, and no registry of packages brings it");
        }
        found.as_ref()
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether every file below a folder stands as `terraform fmt` would write it, and what it says if not.
    ///
    /// # Errors
    /// What it says of files that do not, or that it can't read.
    pub fn fmt(&self, folder: &Path) -> Result<(), String> {
        let output = Command::new("terraform")
            .args(["fmt", "-check", "-diff", "-recursive", "-no-color"])
            .current_dir(folder)
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .output();
        match output {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(said(&output)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The same with the AWS provider; nothing, after saying so, where the machine has none.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a variable says where this machine keeps the provider")]
    pub fn with_aws(&'static self) -> Option<AwsProvider> {
        let folder = std::env::var_os(PLUGINS).map(PathBuf::from).filter(|folder| folder.is_dir());
        let Some(plugins) = folder else {
            left_out("the AWS provider of terraform", &format!("{PLUGINS} names no folder that holds it"));
            return None;
        };
        let versions = plugins.join("registry.terraform.io/hashicorp/aws");
        let mut names: Vec<String> = std::fs::read_dir(&versions)
            .map(|found| found.flatten().map(|one| one.file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        names.retain(|name| name.starts_with(|digit: char| digit.is_ascii_digit()));
        names.sort();
        let Some(version) = names.pop() else {
            left_out("the AWS provider of terraform", &format!("{} holds none", versions.display()));
            return None;
        };
        ran_against("hashicorp/aws", &version);
        Some(AwsProvider { plugins, version })
    }
}

/// Terraform with the real AWS provider.
pub struct AwsProvider {
    plugins: PathBuf,
    version: String,
}

impl AwsProvider {
    /// The provider's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Runs Terraform in a root module, against whatever these variables name.
    ///
    /// # Errors
    /// What it says, when it ends with another code than 0, or, with `-detailed-exitcode`, 2.
    #[expect(clippy::disallowed_methods, reason = "Terraform reads where its plug-ins are from a file")]
    pub fn run(&self, module: &Path, variables: &[(&str, String)], arguments: &[&str]) -> Result<String, String> {
        let configuration = module.join(".terraformrc");
        let text = format!(
            "disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
            self.plugins
        );
        std::fs::write(&configuration, text).map_err(|error| error.to_string())?;
        let output = Command::new("terraform")
            .args(arguments)
            .arg("-no-color")
            .current_dir(module)
            .env("TF_CLI_CONFIG_FILE", &configuration)
            .env("TF_IN_AUTOMATION", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .output()
            .map_err(|error| error.to_string())?;
        match output.status.code() {
            Some(0 | 2) if arguments.contains(&"-detailed-exitcode") => Ok(said(&output)),
            Some(0) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            _ => Err(said(&output)),
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
