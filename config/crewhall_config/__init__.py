"""What ships as data: charters to found a community from."""

from importlib.resources import files


def charters() -> dict[str, bytes]:
    """Return the shipped charters by name, as their files' bytes."""
    folder = files("crewhall_config") / "charters"
    return {
        entry.name.removesuffix(".yaml"): entry.read_bytes()
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    }
