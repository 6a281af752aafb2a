import json

from benchmarks import adult
from laat_core import Design


def test_result_has_the_documented_keys(capsys):
    result = adult.measure(runs=1, table="diabetes", max_epochs=2, design=Design(2, n_splits=2))
    assert json.loads(json.dumps(result)) == result
    assert set(result["fits"]) == set(adult.FITS)
    assert (result["rows"], result["features"]) == (768, 8)
    assert result["linear_ratio"] > 0
    assert "what a slider move costs" in adult.show(result)
    assert capsys.readouterr().out == ""
