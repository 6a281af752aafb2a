import csv
import hashlib
import io
import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from laat_core import (
    PROTOCOLS,
    Design,
    Experiment,
    HoldOut,
    ImportanceScores,
    Recipe,
    compare,
    load_biases,
    load_dataset,
    load_proposal,
)
from laat_core.__main__ import main
from laat_core.commands.versions import package_version
from laat_core.evaluate.hold_out import look
from tests import command_line

ROWS = [(x * 2.5, "ab"[x % 3 == 0], "yes" if x % 7 > 2 else "no") for x in range(40)]
SCORES = "feature,score\nsize,5\nkind = b,-2\n"
QUICK = ["--splits", "2", "--shots", "2"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "plants.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(
            [("size", "kind", "alive"), *((x * 2.5, k, y) for x, k, y in ROWS)]
        )
    return path


@pytest.fixture
def scores(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(SCORES, encoding="utf-8")
    return path


def run(capsys, *arguments):
    return command_line.run(capsys, "compare", *arguments)


def numbers(out):
    content = json.loads(out)
    assert content.pop("seconds") > 0
    del content["remarks"], content["table"], content["versions"]
    return content


def expected(comparison):
    content = json.loads(json.dumps(comparison.to_dict()))
    del content["seconds"]
    return content


# What is printed


def test_json_equals_what_the_package_computes(capsys):
    status, out, err = run(capsys, "heart", "--shots", 5, "--splits", 20, "--gamma", 100, "--json")
    assert (status, err) == (0, "")
    assert numbers(out) == expected(
        compare(load_dataset("heart"), load_proposal("heart").scores, 100.0, Design(5))
    )


@pytest.mark.slow
def test_every_option_reaches_the_comparison(capsys):
    status, out, _ = run(
        capsys, "diabetes", "--test-share", 0.3, "--splits", 2, "--gamma", 3, "--seed", 7,
        "--protocol", "paper", "--score-transform", "exp", "--hidden", 4, "--json",
    )  # fmt: skip
    recipe = replace(PROTOCOLS["paper"], score_transform="exp", hidden_layer_sizes=(4,))
    comparison = compare(
        load_dataset("diabetes"),
        load_proposal("diabetes").scores,
        3.0,
        Design(None, 0.3, n_splits=2, seed=7),
        recipe,
    )
    assert status == 0
    assert numbers(out) == expected(comparison)


def test_the_summary_says_the_same_for_people(capsys):
    status, out, err = run(capsys, "heart", *QUICK)
    assert (status, err) == (0, "")
    assert "Positive scores speak for heart disease." in out
    assert "4 training rows, 299 test rows, 2 splits, gamma 100" in out
    for name in ("LAAT model", "baseline", "scores alone", "LAAT less baseline"):
        assert name in out


@pytest.mark.slow
def test_automatic_trust_is_told_with_what_it_chose(capsys):
    options = ("heart", "--splits", 3, "--shots", 8, "--gamma", "auto")
    comparison = compare(
        load_dataset("heart"), load_proposal("heart").scores, "auto", Design(8, n_splits=3)
    )
    low, middle, high = sorted(comparison.gammas)
    assert low < middle < high
    status, out, err = run(capsys, *options)
    assert (status, err) == (0, "")
    assert f"gamma auto (median {middle:.3g}, {low:.3g} to {high:.3g})" in out
    status, out, err = run(capsys, *options, "--json")
    assert (status, err) == (0, "")
    assert numbers(out) == expected(comparison)
    content = json.loads(out)
    assert (content["gamma"], content["gammas"]) == ("auto", comparison.gammas.tolist())


@pytest.mark.slow
def test_rows_held_out_are_looked_at_beside_the_splits(capsys):
    options = ("heart", *QUICK, "--hold-out", 0.3, "--hold-out-seed", 4)
    status, out, err = run(capsys, *options, "--json")
    assert (status, err) == (0, "")
    content = json.loads(out)
    experiment = Experiment(load_dataset("heart"), Design(2, n_splits=2), Recipe(), HoldOut(0.3, 4))
    comparison = experiment.compare(load_proposal("heart").scores)
    assert content["look"] == json.loads(json.dumps(look(experiment, comparison).to_dict()))
    assert content["models"] == expected(comparison)["models"]
    _, out, _ = run(capsys, *options)
    assert "208 test rows" in out
    assert "Held out: 91 rows, 42 of them positive" in out
    assert f"LAAT model      {content['look']['laat']:.3f}" in out
    low, high = content["look"]["bootstrap"]
    assert f"95 % interval {low:+.3f} to {high:+.3f} (bootstrap)" in out


def test_a_bias_is_read_from_a_file_and_told(capsys, tmp_path):
    bias = load_biases("diabetes")[0].bias
    path = tmp_path / "bias.json"
    path.write_text(json.dumps(bias.to_dict()), encoding="utf-8")
    options = ("diabetes", "--test-share", 0.2, "--splits", 2, "--bias", path)
    status, out, err = run(capsys, *options, "--json")
    assert (status, err) == (0, "")
    design = Design(None, n_splits=2)
    experiment = Experiment(load_dataset("diabetes"), design, Recipe(), bias=bias)
    assert numbers(out) == expected(experiment.compare(load_proposal("diabetes").scores))
    _, out, _ = run(capsys, *options)
    assert "A bias is in the training rows. Tied together: Age under 30, and diabetes." in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "The bias is not JSON"),
        ("[" * 100_000, "The bias is not JSON"),
        ("[]", "it has a list of steps"),
    ],
)
def test_a_bias_that_is_none_is_refused(capsys, tmp_path, content, message):
    path = tmp_path / "bias.json"
    path.write_text(content, encoding="utf-8")
    status, out, err = run(capsys, "heart", "--bias", path)
    assert (status, out) == (2, "")
    assert message in err


def test_without_a_hold_out_nothing_is_said_of_one(capsys):
    assert "eld out" not in run(capsys, "heart", *QUICK)[1]
    assert "look" not in json.loads(run(capsys, "heart", *QUICK, "--json")[1])


def test_the_other_class_of_a_bundled_table_flips_the_recorded_scores(capsys):
    _, usual, _ = run(capsys, "heart", *QUICK, "--json")
    _, other, _ = run(capsys, "heart", *QUICK, "--json", "--positive", "no")
    usual, other = json.loads(usual), json.loads(other)
    assert other["outcome"] == "no heart disease"
    np.testing.assert_allclose(
        list(other["target"].values()), [-v for v in usual["target"].values()]
    )
    for name in ("laat", "scores_alone"):
        areas = [result["models"][name]["auc"]["mean"] for result in (usual, other)]
        assert min(areas) > 0.8


def test_the_target_of_a_bundled_table_may_be_said(capsys):
    assert run(capsys, "heart", *QUICK, "--target", "heart_disease")[0] == 0


def test_a_table_without_recorded_scores_says_that_all_are_zero(capsys):
    status, out, err = run(capsys, "wine", *QUICK, "--json")
    assert (status, err) == (0, "")
    content = json.loads(out)
    assert content["remarks"] == ["All scores are 0, so the LAAT model is the baseline."]
    assert not any(content["target"].values())


def test_without_scores_the_model_is_not_the_baseline_where_something_is_not_used(capsys):
    arguments = ("wine", *QUICK, "--not-used", "proline")
    content = json.loads(run(capsys, *arguments, "--json")[1])
    assert content["remarks"] == [
        "No score that counts differs from 0, so the LAAT model is the baseline, kept from "
        "deciding by what is not to be used."
    ]
    weights = [content["models"][name]["attributions"]["proline"] for name in ("laat", "baseline")]
    assert abs(weights[0]) < 0.05 < abs(weights[1])


def test_what_is_left_out_or_filled_is_said(capsys, tmp_path):
    path = tmp_path / "some.csv"
    rows = "\n".join(f"{i},{'' if i == 3 else i % 5},1,{'ny'[i % 3 > 0]}" for i in range(30))
    path.write_text(f"id,size,same,ill\n{rows}\n99,1,1,\n", encoding="utf-8")
    arguments = (path, "--target", "ill", "--positive", "y", *QUICK)
    said = json.loads(run(capsys, *arguments, "--json")[1])["remarks"]
    assert said[0] == "All scores are 0, so the LAAT model is the baseline."
    assert said[1] == "Rows without a value in 'ill', neither trained on nor tested: 1."
    assert said[2].startswith("'id': Looks like an identifier")
    assert said[3] == "'size': 1 missing: filled with the median, 2"
    assert said[4].startswith("'same': Constant (1)")
    assert "\n".join(said) in run(capsys, *arguments)[1]


# A table of one's own


def test_a_file_with_target_class_and_scores(capsys, table, scores):
    status, out, err = run(
        capsys, table, "--target", "alive", "--positive", "no", "--scores", scores, *QUICK, "--json"
    )
    assert (status, err) == (0, "")
    content = json.loads(out)
    assert content["outcome"] == "alive = no"
    target = np.array([5, -2]) / np.hypot(5, 2)
    assert list(content["target"]) == ["size", "kind = b"]
    assert list(content["target"].values()) == pytest.approx(target)


def test_exported_scores_of_a_bundled_table_are_read(capsys, tmp_path):
    features = load_proposal("heart").scores.features
    path = tmp_path / "scores.json"
    path.write_text(json.dumps(dict.fromkeys(features, 1)), encoding="utf-8")
    status, out, _ = run(capsys, "heart", "--scores", path, *QUICK, "--json")
    assert status == 0
    assert len(set(json.loads(out)["target"].values())) == 1
    assert ImportanceScores.zeros(features).features == tuple(json.loads(out)["target"])


@pytest.mark.parametrize("name", ["plants.csv", "PLANTS.CSV"])
def test_descriptions_beside_the_file_name_target_and_class(capsys, table, scores, name):
    table = table.rename(table.with_name(name))
    about = {"#DatasetTask#": "Höhe?", "#DatasetClasses#": ["no", "yes"], "size": "Größe"}
    described = table.with_name(f"{table.stem}-metadata.json")
    described.write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    _, out, _ = run(capsys, table, "--scores", scores, *QUICK, "--json")
    assert json.loads(out)["outcome"] == "alive = yes"
    _, out, _ = run(capsys, table, "--scores", scores, "--positive", "no", *QUICK, "--json")
    assert json.loads(out)["outcome"] == "alive = no"
    described.write_bytes(b"\xff{")
    status, out, err = run(capsys, table, *QUICK)
    assert (status, out) == (2, "")
    assert "The descriptions are not JSON" in err


def test_scores_of_some_features_leave_the_others_and_marks_count(capsys, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text(
        "feature,score,not_used,unsure\nChest pain = asymptomatic,9,,yes\nage,,yes,\n", "utf-8"
    )
    status, out, err = run(capsys, "heart", *QUICK, "--scores", path, "--json")
    assert (status, err) == (0, "")
    scores = load_proposal("heart").scores.edit({"chest_pain = asymptomatic": 9})
    comparison = Experiment(
        load_dataset("heart"), Design(2, n_splits=2), Recipe(not_used=("age",))
    ).compare(scores, feature_trust={"chest_pain = asymptomatic": 0.1})
    assert numbers(out) == expected(comparison)
    said = json.loads(out)["remarks"]
    assert said[0].startswith("21 of 22 features have no score in the file and keep")
    assert said[1:4] == [
        "The scores they have are the recorded ones.",
        "Marked in the file as not used: 'age'.",
        "Marked in the file as unsure, so held at 10 % of the usual strength: "
        "'chest_pain = asymptomatic'.",
    ]


def test_scores_of_some_features_of_a_file_leave_the_others_at_0(capsys, table, tmp_path):
    path = tmp_path / "some.json"
    path.write_text('{"size": 5}', encoding="utf-8")
    arguments = (table, "--target", "alive", "--positive", "no", "--scores", path, *QUICK, "--json")
    content = json.loads(run(capsys, *arguments)[1])
    assert content["target"] == {"size": 1.0, "kind = b": 0.0}
    assert content["remarks"][:2] == [
        "1 of 2 features has no score in the file and keeps the score it has: 'kind = b'.",
        "The scores they have are 0.",
    ]


# Where a result comes from


def test_json_names_the_table_with_its_hash_and_the_versions(capsys, table, scores):
    arguments = (table, "--target", "alive", "--positive", "no", "--scores", scores, *QUICK)
    content = json.loads(run(capsys, *arguments, "--json")[1])
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    assert content["table"] == {"name": "plants.csv", "sha256": digest}
    assert content["versions"] == {
        "laat_core": package_version(),
        "Python": platform.python_version(),
        **{name: version(name) for name in ("torch", "numpy", "pandas", "scikit-learn")},
    }


def test_json_names_a_bundled_table(capsys):
    content = json.loads(run(capsys, "diabetes", *QUICK, "--json")[1])
    file = files("laat_core.datasets") / "tables" / "diabetes.csv.gz"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert content["table"] == {"name": "diabetes", "sha256": digest}
    content = json.loads(run(capsys, "wine", *QUICK, "--json")[1])
    assert content["table"] == {"name": "wine", "sha256": None}


def test_the_version_is_printed(capsys):
    for arguments in (["--version"], ["--version", "compare"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        assert capsys.readouterr().out == f"laat_core {package_version()}\n"


# What cannot be done


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "required: table"),
        (("heart", "--what"), "unrecognized arguments: --what"),
        (("heart", "--what\nelse"), "unrecognized arguments: --what else"),
        (("heart", "extra"), "unrecognized arguments: extra"),
        (("heart", "--shots", "many"), "invalid int value: 'many'"),
        (("heart", "--splits", "1.5"), "invalid int value: '1.5'"),
        (("heart", "--gamma", "nonsense"), "'nonsense' is neither a number nor auto"),
        (("heart", "--gamma", "Auto"), "'Auto' is neither a number nor auto"),
        (("heart", "--gamma", ""), "'' is neither a number nor auto"),
        (("heart", "--protocol", "mine"), "invalid choice: 'mine'"),
        (("heart", "--shots", "3", "--test-share", "0.2"), "not allowed with"),
        (("heart", "--shots"), "expected one argument"),
        (("nowhere",), "No bundled table and no file 'nowhere'"),
        (("",), "No bundled table and no file ''"),
        (("x" * 5000,), "No bundled table and no file"),
        (("x" * 5000 + ".csv",), "Cannot read"),
        (("nowhere.csv",), "Cannot read nowhere.csv: No such file"),
        (("nowhere.xls",), "Cannot read nowhere.xls"),
        (("heart", "--target", "age"), "The target of heart is 'heart_disease'"),
        (("heart", "--positive", "maybe"), "no class 'maybe'"),
        (("heart", "--shots", "-1"), "-1 rows per class"),
        (("heart", "--shots", "0"), "0 rows per class"),
        (("heart", "--shots", "1000000000000"), "Choose 138 or fewer"),
        (("heart", "--splits", "0"), "0 splits"),
        (("heart", "--splits", "1000000000000"), "choose 1 to 1000"),
        (("heart", "--test-share", "0"), "test share is 0.0"),
        (("heart", "--test-share", "nan"), "test share is nan"),
        (("heart", "--hold-out", "1"), "share held out is 1.0"),
        (("heart", "--hold-out", "nan"), "share held out is nan"),
        (("heart", "--hold-out", "0.01"), "holds out 2 of the 164 rows"),
        (("heart", "--hold-out", "0.2", "--hold-out-seed", "-1"), "seed is -1"),
        (("heart", "--gamma", "-1"), "gamma is -1"),
        (("heart", "--gamma", "nan"), "gamma is nan"),
        (("heart", "--gamma", "inf"), "gamma is inf"),
        (("heart", "--hidden", "-3"), "(-3,)"),
        (("heart", "--seed", "-1"), "seed is -1"),
        (("heart", "--seed", "99999999999999999999"), "seed is 9999"),
        (("heart", "--scores", "nowhere.csv"), "Cannot read nowhere.csv"),
        (("heart", "--scores", "."), "Cannot read .: Is a directory"),
    ],
)
def test_a_bad_argument_is_one_line_and_status_2(capsys, arguments, said):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert said in err


def test_no_command_or_an_unknown_one(capsys):
    for arguments in ([], ["train"]):
        with pytest.raises(SystemExit, match="2"):
            main(arguments)
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "needs --target COLUMN and --positive CLASS"),
        (["--target", "alive"], "needs --target COLUMN and --positive CLASS"),
        (["--positive", "yes"], "needs --target COLUMN and --positive CLASS"),
        (["--target", "dead", "--positive", "yes"], "no column 'dead'"),
        (["--target", "alive", "--positive", "maybe"], "no class 'maybe'"),
        (["--target", "size", "--positive", "1"], "has 40 classes"),
    ],
)
def test_a_file_needs_a_target_with_two_classes_and_one_of_them(capsys, table, options, said):
    status, out, err = run(capsys, table, *options)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("s.csv", "feature,score\nsize,5\nkind,1\n", "line 3: 'kind' is no feature"),
        ("s.csv", "feature,score\n", "scores none of the 2 features"),
        ("s.csv", "feature,score\nsize,50\nkind = b,x\n", "not a number from -10 to 10"),
        ("s.csv", "size,kind\n1,2\n", "'feature' and 'score'"),
        ("s.json", "{", "not JSON"),
        ("s.csv", b"\x00\xff\xfe\x01", "header"),
    ],
)
def test_scores_that_do_not_fit_are_refused(capsys, table, tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    status, out, err = run(
        capsys, table, "--target", "alive", "--positive", "yes", "--scores", path
    )
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err


@pytest.mark.parametrize("name", ["folder", "folder.csv"])
def test_a_directory_is_no_table(capsys, tmp_path, name):
    (tmp_path / name).mkdir()
    status, out, err = run(capsys, tmp_path / name, "--target", "a", "--positive", "b")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "Is a directory" in err


def test_column_names_with_new_lines_stay_in_one_line(capsys, tmp_path):
    stream = io.StringIO()
    csv.writer(stream).writerows([["a\nb", "a\nb"], [1, 2]])
    path = tmp_path / "x.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    status, _, err = run(capsys, path, "--target", "y", "--positive", "1")
    assert status == 2
    assert err.count("\n") == 1


def test_help_lists_the_arguments(capsys):
    status, out, err = run(capsys, "--help")
    assert (status, err) == (0, "")
    assert "--test-share" in out
    assert "heart, diabetes" in out


@pytest.mark.slow
def test_as_a_process():
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root)}

    def process(*arguments):
        return subprocess.run(  # noqa: S603 - this package, with arguments of this test
            [sys.executable, "-m", "laat_core", "compare", *arguments],
            env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    done = process("heart", "--shots", "5", "--splits", "20", "--gamma", "100", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    models = json.loads(done.stdout)["models"]
    assert models["laat"]["auc"]["mean"] > models["baseline"]["auc"]["mean"]
    refused = process("heart", "--shots", "0")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.count("\n") == 1
