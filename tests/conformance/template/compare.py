#!/usr/bin/python3
"""Compares template-tool with Ansible's Templar.

compare.py TOOL cases [FILE...]           the written cases (all files of cases/ by default)
compare.py TOOL random [SEED [COUNT]]     generated ones; SEED depends on the time of day
compare.py TOOL characters                every character's methods of str, against Python's own
compare.py TOOL one MODE TEMPLATE         one, with both answers shown

Prints TAP-like lines for what differs and "N passed, N failed" at the end.
"""
import ast
import glob
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import unicodedata

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from judge import Judge
import generate
import yaml

# Seconds for one template, here and in Ansible.
PATIENCE = 60


class Tool:
    def __init__(self, path, folders):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.folders = folders
        self.path = path

    def answer(self, text, variables, mode):
        request = {'template': text, 'variables': variables, 'mode': mode, 'folders': self.folders}
        self.process.stdin.write(json.dumps(request).encode() + b'\n')
        self.process.stdin.flush()
        # One answer is one line, and nothing is buffered between answers.
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            self.process.kill()
        line = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self.__init__(self.path, self.folders)
            what = 'HUNG' if status == -signal.SIGKILL else 'CRASHED'
            return {'error': '%s with status %s' % (what, status), 'crashed': True}
        return json.loads(line)


def too_long(number, frame):
    raise TimeoutError('no answer in %d seconds' % PATIENCE)


def same(ours, theirs):
    if ours.get('crashed'):
        return False
    if 'error' in ours or 'error' in theirs:
        return 'error' in ours and 'error' in theirs
    return ours['output'] == theirs['output']


def by_design(text, ours, theirs):
    """Text made of Ansible's undefined object is refused here, shown or not. What Jinja2 cannot
    compile Ansible returns as it is; here it is refused, or fails where and when it is reached. Integers past 64
    bits are refused. Halves of surrogate pairs, as Python reads them from "\\ud83c\\udf89", have no form in UTF-8: such text stays text."""
    if 'output' not in theirs:
        return False
    def plain(source): # Ansible has taken out its header by then, and doubled backslashes
        return re.sub(r'^#jinja2:.*\n', '', source).replace('\\\\', '\\')
    unrendered = (theirs['output'][0] == 'str' and ('{{' in text or '{%' in text)
                  and plain(ast.literal_eval(theirs['output'][1])) == plain(text))
    large = 'does not fit 64 bits' in ours.get('error', '') and any(
        int(number) >= 2 ** 63 for number in re.findall(r'\d{19,}', theirs['output'][1]))
    halves = re.search(r'\\ud[89a-f]', theirs['output'][1]) is not None
    return unrendered or large or halves or ('error' in ours and Judge.undefined_as_text)


class Run:
    def __init__(self, tool):
        folders = [os.path.join(here, 'files')]
        self.tool = Tool(tool, folders)
        self.judge = Judge(folders)
        self.passed = self.failed = self.known = 0
        with open(os.path.join(here, 'variables.yml')) as f:
            self.variables = yaml.safe_load(f)
        self.differences = set()
        path = os.path.join(here, 'differences.txt')
        if os.path.exists(path):
            with open(path) as f:
                self.differences = {line.rstrip('\n') for line in f
                                    if line.strip() and not line.startswith('## ')}

    def case(self, text, mode, variables=None, where='', quiet=False):
        variables = self.variables if variables is None else variables
        ours = self.tool.answer(text, variables, mode)
        signal.alarm(PATIENCE)
        theirs = self.judge.answer(text, variables, mode)
        signal.alarm(0)
        if same(ours, theirs):
            self.passed += 1
            return True
        shown = json.dumps(text, ensure_ascii=False)[1:-1]
        if not ours.get('crashed') and (
                by_design(text, ours, theirs) or shown in self.differences or mode + ': ' + shown in self.differences):
            self.known += 1
            return True
        self.failed += 1
        if not quiet and self.failed <= 400:
            print('not ok - %s %s: %s' % (where, mode, shown))
            print('#   ours   %s' % (ours.get('error') or ' '.join(ours['output'])))
            print('#   theirs %s' % (theirs.get('error', '')[:300] or ' '.join(theirs['output'])))
        return False

    def summary(self):
        print('%d passed, %d failed, %d known differences' % (self.passed, self.failed, self.known))
        return 1 if self.failed else 0


def read_cases(path):
    """Lines: a template with \\n and \\t for newlines and tabs (\\\\ for a backslash); '## ' starts a
    comment; '## modes: file evaluate' sets how the lines below are run, '## variables: FILE' adds
    the variables of a file beside the folder of cases to the usual ones."""
    modes = ['file', 'evaluate']
    more = {}
    with open(path, encoding='utf-8') as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip('\n')
            if line.startswith('## modes:'):
                modes = line.split(':', 1)[1].split()
            if line.startswith('## variables:'):
                with open(os.path.join(here, line.split(':', 1)[1].strip()), encoding='utf-8') as v:
                    more = yaml.safe_load(v)
            if not line or line.startswith('## '):
                continue
            text = json.loads('"' + line.replace('"', '\\"') + '"') if '\\' in line else line
            for mode in modes:
                yield '%s:%d' % (os.path.basename(path), number), text, mode, more


METHODS = ('capitalize casefold isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable '
           'isspace istitle isupper lower swapcase title upper').split()


def characters(run):
    """Alone, behind letters and before one. Characters that Python's Unicode does not have yet are left out."""
    known = [chr(c) for c in range(1, sys.maxunicode + 1)
             if not 0xd800 <= c < 0xe000 and unicodedata.category(chr(c)) != 'Cn']
    for first in range(0, len(known), 20000):
        part = known[first:first + 20000]
        for before, behind in (('', ''), ('Ab', ''), ('a', '.b')):
            texts = [before + c + behind for c in part]
            text = '{%% for t in texts %%}{{ [%s] | to_json }}\n{%% endfor %%}' % ', '.join('t.%s()' % m for m in METHODS)
            answer = run.tool.answer(text, {'texts': texts}, 'file')
            lines = ast.literal_eval(answer['output'][1]).splitlines() if 'output' in answer else []
            if len(lines) != len(texts):
                print('not ok - from U+%04X: %s' % (ord(part[0]), answer))
                run.failed += 1
                continue
            for t, line in zip(texts, lines):
                for method, ours in zip(METHODS, json.loads(line)):
                    if ours == getattr(t, method)():
                        run.passed += 1
                    else:
                        run.failed += 1
                        print('not ok - %r.%s(): %r' % (t, method, ours))
    return run.summary()


def main():
    tool, what, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    signal.signal(signal.SIGALRM, too_long)
    run = Run(tool)
    if what == 'one':
        text = rest[1]
        print(run.tool.answer(text, run.variables, rest[0]))
        print(run.judge.answer(text, run.variables, rest[0]))
        return 0
    if what == 'characters':
        return characters(run)
    if what == 'random':
        count = int(rest[1]) if len(rest) > 1 else 10000
        # Each run has another of fifty ranges, all of which have been gone through: what differs then is
        # new here. For seeds that nobody has seen yet give a SEED; those of a run are printed.
        first = int(rest[0]) if rest else 2000000 + int(time.time() // 60) % 50 * 10000
        print('# seeds %d to %d' % (first, first + count - 1), flush=True)
        failed = []
        for seed in range(first, first + count):
            mode, text = generate.template(seed)
            if not run.case(text, mode, where='seed %d' % seed):
                failed.append(seed)
                sys.stdout.flush()
                if len(failed) > 100:
                    break
        for seed in failed[:10]:
            print('# again: %s %s random %d 1' % (sys.argv[0], tool, seed))
        return run.summary()
    files = rest or sorted(glob.glob(os.path.join(here, 'cases', '*.txt')))
    for path in files:
        for where, text, mode, more in read_cases(path):
            run.case(text, mode, {**run.variables, **more} if more else None, where=where)
    if not rest:
        for text, mode in generate.table():
            run.case(text, mode, where='table')
    return run.summary()


if __name__ == '__main__':
    sys.exit(main())
