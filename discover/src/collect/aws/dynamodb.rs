//! DynamoDB: tables with their keys, streams and tags. Never an item.

use crate::arn::partition_of;
use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, completed, list, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const TABLES: &str = "dynamodb:ListTables";
const TABLE: &str = "dynamodb:DescribeTable";
const TAGS: &str = "dynamodb:ListTagsOfResource";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(TABLES, Start::Root("{}"), &[], tables),
    Source::Resources.row(TABLE, Start::Each, &[TABLES], table),
    Source::Resources.row(TAGS, Start::Whole("Tags"), &[TABLE], tags),
];

/// A table whose description is refused is recorded with its name alone.
fn tables(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for name in list(body, "TableNames").iter().filter_map(Value::as_str) {
        let scope = &request.read.scope;
        let partition = partition_of(scope.region.as_str());
        let arn = format!("arn:{partition}:dynamodb:{}:{}:table/{name}", scope.region, scope.account);
        let named = json!({"TableName": name});
        let listed = Element::new(Kind::Table, &arn, request, &named);
        found.count += 1;
        found.follow_up.push(request.then(TABLE, named).carrying(listed.carried()));
    }
    found
}

fn table(request: &Request, body: &Value) -> Found {
    let Some((table, arn)) = body.get("Table").and_then(|table| Some((table, text(table, "TableArn")?))) else {
        return Found::default();
    };
    let element = Element::new(Kind::Table, arn, request, table);
    let tags = request.then(TAGS, json!({"ResourceArn": arn})).carrying(element.carried());
    Found { count: 1, elements: Vec::new(), follow_up: vec![tags] }
}

fn tags(request: &Request, body: &Value) -> Found {
    completed(request, "Tags", Value::from(list(body, "Tags")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use crate::collect::without_answer;

    const ARN: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/parcels";

    #[test]
    fn a_table_is_recorded_with_its_keys_and_tags() {
        let listed = found(&request(TABLES, json!({})), json!({"TableNames": ["parcels"]}));
        let described = json!({"TableArn": ARN, "TableName": "parcels", "KeySchema": [{"AttributeName": "id"}]});
        let read = found(&listed.follow_up[0], json!({"Table": described}));
        let whole = found(&read.follow_up[0], json!({"Tags": [{"Key": "team", "Value": "shop"}]}));
        let table = &whole.elements[0];
        assert_eq!((table.kind, table.name.as_str(), table.api.as_str()), (Kind::Table, ARN, TABLE));
        assert_eq!(
            (&table.body["KeySchema"][0]["AttributeName"], &table.body["Tags"][0]["Key"]),
            (&json!("id"), &json!("team"))
        );
    }

    #[test]
    fn a_table_whose_description_or_tags_are_refused_has_the_same_name() {
        let listed = found(&request(TABLES, json!({})), json!({"TableNames": ["parcels"]}));
        assert_eq!(without_answer(&listed.follow_up[0]).unwrap().name, ARN);
        let read = found(&listed.follow_up[0], json!({"Table": {"TableArn": ARN}}));
        assert_eq!(without_answer(&read.follow_up[0]).unwrap().name, ARN);
    }

    #[test]
    fn an_answer_without_its_list_names_nothing() {
        assert_eq!(found(&request(TABLES, json!({})), json!({})), Found::default());
        assert_eq!(found(&request(TABLES, json!({})), json!({"TableNames": [7, null]})), Found::default());
        assert_eq!(found(&request(TABLE, json!({"TableName": "a"})), json!({"Table": {}})), Found::default());
    }
}
