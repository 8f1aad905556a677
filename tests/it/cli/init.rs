//! `caravan init`, and what `doctor` says of a folder that is none.

use super::Room;
use caravan_tests_testbed::Moto;

const IGNORED: [&str; 5] = ["/inventory.key", "/inventory.db*", "/journal.db*", "/backups/", "/drivers/"];

#[test]
fn init_begins_a_folder_and_says_the_next_command() {
    let room = Room::new();
    let said = room.run(&["--dir", "new/estate", "init"]);
    said.ends(0, &[]);
    assert!(
        said.out.contains("wrote new/estate/caravan.yaml")
            && said.out.contains("next: caravan --dir new/estate discover"),
        "{}",
        said.out
    );
    // A command stands alone on its line.
    let next: Vec<&str> = said.out.lines().filter(|line| line.contains("caravan --dir")).collect();
    assert_eq!(next, ["next: caravan --dir new/estate discover --files PATH"], "{}", said.out);
    let ignored = room.read("new/estate/.gitignore");
    assert!(IGNORED.iter().all(|line| ignored.lines().any(|one| one == *line)), "{ignored}");
    let checked = room.run(&["--dir", "new/estate", "doctor", "--offline"]);
    assert!(checked.out.contains("ok       config"), "{}", checked.out);
    // Once more changes nothing.
    let config = room.read("new/estate/caravan.yaml");
    let (code, document) = room.json(&["--dir", "new/estate", "init"]);
    assert_eq!((code, document["schema"].as_str()), (Some(0), Some("caravan.init/v1")));
    assert_eq!((document["written"].as_array().unwrap().len(), document["kept"].as_array().unwrap().len()), (0, 2));
    assert_eq!((room.read("new/estate/caravan.yaml"), room.read("new/estate/.gitignore")), (config, ignored));
}

#[test]
fn init_takes_what_the_environment_says_and_keeps_what_is_there() {
    let room = Room::new();
    room.write(".gitignore", "target\ninventory.key\n/backups/");
    let mut command = room.command(&["init", "--offline"]);
    let output = command.env("AWS_REGION", "ap-southeast-2").env("AWS_PROFILE", "parcels").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let config = room.read("caravan.yaml");
    assert!(config.contains("regions: [ap-southeast-2]") && config.contains("profile: \"parcels\""), "{config}");
    let ignored = room.read(".gitignore");
    assert!(ignored.starts_with("target\ninventory.key\n/backups/\n# Caravan"), "{ignored}");
    assert_eq!(ignored.matches("inventory.key").count(), 1, "{ignored}");
    assert!(ignored.contains("/inventory.db*\n/journal.db*\n"), "{ignored}");
    room.write("caravan.yaml", "schema: caravan.config/v1\nlease: 20\n");
    room.run(&["init"]).ends(0, &[]);
    assert_eq!(room.read("caravan.yaml"), "schema: caravan.config/v1\nlease: 20\n");
    room.run(&["--read-only", "init"]).ends(2, &["--read-only"]);
}

#[test]
fn init_asks_aws_whose_the_credentials_are_against_moto() {
    let Some(moto) = Moto::shared() else { return };
    let account = moto.account();
    let room = Room::new();
    let variables = account.environment(&moto.endpoint(), "eu-central-1");
    let init = |args: &[&str]| {
        let output = room.command(&[args, &["--format", "json"]].concat()).envs(variables.clone()).output().unwrap();
        super::Said::of(output)
    };
    let unasked = init(&["--dir", "unasked", "init", "--offline"]);
    assert!(unasked.json()["account"].is_null(), "{}", unasked.out);
    let asked = init(&["init"]);
    assert_eq!((asked.code, asked.json()["account"].as_str()), (Some(0), Some(account.id.as_str())), "{}", asked.err);
    let config = room.read("caravan.yaml");
    assert!(config.contains(&format!("  - id: \"{}\"\n    regions: [eu-central-1]\n", account.id)), "{config}");
    assert!(asked.json()["next"].as_str().unwrap().ends_with(" && caravan discover"), "{}", asked.out);
}

/// What is in Git after everything that may be there is written.
#[test]
fn neither_key_nor_database_nor_backup_comes_into_git() {
    let room = Room::new();
    room.write("tasks/good.json", crate::bad_input::GOOD)
        .write("backups/journal-before-1.db", "")
        .write("journal.db-wal", "");
    room.run(&["init"]).ends(0, &[]);
    room.run(&["discover", "--files", "tasks"]).ends(0, &[]);
    let git = |args: &[&str]| {
        let output = std::process::Command::new("git").args(args).current_dir(room.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["init", "--quiet"]);
    let seen = git(&["ls-files", "--others", "--exclude-standard"]);
    let seen: Vec<&str> = seen.lines().collect();
    assert_eq!(seen, [".gitignore", "caravan.yaml", "tasks/good.json"]);
}

#[test]
fn doctor_says_that_there_is_no_such_folder_with_3() {
    let room = Room::new();
    room.write("file", "");
    for dir in ["nowhere", "file", "nowhere/at/all"] {
        for args in [&["--dir", dir, "doctor"][..], &["--dir", dir, "doctor", "--offline", "--format", "json"]] {
            let said = room.run(args);
            said.ends(3, &[]);
            // For people the command can be pasted; in JSON a reader knows the folder.
            let begins =
                if args.contains(&"json") { "caravan init".to_owned() } else { format!("caravan --dir {dir} init") };
            assert!(
                said.out.contains(&format!("there is no folder {dir}")) && said.out.contains(&begins),
                "{}",
                said.out
            );
        }
    }
}
