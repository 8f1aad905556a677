//! Every environment variable that Caravan itself reads, and those that people know the libraries below it by.

macro_rules! variables {
    ($($(#[$doc:meta])* $name:ident: $about:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = stringify!($name);)*

        /// Each with what it is for, as the documentation has it.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$(($name, $about),)*];
    };
}

variables! {
    /// The directory of `caravan.yaml`, `inventory.db` and `decisions.yaml`, as `--dir` would give it.
    CARAVAN_DIR: "the folder of `caravan.yaml`, `inventory.db` and `decisions.yaml`, as `--dir` would give it";
    /// Set to anything but the empty text: no colour (<https://no-color.org>).
    NO_COLOR: "set to anything but the empty text: no colour";
    /// Set to anything but `0`: colour even when the output is no terminal (<https://bixense.com/clicolors/>).
    CLICOLOR_FORCE: "set to anything but `0`: colour even when the output is no terminal";
    /// `dumb`: a terminal without colour and without a cursor that moves.
    TERM: "`dumb`: a terminal without colour and without a cursor that moves";
    /// Set to anything but the empty text or `false`: a pipeline; progress is plain lines.
    CI: "set to anything but the empty text or `false`: a pipeline; progress is plain lines";
    /// GitHub Actions: the file that takes the summary of the step; `convert --check --format github` adds to it.
    GITHUB_STEP_SUMMARY: "GitHub Actions: the file that takes the summary of the step; `convert --check --format github` adds to it";
    /// GitHub Actions: the root of the repository, from which findings name their files.
    GITHUB_WORKSPACE: "GitHub Actions: the root of the repository, from which `convert --check` names files";
    /// The folder in which npm installed miniflare, for `convert --prove`.
    CARAVAN_MINIFLARE: "`convert --prove`: the folder in which npm installed miniflare, where it is neither this folder nor Node's own";
    /// The program workerd, for `convert --prove`.
    CARAVAN_WORKERD: "`convert --prove`: the program workerd, where it is neither on the PATH nor what miniflare brings";
    /// Where programs are found; `doctor` looks there for `git` and `terraform`, `convert --prove` for `node` and `workerd`.
    PATH: "where programs are found; `doctor` looks there for `git` and `terraform`, `convert --prove` for `node` and `workerd`";
    /// Who sits at the keyboard, when neither `--who` nor Git says it.
    USER: "who sits at the keyboard, when neither `--who` nor Git says it";
    /// The API token of Cloudflare's own tools; an account may name another variable in `token_env`.
    CLOUDFLARE_API_TOKEN: "the API token of Cloudflare accounts that name no `token_env` and no `token_file`";
    /// The region that AWS's own tools use; `init` proposes it.
    AWS_REGION: "the region that `init` proposes, as AWS's own tools use it";
    /// The older name of it.
    AWS_DEFAULT_REGION: "the same, where `AWS_REGION` is not set";
    /// The profile of AWS's own tools; `init` proposes it.
    AWS_PROFILE: "the profile that `init` proposes; the AWS SDK takes it for accounts that name no `profile`";
    /// Credentials of AWS's own tools; `init` asks AWS whose they are.
    AWS_ACCESS_KEY_ID: "set, as `AWS_PROFILE`: `init` asks AWS whose the credentials are; the AWS SDK takes them";
}

/// Variables that the libraries below read, by their own rules, with what they are for.
#[cfg(test)]
pub(crate) const OF_LIBRARIES: &[(&str, &str)] = &[
    ("AWS_SECRET_ACCESS_KEY", "AWS: credentials, with `AWS_ACCESS_KEY_ID`"),
    ("AWS_SESSION_TOKEN", "AWS: credentials for a time"),
    ("AWS_CONFIG_FILE", "AWS: another file than `~/.aws/config`"),
    ("AWS_SHARED_CREDENTIALS_FILE", "AWS: another file than `~/.aws/credentials`"),
    ("AWS_ENDPOINT_URL", "AWS: another address for every API; `endpoint` of an account goes first"),
    ("AWS_EC2_METADATA_DISABLED", "AWS: `true` keeps the SDK from asking an instance for its role"),
    ("KUBECONFIG", "Kubernetes: another file than `~/.kube/config`"),
    ("HTTPS_PROXY", "the proxy for requests; `NO_PROXY` names hosts that are asked without it"),
];

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
