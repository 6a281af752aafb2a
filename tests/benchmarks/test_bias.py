import json

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from benchmarks import bias, bias_document, peers, studies
from benchmarks.bias_document import MODELS, document
from laat_core import Bias, Condition, Design, Experiment, Recipe, Step, dataset_names, load_biases

AGED = Bias((Step("leave out", (Condition("age", "at least", 50),), of_class="yes"),))
NOBODY = Bias((Step("leave out", (), of_class="yes"),))
QUICK_PEERS = ("logistic_regression", "random_forest")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A study of a moment: two splits, two peers, small forests."""
    monkeypatch.setattr(studies, "QUICK_SPLITS", 2)
    monkeypatch.setattr(bias, "PEERS", {name: peers.PEERS[name] for name in QUICK_PEERS})
    monkeypatch.setattr(peers, "TREES", 10)
    monkeypatch.setattr(bias, "BIASES", {"ward": (AGED,)})


def write(folder, name="ward"):
    """Write a table in the form of three files."""
    generator = np.random.default_rng(0)
    age, pulse = generator.normal(50, 10, 80), generator.normal(70, 5, 80)
    ill = np.where(age + 10 * generator.normal(size=80) > 50, "yes", "no")
    table = pd.DataFrame({"age": age, "pulse": pulse, "ill": ill})
    table.to_csv(folder / f"{name}.csv", index=False)
    described = {"#DatasetTask#": "Who is ill?", "#DatasetClasses#": ["no", "yes"]}
    (folder / f"{name}-metadata.json").write_text(json.dumps(described), encoding="utf-8")
    scores = [[{"feature": "age", "score": 8}, {"feature": "pulse", "score": 1}]]
    (folder / f"{name}-scores.json").write_text(json.dumps({"estimates": scores}), encoding="utf-8")


@pytest.fixture
def tables(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    write(folder)
    return folder


@pytest.fixture
def run(tmp_path, tables, capsys):
    """Run the study; return its cells."""

    def study(*arguments):
        cells = ["--cells", str(tmp_path / "cells"), "--jobs", "1"]
        bias.main(["--tables", str(tables), "--quick", "--json", *cells, *arguments])
        return json.loads(capsys.readouterr().out)

    return study


def refuse(*_):
    raise AssertionError("what is kept was measured again")


def test_cells_are_those_of_plain_experiments(run, tables):
    result = run()
    assert (result["seed"], result["splits"]) == (0, 2)
    ((task, scores),) = studies.materials([str(tables)])
    assert [cell["condition"] for cell in result["cells"]] == [
        "no bias",
        "Left out: age at least 50, ill = yes",
    ]
    for cell, put in zip(result["cells"], (None, AGED), strict=True):
        assert cell["table"] == "ward"
        assert set(cell) - {"table", "condition", "n_train", "interval"} == {
            "laat", "auto", "baseline", "scores_alone", *QUICK_PEERS,
        }  # fmt: skip
        experiment = Experiment(task, Design(None, n_splits=2), Recipe(), bias=put)
        fixed, auto = (experiment.compare(scores, gamma) for gamma in (100.0, "auto"))
        assert cell["laat"] == fixed.laat.auc_mean
        assert cell["auto"] == auto.laat.auc_mean
        assert cell["baseline"] == fixed.baseline.auc_mean
        assert cell["scores_alone"] == fixed.scores_alone.auc_mean
        assert cell["n_train"] == list(fixed.n_train)
        assert cell["interval"] == list(fixed.difference_interval)
        areas = []
        for number in range(2):
            rows = experiment.values(number)
            forest = RandomForestClassifier(10, min_samples_leaf=2, random_state=0)
            forest.fit(rows.train, rows.train_labels)
            areas.append(roc_auc_score(rows.test_labels, forest.predict_proba(rows.test)[:, 1]))
        assert cell["random_forest"] == pytest.approx(np.mean(areas))


def test_a_second_run_measures_nothing_and_says_the_same(run, monkeypatch):
    first = run()
    monkeypatch.setattr(bias, "measure", refuse)
    assert run() == first


def test_a_run_that_was_ended_goes_on_where_it_was(run, monkeypatch):
    measured, measure = [], bias.measure

    def stop(material, put, models, n_splits):
        if len(measured) == 3:
            raise KeyboardInterrupt
        measured.append((put, models))
        return measure(material, put, models, n_splits)

    monkeypatch.setattr(bias, "measure", stop)
    with pytest.raises(KeyboardInterrupt):
        run()
    done = [*measured]
    measured.clear()
    assert len(run()["cells"]) == 2
    assert len(done) == len(measured) == 3
    assert len({*done, *measured}) == 6


def test_another_bias_is_measured_anew(run, monkeypatch):
    before = run()["cells"]
    younger = Bias((Step("leave out", (Condition("age", "at least", 45),), of_class="yes"),))
    monkeypatch.setattr(bias, "BIASES", {"ward": (younger,)})
    after = run()["cells"]
    assert after[0] == before[0]
    assert after[1]["n_train"] != before[1]["n_train"]


def test_settings_of_the_peers_are_part_of_what_they_follow_from(tables, monkeypatch, tmp_path):
    (material,) = studies.materials([str(tables)])

    def both():
        return [bias._fingerprint(material, AGED, name, 2) for name in ("laat", "mlp")]

    before = both()
    (tmp_path / "laat_core" / "model").mkdir(parents=True)
    for part in (*bias.CODE, "benchmarks/peers.py"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).write_text("same", encoding="utf-8")
    monkeypatch.setattr(studies, "ROOT", tmp_path)
    middle = both()
    (tmp_path / "benchmarks" / "peers.py").write_text("changed", encoding="utf-8")
    after = both()
    assert len({*before, *middle}) == 4
    assert (after[0] == middle[0], after[1] == middle[1]) == (True, False)


def test_a_bias_that_leaves_no_row_of_a_class_gives_no_cell(run, monkeypatch):
    monkeypatch.setattr(bias, "BIASES", {"ward": (NOBODY,)})
    assert [cell["condition"] for cell in run()["cells"]] == ["no bias"]


def test_tables_without_a_bias_are_left_out(run, monkeypatch):
    monkeypatch.setattr(bias, "BIASES", {})
    assert run()["cells"] == []


def test_bundled_tables_are_studied_with_their_presets():
    for task, _ in studies.materials([studies.BUNDLED]):
        presets = tuple(preset.bias for preset in load_biases(task.name))
        assert bias.biases_of(task) == presets
    assert not {*dataset_names()} & {*bias.BIASES}


@pytest.mark.parametrize("name", peers.PEERS)
def test_every_peer_learns_and_says_nothing(name, tables, capfd, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    ((task, _),) = studies.materials([str(tables)])
    values = Experiment(task, Design(None, n_splits=1), Recipe()).values(0)
    first, second = (peers.auc_of_peer(name, values, 0) for _ in range(2))
    assert first == second
    assert first > 0.5
    assert capfd.readouterr() == ("", "")
    assert sorted(tmp_path.rglob("*")) == before


def test_peers_that_are_not_installed_are_left_out(run, monkeypatch):
    monkeypatch.setattr(bias, "PEERS", peers.PEERS)
    monkeypatch.setattr(peers, "find_spec", lambda _: None)
    assert peers.missing_peers() == ("xgboost", "catboost")
    cells = run()["cells"]
    assert "mlp" in cells[0]
    assert not {"xgboost", "catboost"} & set(cells[0])
    assert "Left out, as they are not installed: XGBoost and CatBoost." in document(cells, 2, 0)


# The document


def cell(table, condition, laat, baseline, **others):
    every = dict.fromkeys(MODELS, 0.7) | {"laat": laat, "baseline": baseline} | others
    interval = [laat - baseline - 0.02, laat - baseline + 0.02]
    named = {"table": table, "condition": condition, "n_train": [1200, 30], "interval": interval}
    return named | every


CELLS = [
    cell("a", "no bias", 0.80, 0.85),
    cell("a", "Tied together: x | y", 0.80, 0.55),
    cell("a", "Left out: x", 0.80, 0.79),
    cell("b", "Left out: x", 0.80, 0.70, mlp=0.9),
    cell("c", "Labels turned: x", 0.60, 0.70),
]


def test_the_document_says_whether_the_goal_is_met_and_where_not():
    text = " ".join(document(CELLS, 20, 0).split())
    assert "It is not met: 10 points or more with a bias of a, b, 20 or more of a." in text
    assert "10 points or more ahead with 2, less than 10 with 1, behind with 1." in text
    assert (
        "The interval of the difference lies above 0 with 2 of 4 biases, below it with 1." in text
    )
    assert "before anything was measured, it is 10 points or more ahead with one of a, b." in text
    assert "- Behind the baseline: c: Labels turned: x (−10.0)." in text
    assert "- Ahead by less than 10 points: a: Left out: x (+1.0)." in text
    assert "at worst −10.0 (b: Left out: x)" in text
    assert "right. It is within 1 point of the baseline with 2 of 4 biases, −9.0 to +15.0" in text
    assert "it is ahead with 1 of 4 biases, by −1.5 points on average" in text
    assert "not installed" not in text
    met = [*CELLS, cell("c", "Left out: z", 0.8, 0.6)]
    assert "It is met: 10 points or more with a bias of a, b, c, 20" in " ".join(
        document(met, 20, 0).split()
    )


def test_the_document_has_a_row_per_cell():
    rows = [line for line in document(CELLS, 20, 0).splitlines() if "1,200 + 30" in line]
    assert len(rows) == len(CELLS)
    assert rows[1].startswith("| Tied together: x \\| y")
    assert rows[1].endswith("| +25.0 (+23.0 to +27.0) |")


def test_the_document_of_fair_tables_only_says_so():
    assert "No bias leaves enough rows" in document(CELLS[:1], 20, 0)


def test_the_figure_has_a_line_per_cell_and_a_mark_per_model():
    figure = bias_document._figure(CELLS)
    assert [trace.name for trace in figure.data] == [look.name for look in MODELS.values()]
    assert len({(trace.marker.symbol, trace.marker.color) for trace in figure.data}) == len(MODELS)
    laat = figure.data[0]
    assert list(laat.x) == pytest.approx([80, 80, 80, 80, 60])
    assert laat.y[1] == "a: Tied together: x | y"
