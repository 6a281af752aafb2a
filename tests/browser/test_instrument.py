"""Playing the instrument: by pointer and by keys, back and forth, and one row at a time."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.browser import Server
from laat_core import Design, Experiment, Recipe, compare, load_dataset, load_proposal
from laat_core.evaluate.case import case_of_row, explain_case
from tests.browser.workbench import (
    auc,
    drag_to,
    edits,
    grip,
    history,
    open_page,
    open_workbench,
    press,
    shows,
    slider,
    soon,
    undo_title,
    value,
)

LEVELS = ["asymptomatic", "atypical angina", "non-anginal pain", "typical angina"]


@pytest.fixture
def workbench(page: Page, app_url: str) -> Page:
    open_workbench(page, app_url)
    return page


def heart_with(changes: dict[str, float]):
    return compare(load_dataset("heart"), load_proposal("heart").scores.edit(changes))


# By pointer


def test_numbers_follow_a_drag_and_its_end_is_one_edit(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    workbench.mouse.move(*grip(workbench, "age", value(workbench, "age")))
    workbench.mouse.down()
    for goal in (1, -5):
        score = drag_to(workbench, "age", goal)
        assert abs(score - goal) < 0.5
        shows(workbench, heart_with({"age": score}))  # while the pointer is down
    workbench.screenshot(path=screenshots / "instrument-dragging.png")
    score = drag_to(workbench, "age", -8, steps=40)
    workbench.mouse.up()
    undo_title(workbench, re.compile(f"Undo: age: \\+5.2 → −{-score:g}"))
    shows(workbench, heart_with({"age": score}))
    assert [event.content["changes"] for event in edits(server, workbench)] == [
        {"age": [5.2, score]}
    ]


def test_a_group_moves_its_levels_together_and_opens_and_closes(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    names = [f"chest_pain = {level}" for level in LEVELS]
    before = [value(workbench, name) for name in names]
    group = workbench.get_by_role("slider", name="All levels of Chest pain")
    group.focus()
    group.press("Shift+ArrowRight")
    group.press("ArrowRight")
    mean = float(group.input_value())
    by = [round(value(workbench, name) - was, 6) for name, was in zip(names, before, strict=True)]
    assert len(set(by)) == 1
    assert 0.1 < by[0] <= 1
    after = {name: value(workbench, name) for name in names}
    shows(workbench, heart_with(after))
    assert mean == pytest.approx(sum(after.values()) / 4, abs=0.1)
    undo_title(workbench, re.compile("Undo: Moved: 4 scores"))
    assert [len(event.content["changes"]) for event in edits(server, workbench)] == [4, 4]
    head = workbench.get_by_role("button", name="Levels of Chest pain")
    head.click()
    expect(head).to_have_attribute("aria-expanded", "false")
    expect(slider(workbench, names[0])).to_be_hidden()
    expect(group).to_be_visible()
    workbench.screenshot(path=screenshots / "instrument-group-closed.png")
    head.click()
    expect(slider(workbench, names[0])).to_be_visible()


# By keys


def test_every_key_does_what_it_says(workbench: Page, server: Server, screenshots: Path) -> None:
    age = slider(workbench, "age")
    age.focus()
    for keys, score in [
        (("ArrowRight",), 6),
        (("ArrowUp",), 7),
        (("ArrowLeft",), 6),
        (("ArrowDown",), 5),
        (("Shift+ArrowRight",), 5.1),
        (("Shift+ArrowLeft", "Shift+ArrowLeft"), 4.9),
        (("Home",), -10),
        (("End",), 10),
        (("f",), -10),
        (("0",), 0),
        (("ArrowLeft",), -1),
        (("z",), 0),
        (("End", "Delete"), 5.2),
        (("Home", "Backspace"), 5.2),
        (("f",), -5.2),
    ]:
        press(workbench, *keys)
        expect(age).to_have_value(f"{score:g}")
    shows(workbench, heart_with({"age": -5.2}))
    undo_title(workbench, "age: +5.2 → −5.2")
    assert len(edits(server, workbench)) == 18
    workbench.screenshot(path=screenshots / "instrument-keys.png")


def test_a_key_that_is_held_is_few_edits(workbench: Page, server: Server) -> None:
    slider(workbench, "age").focus()
    workbench.keyboard.down("Shift")
    for _ in range(40):
        workbench.keyboard.down("ArrowLeft")  # the first one, and 39 repeats
    workbench.keyboard.up("ArrowLeft")
    workbench.keyboard.up("Shift")
    expect(slider(workbench, "age")).to_have_value("1.2")
    shows(workbench, heart_with({"age": 1.2}))
    undo_title(workbench, re.compile("→ \\+1.2$"))
    assert len(edits(server, workbench)) <= 2


def test_a_locked_slider_stays_until_it_is_unlocked_by_the_same_key(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    slider(workbench, "age").focus()
    press(workbench, "l")
    lock = workbench.get_by_role("button", name="Unlock Age")
    expect(lock).to_have_attribute("aria-pressed", "true")
    press(workbench, "ArrowRight", "Home", "0", "f", "z")
    workbench.screenshot(path=screenshots / "instrument-locked.png")
    workbench.mouse.click(*grip(workbench, "age", -5))
    expect(slider(workbench, "age")).to_have_value("5.2")
    press(workbench, "l")
    expect(workbench.get_by_role("button", name="Lock Age")).to_have_attribute(
        "aria-pressed", "false"
    )
    press(workbench, "ArrowRight")
    undo_title(workbench, re.compile("Undo: age: "))
    assert len(edits(server, workbench)) == 1


def test_a_key_holds_a_score_loosely_and_automatic_trust_is_the_last_stop(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    slider(workbench, "age").focus()
    press(workbench, "u")
    expect(workbench.get_by_role("button", name="Unsure of Age")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(workbench.get_by_text("Held loosely, at 10 % of the usual strength")).to_be_visible()
    workbench.locator("input.gamma").focus()
    press(workbench, "End")
    expect(workbench.get_by_text("Trust read off the training rows: γ")).to_be_visible()
    workbench.screenshot(path=screenshots / "instrument-loose.png")
    kept = history(server, workbench)
    assert (kept.doubted, kept.settings["gamma"]) == ({"age"}, "auto")
    slider(workbench, "age").focus()
    press(workbench, "l", "u")
    expect(workbench.locator(".row.locked")).to_have_count(1)
    expect(workbench.locator(".row.doubted")).to_have_count(0)


def test_a_key_or_a_button_keeps_the_model_from_a_feature_or_a_whole_column(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    age = slider(workbench, "age")
    age.focus()
    press(workbench, "u", "x")
    unuse = workbench.get_by_role("button", name="Do not use Age")
    expect(unuse).to_have_attribute("aria-pressed", "true")
    expect(workbench.locator(".row.doubted")).to_have_count(0)
    expect(age).to_have_attribute("aria-valuetext", re.compile("^speaks strongly .*, not used$"))
    expect(workbench.locator(".row.unused .weight")).to_have_text("0.00")
    expect(workbench.get_by_text("Not used: the score counts as 0")).to_be_visible()
    press(workbench, "u", "l")  # sure of the score, which may not be used all the same
    expect(workbench.locator(".row.unused.locked")).to_have_count(1)

    workbench.get_by_role("slider", name="All levels of Chest pain").focus()
    press(workbench, "x")
    expect(workbench.locator(".group.unused")).to_have_count(1)
    expect(workbench.locator(".row.level.unused")).to_have_count(4)
    levels = tuple(f"chest_pain = {level}" for level in LEVELS)
    recipe = Recipe(not_used=("age", *levels))
    shows(workbench, compare(load_dataset("heart"), load_proposal("heart").scores, recipe=recipe))
    workbench.screenshot(path=screenshots / "instrument-unused.png")
    kept = history(server, workbench)
    assert kept.unused == {"age", *levels}
    assert {state.what.split(":")[0] for state in kept.states[-4:]} >= {"Not to be used", "Locked"}

    unuse.click()
    workbench.get_by_role("button", name="Do not use any level of Chest pain").click()
    expect(workbench.locator(".row.unused")).to_have_count(0)
    shows(workbench, heart_with({}))


def test_undo_and_redo_go_on_after_a_refresh(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    age, vessels = slider(workbench, "age"), slider(workbench, "vessels_colored")
    age.focus()
    press(workbench, "ArrowRight")
    vessels.focus()
    press(workbench, "0")
    press(workbench, "End")
    undo_title(workbench, "vessels_colored: 0 → +10")
    workbench.reload()
    expect(vessels).to_have_value("10", timeout=60_000)
    shows(workbench, heart_with({"age": 6, "vessels_colored": 10}))
    press(workbench, "Control+z")
    expect(vessels).to_have_value("0")
    press(workbench, "Control+z")
    expect(vessels).to_have_value("8.2")
    workbench.get_by_role("button", name="Undo", exact=True).click()
    expect(age).to_have_value("5.2")
    shows(workbench, heart_with({}))
    workbench.screenshot(path=screenshots / "instrument-undone.png")
    workbench.reload()
    expect(age).to_have_value("5.2", timeout=60_000)
    press(workbench, "Control+Shift+z")
    expect(age).to_have_value("6")
    press(workbench, "Control+y")
    expect(vessels).to_have_value("0")
    workbench.get_by_role("button", name="Redo", exact=True).click()
    expect(vessels).to_have_value("10")
    expect(workbench.get_by_role("button", name="Redo", exact=True)).to_be_disabled()
    shows(workbench, heart_with({"age": 6, "vessels_colored": 10}))
    kinds = [event.kind for event in history(server, workbench).events]
    assert [kinds.count(kind) for kind in ("edited", "undone", "redone")] == [3, 3, 3]


def test_keys_in_a_field_are_text(workbench: Page, server: Server) -> None:
    slider(workbench, "age").focus()
    press(workbench, "ArrowRight")
    undo_title(workbench, "age: +5.2 → +6")
    press(workbench, "/")
    search = workbench.get_by_role("searchbox")
    expect(search).to_be_focused()
    press(workbench, "a", "z", "0", "Control+z", "l")
    search.fill("")
    expect(slider(workbench, "age")).to_have_value("6")
    expect(workbench.get_by_role("button", name="Lock Age")).to_be_visible()
    assert [event.kind for event in history(server, workbench).events].count("undone") == 0


def test_a_score_is_typed_with_a_comma_or_a_proper_minus(workbench: Page) -> None:
    box = workbench.get_by_role("textbox", name="Score of Age")
    for text, score, said in [("−3,5", -3.5, "−3.5"), ("99", 10, "+10"), ("old", 10, "+10")]:
        box.fill(text)
        box.press("Enter")
        expect(slider(workbench, "age")).to_have_value(f"{score:g}")
        box.blur()
        expect(box).to_have_value(said)
    shows(workbench, heart_with({"age": 10}))


def test_a_note_says_why_and_is_kept(workbench: Page, server: Server, screenshots: Path) -> None:
    note = workbench.get_by_role("textbox", name="Why this edit was made")
    slider(workbench, "age").focus()
    expect(note).to_be_disabled()
    press(workbench, "End")
    expect(note).to_be_enabled()
    press(workbench, "n")
    expect(note).to_be_focused()
    workbench.keyboard.type("He is old.\u202f")
    press(workbench, "Enter")
    expect(slider(workbench, "age")).to_have_value("10")
    workbench.screenshot(path=screenshots / "instrument-note.png")
    expect(note).to_be_in_viewport(ratio=1)
    slider(workbench, "vessels_colored").focus()
    expect(note).to_have_value("")
    slider(workbench, "age").focus()
    expect(note).to_have_value("He is old.")
    workbench.reload()
    slider(workbench, "age").focus(timeout=60_000)
    expect(note).to_have_value("He is old.")
    assert history(server, workbench).states[-1].why == "He is old."

    press(workbench, "Delete")  # a reset has its reason too
    undo_title(workbench, "age: +10 → +5.2")
    press(workbench, "n")
    workbench.keyboard.type("He is not.")
    press(workbench, "Enter")
    expect(slider(workbench, "age")).to_be_focused()
    assert soon(workbench, lambda: history(server, workbench).states[-1].why == "He is not.")


# Which rows, and all at once


def features(page: Page) -> list[str]:
    """Features on the page, from top to bottom."""
    return page.locator(".row input.slider[data-feature]").evaluate_all(
        "nodes => nodes.map(node => node.dataset.feature)"
    )


def test_filter_and_order(workbench: Page, screenshots: Path) -> None:
    in_table = features(workbench)
    search, order = workbench.get_by_role("searchbox"), workbench.locator("select.order").first
    search.fill("angina")
    expect(workbench.locator("input.slider[data-feature]")).to_have_count(4)
    expect(workbench.locator(".row .name").first).to_have_text("Chest pain = atypical angina")
    workbench.screenshot(path=screenshots / "instrument-filtered.png")
    search.fill("no such thing")
    expect(workbench.get_by_text("No feature fits the filter.")).to_be_visible()
    search.fill("")
    assert features(workbench) == in_table

    order.select_option("by size of score")
    sizes = [abs(value(workbench, name)) for name in features(workbench)]
    assert sizes == sorted(sizes, reverse=True)
    order.select_option("by name")
    titles = workbench.locator(".row .name").all_inner_texts()
    assert titles == sorted(titles, key=str.lower)
    order.select_option("by disagreement")
    flags = workbench.locator(".row .flag").all_inner_texts()
    assert flags == sorted(flags, reverse=True)
    slider(workbench, "cholesterol").focus()
    press(workbench, "Home")
    order.select_option("edited first")
    assert features(workbench)[0] == "cholesterol"
    expect(slider(workbench, "cholesterol")).to_have_value("-10")
    workbench.screenshot(path=screenshots / "instrument-ordered.png")
    order.select_option("as in the table")
    assert features(workbench) == in_table


def test_all_scores_at_once_but_for_locked_ones(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    slider(workbench, "age").focus()
    press(workbench, "l")
    expect(workbench.get_by_role("button", name="Unlock Age")).to_be_visible()

    def choose(label: str) -> None:
        workbench.get_by_text("All scores", exact=True).click()
        workbench.get_by_role("button", name=label, exact=True).click()

    workbench.get_by_text("All scores", exact=True).click()
    workbench.screenshot(path=screenshots / "instrument-all-scores.png")
    workbench.get_by_text("All scores", exact=True).click()
    vessels, free = slider(workbench, "vessels_colored"), len(features(workbench)) - 1
    for label, score, said in [
        ("Halve all", "4.1", f"Scaled: {free} scores"),
        ("Turn all signs", "-4.1", f"Signs turned: {free} scores"),
        ("Double all, up to 10", "-8.2", f"Scaled: {free} scores"),
        ("Set all to zero", "0", f"Set to 0: {free} scores"),
        ("Take all edits back", "8.2", f"Reset: {free} scores"),
    ]:
        choose(label)
        expect(vessels).to_have_value(score)
        expect(slider(workbench, "age")).to_have_value("5.2")
        undo_title(workbench, said)
    assert len(edits(server, workbench)) == 5
    shows(workbench, heart_with({}))
    choose("Lock all")
    expect(workbench.locator(".row.locked")).to_have_count(free + 1)
    choose("Unlock all")
    expect(workbench.locator(".row.locked")).to_have_count(0)


# One row


def test_one_row_is_explained(workbench: Page, screenshots: Path) -> None:
    workbench.get_by_role("button", name="One row").click()
    row = workbench.get_by_role("textbox", name="Number of the row")
    expect(row).to_have_value("1")
    row.fill("7")
    row.press("Enter")
    expect(workbench.locator(".case .picker")).to_contain_text("of 303, really")
    task, scores = load_dataset("heart"), load_proposal("heart").scores
    experiment = Experiment(task, Design(), Recipe())
    comparison = experiment.compare(scores, 100)
    case = case_of_row(task, 6)

    def explained(values: dict[str, object]) -> None:
        result = explain_case(experiment, comparison, values)
        for line, answer in zip((0, 1), (result.laat, result.baseline), strict=True):
            expect(workbench.locator(".probability").nth(line).locator("b")).to_have_text(
                f"{100 * answer.probability:.0f} %"
            )

    explained(case)
    workbench.screenshot(path=screenshots / "one-row.png")
    pressure = workbench.locator(".case").get_by_role(
        "textbox", name=re.compile("^Resting systolic")
    )
    pressure.fill("200")
    pressure.press("Enter")
    expect(workbench.locator(".case .picker")).to_contain_text("of 303, typed")
    explained(case | {"resting_systolic_bp": 200})
    chest = workbench.locator(".case").get_by_role("combobox", name="Chest pain")
    chest.select_option("typical angina")
    explained(case | {"resting_systolic_bp": 200, "chest_pain": "typical angina"})
    pressure.fill("very high")
    pressure.press("Enter")
    expect(workbench.locator(".case")).to_contain_text("very high")
    workbench.screenshot(path=screenshots / "one-row-typed.png")


def test_the_slider_that_moves_a_row_most(workbench: Page, screenshots: Path) -> None:
    workbench.get_by_role("button", name="One row").click()
    workbench.get_by_role("button", name="Which slider moves this row most?").click()
    moves = workbench.locator(".most li")
    expect(moves).to_have_count(5)
    sizes = [
        float(re.search(r"([0-9.]+) percentage points", text)[1])
        for text in moves.all_inner_texts()
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0
    workbench.screenshot(path=screenshots / "one-row-most.png")
    slider(workbench, "age").focus()
    press(workbench, "End")
    expect(moves).to_have_count(0)  # it was of other scores
    workbench.get_by_role("button", name="Curves").click()
    expect(workbench.locator(".chart.roc svg")).to_be_visible()


# Back


def test_a_state_is_restored_on_the_history_page(
    workbench: Page, server: Server, screenshots: Path
) -> None:
    age = slider(workbench, "age")
    age.focus()
    for key, score in (("Home", -10), ("End", 10), ("0", 0)):
        press(workbench, key)
        shows(workbench, heart_with({"age": score}))
    undo_title(workbench, "age: +10 → 0")
    open_page(workbench, "History")
    workbench.get_by_role("combobox", name="State").click()
    workbench.get_by_role("option", name=re.compile("age: \\+5.2 → −10")).click()
    workbench.screenshot(path=screenshots / "history.png", full_page=True)
    workbench.get_by_role("button", name="Restore these scores").click()
    expect(
        workbench.get_by_text(re.compile("The scores of state .* are on the sliders"))
    ).to_be_visible()
    workbench.get_by_role("tab", name="Compare two").click()
    expect(workbench.get_by_text(re.compile("paired difference"))).to_be_visible()
    workbench.screenshot(path=screenshots / "history-compare.png", full_page=True)
    open_page(workbench, "Workbench")
    expect(age).to_have_value("-10")
    shows(workbench, heart_with({"age": -10}))
    expect(auc(workbench, "laat")).to_be_visible()
    press(workbench, "Control+z")
    expect(age).to_have_value("0")
    assert history(server, workbench).events[-1].kind in {"undone", "ran"}
