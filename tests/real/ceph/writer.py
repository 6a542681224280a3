#!/usr/bin/python3
"""Writes, reads back and checks objects all the while; proves that nobody lost data, and shows stalls.

usage: writer.py CONF POOL REPORT.json [SECONDS]

Each turn writes a new object, reads it back, and reads one that was written earlier. Ends at SIGTERM (or
after SECONDS, 900 unless told), then reads every acknowledged object once more. The report is a JSON object
{written, checked, wrong, failed, median_ms, p99_ms, stalls: [{at_s, seconds}], longest_stall_s}; a stall is a
turn of more than a second. The exit status is 0 only if something was written and nothing was wrong or failed.
"""

import hashlib
import json
import signal
import sys
import time

import rados

PAUSE_S = 0.05
STALL_S = 1.0
# Longer than any election or peering of a healthy maintenance: a call that takes this long has failed.
CALL_LIMIT_S = 120


def body(n):
    """What object n must hold: 4 KiB that no other object holds."""
    return hashlib.sha256(b"object %d" % n).digest() * 128


class Writer:
    def __init__(self, ioctx):
        self.ioctx = ioctx
        self.acked, self.checked, self.wrong, self.failed = [], 0, [], []
        self.turns = []

    def check(self, n):
        self.checked += 1
        if self.ioctx.read(f"drill-{n:06d}", 8192) != body(n):
            self.wrong.append(n)
            print(f"object {n} is WRONG", flush=True)

    def turn(self, n, began):
        start = time.monotonic()
        try:
            self.ioctx.write_full(f"drill-{n:06d}", body(n))
            self.acked.append(n)
            self.check(n)
            # 7919 is a prime, so that the early objects are all visited in turn.
            self.check(self.acked[n * 7919 % len(self.acked)])
        except (rados.Error, IndexError) as error:
            self.failed.append(f"object {n}: {error}")
            print(f"object {n} FAILED: {error}", flush=True)
        took = time.monotonic() - start
        self.turns.append((took, start - began))
        if took > STALL_S:
            print(f"stalled {took:.1f} s at {start - began:.1f} s", flush=True)
        return took

    def report(self):
        took = sorted(t for t, _ in self.turns) or [0.0]
        stalls = [{"at_s": round(at, 1), "seconds": round(t, 1)} for t, at in self.turns if t > STALL_S]
        return {
            "written": len(self.acked),
            "checked": self.checked,
            "wrong": len(self.wrong),
            "failed": len(self.failed),
            "median_ms": round(took[len(took) // 2] * 1000, 1),
            "p99_ms": round(took[int(len(took) * 0.99)] * 1000, 1),
            "stalls": stalls,
            "longest_stall_s": max((s["seconds"] for s in stalls), default=0),
        }


def main():
    conf, pool, path = sys.argv[1:4]
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 900.0
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    cluster = rados.Rados(conffile=conf, conf={"rados_osd_op_timeout": str(CALL_LIMIT_S)})
    cluster.connect(timeout=30)
    writer = Writer(cluster.open_ioctx(pool))
    began, n = time.monotonic(), 0
    while not stop and time.monotonic() - began < seconds:
        took = writer.turn(n, began)
        n += 1
        time.sleep(max(0.0, PAUSE_S - took))
    for n in writer.acked:
        writer.check(n)
    report = writer.report()
    with open(path, "w", encoding="utf-8") as out:
        json.dump(report, out)
    print(json.dumps(report), flush=True)
    cluster.shutdown()
    return 0 if writer.acked and not writer.wrong and not writer.failed else 1


if __name__ == "__main__":
    sys.exit(main())
