"""Words and marks by which people write that a value is not known."""

import re

__all__ = ["says_not_known"]

MARKS = "- -- --- . .. ... ? ?? * n/a n.a. n/k n.k. nk unk k.a."
WORDS = {
    *MARKS.split(),
    *("unknown", "not known", "don't know", "dont know", "do not know", "missing", "no data"),
    *("not available", "not recorded", "not reported", "not stated", "not specified"),
    *("not measured", "not applicable", "unspecified", "undisclosed"),
    *("refused", "refusal", "declined", "no answer", "no response"),
    *("prefer not to say", "prefer not to answer", "prefer not to disclose"),
    *("unbekannt", "nicht bekannt", "weiss nicht", "keine angabe", "keine angaben"),
    *("inconnu", "non renseigné", "desconocido", "nepoznato"),
}
LONGEST = 2 * max(map(len, WORDS))  # with blanks
INITIALS = re.compile(r"\b(\w)\. (?=\w\.)")  # "k. A." is "k.A."


def says_not_known(text: str) -> bool:
    """Whether a level says that the value is not known; case and extra spaces do not matter.

    Examples
    --------
    >>> says_not_known("Not  known"), says_not_known("k. A."), says_not_known("none")
    (True, True, False)
    """
    if len(text) > LONGEST:
        return False
    plain = " ".join(text.casefold().split())
    return plain in WORDS or (". " in plain and INITIALS.sub(r"\1.", plain) in WORDS)
