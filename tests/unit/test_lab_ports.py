"""Ports that are given out for servers to come: nobody else takes them meanwhile."""

import os
import socket
from contextlib import ExitStack, suppress
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crewhall.errors import Misconfigured, Occupied
from crewhall.lab.ports import HIGHEST, LOOPBACK, LOWEST, STRETCH, free_port, is_free, stretch, wanted

PROCESSES = (HIGHEST - LOWEST) // STRETCH


@given(st.integers(1, 1 << 22), st.integers(1, PROCESSES - 1))
def test_processes_that_start_one_soon_after_the_other_share_no_port(first: int, later: int) -> None:
    assert not set(stretch(first)) & set(stretch(first + later))


@given(st.integers(1, 1 << 22))
def test_every_port_lies_below_those_that_kernels_take(process: int) -> None:
    own = stretch(process)
    assert LOWEST <= own[0] <= own[-1] < HIGHEST
    assert len(own) == STRETCH


def test_a_port_is_given_out_again_only_when_all_others_were() -> None:
    first = free_port()
    others = list(takewhile(lambda port: port != first, iter(free_port, None)))
    assert len(set(others)) == len(others)
    assert not any(is_free(port) for port in {*stretch(os.getpid())} - {first, *others})


def test_a_port_on_which_somebody_listens_is_not_given_out() -> None:
    with socket.create_server((LOOPBACK, free_port())) as server:
        taken = server.getsockname()[1]
        assert taken not in {free_port() for _ in range(STRETCH - 1)}
        with pytest.raises(Occupied, match=f"Port {taken} .* the oracle needs it"):
            wanted(taken, "the oracle")


def test_where_none_is_free_one_sentence_says_so() -> None:
    with ExitStack() as held:
        for port in stretch(os.getpid()):
            with suppress(OSError):
                held.enter_context(socket.create_server((LOOPBACK, port)))
        with pytest.raises(Misconfigured, match=r"No free port was found on 127\.0\.0\.1 from \d+ to \d+\."):
            free_port()
