"""Words and numbers that a charter is made of, and the parent of its parts."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)]
Person = Annotated[str, StringConstraints(pattern=r"^@[^:\s]*:[A-Za-z0-9.\-\[\]:]+$", max_length=255)]
Picture = Annotated[str, StringConstraints(pattern=r"^(mxc://[^/\s]+/[^/\s]+)?$", max_length=255)]
Level = Annotated[int, Field(ge=0, le=150)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        said = f"must be a time zone such as Europe/Berlin or UTC, not {name!r}"
        raise ValueError(said) from error
    return name


Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_zone)]


class Part(BaseModel):
    """Parent of every part of a charter: frozen, nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
