"""Bodies that every protocol must refuse without quoting QUOKKA."""

DEEP_JSON = b'{"a":' * 100_000
BAD_BODIES = {
    "garbage": b"\x00\xff\xfeQUOKKA\x80",
    "broken JSON": b'{"QUOKKA": ',
    "deep JSON": DEEP_JSON,
    "deep arrays": b"[" * 100_000,
    "another type": b'"QUOKKA"',
    "a number": b"17",
    "null": b"null",
    "not UTF-8": b'{"message": "QUOKKA \xff"}',
}
