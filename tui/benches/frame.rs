//! What a key costs in a list of 100,000 workloads, from the key to the drawn cells, and how much of the list is read for it.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints its figures")]

use caravan_tui::bench::LongList;
use cpu_time::ProcessTime;

fn main() {
    for (columns, rows) in [(80, 24), (160, 50), (250, 80)] {
        let mut list = LongList::new(100_000, columns, rows);
        let (mut times, mut read) = (Vec::new(), 0);
        for at in 0..2_000 {
            // Down one line at a time, now and then to the end and back.
            let key = match at % 100 {
                98 => 'G',
                99 => 'g',
                _ => 'j',
            };
            let start = ProcessTime::now();
            read += list.press(key);
            times.push(start.elapsed().as_micros());
        }
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        println!(
            "100000 workloads at {columns}x{rows}: a frame takes p50 {} µs, p99 {} µs, at the most {} µs of CPU; {} rows read for 2000 keys",
            at(50),
            at(99),
            times.last().unwrap(),
            read,
        );
    }
}
