"""What counts as reached: medians against the best of those who managed the work."""

from tests.bench.verdict import Target, is_broken, judged, ratios, summary

RUNS = {
    "ours": [{"p95_ms": value, "within_1s": 1.0} for value in (9.0, 2.0, 3.0)],
    "hocuspocus": [{"p95_ms": value, "within_1s": 1.0} for value in (4.0, 4.0, 5.0)],
    "y-websocket": [{"p95_ms": 1.0, "within_1s": 0.5}],
}


def test_the_median_and_the_spread_are_told() -> None:
    assert summary(RUNS)["ours"]["p95_ms"] == {"median": 3.0, "min": 2.0, "max": 9.0}
    assert summary({"ours": []}) == {}


def test_who_did_not_do_the_work_is_not_the_best() -> None:
    found = summary(RUNS)
    assert is_broken(found["y-websocket"])
    (line,) = judged(found, [Target("p95_ms", 0.8, "best")])
    assert (line["peer"], line["reached"], line["met"]) == ("hocuspocus", 0.75, True)
    assert ratios(found)["hocuspocus"]["p95_ms"] == 0.75


def test_a_target_is_missed_or_cannot_be_judged() -> None:
    found = summary(RUNS)
    targets = [
        Target("p95_ms", 2.9),
        Target("within_1s", 1.0, least=True),
        Target("kb_per_connection", 40.0),
    ]
    assert [line["met"] for line in judged(found, targets)] == [False, True, None]
    alone = summary({"ours": RUNS["ours"]})
    assert judged(alone, [Target("p95_ms", 1.0, "best")])[0]["met"] is None


def test_a_probe_that_misses_an_edit_breaks_a_server() -> None:
    assert is_broken(summary({"x": [{"probe_missing": 1.0}]})["x"])
    assert not is_broken(summary({"x": [{"probe_missing": 0.0, "arrived": 1.0}]})["x"])
