//! What lies over a screen: help, palette, filter, messages, and a change that waits for its word.

use super::{Text, bar, draw, first_seen, put, unseen};
use crate::keymap;
use crate::model::{By, Confirm, Model, Moved, Overlay, Screen};
use crate::text;
use crate::theme::Role;
use caravan_cutover::operator::time_text;
use caravan_inventory::{QueryField, Question};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Draws it over the body of the screen.
pub(crate) fn overlay(model: &Model, overlay: &Overlay, body: Rect, buffer: &mut Buffer) {
    match overlay {
        Overlay::Help { top } => {
            let title = format!("Keys on {}", model.screen.title());
            read(&help(model), *top, 0, &title, "Esc closes", body, buffer);
        }
        Overlay::Messages { top } => {
            let title = "Messages, the newest first; `$` is the command line that does the same";
            read(&messages(model, columns(body.width).saturating_sub(4)), *top, 0, title, "Esc closes", body, buffer);
        }
        Overlay::Palette { typed, marked } => palette(model, typed, *marked, body, buffer),
        Overlay::Filter { typed, problem } => filter(typed, problem.as_deref(), body, buffer),
        Overlay::Find { typed } => find(model.screen, typed, body, buffer),
        Overlay::Answer { question, typed, .. } => answer(question, typed, body, buffer),
        Overlay::Mark { sets } => mark(model, *sets, body, buffer),
        Overlay::MoveTo { from, what, typed } => move_to(model, (from, what), typed, body, buffer),
        Overlay::Confirm(confirm) => confirming(confirm, body, buffer),
    }
}

/// How wide an overlay is in a screen of so many columns.
fn columns(width: u16) -> u16 {
    width.saturating_sub(4).min(100)
}

/// Lines of a question below what is known: an empty one, and the word that is wanted.
const WORD: u16 = 2;

/// How many lines of a text there is room for in a body, with so many lines below it.
fn room(body: Rect, below: u16) -> usize {
    body.height.saturating_sub(2 + below).into()
}

/// How many lines an overlay has to be read in this body, and how many of them are seen at once.
pub(crate) fn overlay_size(model: &Model, overlay: &Overlay, body: Rect) -> (usize, usize) {
    let inner = columns(body.width).saturating_sub(4);
    match overlay {
        Overlay::Help { .. } => (help(model).len(), room(body, 0)),
        Overlay::Messages { .. } => (messages(model, inner).len(), room(body, 0)),
        Overlay::Palette { typed, .. } => {
            (keymap::offered(model.screen, model.operates(), typed).len(), room(body, 0).saturating_sub(1))
        }
        Overlay::Confirm(confirm) => question_size(confirm, body),
        Overlay::Filter { .. }
        | Overlay::Find { .. }
        | Overlay::MoveTo { .. }
        | Overlay::Answer { .. }
        | Overlay::Mark { .. } => (0, 0),
    }
}

/// How many lines are known before the word of a question is given, and how many of them are seen at once.
pub(crate) fn question_size(confirm: &Confirm, body: Rect) -> (usize, usize) {
    (known(confirm, columns(body.width).saturating_sub(4)).len(), room(body, WORD))
}

/// A text in a frame, from one of its lines on, with so many lines left free below it; gives what is inside of the frame.
fn read(lines: &[Text], top: usize, below: u16, title: &str, keys: &str, body: Rect, buffer: &mut Buffer) -> Rect {
    let room = room(body, below);
    let top = first_seen(top, lines.len(), room);
    let unseen = unseen(top, lines.len(), room, "PageDown");
    let inner = framed(buffer, body, lines.len() + usize::from(below), title, keys, unseen.as_deref());
    draw(buffer, Rect { height: inner.height.saturating_sub(below), ..inner }, lines, top);
    inner
}

/// The keys of a screen, from the table of commands: first those of this screen alone.
fn help(model: &Model) -> Vec<Text> {
    let line = |spec: &crate::command::Spec| {
        let keys: Vec<String> = spec.keys.iter().map(ToString::to_string).collect();
        let keys = text::fit(&keys.join(" "), 18);
        Text::of(Role::Title, keys).and(Role::Plain, text::fit(spec.name, 14)).and(Role::Dim, spec.about)
    };
    let working = || keymap::working(model.screen, model.operates());
    let own = working().filter(|spec| spec.is_own());
    own.chain(working().filter(|spec| !spec.is_own())).map(line).collect()
}

fn messages(model: &Model, columns: u16) -> Vec<Text> {
    let mut lines = Vec::new();
    for said in model.messages.iter().rev() {
        let at = time_text(said.at);
        let at = at.get(11..19).unwrap_or_default().to_owned();
        for (number, line) in text::wrap(&said.text, usize::from(columns).saturating_sub(9)).into_iter().enumerate() {
            let at = if number == 0 { at.as_str() } else { "" };
            lines.push(Text::of(Role::Dim, text::fit(at, 9)).and(said.role, line));
        }
    }
    if lines.is_empty() {
        lines.push(Text::of(Role::Dim, "nothing was said yet"));
    }
    lines
}

fn palette(model: &Model, typed: &str, marked: usize, body: Rect, buffer: &mut Buffer) {
    let offered = keymap::offered(model.screen, model.operates(), typed);
    let room = room(body, 1);
    let top = (marked + 1).saturating_sub(room);
    let unseen = unseen(top, offered.len(), room, "Down");
    let keys = "Enter does it  Esc closes";
    let inner = framed(buffer, body, offered.len() + 1, "Every command", keys, unseen.as_deref());
    put(buffer, inner.x, inner.y, inner.width, &Text::of(Role::Title, ":").and(Role::Plain, format!("{typed}_")));
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    let line = |offer: &keymap::Offer| {
        let key = text::fit(&offer.spec.key(), 9);
        let line = Text::of(Role::Title, key).and(Role::Plain, text::fit(offer.spec.name, 14));
        match offer.elsewhere {
            None => line.and(Role::Plain, offer.spec.about),
            Some(screen) => line.and(Role::Dim, format!("on {}: {}", screen.title(), offer.spec.about)),
        }
    };
    let lines: Vec<Text> = offered.iter().map(line).collect();
    draw(buffer, list, &lines, top);
    if let Ok(row) = u16::try_from(marked - top)
        && marked < lines.len()
    {
        bar(buffer, list, list.y + row);
    }
}

fn filter(typed: &str, problem: Option<&str>, body: Rect, buffer: &mut Buffer) {
    let mut lines = vec![Text::of(Role::Title, "/").and(Role::Plain, format!("{typed}_"))];
    match problem {
        Some(problem) => {
            let inner = usize::from(columns(body.width)).saturating_sub(4);
            lines.extend(text::wrap(problem, inner).into_iter().map(|line| Text::of(Role::Bad, line)));
        }
        None => lines.push(Text::of(Role::Dim, "kind=ecs and team=shop and text~\"mongo\"; empty shows all")),
    }
    lines.push(Text::default());
    let width = QueryField::ALL.iter().map(|field| field.as_str().len()).max().unwrap_or_default() + 2;
    for field in QueryField::ALL {
        lines.push(Text::of(Role::Plain, text::fit(field.as_str(), width)).and(Role::Dim, field.about()));
    }
    let title = "Filter, as in `inventory list --where`";
    let unseen = unseen(0, lines.len(), room(body, 0), "a higher terminal");
    let inner = framed(buffer, body, lines.len(), title, "Enter filters  Esc closes", unseen.as_deref());
    draw(buffer, inner, &lines, 0);
}

fn move_to(model: &Model, (from, what): (&str, &Moved), typed: &str, body: Rect, buffer: &mut Buffer) {
    let line = |text: String| Text::of(Role::Dim, text);
    let moved = match what {
        Moved::Workload(workload) => line(format!("the steps of {workload}, with their comments, out of wave {from}")),
        Moved::All => line(format!("everything of wave {from}; its file is taken away")),
    };
    let others: Vec<&str> = model.waves.list.value.iter().flatten().map(|wave| wave.wave.as_str()).collect();
    let others: Vec<&str> = others.into_iter().filter(|other| *other != from).collect();
    let known = match others.as_slice() {
        [] => "a name that is new makes a wave of it".to_owned(),
        some => format!("waves: {}; a name that is new makes one", some.join(", ")),
    };
    let lines = [
        Text::of(Role::Wait, "to wave: ").and(Role::Title, format!("{typed}_")),
        moved,
        line(known),
        line("what was sealed stays as it was: seal both waves anew; z takes this back".to_owned()),
    ];
    let inner = framed(buffer, body, lines.len(), "Move", "the name and Enter do it  Esc does nothing", None);
    draw(buffer, inner, &lines, 0);
}

/// The line that is typed stands above the question: it is seen however long that is.
fn answer(question: &Question, typed: &str, body: Rect, buffer: &mut Buffer) {
    let inner = usize::from(columns(body.width)).saturating_sub(4);
    let mut lines = vec![Text::of(Role::Wait, "answer: ").and(Role::Title, format!("{typed}_"))];
    let mut add = |role: Role, text: &str| {
        lines.extend(text::wrap(text, inner).into_iter().map(|line| Text::of(role, line)));
    };
    match question.options.as_slice() {
        [] => {}
        options => add(Role::Dim, &format!("one of (Down puts the next there): {}", options.join(", "))),
    }
    if let Some(assumed) = &question.assumed {
        add(Role::Dim, &format!("assumed until then: {assumed}"));
    }
    add(Role::Plain, "");
    add(Role::Plain, &question.text);
    let unseen = unseen(0, lines.len(), room(body, 0), "a higher terminal");
    let keys = "Enter shows it once more  Esc does nothing";
    let inner = framed(buffer, body, lines.len(), question.id.as_str(), keys, unseen.as_deref());
    draw(buffer, inner, &lines, 0);
}

fn mark(model: &Model, sets: bool, body: Rect, buffer: &mut Buffer) {
    let first = if sets { "a letter keeps this place" } else { "a letter leads to its place" };
    let mut lines = vec![Text::of(Role::Title, first)];
    lines.extend(model.marks.iter().map(|(letter, spot)| {
        Text::of(Role::Title, format!("{letter}  "))
            .and(Role::Plain, text::fit(spot.screen().title(), 10))
            .and(Role::Dim, spot.about())
    }));
    let unseen = unseen(0, lines.len(), room(body, 0), "a higher terminal");
    let inner = framed(buffer, body, lines.len(), "Bookmarks", "Esc closes", unseen.as_deref());
    draw(buffer, inner, &lines, 0);
}

fn find(screen: Screen, typed: &str, body: Rect, buffer: &mut Buffer) {
    let line = |text: &str| Text::of(Role::Dim, text);
    let (title, about): (_, &[&str]) = match screen {
        Screen::Domains => {
            ("Find hostnames", &["a part of a hostname or of a customer's name; empty shows all of them"])
        }
        _ => (
            "Find, as in `inventory graph`",
            &[
                "a part of a hostname; empty shows all of them",
                "or the whole id of a workload, a queue, a database, a role: whatever has `/` or `:`",
            ],
        ),
    };
    let first = Text::of(Role::Title, "/").and(Role::Plain, format!("{typed}_"));
    let lines: Vec<Text> = std::iter::once(first).chain(about.iter().map(|about| line(about))).collect();
    let inner = framed(buffer, body, lines.len(), title, "Enter looks  Esc closes", None);
    draw(buffer, inner, &lines, 0);
}

/// What is known before the word is given, in lines of so many columns.
fn known(confirm: &Confirm, columns: u16) -> Vec<Text> {
    let wrapped = |line: &String| {
        let role = role_of(line);
        text::wrap(line, columns.into()).into_iter().map(move |part| Text::of(role, part))
    };
    confirm.lines.iter().flat_map(wrapped).collect()
}

fn confirming(confirm: &Confirm, body: Rect, buffer: &mut Buffer) {
    let lines = known(confirm, columns(body.width).saturating_sub(4));
    let keys = match confirm.by {
        By::Yes => "y does it  Esc does nothing",
        By::Name { .. } => "the name and Enter do it  Esc does nothing",
    };
    let inner = read(&lines, confirm.top, WORD, &confirm.title, keys, body, buffer);
    let word = match &confirm.by {
        By::Yes => Text::of(Role::Wait, "press y"),
        By::Name { name, typed } => {
            Text::of(Role::Wait, format!("type the name of the wave, {name}: ")).and(Role::Title, format!("{typed}_"))
        }
    };
    put(buffer, inner.x, inner.bottom().saturating_sub(1), inner.width, &word);
}

/// What goes and what comes is told apart by its sign, and by colour besides.
fn role_of(line: &str) -> Role {
    match line.trim_start().chars().next() {
        Some('+') => Role::Good,
        Some('-') => Role::Bad,
        _ => Role::Plain,
    }
}

/// A frame in the middle, as high as its lines and no higher than there is room, with how much of them is not seen in its lower
/// edge; gives what is inside.
fn framed(buffer: &mut Buffer, body: Rect, lines: usize, title: &str, keys: &str, unseen: Option<&str>) -> Rect {
    let columns = columns(body.width);
    let rows = u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2).min(body.height);
    let x = body.x + body.width.saturating_sub(columns) / 2;
    let y = body.y + body.height.saturating_sub(rows) / 2;
    let frame = Rect::new(x, y, columns, rows);
    for row in frame.rows() {
        for column in row.columns() {
            buffer[(column.x, column.y)].reset();
        }
    }
    let across = |left: &str, text: &str, mark: &str, right: &str| {
        let mark = if mark.is_empty() { String::new() } else { format!(" {mark} ") };
        let room = usize::from(columns).saturating_sub(4 + text::width(&mark));
        let text = text::cut(text, room);
        let rest = room.saturating_sub(text::width(&text));
        let edge = Text::of(Role::Dim, format!("{left} ")).and(Role::Title, text);
        edge.and(Role::Dim, format!(" {}", "─".repeat(rest))).and(Role::Wait, mark).and(Role::Dim, right)
    };
    put(buffer, x, y, columns, &across("┌", title, "", "┐"));
    put(buffer, x, frame.bottom() - 1, columns, &across("└", keys, unseen.unwrap_or_default(), "┘"));
    for y in y + 1..frame.bottom() - 1 {
        put(buffer, x, y, 1, &Text::of(Role::Dim, "│"));
        put(buffer, frame.right() - 1, y, 1, &Text::of(Role::Dim, "│"));
    }
    Rect::new(x + 2, y + 1, columns.saturating_sub(4), rows.saturating_sub(2))
}
