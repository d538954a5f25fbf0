"""A mail server for tests on loopback, made of aiosmtpd. It says its port on standard output and writes what it took as JSON lines, as
Python's email package understands it. What it does with a mail depends on the recipient:

    later@…       451 to RCPT          never@…      550 to RCPT
    full@…        452 after the mail   spam@…       554 after the mail
    lost@…        takes the mail and drops the connection without an answer
    anyone else   taken

Arguments: mode (plain, starttls, tls), log file, certificate, key; with a fifth argument it demands the user `reports` and that password.
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, log):
        self.log = log

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = address.split("@")[0]
        if local == "later":
            return "451 4.3.0 try again later"
        if local == "never":
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = []
        for part in message.walk():
            if part.is_multipart():
                continue
            content = part.get_content()
            text = content if isinstance(content, str) else content.hex()
            parts.append({"kind": part.get_content_type(), "name": part.get_filename(), "text": text})
        entry = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data.login.decode() if session.authenticated else None,
            "subject": message["subject"],
            "sender": str(message["from"]),
            "header_to": str(message["to"]),
            "id": message["message-id"],
            "date": str(message["date"]),
            "defects": [str(defect) for defect in message.defects],
            "parts": parts,
        }
        with open(self.log, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        local = envelope.rcpt_tos[0].split("@")[0]
        if local == "full":
            return "452 4.2.2 mailbox full"
        if local == "spam":
            return "554 5.7.1 refused as spam"
        if local == "lost":
            server.transport.abort()
            return "250 never seen"
        return "250 2.0.0 taken"


def authenticator(password):
    def check(server, session, envelope, mechanism, data):
        if isinstance(data, LoginPassword) and data.login == b"reports" and data.password == password.encode():
            return AuthResult(success=True, auth_data=data)
        return AuthResult(success=False, handled=False)

    return check


async def main():
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    mode, log, certificate, key = sys.argv[1:5]
    password = sys.argv[5] if len(sys.argv) > 5 else None
    tls = None
    if mode != "plain":
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)

    def session():
        return SMTP(
            Handler(log),
            hostname="test.example",
            tls_context=tls if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            auth_required=password is not None,
            auth_require_tls=False,
            authenticator=authenticator(password) if password else None,
        )

    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", 0, ssl=tls if mode == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
