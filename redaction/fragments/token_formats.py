"""Token formats whose issuers mark them with a prefix.

Prefixes, alphabets and lengths are the issuers'; most are collected in GitHub's "Supported secret scanning patterns".
A length is a lower bound unless the prefix is too short to be sure by itself: issuers lengthen their tokens.
"""

_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

# GitHub and GitLab name theirs in "Behind GitHub's new authentication token formats" and "Token overview: token
# prefixes", Atlassian in "API tokens"; npm, PyPI, RubyGems, crates.io, Docker, Clojars in their own documentation.
CODE = (
    r"gh[oprsu]_[0-9A-Za-z]{20,255}+|github_pat_[0-9A-Za-z_]{22,255}+"
    r"|gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[0-9A-Za-z_-]{20,255}+(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?"
    r"|GR1348941[0-9A-Za-z_-]{20}+|ATATT3[0-9A-Za-z_=-]{32,255}+|ATCTT3[0-9A-Za-z_=-]{32,255}+|ATBB[0-9A-Za-z]{32}"
    r"|npm_[0-9A-Za-z]{36}|pypi-[0-9A-Za-z_-]{50,2000}+|rubygems_[0-9a-f]{48}|cio[0-9A-Za-z]{32}"
    r"|dckr_[op]at_[0-9A-Za-z_-]{20,255}+|CLOJARS_[0-9a-z]{60}|packagist_[a-z]{3}_[0-9a-f]{68}|AKCp[0-9A-Za-z]{60,90}+"
    r"|sq[uap]_[0-9a-f]{40}|sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}|bkua_[0-9a-f]{40}|CCI(?:PAT"
    r"|PRJ)_[0-9A-Za-z_]{40,80}+"
    r"|slk_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}"  # Sluice's own
    r"|lin_(?:api|oauth)_[0-9A-Za-z]{32,64}+|ntn_[0-9A-Za-z]{43,50}+|secret_[0-9A-Za-z]{43}|figd_[0-9A-Za-z_-]{40,64}+"
    r"|pat[0-9A-Za-z]{14}\.[0-9a-f]{64}|CFPAT-[0-9A-Za-z_-]{43}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|tfp_"
    r"[0-9A-Za-z_.=-]{40,80}+"
    r"|rdme_[0-9a-z]{70}|pnu_[0-9A-Za-z]{36}|pat-(?:na|eu)[0-9]-" + _UUID
)

# AWS "IAM identifiers" (AKIA, ASIA) and temporary session tokens; Google "API keys"; Microsoft "Azure AD client
# secret"; and the token formats of each of the others.
CLOUD = (
    r"A(?:KIA|SIA|BIA|CCA)[0-9A-Z]{16}|ABSK[0-9A-Za-z+/]{100,300}+={0,2}"
    r"|(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[0-9A-Za-z+/%]{64,4000}+={0,2}"
    r"|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_.-]{20,}+|GOCSPX-[0-9A-Za-z_-]{28}|1//0[0-9A-Za-z_-]{40,200}+"
    r"|GOOG1?[A-Z0-9]{56,60}+|LTAI[0-9A-Za-z]{12,20}+|AKID[0-9A-Za-z]{32}"
    r"|[0-9A-Za-z_~.-]{3}[78]Q~[0-9A-Za-z_~.-]{31,34}+|[0-9A-Za-z]{76}AZDO[0-9A-Za-z]{4}"
    r"|do[opr]_v1_[0-9a-f]{64}|HRKU-(?:AA)?[0-9A-Za-z_-]{36,64}+|f(?:o1|m1[ar]?|m2)_[0-9A-Za-z+/_-]{43,2000}+={0,3}"
    r"|dapi[0-9a-f]{32}(?:-[0-9])?|pscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=-]{32,64}+|sbp_(?:v0_)?[0-9a-f]{40}"
    r"|sb_secret_[0-9A-Za-z_-]{31}|hv[bsr]\.[0-9A-Za-z_-]{24,400}+|[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,70}+"
    r"|pul-[0-9a-f]{40}|dp\.(?:pt|st|sct|ct|scim|audit|said)\.(?:[0-9a-z_-]{2,35}\.)?[0-9A-Za-z]{40,44}"
    r"|tskey-[a-z]{3,7}-[0-9A-Za-z_-]{20,80}+|ops_eyJ[0-9A-Za-z+/_-]{250,2000}+={0,3}|vc[piark]_[0-9A-Za-z]{24,64}+"
    r"|AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}|AGE-PLUGIN-[0-9A-Z]{1,16}-1[02-9AC-HJ-NP-Z]{20,200}+"
    r"|nfp_[0-9A-Za-z_]{36,40}+|rnd_[0-9A-Za-z]{28,36}+|mdb_sa_sk_[0-9A-Za-z_-]{40,64}+|napi_[0-9a-z]{64}"
    r"|NR(?:AK|AA|RA|SP)-[0-9A-Z]{27}|NRII-[0-9A-Za-z_-]{32}|NRJS-[0-9a-f]{19}|glsa_[0-9A-Za-z]{32}_[0-9a-fA-F]{8}"
    r"|glc_[0-9A-Za-z+/]{32,400}+={0,2}|sntrys_[0-9A-Za-z+/=_]{60,400}+|sntryu_[0-9a-f]{64}"
    r"|dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}|hc[abx][il]k_[0-9a-z]{32,64}+|sdk-" + _UUID
)

MAILGUN = r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"

# Slack "Token types", Discord, Telegram "Bot API: authorizing your bot", Twilio, SendGrid, Mailgun, Mailchimp, Brevo.
TALK = (
    r"xox[abeoprs](?:\.xox[bp])?-(?:[0-9]{1,2}-)?[0-9A-Za-z]{9,200}+(?:-[0-9A-Za-z]{6,200}+){1,4}"
    r"|xoxe-1-[0-9A-Za-z]{100,200}+|xapp-[0-9]-[0-9A-Z]{9,16}-[0-9]{9,16}-[0-9a-z]{32,80}+|xwfp-[0-9A-Za-z-]{24,200}+"
    r"|SK[0-9a-f]{32}|AC[0-9a-f]{32}|SG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{32,64}+"
    r"|(?:pub)?key-[0-9a-f]{32}|[0-9a-f]{32}-us[0-9]{1,2}"
    r"|x(?:keysib|smtpsib)-[0-9a-f]{64}-[0-9A-Za-z]{16}|re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}|mfa\.[0-9A-Za-z_-]{84}"
    r"|oauth:[0-9a-z]{30}|RGAPI-" + _UUID
)

# Stripe "API keys", Shopify "Access tokens", Square, Braintree, Plaid, EasyPost, Shippo, Flutterwave, Razorpay, Duffel.
PAYMENT = (
    r"[sr]k_(?:live|test|prod)_[0-9A-Za-z]{16,255}+|whsec_[0-9A-Za-z+/]{24,255}+={0,2}"
    r"|shp(?:at|ca|pa|ss|ua|tka|rt|it)_[0-9a-fA-F]{32}|sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{22,43}+|EAAA[0-9A-Za-z_-]{60}"
    r"|access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}"
    r"|(?:access|public|link)-(?:sandbox|development|production)-"
    + _UUID
    + r"|E[ZT][TA]K[0-9A-Za-z]{54}|shippo_(?:live|test)_[0-9a-f]{40}"
    r"|FLWSECK(?:_TEST)?-[0-9a-zA-Z]{12,40}+(?:-X)?|rzp_(?:live|test)_[0-9A-Za-z]{14}|duffel_(?:live"
    r"|test)_[0-9A-Za-z_=-]{43}"
    r"|c[ks]_[0-9a-f]{40}|(?:live|test)_pub_[0-9a-f]{31}|EAA[A-Z][0-9A-Za-z]{80,400}+"
)

# OpenAI, Anthropic, OpenRouter, Hugging Face, Replicate, Groq, xAI, Perplexity, LangSmith, Langfuse, Pinecone, NVIDIA.
MODELS = (
    r"sk-(?:ant|proj|svcacct|admin|None|or-v1|lf)-[0-9A-Za-z_-]{20,255}+|sk-[0-9A-Za-z]{32,64}+"
    r"|hf_[0-9A-Za-z]{34,40}+|api_org_[0-9A-Za-z]{34}|r8_[0-9A-Za-z]{37}|gsk_[0-9A-Za-z]{48,56}+|xai-"
    r"[0-9A-Za-z]{70,90}+"
    r"|pplx-[0-9A-Za-z]{40,60}+|lsv2_[ps][kt]_[0-9a-f]{32}_[0-9a-f]{10}|pcsk_[0-9A-Za-z_]{40,90}+"
    r"|nvapi-[0-9A-Za-z_-]{60,80}+"
    r"|csk-[0-9a-z]{40,60}+|tvly-[0-9A-Za-z-]{28,64}+|fc-[0-9a-f]{32}|e2b_[0-9a-f]{40}|sk_[0-9a-f]{48}"
)
