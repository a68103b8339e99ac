#!/usr/bin/python3
"""Changes the program in small ways, one at a time, and sees whether a test notices: mutate.py [COUNT [SEED [PATH...]]].

COUNT mutants (300) are drawn by SEED (1) from lib/run, lib/playbook and lib/transport/runtime, or from the files that
PATH begins; `again` in place of a number runs those that survived the last time. Each mutant is compiled and linked
without optimization in build-mutate/ and meets the tests that reach its line, the quick ones first, until one fails or
hangs: unit tests, the cases of tests/conformance/run, and at last tests/conformance/playbook and tests/system without hosts.
A mutant of the shell that runs on hosts meets its unit test, the same cases, and tests/modules.

Survivors are listed with their change in build-mutate/report.txt. explained.txt says of those that change nothing that
anybody could see why; they are no survivors. A change that does not compile is no mutant: another is drawn.
"""
import concurrent.futures
import hashlib
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import mutants
from mutants import ROOT

sys.path.insert(0, os.path.join(ROOT, 'tests', 'conformance', 'run'))
import cases  # noqa: E402
import programs  # noqa: E402
import run as conformance  # noqa: E402

FOLDER = os.path.join(ROOT, 'build-mutate')
PYTHON = '/usr/bin/python3'
LOADER, TOOL = 'tests/conformance/playbook/playbook-tool', 'tests/modules/module-tool'
OPTIONS = ['-Doptimization=0', '-Ddebug=true', '-Dwerror=false']
TIMES = {'unit': 30, 'replay': 20, 'slow': 240}


def run(words, **options):
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run(words, capture_output=True, text=True, errors='replace', check=False, **options)


class Build:
    """A build folder, and how to build one program again with one file changed."""

    def __init__(self, name, *options):
        self.folder = os.path.join(FOLDER, name)
        if not os.path.exists(os.path.join(self.folder, 'build.ninja')):
            subprocess.run(['meson', 'setup', self.folder, ROOT, *OPTIONS, *options], check=True, stdout=subprocess.DEVNULL)
        every = run(['ninja', '-C', self.folder, '-t', 'targets', 'all']).stdout.split('\n')
        wanted = [line.split(':')[0] for line in every if re.match(r'(sutler|tests/unit/test-[\w-]+|%s|%s): ' % (LOADER, TOOL), line)]
        subprocess.run(['ninja', '-C', self.folder, '--quiet', *wanted], check=True)
        with open(os.path.join(self.folder, 'compile_commands.json'), encoding='utf-8') as text:
            self.commands = {os.path.normpath(os.path.join(command['directory'], command['file'])): command['command']
                             for command in json.load(text)}
        self.links, self.lock = {}, threading.Lock()

    def compile(self, file, source, place):
        """Compiles source in place of file (a path in the project, or in the build folder); NULL if it does not."""
        path = os.path.join(self.folder if file == 'lib/runtime.c' else ROOT, file)
        words = [word for word in shlex.split(self.commands[path if path in self.commands else self.generated(file)])]
        words = words[1:] if words[0].endswith('ccache') else words
        at, out = words.index('-c'), os.path.join(place, 'mutant.o')
        words[at + 1] = source
        words[words.index('-o') + 1] = out
        words = [word for word in words if word not in ('-MD', '-Werror', '-O3', '-O2')]
        for option in ('-MQ', '-MF'):
            del words[words.index(option):words.index(option) + 2]
        done = run(words + ['-w', '-O0'], cwd=self.folder, env=dict(os.environ, CCACHE_DISABLE='1'))
        return out if done.returncode == 0 else None

    def generated(self, file):
        name = os.path.basename(file)
        return next(path for path in self.commands if os.path.basename(path) == name)

    def link(self, target, objects, place):
        """The mutant stands before the library, so that the library's own object is not taken."""
        with self.lock:
            if target not in self.links:
                command = run(['ninja', '-C', self.folder, '-t', 'commands', target]).stdout.strip().split('\n')[-1]
                self.links[target] = shlex.split(command)
        words = list(self.links[target])
        words = words[1:] if words[0].endswith('ccache') else words
        at, out = words.index('-o'), os.path.join(place, os.path.basename(target))
        words[at + 1] = out
        words[at + 2:at + 2] = objects
        if shutil.which('ld.lld'):
            words.append('-fuse-ld=lld')
        done = run(words, cwd=self.folder)
        if done.returncode != 0:
            raise SystemExit('linking %s: %s' % (target, done.stderr[-2000:]))
        return out


class Test:
    """A test: which program it is about (a target of the build), and whether that passes."""

    def __init__(self, kind, name, target):
        self.kind, self.name, self.target, self.kills = kind, name, target, 0


class Command(Test):
    def __init__(self, kind, name, target, words):
        super().__init__(kind, name, target)
        self.words = words

    def passes(self, program, environment=None, place=None):
        """words are the command; PROGRAM in them stands for the program, SCRIPT for the text that runs on hosts."""
        script = os.path.join(place, 'runtime.sh') if place else None
        words = [program if word == 'PROGRAM' else script if word == 'SCRIPT' else word for word in self.words]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors='replace', cwd=ROOT, start_new_session=True,
                              env=dict(os.environ, SUTLER=program or '', SUTLER_NO_HOSTS='mutants', **environment or {})) as done:
            try:
                said = done.communicate(timeout=TIMES[self.kind])[0]
            except subprocess.TimeoutExpired:
                os.killpg(done.pid, 9)
                return False
        return done.returncode == 0 and '\nnot ok' not in '\n' + said


class Replay(Test):
    def __init__(self, case, answer, expected, hosts):
        super().__init__('replay', case.path, 'sutler')
        self.case, self.answer, self.expected, self.hosts = case, answer, expected, hosts

    def passes(self, program, environment=None, place=None):
        try:
            got = self.hosts.run(program, self.case, TIMES['replay'], environment)
        except (subprocess.TimeoutExpired, ValueError):
            return False
        return conformance.judge(self.case, self.answer, self.expected, got)[0]


def all_tests(hosts, build):
    here = os.path.join(ROOT, 'tests')
    for target in sorted(name for name in os.listdir(os.path.join(build.folder, 'tests', 'unit'))
                         if name.startswith('test-') and '.' not in name):
        yield Command('unit', target, 'tests/unit/' + target, ['PROGRAM'])
    yield Command('unit', 'runtime', None, ['dash', here + '/unit/test-runtime.sh', 'SCRIPT'])
    expected = cases.read_differences()
    for case in cases.read_cases():
        answer = conformance.read_answers(case.group).get(case.name)
        if answer is not None and answer['case'] == case.digest() and not (case.root and os.getuid() != 0):
            yield Replay(case, answer, expected.get(case.path, set()), hosts)
    yield Command('slow', 'playbook', LOADER,
                  [PYTHON, here + '/conformance/playbook/compare.py', 'PROGRAM'])
    for name in ('bad-input', 'play', 'loader'):
        yield Command('slow', name, 'sutler', [PYTHON, here + '/system/test-%s.py' % name])
    yield Command('slow', 'modules', TOOL, [PYTHON, here + '/modules/modules.py', 'PROGRAM', 'local'])


# --- which test reaches which line --------------------------------------------------------------

def counted_lines(folder, build):
    """{file: [lines]} that the counters below a folder saw, and those they could have seen."""
    found, countable = {}, {}
    for where, _, files in os.walk(folder):
        counters = [name for name in files if name.startswith(('run_', 'playbook_')) and name.endswith('.gcda')]
        if not counters:
            continue
        for name in counters:
            notes = name[:-5] + '.gcno'
            os.symlink(os.path.join(build.folder, 'lib', 'libsutler.a.p', notes), os.path.join(where, notes))
        done = run(['gcov', '--json-format', '--stdout', *counters], cwd=where)
        for text in done.stdout.splitlines():
            for file in json.loads(text)['files']:
                path = os.path.relpath(os.path.normpath(os.path.join(build.folder, file['file'])), ROOT)
                if not path.endswith('.c'):
                    continue
                for line in file['lines']:
                    countable.setdefault(path, set()).add(line['line_number'])
                    if line['count'] > 0:
                        found.setdefault(path, set()).add(line['line_number'])
    return ({path: sorted(lines) for path, lines in found.items()},
            {path: sorted(lines) for path, lines in countable.items()})


def cover(test, build):
    """The program goes by a script that says where its counters go: the system tests give it an environment of their own."""
    with tempfile.TemporaryDirectory(prefix='sutler-cover-') as folder:
        program = os.path.join(build.folder, test.target) if test.target else None
        if test.target == 'sutler':
            script = os.path.join(folder, 'sutler')
            with open(script, 'w', encoding='utf-8') as out:
                out.write('#!/bin/sh\nGCOV_PREFIX=%s exec %s "$@"\n' % (folder, program))
            os.chmod(script, 0o755)
            program = script
        test.passes(program, {'GCOV_PREFIX': folder}, os.path.join(build.folder, 'lib', 'transport'))
        return counted_lines(folder, build)


def digest_of_sources():
    names = run(['git', 'ls-files', '-co', '--exclude-standard', 'lib', 'cmd', 'tests/unit', 'tests/conformance', 'tests/system'],
                cwd=ROOT).stdout.split('\n')
    total = hashlib.sha256()
    for name in sorted(filter(None, names)):
        path = os.path.join(ROOT, name)
        if os.path.isfile(path):
            with open(path, 'rb') as source:
                total.update(name.encode() + b'\0' + source.read() + b'\0')
    return total.hexdigest()


class Coverage:
    """Which test reaches which line. A row of a table is data, which no counter sees: whoever is in its file reads it."""

    def __init__(self, known):
        def sets(files):
            return {file: set(lines) for file, lines in files.items()}
        self.lines = {name: sets(files) for name, files in known['lines'].items()}
        self.countable = sets(known['countable'])

    def reaches(self, test, file, line):
        lines = self.lines.get(test.name, {}).get(file, set())
        return line in lines if line in self.countable.get(file, ()) else bool(lines)


def coverage(tests):
    """A Coverage; kept until a source or a test changes."""
    path, digest = os.path.join(FOLDER, 'coverage.json'), digest_of_sources()
    try:
        with open(path, encoding='utf-8') as text:
            known = json.load(text)
    except (FileNotFoundError, ValueError):
        known = {}
    if known.get('digest') != digest:
        build = Build('coverage', '-Db_coverage=true')
        say('looking which lines each of %d tests reaches' % len(tests))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda test: cover(test, build), tests))
        countable = {}
        for _, files in found:
            for file, lines in files.items():
                countable[file] = sorted(set(lines) | set(countable.get(file, ())))
        known = {'digest': digest, 'countable': countable,
                 'lines': {test.name: lines for test, (lines, _) in zip(tests, found)}}
        with open(path, 'w', encoding='utf-8') as text:
            json.dump(known, text)
    return Coverage(known)


# --- one mutant ---------------------------------------------------------------------------------

def runtime_order():
    """The files of the runtime in the order in which the build puts them together."""
    with open(os.path.join(ROOT, 'lib', 'transport', 'meson.build'), encoding='utf-8') as text:
        return [part[1:-1] for part in text.read().replace('\n', ' ').replace(',', ' ').replace('(', ' ').replace(')', ' ').split()
                if part.startswith("'runtime/")]


def write_runtime(mutant, place):
    """runtime.sh with the mutant in it, and the C file that holds it."""
    script, source = os.path.join(place, 'runtime.sh'), os.path.join(place, 'runtime.c')
    with open(script, 'w', encoding='utf-8') as out:
        for name in runtime_order():
            file = 'lib/transport/' + name
            if mutant is not None and file == mutant.file:
                out.write(mutant.text())
            else:
                with open(os.path.join(ROOT, file), encoding='utf-8') as text:
                    out.write(text.read())
    run(['sh', os.path.join(ROOT, 'lib', 'embed.sh'), 'runtime_script', script, source])
    return source


def tests_for(mutant, tests, covered):
    if mutant.file.endswith('.sh'):
        return [test for test in tests if test.kind == 'replay' or test.name in ('runtime', 'modules', 'play')]
    return [test for test in tests if covered.reaches(test, mutant.file, mutant.line)]


def in_order(tests):
    """Quick ones first; among the cases, those that have noticed something before."""
    return sorted(tests, key=lambda test: (('unit', 'replay', 'slow').index(test.kind), -test.kills))


def fate(mutant, build, tests, covered):
    """(who killed it, or None; how many tests were tried); who is 'compiler' when it is no C."""
    place = tempfile.mkdtemp(prefix='sutler-mutant-')
    try:
        if mutant.file.endswith('.sh'):
            file, source = 'lib/runtime.c', write_runtime(mutant, place)
            if run(['dash', '-n', os.path.join(place, 'runtime.sh')]).returncode != 0:
                return 'compiler', 0
        else:
            file, source = mutant.file, os.path.join(place, os.path.basename(mutant.file))
            with open(source, 'w', encoding='utf-8') as out:
                out.write(mutant.text())
        changed = build.compile(file, source, place)
        if changed is None:
            return 'compiler', 0
        chosen, linked = in_order(tests_for(mutant, tests, covered)), {None: None}
        for number, test in enumerate(chosen):
            if test.target not in linked:
                linked[test.target] = build.link(test.target, [changed], place)
            if not test.passes(linked[test.target], None, place):
                test.kills += 1
                return test.name, number + 1
        return None, len(chosen)
    finally:
        shutil.rmtree(place, ignore_errors=True)


# --- the run ------------------------------------------------------------------------------------

def say(text):
    print(text, flush=True)


def explanations():
    with open(os.path.join(ROOT, 'tests', 'mutate', 'explained.txt'), encoding='utf-8') as text:
        return {line.split(' # ')[0].strip() for line in text if line.strip() and not line.startswith('#')}


def sound(tests, build):
    """The tests that pass without a mutant."""
    place = os.path.join(build.folder, 'lib', 'transport')
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        good = list(pool.map(lambda test: test.passes(os.path.join(build.folder, test.target) if test.target else None,
                                                      None, place), tests))
    for test, passes in zip(tests, good):
        if not passes:
            say('left out, it fails without a mutant: ' + test.name)
    return [test for test, passes in zip(tests, good) if passes]


def chosen_mutants(words):
    """An endless supply is not needed: some more than wanted, for those that do not compile."""
    if words and words[0] == 'again':
        with open(os.path.join(FOLDER, 'survivors.json'), encoding='utf-8') as text:
            keys = json.load(text)
        found = [mutant for mutant in mutants.every() if mutant.key in keys]
        return len(found), found
    count = int(words[0]) if words else 300
    seed = int(words[1]) if len(words) > 1 else 1
    return count, mutants.choose(count * 2, seed, words[2:])


def judge_all(chosen, count, build, tests, covered):
    """[(mutant, killer or None, tests tried)], without those that do not compile."""
    results, lock, begun = [], threading.Lock(), time.monotonic()

    def one(mutant):
        with lock:
            if len(results) >= count:
                return
        killer, tried = fate(mutant, build, tests, covered)
        with lock:
            if killer == 'compiler' or len(results) >= count:
                return
            results.append((mutant, killer, tried))
            say('%d %s %s (%d tests, %d s)' % (len(results), 'killed by ' + killer if killer else 'SURVIVED', mutant, tried,
                                               time.monotonic() - begun))

    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get('JOBS', '2'))) as pool:
        list(pool.map(one, chosen))
    return results


def report(results, path):
    explained = explanations()
    survivors = [(mutant, tried) for mutant, killer, tried in results if killer is None]
    unexplained = [(mutant, tried) for mutant, tried in survivors if mutant.key not in explained]
    share = 100 * len(unexplained) / max(1, len(results))
    with open(path, 'w', encoding='utf-8') as out:
        out.write('%d mutants, %d killed, %d survived, of which %d are explained: %.1f %% survive\n' % (
            len(results), len(results) - len(survivors), len(survivors), len(survivors) - len(unexplained), share))
        for folder, _ in mutants.FOLDERS:
            mine = [killer for mutant, killer, _ in results if mutant.file.startswith(folder)]
            out.write('%s: %d, %d survived\n' % (folder, len(mine), mine.count(None)))
        for mutant, tried in sorted(unexplained, key=lambda found: (found[0].file, found[0].line)):
            out.write('\n%s\n    %s\n' % (mutant, 'no test reaches it' if tried == 0 else '%d tests reach it' % tried))
    with open(os.path.join(FOLDER, 'survivors.json'), 'w', encoding='utf-8') as out:
        json.dump([mutant.key for mutant, _ in survivors], out)
    with open(path, encoding='utf-8') as text:
        say(text.read())
    return share


def main(words):
    os.umask(0o022)
    os.makedirs(FOLDER, exist_ok=True)
    count, chosen = chosen_mutants(words)
    build = Build('plain')
    with programs.Hosts() as hosts:
        tests = sound(list(all_tests(hosts, build)), build)
        random.Random(0).shuffle(tests)
        results = judge_all(chosen, count, build, tests, coverage(tests))
    return 0 if report(results, os.path.join(FOLDER, 'report.txt')) < 10 else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
