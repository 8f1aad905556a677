//! Questions and answers.

use super::{Room, furnished};

#[test]
fn a_decision_is_written_kept_and_takes_effect() {
    let room = furnished();
    let (_, document) = room.json(&["decide"]);
    let questions = document["questions"].as_array().unwrap();
    let owner = questions.iter().find(|q| q["id"] == "owner/ecs/files/good").expect("the owner's question");
    assert!(owner["text"].is_string() && owner["options"].is_array(), "{owner}");
    room.run(&["decide", "owner/ecs/files/good=parcels/production", "--reason", "they are on call"]).ends(0, &[]);
    let written = room.read("decisions.yaml");
    assert!(written.contains("caravan.decisions/v1") && written.contains("they are on call"), "{written}");
    room.run(&["convert", "--out", "trees"]).ends(0, &[]);
    assert!(room.path().join("trees/deployment/teams/parcels").is_dir());
    let (_, document) = room.json(&["decide"]);
    assert!(document["questions"].as_array().unwrap().iter().all(|q| q["id"] != "owner/ecs/files/good"));
    room.run(&["decide", "owner/ecs/files/good=couriers"]).ends(0, &[]);
    assert!(room.read("decisions.yaml").contains("couriers"));
}

#[test]
fn answers_that_mean_nothing_are_refused() {
    let room = furnished();
    room.run(&["decide", "owner/ecs/files/god=parcels"])
        .ends(2, &["owner/ecs/files/god", "did you mean `owner/ecs/files/good`?"]);
    room.run(&["decide", "owner/ecs/files/good=Not A Team"]).ends(2, &["Not A Team"]);
    room.run(&["decide", "owner/ecs/files/good"]).ends(2, &["="]);
    let (_, document) = room.json(&["decide"]);
    let with_options =
        document["questions"].as_array().unwrap().iter().find(|q| !q["options"].as_array().unwrap().is_empty());
    let id = with_options.expect("a question with options")["id"].as_str().unwrap();
    room.run(&["decide", &format!("{id}=surely-not-this")]).ends(2, &["surely-not-this"]);
    assert!(!room.path().join("decisions.yaml").exists());
}

/// Options are not all that an answer may be, and what has none does not take any text.
#[test]
fn what_a_question_takes_is_taken_and_nothing_else() {
    let room = Room::new();
    let task = serde_json::json!({"family": "site", "containerDefinitions": [
        {"name": "front", "image": "front:1", "user": "www", "portMappings": [{"containerPort": 80}],
            "volumesFrom": [{"sourceContainer": "data"}]},
        {"name": "data", "image": "data:1", "essential": false}]});
    room.write("tasks/site.json", task.to_string());
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    for (id, unusable, usable) in [
        ("image-content/ecs/files/site/front/data", "copy=relative", "copy=/srv/data"),
        ("sidecar/ecs/files/site/data", "once", "once=/bin/fill /srv/data"),
        ("user/ecs/files/site/front", "www-data", "33:33"),
    ] {
        room.run(&["decide", &format!("{id}={unusable}")]).ends(2, &[unusable, id]);
        room.run(&["decide", &format!("{id}={usable}")]).ends(0, &[]);
    }
    let written = room.read("decisions.yaml");
    assert!(written.contains("copy=/srv/data") && !written.contains("relative"), "{written}");
}

#[test]
fn an_answer_about_nothing_is_named() {
    let room = furnished();
    room.write("decisions.yaml", "schema: caravan.decisions/v1\nanswers:\n  owner/ecs/files/god: {answer: parcels}\n");
    room.run(&["decide"]).ends(0, &["owner/ecs/files/god", "no such workload"]);
}

#[test]
fn the_file_holds_what_was_decided_before_with_its_reason() {
    let room = furnished();
    room.run(&["decide", "owner/ecs/files/good=parcels", "--reason", "on: call, #1"]).ends(0, &[]);
    let (_, document) = room.json(&["decide"]);
    let start =
        document["questions"].as_array().unwrap().iter().find(|q| q["id"].as_str().unwrap().starts_with("start/"));
    let question = start.expect("a task definition that nothing starts raises the question");
    let answer = format!("{}={}", question["id"].as_str().unwrap(), question["options"][0].as_str().unwrap());
    room.run(&["decide", &answer]).ends(0, &["2 answers"]);
    let written = room.read("decisions.yaml");
    assert!(written.contains("on: call, #1") && written.contains("parcels"), "{written}");
    let before = document["questions"].as_array().unwrap().len();
    let (_, document) = room.json(&["decide"]);
    assert_eq!(document["answered"], 2);
    assert_eq!(document["questions"].as_array().unwrap().len(), before - 1);
}

#[test]
fn what_moves_to_another_team_is_named_where_it_stays() {
    let room = furnished();
    room.run(&["convert", "--out", "trees"]).ends(0, &[]);
    room.run(&["decide", "owner/ecs/files/good=parcels"]).ends(0, &[]);
    let said = room.run(&["convert", "--out", "trees"]);
    said.ends(0, &["remove it"]);
    assert!(said.out.contains("deployment/teams/unassigned/apps/"), "{}", said.out);
    let (_, document) = room.json(&["convert", "--out", "trees"]);
    assert_eq!(document["stale"].as_array().unwrap().len(), 1);
    // What somebody wrote by hand is theirs.
    room.write("trees/deployment/teams/other/apps/own/plconfig.yaml", "plconfig: v1\n");
    let (_, document) = room.json(&["convert", "--out", "trees"]);
    assert_eq!(document["stale"].as_array().unwrap().len(), 1);
}

/// The words in which a secret stands, and the secret.
const WITH_SECRET: (&str, &str) = ("serve --password correcthorse91x", "correcthorse91x");

#[test]
fn no_secret_comes_in_by_an_answer() {
    let (words, secret) = WITH_SECRET;
    let room = Room::new();
    let container = serde_json::json!({"name": "front", "image": "front:1", "command": "serve --all"});
    room.write(
        "tasks/site.json",
        serde_json::json!({"family": "site", "containerDefinitions": [container]}).to_string(),
    );
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    let id = "words/ecs/files/site/front/command";
    let said = room.run(&["decide", &format!("{id}={words}")]);
    said.ends(2, &[id, "a secret seems to stand", "`secrets`"]);
    assert!(!said.out.contains(secret) && !said.err.contains(secret), "{}{}", said.out, said.err);
    let said = room.run(&["decide", &format!("{id}=serve --all"), "--reason", &format!("run as {words}")]);
    said.ends(2, &["reason"]);
    assert!(!said.err.contains(secret) && !room.path().join("decisions.yaml").exists());
    // One that stands in the file all the same is not taken, shown nowhere, and left to whoever wrote it.
    let by_hand = format!("schema: caravan.decisions/v1\nanswers:\n  {id}: {{answer: \"{words}\"}}\n");
    room.write("decisions.yaml", by_hand);
    let said = room.run(&["decide"]);
    said.ends(0, &[]);
    let listed = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(listed.contains(id) && listed.contains("a secret seems to stand"), "{listed}");
    assert!(!said.out.contains(secret) && !said.err.contains(secret), "{}{}", said.out, said.err);
    room.run(&["convert", "--out", "trees"]).ends(0, &[]);
    room.run(&["decide", "kind/ecs/files/site=worker"]).ends(0, &[]);
    assert!(room.read("decisions.yaml").contains(secret), "what people wrote is theirs to take away");
    let mut folders = vec![room.path().join("trees")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => assert!(!std::fs::read_to_string(entry.path()).unwrap_or_default().contains(secret)),
            }
        }
    }
    room.run(&["decide", &format!("{id}=serve --all")]).ends(0, &[]);
    assert!(!room.read("decisions.yaml").contains(secret));
}
