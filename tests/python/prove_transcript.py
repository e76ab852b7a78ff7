#!/usr/bin/env python3
"""Plays the worked conversation of src/protocol/README.md against a running server: prove_transcript.py LINK

LINK is an invite for an administrator of a server that has no accounts yet. Every `>` line is sent as it
stands; what arrives must hold everything that the `<` line shows, in the same shape, and where a value
does not depend on the day or the server, the same value. Status 0 when all of it fits.
"""

import json
import pathlib
import sys

from minimal_client import Address, Client, WebSocket

README = pathlib.Path(__file__).parents[2] / "src/protocol/README.md"

# Values that depend on the day, the server or the build: only their type is compared.
VOLATILE = {
    "server_version", "workspace", "server_time_ms", "token", "epoch", "changed_at", "time", "limits",
}


def transcript():
    """Who speaks (`>` or `<`) and the frame, for each line."""
    inside = README.read_text().split("```transcript\n")[1].split("```")[0]
    return [(line[0], json.loads(line[2:].replace("{…}", "{}"))) for line in inside.splitlines()]


def differs(shown, seen, where=""):
    """Where `seen` is not what the page shows, or None."""
    if where.rsplit(".", 1)[-1] in VOLATILE:
        return None if isinstance(seen, type(shown)) else f"{where} is {seen!r}"
    if isinstance(shown, dict):
        if not isinstance(seen, dict):
            return f"{where} is {seen!r}"
        for name, value in shown.items():
            if name not in seen:
                return f"{where}.{name} is missing in {json.dumps(seen, ensure_ascii=False)}"
            found = differs(value, seen[name], f"{where}.{name}")
            if found:
                return found
        return None
    if isinstance(shown, list):
        if not isinstance(seen, list) or len(seen) != len(shown):
            return f"{where} is {seen!r}"
        return next(filter(None, (differs(a, b, f"{where}[{n}]") for n, (a, b) in enumerate(zip(shown, seen)))), None)
    return None if shown == seen else f"{where} is {seen!r}, the page says {shown!r}"


def arrival(socket, wanted, waiting):
    """The answer with the id of `wanted`, or the next event of its name; what else comes meanwhile waits."""
    kind = lambda frame: frame.get("id") or frame["params"]["name"]
    while True:
        for place, frame in enumerate(waiting):
            if kind(frame) == kind(wanted):
                return waiting.pop(place)
        waiting.append(json.loads(socket.receive(10)))


def prepare(link, password):
    """Accounts for Anna and Ben. Ben comes back signed in; he does what the page does not show."""
    address, token = Address.of_invite(link)
    anna = Client(address, "anna")
    anna.connect()
    anna.join(token, password, "Anna")
    anna.sign_in(password=password)
    invite = anna.call("account.create_invite")["link"]
    anna.call("session.sign_out")
    anna.close()
    ben = Client(address, "ben")
    ben.connect()
    ben.join(Address.of_invite(invite)[1], password, "Ben")
    ben.sign_in(password=password)
    return address, ben


def main(link):
    lines = transcript()
    sign_in = next(frame for _, frame in lines if frame.get("method") == "session.sign_in")
    address, ben = prepare(link, sign_in["params"]["credential"]["password"])
    socket, epoch, waiting = WebSocket(address), None, []
    for number, (who, frame) in enumerate(lines, 1):
        if who == ">":
            if "epoch" in frame.get("params", {}):
                frame["params"]["epoch"] = epoch
            socket.send(json.dumps(frame, ensure_ascii=False))
            continue
        if "params" in frame:  # an event: Ben does what causes it
            name, data = frame["params"]["name"], frame["params"]["data"]
            if name == "peer_progressed":
                ben.call("sync.delivered", items=[{"conversation_id": "C2Canna", "sequence": data["delivered_seq"]}])
            elif name == "conversation_frame":
                message = data["messages"][0]
                wish = {field: message[field] for field in ("id", "kind", "payload")}
                ben.call("message.send", conversation_id="C2Canna", **wish)
        seen = arrival(socket, frame, waiting)
        found = differs(frame, seen)
        if found:
            sys.exit(f"line {number} of the worked conversation: {found}")
        epoch = seen.get("result", {}).get("epoch", epoch) if isinstance(seen.get("result"), dict) else epoch
        print(f"ok    line {number}")
    if waiting:
        sys.exit(f"the page does not show {waiting}")
    print("the worked conversation is true")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
