"""What was tried for the default recipe: scaling, flags, start, learning rate, passes, batches.

Run ``python -m benchmarks.recipes``. It writes ``docs/recipes.md``; nothing in it depends on time
or load, so a second run writes the same file.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch import Tensor

from benchmarks.accuracy import FAMILIES, proposed_scores, proposed_tables, recipe_in_words
from benchmarks.command import ROOT, markdown_table, paragraph, signed, write_document
from laat_core import Design, Recipe, TableEncoder, Task, load_dataset
from laat_core.data.splits import Split, make_splits
from laat_core.model.networks import Models, start
from laat_core.model.objective import target_vector
from laat_core.model.training import train

__all__ = ["document", "measure"]

SHOTS = (1, 5, 10, 50)
SPLITS = 20
SEED = 0
MOST_ROWS = 8_000
GAMMAS = (0.0, 3.0, 100.0)
GAMMA_WORDS = {0.0: "baseline", 3.0: "γ = 3", 100.0: "γ = 100"}

DEFAULT = Recipe()
HELD_OUT_TABLE = "adult"
HELD_OUT = Design(None, test_share=0.2, n_splits=3, seed=SEED)


@dataclass(frozen=True)
class Variant:
    """A recipe, and by how much its start is scaled."""

    recipe: Recipe = DEFAULT
    start_scale: float = 1.0

    @property
    def words(self) -> str:
        """In what it differs from the default."""
        recipe = self.recipe
        differences = [
            "min–max of training rows" if recipe.scaling == "minmax" else "",
            "both flags" if recipe.both_levels else "",
            f"start × {self.start_scale:g}" if self.start_scale != 1 else "",
            f"rate {recipe.learning_rate:g}" if recipe.learning_rate != 0.01 else "",
            f"{recipe.max_epochs} passes" if recipe.max_epochs != 200 else "",
        ]
        return ", ".join(filter(None, differences)) or "**default**"


def changed(start_scale: float = 1.0, **changes: Any) -> Variant:
    """Return the default with some of its settings changed."""
    return Variant(replace(DEFAULT, **changes), start_scale)


VARIANTS = (
    *(
        changed(start_scale, scaling=scaling, max_epochs=epochs)
        for scaling in ("standard", "minmax")
        for start_scale in (1.0, 0.1)
        for epochs in (200, 50, 500)
    ),
    changed(both_levels=True),
    changed(learning_rate=0.003),
    changed(learning_rate=0.03),
)
# Rows of one step, and full passes; None is all training rows.
BATCHES = ((None, 200), (8192, 200), (8192, 40), (128, 20), (128, 5))


class Trial:
    """A task divided and encoded once, to be trained on in many ways.

    Parameters
    ----------
    task : Task
    design : Design
    both_levels : bool
    """

    def __init__(self, task: Task, design: Design, both_levels: bool = False) -> None:
        encoder = TableEncoder(task.columns, both_levels)
        self.encoded = encoder.fit(task.labelled).transform(task.labelled).to_numpy()
        self.standardized = StandardScaler().fit_transform(self.encoded)
        self.labels = task.labels
        self.splits = make_splits(task.labels, design)
        scores = proposed_scores(task).for_features(encoder.features_)[0]
        self.target = torch.from_numpy(target_vector(scores)).float()

    def auc(self, variant: Variant) -> NDArray[np.float64]:
        """Train and test; AUC of each gamma and split, (n_gammas, n_splits)."""
        # Double precision, then rounded: rows of equal values must tie, wherever they lie.
        models, n_splits = self._train(variant).double(), len(self.splits)
        areas = np.empty((len(GAMMAS), n_splits))
        for number, split in enumerate(self.splits):
            rows = self._rows(split.test, split, variant.recipe.scaling)[None]
            logits = models.select(slice(number, None, n_splits)).logits(rows).float()
            for position, logit in enumerate(logits.numpy()):
                areas[position, number] = roc_auc_score(self.labels[split.test], logit)
        return areas

    def _train(self, variant: Variant) -> Models:
        """Train every gamma on every split, from the same starts, in one call."""
        recipe, times = variant.recipe, len(GAMMAS)
        rows = torch.stack([self._rows(s.train, s, recipe.scaling) for s in self.splits]).float()
        labels = torch.from_numpy(np.stack([self.labels[s.train] for s in self.splits])).float()
        n_splits, _, n_features = rows.shape
        generator = torch.Generator().manual_seed(SEED)
        models = start(n_splits, n_features, recipe.hidden_layer_sizes, generator)
        return train(
            scaled(models, variant.start_scale).repeat(times),
            rows.repeat(times, 1, 1),
            labels.repeat(times, 1),
            torch.tensor(GAMMAS).repeat_interleave(n_splits),
            self.target.repeat(times * n_splits, 1),
            max_epochs=recipe.max_epochs,
            learning_rate=recipe.learning_rate,
            batch_size=recipe.batch_size,
            generator=generator,
        )

    def _rows(self, rows: NDArray[np.int64], split: Split, scaling: str) -> Tensor:
        """Rows as the models of one split see them, (n_rows, n_features)."""
        if scaling == "standard":
            return torch.from_numpy(self.standardized[rows])
        scaler = MinMaxScaler().fit(self.encoded[split.train])
        return torch.from_numpy(scaler.transform(self.encoded[rows]))


def scaled(models: Models, scale: float) -> Models:
    """Return the models with every weight and bias scaled."""
    return type(models)(*(parameter * scale for parameter in models.parameters()))


def few_rows(task: Task) -> Task:
    """Return the task, or a fixed sample where its table is long."""
    if len(task.table) <= MOST_ROWS:
        return task
    sample = task.table.sample(MOST_ROWS, random_state=SEED)
    return replace(task, table=sample.reset_index(drop=True))


def measure(
    tables: Sequence[str] | None = None,
    shots: Sequence[int] = SHOTS,
    n_splits: int = SPLITS,
    variants: Sequence[Variant] = VARIANTS,
    batches: Sequence[tuple[int | None, int]] = BATCHES,
) -> dict[str, Any]:
    """Try every variant on every table, and batch sizes on a long one."""
    tables = tables or proposed_tables()
    return {
        "seed": SEED,
        "splits": n_splits,
        "tables": list(tables),
        "held_out_splits": HELD_OUT.n_splits,
        "variants": [
            cell
            for table in tables
            for rows in shots
            for cell in _try_variants(few_rows(load_dataset(table)), rows, n_splits, variants)
        ],
        "batches": list(_try_batches(batches)) if batches else [],
    }


def _try_variants(
    task: Task, shots: int, n_splits: int, variants: Sequence[Variant]
) -> Iterator[dict[str, Any]]:
    print(f"{task.name}, {shots} rows per class …", file=sys.stderr)
    design = Design(shots, n_splits=n_splits, seed=SEED)
    trials = {both: Trial(task, design, both) for both in (False, True)}
    for variant in variants:
        for family, hidden in FAMILIES.items():
            tried = replace(variant, recipe=replace(variant.recipe, hidden_layer_sizes=hidden))
            areas = trials[variant.recipe.both_levels].auc(tried)
            yield {
                "variant": variant.words,
                "family": family,
                "table": task.name,
                "shots": shots,
                "auc": _by_gamma(areas),
            }


def _try_batches(batches: Sequence[tuple[int | None, int]]) -> Iterator[dict[str, Any]]:
    trial = Trial(load_dataset(HELD_OUT_TABLE), HELD_OUT)
    n_rows = len(trial.splits[0].train)
    for family, hidden in FAMILIES.items():
        for batch_size, epochs in batches:
            print(f"{family}, batches of {batch_size} …", file=sys.stderr)
            recipe = replace(
                DEFAULT, hidden_layer_sizes=hidden, batch_size=batch_size, max_epochs=epochs
            )
            yield {
                "family": family,
                "batch_size": batch_size,
                "epochs": epochs,
                "rows": n_rows,
                "steps": epochs * (-(-n_rows // batch_size) if batch_size else 1),
                "auc": _by_gamma(trial.auc(Variant(recipe))),
            }


def _by_gamma(areas: NDArray[np.float64]) -> dict[str, float]:
    return {
        GAMMA_WORDS[gamma]: float(mean)
        for gamma, mean in zip(GAMMAS, areas.mean(axis=1), strict=True)
    }


def document(result: dict[str, Any]) -> str:
    """Write the figures, and what they say for the default, as Markdown."""
    tried = _long_table(result["variants"])
    return (
        "\n\n".join(
            [
                "# The default recipe",
                "Made by `python -m benchmarks.recipes`; a second run writes the same file.",
                paragraph(f"The default is this. {recipe_in_words(DEFAULT)}"),
                paragraph(
                    f"ROC-AUC × 100 on the test rows, mean of {result['splits']} splits (seed "
                    f"{result['seed']}) and of the tables {', '.join(result['tables'])} with their "
                    f"recorded proposals; of longer tables, a fixed sample of {MOST_ROWS:,} rows. "
                    "Columns are training rows per class. *At worst* is the lowest difference from "
                    "the default in any one table and column."
                ),
                "## Why it is what it is",
                paragraph(
                    "Changes of the mean, in points of AUC × 100, over all columns where none are "
                    "named; from … to … says how they differ between families and γ."
                ),
                "\n".join(
                    paragraph(f"- {reason}") for reason in _reasons(tried, result["batches"])
                ),
                *_single_changes(tried),
                *_variant_tables(tried),
                *_batch_tables(result),
            ]
        )
        + "\n"
    )


def _long_table(cells: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """One line per variant, family, gamma, table and number of rows; AUC in points."""
    return pd.DataFrame(
        [
            {**{k: v for k, v in cell.items() if k != "auc"}, "gamma": gamma, "auc": 100 * auc}
            for cell in cells
            for gamma, auc in cell["auc"].items()
        ]
    )


def _reasons(tried: pd.DataFrame, batches: Sequence[dict[str, Any]]) -> Iterator[str]:
    few, many = tried["shots"].min(), tried["shots"].max()
    minmax, both = changed(scaling="minmax"), changed(both_levels=True)
    yield (
        "**Standard scores over all rows.** They need the table but no label, and one or two "
        "training rows do not know the range of a column. Minimum and maximum of the training "
        f"rows instead change the mean by {_range(tried, minmax, few)} points {_at(few)}, by "
        f"{_range(tried, minmax, many)} {_at(many)}."
    )
    yield (
        "**One flag for two levels.** One slider says what there is to say, and no column counts "
        f"twice in the target. Both flags change the mean by {_range(tried, both)}."
    )
    yield (
        "**200 passes and a learning rate of 0.01**, as in the paper. 50 passes change the mean by "
        f"{_range(tried, changed(max_epochs=50))}, 500 passes by "
        f"{_range(tried, changed(max_epochs=500))}; a rate of 0.003 changes it by "
        f"{_range(tried, changed(learning_rate=0.003))}, one of 0.03 by "
        f"{_range(tried, changed(learning_rate=0.03))}."
    )
    yield (
        "**The start as `torch.nn.Linear` draws it**, uniform in ±1 / √(fan in), so that others "
        f"can repeat a training. A tenth of that changes the mean by {_range(tried, changed(0.1))}."
    )
    yield (
        "**γ = 100**, as in the paper: who starts has few rows, and is to see at once what the "
        f"scores do. Its mean less that at γ = 3 is {_strong_by_shots(tried)}. Single tables "
        f"differ: {_at(many)}, γ = 3 is ahead on {_tables_ahead(tried, many)}."
    )
    if batches:
        yield f"**All training rows in every step.** {_batch_reason(batches)}"


def _changes(tried: pd.DataFrame, variant: Variant, shots: int | None = None) -> pd.Series:
    """By how much a variant changes the mean, for each family and gamma."""
    lines = tried if shots is None else tried[tried["shots"] == shots]
    means = lines.groupby(["variant", "family", "gamma"])["auc"].mean()
    return means[variant.words] - means[Variant().words]


def _range(tried: pd.DataFrame, variant: Variant, shots: int | None = None) -> str:
    changes = _changes(tried, variant, shots)
    return f"{signed(changes.min())} to {signed(changes.max())}"


def _strong_by_shots(tried: pd.DataFrame) -> str:
    """Say by how much the mean at the largest gamma differs from that at the one before."""
    weaker, stronger = list(GAMMA_WORDS.values())[-2:]
    default = tried[tried["variant"] == Variant().words]
    means = default.pivot_table("auc", ["family", "shots"], "gamma")
    gain = means[stronger] - means[weaker]
    return " and ".join(
        ", ".join(f"{signed(value)} {_at(shots)}" for shots, value in gain[family].items())
        + f" with {family}"
        for family in FAMILIES
    )


def _tables_ahead(tried: pd.DataFrame, shots: int) -> str:
    """Say on how many tables the gamma before the largest has the higher AUC."""
    weaker, stronger = list(GAMMA_WORDS.values())[-2:]
    shown = tried[(tried["variant"] == Variant().words) & (tried["shots"] == shots)]
    auc = shown.pivot_table("auc", ["family", "table"], "gamma")
    ahead = (auc[weaker] > auc[stronger]).groupby("family").agg(["sum", "size"])
    return " and ".join(
        f"{ahead.loc[family, 'sum']} of {ahead.loc[family, 'size']} with {family}"
        for family in FAMILIES
    )


def _single_changes(tried: pd.DataFrame) -> Iterator[str]:
    """Lay out what each variant that differs in one setting changes."""
    columns = [(family, gamma) for family in FAMILIES for gamma in GAMMA_WORDS.values()]
    means = tried.pivot_table("auc", "variant", ["family", "gamma"])
    changes = (means - means.loc[Variant().words])[columns]
    singles = [words for words in tried["variant"].unique() if "," not in words]
    singles.remove(Variant().words)
    yield markdown_table(
        ["one setting changed", *(f"{family}, {gamma}" for family, gamma in columns)],
        [[words, *map(signed, changes.loc[words])] for words in singles],
    )
    better = [words for words in singles if (changes.loc[words] > 0).all()]
    yield paragraph(
        f"Ahead of the default in every column of this table: {', '.join(better) or 'none'}."
    )


def _batch_reason(batches: Sequence[dict[str, Any]]) -> str:
    full = {cell["family"]: cell for cell in batches if cell["batch_size"] is None}
    other = {
        family: max(
            (c for c in batches if c["family"] == family and c["batch_size"]),
            key=lambda cell: cell["auc"]["baseline"],
        )
        for family in FAMILIES
    }
    less = {
        family: 100 * (full[family]["auc"]["baseline"] - best["auc"]["baseline"])
        for family, best in other.items()
    }
    compared = " and ".join(
        f"{signed(less[family])} with {family} ({best['batch_size']:,} rows, {best['epochs']} "
        f"passes, {best['steps']:,} steps instead of {full[family]['steps']:,})"
        for family, best in other.items()
    )
    return (
        "A few rows fit into one step anyway, and no order of rows then has to be drawn. On "
        f"{full[next(iter(FAMILIES))]['rows']:,} training rows, the baseline's AUC less that with "
        f"the best of the smaller steps tried is {compared}."
    )


def _variant_tables(tried: pd.DataFrame) -> Iterator[str]:
    for family in FAMILIES:
        for gamma in GAMMA_WORDS.values():
            shown = tried[(tried["family"] == family) & (tried["gamma"] == gamma)]
            yield f"## {family.capitalize()}, {gamma}\n\n{_variant_table(shown)}"


def _variant_table(tried: pd.DataFrame) -> str:
    cells = tried.pivot_table("auc", "variant", ["shots", "table"])
    means = tried.pivot_table("auc", "variant", "shots")
    worst = (cells - cells.loc[Variant().words]).min(axis=1)
    rows = [
        [variant, *(f"{mean:.1f}" for mean in means.loc[variant]), signed(worst[variant])]
        for variant in tried["variant"].unique()
    ]
    return markdown_table(["variant", *map(str, means.columns), "at worst"], rows)


def _batch_tables(result: dict[str, Any]) -> Iterator[str]:
    if not result["batches"]:
        return
    yield (
        "## Rows of one step\n\n"
        + paragraph(
            f"The table {HELD_OUT_TABLE} whole, {1 - HELD_OUT.test_share:.0%} of the rows for "
            f"training, mean of {result['held_out_splits']} splits. What each costs in time is "
            "timed by `python -m benchmarks.adult`."
        )
    )
    yield markdown_table(
        ["family", "rows of a step", "passes", "steps", *GAMMA_WORDS.values()],
        [
            [
                cell["family"],
                f"{cell['batch_size']:,}" if cell["batch_size"] else "all",
                cell["epochs"],
                f"{cell['steps']:,}",
                *(f"{100 * auc:.1f}" for auc in cell["auc"].values()),
            ]
            for cell in result["batches"]
        ],
    )


def _at(shots: int) -> str:
    return f"at {shots} row{'s' if shots > 1 else ''} per class"


if __name__ == "__main__":
    write_document("recipes", measure, document, ROOT / "docs" / "recipes.md")
