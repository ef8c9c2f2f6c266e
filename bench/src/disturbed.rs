//! Latency at a fixed rate, while something else goes on.

use crate::Bench;
use crate::report::Report;

pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let _ = (bench, report);
    Ok(())
}
