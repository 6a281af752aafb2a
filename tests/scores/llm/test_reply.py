import json
import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laat_core.scores.llm.prompt import Question
from laat_core.scores.llm.reply import read_answer, read_reply, reply_schema

NAMES = ("age", "sex", "sex = male")
QUESTION = Question("t", "y", ("yes",), NAMES, ())
SPECIES = Question("t", "species", ("setosa", "not  a rose"), ("petal", "sepal"), ())
PRICE = Question("t", "price", (), ("rooms", "noise"), ())
READERS = [read_reply, read_answer]

ODD_NAMES = (
    "a = b", "a | b", "a|c", "a: b", 'the "new" one', "it's", "(x)", "x [mm]", "x {y}", "50", "2nd",
    "Rate", "rate", "über", "体重", "a, b", "a - b", "v1.5", "**bold**", "_x", "score", "reason",
    "feature", "scores", "income = <=50K", "bin = (1, 5]", "a\\b", "1. x", "gene +7",
)  # fmt: skip


def asked(*names, classes=("yes",)):
    return Question("t", "y", classes, names, ())


def entry(name, score, reason="because"):
    return {"feature": name, "reason": reason, "score": score}


def untidy(value):
    """JSON with a plus before numbers and a comma behind the last of everything."""
    if isinstance(value, dict):
        return "{" + "".join(f"{json.dumps(k)}: {untidy(v)}, " for k, v in value.items()) + "\n}"
    if isinstance(value, list):
        return "[" + ",".join(map(untidy, value)) + ",]"
    return f"+{value}" if isinstance(value, int) and value > 0 else json.dumps(value)


def numbers(reading):
    return {name: scores[0] for name, (scores, _) in reading.scores.items()}


def reasons(reading):
    return {name: reason for name, (_, reason) in reading.scores.items()}


ENTRIES = [entry("age", 7, "older"), entry("sex", -3, "less"), entry("sex = male", 0, "none")]
GOOD = {"age": 7.0, "sex": -3.0, "sex = male": 0.0}
WHY = {"age": "older", "sex": "less", "sex = male": "none"}
BARE = json.dumps({"scores": ENTRIES})
NUMBERED = json.dumps({"scores": {str(i): e for i, e in enumerate(ENTRIES, start=1)}})


# JSON


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "text",
    [
        BARE,
        NUMBERED,
        json.dumps({"scores": ENTRIES}, indent=2),
        json.dumps(ENTRIES),
        json.dumps({"importance_scores": ENTRIES}),
        json.dumps({"task": "t", "result": ENTRIES[::-1]}),
        f"```json\n{BARE}\n```",
        f"```json\r\n{BARE}\r\n```\r\n",
        f"``` {BARE} ```",
        f"Sure! Here are the [requested] scores {{as JSON}}:\n\n{BARE}\n\nAnything {{else}}?",
        f"<think>Perhaps {{\"age\": 3}}? [1] No.</think>\n{BARE}",
        f"<think>Perhaps {{\"age\": 3}}?</think>\n{BARE}\n<think>Was {{\"age\": 3}} better?",
        f"{BARE.replace('7', '2')}\nOn reflection:\n{BARE}",
        "\n".join(map(json.dumps, ENTRIES)),
        json.dumps({"scores": {e["feature"]: e for e in ENTRIES}}),
        BARE.replace("7", "+7").replace("}]", "},\n]"),
        BARE.replace("7", '"+7"').replace("-3", '"−3"'),
        BARE.replace("older", "older\\n "),
        BARE.replace("older", " older\n"),
        BARE.replace("age", " AGE ").replace("sex = male", "Sex =  male"),
        BARE.replace('"reason"', '"explanation"'),
        "\ufeff" + BARE,
        json.dumps(BARE),
        f"<think>hm</think>{json.dumps(BARE)}",
        *(f'<{mark}>{{"age": 3}}</{mark}>{BARE}' for mark in ("thinking", "thought", "reasoning")),
        f'[THINK]{{"age": 3}}[/THINK]{BARE}',
        f'<|channel|>analysis<|message|>{{"age": 3}}<|channel|>final<|message|>{BARE}',
    ],
)  # fmt: skip
def test_json_is_read_in_every_usual_form(read, text):
    reading = read(text, QUESTION)
    assert numbers(reading) == GOOD
    assert reasons(reading) == WHY
    assert reading.problem == ""


@pytest.mark.parametrize("text", [json.dumps(GOOD), json.dumps({"scores": GOOD})])
def test_plain_mappings_have_no_reasons(text):
    reading = read_reply(text, QUESTION)
    assert numbers(reading) == GOOD
    assert set(reasons(reading).values()) == {""}
    assert not reading.problem


@pytest.mark.parametrize(
    "scores",
    [
        [{"feature": "petal", "reason": "long", "scores": {"setosa": -9, "not a rose": 2}},
         {"feature": "sepal", "reason": "wide", "scores": {"not  a rose": 1, "Setosa": 3}}],
        [{"feature": "petal", "reason": "long", "setosa": -9, "not  a rose": 2},
         {"feature": "sepal", "reason": "wide", "setosa": 3, "not  a rose": 1}],
        {"petal": {"reason": "long", "setosa": -9, "not  a rose": 2},
         "sepal": {"reason": "wide", "setosa": 3, "not  a rose": 1}},
    ],
)  # fmt: skip
def test_several_classes_have_a_score_each(scores):
    reading = read_answer(json.dumps({"scores": scores}), SPECIES)
    assert reading.scores == {"petal": ((-9.0, 2.0), "long"), "sepal": ((3.0, 1.0), "wide")}
    assert not reading.problem


@pytest.mark.parametrize(
    "scores",
    [3, None, {}, {"setosa": 1}, {"setosa": 1, "not  a rose": 11}, {"setosa": 1, "rose": 2},
     {"setosa": 1, "not  a rose": 2, "rose": 3}, {"setosa": 1, "Setosa": 2}, [1, 2]],
)  # fmt: skip
def test_scores_of_some_classes_only_are_a_fault(scores):
    reading = read_reply(json.dumps([{"feature": "petal", "scores": scores}]), SPECIES)
    assert reading.scores == {}
    assert "the score of 'petal' is " in reading.problem
    assert reading.missing == ("petal", "sepal")


def test_lines_of_several_classes_are_not_read():
    assert read_answer("petal: 3\nsepal: 2", SPECIES).scores == {}


def test_a_regression_has_one_score_per_feature():
    text = json.dumps({"scores": [entry("rooms", 8), entry("noise", -2.5)]})
    assert numbers(read_reply(text, PRICE)) == {"rooms": 8.0, "noise": -2.5}
    assert numbers(read_answer("- rooms: +8\n- noise: −2.5", PRICE)) == {"rooms": 8, "noise": -2.5}


# Lines and tables


LAYOUTS = {
    "numbered": "Here are the scores:\n\n1. age: +7\n2. sex: -3\n3. sex = male: 0\n",
    "reason behind": "- age: +7 – older\n- sex: -3 (less)\n- sex = male: 0, none",
    "equals": "age = 7, older\nsex = −3, less\nsex = male = 0, none",
    "because": "age = +7 because older\nsex = -3 because less\nsex = male = 0 because none",
    "out of ten": "age: 7/10 - older\nsex: -3/10 - less\nsex = male: 0 / 10 - none",
    "bold names": "* **age**: 7 older\n* **sex**: -3 less\n* **sex = male**: 0 none",
    "bold with colon": "- **age:** +7 — older\n- **sex:** -3 — less\n- **sex = male:** 0 — none",
    "bold all": "**1. age: +7**\n**2. sex: -3**\n**3. sex = male: 0**",
    "code": "1. `age` → **+7** (older)\n2. `sex` → **−3** (less)\n3. `sex = male` → **0** (none)",
    "arrow": "age -> +7: older\nsex => -3: less\nsex = male -> 0: none",
    "in brackets": "1) age (+7): older\n2) sex (-3): less\n3) sex = male (0): none",
    "bare": "age +7 older\nsex -3 less\nsex = male 0 none",
    "quoted": '"age": 7\n"sex": -3\n"sex = male": 0',
    "score behind": "age: older. Score: +7\nsex: less. Score: -3\nsex = male: none. **Score: 0**",
    "score at the end": "age: older (+7)\nsex: less → −3\nsex = male: none: 0",
    "score first": "age: Score: +7. Reason: older\nsex: score = -3. Reason: less\n"
    "sex = male: Score (-10 to 10): 0. Reason: none",
    "unit": "age (years): +7, older\nsex (0/1): -3, less\nsex = male [0/1]: 0, none",
    "described": "1. age: Age of the patient (years): +7\n2. sex: Sex noted (0/1): -3\n"
    "3. sex = male: Sex noted: male (0/1): 0",
    "table": "| Feature | Score |\n|---|---:|\n| age | +7 |\n| sex | -3 |\n| sex = male | 0 |",
    "table, no header": "| age | 7 | older |\n| sex | −3 | less |\n| sex = male | 0 | none |",
    "table, no edges": "Feature | Score | Reason\n--- | --- | ---\nage | 7 | older\n"
    "sex | -3 | less\nsex = male | 0 | none",
    "table, reason first": "| # | Feature | Reason | Score |\n|:-:|---|---|--:|\n"
    "| 1 | **age** | older | **+7** |\n| 2 | `sex` | less | −3 |\n| 3 | sex = male | none | 0 |",
    "table of many columns": "| Feature | Mean | Confidence | Importance score (−10 to +10) | "
    "Why |\n|-|-|-|-|-|\n| age | 54 | 9 | +7 (strong) | older |\n| sex | 1 | 8 | -3/10 | less |\n"
    "| sex = male | 0.5 | 7 | 0 | none |",
    "table, score before name": "| Score | Feature | Reason |\n|-|-|-|\n| 7 | age | older |\n"
    "| -3 | sex | less |\n| 0 | sex = male | none |",
    "copied table": "Feature\tScore\tReason\nage\t+7\tolder\nsex\t-3\tless\nsex = male\t0\tnone",
    "headings": "### 1. age\n**Score: +7**\nolder\n\n### 2. sex\n**Score:** −3\nless\n\n"
    "### 3. sex = male\nScore: 0\nnone\n\nLet me know if 5 is better.",
    "headings, reason first": "**age**\nReason: older\nScore: +7/10\n\n**sex**\nReason: less\n"
    "Score: -3/10\n\n**sex = male**\nReason: none\nFinal score: 0",
    "nested bullets": "- **age**\n  - Score: +7\n  - Reason: older\n- **sex**\n  - Score: −3\n"
    "  - Reason: less\n- **sex = male**\n  - Score: 0\n  - Reason: none",
    "nested, bare": "* age:\n    * +7\n    * older\n* sex:\n    * -3\n    * less\n* sex = male:\n"
    "    * **0**\n    * none",
    "labelled": "Feature: age\nReason: older\nImportance score (-10 to 10): 7\n\nFeature: sex\n"
    "Reason: less\nImportance score (-10 to 10): -3\n\nFeature: sex = male\nReason: none\n"
    "Importance score (-10 to 10): 0",
    "heading with score": "### age: +7\n**Reason:** older\n### sex: -3\n**Reason:** less\n"
    "### sex = male: 0\n**Reason:** none",
    "repeated": "1. age: +7 – older\n2. sex: -3 – less\n3. sex = male: 0 – none\n\nIn short:\n"
    "age: 7\nsex: −3\nsex = male: 0",
    "sections": "# Scores\n\n## Demographics\n\n**age**: +7\n*Reasoning:* older\n\n**sex**: -3\n"
    "*Reasoning:* less\n\n## Other\n\n**sex = male**: 0\n*Reasoning:* none\n\nShall I go on?",
    "nested, described": "1. age: Age of the patient (years)\n   - Reason: older\n   - Score: 7\n"
    "2. sex: Sex noted (0/1)\n   - Reason: less\n   - Score: -3\n"
    "3. sex = male: Sex noted: male (0/1)\n   - Reason: none\n   - Score: 0",
    "carriage returns": "age: +7 (older)\r\nsex: -3 (less)\r\nsex = male: 0 (none)\r\n",
}  # fmt: skip
WITHOUT_REASONS = {"numbered", "bold all", "quoted", "described", "table"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pasted_text_is_read_in_every_usual_layout(layout):
    reading = read_answer(LAYOUTS[layout], QUESTION)
    assert numbers(reading) == GOOD
    assert reading.problem == ""
    if layout not in WITHOUT_REASONS:
        got = {name: reason.rstrip(".").casefold() for name, reason in reasons(reading).items()}
        assert got == {name: f"because {why}" if layout == "because" else why
                       for name, why in WHY.items()}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_asked_to_be_json_is_not_read_from_lines(layout):
    assert read_reply(LAYOUTS[layout], QUESTION).missing == NAMES


@pytest.mark.parametrize(
    ("line", "score"),
    [
        ("age: 5 years more raise the risk (+7)", 7),
        ("age: 10-year steps matter: -2", -2),
        ("age: 5–10 years more → 3", 3),
        ("age: 65 years and older, 3 vessels. Score: +7", 7),
        ("age: +7 because 9 of 10 patients are older (-3 in women)", 7),
        ("age: 7 because 5 of 8 are older: 3", 7),
        ("age: 7.", 7),
        ("age: 7.5", 7.5),
        ("age: 7,5", 7.5),
        ("age: - 3", -3),
        ("age - 3", 3),
        ("age – −3", -3),
        ("age: +7 (was +5)", 7),
        ("age: Score: +7, confidence: 9", 7),
        ("age: Score +7, older than 65", 7),
        ("age: calcium score: 5 or more, −3", -3),
        ("age: calcium score 5 or more (+7)", 7),
        ("age: 7 (confidence score: 9)", 7),
        ("age: 7 out of 10, 5 in women", 7),
        ("age — **7** / 10 – at 65", 7),
        ("age [7] at 65", 7),
        ("age: rises with 3 vessels, as I said: 4", 4),
        ("age: from 7 to 9", None),
        ("age: 7 to 9", None),
        ("age: 7-9", None),
        ("age: 20% of 5 patients", None),
        ("age doubles it every 10", None),
        ("age: doubles it every 10", None),
        ("age: 1e5", None),
        ("age: 7.5.2", None),
        ("age: 4/5", None),
        ("age", None),
        ("| age | 3 | 7 |", None),
        ("| age | 3 | +7 |", 7),
        ("| age | 3 vessels, 2 times | 7 |", 7),
        ("age: 5 – 7", None),
        ("age: -3 to -1", None),
        ("age: 5 or 6", None),
        ("age: 3 of 5", None),
        ("age: 3 / 5", None),
        ("age: 1 000", None),
        ("age: >5", None),
        ("age: 5 → 7", None),
        ("age: 1 = old, 0 = young: +3", 3),
        ("age: 5+ years raise the risk, +7", 7),
        ("age: 3 (negative)", None),
        ("age: negative (7)", None),
        ("age: -(3)", None),
        ("age: 7 (i.e. -7)", None),
        ("| age | negative | 5 |", None),
        ("| age | − | 5 |", None),
        ("| age | negative | −5 |", -5),
        ("| age | 7 | - |", 7),
        ("| age | 7 | – | older |", 7),
        ("| age | 7 | ↓ |", None),
        ("| age | 7 | negative |", None),
        ("| 7 | - | age |", None),
        ("| - | age | 7 |", 7),
        ("| Feature | Score | Unit |\n|-|-|-|\n| age | 7 | - |", 7),
        ("| Feature | Score | Significance |\n|-|-|-|\n| age | 7 | - |", 7),
        ("| Feature | Score | Mean ± SD (65+) |\n|-|-|-|\n| age | 7 | - |", 7),
        ("| Feature | Score | Sign |\n|-|-|-|\n| age | 7 | - |", None),
        ("| Feature | Score | +/− |\n|-|-|-|\n| age | 7 | − |", None),
        ("| Direction | Feature | Score |\n|-|-|-|\n| - | age | 7 |", None),
        ("| Feature | Unit | Score | Effect direction |\n|-|-|-|-|\n| age | a | 7 | - |", None),
        ("| Feature | Importance rank | Score |\n| age | 1 | 7 |", 7),
        ("| Feature | Confidence score | Importance |\n| age | 9 | 7 |", 7),
        ("| Feature | Initial score | Final score |\n| age | 9 | 7 |", 7),
        ("| Feature | Importance (high or low) | Score |\n| age | high | 7 |", 7),
        ("| Feature | Importance rank | Why |\n| age | 1 | older |", None),
        ("### age\nCalcium score 9 is typical.\nScore: 7", 7),
        ("### age\nConfidence score: 8\nScore: -3", -3),
        ("### age\nScore: 2\nScore: 7", None),
        ("<think>age: 3</think>\nage: 7", 7),
        ('{"feature": "age", "score": 3, "direction": "negative"}', None),
        ('{"feature": "age", "score": 3, "direction": "positive"}', 3),
        ('{"feature": "age", "score": 3, "unit": "-"}', 3),
        ('{"feature": "age", "score": 3, "unit": "↓"}', None),
        ('{"feature": "age", "score": 3, "effect_sign": "-"}', None),
        ('{"feature": "age", "score": 3, "direction": " – "}', None),
        ('{"feature": "age", "score": -3, "direction": "-"}', -3),
        ("ages: 5", None),
        ("The patient's age: 5", None),
    ],
)
def test_a_number_of_the_reason_is_not_the_score(line, score):
    assert numbers(read_answer(line, QUESTION)) == ({} if score is None else {"age": score})


@pytest.mark.parametrize(
    "line",
    ["age: minus 3", "- age — minus 3 (less)", "age minus 3", "age: Score: minus 3",
     "| Feature | Score |\n|-|-|\n| age | minus 3 |", "### age\nScore: minus 3",
     '{"feature": "age", "score": "minus 3"}'],
)  # fmt: skip
def test_a_sign_may_be_a_word(line):
    assert numbers(read_answer(line, QUESTION)) == {"age": -3}


@pytest.mark.parametrize("line", ["age: 5 minus 3", "age: minus three"])
def test_a_sum_or_words_are_no_negative_score(line):
    assert numbers(read_answer(line, QUESTION)).get("age", 0) >= 0


@pytest.mark.parametrize("nothing", ["", "-", "—", "n/a", "(continuous)", "None"])
def test_a_name_may_take_two_columns(nothing):
    table = (
        "| Feature | Level | Score | Reason |\n|---|:-:|---|---|\n"
        f"| age | {nothing} | 7 | older |\n| sex | male | -3 | less |"
    )
    reading = read_answer(table, QUESTION)
    assert numbers(reading) == {"age": 7, "sex = male": -3}
    assert reasons(reading) == {"age": "older", "sex = male": "less"}
    pasted = table.replace("| ", "").replace(" |", "\t")
    assert numbers(read_answer(pasted, QUESTION))["sex = male"] == -3


def test_a_level_that_there_is_not_is_named():
    table = "Level\tVariable\tScore\nfemale\tsex\t3\nmale\tsex\t2"
    reading = read_answer(table, QUESTION)
    assert numbers(reading) == {"sex = male": 2}
    assert "sex = female" in reading.problem


def test_a_line_about_something_else_gives_nobody_its_score():
    text = "### age\nMatters.\n\n### height\nScore: 5\n\n**sex**\n\n4. weight\n   - Score: 3"
    assert read_answer(text, QUESTION).scores == {}


def test_a_score_that_the_table_names_is_not_replaced_by_another_number():
    reading = read_answer("| Feature | Rank | Score |\n|-|-|-|\n| age | 3 | high |", QUESTION)
    assert reading.scores == {}
    assert "the score of 'age' is 'high'" in reading.problem


@pytest.mark.parametrize(
    "text",
    [
        '{\n "age": 3,\n "sex": -3,\n "sex = male": 1',  # may be the beginning of 10
        '```json\n{"scores": {"age": 3, "sex": -3, "sex = ma',
        untidy({"scores": [entry("age", 3), entry("sex", -3), entry("sex = male", 1)]})[:-40],
        json.dumps({"scores": [entry("age", 3), entry("sex", -3), entry("sex = male", 1)]})[:-6],
        json.dumps([entry("age", 3), entry("sex", -3), entry("sex = male", 1)], indent=2)[:-20],
        'Sure [here]: {"a": 1}? No:\n[{"feature": "age", "score": 3},\n{"feature": "sex", "score": '
        '-3, "reason": "fewer wom',
    ],
)
def test_pasted_json_that_was_cut_off_is_read_up_to_its_last_complete_entry(text):
    reading = read_answer(text, QUESTION)
    assert numbers(reading) == {"age": 3, "sex": -3}
    assert reading.problem == "the answer is cut off; no usable score for 'sex = male'"
    assert read_reply(text, QUESTION).scores == {}


def test_json_that_was_cut_off_before_its_first_score_is_not_read():
    for text in ('{"age": 1', '[{"feature": "age", "reason": "older", "sco'):
        reading = read_answer(text, QUESTION)
        assert reading.scores == {}
        assert "no complete JSON" in reading.problem


# Names

GROUPED = ("age", "sex", "age_group = 18-25", "age_group = 26-35", "age_group = 65+")
LABELS = {
    "age": "Age at start", "sex": "Sex", "age_group = 18-25": "Age = 18-25",
    "age_group = 26-35": "Age = 26-35", "age_group = 65+": "Age = 65+",
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Age 18-25: -4\nAge 26-35: 2\nAge 65+: 7",
        "Age 18–25: −4\nAge 26–35: 2\nAge 65+: 7 (frail)",
        "- Age (18-25): -4\n- Age (26-35): +2\n- Age (65+): 7",
        "**Age = 18-25**: -4\n**Age = 26-35**: 2\n**Age = 65+**: +7",
        "age_group: 18-25: -4\nage_group: 26-35: 2\nage_group: 65+: 7",
        "## Age\n- 18-25: -4\n- 26-35: 2\n- 65+: 7",
        "**Age group**\n* 18-25: -4 – few\n* 26-35: 2\n* 65+: 7",
        "Age:\n  18-25: -4\n  26-35: 2\n  65+: 7",
        "| Feature | Score |\n|---|---|\n| Age 18–25 | −4 |\n| age group = 26-35 | 2 |\n"
        "| Age: 65+ | 7 |",
        '{"Age 18-25": -4, "Age = 26-35": 2, "age_group=65+": 7}',
    ],
)
def test_groups_are_named_by_label_and_level(text):
    reading = read_answer(text, asked(*GROUPED), LABELS)
    assert numbers(reading) == {
        "age_group = 18-25": -4, "age_group = 26-35": 2, "age_group = 65+": 7
    }  # fmt: skip
    assert reading.missing == ("age", "sex")


def test_a_label_is_never_taken_for_another_features_name():
    labels = {"age": "Sex", "sex": "Sex noted", "sex = male": "Sex noted = male"}
    reading = read_answer("sex: 3\nSex noted = male: 2", QUESTION, labels)
    assert numbers(reading) == {"sex": 3, "sex = male": 2}
    twice = read_answer("Marker: 3", asked("a", "b"), {"a": "Marker", "b": "Marker"})
    assert twice.scores == {}


def test_a_scored_line_about_no_feature_is_named_and_is_nobodys_reason():
    reading = read_answer("age: 7\nheight: 3\nsex: -3 (less)", QUESTION)
    assert reading.scores == {"age": ((7,), ""), "sex": ((-3,), "less")}
    assert reading.faults == ("'height' is no feature",)


def test_a_level_below_another_heading_is_not_scored():
    text = "Age:\n18-25: -4\n\n## Height\n26-35: 2\n"
    assert numbers(read_answer(text, asked(*GROUPED), LABELS)) == {"age_group = 18-25": -4}


def test_names_may_be_escaped_for_markdown():
    text = "| chest\\_pain = a\\|b | −4 | no |\n\n**fasting\\_sugar**: 3"
    reading = read_answer(text, asked("chest_pain = a|b", "fasting_sugar"))
    assert numbers(reading) == {"chest_pain = a|b": -4, "fasting_sugar": 3}


@pytest.mark.parametrize("name", ["less", "protective", "-", "minus", "↓"])
def test_a_name_says_nothing_of_its_sign(name):
    text = f"| Feature | Score |\n|---|---|\n| {name} | 7 |\n| age | +3 |"
    assert numbers(read_answer(text, asked(name, "age"))) == {name: 7, "age": 3}
    assert numbers(read_answer(f"| 1 | {name} | 7 |", asked(name, "age"))) == {name: 7}


FORMS = {
    "list": lambda scores: json.dumps({"scores": [entry(n, s) for n, s in scores.items()]}),
    "bare list": lambda scores: json.dumps([entry(n, s) for n, s in scores.items()]),
    "numbered": lambda scores: json.dumps(
        {"scores": {str(i): entry(n, s) for i, (n, s) in enumerate(scores.items(), start=1)}}
    ),
    "mapping": lambda scores: json.dumps({"scores": scores}),
    "bare mapping": json.dumps,
    "mapping to entries": lambda scores: json.dumps(
        {n: {"reason": "r", "score": s} for n, s in scores.items()}, ensure_ascii=False
    ),
    "fenced": lambda scores: (
        "Here:\n```json\n"
        + json.dumps([entry(n, s) for n, s in scores.items()], indent=1)
        + "\n```"
    ),
}
UNTIDY = {
    "untidy list": lambda scores: untidy({"scores": [entry(n, s) for n, s in scores.items()]}),
    "untidy mapping": untidy,
    "untidy lines": lambda scores: "\n".join(untidy(entry(n, s)) for n, s in scores.items()),
}
FORMS |= UNTIDY
LINES = {
    "lines": lambda scores: "\n".join(f"{n}: {s:+}" for n, s in scores.items()),
    "numbered lines": lambda scores: "\n".join(
        f"{i}. **{n}**: {s:+} – Risk at 4 of 10" for i, (n, s) in enumerate(scores.items(), start=1)
    ),
    "bullets": lambda scores: "\n".join(f"- `{n}` = {s}" for n, s in scores.items()),
    "table": lambda scores: (
        "| Feature | Reason | Score |\n|---|---|---|\n"
        + "\n".join(f"| {n} | Risk at 4 of 10 | {s} |" for n, s in scores.items())
    ),
    "escaped table": lambda scores: (
        "| # | Feature | Score | Why |\n|---|---|---|---|\n"
        + "\n".join(
            f"| {i} | {n.replace('|', chr(92) + '|')} | {s:+} | 3 |"
            for i, (n, s) in enumerate(scores.items(), start=1)
        )
    ),
    "headings": lambda scores: "\n\n".join(
        f"### {n}\n- Reason: Risk at 4 of 10\n- Score: {s:+}" for n, s in scores.items()
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_odd_names_are_matched_in_json(form):
    scores = {name: i % 21 - 10 for i, name in enumerate(ODD_NAMES)}
    reading = read_reply(FORMS[form](scores), asked(*ODD_NAMES))
    assert not reading.problem
    assert numbers(reading) == scores


@pytest.mark.parametrize("form", UNTIDY)
@pytest.mark.parametrize(
    "before",
    ['At 6" and 5\'10", it\'s', 'A lone " mark', '"Quoted" and "', 'He said: "No.', "1, +2, [+3, ]",
     'In [4; 5) "x', "\\", 'A \\"', '{a: "', '```json "'],
)  # fmt: skip
def test_marks_before_untidy_json_do_no_harm(form, before):
    scores = {"a": 1, "gene +7": 2, "x, ]": 3, "z": 0}
    reading = read_reply(f"{before}\n\n{FORMS[form](scores)}", asked(*scores))
    assert numbers(reading) == scores


def test_what_strings_hold_is_not_tidied():
    listed = [entry("gene +7", 3, 'of "[1, ]" and: +2'), entry("gene 7", -1, "")]
    reading = read_reply(untidy(listed), asked("gene +7", "gene 7"))
    assert reading.scores == {"gene +7": ((3,), 'of "[1, ]" and: +2'), "gene 7": ((-1,), "")}


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if name != "**bold**"])
@pytest.mark.parametrize("form", LINES)
def test_odd_names_are_matched_in_pasted_text(form, name):
    for score in (-10, 0, 6):
        reading = read_answer(LINES[form]({name: score, "other": 1}), asked(name, "other"))
        assert numbers(reading) == {name: score, "other": 1}
        assert not reading.problem


@pytest.mark.parametrize("form", [*FORMS, *LINES])
def test_names_that_begin_alike_or_differ_by_case_stay_apart(form):
    names = ("sex", "sex = male", "Sex", "sex = male: old", "SEX = Male", "sex | male")
    scores = {name: i - 3 for i, name in enumerate(names)}
    assert numbers(read_answer((FORMS | LINES)[form](scores), asked(*names))) == scores


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        ("age 18-25", "age 18–25"),
        ("age 18–25", "age 18-25"),
        ("x = -1", "x = −1"),
        ("Café", "Cafe\u0301"),
        ("Cafe\u0301", "café"),
        ("it's", "it’s"),
        ("\u201cnew\u201d", '"new"'),
    ],
)
def test_names_are_matched_in_their_canonical_form(read, asked_for, said):
    reading = read(json.dumps({said: 3}), asked(asked_for))
    assert numbers(reading) == {asked_for: 3.0}


def test_names_of_one_canonical_form_are_told_apart_where_they_are_exact():
    names = ("a-b", "a–b")
    assert numbers(read_reply('{"a-b": 1, "a–b": 2}', asked(*names))) == {"a-b": 1, "a–b": 2}
    assert read_reply('{"a−b": 1}', asked(*names)).missing == names


def test_a_name_that_may_mean_two_features_means_none():
    reading = read_reply('{"AGE": 3, "a\tb": 4}', asked("age", "Age", "a b", "a  b"))
    assert reading.scores == {}
    assert reading.faults == ("'AGE' is no feature", r"'a\tb' is no feature")


# Faults


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("NaN", "'NaN'"), ("Infinity", "'Infinity'"), ("-Infinity", "'-Infinity'"),
        ("1e9", "1000000000.0"), ("1e999", "inf"), ("10.001", "10.001"), ("-11", "-11"),
        ("true", "True"), ("false", "False"), ("null", "None"), ('"high"', "'high'"),
        ('""', "''"), ('"11"', "'11'"), ('"7 or 8"', "'7 or 8'"), ("[7]", "[7]"),
        ("{}", "{}"), ('{"score": 7}', "{'score': 7}"), ("9" * 5000, "99999999999999999999"),
    ],
)  # fmt: skip
def test_what_is_no_score_is_named(read, said, shown):
    reading = read(BARE.replace("7", said), QUESTION)
    fault = f"the score of 'age' is {shown}, not a number from -10 to 10"
    assert reading.faults == (fault,)
    assert reading.problem == f"{fault}; no usable score for 'age'"
    assert numbers(reading) == {"sex": -3.0, "sex = male": 0.0}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"Draft: {BARE}\nFinal: {BARE.replace('7', '12')}", "the score of 'age' is 12"),
        (f"{BARE}\nFinal: {untidy(ENTRIES).replace('7', '12')}", "the score of 'age' is 12"),
        (f"<think>{BARE}</think>\n{BARE[:60]}", "no complete JSON"),
        (f"<think>{BARE}", "the answer holds no"),
        (f"{BARE}</think>I cannot know.", "the answer holds no"),
        (f"<think>{BARE}</think>I cannot know.\n<think>Or can I?", "the answer holds no"),
        ("<think>\nage: 1\nsex: 1\nsex = male: 1\n</think>\nNo.", "the answer holds no"),
        (json.dumps({"confidence": dict.fromkeys(NAMES, 9), "importance": GOOD}), "more than once"),
        (json.dumps({"initial": ENTRIES, "final": ENTRIES}), "more than once"),
    ],
)
def test_a_draft_or_another_block_is_never_taken_for_the_answer(read, text, problem):
    assert problem in read(text, QUESTION).problem


@pytest.mark.parametrize("line", ["age: 11", "age: -10.5", "age: 1000000000", "| age | 60 |"])
def test_a_written_number_out_of_range_is_named(line):
    reading = read_answer(line, QUESTION)
    assert "the score of 'age' is '" in reading.problem
    assert reading.scores == {}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([*ENTRIES, entry("age", 5)]),
        json.dumps([entry("age", "high"), *ENTRIES]),
        json.dumps([entry("Age", 7), *ENTRIES]),
        json.dumps([entry("age", 1)] * 2 + ENTRIES),
    ],
)
def test_a_feature_that_is_scored_twice_has_no_score(text):
    reading = read_reply(text, QUESTION)
    assert "'age' is scored more than once" in reading.faults
    assert reading.missing == ("age",)


def test_a_key_that_is_given_twice_has_no_value():
    reading = read_reply('{"age": 7, "sex": -3, "age": 7}', QUESTION)
    assert reading.faults == ("the score of 'age' is 'given twice', not a number from -10 to 10",)
    assert numbers(reading) == {"sex": -3.0}


def test_lines_that_contradict_each_other_are_named():
    reading = read_answer("age: 7\nsex: 2\nage: 6", QUESTION)
    assert reading.faults == ("'age' is scored more than once",)
    assert numbers(reading) == {"sex": 2.0}


def test_unknown_names_are_named():
    reading = read_reply(json.dumps([*ENTRIES, entry("height", 5)]), QUESTION)
    assert reading.problem == "'height' is no feature"
    assert numbers(reading) == GOOD


def test_a_message_about_many_faults_stays_short():
    unknown = [entry(f"{'x' * 5000}{i}y", 5) for i in range(20)]
    wrong = [entry(f"f{i}", 99, "") for i in range(10_000)]
    reading = read_reply(json.dumps([*unknown, *wrong]), asked(*(f"f{i}" for i in range(10_000))))
    assert len(reading.problem) < 1000
    assert "more faults" in reading.problem
    assert "'f9' and 9990 more" in reading.problem


def test_a_reason_is_one_line_of_limited_length():
    reading = read_reply(json.dumps([entry("age", 1, "a\n\n b\ud800" + "x" * 5000)]), QUESTION)
    assert reading.scores["age"][1].startswith("a b?xxx")
    assert len(reading.scores["age"][1]) == 2000


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the answer is empty"),
        (" \n\t", "the answer is empty"),
        (BARE[:50], "the answer holds no complete JSON with scores"),
        ("<!doctype html><html><body><h1>502</h1></body></html>", "the answer holds no"),
        ("I cannot help with that.", "the answer holds no"),
        ("null", "the answer holds no"), ("7", "the answer holds no"),
        ("[]", "the answer holds no"),
        ('{"error": {"message": "overloaded"}}', "'error' is no feature"),
        ("x" * 1_000_001, "the answer has 1,000,001 characters, 1,000,000 are read"),
    ],
)  # fmt: skip
def test_what_holds_no_scores_says_so(read, text, fault):
    reading = read(text, QUESTION)
    assert reading.scores == {}
    assert reading.faults[0].startswith(fault)
    assert reading.missing == NAMES
    assert len(reading.problem) < 300


# Properties


def assert_sound(reading, question):
    assert set(reading.scores) <= set(question.features)
    for scores, reason in reading.scores.values():
        assert len(scores) == question.n_outputs
        assert all(isinstance(s, float) and math.isfinite(s) and abs(s) <= 10 for s in scores)
        reason.encode()
    assert reading.missing == tuple(n for n in question.features if n not in reading.scores)
    assert bool(reading.problem) == bool(reading.faults or reading.missing)
    reading.problem.encode()


QUESTIONS = [QUESTION, SPECIES, PRICE, asked(*ODD_NAMES), asked("feature", "score", "Feature")]
PIECES = st.sampled_from(
    [*NAMES, *ODD_NAMES, "|", ":", "=", "-", "−", "+7", "3", "score", "Reason:", "#", "**", "`",
     "\n", "{", "}", "[", "]", '"', ",", "\t", " ", "\\", "```json\n", '"score":',
     '"feature":', "/10"]
)  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(st.characters()), st.lists(PIECES, max_size=40).map("".join),
    st.lists(PIECES, max_size=40).map(" ".join),
)  # fmt: skip
KEYS = st.one_of(
    st.sampled_from([*NAMES, "petal", "setosa", "scores", "score", "feature", "reason"]), st.text()
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), KEYS),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(KEYS, inner)),
)


@pytest.mark.parametrize("read", READERS)
@given(text=ANY_TEXT, question=st.sampled_from(QUESTIONS))
def test_any_text_gives_a_sound_reading(read, text, question):
    assert_sound(read(text, question), question)


@pytest.mark.slow
@pytest.mark.parametrize("read", READERS)
@given(value=VALUES, question=st.sampled_from(QUESTIONS))
def test_any_json_gives_a_sound_reading(read, value, question):
    assert_sound(read(json.dumps(value), question), question)
    assert_sound(read(json.dumps({"scores": value}, ensure_ascii=False), question), question)


@pytest.mark.parametrize("read", READERS)
@given(
    text=st.sampled_from([BARE, NUMBERED, *LAYOUTS.values()]),
    cuts=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 30), ANY_TEXT), max_size=4),
)
def test_an_answer_that_was_tampered_with_gives_a_sound_reading(read, text, cuts):
    for start, length, new in cuts:
        text = text[:start] + new + text[start + length :]
    assert_sound(read(text, QUESTION), QUESTION)


SCORES = st.integers(-10, 10)
PLAIN_NAMES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1).filter(
    lambda name: name.strip() == name
)


@given(
    scores=st.dictionaries(st.one_of(st.sampled_from(ODD_NAMES), PLAIN_NAMES), SCORES, min_size=1),
    form=st.sampled_from(sorted(FORMS)), data=st.data(),
)  # fmt: skip
def test_a_complete_answer_is_read_as_it_is(scores, form, data):
    question = asked(*data.draw(st.permutations(list(scores))))
    for read in READERS:
        reading = read(FORMS[form](scores), question)
        assert numbers(reading) == scores
        assert not reading.problem


@given(
    scores=st.fixed_dictionaries(dict.fromkeys(SPECIES.features, st.tuples(SCORES, SCORES))),
    beside=st.booleans(),
)  # fmt: skip
def test_a_complete_answer_of_several_classes_is_read_as_it_is(scores, beside):
    by_class = {n: dict(zip(SPECIES.classes, s, strict=True)) for n, s in scores.items()}
    listed = [{"feature": n} | (s if beside else {"scores": s}) for n, s in by_class.items()]
    reading = read_reply(json.dumps({"scores": listed}), SPECIES)
    assert {n: s for n, (s, _) in reading.scores.items()} == scores
    assert not reading.problem


WORDS = st.lists(
    st.sampled_from(["risk", "of", "patients", "over", "5", "65", "3.5", "120", "10%", "years",
                     "2nd"]), min_size=1,
).map(lambda words: "Older " + " ".join(words) + " or so")  # fmt: skip


@pytest.mark.parametrize(
    "template",
    [
        "age: {score:+} – {reason}", "1. **age**: {score:+} ({reason})", "age: {score}, {reason}",
        "- age: {reason} ({score:+})", "age: {reason}: {score:+}", "age: {reason}. Score: {score}",
        "age ({score:+}): {reason}", "age = {score} because {reason}", "age: {score}/10. {reason}",
        "| age | {reason} | {score} |", "| 1 | age | {score:+} | {reason} |",
        "| Feature | Cases | Reason | Score |\n| age | 5 | {reason} | {score} |",
        "### age\n{reason}\nScore: {score:+}", "age\n- Score: {score}\n- Reason: {reason}",
        "age: {reason}\n  Score: {score}",
    ],
)  # fmt: skip
@given(score=SCORES, reason=WORDS)
def test_no_number_of_a_reason_is_taken_for_the_score(template, score, reason):
    reading = read_answer(template.format(score=score, reason=reason), asked("age"))
    assert numbers(reading) == {"age": score}
    assert reason in reasons(reading)["age"]
    assert not reading.problem


def test_names_that_are_numbers_are_not_mixed_up_with_positions():
    reading = read_answer("| # | Factor | Score |\n|1|2|+5|\n|2|1|-3|", asked("2", "1"))
    assert reading.scores == {}


# Size


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["{", "[", '{"a', "[1,", "[+1", "[+1, ]", ", ", '[x"', ' "', ' "\\', '{"a":', "[]", " ", "=",
     ": ", "|", "| 1", "(7 ", "+7 ", "- ", "score (", "1.\n", "```\n", "age\n", "age: 5 x\n",
     "|age|1|\n", "\\|", '"', "=" * 99 + "\n", "x", " x", "*"],
)  # fmt: skip
def test_many_nasty_characters_are_read_in_time(piece):
    text = (piece * (200_000 // len(piece)))[:200_000]
    many = asked(*(f"column_{i}" for i in range(3000)))
    started = time.process_time()
    assert_sound(read_answer(text, many), many)
    assert_sound(read_answer("age: " + text[:-5], QUESTION), QUESTION)
    # It takes half a second at most; a quadratic loop or pattern would take minutes.
    assert time.process_time() - started < 10


@pytest.mark.slow
@pytest.mark.parametrize("form", [*FORMS, *LINES])
def test_thousands_of_features_are_read(form):
    scores = {f"column_{i} = level {i % 7}": i % 21 - 10 for i in range(3000)}
    assert numbers(read_answer((FORMS | LINES)[form](scores), asked(*scores))) == scores


# Schema


def fits(value, schema):
    """Whether a value fits a schema of the few kinds that are used here."""
    if "enum" in schema and value not in schema["enum"]:
        return False
    match schema["type"]:
        case "object":
            known = schema["properties"]
            return (
                isinstance(value, dict)
                and set(schema["required"]) <= set(value)
                and (set(value) <= set(known) or schema["additionalProperties"])
                and all(fits(inner, known[key]) for key, inner in value.items())
            )
        case "integer":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole and schema["minimum"] <= value <= schema["maximum"]
        case "string":
            return isinstance(value, str)
    raise AssertionError(schema)


def test_a_valid_answer_fits_the_schema_and_no_other_does():
    schema, good = reply_schema(QUESTION), json.loads(NUMBERED)
    assert fits(good, schema)
    assert not read_reply(json.dumps(good), QUESTION).problem
    for position, key, value in [("1", "score", 11), ("1", "score", True), ("1", "score", 1.5),
                                 ("2", "feature", "age"), ("3", "reason", None)]:  # fmt: skip
        bad = json.loads(NUMBERED)
        bad["scores"][position][key] = value
        assert not fits(bad, schema)
    assert not fits({"scores": {k: good["scores"][k] for k in "12"}}, schema)
    assert not fits(good | {"note": ""}, schema)


def test_the_schema_names_every_feature_in_order_with_its_reason_first():
    schema = reply_schema(asked(*ODD_NAMES))["properties"]["scores"]
    assert schema["required"] == [str(i) for i in range(1, len(ODD_NAMES) + 1)]
    for name, entry_schema in zip(ODD_NAMES, schema["properties"].values(), strict=True):
        assert entry_schema["properties"]["feature"]["enum"] == [name]
        assert list(entry_schema["properties"]) == ["feature", "reason", "score"]
        assert entry_schema["required"] == ["feature", "reason", "score"]


def test_the_schema_of_several_classes_wants_a_score_for_each():
    scores = {"setosa": 1, "not  a rose": -1}
    answer = {"scores": {str(i): {"feature": n, "reason": "", "scores": dict(scores)}
                         for i, n in enumerate(SPECIES.features, start=1)}}  # fmt: skip
    assert fits(answer, reply_schema(SPECIES))
    assert not read_reply(json.dumps(answer), SPECIES).problem
    del answer["scores"]["1"]["scores"]["setosa"]
    assert not fits(answer, reply_schema(SPECIES))


def test_the_schema_of_a_regression_wants_one_score():
    entry_schema = reply_schema(PRICE)["properties"]["scores"]["properties"]["1"]
    assert entry_schema["properties"]["score"]["type"] == "integer"
