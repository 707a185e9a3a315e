"""Colours as data: the stylesheet, the figures and the map all take them from here."""

from typing import NamedTuple


class Shade(NamedTuple):
    """One colour in the light and in the dark theme."""

    light: str
    dark: str

    @property
    def css(self) -> str:
        """The value as CSS that follows the theme by itself."""
        return self.light if self.light == self.dark else f"light-dark({self.light}, {self.dark})"


def same(colour: str) -> Shade:
    """Return a shade that both themes share."""
    return Shade(colour, colour)


SURFACES: dict[str, Shade] = {
    "page": Shade("#F2F4F7", "#0D141C"),
    "panel": Shade("#FFFFFF", "#16202B"),
    "line": Shade("#D5DCE4", "#2B3947"),
    "hair": Shade("#E8ECF1", "#22303D"),
    "text": Shade("#17212B", "#E8EEF4"),
    "mute": Shade("#536170", "#A6B6C6"),
    "accent": Shade("#0B5CAD", "#6DB3F2"),
    "pick": Shade("#E6F0FA", "#1E3448"),
    "bar": Shade("#0F2F4E", "#0A1B2C"),
    "track": Shade("#E6EAEF", "#2A3744"),
    "tick": Shade("#17212B", "#FFFFFF"),
    "stripe": Shade("#FFFFFF8C", "#0D141C8C"),
    "gold": same("#F0B93A"),
    "warn": Shade("#B34A00", "#FF9450"),
    "bad": Shade("#A5113B", "#FF8AA5"),
}

HEAT: tuple[tuple[float, Shade, Shade], ...] = (
    (0, same("#C2500A"), same("#FFFFFF")),
    (60, Shade("#F3B183", "#8A4A22"), Shade("#17212B", "#FFFFFF")),
    (70, Shade("#EEF1F4", "#26333F"), Shade("#17212B", "#E8EEF4")),
    (80, Shade("#A9CDE6", "#23506F"), Shade("#17212B", "#E8EEF4")),
    (90, same("#2A75AB"), same("#FFFFFF")),
)
"""Classes of a share in per cent: lower edge (inclusive), fill, text on it."""

AMOUNT: tuple[Shade, ...] = (
    Shade("#DCEEF0", "#1B3A40"),
    Shade("#AAD3D9", "#23565F"),
    Shade("#6FB1BC", "#327683"),
    Shade("#378A98", "#559FAC"),
    Shade("#125C6A", "#9AD2DB"),
)
"""Classes of an amount that nobody judges: one hue, from little (near the panel) to much; no colour warns."""

NEUTRAL = "#8793A0"
SERIES = ("#2B8CCB", "#E69F00", "#009E73", "#D55E00", "#B07AA1", "#56B4E9", "#8793A0", "#A98600")
"""Trace colours, readable on both themes: Okabe and Ito's, with greys and a violet that keep apart in lightness."""
PATTERNS = ("", "/", ".", "x", "-", "\\", "|", "+")
"""Fill patterns in the order of SERIES, the second channel beside colour."""


def variables() -> str:
    """Return the surfaces and heat classes as CSS custom properties, with a light fallback for old browsers."""
    shades = {**SURFACES, **{f"h{i}": fill for i, (_, fill, _) in enumerate(HEAT)}}
    shades |= {f"h{i}t": text for i, (_, _, text) in enumerate(HEAT)}
    return rule(":root", shades)


def rule(selector: str, shades: dict[str, Shade], extra: str = "") -> str:
    """Return one CSS rule; browsers without `light-dark()` keep the light value declared first."""
    plain = "".join(f"--{name}:{shade.light};" for name, shade in shades.items())
    themed = "".join(f"--{name}:{shade.css};" for name, shade in shades.items() if shade.light != shade.dark)
    supports = f"@supports (color:light-dark(#000,#FFF)){{{selector}{{{themed}}}}}" if themed else ""
    return f"{selector}{{{plain}{extra}}}{supports}\n"
