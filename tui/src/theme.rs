//! How things look: styles by what they mean, of the terminal's own sixteen colours, and never colour alone.
//!
//! Views know roles and signs. What a terminal can't show is taken away in one place, cell by cell, after everything was drawn:
//! nothing escapes it.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

/// Which colours there are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Colours {
    /// The terminal's own sixteen: it has chosen them for its background.
    Sixteen,
    /// None: bold, dim and reversed text only.
    None,
}

/// How a terminal is drawn to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Theme {
    /// Which colours there are.
    pub colours: Colours,
    /// Whether only ASCII is drawn.
    pub ascii: bool,
}

/// What a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// Nothing in particular.
    Plain,
    /// Beside the matter.
    Dim,
    /// A title, or a key.
    Title,
    /// As it should be.
    Good,
    /// Somebody is waited for.
    Wait,
    /// Something is wrong.
    Bad,
    /// Something happens.
    Busy,
    /// Where the keyboard is.
    Marked,
    /// Orders can be given here.
    Operator,
}

/// Each sign with what stands for it in ASCII. All are one column wide.
const SIGNS: &[(char, char)] = &[
    ('✓', '+'),
    ('▶', '>'),
    ('◀', '<'),
    ('▲', '^'),
    ('▼', 'v'),
    ('↩', '<'),
    ('✗', 'x'),
    ('·', '.'),
    ('◷', '~'),
    ('!', '!'),
    ('•', '*'),
    ('…', '~'),
    ('│', '|'),
    ('─', '-'),
    ('┌', '+'),
    ('┐', '+'),
    ('└', '+'),
    ('┘', '+'),
    ('├', '+'),
    ('┤', '+'),
    ('█', '#'),
    ('░', '.'),
    ('×', 'x'),
    ('–', '-'),
    ('—', '-'),
    ('→', '>'),
    ('←', '<'),
];

impl Role {
    /// How it looks where there are colours.
    pub(crate) const fn style(self) -> Style {
        let style = Style::new();
        match self {
            Self::Plain => style,
            Self::Dim => style.add_modifier(Modifier::DIM),
            Self::Title => style.add_modifier(Modifier::BOLD),
            Self::Good => style.fg(Color::Green),
            Self::Wait => style.fg(Color::Yellow).add_modifier(Modifier::BOLD),
            Self::Bad => style.fg(Color::Red).add_modifier(Modifier::BOLD),
            Self::Busy => style.fg(Color::Cyan),
            Self::Marked => style.add_modifier(Modifier::REVERSED),
            Self::Operator => style.fg(Color::Magenta).add_modifier(Modifier::BOLD),
        }
    }
}

impl Theme {
    /// Takes away what the terminal can't show.
    pub(crate) fn finish(self, buffer: &mut Buffer) {
        if self.colours == Colours::Sixteen && !self.ascii {
            return;
        }
        for cell in &mut buffer.content {
            if self.colours == Colours::None {
                (cell.fg, cell.bg) = (Color::Reset, Color::Reset);
            }
            if self.ascii && !cell.symbol().is_ascii() {
                let sign = cell.symbol().chars().next().and_then(ascii).unwrap_or('?');
                cell.set_char(sign);
            }
        }
    }
}

/// What stands for a sign in ASCII.
fn ascii(sign: char) -> Option<char> {
    SIGNS.iter().find(|(known, _)| *known == sign).map(|(_, ascii)| *ascii)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthChar;

    #[test]
    fn signs_are_one_column_wide_and_stand_in_the_list_once() {
        for (at, (sign, ascii)) in SIGNS.iter().enumerate() {
            assert_eq!(sign.width(), Some(1), "{sign}");
            assert!(ascii.is_ascii_graphic());
            assert!(SIGNS[..at].iter().all(|(other, _)| other != sign), "{sign} twice");
        }
    }
}
