## Recipes, shared

recipe-shared = { $title } is shared as { $name }, under { $licence }, with { $sisters }. Anybody may copy it; what has reached another server stays there. To share it no longer: !unshare { $name }
recipe-shared-nowhere = { $title } is ready to be shared as { $name }, under { $licence }. No link has recipes open from our side yet; it goes out as soon as one has: !link open recipes to NAME
recipe-unshared = { $title } is shared no longer, and that is stated. What has reached another server stays there, and copies remain. We keep it in our own list; to drop it there, too: { $line }
recipe-dropped = { $title } is no longer in our list.
recipe-author = { $title } names { $author } as its author. If you wish to be named beside it, with your address, say so with ✅. Taking that back works for what is sent from then on.
recipe-author-named = { $title } names { $author } as its author, as you wish. To be named no longer, take your ✅ back; what has reached another server stays there.
recipe-names-people = What is shared with sisters names nobody: their words and names travel only with their own yes. Say it without people.
recipe-licence = Under that licence nothing can be shared here. Name one of { $licences }.
recipe-no-part = The charter says nothing of its own at { $part } that could be shared. Its parts: !charter
recipe-title-long = A name can have { $most } characters. Say it shorter.
recipe-too-long = That is empty, too long or holds what cannot be shared: at most { $most } characters. Share a part of it.
recipe-full = There are { $most } recipes in our list, or too many names were used, which is as many as there can be. Drop one, or take a name that was there before: !recipes ours
recipe-not-ours = There is no recipe { $name } in our list. To see it: !recipes ours

## Recipes, read

recipe-all =
    Recipes:
    { $lines }
recipe-nothing = Nothing is shared yet, neither by us nor by a sister. To begin: !share practice NAME: TEXT
recipe-our-line = { $count ->
    [0] Ours: { $name }, “{ $title }”. Shared.
    [one] Ours: { $name }, “{ $title }”. Shared; one community has tried it.
   *[other] Ours: { $name }, “{ $title }”. Shared; { $count } communities have tried it.
}
recipe-kept-line = Ours: { $name }, “{ $title }”. Not shared.
recipe-sister = { $count ->
    [one] { $sister } shares one: { $line }
   *[other] { $sister } shares { $count }: { $line }
}
recipe-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
recipe-list =
    { $sister } shares:
    { $lines }
    To read one whole: { $line }
recipe-line = { $name }: “{ $title }”, by { $author }, { $licence }
recipe-line-tried = { $name }: “{ $title }”, by { $author }, { $licence }. As it says, tried by { $count }.
recipe-none = { $sister } shares no recipes yet.
recipe-not-open = { $sister } does not let us read its recipes now. What flows: !links
recipe-not-inside = What sisters share is read by people of { $community }.
recipe-unknown = { $sister } shares nothing called { $name }. What it shares: { $line }
recipe-head = “{ $title }” in { $sister }, by { $author }, { $licence }.
recipe-head-from = { $head } Copied from { $from }.
recipe-whole =
    { $head }
    { $lines }
recipe-whole-page =
    { $head }
    { $lines }
    Page { $number } of { $count }. For another, say its number at the end.

## Recipes, copied

recipe-adopted =
    “{ $title }” of { $sister } is in our list now, as a copy, under { $licence }, with where it comes from. Nothing was told to anybody.
    To share it on: { $share }
    To tell how it went: { $note }
recipe-there = In our list there is “{ $title }” under that name already. To have the copy, first take it out, which may take it twice: { $line }
recipe-clauses =
    Nothing is changed by this. To propose what { $title } of { $sister } says, for our own decision, read it and say:
    { $lines }
recipe-clauses-some =
    Nothing is changed by this. To propose what { $title } of { $sister } says, for our own decision, read it and say:
    { $lines }
    { $count ->
        [one] One line of it does not fit in here; read it whole.
       *[other] { $count } lines of it do not fit in here; read it whole.
    }
recipe-no-clauses = In { $title } of { $sister } stands nothing that could be proposed as it is. Read it, and say in your own words what you would change: !charter

## Notes

recipe-note-sent = Your note on “{ $title }” is stated to { $sister }, as words of the community. What has reached another server stays there.
recipe-note-back = The note on “{ $title }” is taken back from { $sister }. What has reached another server stays there.
recipe-note-long = A note can have { $most } characters. Say it shorter.
recipe-notes-full = There are { $most } notes to { $sister } already, which is as many as there can be.
recipe-noted =
    { $sister } tells how “{ $title }” went:
    { $lines }

## Diaries

diary-written = It stands in our diary of { $month }, which { $sisters } can read. What has reached another server stays there. To take this month back: !diary clear
diary-written-nowhere = It stands in our diary of { $month }. No link has the diary open from our side yet: !link open diary to NAME
diary-cleared = Our diary of { $month } is empty again. What has reached another server stays there.
diary-full = That does not fit: a month of the diary has at most { $most } characters. To begin { $month } anew: !diary clear
diary-short = No sister is called so, and a diary begins with { $least } words. To read one: !diary SISTER
diary-not-open = { $sister } does not let us read its diary now. What flows: !links
diary-none = { $sister } has no diary of that month. There is: { $months }
diary-head = Diary of { $sister }, { $month }: { $title }
diary-line = { $sister }, last of { $month }: { $line }
diary-all =
    Diaries:
    { $lines }
diary-nothing = No diary is written yet, neither by us nor by a sister. To begin ours: !diary WORDS
