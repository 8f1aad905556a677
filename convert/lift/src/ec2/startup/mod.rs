//! What a machine does when it starts: user data, decoded by discovery, as statements with their lines.
//!
//! Nothing is run and nothing is guessed: what can't be read is a statement that says so.

mod cloud_config;
mod shell;
mod statement;
mod word;
mod yaml;

pub(super) use shell::said_by;
pub(super) use statement::{Command, Statement, What, Written};
pub(super) use word::{Piece, Variables, Word, expand};
pub(super) use yaml::{Node, Yaml, parse};

/// Shells whose scripts are read.
const SHELLS: [&str; 5] = ["sh", "bash", "dash", "ash", "ksh"];

/// The statements of one part of user data, by the type that it has (cloud-init, "User-data formats").
pub(super) fn read(content_type: &str, text: &str) -> Vec<Statement> {
    let mut out = Vec::new();
    part(content_type, text, 1, &mut Variables::new(), &mut out);
    out
}

fn part(content_type: &str, text: &str, first: u32, variables: &mut Variables, out: &mut Vec<Statement>) {
    let unread = |why| Statement { line: first, conditional: false, what: What::Unread(why, head(text)) };
    let of_node = |of| Statement { line: first, conditional: false, what: What::Node(of) };
    match content_type {
        "text/cloud-config" => cloud_config::read(text, first, variables, out),
        "text/cloud-config-archive" => archive(text, first, variables, out),
        "text/x-shellscript"
        | "text/x-shellscript-per-boot"
        | "text/x-shellscript-per-instance"
        | "text/x-shellscript-per-once" => script(text, first, variables, out),
        // Its first line says what it is, and the script begins behind it.
        "text/cloud-boothook" => match text.split_once('\n') {
            Some((line, rest)) if line.trim_end() == "#cloud-boothook" => script(rest, first + 1, variables, out),
            _ => script(text, first, variables, out),
        },
        "text/x-include-url" | "text/x-include-once-url" => include(text, first, out),
        "text/jinja2" => jinja(text, first, variables, out),
        "application/node.eks.aws" => out.push(of_node("EKS")),
        "text/x-windows-script" => out.push(of_node("Windows")),
        "text/x-bottlerocket-settings" => {
            let ecs = text.lines().any(|line| line.trim_start().trim_start_matches('[').starts_with("settings.ecs"));
            out.push(of_node(if ecs { "ECS" } else { "EKS" }));
        }
        "text/cloud-config-jsonp" => out.push(unread("it changes what other parts say")),
        "text/part-handler" | "text/x-part-handler" => out.push(unread("a program that cloud-init runs on the parts")),
        "text/upstart-job" => out.push(unread("a job of Upstart")),
        _ => out.push(unread("cloud-init knows no such part")),
    }
}

/// A script by its first line.
fn script(text: &str, first: u32, variables: &mut Variables, out: &mut Vec<Statement>) {
    let line = text.lines().next().unwrap_or_default();
    let Some(interpreter) = line.strip_prefix("#!") else { return shell::read(text, first, variables, out) };
    let mut words = interpreter.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let program = match words.next() {
        Some("env") => words.find(|word| !word.starts_with('-')),
        other => other,
    };
    if program.is_some_and(|program| SHELLS.contains(&program)) {
        shell::read(text, first, variables, out);
    } else {
        let what = What::Unread("it is no script of a shell", head(text));
        out.push(Statement { line: first, conditional: false, what });
    }
}

/// Addresses from which more user data is taken, which nobody read.
fn include(text: &str, first: u32, out: &mut Vec<Statement>) {
    for (at, line) in text.lines().enumerate() {
        let url = line.trim().trim_start_matches("#include-once").trim_start_matches("#include").trim();
        if !url.is_empty() && !url.starts_with('#') {
            let line = first + u32::try_from(at).unwrap_or_default();
            out.push(Statement { line, conditional: false, what: What::Include(url.to_owned()) });
        }
    }
}

/// A template that the machine fills in with what it knows of itself; one without placeholders says what it says.
fn jinja(text: &str, first: u32, variables: &mut Variables, out: &mut Vec<Statement>) {
    let (_, rest) = text.split_once('\n').unwrap_or_default();
    if rest.contains("{{") || rest.contains("{%") {
        let what = What::Unread("a template that the machine fills in", head(rest));
        return out.push(Statement { line: first, conditional: false, what });
    }
    part(by_first_line(rest), rest, first + 1, variables, out);
}

/// A list of parts, each with its type and its content.
fn archive(text: &str, first: u32, variables: &mut Variables, out: &mut Vec<Statement>) {
    let unread = |line, text: &str| Statement {
        line,
        conditional: false,
        what: What::Unread("no archive of parts", head(text)),
    };
    let Some(Yaml::List(parts)) = parse(text, first).map(|node| node.what) else {
        return out.push(unread(first, text));
    };
    for node in &parts {
        match &node.what {
            Yaml::Text(content) => part(by_first_line(content), content, node.content_line(), variables, out),
            _ => match node.get("content").map(|content| (content, &content.what)) {
                Some((node_of, Yaml::Text(content))) => {
                    let told = node.get("type").and_then(Node::text).unwrap_or(by_first_line(content));
                    part(told, content, node_of.content_line(), variables, out);
                }
                _ => out.push(unread(node.line, "")),
            },
        }
    }
}

/// What cloud-init takes a text for by its beginning: discovery says it of whole parts.
fn by_first_line(text: &str) -> &'static str {
    let first = text.trim_start().lines().next().unwrap_or_default();
    match first.split_whitespace().next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "#cloud-config" => "text/cloud-config",
        "#cloud-config-archive" => "text/cloud-config-archive",
        "#cloud-config-jsonp" => "text/cloud-config-jsonp",
        "#cloud-boothook" => "text/cloud-boothook",
        "#include" | "#include-once" => "text/x-include-url",
        _ if first.starts_with("#!") => "text/x-shellscript",
        _ => "text/plain",
    }
}

fn head(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned()
}

/// Whether a text can be the name of a shell's variable.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests;
