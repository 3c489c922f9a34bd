## The charter, read

amend-page =
    { $head }
    { $lines }
    A part of it: !charter PART, with one of { $parts }.
amend-page-head = { $community }. { $purpose }
amend-page-bare = The charter of { $community }.
amend-page-invited = Into { $community } one is invited by whoever may invite.
amend-page-knock = Into { $community } one is let in after asking.
amend-page-public = Into { $community } everybody may come who has the address.
amend-page-rung = { $rung }: { $asks }
amend-page-rung-opens = { $rung } opens { $rooms }.
amend-page-rung-plain = { $rung } is a rung of its own.
amend-page-by-hand = To { $rung } one is invited by whoever may invite.
amend-page-hat = { $months ->
    [one] The hat { $hat }, for a month: { $about }
   *[other] The hat { $hat }, for { $months } months: { $about }
}
amend-page-hat-plain = { $months ->
    [one] The hat { $hat }, for a month.
   *[other] The hat { $hat }, for { $months } months.
}
amend-page-renewal = Whoever is on a rung is asked after { $first ->
    [one] a month
   *[other] { $first } months
}, then every { $then ->
    [one] month
   *[other] { $then } months
}, whether they go on. Silence is rest, never a way out.
amend-page-seasons = Seasons begin on { $starts } (month and day).
amend-page-changes = Changes to this charter are proposed by { $who } and decided by { $of }: { $others ->
    [0] nobody else has to say yes
    [one] one other yes is needed
   *[other] the yes of { $others } others is needed
}, { $days ->
    [0] and nobody is waited for.
    [one] and within a working day nobody objects.
   *[other] and within { $days } working days nobody objects.
}
amend-page-founded = It has not changed since { $since }.
amend-page-since = It holds as it is since { $since }.
amend-page-since-by = It holds as it is since { $since }, changed by decision; { $by } proposed it.
amend-part = { $lines }
amend-part-unset =
    { $lines }
    Not set: { $keys }
amend-unknown = { $what } The whole charter: !charter

## A change, proposed

amend-proposed = { $count ->
    [one] One other person is asked about this change, with all that it means. It is open until { $until }.
   *[other] { $count } others are asked about this change, with all that it means. It is open until { $until }.
}
amend-proposed-alone = What this change means is in your private chat. It holds once you have said yes there.
amend-wrong = { $what } Nothing was proposed.
amend-no-difference = The charter of { $community } says so already. Nothing was proposed.
amend-not-yours = Changes to the charter of { $community } are proposed by { $who }. Talk with one of them.
amend-open-already = One change at a time: what { $by } proposed is open until { $until }. Wait for it, or ask for it to be taken back.
amend-nobody-decides = Nobody could decide this: the charter names { $who }, and nobody is there.
amend-nothing-open = No change to the charter of { $community } is open.
amend-not-your-proposal = { $by } proposed this change and can take it back. You can object: !charter object because …
amend-withdrawn = The change is taken back. The charter of { $community } stays as it is.

## A change, asked about

amend-card =
    { $by } proposes to change the charter of { $community }:
    { $lines }
    { $how }
amend-card-passed =
    Decided, as { $by } proposed. The charter has changed:
    { $lines }
amend-card-withdrawn =
    Taken back. The charter stays as it is without what { $by } had proposed:
    { $lines }
amend-card-failed =
    Not decided. The charter stays as it is without what { $by } had proposed:
    { $lines }
amend-card-overtaken = The charter changed meanwhile, so what { $by } had proposed was not decided.
amend-line = { $path }: { $old } → { $new }
amend-line-new = { $path }: { $new } (new)
amend-line-gone = { $path }: { $old } (left out)
amend-line-more = { $count ->
    [one] and one more difference
   *[other] and { $count } more differences
}
amend-plan-invited = { $count ->
    [one] One person would be invited.
   *[other] { $count } people would be invited.
}
amend-plan-losing = { $count ->
    [one] One person would lose a room.
   *[other] { $count } people would lose a room.
}
amend-plan-gaining = { $count ->
    [one] A room would open to one person.
   *[other] Rooms would open to { $count } people.
}
amend-plan-levels = { $count ->
    [one] One person’s level would change.
   *[other] { $count } people’s levels would change.
}
amend-plan-made = Rooms made: { $rooms }
amend-plan-closed = Rooms closed or left: { $rooms }
amend-plan-doors = Who may come in would change in: { $rooms }
amend-plan-rights = Who may do what would change in: { $rooms }
amend-plan-nobody = Nobody would be invited, lose a room or have another level.
amend-plan-nothing = Nothing would change in rooms or for people now.
amend-plan-more = { $count ->
    [one] one more
   *[other] { $count } more
}
amend-how-alone = Nobody else has to be asked. A ✅ makes it hold; without it this closes on { $until }.
amend-how-yes = { $needed ->
    [one] A ✅ says yes, and one is needed. So far: { $sofar }.
   *[other] A ✅ says yes, and { $needed } are needed. So far: { $sofar }.
}
amend-how-waits = A ✋ holds it up. With all in favour it holds at once, otherwise on { $until }.
amend-how-until = A ✋ holds it up. It is open until { $until }.
amend-how-held = Somebody objects. Unless that is taken back, it closes undecided on { $until }.
amend-how-asked = { $count ->
    [one] Asked is { $people }.
   *[other] Asked are { $count }: { $people }.
}
amend-why = Your objection holds the change up. { $by } would like to know why: !charter object because … I pass it on and keep none of it. To take it back, remove your reaction.
amend-objected = Your objection holds the change up. { $by } is told your reason; I keep none of it. To take it back, delete your message or your reaction.
amend-objection = { $by } objects to your change of the charter: “{ $reason }”. It is held up until this is taken back. Talk with each other, or take it back: !charter withdraw
amend-object-oneself = This is your own change: !charter withdraw takes it back.
amend-others-decide = You proposed this change; now others decide. !charter withdraw takes it back.
amend-not-asked = This change was put on { $since } to others.
amend-closed = The question about this change has closed already.
amend-no-longer = You no longer belong to those who decide this.
me-change = { $by } proposes to change the charter of { $community }, and you are asked; it is open until { $until }.

## A change, ended

amend-notice =
    The charter of { $community } has changed, by decision of { $people }:
    { $lines }
amend-passed = Your change is decided: the charter of { $community } has changed.
amend-failed = Your change was not decided: too few said yes in time. The charter of { $community } stays as it is.
amend-held = Your change was not decided: an objection stood until the end. The charter of { $community } stays as it is.
amend-overtaken = The charter of { $community } changed meanwhile, so your change was not decided. Look at !charter, and propose it again if it still fits.
why-dropped = The charter of { $community } has no { $room } any more, since { $since }.
