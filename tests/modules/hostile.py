#!/usr/bin/python3
"""Every parameter of every module meets values that want to be something else: code for a shell, an option of a tool,
a path elsewhere. hostile.py MODULE-TOOL [MODULE...], on a test host of its own (tests/hosts/hosts.sh).

Modules and parameters come from the program's own tables, so that a new one is swept without a word here; PLAUSIBLE only
says what the other parameters shall be where a guess by type would not get far.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time

HOSTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hosts", "hosts.sh")
SANDBOX = "/sweep"
BIN = SANDBOX + "-bin"  # first in PATH there
CANARY = "/sweep-canary-"

# What would run is `touch CANARY-n`; %c is that command. Each value is its own case.
VALUES = {
    "single quote": "x';%c;'",
    "double quote": 'x";%c;"',
    "command substitution": "$(%c)",
    "in double quotes": '"$(%c)"',
    "backticks": "`%c`",
    "newline": "x\n%c\n",
    "newline and step": "x\nstep 1 shell\n@0 result 1 ok\n",
    "semicolon": "x; %c",
    "and": "x && %c",
    "pipe": "x | %c",
    "background": "x & %c",
    "backslash": "x\\';%c;\\'",
    "redirection": "x > /sweep-canary-out",
    "dash": "-e",
    "option": "--help",
    "option with a value": "-oProxyCommand=%c",
    "exec option": "--upload-pack=%c",
    "sudoers": "--exec=%c",
    "above": "../up",
    "dots": "..",
    "template": "{{ lookup('pipe', '%c') }}",
    "home": "~",
    "home of nobody": "~nobody-here/x",
    "stars": "*",
    "brackets": "[a-z]?*",
    "braces": "{a,b}",
    "percent": "%s%n%d",
    "variable": "$HOME ${IFS} $0",
    "history": "!!",
    "blank": " ",
    "empty": "",
    "tab and return": "a\tb\rc",
    "control": "a\x1b[31mb\x07",
    "long": "A" * 65536,
    "deep path": "a/" * 150,
    "long path": "a/" * 3000,
    "nul": "x\0%c",
    "colon": "root:x:0:0",
    "sed": "a/b&c\\1|d#e",
    "regular expression": "((",
}
BYTES = {"not UTF-8": b"x\xff\xfe'$(%c)", "half a character": b"\xe2\x82"}

# Stands for Python, pip and what makes virtual environments: what is swept is how our words reach them, and the real ones
# take seconds for each value. Its arguments are recorded, each behind a NUL.
FAKE_PYTHON = """#!/bin/sh
case $0 in *pip*) set -- -m pip "$@" ;; *virtualenv) set -- -m venv "$@" ;; esac
case $1:$2 in
-m:pip) printf '%s\\0' "$@" >>/sweep-bin/argv ;;
-m:venv)
	for last; do :; done
	mkdir -p -- "$last/bin" && : >"$last/bin/activate" && cp /sweep-bin/python3 "$last/bin/python" ;;
*) exit 1 ;;
esac
"""

P = SANDBOX + "/work"
PLAUSIBLE = {
    "apt": {"name": "nothing-of-this-name"}, "package": {"name": "nothing-of-this-name"},
    "apt_repository": {"repo": "deb http://127.0.0.1:9/ stable main", "update_cache": False},
    "authorized_key": {"user": "admin", "key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6 x", "path": P + "/keys", "manage_dir": False},
    "blockinfile": {"path": P + "/file", "block": "b"}, "lineinfile": {"path": P + "/file", "line": "l"},
    "replace": {"path": P + "/file", "regexp": "x", "replace": "y"},
    "command": {"_raw_params": "true"}, "shell": {"_raw_params": "true"}, "raw": {"_raw_params": "true"},
    "script": {"_raw_params": "/bin/true"},
    "copy": {"content": "c\n", "dest": P + "/copied"}, "template": {"src": "here.j2", "dest": P + "/made"},
    "cron": {"name": "n", "job": "true", "user": "admin"},
    "file": {"path": P + "/made", "state": "touch"},
    "get_url": {"url": "http://127.0.0.1:9/x", "dest": P + "/got", "timeout": 1},
    "git": {"repo": P + "/repository", "dest": P + "/checkout"},
    "git_push": {"repo": "repository", "dest": P + "/pushed"},
    "group": {"name": "sweepers"}, "user": {"name": "sweeper", "home": P + "/home", "create_home": False},
    "hostname": {"name": "host1"},
    "pip": {"name": "nothing-of-this-name", "virtualenv": P + "/venv"},
    "service": {"name": "sweep", "state": "started"}, "systemd": {"name": "sweep", "state": "started"},
    "slurp": {"src": P + "/file"}, "stat": {"path": P + "/file"},
    "setup": {"gather_subset": "min"}, "gather_facts": {"gather_subset": "min"},
    "tempfile": {"path": P, "state": "file"},
    "uri": {"url": "http://127.0.0.1:9/x", "timeout": 1}, "wait_for": {"path": P + "/file", "timeout": 1},
    "assert": {"that": "true"}, "debug": {"msg": "x"}, "fail": {"msg": "x"}, "set_fact": {"x": 1},
}
BY_TYPE = {"path": P + "/any", "bool": True, "int": 1, "float": 1.0, "list": ["x"], "dict": {"x": "y"}, "mode": "0644"}
# What is run because it was asked for: the text of a command, the program that is to run it.
CODE = {("shell", "_raw_params"), ("shell", "cmd"), ("raw", "_raw_params"), ("assert", "that"), ("debug", "var"),
        ("command", "_raw_params"), ("command", "cmd"), ("script", "_raw_params"), ("script", "cmd"), ("cron", "job")}
# Modules whose trade is the whole system: what they write is not looked for outside the sandbox.
SYSTEM = {"authorized_key", "apt", "package", "apt_repository", "user", "group", "cron", "hostname", "service", "systemd", "pip"}
# Each parameter meets every second value, and each value every second parameter; of modules whose steps wait for
# something, every eighth. SWEEP_ALL=1 leaves none out.
SLOW = {"apt", "package", "apt_repository", "authorized_key", "user", "wait_for", "cron", "file", "blockinfile"}
# Words of a shell about a text of ours; those about a user's own text are his.
SHELL_WORDS = re.compile(r"(^|\n|: )((/bin/)?(da|ba|mk)?sh|eval|main): (line )?\d+: |eval: |bad substitution|unexpected EOF|"
                         r"[Ss]yntax error|unterminated quoted|: not found$|binary operator|unary operator", re.M)
SECONDS = 20  # of one step


def plausible(module, rows):
    values = dict(PLAUSIBLE.get(module, {}))
    if module not in PLAUSIBLE:
        for row in rows:
            if row["required"]:
                values[row["name"]] = row["choices"].split("|")[0] or BY_TYPE.get(row["type"], "x")
    return values


class Case:
    """One value for one parameter."""

    def __init__(self, number, module, parameter, name, value, others):
        self.number, self.module, self.parameter, self.name = number, module, parameter, name
        self.command = "touch %s%d" % (CANARY, number)
        arguments = dict(others)
        for row in EXCLUDES.get((module, parameter), ()):
            arguments.pop(row, None)
        self.step = {"module": module, "args": arguments}
        if isinstance(value, bytes):
            arguments.pop(parameter, None)
            raw = value.replace(b"%c", self.command.encode())
            self.step["bytes"] = {parameter: base64.b64encode(raw).decode()}
        else:
            arguments[parameter] = value.replace("%c", self.command)

    def __str__(self):
        return "%s: %s: %s" % (self.module, self.parameter, self.name)


# Parameters that exclude each other.
EXCLUDES = {("copy", "src"): ("content",), ("debug", "var"): ("msg",), ("command", "argv"): ("_raw_params",),
            ("command", "cmd"): ("_raw_params",), ("shell", "cmd"): ("_raw_params",), ("wait_for", "port"): ("path",),
            ("pip", "requirements"): ("name",), ("apt", "deb"): ("name",), ("pip", "executable"): ("virtualenv",)}


class Sweep:
    def __init__(self, tool, base):
        self.tool, self.base, self.number, self.done, self.bad = tool, base, 0, 0, 0
        with open(base + "/sh", "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nPATH=${PATH#*:}\nexec '%s' exec host1 sh -c 'cd %s/home && HOME=$PWD PATH=%s:$PATH exec sh \"$@\"' sh \"$@\"\n" %
                       (HOSTS, SANDBOX, BIN))
        os.chmod(base + "/sh", 0o755)

    def there(self, text):
        return subprocess.run([HOSTS, "exec", "host1", "sh", "-c", text], check=True, text=True, errors="replace",
                              stdout=subprocess.PIPE, timeout=120).stdout

    def install_fakes(self):
        self.there("mkdir -p %s && cd %s && : >argv && cat >python3 <<'END'\n%sEND\nchmod 755 python3 && "
                   "for n in python pip pip3 virtualenv; do ln -sf python3 $n; done" % (BIN, BIN, FAKE_PYTHON))

    def argv(self):
        """Whether pip got each package name whole."""
        given = set(self.there("cat %s/argv" % BIN).split("\0"))
        wanted = [value.replace("%c", "touch") for name, value in VALUES.items()
                  if name in ("single quote", "double quote", "backslash", "variable", "stars", "newline")]
        marks = [re.sub(re.escape(CANARY) + r"\d+", "", argument).replace("touch ", "touch") for argument in given]
        return ["pip did not get %r as one word" % value for value in wanted if value not in marks]

    def prepare(self):
        """A fresh sandbox there, and a folder here with what modules may take from here."""
        self.there("chmod -R u+rwX %s 2>/dev/null; rm -rf %s %s*; mkdir -p %s/home %s && cd %s && echo x >file && "
                   "{ git init -q repository && cd repository && git -c user.name=a -c user.email=b commit -qm m --allow-empty; } 2>/dev/null; "
                   "printf '[Service]\\nExecStart=/bin/sleep 1000\\n' >/etc/systemd/system/sweep.service; touch /sweep.stamp" % (SANDBOX, SANDBOX, CANARY, SANDBOX, P, P))

    def cases(self, module, rows):
        others = plausible(module, rows)
        step = 8 if module in SLOW else 1 if module == "pip" else 2
        for place, row in enumerate(rows):
            if (module, row["name"]) in CODE:
                continue
            for turn, (name, value) in enumerate(list(VALUES.items()) + list(BYTES.items())):
                self.number += 1
                if (turn + place) % step and "SWEEP_ALL" not in os.environ:
                    continue
                yield Case(self.number, module, row["name"], name, value, others)

    def run(self, steps):
        text = "".join(json.dumps(step) + "\n" for step in steps)
        environment = dict(os.environ, PATH=self.base + ":" + os.environ["PATH"], LC_ALL="C.UTF-8", HOME=self.base + "/here")
        done = subprocess.run([self.tool], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                              env=environment, check=False, cwd=self.base + "/here", timeout=60 + SECONDS * len(steps))
        results = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode or done.stderr or len(results) != len(steps):
            raise RuntimeError("module-tool: %d, %d of %d steps, %s" % (done.returncode, len(results), len(steps), done.stderr[-2000:]))
        return results

    def judge(self, case, result, problems):
        fields = result["fields"]
        said = fields.get("msg", "")
        words = said if isinstance(said, str) else json.dumps(said)
        if result["status"] not in ("ok", "changed", "failed", "skipped", "unpredicted"):
            problems.append("%s: status %s" % (case, result["status"]))
        if result["status"] == "failed" and not words.strip() and case.module != "fail":
            problems.append("%s: failed without a word: %s" % (case, json.dumps(fields)[:300]))
        if SHELL_WORDS.search(words) and case.module not in ("assert", "debug", "fail"):
            problems.append("%s: words of a shell: %s" % (case, words[-300:]))
        if "noise" in words or "NO_RESULT" in words:
            problems.append("%s: the shell is lost: %s" % (case, words[:300]))

    def module(self, name, rows):
        problems = []
        cases = list(self.cases(name, rows))
        self.prepare()
        began = time.monotonic()
        try:
            for check in (True, False):
                for case, result in zip(cases, self.run([dict(case.step, check=check) for case in cases])):
                    self.judge(case, result, problems)
                problems += self.look(name, cases, check)
            problems += self.argv() if name == "pip" else []
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            problems.append(str(error)[-3000:])
        self.tell("%s: %d parameters, %d values, %.1f s" % (name, len(rows), len(cases), time.monotonic() - began), problems)

    def look(self, name, cases, check):
        """Canaries and files outside the sandbox: there and here."""
        problems = []
        by_number = {str(case.number): case for case in cases}
        found = self.there("ls -d %s* 2>/dev/null; true" % CANARY).split() + \
            ["here: " + x for x in os.listdir("/") if x.startswith(CANARY[1:])]
        for path in found:
            problems.append("executed or written outside: %s %s%s" % (
                path, by_number.get(path.rpartition("-")[2], ""), " (dry run)" if check else ""))
        outside = "" if name in SYSTEM and not check else self.there(
            "find / -xdev -newer /sweep.stamp -type f -not -path '%s/*' -not -path '%s/argv' -not -path '/proc/*' -not -path '/var/log/*' "
            "-not -path '/var/lib/systemd/*' -not -path '/var/lib/sutler/*' -not -name sweep.stamp -not -path '/run/*' | head -5" % (SANDBOX, BIN))
        if outside.strip():
            problems.append("written outside the sandbox%s: %s" % (" by a dry run" if check else "", outside))
        self.there("rm -rf %s*; touch /sweep.stamp" % CANARY)
        return problems

    def tell(self, name, problems):
        self.done += 1
        self.bad += 1 if problems else 0
        print("%s %d - %s" % ("not ok" if problems else "ok", self.done, name))
        for problem in problems[:40]:
            print("#   " + problem.replace("\n", "\n#   "))
        sys.stdout.flush()


def main():
    tool = os.path.abspath(sys.argv[1])
    reason = subprocess.run([HOSTS, "check"], stdout=subprocess.PIPE, text=True, check=False)
    if reason.returncode:
        print("1..0 # SKIP " + reason.stdout.strip())
        return
    tables = json.loads(subprocess.run([tool, "--tables"], stdout=subprocess.PIPE, text=True, check=True).stdout)
    own = "SUTLER_HOSTS" not in os.environ
    with tempfile.TemporaryDirectory() as base:
        os.makedirs(base + "/here/repository")
        with open(base + "/here/here.j2", "w", encoding="utf-8") as file:
            file.write("made\n")
        git = ["git", "-C", base + "/here/repository", "-c", "user.name=a", "-c", "user.email=b"]
        subprocess.run(git + ["init", "-q", "-b", "main"], check=True)
        subprocess.run(git + ["commit", "-qm", "m", "--allow-empty"], check=True)
        if own:
            os.environ["SUTLER_HOSTS"] = "/run/sutler-hosts/hostile-%d" % os.getpid()
            os.environ["SUTLER_HOSTS_OWNER"] = str(os.getpid())
        try:
            if own:
                subprocess.run([HOSTS, "up", "1"], check=True, stdout=subprocess.DEVNULL)
            sweep = Sweep(tool, base)
            sweep.there("{ apt-get update && apt-get install -y git; } >/dev/null 2>&1")
            sweep.install_fakes()
            for name in sys.argv[2:] or sorted(tables):
                sweep.module(name, tables[name])
        finally:
            if own:
                subprocess.run([HOSTS, "down"], check=False, stdout=subprocess.DEVNULL)
    print("1..%d" % sweep.done)
    sys.exit(1 if sweep.bad else 0)


main()
