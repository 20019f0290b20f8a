"""Open a protobuf message one level at a time.

A message of two bytes takes a hundred in memory once it is parsed, so that 20 MiB of empty log records become 1.5 GiB.
A shallow class of a message leaves the messages in it as bytes. They can be counted and measured first, and a damaged
one does not damage its neighbours.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass


def shallow_message_class(descriptor: Descriptor) -> type[Message]:
    """Return a class that leaves each message in a message as bytes."""
    shallow = descriptor_pb2.DescriptorProto()
    descriptor.CopyToProto(shallow)
    shallow.ClearField("nested_type")
    for field in shallow.field:
        # A message and bytes look the same on the wire: a length, and so many bytes.
        if field.type == FieldDescriptorProto.TYPE_MESSAGE:
            field.type = FieldDescriptorProto.TYPE_BYTES
            field.ClearField("type_name")
    return message_class(shallow)


def message_class(message: descriptor_pb2.DescriptorProto) -> type[Message]:
    """Return a class for a proto3 message without references to others."""
    file = descriptor_pb2.FileDescriptorProto(name="shallow.proto", package="shallow", syntax="proto3")
    file.message_type.append(message)
    # A pool of its own: in the default pool the name would clash with the full message.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    described: Any = pool.FindMessageTypeByName(f"shallow.{message.name}")
    return GetMessageClass(described)
