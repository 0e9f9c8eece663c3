"""Traces as OTLP messages, with the attributes that Langfuse reads.

Messages of one kind can be joined end to end: protobuf merges them into one with all the spans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from townsfolk.store.tracing.identity import observation_id
from townsfolk.store.tracing.observations import ROOT, Observation
from townsfolk.store.tracing.traces import Trace

SCOPE = "townsfolk"
LARGEST_MESSAGE = 1_000_000
"""Bytes; a trace with more becomes several."""


def messages(trace: Trace, environment: str) -> Iterator[tuple[str, bytes]]:
    """A trace as messages, each with a key of its own within the trace.

    What a score looked at is a message of its own: scores come later than lines, and a server may
    count a span twice that it is sent twice.
    """
    shared = _shared(trace, environment)
    spans: list[OtlpSpan] = []
    number = size = 0
    for observation in trace.observations:
        span = _span(trace, observation, shared)
        if observation.kind == "evaluator":
            yield span.span_id.hex(), _message(trace, [span])
            continue
        if spans and size + span.ByteSize() > LARGEST_MESSAGE:
            yield str(number), _message(trace, spans)
            number, spans, size = number + 1, [], 0
        spans.append(span)
        size += span.ByteSize()
    yield str(number), _message(trace, spans)


def _message(trace: Trace, spans: list[OtlpSpan]) -> bytes:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    about = {"service.name": SCOPE, "service.version": trace.release}
    resource.resource.attributes.extend(_texts(about))
    scope = resource.scope_spans.add()
    scope.scope.name = SCOPE
    scope.scope.version = trace.release
    scope.spans.extend(spans)
    serialized: bytes = request.SerializeToString(deterministic=True)
    return serialized


def _shared(trace: Trace, environment: str) -> list[KeyValue]:
    """What every span says about its trace: newer servers keep no record of traces beside spans."""
    told = {
        "langfuse.trace.name": trace.name,
        "session.id": trace.session,
        "user.id": trace.user,
        "langfuse.environment": environment,
        "langfuse.release": trace.release,
        "langfuse.version": trace.version,
        **{f"langfuse.trace.metadata.{name}": value for name, value in trace.metadata.items()},
    }
    tags = ArrayValue(values=[_text(tag) for tag in trace.tags])
    return [
        *_texts(told),
        KeyValue(key="langfuse.trace.tags", value=AnyValue(array_value=tags)),
    ]


def _span(trace: Trace, observation: Observation, shared: list[KeyValue]) -> OtlpSpan:
    span = OtlpSpan(
        trace_id=bytes.fromhex(trace.id),
        span_id=_id(trace, observation.part),
        name=observation.name,
        kind=OtlpSpan.SPAN_KIND_INTERNAL,
        start_time_unix_nano=_nanoseconds(observation.times.start),
        end_time_unix_nano=_nanoseconds(observation.times.end),
    )
    if observation.part != ROOT:
        span.parent_span_id = _id(trace, ROOT)
    told = {
        "langfuse.observation.type": observation.kind,
        "langfuse.observation.input": observation.input,
        "langfuse.observation.output": observation.output,
        "langfuse.observation.level": "WARNING" if observation.warning else "",
        "langfuse.observation.status_message": observation.warning,
        **observation.more,
        **{
            f"langfuse.observation.metadata.{name}": value
            for name, value in observation.metadata.items()
        },
    }
    span.attributes.extend([*shared, *_texts(told)])
    return span


def _id(trace: Trace, part: str) -> bytes:
    return bytes.fromhex(observation_id(trace.session, trace.turn, part))


def _texts(told: Mapping[str, str]) -> Iterator[KeyValue]:
    for name, value in told.items():
        if value:
            yield KeyValue(key=name, value=_text(value))


def _text(value: str) -> AnyValue:
    # A model may write half of a character, which no UTF-8 can hold.
    return AnyValue(string_value=value.encode("utf-8", "replace").decode("utf-8"))


def _nanoseconds(seconds: float) -> int:
    # Whole microseconds: a float has no more to give.
    return round(seconds * 1e6) * 1000
