//! Texts that somebody expands on the way: what the plconfig says is what the shell, and the caller, get.

use super::{json, rendered};

const WEB: &str = "plconfig: v1\napp: a\nteam: t\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 8080\n";

/// What the kubelet makes of a word of a probe: `$$` is `$`, `$(NAME)` the value of a variable that is there, else itself.
fn expanded(word: &str, variables: &[(&str, &str)]) -> String {
    let (mut out, mut rest) = (String::new(), word);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = after.strip_prefix('(').and_then(|after| after.split_once(')')) {
            let value = variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            out.push_str(&value.unwrap_or_else(|| format!("$({name})")));
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out + rest
}

#[test]
fn commands_of_probes_arrive_as_they_are() {
    for script in [
        "kill -0 $$",
        "test -n \"$(hostname)\" || exit 1",
        "pg_isready -h $HOST && echo $$$$ $(HOST)",
        "[ $(cat /run/ready | wc -l) -gt 0 ] && price='5$'",
    ] {
        let quoted = serde_json::to_string(script).unwrap();
        let health = format!(
            "    health: {{startup: 30s, ready: {{command: [sh, -c, {quoted}]}}, live: {{command: [sh, -c, {quoted}]}}}}\n"
        );
        let objects = rendered(&format!("{WEB}    env: {{HOST: db, hostname: x}}\n{health}"));
        let container = &json(&objects, "Deployment", "a")["spec"]["template"]["spec"]["containers"][0];
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            let written = container[probe]["exec"]["command"][2].as_str().unwrap();
            assert_eq!(expanded(written, &[("HOST", "db"), ("hostname", "x")]), script, "{probe}: {written}");
        }
    }
}

/// What Envoy makes of a format string: `%%` is `%`; a command would be filled in, and an unknown one refused.
fn formatted(format: &str) -> Option<String> {
    let doubled = format.split("%%").all(|piece| !piece.contains('%'));
    doubled.then(|| format.replace("%%", "%"))
}

#[test]
fn bodies_of_answers_arrive_as_they_are() {
    for body in [
        "<style>body{width:100%;margin:5% auto}</style>",
        "%REQ(:path)% is not there",
        "100%",
        "a%%b%20c %",
        "back at noon",
    ] {
        let quoted = serde_json::to_string(body).unwrap();
        let ingress = format!(
            "    ingress: {{routes: [{{paths: [/], respond: {{status: 503, content_type: text/html, body: {quoted}}}}}]}}\n"
        );
        let objects = rendered(&format!("{WEB}{ingress}"));
        let filter = objects.iter().find(|object| object.kind() == "HTTPRouteFilter").unwrap();
        let filter = serde_json::to_value(filter).unwrap();
        let written = filter["spec"]["directResponse"]["body"]["inline"].as_str().unwrap();
        assert_eq!(formatted(written).as_deref(), Some(body), "{written}");
        assert_eq!(filter["spec"]["directResponse"]["contentType"], "text/html");
    }
}

#[test]
fn headers_of_answers_arrive_as_they_are() {
    for value in ["100% blocked", "https://www.example.com/a%20b?c=%25", "%REQ(:path)%", "%%", "text/html; x=%"] {
        let quoted = serde_json::to_string(value).unwrap();
        let routes = format!(
            "{{paths: [/a], response_headers: {{x-reason: {quoted}}}}}, \
             {{paths: [/b], response_headers: {{location: {quoted}}}, respond: {{status: 301}}}}, \
             {{paths: [/c], respond: {{status: 200, content_type: {quoted}, body: x}}}}"
        );
        let ingress = format!("    ingress: {{response_headers: {{x-all: {quoted}}}, routes: [{routes}]}}\n");
        let objects = rendered(&format!("{WEB}{ingress}"));
        let (mut seen, mut types) = (Vec::new(), 0);
        for object in &objects {
            let object = serde_json::to_value(object).unwrap();
            let rules = object["spec"]["rules"].as_array().into_iter().flatten();
            let filters = rules.flat_map(|rule| rule["filters"].as_array().into_iter().flatten());
            let set =
                filters.flat_map(|filter| filter["responseHeaderModifier"]["set"].as_array().into_iter().flatten());
            for header in set {
                assert_eq!(formatted(header["value"].as_str().unwrap()).as_deref(), Some(value), "{header}");
                seen.push(header["name"].as_str().unwrap().to_owned());
            }
            if let Some(written) = object["spec"]["directResponse"]["contentType"].as_str() {
                assert_eq!(formatted(written).as_deref(), Some(value), "{written}");
                types += 1;
            }
        }
        seen.sort();
        assert_eq!((seen.join(" ").as_str(), types), ("location x-all x-all x-all x-reason", 1));
    }
}
