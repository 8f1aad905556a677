//! CloudWatch: alarms with what they watch and whom they tell.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

const ALARMS: &str = "cloudwatch:DescribeAlarms";

/// Its calls. Without the types the answer leaves out alarms of other alarms (CloudWatch API reference, DescribeAlarms).
pub(super) const CALLS: &[CallRow] =
    &[Source::Resources.row(ALARMS, Start::Root(r#"{"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}"#), &[], alarms)];

fn alarms(request: &Request, body: &Value) -> Found {
    let arn = |alarm: &Value| text(alarm, "AlarmArn").map(str::to_owned);
    let mut found = recorded(request, Kind::MetricAlarm, list(body, "MetricAlarms"), arn);
    let composite = recorded(request, Kind::CompositeAlarm, list(body, "CompositeAlarms"), arn);
    found.count += composite.count;
    found.elements.extend(composite.elements);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use serde_json::json;

    #[test]
    fn alarms_of_metrics_and_of_other_alarms_are_told_apart() {
        let body = json!({"MetricAlarms": [{"AlarmArn": "arn:m"}, {"AlarmName": "no ARN"}], "CompositeAlarms": [{"AlarmArn": "arn:c"}]});
        let got = found(&request(ALARMS, json!({})), body);
        let kinds: Vec<_> = got.elements.iter().map(|one| (one.kind, one.name.as_str())).collect();
        assert_eq!((kinds, got.count), (vec![(Kind::MetricAlarm, "arn:m"), (Kind::CompositeAlarm, "arn:c")], 2));
        assert_eq!(found(&request(ALARMS, json!({})), json!({})), Found::default());
    }
}
