"""Somebody else's S3 server (moto) that lets in nobody without a good signature: s3_server.py PORT BUCKET

moto itself looks at no signature. Here every request is checked with botocore, which is how Amazon's own
clients sign: method, host, path, query, the headers that are named, and the time.
"""

import datetime
import sys
from urllib.parse import parse_qsl

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.core import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import run_simple

KEYS = Credentials("testing", "testing")


def is_signed(environ):
    """Whether the query of a request has a good signature of all that it names."""
    query = environ["QUERY_STRING"]
    fields = dict(parse_qsl(query, keep_blank_values=True))
    try:
        key, day, region, service, _ = fields["X-Amz-Credential"].split("/")
        begin = datetime.datetime.strptime(fields["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
        lifetime = int(fields["X-Amz-Expires"])
        names = fields["X-Amz-SignedHeaders"].split(";")
    except (KeyError, ValueError):
        return False
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    if key != KEYS.access_key or not begin <= now + datetime.timedelta(minutes=5) or not 0 < lifetime <= 604800:
        return False
    if now > begin + datetime.timedelta(seconds=lifetime) or "host" not in names:
        return False
    headers = {}
    for name in names:
        place = name.upper().replace("-", "_")
        value = environ.get(place if name in ("content-length", "content-type") else "HTTP_" + place)
        if value is None:
            return False
        headers[name] = value
    # A header that S3 obeys has to be signed.
    obeyed = {name[5:].lower().replace("_", "-") for name in environ if name.startswith("HTTP_X_AMZ_")}
    if not obeyed <= set(names):
        return False
    bare = "&".join(field for field in query.split("&") if not field.startswith("X-Amz-Signature="))
    url = f"http://{environ['HTTP_HOST']}{environ['RAW_URI'].split('?')[0]}?{bare}"
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=headers)
    request.context["timestamp"] = fields["X-Amz-Date"]
    auth = S3SigV4QueryAuth(KEYS, service, region)
    wanted = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return wanted == fields.get("X-Amz-Signature")


def list_of_parts(app, environ, start_response):
    """The list of an upload's parts under the name that S3 gives it; moto 5.2 gives it another one."""
    head = []
    body = b"".join(app(environ, lambda status, headers, *_: head.extend([status, headers])))
    body = body.replace(b"ListPartsResponse", b"ListPartsResult")
    headers = [(name, value) for name, value in head[1] if name.lower() != "content-length"]
    start_response(head[0], headers + [("Content-Length", str(len(body)))])
    return [body]


def guarded(app):
    """The same application, for signed requests only."""

    def answer(environ, start_response):
        if is_signed(environ):
            if environ["REQUEST_METHOD"] == "GET" and "uploadId=" in environ["QUERY_STRING"]:
                return list_of_parts(app, environ, start_response)
            return app(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "application/xml"), ("Connection", "close")])
        return [b"<Error><Code>SignatureDoesNotMatch</Code></Error>"]

    return answer


if __name__ == "__main__":
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(sys.argv[2], "us-east-1")
    application = guarded(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
