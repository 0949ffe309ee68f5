"""Short work of the zygote, which has the packages loaded that it needs. It runs in a child and leaves no trace."""

import os
import pkgutil
from pathlib import Path

from vaultaris_stack.paths import write_private


def render_gateway(render: str, target: str) -> None:
    """Writes Envoy's configuration for this process's environment; `render` names the function that knows how."""
    write_private(Path(target), pkgutil.resolve_name(render)(dict(os.environ)))
