//! `fixed-port`: a fixed port of its host.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, list, some_of};
use crate::readiness::subject::Subject;

/// In the bridge and host modes of networks; in awsvpc the host port is the task's own.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let own = subject.tasks().any(|(.., task)| task["networkMode"] == "awsvpc");
    let (mut names, mut evidence) = (Vec::new(), Vec::new());
    for (observation, place, container) in subject.containers().into_iter().filter(|_| !own) {
        for (number, mapping) in list(&container["portMappings"]).iter().enumerate() {
            if let Some(port) = mapping["hostPort"].as_u64().filter(|port| *port != 0) {
                names.push(port.to_string());
                evidence.push(at(observation, format!("{place}/portMappings/{number}/hostPort")));
            }
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let text = format!("it listens on port {} of its host, which callers may have written down", some_of(&names, 4));
    vec![Finding::new(text, evidence, "find who calls it by host and port, and give them a name")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn only_a_port_of_the_host_itself_is_fixed() {
        let with = |mode: &str, port: u64| {
            let mapping = json!({"portMappings": [{"containerPort": 80, "hostPort": port}]});
            service(
                json!({"launchType": "EC2"}),
                json!({"networkMode": mode, "requiresCompatibilities": ["EC2"]}),
                mapping,
            )
        };
        let (text, places) = with("bridge", 9080).note(NoteKind::FixedPort);
        assert!(text.starts_with("it listens on port 9080 of its host"), "{text}");
        assert_eq!(places, ["/taskDefinition/containerDefinitions/0/portMappings/0/hostPort"]);
        assert!(with("bridge", 0).notes(NoteKind::FixedPort).is_empty());
        assert!(with("awsvpc", 80).notes(NoteKind::FixedPort).is_empty());
    }
}
