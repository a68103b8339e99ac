#!/usr/bin/python3
"""Our tables of parameters against the documentation of Ansible's modules: every parameter, alias and choice of theirs is
one of ours, with the same default, or stands below with the reason. Modules of collections are compared where the
collections are (ANSIBLE_COLLECTIONS_PATH).

parameters.py SUTLER
"""
import json
import os
import re
import subprocess
import sys

OURS_ALONE = {"git_push"}
COLLECTIONS = {"authorized_key": "ansible.posix.authorized_key"}

# Where a table differs, and why.
REASONS = {
    ("apt", "update_cache"): "no is what it is without",
    ("systemd", "force"): "no is what it is without",
    ("apt_repository", "mode"): "what Ansible's code uses",
    ("assert", "fail_msg"): "what Ansible's code uses",
    ("assert", "success_msg"): "what Ansible's code uses",
    ("blockinfile", "insertafter"): "EOF is what none means, and tells whether it was given",
    ("lineinfile", "insertafter"): "EOF is what none means, and tells whether it was given",
    ("debug", "msg"): "Hello world! is what none means, and tells whether it was given",
    ("lineinfile", "others"): "a sentence of the documentation, no parameter",
    ("replace", "others"): "a sentence of the documentation, no parameter",
    ("include_vars", "extensions"): "the same in another order",
    ("package", "state"): "required, but Ansible's apt takes present without it",
    ("pip", "virtualenv_command"): "what Python itself brings, where no virtualenv needs to be there",
    ("setup", "filter"): "none is all",
    ("setup", "gather_subset"): "none is all",
    ("get_url", "unredirected_headers"): "none is the empty list",
    ("git", "gpg_whitelist"): "none is the empty list",
    ("uri", "unredirected_headers"): "none is the empty list",
    ("uri", "status_code"): "200 is what none means",
    ("uri", "body_format"): "form-multipart is refused with the choices there are",
    ("user", "ssh_key_comment"): "the host makes the same of its own name",
    ("template", "newline_sequence"): "a newline is what none means",
}


def documentation(names):
    done = subprocess.run(["ansible-doc", "-j", "-t", "module"] + names, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=False)
    return json.loads(done.stdout) if done.stdout else {}


def ours(sutler, name):
    """name -> type, aliases, choices, default, required"""
    text = subprocess.run([sutler, "modules", name], stdout=subprocess.PIPE, text=True, check=True).stdout
    rows = {}
    for line in text.splitlines()[2:]:
        row = re.match(r"  (\w+) +(\w+)(, required)?(?:, default: (.*?))?(?:, one of (.*?))?(?:, also (.*))?$", line)
        if row and not line.startswith("   "):
            rows[row[1]] = {"type": row[2], "required": bool(row[3]), "default": row[4],
                            "choices": row[5].split("|") if row[5] else None,
                            "aliases": row[6].split("|") if row[6] else []}
    return rows


def plain(value):
    """A default as our tables write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return None if value is None or value == "" else str(value)


def differences(name, theirs, table):
    by_any_name = {alias: key for key, row in table.items() for alias in [key] + row["aliases"]}
    for key, option in sorted(theirs.items()):
        if key == "free_form" or key == "free-form" or key == "key_value":
            continue
        if key not in by_any_name:
            yield key, "is not there"
            continue
        row = table[by_any_name[key]]
        for alias in option.get("aliases", []):
            if by_any_name.get(alias) != by_any_name[key]:
                yield key, "has no alias " + alias
        choices = [plain(choice) for choice in option.get("choices", [])]
        if choices and row["type"] != "boolean":
            for choice in choices:
                if choice not in (row["choices"] or [choice]):
                    yield key, "does not take " + choice
        if plain(option.get("default")) != (plain(row["default"]) if row["default"] != "" else None):
            yield key, "has the default %s, not %s" % (row["default"], plain(option.get("default")))
        if bool(option.get("required")) != row["required"]:
            yield key, "is required" if row["required"] else "is not required"


def main():
    number, bad = 0, 0
    sutler = os.path.abspath(sys.argv[1])
    listed = subprocess.run([sutler, "modules"], stdout=subprocess.PIPE, text=True, check=True).stdout
    names = [line.split()[0] for line in listed.splitlines() if line]
    found = documentation([COLLECTIONS.get(name, "ansible.builtin." + name) for name in names if name not in OURS_ALONE])
    used = set()
    for name in names:
        theirs = found.get(COLLECTIONS.get(name, "ansible.builtin." + name))
        if name in OURS_ALONE or (theirs is None and name in COLLECTIONS):
            continue
        wrong = []
        if theirs is None:
            wrong.append(("", "Ansible has no such module"))
        else:
            for key, what in differences(name, theirs["doc"].get("options", {}), ours(sutler, name)):
                reason = REASONS.get((name, key)) or REASONS.get(("*", key))
                used.add((name, key) if (name, key) in REASONS else ("*", key))
                if reason is None:
                    wrong.append((key, what))
        number += 1
        bad += bool(wrong)
        print("%s %d - %s" % ("not ok" if wrong else "ok", number, name))
        for key, what in wrong:
            print("#   %s %s" % (key, what))
    left = sorted(key for key in set(REASONS) - used if key[0] not in COLLECTIONS)
    number += 1
    bad += bool(left)
    print("%s %d - every reason is still one %s" % ("not ok" if left else "ok", number, left or ""))
    print("1..%d" % number)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
