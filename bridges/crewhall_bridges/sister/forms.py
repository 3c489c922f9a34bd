"""Guards the form of single values that are stated: numbers, days, names, texts. For the models in `wire`."""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from crewhall.door import UserId, ids
from crewhall_bridges.sister.bounds import HIGHEST

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _month(text: str) -> str:
    date.fromisoformat(f"{text}-01")
    return text


def _person(text: str) -> UserId:
    return ids.user(text)


def seen(text: str) -> str:
    """Return a text in which everything can be seen. Raises `ValueError`."""
    if _CONTROL.search(text):
        said = "holds a character that cannot be seen"
        raise ValueError(said)
    return text


Number = Annotated[int, Field(strict=True, ge=1, le=HIGHEST)]
Edition = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Person = Annotated[UserId, Field(strict=True, max_length=255), AfterValidator(_person)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$"), AfterValidator(_month)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
_Short = StringConstraints(min_length=1, max_length=80, pattern=r"^[^\n\t]+$")
Called = Annotated[str, _Short, AfterValidator(seen)]
Page = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(seen)]
Body = Annotated[str, StringConstraints(max_length=40_000), AfterValidator(seen)]
Flows = Annotated[tuple[Key, ...], Field(max_length=20)]
Proof = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
