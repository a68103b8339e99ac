#!/usr/bin/python3
"""lineinfile, blockinfile and replace against Ansible's own: the same files, messages and results.

edits.py MODULE-TOOL [CASES [SEED]]; TAP. Ansible's modules run in this process, without AnsibleModule.
"""
import importlib
import json
import os
import random
import subprocess
import sys
import tempfile

try:
    from ansible.module_utils import basic
    from ansible.module_utils.parsing.convert_bool import boolean
except ImportError:
    print("1..0 # SKIP no ansible here")
    sys.exit(0)


class Done(Exception):
    pass


class FakeModule:
    """What the three modules use of AnsibleModule."""
    given = None
    check_mode = False
    _diff = False

    def __init__(self, argument_spec, **_):
        self.params = {}
        for name, row in argument_spec.items():
            value = row.get("default")
            for spelling in [name] + row.get("aliases", []):
                value = FakeModule.given.get(spelling, value)
            self.params[name] = boolean(value) if row.get("type") == "bool" else value
        self.tmpdir = tempfile.gettempdir()

    def boolean(self, value):
        return boolean(value)

    def warn(self, _):
        pass

    def exit_json(self, **result):
        raise Done(result)

    def fail_json(self, **result):
        raise Done(dict(result, failed=True))

    def load_file_common_arguments(self, params):
        return {}

    def set_file_attributes_if_different(self, args, changed, **_):
        return False

    def atomic_move(self, source, target, **_):
        os.replace(source, target)


def ansible(name, args):
    module = importlib.import_module("ansible.modules." + name)
    module.AnsibleModule = FakeModule
    FakeModule.given = args
    try:
        module.main()
    except Done as done:
        return done.args[0]
    except Exception as error:
        return {"crashed": repr(error)}


LINES = ["", "a", "b", "ab", "a=1", "#a=1", "a = 2", "  a", "a b", "x\ty", "aa", "b\\1", "é", "# BEGIN m", "# END m"]
PATTERNS = ["a", "^a", "a$", "^#?a", r"^#?\s*a\s*=", "b|x", "^$", "(a)(b)?", r"\s", r"a\s", "[ab]", "[^a]", "zzz",
            r"^(\w+)=(\d)$", r"\W", "(?i)A", r"a\Z", "a?", "(?P<k>a)=(?P<v>.)", r"^\s+a", "é", r"\S+", "."]
TEMPLATES = LINES + [r"\1", r"\g<0>!", r"x\1y", r"\\", r"a\tb", r"\g<1>\g<1>"]


def content(rng):
    end = rng.choice(["\n"] * 6 + ["\r\n", ""])
    text = "".join(rng.choice(LINES) + rng.choice(["\n"] * 8 + ["\r\n"]) for _ in range(rng.randrange(6)))
    return text + (rng.choice(LINES) if end == "" else "")


def optional(rng, args, name, values, odds=0.4):
    if rng.random() < odds:
        args[name] = rng.choice(values)


def lineinfile(rng):
    args = {"state": rng.choice(["present"] * 3 + ["absent"])}
    optional(rng, args, "line", LINES, 0.95)
    optional(rng, args, "regexp", PATTERNS, 0.6)
    if "regexp" not in args:
        optional(rng, args, "search_string", ["a", "=", "b", "q"], 0.2)
    else:
        optional(rng, args, "backrefs", [True, False], 0.3)
        if args.get("backrefs"):
            args["line"] = rng.choice(TEMPLATES)
    where = rng.choice(["insertafter", "insertbefore"])
    optional(rng, args, where, PATTERNS + ["BOF", "BOF"] + (["EOF"] if where == "insertafter" else []), 0.5)
    optional(rng, args, "firstmatch", [True, False])
    optional(rng, args, "create", [True, False])
    return args


def blockinfile(rng):
    args = {"state": rng.choice(["present"] * 3 + ["absent"]), "marker": "# {mark} m"}
    optional(rng, args, "block", ["x", "a\nb", "a\n", "", "é"], 0.9)
    where = rng.choice(["insertafter", "insertbefore"])
    optional(rng, args, where, PATTERNS[:20] + (["EOF"] if where == "insertafter" else ["BOF"]), 0.5)
    optional(rng, args, "create", [True, False])
    return args


def replace(rng):
    args = {"regexp": rng.choice(PATTERNS)}
    optional(rng, args, "replace", TEMPLATES, 0.9)
    optional(rng, args, "after", ["a", "b=", r"\n", "zzz"], 0.2)
    optional(rng, args, "before", ["b", "#", "zzz"], 0.2)
    return args


def run(tool, steps):
    text = "".join(json.dumps(step) + "\n" for step in steps)
    done = subprocess.run([tool], input=text, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print("# tool failed on", text)
    return [json.loads(line) for line in done.stdout.splitlines()]


def read(path):
    try:
        with open(path, newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write(path, text):
    if os.path.exists(path):
        os.unlink(path)
    if text is not None:
        with open(path, "w", newline="") as file:
            file.write(text)


def main():
    tool = sys.argv[1]
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    bad = number = 0
    folder = tempfile.mkdtemp()
    for make in (lineinfile, blockinfile, replace):
        rng = random.Random(seed)
        for _ in range(cases):
            number += 1
            args, before = make(rng), content(rng)
            before = None if rng.random() < 0.05 else before
            path = os.path.join(folder, "f")
            name = make.__name__
            write(path, before)
            theirs = ansible(name, dict(args, path=path))
            expected = read(path)
            if "crashed" in theirs:
                continue
            write(path, before)
            step = {"module": name, "args": dict(args, path=path)}
            dry, real, again = run(tool, [dict(step, check=True), step, dict(step, check=True)])
            got = read(path)
            problems = []
            if theirs.get("failed"):
                if real["status"] != "failed":
                    problems.append("Ansible failed: %s" % theirs.get("msg"))
            elif real["status"] != ("changed" if theirs["changed"] else "ok"):
                problems.append("status %s, Ansible changed=%s" % (real["status"], theirs["changed"]))
            elif real["fields"].get("msg", "") != theirs.get("msg", "") and "Pattern for" not in theirs["msg"]:
                problems.append("msg %r, Ansible %r" % (real["fields"].get("msg"), theirs["msg"]))
            if got != expected:
                problems.append("file %r, Ansible %r" % (got, expected))
            if dry["status"] != real["status"]:
                problems.append("dry run said %s, then %s" % (dry["status"], real["status"]))
            if dry["diffs"] != real["diffs"]:
                problems.append("dry run's diff %s, then %s" % (dry["diffs"], real["diffs"]))
            if problems:
                bad += 1
                if bad <= 10:
                    print("# %s %s on %r" % (name, json.dumps(args), before))
                    print("\n".join("#   " + problem for problem in problems), json.dumps(real["fields"]))
        print("%s %s - %s as Ansible's" % ("not ok" if bad else "ok", make.__name__, make.__name__), flush=True)
    print("# %d cases, %d differ" % (number, bad))
    print("1..3")
    sys.exit(1 if bad else 0)


main()
