"""Which answer belongs to which question: all clean pairs are found, no wrong one ever."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.listen.frames import Answer, Heard, Question, Refusal, Unread, question
from edge_agent.listen.pairing import (
    AFTER_ANSWER_S,
    ANSWER_WITHIN_S,
    Doubtful,
    Event,
    Exchange,
    Pairer,
    Refused,
    Unanswered,
    Unasked,
)
from edge_agent.listen.traffic import Traffic
from tests.edge_agent.listen.wire import answer, framed, refusal


def asked(address: int, count: int = 2, at_s: float = 0.0, unit: int = 1) -> Question:
    """A question to read holding registers."""
    return Question(unit, 3, address, count, at_s)


def given_back(first: int, count: int = 2, at_s: float = 0.1, unit: int = 1) -> Answer:
    """An answer whose words count up from ``first``."""
    return Answer(unit, 3, tuple(range(first, first + count)), at_s)


def events(*heard: Heard) -> list[Event]:
    """What a pairer makes of these in order."""
    pairer = Pairer()
    return [event for one in heard for event in pairer.hear(one)]


def kinds(*heard: Heard) -> list[type[Event]]:
    """The kinds of events only."""
    return [type(event) for event in events(*heard)]


def test_an_answer_belongs_to_the_question_before_it() -> None:
    """The address comes from the question, the words from the answer, the latency from both."""
    (exchange,) = events(asked(100, at_s=1.0), given_back(7, at_s=1.25))
    assert isinstance(exchange, Exchange)
    assert (exchange.question.address, exchange.answer.words) == (100, (7, 8))
    assert exchange.latency_s == 0.25


def test_an_answer_without_a_question_is_counted_never_guessed() -> None:
    """So is one of another unit, function or count, and a second answer."""
    assert kinds(given_back(7)) == [Unasked]
    assert kinds(asked(0), given_back(7, unit=2)) == [Unasked]
    assert kinds(asked(0), Answer(1, 4, (7, 8), 0.1)) == [Unasked]
    assert kinds(asked(0), given_back(7, count=3)) == [Unasked]
    assert kinds(asked(0), given_back(7), given_back(7)) == [Exchange, Unasked]
    assert kinds(Refusal(1, 3, 2, 0.0)) == [Unasked]


def test_an_answer_after_the_time_limit_is_nobodys() -> None:
    """Two seconds later the master has long asked something else."""
    late = ANSWER_WITHIN_S + 0.1
    assert kinds(asked(0), given_back(7, at_s=late)) == [Unasked]


def test_a_refusal_belongs_to_its_question() -> None:
    """With its code."""
    (refused,) = events(asked(0), Refusal(1, 3, 2, 0.1))
    assert refused == Refused(asked(0), 2, 0.1)


def test_a_question_without_an_answer_is_told_when_the_next_one_comes() -> None:
    """Or when the time limit has passed and no further question came."""
    first, second = asked(0), asked(10, unit=2, at_s=0.3)
    assert events(first, second) == [Unanswered(first, garbled=False)]
    pairer = Pairer()
    assert [*pairer.hear(first)] == []
    assert [*pairer.look(1.0)] == []
    assert [*pairer.look(ANSWER_WITHIN_S + 0.1)] == [Unanswered(first, garbled=False)]
    assert [*pairer.look(ANSWER_WITHIN_S + 0.2)] == []


def test_a_broadcast_owes_no_answer() -> None:
    """Unit 0 is everybody."""
    assert kinds(asked(0, unit=0), asked(10)) == []


def test_a_late_answer_is_not_taken_for_the_next_like_question() -> None:
    """Same unit, function and count: it could be either's, so it is nobody's."""
    first, second = asked(0), asked(50, at_s=0.3)
    assert kinds(first, second, given_back(7, at_s=0.35)) == [Unanswered, Doubtful]


def test_doubt_lasts_until_the_unit_can_owe_nothing_more() -> None:
    """A shift by one answer would go on while the master asks without a pause; a pause ends it."""
    shifted = (asked(0), asked(50, at_s=0.3), given_back(0, at_s=0.35))
    at_once = (asked(80, at_s=0.36), given_back(50, at_s=0.4))
    assert kinds(*shifted, *at_once) == [Unanswered, Doubtful, Doubtful]
    after_s = 0.35 + AFTER_ANSWER_S + 0.1
    paused = (asked(80, at_s=after_s), given_back(80, at_s=after_s + 0.02))
    assert kinds(*shifted, *paused) == [Unanswered, Doubtful, Exchange]


def test_an_answer_of_another_count_ends_the_doubt() -> None:
    """Units answer in order: what was asked before it has been answered, or never will be."""
    heard = (
        asked(0), asked(50, count=5, at_s=0.3), given_back(7, count=5, at_s=0.35),
        asked(80, at_s=0.4), given_back(80, at_s=0.45),
    )  # fmt: skip
    assert kinds(*heard) == [Unanswered, Exchange, Exchange]


def test_a_repeated_question_may_take_either_answer() -> None:
    """Both are of the same registers; the question after it may meet the second one."""
    heard = (asked(0), asked(0, at_s=0.3), given_back(7, at_s=0.35))
    assert kinds(*heard) == [Unanswered, Exchange]
    next_one = (asked(50, at_s=0.36), given_back(7, at_s=0.4))
    assert kinds(*heard, *next_one) == [Unanswered, Exchange, Doubtful]


def test_stray_bytes_between_question_and_answer_cast_doubt() -> None:
    """They may be a question that went unheard; two bytes at the turn of the line are none."""
    assert kinds(asked(0), Unread(2, 0.05), given_back(7)) == [Exchange]
    assert kinds(asked(0), Unread(3, 0.05), given_back(7)) == [Doubtful]


def test_an_unreadable_answer_is_owed_no_more() -> None:
    """Otherwise one hit by noise would cast doubt on all that follow."""
    first, second = asked(0, count=10), asked(50, count=10, at_s=0.3)
    heard = (first, Unread(25, 0.1), second, given_back(7, count=10, at_s=0.35))
    found = events(*heard)
    assert found[0] == Unanswered(first, garbled=True)
    assert isinstance(found[1], Exchange)


def test_a_unit_that_never_answers_is_remembered_for_a_moment_only() -> None:
    """What nobody will answer any more is forgotten, and casts no doubt."""
    heard = [asked(at, at_s=3.0 * at) for at in range(1_000)]
    assert kinds(*heard, given_back(7, at_s=3.0 * 999 + 0.1))[-1] is Exchange


@dataclass(frozen=True)
class Piece:
    """A turn on the line: what is asked, what becomes of it, and noise behind it."""

    unit: int
    address: int
    count: int
    fate: str
    noise: bytes

    def words(self, turn: int) -> tuple[int, ...]:
        """Words that no other register and turn gives."""
        return tuple((self.address * 131 + turn * 977 + at) & 0xFFFF for at in range(self.count))


FATES = ("clean", "clean", "clean", "silent", "late", "twice", "refused", "cut", "spoiled")


def pieces(noise: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[Piece]]:
    """Turns of a master on units 1 to 3, of few counts, so that like questions abound."""
    one = st.builds(
        Piece, st.integers(1, 3), st.sampled_from((0, 0x0210, 0x5000, 900)),
        st.sampled_from((4, 4, 40)), st.sampled_from(FATES), noise,
    )  # fmt: skip
    return st.lists(one, max_size=25)


def played(turns: list[Piece], step_s: float) -> tuple[list[tuple[bytes, float]], list[int]]:
    """The bunches on the wire with their instants, and the turns that are clean beyond doubt."""
    said: list[tuple[bytes, float]] = []
    owed: list[bytes] = []
    clean: list[int] = []
    for turn, piece in enumerate(turns):
        at_s = turn * step_s
        right = answer(piece.unit, 3, piece.words(turn))
        said.append((question(piece.unit, 3, piece.address, piece.count), at_s))
        # What is late comes in the place of the next turn's answer, which is then lost.
        late, owed = owed, []
        bunch = {
            "clean": right, "twice": right + right, "cut": right[: len(right) // 2 + 1],
            "refused": refusal(piece.unit, 3, 2), "spoiled": right[:-1] + bytes((right[-1] ^ 1,)),
        }.get(piece.fate, b"")  # fmt: skip
        if late:
            bunch = late[0]
        elif piece.fate == "late":
            owed = [right]
        elif piece.fate == "clean":
            clean.append(turn)
        said.append((bunch + piece.noise, at_s + 0.03))
    return said, clean


def paired(said: list[tuple[bytes, float]]) -> list[Exchange]:
    """What a listener makes of it."""
    traffic, found = Traffic(), []
    for data, at_s in said:
        found += traffic.feed(data, at_s)
    return found + traffic.quiet(said[-1][1] + 10 if said else 0.0)


def turn_of(exchange: Exchange, step_s: float) -> int:
    """In which turn its question was asked."""
    return round(exchange.question.at_s / step_s)


@settings(max_examples=300, deadline=None)
@given(pieces(st.binary(max_size=3)), st.sampled_from((0.1, 0.4, 1.0)))
def test_no_wrong_pair_ever(turns: list[Piece], step_s: float) -> None:
    """Whatever is silent, late, doubled, cut or spoiled: a pair has its own question's words."""
    said, _ = played(turns, step_s)
    rights = {(p.unit, p.address, p.words(turn)) for turn, p in enumerate(turns)}
    for exchange in paired(said):
        asked_for = exchange.question
        assert (asked_for.unit, asked_for.address, exchange.answer.words) in rights


@settings(max_examples=200, deadline=None)
@given(pieces(st.binary(max_size=30)))
def test_every_clean_pair_is_found_in_any_noise(turns: list[Piece]) -> None:
    """Noise between turns, of any length, hides no pair once nothing is owed."""
    sound = [Piece(p.unit, p.address, p.count, "clean", p.noise) for p in turns]
    said, clean = played(sound, 1.0)
    assert [turn_of(one, 1.0) for one in paired(said)] == clean == [*range(len(turns))]


def test_bunches_do_not_matter() -> None:
    """The same traffic in bunches of any size gives the same pairs."""
    data = b"".join(
        question(1, 4, at, 4) + answer(1, 4, range(at, at + 4)) + framed(2, 6, 0, 1, 0, at)
        for at in range(40)
    )
    for step in (1, 7, 64, len(data)):
        traffic, found = Traffic(), []
        for at in range(0, len(data), step):
            found += traffic.feed(data[at : at + step], at / 1000)
        found += traffic.quiet(10.0)
        assert [(one.question.address, one.answer.words[0]) for one in found] == [
            (at, at) for at in range(40)
        ]


@settings(max_examples=200, deadline=None)
@given(pieces(st.just(b"")), st.integers(0, 400), st.integers(1, 300))
def test_joined_anywhere_and_bunched_anyhow(turns: list[Piece], joined: int, bunch: int) -> None:
    """Who joins in the middle of a frame hears every pair whose question came after that."""
    step_s = 1.0
    data, starts = b"", list[int]()
    for turn, p in enumerate(turns):
        starts.append(len(data))
        data += question(p.unit, 3, p.address, p.count) + answer(p.unit, 3, p.words(turn))
    traffic, found = Traffic(), list[Exchange]()
    for at in range(joined, len(data), bunch):
        found += traffic.feed(data[at : at + bunch], at * step_s / 1000)
    found += traffic.quiet(1_000.0)
    wanted = [p.words(turn) for turn, p in enumerate(turns) if starts[turn] >= joined]
    assert [one.answer.words for one in found] == wanted
