from benchmarks import store


def test_result_has_numbers_and_reads_well(monkeypatch):
    monkeypatch.setattr(store, "FOLDED", 20)
    result = store.measure(5)
    assert all(result[key] > 0 for key in result if key.endswith("_ms"))
    assert "opening a project of 5 edits" in store.show(result)
