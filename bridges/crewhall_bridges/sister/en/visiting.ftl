## Introductions of our people

visit-introduce-card =
    This would be stated to { $sister }, exactly so, and nothing else. Your name is not in it until you hand it over yourself.
    { $lines }
    A ✅ makes it. Without one nothing is stated.
visit-states-since = { $community } knows them since { $month }.
visit-states-keeps = They keep the agreements of { $community }.
visit-states-speaks = { $person } speaks for them.
visit-states-waits = { $person } was asked to speak for you. Only with their yes is it stated, and it shows here.
visit-states-until = It can be handed over until { $day }, once.
visit-made-card =
    Made. This is stated to { $sister }:
    { $lines }
visit-speak-card = { $person } asks whether you speak for them to { $sister }. With a ✅ your name is stated there, beside what our community states; without one it is not. Taking the reaction back stops it.
visit-speak-card-yes = You speak for { $person } to { $sister }. Taking the reaction back stops it.
visit-word = Your introduction to { $sister } works once, until { $day }, and for you alone. To hand it over, start a private chat with { $keeper } and say: { $line }
visit-introduction-back = Your introduction to { $sister } is taken back and opens nothing from now on.
visit-in-private = That is between you and me. Say it in our private chat.
visit-not-known = { $community } introduces only people who are in it.
visit-not-open = Introductions from { $community } to { $sister } are not open now. What is open: !links
visit-introduced-already = There is an introduction to { $sister } for you already. To take it back: { $line }
visit-too-many = { $most } introductions to { $sister } are open, which is as many as there can be. Try again later.
visit-no-speaker = Somebody else of { $community } can speak for you. Name one of them, or nobody.
visit-no-introduction = You have no introduction to { $sister }.

## A word is handed over

visit-looking = I look up what your community on { $server } states of it. That takes a moment.
visit-looking-already = I am looking up your word. That takes a moment.
visit-no-link = No community here takes introductions from { $server } now. Ask the people you know here.
visit-here-already = You are a guest of { $community } until { $day }. To stay longer: !extend
visit-asked-already = Those who host in { $community } are asked already. You hear from me.
visit-inside-already = You are in { $community } already.
visit-not-here = A word opens nothing in { $community } for you.
visit-tomorrow = That were many words for one day. Try again tomorrow.
visit-word-unknown = { $sister } states no such introduction. If it was made just now, say it again in a few minutes.
visit-word-not-yours = This introduction of { $sister } was made for somebody else. Ask for your own at home.
visit-word-taken-back = This introduction of { $sister } was taken back. Ask for a new one at home.
visit-word-expired = The last day of this introduction of { $sister } is past. Ask for a new one at home.
visit-word-used = This introduction of { $sister } has been used, and works once. Ask for a new one at home.
visit-word-closed = { $community } takes no guests from { $sister } now. Your word is not used up.
visit-word-unwell = What { $sister } states cannot be trusted now. Your word is not used up; try again later.
visit-word-nobody = Nobody in { $community } can host now. Your word is not used up; try again later.
visit-word-many = Many people of { $sister } would like to visit { $community } now. Your word is not used up; hand it over again in some days.
visit-crowd = More people come with introductions from { $sister } than can be hosted at a time. Who comes now is told to try again later. If that seems wrong: { $line }
visit-hosts-asked = Your introduction holds. Those who host in { $community } are asked; you hear from me once one of them says yes.

## Hosts

visit-host-card =
    { $person } comes with an introduction from { $sister }, which states:
    { $lines }
    { $opens }
    With a ✅ you host them. Who does not want to says nothing, and nobody is told.
visit-opens = A yes opens the space of { $community } for { $days } days.
visit-opens-rung = A yes opens { $community } and { $rung } for { $days } days, to read and write, without a say.
visit-host-card-yes = { $host } hosts { $person } until { $day }.
visit-host-card-over = { $person } is no longer asking.
visit-you-host = You host { $person }. To end the visit at once: { $line }

guests-read-earlier = Guests of { $community } can read what was said before they came in { $rooms }.
guests-read-earlier-do = To close that, propose { $line }

## The page that a guest reads

visit-page =
    { $community } opens its doors to you until { $day }; { $host } hosts you. You find an invitation to its space; the rooms open from there. Before you come in:
    { $lines }
visit-page-agreements = These agreements hold: { $text }
visit-page-no-agreements = No agreements for guests are written down in { $community }; ask { $host } what is usual.
visit-page-seen = Whoever is in a room there sees your id, your name and picture, and what you write. You have no say in what { $community } decides.
visit-page-keeper = I, the service, remember that you visit, who hosts you and until when, and forget it a month after.
visit-page-earlier = In these rooms you can read what was said before you came: { $rooms }. Treat it as told in confidence.
visit-page-history = In the other rooms you read nothing from before you came.
visit-page-servers = What you read reaches { $server } and stays there, also after your visit; what you write reaches every server in the room. Nobody can call it back.
visit-page-home = { $sister } is told nothing of your visit, not even that you came.

## A longer stay, and the end

visit-no-guest = You are nobody's guest here now.
visit-no-longer = { $community } has guests until { $day } at most, for now. Ask again nearer to that day.
visit-longer-asked = Your host is asked whether you may stay until { $day }.
visit-longer-card = { $person } would like to stay until { $day }. A ✅ says yes.
visit-longer-yes = { $person } stays until { $day }.
visit-longer = { $host } says yes: { $community } is open to you until { $day }.
visit-ended = The visit of { $person } is over from now on.
visit-no-such = { $person } is no guest whose visit you can end. Your guests: !visits
visit-over = Your visit to { $community } is over today, and its doors are closed. Thank you for having been here.
visit-over-closed = { $community } has no guests from your community any more, so your visit is over. That is nothing about you. Thank you for having been here.
visit-over-host = Your visit to { $community } was ended by a host. Thank you for having been here.
visit-over-left = You have left { $community }, and your visit is over. Thank you for having been here.
visit-over-hosts = The visit of { $person } is over. Thank you for hosting.
visit-nobody-hosts = Nobody could host you in { $community } this time. That is nothing about you, and your community is not told.

## All visits

visit-none = No visits and no introductions concern you.
visit-list = { $lines }
visit-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
visit-line = { $person } of { $sister }, hosted by { $host }, until { $day }
visit-line-own = You are a guest of { $community } until { $day }, hosted by { $host }. To stay longer: !extend
visit-line-introduction = Your introduction to { $sister } holds until { $day }.

## Where somebody stands, and why

me-guest-opens = As a guest you can read and write in { $rooms }, without a say.
me-visit-asked = Those who host in { $community } are asked whether they host you.
me-visit-over = Your visit to { $community } is over since { $day }. What is kept of it is forgotten on { $forgotten }.
me-hosts = You host { $person } until { $day }.
me-carries = You carry an introduction to { $sister }, to be handed over until { $day }. Whether you did is not told here. To take it back: { $line }
why-guest = { $room } is open to you as a guest until { $day }; { $host } hosts you.
why-no-guest = { $room } is not among the rooms that your visit opens.
why-visit-over = { $room } was open to you as a guest, and your visit is over since { $day }.
