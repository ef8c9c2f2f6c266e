//! The parts of a resolve as a picture: a bar for each, to scale, in SVG that follows the reader's light or dark.

use super::parts::Parts;

const ROW: usize = 26;
const LEFT: usize = 380;
const WIDTH: f64 = 300.0;

/// Draws it. The names are ours, so nothing has to be escaped.
pub(super) fn draw(parts: &Parts) -> String {
    let rows: Vec<_> = parts.named().collect();
    let longest = rows.iter().map(|part| part.share).fold(0.0, f64::max);
    let height = ROW * (rows.len() + 2);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 {height}\" role=\"img\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<title>Where a resolve's {:.2} microseconds go</title>\n<style>text{{fill:#222}}.kernel{{\
         fill:#9aa5b1}}.ours{{fill:#2f6f9f}}@media(prefers-color-scheme:dark){{text{{fill:#ddd}}.kernel{{fill:#6b7682}}\
         .ours{{fill:#6db3e8}}}}</style>\n<text x=\"0\" y=\"18\">A resolve behind nginx: {:.2} microseconds of processor \
         time; grey is the kernel's</text>\n",
        parts.microseconds, parts.microseconds
    );
    for (number, part) in rows.iter().enumerate() {
        let y = ROW * (number + 1) + 8;
        let length = part.share / longest * WIDTH;
        let class = if part.is_kernel { "kernel" } else { "ours" };
        text += &format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n<rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" \
             width=\"{length:.1}\" height=\"16\"/>\n<text x=\"{:.1}\" y=\"{}\">{:.2}</text>\n",
            LEFT - 10,
            y + 13,
            part.name,
            LEFT as f64 + length + 6.0,
            y + 13,
            part.microseconds,
        );
    }
    text + "</svg>\n"
}
