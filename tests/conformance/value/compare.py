#!/usr/bin/python3
"""Compares our YAML and JSON with PyYAML's (with Ansible's dumper) and Python's json."""
import datetime
import json
import random
import struct
import subprocess
import sys

import yaml
from ansible.parsing.yaml.dumper import AnsibleDumper

YAML_IN = """
a: 1|- yes|no: on|[Yes, NO, tRue, oN, y, n]|0644|0o644|08|0x1F|0b101|0b_|1_000|-0|+12|-1_0|1:30|01:30|1:60
190:20:30|190:20:30.15|685_230.15|1.|.5|-.5|+.5|1e3|1.0e3|1.0e+3|1.5E-3|.inf|-.INF|+.inf|.NaN|.nan|~|null|Null|nuLL
2001-01-01|2001-1-1|2001-12-14 21:59:43.10|2001-12-14t21:59:43.10-05:00|2001-12-15 2:59:43.1 Z|2001-12-14 21:59:43 -5
2001-12-14 21:59:43+05:30|2001-13-01|2001-02-30|0000-01-01|2001-12-14 25:00:00|18446744073709551616|0xFFFFFFFFFFFFFFFFFF
-99999999999999999999|07777777777777777777777777|99999999999999999999:59|=|<<|- =|- <<|{=: 1}|! 12|! yes|!!str 12|!!int "3"|!!int x
!!float 12|!!float 1e3|!!bool yes|!!bool y|!!null ''|!!str|!foo x|!!map {a: 1}|!!seq [1]|!!map 1|{a: &x [1], b: *x}|[&x 1, *x]
[&x 1, &x 2]|[*x]|&a [*a]|{<<: {a: 1, b: 2}, a: 3}|{a: 3, <<: {a: 1, b: 2}}|{<<: [{a: 1}, {a: 2, b: 3}]}|{<<: 1}|{<<: [1]}
{<<: {a: 1}, <<: {a: 2}}|{"<<": 1}|? [1]|? {a: 1}|{1: a, 1.5: b, null: c, no: d}|{[a]: 1}|"\\\\u00e9\\\\x41\\\\n\\\\0"|'it''s'|{{ a }}
a: {{ a }}|a: b: c|a: 'b|[1, 2|{a: 1|a: "\\\\q"|a: @b|a: `b`|a: %b|%b|- a\\n b|""|''|a: |a:|:|?|- |-|--- a|--- a\\n...|--- a\\n--- b|---
--- |# only|a: # c|a: b#c|a: b #c|a: |\\n  x\\n  y\\n|a: >\\n  x\\n  y\\n\\n  z\\n|a: |-\\n  x\\n|a: |+\\n  x\\n\\n|a: |2\\n   x\\n
a: 1\\nb: 2|a: 1\\n b: 2|a:\\n- 1\\n- 2|a:\\n\\t- 1|\\ta: 1|a: 1\\r\\nb: 2\\r\\n|- a\\n-b|!!binary x|!!set {a}|%YAML 1.1\\n---\\na|%YAML 1.2\\n---\\na
a: \\u263a|a: \\u0085b|\\ufeffa: 1|a: "x\\n  y\\n\\n  z"|a: 'x\\n  y'|a: x\\n  y|[a, b, ]|{a, b}|{a: 1, b}|[a: 1]|a: *b|a: !vault x|12e03|1__0|0_7|0x_f
!unsafe "{{ a }}"|a: [1, [2, [3]]]|123456789012345678|1.7976931348623157e+308|4.9e-324|1e400|1.0e+400|0.1|123456.789e+10|100000000000000000.0
"""

OBJECTS = [
    None, True, False, 0, -1, 10**30, 1.0, 0.1, 1e16, 1e-7, 1e300, float("inf"), float("-inf"), float("nan"), 5e-324,
    "", "a", "yes", "no", "null", "~", "12", "0644", "1.5", "1e3", ".5", "2001-01-01", "=", "<<", "a b", " a", "a ", "a: b",
    "a:b", "a #b", "a#b", "#a", "- a", "-", "?", "? a", ":", "[a", "{a", "a]", "a, b", "'a'", '"a"', "it's", "say \"x\"",
    "a\nb", "a\n", "a\n\n", "\na", "a\n b", "a\tb", "\t", "\n", "é", "日本", "\U0001f600", "\x01", "\x7f", "\x85", "\u2028",
    "\ufeffx", "%a", "@a", "`a", "&a", "*a", "!a", "|", ">", "a" * 100, "word " * 40, "word  " * 30, "{{ a }}",
    "{% if x %}y{% endif %}", "---", "...", "--- a", "\\", "a\\b", "C:\\x", "null\n", "yes\n", "x" * 90 + " y " + "z" * 90,
    [], {}, [[]], [{}], {"a": []}, {"a": {}}, [1, 2], [1, [2, 3]], [[1, [2]], {"a": 1}], {"a": 1, "b": [1, 2]},
    {"b": 1, "a": {"d": 1, "c": 2}}, {"a": {"b": {"c": {"d": [1, {"e": None}]}}}}, {"k": "v" * 100}, {"k" * 130: 1},
    {"a": "line1\nline2\n", "b": "x: y"}, [{"a": 1, "b": 2}, {"a": 3}], {"": 1}, {"yes": "no"}, {"1": 1, "é": "ü"},
    {"long": ["item %d" % i for i in range(30)]}, ["multi\nline", "plain"], {"a": "\n x\n  y"}, {"a b": {"c d": "e f"}},
    {"x": "a " * 60, "y": ["b " * 60]}, [None, True, 1.5, "s"], {"a": None},
]


def random_float(r):
    """Of a few decimals (where d * 10^k is rounded), of any size, of any bits."""
    kind = r.randrange(3)
    if kind == 0:
        return r.randrange(-10**6, 10**6) / 10**r.randrange(6)
    if kind == 1:
        return r.uniform(-1, 1) * 10**r.randrange(-20, 20)
    d = struct.unpack("d", r.randbytes(8))[0]
    return d if d == d and abs(d) != float("inf") else 0.0


def random_object(r, depth):
    kind = r.randrange(9 if depth else 6)
    if kind < 4:
        alphabet = "ab \n:#-'\"{}[],é%\\\t0129.&*!|>~=?x"
        return "".join(r.choice(alphabet) for _ in range(r.randrange(r.choice((4, 12, 120)))))
    if kind == 4:
        return r.choice([0, 1, -5, 10**20, 1.5, 1e20, -0.0, r.random(), r.uniform(-1e9, 1e9)])
    if kind == 5:
        return r.choice([None, True, False, "yes", "12"])
    if kind < 8:
        return {random_object(r, 0) if r.random() < .2 else "k%d" % i: random_object(r, depth - 1) for i in range(r.randrange(5))}
    return [random_object(r, depth - 1) for _ in range(r.randrange(5))]


def strings_only(o):
    """JSON has string keys only."""
    if isinstance(o, dict):
        return {k if isinstance(k, str) else json.dumps(k): strings_only(v) for k, v in o.items()}
    return [strings_only(v) for v in o] if isinstance(o, list) else o


def plain(o):
    """Dates print as str() in Ansible; binary as text."""
    if isinstance(o, dict):
        return {plain(k): plain(v) for k, v in o.items()}
    if isinstance(o, list):
        return [plain(v) for v in o]
    if isinstance(o, (datetime.date, datetime.datetime)):
        return str(o)
    return o


class Loader(yaml.CSafeLoader):
    pass


for tag in ("!vault", "!unsafe"):
    Loader.add_constructor(tag, lambda loader, node: loader.construct_scalar(node))

# What we refuse and PyYAML does not, with a word of our message.
STRICTER = {"!!set {a}": "unsupported tag", "&a [*a]": "what it is in"}


def questions():
    texts = [t.encode().decode("unicode-escape") if "\\" in t else t
             for line in YAML_IN.strip("\n").split("\n") for t in line.split("|") if "|" not in t]
    texts += ["a: |\n  x\n  y\n", "a: |-\n  x\n", "a: |+\n  x\n\n", "a: |2\n   x\n", "a: >\n  x\n  y\n\n  z\n"]
    for text in texts:
        if text.startswith("!!binary"):
            continue
        try:
            expected = repr(plain(yaml.load(text, Loader)))
        except (yaml.YAMLError, ValueError, KeyError, OverflowError, RecursionError):
            expected = None
        yield "yaml", text, expected
    r = random.Random(7)
    objects = [strings_only(o) for o in OBJECTS + [random_object(r, 4) for _ in range(400)]]
    objects += [[random_float(r) for _ in range(1000)] for _ in range(20)]
    for o in objects:
        finite = json.dumps(o)
        verb = "json" if "NaN" not in finite and "Infinity" not in finite else "yaml"
        text = finite if verb == "json" else finite.replace("NaN", ".nan").replace("Infinity", ".inf")
        yield verb, text, repr(o)
        yield verb + "-to-json0", text, json.dumps(o)
        yield verb + "-to-json1", text, json.dumps(o, indent=4, sort_keys=True)
        yield verb + "-to-json2", text, json.dumps(o, separators=(",", ":"), ensure_ascii=False)
        dump = dict(Dumper=AnsibleDumper, allow_unicode=True)
        yield verb + "-to-yaml0", text, yaml.dump(o, default_flow_style=None, **dump)
        yield verb + "-to-yaml1", text, yaml.dump(o, default_flow_style=False, indent=4, **dump)
        yield verb + "-to-yaml2", text, yaml.dump(o, default_flow_style=False, indent=2, width=40, sort_keys=False,
                                                  explicit_start=True, **dump)
        written = yaml.dump(o, default_flow_style=None, **dump)
        if len(written) < 10**5:
            yield "yaml", written, repr(yaml.load(written, Loader))


def main():
    asked = list(questions())
    done = subprocess.run([sys.argv[1]], input=json.dumps([q[:2] for q in asked]).encode(), stdout=subprocess.PIPE)
    answers = json.loads(done.stdout)
    bad = 0
    for (verb, text, expected), answer in zip(asked, answers):
        if text in STRICTER:
            fine = STRICTER[text] in answer
        else:
            fine = answer.startswith("error: ") if expected is None else answer == expected
        if not fine:
            bad += 1
            print(f"{verb} {text!r}\n  expected {expected!r}\n  got      {answer!r}", file=sys.stderr)
    print(f"{len(asked)} compared, {bad} differ")
    return 1 if bad else 0


sys.exit(main())
