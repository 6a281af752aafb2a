"""One project: what is done is recorded first, and then taken over."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from threading import RLock
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from laat_core.data.encoding import features_of
from laat_core.data.hold_out import HoldOut
from laat_core.data.task import Task
from laat_core.errors import LaatError, StoreError
from laat_core.evaluate.hold_out import Look
from laat_core.scores.importance import ImportanceScores
from laat_core.scores.llm.recall import Recall
from laat_core.store import entries
from laat_core.store.checks import check
from laat_core.store.database import Database, EventRow, ProjectRow
from laat_core.store.documents import table_bytes, table_from_bytes, task_from_document
from laat_core.store.entries import Entry
from laat_core.store.events import Event, event_after, sha256
from laat_core.store.history import STATES, History
from laat_core.store.rows import EVENT_COLUMNS, event_of, no_project, read_tables, row_of

__all__ = ["Draft", "Project"]

MOST_TRIES = 20
MOVED = (
    "The scores or the task have been changed meanwhile, in another tab or by somebody else. "
    "Look at them, and do it again."
)
# States that change none of these.
HARMLESS = ("locked", "doubted", "unused", "settings", "held_out")


class Draft(NamedTuple):
    """What a project that is not kept yet has in place of rows in the database."""

    task: Task
    table: bytes
    add: Callable[[list[Event], Mapping[str, bytes], str], str]  # keeps it; returns its id


class Project:
    """One project: its history, and everything that can be done to it.

    What is done is one event in one transaction; when the method returns, it is kept. Of what
    another tab or process has recorded nothing is overwritten: :meth:`edit` leaves alone what has
    moved, and whatever would replace scores or task as a whole is refused until
    :meth:`refresh` has brought them in sight.

    Parameters
    ----------
    database : Database
    project_id : str
    who : str
        Named by what is recorded.

    Attributes
    ----------
    id, who : str
        The id is empty before the project is kept.
    history : History
    """

    def __init__(
        self, database: Database, project_id: str, who: str = "", draft: Draft | None = None
    ) -> None:
        self.id, self.who = project_id, who
        self.history = History()
        self._database, self._draft = database, draft
        self._lock = RLock()
        self._title = ""
        self._table: pd.DataFrame | None = None
        self._task: tuple[dict[str, Any], Task] | None = None
        self.refresh()

    @property
    def title(self) -> str:
        """Title as it was last seen."""
        return self.history.title if self._draft else self._title

    @property
    def task(self) -> Task:
        """The task with its table."""
        with self._lock:
            document = self.history.task_document
            if self._task is None and self._draft:
                self._task, self._table = (document, self._draft.task), self._draft.task.table
            if self._task is None or self._task[0] is not document:
                self._task = document, task_from_document(document, self._read_table())
            return self._task[1]

    def last_usable(self) -> tuple[int, Task] | None:
        """The last state whose columns can be encoded, and today's task with those columns.

        None where no state has such columns.
        """
        task, tried = self.task, list[dict[str, Any]]()
        for state in reversed(self.history.states):
            document = self.history.task_document_at(state.number)
            if any(document is one for one in tried):
                continue
            tried.append(document)
            try:
                then = task_from_document(document, task.table)
                features_of(then)
            except LaatError:
                continue
            columns, missing = then.columns, then.missing_as_feature
            return state.number, replace(task, columns=columns, missing_as_feature=missing)
        return None

    def table_bytes(self) -> bytes:
        """The table, as it is kept."""
        if self._draft:
            return self._draft.table
        with self._database.reading() as connection:
            return read_tables(connection, [self.history.table_hash])[self.history.table_hash]

    def _read_table(self) -> pd.DataFrame:
        if self._table is None:
            self._table = table_from_bytes(self.table_bytes())
        return self._table

    def refresh(self) -> bool:
        """Take over what others have recorded; return whether there was anything."""
        with self._lock:
            if self._draft:
                return False
            last = self.history.last.number if self.history.last else 0
            query = (
                select(ProjectRow.title, *EVENT_COLUMNS)
                .outerjoin(
                    EventRow, (EventRow.project_id == ProjectRow.id) & (EventRow.number > last)
                )
                .where(ProjectRow.id == self.id)
                .order_by(EventRow.number)
            )
            with self._database.reading() as connection:
                rows = connection.execute(query).all()
            if not rows:
                raise no_project()
            self._title = rows[0][0]
            new = [event_of(*row[1:]) for row in rows if row[1] is not None]
            for event in new:
                self.history.fold(event)
            return bool(new)

    def keep(self) -> None:
        """Keep all of a draft, and from now on everything that is done to it."""
        with self._lock:
            if self._draft:
                tables, title = {self.history.table_hash: self._draft.table}, self.history.title
                self.id = self._draft.add(self.history.events, tables, title)
                self._title, self._draft = title, None

    # What can be done

    def change_task(self, task: Task) -> None:
        """Take other roles, words or another positive class for the same table."""
        with self._lock:
            if task.table is not self.task.table and (
                sha256(table_bytes(task.table)) != self.history.table_hash
            ):
                raise StoreError("Another table makes another project.")
            self._record(lambda: entries.task_changed(self.history, task), whole=True)

    def add_proposal(
        self,
        name: str,
        scores: ImportanceScores,
        asked: Mapping[str, Any] | None = None,
        *,
        taken: Iterable[str] = (),
    ) -> str:
        """Put a proposal beside the others; return the name that it got.

        Parameters
        ----------
        name : str
        scores : ImportanceScores
        asked : mapping, optional
            ``model``, ``base_url``, ``date``, ``temperature``, ``system`` and ``prompt``.
        taken : iterable of str
            Names that it must not get, beside those of other proposals.
        """
        with self._lock:
            taken = list(taken)
            entry = self._record(
                lambda: entries.proposal(self.history, name, scores, asked or {}, taken)
            )
            return str(entry.content["name"]) if entry else name

    def remove_proposal(self, name: str) -> None:
        """Take a proposal away; scores that came from it stay."""
        self._record(lambda: Entry("removed", {"name": name}))

    def start_with(self, name: str) -> None:
        """Put a proposal on the sliders before anything else is done; nobody undoes that."""
        self._record(lambda: Entry("started", {"name": name}))

    def use(self, name: str, *, keep_edits: bool = False) -> None:
        """Put a proposal on the sliders; a reset then goes back to it."""
        content = {"name": name, "keep_edits": keep_edits}
        self._record(lambda: Entry("used", content), whole=True)

    def edit(
        self, changes: Mapping[str, tuple[float, float]], why: str = "", how: str = "move"
    ) -> list[str]:
        """Set scores; return the features that somebody else has moved, which are left alone.

        Parameters
        ----------
        changes : mapping of str to (float, float)
            By feature, from where to where.
        why : str
        how : str
            One of ``move``, ``zero``, ``flip``, ``scale``, ``reset``, ``load``, ``story``.

        Raises
        ------
        ScoreError
            If a feature is unknown or locked, or a score is not a number from -10 to 10; nothing
            is changed then.
        """
        left: list[str] = []

        def build() -> Entry | None:
            entry, left[:] = entries.edited(self.history, changes, why, how)
            return entry

        self._record(build)
        return left

    def undo(self) -> None:
        """Take the last edit, proposal used or state restored back."""
        self._record(lambda: Entry("undone", {}), whole=True)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._record(lambda: Entry("redone", {}), whole=True)

    def restore(self, state: int) -> None:
        """Go back to the scores of a state, by its number; this can be undone."""
        self._record(lambda: Entry("restored", {"state": state}), whole=True)

    def lock(self, features: Iterable[str], *, locked: bool = True) -> None:
        """Lock features against edits, which takes doubts of them off, or unlock them."""
        features = list(features)
        self._record(lambda: entries.locked(self.history, features, lock=locked))

    def doubt(self, features: Iterable[str], *, doubted: bool = True) -> None:
        """Mark features of whose scores one is unsure, or take the mark off.

        Raises
        ------
        ScoreError
            If a feature is unknown, locked or not to be used.
        """
        features = list(features)
        self._record(lambda: entries.doubted(self.history, features, doubt=doubted))

    def unuse(self, features: Iterable[str], *, unused: bool = True) -> None:
        """Mark features by which the LAAT model is not to decide, or take the mark off.

        The mark takes doubts of them off; locks stay.

        Raises
        ------
        ScoreError
            If a feature is unknown.
        """
        features = list(features)
        self._record(lambda: entries.unused(self.history, features, unuse=unused))

    def note(self, state: int, text: str) -> None:
        """Note at a state why it is so, later than the edit itself."""
        self._record(lambda: entries.noted(self.history, state, text))

    def name(self, state: int, name: str) -> None:
        """Name a state; an empty name takes it away."""
        self._record(lambda: entries.named(self.history, state, name))

    def set(self, settings: Mapping[str, Any]) -> None:
        """Change some settings; the others stay."""
        self._record(lambda: entries.settings(self.history, settings))

    def ran(self, result: Mapping[str, Any], state: int | None = None) -> None:
        """Keep a result of a state, by default the last one."""
        with self._lock:
            number = self.history.states[-1].number if state is None else state
            self._record(lambda: entries.ran(self.history, number, result))

    def quizzed(self, recall: Recall) -> None:
        """Keep what came of asking a model to complete rows of the table."""
        self._record(lambda: entries.quizzed(recall))

    def hold_out(self, hold_out: HoldOut) -> None:
        """Hold rows out, once and for all: nothing unlocks them.

        Raises
        ------
        StoreError
            If rows are held out already.
        DesignError
            If a class has too few.
        """
        with self._lock:
            hold_out.rows(self.task.labels, self.task.groups)
            self._record(lambda: entries.held_out(hold_out))

    def looked(self, look: Look, settings: Mapping[str, Any], state: int | None = None) -> None:
        """Keep a look at the rows held out, unless the same models have been looked at before.

        Parameters
        ----------
        look : Look
        settings : mapping
            What the models were trained with.
        state : int, optional
            Whose scores they were trained with; default: the last one.

        Raises
        ------
        StoreError
            If no rows are held out, or another look has been recorded since this one was counted.
        """
        with self._lock:
            number = self.history.states[-1].number if state is None else state
            self._record(lambda: entries.looked(self.history, number, settings, look))

    def studied(self, study: str, result: Mapping[str, Any], state: int) -> None:
        """Keep what a study of a state has found; the last of each name is shown again.

        Raises
        ------
        StoreError
            If rows have been held out since that state.
        """
        self._record(lambda: entries.studied(self.history, state, study, result))

    def tried(self, trial: Mapping[str, Any]) -> None:
        """Keep what is tried in the bias lab, a bias among others; the last is shown again."""
        self._record(lambda: entries.tried(self.history, trial))

    def _record(self, build: Callable[[], Entry | None], *, whole: bool = False) -> Entry | None:
        """Record what ``build`` makes of the history as it is, and take it over.

        Where ``whole``, it replaces more than it names: it is refused where others have changed
        scores or task since this project last looked.
        """
        with self._lock:
            seen = len(self.history.events)
            for attempt in range(MOST_TRIES):
                self.refresh()
                if whole and any(
                    event.kind in STATES and event.kind not in HARMLESS
                    for event in self.history.events[seen:]
                ):
                    raise StoreError(MOVED)
                entry = build()
                if entry is None:
                    return None
                event = event_after(self.history.last, self.who, *entry)
                check(self.history, event.kind, event.content)
                try:
                    self._keep(event)
                except IntegrityError:
                    # Somebody else was first: number by number, somebody always gets on.
                    time.sleep(random.uniform(0, 0.002) * attempt)  # noqa: S311
                    continue
                self.history.fold(event)
                return entry
        raise StoreError("Too many others change this project at the same time. Try again.")

    def _keep(self, event: Event) -> None:
        if self._draft:
            return
        with self._database.writing() as connection:
            connection.execute(insert(EventRow).values(row_of(self.id, event)))
            connection.execute(
                update(ProjectRow).where(ProjectRow.id == self.id).values(changed=event.time)
            )
