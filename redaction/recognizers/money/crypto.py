"""Cryptocurrency addresses, known by the check in their own format."""

import hashlib
import re
from itertools import permutations

from stdnum.bitcoin import bech32_checksum

from redaction.fragments.context import Context, word_gate
from redaction.fragments.labelled import labelled_pattern
from redaction.recognizer import Recognizer

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_XRP = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BASE58_SIGN = "[1-9A-HJ-NP-Za-km-z]"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_SIGN = "[02-9ac-hj-np-zAC-HJ-NP-Z]"
_BECH32_CONSTANTS = (1, 0x2BC830A3)  # BIP 173, BIP 350
# A digit, a capital and a small letter in a row, the middle one up to four times, and two more signs: all but one
# address in 2,000 have them somewhere, few words have, and no counting of long runs could be as cheap a gate.
_KINDS = ("[1-9]", "[A-HJ-NP-Z]", "[a-km-z]")
_MIX = "|".join(f"{first}{middle}{{1,4}}{last}{_BASE58_SIGN}{{2}}" for first, middle, last in permutations(_KINDS))
_MIXED = re.compile(_MIX)
_ALONE = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
# More of the 40 digits of an address than a 64-bit number has: sessions and pointers open no gate.
_GATE_HEXADECIMAL = "0x[0-9A-Fa-f]{17}"

# Each project's chain parameters: the version byte before the 20 bytes of a hash.
_BITCOIN = (0x00, 0x05, 0x6F, 0xC4)  # the test net's included
_LITECOIN, _DOGECOIN, _DASH, _TRON = (0x30, 0x32), (0x1E, 0x16), (0x4C, 0x10), (0x41,)
_VERSIONS = frozenset((*_BITCOIN, *_LITECOIN, *_DOGECOIN, *_DASH, *_TRON))
_MONERO_WORDS = ("xmr", "monero", "wallet", "payout", "crypto", "withdrawal")
_SURE_ETHEREUM_WORDS = ("eth", "ethereum", "erc20", "erc721", "evm", "wallet", "metamask", "polygon", "usdt", "usdc")
_ETHEREUM_WORDS = (
    *(
        "eth",
        "ethereum",
        "erc20",
        "erc721",
        "evm",
        "wallet",
        "wallet address",
        "address",
        "addr",
        "account",
        "contract",
    ),
    *("from", "to", "recipient", "sender", "owner", "spender", "holder", "payout", "deposit", "withdraw", "withdrawal"),
    *("token", "usdt", "usdc", "polygon", "bsc", "bnb", "crypto", "beneficiary", "payee", "destination", "metamask"),
)


def _decode_base58(number: str, alphabet: str) -> bytes:
    value = 0
    for sign in number:
        value = value * 58 + alphabet.index(sign)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _has_base58_checksum(match: re.Match[str]) -> bool:
    """Verify a Base58Check address.

    It holds one byte of version, 20 of a hash, four of its double SHA-256.
    """
    number = match.group()
    return bool(_MIXED.search(number)) and _is_base58check(number, _BASE58, _VERSIONS)


def _is_base58check(number: str, alphabet: str, versions: frozenset[int]) -> bool:
    data = _decode_base58(number, alphabet).rjust(25, b"\0")
    if len(data) != 25 or data[0] not in versions:
        return False
    return hashlib.sha256(hashlib.sha256(data[:21]).digest()).digest()[:4] == data[21:]


def _is_xrp(match: re.Match[str]) -> bool:
    """Verify an XRP Ledger address ("Base58 Encodings").

    The check is Bitcoin's, with another alphabet and version 0.
    """
    return _is_base58check(match.group(), _BASE58_XRP, frozenset((0,)))


def _has_bech32_checksum(match: re.Match[str]) -> bool:
    """Verify one case and the checksum of BIP 173 and 350.

    The checksum covers the prefix and the data.
    """
    number = match.group()
    if number not in (number.lower(), number.upper()):
        return False
    prefix, _, data = number.lower().rpartition("1")
    expanded = [ord(sign) >> 5 for sign in prefix] + [0] + [ord(sign) & 31 for sign in prefix]
    return bech32_checksum(expanded + [_BECH32.index(sign) for sign in data]) in _BECH32_CONSTANTS


def _is_mixed_case(match: re.Match[str]) -> bool:
    """Accept letters of both cases.

    EIP-55 writes its check bits in the case of the letters. Hashes are written in one case.
    """
    digits = match.group()[2:]
    return digits not in (digits.lower(), digits.upper())


def _is_mixed(match: re.Match[str]) -> bool:
    """Accept digits and letters of both cases.

    Monero, "Standard address": 69 bytes as 95 characters. Hexadecimal hashes have one case.
    """
    return _MIXED.search(match.group()) is not None


RECOGNIZERS = (
    Recognizer(
        name="base58_address",
        entity="CRYPTO",
        gate=_MIX.replace("1-9", "0-9"),
        gate_kind="shapes",
        pattern=re.compile(rf"[13LMDXTAmn29](?<![0-9A-Za-z].){_BASE58_SIGN}{{24,34}}{_ALONE[1]}", re.ASCII),
        validate=_has_base58_checksum,
        max_lead=35,
        dense_gate=True,
        positive=(
            ("wallet payout to 15BTnuPeddw7iHn4rcdDYtziPUp7oDKQYq txid=62b0", "15BTnuPeddw7iHn4rcdDYtziPUp7oDKQYq"),
            ("bitcoin:16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ?amount=1", "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ"),
            ("to 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
            ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
        ),
        negative=(
            "1Q1pE5vPGEEMqRcVRMbtBK842Y6Pzo6nJ9",
            "x1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
            "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN21",
            "TransportSecurityMessageHandshake",
        ),
    ),
    Recognizer(
        name="bech32_address",
        entity="CRYPTO",
        gate=r"(?i:bc1|tb1|bcrt1|ltc1)(?i:[qpz])",
        gate_kind="words",
        pattern=re.compile(rf"{_ALONE[0]}(?i:bc1|tb1|bcrt1|ltc1){_BECH32_SIGN}{{14,74}}{_ALONE[1]}", re.ASCII),
        validate=_has_bech32_checksum,
        positive=(
            ("bitcoin: bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 done", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
            ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
            (
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            ),
        ),
        negative=(
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7Kv8f3t4",
            "abc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
    ),
    Recognizer(
        name="ethereum_mixed_case",
        entity="CRYPTO",
        gate=_GATE_HEXADECIMAL,
        gate_kind="prefixes",
        pattern=re.compile(rf"{_ALONE[0]}0x[0-9A-Fa-f]{{40}}{_ALONE[1]}", re.ASCII),
        validate=_is_mixed_case,
        starts_at_gate=True,
        positive=(
            ("paid 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            ("/0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359/nfts", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
        ),
        negative=(
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed5aAeb6053F3E94C9b9A09f33",
        ),
    ),
    Recognizer(
        name="ethereum_labelled",
        entity="CRYPTO",
        gate=_GATE_HEXADECIMAL,
        gate_kind="prefixes",
        pattern=labelled_pattern(_ETHEREUM_WORDS, rf"0x[0-9A-Fa-f]{{40}}{_ALONE[1]}", re.ASCII),
        positive=(
            ("eth=0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed ok", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
            (
                '"walletAddress":"0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"',
                "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED",
            ),
        ),
        negative=(
            "sha1 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "wallet tx=0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed5aaeb6053f3e94c9b9a09f33",
            "address 0x7fff5fbff8c0",
        ),
    ),
    Recognizer(
        name="ethereum_named",
        entity="CRYPTO",
        gate=_GATE_HEXADECIMAL,
        gate_kind="prefixes",
        pattern=re.compile(rf"0x[0-9A-Fa-f]{{40}}{_ALONE[1]}", re.ASCII),
        context=Context(_SURE_ETHEREUM_WORDS),
        max_lead=0,
        positive=(
            (
                'eth_getBalance ["0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae","latest"]',
                "0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae",
            ),
        ),
        negative=("method 0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae", "eth 0xde0b295669a9fd93d5f28d9ec85e40f4cb697ba"),
    ),
    Recognizer(
        name="xrp_address",
        entity="CRYPTO",
        gate=r"(?i:xrp|ripple|wallet|payout|crypto)",
        gate_kind="words",
        pattern=re.compile(rf"{_ALONE[0]}r{_BASE58_SIGN}{{24,34}}{_ALONE[1]}", re.ASCII),
        validate=_is_xrp,
        context=Context(("xrp", "ripple", "wallet", "payout", "crypto", "xrpl")),
        positive=(("xrp to rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh sent", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),),
        negative=("xrp to rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi sent", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
    ),
    Recognizer(
        name="monero_address",
        entity="CRYPTO",
        gate=word_gate(_MONERO_WORDS),
        gate_kind="words",
        pattern=re.compile(
            rf"{_ALONE[0]}[48][1-9AB]{_BASE58_SIGN}{{93}}(?:{_BASE58_SIGN}{{11}})?{_ALONE[1]}", re.ASCII
        ),
        validate=_is_mixed,
        context=Context(_MONERO_WORDS),
        positive=(
            (
                "xmr "
                "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A ok",
                "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
            ),
        ),
        negative=("44affq5ksigboz4nmdwytn18", "4" * 95),
    ),
)
