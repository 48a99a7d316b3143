"""What notifications go to: SMTP servers (aiosmtpd) and HTTPS receivers, on the loopback, that do what a test tells them."""
import asyncio
import email.policy
import http.server
import socket
import ssl
import subprocess
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

PATIENCE_S = 300  # waits of the outbox grow threefold: the sixth is 243 s


def wait_for(what, seconds=PATIENCE_S):
    """The first true value that `what` gives."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return found


def authority(folder):
    """A certificate for localhost and 127.0.0.1, signed by an authority of its own: (ca.pem, cert.pem, key.pem)."""
    folder.mkdir()
    run = lambda *words: subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
    run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test authority")
    run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem", "-out", "csr.pem", "-subj", "/CN=localhost")
    (folder / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    run("x509", "-req", "-in", "csr.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "cert.pem", "-days", "2", "-extfile", "ext")
    return folder / "ca.pem", folder / "cert.pem", folder / "key.pem"


def context_of(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class MailServer:
    """`answers`: what is said after DATA to the next mails: a reply, "cut", or a number of seconds of silence before 250."""

    def __init__(self, certificate=None, key=None, security="starttls", password=None, port=None):
        self.mails, self.answers, self.senders, self.sessions, self.refused = [], [], [], set(), {}
        self.hold = threading.Event()
        self.hold.set()
        self.waiting = 0
        self.security, self.password = security, password
        context = context_of(certificate, key) if certificate else None
        options = {"hostname": "127.0.0.1", "port": port or free_port()}
        smtp = {"enable_SMTPUTF8": False, "timeout": 60}
        if security == "tls":
            options["ssl_context"] = context
        elif security == "starttls":
            smtp |= {"tls_context": context, "require_starttls": True}
        if password:
            smtp |= {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": security == "starttls"}
        self.controller = Controller(self, **options, **smtp)
        self.port = self.controller.port

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.hold.set()
        self.controller.stop()

    def _authenticate(self, server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"mozu", self.password.encode()))

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.waiting += 1
        while not self.hold.is_set():
            await asyncio.sleep(0.01)
        self.waiting -= 1
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "cut":
            server.transport.abort()
            return "451 gone"
        if isinstance(answer, (int, float)):
            await asyncio.sleep(answer)
            answer = "250 OK"
        if answer.startswith("250"):
            assert server.transport.get_extra_info("ssl_object") is not None or self.security == "none"
            self.senders.append(envelope.mail_from)
            self.sessions.add(session.peer)
            self.mails.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.strict)))
        return answer

    def settings(self, authority_file, **more):
        lines = {"server": '"127.0.0.1"', "port": self.port, "security": f'"{self.security}"', "from": '"Mozu 通知 <mozu@mozu.example>"', "timeout_seconds": 10}  # a loaded machine answers late, and each try more waits three times as long
        if self.security != "none":
            lines["authority"] = f'"{authority_file}"'
        return "[mail]\n" + "".join(f"{k} = {v}\n" for k, v in (lines | more).items())


class Receiver:
    """HTTPS; `answers`: status of the next requests, or a number of seconds of silence as a float."""

    def __init__(self, certificate, key):
        self.requests, self.answers = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), body))
                answer = outer.answers.pop(0) if outer.answers else 204
                if isinstance(answer, float):
                    time.sleep(answer)
                    answer = 204
                self.send_response(answer)
                if answer in (301, 302, 307, 308):
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context_of(certificate, key).wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
