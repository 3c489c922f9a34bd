## Standing that holds on from another hall

returning-card =
    { $community } was brought here with its table of standing, as of { $at }:
    { $lines }
returning-rung = { $count ->
    [0] { $rung }: nobody.
   *[other] { $rung }: { $people }.
}
returning-more = { $count } more
returning-others = { $count ->
    [one] One more person was in the community, on no rung.
   *[other] { $count } more people were in the community, on no rung.
}
returning-not = Nobody is put anywhere by it. It gives no keys and no hats, and opens no leaf of a crew.
returning-how = ✅: whoever of them comes in is asked on to where they stood, and nobody else is asked again. ✋: I wait; without enough ✅ in sixty days, all go by the rule. { $needed ->
    [one] One ✅ of somebody who holds the keys is needed.
   *[other] { $needed } ✅ of people who hold the keys are needed.
}
returning-sofar = So far: { $people }.
returning-held = Held up by { $people }.
returning-agreed = { $people } said yes to the table of standing that { $community } was brought with. Whoever is listed there and comes in within a year is asked on to where they stood.
returning-over = Not enough said yes to the table of standing that { $community } was brought with. It counts no longer: people go up by the rule.
returning-not-yours = Those who hold the keys of { $community } say yes to its table of standing.
returning-asked = Where { $community } comes from you stood on { $rungs }. Its keyholders have said yes to that, and the invitation is there: accepting it is your yes, and nobody else is asked again. “Not now” is fine; decline it, or let it lie.
returning-consent = On { $rung } you stand as you did where { $community } comes from; its keyholders said yes to that.
returning-waits = To { $rung } you are invited: you stood there where { $community } comes from.
