//! The variables that Lambda gives to a process.

use crate::clock::now;
use crate::config::Function;

/// The variables for a process whose API is at `api`. What the pod itself sets stays, but for these.
pub(super) fn variables(function: &Function, api: &str, shared: u16, stream: &str) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("AWS_LAMBDA_RUNTIME_API", api.to_owned()),
        ("_HANDLER", function.handler.clone()),
        ("LAMBDA_TASK_ROOT", function.task_root.display().to_string()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", function.version.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", function.log_group()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", stream.to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_REGION", function.region.clone()),
        ("AWS_DEFAULT_REGION", function.region.clone()),
    ];
    if let Some(runtime) = &function.runtime {
        variables.push(("AWS_EXECUTION_ENV", format!("AWS_Lambda_{runtime}")));
    }
    if shared > 1 {
        variables.push(("AWS_LAMBDA_MAX_CONCURRENCY", shared.to_string()));
    }
    variables
}

/// Variables that Lambda sets and an image may set otherwise.
pub(super) const DEFAULTS: [(&str, &str); 2] = [("TZ", ":UTC"), ("LANG", "en_US.UTF-8")];

/// The name of a log stream, in Lambda's form.
pub(super) fn log_stream(function: &Function) -> String {
    format!("{}[{}]{:032x}", now().strftime("%Y/%m/%d/"), function.version, fastrand::u128(..))
}
