//! Systems Manager: which machines report to it, so that somebody may look inside them.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

/// Its calls.
pub(super) const CALLS: &[CallRow] =
    &[Source::Ec2.row("ssm:DescribeInstanceInformation", Start::Root("{}"), &[], machines)];

/// Machines of elsewhere report, too, and are recorded under the ids that Systems Manager gives them.
fn machines(request: &Request, body: &Value) -> Found {
    let all = list(body, "InstanceInformationList");
    recorded(request, Kind::ManagedInstance, all, |machine| text(machine, "InstanceId").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use crate::collect::testing::{found, request};
    use serde_json::json;

    #[test]
    fn each_machine_that_reports_is_recorded() {
        let body =
            json!({"InstanceInformationList": [{"InstanceId": "i-1", "PingStatus": "Online"}, {"InstanceId": "mi-2"}]});
        let read = found(&request("ssm:DescribeInstanceInformation", json!({})), body);
        let names: Vec<&str> = read.elements.iter().map(|element| element.name.as_str()).collect();
        assert_eq!((names, read.count), (vec!["i-1", "mi-2"], 2));
    }
}
