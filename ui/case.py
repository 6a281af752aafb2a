"""One row on the page: picked from the table or typed, and what the models make of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from laat_core import Column, LaatError, Role
from laat_core.data.text import sorted_levels
from laat_core.data.values import column_levels
from laat_core.evaluate.case import (
    CaseResult,
    ModelAnswer,
    case_of_row,
    explain_case,
    moving_sliders,
    typical_case,
)
from laat_core.plots.style import BASELINE, LAAT, Look
from ui.findings import Findings
from ui.naming import column_label, feature_labels
from ui.state import AppState
from ui.training import Outcome, Trainer

__all__ = ["CaseView"]

MOST_SLIDERS = 5
MOST_LEVELS = 1000  # offered for one column


@dataclass
class CaseView:
    """The row that is looked at.

    Attributes
    ----------
    values : dict of str to object
        By column; empty while no row is looked at.
    position : int or None
        Of the row in the table, from 1; None for one that was typed.
    """

    values: dict[str, Any] = field(default_factory=dict)
    position: int | None = None
    _asked: object = None  # for what the sliders were asked to be tried
    _trainer: Trainer[dict[str, float]] = field(default_factory=Trainer, repr=False)

    def obey(self, state: AppState, action: Mapping[str, Any]) -> None:
        """Do what the page asks for."""
        match action["what"]:
            case "open":
                self._pick(state, 1)
            case "close":
                self.values = {}
                self._let_go()
            case "row":
                self._pick(state, int(action["position"]))
            case "usual":
                self.values, self.position = dict(typical_case(state.task)), None
            case "value":
                column = state.task.column(str(action["column"]))
                self.values = self.values | {column.name: _typed(str(action["value"]))}
                self.position = None
            case "sliders":
                self._asked = self._key(state)

    def _pick(self, state: AppState, position: int) -> None:
        self.position = min(max(position, 1), len(state.task.table))
        self.values = dict(case_of_row(state.task, self.position - 1))

    def _key(self, state: AppState) -> object:
        values = tuple(sorted((name, str(value)) for name, value in self.values.items()))
        scores = state.scores.values.tobytes()
        return values, scores, str(state.settings), state.recipe, state.feature_trust

    def contents(self, state: AppState, findings: Findings | None) -> dict[str, Any] | None:
        """What the page draws; None while no row is looked at."""
        if not self.values:
            return None
        result, problem = None, ""
        if findings is not None:
            try:
                result = explain_case(findings.experiment, findings.comparison, self.values)
            except LaatError as error:
                problem = str(error)
        tried = self._sliders(state) if result else Outcome[dict[str, float]](None)
        return {
            "position": self.position,
            "n_rows": len(state.task.table),
            "label": _label(state, self.position),
            "columns": _columns(state, self.values, findings, result),
            "models": [
                _model(LAAT, result.laat),
                _model(BASELINE, result.baseline),
            ]
            if result
            else [],
            "remarks": list(result.remarks) if result else [],
            "sliders": _most(state, tried.found) if tried.found and not tried.old else None,
            "work": tried.share,
            "problem": problem or tried.problem,
        }

    def _let_go(self) -> None:
        """End a trial of the sliders that nobody waits for: it would slow down what follows."""
        self._asked = None
        self._trainer.forget()

    def _sliders(self, state: AppState) -> Outcome[dict[str, float]]:
        """What each slider would do to the row, once that was asked for."""
        if self._asked is None or self._asked != self._key(state):
            self._let_go()
            return Outcome(None)
        scores, gamma, values = state.scores, state.settings.gamma, dict(self.values)
        make, trust = state.experiment_as_set(), state.feature_trust

        def work(tell: Callable[[float], None]) -> dict[str, float]:
            return moving_sliders(
                make(), scores, gamma, values, feature_trust=trust, on_progress=tell
            )

        return self._trainer.ask(self._asked, work, patience=0.0)


def _typed(text: str) -> str | None:
    return text.strip() or None


def _label(state: AppState, position: int | None) -> str:
    """The class of a row of the table, which the models may have learnt from."""
    if position is None:
        return ", typed"
    task = state.task
    whole, seen = (
        sorted_levels(one.cleaned[task.target].iloc[[position - 1]]) for one in (task, state.seen)
    )
    if not whole:
        return ", without a label"
    if not seen:
        return ", held out: what it really is stays hidden"
    return f", really {task.outcome if whole[0] == task.positive_class else task.opposite}"


def _columns(
    state: AppState,
    values: Mapping[str, Any],
    findings: Findings | None,
    result: CaseResult | None,
) -> list[dict[str, Any]]:
    columns = []
    by_column: dict[str, list[int]] = {}
    if findings and result:
        # Of the models that have answered: they may be those of the last settings.
        encoder = findings.experiment.encoder
        known = {feature.name: feature.column for feature in encoder.features_}
        for position, name in enumerate(result.features):
            by_column.setdefault(known[name], []).append(position)
    for column in state.task.columns:
        if not column.role.is_used:
            continue
        places = by_column.get(column.name, [])
        value = values.get(column.name)
        columns.append(
            {
                "name": column.name,
                "label": column_label(state.task, column.name)
                + (f" ({column.unit})" if column.unit else ""),
                "value": ""
                if value is None
                else f"{value:g}"
                if isinstance(value, float)
                else str(value),
                "levels": _levels(state, column),
                "laat": float(result.laat.contributions[places].sum()) if result else 0.0,
                "baseline": float(result.baseline.contributions[places].sum()) if result else 0.0,
                "without": float(result.laat.without[result.columns.index(column.name)])
                if result and places
                else None,
            }
        )
    return columns


def _levels(state: AppState, column: Column) -> list[str] | None:
    if column.role in (Role.NUMERIC, Role.DATE):
        return None
    return column_levels(state.task.cleaned[column.name], column)[:MOST_LEVELS]


def _model(look: Look, answer: ModelAnswer) -> dict[str, Any]:
    return {
        "name": look.name,
        "color": look.color,
        "probability": answer.probability,
        "low": answer.low,
        "high": answer.high,
        "usual": answer.usual_probability,
    }


def _most(state: AppState, changes: Mapping[str, float]) -> list[dict[str, Any]]:
    labels = feature_labels(state.task, state.features)
    largest = sorted(changes.items(), key=lambda pair: -abs(pair[1]))[:MOST_SLIDERS]
    return [{"title": labels.get(name, name), "change": change} for name, change in largest]
