## People who are mentioned

person-is-keeper = { $keeper } keeps the rooms and takes no seat. Name people instead.
person-is-you = You have your own place already. Name other people.
person-malformed = “{ $text }” names nobody. A full name looks like @ada:example.org.
person-outside = Not in { $community }, so no seat can be offered: { $people }. Nothing was done.
person-elsewhere = { $community } is closed to other servers, so no seat can be offered: { $people }. Nothing was done.

## Groups

group-everybody = everybody in { $community }
group-keyholders = those who hold the keys
group-hat = whoever wears the hat { $hat }
