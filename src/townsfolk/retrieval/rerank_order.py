"""The order of passages in a model's answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from townsfolk.retrieval.fencing import fenced, unthought
from townsfolk.retrieval.rerank import RerankError

_BRACKETED = re.compile(r"\[\s*(\d{1,4})\s*\]")
_NUMBER = re.compile(r"\d{1,4}")
_ONLY_NUMBERS = re.compile(r"[\d\s,;>\[\]().=]*\d[\d\s,;>\[\]().=]*")


def read_order(answer: str, count: int) -> list[int]:
    """The places, from 0, that an answer puts in order, however it writes them.

    What it names twice, or what is not there, is passed over; what it leaves out keeps its old
    order behind the rest.

    Raises:
        RerankError: it names no passage.
    """
    named = [number - 1 for number in _numbers(unthought(answer)) if 1 <= number <= count]
    if not named:
        raise RerankError(f"the model's answer orders no passages: {fenced(answer, 80)!r}")
    return list(dict.fromkeys([*named, *range(count)]))


def _numbers(answer: str) -> list[int]:
    """The numbers of an answer: JSON, else those in brackets, else a line of nothing but numbers.

    Numbers inside a sentence are not taken: they count coins and years.
    """
    if "{" in answer and (order := _json_order(answer)):
        return order
    if bracketed := _BRACKETED.findall(answer):
        return [int(number) for number in bracketed]
    for line in answer.splitlines():
        if _ONLY_NUMBERS.fullmatch(line):
            return [int(number) for number in _NUMBER.findall(line)]
    return []


def _json_order(answer: str) -> list[int]:
    """The order in a JSON object, mended where it broke off."""
    from json_repair import repair_json

    try:
        data = repair_json(answer[answer.index("{") :], return_objects=True)
    except (ValueError, RecursionError):  # nested deeper than it can read
        return []
    order = data.get("order") if isinstance(data, dict) else None
    return list(_whole(order if isinstance(order, list) else ()))


def _whole(values: Iterable[Any]) -> Iterable[int]:
    """The whole numbers of a list, those in quotation marks too."""
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool):
            yield value
        elif isinstance(value, str) and (found := _NUMBER.search(value)):
            yield int(found.group())


def order_schema(count: int) -> dict[str, Any]:
    """The JSON schema of an order."""
    number = {"type": "integer", "minimum": 1, "maximum": count}
    return {
        "type": "object",
        "properties": {"order": {"type": "array", "items": number, "maxItems": count}},
        "required": ["order"],
        "additionalProperties": False,
    }
