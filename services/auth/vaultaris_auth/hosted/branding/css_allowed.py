"""What custom CSS may hold. Nothing here positions, hides, moves, animates, loads or writes text."""

from typing import Final

_SIDES = ("top", "right", "bottom", "left", "block", "inline", "block-start", "block-end", "inline-start", "inline-end")
_CORNERS = ("top-left", "top-right", "bottom-right", "bottom-left")

PROPERTIES: Final = frozenset(
    [
        "accent-color",
        "background",
        "background-color",
        "background-image",
        "background-origin",
        "background-position",
        "background-repeat",
        "background-size",
        "border",
        "border-color",
        "border-radius",
        "border-style",
        "border-width",
        "box-shadow",
        "caret-color",
        "color",
        "column-gap",
        "font-family",
        "font-feature-settings",
        "font-kerning",
        "font-size",
        "font-stretch",
        "font-style",
        "font-variant",
        "font-variant-caps",
        "font-variant-numeric",
        "font-weight",
        "gap",
        "hyphens",
        "letter-spacing",
        "line-height",
        "margin",
        "max-width",
        "min-height",
        "outline",
        "outline-color",
        "outline-offset",
        "outline-style",
        "outline-width",
        "padding",
        "row-gap",
        "text-align",
        "text-decoration",
        "text-decoration-color",
        "text-decoration-line",
        "text-decoration-style",
        "text-decoration-thickness",
        "text-shadow",
        "text-transform",
        "text-underline-offset",
        "text-wrap",
        "width",
        "word-spacing",
    ]
    + [f"{box}-{side}" for box in ("padding", "margin", "border") for side in _SIDES]
    + [f"border-{side}-{part}" for side in _SIDES for part in ("color", "style", "width")]
    + [f"border-{corner}-radius" for corner in _CORNERS]
)

FUNCTIONS: Final = frozenset(
    [
        "calc",
        "clamp",
        "color",
        "color-mix",
        "conic-gradient",
        "hsl",
        "hsla",
        "hwb",
        "lab",
        "lch",
        "linear-gradient",
        "max",
        "min",
        "oklab",
        "oklch",
        "radial-gradient",
        "repeating-conic-gradient",
        "repeating-linear-gradient",
        "repeating-radial-gradient",
        "rgb",
        "rgba",
        "var",
    ]
)

VARIABLE_PREFIX: Final = "--vt-"
VALUE_TOKENS: Final = frozenset({"ident", "hash", "whitespace", "comment", "() block"})
LITERALS: Final = frozenset(",/+*")
"""No minus: nothing that must not be negative becomes so by a calculation."""
WITH_STRINGS: Final = frozenset({"font-family", "font-feature-settings"})

NEGATIVE: Final = frozenset({"letter-spacing", "word-spacing", "box-shadow", "text-shadow", "background-position"})
"""Negative values are kept where they can't draw one thing over another."""

MAX_LENGTH: Final = 2000
LENGTH_LIMITS: Final = {
    "box-shadow": 100, "text-shadow": 100, "letter-spacing": 20, "word-spacing": 40, "outline": 20,
    "outline-offset": 20, "outline-width": 20,
}  # fmt: skip
"""By property, in whatever unit; for all others MAX_LENGTH."""

ENDLESS: Final = frozenset({"infinity", "-infinity", "nan"})
"""What a calculation takes for numbers beyond all limits, the negative one among them."""

ONLY_NONE: Final = frozenset({"text-decoration", "text-decoration-line"})
"""A line through or under text, as thick as a tenant likes, would reach into what is protected: it can go, not come."""

SELECTOR_LITERALS: Final = frozenset(".,>+~*:")
SELECTOR_FUNCTIONS: Final = frozenset({"is", "not", "where"})
PSEUDO_CLASSES: Final = frozenset(
    [
        "active",
        "disabled",
        "enabled",
        "first-child",
        "focus",
        "focus-visible",
        "focus-within",
        "hover",
        "last-child",
        "link",
        "only-child",
        "root",
    ]
)
PSEUDO_ELEMENTS: Final = frozenset({"after", "before", "first-letter", "first-line", "marker", "placeholder"})

MEDIA_TOKENS: Final = frozenset({"ident", "whitespace", "comment", "number", "dimension", "literal", "() block"})
