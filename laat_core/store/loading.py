"""A score file, taken into a project."""

from collections.abc import Iterable

from laat_core.scores.importance import quoted
from laat_core.scores.score_file import ScoreFile
from laat_core.store.project import Project

__all__ = ["load_scores"]


def load_scores(
    project: Project, name: str, file: ScoreFile, *, taken: Iterable[str] = ()
) -> list[str]:
    """Put the scores of a file on the sliders, and set its marks.

    The scores become a proposal of that name, which a reset then goes back to and an undo takes
    off again. Features that the file does not score keep their scores; those that are locked keep
    scores and marks, but for the mark as not used.

    Parameters
    ----------
    project : Project
    name : str
        Numbered where it is taken.
    file : ScoreFile
    taken : iterable of str
        Names that the proposal must not get, beside those of other proposals.

    Returns
    -------
    list of str
        What a person has to know, one sentence each.

    Raises
    ------
    LaatError
        If the scores do not fit the project, or others have changed it meanwhile.
    """
    locked = project.history.locked
    left = [
        feature
        for feature, score in file.scores.as_dict().items()
        if feature in locked and score != project.history.value(feature)
    ]
    project.use(project.add_proposal(name, file.scores, taken=taken))
    doubtful = _set_marks(project, file, locked)
    notes = list(file.notes)
    if left:
        notes.append(f"Locked here, so their scores stay: {quoted(left)}.")
    if doubtful:
        notes.append(f"Not used or locked here, so not marked as unsure: {quoted(doubtful)}.")
    return notes


def _set_marks(project: Project, file: ScoreFile, locked: frozenset[str]) -> list[str]:
    """Set marks; return the features that cannot be marked as unsure."""
    marks = file.marks
    for unused in (False, True):
        project.unuse(marks.names("not_used", marked=unused), unused=unused)
    project.lock(marks.names("locked"))
    sure = marks.names("unsure", marked=False)
    project.doubt([name for name in sure if name not in locked], doubted=False)
    unsure = marks.names("unsure")
    decided = project.history.locked | project.history.unused
    project.doubt([name for name in unsure if name not in decided])
    return [name for name in unsure if name in decided]
