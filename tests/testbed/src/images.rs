//! Contexts of images, built by buildah without a registry: on stand-ins that have the names of the real bases.
//!
//! A stand-in is a busybox with a package manager that only notes what it is asked for: what a package installs is not there, what a
//! Dockerfile copies, runs, writes and starts is.

use crate::run_dir::RunDir;
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const NAME: &str = "buildah";
/// Debian's package busybox-static.
const BUSYBOX: &str = "/bin/busybox";
/// What notes its arguments in `/installed` and succeeds.
const NOTES: &str = "#!/bin/sh\necho \"$(basename \"$0\") $*\" >> /installed\n";

/// A store of images of its own. What was built in it goes with it.
pub struct Images {
    folder: RunDir,
}

impl Images {
    /// An empty store; nothing, after saying so, where this machine has no buildah.
    ///
    /// # Panics
    ///
    /// When it is there and does not work, and under `CI=true` also when it is missing.
    #[must_use]
    pub fn new() -> Option<Self> {
        demand(Self::try_new())
    }

    fn try_new() -> Result<Self, ServerFailure> {
        let missing = |what: &str| ServerFailure::Missing { server: NAME, why: format!("{what}; ./check installs it") };
        let version = Command::new("buildah").arg("--version").output().map_err(|_| missing("there is no buildah"))?;
        if !Path::new(BUSYBOX).exists() {
            return Err(missing("there is no static busybox"));
        }
        let folder = RunDir::new(NAME)?;
        ran_against(NAME, String::from_utf8_lossy(&version.stdout).trim());
        Ok(Self { folder })
    }

    /// Makes a stand-in of this name: with a shell, these programs that only note what they are asked for, and these files.
    ///
    /// # Panics
    ///
    /// When it can't be made.
    #[expect(clippy::disallowed_methods, reason = "the test bench reads this machine's busybox")]
    pub fn stand_in(&self, name: &str, programs: &[&str], files: &[(&str, &[u8])]) {
        let context = self.path("stand-in");
        let mut lines =
            "FROM scratch\nCOPY root /\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n".to_owned();
        lines.push_str("RUN mkdir -p /tmp /root && chmod 1777 /tmp && echo root:x:0:0::/root:/bin/sh > /etc/passwd && echo root:x:0: > /etc/group\n");
        let busybox = std::fs::read(BUSYBOX).unwrap_or_default();
        let noted = programs.iter().map(|program| (format!("usr/bin/{program}"), NOTES.as_bytes()));
        let given = files.iter().map(|(path, bytes)| (path.trim_start_matches('/').to_owned(), *bytes));
        let all =
            [("bin/busybox".to_owned(), busybox.as_slice()), ("etc/hostname".to_owned(), b"stand-in\n".as_slice())];
        for (path, bytes) in all.into_iter().chain(noted).chain(given) {
            write(&context.join("root").join(path), bytes);
        }
        write(&context.join("Dockerfile"), lines.as_bytes());
        said(&self.build(&context, name));
        let _gone = std::fs::remove_dir_all(context);
    }

    /// Builds a context under a name, without asking a registry. What it says is given back, whether it went well or not.
    #[must_use]
    pub fn build(&self, context: &Path, name: &str) -> Output {
        self.buildah(&["bud", "--isolation", "chroot", "--pull-never", "--layers=false", "-t", name], &[context])
    }

    /// Runs a command in an image, as this user, with these variables. What it says is given back, whether it went well or not.
    #[must_use]
    pub fn run(&self, image: &str, user: &str, variables: &[(&str, &str)], command: &[&str]) -> Output {
        let made = said(&self.buildah(&["from", "--pull-never", image], &[]));
        let container = made.trim();
        let variables: Vec<String> = variables.iter().map(|(name, value)| format!("--env={name}={value}")).collect();
        let mut words = vec!["run", "--isolation", "chroot", "--user", user];
        words.extend(variables.iter().map(String::as_str));
        words.extend([container, "--"]);
        words.extend(command);
        let out = self.buildah(&words, &[]);
        said(&self.buildah(&["rm", container], &[]));
        out
    }

    /// Whether any file of any layer of any image of this store has these bytes in it.
    ///
    /// # Panics
    ///
    /// When the store can't be read.
    #[must_use]
    pub fn holds(&self, wanted: &str) -> bool {
        let found = Command::new("grep").args(["-rlF", "--", wanted]).arg(self.path("store")).output();
        found.is_ok_and(|found| !found.stdout.is_empty())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[expect(clippy::panic, reason = "a test whose buildah does not start has nothing to look at")]
    fn buildah(&self, words: &[&str], paths: &[&Path]) -> Output {
        let mut command = Command::new("buildah");
        command.env("STORAGE_DRIVER", "vfs").env("BUILDAH_FORMAT", "oci");
        command.arg("--root").arg(self.path("store")).arg("--runroot").arg(self.path("run")).args(words).args(paths);
        command.output().unwrap_or_else(|error| panic!("buildah: {error}"))
    }
}

/// The standard output of what went well.
///
/// # Panics
///
/// When it did not.
#[expect(clippy::panic, reason = "a test whose image is not there has nothing to look at")]
fn said(output: &Output) -> String {
    if !output.status.success() {
        panic!("buildah: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a stand-in lies on a disk, and a test that can't write it has nothing to look at"
)]
fn write(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    let written = std::fs::create_dir_all(path.parent().unwrap_or(path))
        .and_then(|()| std::fs::write(path, bytes))
        .and_then(|()| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)));
    if let Err(error) = written {
        panic!("{}: {error}", path.display());
    }
}
