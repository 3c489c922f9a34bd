"""Reads a charter: text in, value out, or all its faults at once with file and line of each. Pure."""

import json

from pydantic import ValidationError

from crewhall.charter.amiss import amiss
from crewhall.charter.faults import CharterFaults, Fault
from crewhall.charter.model import Charter
from crewhall.charter.paper import Paper, read_paper
from crewhall.charter.sense import nonsense

__all__ = ["CharterFaults", "Fault", "read_charter"]


def read_charter(text: str | bytes, name: str) -> Charter:
    """Return the charter that a YAML text is; `name` is the file's, for the faults.

    Raises `CharterFaults`. What contradicts itself is told once every key by itself is right.
    """
    paper = read_paper(text, name)
    if paper.broken:
        raise CharterFaults(paper.faults)
    faults = list(paper.faults)
    charter: Charter | None = None
    try:
        charter = _charter(paper)
    except ValidationError as error:
        told = {(fault.path, fault.line) for fault in paper.faults}
        found = (paper.fault(path, message) for path, message in amiss(error, Charter))
        faults += (fault for fault in found if (fault.path, fault.line) not in told)
    if charter is not None:
        faults += (paper.fault(path, message) for path, message in nonsense(charter))
    if faults or charter is None:
        raise CharterFaults(faults)
    return charter


def _charter(paper: Paper) -> Charter:
    """Validate strictly, so that ``"yes"`` is not true; as JSON, so that lists may be tuples."""
    return Charter.model_validate_json(json.dumps(paper.value), strict=True)
