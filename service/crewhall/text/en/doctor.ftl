## What is amiss, and what to do

doctor-not-yours = This is told to those who hold a key of their community, and to whoever runs this service.
doctor-well = I looked at { $community }: all is well.
doctor-hall =
    I looked at { $community }:
    { $lines }
doctor-line = { $what } { $remedy }
doctor-do = { $remedy }
doctor-lacks = In { $room } I have not the power to { $what }.
doctor-blocked = In { $room } I cannot { $what }.
doctor-crews = { $count ->
    [one] In one crew’s room something is in my way.
   *[other] In { $count } crews’ rooms something is in my way.
}
doctor-crews-do = What it is belongs to those in it; whoever runs the service can see which rooms, with crewhall doctor.
doctor-old = { $count ->
    [one] One room is of another version than { $version }, which the charter asks for.
   *[other] { $count } rooms are of another version than { $version }, which the charter asks for.
}
doctor-old-do = They go on as they are. Whoever runs the service can have them moved to new rooms, with everything in them: crewhall upgrade
doctor-more = And { $count } more; crewhall doctor shows them all.
doctor-service =
    Of the service itself:
    { $lines }
doctor-service-well = The service itself is well. More is looked at by: crewhall doctor.
doctor-service-unseen = I could not look at the service itself just now. Try again, or: crewhall doctor.
doctor-elsewhere = { $count ->
    [one] In one room outside of all communities something is in my way; crewhall doctor shows it.
   *[other] In { $count } rooms outside of all communities something is in my way; crewhall doctor shows them.
}
