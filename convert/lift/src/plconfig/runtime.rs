//! The runtimes of Lambda: the base that an image of a function is built on, and the client that runs its handler.

/// A runtime with a base that exists. The one table of them: names as in AWS' list of base images (Lambda developer guide,
/// "Lambda runtimes" and "Create a Lambda function using a container image"), by tag and never by digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Runtime {
    /// The runtime's identifier: `python3.12`.
    pub id: &'static str,
    /// The repository of its base below the platform's prefix, and the tag: `python:3.12`.
    pub image: &'static str,
    /// What calls the handler.
    pub client: RuntimeClient,
}

/// What speaks the runtime API and calls the handler.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RuntimeClient {
    /// `awslambdaric` of Python.
    Python,
    /// `aws-lambda-ric` of Node.
    Node,
    /// `aws-lambda-java-runtime-interface-client` of Java.
    Java,
    /// That of the base itself: no other one is tried here.
    Base,
    /// The function's own `bootstrap`.
    Bootstrap,
}

/// Versions of the clients that handlers were run by in the tests of the front.
impl RuntimeClient {
    /// Its package with the version, as its language's tool takes it; none where nothing is installed.
    #[must_use]
    pub const fn package(self) -> Option<&'static str> {
        match self {
            Self::Python => Some("awslambdaric==4.2.2"),
            Self::Node => Some("aws-lambda-ric@4.0.2"),
            Self::Java => Some("com.amazonaws:aws-lambda-java-runtime-interface-client:2.6.0"),
            Self::Base | Self::Bootstrap => None,
        }
    }
}

use RuntimeClient::{Base, Bootstrap, Java, Node, Python};

const RUNTIMES: &[Runtime] = &[
    of("python3.10", "python:3.10", Python),
    of("python3.11", "python:3.11", Python),
    of("python3.12", "python:3.12", Python),
    of("python3.13", "python:3.13", Python),
    of("python3.14", "python:3.14", Python),
    of("nodejs22.x", "nodejs:22", Node),
    of("nodejs24.x", "nodejs:24", Node),
    of("java8.al2", "java:8.al2", Java),
    of("java11", "java:11", Java),
    of("java17", "java:17", Java),
    of("java21", "java:21", Java),
    of("java25", "java:25", Java),
    of("dotnet8", "dotnet:8", Base),
    of("dotnet10", "dotnet:10", Base),
    of("ruby3.2", "ruby:3.2", Base),
    of("ruby3.3", "ruby:3.3", Base),
    of("ruby3.4", "ruby:3.4", Base),
    of("provided.al2", "provided:al2", Bootstrap),
    of("provided.al2023", "provided:al2023", Bootstrap),
];

const fn of(id: &'static str, image: &'static str, client: RuntimeClient) -> Runtime {
    Runtime { id, image, client }
}

impl Runtime {
    /// The runtime of that identifier, where its base exists.
    #[must_use]
    pub fn known(id: &str) -> Option<&'static Self> {
        RUNTIMES.iter().find(|runtime| runtime.id == id)
    }

    /// The nearest runtime with a base for one that is retired: the next newer one of its language. None for a language
    /// that nothing is known of.
    #[must_use]
    pub fn nearest(id: &str) -> Option<&'static Self> {
        if Self::known(id).is_some() {
            return Self::known(id);
        }
        if id == "go1.x" || id == "provided" {
            return Self::known("provided.al2");
        }
        let language = language(id);
        let newer = RUNTIMES.iter().filter(|runtime| self::language(runtime.id) == language);
        newer.min_by_key(|runtime| (version(runtime.id) < version(id), version(runtime.id)))
    }
}

/// `python` of `python3.12`; `dotnetcore3.1` is of `dotnet`.
fn language(id: &str) -> &str {
    let end = id.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(id.len());
    id[..end].strip_suffix("core").unwrap_or(&id[..end])
}

/// The numbers of its version.
fn version(id: &str) -> Vec<u32> {
    id.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_runtime_has_the_next_newer_base_of_its_language() {
        for (retired, nearest) in [
            ("nodejs12.x", "nodejs22.x"),
            ("nodejs20.x", "nodejs22.x"),
            ("nodejs", "nodejs22.x"),
            ("python2.7", "python3.10"),
            ("python3.7", "python3.10"),
            ("python3.12", "python3.12"),
            ("java8", "java8.al2"),
            ("dotnetcore3.1", "dotnet8"),
            ("dotnet6", "dotnet8"),
            ("ruby2.7", "ruby3.2"),
            ("go1.x", "provided.al2"),
            ("provided", "provided.al2"),
        ] {
            assert_eq!(Runtime::nearest(retired).map(|runtime| runtime.id), Some(nearest), "{retired}");
        }
        assert_eq!(Runtime::nearest("cobol1"), None);
    }
}
