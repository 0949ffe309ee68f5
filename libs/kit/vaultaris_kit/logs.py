"""Structured logs: one JSON object a line, correlated with request and trace, free of secrets."""

import logging
import re
import sys
from datetime import datetime
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from vaultaris_kit.context import current_request
from vaultaris_kit.settings import Settings

_SECRET_KEY = re.compile(r"password|secret|token|authorization|api_?key|cookie|credential|code_verifier", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"(?=[evbdBD]|(?<=//))"  # what a secret begins with: most places are none, and this is soonest seen
    r"(eyJ[\w-]{5,}\.[\w-]+\.[\w-]+|\bvk_[a-z]+_\w+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|(?i:bearer|dpop|basic)\s+[\w.~+/=-]{8,})"
)


def redact(value: Any) -> Any:
    """The same value with everything that looks like a credential masked, at any depth."""
    if isinstance(value, str):
        return _SECRET_TEXT.sub("***", value)
    if isinstance(value, dict):
        return {key: _redact_member(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(item) for item in value]
    return value


def _redact_member(key: str, value: Any) -> Any:
    """Numbers and times are never secrets, though ``password_changed_at`` sounds like one."""
    is_plain = value is None or isinstance(value, (bool, int, float, datetime))
    return "***" if _SECRET_KEY.search(key) and not is_plain else redact(value)


def _redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: "***" if _SECRET_KEY.fullmatch(key) else redact(value) for key, value in event.items()}


def _add_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    request = current_request()
    if request.request_id:
        event["request_id"] = request.request_id
    if request.traceparent:
        event["trace_id"] = request.traceparent[3:35]
    return event


def configure_logs(service: str, settings: Settings) -> None:
    """Sends structlog and the standard library's logging through one formatter to standard output."""

    def add_service(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_service,
        _add_request,
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for noisy in ("uvicorn.access", "nats", "httpx", "grpc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose calls take an event name and facts as keywords."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
