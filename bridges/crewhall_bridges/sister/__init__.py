"""Sisters: independent communities linked across homeservers, each stating in a letterbox of its own."""

from crewhall_bridges.sister.linking import capability

__all__ = ["capability"]
