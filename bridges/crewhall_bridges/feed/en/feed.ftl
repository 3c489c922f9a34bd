## Feeds

feed-item =
    { $feed }: { $title }
    { $link }
feed-item-unlinked = { $feed }: { $title }
feed-item-untitled =
    { $feed }:
    { $link }
feed-item-bare = { $feed } has something new.

feeds-none = { $community } follows no podcasts or blogs. Its charter can name some under `feeds`.
feeds-list =
    Followed in { $community }:
    { $lines }
feed-line = { $feed }, told in { $room }. { $state }
feed-new = Not looked at yet.
feed-well = In order, looked at on { $at }.
feed-missing = Looked at on { $at }; the room is not there yet, so nothing is told.
feed-sealed = The room is encrypted, so nothing is told. Name another room in the charter.
feed-status = On { $at } { $server } answered with the error { $status }. It is tried again.
feed-slow = On { $at } { $server } was too slow. It is tried again.
feed-circling = On { $at } { $server } sent us from address to address. Correct the address in the charter.
feed-private = { $server } is in the service's own network and was not read on { $at }. Name a public address in the charter.
feed-large = What was there on { $at } is too large to be read. Name another address in the charter.
feed-unclear = What was there on { $at } is no feed. Correct the address in the charter.
feed-away = On { $at } { $server } could not be reached. It is tried again.
