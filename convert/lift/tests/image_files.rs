//! Files of an image under a volume: who is asked, what copies them, and that the copy is a container runtime's.

#![expect(clippy::disallowed_methods, reason = "the copying is tried on real directories")]
#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::FieldVerdict;
use caravan_convert_lift::plconfig::{Component, Container};
use caravan_inventory::ObservationKind::{EcsService, EcsTaskDefinition};
use common::Case;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// A service in whose task the container `front` serves.
fn service(containers: Value, volumes: Value) -> Case {
    let service = json!({"serviceName": "site", "taskDefinition": "site:1", "desiredCount": 2});
    let task = json!({"family": "site", "containerDefinitions": containers, "volumes": volumes});
    // Nothing sends requests to it, so a person says which of several is the main one.
    Case::live("site", &[(EcsService, service), (EcsTaskDefinition, task)]).answer("main", "", "front")
}

fn front(more: Value) -> Value {
    let mut front = json!({"name": "front", "image": "front:1", "portMappings": [{"containerPort": 80}]});
    front.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    front
}

fn mount(volume: &str, path: &str) -> Value {
    json!({"mountPoints": [{"sourceVolume": volume, "containerPath": path}]})
}

/// Two containers over one volume, and the image of the second one fills it.
fn shared() -> Case {
    let mut app = json!({"name": "app", "image": "app:7", "user": "33"});
    app.as_object_mut().unwrap().extend(mount("code", "/srv/app/").as_object().unwrap().clone());
    service(json!([front(mount("code", "/usr/share/www")), app]), json!([{"name": "code"}]))
}

fn web(case: &Case) -> Component {
    case.config().components.remove("web").unwrap()
}

fn question(case: &Case, detail: &str) -> Option<(String, Vec<String>)> {
    let id = format!("image-content/ecs/test/site/{detail}");
    let found = case.lift().questions.into_iter().find(|question| question.id.as_str() == id);
    found.map(|question| (question.text, question.options))
}

#[test]
fn a_volume_over_files_of_an_image_is_asked_about_with_each_image_that_may_have_them() {
    let case = shared();
    let (text, options) = question(&case, "code").unwrap();
    assert_eq!(options, ["empty", "copy=front", "copy=app"]);
    assert!(text.contains("/usr/share/www of `front`") && text.contains("needs a shell"), "{text}");
    assert!(web(&case).suspended.is_some() && web(&case).init.is_empty());
    assert!(question(&case.answer("image-content", "code", "copy=nobody"), "code").is_some());

    // A container that has it at two places says which.
    let twice = json!({"mountPoints": [{"sourceVolume": "code", "containerPath": "/a"}, {"sourceVolume": "code", "containerPath": "/b"}]});
    let case = service(json!([front(twice)]), json!([{"name": "code", "host": {}}]));
    assert_eq!(question(&case, "code").unwrap().1, ["empty", "copy=front:/a", "copy=front:/b"]);
    let component = web(&case.answer("image-content", "code", "copy=front:/b"));
    assert_eq!(component.init[0].container.command.as_ref().unwrap()[4], "/b");
}

/// Where nothing can be copied yet, no copy is offered.
#[test]
fn a_volume_at_no_path_offers_no_copy() {
    let case = service(json!([front(mount("code", "srv/www"))]), json!([{"name": "code"}]));
    let (text, options) = question(&case, "code").unwrap();
    assert_eq!(options, ["empty"]);
    assert!(!text.contains("()") && !text.contains("init container"), "{text}");
}

#[test]
fn the_answer_is_an_init_container_of_that_image_before_all_others() {
    let case = shared().answer("image-content", "code", "copy=app");
    let component = web(&case);
    assert_eq!(component.suspended, None);
    let init = &component.init[0];
    assert_eq!((init.name.as_str(), init.container.image.as_deref()), ("copy-code", Some("app:7")));
    // Root gives files to their owners, whoever the container itself runs as, and may do nothing else.
    assert_eq!((init.container.user.as_deref(), init.container.writable), (Some("0"), Some(false)));
    let rights = init.container.capabilities.clone().unwrap();
    assert!(rights.default.is_none() && rights.add.contains(&"CHOWN".to_owned()));
    let name = init.container.volumes["/caravan-volume"].name.clone();
    assert!(name.is_some());
    for volume in [&component.volumes["/usr/share/www"], &component.sidecars["app"].volumes["/srv/app"]] {
        assert_eq!(volume.name, name);
    }
    for (at, verdict) in [(0, FieldVerdict::Exact), (1, FieldVerdict::Approximated)] {
        let path = format!("/containerDefinitions/{at}/mountPoints/0/containerPath");
        assert_eq!(case.verdict(1, &path), verdict);
    }

    // What ran before the main container already runs after the copying, and the ledger leads to it there.
    let migrate = json!({"name": "migrate", "image": "app:7", "command": ["migrate"], "essential": false,
        "mountPoints": [{"sourceVolume": "code", "containerPath": "/srv/app"}]});
    let waits = json!({"mountPoints": [{"sourceVolume": "code", "containerPath": "/www"}],
        "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}]});
    let case = service(json!([front(waits), migrate]), json!([{"name": "code"}]));
    let case = case.answer("image-content", "code", "copy=migrate");
    let names: Vec<String> = web(&case).init.into_iter().map(|init| init.name).collect();
    assert_eq!(names, ["copy-code", "migrate"]);
    let entry = case.lift().ledger.entries().find(|entry| entry.path == "/containerDefinitions/1/image").cloned();
    assert_eq!(entry.unwrap().target.unwrap(), "/components/web/init/1/container/image");
}

/// Docker: what a container borrows is writable where its own mount and the borrowing let it be.
#[test]
fn a_borrowed_mount_is_as_read_only_as_its_owner_has_it() {
    for (own, borrowed, read_only) in [(true, false, Some(true)), (false, true, Some(true)), (false, false, None)] {
        let mounts = json!([{"sourceVolume": "site", "containerPath": "/site", "readOnly": own}]);
        let data = json!({"name": "data", "image": "data:3", "mountPoints": mounts});
        let front = front(json!({"volumesFrom": [{"sourceContainer": "data", "readOnly": borrowed}]}));
        let disk = json!({"name": "site", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}});
        let case = service(json!([front, data]), json!([disk])).answer("image-content", "front/data", "none");
        assert_eq!(web(&case).volumes["/site"].read_only, read_only, "{own} {borrowed}");
    }
}

#[test]
fn volumes_that_an_image_declares_are_shared_where_another_takes_them() {
    let from = |source: &str, only: bool| json!({"volumesFrom": [{"sourceContainer": source, "readOnly": only}]});
    let case = service(json!([front(from("data", true)), {"name": "data", "image": "data:3"}]), json!([]));
    assert!(question(&case, "front/data").unwrap().0.contains("copy=/PATH"));
    assert_eq!(question(&case, "front/data").unwrap().1, ["none", "copy=/PATH"]);
    for unusable in ["copy=", "copy=/PATH", "copy=relative", "copy=/", "copy=/a/../b", "copy=/a,", "somewhere"] {
        assert!(question(&case.clone().answer("image-content", "front/data", unusable), "front/data").is_some());
    }
    let component = web(&case.clone().answer("image-content", "front/data", "copy=/var/lib/site, /etc/site"));
    assert_eq!(
        component.init.iter().map(|init| init.name.as_str()).collect::<Vec<_>>(),
        ["copy-data-var-lib-site", "copy-data-etc-site"]
    );
    for path in ["/var/lib/site", "/etc/site"] {
        let (own, taken) = (&component.sidecars["data"].volumes[path], &component.volumes[path]);
        assert_eq!((own.read_only, taken.read_only), (None, Some(true)));
        assert!(own.name == taken.name && own.temporary.is_some() != taken.temporary.is_some());
    }

    // A container that only has the files is left out, and its image still copies them.
    let mut data = json!({"name": "data", "image": "data:3", "essential": false});
    let left = service(json!([front(from("data", false)), data.clone()]), json!([]));
    let left = left.answer("sidecar", "data", "leave-out").answer("image-content", "front/data", "copy=/data");
    let component = web(&left);
    assert_eq!((component.init.len(), component.sidecars.len(), component.suspended), (1, 0, None));
    assert!(component.volumes["/data"].temporary.is_some());
    assert!(matches!(left.verdict(1, "/containerDefinitions/1/image"), FieldVerdict::Approximated));

    // Whoever takes those of the taker gets them too, and never with more rights.
    data["essential"] = true.into();
    let middle =
        json!({"name": "middle", "image": "m", "volumesFrom": [{"sourceContainer": "data", "readOnly": true}]});
    let chain = service(json!([front(from("middle", false)), middle, data]), json!([]));
    let chain =
        chain.answer("image-content", "middle/data", "copy=/data").answer("image-content", "front/middle", "none");
    assert_eq!(web(&chain).volumes["/data"].read_only, Some(true));
}

#[test]
fn copied_and_shared_volumes_are_a_plconfig_that_is_taken() {
    for case in [
        shared().answer("image-content", "code", "copy=front"),
        service(
            json!([front(json!({"volumesFrom": [{"sourceContainer": "data"}]})), {"name": "data", "image": "d"}]),
            json!([]),
        )
        .answer("image-content", "front/data", "copy=/data"),
    ] {
        let text = serde_json::to_string(&case.config()).unwrap();
        caravan_convert_lift::plconfig::PlConfig::read(&text).unwrap();
    }
}

/// The copying container's command, over two directories.
fn run(container: &Container, from: &Path, to: &Path) -> Output {
    let words = container.command.as_ref().unwrap();
    let (shell, script) = words.split_first().unwrap();
    let [flag, script, name] = &script[..3] else { unreachable!() };
    Command::new(shell).args([flag, script, name]).arg(from).arg(to).output().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_copying_fills_an_empty_volume_and_never_overwrites() {
    let copying = web(&shared().answer("image-content", "code", "copy=app")).init.remove(0).container;
    let room = tempfile::tempdir().unwrap();
    let (image, volume) = (room.path().join("image"), room.path().join("volume"));
    let write = |path: &Path, text: &str| std::fs::write(path, text).unwrap();
    std::fs::create_dir_all(image.join("sub dir")).unwrap();
    for name in ["index.html", ".env", "..odd", "sub dir/a b"] {
        write(&image.join(name), name);
    }
    std::os::unix::fs::symlink("nowhere", image.join("link")).unwrap();
    std::fs::set_permissions(&image, std::fs::Permissions::from_mode(0o2750)).unwrap();
    std::fs::set_permissions(image.join(".env"), std::fs::Permissions::from_mode(0o640)).unwrap();
    let mode = |path: &Path| std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777;
    let all = names(&image);
    assert_eq!(all.len(), 5);
    let filled = |what: &str| {
        let out = run(&copying, &image, &volume);
        assert!(out.status.success(), "{what}: {}", String::from_utf8_lossy(&out.stderr));
        assert_eq!(names(&volume), all, "{what}");
        assert_eq!(std::fs::read_to_string(volume.join("sub dir/a b")).unwrap(), "sub dir/a b", "{what}");
    };

    std::fs::create_dir(&volume).unwrap();
    filled("an empty volume");
    assert_eq!((mode(&volume), mode(&volume.join(".env"))), (0o2750, 0o640), "modes are the image's");

    write(&volume.join("index.html"), "edited");
    filled("a pod that starts again");
    assert_eq!(std::fs::read_to_string(volume.join("index.html")).unwrap(), "edited");

    // Killed while it copied, and while it moved.
    for (place, inside) in [(".caravan-part", false), (".caravan-full", true)] {
        std::fs::remove_dir_all(&volume).unwrap();
        std::fs::create_dir_all(volume.join(place)).unwrap();
        if inside {
            let whole = Command::new("cp").arg("-a").arg(image.join(".")).arg(volume.join(place)).status().unwrap();
            assert!(whole.success());
            std::fs::rename(volume.join(place).join(".env"), volume.join(".env")).unwrap();
        } else {
            write(&volume.join(place).join("index.html"), "hal");
        }
        filled(place);
        assert_eq!(std::fs::read_to_string(volume.join("index.html")).unwrap(), "index.html");
    }

    // Somebody else's files stay alone, and a directory that is not there is said.
    for (content, from, succeeds) in [(Some("mine"), &image, true), (None, &room.path().join("none"), false)] {
        std::fs::remove_dir_all(&volume).unwrap();
        std::fs::create_dir(&volume).unwrap();
        content.map(|name| write(&volume.join(name), name)).unwrap_or_default();
        let out = run(&copying, from, &volume);
        assert_eq!(out.status.success(), succeeds);
        assert_eq!(names(&volume), content.map(str::to_owned).into_iter().collect::<Vec<_>>());
        assert_eq!(String::from_utf8_lossy(&out.stderr).contains("there is no directory"), !succeeds);
    }
}

/// A disk that begins with what a snapshot has is no empty one.
#[test]
fn a_disk_that_starts_with_a_snapshot_is_asked_about_by_it_and_waits() {
    for (snapshot, answer) in [
        (Some("snap-0aa"), None),
        (Some("snap-0bb"), Some("disk")),
        (Some("snap-0cc"), Some("temporary")),
        (None, None),
    ] {
        let mut disk = json!({"sizeInGiB": 8, "encrypted": true, "volumeType": "gp3", "roleArn": "arn:aws:iam::111122223333:role/ebs"});
        if let Some(snapshot) = snapshot {
            disk["snapshotId"] = json!(snapshot);
        }
        let task = json!({"family": "site", "volumes": [{"name": "data", "configuredAtLaunch": true}], "containerDefinitions": [
            {"name": "web", "image": "web:1", "portMappings": [{"containerPort": 80}], "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}]});
        let service = json!({"serviceName": "site", "desiredCount": 1,
            "volumeConfigurations": [{"name": "data", "managedEBSVolume": disk}]});
        let mut case = Case::live("site", &[(EcsService, service), (EcsTaskDefinition, task)]);
        if let Some(answer) = answer {
            case = case.answer("volume", "data", answer);
        }
        let questions = case.lift().questions;
        let text = questions.iter().find(|one| one.id.as_str().starts_with("volume/")).map(|one| one.text.as_str());
        assert_eq!(text.is_some(), answer.is_none());
        let waits = case.config().components["web"].suspended.as_deref().is_some_and(|why| why.contains("snapshot"));
        assert_eq!(waits, answer.is_none() && snapshot.is_some(), "{snapshot:?} {answer:?}");
        if let (Some(text), Some(snapshot)) = (text, snapshot) {
            assert!(text.contains(snapshot), "{text}");
        }
        if answer.is_some() {
            let verdict = case.verdict(0, "/volumeConfigurations/0/managedEBSVolume/snapshotId");
            assert!(matches!(verdict, FieldVerdict::Dropped { .. }), "{verdict:?}");
        }
    }
}

/// What the task's role could mount, the driver's role mounts here.
#[test]
fn a_file_system_that_asks_who_mounts_it_is_approximated() {
    for (mode, exact) in [("ENABLED", false), ("DISABLED", true)] {
        for more in [json!({}), json!({"accessPointId": "fsap-0a"})] {
            let mut authorization = more;
            authorization["iam"] = json!(mode);
            let efs = json!({"fileSystemId": "fs-0a1b", "transitEncryption": "ENABLED", "authorizationConfig": authorization});
            let case = service(
                json!([{"name": "front", "image": "front:1", "portMappings": [{"containerPort": 80}],
                        "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}]),
                json!([{"name": "data", "efsVolumeConfiguration": efs}]),
            );
            let verdict = case.verdict(1, "/volumes/0/efsVolumeConfiguration/authorizationConfig/iam");
            assert_eq!(verdict == FieldVerdict::Exact, exact, "{mode}: {verdict:?}");
        }
    }
}
