//! `docker run …`.

use super::options::{Key, OPTIONS, Opt};
use super::{Setting, Started};
use crate::ec2::account::Place;
use crate::ec2::startup::Word;

/// Reads the words behind `run`. `detached` is whether the shell does not wait for it.
///
/// # Errors
/// What is no option of Docker's, or that no image is named: a sentence fragment.
pub(crate) fn read<'a>(at: Place<'a>, words: &[Word], detached: bool) -> Result<Started<'a>, String> {
    let mut settings = Vec::new();
    let (mut name, mut detached) = (None, detached);
    let mut rest = words;
    while let [word, behind @ ..] = rest {
        let text = word.shown();
        if text == "--" {
            rest = behind;
            break;
        }
        if !text.starts_with('-') || text == "-" {
            break;
        }
        rest = behind;
        for (option, value) in options(word, &text)? {
            let said = match (value, option.takes) {
                (Some(value), _) => value,
                (None, false) => Word::plain("true", word.line),
                (None, true) => {
                    let [value, behind @ ..] = rest else { return Err(format!("`--{}` has no value", option.long)) };
                    rest = behind;
                    value.clone()
                }
            };
            match option.long {
                "name" => name = said.text(),
                "detach" => detached = said.text().as_deref() != Some("false"),
                _ => {}
            }
            settings.push(Setting { key: option.key, value: labelled(option, said) });
        }
    }
    let [image, command @ ..] = rest else { return Err("it names no image".to_owned()) };
    Ok(Started {
        at,
        name,
        image: image.clone(),
        command: command.to_vec(),
        settings,
        detached,
        project: None,
        built: false,
        clock: None,
    })
}

/// Options that are not told apart by what they say keep their name before their value.
fn labelled(option: &Opt, value: Word) -> Word {
    if !matches!(option.key, Key::Other | Key::HostResource | Key::OfTheHost | Key::Logging) {
        return value;
    }
    let mut out = Word::plain(format!("--{} ", option.long), value.line);
    value.pieces.into_iter().for_each(|piece| out.push(piece));
    out
}

type Said = (&'static Opt, Option<Word>);

/// The options of one word: `--name=web`, `--name`, `-p`, `-p80:80`, `-itd`.
fn options(word: &Word, text: &str) -> Result<Vec<Said>, String> {
    let unknown = |name: &str| format!("`{}` is no option of `docker run`", crate::marks::without_marks(name));
    if let Some(long) = text.strip_prefix("--") {
        let name = long.split('=').next().unwrap_or(long);
        let option = OPTIONS.iter().find(|option| option.long == name).ok_or_else(|| unknown(text))?;
        return Ok(vec![(option, word.split_once('=').map(|(_, value)| value))]);
    }
    let mut found = Vec::new();
    let letters = &text[1..];
    for (at, letter) in letters.char_indices() {
        let option = OPTIONS.iter().find(|option| option.letter == Some(letter)).ok_or_else(|| unknown(text))?;
        let behind = &letters[at + letter.len_utf8()..];
        if option.takes && !behind.is_empty() {
            // What follows the letter in the same word is the value.
            let value = word.text().map_or_else(|| after(word, at + 2), |_| Word::plain(behind, word.line));
            let value = match value.text().and_then(|text| text.strip_prefix('=').map(str::to_owned)) {
                Some(text) => Word::plain(text, word.line),
                None => value,
            };
            found.push((option, Some(value)));
            return Ok(found);
        }
        found.push((option, None));
    }
    Ok(found)
}

/// The word without its first bytes, which are known text.
fn after(word: &Word, bytes: usize) -> Word {
    let mut out = Word { pieces: Vec::new(), line: word.line };
    for (at, piece) in word.pieces.iter().enumerate() {
        out.push(match piece {
            crate::ec2::startup::Piece::Text(text) if at == 0 => {
                crate::ec2::startup::Piece::Text(text.get(bytes..).unwrap_or_default().to_owned())
            }
            other => other.clone(),
        });
    }
    out
}
