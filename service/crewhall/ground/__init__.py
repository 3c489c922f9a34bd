"""The common ground: values that every capability shares. No I/O, clock or randomness."""
