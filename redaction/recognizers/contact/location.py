"""Coordinates: latitude and longitude in the notations that name them."""

import re

from redaction.recognizer import Recognizer

_END = r"(?![0-9A-Za-z]|\.[0-9])"
_FINE_LATITUDE = r"[+-]?(?:[0-8]?[0-9]|90)\.[0-9]{4,17}"  # four decimals: ten metres
_FINE_LONGITUDE = r"[+-]?(?:1[0-7][0-9]|180|[0-9]{1,2})\.[0-9]{4,17}"
_START = r"(?:(?<![0-9A-Za-z.+-])|(?<=%[2-7][0-9A-Fa-f])|(?<=%20))"
_COMMA = r"(?:[ ]?[,;/|][ ]?|%2[Cc](?:%20|\+)?|[ ])"

# Each of these may go on ("location_end", "geocoded"), but begins behind no other letter.
_LOCATION_WORD = re.compile(
    "(?=[A-Za-zк位])(?:(?<![^\\W\\d_])|(?<=[a-z])(?=[A-Z]))"
    "(?i:loc(?:at(?:ion|ed?|or))?s?|geo[a-z]{0,10}|gps|gnss|coord(?:inate)?s?|lat(?:itude)?|l[no]?ng?(?:itude)?|ll"
    "|(?:lat|lng|lon)_?(?:lng|long?|lat)|pos(?:ition)?|places?|points?|maps?|markers?|pick[ _-]?up|drop[ _-]?off"
    "|destination|origin|waypoints?|address|home|venue|cent(?:er|re)|near(?:by|est)?|driver|vehicle|rider|courier|trip"
    "|track(?:er|ing)?|last[ _-]?seen|check[ _-]?in|arrived|bbox|bounds|ubicaci[oó]n|standort|posici[oó]n"
    "|localisation|координаты|位置)"
    "(?![a-z])(?!(?<=[A-Z])[A-Z])"
)

_QUOTE = r"(?:\\{0,7}[\"'`]|%22|&quot;)?"
_KEY = (
    r"(?:(?<![0-9A-Za-z])|(?<=%22)|(?<=[a-z])(?=L)|(?<=geo)|(?<=gps))(?P<key>(?i:lat(?:itude)?|lng|long?(?:itude)?))(?:_?(?:deg|e7))?"
    rf"{_QUOTE}[ ]?(?:[:=]|=>|%3[AaDd]|>)[ ]{{0,2}}{_QUOTE}"
)
_OTHER_KEY = {
    True: re.compile(r"(?<![a-z])(?:[a-z]{0,9})(?:lng|long?)(?:itude)?(?![a-z])", re.IGNORECASE),
    False: re.compile(r"(?<![a-z])(?:[a-z]{0,9})lat(?:itude)?(?![a-z])", re.IGNORECASE),
}
_REACH = 64
_NEAR = 48
_UNIT = r"(?![ ]?(?:ms|us|ns|s|sec|%)(?![0-9A-Za-z]))"

# Degrees, minutes and seconds, and the hemisphere before or behind them.
_SECONDS = r"[0-9]{1,2}(?:\.[0-9]{1,6})?[ ]?(?:\\?\"|\u201d|\u2033|''|%22)"
_MINUTES = rf"[0-9]{{1,2}}(?:\.[0-9]{{1,8}})?[ ]?(?:'|\u2019|\u2032|%27)(?:[ ]?{_SECONDS})?"
_DEGREE = "[\u00b0\u00ba\u02da]"
_DEGREES = rf"[0-9]{{1,3}}(?:\.[0-9]{{2,12}}[ ]?{_DEGREE}|[ ]?(?:{_DEGREE}|deg)[ ]?{_MINUTES})"
_SIDE = rf"(?:{_DEGREES}[ ]?[NSEWO](?![A-Za-z])|(?<![A-Za-z])[NSEWO][ ]?{_DEGREES})"


def _is_behind_location_word(match: re.Match[str]) -> bool:
    return _LOCATION_WORD.search(match.string, max(0, match.start() - _NEAR), match.start()) is not None


def _is_coordinate(match: re.Match[str]) -> bool:
    """Accept a number in range whose key means a coordinate.

    "lat" is latency too, and "long" a word, so both keys of a position must be there, or a full word ("latitude").
    """
    key, value = match["key"].lower(), abs(float(match["value"]))
    is_latitude = key.startswith("lat")
    if value > (90 if is_latitude else 180):
        return False
    start, end = max(0, match.start() - _REACH), match.end() + _REACH
    return key.endswith("itude") or bool(_OTHER_KEY[is_latitude].search(match.string, start, end))


def _compile(shape: str) -> re.Pattern[str]:
    return re.compile(shape, re.ASCII)


RECOGNIZERS = (
    Recognizer(
        name="gps_pair",
        entity="GPS",
        gate=r"[0-9]\.[0-9]{4}[0-9]*(?:[ ]?[ ,;/|][ ]?|%2[Cc](?:%20|\+)?)[+-]?[0-9]{1,3}\.[0-9]{4}",
        gate_kind="shapes",
        pattern=_compile(
            rf"{_START}(?:{_FINE_LATITUDE}{_COMMA}{_FINE_LONGITUDE}|{_FINE_LONGITUDE}{_COMMA}{_FINE_LATITUDE}){_END}"
        ),
        validate=_is_behind_location_word,
        positive=(
            ("geo location=54.97572,-82.27027 accuracy=9.2", "54.97572,-82.27027"),
            ("geocoded to (48.858370, 2.294481)", "48.858370, 2.294481"),
            ('"coordinates":[-122.419416,37.774929]', "-122.419416,37.774929"),
            ("SRID=4326;POINT(-71.060316 48.432044)", "-71.060316 48.432044"),
            ("/maps?q=48.85837%2C2.29448&z=15", "48.85837%2C2.29448"),
            ("https://www.google.com/maps/@48.85837,2.29448,15z", "48.85837,2.29448"),
            ("driver 42 at 48.8583701 2.2944813", "48.8583701 2.2944813"),
        ),
        negative=(
            "loss 0.12345,0.45678",
            "location=54.9,-82.2",
            "location=95.12345,182.12345",
            "position 12.345678.1,2.123456",
            "loc=0.12345ms 0.45678ms",
        ),
    ),
    Recognizer(
        name="gps_geo_uri",  # RFC 5870
        entity="GPS",
        gate=r"geo(?::|%3[Aa])[+-]?[0-9]{1,2}(?:\.[0-9]+)?(?:,|%2[Cc])",
        gate_kind="prefixes",
        pattern=_compile(
            r"(?<![A-Za-z])geo(?::|%3[Aa])(?P<value>-?[0-9]{1,2}(?:\.[0-9]{1,17})?(?:,|%2[Cc])-?[0-9]{1,3}(?:\.[0-9]{1,17})?"
            r"(?:(?:,|%2[Cc])-?[0-9]{1,5}(?:\.[0-9]{1,9})?)?)(?![0-9A-Za-z])"
        ),
        positive=(
            ("open geo:48.2010,16.3695,183", "48.2010,16.3695,183"),
            ("open geo:37.78,-122.4;u=35", "37.78,-122.4"),
        ),
        negative=("geo:48", "ageo:48.2,16.3", "geo: 48.2 16.3"),
    ),
    Recognizer(
        name="gps_key",
        entity="GPS",
        gate=r"(?i:lat|lng|lon)(?i:g|itude|gitude)?(?:_?(?:deg|e7))?[\\\"'`%2&quot;]{0,9}[ ]?(?:[:=>]|%3)"
        r"[^0-9A-Za-z]{0,8}(?:%22|D|d|A|a|&quot;){0,3}[+-]?[0-9]{1,3}\.",
        gate_kind="words",
        pattern=_compile(rf"{_KEY}(?P<value>[+-]?[0-9]{{1,3}}\.[0-9]{{1,17}}){_END}{_UNIT}"),
        validate=_is_coordinate,
        positive=(
            ('at {"lat":54.97572,"lng":"-"}', "54.97572"),
            ('at {"lat":null,"lng":"-82.27027"}', "-82.27027"),
            ("pickup_lat=54.9 pickup_lng=-", "54.9"),
            (r"{\"latitude\": -54.97572}", "-54.97572"),
            ("?lat=54.97572&lon=", "54.97572"),
            ("<lat>54.97572</lat><lon/>", "54.97572"),
            ("userLatitude: 54.97572, ok", "54.97572"),
            ("geolat=54.97572 geolon=-", "54.97572"),
        ),
        negative=(
            "lat=12.345678",
            "lat=12.345678 ms lon=1",
            "flat: 1.2, lng",
            "lat (usec): min=1.5, avg=3.2",
            "latitude=95.5",
            "latency=1.5 long=2",
            "p99lat=1.5 long=x",
            "longest: 12.5",
        ),
    ),
    Recognizer(
        name="gps_degrees",
        entity="GPS",
        gate=f"[0-9][ ]?(?:{_DEGREE}|deg[ ]?[0-9])",
        gate_kind="prefixes",
        pattern=_compile(rf"(?<![0-9.]){_SIDE}(?:(?:[ ]?[,;/][ ]?|[ ]{{1,2}}){_SIDE})?"),
        positive=(
            ("at 48°51'30.1\"N 2°17'40.2\"E.", "48°51'30.1\"N 2°17'40.2\"E"),
            ("pos: 48° 51′ 30″ N, 2° 17′ 40″ W", "48° 51′ 30″ N, 2° 17′ 40″ W"),
            ("GPSLatitude: 52 deg 31' 12.00\" N", "52 deg 31' 12.00\" N"),
            ("lat 48.8584° N, 2.2945° E", "48.8584° N, 2.2945° E"),
            ("N 48° 51.502' E 002° 17.669'", "N 48° 51.502' E 002° 17.669'"),
        ),
        negative=("temperature 25°C", "rotated 90° N", "fan at 48.5°C, 12 E", "wind 270° W"),
    ),
    Recognizer(
        name="gps_nmea",  # NMEA 0183: ddmm.mm and dddmm.mm
        entity="GPS",
        gate=r"[0-9]{4}\.[0-9]+,[G-Z],[0-9]{5}\.[0-9]",
        gate_kind="shapes",
        pattern=_compile(r"(?<![0-9A-Za-z.])[0-9]{4}\.[0-9]{2,8},[NS],[0-9]{5}\.[0-9]{2,8},[EW](?![A-Za-z])"),
        positive=(("$GPGGA,123519,4807.038,N,01131.000,E,1,08", "4807.038,N,01131.000,E"),),
        negative=("4807.038,S,131.000,E", "x4807.038,N,01131.000,E"),
    ),
    Recognizer(
        name="gps_iso_6709",
        entity="GPS",
        gate=r"[+-][0-9]{2}\.[0-9]{2,10}[+-][0-9]{3}\.[0-9]{2}",
        gate_kind="shapes",
        pattern=_compile(
            r"(?<![0-9A-Za-z.])[+-][0-9]{2}\.[0-9]{2,10}[+-][0-9]{3}\.[0-9]{2,10}(?:[+-][0-9]{1,5}(?:\.[0-9]{1,6})?)?/"
        ),
        positive=(
            ('"com.apple.quicktime.location.ISO6709":"+48.8577+002.2950+035.000/"', "+48.8577+002.2950+035.000/"),
        ),
        negative=("+48.8577+002.2950", "1+48.85+002.29/"),
    ),
)
