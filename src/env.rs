//! Every environment variable that Caravan itself reads.
//!
//! The libraries below it read more, by their own rules: the AWS SDK (`AWS_PROFILE`, `AWS_ACCESS_KEY_ID`,
//! `AWS_ENDPOINT_URL`, …) and the Kubernetes client (`KUBECONFIG`).

/// The directory of `caravan.yaml`, `inventory.db` and `decisions.yaml`, as `--dir` would give it.
pub(crate) const CARAVAN_DIR: &str = "CARAVAN_DIR";

/// Set to anything but the empty text: no colour (<https://no-color.org>).
pub(crate) const NO_COLOR: &str = "NO_COLOR";

/// Set to anything but `0`: colour even when the output is no terminal (<https://bixense.com/clicolors/>).
pub(crate) const CLICOLOR_FORCE: &str = "CLICOLOR_FORCE";

/// `dumb`: a terminal without colour and without a cursor that moves.
pub(crate) const TERM: &str = "TERM";

/// Set to anything but the empty text or `false`: a pipeline; progress is plain lines.
pub(crate) const CI: &str = "CI";

/// Where programs are found; `doctor` looks there for `git` and `terraform`.
pub(crate) const PATH: &str = "PATH";

/// Who sits at the keyboard, when neither `--who` nor Git says it.
pub(crate) const USER: &str = "USER";

/// The API token of Cloudflare's own tools; an account may name another variable in `token_env`.
pub(crate) const CLOUDFLARE_API_TOKEN: &str = "CLOUDFLARE_API_TOKEN";

/// Whether a text can be the name of a variable: an address in its place would be none.
pub(crate) fn is_name(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The value of a variable; none when it is not set or not UTF-8.
#[expect(clippy::disallowed_methods, reason = "this module is where the environment is read")]
pub(crate) fn get(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether a variable is set to anything but the empty text.
pub(crate) fn is_set(name: &str) -> bool {
    get(name).is_some_and(|value| !value.is_empty())
}
