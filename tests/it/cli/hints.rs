//! Commands that answers, notes and errors name run as they are printed, wherever the folder lies.

use super::{Room, Said};

/// A template of two services: much of it is open, one has a role that is not there, and rules of a load balancer lead to one.
const TEMPLATE: &str = r#"
Parameters:
  Image: {Type: String}
  Role: {Type: String}
  Url: {Type: String}
  Port: {Type: Number}
  Listener: {Type: String}
Resources:
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Name: mill, Port: 80, Protocol: HTTP, TargetType: ip, VpcId: vpc-1}
  Rule:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      ListenerArn: !Ref Listener
      Priority: 7
      Conditions: [{Field: host-header, Values: [mill.example.com]}]
      Actions: [{Type: forward, TargetGroupArn: !Ref Group}]
  Mill:
    Type: AWS::ECS::Service
    Properties:
      DesiredCount: 1
      TaskDefinition: !Ref MillTask
      LoadBalancers: [{ContainerName: mill, ContainerPort: !Ref Port, TargetGroupArn: !Ref Group}]
  MillTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: mill
          Image: !Ref Image
          Memory: 512
          Environment: [{Name: URL, Value: !Ref Url}, {Name: MODE, Value: !Ref Role}]
          PortMappings: [{ContainerPort: !Ref Port}]
  Sieve:
    Type: AWS::ECS::Service
    Properties: {DesiredCount: 1, TaskDefinition: !Ref SieveTask}
  SieveTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      TaskRoleArn: arn:aws:iam::111122223333:role/sieve
      ContainerDefinitions:
        - {Name: sieve, Image: "sieve:1", Memory: 512, Environment: [{Name: QUEUE, Value: "arn:aws:sqs:eu-west-1:111122223333:grain"}]}
"#;

/// What every command of this folder says, one after the other.
fn said(room: &Room, dir: &str) -> Vec<(String, Said)> {
    let commands: [&[&str]; 14] = [
        &["discover", "--files", "files"],
        &["inventory", "list"],
        &["inventory", "coverage"],
        &["inventory", "show", "ecs/nobody"],
        &["convert", "--out", "tree"],
        &["convert", "--check", "--out", "tree"],
        &["decide"],
        &["decide", "nothing/at/all=yes"],
        &["assess"],
        &["assess", "ecs/nobody"],
        &["plan", "draft"],
        &["plan", "show", "friday"],
        &["plan", "seal", "friday"],
        &["cutover", "status"],
    ];
    let run = |command: &&[&str]| (command.join(" "), room.run(&[&["--dir", dir], *command].concat()));
    commands.iter().map(run).collect()
}

/// The commands that a text names, each with what stands behind the program's name.
fn named<'t>(text: &'t str, all: &[String]) -> Vec<&'t str> {
    let behind = text.split("caravan").skip(1).map(str::trim_start);
    let is_command = |rest: &&str| {
        let word = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        rest.starts_with("--dir") || all.iter().any(|command| command == word)
    };
    behind.filter(is_command).collect()
}

#[test]
fn every_command_that_is_named_says_the_folder_it_is_for() {
    let room = Room::new();
    let help = room.run(&["--help"]).out;
    let commands: Vec<String> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect();
    assert!(commands.len() > 10, "{help}");
    for dir in ["night", "a b"] {
        room.write(&format!("{dir}/caravan.yaml"), "schema: caravan.config/v1\n");
        room.write("files/mill.yaml", TEMPLATE);
        let mut texts = 0;
        for (command, said) in said(&room, dir) {
            let quoted = if dir.contains(' ') { format!("--dir '{dir}' ") } else { format!("--dir {dir} ") };
            for text in [&said.out, &said.err] {
                for rest in named(text, &commands) {
                    texts += 1;
                    let rest = rest.split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(
                        rest.starts_with(&quoted),
                        "{command}: caravan {}",
                        rest.chars().take(80).collect::<String>()
                    );
                }
            }
        }
        assert!(texts > 10, "{texts}");
    }
}

/// Where the folder is the one that a command is given in, nothing is put in.
#[test]
fn without_a_folder_commands_are_short() {
    let room = Room::new();
    room.write("caravan.yaml", "schema: caravan.config/v1\n").write("files/mill.yaml", TEMPLATE);
    for (command, said) in said(&room, ".") {
        assert!(
            !said.out.contains("caravan --dir") && !said.err.contains("caravan --dir"),
            "{command}: {} {}",
            said.out,
            said.err
        );
    }
}
