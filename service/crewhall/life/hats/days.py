"""Reads a day as people write it (``June``, ``1 June``, ``2026-06-01``), and says one. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from crewhall.charter.model import Charter
from crewhall.ground.seasons import local

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SHORTEST: Final = 3
_YEAR: Final = 4
_LEAP: Final = 8
"""Years after which there has been a 29 February."""


def said(day: date) -> str:
    """Return a day in words, such as ``3 May 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def day_of(charter: Charter, at: datetime) -> date:
    """Return which day it is in the community."""
    return local(charter, at).date()


def meant(words: Sequence[str], today: date) -> date | None:
    """Return the day that is meant, None if none is.

    A month alone is its first day, or today while it lasts; without a year it is the next one to come.
    """
    said_ = [word.strip(".,;:").casefold() for word in words]
    match said_:
        case ["today"]:
            return today
        case [one] if one.count("-") == 2:  # noqa: PLR2004 - year, month and day
            return _iso(one)
        case _:
            pass
    days = [int(word) for word in map(_bare, said_) if _is_number(word) and len(word) < _YEAR]
    years = [int(word) for word in said_ if _is_number(word) and len(word) == _YEAR]
    months = [month for word in said_ if (month := _month(word))]
    if len(months) != 1 or len(days) > 1 or len(years) > 1 or len(said_) != 1 + len(days) + len(years):
        return None
    for year in years or range(today.year, today.year + _LEAP + 1):
        found = _date(year, months[0], days[0] if days else 1)
        if found is None:
            continue
        if not days and (year, months[0]) == (today.year, today.month):
            return today
        if years or found >= today:
            return found
    return None


def _iso(text: str) -> date | None:
    year, month, day = text.split("-")
    if not all(map(_is_number, (year, month, day))) or len(year) != _YEAR:
        return None
    return _date(int(year), int(month), int(day))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _bare(word: str) -> str:
    """Return a number without its ending, as in ``1st``."""
    return word[:-2] if word[-2:] in {"st", "nd", "rd", "th"} and word[:1].isdigit() else word


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= _YEAR


def _month(word: str) -> int:
    """Return the number of a month that is named, if only by its first letters; 0 if none is."""
    if len(word) < _SHORTEST:
        return 0
    found = (n for n, name in enumerate(_MONTHS, 1) if name.casefold().startswith(word))
    return next(found, 0)
