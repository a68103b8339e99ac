#!/usr/bin/python3
"""getent as Ansible's: the facts and messages of the same lookups by both; getent.py SUTLER; TAP."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

CASES = ["database: passwd", "database: passwd, key: root", "database: group, key: root",
         "database: services, key: ssh", "database: services",
         "database: hosts, service: files", "database: hosts, key: localhost", "database: passwd, split: /",
         "database: passwd, key: root, split: ' '", "database: passwd, key: no-such-user", "database: nowhere",
         "database: passwd, key: no-such-user, fail_key: false", "database: passwd, service: nowhere",
         "database: passwd, key: 'a\"b\\\\', fail_key: false", "database: shadow, key: root",
         "database: services, split: '/'", "database: ahosts, key: localhost", "database: initgroups"]


def play(base, kind, command):
    """What each case returned."""
    text = "- hosts: all\n  gather_facts: false\n  tasks:\n"
    for number, case in enumerate(CASES):
        text += "    - getent: {%s}\n      register: r%d\n      ignore_errors: true\n" % (case, number)
    text += "    - copy: {content: '{{ [%s] | to_json }}', dest: %s/%s}\n" % (
        ", ".join("r%d" % number for number in range(len(CASES))), base, kind)
    with open("%s/%s.yml" % (base, kind), "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run(command + ["-i", "here,", "-c", "local", kind + ".yml"], cwd=base, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=580,
                          env=dict(os.environ, ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3"))
    if done.returncode:
        print("# %s: exit %d\n# %s" % (kind, done.returncode, done.stdout[-2000:].replace("\n", "\n# ")))
    with open("%s/%s" % (base, kind), encoding="utf-8") as file:
        return [{name: one.get(name) for name in ("ansible_facts", "changed", "failed", "msg")} for one in json.load(file)]


def main():
    ansible = shutil.which("ansible-playbook")
    if ansible is None:
        print("1..0 # SKIP no ansible here")
        return
    bad = 0
    print("1..%d" % len(CASES))
    with tempfile.TemporaryDirectory() as base:
        there = play(base, "ansible", [ansible])
        ours = play(base, "sutler", [os.path.abspath(sys.argv[1]), "play", "--no-color"])
    for number, case in enumerate(CASES):
        good = there[number] == ours[number]
        bad += not good
        print("%s %d - %s" % ("ok" if good else "not ok", number + 1, case))
        if not good:
            print("#   ansible: %.600s\n#   sutler:  %.600s" % (there[number], ours[number]))
    sys.exit(1 if bad else 0)


main()
