"""The audit of dependencies never calls it a success that it could ask about nothing."""

from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from requirements import audit

CLEAN: dict[str, Any] = {"name": "alembic", "version": "1.20.1", "vulns": []}
SKIPPED: dict[str, Any] = {"name": "anyio", "skip_reason": "not found"}
BAD: dict[str, Any] = {
    "name": "jinja2", "version": "3.1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1.9"], "aliases": []}],
}  # fmt: skip


def _told(*packages: dict[str, Any], required: bool = False) -> tuple[str, int]:
    return audit.tell(audit.read({"dependencies": packages}), required=required)


class TestTell:
    def test_everything_asked_and_nothing_known(self) -> None:
        assert _told(CLEAN) == ("No vulnerability is known in any of the 1 locked packages.", 0)

    def test_a_finding_fails_even_when_others_could_not_be_asked(self) -> None:
        words, code = _told(BAD, SKIPPED)
        assert "jinja2 3.1.0: PYSEC-2026-1, mended in 3.1.9" in words
        assert code == 1

    @pytest.mark.parametrize(("required", "code"), [(False, 0), (True, 2)])
    def test_what_was_not_asked_is_no_success(self, required: bool, code: int) -> None:
        assert _told(CLEAN, SKIPPED, required=required) == (
            "NOT AUDITED: the advisories of 1 of 2 locked packages could not be asked for from here.",
            code,
        )

    def test_a_report_about_nothing_is_no_success(self) -> None:
        assert _told(required=True)[1] == 2


class TestAsk:
    def test_an_empty_or_broken_lock_is_not_audited(self, tmp_path: Path) -> None:
        lock = tmp_path / "broken.lock"
        lock.write_text("no such == thing ==\n")
        assert not audit.ask(lock).is_whole

    def test_knows_every_package_of_the_lock(self) -> None:
        """Whether they could be asked for depends on the network; that they were counted does not."""
        lines = [line for line in audit.RUNTIME.read_text().splitlines() if "==" in line and not line.startswith(" ")]
        markers = [Requirement(line.rstrip("\\ ")).marker for line in lines]
        wanted_here = [marker for marker in markers if marker is None or marker.evaluate()]
        outcome = audit.ask(audit.RUNTIME)
        assert outcome.locked in {0, len(wanted_here)}
        assert outcome.asked <= outcome.locked
