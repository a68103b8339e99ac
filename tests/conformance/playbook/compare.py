#!/usr/bin/python3
"""Feeds the playbooks of cases.txt to Ansible's loader and to ours; compares acceptance and task lists.

cases.txt holds cases that begin with "=== name", then " | stricter" when we refuse what Ansible takes,
" | differs" when the lists are not the same on purpose, and " | tags=a,b" or " | skip=a" for tags.
"+++ path" begins another file of the case; the first is site.yml.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from ansible import constants as C
from ansible import context
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.splitter import parse_kv
from ansible.playbook import Playbook
from ansible.playbook.block import Block
from ansible.playbook.helpers import load_list_of_blocks
from ansible.template import Templar
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

HERE = os.path.dirname(os.path.abspath(__file__))


def read_cases():
    case = None
    for line in open(os.path.join(HERE, "cases.txt"), encoding="utf-8"):
        if line.startswith("=== "):
            name, *marks = [part.strip() for part in line[4:].split(" | ")]
            case = {"name": name, "files": {"site.yml": ""}, "stricter": False, "differs": False, "tags": [], "skip": []}
            for mark in marks:
                key, _, words = mark.partition("=")
                case[key] = words.split(",") if words else True
            current = "site.yml"
            yield case
        elif line.startswith("+++ "):
            current = line[4:].strip()
            case["files"][current] = ""
        elif case:
            case["files"][current] += line


SINGLE = ("become", "become_user", "become_method", "remote_user", "connection", "ignore_errors", "ignore_unreachable",
          "no_log", "check_mode", "diff", "any_errors_fatal", "delegate_to", "run_once", "throttle", "timeout", "port",
          "register", "retries", "delay", "async_val", "poll", "loop")
LISTS = ("when", "environment", "notify", "changed_when", "failed_when", "until", "listen")
DEFAULTS = {"retries": 3, "delay": 5, "poll": 15, "connection": "ssh", "become_method": "sudo"}


def effective(task):
    """What a task gets from itself and from around it; what has no effect is left out."""
    found = {}
    for name in SINGLE + LISTS:
        v = getattr(task, name, None)
        if name in LISTS and v is not None and not isinstance(v, list):
            v = [v]
        if name in LISTS and v:  # what is inherited on two ways is there twice, without effect
            v = [item for i, item in enumerate(v) if item not in v[:i]]
        if v and v != DEFAULTS.get(name):
            found[name.replace("async_val", "async")] = v
    if task.get_vars():
        found["vars"] = task.get_vars()
    if not task.action.rsplit(".", 1)[-1].startswith(("include_tasks", "include_role", "meta")):
        found["args"] = task.args
    if task._role:
        chain = task.get_dep_chain()
        found["role"] = [task._role.get_default_vars(dep_chain=chain), task._role.get_vars(chain, include_params=False),
                         task._role.get_role_params(chain)]
    if task.loop_with:
        found["with"] = task.loop_with
    return json.dumps(found, sort_keys=True, default=str)


def list_included(task, play, lines, depth):
    """What an include brings when it is reached, as the strategy plugins load it."""
    name = task.action.rsplit(".", 1)[-1]
    given = task.args.get("_raw_params") if name == "include_tasks" else getattr(task, "_role_name", None)
    if name not in ("include_tasks", "include_role") or not given or "{{" in given:
        return
    copy = task.copy(exclude_parent=True)
    copy._parent = task._parent
    copy.args = dict(copy.args)
    manager, loader = task._variable_manager, task._loader
    if name == "include_role":
        blocks, _ = copy.get_block_list(play=play, variable_manager=manager, loader=loader)
    else:
        folder = os.path.join(task._role._role_path, "tasks") if task._role else loader.get_basedir()
        blocks = load_list_of_blocks(loader.load_from_file(os.path.join(folder, given)), play=play,
                                     parent_block=copy.build_parent_block(), role=task._role, loader=loader,
                                     variable_manager=manager)
    for block in blocks:
        list_block(block, play, lines, depth)


def list_block(block, play, lines, depth=1):
    for task in block.block:
        if isinstance(task, Block):
            list_block(task, play, lines, depth)
        elif not (task.action in C._ACTION_META and task.implicit):
            name = task.get_name() if task.name else task.action.rsplit(".", 1)[-1]
            tags = ",".join(sorted(str(t) for t in set(play.tags) | set(task.tags)))
            lines.append(f"{'  ' * depth}{name} [{tags}] {effective(task)}")
            if depth < 4:
                list_included(task, play, lines, depth + 1)


def ask_ansible(path, case):
    context.CLIARGS = ImmutableDict(tags=case["tags"] or ["all"], skip_tags=case["skip"], syntax=True, connection="ssh",
                                    become=False, become_method="sudo", become_user=None, check=False, diff=False,
                                    remote_user=None, verbosity=0, extra_vars=[], force_handlers=False)
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=["localhost,"])
    manager = VariableManager(loader=loader, inventory=inventory)
    book = Playbook.load(path, variable_manager=manager, loader=loader)
    lines = []
    for play in book.get_plays():
        loader.set_basedir(play._included_path or book._basedir)
        play.post_validate(Templar(loader=loader, variables=manager.get_vars(play=play)))
        hosts = play._ds["hosts"]
        lines.append(f"play {hosts}")
        for block in play.compile():
            block = block.filter_tagged_tasks(manager.get_vars(play=play))
            if block.has_tasks():
                list_block(block, play, lines, 4 if case["stricter"] else 1)  # 4: without includes
    return "\n".join(lines) + "\n"


FREE_FORM = [
    "a=b c=d", "a='b c' d", 'echo "a b" creates=/x', "src=a dest={{ b c }}", "x={{ a }}{{ b }} y={% if a %}b{% endif %}",
    "a=b=c", "=a", "a=", "a\\=b", "a\\=b c=d", "msg='it\\'s'", "a=\"b\" 'c' ", "a\nb", "a \\\nb", "a=b \\\n c=d", "echo \\n \\t \\x41",
    "a=\\x41\\u00e9\\n", "chdir=/x ls -l creates='/a b'", "a={# x y #}", "a=b  c=d", "echo  a   b", "'a b'=c", " a=b", "  a", "a b\n\nc",
    "msg=a\tb", "{{ x }} y", "a={{ 'x y' }} b='{{ c d }}'", "warn=no stdin=x strip_empty_ends=false executable=/bin/sh a=b", "",
    "for i in a b; do echo $i; done", "sh -c 'x=1; echo \"$x\"'", "a == b", "x='a' 'b", "y={{ a", "z=\"", "a\\ b",
]


def random_text(r):
    pieces = ["a", "b", "=", " ", "  ", "\n", "'", '"', "\\", "{{", "}}", "{%", "%}", "x=y", "creates=", "\\n", "é", "\\=", "{#", "#}"]
    return "".join(r.choice(pieces) for _ in range(r.randrange(12)))


def compare_free_form(tool):
    r = random.Random(3)
    texts = [(text, raw) for text in FREE_FORM + [random_text(r) for _ in range(3000)] for raw in (False, True)]
    done = subprocess.run([tool], input=json.dumps(texts).encode(), stdout=subprocess.PIPE, check=True)
    bad = 0
    for (text, raw), ours in zip(texts, json.loads(done.stdout)):
        try:
            theirs = json.dumps({str(k): str(v) for k, v in parse_kv(text, check_raw=raw).items()}, sort_keys=True)
        except Exception:
            theirs = None
        if ours.startswith("error: ") if theirs is not None else not ours.startswith("error: "):
            bad += 1
            print(f"{text!r} raw={raw}\n  ansible: {theirs}\n  ours:    {ours}", file=sys.stderr)
        elif theirs is not None and theirs != ours:
            bad += 1
            print(f"{text!r} raw={raw}\n  ansible: {theirs}\n  ours:    {ours}", file=sys.stderr)
    print(f"{len(texts)} free-form texts compared, {bad} differ")
    return bad


def main():
    for quiet in ("warning", "deprecated", "display"):
        setattr(Display, quiet, lambda *args, **kwargs: None)
    with tempfile.TemporaryDirectory() as folder:
        cases = list(read_cases())
        assert len({case["name"] for case in cases}) == len(cases), "two cases of one name"
        for case in cases:
            case["path"] = os.path.join(folder, case["name"], "site.yml")
            for name, text in case["files"].items():
                path = os.path.join(folder, case["name"], name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
        asked = json.dumps([[case["path"], case["tags"], case["skip"]] for case in cases])
        done = subprocess.run([sys.argv[1]], input=asked.encode(), stdout=subprocess.PIPE, check=True)
        bad = compare_free_form(sys.argv[1])
        for case, ours in zip(cases, json.loads(done.stdout)):
            try:
                theirs = ask_ansible(case["path"], case)
            except Exception as exc:  # whatever it raises, it does not take the playbook
                theirs = "error: " + " ".join(str(exc).split())[:300]
            refused, refused_there = ours.startswith("error: "), theirs.startswith("error: ")
            if case["stricter"]:
                fine = refused and not refused_there
            elif case["differs"]:
                fine = not refused and not refused_there and ours != theirs
            else:
                fine = (refused and refused_there) or ours == theirs
            located = not refused or ".yml:" in ours
            if "-v" in sys.argv and refused:
                print(case["name"], ours.replace(folder + "/", ""), sep=": ")
            if not fine or not located:
                bad += 1
                print(f"{case['name']}: {case}\n  ansible: {theirs}\n  ours:    {ours}", file=sys.stderr)
        print(f"{len(cases)} playbooks compared, {sum(c['stricter'] or c['differs'] for c in cases)} differ on purpose, {bad} differ")
    return 1 if bad else 0


sys.exit(main())
