"""Asks a gateway, given as the first argument, the questions that need no credentials. Exits 1 at a wrong answer."""

import json
import sys
from urllib.error import HTTPError
from urllib.request import urlopen

base = sys.argv[1]
failures = 0
for path, expected, field in (
    ("/live", 200, "status"),
    ("/ready", 200, "status"),
    ("/setup/check", 200, "requires_setup"),
    ("/api/v1/docs/openapi.json", 200, "openapi"),
    ("/api/v1/no-such-thing", 404, "error"),
):
    try:
        with urlopen(f"{base}{path}", timeout=10) as answer:  # noqa: S310 - the chart's own address
            status, body = answer.status, answer.read()
    except HTTPError as refusal:
        status, body = refusal.code, refusal.read()
    fine = status == expected and field in json.dumps(json.loads(body))
    failures += not fine
    sys.stdout.write(f"{'ok  ' if fine else 'FAIL'} GET {path} -> {status}\n")
sys.exit(1 if failures else 0)
