"""A model that gives prepared answers: for tests of what happens around a model's words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

from townsfolk.models.interface import Chunk, Completion, Request
from townsfolk.models.profile import ModelProfile

Reply = str | Completion | Exception
WEAK = ModelProfile(strength="weak", context=2048, tools=False)
STRONG = ModelProfile(strength="strong", context=8192, tools=False)


class ReplayModel:
    """Answers with the next reply, or with what a function makes of the request; keeps requests."""

    name = "replay"

    def __init__(
        self, replies: list[Reply] | Callable[[Request], Reply], profile: ModelProfile = WEAK
    ) -> None:
        self.profile = profile
        self.requests: list[Request] = []
        self._replies = replies

    def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        if callable(self._replies):
            reply = self._replies(request)
        else:
            reply = self._replies[min(len(self.requests), len(self._replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Completion) else Completion(reply)

    def stream(self, request: Request) -> Iterator[Chunk]:
        completion = self.complete(request)
        yield Chunk(completion.text)
        yield Chunk("", completion)

    async def acomplete(self, request: Request) -> Completion:
        return self.complete(request)

    async def astream(self, request: Request) -> AsyncIterator[Chunk]:
        for chunk in self.stream(request):
            yield chunk

    def reset(self) -> None: ...

    def close(self) -> None: ...

    def prompts(self) -> list[str]:
        """The whole text of each prompt."""
        return ["\n".join(m.content for m in request.messages) for request in self.requests]
