//! The table of commands: what it holds, help, palette and documentation have.

use super::{DARK, Hands, glyphs};
use crate::command::{COMMANDS, Command, On, command_table};
use crate::keymap;
use crate::keymap::offered;
use crate::model::Screen;
use crate::place::Access;
use crossterm::event::KeyCode;
use std::collections::BTreeMap;

#[test]
fn no_key_is_bound_twice_on_any_screen() {
    for screen in Screen::ALL {
        let mut bound: BTreeMap<String, &str> = BTreeMap::new();
        for spec in keymap::working(*screen, true) {
            for key in spec.keys {
                let before = bound.insert(key.to_string(), spec.name);
                assert_eq!(before, None, "{key} on {screen:?} is also {}", spec.name);
            }
        }
    }
}

/// Whoever is on another screen than they believe gives no order by a key that is harmless there.
#[test]
fn the_keys_of_orders_are_theirs_alone() {
    for order in COMMANDS.iter().filter(|spec| spec.orders) {
        for other in COMMANDS.iter().filter(|other| other.command != order.command) {
            for (own, others) in order.keys.iter().flat_map(|own| other.keys.iter().map(move |key| (own, key))) {
                let same = own.to_string() == others.to_string();
                assert!(!same, "{} and {} share {own}", order.name, other.name);
            }
        }
    }
}

#[test]
fn every_command_is_reached_by_its_key_and_by_the_palette() {
    let mut seen = Vec::new();
    for spec in COMMANDS {
        assert!(!spec.keys.is_empty() && !spec.about.is_empty(), "{}", spec.name);
        assert!(!seen.contains(&spec.command), "{} stands there twice", spec.name);
        seen.push(spec.command);
        let screens = match spec.on {
            On::Everywhere => Screen::ALL,
            On::Only(screens) => screens,
        };
        assert!(!screens.is_empty(), "{}", spec.name);
        for screen in screens {
            for key in spec.keys {
                assert_eq!(keymap::command(*screen, true, *key), Some(spec.command), "{key} on {screen:?}");
            }
        }
        for screen in Screen::ALL {
            let offer = offered(*screen, true, spec.name).first().copied();
            let Some(offer) = offer.filter(|offer| offer.spec.command == spec.command) else {
                assert_eq!(spec.command, Command::Palette, "{} on {screen:?}", spec.name);
                continue;
            };
            assert_eq!(offer.elsewhere.is_none(), spec.works(*screen, true), "{} on {screen:?}", spec.name);
            assert!(offer.elsewhere.is_none_or(|there| spec.works(there, true)), "{} on {screen:?}", spec.name);
        }
    }
}

#[test]
fn who_only_reads_has_no_key_and_no_name_for_an_order() {
    for spec in COMMANDS.iter().filter(|spec| spec.orders) {
        for screen in Screen::ALL {
            assert!(spec.keys.iter().all(|key| keymap::command(*screen, false, *key) != Some(spec.command)));
            assert!(offered(*screen, false, spec.name).iter().all(|offer| offer.spec.command != spec.command));
        }
    }
}

#[test]
fn help_has_every_command_of_the_screen() {
    let mut hands = Hands::new(Access::Operator, (120, 60));
    for screen in Screen::ALL {
        hands.to(*screen);
        hands.press("?");
        let shown = glyphs(&hands.draw(DARK));
        for spec in keymap::working(*screen, true) {
            assert!(shown.contains(spec.name) && shown.contains(spec.about), "{} is not in:\n{shown}", spec.name);
        }
        hands.press("?");
    }
}

#[test]
fn the_documentation_has_the_table() {
    let page = include_str!("../../../docs/tui.md");
    assert!(page.contains(&command_table()), "docs/tui.md lacks this table:\n{}", command_table());
}

/// What belongs to another screen leads there, and gives no order before it is seen there.
#[test]
fn the_palette_leads_to_commands_of_other_screens_and_does_them_not() {
    let mut hands = Hands::new(Access::Operator, (80, 24));
    hands.press(":pause");
    hands.code(KeyCode::Enter);
    assert_eq!((hands.model.screen, hands.orders()), (Screen::Cutover, Vec::new()));
    assert!(hands.text().contains("`p` is pause here"), "{}", hands.text());
    hands.code(KeyCode::Esc);
    assert_eq!(hands.model.screen, Screen::Overview);
    hands.press(":severity");
    hands.code(KeyCode::Enter);
    assert_eq!((hands.model.screen, hands.model.readiness.sieve.severity), (Screen::Readiness, None));
    hands.press(":severity");
    hands.code(KeyCode::Enter);
    assert!(hands.model.readiness.sieve.severity.is_some());
}
