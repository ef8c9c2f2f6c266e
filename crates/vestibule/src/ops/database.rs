//! What is counted of a database that nodes share; nothing where the store is a file.

use vestibule_ledger::Ledger;
use vestibule_ledger::cluster::{Following, following};

use super::resolves::line;

/// Appends it in Prometheus' text format.
pub(super) fn render(ledger: &Ledger, out: &mut String) {
    let staleness = match following(ledger) {
        Following::Alone => return,
        // As if it knew nothing since the start, which it does not.
        Following::NotYet => f64::INFINITY,
        Following::Fresh(staleness) | Following::Stale(staleness) => staleness.as_secs_f64(),
    };
    let shown = if staleness.is_finite() { staleness.to_string() } else { "+Inf".to_owned() };
    line(
        out,
        format_args!("# HELP vestibule_feed_staleness_seconds Since memory was last known to have every change."),
    );
    line(out, format_args!("# TYPE vestibule_feed_staleness_seconds gauge"));
    line(out, format_args!("vestibule_feed_staleness_seconds {shown}"));
    line(out, format_args!("# HELP vestibule_database_connections Connections to the database, by purpose and state."));
    line(out, format_args!("# TYPE vestibule_database_connections gauge"));
    for of in ledger.connections() {
        for (state, count) in [("busy", of.busy), ("idle", of.idle)] {
            let labels = format_args!("purpose=\"{}\",state=\"{state}\"", of.purpose);
            line(out, format_args!("vestibule_database_connections{{{labels}}} {count}"));
        }
    }
    line(out, format_args!("# HELP vestibule_database_connections_most The most of them, by purpose."));
    line(out, format_args!("# TYPE vestibule_database_connections_most gauge"));
    for of in ledger.connections() {
        line(out, format_args!("vestibule_database_connections_most{{purpose=\"{}\"}} {}", of.purpose, of.most));
    }
}
