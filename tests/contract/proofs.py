"""What clients compute: PKCE pairs, one-time passwords, signed requests and tokens."""

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_verifier():
    return base64url(secrets.token_bytes(32))


def challenge_of(verifier):
    return base64url(hashlib.sha256(verifier.encode()).digest())


def one_time_password(secret, steps_from_now=0):
    """RFC 6238: six digits, of half a minute each."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = int(time.time()) // 30 + steps_from_now
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def signed_by_site(secret, subject, name):
    """A token of single sign-on, HS256."""
    now = int(time.time())
    claims = {"aud": "blog", "sub": subject, "name": name, "iat": now, "exp": now + 300, "jti": new_verifier()}
    parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signed = ".".join(parts)
    return f"{signed}.{base64url(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def signed_request(secret, person):
    """What Facebook posts when somebody there wants their data gone."""
    payload = base64url(json.dumps({"algorithm": "HMAC-SHA256", "user_id": person}).encode())
    signature = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest()
    return f"{base64url(signature)}.{payload}"
