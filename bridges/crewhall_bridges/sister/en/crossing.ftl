## Seats for people of sisters

crossing-opened = { $crew } now calls people of { $sisters }, until { $day }. They ask the keeper here for a seat, and your members decide. To end it at once: !crew open to nobody
crossing-asked = Those whose yes it takes are asked whether { $crew } calls people of { $sisters }.
crossing-card =
    { $by } would like { $crew } to call people of { $sisters }: they could ask for a seat until { $day }, and you decide on each as ever.
    The name of the crew, its free seats and { $care } as the one who takes care here would be told there.
    { $lines }
    A ✅ says yes, and it takes everybody’s, also that of { $care }, until { $closes }. To say no, do nothing.
crossing-card-open = { $crew } now calls people of { $sisters }. To end it at once: !crew open to nobody
crossing-card-over = It was asked whether { $crew } calls people of sisters. It does not.
crossing-closed = { $crew } calls nobody of our sisters any more. Whoever has a seat keeps it.
crossing-calls-nobody = { $crew } calls nobody of our sisters. To have it do so: !crew open to, and a sister’s name.
crossing-members-only = Only people with a seat in { $crew } can do this. If you are invited, accept first.
crossing-until = Name a day from today on, written as 2026-12-01, at most { $days } days ahead.
crossing-too-long = What holds has room for { $most } characters. Say it shorter, or name where it stands.
crossing-stays-here = Rooms of { $community } stay on this server, so nobody from a sister could come in.
crossing-flow-closed = Seats are not open towards { $sisters }. Who speaks about links can propose it: !link open crews with, and her name.
crossing-care-outside = Who takes care is somebody in { $community }. Name somebody who is, or nobody, and it is you.
crossing-full = { $crew } has no free seat.
crossing-asked-already = One question at a time: what is asked about this crew is open until { $until }. To end it: !crew open to nobody
crossing-agreements = What holds in it: { $text }

## Seats that sisters offer

crossing-told = { $free ->
    [one] { $crew }, a crew of our sister { $sister }, offers one seat to people from here, until { $day }. If you would like it, say to me in private: { $line }
   *[other] { $crew }, a crew of our sister { $sister }, offers { $free } seats to people from here, until { $day }. If you would like one, say to me in private: { $line }
}
crossing-no-calls = No crew of our sisters offers seats at this time.
crossing-calls =
    Crews of our sisters that offer seats. How to ask: !calls ask NAME
    { $lines }
crossing-line = { $free ->
    [one] { $crew }, of { $sister }: one free seat, until { $day }.
   *[other] { $crew }, of { $sister }: { $free } free seats, until { $day }.
}
crossing-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
crossing-how =
    { $crew } is a crew of { $sister }. Open a private chat with { $keeper } and say there: { $line }
    Its members decide by their own rule; nobody is told of it by me. { $contact } takes care there.
    { $lines }
crossing-unknown = No crew of our sisters that is called { $name } offers seats. Those that do: !calls
crossing-own-people = Our sisters offer these seats to people of { $community }.
crossing-introduced = Our sisters know our people by the server { $server }, and yours is another. Ask to be introduced first.

## Hosts at one table

crossing-nobody-speaks = The link with { $sister } does not hold, or it names nobody there who speaks for it. All links: !links
