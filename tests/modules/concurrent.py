#!/usr/bin/python3
"""Two runs edit the same file at once, and no edit is lost: concurrent.py MODULE-TOOL; TAP."""
import json
import os
import subprocess
import sys
import tempfile

TOOL = os.path.abspath(sys.argv[1])
EDITS = 100


def lineinfile(folder, run, number):
    return {"module": "lineinfile", "args": {"path": folder + "/lines", "line": "l%d-%d" % (run, number), "create": True}}


def authorized_key(folder, run, number):
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI%d%03d me" % (run, number)
    return {"module": "authorized_key", "args": {"user": "root", "path": folder + "/keys/authorized_keys", "key": key}}


def cron(folder, run, number):
    return {"module": "cron", "args": {"name": "n%d-%d" % (run, number), "job": "j%d-%d" % (run, number), "user": "root",
                                       "cron_file": folder + "/cron"}}


def edit(folder, make, run):
    text = "".join(json.dumps(make(folder, run, number)) + "\n" for number in range(EDITS))
    with open(folder + "/steps-%d" % run, "w", encoding="utf-8") as file:
        file.write(text)
    with open(folder + "/steps-%d" % run, encoding="utf-8") as file:
        return subprocess.Popen([TOOL], stdin=file, stdout=subprocess.PIPE, text=True)


def main():
    print("1..3")
    bad = 0
    for number, (make, name) in enumerate(((lineinfile, "lines"), (authorized_key, "keys/authorized_keys"), (cron, "cron"))):
        with tempfile.TemporaryDirectory() as folder:
            runs = [edit(folder, make, run) for run in range(2)]
            outputs = [run.communicate(timeout=240)[0] for run in runs]
            failed = [line for output in outputs for line in output.splitlines() if json.loads(line)["status"] != "changed"]
            with open(folder + "/" + name, encoding="utf-8") as file:
                lines = [line for line in file.read().splitlines() if not line.startswith("#")]
            good = not failed and len(set(lines)) == 2 * EDITS
            bad += not good
            print("%s %d - %s of two runs at once: none of %d edits is lost" % ("ok" if good else "not ok", number + 1,
                                                                             make.__name__, 2 * EDITS))
            for line in failed[:5]:
                print("#   " + line)
            if not good:
                print("#   %d lines, %d of them different" % (len(lines), len(set(lines))))
            sys.stdout.flush()
    sys.exit(1 if bad else 0)


main()
