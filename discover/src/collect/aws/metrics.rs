//! CloudWatch: what the values of metrics come to. What is asked for follows from what the scan found, so these calls come
//! last.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Collected, Element, Found, list, text};
use crate::request::Request;
use caravan_inventory::{Metric, ObservationKind as Kind, Scope, Statistic, Window};
use caravan_providers::Read;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The call.
pub(crate) const METRIC_DATA: &str = "cloudwatch:GetMetricData";

/// The metrics that one call takes (CloudWatch API reference, GetMetricData).
const QUERIES: usize = 500;

/// The values that one answer holds (ibid., `MaxDatapoints`). A call asks for no more, so that it is one answer.
const VALUES: usize = 100_800;

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[Source::Signals.last(METRIC_DATA, Start::Last("MetricDataResults"), collect)];

/// The reads that ask for these metrics, up to the last midnight (UTC) before this time: the fewest that the API allows.
pub(crate) fn reads(scope: &Scope, metrics: impl IntoIterator<Item = Metric>, now: Timestamp) -> Vec<Request> {
    let mut windows: BTreeMap<Window, BTreeMap<String, Metric>> = BTreeMap::new();
    for metric in metrics {
        windows.entry(metric.window).or_default().insert(metric.id(), metric);
    }
    let mut found = Vec::new();
    for (window, metrics) in windows {
        let Some((from, to)) = bounds(window, now) else { continue };
        let metrics: Vec<Metric> = metrics.into_values().collect();
        found.extend(metrics.chunks(at_once(window)).map(|chunk| {
            let queries: Vec<Value> = chunk.iter().zip(0..).map(|(metric, at)| query(metric, at)).collect();
            let input = json!({"StartTime": from.to_string(), "EndTime": to.to_string(), "ScanBy": "TimestampAscending",
                "MetricDataQueries": queries});
            Request::of(Read { scope: scope.clone(), api: METRIC_DATA.to_owned(), input, token: None })
        }));
    }
    found
}

const fn at_once(window: Window) -> usize {
    let fitting = VALUES / window.periods() as usize;
    if fitting < QUERIES { fitting } else { QUERIES }
}

/// Whole days, so that two scans of one day ask for the same.
fn bounds(window: Window, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let to = now.to_zoned(TimeZone::UTC).start_of_day().ok()?.timestamp();
    let from = to.checked_sub((i64::from(window.days()) * 24).hours()).ok()?;
    Some((from, to))
}

fn query(metric: &Metric, at: usize) -> Value {
    let Metric { namespace, name, dimensions, statistic, window } = metric;
    let dimensions: Vec<Value> = dimensions.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
    let of = json!({"Namespace": namespace, "MetricName": name, "Dimensions": dimensions});
    json!({"Id": format!("m{at}"), "MetricStat": {"Metric": of, "Period": window.period(), "Stat": statistic.as_str()}})
}

/// One element for each metric that was answered whole; the others are said, so that the unit is not called complete.
fn collect(batch: &[Request], body: &Value) -> Vec<Collected> {
    batch.iter().map(|request| answered(request, body)).collect()
}

fn answered(request: &Request, body: &Value) -> Collected {
    let input = &request.read.input;
    let (mut found, mut lacking) = (Found::default(), Vec::new());
    for query in list(input, "MetricDataQueries") {
        let results = list(body, "MetricDataResults").iter().filter(|result| result.get("Id") == query.get("Id"));
        let stat = &query["MetricStat"];
        match values(&results.collect::<Vec<_>>()).and_then(|values| Summary::of(stat, input, &values)) {
            Ok(summary) => {
                found.count += 1;
                let body = summary.body(stat, input);
                found.elements.push(Element::new(Kind::Metric, &name(stat), request, &body));
            }
            Err(why) => lacking.push(format!("{}: {why}", name(stat))),
        }
    }
    match lacking.first() {
        None => Collected::Found(found),
        Some(first) => {
            let count = lacking.len();
            let asked = list(input, "MetricDataQueries").len();
            Collected::Partly(found, format!("{count} of {asked} metrics were not answered, {first}"))
        }
    }
}

/// The name that [`Metric::id`] gives.
fn name(stat: &Value) -> String {
    let metric = &stat["Metric"];
    let of: Vec<String> = list(metric, "Dimensions")
        .iter()
        .map(|one| format!("{}={}", text(one, "Name").unwrap_or_default(), text(one, "Value").unwrap_or_default()))
        .collect();
    let told = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let [space, name] = ["Namespace", "MetricName"].map(|field| text(metric, field).unwrap_or_default());
    format!("{space}/{name}/{}/{}/{}", of.join(","), told(&stat["Stat"]), told(&stat["Period"]))
}

/// The values of one metric by their times, from as many results as hold a part of them.
fn values(results: &[&Value]) -> Result<BTreeMap<Timestamp, f64>, String> {
    let last = results.last().ok_or("the answer doesn't mention it")?;
    // An answer that goes on says so, and its last part says how it ended.
    match text(last, "StatusCode") {
        Some("Complete") | None => {}
        Some(status) => {
            let said = list(last, "Messages").first().and_then(|message| text(message, "Value"));
            return Err(said.map_or_else(|| status.to_owned(), |said| format!("{status}, {said}")));
        }
    }
    let mut found = BTreeMap::new();
    for result in results {
        let (times, numbers) = (list(result, "Timestamps"), list(result, "Values"));
        if times.len() != numbers.len() {
            return Err(format!("{} times for {} values", times.len(), numbers.len()));
        }
        for (time, number) in times.iter().zip(numbers) {
            let time = time.as_str().and_then(|time| time.parse::<Timestamp>().ok()).ok_or("a time that is none")?;
            found.insert(time, number_of(number).ok_or("a value that is no number")?);
        }
    }
    Ok(found)
}

/// A number, as XML or JSON writes it. None of these metrics is ever below zero.
fn number_of(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// What the values of a window come to.
struct Summary {
    /// How many periods had a value.
    values: usize,
    sorted: Vec<f64>,
    sum: Option<f64>,
    /// When the last period began in which there was any.
    last: Option<Timestamp>,
}

impl Summary {
    /// What is counted is summed up, and a period without a value, once there was one, counted nothing; what is measured is
    /// known of its periods alone.
    fn of(stat: &Value, input: &Value, values: &BTreeMap<Timestamp, f64>) -> Result<Self, String> {
        let time = |field: &str| text(input, field).and_then(|time| time.parse::<Timestamp>().ok());
        let (Some(from), Some(to), Some(period)) = (time("StartTime"), time("EndTime"), stat["Period"].as_i64()) else {
            return Err("the read is of another version of caravan".to_owned());
        };
        if let Some(outside) = values.keys().find(|at| **at < from || **at >= to) {
            return Err(format!("a value of {outside}, which was not asked for"));
        }
        let counts = stat["Stat"] == Statistic::Sum.as_str();
        let mut sorted: Vec<f64> = values.values().copied().collect();
        if let (true, Some(first)) = (counts, values.keys().next()) {
            let since = (to.as_second() - first.as_second()).max(0) / period.max(1);
            sorted.resize(sorted.len().max(usize::try_from(since).unwrap_or_default()), 0.0);
        }
        sorted.sort_by(f64::total_cmp);
        let last = values.iter().rev().find(|(_, value)| **value > 0.0).map(|(at, _)| *at);
        Ok(Self { values: values.len(), sum: counts.then(|| values.values().sum()), sorted, last })
    }

    /// The value that this part of all periods stays at or below (nearest rank).
    fn quantile(&self, percent: usize) -> Option<f64> {
        let rank = (self.sorted.len() * percent).div_ceil(100).max(1);
        self.sorted.get(rank - 1).copied()
    }

    fn body(&self, stat: &Value, input: &Value) -> Value {
        let metric = &stat["Metric"];
        let mut body = Map::new();
        let mut put = |field: &str, value: Value| drop(body.insert(field.to_owned(), value));
        ["Namespace", "MetricName", "Dimensions"].into_iter().for_each(|field| put(field, metric[field].clone()));
        put("Stat", stat["Stat"].clone());
        put("Period", stat["Period"].clone());
        put("From", input["StartTime"].clone());
        put("To", input["EndTime"].clone());
        put("Values", Value::from(self.values));
        // What has no value is unknown, and not zero: only a sum of nothing is nothing.
        for (field, percent) in [("P50", 50), ("P95", 95), ("P99", 99), ("Max", 100)] {
            if let Some(value) = self.quantile(percent) {
                put(field, Value::from(value));
            }
        }
        if let Some(sum) = self.sum {
            put("Sum", Value::from(sum));
        }
        if let Some(last) = self.last {
            put("Last", Value::from(last.to_string()));
        }
        Value::Object(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::{AccountId, Provider, Region};

    fn scope() -> Scope {
        Scope::new(Provider::Aws, AccountId::new("123456789012"), Region::new("eu-central-1"))
    }

    fn metric(function: &str, statistic: Statistic, window: Window) -> Metric {
        let dimensions = vec![("FunctionName", function.to_owned())];
        Metric { namespace: "AWS/Lambda", name: "Invocations", dimensions, statistic, window }
    }

    fn now() -> Timestamp {
        "2026-11-29T07:10:00Z".parse().unwrap()
    }

    fn one(statistic: Statistic, window: Window, result: Value) -> Collected {
        let request = &reads(&scope(), [metric("f", statistic, window)], now())[0];
        answered(request, &json!({"MetricDataResults": result}))
    }

    fn body(answer: Collected) -> Value {
        match answer {
            Collected::Found(found) => found.elements[0].body.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn calls_are_as_few_as_the_api_allows_and_none_asks_for_more_values_than_an_answer_holds() {
        let of = |window: Window, count: usize| {
            let metrics = (0..count).map(|n| metric(&format!("f{n:04}"), Statistic::Sum, window));
            reads(&scope(), metrics, now())
                .iter()
                .map(|one| list(&one.read.input, "MetricDataQueries").len())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(Window::Use, 1_200), [500, 500, 200]);
        assert_eq!(of(Window::Load, 60), [25, 25, 10]);
        assert!(of(Window::Load, 0).is_empty());
        assert_eq!(25 * Window::Load.periods() as usize, VALUES);
        let twice = [metric("f", Statistic::Sum, Window::Use), metric("f", Statistic::Sum, Window::Use)];
        let request = &reads(&scope(), twice, now())[0];
        assert_eq!(list(&request.read.input, "MetricDataQueries").len(), 1);
        assert_eq!(request.read.input["EndTime"], "2026-11-29T00:00:00Z");
        assert_eq!(request.read.input["StartTime"], "2026-08-31T00:00:00Z");
        let stat = &request.read.input["MetricDataQueries"][0]["MetricStat"];
        assert_eq!(name(stat), metric("f", Statistic::Sum, Window::Use).id(), "both name it alike");
    }

    #[test]
    fn what_is_counted_was_zero_where_nothing_stands_and_what_is_measured_was_not_measured() {
        let results = json!([{"Id": "m0", "StatusCode": "Complete",
            "Timestamps": ["2026-11-28T23:00:00Z", "2026-11-28T23:30:00Z"], "Values": ["3.0", "7"]}]);
        let counted = body(one(Statistic::Sum, Window::Load, results.clone()));
        assert_eq!((&counted["Values"], &counted["Sum"], &counted["Max"]), (&json!(2), &json!(10.0), &json!(7.0)));
        assert_eq!(
            (&counted["P50"], &counted["P95"]),
            (&json!(0.0), &json!(7.0)),
            "of the twelve periods since the first"
        );
        assert_eq!(counted["Last"], "2026-11-28T23:30:00Z");
        let measured = body(one(Statistic::Average, Window::Load, results));
        assert_eq!((&measured["P50"], &measured["P95"], measured.get("Sum")), (&json!(3.0), &json!(7.0), None));
    }

    #[test]
    fn nothing_is_a_sum_of_zero_and_no_measure_at_all() {
        let nothing = json!([{"Id": "m0", "StatusCode": "Complete", "Timestamps": [], "Values": []}]);
        let counted = body(one(Statistic::Sum, Window::Use, nothing.clone()));
        assert_eq!((&counted["Sum"], counted.get("Last"), counted.get("P50")), (&json!(0.0), None, None));
        let measured = body(one(Statistic::Maximum, Window::Load, nothing));
        assert_eq!((measured.get("Sum"), measured.get("Max"), &measured["Values"]), (None, None, &json!(0)));
    }

    #[test]
    fn parts_of_one_metric_are_put_together() {
        let part = |status: &str, time: &str, value: f64| json!({"Id": "m0", "StatusCode": status, "Timestamps": [time], "Values": [value]});
        let parts =
            json!([part("PartialData", "2026-11-27T00:00:00Z", 2.0), part("Complete", "2026-11-28T00:00:00Z", 5.0)]);
        assert_eq!(body(one(Statistic::Sum, Window::Use, parts))["Sum"], 7.0);
    }

    #[test]
    fn an_answer_that_is_not_whole_or_makes_no_sense_is_said_and_the_others_are_kept() {
        let result = |status: &str, times: Value, values: Value| json!([{"Id": "m0", "StatusCode": status, "Timestamps": times, "Values": values}]);
        let time = json!(["2026-11-28T00:00:00Z"]);
        for (hostile, why) in [
            (json!([]), "doesn't mention"),
            (json!("no list"), "doesn't mention"),
            (result("InternalError", json!([]), json!([])), "InternalError"),
            (result("Forbidden", json!([]), json!([])), "Forbidden"),
            (result("PartialData", time.clone(), json!([1])), "PartialData"),
            (result("Complete", time.clone(), json!([])), "1 times for 0 values"),
            (result("Complete", time.clone(), json!(["NaN"])), "no number"),
            (result("Complete", time.clone(), json!(["-1"])), "no number"),
            (result("Complete", time, json!(["1e999"])), "no number"),
            (result("Complete", json!(["yesterday"]), json!([1])), "a time that is none"),
            (result("Complete", json!(["1999-01-01T00:00:00Z"]), json!([1])), "not asked for"),
        ] {
            match one(Statistic::Sum, Window::Use, hostile.clone()) {
                Collected::Partly(found, said) => {
                    assert_eq!(found, Found::default());
                    assert!(said.contains(why) && said.starts_with("1 of 1"), "{hostile}: {said}");
                }
                other => panic!("{hostile}: {other:?}"),
            }
        }
        let two = [metric("a", Statistic::Sum, Window::Use), metric("b", Statistic::Sum, Window::Use)];
        let request = &reads(&scope(), two, now())[0];
        let one_of_two =
            json!({"MetricDataResults": [{"Id": "m1", "StatusCode": "Complete", "Timestamps": [], "Values": []}]});
        let Collected::Partly(found, said) = answered(request, &one_of_two) else {
            panic!("half an answer is not whole")
        };
        assert!(found.elements[0].name.contains("FunctionName=b") && said.contains("FunctionName=a"), "{said}");
    }
}
