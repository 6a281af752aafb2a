"""The instrument of a page without a browser: what it is given, and messages like a browser's."""

import json
import time
from typing import Any

from streamlit.testing.v1 import AppTest

SECONDS = 60


def shown(app: AppTest) -> dict[str, Any]:
    """Return what the page has given to the instrument."""
    data: dict[str, Any] = json.loads(app.get("bidi_component")[0].proto.json)
    return data


def settled(app: AppTest) -> dict[str, Any]:
    """Return what the instrument is given once no training is under way, as its page asks on."""
    until = time.monotonic() + SECONDS
    while shown(app)["work"] is not None:
        assert time.monotonic() < until, "the training does not end"
        app.run()
    return shown(app)


def send(app: AppTest, *actions: object, number: object = None) -> dict[str, Any]:
    """Send a message over the component's own way, callback included; return what is then shown."""
    number = shown(app)["received"] + 1 if number is None else number
    set_state(app, 0, {"message": {"number": number, "actions": list(actions)}})
    assert not app.exception
    return settled(app)


def set_state(app: AppTest, place: int, state: dict[str, Any]) -> None:
    """Let a component of one's own, by its place on the page, have another state; run the page.

    AppTest has no public way to do so.
    """
    proto = app.get("bidi_component")[place].proto
    states = app._tree.get_widget_states()
    states.widgets.add(id=proto.id, json_value=json.dumps(state))
    app._run(states)


def edit(app: AppTest, scores: dict[str, float], how: str = "move") -> dict[str, Any]:
    """Move sliders from where they are."""
    now = {row["name"]: row["score"] for row in rows(shown(app))}
    changes = {name: [now[name], score] for name, score in scores.items()}
    return send(app, {"kind": "edit", "changes": changes, "how": how})


def rows(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows, one per feature."""
    return [row for column in data["columns"] for row in column["features"]]


def aucs(data: dict[str, Any]) -> dict[str, str]:
    """Return the AUC on each model's card."""
    return {card["key"]: card["value"] for card in data["result"]["cards"] if card["key"]}


def said(parts: list[Any]) -> str:
    """Return a sentence as text."""
    return "".join(part if isinstance(part, str) else part[1] for part in parts)
