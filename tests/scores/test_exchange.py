import csv
import io
import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core import ImportanceScores, ScoreError, dataset_names, load_proposal
from laat_core.scores.exchange import (
    scores_from_bytes,
    scores_from_csv,
    scores_from_json,
    scores_to_csv,
    scores_to_json,
)
from laat_core.scores.score_marks import MARKS, ScoreMarks

FEATURES = ["age", "chest_pain = typical, or not", 'the "new" score']
GOOD_CSV = 'feature,score\nage,1\n"chest_pain = typical, or not",-2.5\n"the ""new"" score",0\n'
GOOD = dict(zip(FEATURES, [1.0, -2.5, 0.0], strict=True))

ODD_NAMES = [
    "a,b", 'say "x"', "two\nlines", "two\r\nlines", "one\rmore", "a;b", "a\tb", "=1+1", "-5", "@x",
    "größe", "体重", "العمر", "\u202eabc", "🫀", "feature", "score", "scores", "estimates", "0",
    "None", "nan", "a | b", "a = b", "'", "\\", "\0",
    " age", "age ", " ", "\n",
]  # fmt: skip
NAMES = st.one_of(st.sampled_from(ODD_NAMES), st.text(min_size=1))
TEXTS = st.text(max_size=20)
SCORE = st.floats(min_value=-10, max_value=10)


@st.composite
def importance_scores(draw):
    features = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    n_estimates = draw(st.integers(0, 3))

    def per_feature(strategy):
        return draw(st.lists(strategy, min_size=len(features), max_size=len(features)))

    estimates = [per_feature(SCORE) for _ in range(n_estimates)]
    scores = ImportanceScores(
        features=tuple(features),
        values=np.array([per_feature(SCORE)]),
        sources=tuple(per_feature(TEXTS)),
        reasons=tuple(tuple(reasons) for reasons in per_feature(st.lists(TEXTS, max_size=3))),
        estimates=np.array(estimates).reshape(n_estimates, 1, len(features)),
    )
    return scores.reindexed([*features, "a new one"]) if draw(st.booleans()) else scores


def assert_same(got, expected):
    assert got.features == expected.features
    np.testing.assert_array_equal(got.values, expected.values)
    np.testing.assert_array_equal(got.estimates, expected.estimates)
    assert got.reasons == expected.reasons
    assert got.sources == expected.sources


@given(importance_scores())
def test_json_keeps_values_sources_reasons_and_estimates(scores):
    read = scores_from_json(scores_to_json(scores), scores.features, source="").scores
    assert_same(read, scores)


@given(importance_scores())
def test_csv_keeps_values_and_sources(scores):
    read = scores_from_csv(scores_to_csv(scores), scores.features, source="").scores
    np.testing.assert_allclose(read.values, scores.values, rtol=1e-11)
    assert (read.features, read.sources) == (scores.features, scores.sources)
    joined = [" | ".join(filter(None, reasons)) for reasons in scores.reasons]
    assert [" ".join(reasons) for reasons in read.reasons] == joined


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_survive(name):
    scores = ImportanceScores.from_mapping({"age": 1.0, name: -2.0}, "me")
    for text, ending in [(scores_to_csv(scores), "csv"), (scores_to_json(scores), "json")]:
        read = scores_from_bytes(text.encode(), f"scores.{ending}", scores.features).scores
        assert_same(read, scores)


@given(importance_scores(), st.randoms(use_true_random=False))
def test_entries_may_come_in_any_order(scores, random):
    features = list(scores.features)
    random.shuffle(features)
    for text, read in [
        (scores_to_csv(scores), scores_from_csv),
        (scores_to_json(scores), scores_from_json),
    ]:
        got = read(text, features).scores
        assert got.features == tuple(features)
        assert got.as_dict() == pytest.approx(scores.as_dict(), rel=1e-11)


@given(importance_scores())
def test_what_is_written_is_what_other_readers_expect(scores):
    marks = ScoreMarks.of(scores.features)
    header, *lines = csv.reader(io.StringIO(scores_to_csv(scores, marks), newline=""))
    assert header == ["feature", "score", "source", "reason", *MARKS]
    assert [line[0] for line in lines] == list(scores.features)
    entries = json.loads(scores_to_json(scores), parse_constant=pytest.fail)["scores"]
    assert [entry["feature"] for entry in entries] == list(scores.features)


def test_csv_shows_means_as_people_write_them():
    estimates = [{"age": (score, "")} for score in (6, 6, 6, 6, 7)]
    scores = ImportanceScores.from_estimates(estimates, source="model")
    assert scores_to_csv(scores).splitlines()[1] == "age,6.2,model,"


@pytest.mark.parametrize("name", [n for n in dataset_names() if load_proposal(n)])
def test_a_recorded_proposal_reads_as_it_is_loaded(name):
    text = (files("laat_core.datasets") / "proposals" / f"{name}.json").read_text("utf-8")
    expected = load_proposal(name).scores
    assert_same(scores_from_json(text, expected.features).scores, expected)
    assert_same(scores_from_json(scores_to_json(expected), expected.features).scores, expected)


@pytest.mark.parametrize(
    "text",
    [
        GOOD_CSV,
        "\ufeff" + GOOD_CSV,
        GOOD_CSV.replace("\n", "\r\n"),
        GOOD_CSV.replace("\n", "\r"),
        GOOD_CSV.rstrip(),
        GOOD_CSV + "\n\n",
        GOOD_CSV + ",\n,\n,,,\n",
        GOOD_CSV.replace("feature,score", " Feature , SCORE"),
        GOOD_CSV.replace("feature,score", '"feature","score"'),
        GOOD_CSV.replace("age,1", " age , 1 ,,"),
        "feature;score\nage;1\nchest_pain = typical, or not;-2,5\nthe \"new\" score;0,0\n",
        "feature\tscore\nage\t1\nchest_pain = typical, or not\t-2.5\nthe \"new\" score\t0\n",
        'reason;score;feature\n;1e0;age\n;-2.5;chest_pain = typical, or not\n;+0;the "new" score\n',
    ],
)  # fmt: skip
def test_csv_as_spreadsheets_write_it_is_read(text):
    assert scores_from_csv(text, FEATURES).scores.as_dict() == GOOD
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        content = text.removeprefix("\ufeff").encode(encoding)
        assert scores_from_bytes(content, "Scores.CSV", FEATURES).scores.as_dict() == GOOD


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        {"scores": GOOD},
        {"scores": [{"feature": name, "score": score} for name, score in GOOD.items()]},
        [{"feature": name, "score": str(score)} for name, score in reversed(GOOD.items())],
        {"estimates": [GOOD]},
        {"estimates": [{"scores": GOOD}, [{"feature": n, "score": s} for n, s in GOOD.items()]]},
        {"model": "any", "note": [1], "scores": GOOD},
    ],
)
def test_json_of_every_form_is_read(content):
    text = json.dumps(content)
    assert scores_from_json(text, FEATURES).scores.as_dict() == GOOD
    assert scores_from_json("\ufeff" + text, FEATURES).scores.as_dict() == GOOD
    assert scores_from_bytes(text.encode("utf-16"), "s.JSON", FEATURES).scores.as_dict() == GOOD


def test_several_replies_are_averaged():
    replies = [{"age": 2, "pulse": 3}, [{"feature": n, "score": 5} for n in ("pulse", "age")]]
    text = json.dumps({"model": "some model", "estimates": replies})
    scores = scores_from_json(text, ["age", "pulse"]).scores
    assert scores.as_dict() == {"age": 3.5, "pulse": 4.0}
    assert scores.spread("age") == (2.0, 5.0)
    assert scores.sources == ("some model", "some model")


def test_features_may_be_named_like_the_keys_of_the_file():
    features = ["scores", "estimates", "0"]
    for text in ('{"scores": 1, "estimates": 2, "0": 3}',
                 '[{"feature": "scores", "score": 1}, {"feature": "estimates", "score": 2},'
                 ' {"feature": 0, "score": 3}]'):  # fmt: skip
        assert list(scores_from_json(text, features).scores.as_dict().values()) == [1, 2, 3]


def test_who_scored_and_why_is_read_and_otherwise_the_file_is_named():
    csv_text = "feature,score,source,reason\nage,1,Dr. No,old\npulse,2,,\n"
    json_text = (
        '[{"feature": "age", "score": 1, "source": "Dr. No", "reason": "old"},'
        ' {"feature": "pulse", "score": 2, "source": null, "reasons": null}]'
    )
    for text, name in [(csv_text, "mine.csv"), (json_text, "mine.json")]:
        scores = scores_from_bytes(text.encode(), name, ["age", "pulse"]).scores
        assert scores.sources == ("Dr. No", name)
        assert scores.reasons == (("old",), ())


def test_text_that_cannot_be_stored_is_replaced():
    text = '[{"feature": "age", "score": 1, "source": "a\\ud800", "reasons": ["\\udfff", 5]}]'
    scores = scores_from_json(text, ["age"]).scores
    assert (scores.sources, scores.reasons) == (("a?",), (("?", "5"),))
    scores_to_json(scores).encode("utf-8")


def test_text_that_cannot_be_written_is_replaced():
    scores = ImportanceScores.from_estimates([{"a\ud800": (1, "b\udfff")}], source="c\ud900")
    assert scores_to_csv(scores).splitlines()[1] == "a?,1,c?,b?"
    written = json.loads(scores_to_json(scores, "ill\ud800").encode("utf-8"))
    (entry,) = written["scores"]
    assert (entry["feature"], entry["source"], entry["reasons"]) == ("a?", "c?", ["b?"])
    assert written["outcome"] == "ill?"


def test_a_name_counts_as_it_stands_before_it_counts_without_blanks():
    text = "feature,score\n age,1\nage,2\n pulse ,3\n"
    scores = scores_from_csv(text, [" age", "age", "pulse"]).scores
    assert list(scores.as_dict().values()) == [1, 2, 3]


@pytest.mark.parametrize(("speak_for", "expected"), [("", 3.0), ("ill", 3.0), ("healthy", -3.0)])
def test_json_scores_for_the_other_class_are_turned(speak_for, expected):
    scores = ImportanceScores.from_estimates([{"age": (2, "")}, {"age": (4, "")}], "model")
    content = scores_to_json(scores, speak_for).encode()
    read = scores_from_bytes(content, "s.json", ["age"], outcome="ill", opposite="healthy").scores
    assert read.score("age") == expected
    assert read.spread("age") == tuple(sorted([expected * 2 / 3, expected * 4 / 3]))
    assert scores_from_bytes(content, "s.json", ["age"]).scores.score("age") == 3.0


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"outcome": 0, "scores": {"age": 3}}, -3.0),
        ({"outcome": "0", "estimates": [{"age": 2}, {"age": 4}]}, -3.0),
        ({"outcome": None, "scores": {"age": 3}}, 3.0),
    ],
)
def test_every_wrapped_form_may_name_its_class(content, expected):
    text = json.dumps(content)
    scores = scores_from_json(text, ["age"], outcome="1", opposite="0").scores
    assert scores.score("age") == expected


def test_a_feature_may_be_named_outcome():
    file = scores_from_json('{"outcome": 1}', ["outcome"], outcome="ill", opposite="healthy")
    assert file.scores.score("outcome") == 1.0


def test_scores_for_a_class_of_another_table_are_refused():
    text = '{"outcome": "rich", "scores": {"age": 1}}'
    with pytest.raises(
        ScoreError, match="speak for 'rich', those of the table for 'ill' or 'well'"
    ):
        scores_from_json(text, ["age"], outcome="ill", opposite="well")


LINES = {
    "weight,1": "line 2: 'weight' is no feature of this table",
    "age,1\nage,2": "line 3: 'age' is scored a second time",
    "age,10.5": "line 2: the score of 'age' is 10.5, not a number from -10 to 10",
    "age,-1e300": "line 2: the score of 'age' is -1e+300, not a number from",
    "age,high": "line 2: the score of 'age' is 'high', not a number",
    "age,nan": "line 2: the score of 'age' is 'nan', not a number",
    "age,-inf": "line 2: the score of 'age' is '-inf', not a number",
    '"age,1': "line 2: 'age,1",
    ",5": "line 2: no feature is named",
    "  ,5": "line 2: no feature is named",
    "age,5,me,because,it is": "line 2: more fields than the header names",
    "chest_pain, typical,5": "line 2: 'chest_pain' is no feature",
    "\n\nage,nan": "line 4: the score of 'age'",
    '"two\nlines",1\nage,nan': "line 4: the score of 'age'",
    "age," + "9" * 500: "line 2: the score of 'age' is inf, not a number",
    "age,1_0": "line 2: the score of 'age' is '1_0', not a number",
    "age,１": "line 2: the score of 'age' is '１', not a number",
    "x" * 5000 + ",1": "line 2: 'x",
}


@pytest.mark.parametrize(("lines", "fault"), LINES.items())
def test_every_fault_of_a_csv_is_named_with_its_line(lines, fault):
    text = f"feature,score,source,reason\n{lines}\n"
    with pytest.raises(ScoreError) as raised:
        scores_from_csv(text, ["age", "pulse"])
    assert fault in str(raised.value)
    assert "Correct these" in str(raised.value)
    assert len(str(raised.value)) < 500


ENTRIES = {
    '{"age": 1, "pulse": 2, "weight": 3}': "entry 3: 'weight' is no feature of this table",
    '[{"feature": "age", "score": 1}, {"feature": "age", "score": 1}]': "entry 2: 'age' is scored",
    '{"age": 10.5}': "entry 1: the score of 'age' is 10.5, not a number from -10 to 10",
    '{"age": "high"}': "entry 1: the score of 'age' is 'high', not a number",
    '{"age": NaN}': "entry 1: the score of 'age' is nan, not a number",
    '{"age": -Infinity}': "entry 1: the score of 'age' is -inf, not a number",
    '{"age": 1e999}': "entry 1: the score of 'age' is inf, not a number",
    f'{{"age": {"9" * 400}}}': "entry 1: the score of 'age' is 999",
    '{"age": true}': "entry 1: the score of 'age' is True, not a number",
    '{"age": [1]}': "entry 1: the score of 'age' is [1], not a number",
    f'{{"age": {"[" * 300}1{"]" * 300}}}': "entry 1: the score of 'age' is [[[",
    '[{"score": 1}]': "entry 1: no feature is named",
    '[{"feature": " ", "score": 1}]': "entry 1: no feature is named",
    '[{"feature": ["age"], "score": 1}]': "entry 1: \"['age']\" is no feature",
    '[1, "age", null, []]': "entry 4: no feature is named",
    '{"age": "1_0"}': "entry 1: the score of 'age' is '1_0', not a number",
    '[{"feature": "age", "score": 1}, {"feature": "Age", "score": 2}]': "entry 2: 'age' is scored",
    '{"age": 1, "pulse": {"score": "high"}}': "entry 2: the score of 'pulse' is 'high', not",
    '[{"feature": "age", "score": 1, "locked": "maybe"}]': "'age': the mark 'locked' is 'maybe'",
    '[{"feature": "age", "score": 1, "unsure": 1, "not_used": true}]': "both as unsure and as not",
    '{"estimates": [{"age": 1, "pulse": 1}, {"age": 11}]}': "estimate 2, entry 1: the score",
    '[{"feature": "age", "score": 1, "estimates": [11]}]': "the estimate of 'age' is 11, not",
    '[{"feature": "age", "score": 1, "estimates": ["x"]}]': "the estimate of 'age' is 'x', not",
}


@pytest.mark.parametrize(("text", "fault"), ENTRIES.items())
def test_every_fault_of_a_json_is_named_with_its_entry(text, fault):
    with pytest.raises(ScoreError) as raised:
        scores_from_json(text, ["age", "pulse"])
    assert fault in str(raised.value)
    assert "Correct these" in str(raised.value)
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("feature,score\nage,1", "not JSON"),
        ("{'age': 1}", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"a": ' * 100_000, "not JSON"),
        (f'{{"age": {"9" * 5000}}}', "not JSON"),
        ("null", "found None; expected a list"),
        ("5", "found 5; expected a list"),
        ('"age"', "found 'age'; expected a list"),
        ('{"estimates": []}', "No estimate to average"),
        ('{"estimates": [{"age": 1}, 5]}', "estimate 2, found 5; expected a list"),
        ('{"estimates": [{"age": 1}, {}]}', "scores none of the 1 features"),
        ('[{"feature": "age", "score": 1, "Score": 2}]', "more than once in an entry"),
        ("[]", "scores none of the 1 features"),
        ('{"age": null}', "scores none of the 1 features"),
        ('{"age": 1, "age": 2}', "Named more than once: 'age'"),
        ('{"scores": [{"feature": "age", "score": 1, "score": 2}]}', "more than once: 'score'"),
    ],
)
def test_json_of_no_known_form_is_refused(text, message):
    with pytest.raises(ScoreError, match=message):
        scores_from_json(text, ["age"])


@pytest.mark.parametrize(
    "text", ["", "\n", "age,1\n", "feature\nage\n", "feature,points\n", "score,feature,Score\n"]
)
def test_a_header_without_feature_and_score_is_refused(text):
    with pytest.raises(ScoreError, match="must name at least 'feature' and 'score'"):
        scores_from_csv(text, ["age"])


def test_a_field_too_large_for_csv_is_refused():
    with pytest.raises(ScoreError, match="Line 3 has a field of more than 131,072 characters"):
        scores_from_csv(f"feature,score\nage,1\n{'x' * 200_000},1\n", ["age"])


def test_many_faults_are_counted():
    text = "feature,score\n" + "".join(f"f{i},1\n" for i in range(1000))
    with pytest.raises(ScoreError) as raised:
        scores_from_csv(text, [f"x{i}" for i in range(12)])
    assert str(raised.value).endswith(
        "line 21: 'f19' is no feature of this table; and 980 more faults. Correct these and load "
        "again."
    )


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.json", "a"]))
def test_any_bytes_are_read_or_refused(content, name):
    with pytest.raises(ScoreError):
        scores_from_bytes(content, name, ["age"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["age", "scores", "feature", "score", "estimates", "reasons", "source", "model"]
                ),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_json_is_read_or_refused(content):  # fmt: skip
    try:
        scores = scores_from_json(json.dumps(content), ["age"]).scores
    except ScoreError:
        return
    assert abs(scores.score("age")) <= 10
