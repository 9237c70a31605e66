"""Damaged files of every type are taken or refused, and nothing else; `tools/fuzz.py` goes on longer."""

import random

import pytest

from tools.fuzz import TARGETS, Target, damaged, load, search


@pytest.fixture(scope="module")
def target():
    return load("files")


def test_damaged_files_are_taken_or_refused(target):
    assert list(search(target, seed=1, until=lambda tried: tried == 3_000)) == []


def test_every_target_is_found():
    for name in TARGETS:
        assert load(name).samples


def test_the_search_finds_what_a_parser_does_not_stand():
    def brittle(name, data):
        if b"\xff" in data:
            raise KeyError("fault")

    found = list(search(Target({"a": bytes(40)}, brittle, 2), seed=1, until=lambda n: n == 200))
    assert found
    assert all("KeyError" in fault.why and b"\xff" in fault.data for fault in found)


def test_the_same_seed_damages_alike():
    again = [damaged(b"0123456789" * 9, random.Random(5)) for _ in range(2)]
    assert again[0] == again[1] != b"0123456789" * 9
