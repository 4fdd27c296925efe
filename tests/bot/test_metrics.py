from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(metrics: Metrics) -> Series:
    """Give each series that is shown, by its name and labels, as Prometheus reads it."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }


def find(metrics: Metrics, name: str, **labels: str) -> float:
    return read(metrics)[name, frozenset(labels.items())]


def count(metrics: Metrics, name: str) -> int:
    return sum(series == name for series, _ in read(metrics))


def test_notes_are_counted_by_outcome() -> None:
    metrics = Metrics()
    metrics.count_note("recognised")
    metrics.count_note("recognised")
    metrics.count_note("NoSpeech")
    assert find(metrics, "ser_notes_total", outcome="recognised") == 2
    assert find(metrics, "ser_notes_total", outcome="NoSpeech") == 1


def test_a_rate_has_a_value_to_begin_with() -> None:
    metrics = Metrics()
    assert find(metrics, "ser_notes_total", outcome="recognised") == 0
    assert find(metrics, "ser_updates_total", event="taken over") == 0
    assert find(metrics, "ser_note_stage_seconds_count", stage="whole") == 0


def test_a_stage_is_told_by_the_bound_under_which_it_stayed() -> None:
    metrics = Metrics()
    metrics.observe("listening", 0.2)
    metrics.observe("listening", 299.0)
    name = "ser_note_stage_seconds"
    assert find(metrics, f"{name}_bucket", stage="listening", le="0.1") == 0
    assert find(metrics, f"{name}_bucket", stage="listening", le="0.25") == 1
    assert find(metrics, f"{name}_bucket", stage="listening", le="300.0") == 2
    assert find(metrics, f"{name}_sum", stage="listening") == pytest.approx(299.2)


def test_updates_and_what_telegram_refused_are_counted() -> None:
    metrics = Metrics()
    metrics.count_update("duplicate", 3)
    metrics.count_telegram_error("sendMessage", "RetryAfter")
    assert find(metrics, "ser_updates_total", event="duplicate") == 3
    labels = {"method": "sendMessage", "kind": "RetryAfter"}
    assert find(metrics, "ser_telegram_errors_total", **labels) == 1


def test_the_queue_the_workers_and_the_model_are_those_of_now() -> None:
    metrics = Metrics()
    metrics.show(n_waiting=9, n_working=2, oldest_seconds=7.5, n_workers=1, model_id="first")
    metrics.show(n_waiting=3, n_working=1, oldest_seconds=0.5, n_workers=2, model_id="second")
    assert find(metrics, "ser_queue_notes", state="waiting") == 3
    assert find(metrics, "ser_queue_notes", state="working") == 1
    assert find(metrics, "ser_queue_oldest_seconds") == 0.5
    assert find(metrics, "ser_workers") == 2
    assert find(metrics, "ser_model_info", model="second") == 1
    assert count(metrics, "ser_model_info") == 1


def test_each_part_is_told_to_be_well_or_not() -> None:
    metrics = Metrics()
    metrics.show_health({"database": False, "workers": True})
    assert find(metrics, "ser_ready", part="database") == 0
    assert find(metrics, "ser_ready", part="workers") == 1


@pytest.mark.parametrize("value", ["123456789", "@ada", "Ada 12", "a" * 41, "", "größe"])
def test_what_is_no_word_is_not_shown(value: str) -> None:
    metrics = Metrics()
    metrics.count_telegram_error(value, value)
    assert find(metrics, "ser_telegram_errors_total", method="other", kind="other") == 1
    assert not value or value not in metrics.render().decode()


def test_whatever_comes_the_series_stay_few() -> None:
    metrics = Metrics()
    for first in "abcdefghij":
        for second in "abcdefghij":
            metrics.count_note(first + second)
    metrics.count_note("aa")
    assert count(metrics, "ser_notes_total") == 65  # 64 words, and "other"
    assert find(metrics, "ser_notes_total", outcome="other") == 37
    assert find(metrics, "ser_notes_total", outcome="aa") == 2


def test_the_process_itself_is_measured() -> None:
    assert find(Metrics(), "process_resident_memory_bytes") > 1_000_000


def test_two_replicas_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()
    first.count_note("recognised")
    assert find(second, "ser_notes_total", outcome="recognised") == 0
