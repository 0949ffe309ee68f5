"""Short work of the zygote, which has the packages loaded that it needs. It runs in a child and leaves no trace."""

import os
import pkgutil
from pathlib import Path

from vaultaris_stack.paths import write_private


def render_gateway(render: str, folder: str) -> None:
    """Writes Envoy's files for this process's environment; `render` names the function that knows how."""
    for name, text in pkgutil.resolve_name(render)(dict(os.environ), Path(folder)).items():
        write_private(Path(folder) / name, text)
