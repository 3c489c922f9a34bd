"""The one table where a token has a name: gives out tokens, resolves them, forgets."""

import secrets

from sqlite_utils import Database

_PREFIX = "person:"


class People:
    """Who the tokens are, for the length of one transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._names: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def token(self, person: str) -> str:
        """Return the person's token; a new one if they have none."""
        known = self._tokens.get(person) or token_of(self._db, person)
        if known is None:
            known = _PREFIX + secrets.token_hex(16)
            self._db.execute("INSERT INTO people (token, mxid) VALUES (?, ?)", (known, person))
        self._tokens[person] = known
        return known

    def name(self, token: str) -> str:
        """Return who has the token; for somebody forgotten a user id that nobody can have."""
        if token not in self._names:
            found = self._db.execute("SELECT mxid FROM people WHERE token = ?", (token,)).fetchone()
            self._names[token] = found[0] if found else forgotten(token)
        return self._names[token]


def token_of(db: Database, person: str) -> str | None:
    """Return the person's token, None if they have none."""
    found = db.execute("SELECT token FROM people WHERE mxid = ?", (person,)).fetchone()
    return str(found[0]) if found else None


def forgotten(token: str) -> str:
    """Return the user id that stands for somebody forgotten: no server can be called ``invalid``."""
    return f"@forgotten-{token.removeprefix(_PREFIX)[:8]}:invalid"
