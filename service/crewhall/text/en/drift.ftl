## Changes made by hand

drift-card =
    { $what }
    { $lines }
drift-somebody = Somebody
drift-powers = { $by } changed by hand who may do what in { $room }. What shall be?
drift-doors = { $by } changed by hand how one comes into { $room }, or what newcomers can read. What shall be?
drift-people = { $by } removed { $people } by hand from { $room }, which their standing opens. What shall be?
drift-level = { $person } has level { $has } now; { $decided } was decided.
drift-more = And { $count } more.
drift-how = A ↩️ puts it back, a ✅ leaves it. Until then it stays as it is.
drift-left = What was changed by hand in { $room } stays as it is; { $by } said so.
drift-put-back = What was changed by hand in { $room } is put back; { $by } said so.
drift-gone = What was asked here about { $room } is no longer so. There is nothing to answer.
drift-ail = { $count ->
    [one] It is asked what shall be of one change by hand, and nobody has answered.
   *[other] It is asked what shall be of { $count } changes by hand, and nobody has answered.
}
drift-ail-do = Answer the question where it stands: put back, or leave.
