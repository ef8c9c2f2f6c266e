//! Hosts that are not the application's, and two at once.

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;
use crate::cli::doctor::through::visitor::line;

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    let visitor = &scene.signed_in;
    let (path, own) = (visitor.usual_path(), visitor.target.host());
    let evil = format!("{}.invalid", visitor.mark);
    for host in [evil.clone(), format!("{own},{evil}"), format!("{own}@{evil}"), format!("{own}.{evil}")] {
        let got = visitor.ask(&path, &[line("Host", &host)], &[]);
        if let Some(seen) = got.seen().and_then(|seen| seen.all("host").find(|seen| seen.contains(&evil))) {
            report.add(Hole::AnyHost, format!("a request for `{host}` reached the application, with `Host: {seen}`"));
        }
    }
    for two in [[own, &evil], [&evil, own]] {
        let got = visitor.ask(&path, &two.map(|host| line("Host", host)), &[]);
        if let Some(seen) = got.seen() {
            let hosts: Vec<&str> = seen.all("host").collect();
            let hosts = hosts.join("`, `");
            report.add(
                Hole::TwoHosts,
                format!("a request with two `Host` lines reached the application, with `{hosts}`"),
            );
        }
    }
}
