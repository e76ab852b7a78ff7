#!/usr/bin/env python3
"""Uploads with somebody else's tus client (tuspy) and says what it saw: prove_tus.py LINK

LINK is an invite for an administrator of a server that has no accounts yet and speaks plain text. Needs `tuspy`, which
`./dev test` installs into target/tuspy. Status 0 when all of it was as src/protocol/README.md says.
"""

import hashlib
import os
import sys
import tempfile
import urllib.error
import urllib.request

try:
    from tusclient import client as tus
    from tusclient.exceptions import TusCommunicationError
    from tusclient.storage.filestorage import FileStorage
except ImportError:
    sys.exit("tuspy is missing: run this through ./dev test, which installs it, or `pip install tuspy`")

from minimal_client import Address, Client, Refused


def check(right, what):
    print(("ok    " if right else "WRONG ") + what, flush=True)
    if not right:
        sys.exit(1)


def fetch(url, **headers):
    """Status, headers and body of a GET, whatever the status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def prove(link):
    """One person uploads, another one downloads."""
    address, token = Address.of_invite(link)
    root = f"http://{address.host}:{address.port}"
    anna = Client(address, "anna")
    anna.connect()
    anna.join(token, "correct horse battery", "Anna")
    anna.sign_in(password="correct horse battery")
    invite = anna.call("account.create_invite")
    ben = Client(address, "ben")
    ben.connect()
    ben.join(Address.of_invite(invite["link"])[1], "staple staple staple", "Ben")
    ben.sign_in(password="staple staple staple")

    ticket = anna.call("file.ticket")
    there = tus.TusClient(root + ticket["path"], headers={"Authorization": "Bearer " + ticket["ticket"]})
    content = os.urandom(1_000_003)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "plan.bin")
        with open(path, "wb") as file:
            file.write(content)
        storage = FileStorage(os.path.join(folder, "storage"))
        begin = lambda: there.uploader(
            path, chunk_size=300_000, metadata={"filename": "../../plan 计划.bin", "kind": "file"},
            store_url=True, url_storage=storage, upload_checksum=True,
        )
        first = begin()
        first.upload_chunk()
        check(first.offset == 300_000, "a first piece")
        second = begin()
        check(second.offset == 300_000 and second.url == first.url, "another run of the client goes on where that one stopped")
        second.upload()
        check(second.offset == len(content), "the rest")
        storage.close()
    file_id = second.url.rsplit("/", 1)[1]
    status, headers, _ = fetch(second.url)
    check(status == 412, "an upload is not fetched from where it was sent")

    message = anna.new_message("C2Cben", "")
    payload = {"uuid": file_id, "file_name": "plan.bin", "file_url": "file/" + file_id, "file_size": len(content)}
    message.update(kind="file", payload=payload)
    place = anna.send(message)["message"]["sequence"]
    found = ben.call("file.link", conversation_id="C2Canna", sequence=place, uuid=file_id)
    check(found["sha256"] == hashlib.sha256(content).hexdigest(), "the other one is told its hash")
    check(found["file_name"] == "plan 计划.bin", "and its name without the path")
    status, headers, body = fetch(root + found["path"])
    check(status == 200 and body == content, "and fetches it")
    check(headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in headers["Content-Security-Policy"], "unable to run")
    check(headers["Content-Disposition"].startswith("attachment;"), "to be saved, not shown")
    tag = headers["ETag"]
    status, headers, body = fetch(root + found["path"], Range="bytes=1000000-", **{"If-Range": tag})
    check(status == 206 and body == content[1_000_000:], "the end of it alone")
    check(headers["Content-Range"] == "bytes 1000000-1000002/1000003", "and is told which part that is")
    status, headers, body = fetch(root + found["path"], Range="bytes=5-", **{"If-Range": '"another"'})
    check(status == 200 and body == content, "all of it where the part belongs to something else")
    status, headers, _ = fetch(root + found["path"], Range="bytes=1000003-")
    check(status == 416 and headers["Content-Range"] == "bytes */1000003", "past the end there is nothing")
    status, _, _ = fetch(root + found["path"], **{"If-None-Match": tag})
    check(status == 304, "what one has need not come again")
    status, _, _ = fetch(root + found["path"][:-3] + "AAA")
    check(status == 401, "a link that was changed leads nowhere")

    # What is refused.
    limit = anna.signed_in["limits"]["file_bytes"]
    stranger = tus.TusClient(root + ticket["path"], headers={"Authorization": "Bearer nonsense"})
    for what, who, size, status in [
        ("a stranger", stranger, 1, 401),
        ("one byte too many", there, limit + 1, 413),
        ("nothing", there, 0, 400),
    ]:
        uploader = who.uploader(file_stream=Sized(size))
        try:
            uploader.create_url()
            check(False, what + " is refused")
        except TusCommunicationError as error:
            check(error.status_code == status, f"{what} is refused with {status}")
    there.uploader(file_stream=Sized(limit)).create_url()
    check(True, "just as many as allowed may begin")
    anna.call("session.sign_out")
    try:
        there.uploader(file_stream=Sized(1)).create_url()
        check(False, "after signing out a ticket is void")
    except TusCommunicationError as error:
        check(error.status_code == 401, "after signing out a ticket is void")
    for client in (anna, ben):
        client.close()
    print("all of it was right")


class Sized:
    """A stream that claims a size."""

    def __init__(self, size):
        self.size, self.place = size, 0

    def seek(self, offset, whence=0):
        self.place = self.size + offset if whence == 2 else offset

    def tell(self):
        return self.place


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    prove(sys.argv[1])
