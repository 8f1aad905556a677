//! Every screen as cells, from the demonstration estate, in a small terminal and a large one, with colours, without, and in ASCII.

use super::{ASCII, DARK, Hands, NO_COLOUR, glyphs, night, styles};
use crate::data::RunView;
use crate::event::{Answer, Event};
use crate::model::Screen;
use crate::place::Access;
use crossterm::event::KeyCode;
use unicode_width::UnicodeWidthStr;

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (200, 60);

/// A screen, by its name, and how to come there.
type Way = (&'static str, fn(&mut Hands));

const WAYS: &[Way] = &[
    ("overview", |_| ()),
    ("inventory", |hands| hands.press("2jjj")),
    ("filter", |hands| hands.press("2/kind=ecs and text~")),
    ("filtered", |hands| {
        hands.press("2");
        hands.filter("kind=lambda and team!=unassigned");
    }),
    ("detail", |hands| {
        hands.press("2");
        hands.filter("kind=ecs");
        hands.press("jj");
        hands.code(KeyCode::Enter);
    }),
    ("graph-hostnames", |hands| {
        hands.to(Screen::Graph);
        hands.press("jj");
    }),
    ("graph-find", |hands| {
        hands.to(Screen::Graph);
        hands.press("/shop-1");
    }),
    ("graph", |hands| {
        hands.press("2");
        hands.filter("kind=ecs");
        hands.press("jjejj");
    }),
    ("readiness", |hands| {
        hands.to(Screen::Readiness);
        hands.press("jj");
    }),
    ("readiness-blockers", |hands| {
        hands.to(Screen::Readiness);
        hands.filter("kind!=lambda");
        hands.press("fvvvvv");
    }),
    ("readiness-notes", |hands| {
        hands.to(Screen::Readiness);
        hands.press("jj");
        hands.code(KeyCode::Enter);
    }),
    ("waves", |hands| hands.to(Screen::Waves)),
    ("plan", |hands| {
        hands.to(Screen::Waves);
        hands.code(KeyCode::Enter);
    }),
    ("steps", |hands| {
        hands.to(Screen::Waves);
        hands.press("mj");
    }),
    ("move", |hands| {
        hands.to(Screen::Waves);
        hands.press("mjMlat");
    }),
    ("approve-plan", |hands| {
        hands.to(Screen::Waves);
        hands.press("VV");
    }),
    ("audit-runs", |hands| {
        show(hands, night::baking());
        hands.to(Screen::Audit);
    }),
    ("audit", |hands| {
        show(hands, night::baking());
        hands.to(Screen::Audit);
        hands.code(KeyCode::Enter);
    }),
    ("audit-people", |hands| {
        show(hands, night::baking());
        hands.to(Screen::Audit);
        hands.code(KeyCode::Enter);
        hands.press("f");
    }),
    ("audit-entry", |hands| {
        show(hands, night::baking());
        hands.press("Hkk");
        hands.code(KeyCode::Enter);
    }),
    ("domains", |hands| {
        hands.to(Screen::Domains);
        hands.press("jj");
    }),
    ("domain", |hands| {
        hands.to(Screen::Domains);
        hands.press("j");
        hands.code(KeyCode::Enter);
    }),
    ("domains-find", |hands| {
        hands.to(Screen::Domains);
        hands.press("/shop");
    }),
    ("preview", |hands| {
        look_at_output(hands);
        hands.press("j");
    }),
    ("preview-file", |hands| {
        look_at_output(hands);
        hands.press("jj");
        hands.code(KeyCode::Enter);
        hands.press("jj");
    }),
    ("preview-question", |hands| {
        look_at_output(hands);
        hands.press("j");
        hands.code(KeyCode::Enter);
    }),
    ("preview-answer", |hands| {
        look_at_output(hands);
        hands.press("ja");
        hands.code(KeyCode::Down);
    }),
    ("cutover-waiting", |hands| show(hands, night::waiting())),
    ("cutover-approve", |hands| {
        show(hands, night::waiting());
        hands.press("A");
        hands.wait(500);
        hands.press("de");
    }),
    ("cutover-baking", |hands| show(hands, night::baking())),
    ("cutover-rollback", |hands| {
        show(hands, night::baking());
        hands.press("R");
    }),
    ("cutover-back", |hands| show(hands, night::going_back())),
    ("help", |hands| {
        hands.to(Screen::Cutover);
        hands.press("?");
    }),
    ("palette", |hands| {
        hands.to(Screen::Waves);
        hands.press(":wa");
    }),
    ("bookmarks", |hands| {
        hands.press("2jj'a");
        hands.to(Screen::Waves);
        hands.press("'b`");
    }),
    ("messages", |hands| {
        show(hands, night::baking());
        hands.press("p@");
    }),
];

/// To what becomes of the app of a container service.
pub(super) fn look_at_output(hands: &mut Hands) {
    hands.press("2");
    hands.filter("kind=ecs");
    hands.press("jjo");
}

pub(super) fn show(hands: &mut Hands, view: RunView) {
    hands.estate.start(night::RUN, view.status.state.as_str());
    hands.press("r");
    hands.to(Screen::Cutover);
    hands.event(Event::Answered(Box::new(Answer::Run(night::RUN.to_owned(), Ok(Box::new(view))))));
    hands.wait(10_000);
}

fn at(way: &Way, size: (u16, u16)) -> Hands {
    let mut hands = Hands::new(Access::Operator, size);
    way.1(&mut hands);
    hands
}

#[test]
fn every_screen_in_a_small_terminal() {
    for way in WAYS {
        let buffer = at(way, SMALL).draw(DARK);
        insta::assert_snapshot!(format!("{}-80x24", way.0), format!("{}\n{}", glyphs(&buffer), styles(&buffer)));
    }
}

#[test]
fn every_screen_in_a_large_terminal() {
    for way in WAYS {
        insta::assert_snapshot!(format!("{}-200x60", way.0), glyphs(&at(way, LARGE).draw(DARK)));
    }
}

#[test]
fn every_screen_in_ascii() {
    for way in WAYS {
        let shown = glyphs(&at(way, SMALL).draw(ASCII));
        assert!(shown.is_ascii(), "{}:\n{shown}", way.0);
        insta::assert_snapshot!(format!("{}-ascii", way.0), shown);
    }
}

/// Colour is never the only sign of anything: without it the glyphs are the same.
#[test]
fn without_colour_nothing_is_lost() {
    for way in WAYS {
        let hands = at(way, SMALL);
        let (dark, plain) = (hands.draw(DARK), hands.draw(NO_COLOUR));
        assert_eq!(glyphs(&dark), glyphs(&plain), "{}", way.0);
        assert!(styles(&plain).chars().all(|letter| ".#-B\n".contains(letter)), "{}", way.0);
    }
}

/// No line is wider than the terminal, whatever stands in it, and nothing panics in a terminal of any size.
#[test]
fn nothing_breaks_a_line_at_any_size() {
    for way in WAYS {
        for size in [(1, 1), (20, 5), (59, 14), (60, 15), (80, 24), (109, 30), (110, 30), (250, 80)] {
            let shown = glyphs(&at(way, size).draw(DARK));
            for line in shown.lines() {
                assert!(line.width() <= usize::from(size.0), "{} at {size:?}: {line}", way.0);
            }
        }
    }
}

#[test]
fn a_list_of_any_size_is_followed_when_the_terminal_changes_its_size() {
    let mut hands = Hands::new(Access::ReadOnly, LARGE);
    hands.press("2G");
    for size in [(80, 24), (60, 15), (250, 80), (80, 24)] {
        hands.event(Event::Resized(size.0, size.1));
        let shown = glyphs(&hands.draw(DARK));
        assert!(shown.contains("68 of 68"), "{shown}");
        let marked = styles(&hands.draw(DARK)).lines().filter(|line| line.starts_with("##########")).count();
        assert_eq!(marked, 1, "the marked row is seen at {size:?}:\n{shown}");
    }
}

#[test]
fn who_only_reads_is_told_so_on_every_screen() {
    for way in &WAYS[..6] {
        let mut hands = Hands::new(Access::ReadOnly, SMALL);
        way.1(&mut hands);
        let shown = glyphs(&hands.draw(DARK));
        assert!(shown.contains("READ-ONLY") && !shown.contains("OPERATOR"), "{}:\n{shown}", way.0);
    }
}
