//! Whose certificates the probes of a cutover trust.

use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::paths;
use camino::Utf8Path;
use caravan_providers_network::{Prober, Roots};

/// What makes the probes: it trusts the public roots, and those that `caravan.yaml` names.
///
/// # Errors
/// Those of [`read`].
pub(crate) fn prober(dir: &Utf8Path, config: &Config) -> Result<Prober, Failure> {
    let (prober, unread) = prober_as_can_be(dir, config);
    unread.map_or(Ok(prober), Err)
}

/// The public roots, and those that `caravan.yaml` names.
///
/// # Errors
/// Those of [`read`].
pub(crate) fn roots(dir: &Utf8Path, config: &Config) -> Result<Roots, Failure> {
    let (roots, unread) = roots_as_can_be(dir, config);
    unread.map_or(Ok(roots), Err)
}

/// What makes the probes with the roots that can be read, and what is wrong with the first of the others: what one of those would have to
/// vouch for can't be judged then.
pub(crate) fn prober_as_can_be(dir: &Utf8Path, config: &Config) -> (Prober, Option<Failure>) {
    let (roots, unread) = roots_as_can_be(dir, config);
    let prober = Prober::trusting(roots);
    match &unread {
        Some(failure) => (prober.lacking(&failure.error.to_string()), unread),
        None => (prober, None),
    }
}

fn roots_as_can_be(dir: &Utf8Path, config: &Config) -> (Roots, Option<Failure>) {
    let (mut roots, mut unread) = (Roots::public(), None);
    for (at, file) in config.probes.ca_files.iter().enumerate() {
        if let Err(failure) = read(dir, at, file, &mut roots) {
            unread.get_or_insert(failure);
        }
    }
    (roots, unread)
}

/// Reads number `at` of the `ca_files` into the roots, and gives how many are in it.
///
/// # Errors
/// A configuration failure that names both files, the key, and what to do, when it can't be read, holds no certificate or
/// one that is none.
pub(crate) fn read(dir: &Utf8Path, at: usize, file: &Utf8Path, roots: &mut Roots) -> Result<usize, Failure> {
    let file = paths::within(dir, file.as_str());
    let key = format!("{}: probes.ca_files[{at}]: {file}", Config::path(dir));
    let wrong = |failure: Failure| failure.context(format!("{key} can't be used"));
    let pem = bytes(&file).map_err(|error| {
        wrong(Failure::caused(FailureKind::Configuration, error))
            .hint("a path is relative to the folder of caravan.yaml; correct it, or take it out of the list")
    })?;
    roots.read_pem(&pem).map_err(|error| {
        wrong(Failure::caused(FailureKind::Configuration, error))
            .hint("export the root's certificate as PEM: `openssl x509 -in ROOT -inform der -out FILE`")
    })
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the files that the user names")]
fn bytes(file: &Utf8Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(file)
}
