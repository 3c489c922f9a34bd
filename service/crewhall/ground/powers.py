"""Levels as they should be, and how to get there from those that stand without taking what is not ours.

What is written is always complete and built on the content that was seen. Nobody is granted more than the
keeper holds, nobody loses a level but those named as `lowered` (unless drift is to be restored), and the
last person with the key keeps it.
"""

from collections.abc import Mapping
from typing import Final

from crewhall.ground import ids
from crewhall.ground.ids import UserId
from crewhall.ground.rights import DEFAULTS, ENDLESS, bereft, level, may_write, number, part, reach
from crewhall.ground.rooms import Content, RoomSeen, RoomWish
from crewhall.ground.seen import has_endless_creators
from crewhall.ground.steps import Blocked

POWERS: Final = "m.room.power_levels"
MOST: Final = 100
"""The keeper's level up to room version 11; people stay one below, so that it can take back what it gave."""
GUARDED: Final = (POWERS, "m.room.encryption", "m.room.server_acl", "m.room.history_visibility")
TOMBSTONE: Final = "m.room.tombstone"
ANSWERS: Final = (
    "m.reaction",
    "m.room.redaction",
    "org.matrix.msc3381.poll.response",
)
"""What people may always do where only some may write: answer, and take the answer back."""
CALLS: Final = ("org.matrix.msc3401.call.member", "m.call.member", "org.matrix.msc4143.rtc.member")
"""What joining a call writes, under today's names and those to come."""


def wished_powers(wish: RoomWish, version: str, me: UserId, top: int = ENDLESS) -> dict[str, object]:
    """Return the whole content for a room that starts from nothing; nothing in it is above `top`."""
    powers = wish.powers
    endless = has_endless_creators(version)
    top = min(top, ENDLESS - 1 if endless else MOST)
    people = top if endless else MOST - 1
    events = dict.fromkeys(GUARDED, 100) | {TOMBSTONE: min(150, top)}
    if powers.events_default > 0:
        events |= dict.fromkeys(ANSWERS, 0)
    if powers.events_default == 0 and _for_people(wish):
        events |= dict.fromkeys(CALLS, 0)
    events |= {kind: min(needed, top) for kind, needed in powers.events.items()}
    users = {person: min(given, people) for person, given in powers.users.items() if person != me}
    if not endless:
        users[me] = MOST
    return {
        "users": dict(sorted(users.items())),
        "users_default": min(powers.users_default, people),
        "events": dict(sorted(events.items())),
        "events_default": min(powers.events_default, top),
        "state_default": min(powers.state_default, top),
        "invite": min(powers.invite, top),
        "kick": min(powers.kick, top),
        "ban": min(powers.ban, top),
        "redact": min(powers.redact, top),
        "notifications": {"room": min(powers.notify, top)},
    }


def next_powers(wish: RoomWish, seen: RoomSeen, me: UserId) -> tuple[Content | None, tuple[Blocked, ...]]:
    """Return the content to write, None if what stands will do, and what the keeper may not change."""
    change = _Change(wish, seen, me)
    change.settings()
    change.people()
    change.keep_last_keyholder()
    if change.content == change.before:
        return None, change.blocked()
    if not may_write(seen, me, POWERS):
        change.over = [POWERS]
        return None, change.blocked()
    return change.content, change.blocked()


def _for_people(wish: RoomWish) -> bool:
    return not wish.space and not wish.direct and ids.hall_of(wish.key) is not None


class _Change:
    """The levels on their way from what was seen to what is wished."""

    def __init__(self, wish: RoomWish, seen: RoomSeen, me: UserId) -> None:
        self.wish, self.seen, self.me = wish, seen, me
        self.mine = reach(seen, me)
        self.wanted = wished_powers(wish, seen.version, me, max(self.mine, MOST))
        self.restore = wish.powers.drift == "restore"
        self.before: dict[str, object] = {
            key: dict(value) if isinstance(value, Mapping) else value for key, value in seen.powers.items()
        }
        self.content = dict(self.before)
        self.over: list[str] = []
        self.equals: list[UserId] = []
        self.last: list[UserId] = []

    def settings(self) -> None:
        """Bring the numbers that are nobody's own: thresholds, and levels of kinds of event."""
        for name, absent in DEFAULTS.items():
            if number(self.content.get(name), absent) != self.wanted[name] or not self.before:
                self._set(self.content, name, number(self.wanted[name], 0))
        for table in ("events", "notifications"):
            wanted = part(self.wanted, table)
            standing = part(self.content, table)
            for name, needed in wanted.items():
                if self._is_guarded(name, standing, number(needed, 0)):
                    continue
                if name not in standing or number(standing[name], -1) != needed:
                    self._set(standing, name, number(needed, 0))
            if self.restore:
                for name in sorted(standing.keys() - wanted.keys()):
                    self._set(standing, name, None)
            if standing or table in self.content:
                self.content[table] = standing

    def people(self) -> None:
        """Give and take people's levels; the keeper's own only where it would be lost."""
        powers, endless = self.wish.powers, has_endless_creators(self.seen.version)
        wanted, users = part(self.wanted, "users"), part(self.content, "users")
        default = number(self.content.get("users_default"), 0)
        creators = self.seen.creators if endless else frozenset()
        named = {*map(UserId, wanted), *powers.lowered, *(map(UserId, users) if self.restore else ())}
        for person in sorted(named - {self.me} - creators):
            now = number(users.get(person), default)
            target = number(wanted.get(person), default)
            if person in users and now < min(default, 0):
                continue  # muted by people
            if not self.restore:
                if target < now and person not in powers.lowered:
                    continue
                if person not in wanted and target > now:
                    continue
            if target != now:
                self._give(users, person, target if person in wanted else None)
        if self.mine != ENDLESS and self.me not in users and self.mine > default:
            users[self.me] = self.mine  # held through what changes now
        if users or "users" in self.content or not self.before:
            self.content["users"] = users

    def keep_last_keyholder(self) -> None:
        """Give the key back to the highest of those who had it, if nobody would be left with it."""
        had = bereft(self.seen, self.me, self.content)
        if not had:
            return
        person = min(had, key=lambda p: (-level(self.seen, p), p))
        self.last.append(person)
        users, before = part(self.content, "users"), part(self.before, "users")
        if level(self.seen, person) <= self.mine:
            users[person] = level(self.seen, person)
        elif person in before:
            users[person] = before[person]
        else:
            users.pop(person, None)  # stands above the keeper by the room's default
        self.content["users"] = users

    def blocked(self) -> tuple[Blocked, ...]:
        """Return what was left as it is, with what a person can do about it."""
        key, room = self.wish.key, self.wish.name or self.wish.key
        found = []
        if self.over:
            what = f"set the levels of {', '.join(self.over)}"
            found.append(Blocked(key, what, f"Give {self.me} power 100 in {room}."))
        found += [
            Blocked(key, f"lower {p}", f"{p} stands as high as {self.me} in {room} and can step down there.")
            for p in self.equals
        ]
        found += [
            Blocked(key, f"lower {p}, the last keyholder", f"Give the key of {room} to somebody else first.")
            for p in self.last
        ]
        return tuple(found)

    def _is_guarded(self, name: str, standing: Mapping[str, object], needed: int) -> bool:
        """Return whether a dangerous kind is guarded better than wished, by people or above the keeper."""
        now = number(standing.get(name), -1)
        return name in {*GUARDED, TOMBSTONE} and now > needed and (not self.restore or now > self.mine)

    def _set(self, table: dict[str, object], name: str, value: int | None) -> None:
        """Change a number, if neither the old nor the new one is above the keeper."""
        now = number(table[name], 0) if name in table else None
        if max(v for v in (now, value, 0) if v is not None) > self.mine:
            self.over.append(name)
        elif value is None:
            del table[name]
        else:
            table[name] = value

    def _give(self, users: dict[str, object], person: UserId, value: int | None) -> None:
        """Change somebody's level, if they stand below the keeper and will not stand above it."""
        if person in users and number(users[person], 0) >= self.mine:
            self.equals.append(person)
        elif value is not None and value > self.mine:
            self.over.append(person)
        elif value is None:
            users.pop(person, None)
        else:
            users[person] = value
