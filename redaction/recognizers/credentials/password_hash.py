"""Hashes of passwords, which can be guessed offline."""

import re

from redaction.recognizer import Recognizer

_B64 = r"[./0-9A-Za-z]"
RECOGNIZERS = (
    Recognizer(
        name="password_hash",
        entity="PASSWORD",
        # crypt(5) "AVAILABLE HASHING METHODS"; Apache's apr1; the PHC string format of Argon2, scrypt and PBKDF2.
        gate=r"\$(?:2[abxy]?|1|5|6|7|y|gy|md5|apr1|argon2(?:id|i|d)|scrypt|pbkdf2[a-z0-9-]*)\$",
        gate_kind="prefixes",
        pattern=re.compile(
            rf"\$2[abxy]?\$[0-9]{{2}}\${_B64}{{53}}"
            rf"|\$(?:1|apr1|md5)\${_B64}{{1,8}}\${_B64}{{22}}"
            rf"|\$[56]\$(?:rounds=[0-9]{{1,9}}\$)?[^\s$:\"']{{1,16}}\${_B64}{{43,86}}+"
            rf"|\$(?:7|g?y)\${_B64}{{2,32}}+\${_B64}{{1,86}}+\${_B64}{{43}}"
            r"|\$argon2(?:id|i|d)\$(?:v=[0-9]{1,3}\$)?[mtpkeyidata=,0-9]{1,60}\$[0-9A-Za-z+/]{8,90}+"
            r"(?:\$[0-9A-Za-z+/]{16,172}+)?"
            r"|\$(?:scrypt|pbkdf2[a-z0-9-]{0,10})\$[0-9A-Za-z=,-]{1,60}\$[0-9A-Za-z+/.=]{4,90}+\$"
            r"[0-9A-Za-z+/.=]{20,172}+",
            re.ASCII,
        ),
        positive=(
            (
                "hash=$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
                "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            ),
            ("root:$1$etNnh7FA$OlM7eljE/B7F1J4XYNnk81:19000:0", "$1$etNnh7FA$OlM7eljE/B7F1J4XYNnk81"),
            ("bob:$apr1$r31abcde$HqJZimcKQFAMYayBlzkrA/", "$apr1$r31abcde$HqJZimcKQFAMYayBlzkrA/"),
            (
                "u:$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1:0",
                "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1",
            ),
            (
                "h $argon2id$v=19$m=65536,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWllSAxT0zRno",
                "$argon2id$v=19$m=65536,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWllSAxT0zRno",
            ),
        ),
        negative=("cost $1$ per unit", "awk '{print $1$2}'", "$2b$12$short", "$6$5 and up"),
    ),
    Recognizer(
        name="password_hash_named",
        entity="PASSWORD",
        # Django "Password management"; RFC 2307 userPassword; MySQL's old *SHA1 of a hash.
        gate=r"pbkdf2_sha|bcrypt_sha|\{S?(?:SHA|MD5|CRYPT)[0-9]*\}",
        gate_kind="prefixes",
        pattern=re.compile(
            r"pbkdf2_sha(?:1|256|512)\$[0-9]{1,8}\$[0-9A-Za-z+/.=]{4,64}+\$[0-9A-Za-z+/]{20,128}+={0,2}"
            r"|bcrypt_sha256\$\$2[aby]\$[0-9]{2}\$[./0-9A-Za-z]{53}|\{(?:S?SHA[0-9]{0,3}|S?MD5"
            r"|CRYPT)\}[0-9A-Za-z+/$.]{20,200}+={0,2}",
            re.ASCII,
        ),
        positive=(
            (
                "auth_user pbkdf2_sha256$260000$Zx9Kq7vR2m$TWl0bG9uZ2VyIGhhc2ggdmFsdWUgMTIzNDU2Nzg5MDEyMw= ok",
                "pbkdf2_sha256$260000$Zx9Kq7vR2m$TWl0bG9uZ2VyIGhhc2ggdmFsdWUgMTIzNDU2Nzg5MDEyMw=",
            ),
            ("userPassword {SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3", "{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3"),
        ),
        negative=("pbkdf2_sha256 with 260000 rounds", "{SHA}", "${SHA}/image"),
    ),
)
