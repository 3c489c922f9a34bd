"""Writes the schemas and limits of what sisters state into PROTOCOL.md, from the models that read them.

``python -m crewhall_bridges.sister.protocol --write`` brings the page up to date; without ``--write`` its
exit status tells whether it is.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from crewhall_bridges.sister.bounds import DEEPEST, MOST_VALUES
from crewhall_bridges.sister.wire import KINDS, MODELS, MOST_BYTES, event_type

PAGE: Final = Path(__file__).with_name("PROTOCOL.md")
BEGIN: Final = "<!-- generated: python -m crewhall_bridges.sister.protocol --write -->"
END: Final = "<!-- end of the generated part -->"


def generated() -> str:
    """Return the generated part of the page."""
    lines = [BEGIN, "", "| event type | most bytes of its content |", "| --- | --- |"]
    lines += [f"| `{event_type(kind)}` | {MOST_BYTES[kind]} |" for kind in KINDS]
    lines += ["", f"At most {DEEPEST} levels of lists and objects, and {MOST_VALUES} values, keys included."]
    for kind in KINDS:
        schema = json.dumps(MODELS[kind].model_json_schema(), indent=1, ensure_ascii=False)
        lines += ["", f"### `{event_type(kind)}`", "", "```json", schema, "```"]
    return "\n".join((*lines, "", END))


def page(old: str) -> str:
    """Return a page with its generated part renewed."""
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + generated() + after


def main(said: Sequence[str]) -> int:
    """Write the page, or tell whether it is up to date."""
    old = PAGE.read_text(encoding="utf-8")
    new = page(old)
    if "--write" in said:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    return int(old != new)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
