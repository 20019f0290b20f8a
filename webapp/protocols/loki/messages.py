"""Protobuf messages of Loki's push request.

No maintained package on PyPI has them, so they are described here from Loki's own definition:
https://github.com/grafana/loki/blob/main/pkg/push/push.proto (PushRequest, StreamAdapter, EntryAdapter). Messages in a
message are left as bytes, for the reason in `shallow_protobuf`; so is a timestamp, a google.protobuf.Timestamp.
"""

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

from webapp.protocols.shallow_protobuf import message_class

_BYTES = FieldDescriptorProto.TYPE_BYTES
_STRING = FieldDescriptorProto.TYPE_STRING
_ONE = FieldDescriptorProto.LABEL_OPTIONAL
_MANY = FieldDescriptorProto.LABEL_REPEATED


def _message(name: str, *fields: FieldDescriptorProto) -> DescriptorProto:
    return DescriptorProto(name=name, field=fields)


def _field(
    name: str, number: int, type_: "FieldDescriptorProto.Type.ValueType", label: "FieldDescriptorProto.Label.ValueType"
) -> FieldDescriptorProto:
    return FieldDescriptorProto(name=name, number=number, type=type_, label=label)


PushRequest = message_class(_message("PushRequest", _field("streams", 1, _BYTES, _MANY)))
Stream = message_class(_message("Stream", _field("labels", 1, _STRING, _ONE), _field("entries", 2, _BYTES, _MANY)))
Entry = message_class(
    _message(
        "Entry",
        _field("timestamp", 1, _BYTES, _ONE),
        _field("line", 2, _STRING, _ONE),
        _field("structured_metadata", 3, _BYTES, _MANY),
    )
)
LabelPair = message_class(_message("LabelPair", _field("name", 1, _STRING, _ONE), _field("value", 2, _STRING, _ONE)))
