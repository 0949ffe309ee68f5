"""Envoy's route table: the rules of ``routes.py``, and before them the endpoints that ``policies.py`` singles out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from vaultaris_gateway.cors import any_origin, no_cors
from vaultaris_gateway.extension import Config, extension, overwrite_header
from vaultaris_gateway.grpc_routes import grpc_routes
from vaultaris_gateway.limits import credential_class, exempt_from_limits, streamed_body
from vaultaris_gateway.policies import (
    ANY_ORIGIN,
    BODY_LIMITS,
    BROWSER_PAGES,
    CREDENTIAL_ENDPOINTS,
    LONG_REQUESTS,
    LONG_SECONDS,
    PROBES,
)
from vaultaris_gateway.routes import path_pattern, rules, segments_of
from vaultaris_gateway.settings import GatewaySettings
from vaultaris_kit import surface

_FORWARDING_HEADERS = (
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-real-ip",
)
Callers = Callable[[], Config] | None

_TRY_AGAIN = "x-vaultaris-try-again"
_HIDDEN_HEADERS = ("server", "x-powered-by", _TRY_AGAIN)


def virtual_host(settings: GatewaySettings, filters: Config) -> Config:
    """The one virtual host; ``filters`` is its ``typed_per_filter_config``."""
    timeout = f"{settings.request_timeout_secs}s"
    return {
        "name": "vaultaris",
        "domains": ["*"],
        "typed_per_filter_config": filters,
        "routes": [*grpc_routes(timeout), *(_with_timeout(route, timeout) for route in _routes())],
        "request_headers_to_remove": list(_FORWARDING_HEADERS),
        "request_headers_to_add": [
            overwrite_header("x-envoy-external-address", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),
            overwrite_header("x-forwarded-proto", "https" if settings.is_https else "http"),
        ],
        "response_headers_to_remove": list(_HIDDEN_HEADERS),
        "retry_policy": _retry_policy(),
    }


def cluster_of(service: str) -> str:
    """The cluster that serves a service's endpoints: edge stands in for the gateway."""
    return "edge" if service == "gateway" else service


def _routes() -> Iterator[Config]:
    yield from _probes()
    yield from _credentials()
    yield from _any_origin()
    yield from _browser_pages()
    yield from _large_bodies()
    yield from _long_requests()
    yield from _fixed_paths()
    yield from _patterns()


def _probes() -> Iterator[Config]:
    for row in _rows(PROBES):
        yield _route(row.id, {"path": row.path}, row.service, typed_per_filter_config=exempt_from_limits())


def _credentials() -> Iterator[Config]:
    """The endpoints of the tighter window; those of one owner and method that take the same callers share a route."""
    grouped: dict[tuple[str, str, Callers], list[str]] = defaultdict(list)
    for row in _rows(CREDENTIAL_ENDPOINTS):
        grouped[row.service, row.method, _callers(row)].append(path_pattern(segments_of(row.path)))
    for (service, method, callers), patterns in grouped.items():
        match = _regex(patterns) | _headers(_is_method(method))
        more = {"typed_per_filter_config": callers()} if callers else {}
        yield _route(f"{service}-credentials", match, service, metadata=credential_class(), **more)


def _callers(row: surface.Row) -> Callers:
    """Which origins may call an endpoint where that is not the operator's choice. Forms of pages are pages too."""
    if any(row.path.startswith(f"{prefix}/") for prefix, _ in BROWSER_PAGES):
        return no_cors
    return any_origin if row.id in ANY_ORIGIN else None


def _any_origin() -> Iterator[Config]:
    """Without a method: a preflight names another one than the request that it asks for."""
    for row in {row.path: row for row in _rows(ANY_ORIGIN)}.values():
        yield _route(row.id, {"path": row.path}, row.service, typed_per_filter_config=any_origin())


def _browser_pages() -> Iterator[Config]:
    for prefix, owner in BROWSER_PAGES:
        yield _route(f"{owner}-pages", {"path_separated_prefix": prefix}, owner, typed_per_filter_config=no_cors())


def _large_bodies() -> Iterator[Config]:
    """Bodies of a known length up to the endpoint's own limit; any other meets the limit of all endpoints."""
    for limit in BODY_LIMITS:
        length = {"name": "content-length", "range_match": {"start": 0, "end": limit.max_bytes + 1}}
        match = _regex([path_pattern(segments_of(limit.path))]) | _headers(_is_method(limit.method), length)
        route = _route("large-body", match, limit.owner, typed_per_filter_config=streamed_body())
        yield _lasting(route) if limit.path in {row.path for row in _rows(LONG_REQUESTS)} else route


def _long_requests() -> Iterator[Config]:
    for row in _rows(LONG_REQUESTS):
        match = _regex([path_pattern(segments_of(row.path))]) | _headers(_is_method(row.method))
        yield _lasting(_route(row.id, match, row.service))


def _lasting(route: Config) -> Config:
    """A route whose requests may go on for long, as long as something moves."""
    longer = {
        "timeout": f"{LONG_SECONDS}s",
        "idle_timeout": "300s",
        "max_stream_duration": {"max_stream_duration": f"{LONG_SECONDS}s"},
    }
    return route | {"route": route["route"] | longer}


def _fixed_paths() -> Iterator[Config]:
    for rule in rules():
        if rule.literal:
            match = {"path_separated_prefix": rule.literal} if rule.subtree else {"path": rule.literal}
            yield _route(rule.owner, match, rule.owner)


def _patterns() -> Iterator[Config]:
    """The rules with parameters: one pattern per owner, because no two owners' patterns overlap."""
    grouped: dict[str, dict[tuple[tuple[str, ...], bool], list[str]]] = defaultdict(lambda: defaultdict(list))
    for rule in rules():
        if not rule.literal:
            grouped[rule.owner][rule.segments[:-1], rule.subtree].append(rule.segments[-1])
    for owner, families in grouped.items():
        patterns = [_family(parent, names, subtree=subtree) for (parent, subtree), names in families.items()]
        yield _route(owner, _regex(patterns), owner)


def _family(parent: tuple[str, ...], names: list[str], *, subtree: bool) -> str:
    """The pattern of all rules below one parent."""
    lasts = "|".join(path_pattern([name])[1:] for name in names)
    return f"{path_pattern(parent)}/(?:{lasts})" + ("(?:/.*)?" if subtree else "")


def _rows(ids: Iterable[str]) -> Iterator[surface.Row]:
    wanted = set(ids)
    return (row for row in surface.rows() if row.id in wanted)


def _regex(patterns: list[str]) -> Config:
    return {"safe_regex": {"regex": "|".join(patterns)}}


def _headers(*matchers: Config) -> Config:
    return {"headers": list(matchers)}


def _is_method(method: str) -> Config:
    return {"name": ":method", "string_match": {"exact": method}}


def _route(name: str, match: Config, service: str, **more: Any) -> Config:
    return {"name": name, "match": match, "route": {"cluster": cluster_of(service)}, **more}


def _with_timeout(route: Config, timeout: str) -> Config:
    return route | {"route": {"timeout": timeout} | route["route"]}


def _retry_policy() -> Config:
    """Failures in which the service has seen nothing of the request, or says that it has done nothing about it.

    Both are safe for every method.
    """
    return {
        "retry_on": "connect-failure,refused-stream,reset-before-request,retriable-headers",
        "retriable_headers": [{"name": _TRY_AGAIN, "present_match": True}],
        "num_retries": 2,
        "retry_host_predicate": [
            extension(
                "envoy.retry_host_predicates.previous_hosts",
                "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
            )
        ],
        "host_selection_retry_max_attempts": 3,
    }
