"""The API reference page: Scalar's viewer from the installed package, served from our own origin.

Nothing is loaded from anywhere else, and the page's policy would not let it.
"""

import gzip
import importlib.util
import json
from functools import cache
from pathlib import Path

SCRIPT_PATH = "/api/v1/docs/scalar.js"
DOCUMENT_PATH = "/api/v1/docs/openapi.json"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the viewer sets its styles while it runs
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

_CONFIGURATION = {
    "url": DOCUMENT_PATH,
    "withDefaultFonts": False,
    "telemetry": False,
    "hideClientButton": True,
    "showDeveloperTools": "never",
    "documentDownloadType": "json",
    "agent": {"disabled": True},
    "mcp": {"disabled": True},
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vaultaris API</title>
<link rel="icon" href="data:,">
</head>
<body>
{content}
</body>
</html>
"""


def page() -> str:
    """The page; without the viewer's package it only links to the document."""
    if script_file() is None:
        return _PAGE.format(content=f'<p>The API is described in <a href="{DOCUMENT_PATH}">openapi.json</a>.</p>')
    configuration = json.dumps(_CONFIGURATION).replace("&", "&amp;").replace("'", "&#39;")
    return _PAGE.format(
        content=f"<script id=\"api-reference\" data-configuration='{configuration}'></script>\n"
        f'<script src="{SCRIPT_PATH}"></script>'
    )


@cache
def script_file() -> Path | None:
    """The viewer's bundle in the installed package, which is found without being imported."""
    package = importlib.util.find_spec("flask_openapi_scalar")
    if package is None or package.origin is None:
        return None
    bundle = Path(package.origin).parent / "templates/scalar/js/scalar.standalone.js"
    return bundle if bundle.is_file() else None


@cache
def compressed_script(bundle: Path) -> bytes:
    """The bundle in gzip, made once: 5 MB become about 1.4."""
    return gzip.compress(bundle.read_bytes(), compresslevel=6, mtime=0)
