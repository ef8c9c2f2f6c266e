//! Other products behind the same nginx.

use crate::Bench;
use crate::report::Report;

pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let _ = (bench, report);
    Ok(())
}
