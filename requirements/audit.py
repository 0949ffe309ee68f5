"""Are there known vulnerabilities in what is locked? ``python requirements/audit.py [LOCK]``, or `make audit`.

pip-audit asks for the package index's advisories, and calls it a success when it could ask about nothing. Here that is
said in capitals.
Exit code: 0 when nothing is known, or nobody could be asked; 1 for a finding; 2 when nobody could be asked and
``AUDIT=required`` is set, as a release sets it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUNTIME = Path(__file__).with_name("runtime.lock")
_PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Outcome:
    """``asked`` of ``locked`` packages were looked up; ``findings`` name package, version, advisory and cure."""

    locked: int
    asked: int
    findings: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return self.asked == self.locked > 0


def read(report: Mapping[str, Any]) -> Outcome:
    """What pip-audit's JSON says."""
    packages = report["dependencies"]
    asked = [package for package in packages if "skip_reason" not in package]
    findings = tuple(_finding(package, found) for package in asked for found in package["vulns"])
    return Outcome(len(packages), len(asked), findings)


def _finding(package: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    cure = ", ".join(found["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {found['id']}, mended in {cure}"


def ask(lock: Path) -> Outcome:
    """Runs pip-audit on a lock file as it is: nothing is resolved, nothing installed."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(  # noqa: S603 - our own interpreter's module
        [sys.executable, "-m", "pip_audit", "--requirement", str(lock), *options],
        capture_output=True, text=True, check=False, timeout=_PATIENCE_SECONDS,
    )  # fmt: skip
    try:
        return read(json.loads(done.stdout))
    except ValueError:  # it ended before it had a report: no advisories within reach
        return Outcome(0, 0, ())


def tell(outcome: Outcome, *, required: bool) -> tuple[str, int]:
    """The words for people, and the exit code."""
    if outcome.findings:
        return "Known vulnerabilities:\n" + "\n".join(f"  {each}" for each in outcome.findings), 1
    if not outcome.is_whole:
        missing = f"{outcome.locked - outcome.asked} of {outcome.locked}" if outcome.locked else "any of the"
        words = f"NOT AUDITED: the advisories of {missing} locked packages could not be asked for from here."
        return words, 2 if required else 0
    return f"No vulnerability is known in any of the {outcome.locked} locked packages.", 0


def main(arguments: Sequence[str]) -> int:
    lock = Path(arguments[0]) if arguments else RUNTIME
    words, code = tell(ask(lock), required=os.environ.get("AUDIT") == "required")
    print(words)  # noqa: T201 - it is what the program is for
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
