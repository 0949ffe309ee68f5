"""Colours by the numbers of WCAG 2.2: what a tenant chooses is kept as far as people can still read it."""

import colorsys
import re
from typing import Final, NamedTuple

TEXT_RATIO: Final = 4.5
"""Contrast of text (success criterion 1.4.3, level AA)."""

SHAPE_RATIO: Final = 3.0
"""Contrast of what makes a control visible (1.4.11)."""

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_SHORT = 5
_STEPS = 100


class Colour(NamedTuple):
    """sRGB, each channel from 0 to 1."""

    red: float
    green: float
    blue: float

    def __str__(self) -> str:
        return "#" + "".join(f"{round(channel * 255):02x}" for channel in self)

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 (black) to 1 (white)."""
        red, green, blue = (_linear(channel) for channel in self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """This colour with ``share`` (0 to 1) of ``other`` in it."""
        return Colour(*(own * (1 - share) + theirs * share for own, theirs in zip(self, other, strict=True)))


BLACK: Final = Colour(0, 0, 0)
WHITE: Final = Colour(1, 1, 1)


def parse_colour(text: object) -> Colour | None:
    """``#rgb``, ``#rgba``, ``#rrggbb`` or ``#rrggbbaa``, always taken as opaque; None for anything else."""
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        return None
    digits = "".join(digit * 2 for digit in text[1:]) if len(text) <= _SHORT else text[1:]
    return Colour(*(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)))


def contrast(one: Colour, other: Colour) -> float:
    """1 (none) to 21 (black on white)."""
    dark, light = sorted((one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)


def readable_on(background: Colour) -> Colour:
    """Black or white, whichever stands out more; never less than 4.58."""
    return max(WHITE, BLACK, key=lambda text: contrast(text, background))


def legible(colour: Colour, background: Colour, ratio: float = TEXT_RATIO) -> Colour:
    """``colour``, made darker or lighter in its own hue until it stands out by ``ratio`` on ``background``."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    goal = 0.0 if readable_on(background) == BLACK else 1.0
    for step in range(_STEPS):
        tried = Colour(*colorsys.hls_to_rgb(hue, lightness + (goal - lightness) * step / _STEPS, saturation))
        if contrast(tried, background) >= ratio:
            return tried
    return readable_on(background)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - WCAG's formula
