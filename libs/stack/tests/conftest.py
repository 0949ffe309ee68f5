"""Running stacks of small fake services, on free ports and folders of their own."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaultaris_stack.local import LocalStack

FAKES = Path(__file__).parent / "fakes"
_PATIENCE_SECONDS = 15.0


def _write_topology(folder: Path, auth: str, replicas: int) -> Path:
    path = folder / "topology.json"
    services = [
        {"name": "auth", "module": auth},
        {"name": "directory", "module": "stack_fakes.service"},
        {"name": "edge", "module": "stack_fakes.service", "listeners": ["http", "limiter"], "database": False},
    ]
    functions = {"render": "stack_fakes.gateway:files", "migrate": "stack_fakes.schemas:migrate_all"}
    path.write_text(json.dumps({"services": services, "replicas": replicas, **functions}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def make_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., LocalStack]]:
    """Makes stacks, not started, of three services; what still runs of them is ended at last.

    `auth` names the module of one service, `replicas` how often each runs, `environ` what the user has set.
    """
    made: list[LocalStack] = []

    def make(
        *,
        folder: Path | None = None,
        port: int | None = None,
        auth: str = "stack_fakes.service",
        replicas: int = 1,
        **environ: str,
    ) -> LocalStack:
        home = folder or tmp_path_factory.mktemp("stack")
        topology = _write_topology(home, auth, replicas)
        made.append(LocalStack(home / "data", port, {"PYTHONPATH": str(FAKES), **environ}, topology))
        return made[-1]

    yield make
    for stack in made:
        stack.stop()


@pytest.fixture(scope="module")
def stack(make_stack: Callable[..., LocalStack]) -> LocalStack:
    """A stack that runs."""
    made = make_stack()
    made.start()
    return made


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits until something comes true of processes that tell nobody when it does."""

    def wait(comes_true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not comes_true():
            assert time.monotonic() < deadline, "it did not come true"
            time.sleep(0.05)

    return wait
