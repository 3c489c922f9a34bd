"""Who is registered, which names belong to an application service, and where aliases lead."""

import re
from dataclasses import dataclass

from crewhall.ground.ids import RoomId, UserId, local, server
from crewhall.ground.rooms import Content
from crewhall.testing.events import FORBIDDEN, UNKNOWN, Refused

MOST_ALIAS = 255


@dataclass(frozen=True, slots=True)
class Service:
    """An application service's registration; both namespaces are exclusive patterns.

    `url` is where transactions are pushed to, None for nowhere.
    """

    id: str
    sender: UserId
    users: str
    aliases: str
    as_token: str = "as-token"  # noqa: S105 - of a homeserver that lives as long as its test
    hs_token: str = "hs-token"  # noqa: S105
    url: str | None = None

    def owns_user(self, person: str) -> bool:
        """Return whether a user id belongs to the service."""
        return person == self.sender or re.match(self.users, person) is not None

    def owns_alias(self, alias: str) -> bool:
        """Return whether an alias belongs to the service."""
        return re.match(self.aliases, alias) is not None


def our_service(name: str, url: str | None = None) -> Service:
    """Return a registration like the one that the service generates, for a server of this name."""
    tail = re.escape(name) + "$"
    return Service(
        id="crewhall",
        sender=UserId(f"@_crewhall:{name}"),
        users=rf"@(?:keeper|scribe|_crewhall_.*):{tail}",
        aliases=rf"#_crewhall_.*:{tail}",
        url=url,
    )


class Directory:
    """The names of one homeserver.

    `profiles` are by person and field; `aliases` lead to (room, who made it).
    """

    def __init__(self, name: str) -> None:
        self.server = name
        self.services: dict[str, Service] = {}
        self.registered: set[UserId] = set()
        self.profiles: dict[UserId, dict[str, str]] = {}
        self.aliases: dict[str, tuple[RoomId, UserId]] = {}
        self.add_service(our_service(name))

    def add_service(self, service: Service) -> None:
        """Take a registration in (in the place of one with the same id); its sender exists at once."""
        self.services[service.id] = service
        self.registered.add(service.sender)

    def service_of(self, person: UserId) -> Service | None:
        """Return the service that a user belongs to."""
        return next((s for s in self.services.values() if s.owns_user(person)), None)

    def register(self, name: str, service: str | None = None) -> UserId:
        """Make a local user; only a service may make those of its namespace."""
        person = UserId(f"@{name}:{self.server}")
        owner = self.service_of(person)
        if (owner.id if owner else None) != service:
            raise Refused(400, "M_EXCLUSIVE", "This user ID is reserved, or not yours to register.")
        if person in self.registered:
            raise Refused(400, "M_USER_IN_USE", "User ID already taken.")
        self.registered.add(person)
        return person

    def speak_as(self, service: Service, person: UserId | None) -> UserId:
        """Return the user as whom a service speaks; refused outside of its namespace or if not registered."""
        if person is None:
            return service.sender
        if not service.owns_user(person):
            raise Refused(403, FORBIDDEN, "Application service cannot masquerade as this user")
        if person not in self.registered:
            raise Refused(403, FORBIDDEN, "Application service has not registered this user")
        return person

    def resolve(self, alias: str) -> RoomId:
        """Return the room behind an alias."""
        if alias not in self.aliases:
            raise Refused(404, "M_NOT_FOUND", f"Room alias {alias} not found")
        return self.aliases[alias][0]

    def check_free(self, alias: str) -> None:
        """Refuse an alias that is in use (``createRoom`` asks before anything is made)."""
        if alias in self.aliases:
            raise Refused(400, "M_ROOM_IN_USE", "Room alias already taken")

    def link(self, alias: str, room: RoomId, person: UserId, service: str | None) -> None:
        """Let an alias lead to a room; refused outside of the asker's namespace."""
        if len(alias) > MOST_ALIAS:
            raise Refused(400, "M_INVALID_PARAM", "Can't create aliases longer than 255 characters")
        self._check_owner(alias, service)
        if alias in self.aliases:
            raise Refused(409, UNKNOWN, f"Room alias {alias} already exists")
        self.aliases[alias] = (room, person)

    def unlink(self, alias: str, person: UserId, service: str | None) -> None:
        """Take an alias away: its own service's, or one that this person made."""
        self.resolve(alias)
        self._check_owner(alias, service)
        if service is None and self.aliases[alias][1] != person:
            raise Refused(403, FORBIDDEN, "You don't have permission to delete the alias.")
        del self.aliases[alias]

    def check_canonical(self, room: RoomId, content: Content, standing: Content) -> None:
        """Refuse a canonical alias that does not lead to its room."""
        alias, old = content.get("alias"), standing.get("alias")
        more, before = content.get("alt_aliases", []), standing.get("alt_aliases", [])
        if not isinstance(more, list) or not isinstance(before, list):
            raise Refused(400, "M_INVALID_PARAM", "The alt_aliases property must be a list.")
        told = [alias] if alias and alias != old else []
        for name in (*told, *(entry for entry in more if entry not in before)):
            if self.aliases.get(str(name), (None, None))[0] != room:
                raise Refused(400, "M_BAD_ALIAS", f"Room alias {name} does not point to the room")

    def _check_owner(self, alias: str, service: str | None) -> None:
        if server(alias) != self.server or not local(alias):
            raise Refused(400, "M_INVALID_PARAM", "Room alias must be local")
        if service is not None:
            if not self.services[service].owns_alias(alias):
                raise Refused(400, "M_EXCLUSIVE", "This application service has not reserved this alias.")
        elif any(s.owns_alias(alias) for s in self.services.values()):
            raise Refused(400, "M_EXCLUSIVE", "This alias is reserved by an application service.")
