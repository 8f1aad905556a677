//! The realm that the Terraform of an app makes, in Keycloak's own words: the provider `keycloak/keycloak` writes it by
//! Keycloak's API, which has the same fields under other names. Without the people and the callers of the test, nothing is
//! added that the Terraform does not say.

use serde_json::{Map, Value, json};

/// The secret of every client: Terraform makes one by chance.
pub(super) const SECRET: &str = "a-secret-of-the-test-alone";

pub(super) fn of_terraform(text: &str) -> Value {
    let read: Value = hcl::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let resources = |kind: &str| read["resource"][kind].as_object().cloned().unwrap_or_default();
    let mut clients: Vec<Value> =
        resources("keycloak_openid_client").iter().map(|(label, one)| client(&read, label, one)).collect();
    assert_eq!(clients.len(), 1, "{read:#}");
    let mut scopes: Vec<Value> =
        resources("keycloak_openid_client_scope").iter().map(|(label, one)| scope(&read, label, one)).collect();
    assert_eq!(scopes.len(), 2, "{read:#}");
    // A scope of somebody else's that gives tokens for the same audience.
    let mut other = scopes.iter().find(|one| one["name"] == "orders:read").unwrap().clone();
    other["name"] = "orders:other".into();
    scopes.push(other);
    clients.extend(callers());
    let groups: Vec<Value> = resources("keycloak_group").values().map(|one| json!({"name": one["name"]})).collect();
    assert_eq!(groups, [json!({"name": "shop-users"})]);
    let person = |name: &str, groups: &[&str]| {
        json!({
            "username": name, "enabled": true, "email": format!("{name}@example.com"), "emailVerified": true,
            "firstName": name, "lastName": "Tester", "groups": groups,
            "credentials": [{"type": "password", "value": format!("of-{name}")}],
        })
    };
    json!({
        "realm": "company", "enabled": true, "clients": clients, "clientScopes": scopes,
        "groups": groups, "users": [person("ada", &["/shop-users"]), person("bob", &[])],
    })
}

/// Another realm of the same Keycloak, in which the same people have the same groups, scopes and clients.
pub(super) fn another(realm: &Value) -> Value {
    let mut other = realm.clone();
    other["realm"] = "guests".into();
    other
}

fn client(read: &Value, label: &str, one: &Value) -> Value {
    assert_eq!(one["access_type"], "CONFIDENTIAL");
    let texts = |name: &str| -> Vec<String> {
        one[name].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    json!({
        "clientId": one["client_id"], "secret": SECRET, "publicClient": false, "enabled": true,
        "protocol": "openid-connect", "standardFlowEnabled": one["standard_flow_enabled"],
        "redirectUris": texts("valid_redirect_uris"),
        "attributes": {
            "pkce.code.challenge.method": one["pkce_code_challenge_method"],
            "post.logout.redirect.uris": texts("valid_post_logout_redirect_uris").join("##"),
        },
        "protocolMappers": mappers(read, "client_id", &format!("${{keycloak_openid_client.{label}.id}}"), &one["client_id"]),
    })
}

fn scope(read: &Value, label: &str, one: &Value) -> Value {
    json!({
        "name": one["name"], "protocol": "openid-connect",
        "attributes": {"include.in.token.scope": one["include_in_token_scope"].to_string()},
        "protocolMappers": mappers(read, "client_scope_id", &format!("${{keycloak_openid_client_scope.{label}.id}}"), &Value::Null),
    })
}

/// The mappers of a client or a scope, which name it so.
fn mappers(read: &Value, by: &str, id: &str, client: &Value) -> Vec<Value> {
    let of = |kind: &str| -> Vec<Map<String, Value>> {
        let all = read["resource"][kind].as_object().cloned().unwrap_or_default();
        all.into_iter().filter(|(_, one)| one[by] == id).map(|(_, one)| one.as_object().unwrap().clone()).collect()
    };
    let mapper = |one: &Map<String, Value>, kind: &str, config: Value| json!({"name": one["name"], "protocol": "openid-connect", "protocolMapper": kind, "config": config});
    let mut found = Vec::new();
    for one in of("keycloak_openid_audience_protocol_mapper") {
        let mut config = json!({"access.token.claim": "true", "id.token.claim": "false"});
        match one.get("included_custom_audience") {
            Some(audience) => config["included.custom.audience"] = audience.clone(),
            None => config["included.client.audience"] = client.clone(),
        }
        found.push(mapper(&one, "oidc-audience-mapper", config));
    }
    for one in of("keycloak_openid_group_membership_protocol_mapper") {
        let config = json!({
            "claim.name": one["claim_name"], "full.path": one["full_path"].to_string(), "access.token.claim": "true",
        });
        found.push(mapper(&one, "oidc-group-membership-mapper", config));
    }
    assert!(!found.is_empty(), "{id} has no mappers: {read:#}");
    found
}

/// Who calls in the test: a program that speaks for people, one whose tokens end at once, and two services.
fn callers() -> [Value; 4] {
    let of_people = |name: &str, seconds: &str| {
        json!({
            "clientId": name, "publicClient": true, "enabled": true, "directAccessGrantsEnabled": true,
            "optionalClientScopes": ["shop.desk.prod", "orders:read"], "attributes": {"access.token.lifespan": seconds},
        })
    };
    let service = |name: &str, scope: &str| {
        json!({
            "clientId": name, "publicClient": false, "enabled": true, "secret": SECRET, "serviceAccountsEnabled": true,
            "standardFlowEnabled": false, "optionalClientScopes": [scope],
        })
    };
    [
        of_people("cli", "300"),
        of_people("short", "1"),
        service("caller", "orders:read"),
        service("stranger", "orders:other"),
    ]
}
