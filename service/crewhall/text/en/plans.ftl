## Plans that wait

plan-waits =
    A change to your rooms waits for a keyholder's yes: { $counts }.
    Why it waits: { $reasons }.
    An operator sees it with “crewhall plan”, and carries it out with “crewhall apply --yes” and its fingerprint.
