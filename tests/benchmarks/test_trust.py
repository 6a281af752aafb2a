import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks import studies, trust, trust_document
from benchmarks.accuracy import proposed_tables
from laat_core import Design, Experiment, Recipe, Role, compare

FIELDS = {
    "table", "rows_per_class", "model", "baseline", "gamma100", "auto", "scores_alone",
    "placebo_auto", "flipped_auto",
}  # fmt: skip
ESTIMATES = [{"age": 8, "pulse": -2, "sex_male": 5}, {"age": 6, "pulse": 2, "sex_male": 5}]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A study of a moment: two sizes, one of them too large for the table, one kind of model."""
    monkeypatch.setattr(trust, "ROWS_PER_CLASS", (2, 250))
    monkeypatch.setattr(trust, "HIDDEN", {"logistic regression": ()})
    monkeypatch.setattr(studies, "QUICK_SPLITS", 2)


def write(folder, name="ward", ending="csv", estimates=ESTIMATES):
    """Write a table in the form of three files."""
    generator = np.random.default_rng(0)
    age, pulse = generator.normal(50, 10, 60), generator.normal(70, 5, 60)
    sex = generator.choice(["female", "male"], 60)
    ill = np.where(age + 5 * generator.normal(size=60) > 50, "yes", "no")
    columns = {"age": age, "pulse": pulse, "sex": sex, "ill": ill}
    pd.DataFrame(columns).to_csv(folder / f"{name}.{ending}", index=False)
    described = {
        "#DatasetTask#": "Predict who is ill. Yes or no?",
        "#DatasetClasses#": ["no", "yes"],
        "age": "Age in years",
        "pulse": "Beats per minute",
        "sex": "Sex",
    }
    (folder / f"{name}-metadata.json").write_text(json.dumps(described), encoding="utf-8")
    scores = [[{"feature": f, "score": s} for f, s in one.items()] for one in estimates]
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

    def study(*arguments, places=(tables,)):
        cells = ["--cells", str(tmp_path / "cells"), "--jobs", "1"]
        trust.main(["--tables", *map(str, places), "--quick", "--json", *cells, *arguments])
        return json.loads(capsys.readouterr().out)

    return study


def refuse(*_):
    raise AssertionError("a cell that is kept was measured again")


def test_cells_are_those_of_plain_comparisons(run, tables):
    result = run()
    assert (result["seeds"], result["splits"]) == ([0], 2)
    (cell,) = result["cells"]  # the table has too few rows for the other
    assert set(cell) >= FIELDS
    assert (cell["table"], cell["rows_per_class"], cell["model"]) == (
        "ward",
        2,
        "logistic regression",
    )
    ((task, scores),) = studies.materials([str(tables)])
    assert scores.as_dict() == {"age": 7.0, "pulse": 0.0, "sex = male": 5.0}
    fixed, auto, flipped = (
        compare(task, some, gamma, Design(2, n_splits=2))
        for some, gamma in ((scores, 100.0), (scores, "auto"), (scores.flipped(), "auto"))
    )
    assert cell["baseline"] == fixed.baseline.auc_mean
    assert cell["gamma100"] == fixed.laat.auc_mean
    assert cell["scores_alone"] == fixed.scores_alone.auc_mean
    assert cell["auto"] == auto.laat.auc_mean
    assert cell["flipped_auto"] == pytest.approx(flipped.laat.auc_mean)
    assert cell["auto_gamma"] == pytest.approx(np.median(auto.gammas))
    assert cell["features"] == 3
    assert 0 <= cell["placebo_auto"] <= 1


def test_placebos_are_shuffles_of_the_target_of_their_own_in_every_split(tables, monkeypatch):
    (material,) = studies.materials([str(tables)])
    asked, auc = [], trust._auto_auc
    monkeypatch.setattr(trust, "_auto_auc", lambda *of: asked.append(of) or auc(*of))
    trust.measure(material, 2, "logistic regression", 2)
    (experiment, placebos), (_, flipped) = asked
    target = experiment.target(material[1])
    np.testing.assert_array_equal(flipped, -np.tile(target, (1, 2, 1)))
    assert placebos.shape == (20, 2, 3)
    np.testing.assert_array_equal(np.sort(placebos), np.tile(np.sort(target), (20, 2, 1)))
    assert (placebos[:, 0] != placebos[:, 1]).any()
    assert len(np.unique(placebos.reshape(-1, 3), axis=0)) > 3


def test_targets_of_each_split_are_tested_on_its_test_rows(tables):
    ((task, _),) = studies.materials([str(tables)])
    experiment = Experiment(task, Design(6, n_splits=2), Recipe(max_epochs=20))
    targets = np.stack([np.eye(3)[:2], np.eye(3)[1:], np.zeros((2, 3))])
    areas = []
    for target in targets[:2]:
        models = experiment.train(target[None], experiment.gammas(target, "auto"))
        for number, split in enumerate(experiment.splits):
            rows = experiment._standardized[split.test]
            weights = models.weights[number, 0].double().numpy()
            areas.append(roc_auc_score(task.labels[split.test], (rows @ weights).round(6)))
    areas += [*experiment.baseline.auc]  # without a target
    assert trust._auto_auc(experiment, targets) == pytest.approx(np.mean(areas), abs=1e-9)
    assert trust._auto_auc(experiment, targets[2:]) == experiment.baseline.auc_mean


def test_a_second_run_measures_nothing_and_says_the_same(run, monkeypatch):
    first = run()
    monkeypatch.setattr(trust, "measure", refuse)
    assert run() == first


def test_a_run_that_was_ended_goes_on_where_it_was(run, tables, monkeypatch):
    write(tables, "yard")
    measured, measure = [], trust.measure

    def stop(material, *rest):
        if len(measured) == 3:
            raise KeyboardInterrupt
        measured.append((material[0].name, rest[0]))
        return measure(material, *rest)

    monkeypatch.setattr(trust, "measure", stop)
    with pytest.raises(KeyboardInterrupt):
        run()
    done = [*measured]
    measured.clear()
    assert [cell["table"] for cell in run()["cells"]] == ["ward", "yard"]
    assert sorted(done + measured) == [("ward", 2), ("ward", 250), ("yard", 2), ("yard", 250)]


@pytest.mark.parametrize("changed", ["scores", "table", "splits"])
def test_what_a_cell_follows_from_makes_a_new_one(run, tables, changed, monkeypatch):
    (before,) = run()["cells"]
    if changed == "scores":
        write(tables, estimates=[one | {"pulse": 9} for one in ESTIMATES])
    elif changed == "table":
        path = tables / "ward.csv"
        values = pd.read_csv(path)
        values.loc[3, "age"] += 30
        values.to_csv(path, index=False)
    else:
        monkeypatch.setattr(studies, "QUICK_SPLITS", 3)
    (after,) = run()["cells"]
    assert after != before
    monkeypatch.setattr(trust, "measure", refuse)
    assert run()["cells"] == [after]


def test_too_few_rows_give_no_cell_and_are_not_tried_again(run, monkeypatch):
    monkeypatch.setattr(trust, "ROWS_PER_CLASS", (250,))
    assert run()["cells"] == []
    monkeypatch.setattr(trust, "measure", refuse)
    assert run()["cells"] == []


def test_all_of_four_fifths_is_said_in_words(run, monkeypatch):
    monkeypatch.setattr(trust, "ROWS_PER_CLASS", (None,))
    (cell,) = run()["cells"]
    assert cell["rows_per_class"] == "80 %"


def test_packed_tables_and_several_folders_are_read(run, tables, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, "yard", "csv.gz")
    cells = run(places=(tables, other))["cells"]
    assert [cell["table"] for cell in cells] == ["ward", "yard"]
    assert cells[0] == cells[1] | {"table": "ward"}


def ended(capsys, *arguments):
    """Run the study, which ends with a sentence; return that."""
    with pytest.raises(SystemExit) as ending:
        trust.main(["--quick", "--jobs", "1", *map(str, arguments)])
    assert ending.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    return line.removeprefix("python -m benchmarks.trust: ")


def test_a_folder_without_tables_is_said(capsys, tmp_path):
    said = ended(capsys, "--tables", tmp_path / "tabels")
    assert said == f"{tmp_path / 'tabels'}: no folder with tables (.csv, .csv.gz). Check its name."


@pytest.mark.parametrize("missing", ["ward-metadata.json", "ward-scores.json"])
def test_what_is_missing_beside_a_table_is_said(capsys, tables, missing):
    (tables / missing).unlink()
    said = ended(capsys, "--tables", tables)
    assert said == f"{missing} is missing beside {tables / 'ward.csv'}. Write it."


def test_a_study_without_a_cell_is_said(capsys, tables, tmp_path):
    said = ended(capsys, "--tables", tables, "--rows", 250, "--cells", tmp_path / "cells")
    assert said == "No table has so many rows per class. Ask for fewer."


def test_few_rows_make_a_document_too(run):
    text = trust_document.document(run("--rows", "1", "2")["cells"], 2)
    assert "no cell has 25 rows per class or more" in text
    assert "in 0 of 0 cells" not in text


def test_a_quick_study_leaves_the_document_as_it_is(tables, tmp_path, monkeypatch, capsys):
    docs = tmp_path / "docs"
    docs.mkdir()
    monkeypatch.setattr(studies, "DOCS", docs)
    monkeypatch.setattr(studies, "SPLITS", 2)
    arguments = ["--tables", str(tables), "--cells", str(tmp_path / "cells"), "--jobs", "1"]
    trust.main([*arguments, "--quick"])
    shown = capsys.readouterr().out
    assert "ward" in shown
    assert not list(docs.iterdir())
    elsewhere = tmp_path / "trust.md"
    trust.main([*arguments, "--quick", "--output", str(elsewhere)])
    assert elsewhere.read_text(encoding="utf-8").strip() == shown.strip()
    assert not list(docs.iterdir())
    trust.main(arguments)
    assert (docs / "trust.md").read_text(encoding="utf-8").strip() == shown.strip()


def test_bundled_tables_are_those_with_a_proposal():
    materials = studies.materials([studies.BUNDLED])
    assert tuple(task.name for task, _ in materials) == proposed_tables()
    assert all(len(scores.features) for _, scores in materials)


@pytest.mark.parametrize(
    "part",
    [
        "benchmarks/trust.py",
        "laat_core/evaluate/controls.py",
        "laat_core/evaluate/experiment.py",
        "laat_core/evaluate/split_rows.py",
        "laat_core/scores/importance.py",
    ],
)
def test_all_that_makes_a_number_is_part_of_it(part):
    assert part in trust.CODE


def test_code_of_training_is_part_of_what_a_cell_follows_from(tables, monkeypatch, tmp_path):
    (material,) = studies.materials([str(tables)])
    before = trust._fingerprint(material, 2, "logistic regression", 2, 0)
    assert before == trust._fingerprint(material, 2, "logistic regression", 2, 0)
    (tmp_path / "laat_core" / "model").mkdir(parents=True)
    for part in trust.CODE:
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / part).write_text("changed", encoding="utf-8")
    monkeypatch.setattr(studies, "ROOT", tmp_path)
    assert before != trust._fingerprint(material, 2, "logistic regression", 2, 0)


def test_what_columns_are_taken_for_is_part_of_what_a_cell_follows_from(tables):
    ((task, scores),) = studies.materials([str(tables)])
    other = task.with_columns(replace(task.columns[0], role=Role.IGNORE))
    before, after = (
        trust._fingerprint((one, scores), 2, "logistic regression", 2, 0) for one in (task, other)
    )
    assert before != after
