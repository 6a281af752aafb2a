"""Composing a bias by clicks: steps, each with its conditions."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from laat_core import Bias, Condition, Step
from laat_core.data.text import as_text
from ui.bias.make_edits import (
    MADE,
    MOST_CONDITIONS,
    MOST_STEPS,
    Made,
    as_made,
    few_digits,
    made_of,
    new_condition,
    new_step,
    values_of,
    with_comparison,
)
from ui.fields import while_shown
from ui.state import AppState
from ui.text import literal

__all__ = ["show_composer"]

T = TypeVar("T")
Change = Callable[[Step], Step]


def show_composer(state: AppState) -> None:
    """Show the steps of the bias, each to be changed, and let further ones be added."""
    steps = state.lab.bias.steps
    for number, step in enumerate(steps):
        with st.container(border=True, key=_key(state, "step", number)):
            _show_step(state, number, step)
    if len(steps) >= MOST_STEPS:
        st.caption(f"A bias has at most {MOST_STEPS} steps here.")
        return
    st.markdown("Add a step:" if steps else "What is done to the training rows?")
    with st.container(horizontal=True):
        for made, words in MADE.items():
            st.button(
                words,
                key=f"bias_add_{made}",
                icon=":material/add:",
                on_click=_add_step,
                args=(state, made),
            )


def _show_step(state: AppState, number: int, step: Step) -> None:
    made = made_of(step)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose(
            state,
            f"Step {number + 1}",
            list(MADE),
            made,
            lambda choice: _in_step(number, lambda old: as_made(old, choice, state.task)),
            _key(state, "kind", number),
            MADE.__getitem__,
        )
        if step.of_class is not None:
            _choose(
                state,
                "Class that is tied to it" if made == "tie" else "Class that is left out",
                list(state.task.classes),
                step.of_class,
                lambda choice: _in_step(number, lambda old: replace(old, of_class=choice)),
                _key(state, "class", number),
                lambda name: _class_words(state, name),
                anew=False,
            )
        st.button(
            "Remove the step",
            key=_key(state, "remove", number),
            icon=":material/delete:",
            on_click=_change,
            args=(state, lambda bias: Bias(_without(bias.steps, number))),
        )
    for place, condition in enumerate(step.conditions):
        _show_condition(state, number, place, condition, len(step.conditions))
    if len(step.conditions) < MOST_CONDITIONS:
        st.button(
            "Add a condition",
            key=_key(state, "more", number),
            icon=":material/add:",
            on_click=_change,
            args=(state, _in_step(number, lambda old: _with_another(state, old))),
        )


def _show_condition(
    state: AppState, number: int, place: int, condition: Condition, n_conditions: int
) -> None:
    """One line: column, comparison and value; the last one of a step stays."""
    task = state.lab.task(state.seen)
    values = values_of(task, condition.column)
    labels = {column.name: column.label or column.name for column in task.columns}

    def instead(other: Condition) -> Callable[[Bias], Bias]:
        return _in_step(
            number,
            lambda old: replace(
                old,
                conditions=tuple(
                    other if at == place else kept for at, kept in enumerate(old.conditions)
                ),
            ),
        )

    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choose(
            state,
            "and" if place else "Rows where",
            [name for name in task.table.columns if name != task.target],
            condition.column,
            lambda choice: instead(new_condition(task, choice)),
            _key(state, "column", number, place),
            lambda name: labels.get(name, name),
        )
        comparisons = values.comparisons
        if condition.comparison not in comparisons:
            comparisons = (*comparisons, condition.comparison)
        _choose(
            state,
            "compares",
            list(comparisons),
            condition.comparison,
            lambda choice: instead(with_comparison(task, condition, choice)),
            _key(state, "comparison", number, place),
        )
        _choose_value(
            state,
            condition,
            values.levels,
            values.range,
            lambda value: instead(replace(condition, value=value)),
            _key(state, "value", number, place),
        )
        if n_conditions > 1:
            st.button(
                "Remove",
                key=_key(state, "drop", number, place),
                icon=":material/delete:",
                on_click=_change,
                args=(
                    state,
                    _in_step(
                        number,
                        lambda old: replace(old, conditions=_without(old.conditions, place)),
                    ),
                ),
            )


def _choose_value(
    state: AppState,
    condition: Condition,
    levels: tuple[str, ...],
    bounds: tuple[float, float, float] | None,
    make: Callable[[object], Callable[[Bias], Bias]],
    key: str,
) -> None:
    if condition.comparison == "is missing":
        return
    if isinstance(condition.value, str):
        options = [*levels, *([] if condition.value in levels else [condition.value])]
        _choose(state, "Value", options, condition.value, make, key, anew=False)
        return
    low, _, high = bounds or (0.0, 0.0, 0.0)
    whole = float(low).is_integer() and float(high).is_integer()
    st.number_input(
        f"Value, {literal(as_text(few_digits(low)))} to {literal(as_text(few_digits(high)))}",
        value=float(condition.value or 0.0),
        step=1.0 if whole else (high - low) / 100 or 1.0,
        format="%.10g",
        key=key,
        required=True,
        on_change=while_shown(
            state, lambda: _change(state, make(st.session_state[key]), anew=False)
        ),
    )


def _choose(
    state: AppState,
    label: str,
    options: list[str],
    chosen: str,
    make: Callable[[str], Callable[[Bias], Bias]],
    key: str,
    words: Callable[[str], str] = str,
    *,
    anew: bool = True,
) -> None:
    def take() -> None:
        choice = st.session_state[key]
        # On another step of the story it is not shown, and what is told of it then is no change,
        # though with the choice the fields behind it would be made anew.
        if not (anew and choice == chosen):
            _change(state, make(choice), anew=anew)

    st.selectbox(
        label,
        options,
        index=options.index(chosen),
        format_func=words,
        key=key,
        on_change=while_shown(state, take),
    )


def _change(state: AppState, make: Callable[[Bias], Bias], *, anew: bool = True) -> None:
    """Take another bias; it is no longer that of the preset.

    Parameters
    ----------
    state : AppState
    make : callable
        From the bias that there is.
    anew : bool
        Whether fields have to show something else than what was typed into them.
    """
    lab = state.lab
    bias = make(lab.bias)
    if bias == lab.bias:
        return
    if not anew:
        lab.bias, lab.title = bias, ""
        return
    lab.put(bias, _column(state, bias))


def _column(state: AppState, bias: Bias) -> str:
    """The tell-tale column: the one that was watched, where the bias has it, else its first."""
    seen = {feature.column for feature in state.features}
    asked = [c.column for step in bias.steps for c in step.conditions if c.column in seen]
    if state.lab.column in asked or not asked:
        return state.lab.column
    return asked[0]


def _add_step(state: AppState, made: Made) -> None:
    task, lab = state.lab.task(state.seen), state.lab
    # The one that is watched already, such as on the first page of the story.
    column = lab.column or state.features[0].column
    step = new_step(task, made, column)
    _change(state, lambda bias: Bias((*bias.steps, step)))


def _with_another(state: AppState, step: Step) -> Step:
    """Add a condition on a column that has none in this step."""
    taken = {condition.column for condition in step.conditions}
    columns = [feature.column for feature in state.features]
    column = next((name for name in columns if name not in taken), columns[0])
    condition = new_condition(state.lab.task(state.seen), column)
    return replace(step, conditions=(*step.conditions, condition))


def _in_step(number: int, change: Change) -> Callable[[Bias], Bias]:
    return lambda bias: Bias(
        tuple(change(step) if at == number else step for at, step in enumerate(bias.steps))
    )


def _without(items: tuple[T, ...], place: int) -> tuple[T, ...]:
    return tuple(item for at, item in enumerate(items) if at != place)


def _class_words(state: AppState, name: str) -> str:
    task = state.task
    return task.outcome if name == task.positive_class else task.opposite


def _key(state: AppState, *parts: object) -> str:
    return "_".join(map(str, ("bias", *parts, state.given, state.lab.given)))
