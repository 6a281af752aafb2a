"""Score files as people write them: each gives its right value, or a sentence of its own."""

import codecs
from pathlib import Path

import pytest

from laat_core.errors import ScoreError
from laat_core.scores.exchange import scores_from_bytes

CASES = Path(__file__).parent / "cases"
FEATURES = ["age", "bmi"]
BOTH = {"age": 7.0, "bmi": 3.0}
PARTIAL = "1 of 2 features has no score in the file and keeps the score it has: 'bmi'."
GUESSED = "Names were read without regard to case and blanks: "
DECOMPOSED = [
    "Gro\u0308\u00dfe",
    "stadt = Ko\u0308ln",
]  # letters and dots apart

VALUES = {
    "bom.json": (FEATURES, BOTH, []),
    "caps_reason.csv": (FEATURES, BOTH, []),
    "case.csv": (FEATURES, BOTH, [f"{GUESSED}'AGE' as 'age', 'Bmi' as 'bmi'."]),
    "importance.json": (FEATURES, BOTH, []),
    "nfc_scores.csv": (DECOMPOSED, dict(zip(DECOMPOSED, [5.0, 1.0], strict=True)), []),
    "nulls.json": (FEATURES, {"age": 7.0}, [PARTIAL]),
    "part.csv": (FEATURES, {"age": 7.0}, [PARTIAL]),
    "perfect30_scores.csv": (["marker", "noise"], {"marker": 8.0, "noise": 1.0}, []),
    "semicolon_comma.csv": (FEATURES, {"age": 7.5, "bmi": -3.0}, []),
    "separated_scores.csv": (["age", "x", "g = v"], {"age": 7, "x": -2, "g = v": 1}, []),
    "tabs.csv": (FEATURES, BOTH, []),
    "trailing.json": (FEATURES, BOTH, []),
    "unicode_minus.csv": (FEATURES, {"age": 7.0, "bmi": -3.0}, []),
    "wide.csv": (FEATURES, BOTH, []),
}
SENTENCES = {
    "range.json": "entry 2: the score of 'bmi' is 15, not a number from -10 to 10",
    "twice.csv": "line 3: 'age' is scored a second time",
}


def test_every_case_is_known():
    assert {file.name for file in CASES.iterdir()} == VALUES.keys() | SENTENCES.keys()


@pytest.mark.parametrize("name", VALUES)
def test_a_case_gives_its_right_value(name):
    features, expected, notes = VALUES[name]
    file = scores_from_bytes((CASES / name).read_bytes(), name, features)
    assert file.scores.as_dict() == expected
    assert list(file.notes) == notes
    assert set(file.unscored) == set(features) - set(expected)


def test_reasons_with_a_separator_stay_whole():
    content = (CASES / "caps_reason.csv").read_bytes()
    file = scores_from_bytes(content, "caps_reason.csv", FEATURES)
    assert file.scores.reasons == (("older, riskier",), ("x",))


@pytest.mark.parametrize("name", SENTENCES)
def test_a_case_that_cannot_be_read_says_why(name):
    with pytest.raises(ScoreError) as raised:
        scores_from_bytes((CASES / name).read_bytes(), name, FEATURES)
    assert SENTENCES[name] in str(raised.value)


# Others of the same kinds, each with 7 for age and 3 for bmi.

SAME_KINDS = {
    "a mark of the byte order in CSV": codecs.BOM_UTF8 + b"feature,score\nage,7\nbmi,3\n",
    "UTF-16": "feature;score\nage;7\nbmi;3\n".encode("utf-16"),
    "blank lines first": b"\n\n,,\nfeature,score\nage,7\nbmi,3\n",
    "a line that names the separator": b"sep=;\nfeature;score\nage;7,0\nbmi;3\n",
    "the same, with a tab": b"SEP=\t\r\nfeature\tscore\r\nage\t7\r\nbmi\t3\r\n",
    "all capitals": b"FEATURE,SCORE\nage,7\nbmi,3\n",
    "another word for score": b"Variable,Importance\nage,7\nbmi,3\n",
    "two words for it": b"Feature name,Importance_Score\nage,7\nbmi,3\n",
    "the word itself beside another": b"name,feature,score,value\nx,age,7,0.1\ny,bmi,3,0.2\n",
    "decimal commas in quotes": b'feature,score\nage,"7,0"\nbmi,"3,00"\n',
    "a plus and a decimal point": b"feature,score\nage,+7.\nbmi,+3.0\n",
    "wide with semicolons": b"AGE;bmi;\n7,0;3;\n",
    "wide with blank lines": b"\nage,bmi\n\n7,3\n\n",
    "padded": b"feature , score\n age , 7 \n bmi , 3 \n",
}
SAME_KINDS_JSON = {
    "commas at every end": '{"scores": [{"feature": "age", "score": 7,}, {"feature": "bmi", '
    '"score": 3,},],}',
    "a comma in a text": '[{"feature": "age", "score": 7, "reason": ",]"}, {"feature": "bmi", '
    '"score": "3",},]',
    "entries by name": '{"age": {"score": 7, "reason": "old"}, "bmi": {"importance": 3}}',
    "capital keys": '[{"Feature": "age", "Score": 7}, {"Feature": "bmi", "Score": 3}]',
    "text with a decimal comma": '{"age": "7,0", "bmi": "+3"}',
    "names in capitals": '{"AGE": 7, " BMI ": 3}',
}


@pytest.mark.parametrize("kind", SAME_KINDS)
def test_files_of_the_same_kinds_are_read(kind):
    file = scores_from_bytes(SAME_KINDS[kind], "s.csv", FEATURES)
    assert file.scores.as_dict() == BOTH


@pytest.mark.parametrize("kind", SAME_KINDS_JSON)
def test_json_of_the_same_kinds_is_read(kind):
    file = scores_from_bytes(SAME_KINDS_JSON[kind].encode(), "s.json", FEATURES)
    assert file.scores.as_dict() == BOTH


@pytest.mark.parametrize("minus", "-\u2212\u2013\u2010\ufe63\uff0d")
def test_every_minus_is_a_minus(minus):
    for name, text in [
        ("s.csv", f"feature,score\nage,{minus}7\nbmi,{minus}2.5\n"),
        ("s.json", f'{{"age": "{minus}7", "bmi": "{minus}2.5"}}'),
    ]:
        file = scores_from_bytes(text.encode(), name, FEATURES)
        assert file.scores.as_dict() == {"age": -7.0, "bmi": -2.5}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("age,bmi\n7,3\n8,2\n", "column per feature and 2 lines of scores; there must be one"),
        ("age,bmi\n", "column per feature and 0 lines"),
        ("age,bmi\n7,3,5\n", "Line 2 has more fields than the header names"),
        ("age,bmi\n7,11\n", "column 2: the score of 'bmi' is 11.0, not a number from -10 to 10"),
        ("age,bmi,pulse\n7,3,1\n", "column 3: 'pulse' is no feature"),
        ("age,bmi,AGE\n7,3,1\n", "column 3: 'age' is scored a second time"),
        ("weight,pulse\n7,3\n", "it must name at least 'feature' and 'score'"),
        ("feature,score\nage,7\nAge,5\n", "line 3: 'age' is scored a second time"),
        ("feature,score\nage,\nbmi,\n", "scores none of the 2 features"),
        ("feature,score\nage,7 points\n", "'7 points', not a number"),
        ("feature,score\nage,70 %\n", "'70 %', not a number"),
        ("feature,score,locked\nage,7,perhaps\n", "'locked' is 'perhaps'; write yes or no"),
        ("feature,score,unsure,locked\nage,7,x,x\n", "both as unsure and as locked; keep one"),
    ],
)
def test_files_of_the_same_kinds_that_cannot_be_read_say_why(content, sentence):
    with pytest.raises(ScoreError) as raised:
        scores_from_bytes(content.encode(), "s.csv", FEATURES)
    assert sentence in str(raised.value)
