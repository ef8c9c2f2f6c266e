//! Identity headers of a client's own: every name, in every spelling, once, twice, behind an empty one, and nominated in
//! `Connection`.

use std::collections::BTreeSet;

use super::Scene;
use crate::cli::doctor::through::hole::Hole;
use crate::cli::doctor::through::report::Report;
use crate::cli::doctor::through::seen::Seen;
use crate::cli::doctor::through::visitor::{Got, Lines, line};

/// So many attacks in one request: with two lines each, fewer than any proxy refuses for their number.
const AT_ONCE: usize = 30;

/// What came through, of everybody.
#[derive(Default)]
struct Arrived {
    names: BTreeSet<String>,
    underscored: BTreeSet<String>,
    odd: BTreeSet<String>,
    lost: BTreeSet<String>,
}

pub(super) fn attack(scene: &Scene<'_>, report: &mut Report) {
    let forged = format!("forged-{}", scene.stranger.mark);
    let mut arrived = Arrived::default();
    for visitor in scene.visitors() {
        for shape in SHAPES {
            let attacks: Vec<Lines> =
                scene.names.iter().flat_map(|name| spellings(name)).map(|name| shape(&name, &forged)).collect();
            for some in attacks.chunks(AT_ONCE) {
                visitor.try_all(some, &mut |_, seen| arrived.look(scene, seen, &forged));
            }
        }
        for name in &scene.names {
            let lines = [line("Connection", &format!("close, {name}")), line(name, &forged)];
            if let Got::Reached(seen) = visitor.get(&lines) {
                arrived.look(scene, &seen, &forged);
            }
        }
    }
    for name in &scene.names {
        let Some(honest) = scene.plain.all(name).find(|value| !value.is_empty()) else { continue };
        let nominated = scene.signed_in.get(&[line("Connection", &format!("close, {name}"))]);
        if nominated.seen().is_some_and(|seen| seen.all(name).next().is_none()) {
            arrived.lost.insert(format!("`{name}: {honest}`"));
        }
    }
    arrived.tell(report);
}

type Shape = fn(&str, &str) -> Lines;

const SHAPES: [Shape; 3] = [
    |name, forged| vec![line(name, forged)],
    |name, forged| vec![line(name, forged), line(name, &format!("{forged}-too"))],
    |name, forged| vec![line(name, ""), line(name, forged)],
];

fn spellings(name: &str) -> BTreeSet<String> {
    let half = name.rsplit_once('-').map_or_else(|| name.to_owned(), |(head, tail)| format!("{head}_{tail}"));
    let dotted = name.replace('-', ".");
    let mixed: String =
        name.chars().enumerate().map(|(at, c)| if at % 2 == 0 { c.to_ascii_uppercase() } else { c }).collect();
    [name.to_owned(), name.to_uppercase(), mixed, name.replace('-', "_"), name.to_uppercase().replace('-', "_")]
        .into_iter()
        .chain([name.replacen('-', "_", 1), half, dotted])
        .collect()
}

impl Arrived {
    fn look(&mut self, scene: &Scene<'_>, seen: &Seen, forged: &str) {
        for (name, _) in seen.with(forged) {
            match scene.names.iter().find(|own| own.eq_ignore_ascii_case(name)) {
                Some(own) => _ = self.names.insert(own.clone()),
                None if name.contains('.') => _ = self.odd.insert(format!("`{name}`")),
                None => _ = self.underscored.insert(format!("`{name}`")),
            }
        }
    }

    fn tell(self, report: &mut Report) {
        let among = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>();
        if !self.names.is_empty() {
            let names = among(self.names);
            let what = format!("a client's own `{}` reached the application", names.join("`, `"));
            report.add(Hole::Identity(names), what);
        }
        for (hole, names) in [(Hole::Underscores, self.underscored), (Hole::OddSigns, self.odd)] {
            for name in names {
                report.add(hole.clone(), format!("a client's own {name} reached the application"));
            }
        }
        for honest in self.lost {
            report.add(Hole::Nominated, format!("a client that names it in `Connection` takes {honest} away"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn every_spelling_is_another_one() {
        let all = spellings("x-acme-user-id");
        for one in ["X-ACME-USER-ID", "x_acme_user_id", "x_acme-user-id", "x-acme-user_id", "x.acme.user.id"] {
            assert!(all.contains(one), "{one}: {all:?}");
        }
        assert_eq!(all.len(), 8);
    }
}
