"""Counts and latencies by route, for Prometheus; never a path, never a person."""

import os
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.multiprocess import MultiProcessCollector

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

requests = Counter("member_space_requests", "Requests answered.", ("route", "method", "status"))
latency = Histogram(
    "member_space_request_seconds",
    "Time to answer, in seconds.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

file_waiting = Gauge(
    "member_space_file_waiting_seconds",
    "How long the oldest file that waits for its check has waited.",
    multiprocess_mode="mostrecent",
)


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer; a made-up method is `other`, so that nobody can fill the memory with names."""
    requests.labels(route, method if method in METHODS else "other", str(status)).inc()
    latency.labels(route).observe(seconds)


def collect() -> CollectorRegistry | Any:
    """This process, or all the workers of gunicorn when PROMETHEUS_MULTIPROC_DIR says that they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def listen(port: int) -> None:
    """Serve the metrics on this machine's own address; with gunicorn its master does (gunicorn.conf.py)."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        start_http_server(port, addr="127.0.0.1", registry=collect())


def exposition() -> tuple[bytes, str]:
    """The text of /metrics and its content type."""
    return generate_latest(collect()), CONTENT_TYPE_LATEST
