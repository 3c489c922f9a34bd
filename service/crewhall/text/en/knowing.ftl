# What somebody is told about what is kept of them, and how they are forgotten.

## What is kept

know-address = This is everything I keep about you. Your address is { $address }; I keep no name or picture.
know-records = { $count ->
    [one] One record names you
   *[other] { $count } records name you
}, of these kinds: { $kinds }. Each says what was decided and when, never why.
know-no-records = No record names you.
know-waiting = { $count ->
    [one] One message to you waits
   *[other] { $count } messages to you wait
} to be sent.
know-terms = What binds stays as long as it binds: who stands where, and with whose consent. A private answer goes { $private ->
    [one] one day
   *[other] { $private } days
} after a newer one replaced it, and so does who said what about somebody’s safety once that is closed. Other questions that came to nothing go after { $closed ->
    [one] one day
   *[other] { $closed } days
}.
know-not = I do not keep what you say or write, who reads what, or when you were last here. What you say to me is erased once I have answered.
know-forget = Say !forget me to leave everything and be forgotten.

## Being forgotten

forget-leaves = If you say yes, you leave every community, rung, crew and hat I know of, and I take you out of their rooms. Your open questions and answers end with that.
forget-erased = Then I erase your address from my records and close this chat. You can come back, as somebody new.
forget-stays = What others agreed with you stays as long as it binds them, without your name.
forget-elsewhere = I cannot recall what homeservers and other people's apps hold: messages, and who was in which room. Nor can I change old backups, or what operators wrote into their own files; ask them.
forget-yes = React with ✅ within a day if you want that. I will not ask again.
forget-begun = It has begun. You leave the rooms now, then this chat closes and you are forgotten. Goodbye.
forget-too-late = That question is older than a day. Say !forget me again.
forget-last-key = You hold the last key of { $communities }. Offer the keys to somebody there first (!hat offer), or ask your operator to end the community.
forget-paused = The doors of { $community } are closed for you for some days, by a decision. When that is over, on { $until }, say !forget me again. Until then I have to know whom it is about.
forget-shut-out = You were put out of { $communities } by a decision. Who that was about I forget, too; but the space stays closed to your address: the homeserver keeps that, not I.
forget-stuck = I may not take you out of { $rooms }. Leave there yourself; then I go on.
