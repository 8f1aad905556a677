//! What packing costs, and how far above the bound it comes.
//!
//! `cargo bench -p caravan-plans --bench packing [-- PODS…]`. Pods as estates have them, by chance with a fixed seed: 60 % small, a
//! tenth large, from half a GiB to eight for each processor. Measured is the process's CPU time, on one thread.

use caravan_convert_lift::plconfig::Arch;
use caravan_plans::cost::NodeSettings;
use caravan_plans::cost::nodes::{kinds, largest_instance};
use caravan_plans::cost::packing::{Load, bound, pack, price};
use cpu_time::ProcessTime;
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![100, 1_000, 10_000, 100_000] } else { asked };
    let settings = NodeSettings::new("us-east-1", "50Gi").ok_or("no size")?;
    let kinds = kinds(&settings, Arch::Any, largest_instance(4_000, 16 * 1024))?;
    let mut out = std::io::stdout().lock();
    for count in sizes {
        let loads = loads(count);
        let began = ProcessTime::now();
        let bought = pack(&loads, &kinds)?;
        let took = began.elapsed();
        let (paid, least) = (price(&bought, &kinds).low(), bound(&loads, &kinds));
        let nodes: u64 = bought.iter().map(|nodes| nodes.count).sum();
        let gap = (paid as f64 / least as f64 - 1.0) * 100.0;
        writeln!(
            out,
            "{count:>7} pods of {:>5} sizes on {nodes:>5} nodes: {gap:>6.2} % above the bound, {:>7.3} s",
            loads.len(),
            took.as_secs_f64()
        )?;
    }
    Ok(())
}

/// So many pods, a few of each size.
fn loads(pods: u64) -> Vec<Load> {
    let mut random = fastrand::Rng::with_seed(16);
    let mut loads = Vec::new();
    let mut left = pods;
    while left > 0 {
        let cpu = match random.u8(0..10) {
            0..=5 => random.u64(5..60),
            6..=8 => random.u64(60..200),
            _ => random.u64(200..400),
        } * 10;
        let memory = (cpu * random.u64(5..80) * 1024 / 10_000).max(64).next_multiple_of(16);
        let count = random.u64(1..12).min(left);
        left -= count;
        loads.push(Load { cpu, memory, count });
    }
    loads
}
