"""One short sentence for what an event changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from laat_core.data.text import listed, one_line

__all__ = [
    "HOW",
    "after_edits",
    "doubted",
    "edited",
    "held_out",
    "locked",
    "settings_changed",
    "signed",
    "task_changed",
    "unused",
]

# How scores were edited, and what many of them at once are called.
HOW = {
    "move": "Moved",
    "zero": "Set to 0",
    "flip": "Signs turned",
    "scale": "Scaled",
    "reset": "Reset",
    "load": "Loaded",
    "story": "Taken from a story",
}
FEW = 3
# What settings are called on the page; others go by their own names.
SETTINGS = {
    "gamma": "trust",
    "held_out": "share held out for test",
    "shots": "training rows per class",
    "test_share": "share of the test rows",
    "n_splits": "splits",
    "seed": "seed of the splits",
    "hidden": "hidden layer",
    "protocol": "scaling",
    "score_transform": "scores",
    "loosen": "loosening by the estimates",
}


def edited(changes: Mapping[str, Sequence[float]], how: str) -> str:
    """Say which scores went from where to where, or how many."""
    if len(changes) > FEW:
        return f"{HOW[how]}: {len(changes)} scores"
    return "; ".join(
        f"{_short(feature)}: {signed(old)} → {signed(new)}"
        for feature, (old, new) in changes.items()
    )


def signed(score: float) -> str:
    """Score with its sign and at most two decimals; 0 has none."""
    text = f"{score:+.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("+0", "-0") else text.replace("-", "−")


def task_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Say what differs in a task's document: the class, else roles, cleaning, or words."""
    if old["positive_class"] != new["positive_class"]:
        classes = (_short(task["positive_class"]) for task in (old, new))
        return f"Positive class: {' → '.join(classes)}"
    before = {column["name"]: column["role"] for column in old["columns"]}
    roles = [
        f"{_short(column['name'])}: {before[column['name']]} → {column['role']}"
        for column in new["columns"]
        if before.get(column["name"], column["role"]) != column["role"]
    ]
    said = [f"Role of {listed(roles, FEW)}"] if roles else []
    said += _cleaned(old, new)[:FEW]
    said += _orders(old, new)[:FEW]
    if said:
        return "; ".join(said)
    if old.get("confirmed", "") != new.get("confirmed", ""):
        return f"Positive class confirmed: {_short(new['positive_class'])}"
    return "Words of the task"


def _orders(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say which columns have another order of levels, or another reference date."""
    before = {column["name"]: column for column in old["columns"]}
    said = []
    for column in new["columns"]:
        was, name = before.get(column["name"], {}), _short(column["name"])
        order, reference = column.get("order", []), column.get("reference", "")
        if order != was.get("order", []):
            said.append(f"{name}: {_short(' < '.join(order), 120) or 'no order'}")
        if reference != was.get("reference", ""):
            said.append(f"{name}: years to {reference}")
    return said


def _cleaned(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say which missing codes and merges of columns, or of the target, are others."""
    before = {column["name"]: column.get("cleaning", {}) for column in old["columns"]}
    before[old["target"]] = old.get("target_cleaning", {})
    after = {column["name"]: column.get("cleaning", {}) for column in new["columns"]}
    after[new["target"]] = new.get("target_cleaning", {})
    return [
        f"{_short(name)}: {one}"
        for name, cleaning in after.items()
        for one in _cleaned_column(before.get(name, {}), cleaning)
    ]


def _cleaned_column(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    codes, codes_before = new.get("missing_codes", []), old.get("missing_codes", [])
    merged, merged_before = new.get("merged", {}), old.get("merged", {})
    moved = {level: end for level, end in merged.items() if merged_before.get(level) != end}
    said = {
        "counted as missing: ": [code for code in codes if code not in codes_before],
        "no longer missing: ": [code for code in codes_before if code not in codes],
        "no longer merged: ": [level for level in merged_before if level not in merged],
    }
    for level, into in moved.items():
        said.setdefault(f"merged into {_short(into)}: ", []).append(level)
    return [f"{words}{_names(names)}" for words, names in said.items() if names]


def settings_changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Say which settings are others."""
    changed = [
        f"{_called(key)} {_value(old[key])} → {_value(new[key])}"
        if key in old
        else f"{_called(key)} {_value(new[key])}"
        for key in new
    ]
    return f"Settings: {listed(changed, FEW)}"


def locked(features: Iterable[str], is_so: bool) -> str:
    """Say which features were locked or unlocked."""
    return f"{'Locked' if is_so else 'Unlocked'}: {_names(features)}"


def doubted(features: Iterable[str], is_so: bool) -> str:
    """Say of which features' scores somebody is unsure, or sure again."""
    return f"{'Unsure' if is_so else 'No longer unsure'}: {_names(features)}"


def unused(features: Iterable[str], is_so: bool) -> str:
    """Say by which features the LAAT model is not to decide, or may again."""
    return f"{'Not to be used' if is_so else 'To be used again'}: {_names(features)}"


def held_out(share: float, n_edits: int) -> str:
    """Say what share of the rows was held out, and after how many edits."""
    return f"{100 * share:g} % of the rows held out, {after_edits(n_edits)}"


def after_edits(n_edits: int) -> str:
    """Say how often scores had been changed by then."""
    return f"after {n_edits} edit{'s' * (n_edits > 1)}" if n_edits else "before any edit"


def _names(features: Iterable[str]) -> str:
    return listed([_short(name) for name in features], FEW)


def _called(key: str) -> str:
    return SETTINGS.get(key) or _short(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else _short(str(value))


def _short(text: str, most: int = 60) -> str:
    text = one_line(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"
