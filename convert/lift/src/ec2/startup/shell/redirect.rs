//! What a command is given, and where its output goes.

use super::super::statement::{Command, What, Written};
use super::super::word::{Piece, Word, expand};
use super::{Reader, children, unmasked};
use tree_sitter::Node;

/// Where logs go: what is written there decides nothing.
const LOGS: [&str; 4] = ["/dev/null", "/dev/console", "/dev/stderr", "/var/log/"];

/// A file that a command writes to, and whether behind what stands there.
struct Output {
    path: Word,
    append: bool,
}

impl Reader<'_> {
    /// A command with redirections; none where they can't be followed.
    pub(super) fn redirected(&mut self, node: Node<'_>) -> Option<What> {
        let body = node.child_by_field_name("body");
        let mut outputs = Vec::new();
        let (mut given, mut piped) = (None, None);
        for redirect in children(node).filter(|child| Some(*child) != body) {
            match redirect.kind() {
                "file_redirect" => outputs.extend(self.output(redirect)?),
                "heredoc_redirect" => {
                    given = Some(self.heredoc(redirect)?);
                    for inner in children(redirect) {
                        match inner.kind() {
                            "file_redirect" => outputs.extend(self.output(inner)?),
                            "pipeline" => piped = Some(inner),
                            _ => {}
                        }
                    }
                }
                _ => return None,
            }
        }
        let Some(body) = body else {
            // `> file` empties or makes it.
            let output = outputs.pop()?;
            let content = Word { pieces: Vec::new(), line: self.line(node) };
            return Some(written(output, content));
        };
        let What::Run(mut commands) = self.what(body)? else { return None };
        if let Some(pipe) = piped {
            match self.what(pipe)? {
                What::Run(more) => commands.extend(more),
                // `cat <<EOF | tee file` writes to a file that the pipe names itself.
                _ => return None,
            }
        }
        let output = outputs.pop();
        if !outputs.is_empty() {
            return None;
        }
        let name = |command: &Command| command.name();
        match (commands.as_slice(), given) {
            ([cat], Some(content)) if name(cat) == "cat" && cat.own_words().len() == 1 => {
                return Some(written(output?, content));
            }
            ([cat, tee], Some(content)) if name(cat) == "cat" && output.is_none() => {
                return Some(written(tee_output(tee)?, content));
            }
            ([tee], Some(content)) if name(tee) == "tee" => return Some(written(tee_output(tee)?, content)),
            (_, Some(_)) => return None,
            _ => {}
        }
        if let ([say], Some(to)) = (commands.as_slice(), &output)
            && matches!(say.name().as_str(), "echo" | "printf")
        {
            let to = Output { path: to.path.clone(), append: to.append };
            return Some(written(to, said(say)));
        }
        if let (Some(last), Some(output)) = (commands.last_mut(), output) {
            last.output = Some(output.path);
        }
        Some(teed(&commands).unwrap_or(What::Run(commands)))
    }

    /// Where a redirection leads; an empty answer where that is a log, none where it can't be followed.
    fn output(&mut self, node: Node<'_>) -> Option<Option<Output>> {
        let source = self.source(node);
        let operator: String = source
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .chars()
            .take_while(|c| "<>&|".contains(*c))
            .collect();
        let to = node.child_by_field_name("destination").or_else(|| children(node).last())?;
        if matches!(to.kind(), "number") && operator.ends_with('&') {
            return Some(None);
        }
        if to.kind() == "process_substitution" {
            // `> >(tee /var/log/user-data.log | logger -t user-data)`
            let text = self.source(to);
            let log = text.starts_with(">(") && (text.contains("tee") || text.contains("logger"));
            return log.then_some(None);
        }
        let path = self.word(to);
        let text = path.shown();
        if operator.starts_with('<') {
            return (text == "/dev/null").then_some(None);
        }
        if LOGS.iter().any(|log| text.starts_with(log)) {
            return Some(None);
        }
        Some(Some(Output { path, append: operator.contains(">>") }))
    }

    /// The text between `<<EOF` and `EOF`.
    fn heredoc(&mut self, node: Node<'_>) -> Option<Word> {
        let source = self.source(node);
        let start = children(node).find(|child| child.kind() == "heredoc_start").map(|start| self.source(start))?;
        let Some(body) = children(node).find(|child| child.kind() == "heredoc_body") else {
            return Some(Word { pieces: Vec::new(), line: self.line(node) + 1 });
        };
        let line = self.line(body);
        let text = unmasked(&self.text[body.byte_range()]);
        let text = if source.starts_with("<<-") {
            text.lines().map(|line| format!("{}\n", line.trim_start_matches('\t'))).collect()
        } else {
            text
        };
        if start.contains(['\'', '"', '\\']) {
            return Some(Word::plain(text, line));
        }
        // What stands behind a backslash is meant as it is.
        let kept = text.replace("\\$", "\u{1}").replace("\\\\", "\\").replace("\\\n", "");
        let mut word = Word { pieces: Vec::new(), line };
        for piece in expand(&kept, line, self.variables, false).pieces {
            word.push(match piece {
                Piece::Text(text) if text.contains('`') => Piece::Open(text.replace('\u{1}', "\\$")),
                Piece::Text(text) => Piece::Text(text.replace('\u{1}', "$")),
                other => other,
            });
        }
        Some(word)
    }
}

/// `echo … | tee file`, as a file that is written.
pub(super) fn teed(commands: &[Command]) -> Option<What> {
    match commands {
        [say, tee]
            if matches!(say.name().as_str(), "echo" | "printf") && tee.name() == "tee" && tee.output.is_none() =>
        {
            Some(written(tee_output(tee)?, said(say)))
        }
        _ => None,
    }
}

fn tee_output(tee: &Command) -> Option<Output> {
    let words = tee.own_words().get(1..).unwrap_or_default();
    let (options, files): (Vec<&Word>, Vec<&Word>) = words.iter().partition(|word| word.shown().starts_with('-'));
    let append = options.iter().any(|word| matches!(word.shown().as_str(), "-a" | "--append"));
    match files.as_slice() {
        [file] if tee.name() == "tee" && options.len() == usize::from(append) => {
            Some(Output { path: (*file).clone(), append })
        }
        _ => None,
    }
}

/// What `echo` or `printf` says.
pub(crate) fn said_by(command: &Command) -> Option<Word> {
    matches!(command.name().as_str(), "echo" | "printf").then(|| said(command))
}

/// What `echo` says: its words with spaces between them. What a backslash means there depends on the shell.
fn said(say: &Command) -> Word {
    let words = say.own_words();
    let line = words.first().map_or(1, |word| word.line);
    let mut out = Word { pieces: Vec::new(), line };
    let plain = say.name() == "echo";
    let options = words.get(1..).unwrap_or_default().iter().take_while(|word| plain && word.shown() == "-n").count();
    let rest = words.get(1 + options..).unwrap_or_default();
    let escaped = rest.iter().any(|word| word.shown().contains('\\') || !plain && word.shown().contains('%'));
    if escaped || !plain && rest.len() != 1 || rest.first().is_some_and(|word| word.shown() == "-e") {
        let shown: Vec<String> = rest.iter().map(Word::shown).collect();
        out.push(Piece::Open(shown.join(" ")));
        return out;
    }
    for (at, word) in rest.iter().enumerate() {
        out.push(Piece::Text(if at == 0 { String::new() } else { " ".to_owned() }));
        word.pieces.iter().cloned().for_each(|piece| out.push(piece));
    }
    out.push(Piece::Text(if plain && options == 0 { "\n".to_owned() } else { String::new() }));
    out
}

fn written(output: Output, content: Word) -> What {
    What::Write(Written { path: output.path, content, append: output.append, mode: None, owner: None })
}
