#!/usr/bin/env python3
"""Plays two people against a running server and says what it saw: prove_wire.py LINK

LINK is an invite for an administrator of a server that has no accounts yet. Status 0 when all of it was as
src/protocol/README.md says. Uses nothing but minimal_client.py.
"""

import secrets
import sys

from minimal_client import Address, Client, Refused, WebSocket


def check(right, what):
    print(("ok    " if right else "WRONG ") + what, flush=True)
    if not right:
        sys.exit(1)


def refused(code, call):
    """Whether `call` is refused with `code`."""
    try:
        call()
    except Refused as error:
        return error.code == code
    return False


def prove(link):
    """Two people, one of them twice, through everything that README.md promises a client."""
    address, token = Address.of_invite(link)
    if address.pin:
        wrong = Address(address.host, address.port, False, "0" * 64)
        try:
            WebSocket(wrong)
            check(False, "another certificate than the pinned one is noticed")
        except ValueError:
            check(True, "another certificate than the pinned one is noticed")

    anna = Client(address, "anna")
    info = anna.connect()
    check(info["workspace"] != "", f"server.info before sign-in: {info['workspace']}")
    check(refused(2024, lambda: anna.call("sync.heads", since=0)), "anything else before sign-in is 2024")
    anna.join(token, "correct horse battery", "Anna")
    anna.join(token, "correct horse battery", "Anna")
    check(True, "joining with an invite, and once more as after a lost answer")
    check(refused(70009, lambda: anna.sign_in(password="wrong horse battery")), "a wrong password is 70009")
    answer = anna.sign_in(password="correct horse battery")
    check(answer["user"]["user_id"] == "anna" and answer["limits"]["message_body_bytes"] > 0, "signed in")

    invite = anna.call("account.create_invite")
    ben = Client(*[Address.of_invite(invite["link"])[0], "ben"])
    ben.connect()
    ben.join(Address.of_invite(invite["link"])[1], "staple staple staple", "本恩")
    carl = Client(address, "carl")
    carl.connect()
    once_more = lambda: carl.join(Address.of_invite(invite["link"])[1], "staple staple staple")
    check(refused(70114, once_more), "an invite works once, then it is 70114")
    carl.close()
    ben.sign_in(password="staple staple staple")
    people = anna.call("user.search")["users"]
    check([p["user_id"] for p in people] == ["anna", "ben"], "the directory lists both")

    head = anna.call("conversation.get", conversation_id="C2Cben")
    check(head["seq"] == 0 and head["user_profile"]["nick"] == "本恩", "a chat with somebody new can be opened")
    hello = anna.new_message("C2Cben", "Hello Ben 你好 🍜")
    first = anna.send(hello)
    check(first["message"]["sequence"] == 1 and first["message"]["id"] == hello["id"], "the first message is number 1")
    again = anna.send(hello)
    check(again["message"] == first["message"], "sending it again answers the same and stores nothing")

    mine = lambda data: data["conversation_id"] == "C2Canna" and data.get("messages")
    arrived = ben.wait_for("conversation_frame", mine)
    message = arrived["messages"][0]
    check(message["id"] == hello["id"] and message["payload"] == hello["payload"], "Ben has it, word for word")
    check(message["conversation_id"] == "C2Canna" and message["from"] == "anna", "named from his side")
    ben.call("sync.delivered", items=[{"conversation_id": "C2Canna", "sequence": 1}])
    progress = anna.wait_for("peer_progressed", lambda data: data["delivered_seq"] == 1)
    check(progress["conversation_id"] == "C2Cben", "Anna sees that it was delivered")
    ben.sync()
    check(ben.heads["C2Canna"]["unread_count"] == 1, "Ben has one unread message")
    moved = ben.call("conversation.set_read", conversation_id="C2Canna", sequence=1)
    check(moved["read"]["read_seq"] == 1, "he reads it")
    check(anna.wait_for("peer_progressed", lambda data: data["read_seq"] == 1) is not None, "Anna sees that, too")

    # A second installation of Ben's account, which misses some of what follows.
    laptop = Client(address, "ben")
    laptop.connect()
    laptop.sign_in(password="staple staple staple")
    check(laptop.conversations["C2Canna"].texts() == ["Hello Ben 你好 🍜"], "a new installation has the history")
    laptop.close()
    for number in range(30):
        ben.send(ben.new_message("C2Canna", f"line {number}"))
    for number in range(30):
        anna.wait_for("conversation_frame", lambda data: data["messages"][0]["payload"]["text"] == f"line {number}")
    anna.call("message.revoke", conversation_id="C2Cben", sequence=1, reason="typo")
    recalled = ben.wait_for("conversation_frame", lambda data: data["messages"][0]["sequence"] == 1)
    check(recalled["messages"][0]["kind"] == "revoked", "a recalled message is empty for the other")
    edit = ben.change(
        "message.modify", conversation_id="C2Canna", sequence=2, version=0,
        payload={"kind": "text", "payload": {"text": "line zero"}},
    )
    check(edit["message"]["payload"]["text"] == "line zero", "a message can be changed")
    stale = lambda: ben.change(
        "message.modify", conversation_id="C2Canna", sequence=2, version=0,
        payload={"kind": "text", "payload": {"text": "line nil"}},
    )
    check(refused(2480, stale), "a change of an old version is 2480")

    laptop.connect()
    laptop.sign_in(token=laptop.token)
    wanted = ["<revoked>", "line zero"] + [f"line {number}" for number in range(1, 30)]
    check(laptop.conversations["C2Canna"].texts() == wanted, "back with its token, it has all that it missed, in order")
    anna.sync()
    check(anna.conversations["C2Cben"].texts() == wanted, "and so has Anna, from live frames")
    page = laptop.call("message.range", conversation_id="C2Canna", from_seq=1, to_seq=10)
    check([m["sequence"] for m in page["messages"]] == list(range(1, 11)), "a page of history, in order")

    # A group.
    made = anna.call("group.create", name="Lunch", member_list=["ben"], request_id=secrets.token_hex(8))
    group = "GROUP" + made["group"]["group_id"]
    note = anna.new_message(group, "Who comes? @Ben")
    note["at_user_list"] = ["ben"]
    anna.send(note)
    ben.wait_for("conversation_frame", lambda data: any(m["id"] == note["id"] for m in data.get("messages", [])))
    ben.sync()
    mentions = ben.heads[group].get("group_at_info_list", [])
    check([m["from"] for m in mentions] == ["anna"], "Ben is mentioned in the group")

    # What is refused.
    nobody = lambda: anna.send(anna.new_message("C2Cnobody", "?"))
    check(refused(20003, nobody), "a message to nobody is 20003")
    for code, method, names in [
        (2503, "conversation.get", {"conversation_id": "nonsense"}),
        (2602, "group.get", {"group_id": "公司"}),
        (7003, "user.get", {"user_id_list": ["ben", "x" * 33]}),
        (6017, "conversation.get", {}),
        (6017, "conversation.get", {"conversation_id": 7}),
    ]:
        check(refused(code, lambda: anna.call(method, **names)), f"{method} {names} is {code}")
    check(refused(60009, lambda: anna.call("message.fly")), "an unknown method is 60009")
    body = anna.signed_in["limits"]["message_body_bytes"]
    anna.send(anna.new_message("C2Cben", "x" * body))
    check(refused(80002, lambda: anna.send(anna.new_message("C2Cben", "x" * (body + 1)))), "the limit of a message holds")
    check("server_time_ms" in anna.call("session.ping"), "the heartbeat is answered")

    # Ending a session.
    laptop.call("session.sign_out")
    laptop.close()
    laptop.connect()
    check(refused(70052, lambda: laptop.sign_in(token=laptop.token)), "a token is void after signing out")
    phone = Client(address, "ben")
    phone.connect()
    phone.sign_in(password="staple staple staple")
    ben.call("session.end", instance_id=phone.instance_id)
    check(phone.wait_for("kicked_out")["type"] == "REST_API_Kick", "an ended instance is told why")
    phone.close()
    phone.connect()
    try:
        phone.sign_in(token=phone.token)
        check(False, "an ended instance stays out")
    except Refused as error:
        check((error.code, error.data.get("type")) == (70052, "REST_API_Kick"), "and stays out, and learns why later, too")
    for client in (anna, ben, laptop, phone):
        client.close()
    print("all of it was right")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    prove(sys.argv[1])
