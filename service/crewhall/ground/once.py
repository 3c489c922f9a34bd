"""Decides the transaction id under which an act is done once, however often it is asked for. Pure."""

import base64
import hashlib
import json

from crewhall.ground.ids import UserId

_BYTES = 24


def txn_of(cause: str, speaker: UserId, part: int | str = 0) -> str:
    """Return the transaction id of one part of what a cause makes a user of ours say: 32 URL-safe characters.

    The speaker is in it: Synapse remembers transactions by path and application service, not by user, and
    would swallow a second user's message under the same id (seen in 1.163).
    """
    told = json.dumps([cause, speaker, part]).encode()
    return base64.urlsafe_b64encode(hashlib.sha256(told).digest()[:_BYTES]).decode()
