## Where a person stands

me-inside = You have been in { $community } since { $since }, by joining its space.
me-left = You left { $community } on { $since }.
me-outside = You are not in { $community }.
me-keyholder = You have held a key of { $community } since { $since }.
me-rung = You have been in { $rung } since { $since }, by accepting its invitation.
me-opens = Open to you: { $rooms }.
me-next = What may come next is { $rung }, by invitation.
me-next-asks = { $rung } asks: { $asks }
not-inside = This is for people in { $community }. Join its space first.

## Why a door is open or closed

why-inside = You have been in { $community } since { $since }.
why-door-invite = People come into { $community } by invitation.
why-door-knock = People come into { $community } by invitation, or after asking to join.
why-door-public = Anybody may join { $community }.
why-place-open = { $room } is open to everybody in { $community }, where you have been since { $since }.
why-place-closed = { $room } is open to everybody in { $community }, and you are not in its space.
why-write = { $room } is written by { $who }; everybody may react and vote.
why-rung-stands = You accepted the invitation to { $rung } on { $since }.
why-rung-left = You have been out of { $rung } since { $since }.
why-rung-closed = { $rung } is entered by invitation, and you have not accepted one.
why-rung-room-open = { $room } is open to you because you have been in { $rung } since { $since }.
why-rung-room-closed = { $room } opens with { $rung }, and you are not in it.

## What somebody may do, and through what

may = Through { $by } you may { $what } in { $rooms }.
may-by-hand = Through { $by } you may invite people to { $rooms } by hand. What is too early for the rule is taken back.
may-through-hat = your hat { $hat }
may-through-leaf = your crew's { $leaf }
may-post = write
may-pin = pin (and rename)
may-rooms = list rooms
may-invite = invite people
may-moderate = moderate
group-leaf = crews that opened { $leaf }
both = { $one } and { $other }
and-more = { $one }, { $others }
