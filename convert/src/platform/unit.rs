//! The fixed sizes of teams' fences, and of the nodes that are bought for all of them.

use crate::needs::Size;

/// One size: its name and what it holds.
const SIZES: &[(&str, Size)] = &[
    ("small", size(8, 32, 50, 10)),
    ("medium", size(32, 128, 200, 30)),
    ("large", size(128, 512, 800, 100)),
    ("huge", size(512, 2048, 3000, 400)),
];

/// CPUs, GiB of memory, pods, disks.
const fn size(cpu: u64, memory: u64, pods: u64, disks: u64) -> Size {
    Size { cpu: cpu * 1000, memory: memory * 1024, pods, disks, gpus: 0 }
}

/// A size, perhaps several times. Graphics processors are not in any: there are as many as are asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Unit {
    name: &'static str,
    times: u64,
    size: Size,
}

impl Unit {
    /// The smallest that holds so much; the largest as often as it takes.
    pub(super) fn holding(needed: Size) -> Self {
        let mut last = ("", Size::default());
        for (name, size) in SIZES {
            last = (name, *size);
            if times(needed, *size) == 1 {
                break;
            }
        }
        let (name, size) = last;
        let times = times(needed, size);
        Self { name, times, size: Size { gpus: needed.gpus, ..size.times(times) } }
    }

    /// What it holds.
    pub(super) const fn size(&self) -> Size {
        self.size
    }

    /// Its name: `medium`, `3 huge`.
    pub(super) fn name(&self) -> String {
        if self.times == 1 { self.name.to_owned() } else { format!("{} {}", self.times, self.name) }
    }
}

/// How often a size is needed, at least once.
fn times(needed: Size, size: Size) -> u64 {
    let each =
        [(needed.cpu, size.cpu), (needed.memory, size.memory), (needed.pods, size.pods), (needed.disks, size.disks)];
    each.into_iter().map(|(needed, holds)| needed.div_ceil(holds.max(1))).max().unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_unit_that_holds_it_is_taken() {
        let of = |cpu, memory, pods, disks| Unit::holding(size(cpu, memory, pods, disks)).name();
        assert_eq!(of(0, 0, 0, 0), "small");
        assert_eq!(of(8, 32, 50, 10), "small");
        assert_eq!(of(8, 33, 1, 0), "medium");
        assert_eq!(of(1, 1, 801, 0), "huge");
        assert_eq!(of(1025, 1, 1, 0), "3 huge");
    }

    proptest::proptest! {
        #[test]
        fn it_holds_what_it_is_for(cpu in 0_u64..5000, memory in 0_u64..20_000, pods in 0_u64..9000, gpus in 0_u64..9) {
            let needed = Size { gpus, ..size(cpu, memory, pods, 3) };
            let unit = Unit::holding(needed).size();
            proptest::prop_assert_eq!(unit.max(needed), unit);
        }
    }
}
