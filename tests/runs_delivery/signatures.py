"""Prints the signatures that src/runs/delivery/webhook_tests.rs expects, by Python's hmac after the robots' documentation."""
import base64
import hashlib
import hmac
import urllib.parse

seconds, milliseconds = 1599360473, 1599360473000
secret = "SEC123"
digest = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256).digest()
print("dingtalk", urllib.parse.quote_plus(base64.b64encode(digest)))
digest = hmac.new(f"{seconds}\ndemo".encode(), b"", hashlib.sha256).digest()
print("feishu", base64.b64encode(digest).decode())
