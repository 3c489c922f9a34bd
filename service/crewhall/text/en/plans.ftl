## Plans that wait for a yes

plans-card =
    Something in { $community } waits for your yes:
    { $lines }
plans-card-allowed =
    { $by } said yes to this in { $community }, and it is being done:
    { $lines }
plans-card-put-off =
    { $by } said “not now” to this in { $community }. A ✅ still has it done:
    { $lines }
plans-card-done =
    Done in { $community }, with the yes of { $by }:
    { $lines }
plans-card-part =
    Done in { $community }, with the yes of { $by }:
    { $lines }
    And this could not be done:
    { $left }
plans-card-gone = What was shown here about { $community } is no longer so. There is nothing to answer.
plans-counts = { $invited } invited, { $down ->
    [one] 1 steps down
   *[other] { $down } step down
}, { $removed } removed; { $levels ->
    [one] 1 level changes
   *[other] { $levels } levels change
}; { $made ->
    [one] 1 room made
   *[other] { $made } rooms made
}.
plans-invited = Invited: { $people }.
plans-lowered = Can do less than now: { $people }.
plans-removed = Removed from rooms: { $people }.
plans-raised = Can do more than now: { $people }.
plans-where = Where: { $rooms }.
plans-made = Made: { $rooms }.
plans-closed = Closed for good: { $rooms }.
plans-settings = Doors, levels or lists change in { $rooms }.
plans-more = { $count } more
plans-because-removals = I ask because { $count } people would be removed without a decision of theirs; up to { $of } I do by myself.
plans-because-steps = I ask because it takes { $count } steps; up to { $of } I do by myself.
plans-because-people = I ask because it concerns { $count } people; up to { $of } I do by myself.
plans-because-share = I ask because { $count } of { $of } people would be removed from { $room }.
plans-because-key = I ask because nobody would be left with the key of { $room }.
plans-how = A ✅ has it done. A ✋ means not now. Until then nothing of this happens.
plans-fingerprint = Its fingerprint: { $fingerprint }
plans-reminder = What I showed you about { $community } on { $since } still waits for an answer. I will not ask again; !plans shows it.
plans-none = Nothing waits for a yes in { $community }.
plans-not-yours = This is answered by { $who }; from others it means nothing, and nothing is lost.
plans-not-theirs = This is answered by { $who } and by { $others }; from others it means nothing, and nothing is lost.
plans-ail = A plan waits for a yes since { $since }.
plans-ail-do = Say !plans, and answer it with ✅ or ✋.
