//! A measured quantity: the rounds' values, their median and their spread.

use std::fmt;

/// The values of all rounds, sorted.
#[derive(Debug, Clone)]
pub(crate) struct Quantity(Vec<f64>);

impl Quantity {
    /// From the rounds' values in any order; at least one.
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        assert!(!values.is_empty(), "a quantity has a value for each round");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The ratios of two quantities that were measured side by side, round by round: what disturbs the machine for
    /// some rounds disturbs both, and falls out.
    pub(crate) fn ratio(above: &[f64], below: &[f64]) -> Self {
        Self::new(above.iter().zip(below).map(|(above, below)| above / below).collect())
    }

    /// The median.
    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        if self.0.len() % 2 == 1 { self.0[middle] } else { f64::midpoint(self.0[middle - 1], self.0[middle]) }
    }
}

/// `median (lowest..highest)`, with the precision asked for.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = f.precision().unwrap_or(2);
        let (lowest, highest) = (self.0[0], self.0[self.0.len() - 1]);
        let text = format!("{:.places$} ({lowest:.places$}..{highest:.places$})", self.median());
        // Not `pad`, which would take the precision for the longest text.
        write!(f, "{text:<width$}", width = f.width().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn a_median_is_the_middle_and_the_spread_is_the_ends() {
        assert_eq!(format!("{:.1}", Quantity::new(vec![9.0, 1.0, 3.0])), "3.0 (1.0..9.0)");
        assert_eq!(format!("{:.1}", Quantity::new(vec![4.0, 1.0, 3.0, 2.0])), "2.5 (1.0..4.0)");
    }
}
