"""What is seen of the running server from outside: a line and a count for each request, probes, and metrics.

The middleware stands before every other, so that a probe by an address that is nobody's name is answered, also over http, and
without a session.
"""

import hmac
import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterable

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from goldenthread.operations.migrated import needed, taken
from goldenthread.operations.standing import Standing, standing

LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

log = logging.getLogger("goldenthread.request")
requests = Counter("goldenthread_requests", "Requests answered.", ["view", "method", "status"])
seconds = Histogram(
    "goldenthread_request_seconds", "Time until the answer.", ["view"], buckets=SECONDS
)


class Observed:
    """Name each request, log and count it; answer the probes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            return PROBES[request.path](request)
        began = time.perf_counter()
        request_id = _request_id(request)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            took = time.perf_counter() - began
            view, method = _view(request), _method(request)
            requests.labels(view, method, response.status_code).inc()
            seconds.labels(view).observe(took)
            fields = {
                "view": view,
                "method": method,
                "status": response.status_code,
                "ms": round(took * 1000, 1),
                "user": _user(request),
            }
            log.info("request", extra={"fields": fields})
        response["X-Request-ID"] = request_id
        return response


def _request_id(request: HttpRequest) -> str:
    """The one that our proxy gave, so that its log and ours meet; else a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
    return given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex


def _view(request: HttpRequest) -> str:
    """The name of what answered, never the address."""
    if match := request.resolver_match:
        return match.view_name or "unnamed"
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


def _user(request: HttpRequest) -> int | None:
    """The account that the request turned out to be of; asks for nothing that was not asked for."""
    person = getattr(request, "person", None)
    return person.user_id if person is not None else None


# Probes -----------------------------------------------------------------------------------------------------
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Restart it when this fails."""
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and its tables are those of this version: send people here. 503 when not.

    Whether a worker was seen lately is told, but changes nothing: pages are answered without one.
    """
    said = {
        "ready": False,
        "database": "not reachable",
        "migrations": "unknown",
        "worker": "unknown",
    }
    try:
        missing = needed() - taken()
        said |= {"database": "reachable", "migrations": "applied" if not missing else "missing"}
        if not missing:
            here = standing().workers
            said |= {"ready": True, "worker": "seen" if here else "not seen"}
    except DatabaseError as error:
        log.warning("not ready", exc_info=error)
    return JsonResponse(said, status=200 if said["ready"] else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with the token of METRICS_TOKEN; without that setting there is no such page."""
    token = settings.METRICS_TOKEN
    if not token:
        return HttpResponse("There is no such page.\n", status=404, content_type="text/plain")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        refused = HttpResponse("Send the token of METRICS_TOKEN.\n", status=401)
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    here = CollectorRegistry()
    here.register(_Installation())
    text = generate_latest(_requests_counted()) + generate_latest(here)
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


PROBES = {LIVE: live, READY: ready, METRICS: metrics}


def _requests_counted() -> CollectorRegistry:
    """All processes of this server together, where there are several (`goldenthread serve`)."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library says no types
    return registry


class _Installation(Collector):
    """What the database holds at the moment of the question; it is the same whichever server is asked."""

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("goldenthread_database_up", "Whether the database answers.")
        try:
            found: Standing | None = standing()
        except DatabaseError:
            found = None
        up.add_metric([], float(found is not None))
        yield up
        if found is not None:
            yield from _gauges(found)


def _gauges(found: Standing) -> Iterable[Metric]:
    jobs = GaugeMetricFamily("goldenthread_jobs", "Jobs by state.", labels=["state"])
    for state, count in found.jobs.items():
        jobs.add_metric([state], count)
    letters = GaugeMetricFamily("goldenthread_letters", "Letters by state.", labels=["state"])
    for state, count in found.letters.items():
        letters.add_metric([state], count)
    yield from (jobs, letters)
    for name, words, value in (
        ("job_wait_seconds", "How long the job due first has waited.", found.longest_wait),
        ("workers", "Workers that gave a sign of life lately.", found.workers),
        ("database_bytes", "Size of the database.", found.database_bytes),
        ("signed_in_browsers", "Sessions that have not ended.", found.sessions),
    ):
        yield GaugeMetricFamily(f"goldenthread_{name}", words, value=value)
