"""The colours of the statuses: apart in grey and for the three kinds of colour blindness, or else by sign and word."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from monitor import document

ROOT = Path(__file__).parents[1]
TOKENS = dict(document.read(ROOT / "reports/tokens.yaml", typed=True).tree)
WORDS = document.read(ROOT / "reports/words/en.yaml").tree
#: how far apart two colours must be to be told apart at a glance, in CIELAB (CIE 1976); about 2 is just noticeable
APART = 10.0
#: full severity; G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, A Physiologically-based Model for Simulation of
#: Color Vision Deficiency, IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009, table 1
SEEN = {
    "all colours": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041]])
#: pairs that colour alone does not tell apart for somebody, as it was when this was written: none may be added unseen
NEAR = {
    "grey": {("achieved", "not_met"), ("achieved", "backwards"), ("not_met", "backwards")},
}


def linear(colour: str) -> np.ndarray:
    """sRGB as light, 0 to 1."""
    part = np.array([int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB under D65."""
    ratio = XYZ @ light / XYZ.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(colour: str) -> float:
    return float(linear(colour) @ XYZ[1])


def contrast(one: str, other: str) -> float:
    """WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eyes", SEEN)
def test_two_statuses_differ_in_colour_for_every_kind_of_eye_or_are_known_to_differ_by_sign_and_word(eyes: str) -> None:
    seen = {key: lab(np.clip(SEEN[eyes] @ linear(look["fill"]), 0, 1)) for key, look in TOKENS["status"].items()}
    near = {pair for pair in combinations(seen, 2) if np.linalg.norm(seen[pair[0]] - seen[pair[1]]) < APART}
    assert near == NEAR.get(eyes, set())
    for one, other in near:
        assert TOKENS["status"][one]["symbol"] != TOKENS["status"][other]["symbol"]
        assert WORDS["status"][one] != WORDS["status"][other]


def test_every_status_has_a_sign_and_a_word_of_its_own() -> None:
    assert len({look["symbol"] for look in TOKENS["status"].values()}) == len(TOKENS["status"])
    assert len({WORDS["status"][key] for key in TOKENS["status"]}) == len(TOKENS["status"])


@pytest.mark.parametrize("status", TOKENS["status"])
def test_the_word_in_a_chip_can_be_read(status: str) -> None:
    look = TOKENS["status"][status]
    assert contrast(look["fill"], look["on"]) >= 4.5


def test_the_simulation_gives_what_its_authors_print() -> None:
    for matrix in SEEN.values():  # white stays white
        assert matrix @ np.ones(3) == pytest.approx(np.ones(3), abs=2e-5)
    red, green = (lab(np.clip(SEEN["deuteranopia"] @ linear(c), 0, 1)) for c in ("#c00000", "#007800"))
    assert np.linalg.norm(red - green) < np.linalg.norm(lab(linear("#c00000")) - lab(linear("#007800"))) / 3
