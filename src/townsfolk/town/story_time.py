"""Time as the story counts it."""

from __future__ import annotations

import re
from typing import Any

from pydantic import RootModel, model_validator

from townsfolk.town.schema import wrong_kind

_FORM = re.compile(r"^(\d{1,5})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$")


class StoryTime(RootModel[str]):
    """A moment `YEAR-MONTH-DAY` or `YEAR-MONTH-DAY HOUR:MINUTE` of the town's own calendar."""

    @model_validator(mode="before")
    @classmethod
    def _accept(cls, value: Any) -> Any:
        if not isinstance(value, str) or not _FORM.match(value.strip()):
            raise wrong_kind('a story time like "431-09-14" or "431-09-14 17:40"')
        return value.strip()

    @property
    def order(self) -> int:
        """A number that grows with time: years, months (of up to 100 days), minutes."""
        match = _FORM.match(self.root)
        assert match is not None
        year, month, day, hour, minute = (int(part or 0) for part in match.groups())
        return ((year * 100 + month) * 100 + day) * 1440 + hour * 60 + minute


def order(time: StoryTime | None) -> int | None:
    """The order of a time that may be left open."""
    return None if time is None else time.order
