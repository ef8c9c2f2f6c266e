//! What the nodes ask of the database, as it counts that itself (pg_stat_statements).

use std::collections::BTreeMap;

use sqlx::{Connection as _, Row as _};

use super::postgres::NODES;
use super::scene::Scene;

/// How often each statement was run by the nodes since the counters were set to zero.
#[derive(Debug, Clone)]
pub(super) struct Statements(BTreeMap<String, f64>);

impl Statements {
    /// Counts from now on.
    pub(super) fn reset(scene: &Scene<'_>) -> anyhow::Result<()> {
        scene.bench.runtime.block_on(async {
            let mut sql = scene.postgres.connect(NODES).await?;
            sqlx::query("SELECT pg_stat_statements_reset()").execute(&mut sql).await?;
            Ok(sql.close().await?)
        })
    }

    /// What was counted.
    pub(super) fn read(scene: &Scene<'_>) -> anyhow::Result<Self> {
        let rows = scene.bench.runtime.block_on(async {
            let mut sql = scene.postgres.connect(NODES).await?;
            let query = "SELECT query, calls FROM pg_stat_statements WHERE userid = 'vestibule'::regrole";
            let rows = sqlx::query(query).fetch_all(&mut sql).await?;
            sql.close().await?;
            anyhow::Ok(rows)
        })?;
        let mut all = BTreeMap::new();
        for row in rows {
            *all.entry(row.try_get("query")?).or_default() += row.try_get::<i64, _>("calls")? as f64;
        }
        Ok(Self(all))
    }

    /// All of them.
    pub(super) fn total(&self) -> f64 {
        self.0.values().sum()
    }

    /// Those by which nodes hear of each other, which they ask whatever else goes on.
    pub(super) fn of_the_feed(&self) -> f64 {
        self.0.iter().filter(|(text, _)| is_of_the_feed(text)).map(|(_, calls)| calls).sum()
    }

    /// The others: what was asked because somebody wanted something.
    pub(super) fn of_changes(&self) -> f64 {
        self.total() - self.of_the_feed()
    }

    /// The others by how often, for so many operations.
    pub(super) fn lines(&self, operations: f64) -> Vec<String> {
        let mut lines: Vec<(f64, &str)> = self
            .0
            .iter()
            .filter(|(text, _)| !is_of_the_feed(text))
            .map(|(text, calls)| (calls / operations, text.as_str()))
            .collect();
        lines.retain(|(each, _)| *each >= 0.01);
        lines.sort_by(|a, b| b.0.total_cmp(&a.0));
        lines.iter().map(|(each, text)| format!("  {each:5.2}  {}", shortened(text))).collect()
    }
}

/// What a node reads of the feed, and says of itself and hears of the others. Adding to the feed is a part of a change.
const OF_THE_FEED: [&str; 5] = ["SELECT head.*", "INSERT INTO nodes", "SELECT COUNT(*) AS nodes", "LISTEN", "UNLISTEN"];

fn is_of_the_feed(text: &str) -> bool {
    OF_THE_FEED.iter().any(|begin| text.starts_with(begin))
}

fn shortened(text: &str) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= 100 { text } else { text.chars().take(97).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::Statements;

    #[test]
    fn hearing_of_others_is_told_from_changing() {
        let calls =
            [("SELECT head.*, known.node FROM (SELECT number", 7.0), ("INSERT INTO feed (number) VALUES ($1)", 2.0)];
        let all = Statements(calls.map(|(text, calls)| (text.to_owned(), calls)).into());
        assert_eq!((all.total(), all.of_the_feed(), all.of_changes()), (9.0, 7.0, 2.0));
        assert_eq!(all.lines(2.0), ["   1.00  INSERT INTO feed (number) VALUES ($1)"]);
    }
}
