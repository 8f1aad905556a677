//! Contexts of machines' images, built by buildah from the Dockerfile as it was emitted, on a stand-in that has the name of the real base;
//! and the image's entry step, run as the pod runs it.

use crate::cli::Room;
use caravan_tests_testbed::{Images, documents};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Planted in the user data: it may be in no file of the tree and in no layer.
const SECRET: &str = "Kq7vTz2mWx94hLrB";

/// A machine that people set up by cloud-config: a user, files of several owners and modes, one with a secret in it, a fetched program, and
/// a service that runs as that user.
const MACHINE: &str = r#"#cloud-config
packages:
  - nginx
users:
  - name: parcels
    uid: 1200
    homedir: /srv/parcels
write_files:
  - path: /etc/parcels/database.ini
    owner: parcels:parcels
    permissions: "0640"
    content: |
      host=db.parcels.example
      password=Kq7vTz2mWx94hLrB
  - path: /opt/parcels/serve.sh
    permissions: "0755"
    content: |
      #!/bin/sh
      echo "serving as $(id -u) with $(grep -c ^password= /etc/parcels/database.ini) password"
      sed -n 's/^password=//p' /etc/parcels/database.ini
  - path: /etc/systemd/system/parcels.service
    content: |
      [Service]
      User=parcels
      Environment=KIND=parcel
      ExecStart=/opt/parcels/serve.sh
      Restart=always
runcmd:
  - mkdir -p /var/lib/parcels
  - curl -fsSLo /opt/parcels/tool https://files.parcels.example/tool
  - chmod 0755 /opt/parcels/tool
  - systemctl enable --now parcels.service
"#;

/// What it was converted into.
struct Tree {
    room: Room,
    context: PathBuf,
    manifests: Vec<Value>,
}

/// Reads the user data of one machine from a folder and converts it, with these answers.
fn converted(user_data: &str, answers: &[(&str, &str)]) -> Tree {
    let room = Room::new();
    room.write("machines/parcels.user-data.yaml", user_data);
    let answers: String = answers.iter().map(|(id, answer)| format!("  {id}: {{answer: \"{answer}\"}}\n")).collect();
    if !answers.is_empty() {
        room.write("decisions.yaml", format!("schema: caravan.decisions/v1\nanswers:\n{answers}"));
    }
    room.run(&["discover", "--files", "machines"]).ends(0, &[]);
    room.run(&["convert", "--out", "out"]);
    let dockerfile = find(&room.path().join("out/images"), "entry.sh");
    let manifests = find(&room.path().join("out/deployment"), "manifests.yaml");
    let context = dockerfile.first().unwrap().parent().unwrap().to_owned();
    let manifests = documents(&std::fs::read_to_string(manifests.first().unwrap()).unwrap()).unwrap();
    Tree { room, context, manifests }
}

/// Every file of that name below a folder, sorted.
fn find(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = crate::workers::files(folder)
        .into_iter()
        .filter(|file| file.file_name().is_some_and(|one| one == name))
        .collect();
    found.sort();
    found
}

fn well(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out.into_owned()
}

impl Tree {
    /// The base that the Dockerfile names.
    fn base(&self) -> String {
        let dockerfile = std::fs::read_to_string(self.context.join("Dockerfile")).unwrap();
        dockerfile.lines().find_map(|line| line.strip_prefix("ARG BASE=")).unwrap().to_owned()
    }

    /// Runs the context's own script, with a `curl` that brings a program instead of asking the network.
    fn fetch(&self) {
        let programs = self.room.path().join("programs");
        std::fs::create_dir_all(&programs).unwrap();
        let curl = programs.join("curl");
        std::fs::write(
            &curl,
            "#!/bin/sh\nwhile [ \"$1\" != --output ]; do shift; done\nprintf '#!/bin/sh\\necho fetched\\n' > \"$2\"\n",
        )
        .unwrap();
        well(&Command::new("chmod").arg("755").arg(&curl).output().unwrap());
        let path = format!("{}:/usr/bin:/bin", programs.display());
        well(&Command::new("sh").arg(self.context.join("fetch.sh")).env("PATH", path).output().unwrap());
    }

    /// The container of its Deployment.
    fn container(&self) -> &Value {
        let deployment = self.manifests.iter().find(|one| one["kind"] == "Deployment").unwrap();
        &deployment["spec"]["template"]["spec"]["containers"][0]
    }

    /// Whom the pod runs it as, and whom the container, which has the last word.
    fn user(&self) -> u64 {
        let pod = self.manifests.iter().find(|one| one["kind"] == "Deployment").unwrap();
        let of = |context: &Value| context["runAsUser"].as_u64();
        of(&self.container()["securityContext"]).or(of(&pod["spec"]["template"]["spec"]["securityContext"])).unwrap()
    }
}

#[test]
fn the_context_of_a_machine_is_built_by_buildah_and_its_process_starts_as_its_user() {
    let Some(images) = Images::new() else { return };
    let tree = converted(MACHINE, &[]);
    tree.fetch();
    images.stand_in(&tree.base(), &["apt-get", "dnf", "yum"], &[]);
    well(&images.build(&tree.context, "parcels:1"));
    // What was copied, run and fetched is there, with its owner and its rights.
    let seen = well(&images.run(
        "parcels:1",
        "0",
        &[],
        &["sh", "-c", "stat -c '%a %u %n' /etc/parcels/database.ini /opt/parcels/serve.sh /caravan/entry; ls -d /var/lib/parcels; \
                       cat /installed; /opt/parcels/tool; grep ^parcels: /etc/passwd"],
    ));
    for line in [
        "640 1200 /etc/parcels/database.ini",
        "755 0 /opt/parcels/serve.sh",
        "755 0 /caravan/entry",
        "/var/lib/parcels",
        "fetched",
        "parcels:x:1200:1200::/srv/parcels:/bin/sh",
    ] {
        assert!(seen.lines().any(|one| one == line), "{line}: {seen}");
    }
    assert!(seen.contains("nginx"), "{seen}");
    // The pod's user, the pod's arguments, and the secret by reference.
    let container = tree.container();
    let variables: Vec<(String, String)> = container["env"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let value = one["value"].as_str().unwrap_or("given-by-the-cluster");
            (one["name"].as_str().unwrap().to_owned(), value.to_owned())
        })
        .collect();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut command = vec!["/caravan/entry"];
    command.extend(container["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()));
    let said = well(&images.run("parcels:1", &tree.user().to_string(), &variables, &command));
    assert_eq!(said, "serving as 1200 with 1 password\ngiven-by-the-cluster\n");
    assert!(!images.holds(SECRET), "a secret is in a layer");
    let whole = Command::new("grep").args(["-rlF", SECRET]).arg(tree.room.path().join("out")).output().unwrap();
    assert!(whole.stdout.is_empty(), "{}", String::from_utf8_lossy(&whole.stdout));
}
