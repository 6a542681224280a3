"""What the two crash tests share: a noout that is killed and started again, its API, its people's phones."""

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

NOOUT = os.environ.get("NOOUT") or str(Path(__file__).resolve().parents[3] / "target/release/noout")

# A start that takes longer has failed, even on a busy machine and with a long journal to fold.
START_LIMIT = 30
# A request that takes longer has failed.
REQUEST_LIMIT = 20
# How long a stop by SIGTERM may take.
STOP_LIMIT = 15

# The people of both tests. Each rotation has one person, so that nobody's turn ends while a test runs.
ON_CALL = ("ana", "bo")
PEOPLE = """
# Phones that are busy on purpose and a time that nobody chose are no news here.
[drill]
enabled = false

[paging]
window = "20s"
unsent = "12h"

[[person]]
id = "ana"
contact = ["webhook:http://127.0.0.1:{phones}/ana"]
superior = "eva"

[[person]]
id = "bo"
contact = ["webhook:http://127.0.0.1:{phones}/bo"]
superior = "eva"

[[person]]
id = "eva"
role = "admin"
contact = ["webhook:http://127.0.0.1:{phones}/eva"]

[[schedule]]
id = "platform"
timezone = "Europe/Vienna"
coverage = 2

[[schedule.rotation]]
name = "primary"
people = ["ana"]
unit = "week"
start = "2026-01-05T09:00"

[[schedule.rotation]]
name = "secondary"
people = ["bo"]
unit = "week"
start = "2026-01-05T09:00"

[[policy]]
id = "platform"
ack_timeout = "12h"
resolve_deadline = "12h"

[[policy.step]]
notify = ["schedule:platform"]
"""


class Failed(Exception):
    """The test has failed; the text says what does not hold."""


def expect(holds, text):
    """Fails the test unless it holds. A text that is costly to make is given as a function."""
    if not holds:
        raise Failed(text() if callable(text) else text)


# The ports that this process and its children have been given.
_given = set()


def free_port():
    """A port of loopback that nobody listens on, below the range of outgoing connections."""
    while True:
        port = random.SystemRandom().randrange(20000, 30000)
        with socket.socket() as s:
            # As noout does, so that an ended connection of an earlier test is no hindrance.
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _given:
            _given.add(port)
            return port


class Server:
    """A noout in a folder of its own. It may be killed at any instant, by any thread."""

    def __init__(self, folder, config):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "noout.db"
        self.config = self.folder / "noout.toml"
        self.port, self.status_port = free_port(), free_port()
        self.config.write_text(
            f'[server]\nlisten = "127.0.0.1:{self.port}"\nstatus_listen = "127.0.0.1:{self.status_port}"\n{config}'
        )
        self.log = open(self.folder / "noout.log", "ab")
        self.process = None
        self.starts = []
        self.kills = 0
        self.kills_before_ready = 0

    def spawn(self):
        command = [NOOUT, "serve", "--config", str(self.config), "--data", str(self.data)]
        self.spawned_at = time.monotonic()
        self.is_ready = False
        self.process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        return self.process

    def wait_ready(self):
        """Until it is ready; False if it was killed meanwhile."""
        while True:
            if self.ready():
                self.is_ready = True
                self.starts.append(time.monotonic() - self.spawned_at)
                return True
            if self.was_killed():
                return False
            expect(time.monotonic() - self.spawned_at < START_LIMIT, f"not ready after {START_LIMIT} s")
            time.sleep(0.002)

    def ready(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.request("GET", "/readyz")
            status = connection.getresponse().status
            connection.close()
            return status == 200
        except (OSError, http.client.HTTPException):
            return False

    def was_killed(self):
        """Whether it is gone. That it ends by itself is a failure."""
        code = self.process.poll()
        if code is None:
            return False
        expect(code == -signal.SIGKILL, f"noout ended by itself with exit code {code}")
        return True

    def kill(self):
        """kill -9, and waits until it is gone."""
        self.process.kill()
        code = self.process.wait(STOP_LIMIT)
        expect(code == -signal.SIGKILL, f"noout ended by itself with exit code {code}")
        self.count_kill()

    def count_kill(self):
        self.kills += 1
        self.kills_before_ready += not self.is_ready

    def stop(self):
        """As the service manager stops it."""
        self.process.terminate()
        code = self.process.wait(STOP_LIMIT)
        expect(code == 0, f"stopped by SIGTERM noout ended with exit code {code}")

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def verify(self):
        """`noout verify`: hash chain and fold. Works beside a running noout and without one."""
        began = time.monotonic()
        done = subprocess.run([NOOUT, "verify", "--data", str(self.data)], capture_output=True, text=True, timeout=300)
        expect(done.returncode == 0, lambda: f"noout verify says: {done.stdout}{done.stderr}")
        return time.monotonic() - began

    def client(self, person=None):
        return Client(self, person)


class Client:
    """Speaks to the API over one connection, which is made anew after each death of the server."""

    def __init__(self, server, person=None):
        self.server, self.person, self.connection = server, person, None

    def token(self):
        """As the command line signs it: whoever reads the key file may speak for everybody on this machine."""
        key = bytes.fromhex(Path(f"{self.server.data}.key").read_text().strip())
        text = f"{self.person or ''}|{int(time.time()) + 50}".encode()
        tag = hmac.new(key, b"local\0" + text, hashlib.sha256).digest()[:16]
        return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in (text, tag)).decode()

    def call(self, method, path, body=None, own_api=True):
        """The status and the body's JSON; None if the server is gone before it has answered."""
        headers = {}
        if body is not None:
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            if own_api:
                headers["Authorization"] = f"Bearer {self.token()}"
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=REQUEST_LIMIT)
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except TimeoutError:
            raise Failed(f"{method} {path}: no answer within {REQUEST_LIMIT} s")
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def get(self, path, own_api=True):
        """What a server that runs answers; anything but 200 is a failure."""
        answer = self.call("GET", path, own_api=own_api)
        expect(answer is not None, f"GET {path}: the connection broke off")
        expect(answer[0] == 200, lambda: f"GET {path} answers {answer}")
        return answer[1]

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Phones:
    """Takes pages by webhook. While it is moody, some pages meet a busy relay or a broken connection."""

    FIELDS = {"page", "incident", "title", "text", "severity", "person", "ack_url", "at"}

    def __init__(self, rng, moody):
        self.rng, self.moody = rng, moody
        self.lock = threading.Lock()
        self.pages = {}  # (incident, person) -> how many pages were taken
        self.numbers = set()  # of the pages that were taken
        self.refused = self.broken = 0
        self.strange = []
        phones = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                phones.ring(self)

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

            def handle_error(self, *_):
                pass  # The sender was killed: that is what the test is about.

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def ring(self, request):
        length = int(request.headers.get("Content-Length", 0))
        body = request.rfile.read(length)
        if len(body) < length:
            return  # The sender died in the middle.
        with self.lock:
            mood, delay = (self.rng.random(), self.rng.uniform(0, 0.03)) if self.moody else (1, 0)
        time.sleep(delay)
        if mood < 0.03:
            with self.lock:
                self.broken += 1
            request.close_connection = True
            return
        status = 503 if mood < 0.09 else 200
        with self.lock:
            if status == 200:
                self.take(request.path, body)
            else:
                self.refused += 1
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def take(self, path, body):
        try:
            page = json.loads(body)
        except ValueError:
            page = None
        if not isinstance(page, dict) or not self.FIELDS <= page.keys() or path != f"/{page['person']}":
            self.strange.append((path, body[:500]))
            return
        key = (page["incident"], page["person"])
        self.pages[key] = self.pages.get(key, 0) + 1
        self.numbers.add(page["page"])

    def taken(self):
        with self.lock:
            return dict(self.pages)


def spread(seconds):
    """Of many durations the median, the 99th percentile and the longest, in words."""
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    at = lambda share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000
    return f"median {at(0.5):.0f} ms, p99 {at(0.99):.0f} ms, longest {ordered[-1] * 1000:.0f} ms"


def work_folder(name):
    """A folder for the test's data: below $WORK, else a new one, which stays if the test fails."""
    if "WORK" in os.environ:
        folder = Path(os.environ["WORK"]) / name
        folder.mkdir()
        return folder
    return Path(tempfile.mkdtemp(prefix=f"noout-{name}-"))


def terminated(_signal, _frame):
    raise SystemExit(143)


def seed_of(name):
    """The seed: of NOOUT_SEED, else a new one."""
    given = os.environ.get("NOOUT_SEED")
    return int(given) if given else random.SystemRandom().randrange(1_000_000)


def main(name, test):
    """Runs a test, which gets a folder and a seed. A failure names both, and the folder stays."""
    signal.signal(signal.SIGTERM, terminated)
    seed, folder = seed_of(name), work_folder(name)
    print(f"{name}: seed {seed}", flush=True)
    try:
        test(folder, seed)
    except (Failed, OSError, subprocess.TimeoutExpired, KeyError, ValueError) as why:
        if not isinstance(why, Failed):
            traceback.print_exc()
        print(f"FAILED: {name}: {why}\nagain: NOOUT_SEED={seed} {sys.argv[0]}\nkept: {folder}", file=sys.stderr)
        sys.exit(1)
    if "WORK" not in os.environ and not os.environ.get("KEEP"):
        shutil.rmtree(folder)
