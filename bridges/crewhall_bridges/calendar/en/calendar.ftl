## Gatherings of the community's own

gathering-added = { $gathering } is announced for { $when }.
gathering-moved = { $gathering } is now on { $when }.
gathering-cancelled = { $gathering } is called off, in the calendar too.
gathering-not-yours = Gatherings are announced and changed by { $who }. Ask one of them.
gathering-people = Whoever has the calendar's address can read this, so name no people in it.
gathering-nameless = Give the gathering a name that can be read.
gathering-long = A gathering's name has at most { $most } characters. Choose a shorter one.
gathering-far-place = A place has at most { $most } characters. Say it shorter.
gathering-past = That time is over. Say a day and time to come.
gathering-far = That is more than three years ahead. Announce it later.
gathering-twice = { $gathering } is announced already. Move it, call it off, or choose another name.
gathering-many = { $most } gatherings are announced, which is the most there can be. Call one off first.
gathering-same = { $gathering } is at that time already.
gathering-unknown = No gathering ahead is called { $gathering }. !gatherings lists them.
gatherings-none = No gathering is announced in { $community }.
gatherings-list =
    Gatherings in { $community }:
    { $lines }
gathering-line = { $gathering }: { $when }
gathering-line-at = { $gathering }: { $when }, at { $place }

## Their calendar

calendar-at =
    Gatherings of { $community }, for your own calendar (subscribe to this address):
    { $address }
    Whoever has the address can read it. It names no people.
calendar-off = The gatherings of { $community } are not published as a calendar. !gatherings lists them.
calendar-renewed = The calendar's address works no longer. In a minute !calendar tells the new one.

## Calendars that are followed

calendar-event =
    { $calendar }: { $event }
    { $when }
calendar-series =
    { $head }
    and again on { $days }
calendar-place =
    { $head }
    at { $place }
calendar-unnamed = something without a name
calendar-cancelled = { $calendar }: { $event } does not take place.
calendar-gone = { $calendar }: what stood here for { $when } stands there no longer.

calendars-none = { $community } follows no calendars. Its charter can name some under `calendars`.
calendars-list =
    Followed in { $community }:
    { $lines }
calendar-line = { $calendar }, told in { $room }. { $state }
calendar-new = Not looked at yet.
calendar-well = In order, looked at on { $at }.
calendar-missing = Looked at on { $at }; the room is not there yet, so nothing is told.
calendar-sealed = The room is encrypted, so nothing is told. Name another room in the charter.
calendar-status = On { $at } { $server } answered with the error { $status }. It is tried again.
calendar-slow = On { $at } { $server } was too slow. It is tried again.
calendar-circling = On { $at } { $server } sent us from address to address. Correct the address in the charter.
calendar-private = { $server } is in the service's own network and was not read on { $at }. Name a public address in the charter.
calendar-large = What was there on { $at } is too large to be read. Name another address in the charter.
calendar-unclear = What was there on { $at } is no calendar. Correct the address in the charter.
calendar-away = On { $at } { $server } could not be reached. It is tried again.
