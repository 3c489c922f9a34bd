"""What a value of the settings must look like: addresses, places to listen, names, spans of time.

Each raises `ValueError` with the rest of a sentence that begins with the setting's name.
"""

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from crewhall.ground import ids

_HIGHEST_PORT = 65535
_LONGEST_SERVER = 110
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|d|w)(?:ec(?:ond)?s?|utes?|ours?|r|rs|ays?|eeks?)?\s*\Z")
_SERVER = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?\Z")
_LOCAL = re.compile(r"[a-z0-9._-]+\Z")
_UNWRITTEN = re.compile(
    r"(?i)your[-_.](?:home|matrix)?[-_.]?(?:server|domain)|my\.domain|change[-_]?me|placeholder"
)


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        fits = fits and not (parts.query or parts.fragment or parts.username or re.search(r"\s", text))
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"must be an address such as http://127.0.0.1:8008, not {text!r}.")
    return text.rstrip("/")


def _listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    plain = host and "/" not in host and (":" not in host or (host[0] == "[" and host[-1] == "]"))
    if not plain or not (port.isascii() and port.isdigit()) or int(port) > _HIGHEST_PORT:
        raise ValueError(f"must be a host and a port, such as 127.0.0.1:29331, not {text!r}.")
    return text


def _server(text: str) -> str:
    if _UNWRITTEN.search(text):
        raise ValueError(f"is still a placeholder, {text!r}: write your homeserver's own name.")
    if not _SERVER.match(text) or len(text) > _LONGEST_SERVER:
        what = "what follows the colon in its users' names, such as example.org, without https://"
        raise ValueError(f"must be {what}, not {text!r}.")
    return text


def _local(text: str) -> str:
    if not _LOCAL.match(text):
        what = "small letters, digits and . _ - only, without @ and server name"
        raise ValueError(f"must be {what}, such as keeper, not {text!r}.")
    return text


def _person(text: str) -> str:
    try:
        return ids.user(text)
    except ids.BadName:
        raise ValueError(
            f'must be a whole Matrix name in quotes, such as "@you:example.org", not {text!r}.'
        ) from None


def _span(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    found = _SPAN.match(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"must be a number with its unit (s, min, h, d or w), such as 1 h, not {value!r}.")
    try:
        span = timedelta(**{_UNITS[found[2]]: float(found[1])})
    except OverflowError:
        span = timedelta.max
    if not timedelta(seconds=1) <= span <= timedelta(days=366):
        raise ValueError(f"must lie between 1 s and 366 d, not be {value!r}.")
    return span


Address = Annotated[str, AfterValidator(_address)]
Listen = Annotated[str, AfterValidator(_listen)]
ListenOrNot = Annotated[str, AfterValidator(lambda text: _listen(text) if text else text)]
Server = Annotated[str, AfterValidator(_server)]
LocalPart = Annotated[str, AfterValidator(_local), Field(min_length=1, max_length=60)]
PersonId = Annotated[str, AfterValidator(_person)]
Span = Annotated[timedelta, BeforeValidator(_span)]
