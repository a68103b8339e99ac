#!/usr/bin/python3
"""Nothing that a playbook says is passed over: keywords.py SOURCE-ROOT.

Each row of the table of keywords names the file that honours it, or refuses it: that file must read the row's
member of struct task or struct play, or the keyword's name. Each member of both structs must be read somewhere.
"""
import glob
import os
import re
import sys

ROOT = sys.argv[1]
# Files that only make, copy and free what they do not look at.
CARRIERS = ("objects.c", "keywords.c")


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as stream:
        return re.sub(r"/\*.*?\*/", "", stream.read(), flags=re.S)


def reads(text, member):
    """Whether it is used otherwise than by setting it."""
    return re.search(r"(->|\.)%s\b(?!\s*=[^=])" % member, text) is not None


def rows():
    table = re.search(r"static const struct keyword table\[\] = \{(.*?)\n\};", read("lib/playbook/keywords.c"), re.S).group(1)
    for name, kind, rest in re.findall(r'\{ "(\w+)", (TYPE_\w+),([^{}]*)\}', table):
        members = re.findall(r"\b(?:TASK|PLAY)\((\w+)\)", rest)
        yield name, kind, members, re.findall(r'"([^"]*)"', rest)[-1]


def members_of(struct):
    body = re.search(r"\nstruct %s \{(.*?)\n\};" % struct, read("lib/playbook/playbook.h"), re.S).group(1)
    for line in body.split(";"):
        for name in re.findall(r"\*?(\w+)\s*(?:,|$)", line.strip()):
            yield name


def main():
    problems = []
    n = 0
    for name, kind, members, by in rows():
        n += 1
        path = os.path.join("lib", by)
        text = read(path) if os.path.exists(os.path.join(ROOT, path)) else ""
        refused = kind == "TYPE_REFUSED" and kind in text
        if not any(reads(text, member) for member in members) and '"%s"' % name not in text and not refused:
            problems.append("keyword '%s': %s does not look at it" % (name, path))
    sources = [read(os.path.relpath(path, ROOT)) for path in glob.glob(os.path.join(ROOT, "lib/*/*.c"))
               if os.path.basename(path) not in CARRIERS]
    for struct in ("task", "play"):
        for member in members_of(struct):
            n += 1
            if not any(reads(text, member) for text in sources):
                problems.append("struct %s: nobody reads '%s'" % (struct, member))
    print("1..1")
    for problem in problems:
        print("# " + problem)
    print("%sok 1 - %d keywords and members are read" % ("not " if problems else "", n))
    return 1 if problems or n < 100 else 0


sys.exit(main())
