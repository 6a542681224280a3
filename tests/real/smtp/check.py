"""Reads mails as a mail program does and checks what a paged person relies on. Arguments: files of mails."""

import email
import email.policy
import sys


def check(condition, what, mail):
    if not condition:
        sys.exit(f"{what} does not hold in:\n{mail.as_string()}")


mails = []
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        mails.append(email.message_from_binary_file(file, policy=email.policy.default))

ids = {mail["Message-ID"] for mail in mails}
threads = {mail["In-Reply-To"] for mail in mails}
if len(mails) != 4 or len(ids) != 4 or len(threads) != 1:
    sys.exit(f"{len(mails)} mails, ids {ids}, threads {threads}")
words = {"en": "You are on call.", "fr": "Vous êtes d’astreinte.", "de": "Sie haben Bereitschaft."}
for mail in mails:
    check(mail["References"] == mail["In-Reply-To"], "one thread", mail)
    check(mail["Auto-Submitted"] == "auto-generated", "no answer by machines", mail)
    check("noout" in mail["List-Id"], "a list to filter by", mail)
    check(mail["X-Priority"].startswith("1") and mail["Importance"] == "high", "high priority", mail)
    check(mail["Subject"].startswith("[critical] ") and mail["Subject"].endswith(" (#1)"), "the subject", mail)
    check(mail["Date"].datetime.tzinfo is not None, "a date", mail)
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    link = "https://noout.example.org/p/example"
    check(link in plain and f'href="{link}"' in html, "the link in both parts", mail)
    check(words[mail["Content-Language"]] in plain, "the person's language", mail)
    check(not mail.defects, "well-formed mail", mail)
if not any("Lüfter 3 von pve3 fällt aus" in mail["Subject"] for mail in mails):
    sys.exit("the German subject did not survive")
