## Links, proposed

sister-named = I have written to { $keeper } that { $community } would like to link. As soon as its offer is here, those who decide are asked, with the one page of terms.
sister-asked-in = The keeper of { $sister } is asked into our letterbox again.
sister-moves = The other letterbox that { $sister } has offered is read from now on, if it is in order.
sister-proposed = Those who decide are asked about the link with { $sister }, with the one page of terms.
sister-not-yours = About links of { $community } speak { $who }. Talk with one of them.
sister-not-oneself = { $keeper } lives on this server, and a sister lives on a server of her own. Name the keeper of another server.
sister-elsewhere = Links are proposed in { $room }. Say it there.
sister-too-many = There are { $most } links already, which is as many as there can be. End one that is not needed: !unlink NAME
sister-open-already = One question at a time: what is asked about this link is open until { $until }.
sister-waits-for-them = We have said yes to these terms. Now { $sister } decides, by its own rule.
sister-linked = The link with { $sister } holds already, by these terms: !link terms NAME
sister-rests = The link with { $sister } rests. Who decides on links can wake it: say this again, or answer the question about it with ✅.
sister-nobody-decides = Nobody could decide this: the charter names { $who }, and nobody is there.
sister-which-community = { $keeper } keeps more than one of our sisters. Name which: { $communities }
sister-which = That could be more than one: { $sisters }. Name the keeper in place of the name.
sister-unknown = There is no link with { $name }. All links: !links
sister-asks = { $keeper } would like to link with { $community }. Nothing was answered and nothing is open. To read its terms and decide: { $line }

## Links, decided on

sister-card =
    { $by } proposes to link with { $sister }, whose keeper is { $keeper }. What would hold:
    { $lines }
    { $how }
sister-card-passed =
    Decided: our yes to the link with { $sister } is stated. With theirs, this holds:
    { $lines }
sister-card-failed = Not decided. Nothing about the link with { $sister } has changed.
sister-card-overtaken = What was asked about the link with { $sister } is no longer so, and was not decided.
sister-how-alone = Nobody else has to be asked. A ✅ makes it our yes; without it this closes on { $until }.
sister-how-yes = { $needed ->
    [one] A ✅ says yes, and one is needed. So far: { $sofar }.
   *[other] A ✅ says yes, and { $needed } are needed. So far: { $sofar }.
}
sister-how-waits = A ✋ holds it up. With all in favour it is decided at once, otherwise on { $until }.
sister-how-until = A ✋ holds it up. It is open until { $until }.
sister-how-held = Somebody objects. Unless that is taken back, it closes undecided on { $until }.
sister-how-contacts = { $by } and whoever first says yes would speak for us; the sister is told their names.
sister-not-asked = This question about { $sister } is put to others, or you no longer belong to those who decide it.
sister-passed = Decided: our yes to the link with { $sister } is stated.
sister-failed = The link with { $sister } was not decided in time. Nothing has changed.

## The one page

sister-terms =
    What holds between us and { $sister }:
    { $lines }
sister-terms-open =
    What would hold between us and { $sister }, once both say yes:
    { $lines }
sister-no-terms = Nothing is known yet of what { $sister } would agree to.
sister-flow-introductions = Introductions: { $giver } introduces its own people to { $taker }, whoever of them asks.
sister-flow-guests = Guests: { $giver } takes guests from { $taker }, by its own rule.
sister-flow-crews = Crews: { $giver } offers seats in crews and rounds to people of { $taker }.
sister-flow-recipes = Recipes: { $giver } lets { $taker } read and copy its recipes.
sister-flow-diary = Diary: { $giver } lets { $taker } read its diary.
sister-flow-none = From { $giver } to { $taker } nothing is open.
sister-page-closed-ours = Closed by us: { $flows }
sister-page-closed-theirs = Closed by { $sister }: { $flows }
sister-page-review = Looked at again on { $day }. Without a yes it then rests.
sister-page-agreements = For guests holds: { $text }
sister-page-contacts = For us speak { $people }.
sister-page-contacts-theirs = For { $sister } speak { $people }.

## All links

sister-links =
    Links of { $community }:
    { $lines }
sister-none = { $community } has no sisters yet. To propose a link: !link with @keeper:their.server
sister-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
sister-line-waiting = { $sister }: we wait for its offer. A host there names our keeper, as you named theirs.
sister-line-proposed = { $sister }: both have made an offer, and we have not decided. To ask again: !link with, and its keeper.
sister-line-question = { $sister }: our people decide until { $until }.
sister-line-asked = { $sister }: we have said yes, and wait for theirs.
sister-line-ended = { $sister }: ended on { $day }. To begin anew: !link with { $keeper }
sister-line-resting = { $sister }: rests since its review day. Nothing flows. A ✅ on the question about it wakes it.
sister-line-holds =
    { $sister } holds:
    { $lines }
sister-line-until = Looked at again on { $day }.
sister-health = Not well: { $what }
sister-health-sound = What it states reaches us; the last news came on { $since }.

## Less, at once

sister-closed = With { $sister } is closed from now on: { $flow }. It is stated there; what has reached another server stays there.
sister-closed-already = With { $sister } is closed already: { $flow }.
sister-told-closed = { $by } has closed { $flow } with { $sister }.
sister-ended = The link with { $sister } is ended from now on, and nothing flows. It is stated; what has reached another server stays there.
sister-ended-already = The link with { $sister } is ended. To begin anew: !link with, and its keeper.
sister-told-ended = { $by } has ended the link with { $sister }.

## More, by both

sister-widening = A wider link with { $sister } is a new decision on both sides: { $flow }. Ours is asked for now, if their offer is known; until both have said yes, all stays as it is.
sister-nothing-to-open = We have not closed { $flow } with { $sister }, and offer it already. What { $sister } opens is for its people to offer.

## What comes from a sister

sister-holds =
    The link with { $sister } holds: both have said yes. Now flows:
    { $lines }
sister-offers = { $sister } offers other terms than we agreed to. All stays as it is. To have our people decide on them: { $line }
sister-closed-theirs = { $sister } has closed { $flows }.
sister-opened = With { $sister } is now open: { $flows }.
sister-ended-theirs = { $sister } has ended the link. Nothing flows any more; crews that have begun go on.
sister-trouble = Something is wrong with the letterbox of { $sister }, the room in which it states what it has decided: { $what } What was read before still counts. If you know from its people that it is right, say { $line }
sister-trouble-others = others than its keeper could write in it, or it is no room of the right kind.
sister-trouble-back = it states something older than we have read, as after a backup.
sister-trouble-changed = it states something else under a number that we have read already.
sister-trouble-moved = another room shall take its place, which we do not follow unasked.
sister-trouble-blank = nothing stands in it, which we do not take for a no.
sister-trouble-unreadable = what stands in it cannot be read.

## Reviews

sister-review = The link with { $sister } is looked at again on { $day }. A ✅ lets it go on. Without one it rests from then on: nothing flows, and the door stays open.
sister-kept = The link with { $sister } goes on until { $day }.

## What the doctor says

ails-sister = The letterbox of { $sister } is not well: { $what }
ails-sister-do = What was read before still counts. Ask those who speak for { $sister }, by another way. If you trust it no more: { $line }
ails-sister-moved-do = Ask those who speak for { $sister }, by another way, whether the new room is theirs. If it is: { $line }
ails-sister-blank-do = What was read before still counts. Perhaps its service is being mended; if it lasts, ask those who speak for { $sister }.
ails-sister-rests = The link with { $sister } rests since its review day, and nothing flows.
ails-sister-rests-do = If it shall go on, whoever decides on links says: { $line }. If not, it may rest.
ails-sister-unread = { $sister } does not read what we state: its keeper has left our letterbox.
ails-sister-unread-do = Ask those who speak for it what happened. To ask its keeper in again: { $line }
