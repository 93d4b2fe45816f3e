#!/usr/bin/env python3
"""Verifies export folders of approvals without the product: python3 verify.py FOLDER... [--head FACET:SEQ:HASH]... [--relay KEY]

Written independently of verify.mjs, after FORMAT.md; the two must agree. Standard library only, which is why Ed25519
(RFC 8032) and ECDSA over P-256 (FIPS 186-4) are checked here by hand: verification needs no secrets, so speed and
side channels do not matter. Prints one line of JSON per folder.
"""

import base64
import hashlib
import json
import os
import re
import sys
import unicodedata


def sha256(content):
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode("utf-8")).hexdigest()


# --- canonical JSON (RFC 8785) -------------------------------------------------------------------------------------


def number_text(value):
    """As ECMAScript writes numbers."""
    if isinstance(value, int):
        if abs(value) < 10**21:
            return str(value)
        value = float(value)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("no JSON number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    stripped = digits.rstrip("0")
    count = len(stripped)
    if count <= point <= 21:
        return sign + stripped + "0" * (point - count)
    if 0 < point <= 21:
        return sign + stripped[:point] + "." + stripped[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + stripped
    tail = "" if count == 1 else "." + stripped[1:]
    power = point - 1
    return sign + stripped[0] + tail + "e" + ("+" if power > 0 else "-") + str(abs(power))


def canonical(value):
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        value.encode("utf-8")  # a lone surrogate has no canonical form
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return number_text(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(member) for member in value) + "]"
    members = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in members) + "}"


def parse(text):
    value = json.loads(text)
    if not isinstance(value, dict) or canonical(value) != text:
        raise ValueError("not canonical")
    return value


# --- signatures ----------------------------------------------------------------------------------------------------


def base64url(text):
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        raise ValueError("not base64url")
    return raw


ED_P = 2**255 - 19
ED_L = 2**252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, -1, ED_P) % ED_P


def ed_add(left, right):
    x1, y1, z1, t1 = left
    x2, y2, z2, t2 = right
    a = (y1 - x1) * (y2 - x2) % ED_P
    b = (y1 + x1) * (y2 + x2) % ED_P
    c = 2 * t1 * t2 * ED_D % ED_P
    d = 2 * z1 * z2 % ED_P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % ED_P, g * h % ED_P, f * g % ED_P, e * h % ED_P)


def ed_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = ed_add(result, point)
        point = ed_add(point, point)
        scalar >>= 1
    return result


def ed_point(raw):
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= ED_P:
        return None
    square = (y * y - 1) * pow(ED_D * y * y + 1, -1, ED_P) % ED_P
    x = pow(square, (ED_P + 3) // 8, ED_P)
    if (x * x - square) % ED_P != 0:
        x = x * pow(2, (ED_P - 1) // 4, ED_P) % ED_P
    if (x * x - square) % ED_P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = ED_P - x
    return (x, y, 1, x * y % ED_P)


ED_BASE = ed_point((4 * pow(5, -1, ED_P) % ED_P).to_bytes(32, "little"))


def ed_encode(point):
    x, y, z, _ = point
    inverse = pow(z, -1, ED_P)
    x, y = x * inverse % ED_P, y * inverse % ED_P
    return (y | ((x & 1) << 255)).to_bytes(32, "little")


def verify_ed25519(public, message, signature):
    point = ed_point(public)
    s = int.from_bytes(signature[32:], "little")
    if point is None or s >= ED_L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ED_L
    x, y, z, t = point
    return ed_encode(ed_add(ed_multiply(s, ED_BASE), ed_multiply(k, (ED_P - x, y, z, ED_P - t)))) == signature[:32]


EC_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
EC_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
EC_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
EC_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def ec_add(left, right):
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2) = left, right
    if x1 == x2 and (y1 + y2) % EC_P == 0:
        return None
    if left == right:
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, EC_P) % EC_P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, EC_P) % EC_P
    x = (slope * slope - x1 - x2) % EC_P
    return (x, (slope * (x1 - x) - y1) % EC_P)


def ec_multiply(scalar, point):
    result = None
    while scalar > 0:
        if scalar & 1:
            result = ec_add(result, point)
        point = ec_add(point, point)
        scalar >>= 1
    return result


def verify_p256(public, message, signature):
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    if x >= EC_P or y >= EC_P or (y * y - x * x * x + 3 * x - EC_B) % EC_P != 0:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < EC_N and 0 < s < EC_N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, EC_N)
    point = ec_add(ec_multiply(digest * inverse % EC_N, EC_G), ec_multiply(r * inverse % EC_N, (x, y)))
    return point is not None and point[0] % EC_N == r


def is_signed(key, text, signature):
    try:
        public, raw = base64url(key["publicKey"]), base64url(signature)
    except (ValueError, TypeError):
        return False
    if len(raw) != 64:
        return False
    if key["alg"] == "ed25519" and len(public) == 32:
        return verify_ed25519(public, text.encode("utf-8"), raw)
    if key["alg"] == "p256" and len(public) == 65 and public[0] == 4:
        return verify_p256(public, text.encode("utf-8"), raw)
    return False


# --- what follows from the records ---------------------------------------------------------------------------------


def outcome_of(request, decisions):
    """The outcome of a request, and the entries it rests on, one per voice."""
    fields = request["fields"]
    own = []
    for one in sorted(decisions, key=lambda one: one["seq"]):
        said = one["fields"]
        bound = all(said.get(name) == fields.get(name) for name in ("contentHash", "revision"))
        reason = said.get("reason")
        whole = said["decision"] not in ("reject", "requestChanges") or (isinstance(reason, str) and reason.strip() != "")
        if said.get("request") == request["record"] and bound and whole:
            own.append((one["author"], said, one))
    for author, said, one in own:
        if said["decision"] == "cancel" and author == request["author"]:
            return "canceled", [one]
    approvers = list(dict.fromkeys(fields["approvers"]))
    holder = {approver: approver for approver in approvers}
    latest = {}
    for author, said, one in own:
        kind = said["decision"]
        if kind == "delegate":
            place = next((slot for slot in approvers if holder[slot] == author), None)
            to = said.get("delegate")
            free = to != request["author"] and to not in holder and to not in holder.values()
            if place is not None and isinstance(to, str) and to != "" and free:
                holder[place] = to
            continue
        if kind == "cancel":
            continue
        if author in holder:
            holder[author] = author
        latest[author] = one
    spoken = [latest.get(holder[approver]) for approver in approvers]
    voices = [None if one is None else one["fields"]["decision"] for one in spoken]
    words = [one for one in spoken if one is not None and one["fields"]["decision"] != "withdraw"]
    if "reject" in voices:
        return "rejected", words
    if "requestChanges" in voices:
        return "changesRequested", words
    if fields["order"] == "inOrder":
        stop = next((place for place, voice in enumerate(voices) if voice != "approve"), len(voices))
        voices = voices[:stop]
    return "approved" if voices.count("approve") >= fields["required"] else "pending", words


def is_bound(fields, space):
    """Whether a request's subject is of what it says it is about, in this space, under its title."""
    subject = parse(fields["subject"])
    shown = subject["fields"]
    named = [shown.get(name) for name in ("title", "name")]
    named = [name for name in named if isinstance(name, str) and name != ""]
    parts = [shown.get(name) for name in ("firstName", "lastName")]
    parts = [part for part in parts if isinstance(part, str) and part != ""]
    title = named[0] if named else " ".join(parts) if parts else None
    if subject["record"] != fields["about"] or subject["space"] != space:
        return False
    return title is None or unicodedata.normalize("NFC", fields["title"]) == title


def lines_of(text):
    if text == "":
        return []
    if not text.endswith("\n"):
        raise ValueError("the last line is cut off")
    return text[:-1].split("\n")


class Folder:
    def __init__(self, path):
        self.files = {}
        for root, _, names in os.walk(path):
            for name in names:
                full = os.path.join(root, name)
                with open(full, "rb") as file:
                    self.files[os.path.relpath(full, path).replace(os.sep, "/")] = file.read()

    def text(self, name):
        if name not in self.files:
            raise ValueError(name + " is missing")
        return self.files[name].decode("utf-8")

    def sums(self):
        names = sorted((name for name in self.files if name != "SHA256SUMS"), key=lambda n: n.encode("utf-16-be"))
        return "".join(sha256(self.files[name]) + "  " + name + "\n" for name in names)


def read_chain(text, facet, space, seals, problems):
    keys, revoked, counted, hashes = {}, set(), {}, [""]
    for line in lines_of(text):
        link = parse(line)
        where = "%s %s" % (facet, link["seq"])
        event = link["event"]
        if link["v"] != 1 or link["space"] != space or link["facet"] != facet:
            problems.append(where + ": another chain")
        if link["seq"] != len(hashes) or link["prev"] != hashes[-1]:
            problems.append(where + ": does not follow")
        hashes.append(sha256(line))
        if event["kind"] == "key":
            key = event["key"]
            if sha256(base64url(key["publicKey"])) != key["id"] or key["id"] in keys:
                problems.append(where + ": key")
            keys[key["id"]] = key
        elif event["kind"] == "revoked":
            revoked.add(event["key"])
        elif event["kind"] == "sealed":
            seal = seals.get(event["record"])
            if seal is None or event["record"] in counted:
                problems.append(where + ": record missing or twice")
                continue
            entry = parse(seal["entry"])
            same = (
                entry["v"] == 1
                and all(entry[name] == event[name] for name in ("record", "type", "author", "key"))
                and entry["space"] == space
                and entry["facet"] == facet
                and sha256(canonical({"entry": seal["entry"], "signature": seal["signature"]})) == event["seal"]
            )
            if not same:
                problems.append(where + ": not what was recorded")
            key = keys.get(entry["key"])
            if key is None or key["member"] != entry["author"] or key["alg"] != entry["alg"] or entry["key"] in revoked:
                problems.append(where + ": key of somebody else, unknown or revoked")
            elif not is_signed(key, "drawbridge.sealed.v1\n" + seal["entry"], seal["signature"]):
                problems.append(where + ": signature")
            seen = entry["basis"]
            if not 0 <= seen["seq"] < link["seq"] or hashes[seen["seq"]] != seen["hash"]:
                problems.append(where + ": its author had seen another chain")
            counted[event["record"]] = dict(entry, seq=link["seq"], receivedAt=link["receivedAt"])
        else:
            problems.append(where + ": unknown event")
    return counted, keys, hashes


def check_heads(about, found, relay_key, problems):
    """The server signs each head, and with it all that came before."""
    relay = about["relay"]
    for head, signed in zip(found, about["heads"]):
        if {name: signed[name] for name in head} != head or len(signed) != len(head) + 1:
            problems.append("export.json: heads differ from the chains")
        text = "drawbridge.chain.v1\n" + canonical(dict(head, space=about["space"]))
        if head["seq"] > 0 and (relay is None or not is_signed(relay, text, signed["signature"])):
            problems.append(head["facet"] + ": the head is not signed by the server")
    if len(found) != len(about["heads"]):
        problems.append("export.json: heads differ from the chains")
    if relay_key is not None and (relay is None or relay["publicKey"] != relay_key):
        problems.append("export.json: another server's key than the one that was given")


def verify_folder(path, heads, relay_key=None):
    problems, conclusion, found, deciders = [], [], [], {}
    try:
        folder = Folder(path)
        if folder.text("SHA256SUMS") != folder.sums():
            problems.append("SHA256SUMS: a file was changed, added or removed")
        about = parse(folder.text("export.json"))
        if about["format"] != "drawbridge-approvals" or about["v"] != 1:
            problems.append("export.json: another format")
        seals = {}
        for line in lines_of(folder.text("seals.jsonl")):
            seal = parse(line)
            record = parse(seal["entry"])["record"]
            if record in seals:
                problems.append(record + ": twice")
            seals[record] = seal
        counted, all_keys, all_hashes = {}, [], {}
        for facet in about["facets"]:
            chain = folder.text("chains/%s.jsonl" % facet)
            here, keys, hashes = read_chain(chain, facet, about["space"], seals, problems)
            counted.update(here)
            all_keys.extend(keys.values())
            found.append({"facet": facet, "seq": len(hashes) - 1, "hash": hashes[-1]})
            all_hashes[facet] = hashes
        for facet, seq, seen_hash in heads:
            hashes = all_hashes.get(facet, [])
            if seq >= len(hashes) or hashes[seq] != seen_hash:
                problems.append("%s: does not contain the head that was seen (link %d)" % (facet, seq))
        check_heads(about, found, relay_key, problems)
        if folder.text("keys.json") != canonical({"keys": all_keys}) + "\n":
            problems.append("keys.json: differs from the chains")
        problems.extend(record + ": is in no chain" for record in seals if record not in counted)
        decisions = [entry for entry in counted.values() if entry["type"] == "decision"]
        requests = [entry for entry in counted.values() if entry["type"] == "approval"]
        results = {request["record"]: outcome_of(request, decisions) for request in requests}

        def place_of(request):
            """A request that was called off stands behind all others."""
            is_live = results[request["record"]][0] != "canceled"
            return (is_live, request["fields"]["revision"], request["seq"])

        newest = {}
        for request in sorted(requests, key=place_of):
            newest[request["fields"]["about"]] = request["record"]
        for request in requests:
            record, fields = request["record"], request["fields"]
            if sha256(fields["subject"]) != fields["contentHash"]:
                problems.append(record + ": content hash")
            if not is_bound(fields, about["space"]):
                problems.append(record + ": its subject is of something else than it says")
            if folder.text("subjects/%s.json" % record) != fields["subject"]:
                problems.append(record + ": subject file")
            name = "current/%s.json" % record
            current = folder.text(name) if name in folder.files else None
            if current is not None:
                for attachment in parse(current)["attachments"]:
                    what, place = "file", "files/" + attachment["id"]
                    if place not in folder.files:
                        what, place = "document", "documents/%s.txt" % attachment["id"]
                    if sha256(folder.files.get(place, b"")) != attachment["sha256"]:
                        problems.append("%s: %s %s" % (record, what, attachment["id"]))
                    shape = folder.files.get("documents/%s.format.json" % attachment["id"], b"")
                    if "format" in attachment and sha256(shape) != attachment["format"]:
                        problems.append("%s: format of document %s" % (record, attachment["id"]))
            outcome, words = results[record]
            deciders[record] = [
                {
                    "member": one["author"],
                    "decision": one["fields"]["decision"],
                    "key": one["key"],
                    "receivedAt": one["receivedAt"],
                }
                for one in words
            ]
            is_newest = newest[fields["about"]] == record
            conclusion.append(
                {
                    "request": record,
                    "title": fields["title"],
                    "revision": fields["revision"],
                    "outcome": outcome,
                    "isNewest": is_newest,
                    "covers": is_newest and outcome == "approved" and current == fields["subject"],
                }
            )
        conclusion.sort(key=lambda one: one["request"])
        if folder.text("conclusion.json") != canonical({"conclusion": conclusion}) + "\n":
            problems.append("conclusion.json: is not what follows from the records")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        problems.append("unreadable: %s" % error)
    return {
        "folder": path,
        "valid": not problems,
        "problems": problems,
        "heads": found,
        "conclusion": conclusion,
        "deciders": deciders,
        "note": "names (people.json) are not signed",
    }


def main(arguments):
    folders, heads, relay_key = [], [], None
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--head":
            match = re.fullmatch(r"([a-z0-9-]+):(\d+):([0-9a-f]*)", next(waiting, ""))
            if match is None:
                print("--head takes FACET:SEQ:HASH", file=sys.stderr)
                return 2
            heads.append((match[1], int(match[2]), match[3]))
        elif argument == "--relay":
            relay_key = next(waiting, "")
        else:
            folders.append(argument)
    if not folders:
        print("usage: python3 verify.py FOLDER... [--head FACET:SEQ:HASH]... [--relay KEY]", file=sys.stderr)
        return 2
    results = [verify_folder(folder, heads, relay_key) for folder in folders]
    for result in results:
        print(json.dumps(result))
    return 0 if all(result["valid"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
