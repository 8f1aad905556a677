//! Lambda, by its SDK. <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>

use super::{send, text, unknown};
use crate::capture::Capture;
use crate::failed_call::FailedCall;
use crate::session::RegionClients;
use caravan_providers::Read;

/// The most that a list gives at once, of what belongs to one function too.
const PAGE: i32 = 50;

/// A call of this service.
#[derive(Clone, Copy)]
enum Operation {
    ListFunctions,
    GetFunction,
    ListAliases,
    ListEventSourceMappings,
    ListFunctionUrlConfigs,
    GetPolicy,
    ListFunctionEventInvokeConfigs,
    ListProvisionedConcurrencyConfigs,
    GetLayerVersionByArn,
}

/// The calls, by their names in the contract.
const OPERATIONS: &[(&str, Operation)] = &[
    ("lambda:ListFunctions", Operation::ListFunctions),
    ("lambda:GetFunction", Operation::GetFunction),
    ("lambda:ListAliases", Operation::ListAliases),
    ("lambda:ListEventSourceMappings", Operation::ListEventSourceMappings),
    ("lambda:ListFunctionUrlConfigs", Operation::ListFunctionUrlConfigs),
    ("lambda:GetPolicy", Operation::GetPolicy),
    ("lambda:ListFunctionEventInvokeConfigs", Operation::ListFunctionEventInvokeConfigs),
    ("lambda:ListProvisionedConcurrencyConfigs", Operation::ListProvisionedConcurrencyConfigs),
    ("lambda:GetLayerVersionByArn", Operation::GetLayerVersionByArn),
];

fn operation(api: &str) -> Option<Operation> {
    OPERATIONS.iter().find(|(name, _)| *name == api).map(|(_, operation)| *operation)
}

/// Whether there is such a call.
pub(super) fn knows(api: &str) -> bool {
    operation(api).is_some()
}

pub(super) async fn send(session: &RegionClients, read: &Read, capture: &Capture) -> Result<(), FailedCall> {
    let lambda = &session.lambda;
    let marker = read.token.clone();
    let function = text(read, "FunctionName");
    match operation(&read.api).ok_or_else(|| unknown(read))? {
        Operation::ListFunctions => send!(capture, lambda.list_functions().max_items(PAGE).set_marker(marker)),
        Operation::GetFunction => {
            send!(capture, lambda.get_function().set_function_name(function).set_qualifier(text(read, "Qualifier")))
        }
        Operation::ListAliases => {
            send!(capture, lambda.list_aliases().set_function_name(function).max_items(PAGE).set_marker(marker))
        }
        Operation::ListEventSourceMappings => {
            send!(capture, lambda.list_event_source_mappings().max_items(PAGE).set_marker(marker))
        }
        Operation::ListFunctionUrlConfigs => send!(
            capture,
            lambda.list_function_url_configs().set_function_name(function).max_items(PAGE).set_marker(marker)
        ),
        Operation::GetPolicy => {
            send!(capture, lambda.get_policy().set_function_name(function).set_qualifier(text(read, "Qualifier")))
        }
        Operation::ListFunctionEventInvokeConfigs => send!(
            capture,
            lambda.list_function_event_invoke_configs().set_function_name(function).max_items(PAGE).set_marker(marker)
        ),
        Operation::ListProvisionedConcurrencyConfigs => send!(
            capture,
            lambda
                .list_provisioned_concurrency_configs()
                .set_function_name(function)
                .max_items(PAGE)
                .set_marker(marker)
        ),
        Operation::GetLayerVersionByArn => {
            send!(capture, lambda.get_layer_version_by_arn().set_arn(text(read, "Arn")))
        }
    }
}
