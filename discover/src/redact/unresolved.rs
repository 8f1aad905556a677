//! Values that a template leaves open ([`caravan_inventory::Unresolved`]): its functions and names stay, literals go as any
//! text does.

use super::names::{Suspicion, suspicion};
use super::{Redactor, shapes, tokens, words};

/// Functions whose first argument is a name of the template.
const NAMING: &[&str] = &["!Ref", "!GetAtt", "!If", "!FindInMap", "!Condition"];
/// What stands between the words of a template's text.
const BETWEEN: &[char] = &[' ', '\t', '\n', '\r', '[', ']', '(', ')', ',', '\'', '"', '{', '}'];

/// A template's text without its secrets.
pub(super) struct Masked {
    pub(super) text: String,
    /// Whether a name in it speaks of a secret: then what the template offers is one.
    pub(super) speaks: bool,
}

impl Redactor {
    /// A template's text as the value of `name`, or empty.
    pub(super) fn template_text(&self, text: &str, name: &str) -> Masked {
        let words = words_of(text);
        let speaks = words.iter().any(|word| word.is_name && suspicion(word.text) == Suspicion::Strong);
        let name = if speaks { "secret" } else { name };
        let mut masked = String::with_capacity(text.len());
        let mut from = 0;
        for word in words {
            masked += &text[from..word.at];
            from = word.at + word.text.len();
            let kept = word.is_name && is_harmless_name(word.text);
            match if kept { None } else { self.value(word.text, name) } {
                Some(mark) => masked += &mark,
                None => masked += word.text,
            }
        }
        masked += &text[from..];
        Masked { text: masked, speaks }
    }
}

/// A word of a template's text.
struct Word<'t> {
    at: usize,
    text: &'t str,
    /// Whether it names something: a parameter, a variable, a function of the template.
    is_name: bool,
}

fn words_of(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut at = 0;
    // How many brackets of a variable are open, and the quote that is.
    let (mut inside, mut quote) = (0_usize, None);
    let mut named = false;
    while at < text.len() {
        let rest = &text[at..];
        if let Some(end) = rest.strip_prefix("{{").and_then(|inner| inner.find("}}")).map(|end| end + 4)
            && shapes::is_placeholder(&rest[..end])
        {
            words.push(Word { at, text: &rest[..end], is_name: true });
            at += end;
            continue;
        }
        if rest.starts_with("${") {
            inside += 1;
            at += 2;
            continue;
        }
        let Some(letter) = rest.chars().next() else { break };
        if BETWEEN.contains(&letter) {
            match (letter, quote) {
                ('}', _) => inside = inside.saturating_sub(1),
                ('\'' | '"', None) => quote = Some(letter),
                (letter, Some(open)) if letter == open => quote = None,
                _ => {}
            }
            at += letter.len_utf8();
            continue;
        }
        let end = rest.find(|letter: char| BETWEEN.contains(&letter)).unwrap_or(rest.len());
        let end = rest.find("${").map_or(end, |variable| end.min(variable));
        let word = &rest[..end];
        let is_tag = word.starts_with('!') && word[1..].bytes().all(|b| b.is_ascii_alphanumeric());
        let is_name = is_tag || named || inside > 0 && quote.is_none();
        words.push(Word { at, text: word, is_name });
        named = is_tag && NAMING.contains(&word);
        at += end;
    }
    words
}

/// Letters and the signs of names, no more of them than words have, and no token that is known by its look.
fn is_harmless_name(name: &str) -> bool {
    let is_sign = |letter: char| "_-.:/!+*".contains(letter);
    let is_placeholder = name.starts_with("{{");
    is_placeholder
        || name.len() <= 128
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || is_sign(letter))
            && tokens::find(name).is_empty()
            && words::is_half_plain(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str, name: &str) -> String {
        Redactor::new(b"key").template_text(text, name).text
    }

    #[test]
    fn functions_and_names_stay() {
        for text in [
            "!Ref Memory",
            "!Ref AWS::Region",
            "!GetAtt JobsQueue.Arn",
            "${ssm:/orders/database/password}",
            "${env:DB_PASSWORD}",
            "!Ref DbPassword",
            "{{resolve:secretsmanager:orders/database:SecretString:password}}",
        ] {
            assert_eq!(masked(text, "DB_PASSWORD"), text.to_owned(), "{text}");
        }
        for text in [
            "!Sub ${AWS::StackName}-orders",
            "!If [IsProd, 1024, 512]",
            "!FindInMap [Sizes, !Ref Stage, memory]",
            "!Join [-, [orders, !Ref Stage]]",
            "!ImportValue network-SubnetIds",
            "${self:custom.stages.${opt:stage, 'dev'}.memory}",
        ] {
            assert_eq!(masked(text, "ORDERS_QUEUE"), text.to_owned(), "{text}");
        }
    }

    #[test]
    fn literals_go_as_any_text_does() {
        for (text, name) in [
            ("!Sub postgres://app:hunter2hunter2@${Host}/orders", "URL"),
            ("!Sub ${Stage}hunter2hunter2", "DB_PASSWORD"),
            ("${env:DB_PASSWORD, 'hunter2hunter2'}", "ORDERS"),
            ("!If [IsProd, hunter2hunter2, x]", "DB_PASSWORD"),
            ("!Join ['', [hunter2hunter2, !Ref Stage]]", "TOKEN"),
            ("!Ref AKIAIOSFODNN7EXAMPLE", "X"),
            ("${AKIAIOSFODNN7EXAMPLE}", "X"),
            ("!Sub ${Ab9xQ2kLp0ZtR7vWn3Ys5Hd8}", "X"),
        ] {
            let masked = masked(text, name);
            for secret in ["hunter2hunter2", "AKIAIOSFODNN7EXAMPLE", "Ab9xQ2kLp0ZtR7vWn3Ys5Hd8"] {
                assert!(!masked.contains(secret), "{masked}");
            }
            assert!(masked.contains("<redacted:"), "{masked}");
        }
    }

    #[test]
    fn a_name_says_that_what_is_offered_is_a_secret() {
        let redactor = Redactor::new(b"key");
        assert!(redactor.template_text("!Ref DbPassword", "X").speaks);
        assert!(!redactor.template_text("!Ref Memory", "X").speaks);
    }
}
