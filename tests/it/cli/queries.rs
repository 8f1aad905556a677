//! `caravan inventory list --where`.

use super::{Room, furnished};

/// Three task definitions of two teams.
fn estate() -> Room {
    let room = Room::new();
    for (path, database) in
        [("shop/api", "mongodb://db.shop.internal/orders"), ("shop/web", ""), ("mail/sender", "redis://cache:6379")]
    {
        let name = path.rsplit('/').next().unwrap();
        room.write(
            &format!("tasks/{path}.json"),
            format!(
                r#"{{"family": "{name}", "containerDefinitions": [{{"name": "main", "image": "registry.example.com/{name}:1",
                "memory": 256, "environment": [{{"name": "DATABASE_URL", "value": "{database}"}}]}}]}}"#
            ),
        );
    }
    room.write(
        "caravan.yaml",
        "schema: caravan.config/v1\nownership:\n  - {path: '*shop/*', team: shop}\n  - {path: '*mail/*', team: mail}\n",
    );
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    room
}

#[test]
fn a_query_lists_what_it_means_as_text_and_as_json() {
    let room = estate();
    let names = |query: &str| {
        let (code, document) = room.json(&["inventory", "list", "--where", query]);
        assert_eq!(code, Some(0), "{query}");
        let workloads = document["workloads"].as_array().unwrap();
        workloads.iter().map(|workload| workload["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("kind=ecs and team=shop and coverage=complete and text~\"MONGO\""), ["api"]);
    assert_eq!(names("team=shop and not text~mongo or name~send"), ["sender", "web"]);
    assert_eq!(names("needs~host:cache"), ["sender"]);
    assert_eq!(names("name=\"'; DROP TABLE workload; --\""), Vec::<String>::new());
    assert_eq!(names("").len(), 3);
    let said = room.run(&["inventory", "list", "--kind", "ecs", "--team", "shop", "--where", "name!=web"]);
    assert!(said.out.contains("api") && !said.out.contains("sender") && !said.out.contains("web"), "{}", said.out);
}

#[test]
fn a_query_that_can_not_be_read_says_where_and_what_was_meant() {
    let room = furnished();
    for (query, texts) in [
        ("teem=shop", &["at character 1", "there is no field `teem`", "  teem=shop\n  ^", "did you mean `team`?"][..]),
        ("kind=ecs and coverage!=complet", &["at character 24", "did you mean `complete`?"]),
        ("kind=ecs name~x", &["at character 10", "`and`, `or` or the end", "inventory list --help"]),
        ("name~\"a", &["at character 6", "not closed"]),
    ] {
        let said = room.run(&["inventory", "list", "--where", query]);
        said.ends(2, texts);
        assert!(said.out.is_empty(), "{}", said.out);
    }
}

#[test]
fn the_documentation_names_every_field_of_a_query() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/inventory.md")).unwrap();
    let help = Room::new().run(&["inventory", "list", "--help"]).out;
    let table = page.split("| field | what it is |\n|---|---|\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows: Vec<(&str, &str)> = table
        .lines()
        .map(|row| row.trim_matches(['|', ' ']).split_once(" | ").unwrap())
        .map(|(field, about)| (field.trim_matches('`'), about))
        .collect();
    let queries = help.split("Queries:").nth(1).unwrap();
    let said: Vec<&str> =
        queries.lines().filter(|line| rows.iter().any(|(field, _)| line.starts_with(&format!("  {field} ")))).collect();
    assert_eq!(said.len(), rows.len(), "{queries}");
    for (field, about) in &rows {
        assert!(
            said.iter().any(|line| line
                .trim_start()
                .split_once(' ')
                .is_some_and(|(name, text)| name == *field && text.trim() == *about)),
            "{field}: {queries}"
        );
    }
    let fields = caravan_inventory::QueryField::ALL;
    assert_eq!(fields.iter().map(|field| (field.as_str(), field.about())).collect::<Vec<_>>(), rows);
}
