## How people are in: one question now and then

season-ask =
    A season of { $community } began on { $day }. How are you in?
    🌿 in, 🍃 lightly, 💤 resting, 👋 leaving. One reaction is enough, and nobody else sees it.
season-renew =
    It is time to ask you once again: are you still in for { $community }?
    🌿 in, 🍃 lightly, 💤 resting, 👋 leaving. One reaction is enough, and nobody else sees it.
season-renew-again =
    Are you still in for { $community }? There is no hurry.
    🌿 in, 🍃 lightly, 💤 resting, 👋 leaving. One reaction is enough, and nobody else sees it.
season-renew-last =
    Are you still in for { $community }? I ask this once more, and then no longer: without an answer in about { $days } days you rest. That takes nothing from you, and one word ends it.
    🌿 in, 🍃 lightly, 💤 resting, 👋 leaving. One reaction is enough, and nobody else sees it.
season-rested = You rest in { $community } from now on, since I heard nothing. Your rooms and all you may do are as before, and nothing is asked of you. The door is open: !season in

season-told-in = You are in for { $community }. To change it, choose another reaction (🌿 in, 🍃 lightly, 💤 resting, 👋 leaving) or say !season and the word. To take it back, delete your message or your reaction.
season-told-lightly = You are in for { $community }, lightly: what you give is enough. To change it, choose another reaction (🌿 in, 🍃 lightly, 💤 resting, 👋 leaving) or say !season and the word. To take it back, delete your message or your reaction.
season-told-resting = You rest in { $community }. Your rooms and all you may do are as before, and nothing is asked of you until you come back: a 🌿, or !season in
season-told-leaving = To leave { $community }, leave its space in Element: it is heard at once and nobody asks why, what its rungs opened closes to you, and your crews stay yours. To stay, and only step down from your rung: !step down. Until you do either you rest, and nothing is asked of you. If that was a slip: a 🌿, or !season in
season-unsaid = What you last said about being in for { $community } is taken back. To look at what holds now: !season

season-now = { $community } is in the season that began on { $since }; the next begins on { $next }.
season-gap = These are the quiet days of { $community }: nothing is asked until the next season begins on { $next }.
season-none = { $community } has no seasons.
season-how = To change it at any time: !season in, !season lightly or !season resting
season-lines = { $lines }
season-guest = This is for people of { $community } itself; guests are asked nothing.

season-in = in
season-lightly = in lightly
season-resting = resting
season-leaving = leaving

me-season = On { $since } you said that you are { $answer }.
me-resting = You rest in { $community } since { $since }: nothing is asked of you. To come back: !season in
me-renewal = From { $day } on you will be asked once whether you are still in for { $community }.
me-renewal-open = You have been asked whether you are still in for { $community }, and one reaction or !season in answers it.
