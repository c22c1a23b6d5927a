#!/usr/bin/env python3
"""Checks a netgain statement bundle, offline, from its bytes and a public key.

    python3 verify.py FILE --key KEYFILE

FILE is the bundle; KEYFILE holds the ledger's public key, one C2SP vkey a line, which you have from elsewhere. Needs
Python 3.9 or later and, for Ed25519 signatures, `pip install cryptography`. Exit status: 0 every step holds; 1 one does
not, or a file is not what it should be; 2 the call's words are off, or `cryptography` is missing.

It shares nothing with netgain but the pages that both were written from, which the comments name: BUNDLE is netgain's
docs/BUNDLE.md, a bundle's form and the steps of checking it; R 1 to R 8 are sections of its docs/RULESET.md, the rules
of the figure; RFC 6962 is the tree over the events; C2SP is c2sp.org, the forms of notes and checkpoints.
"""
import argparse, base64, hashlib, json, re, sys
from types import SimpleNamespace
try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

# The files of a bundle in their order, and how many bytes each may have (BUNDLE, "The archive").
ENTRIES = dict.fromkeys(("README.txt", "SHA256SUMS", "checkpoint", "events.jsonl", "inclusion.txt",
                         "previous.checkpoint", "previous.consistency", "registry.tlog-proof", "ruleset.json",
                         "statement.json", "totals.json", "verify.py"), 64 << 10)
ENTRIES.update({"events.jsonl": 2 << 30, "inclusion.txt": 2 << 30, "totals.json": 256 << 20})
# A verifier's limits (BUNDLE). Sizes of 18 digits keep proofs below 63 hashes; an event's fields keep JSON to 3 levels.
NOTE_MAX, SIGNATURES_MAX, KEYS_MAX, EVENT_LINE_MAX = 64 << 10, 16, 16, 32_768
# The choices that make the figure (R 3, 5, 7, 9), to the byte as `ruleset.json` has them.
RULES = (b'{"id":"ni179-v1","regime":"ni179","first_year":"2008/09","excluded_sources":["income","grant","reserves",'
         b'"capital-receipt","deferral","service-cut","cost-shift"],"cashable_actions":["reduce-inputs",'
         b'"reduce-prices"],"persistence_years":3,"carry_forward_threshold_per_mille":75,"baseline_year":"2007/08",'
         b'"sector_paths":[{"name":"3 % a year","yearly_percent":[3,3,3]},{"name":"with 4 % in 2010/11 (Budget 2009)",'
         b'"yearly_percent":[3,3,4]}],"check_overdue_months":4}\n')
RULESET = json.loads(RULES)
NOT_CHECKED = """
Not checked: whether a claim is true; whether evidence exists and says what its name suggests; whether people recorded
as os-user, named or local were who they said; whether each event was allowed when it was recorded; whether others were
shown another history (compare checkpoints with them, or list witnesses in the key file); whether README.txt and
verify.py in the bundle are netgain's own."""

def need(holds, sentence):
    if not holds:
        raise ValueError(sentence)
    return holds

# ---- Hashes, numbers, lines, JSON ------------------------------------------------------------------------------------
def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()
def exact_base64(text, sizes=(32,)):
    """So many bytes in standard base64 (RFC 4648 section 4), in the one form that they have."""
    raw = base64.b64decode(text, validate=True)
    need(base64.b64encode(raw) == text.encode() and len(raw) in sizes, f"{text[:80]!a} is not the base64 it should be")
    return raw

def whole(digits):
    return int(need(re.fullmatch(NUMBER, digits), f"{digits[:40]!a} is not a whole number")[0])
def lines_of(raw):
    need(not raw or raw.endswith(b"\n"), "the last line has no line feed")
    return raw[:-1].split(b"\n") if raw else []  # not splitlines: a text may hold U+2028, which ends no line here
def once_each(pairs):
    need(len(dict(pairs)) == len(pairs), "a JSON object names a field twice")
    return dict(pairs)

# Amounts are strings, so that no number has a fraction (R 2); `whole` refuses one that has.
READER = json.JSONDecoder(object_pairs_hook=once_each, parse_int=whole, parse_float=whole, parse_constant=whole)
NUMBER = "(?:0|[1-9][0-9]{0,17})"

# ---- The archive (BUNDLE, "The archive") -----------------------------------------------------------------------------
DIRECTORY = "netgain-([A-Z0-9][A-Z0-9_-]{0,31})-[0-9]{4}-[0-9]{2}-(?:forecast|actual)-[1-9][0-9]{0,17}"
def header(path, size):
    """The only header that a file of that path and size can have: POSIX ustar, nobody's, of no time."""
    block = (path.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"00000000000\0"
             + b" " * 8 + b"0" + bytes(100) + b"ustar\0" + b"00").ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]

# ---- Keys and signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature) -------------------------------------
LEDGER_KEY, WITNESS_KEY = 0x01, 0x04  # what the key makes: signatures of notes, or cosignatures of checkpoints
def read_key(line):
    """A vkey: a name, the first four bytes of a hash over name, type and key, and type and key in base64."""
    form = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", line)
    raw = exact_base64(need(form, f"{line[:80]!a} is not a public key as C2SP writes it")[3], sizes=(33,))
    number = sha256(form[1].encode(), b"\n", raw)[:4]
    need(number.hex() == form[2] and raw[0] in (LEDGER_KEY, WITNESS_KEY), f"{line[:80]!a} is miscopied or of no use")
    return SimpleNamespace(name=form[1], number=number, kind=raw[0], public=raw[1:])

def read_keys(raw):
    """The keys by name and number, and the ledger's identity, which its own keys have in their name (BUNDLE)."""
    lines = [line.strip(" \t\r\f") for line in raw.decode().split("\n")]
    given = [read_key(line) for line in lines if line and not line.startswith("#")]
    keys = {(key.name, key.number): key for key in given}
    need(len(raw) <= NOTE_MAX and 1 <= len(keys) == len(given) <= KEYS_MAX, f"it must hold 1 to {KEYS_MAX} keys, once")
    ledger = re.fullmatch("netgain/([0-9a-f]{32})", "\n".join({key.name for key in given if key.kind == LEDGER_KEY}))
    return keys, need(ledger, "it must hold a key named netgain/ and 32 hex digits, and none of another ledger")[1]

def verify_signature(key, signature, text):
    """Ed25519 (RFC 8032) over the text; a witness also signs the time at which it saw it, at most 2^63 - 1."""
    if key.kind == WITNESS_KEY:
        need(signature[0] < 128, f"the time at which {key.name!a} signed is none")
        text, signature = b"cosignature/v1\ntime %d\n%b" % (int.from_bytes(signature[:8], "big"), text), signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except Exception:
        raise ValueError(f"the signature of {key.name!a} is wrong") from None

def read_checkpoint(raw, keys, origin):
    """A checkpoint of that log, signed with a ledger's key. One wrong signature of a known key spoils it."""
    text, blank, below = raw.decode().rpartition("\n\n")
    need(len(raw) <= NOTE_MAX and blank and below.endswith("\n"), "it is not a signed note")
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text + below), "the note has control characters")
    signatures, signers, lines = below[:-1].split("\n"), [], text.split("\n")
    need(len(signatures) <= SIGNATURES_MAX, f"the note has more than {SIGNATURES_MAX} signatures")
    for line in signatures:
        form = need(re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/]{7,}={0,2})", line), f"{line[:80]!a} is no signature")
        signature = exact_base64(form[2], sizes=range(5, NOTE_MAX))
        key = keys.get((form[1], signature[:4]))
        if key:
            verify_signature(key, signature[4:], f"{text}\n".encode())
            signers.append(key)
    need(any(key.kind == LEDGER_KEY for key in signers), "no ledger's key of the key file signed it")
    need(len(lines) == 3 and lines[0] == origin, f"it is not a checkpoint of the log {origin}: {lines[0][:80]!a}")
    return SimpleNamespace(size=whole(lines[1]), root=exact_base64(lines[2]), signers=signers)

# ---- The tree and its proofs (RFC 6962 section 2.1): a leaf is hashed behind a 0, two halves behind a 1 --------------
def half_of(size):
    return (1 << (size - 1).bit_length()) >> 1  # the largest power of two below it

def root_of(leaves, paths=()):
    """The root over leaf hashes. Each leaf's path, where given, gets the roots beside its way there (section 2.1.1)."""
    half = half_of(len(leaves))
    if not half:
        return leaves[0]
    left, right = root_of(leaves[:half], paths[:half]), root_of(leaves[half:], paths[half:])
    for side, beside in ((paths[:half], right), (paths[half:], left)):
        step = base64.b64encode(beside).decode()
        for path in side:
            path.append(step)
    return sha256(b"\1", left, right)

def root_by_path(leaf, index, size, path):
    """Where an inclusion proof leads from a leaf hash in a tree that is not at hand."""
    half = half_of(size)
    need(bool(path) == bool(half), "an inclusion proof is too short or too long")
    if not half:
        return leaf
    if index < half:
        return sha256(b"\1", root_by_path(leaf, index, half, path[:-1]), path[-1])
    return sha256(b"\1", path[-1], root_by_path(leaf, index - half, size - half, path[:-1]))

def consistency_path(first, leaves, known=True):
    """The only consistency proof there is from so many first leaves to all (SUBPROOF in section 2.1.2)."""
    half = half_of(len(leaves))
    if first == len(leaves):
        return [] if known else [root_of(leaves)]
    if first <= half:
        return consistency_path(first, leaves[:half], known) + [root_of(leaves[half:])]
    return consistency_path(first - half, leaves[half:], False) + [root_of(leaves[:half])]

# ---- Events: what each type has, in the order in which it is written. A word is a field's name, then `?` where it may
# be absent or `~` where it may also be null. Behind a colon stands the form of a field whose name others have, too.
ENVELOPE = "schema type ledger org position recorded_at actor auth command_id? command_sha256?"
DETAILS = (" service? function? method? technique? approach? source? source_override? ongoing? quality_measure? owner?"
           " scheme? review_by? labels?")
EVENTS = {
    "organisation-registered": "name kind:text sector region?",
    "baseline-set": "year amount source?",
    "target-set": "year amount service?",
    "claim-registered": "claim title action impact_from profile" + DETAILS,
    "claim-amended": "claim reason title? action? impact_from? profile?" + DETAILS.replace("?", "~"),
    "claim-validated": "claim grade?",
    "validation-revoked": "claim reason",
    "claim-withdrawn": "claim reason",
    "offset-recorded": "claim offset kind year amount until? spread_years? incurred_anyway? funding? description?",
    "offset-cancelled": "claim offset reason",
    "sustainment-checked": "claim year outcome verified? quality? quality_reading?",
    "challenge-raised": "claim challenge question answer_by?",
    "challenge-answered": "claim challenge answer",
    "challenge-closed": "claim challenge outcome:text",
    "redeployment-recorded": "claim redeployment year amount purpose description?",
    "redeployment-cancelled": "claim redeployment reason",
    "carry-forward-declared": "ongoing_cashable baseline_2004_05 uplift? source?",
    "carry-forward-validated": "",
    "carry-forward-checked": "year verified",
    "statement-issued": "year series number ruleset known_at claimed validated assured totals_sha256"}
YEARS, FOREVER = {f"{start}/{(start + 1) % 100:02}": start for start in range(1990, 2100)}, 9999
listed = "{0}(?:,{0})*".format
# What each field must match, as it stands in the JSON; one that is not named here is any text.
TEXT, YEAR, FLAG = r'"[^"\\]*(?:\\["\\nr][^"\\]*)*"', f'"(?:{"|".join(YEARS)})"', "true|false"
AMOUNT, DATE = '"(?:0|[1-9][0-9]{0,11})[.][0-9]{2}"', "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
OBJECT = f"{{(?:{listed(f'{TEXT}:{TEXT}')})?}}"
FORMS = {
    "schema": "1", "recorded_at": f'"{DATE}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){{2}}[.][0-9]{{3}}Z"', "year": YEAR,
    "actor": '"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}"', "evidence": rf"\[(?:{listed(OBJECT)})?\]", "until": YEAR,
    "kind": '"(?:one-off|recurring)"', "spread_years": "[1-9]|1[0-9]|20", "impact_from": f'"{DATE}"',
    "outcome": '"(?:sustained|reduced|ceased)"', "uplift": '"[0-9]{1,3}(?:[.][0-9]{1,10})?"',
    "profile": f"{{{listed(f'{YEAR}:{AMOUNT}')}}}", **dict.fromkeys(("ongoing", "incurred_anyway"), FLAG),
    **dict.fromkeys(("amount", "verified", "ongoing_cashable", "baseline_2004_05"), AMOUNT),
    **dict.fromkeys(("scheme", "labels", "claimed", "validated", "assured"), OBJECT),
    **dict.fromkeys(("position", "number", "known_at"), NUMBER)}

def pattern_of(own):
    """What an event's line must match with a comma for its last brace."""
    pattern = "{"
    for name, mark, form in re.findall("([a-z0-9_]+)([?~]?):?([a-z]*)", f"{ENVELOPE} {own} note? evidence?"):
        field = f'"{name}":(?:{FORMS.get(form or name, TEXT)}{"|null" if mark == "~" else ""}),'
        pattern += f"(?:{field})?" if mark else field
    return re.compile(pattern)
PATTERNS = {kind: pattern_of(own) for kind, own in EVENTS.items()}

def read_event(line):
    """The event of a stored line: of schema 1 and a known type, with its fields, written in the one way there is."""
    text = line.decode()
    kind = need(re.match('{"schema":1,"type":"([a-z-]+)"', text), "it does not begin as an event does")[1]
    form = kind in EVENTS and text.endswith("}") and PATTERNS[kind].fullmatch(text[:-1] + ",")
    need(form and len(line) <= EVENT_LINE_MAX, f"it is not of a known type with that type's fields: {kind[:80]}")
    return READER.decode(text)

# ---- The history: what the events come to ----------------------------------------------------------------------------
ENDS_VALIDATION = ("claim-amended", "offset-recorded", "offset-cancelled", "validation-revoked", "claim-withdrawn")
SUMS, BASES = ("gross", "recurring_costs", "deleted", "one_off_costs"), ("claimed", "validated", "assured")
def pence(amount):
    return int(amount.replace(".", ""))
def fold(events):
    """A history: each claim's events, and those of the carry-forward since it was last declared (R 7)."""
    history = SimpleNamespace(org=None, position=0, claims={}, carry=[])
    for event in events:
        history.org, history.position = event["org"], event["position"]
        if event["type"] == "carry-forward-declared":
            history.carry = [event]
        elif event["type"].startswith("carry-forward"):
            history.carry.append(event)
        elif "claim" in event:
            history.claims.setdefault(event["claim"], []).append(event)
    return history

def claim_of(events):
    """What a claim's events leave in force: a year's latest check (R 4, rule 2), a validation until it ends (R 7)."""
    need(events[0]["type"] == "claim-registered", f"the claim {events[0]['claim'][:64]!a} was never registered")
    claim = SimpleNamespace(registrant=events[0]["actor"], terms={}, offsets={}, checks={}, validated=False)
    for event in events:
        kind = event["type"]
        if kind in ("claim-registered", "claim-amended"):  # R 3: a source without an override ends the override
            claim.terms = {**claim.terms, **({"source_override": None} if "source" in event else {}), **event}
        elif kind == "sustainment-checked":
            claim.checks[YEARS[event["year"]]] = event
        elif kind == "offset-recorded":
            claim.offsets[event["offset"]] = event
        elif kind == "offset-cancelled":
            need(claim.offsets.pop(event["offset"], None), f"event {event['position']} cancels no offset that stands")
        ended = kind in ENDS_VALIDATION or event.get("outcome") == "upheld"
        claim.validated = kind == "claim-validated" or (claim.validated and not ended)
    claim.withdrawn = any(event["type"] == "claim-withdrawn" for event in events)
    claim.profile = {YEARS[name]: pence(amount) for name, amount in claim.terms["profile"].items()}
    claim.caps = {of: 0 if gone(check) else pence(check["verified"]) for of, check in claim.checks.items()
                  if gone(check) or check["outcome"] == "reduced"}  # R 4, rule 2
    claim.first = min((year for year, amount in claim.profile.items() if amount > 0), default=None)
    return claim

# ---- The figure, in pence --------------------------------------------------------------------------------------------
def reasons(terms):
    """Why a claim is ineligible (R 3), in code-point order."""
    return [code for code, holds in (
        ("excluded-source", terms.get("source") in RULESET["excluded_sources"] and not terms.get("source_override")),
        ("impact-before-april-2008", terms["impact_from"] < RULESET["first_year"][:4] + "-04-01"),
        ("not-cashable", terms["action"] not in RULESET["cashable_actions"]),
        ("not-ongoing", terms.get("ongoing") is False)) if holds]

def gone(check):
    return check["outcome"] == "ceased" or check.get("quality") == "worsened"
def by_another(check, actor):
    """R 7: whether there is a check, by someone else. Actors are compared without case."""
    return check is not None and check["actor"].lower() != actor.lower()

def gross(claim, year):
    """R 4, rules 1 and 2: the latest stated value, or what the checks up to the year leave of it."""
    value = claim.profile[max(of for of in claim.profile if of <= year)]
    return min([value, *(cap for of, cap in claim.caps.items() if of <= year)])

def costs(claim, kind):
    """Those of a kind but what was incurred anyway (R 4, rules 3 and 5): first year, last year, pence, parts."""
    counting = [cost for cost in claim.offsets.values() if cost["kind"] == kind and not cost.get("incurred_anyway")]
    return [(YEARS[cost["year"]], YEARS[cost["until"]] if "until" in cost else FOREVER, pence(cost["amount"]),
             cost.get("spread_years", 1)) for cost in counting]

def one_off(claim, year):
    """R 4, rule 5: equal parts, the odd pennies in the earliest; a part before the first accrual falls in that year."""
    parts = [(max(claim.first, start + at), amount // parts + (at < amount % parts))
             for start, _, amount, parts in costs(claim, "one-off") for at in range(parts)]
    return sum(part for of, part in parts if of == year)

def counted_of(net, first, horizon, last):
    """R 5: what counts of a net level, by year from the first accrual to the last. `net` reaches further than that."""
    level, run, counted = [max(0, amount) for amount in net], RULESET["persistence_years"], {}
    for at in range(last - first + 1):
        proven = max(min(level[start:start + run]) for start in range(max(0, at - run + 1), at + 1))
        unbroken = min(level[at:max(at, horizon - first) + 1])
        counted[first + at] = max(proven, unbroken) + min(0, net[at])
    return counted

def status(claim, year, counted):
    """R 6, from `failed` on: the first that applies. `counted` reaches three years past all that is known."""
    positive = [of for of, amount in counted.items() if amount > 0]
    if not positive:
        return "failed"
    if year < claim.first:
        return "expected"
    if positive[-1] < year:
        return "ended"
    checks = [claim.checks.get(claim.first + at) for at in range(RULESET["persistence_years"])]
    return "proven" if all(check and not gone(check) for check in checks) else "provisional"

def line_of(name, claim, year):
    """A claim's line for a year (R 6)."""
    line = {"claim": name, "status": "expected", "reasons": [], **dict.fromkeys(SUMS, 0), "net": 0,
            "validated": claim.validated, "assured": False}
    why = [] if claim.withdrawn else reasons(claim.terms)
    if claim.withdrawn or why or claim.first is None:
        kind = "withdrawn" if claim.withdrawn else "ineligible" if why else "expected"
        return {**line, "status": kind, "reasons": why}
    running = costs(claim, "recurring")  # R 4, rule 3
    ends = [start if until == FOREVER else until + 1 for start, until, _, _ in running]
    horizon = max([*claim.profile, *claim.checks, *ends])  # R 5: no level changes after it
    last = max(horizon, year) + 3  # R 6: three years more show whether anything counts again
    years = range(claim.first, last + RULESET["persistence_years"])
    recurring = {of: sum(cost for start, until, cost, _ in running if start <= of <= until) for of in years}
    net = {of: gross(claim, of) - recurring[of] for of in years}
    counted = counted_of([*net.values()], claim.first, horizon, last)
    line["status"] = status(claim, year, counted)
    if line["status"] not in ("failed", "expected"):
        line["gross"], line["recurring_costs"] = gross(claim, year), recurring[year]
        line["deleted"], line["one_off_costs"] = net[year] - counted[year], one_off(claim, year)
        line["net"] = counted[year] - line["one_off_costs"]
        line["assured"] = claim.validated and by_another(claim.checks.get(year), claim.registrant)
    return line

def carry_of(events, year):
    """R 7, "Carry-forward": what counts on each basis. Exact, rounded once, half up, and then capped by the checks."""
    said, checks = events[0], {YEARS[event["year"]]: event for event in events if "year" in event}
    need(said["type"] == "carry-forward-declared", "the carry-forward was never declared")
    pounds, _, fraction = said.get("uplift", "1").partition(".")
    threshold = RULESET["carry_forward_threshold_per_mille"] * pence(said["baseline_2004_05"])
    excess = max(0, 1000 * pence(said["ongoing_cashable"]) - threshold) * int(pounds + fraction)
    unit = 1000 * 10 ** len(fraction)
    caps = [pence(check["verified"]) for of, check in checks.items() if of <= year]
    value = min([(2 * excess + unit) // (2 * unit), *caps])
    validated = value * any(event["type"] == "carry-forward-validated" for event in events)
    return value, validated, validated * by_another(checks.get(year), said["actor"])

def totals(history, name):
    """The document of a year ("2010/11") as known at the history's end, as `netgain totals --json` has it (R 7)."""
    lines = [line_of(claim, claim_of(history.claims[claim]), YEARS[name]) for claim in sorted(history.claims)]
    counting = (lines, [line for line in lines if line["validated"]], [line for line in lines if line["assured"]])
    bases = map(basis, counting, carry_of(history.carry, YEARS[name]) if history.carry else (0, 0, 0))
    return {"org": history.org, "year": name, "regime": RULESET["regime"], "ruleset": RULESET["id"],
            "position": history.position, **dict(zip(BASES, bases)), "claims": [in_pounds(line) for line in lines]}

def basis(lines, carry):
    parts = {part: sum(line[part] for line in lines) for part in SUMS}
    return in_pounds({**parts, "carry_forward": carry, "net": sum(line["net"] for line in lines) + carry})
def in_pounds(amounts):
    return {name: f"{'-' * (value < 0)}{abs(value) // 100}.{abs(value) % 100:02}" if type(value) is int else value
            for name, value in amounts.items()}

# ---- The steps (BUNDLE, "What a verifier checks"): each adds to `b` what it established, and says it -----------------
def archive(b):
    b.directory, b.files = None, {}
    while (block := b.stream.read(512)).strip(b"\0"):
        path, octal = block[:100].rstrip(b"\0"), re.match(b"[0-7]{11}", block[124:135])
        place, _, name = path.decode("latin-1").partition("/")
        need(name in ENTRIES and name not in b.files and b.directory in (None, place), f"{path!a} has no place in it")
        size = int(octal[0], 8) if octal else 1 << 34
        need(size <= ENTRIES[name], f"{name} is larger than the {ENTRIES[name]} bytes it may have, or of no size")
        need(block == header(path, size), f"the header of {name} is not in its one form")
        b.directory, b.files[name], padding = place, b.stream.read(size), b.stream.read(-size % 512)
        need(len(b.files[name]) == size and padding == bytes(-size % 512), f"{name} is cut short, or padded otherwise")
    need(block + b.stream.read(513) == bytes(1024), "it does not end with 1,024 zero bytes and nothing else")
    without = [name for name in ENTRIES if not name.startswith("previous")]
    need(list(b.files) in (list(ENTRIES), without), "the files are not those of a bundle, all there and in order")
    b.org = need(re.fullmatch(DIRECTORY, b.directory), f"{b.directory!a} is not the directory of a bundle")[1]
    return f"{len(b.files)} files, each in its one form"

def manifest(b):
    sums = [f"{sha256(raw).hex()}  {name}\n" for name, raw in b.files.items() if name != "SHA256SUMS"]
    need(b.files["SHA256SUMS"] == "".join(sums).encode(), "SHA256SUMS does not fit the other files")
    return "SHA256SUMS fits the other files"

def checkpoint(b):
    b.origin = f"netgain/{b.ledger}/{b.org}"
    b.tree = read_checkpoint(b.files["checkpoint"], b.keys, b.origin)
    return f"the ledger's key signed a history of {b.tree.size} events of {b.org}"

def events(b):
    b.lines, b.statements, latest = lines_of(b.files["events.jsonl"]), [], ""
    for position, line in enumerate(b.lines, 1):
        try:
            event = read_event(line)
        except ValueError as error:
            raise ValueError(f"event {position}: {error}") from None
        ours = (event["ledger"], event["org"], event["position"]) == (b.ledger, b.org, position)
        need(ours and latest <= event["recorded_at"], f"event {position} is of another ledger, history, place or time")
        latest = event["recorded_at"]
        b.statements += [event] if event["type"] == "statement-issued" else []
    need(0 < len(b.lines) == b.tree.size, f"there are {len(b.lines)} events, and {b.tree.size} in the checkpoint")
    return f"{len(b.lines)} events of {b.org} in this ledger, without a gap, up to {latest}"

def root(b):
    b.leaves, b.paths = [sha256(b"\0", line) for line in b.lines], [[] for _ in b.lines]
    need(root_of(b.leaves, b.paths) == b.tree.root, "the events are not those that the checkpoint was signed for")
    return "the events are, to the byte, those that the checkpoint was signed for"

def registry(b):
    head, _, note = b.files["registry.tlog-proof"].decode().partition("\n\n")
    form = re.fullmatch("c2sp[.]org/tlog-proof@v1\nindex ([0-9]+)((?:\n[A-Za-z0-9+/=]+)*)", head)
    index, path = whole(need(form, "it is not a C2SP tlog-proof")[1]), form[2].split("\n")[1:]
    tree, leaf = read_checkpoint(note.encode(), b.keys, f"netgain/{b.ledger}"), sha256(b"\0", b.files["checkpoint"])
    proved = index < tree.size and root_by_path(leaf, index, tree.size, [*map(exact_base64, path)]) == tree.root
    need(proved, "the ledger's registry does not hold this checkpoint there")
    need(all(key in tree.signers for key in b.keys.values() if key.kind == WITNESS_KEY), "a witness has not cosigned")
    return f"the ledger's registry holds this checkpoint, signed for by {len(tree.signers)} of the key file's keys"

def inclusion(b):
    proofs, before = lines_of(b.files["inclusion.txt"]), -1
    for index, *path in (proof.decode().split(" ") for proof in proofs):
        proved = before < whole(index) < b.tree.size and path == b.paths[int(index)]
        need(proved, f"the proof of leaf {index} is out of order, or does not lead from its event to the root")
        before = int(index)
    return f"{len(proofs)} proofs lead from their events to the root"

def previous(b):
    earlier = [said["position"] for said in b.statements if said["position"] < b.tree.size]
    if "previous.checkpoint" not in b.files:
        need(not earlier, "the checkpoint of the statement before is missing")
        return "no statement was issued before"
    first = read_checkpoint(b.files["previous.checkpoint"], b.keys, b.origin)
    need([first.size] == earlier[-1:], "the checkpoint is not that of the statement before")
    path = [exact_base64(line.decode()) for line in lines_of(b.files["previous.consistency"])]
    proved = first.root == root_of(b.leaves[:first.size]) and path == consistency_path(first.size, b.leaves)
    need(proved, "the history does not begin with what was signed then, or the proof of it is wrong")
    return f"the history begins with the {first.size} events of the statement before, unchanged"

def statement(b):
    *earlier, said = b.statements or [{"position": 0}]
    need(said["position"] == b.tree.size, "the last event is not a statement")
    need(b.files["statement.json"] == b.lines[-1] + b"\n", "statement.json is not the last event")
    need(said["known_at"] == b.tree.size - 1, "it is not as known at the event in front of it")
    numbers = [of["number"] for of in earlier if (of["year"], of["series"]) == (said["year"], said["series"])]
    need(said["number"] == [0, *numbers][-1] + 1, "its number does not follow that of the one before")
    name = f"netgain-{b.org}-{said['year'].replace('/', '-')}-{said['series']}-{said['number']}"
    need(name == b.directory, "the directory is not named after it")
    need(b.files["ruleset.json"] == RULES and said["ruleset"] == RULESET["id"], "its rules are not those known here")
    need(said["year"] >= RULESET["first_year"], "there are no statements for so early a year")
    return f"{said['series']} statement {said['number']} for {said['year']}, by the rules {said['ruleset']}"

def figure(b):
    b.said, raw = b.statements[-1], b.files["totals.json"]
    need(sha256(raw).hex() == b.said["totals_sha256"], "totals.json is not the document that was frozen")
    found = totals(fold(map(json.loads, b.lines[:-1])), b.said["year"])
    for name in BASES:
        need(found[name] == b.said[name], f"the events come to {name} {found[name]}, it says {b.said[name]!a:.300}")
    need(raw == json.dumps(found, separators=(",", ":")).encode(), "totals.json is not what the events come to")
    return f"recomputed from the events: {len(found['claims'])} claims and three bases as stated, to the penny"
STEPS = (archive, manifest, checkpoint, events, root, registry, inclusion, previous, statement, figure)

def check(b):
    """Takes the steps in order for `b`, its stream, keys and ledger; gives each one's name, result and sentence."""
    result = "passed"
    for step in STEPS:
        try:
            sentence = step(b) if result == "passed" else "a step before it failed"
        except Exception as error:  # what no rule foresaw is no reason to trust it, nor to crash
            result, sentence = "FAILED", str(error) if isinstance(error, ValueError) else f"unreadable: {error!a}"
        yield step.__name__, result, sentence
        result = "passed" if result == "passed" else "not reached"

def in_words(said):
    words = (f"\n{said['org']}, {said['year']}, {said['series']} statement {said['number']}, as known at event "
             f"{said['known_at']}: NI179, the validated net, is {said['validated']['net']} pounds.\n")
    for name in BASES:
        words += f"{name}: " + ", ".join(f"{part.replace('_', ' ')} {said[name][part]}" for part in said[name]) + "\n"
    return re.sub("(?<=[0-9])(?=([0-9]{3})+[.])", ",", words)

def main(words=None):
    parser = argparse.ArgumentParser(description="Checks a netgain statement bundle, offline.")
    parser.add_argument("file", metavar="FILE", help="the bundle")
    parser.add_argument("--key", metavar="KEYFILE", required=True, help="the ledger's public key, from elsewhere")
    asked = parser.parse_args(words)
    if Ed25519PublicKey is None:
        parser.exit(2, "Without `cryptography` no signature can be checked: pip install cryptography\n")
    try:
        with open(asked.key, "rb") as key_file, open(asked.file, "rb") as stream:
            keys, ledger = read_keys(key_file.read(NOTE_MAX + 1))
            b = SimpleNamespace(stream=stream, keys=keys, ledger=ledger)
            for name, result, sentence in check(b):
                print(f"{name:<11} {result:<11} {sentence}")
    except (OSError, ValueError) as error:
        parser.exit(1, f"The key file or the bundle cannot be read: {error}\n")
    print((in_words(b.said) if result == "passed" else "\nThe bundle is not to be relied on.\n") + NOT_CHECKED)
    return 0 if result == "passed" else 1

if __name__ == "__main__":
    sys.exit(main())
