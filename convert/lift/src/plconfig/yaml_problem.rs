//! What the YAML library says is wrong, without its layout.

/// The first line of the library's message, without the place that it repeats: for messages that name the place
/// themselves.
#[must_use]
pub fn yaml_problem(error: &serde_yaml::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    match (line.strip_prefix("line "), line.find(": ")) {
        (Some(_), Some(at)) => line[at + 2..].to_owned(),
        _ => line.split(" at line ").next().unwrap_or(line).to_owned(),
    }
}
