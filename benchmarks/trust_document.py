"""docs/trust.md: the study of trust, as tables and figures."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from benchmarks.accuracy import proposed_tables
from benchmarks.command import markdown_table, paragraph, signed
from benchmarks.figures import save_figures
from laat_core.evaluate.controls import N_PLACEBOS
from laat_core.plots.style import BASELINE, LAAT, SCORES, Look

__all__ = ["document", "draw_figures"]

Row = dict[str, Any]

MIDDLE = (25, 50, 100, 250)
LINES = {
    "auto": LAAT,
    "gamma100": Look("LAAT at γ = 100", "#7a5195", "dashdot", "diamond"),
    "baseline": BASELINE,
    "scores_alone": SCORES,
    "placebo_auto": Look("auto, shuffled scores", "#2e8b57", "dot", "x"),
}
COLUMNS = 4
NOTHING = 0.05  # points; a smaller difference is none


def document(cells: Sequence[Row], n_splits: int) -> str:
    """Write the cells as Markdown: those of the first seed, and what came of the others."""
    by_seed = {cell["seed"]: [c for c in cells if c["seed"] == cell["seed"]] for cell in cells}
    seed, *others = by_seed
    parts = [*_introduction(cells, n_splits, seed), "## What came of it", *_findings(by_seed[seed])]
    for other in others:
        parts += [
            f"## What comes of other splits (seed {other}), up to 250 rows per class",
            *_findings(by_seed[other]),
        ]
    return "\n\n".join([*parts, *_tables(by_seed[seed])]) + "\n"


def _introduction(cells: Sequence[Row], n_splits: int, seed: int) -> Iterator[str]:
    yield "# How far to trust the scores"
    rows = list(dict.fromkeys(str(cell["rows_per_class"]) for cell in cells))
    asked = " ".join("all" if number == "80 %" else number for number in rows)
    seeds = " ".join(dict.fromkeys(str(cell["seed"]) for cell in cells))
    folder = where = ""
    if {cell["table"] for cell in cells}.difference(proposed_tables()):
        folder, where = " DIR", ", where DIR holds the tables that are not bundled"
    yield paragraph(
        f"Made by `python -m benchmarks.trust --tables bundled{folder} --rows {asked} --seeds "
        f"{seeds}`{where}; a second run gives the same numbers."
    )
    yield paragraph(
        f"ROC-AUC × 100 on the test rows, mean of {n_splits} splits (seed {seed}), default recipe. "
        "*auto* is γ chosen from the training rows of each split. *best* is the better of baseline "
        "and γ = 100, as found on the test rows, which nobody knows beforehand. *placebo* is auto "
        f"with the scores shuffled among the features, the mean of {N_PLACEBOS} shuffles, others "
        "in each split, and *flipped* auto with all signs turned, both less the baseline. *spread* "
        "is what auto gains where features are held more loosely on whose scores the estimates "
        "disagree. For *wrong* the signs of a fifth of the features were turned, and *doubted* is "
        "what the expert's mark *unsure* on just these features gains, both less auto."
        + (
            " *80 %* of the rows are those of at most 10,000, drawn from the table."
            if "80 %" in rows
            else ""
        )
    )
    yield "## The rule"
    yield paragraph(
        "The attribution term is a prior on the direction of the attributions. A prior of constant "
        "weight λ beside n rows in a mean loss has γ = λ d / n: it leads while rows are few and "
        "lets go as they grow. `laat_core/model/trust.py` takes λ = 30 √(d / 20), and 100 times "
        "that with a hidden layer, and then asks the training rows two things: whether the scores "
        "rank them better than the same scores shuffled among the features, and whether better or "
        "worse than the baseline does out of fold, given what to expect of so few rows. What is "
        "left of full trust then is its share k; with a hidden layer it is full trust from a k of "
        "0.6 on, else a touch, γ = 0.3 k. Neither question trains a model with the scores, so a "
        "slider can move while trust is automatic."
    )
    yield "## What was tried before"
    yield "\n".join(map(paragraph, TRIED))


TRIED = (
    "- Out-of-fold loss on standardised logits for a grid of γ, and the largest γ within c "
    "standard errors of the best, c fading with the rows: close to the better of baseline and "
    "γ = 100 with good scores, seldom above it, and far below the baseline with shuffled or "
    "turned scores, because it leans on scores that the rows have already refuted.",
    "- The same loss as a total with a penalty in nats for leaving the scores: worse with few "
    "rows.",
    "- Posterior mean of a parabola of the AUC over the grid of γ: the curve is no parabola, and "
    "the choice too noisy.",
    "- A prior of constant weight by itself, without any look at the rows: already about as good "
    "as the better of baseline and γ = 100 with good scores; no protection against bad ones.",
    "- That prior times the probability that the scores are knowledge, judged by their AUC "
    "against one half: on tables whose features all go together, shuffled scores have a high AUC "
    "too. Against shuffles of themselves they do not stand out.",
    "- With a hidden layer, a graded trust as for logistic regression: between no trust and full "
    "trust lies a valley in which the network meets its mean attribution and fits single rows "
    "all the same. So it is full trust there, or a touch.",
    "- A touch that grows with the root of k, and full trust only from a greater k on: the one is "
    "a little better with good scores, and with shuffled ones further from the baseline; the other "
    "is clearly worse with good scores, and hardly nearer to the baseline with shuffled ones, "
    "since of eight features some shuffles are close to the scores themselves.",
    "- A lead of the scores over the baseline counted for less than a deficit of the same size: "
    "one weight for both is simpler, and better where few rows are all that a table has.",
    "- The weights in the rule were chosen on the tables below, all together but for "
    "south_german_credit, which came in later, and on the splits of two seeds, 0 and 1, the touch "
    "on those of seed 2 as well: those that did best on the splits of one seed were clearly worse "
    "on those of the other. They are round, and neighbouring ones "
    "do as well; on other tables the figures will be somewhat worse.",
)


def _findings(cells: Sequence[Row]) -> Iterator[str]:
    gains = np.array([_gain(cell) for cell in cells])
    worst = cells[int(gains.argmin())]
    middle = [_gain(cell) for cell in cells if cell["rows_per_class"] in MIDDLE]
    ahead = sum(gain >= 0.5 for gain in middle)
    yield paragraph(
        f"- auto less best, mean of {len(cells)} cells: {signed(gains.mean())} points; worst cell: "
        f"{signed(gains.min())} ({_name(worst)}); {sum(gains < -1)} cells below −1."
    )
    if middle:
        yield paragraph(
            f"- 25 to 250 rows per class: auto is ahead of best by 0.5 points or more in {ahead} "
            f"of {len(middle)} cells."
        )
    many = [cell for cell in cells if cell["rows_per_class"] not in (1, 2, 5, 10)]
    controls = {"placebo_auto": "shuffled scores", "flipped_auto": "turned signs"}
    if not many:
        yield "- Shuffled scores and turned signs: no cell has 25 rows per class or more."
    for key, what in controls.items() if many else ():
        less = np.array([_less(cell, key) for cell in many])
        lowest, highest = many[int(less.argmin())], many[int(less.argmax())]
        yield paragraph(
            f"- From 25 rows per class on, with {what}: auto less baseline {signed(less.mean())} "
            f"points on average, {signed(less.min())} in the worst cell ({_name(lowest)}), "
            f"{signed(less.max())} in the best ({_name(highest)}); of {len(less)} cells "
            f"{sum(less < -1)} below −1, {sum(less > 1)} above +1."
        )
    spread = np.array([100 * (cell["auto_spread"] - cell["auto"]) for cell in cells])
    yield paragraph(
        "- Features held more loosely where the estimates disagree: "
        f"{signed(spread.mean())} points on average, {signed(spread.min())} to "
        f"{signed(spread.max())}; ahead in {sum(spread > NOTHING)} cells, behind in "
        f"{sum(spread < -NOTHING)}."
    )
    wrong, doubted = (
        np.array([100 * (cell[key] - cell["auto"]) for cell in cells])
        for key in ("wrong_auto", "doubted_auto")
    )
    yield paragraph(
        "- The signs of a fifth of the features turned: "
        f"{signed(wrong.mean())} points on average; with these features marked as unsure "
        f"{signed(doubted.mean())}. The mark helps in {sum(doubted - wrong > NOTHING)} of "
        f"{len(cells)} cells, and harms in {sum(wrong - doubted > NOTHING)}."
    )


def _tables(cells: Sequence[Row]) -> Iterator[str]:
    for model in dict.fromkeys(cell["model"] for cell in cells):
        shown = [cell for cell in cells if cell["model"] == model]
        yield f"## {model[0].upper()}{model[1:]}"
        yield f"![AUC against rows per class, {model}]({_file(model)})"
        yield markdown_table(
            ["table", "rows per class", "baseline", "γ = 100", "scores alone", "auto", "less best",
             "median γ", "placebo", "flipped", "spread", "wrong", "doubted"],
            map(_row, sorted(shown, key=lambda cell: cell["table"])),
        )  # fmt: skip


def _row(cell: Row) -> list[str]:
    return [
        cell["table"],
        str(cell["rows_per_class"]),
        *(f"{100 * cell[key]:.1f}" for key in ("baseline", "gamma100", "scores_alone", "auto")),
        signed(_gain(cell)),
        f"{cell['auto_gamma']:.2g}" if cell["auto_gamma"] < 100 else f"{cell['auto_gamma']:.0f}",
        signed(_less(cell, "placebo_auto")),
        signed(_less(cell, "flipped_auto")),
        *(
            signed(100 * (cell[key] - cell["auto"]))
            for key in ("auto_spread", "wrong_auto", "doubted_auto")
        ),
    ]


def draw_figures(cells: Sequence[Row], folder: Path) -> None:
    """Draw one figure per kind of model, as SVG."""
    save_figures(
        {
            folder / _file(model): _figure([cell for cell in cells if cell["model"] == model])
            for model in dict.fromkeys(cell["model"] for cell in cells)
        }
    )


def _figure(cells: Sequence[Row]) -> go.Figure:
    tables = sorted({cell["table"] for cell in cells})
    n_rows = -(-len(tables) // COLUMNS)
    figure = make_subplots(n_rows, min(COLUMNS, len(tables)), subplot_titles=tables)
    for position, table in enumerate(tables):
        row, column = divmod(position, COLUMNS)
        shown = [cell for cell in cells if cell["table"] == table]
        for key, look in LINES.items():
            figure.add_scatter(
                x=[str(cell["rows_per_class"]) for cell in shown],
                y=[100 * cell[key] for cell in shown],
                name="LAAT, auto" if key == "auto" else look.name,
                line={"color": look.color, "dash": look.dash},
                marker={"symbol": look.symbol},
                mode="lines+markers",
                showlegend=position == 0,
                row=row + 1,
                col=column + 1,
            )
    figure.update_xaxes(type="category")
    figure.update_layout(
        template="plotly_white",
        legend={"orientation": "h", "y": -0.12},
        margin={"l": 40, "r": 20, "t": 40, "b": 60},
    )
    return figure


def _gain(cell: Row) -> float:
    """Auto less the better of baseline and gamma 100, in points."""
    return 100 * float(cell["auto"] - max(cell["baseline"], cell["gamma100"]))


def _less(cell: Row, key: str) -> float:
    return 100 * float(cell[key] - cell["baseline"])


def _name(cell: Row) -> str:
    return f"{cell['table']}, {cell['rows_per_class']}, {cell['model']}"


def _file(model: str) -> str:
    return f"trust-{model.replace(' ', '-')}.svg"
