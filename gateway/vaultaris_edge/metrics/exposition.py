"""Many Prometheus text expositions (0.0.4) made into one that is still valid.

A family's lines must stand together and its HELP and TYPE appear once, whoever reports it; and two
processes' samples must differ in their labels.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

_SUFFIXES = ("_bucket", "_sum", "_count")
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+(?:[ \t]+-?\d+)?)[ \t]*")


class Scrape(NamedTuple):
    """What one process of a service told."""

    service: str
    instance: str
    text: str


@dataclass(slots=True)
class _Family:
    kind: str = "untyped"
    help: str = ""
    samples: list[str] = field(default_factory=list)


def merge(scrapes: Iterable[Scrape]) -> str:
    """One exposition; every sample gets ``service`` and ``instance``. A family of a clashing type is left out."""
    families: dict[str, _Family] = {}
    for scrape in scrapes:
        _add(families, scrape)
    return "".join(_render(name, family) for name, family in families.items() if family.samples)


def _add(families: dict[str, _Family], scrape: Scrape) -> None:
    labels = f'service="{_escaped(scrape.service)}",instance="{_escaped(scrape.instance)}"'
    current, clashes, help_text = "", False, ""
    for line in scrape.text.splitlines():
        if line.startswith("# HELP "):
            _, _, name, *rest = line.split(" ", 3)
            help_text, current = (rest[0] if rest else ""), ""
        elif line.startswith("# TYPE "):
            _, _, current, kind = line.split(" ", 3)
            family = families.setdefault(current, _Family(kind, help_text))
            clashes, help_text = family.kind != kind, ""
        elif line and not line.startswith("#") and (sample := _SAMPLE.fullmatch(line)):
            name, own, value = sample.groups()
            if not _belongs(name, current):
                current, clashes = name, False
            if not clashes:
                family = families.setdefault(current, _Family())
                family.samples.append(f"{name}{{{_joined(labels, own)}}} {value}\n")


def _belongs(name: str, family: str) -> bool:
    return name == family or (name.startswith(family) and family != "" and name[len(family) :] in _SUFFIXES)


def _joined(labels: str, own: str | None) -> str:
    """Our labels before the sample's own; one of the same name is renamed, as Prometheus does."""
    if not own:
        return labels
    if '="' in own and ("service=" in own or "instance=" in own):
        own = _rename(own)
    return f"{labels},{own}"


def _rename(own: str) -> str:
    pairs = re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"', own)
    return ",".join(
        f'{"exported_" if name in ("service", "instance") else ""}{name}="{value}"' for name, value in pairs
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _render(name: str, family: _Family) -> str:
    head = f"# HELP {name} {family.help}\n" if family.help else ""
    return f"{head}# TYPE {name} {family.kind}\n{''.join(family.samples)}"
