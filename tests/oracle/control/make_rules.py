"""Run rules of control charts as regular expressions over the zones of each point, for make_control.py and make_groups.py."""

import re


def letters(values, centre, sigma):
    """One letter a point: A, B, C, D above the centre (within 1, 2, 3 sigma, beyond), a, b, c, d below, o on it."""
    out = ""
    for value, middle, spread in zip(values, centre, sigma):
        zone = (value - middle) / spread
        letter = "ABCD"[min(3, int(abs(zone)))] if zone else "o"
        out += letter if zone > 0 else letter.lower()
    return out


def ends(pattern, text, length):
    """Places at which a pattern of this length ends."""
    return [at for at in range(length - 1, len(text)) if re.fullmatch(pattern, text[at - length + 1 : at + 1])]


def at_least(of, letters_in):
    """A pattern of words that end inside and hold at least `least` letters inside."""
    length, least = of
    return [
        "".join(letters_in if bits >> (length - 1 - place) & 1 else "." for place in range(length))
        for bits in range(1 << length)
        if bits & 1 and bin(bits).count("1") >= least
    ]


def signals(values, centre, sigma):
    zones = letters(values, centre, sigma)
    steps = "".join("-" if b < a else "+" if b > a else "=" for a, b in zip(values, values[1:]))
    found = {
        "beyond_limits": ends("[Dd]", zones, 1),
        "two_of_three": ends("|".join(at_least((3, 2), "[CD]") + at_least((3, 2), "[cd]")), zones, 3),
        "four_of_five": ends("|".join(at_least((5, 4), "[BCD]") + at_least((5, 4), "[bcd]")), zones, 5),
        "eight_on_one_side": ends("[ABCD]{8}|[abcd]{8}", zones, 8),
        "nine_on_one_side": ends("[ABCD]{9}|[abcd]{9}", zones, 9),
        "six_trending": [at + 1 for at in ends(r"\+{5}|-{5}", steps, 5)],
        "fourteen_alternating": [at + 1 for at in ends(r"(\+-){6}\+|(-\+){6}-", steps, 13)],
    }
    return found
