//! Formats that were once written are read for ever: a wave and its seal, as `caravan.wave/v1` had them. A byte that was
//! changed, and a format that is newer, are refused.

use crate::{HandOver, PlanHash, Proof, SealError, Sealed, Step, Switch, Turn, Undo, WavePlan, WaveSpec};
use caravan_inventory::WorkloadId;
use caravan_providers::target::{SimulatedOwnerTarget, SimulatedWork, Snapshot, Target};

/// What `caravan plan draft` proposed, with `fenced: [external-dns]` put in by hand.
const WAVE: &str = include_str!("../../tests/formats/v2/wave-legacy.yaml");
/// What `caravan plan seal` made of it.
const SEALED: &str = include_str!("../../tests/formats/v2/legacy-b63e0fe4.json");
/// Under which hash.
const HASH: &str = "b63e0fe4c1b95fb25be5dd018debd819ac403a8d7582ab469911d706d3e2fc0d";

fn hash() -> PlanHash {
    PlanHash::parse(HASH).unwrap()
}

/// The hash of a text: the refusal of a wrong one names it.
fn hash_of(text: &str) -> PlanHash {
    match Sealed::open(text, &PlanHash::parse(&"0".repeat(64)).unwrap()) {
        Err(SealError::Changed { found, .. }) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn tools_that_a_wave_names_as_fenced_are_paused_controllers() {
    let spec: WaveSpec = serde_yaml::from_str(WAVE).unwrap();
    assert_eq!(spec.shifts[0].paused_controllers, ["external-dns"]);
    let written = serde_yaml::to_string(&spec).unwrap();
    assert!(written.contains("paused_controllers:") && !written.contains("fenced"), "{written}");
    assert_eq!(serde_yaml::from_str::<WaveSpec>(&written).unwrap(), spec);
    let both = WAVE.replace("  fenced:\n", "  paused_controllers: []\n  fenced:\n");
    serde_yaml::from_str::<WaveSpec>(&both).unwrap_err();
}

#[test]
fn a_plan_that_v1_sealed_is_opened_over_its_very_bytes() {
    let sealed = Sealed::open(SEALED, &hash()).unwrap();
    assert_eq!((sealed.canonical(), sealed.hash().as_str()), (SEALED, HASH));
    let plan = sealed.plan();
    assert_eq!((plan.schema.as_str(), plan.wave.as_str(), plan.steps.len()), (WavePlan::SCHEMA, "legacy", 1));
    let Step::Shift(shift) = &plan.steps[0] else { panic!("v1 had only shifts") };
    assert_eq!(shift.paused_controllers, ["external-dns"]);
    assert_eq!(shift.stages.iter().map(|stage| stage.percent).collect::<Vec<_>>(), [0, 10, 50, 100]);
    assert!(!shift.manual_rollback.is_empty());

    let again = Sealed::seal(plan.clone()).unwrap();
    assert!(again.canonical().contains(r#""schema":"caravan.wave/v2""#));
    assert_eq!(Sealed::open(again.canonical(), again.hash()).unwrap().plan(), plan);
}

/// A seal of before keeps its bytes and its hash, and has what a wave that does not say otherwise has.
#[test]
fn a_plan_that_was_sealed_without_a_bound_of_unknown_rounds_and_an_analysis_has_them() {
    let plan = Sealed::open(SEALED, &hash()).unwrap().plan().clone();
    let now = Sealed::seal(plan.clone()).unwrap();
    assert!(now.canonical().contains(r#""unknown":5"#));
    let analysis = r#""analysis":{"every_ms":10000,"failures":3,"successes":30,"unknown":5},"#;
    let before = now.canonical().replace(analysis, "").replace(r#","unknown":5"#, "");
    let before = before.replace(r#""on_failure":"wave","#, "");
    assert!(!["unknown", "analysis", "on_failure"].iter().any(|key| before.contains(key)), "{before}");
    let sealed = Sealed::open(&before, &hash_of(&before)).unwrap();
    assert_eq!((sealed.canonical(), sealed.plan()), (before.as_str(), &plan));
    for stage in 0..plan.steps[0].stages() {
        assert_eq!(sealed.plan().steps[0].gate(stage).unwrap().unknown, 5);
    }
    let spec: WaveSpec = serde_yaml::from_str(WAVE).unwrap();
    assert_eq!(spec.shifts[0].gate.unknown, 5);
}

#[test]
fn any_byte_that_was_changed_is_refused() {
    for at in (0..SEALED.len()).step_by(97) {
        let mut bytes = SEALED.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b' ' { b'x' } else { b' ' };
        let error = Sealed::open(&String::from_utf8(bytes).unwrap(), &hash()).unwrap_err();
        assert!(matches!(&error, SealError::Changed { sealed, .. } if *sealed == hash()), "{at}: {error}");
    }
}

#[test]
fn a_newer_format_is_refused_by_its_name() {
    let newer = SEALED.replace("caravan.wave/v1", "caravan.wave/v3");
    let error = Sealed::open(&newer, &hash_of(&newer)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the plan is of format caravan.wave/v3, this version reads up to caravan.wave/v2: use the version that sealed it"
    );
}

#[test]
fn a_field_that_v1_did_not_have_is_refused() {
    let other = SEALED.replacen(r#""wave":"legacy""#, r#""steps":[],"wave":"legacy""#, 1);
    assert!(matches!(Sealed::open(&other, &hash_of(&other)), Err(SealError::Unreadable(_))));
}

/// A hand-over of these switches.
fn hand_over(turns: &[Turn]) -> Step {
    let switch = |(at, turn): (usize, &Turn)| {
        let state = |active| Snapshot::Activation { active, settings: serde_json::Value::Null };
        let owner = SimulatedOwnerTarget { work: SimulatedWork::Consumer, name: format!("owner-{at}") };
        Switch {
            target: Target::SimulatedOwner(owner),
            turn: *turn,
            original: state(*turn == Turn::Off),
            snapshot: state(*turn == Turn::On),
            undo: Undo::Compensated { leaves: Vec::new() },
        }
    };
    Step::HandOver(HandOver {
        workload: WorkloadId::new("ecs/123456789012/eu-central-1/main/orders"),
        switches: turns.iter().enumerate().map(switch).collect(),
        approval: false,
        proof: Proof { every_ms: 1000, rounds: 1, longest_ms: 60_000 },
        longest_gap_ms: 60_000,
        paused_controllers: Vec::new(),
        new: Vec::new(),
        in_flight: 30,
        manual_rollback: Vec::new(),
    })
}

/// Starting before stopping would be two owners, stopping alone none: neither is sealed, nor opened where it was sealed by
/// other means.
#[test]
fn a_hand_over_that_does_not_stop_before_it_starts_is_neither_sealed_nor_opened() {
    use Turn::{Off, On};
    let plan = |step: Step| {
        let kept = Sealed::open(SEALED, &hash()).unwrap().plan().clone();
        WavePlan { steps: vec![kept.steps[0].clone(), step], ..kept }
    };
    for sound in [&[Off, On][..], &[Off, Off, On, On]] {
        assert!(Sealed::seal(plan(hand_over(sound))).is_ok(), "{sound:?}");
    }
    for unsound in [&[][..], &[Off], &[On], &[On, Off], &[Off, On, Off]] {
        let refused = plan(hand_over(unsound));
        let text = serde_json::to_value(&refused).unwrap().to_string();
        for error in [Sealed::seal(refused).unwrap_err(), Sealed::open(&text, &hash_of(&text)).unwrap_err()] {
            assert!(matches!(error, SealError::Unsound { step: 2, .. }), "{unsound:?}: {error}");
        }
    }
}
