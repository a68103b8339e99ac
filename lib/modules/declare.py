#!/usr/bin/python3
"""Makes a module's C file of its declaration, the head of NAME.sh: declare.py NAME.sh NAME.c

The head is the lines that begin with `#%`. What stands apart by two blanks or more is a field of its own, and a line that
is indented further continues the one before:

    #% NAME: SUMMARY
    #% PARAMETER[|ALIAS...]  TYPE  [ATTRIBUTE...]  SUMMARY

TYPE: text, path (~ is a home folder of the host), bool, int, float, list, dict, mode, any (as it is, used here only).
ATTRIBUTE: required; secret (its value is not shown); =DEFAULT or ="DEFAULT"; A|B|C (the choices); here (used here, not
sent to the host); ignored (the same: it has no effect); lacking (Ansible has it and we do not: the summary says what to
do instead).

    #% takes attributes free_form ...     what enum module_flags has, in small letters
    #% parameters of MODULE               the same ones
    #% with MODULE                        its functions are sent along
    #% here prepare finish=FUNCTION ...   which functions of struct module NAME.c has: module_NAME_prepare, or FUNCTION
    #% sets NAME...                       what these functions tell the script besides the parameters
    #% needs A|B if C[=VALUE]             one of A and B must be given when C is true, or VALUE
    #% exclusive A,B                      not both
    #% match A REGEX  WHAT                else "'...' is not WHAT"
    #% returns TEXT                       for people
    #% example                            lines of a playbook follow

On the host each parameter is a variable p_NAME of its step; takes_NAME, made from the head, holds their defaults. A
module whose script has no function do_NAME runs here.
"""
import os
import re
import shlex
import sys

TYPES = ("text", "path", "bool", "int", "float", "list", "dict", "mode", "any")
HOOKS = {"prepare": "gboolean %s(call *c, GError **error);",
         "answer": "gboolean %s(call *c, GBytes *content, GError **error);",
         "run_here": "result *%s(call *c, GError **error);",
         "finish": "void %s(call *c, result *r);"}
WORDS = {"required": "REQUIRED", "secret": "SECRET", "here": "HERE", "ignored": "HERE", "lacking": "LACKING"}
ATTRIBUTE = re.compile(r'="(?:[^"\\]|\\.)*"|\S+')


class Wrong(Exception):
    """What is wrong with a declaration."""


class Parameter:
    """One line of the table."""

    def __init__(self, fields):
        self.names = fields[0].split("|")
        words = fields[1].split(None, 1)
        self.type = words[0]
        texts = words[1:] + fields[2:]
        self.words, self.default, self.choices = [], None, None
        self.summary = texts.pop() if texts and not self.attributes(texts[-1]) else ""
        for text in texts:
            words = self.attributes(text)
            if words is None:
                raise Wrong("parameter '%s': '%s' stands where attributes do" % (self.names[0], text))
            for word in words:
                self.add(word)
        if not self.summary and "ignored" in self.words:
            self.summary = "accepted, without effect"
        if not self.summary:
            raise Wrong("parameter '%s' has no summary" % self.names[0])

    @staticmethod
    def attributes(text):
        """The words of a text that is nothing but attributes."""
        words = ATTRIBUTE.findall(text)
        return words if all(word in WORDS or word[0] == "=" or "|" in word for word in words) else None

    def add(self, word):
        if word in WORDS:
            self.words.append(word)
        elif word.startswith('="'):
            self.default = re.sub(r"\\(.)", r"\1", word[2:-1])
        elif word[0] == "=":
            self.default = word[1:]
        else:
            self.choices = word

    def sent(self):
        """Whether the host gets it."""
        return self.type != "any" and not {"here", "ignored", "lacking"} & set(self.words)

    def shell(self):
        """The default as the host has it."""
        if self.default is None:
            return ""
        if self.type == "bool":
            return "1" if self.default == "yes" else ""
        if self.type == "list":
            return "".join(shlex.quote(item) + " " for item in self.default.split(","))
        return self.default

    def row(self):
        flags = " | ".join("PARAMETER_" + flag for flag in sorted({WORDS[word] for word in self.words})) or "0"
        return "\t{ %s, PARAMETER_%s, %s, %s, %s, %s,\n\t\t%s },\n" % (
            c_text(self.names[0]), self.type.upper(), flags, c_text(self.default), c_text(self.choices),
            c_text("|".join(self.names[1:]) or None), c_text(self.summary))


class Declaration:
    """What the head of a script says."""

    def __init__(self, lines):
        self.parameters, self.rules, self.flags, self.sets, self.hooks = [], [], [], [], {}
        self.of, self.base, self.returns, self.example = None, None, None, []
        first = re.match(r"([a-z_0-9]+): (.+)", lines[0])
        if not first:
            raise Wrong("the head must begin with NAME: SUMMARY")
        self.name, self.summary = first.groups()
        for line in self.joined(lines[1:]):
            self.read(line)

    def joined(self, lines):
        """The lines with what continues them; those of the example are kept as they are."""
        whole = []
        for line in lines:
            if not line.startswith(" "):
                whole.append(line)
            elif whole and whole[-1] == "example":
                self.example.append(line[2:])
            elif whole and line.strip():
                whole[-1] += ("  " if self.lacks_summary(whole[-1]) else " ") + line.strip()
        return [line for line in whole if line]

    @staticmethod
    def fields(line):
        """Those of a parameter; None: it is something else."""
        fields = re.split(r" {2,}", line)
        return fields if len(fields) > 1 and " " not in fields[0] and fields[1].split()[0] in TYPES else None

    def lacks_summary(self, line):
        fields = self.fields(line)
        return fields is not None and (len(fields) == 2 or Parameter.attributes(fields[-1]) is not None)

    def read(self, line):
        fields = self.fields(line)
        if fields is not None:
            self.parameters.append(Parameter(fields))
            return
        word, _, rest = line.partition(" ")
        reader = getattr(self, "read_" + word, None)
        if reader is None:
            raise Wrong("neither a parameter nor anything known: '%s'" % line)
        reader(rest)

    def read_takes(self, rest):
        self.flags += rest.split()

    def read_parameters(self, rest):
        self.of = rest.split()[1]

    def read_with(self, rest):
        self.base = rest

    def read_sets(self, rest):
        self.sets += rest.split()

    def read_here(self, rest):
        for word in rest.split():
            hook, _, function = word.partition("=")
            if hook not in HOOKS:
                raise Wrong("no function '%s' in struct module" % hook)
            self.hooks[hook] = function or "module_%s_%s" % (self.name, hook)

    def read_needs(self, rest):
        match = re.fullmatch(r"(\S+) if ([^= ]+)(?:=(\S+))?", rest)
        if not match:
            raise Wrong("'needs %s' is not 'needs A|B if C[=VALUE]'" % rest)
        self.add_rule("NEEDS", *match.groups())

    def read_exclusive(self, rest):
        self.add_rule("EXCLUSIVE", rest.replace(",", "|"), None, None)

    def read_match(self, rest):
        match = re.fullmatch(r"(\S+) (\S.*?) {2,}(.+)", rest)
        if not match:
            raise Wrong("'match %s' is not 'match A REGEX  WHAT'" % rest)
        re.compile(match.group(2))
        self.add_rule("MATCH", *match.groups())

    def add_rule(self, kind, names, when, text):
        own = {name for row in self.parameters for name in row.names[:1]}
        for name in names.split("|") + ([when] if kind == "NEEDS" else []):
            if name not in own:
                raise Wrong("a rule about '%s', which is no parameter above it" % name)
        self.rules.append((kind, names, when, text))

    def read_returns(self, rest):
        self.returns = rest

    def read_example(self, rest):
        if rest:
            raise Wrong("the example goes below")


def c_text(text):
    """As a string of C, each line on a line of its own."""
    if text is None:
        return "NULL"
    lines = text.split("\n")
    ends = ["\\n"] * (len(lines) - 1) + [""]
    quoted = [line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + end for line, end in zip(lines, ends)]
    return "\n\t".join('"%s"' % line for line in quoted if line) or '""'


def bare(lines):
    """A script without comments and indentation, which would only cost bytes on the wire."""
    stripped = (line.lstrip() for line in lines)
    return "".join(line for line in stripped if line and not line.startswith("#"))


def values(declaration, path):
    """The variables of a step of this module, with their defaults: those of the module behind it, too."""
    known = values(beside(path, declaration.base), path) if declaration.base else {}
    parameters = beside(path, declaration.of).parameters if declaration.of else declaration.parameters
    known.update((row.names[0], row.shell()) for row in parameters if row.sent())
    known.update((name, "") for name in declaration.sets)
    return known


def takes(declaration, known):
    words = " ".join("p_%s=%s" % (name, shlex.quote(text) if text else "") for name, text in known.items())
    return "takes_%s=%s\n" % (declaration.name, shlex.quote(words)) if words else ""


def table(declaration):
    if declaration.of:
        return "extern const struct parameter module_%s_parameters[];\n" % declaration.of
    return "const struct parameter module_%s_parameters[] = {\n%s\t{ 0 },\n};\n" % (
        declaration.name, "".join(row.row() for row in declaration.parameters))


def rules(declaration):
    if not declaration.rules:
        return ""
    return "static const struct rule rules[] = {\n%s\t{ 0 },\n};\n" % "".join(
        "\t{ RULE_%s, %s },\n" % (kind, ", ".join(c_text(part) for part in parts))
        for kind, *parts in declaration.rules)


def module(declaration, script):
    fields = ["name = " + c_text(declaration.name), "summary = " + c_text(declaration.summary),
              "parameters = module_%s_parameters" % (declaration.of or declaration.name)]
    if declaration.flags:
        fields.append("flags = " + " | ".join("MODULE_" + flag.upper() for flag in declaration.flags))
    if declaration.rules:
        fields.append("rules = rules")
    if script:
        fields.append("script = script")
    if declaration.base:
        fields.append("base = &module_" + declaration.base)
    fields += ["%s = %s" % hook for hook in declaration.hooks.items()]
    if declaration.returns:
        fields.append("returns = " + c_text(declaration.returns))
    if declaration.example:
        fields.append("example = " + c_text("\n".join(declaration.example) + "\n"))
    return "const struct module module_%s = {\n%s};\n" % (
        declaration.name, "".join("\t.%s,\n" % field for field in fields))


def declaration_of(lines):
    head = [line[2:].rstrip("\n") for line in lines if line.startswith("#%")]
    return Declaration([line[1:] if line.startswith(" ") else line for line in head]) if head else None


def beside(path, name):
    """The declaration of another module."""
    with open(os.path.join(os.path.dirname(path), name + ".sh"), encoding="utf-8") as file:
        return declaration_of(file)


def generate(path):
    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
    declaration = declaration_of(lines)
    name = os.path.basename(path)[:-len(".sh")]
    script = bare(lines)
    out = "/* Made from %s.sh by declare.py. */\n#include \"modules/module.h\"\n\n" % name
    if declaration is None:
        raise Wrong("it has no declaration")
    if declaration.name != name:
        raise Wrong("it declares '%s'" % declaration.name)
    if "do_%s() {" % name in script:
        script = takes(declaration, values(declaration, path)) + script
    elif script or "run_here" not in declaration.hooks:
        raise Wrong("it has no function do_%s, and nothing that runs here" % name)
    out += "".join(HOOKS[hook] % function + "\n" for hook, function in declaration.hooks.items())
    if script:
        out += "static const char script[] =\n\t%s;\n" % c_text(script)
    if declaration.base:
        out += "extern const struct module module_%s;\n" % declaration.base
    return out + table(declaration) + rules(declaration) + module(declaration, script)


def main(source, target):
    try:
        text = generate(source)
    except Wrong as wrong:
        sys.exit("%s: %s" % (source, wrong))
    with open(target, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
