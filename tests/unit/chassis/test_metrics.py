"""What is counted, and that counting is cheap."""

from services.chassis.observe import metrics


def test_each_series_carries_its_service():
    counted = metrics.of("metrics-test")
    counted.messages["handled"].inc(3)
    counted.handler_seconds["declaration_submitted"].observe(0.002)
    counted.jobs["sms", "done"].inc()
    counted.outbox_rows.set(7)
    text = metrics.exposition()[0].decode()
    assert 'vss_messages_total{outcome="handled",service="metrics-test"} 3.0' in text
    assert 'vss_handler_seconds_count{fact="declaration_submitted",service="metrics-test"} 1.0' in text
    assert 'vss_jobs_total{kind="sms",outcome="done",service="metrics-test"} 1.0' in text
    assert 'vss_outbox_rows{service="metrics-test"} 7.0' in text


def test_children_are_looked_up_once():
    counted = metrics.of("metrics-test")
    assert counted.parked["invalid"] is counted.parked["invalid"]
    assert metrics.of("metrics-test") is counted


def test_every_metric_is_named_after_the_project_and_says_its_unit():
    names = [name for name in vars(metrics) if name.isupper() and hasattr(getattr(metrics, name), "describe")]
    families = [getattr(metrics, name).describe()[0] for name in names]
    assert len(families) >= 14
    for family in families:
        assert family.name.startswith("vss_")
        if family.type == "histogram":
            assert family.name.endswith(("_seconds", "_messages"))
