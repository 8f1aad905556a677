//! From what was observed to what should be asked for. The statistics are those of Robusta's KRR (`simple` strategy: p95 of
//! CPU without a limit, the maximum of memory and 15 % as request and limit), over CloudWatch's periods of five minutes.

use super::quantity::{Mebibytes, Millicores};

/// What is added to the most memory that was seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Headroom {
    /// 15 %.
    Usual,
    /// 25 %: it stood at its limit, so more may have been wanted; or its heap grows into what it is given.
    Wide,
}

/// The least of either that a pod asks for.
const LEAST_CPU: u64 = 25;
const LEAST_MEMORY: u64 = 64;

/// The processors to ask for, of the 95th percentile in thousandths of a processor: at least 25, up to the next 10 below one
/// processor, and the next 50 from there.
#[must_use]
pub fn cpu_request(p95: f64) -> Millicores {
    let wanted = whole(p95).max(LEAST_CPU);
    Millicores(wanted.next_multiple_of(if wanted < 1000 { 10 } else { 50 }))
}

/// The memory to ask for and to be held to, of the most that was seen in MiB: with its headroom up to the next 16 below 512,
/// and the next 64 from there; at least 64. Never less than what was seen.
#[must_use]
pub fn memory_request(most: f64, headroom: Headroom) -> Mebibytes {
    let hundredths = match headroom {
        Headroom::Usual => 115.0,
        Headroom::Wide => 125.0,
    };
    let wanted = whole(most * hundredths / 100.0).max(LEAST_MEMORY);
    Mebibytes(wanted.next_multiple_of(if wanted < 512 { 16 } else { 64 }))
}

/// The next whole number, where a percentage of a whole one may miss it by the last bits of its fraction.
pub(super) fn whole(value: f64) -> u64 {
    const BITS: f64 = 1e-6;
    /// More than any machine has.
    const MOST: f64 = 1e12;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between zero and the most")]
    let whole = (value - BITS).ceil().clamp(0.0, MOST) as u64;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn requests_are_rounded_up_as_the_table_says() {
        let cpu: Vec<String> =
            [0.0, 24.0, 101.0, 110.0, 991.0, 1000.0, 1001.0].map(|p95| cpu_request(p95).to_string()).to_vec();
        assert_eq!(cpu, ["30m", "30m", "110m", "110m", "1", "1", "1050m"]);
        let memory = |most: f64| [Headroom::Usual, Headroom::Wide].map(|room| memory_request(most, room).to_string());
        assert_eq!(memory(0.0), ["64Mi", "64Mi"]);
        assert_eq!(memory(100.0), ["128Mi", "128Mi"], "115 and 125");
        assert_eq!(memory(400.0), ["464Mi", "512Mi"], "460 and 500");
        assert_eq!(memory(800.0), ["960Mi", "1Gi"], "920 and 1000");
    }

    proptest! {
        /// By another route: in whole hundredths, without a float.
        #[test]
        fn never_below_what_was_seen_and_never_more_than_a_step_above_the_rule(most in 0_u64..400_000, p95 in 0_u64..200_000) {
            for (room, hundredths) in [(Headroom::Usual, 115), (Headroom::Wide, 125)] {
                let rule = (most * hundredths).div_ceil(100).max(64);
                let step = if rule < 512 { 16 } else { 64 };
                let asked = memory_request(most as f64, room).0;
                prop_assert!(asked >= most && asked >= rule && asked < rule + step && asked.is_multiple_of(step));
            }
            let (rule, asked) = (p95.max(25), cpu_request(p95 as f64).0);
            let step = if rule < 1000 { 10 } else { 50 };
            prop_assert!(asked >= rule && asked < rule + step && asked.is_multiple_of(step));
        }
    }
}
