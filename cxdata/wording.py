"""Texts of the exports, such as the wording of a question, in the reader's language where the company gives it."""

from __future__ import annotations

from collections.abc import Mapping

from cxdata.language import current_language
from cxdata.vocabulary import Labels


def wording_of(code: str, wording: str | None, labels: Labels | None = None) -> str:
    """A text of the exports in the language in force.

    Parameters
    ----------
    code : str
        Code of the question (as asked, without its scale) or of the action.
    wording : str or None
        As exported.
    labels : mapping, optional
        The company's own words by code, and below a language's code those that hold in it only; a
        translation of the text stands there under the text's code.

    Returns
    -------
    str
        The company's words for the code, else the text as exported, else the code.
    """
    of_language = (labels or {}).get(current_language())
    for words in (of_language, labels):
        word = words.get(code) if isinstance(words, Mapping) else None
        if isinstance(word, str):
            return word
    return wording if isinstance(wording, str) and wording else code
