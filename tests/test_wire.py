"""Frames drawn at random, in both directions: what is no value or answer is refused, and that is all."""

import json
import socket
import struct
import sys
from contextlib import closing, contextmanager, suppress

import numpy as np
import pytest
from grading_course import ANSWERS, NAME, hand_in, make_course, rows
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_borders import JSON, TEXTS
from test_grade import grade_here

from rnn_utils.grading.book import report
from rnn_utils.grading.protocol.calls import Peer
from rnn_utils.grading.protocol.frames import Channel, Gone, WireError
from rnn_utils.grading.protocol.proxies import Remote
from rnn_utils.grading.protocol.wire import Reader
from rnn_utils.grading.sandbox import prepared
from rnn_utils.grading.sandbox.two_processes import JailError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the grader needs POSIX")

#: Everything that a receiver may do with what is no frame, no value and no answer.
REFUSED = (WireError, Gone, TimeoutError)

NUMBERS = st.integers(-2, 3) | st.sampled_from([True, 1e999, -(2**63), 2**64, 10**30])
DTYPES = st.sampled_from(
    [
        "<f8",
        ">f8",
        "|b1",
        "<U1",
        "<U0",
        "|S3",
        "<c16",
        "<m8[s]",
        "<M8[Y]",
        "|O",
        "|V8",
        "<f2",
        "<i8",
    ]
)
BLOBS = st.lists(
    st.binary(max_size=16) | st.sampled_from([b"\xff" * 8, bytes(8), bytes(16)]), max_size=3
)
GENERATOR = st.builds(
    lambda bits, seed: ["dict", [["bit_generator", bits], ["state", seed]]],
    st.sampled_from(["PCG64", "MT19937", "x"]) | JSON,
    JSON,
)


def nodes_of(inner):
    """Nodes as `Writer` makes them, and such that are nearly so."""
    several = st.lists(inner, max_size=3)
    forms = [
        st.tuples(st.just("again"), NUMBERS),
        st.tuples(
            st.just("array"),
            DTYPES | TEXTS,
            st.lists(NUMBERS, max_size=3),
            NUMBERS,
            st.sampled_from(["C", "F", "gaps"]) | JSON,
            st.booleans() | JSON,
        ),
        st.tuples(st.just("array"), DTYPES, st.just([1]), NUMBERS, st.just("gaps"), JSON, JSON),
        st.tuples(st.just("scalar"), DTYPES, NUMBERS),
        st.tuples(st.just("complex"), NUMBERS | JSON, NUMBERS | JSON),
        st.tuples(st.just("bytes"), NUMBERS | JSON),
        st.tuples(st.just("range"), NUMBERS, NUMBERS, NUMBERS),
        st.tuples(st.sampled_from(["list", "tuple", "set", "frozenset"]), several | JSON),
        st.tuples(st.just("named"), TEXTS, st.lists(TEXTS, max_size=3) | JSON, several),
        st.tuples(st.just("dict"), st.lists(st.tuples(inner, inner), max_size=3) | JSON),
        st.tuples(st.just("generator"), GENERATOR | inner),
        st.tuples(st.just("known"), st.sampled_from(["int", "np.add", "os"]) | JSON),
        st.tuples(st.just("error"), st.lists(KINDS_OF_ERRORS | JSON, max_size=3) | JSON),
        st.tuples(
            st.just("thing"),
            st.sampled_from(["yours", "function", "class", "iterator", "object", "x"]),
            NUMBERS,
            TEXTS | JSON,
            TEXTS | JSON,
        ),
        st.tuples(TEXTS, inner),
    ]
    return st.one_of(*forms)


KINDS_OF_ERRORS = st.sampled_from(
    ["ValueError", "KeyError", "StopIteration", "ExceptionGroup", "UnicodeDecodeError"]
) | st.sampled_from(
    ["KeyboardInterrupt", "SystemExit", "LinAlgError", "BaseException", "object", ""]
)
NODES = st.recursive(JSON | NUMBERS, nodes_of, max_leaves=10)
ERRORS = st.fixed_dictionaries(
    {},
    optional={
        "kinds": st.lists(KINDS_OF_ERRORS | TEXTS, max_size=4) | JSON,
        "text": TEXTS | JSON,
        "args": st.lists(TEXTS | NUMBERS | JSON, max_size=3) | JSON,
        "frames": st.lists(st.tuples(TEXTS | st.just("<cell 1>"), NUMBERS, TEXTS)) | JSON,
    },
)
CHANGES = st.lists(st.tuples(NUMBERS, NODES), max_size=3) | JSON
ANSWERED = st.fixed_dictionaries(
    {},
    optional={
        "re": st.just(1) | JSON,
        "value": NODES,
        "error": ERRORS | JSON,
        "changed": CHANGES,
        "counted": st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3) | JSON,
        "out": TEXTS | JSON,
        "drew": st.booleans() | JSON,
    },
)
ASKED = st.fixed_dictionaries(
    {"do": st.sampled_from(["call", "next", "get", "run", "is", "text", "served", "set"]) | JSON},
    optional={
        "n": NUMBERS | JSON,
        "args": st.lists(NODES, max_size=4) | JSON,
        "named": st.dictionaries(TEXTS, NODES, max_size=2) | JSON,
        "seeds": NODES,
        "draws": JSON,
    },
)

#: An object of the other side's, which is not asked for anything while it is read.
THING = ["thing", "object", 7, "x", None]

drawn = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(params=[False, True], ids=["tests' end", "student's end"])
def end(request):
    """Either end of the wire, and the socket that the other one writes to."""
    return request.param


def peer(connection, objects):
    made = Peer(
        Channel(connection), {"run": lambda *a: None}, objects=objects, heard=lambda t: None
    )
    for thing in (abs, iter([1, 2]), {"an": "object"}):
        if objects or not isinstance(thing, dict):
            made._table.number(thing)
    return made


@settings(drawn, suppress_health_check=[*HealthCheck])
@example(node=["generator", THING], blobs=[])
@example(node=["generator", ["dict", [["bit_generator", "PCG64"], ["state", THING]]]], blobs=[])
@example(node=["set", [THING, ["thing", "function", 7, "x", None], THING]], blobs=[])
@example(node=["set", [THING, ["thing", "object", 7 + (1 << 61) - 1, "x", None]]], blobs=[])
@given(node=NODES, blobs=BLOBS)
def test_any_node_is_a_value_or_refused(end, node, blobs):
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        reading = Reader(peer(ours, end)._table, [memoryview(blob) for blob in blobs])
        try:
            value = reading.value(json.loads(json.dumps(node)))
        except WireError as refusal:
            str(refusal).encode("utf-8", "replace")
            return
        if not isinstance(value, Remote):
            assert type(value).__module__ in ("builtins", "numpy", "numpy.random._generator") or (
                isinstance(value, tuple | type | np.ufunc | np.ndarray) or callable(value)
            )


@drawn
@given(content=st.binary(max_size=200), size=st.integers(0, 300), blobs=st.integers(0, 300))
def test_any_bytes_are_a_frame_or_refused(content, size, blobs):
    for sent in (content, struct.pack(">II", size, blobs) + content):
        ours, theirs = socket.socketpair()
        with closing(ours), closing(theirs):
            theirs.sendall(sent)
            theirs.shutdown(socket.SHUT_WR)
            try:
                _, came = Channel(ours).receive()
            except REFUSED:
                continue
            assert sum(map(len, came)) <= len(content)


def frame(text, blobs=()):
    head = json.dumps([text, [len(blob) for blob in blobs]]).encode()
    return struct.pack(">II", len(head), sum(map(len, blobs))) + head + b"".join(blobs)


@settings(drawn, suppress_health_check=[*HealthCheck])
@given(answers=st.lists(ANSWERED | ASKED | JSON, min_size=1, max_size=3), blobs=BLOBS)
@example(answers=[{"re": 1, "changed": [[0, ["tuple", []]]]}], blobs=[])
def test_any_answer_is_a_value_an_error_or_refused(end, answers, blobs):
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        asking = peer(ours, end)
        theirs.sendall(b"".join(frame(answer, blobs) for answer in answers))
        theirs.shutdown(socket.SHUT_WR)
        arguments = (np.arange(3.0), [1], {"a": 2}, np.random.default_rng(1))
        told = any("error" in answer for answer in answers if isinstance(answer, dict))
        with suppress(BaseException if told else Gone):
            asking.ask("call", 0, *arguments, seconds=5)
        assert arguments[0].shape == (3,)
        assert arguments[0].dtype == float
        assert type(arguments[1]) is list


@contextmanager
def answering(answers, blobs):
    """An end of the wire and a function of the other, which has answered several calls of it."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        asking = peer(ours, objects=False)
        theirs.sendall(frame({"re": 1, "each": answers}, blobs))
        theirs.shutdown(socket.SHUT_WR)
        yield asking, asking._table.thing(["function", 0, "f", None])


@settings(drawn, suppress_health_check=[*HealthCheck])
@given(answers=st.lists(ANSWERED | JSON, max_size=4) | JSON, blobs=BLOBS)
def test_any_answer_to_several_calls_is_values_errors_or_refused(answers, blobs):
    with answering(answers, blobs) as (asking, function):
        many = [(np.arange(3.0), [1]) for _ in range(3)]
        made = []
        with suppress(Gone):
            made = asking.call_each(function, many, 5)
        assert len(made) <= len(many)
        for one, answer in zip(made, answers if type(answers) is list else (), strict=False):
            with suppress(BaseException if "error" in answer else Gone):
                one()
        assert all(given[0].shape == (3,) for given in many)


@settings(drawn, suppress_health_check=[*HealthCheck])
@given(answers=st.lists(ANSWERED | JSON, max_size=4) | JSON, blobs=BLOBS)
def test_any_answer_to_many_calls_is_values_an_error_or_refused(answers, blobs):
    with answering(answers, blobs) as (asking, function):
        arguments, made = (np.arange(3.0), [1], np.random.default_rng(1)), []
        told = '"error"' in json.dumps(answers)
        with suppress(BaseException if told else Gone):
            made.extend(asking.call_often(function, arguments, 3))
        assert len(made) <= 3
        assert arguments[0].shape == (3,)
        assert type(arguments[1]) is list


@settings(drawn, suppress_health_check=[*HealthCheck])
@given(requests=st.lists(ASKED | JSON, min_size=1, max_size=3), blobs=BLOBS)
def test_any_request_is_answered_or_refused(end, requests, blobs):
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(b"".join(frame(request, blobs) for request in requests))
        theirs.shutdown(socket.SHUT_WR)
        answered = len(requests)
        try:
            peer(ours, end).serve()
        except WireError:
            answered = 0
        ours.shutdown(socket.SHUT_WR)
        hearing, count = Channel(theirs), 0
        try:
            while True:
                text, _ = hearing.receive()
                assert {"re"} <= text.keys()
                count += 1
        except Gone:
            assert count >= answered


# What the process that runs the tests says ---------------------------------------------------------

NOTES = st.lists(TEXTS | JSON, max_size=2)
CELLS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "cell_type": st.just("code") | JSON,
            "source": TEXTS,
            "metadata": st.fixed_dictionaries(
                {},
                optional={
                    "nbgrader": st.fixed_dictionaries(
                        {},
                        optional={
                            "grade_id": st.sampled_from(["twice", "test_twice", "x"]) | JSON,
                            "grade": st.booleans() | JSON,
                            "solution": st.booleans() | JSON,
                            "points": NUMBERS | JSON,
                        },
                    )
                },
            )
            | JSON,
            "outputs": JSON,
        },
    )
    | JSON,
    max_size=3,
)
SAID = st.fixed_dictionaries(
    {"text": TEXTS | JSON, "cells": CELLS | JSON, "refused": TEXTS | JSON, "notes": NOTES | JSON},
    optional={
        "mistakes": st.dictionaries(TEXTS, st.lists(TEXTS | JSON, max_size=2) | JSON, max_size=2)
        | JSON,
        "more": JSON,
    },
)


class Saying:
    """Stands for a process that runs tests, of which a student has got hold."""

    said = None

    def learn(self, plain):
        pass

    def work(self, *given):
        return json.loads(json.dumps(self.said))


@pytest.fixture(scope="module")
def class_of_two(tmp_path_factory):
    folder = make_course(tmp_path_factory.mktemp("wire"))
    hand_in(folder, "bob", ANSWERS["right"])
    grade_here(folder)
    hand_in(folder, "eve", ANSWERS["right"])
    return folder


@settings(drawn, suppress_health_check=[*HealthCheck], max_examples=50)
@given(said=SAID | JSON)
def test_whatever_a_tests_process_says_is_that_ones_alone(class_of_two, said):
    executor = Saying()
    executor.said = said
    try:
        summary, records = grade_here(class_of_two, "eve", executor=executor)
    except JailError:  # of which a pool makes a sentence
        return
    assert summary.failed.keys() <= {"eve"}
    told = report.table(summary, records.values())
    told.encode("utf-8")
    json.loads(report.as_json(NAME, summary, records.values()))
    page = report.write(class_of_two, NAME, summary, records.values())
    page.read_text("utf-8")
    assert rows(class_of_two)["bob"]["grades"]["test_twice"][0] == 2


@drawn
@given(content=st.binary(max_size=100), size=st.integers(0, 120))
def test_any_bytes_of_a_prepared_process_are_a_message_or_none(content, size):
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        theirs.sendall(struct.pack(">I", size) + content)
        theirs.shutdown(socket.SHUT_WR)
        try:
            message, descriptors = prepared.receive(ours)
        except (EOFError, ValueError):
            return
        assert message == json.loads(content[:size])
        assert descriptors == []


def test_no_text_of_a_students_is_computed_by_the_tests():
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs), pytest.raises(WireError, match="only tests"):
        Reader(peer(ours, False)._table, []).value(["formula", "lambda: 1"])
