//! Texts that Kubernetes expands, written so that they arrive as they are.
//!
//! In `command`, `args`, the values of `env` and the commands of probes, Kubernetes replaces `$(NAME)` and turns `$$` into
//! `$` (`third_party/forked/golang/expansion/expand.go`; kubernetes/kubernetes#75907; of probes `pkg/kubelet/prober/prober.go`,
//! kubernetes/kubernetes#42273). Hooks are not expanded.
//! A plconfig holds the true text; only `${secret:NAME}` in a command or argument is a reference, to the variable of
//! that name.

const REFERENCE: &str = "${secret:";

/// The text with every `$` doubled that Kubernetes would take as its own.
///
/// Doubled are those before another `$`, before `(`, and before what is not ASCII: Kubernetes reads the byte after
/// a single `$` as a character of its own and would garble it.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_literal(&mut out, text);
    out
}

/// As [`literal`], but `${secret:NAME}` becomes `$(NAME)`, the value of that variable.
pub(super) fn command(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_reference(rest) {
        push_literal(&mut out, before);
        // A `$` at the end of what stands before would join this one.
        if before.ends_with('$') && !ends_doubled(&out) {
            out.push('$');
        }
        out.push_str("$(");
        out.push_str(name);
        out.push(')');
        rest = after;
    }
    push_literal(&mut out, rest);
    out
}

/// The names that a command or argument refers to.
pub(super) fn references(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, name, after) = next_reference(rest)?;
        rest = after;
        Some(name)
    })
}

fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find(REFERENCE)?;
    let name = &text[start + REFERENCE.len()..];
    let end = name.find('}')?;
    Some((&text[..start], &name[..end], &name[end + 1..]))
}

fn push_literal(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let run = rest[at..].bytes().take_while(|b| *b == b'$').count();
        let next = rest.as_bytes().get(at + run);
        let doubled = run > 1 || next.is_some_and(|b| *b == b'(' || !b.is_ascii());
        for _ in 0..if doubled { 2 * run } else { run } {
            out.push('$');
        }
        rest = &rest[at + run..];
    }
    out.push_str(rest);
}

/// Whether the dollars at the end stand in pairs.
fn ends_doubled(text: &str) -> bool {
    text.bytes().rev().take_while(|b| *b == b'$').count() % 2 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A port of Kubernetes' `Expand`, byte by byte, with its treatment of what is not ASCII.
    fn expand(input: &str, value: impl Fn(&str) -> String) -> String {
        let input = input.as_bytes();
        let (mut out, mut checkpoint, mut cursor) = (Vec::new(), 0, 0);
        while cursor < input.len() {
            if input[cursor] == b'$' && cursor + 1 < input.len() {
                out.extend_from_slice(&input[checkpoint..cursor]);
                let rest = &input[cursor + 1..];
                let (read, advance) = match rest[0] {
                    b'$' => (b"$".to_vec(), 1),
                    b'(' => match rest.iter().position(|b| *b == b')') {
                        Some(end) => (value(std::str::from_utf8(&rest[1..end]).unwrap()).into_bytes(), end + 1),
                        None => (b"$(".to_vec(), 1),
                    },
                    // Go's string(byte) makes a rune of the byte.
                    other => (format!("${}", char::from(other)).into_bytes(), 1),
                };
                out.extend_from_slice(&read);
                cursor += advance;
                checkpoint = cursor + 1;
            }
            cursor += 1;
        }
        out.extend_from_slice(&input[checkpoint..]);
        String::from_utf8_lossy(&out).into_owned()
    }

    proptest::proptest! {
        #[test]
        fn every_text_arrives_as_it_is(text in "[$(){}a:é ]{0,24}") {
            proptest::prop_assert_eq!(expand(&literal(&text), |name| format!("<{name}>")), text);
        }

        #[test]
        fn references_arrive_as_values_and_the_rest_as_it_is(before in "[$(a é]{0,12}", after in "[$()b é]{0,12}") {
            let text = format!("{before}${{secret:TOKEN}}{after}");
            let expanded = expand(&command(&text), |name| format!("<{name}>"));
            proptest::prop_assert_eq!(expanded, format!("{before}<TOKEN>{after}"));
        }
    }

    #[test]
    fn shells_keep_their_variables() {
        assert_eq!(literal("exec $HOME/bin"), "exec $HOME/bin");
        assert_eq!(literal("kill $$; echo $(date)"), "kill $$$$; echo $$(date)");
        assert_eq!(command("psql ${secret:URL} -c $x"), "psql $(URL) -c $x");
        assert_eq!(references("a ${secret:A} ${secret:B}").collect::<Vec<_>>(), ["A", "B"]);
    }
}
