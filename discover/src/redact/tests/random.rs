//! Random strings of 20 characters and more never survive under any name.

use super::{arguments, variable};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The alphabets that keys are drawn from, each with the fewest characters that a key in it has.
#[rustfmt::skip]
const ALPHABETS: &[(&str, usize)] = &[
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 20),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 20),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 20),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 20), ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 20), ("abcdefghijklmnopqrstuvwxyz", 20),
    ("abcdefghijklmnopqrstuvwxyz0123456789", 20), ("0123456789abcdef", 24), ("0123456789ABCDEF", 24),
    ("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~", 20),
];

/// Characters drawn evenly from one of the alphabets; proptest's own ranges are not even.
fn random_string() -> impl Strategy<Value = String> {
    prop::sample::select(ALPHABETS).prop_flat_map(|(alphabet, least)| {
        let letters: Vec<char> = alphabet.chars().collect();
        prop::collection::vec(prop::sample::select(letters), least..64).prop_map(|drawn| drawn.into_iter().collect())
    })
}

/// Names of variables, suspicious or not.
fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "SETTING",
            "LOG_LEVEL",
            "URL",
            "TOKEN_URL",
            "CLIENT_ID",
            "PASSWORD_FILE",
            "GIT_SHA",
            "",
            "path",
            "JAVA_OPTS"
        ])
        .prop_map(String::from),
        "[A-Z][A-Z_]{0,20}",
        ".{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, rng_seed: RngSeed::Fixed(4711), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_values_never_survive(name in any_name(), value in random_string()) {
        prop_assert!(!variable(&name, &value).contains(&value));
    }

    #[test]
    fn random_arguments_never_survive(value in random_string()) {
        prop_assert!(arguments(&["app", &value]).iter().all(|argument| !argument.contains(&value)));
    }

    #[test]
    fn nothing_panics(name in any_name(), value in "\\PC{0,40}") {
        prop_assert_eq!(variable(&name, &value).is_empty(), value.is_empty());
    }

    #[test]
    fn twice_is_once(name in any_name(), value in random_string()) {
        let once = variable(&name, &value);
        prop_assert_eq!(variable(&name, &once), once);
    }
}
