"""Made-up log lines in the formats of real systems.

The same seed gives the same lines.
Most lines of real logs hold nothing to redact but are full of what looks like it: times, ids, hashes, versions, sizes.
"""

import base64
import random
from collections.abc import Callable
from string import ascii_letters, digits

WITH_PERSONAL_DATA = 0.05

_WORDS = [
    "cache", "order", "queue", "batch", "shard", "replica", "index", "session", "payment", "report", "stream",
    "tenant", "worker", "region", "bucket", "node", "profile", "lease", "commit", "topic", "partition", "offset",
    "volume", "route", "schema", "window", "job", "export", "invoice", "cart", "search",
]  # fmt: skip
_CLASSES = [
    "OrderService",
    "PaymentClient",
    "CacheLoader",
    "SessionStore",
    "HttpPool",
    "RetryPolicy",
    "JobRunner",
    "TopicReader",
]
_JWT_HEADER = '{"alg":"HS256","typ":"JWT"}'
_LEVELS = ["INFO", "INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARN", "ERROR"]
_NAMES = ["maria", "john", "wei", "fatima", "ole", "priya", "carlos", "anna", "kofi", "yuki", "liam", "nora"]
_DOMAINS = ["example.com", "example.org", "mail.example.net", "corp.example.io"]
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{n2}.0.{n4}.{n2} "
    "Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{n2}.0) Gecko/20100101 Firefox/{n2}.0",
    "curl/8.{n1}.{n1}",
    "kube-probe/1.{n2}",
)

# In the shapes of nginx, Apache, JSON of applications, Spring, Java, syslog, sshd, klog, logfmt, PostgreSQL, HDFS,
# Python and batch jobs.
_ORDINARY = (
    '{host} - - [{clf}] "GET /api/v{n1}/{word}s/{n6}?page={n2}&sort=-created HTTP/1.1" 200 {n4} "-" "{agent}"',
    '{host} - - [{clf}] "POST /{word}/{uuid}/{word} HTTP/2.0" 50{n1} {n3} "https://www.example.com/{word}" "{agent}"',
    "[{clf}] [proxy:error] [pid {n5}:tid {n12}] AH01114: HTTP: failed to make connection to backend: {host}",
    '{{"time":"{iso}","level":"info","service":"{word}","trace_id":"{hex32}","span_id":"{hex16}","msg":"{word} {word} '
    'done","duration_ms":{n2}.{n3},"status":200}}',
    '{{"@timestamp":"{iso}","log.level":"{level}","logger":"com.example.{word}.{cls}","message":"Loaded {n4} '
    '{word}s in {n3} ms","thread":"worker-{n1}","event_id":{n10}}}',
    '{{"ts":{epoch}.{n6},"caller":"{word}/server.go:{n3}","msg":"applied snapshot","index":{n8},"term":{n2},"hash":'
    '"{hex16}"}}',
    "{ymd} {hms},{n3} {level} [{word}-exec-{n1}] c.e.{word}.{cls} - Started {word} {uuid} after {n4} ms (attempt {n1})",
    "{ymd} {hms}.{n3}  {level} {n5} --- [nio-8080-exec-{n1}] o.s.web.servlet.DispatcherServlet        : Completed "
    "initialization in {n2} ms",
    "java.util.concurrent.TimeoutException: {cls} did not answer within {n4} ms (queue {n3}, active {n2})",
    "\tat com.example.{word}.{cls}.lambda$run${n1}({cls}.java:{n3}) ~[{word}-core-2.{n1}.{n2}.jar:2.{n1}.{n2}]",
    "\tat java.base/java.util.concurrent.ThreadPoolExecutor$Worker.run(ThreadPoolExecutor.java:{n3}) [?:?]",
    "{mdy} {hms} {host} systemd[1]: Started Session {n4} of user {word}.",
    "{mdy} {hms} {host} kernel: [{n6}.{n6}] usb 1-1.{n1}: new high-speed USB device number {n2} using xhci_hcd",
    "{mdy} {hms} {host} sshd[{n5}]: pam_unix(sshd:session): session closed for user {word}",
    "{mdy} {hms} {host} CRON[{n5}]: (root) CMD (/usr/local/bin/{word}-rotate --keep {n2} >/dev/null 2>&1)",
    "I{md4} {hms}.{n6}   {n5} {word}_controller.go:{n3}] Finished syncing {word} "
    "\"default/{word}-{hex10}-{hex5}\" ({n2}.{n3}ms)",
    'E{md4} {hms}.{n6}       1 reflector.go:{n3}] "Unhandled Error" err="{word} \\"{word}-{hex10}\\" not found" logger='
    '"Reflector"',
    "ts={iso} level={level} component={word} msg=\"compacted blocks\" count={n2} duration={n1}.{n6}s ulid=01{ulid}",
    "time=\"{iso}\" level=info msg=\"{word} sync\" revision={hex40} generation={n2} "
    "image=registry.example.com/{word}:1.{n2}.{n1}",
    "{ymd} {hms}.{n3} UTC [{n5}] LOG:  checkpoint complete: wrote {n4} buffers ({n1}.{n1}%); 0 WAL file(s) added, {n1} "
    "removed; write={n2}.{n3} s, sync=0.{n3} s",
    "{ymd} {hms}.{n3} UTC [{n5}] LOG:  duration: {n3}.{n3} ms  statement: SELECT id, state FROM {word}s WHERE "
    "shard = {n2} AND updated > '{ymd} {hms}' LIMIT {n3}",
    "{ymd6} {n6} {n3} INFO dfs.DataNode$PacketResponder: Received block blk_-{n19} of size {n8} from /{host}",
    "{ymd6} {n6} {n2} INFO dfs.FSNamesystem: BLOCK* NameSystem.delete: blk_{n19} is added to invalidSet of "
    "{host}:50010",
    "{ymd} {hms},{n3} {level} {word}.tasks[{n5}] task {word}.rebuild[{uuid}] succeeded in {n2}.{n12}s: None",
    "  File \"/srv/app/{word}/{word}.py\", line {n3}, in {word}_{word}",
    "{iso} {word}-{hex10}-{hex5} {level} sha256:{hex40}{hex16} pulled in {n1}.{n3}s, {n8} bytes",
    "{ymd} {hms} [{word}-{n2}] {level} batch {n8} of {n4}: {n6} rows, order ORD-{n8}, took {n3}ms, next at {epoch}{n3}",
    "npm WARN deprecated {word}-loader@{n1}.{n2}.{n1}: use @types/{word}@{n2}.{n2}.{n1} instead",
)  # fmt: skip

_PERSONAL = (
    '{ip} - {word} [{clf}] "GET /{word}/{n4} HTTP/1.1" 200 {n4} "-" "{agent}"',
    '{ip} - - [{clf}] "GET /reset?email={email}&step={n1} HTTP/1.1" 302 {n3} "-" "{agent}"',
    "{mdy} {hms} {host} sshd[{n5}]: Failed password for invalid user {word} from {ip} port {n5} ssh2",
    '{{"time":"{iso}","level":"info","service":"signup","trace_id":"{hex32}","email":"{email}","phone":"{phone}"}}',
    "{ymd} {hms},{n3} {level} [{word}-exec-{n1}] c.e.{word}.{cls} - Charged card {card} for order ORD-{n8}",
    "{ymd} {hms},{n3} WARN customer {n6} changed phone to {phone}",
    'level=error ts={iso} msg="login failed" user={email} remote={ip}:{n5} attempt={n1}',
    "{ymd} {hms}.{n3} UTC [{n5}] DETAIL:  Key (email)=({email}) already exists.",
    "{iso} DEBUG http Authorization: Bearer {jwt}",
    "{ymd} {hms} {level} connecting to postgres://{word}:{secret}@db.example.com:5432/{word}",
    '{{"ts":{epoch},"event":"kyc","ssn":"{ssn}","result":"pass","id":"{uuid}"}}',
    "{mdy} {hms} {host} dhcpd[{n4}]: DHCPACK on {ip} to {mac} via eth0",
)


def log_lines(count: int, seed: int = 1) -> list[str]:
    """Make log lines.

    The share WITH_PERSONAL_DATA of them holds a value that a redactor is expected to find.
    """
    chance = random.Random(seed)  # noqa: S311  # no secret
    values = _Values(chance)
    return [
        chance.choice(_PERSONAL if chance.random() < WITH_PERSONAL_DATA else _ORDINARY).format_map(values)
        for _ in range(count)
    ]


class _Values(dict[str, str]):
    """Mapping that makes a new value at each lookup of a name."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        choice = chance.choice
        self._made: dict[str, Callable[[], str]] = {
            "word": lambda: choice(_WORDS),
            "cls": lambda: choice(_CLASSES),
            "level": lambda: choice(_LEVELS),
            "agent": lambda: choice(_AGENTS).format_map(self),
            "host": lambda: f"{choice(_WORDS)}-{self._number(2)}",
            "ymd": lambda: f"20{chance.randint(18, 26)}-{self._two(12)}-{self._two(28)}",
            "ymd6": lambda: f"{chance.randint(10, 26)}{self._two(12)}{self._two(28)}",
            "md4": lambda: f"{self._two(12)}{self._two(28)}",
            "mdy": lambda: f"{choice(['Jan', 'Mar', 'Jul', 'Oct'])} {chance.randint(1, 28):2}",
            "hms": lambda: f"{self._two(23)}:{self._two(59)}:{self._two(59)}",
            "clf": lambda: f"{self._two(28)}/{choice(['Feb', 'May', 'Nov'])}/20{self._two(26)}:{self['hms']} +0000",
            "iso": lambda: f"{self['ymd']}T{self['hms']}.{self._number(6)}{choice(['Z', '+00:00', '+02:00'])}",
            "epoch": lambda: str(chance.randint(1_500_000_000, 1_800_000_000)),
            "uuid": lambda: "-".join(self._hex(length) for length in (8, 4, 4, 4, 12)),
            "ulid": lambda: "".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=24)),
            "ip": lambda: (
                f"{chance.randint(11, 203)}.{chance.randint(0, 255)}.{chance.randint(0, 255)}.{self._two(254)}"
            ),
            "mac": lambda: ":".join(self._hex(2) for _ in range(6)),
            "email": lambda: f"{choice(_NAMES)}.{choice(_NAMES)}{self._number(2)}@{choice(_DOMAINS)}",
            "phone": lambda: f"({chance.randint(201, 989)}) {chance.randint(200, 999)}-{self._number(4)}",
            "ssn": lambda: f"{chance.randint(100, 665)}-{chance.randint(10, 99)}-{chance.randint(1000, 9999)}",
            "card": self._card,
            "jwt": self._jwt,
            "secret": lambda: self._letters(16),
        }

    def __missing__(self, name: str) -> str:
        if name in self._made:
            return self._made[name]()
        kind, length = name.rstrip("0123456789"), int(name.lstrip("hexn"))
        return self._hex(length) if kind == "hex" else self._number(length)

    def _two(self, top: int) -> str:
        return f"{self._chance.randint(1, top):02}"

    def _number(self, length: int) -> str:
        return str(self._chance.randint(10 ** (length - 1), 10**length - 1))

    def _hex(self, length: int) -> str:
        return f"{self._chance.getrandbits(4 * length):0{length}x}"

    def _letters(self, length: int) -> str:
        return "".join(self._chance.choices(ascii_letters + digits, k=length))

    def _card(self) -> str:
        """Make a Visa number of 16 digits that passes ISO/IEC 7812's check."""
        body = f"4{self._number(14)}"
        weighted = [int(digit) * (2 - index % 2) for index, digit in enumerate(body)]
        return f"{body}{-sum(product // 10 + product % 10 for product in weighted) % 10}"

    def _jwt(self) -> str:
        claims = f'{{"sub":"{self["n6"]}","iat":{self["epoch"]}}}'
        return f"{_in_base64(_JWT_HEADER)}.{_in_base64(claims)}.{self._letters(43)}"


def _in_base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
