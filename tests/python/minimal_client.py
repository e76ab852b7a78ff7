#!/usr/bin/env python3
"""A small Hallway client, written from src/protocol/README.md alone, with nothing but Python's own library.

    minimal_client.py join LINK USER PASSWORD [NICK]
    minimal_client.py send ADDRESS USER PASSWORD TO TEXT      ADDRESS: wss://host:port#PIN or ws://127.0.0.1:port
    minimal_client.py watch ADDRESS USER PASSWORD             prints what arrives until it is interrupted

It keeps its state in memory; a real client keeps it on disk (README, sections 3, 5 and 6). `prove_wire.py`
beside it uses it to prove the page.
"""

import base64
import hashlib
import json
import secrets
import socket
import ssl
import struct
import sys
import time
import urllib.parse

PROTOCOL_VERSION = 1


class Refused(Exception):
    """The server refused a request."""

    def __init__(self, error):
        super().__init__(f"{error.get('message')} ({error['code']})")
        self.code = error["code"]
        self.data = error.get("data") or {}


class Closed(Exception):
    """The connection is gone."""


class Address:
    """Where a server is and how to know that it is the right one (README, section 1)."""

    def __init__(self, host, port, plain=False, pin=None):
        self.host, self.port, self.plain, self.pin = host, port, plain, pin

    @classmethod
    def of_invite(cls, link):
        """Address and token of an invite link."""
        parts = urllib.parse.urlsplit(link)
        assert (parts.scheme, parts.netloc) == ("hallway", "join"), "not an invite link"
        where = urllib.parse.urlsplit("//" + parts.path.lstrip("/"))
        fields = dict(urllib.parse.parse_qsl(parts.query, strict_parsing=True))
        address = cls(where.hostname, where.port, fields.get("plain") == "1", fields.get("pin"))
        return address, fields["token"]

    @classmethod
    def of_text(cls, text):
        parts = urllib.parse.urlsplit(text)
        assert parts.scheme in ("ws", "wss"), "an address begins with wss:// or ws://"
        return cls(parts.hostname, parts.port, parts.scheme == "ws", parts.fragment or None)

    def connect(self, timeout):
        if self.plain and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("plain text is for this computer only")
        raw = socket.create_connection((self.host, self.port), timeout=timeout)
        # A request is a few small writes; waiting to join them would cost 40 ms each.
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.plain:
            return raw
        context = ssl.create_default_context()
        if self.pin:  # accept exactly the pinned certificate, whatever its name and dates
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        tls = context.wrap_socket(raw, server_hostname=self.host)
        if self.pin:
            seen = hashlib.sha256(tls.getpeercert(binary_form=True)).hexdigest()
            if seen != self.pin:
                tls.close()
                raise ValueError(f"the certificate is another one: {seen}")
        return tls


class WebSocket:
    """As much of RFC 6455 as text frames need."""

    def __init__(self, address, timeout=10):
        self.stream = address.connect(timeout)
        self.buffer = b""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        host = f"[{address.host}]" if ":" in address.host else address.host
        self.stream.sendall(
            f"GET /ws HTTP/1.1\r\nHost: {host}:{address.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self._fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status, *fields = head.decode("latin-1").split("\r\n")
        if status.split(" ")[1] != "101":
            raise Closed(status)
        accept = base64.b64encode(
            hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        ).decode()
        answered = {name.lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)}
        assert answered.get("sec-websocket-accept") == accept, "not a WebSocket"

    def _fill(self):
        try:
            more = self.stream.recv(65536)
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from error
        if not more:
            raise Closed("end of stream")
        self.buffer += more

    def _take(self, count):
        while len(self.buffer) < count:
            self._fill()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _send(self, opcode, payload):
        mask = secrets.token_bytes(4)
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        key = int.from_bytes(mask * (size // 4 + 1), "big") >> (8 * (4 - size % 4))
        masked = (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")
        try:
            self.stream.sendall(head + mask + masked)
        except OSError as error:
            raise Closed(str(error)) from error

    def send(self, text):
        self._send(1, text.encode())

    def receive(self, timeout):
        """The next text frame. TimeoutError when none begins in time."""
        text = b""
        while True:
            # Only the first byte may be waited for in vain: half a frame must not be lost.
            self.stream.settimeout(timeout)
            if not self.buffer:
                self._fill()
            self.stream.settimeout(30)
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack("!H", self._take(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._take(8))
            payload = self._take(size)
            opcode = first & 0x0F
            if opcode == 8:
                raise Closed(f"closed by the server: {payload[2:].decode(errors='replace')}")
            if opcode == 9:
                self._send(10, payload)
            elif opcode in (0, 1):
                text += payload
                if first & 0x80:
                    return text.decode()

    def close(self):
        try:
            self._send(8, struct.pack("!H", 1000))
            self.stream.close()
        except (Closed, OSError):
            pass


class Conversation:
    """What a client has of one conversation (README, section 5)."""

    def __init__(self):
        self.cursor = 0
        self.rows = {}  # sequence -> message

    def merge(self, messages):
        for message in messages:
            known = self.rows.get(message["sequence"])
            if known is None or known["mod"] <= message["mod"]:
                self.rows[message["sequence"]] = message

    def texts(self):
        rows = (self.rows[sequence] for sequence in sorted(self.rows))
        return [row["payload"].get("text", f"<{row['kind']}>") for row in rows]


class Client:
    """One installation of one account."""

    def __init__(self, address, user_id):
        self.address, self.user_id = address, user_id
        self.instance_id = secrets.token_hex(8)
        self.socket, self.next_id = None, 0
        self.token, self.signed_in = None, None
        self.epoch, self.useq, self.changed_at = "", 0, 0
        self.conversations, self.heads, self.private = {}, {}, {}
        self.events = []  # everything that arrived unasked and was not looked for yet

    # ---- frames (section 2) ----

    def connect(self):
        self.socket = WebSocket(self.address)
        info = self.call("server.info")
        if info["protocol_version"] != PROTOCOL_VERSION:
            raise ValueError(f"the server speaks version {info['protocol_version']}")
        self.app_id = info["app_id"]
        return info

    def close(self):
        self.socket.close()

    def call(self, method, timeout=30, **params):
        self.next_id += 1
        request = {"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params}
        self.socket.send(json.dumps(request, ensure_ascii=False))
        while True:
            frame = json.loads(self.socket.receive(timeout))
            if frame.get("id") == request["id"]:
                if "error" in frame:
                    raise Refused(frame["error"])
                return frame["result"]
            self._arrived(frame)

    def wait_for(self, name, fits=lambda data: True, timeout=10):
        """The data of the next event of that name that fits."""
        while True:
            for place, (seen, data) in enumerate(self.events):
                if seen == name and fits(data):
                    del self.events[place]
                    return data
            self._arrived(json.loads(self.socket.receive(timeout)))

    def _arrived(self, frame):
        if frame.get("method") != "event":
            raise ValueError(f"neither an answer to this request nor an event: {frame}")
        name, data = frame["params"]["name"], frame["params"]["data"]
        if name == "conversation_frame":
            self._frame(data)
        elif name == "user_frame":
            self._private(data["entries"])
            if data["prev_useq"] == self.useq:
                self.useq = data["useq"]
        self.events.append((name, data))  # unknown names are kept here too and do no harm

    # ---- signing in (section 3) ----

    def join(self, token, password, nick=""):
        self.call("account.join", token=token, user_id=self.user_id, nick=nick, password=password)

    def sign_in(self, **credential):
        answer = self.call(
            "session.sign_in",
            app_id=self.app_id,
            user_id=self.user_id,
            credential=credential,
            instance={
                "instance_id": self.instance_id,
                "client_version": "minimal_client 1",
                "host_name": socket.gethostname()[:64],
            },
            protocol_version=PROTOCOL_VERSION,
        )
        self.token, self.signed_in = answer["token"], answer
        if answer["epoch"] != self.epoch:
            self.epoch, self.useq, self.changed_at = answer["epoch"], 0, 0
            for conversation in self.conversations.values():
                conversation.cursor = 0
        self.sync()
        return answer

    # ---- sync (section 5) ----

    def sync(self):
        more, full = True, False
        while more:
            page = self.call("sync.user", epoch=self.epoch, after=self.useq)
            if page.get("full") and not full:
                full, self.private = True, {}
            self._private(page["entries"])
            self.useq, more = page["useq"], page.get("more", False)
        cursor, since = None, self.changed_at
        while True:
            wish = {"cursor": cursor} if cursor else {}
            page = self.call("sync.heads", since=since, **wish)
            for head in page["heads"]:
                name = head["conversation_id"]
                self.heads[name] = head
                self.changed_at = max(self.changed_at, head["changed_at"])
                if head["mod"] > self._conversation(name).cursor:
                    self.catch_up(name)
            cursor = page.get("cursor")
            if not cursor:
                return

    def catch_up(self, name):
        conversation = self._conversation(name)
        while True:
            page = self.call("sync.changes", conversation_id=name, after_mod=conversation.cursor)
            if page.get("reset"):
                conversation.rows = {}
                conversation.merge(page["reset"]["messages"])
            else:
                conversation.merge(page.get("messages", []))
            conversation.cursor = page["up_to"]
            if not page.get("more"):
                return

    def _conversation(self, name):
        return self.conversations.setdefault(name, Conversation())

    def _frame(self, data):
        conversation = self._conversation(data["conversation_id"])
        conversation.merge(data.get("messages", []))
        if data["prev_mod"] == conversation.cursor:
            conversation.cursor = data["mod"]
        # Otherwise a frame is missing. A real client waits 500 ms for it; this one asks when it next syncs.

    def _private(self, entries):
        for entry in entries:
            data = entry.get("data", {})
            key = (entry["kind"], data.get("conversation_id"), data.get("sequence"))
            if self.private.get(key, {"useq": 0})["useq"] <= entry["useq"]:
                self.private[key] = entry

    # ---- sending (section 6) ----

    def new_message(self, conversation_id, text):
        number = self.signed_in["user_number"]
        return {
            "id": f"{number}-{int(time.time())}-{secrets.randbits(32)}",
            "conversation_id": conversation_id,
            "kind": "text",
            "payload": {"text": text},
        }

    def change(self, method, **params):
        """A call that waits when the server asks for that."""
        while True:
            try:
                return self.call(method, **params)
            except Refused as error:
                if "retry_after_ms" not in error.data:
                    raise
                time.sleep(error.data["retry_after_ms"] / 1000)

    def send(self, message):
        stored = self.change("message.send", **message)
        frame = dict(stored, conversation_id=message["conversation_id"], messages=[stored["message"]])
        self._frame(frame)
        return stored


def main(arguments):
    if len(arguments) in (4, 5) and arguments[0] == "join":
        address, token = Address.of_invite(arguments[1])
        client = Client(address, arguments[2])
        client.connect()
        client.join(token, *arguments[3:])
        client.close()
    elif len(arguments) == 6 and arguments[0] == "send":
        client = Client(Address.of_text(arguments[1]), arguments[2])
        client.connect()
        client.sign_in(password=arguments[3])
        print(client.send(client.new_message(arguments[4], arguments[5]))["message"]["sequence"])
        client.call("session.sign_out")
        client.close()
    elif len(arguments) == 4 and arguments[0] == "watch":
        client = Client(Address.of_text(arguments[1]), arguments[2])
        client.connect()
        client.sign_in(password=arguments[3])
        while True:
            try:
                client._arrived(json.loads(client.socket.receive(timeout=20)))
            except TimeoutError:
                client.call("session.ping", timeout=10)
            while client.events:
                print(json.dumps(client.events.pop(0), ensure_ascii=False), flush=True)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
