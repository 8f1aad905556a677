//! The whole way of the commonest functions.

use crate::estate::{http_api, mapping, orders};
use crate::{fronts, text};
use caravan_convert::Trace;
use caravan_convert_front::config::{Shape, Source};
use caravan_inventory::ObservationKind as Kind;
use serde_json::json;

#[test]
fn a_function_behind_an_http_api_becomes_a_front_with_its_routes() {
    let routes = ["GET /orders/{id}", "POST /orders"];
    let function =
        orders("python3.12", "app.handler", http_api(&routes, Some("orders.example.com"))).answer("most", "", "20");
    let lifted = function.lift();
    assert_eq!(lifted.ledger.counts().unknown, 0);
    let done = function.convert(Trace::Lines);
    assert!(done.questions.is_empty(), "{:?}", done.questions);
    let plconfig = text(&done, "deployment/teams/shop/apps/orders/plconfig.yaml");
    let manifests = text(&done, "deployment/teams/shop/apps/orders/prod/manifests.yaml");
    assert!(plconfig.contains("runtime: python3.12"), "{plconfig}");
    let fronts = fronts(manifests);
    let [(_, front)] = fronts.as_slice() else { panic!("{fronts:?}") };
    assert_eq!(front.command, ["python3", "-m", "awslambdaric", "app.handler"]);
    let Source::Http(http) = &front.source else { panic!("another source") };
    assert_eq!(http.event, Shape::HttpApi2);
    assert_eq!(http.routes, ["GET /orders/{id}", "POST /orders"]);
    assert!(manifests.contains("path: /readyz") && manifests.contains("orders.example.com"));
}

#[test]
fn a_function_of_a_queue_becomes_a_worker_that_its_length_scales() {
    let function = orders(
        "nodejs22.x",
        "index.handler",
        vec![(
            Kind::EventSourceMapping,
            "u",
            mapping(&json!({
                "ScalingConfig": {"MaximumConcurrency": 7},
                "FilterCriteria": {"Filters": [{"Pattern": "{\"body\": {\"kind\": [\"order\"]}}"}]},
            })),
        )],
    );
    let done = function.convert(Trace::Lines);
    let asked: Vec<&str> =
        done.questions.iter().map(|question| question.id.as_str().split('/').next().unwrap()).collect();
    assert_eq!(asked, ["start"], "{:?}", done.questions);
    let manifests = text(&done, "deployment/teams/shop/apps/orders/prod/manifests.yaml");
    let fronts = fronts(manifests);
    let [(_, front)] = fronts.as_slice() else { panic!("{fronts:?}") };
    let Source::Sqs(sqs) = &front.source else { panic!("another source") };
    assert_eq!((sqs.batch_size, sqs.report_batch_item_failures, sqs.filters.len()), (5, true, 1));
    assert_eq!(sqs.queue_url, "https://sqs.eu-west-3.amazonaws.com/111122223333/orders");
    assert!(manifests.contains("queueLength: '5'") || manifests.contains("queueLength: \"5\""), "{manifests}");
    assert!(manifests.contains("maxReplicaCount: 7"));
}
