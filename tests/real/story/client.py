#!/usr/bin/env python3
"""What people do with a phone and a browser, for tests; only the standard library.

  client.py mails FILE…        reads mails; prints a JSON list of {to, subject, language, text, link}
  client.py look LINK          opens the link of a page as a browser, or a mail scanner, does; prints the page
  client.py ack LINK           opens it and presses its button
  client.py hooks PORT FILE    a phone of each person: takes pages by webhook at /PERSON, one JSON line each in FILE

Exit status 1 if the server says no; what it says is printed.
"""

import email
import email.policy
import html.parser
import http.server
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

PATIENCE_S = 20


class Forms(html.parser.HTMLParser):
    """The forms of a page: where each goes, and what it carries unseen."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs.get("action", ""), {}))
        if tag == "input" and attrs.get("type") == "hidden" and self.forms:
            self.forms[-1][1][attrs.get("name")] = attrs.get("value", "")


def send(url, fields=None):
    data = None if fields is None else urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=PATIENCE_S) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        sys.exit(f"{url}: {error.code}: {error.read().decode(errors='replace')[:500]}")


def ack(link):
    page = Forms()
    page.feed(send(link))
    for action, fields in page.forms:
        if action.endswith("/ack"):
            return send(urllib.parse.urljoin(link, action), fields)
    sys.exit(f"no button to acknowledge with at {link}")


def read_mail(path):
    with open(path, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    link = re.search(r"https?://\S+/p/\S+", text)
    return {
        "to": mail["To"],
        "subject": mail["Subject"],
        "language": mail["Content-Language"],
        "text": text,
        "link": link and link.group(0),
    }


def hooks(port, path):
    class Phone(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with open(path, "a", encoding="utf-8") as out:
                print(json.dumps({"to": self.path.strip("/"), **body}), file=out)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Phone).serve_forever()


match sys.argv[1:]:
    case ["mails", *files]:
        print(json.dumps([read_mail(file) for file in files]))
    case ["look", link]:
        print(send(link))
    case ["ack", link]:
        print(ack(link))
    case ["hooks", port, path]:
        hooks(port, path)
    case _:
        sys.exit(__doc__)
