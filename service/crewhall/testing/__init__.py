"""For our tests and for bridge authors: a homeserver that obeys the rules, a told clock, laws."""
