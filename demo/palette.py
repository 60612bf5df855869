"""Colours: the palettes of the demo gallery, and small ways to vary a colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RGB = tuple[int, int, int]
"""Red, green, blue, each 0 to 255."""


def hexes(text: str) -> tuple[RGB, ...]:
    """Read colours written as six-digit hex words.

    Args:
        text: Words such as ``"f3ede0 16161a"``.

    Returns:
        One RGB triple a word.
    """
    return tuple((int(w[:2], 16), int(w[2:4], 16), int(w[4:], 16)) for w in text.split())


# Ground, ink, then accents.
PALETTES: dict[str, tuple[RGB, ...]] = {
    "neoplastic": hexes("f3ede0 16161a d4281f 1f3f94 f2c32b e7e0d2 b9c2c8"),
    "bauhaus": hexes("efe4cf 1c1b1d d8412f 2c5f8a eeb33b 5a8f7b e58f6b"),
    "sienna": hexes("f4e6d0 3a2418 c8592b e09a4f 8c3b2a 5f7d74 d9c29c"),
    "harbour": hexes("e9eef0 12263a 1f5673 4d9ab5 f0a35e d9573f c9dfe3"),
    "orchard": hexes("f5efdc 2b2a22 6c8f4e c9c056 d9643a 8e3b46 a8c5a0"),
    "dusk": hexes("1e1a33 f5e7d3 5b3a8c c8557c f08a5d f9c46b 3c6ea5"),
    "kiln": hexes("f1e3d3 26201e b5452c e2793f f0b775 4f5d5b 93a697"),
    "lagoon": hexes("eef5ef 0e2f34 167a77 5bb8a4 f3d27a ef7f5a 24546b"),
    "meadow": hexes("f7f3e3 23301f 3e7c4f 9cbf5c f2d15c e0764e 5e93a8"),
    "sakura": hexes("faeee9 2e2530 e58a9b f4c3c2 7a5c86 4f7f87 f2a65a"),
    "indigo": hexes("f2ede2 14213d 1d3d72 3f6fb0 8fb3d9 c9d9e6 e2b24c"),
    "ember": hexes("1a1416 f6e9d9 7d1f2b c43b2e ee7d33 f9bf52 3f5a6b"),
    "carnival": hexes("fbf1df 21242e e4373f 1c86b8 f6b32c 2f9d6b 8a3f90 f27aa0"),
    "plum": hexes("f3e8e4 2a1730 5c2751 a23e6c e08e79 f2cf9a 47756f"),
    "olive": hexes("f0ead6 25271c 5e6b3a a3a65b d8b75a b5562f 7b8d8e"),
    "fjord": hexes("0f1f2e eaf2f0 1f4e5f 3b8686 79bd9a cff09e f2b56b"),
    "cobalt": hexes("f6f3ea 10225c 1d3fa0 2f62c9 7aa2e0 c3d6f2 e8b93b"),
    "clay": hexes("efe0d0 40261c a4492f cf7a4b e7b58a 6f7f6a 33525a"),
}


def mix(a: RGB, b: RGB, t: float) -> RGB:
    """Mix two colours.

    Args:
        a: Colour at ``t`` = 0.
        b: Colour at ``t`` = 1.
        t: Share of ``b``, 0 to 1.

    Returns:
        The mixture.
    """
    r, g, bl = (round(x + (y - x) * t) for x, y in zip(a, b, strict=True))
    return r, g, bl


def vary(rng: np.random.Generator, colour: RGB, amount: float = 10.0) -> RGB:
    """Shift a colour a little, as a second mixing of the same paint would.

    Args:
        rng: Source of chance.
        colour: The colour to vary.
        amount: Standard deviation of the shift, in levels of 255.

    Returns:
        A nearby colour.
    """
    shift = rng.normal(0, amount) + rng.normal(0, amount * 0.5, 3)
    r, g, b = (int(np.clip(c + s, 0, 255)) for c, s in zip(colour, shift, strict=True))
    return r, g, b


def pick(rng: np.random.Generator, colours: Sequence[RGB]) -> RGB:
    """Draw one of several colours.

    Args:
        rng: Source of chance.
        colours: What to draw from.

    Returns:
        One of them.
    """
    return colours[int(rng.integers(len(colours)))]
