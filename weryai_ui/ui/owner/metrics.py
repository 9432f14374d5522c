"""What the app is doing, in Prometheus' text form: read when it is asked for; no prompt and nobody's name is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from weryai_ui import VERSION
from weryai_ui.service import Service
from weryai_ui.store.overview import Overview
from weryai_ui.store.set_aside import Work

__all__ = ["CONTENT_TYPE_LATEST", "exposition"]


def exposition(service: Service) -> bytes:
    """Everything, as of now, as `CONTENT_TYPE_LATEST`. Raises `DatabaseAway`."""
    registry = CollectorRegistry(auto_describe=False)
    work, _ = service.work()
    registry.register(_Read([*_of_all(service.overview()), *_of_work(work), *_of_this_process(service)]))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


class _Read(Collector):
    """What was read before, as a library's registry wants to collect it."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _of_all(found: Overview) -> Iterable[Metric]:
    """What every process at the database would say."""
    yield _by("weryai_tasks_running", "Tasks that the service works on.", "destination", found.running)
    yield _by("weryai_tasks_waiting", "Tasks that wait at the service.", "destination", found.waiting)
    yield _by("weryai_submissions_today", "Submissions of this day (UTC).", "destination", found.today.submissions)
    yield _by("weryai_submissions_month", "Submissions of 30 days.", "destination", found.month.submissions)
    yield _by("weryai_ends_month", "Paid submissions of 30 days by how they ended.", "end", found.month.ends)
    yield _by("weryai_failures_month", "Failed ones of 30 days by their class.", "class", found.month.failures)
    for name, period in (("today", found.today), ("month", found.month)):
        spent = {"known": period.credits, "about": period.credits_about}
        yield _by(f"weryai_credits_{name}", "Credits spent with the owner's key.", "how", spent)
        yield GaugeMetricFamily(f"weryai_refunded_{name}", "Credits that came back.", period.refunded)
    yield GaugeMetricFamily("weryai_stored_bytes", "Size of the copies that are kept.", found.stored_bytes)
    yield GaugeMetricFamily("weryai_stored_copies", "Copies that are kept.", found.stored_films)


def _of_work(work: Iterable[Work]) -> Iterable[Metric]:
    metric = GaugeMetricFamily("weryai_work", "Work behind the page, by its kind.", labels=["kind", "state"])
    for each in work:
        for state in ("queue", "late", "failed", "set_aside"):
            metric.add_metric([each.kind, state], getattr(each, state))
    yield metric


def _of_this_process(service: Service) -> Iterable[Metric]:
    follower = service.follower
    info = GaugeMetricFamily("weryai_info", "Always 1; the version of the app.", labels=["version"])
    info.add_metric([VERSION], 1)
    yield info
    yield GaugeMetricFamily("weryai_spending_stopped", "Whether the owner stopped it.", service.access.is_stopped())
    yield CounterMetricFamily("weryai_polls", "Polls of this process.", follower.polls)
    yield CounterMetricFamily("weryai_polls_late_seconds", "By how much they were late together.", follower.late_s)


def _by(name: str, said: str, label: str, counts: Mapping[str, float]) -> Metric:
    metric = GaugeMetricFamily(name, said, labels=[label])
    for value, count in counts.items():
        metric.add_metric([value], count)
    return metric
