"""Reads what the environment sets: which variables are settings, what they say, which are mistyped."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

from crewhall.charter.amiss import inner_model, unknown
from crewhall.charter.faults import Fault, Path

PREFIX = "CREWHALL_"
DEEPER = "__"
FROM_FILE = "_FILE"
_OTHERS = re.compile(r"CREWHALL_(SERVICE_(HOST|PORT.*)|PORT(_\d+_(TCP|UDP).*)?)\Z")
"""What Kubernetes tells every container about a service named crewhall."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the environment says: the tree of values, where each came from, and what is wrong."""

    value: Mapping[str, object]
    names: Mapping[Path, str]
    faults: tuple[Fault, ...] = ()

    def source(self, path: Path) -> str:
        """Return the variable that set a value or what it is in, "" if none did."""
        return next((self.names[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.names), "")


def variables(settings: type[BaseSettings]) -> dict[str, Path]:
    """Return the name of each variable that can be set, and what it sets."""
    found: dict[str, Path] = {}
    for name, field in settings.model_fields.items():
        found[PREFIX + name.upper()] = (name,)
        inner = inner_model(field.annotation)
        for key in inner.model_fields if inner is not None else ():
            found[f"{PREFIX}{name}{DEEPER}{key}".upper()] = (name, key)
    return found


def told_by(settings: type[BaseSettings], environ: Mapping[str, str]) -> Told:
    """Return what variables say about these settings; empty ones say nothing."""
    known = variables(settings)
    says: dict[str, str] = {}
    names: dict[Path, str] = {}
    faults: list[Fault] = []
    for variable, value in sorted(environ.items()):
        if not variable.startswith(PREFIX) or _OTHERS.match(variable) or not value:
            continue
        name = variable if variable in known else variable.removesuffix(FROM_FILE)
        if name not in known:
            faults.append(Fault(variable, 0, 0, "", unknown(name, known, "variable")))
        elif name in says:
            said = f"`{name}` is set as well: keep one of the two."
            faults.append(Fault(variable, 0, 0, "", said))
        else:
            names[known[name]] = variable
            try:
                says[name] = value if name == variable else File(value).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                said = f"The file {value} cannot be read: {getattr(error, 'strerror', 'it is not UTF-8')}."
                faults.append(Fault(variable, 0, 0, "", said))
    return Told(_Source(settings, says)(), names, tuple(faults))


class _Source(EnvSettingsSource):
    """The library's reading of an environment, of a given one instead of the process's own."""

    def __init__(self, settings: type[BaseSettings], says: Mapping[str, str]) -> None:
        self._says = {name.lower(): value for name, value in says.items()}
        super().__init__(settings, env_prefix=PREFIX, env_nested_delimiter=DEEPER, case_sensitive=False)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._says

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ANN401, ARG002
        """Return a list or a part as JSON has it; anything else is a list with commas."""
        try:
            decoded: object = json.loads(value)
        except ValueError:
            return [one for one in re.split(r"[,\s]+", value) if one]
        return decoded if isinstance(decoded, (list, dict)) else [value]
