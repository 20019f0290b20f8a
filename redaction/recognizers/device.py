"""Devices and vehicles: IMEI, VIN."""

from redaction.recognizer import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = ()
