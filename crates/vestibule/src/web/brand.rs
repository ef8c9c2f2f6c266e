//! The operator's colour, in every use that it has on a page, each readable whatever the colour is.
//!
//! Contrast is WCAG 2.2's: at least 4.5 to 1 for text. The colour itself fills buttons; the text on them is black or
//! white, of which one always suffices; links take the colour moved towards black or white until it does.

use std::fmt;

use crate::config::appearance::Accent;

/// What links stand on: the lighter or darker of the two grounds in `assets/app.css`, whichever is harder.
const LIGHT_GROUND: Colour = Colour([0xf2, 0xf4, 0xf7]);
const DARK_GROUND: Colour = Colour([0x1c, 0x20, 0x28]);
const BLACK: Colour = Colour([0, 0, 0]);
const WHITE: Colour = Colour([255, 255, 255]);
/// WCAG 2.2, 1.4.3.
const ENOUGH: f64 = 4.5;

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour([u8; 3]);

impl Colour {
    /// Relative luminance, 0 to 1, as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio, 1 to 21.
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// So many of 50 steps towards another colour.
    fn towards(self, other: Self, step: u16) -> Self {
        let mix = |from: u8, to: u8| {
            let mixed = (u16::from(from) * (50 - step) + u16::from(to) * step) / 50;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(std::array::from_fn(|channel| mix(self.0[channel], other.0[channel])))
    }

    /// This colour, moved towards black or white only as far as it must be to be read on a ground.
    fn readable_on(self, ground: Self) -> Self {
        let end = if ground.contrast(WHITE) > ground.contrast(BLACK) { WHITE } else { BLACK };
        let steps = (0..=50).map(|step| self.towards(end, step));
        steps.into_iter().find(|colour| colour.contrast(ground) >= ENOUGH).unwrap_or(end)
    }

    /// Black or white, whichever is read better on this colour: at least 4.58 to 1.
    fn text(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The style sheet that says the operator's colour to `assets/app.css`.
#[must_use]
pub fn style_sheet(accent: Accent) -> String {
    let accent = Colour(accent.rgb);
    let scheme = |ground: Colour| {
        format!("--accent:{accent};--on-accent:{};--link:{}", accent.text(), accent.readable_on(ground))
    };
    format!(
        ":root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n",
        scheme(LIGHT_GROUND),
        scheme(DARK_GROUND)
    )
}

/// The mark that stands in for a logo: a doorway, in the operator's colour.
#[must_use]
pub fn mark(accent: Accent) -> String {
    let accent = Colour(accent.rgb);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"8\" \
         fill=\"{accent}\"/><path d=\"M8 26V14a8 8 0 0 1 16 0v12h-4V14a4 4 0 0 0-8 0v12z\" fill=\"{}\"/></svg>\n",
        accent.text()
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Colour, DARK_GROUND, ENOUGH, LIGHT_GROUND, WHITE, style_sheet};
    use crate::config::appearance::Accent;

    #[test]
    fn a_readable_colour_is_left_alone() {
        let css = style_sheet(Accent { rgb: [0x2b, 0x5f, 0xd9] });
        assert!(css.starts_with(":root{--accent:#2b5fd9;--on-accent:#ffffff;--link:#2b5fd9}"), "{css}");
        assert!((Colour([0, 0, 0]).contrast(WHITE) - 21.0).abs() < 1e-9);
    }

    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        let css = include_str!("../assets/app.css");
        assert!(css.contains(&format!("--page: {LIGHT_GROUND};")) && css.contains(&format!("--card: {DARK_GROUND};")));
    }

    proptest! {
        #[test]
        fn any_colour_can_be_read(rgb: [u8; 3]) {
            let accent = Colour(rgb);
            prop_assert!(accent.contrast(accent.text()) >= ENOUGH);
            for ground in [LIGHT_GROUND, DARK_GROUND] {
                prop_assert!(accent.readable_on(ground).contrast(ground) >= ENOUGH, "{accent} on {ground}");
            }
        }
    }
}
