//! `caravan discover`: what runs, into the inventory.

mod accounts;
mod cloud;
mod files;
mod report;
mod watch;

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::permit::WritePermit;
use crate::printer::Printer;
use crate::{inventory_db, paths};
use camino::Utf8PathBuf;
use caravan_discover::{Redactor, Source, read_or_create_key};
use clap::Args;
use clap::builder::PossibleValuesParser;

/// Find what runs, in AWS, Cloudflare or files, and record it in inventory.db
///
/// Without --files it reads the accounts of caravan.yaml: AWS with the credentials that the AWS tools would use, Cloudflare
/// with the API token that `token_env` or `token_file` of the account leads to. Secrets
/// are replaced by fingerprints before anything is written; their key is inventory.key, which never leaves this machine.
/// What can't be read is recorded, too, and ends the command with 5; an account whose credentials are wrong, or another
/// account's, ends it with 4. Killed at any moment, it goes on with --resume.
#[derive(Args, Debug)]
pub(crate) struct DiscoverArgs {
    /// Read these files and folders instead of AWS: ECS task definitions and services in JSON, templates of CloudFormation,
    /// SAM and the serverless framework
    #[arg(long, value_name = "PATH", num_args = 1.., conflicts_with_all = ["only", "account", "region", "resume"])]
    files: Vec<Utf8PathBuf>,
    /// The value that a parameter of the templates, or an option such as `stage`, was deployed with; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = named_value, requires = "files")]
    template_parameter: Vec<(String, String)>,
    /// Only this source; may be repeated. `signals`, what CloudWatch counted of what was found before, costs money and is read only
    /// when it is named
    #[arg(long, value_name = "SOURCE", value_parser = PossibleValuesParser::new(Source::ALL.iter().map(|source| source.as_str())))]
    only: Vec<String>,
    /// Only this account of caravan.yaml; may be repeated
    #[arg(long, value_name = "ACCOUNT")]
    account: Vec<String>,
    /// Only this region; may be repeated
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Go on with the scan that was cut short, with what it was asked for
    #[arg(long, conflicts_with_all = ["only", "account", "region"])]
    resume: bool,
}

impl DiscoverArgs {
    /// Whether AWS is read, and not files.
    pub(crate) const fn reads_cloud(&self) -> bool {
        self.files.is_empty()
    }
}

/// Runs the command.
///
/// # Errors
/// When nothing could be recorded; what was recorded before stays.
pub(crate) fn run(global: &Global, printer: &Printer, args: &DiscoverArgs) -> Result<Exit, Failure> {
    let permit = WritePermit::ask(global, "writing inventory.db")?;
    if let Some(missing) = args.files.iter().find(|path| matches!(path.try_exists(), Ok(false))) {
        let text = format!("there is no file or folder {missing}: nothing was recorded");
        return Err(Failure::new(FailureKind::Usage, text).hint("look at the path after `--files`"));
    }
    let config = Config::load(&global.dir)?;
    let plan = if args.reads_cloud() { Some(accounts::plan(global, &config, args)?) } else { None };
    let mut store = inventory_db::open_for_writing(&global.dir, &permit)?;
    let redactor = redactor(global, &permit)?;
    let found = match plan {
        Some(plan) => cloud::scan(&mut store, &plan, &config, &redactor, printer)?,
        None => {
            let parameters = args.template_parameter.iter().cloned().collect();
            files::scan(&mut store, &args.files, &parameters, &config.ownership, &redactor, printer)?
        }
    };
    report::tell(&store, &found, printer)
}

/// `NAME=VALUE`; the value may be empty, and hold more signs.
fn named_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

/// The redactor with this directory's key, which is made when there is none.
pub(crate) fn redactor(global: &Global, _permit: &WritePermit) -> Result<Redactor, Failure> {
    let path = paths::within(&global.dir, paths::KEY);
    let key = read_or_create_key(&path).map_err(|error| Failure::caused(FailureKind::Work, error))?;
    Ok(Redactor::new(&key))
}
