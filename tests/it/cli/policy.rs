//! `caravan doctor --policy`.

use super::Room;

#[test]
fn the_policy_is_that_of_the_chosen_sources_and_accounts() {
    let room = Room::new();
    let (code, document) = room.json(&["doctor", "--policy"]);
    assert_eq!((code, document["schema"].as_str()), (Some(0), Some("caravan.policy/v1")));
    let actions = document["aws"]["Statement"][0]["Action"].as_array().unwrap();
    assert!(actions.iter().any(|action| action == "ecs:DescribeServices"), "{actions:?}");
    assert!(
        document["cloudflare"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["name"] == "DNS: Read" && one["scope"] == "zone")
    );
    assert!(document["aws_caller"].is_null());

    let (_, document) = room.json(&["doctor", "--policy", "--only", "route53"]);
    assert_eq!(document["aws"]["Statement"][0]["Action"].as_array().unwrap().len(), 3, "{document}");
    assert!(document["cloudflare"].is_null());

    room.write(
        "caravan.yaml",
        "schema: caravan.config/v1\naccounts:\n  - {id: \"111122223333\", regions: [eu-central-1], role: \"arn:aws:iam::111122223333:role/read\"}\n",
    );
    let (_, document) = room.json(&["doctor", "--policy"]);
    assert!(document["cloudflare"].is_null(), "no account of Cloudflare is configured");
    let caller = &document["aws_caller"]["Statement"][0];
    assert_eq!(
        (caller["Action"][0].as_str(), caller["Resource"][0].as_str()),
        (Some("sts:AssumeRole"), Some("arn:aws:iam::111122223333:role/read"))
    );
    let said = room.run(&["doctor", "--policy", "--only", "cloudflare"]);
    said.ends(0, &[]);
    room.run(&["doctor", "--only", "ecs"]).ends(2, &["--policy"]);
}
