//! Shell scripts, by the grammar of bash (tree-sitter-bash): what can be said of each statement before it runs.
//!
//! A secret's mark is written with `<` and `>`, which are redirections to a shell: for the grammar, a word of the same length
//! stands in its place.

mod redirect;
mod secret;
mod words;

pub(crate) use redirect::said_by;

use super::statement::{Command, Statement, What};
use super::word::{Variables, Word};
use caravan_inventory::Redacted;
use tree_sitter::{Node, Parser};

/// What stands for a mark: as long as that is.
const STANDS: (&str, &str) = ("__secret_", "__");

/// Reads a script whose first line is `first` of the text that it stands in. The variables that it sets are known to those
/// that follow it.
pub(crate) fn read(text: &str, first: u32, variables: &mut Variables, out: &mut Vec<Statement>) {
    let masked = masked(text);
    let mut parser = Parser::new();
    let tree = match parser.set_language(&tree_sitter_bash::LANGUAGE.into()) {
        Ok(()) => parser.parse(&masked, None),
        Err(_) => None,
    };
    match tree {
        Some(tree) => Reader { text: &masked, first, variables, out }.statement(tree.root_node(), false),
        None => out.push(unread(first, "no shell script can be read", text)),
    }
}

/// A script under way.
struct Reader<'r> {
    text: &'r str,
    first: u32,
    variables: &'r mut Variables,
    out: &'r mut Vec<Statement>,
}

impl Reader<'_> {
    fn line(&self, node: Node<'_>) -> u32 {
        self.first + u32::try_from(node.start_position().row).unwrap_or(u32::MAX - self.first)
    }

    /// The text of a node, with the marks in it.
    fn source(&self, node: Node<'_>) -> String {
        unmasked(&self.text[node.byte_range()])
    }

    fn add(&mut self, node: Node<'_>, conditional: bool, what: What) {
        self.out.push(Statement { line: self.line(node), conditional, what });
    }

    fn unread(&mut self, node: Node<'_>, why: &'static str) {
        self.out.push(unread(self.line(node), why, &self.source(node)));
    }

    fn each(&mut self, node: Node<'_>, conditional: bool) {
        for child in children(node) {
            self.statement(child, conditional);
        }
    }

    fn statement(&mut self, node: Node<'_>, conditional: bool) {
        match node.kind() {
            "comment" | "test_command" | "word" | "variable_name" | "number" | "string" | "raw_string"
            | "simple_expansion" | "expansion" | "concatenation" => {}
            "program"
            | "compound_statement"
            | "do_group"
            | "else_clause"
            | "elif_clause"
            | "case_item"
            | "variable_assignments" => self.each(node, conditional),
            "subshell" => {
                let outside = self.variables.clone();
                self.each(node, conditional);
                *self.variables = outside;
            }
            "if_statement"
            | "while_statement"
            | "for_statement"
            | "c_style_for_statement"
            | "case_statement"
            | "function_definition"
            | "negated_command" => self.perhaps(node),
            "list" => self.list(node, conditional),
            _ if node.is_error() || node.has_error() => self.unread(node, "the shell's grammar has no such statement"),
            "variable_assignment" => self.assignment(node, conditional),
            "declaration_command" => self.declaration(node, conditional),
            "unset_command" => self.each_name(node),
            "command" | "pipeline" | "redirected_statement" => self.run(node, conditional),
            _ => self.unread(node, "it is no plain command"),
        }
    }

    /// What may not happen, or more than once: what is set there is not known behind it.
    fn perhaps(&mut self, node: Node<'_>) {
        if let Some(name) = node.child_by_field_name("variable") {
            let name = self.source(name);
            self.variables.remove(&name);
        }
        self.each(node, true);
    }

    /// `a && b`, `a || b`: the second of the latter happens only where the first fails.
    fn list(&mut self, node: Node<'_>, conditional: bool) {
        let mut cursor = node.walk();
        let (mut tested, mut rescued) = (false, false);
        for child in node.children(&mut cursor) {
            match child.kind() {
                "&&" => {}
                "||" => rescued = true,
                _ => {
                    self.statement(child, conditional || tested || rescued);
                    tested |= matches!(child.kind(), "test_command" | "negated_command");
                }
            }
        }
    }

    fn each_name(&mut self, node: Node<'_>) {
        for name in children(node).filter(|child| child.kind() == "variable_name") {
            let name = self.source(name);
            self.variables.remove(&name);
        }
    }

    /// `export A=1 B`: what is exported without a value stays what it is.
    fn declaration(&mut self, node: Node<'_>, conditional: bool) {
        for child in children(node).filter(|child| child.kind() == "variable_assignment") {
            self.assignment(child, conditional);
        }
    }

    fn assignment(&mut self, node: Node<'_>, conditional: bool) {
        let Some(name) = node.child_by_field_name("name").map(|name| self.source(name)) else { return };
        let operator = has_child(node, "+=");
        let value = node.child_by_field_name("value");
        let known = value.is_none_or(|value| value.kind() != "array") && !operator && !conditional;
        match value.map(|value| self.word(value)) {
            Some(word) if known => drop(self.variables.insert(name.clone(), word.pieces)),
            None if known => drop(self.variables.insert(name.clone(), Vec::new())),
            _ => drop(self.variables.remove(&name)),
        }
        self.add(node, conditional, What::Assign(name));
    }

    /// A command, or several with pipes between them, with what they are given and where their output goes.
    fn run(&mut self, node: Node<'_>, conditional: bool) {
        match self.what(node) {
            Some(what) => self.add(node, conditional, what),
            None => self.unread(node, "what it reads or where its output goes can't be followed"),
        }
    }

    fn what(&mut self, node: Node<'_>) -> Option<What> {
        match node.kind() {
            "command" => Some(What::Run(vec![self.command(node)])),
            "redirected_statement" => self.redirected(node),
            "pipeline" => self.pipeline(node),
            _ => None,
        }
    }

    fn pipeline(&mut self, node: Node<'_>) -> Option<What> {
        let mut commands = Vec::new();
        for child in children(node) {
            match self.what(child)? {
                What::Run(more) => commands.extend(more),
                _ => return None,
            }
        }
        Some(redirect::teed(&commands).unwrap_or(What::Run(commands)))
    }

    fn command(&mut self, node: Node<'_>) -> Command {
        let mut command = Command::default();
        for child in children(node) {
            match child.kind() {
                // Set for this command alone: to `env`, as it were.
                "variable_assignment" => {
                    let line = self.line(child);
                    if command.words.is_empty() {
                        command.words.push(Word::plain("env", line));
                    }
                    command.words.push(Word::plain(self.source(child), line));
                }
                "command_name" => children(child).for_each(|word| self.argument(word, &mut command.words)),
                "herestring_redirect" | "file_redirect" | "heredoc_redirect" => {}
                _ => self.argument(child, &mut command.words),
            }
        }
        command.background = node.next_sibling().is_some_and(|next| next.kind() == "&");
        command
    }
}

/// The named children of a node.
fn children(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    (0..node.child_count()).filter_map(move |at| node.child(at)).filter(Node::is_named)
}

/// Whether one of a node's children, signs as well, is of this kind.
fn has_child(node: Node<'_>, kind: &str) -> bool {
    (0..node.child_count()).filter_map(|at| node.child(at)).any(|child| child.kind() == kind)
}

fn unread(line: u32, why: &'static str, text: &str) -> Statement {
    Statement { line, conditional: false, what: What::Unread(why, text.to_owned()) }
}

fn masked(text: &str) -> String {
    let mut out = text.to_owned();
    for span in Redacted::find(text) {
        let digits = &text[span.range.start + "<redacted:".len()..span.range.end - 1];
        out.replace_range(span.range.clone(), &format!("{}{digits}{}", STANDS.0, STANDS.1));
    }
    out
}

/// The text with the marks where their words stand.
fn unmasked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(STANDS.0) {
        let behind = &rest[at + STANDS.0.len()..];
        let digits = behind.get(..16).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let whole = digits.filter(|_| behind[16..].starts_with(STANDS.1));
        out.push_str(&rest[..at]);
        match whole {
            Some(digits) => {
                out.push_str(&format!("<redacted:{digits}>"));
                rest = &behind[16 + STANDS.1.len()..];
            }
            None => {
                out.push_str(STANDS.0);
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
