#!/usr/bin/env python3
"""Writes the files of a simulated BMC for ipmi_sim into a folder: bmc.py FOLDER ADDRESS PORT.

Six fans, two temperatures and a power supply. Each threshold sensor is a file in FOLDER/sensors that
holds its reading; ipmi_sim looks at it every half second, so a dip that is shorter may be missed.
"""

import os
import struct
import sys

FOLDER, ADDRESS, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
# name: number, sensor type, unit, entity, instance, factor, thresholds in raw units, nominal raw reading, is it upper
FAN, TEMPERATURE, RPM, CELSIUS = 4, 1, 0x12, 1
LOW = {"lnr": 5, "lc": 10, "lnc": 15}
SENSORS = [(n, f"FAN{n}", FAN, RPM, 0x1D, n, 60, LOW, 120, False) for n in range(1, 7)] + [
    (16, "CPU1 Temp", TEMPERATURE, CELSIUS, 3, 1, 1, {"unc": 85, "uc": 95, "unr": 100}, 45, True),
    (17, "Inlet Temp", TEMPERATURE, CELSIUS, 0x37, 1, 1, {"unc": 35, "uc": 40, "unr": 45}, 22, True),
]
THRESHOLDS = ("unr", "uc", "unc", "lnr", "lc", "lnc")


def record(kind, size, number, fields, name):
    """A sensor data record as the IPMI specification lays it out: a fixed part, then the name."""
    raw = bytearray(size)
    raw[2], raw[3], raw[5], raw[7] = 0x51, kind, 0x20, number
    for at, value in fields.items():
        raw[at] = value & 0xFF
    raw[size - 1] = 0xC0 | len(name)
    raw += name.encode()
    raw[4] = len(raw) - 5
    return " ".join(f"0x{byte:02x}" for byte in raw)



lines = ["mc_setbmc 0x20", "mc_add 0x20 0 no-device-sdrs 0x23 9 8 0xbf 0x1291 0xf02", "sel_enable 0x20 1000 0x0a"]
os.makedirs(f"{FOLDER}/sensors", exist_ok=True)
for number, name, kind, unit, entity, instance, factor, limits, nominal, upper in SENSORS:
    path = f"{FOLDER}/sensors/{name.replace(' ', '_')}"
    with open(path, "w") as reading:
        reading.write(f"{nominal * factor}\n")
    events = 0b000001010000000 if upper else 0b000000000010101
    lines.append(f'sensor_add 0x20 0 {number} {kind} 1 poll 500 file "{path}" div={factor}')
    values = " ".join(str(limits.get(word, 0)) for word in THRESHOLDS)
    lines.append(f"sensor_set_threshold 0x20 0 {number} settable {'111000' if upper else '000111'} {values}")
    lines.append(f"sensor_set_hysteresis 0x20 0 {number} readable 1 1")
    mask = f"{events:015b}"
    lines.append(f"sensor_set_event_support 0x20 0 {number} enable scanning per-state {mask} {mask} {mask} {mask}")
    fields = {8: entity, 9: instance, 10: 0x7F, 11: 0x68, 12: kind, 13: 1, 21: unit, 24: factor, 25: factor >> 2 & 0xC0}
    for at in (14, 16):
        fields |= {at: events & 0xFF, at + 1: events >> 8}
    readable = 0x3838 if upper else 0x0707
    fields |= {18: readable & 0xFF, 19: readable >> 8, 30: 1, 31: nominal, 32: 255, 34: 255, 42: 1, 43: 1}
    fields |= {36 + place: limits.get(word, 0) for place, word in enumerate(THRESHOLDS)}
    lines.append("main_sdr_add 0x20 " + record(1, 48, number, fields, name))
lines.append("sensor_add 0x20 0 32 0x08 0x6f")
lines.append("sensor_set_event_support 0x20 0 32 enable scanning per-state" + " 000000000001011" * 4)
supply = {8: 0x0A, 9: 1, 10: 0x67, 11: 0x40, 12: 8, 13: 0x6F, 14: 0x0B, 16: 0x0B, 18: 0x0B, 20: 0xC0}
lines.append("main_sdr_add 0x20 " + record(2, 32, 32, supply, "PSU1 Status"))
lines += ["sensor_set_bit 0x20 0 32 0 1 0", "mc_enable 0x20"]
with open(f"{FOLDER}/bmc.emu", "w") as out:
    out.write("\n".join(lines) + "\n")
allowed = "none md2 md5 straight"
with open(f"{FOLDER}/lan.conf", "w") as out:
    out.write(f'name "bmc"\nset_working_mc 0x20\nstartlan 1\n  addr {ADDRESS} {PORT}\n  priv_limit admin\n')
    for who in ("callback", "user", "operator", "admin"):
        out.write(f"  allowed_auths_{who} {allowed}\n")
    out.write(f'  guid a123456789abcdefa123456789abcdef\nendlan\nuser 1 true "" "test" user 10 {allowed}\n')
    out.write(f'user 2 true "noout" "test" admin 10 {allowed}\n')
