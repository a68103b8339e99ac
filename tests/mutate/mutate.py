#!/usr/bin/python3
"""Changes the program in small ways, one at a time, and sees whether a test notices: mutate.py [COUNT [SEED [PATH...]]].

COUNT mutants (300) are drawn by SEED (1) from lib/run, lib/playbook and lib/transport/runtime, or from the files that
PATH begins; `again` in place of a number runs those that survived the last time. Each mutant is compiled and linked
without optimization in build-mutate/ and meets the tests that reach its line, the quick ones first, until one fails or
hangs: unit tests, the cases of tests/conformance/run, and at last tests/conformance/playbook and tests/system without hosts.
A mutant of the shell that runs on hosts meets its unit test, tests/modules, and the same cases. A test that fails has to
fail twice.

Survivors are listed with their change in build-mutate/report.txt. explained.txt says of those that change nothing that
anybody could see why; they are no survivors. A change that does not compile is no mutant: another is drawn.

What was learned is kept in build-mutate/: the lines that each test reaches until the test or the program changes, and
for each mutant who killed it, who is asked first the next time. Root's tests see a file system in which they can write
nowhere but in an empty /tmp and layers of their own, because there are mutants that remove what they should not.
"""
import atexit
import concurrent.futures
import hashlib
import json
import os
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
SOURCES = ['lib', 'cmd', 'templates', 'meson.build', 'tests/conformance/run/programs.py', 'tests/conformance/run/run.py',
           'tests/system/harness.py']
LOADER, TOOL = 'tests/conformance/playbook/playbook-tool', 'tests/modules/module-tool'
OPTIONS = ['-Doptimization=0', '-Ddebug=true', '-Dwerror=false']
SOME = 40
JOBS = int(os.environ.get('JOBS', '2'))
TIMES = {'unit': 120, 'replay': 60, 'slow': 600}


def run(words, **options):
    options.setdefault('stdin', subprocess.DEVNULL)
    return subprocess.run(words, capture_output=True, text=True, errors='replace', check=False, **options)


class Build:
    """A build folder, and how to build a program of it again with files changed."""

    def __init__(self, name, *options):
        self.folder = os.path.join(FOLDER, name)
        if not os.environ.get('MUTATE_SHUT_IN'):
            self.make(options)
        with open(os.path.join(self.folder, 'compile_commands.json'), encoding='utf-8') as text:
            self.commands = {os.path.normpath(os.path.join(command['directory'], command['file'])): command['command']
                             for command in json.load(text)}
        self.links, self.lock = {}, threading.Lock()

    def make(self, options):
        if not os.path.exists(os.path.join(self.folder, 'build.ninja')):
            subprocess.run(['meson', 'setup', self.folder, ROOT, *OPTIONS, *options], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(['ninja', '-C', self.folder, '--quiet', 'build.ninja'], check=True)
        every = run(['ninja', '-C', self.folder, '-t', 'targets', 'all']).stdout.split('\n')
        wanted = [line.split(':')[0] for line in every if re.match(r'(sutler|tests/unit/test-[\w-]+|%s|%s): ' % (LOADER, TOOL), line)]
        subprocess.run(['ninja', '-C', self.folder, '--quiet', *wanted], check=True)

    def compile(self, file, source, out, *options):
        """Compiles source in place of file (a path in the project, or in the build folder); NULL if it does not."""
        path = os.path.join(self.folder if file == 'lib/runtime.c' else ROOT, file)
        words = [word for word in shlex.split(self.commands[path if path in self.commands else self.generated(file)])]
        words = words[1:] if words[0].endswith('ccache') else words
        words[words.index('-c') + 1] = source
        words[words.index('-o') + 1] = out
        words = [word for word in words if word not in ('-MD', '-Werror', '-O3', '-O2')]
        for option in ('-MQ', '-MF'):
            del words[words.index(option):words.index(option) + 2]
        done = run(words + ['-w', '-O0', *options], cwd=self.folder, env=dict(os.environ, CCACHE_DISABLE='1'))
        return out if done.returncode == 0 else None

    def generated(self, file):
        name = os.path.basename(file)
        return next(path for path in self.commands if os.path.basename(path) == name)

    def link(self, target, objects, place, *options):
        """The objects stand before the library, so that the library's own are not taken."""
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
        done = run(words + list(options), cwd=self.folder)
        if done.returncode != 0:
            raise SystemExit('linking %s: %s' % (target, done.stderr[-2000:]))
        return out


class Test:
    """A test: which program it is about (a target of the build), and whether that passes."""

    def __init__(self, kind, name, target, sources):
        self.kind, self.name, self.target, self.sources = kind, name, target, sources
        self.kills, self.seconds = {}, 0

    def digest(self):
        return digest_of(self.sources)


class Command(Test):
    def __init__(self, kind, name, target, words, sources):
        super().__init__(kind, name, target, sources)
        self.words = words

    def passes(self, program, environment=None, place=None):
        """words are the command; PROGRAM in them stands for the program, SCRIPT for the text that runs on hosts."""
        script = os.path.join(place, 'runtime.sh') if place else None
        words = [program if word == 'PROGRAM' else script if word == 'SCRIPT' else word for word in self.words]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors='replace', cwd=ROOT, start_new_session=True,
                              env=dict(os.environ, SUTLER=program or '', SUTLER_NO_HOSTS='mutants', **environment or {})) as done:
            clock = threading.Timer(TIMES[self.kind], end_group, [done.pid])
            clock.start()
            try:
                if any(line.startswith('not ok') for line in done.stdout):
                    end_group(done.pid)
                    return False
            finally:
                clock.cancel()
        return done.returncode == 0


def end_group(leader):
    try:
        os.killpg(leader, 9)
    except ProcessLookupError:
        pass


class Replay(Test):
    def __init__(self, case, answer, expected, hosts):
        super().__init__('replay', case.path, 'sutler', [])
        self.case, self.answer, self.expected, self.hosts = case, answer, expected, hosts

    def digest(self):
        return self.case.digest()

    def passes(self, program, environment=None, place=None):
        try:
            got = self.hosts.run(program, self.case, TIMES['replay'], environment)
        except (subprocess.TimeoutExpired, ValueError):
            return False
        return conformance.judge(self.case, self.answer, self.expected, got)[0]


def all_tests(hosts, build):
    for target in sorted(name for name in os.listdir(os.path.join(build.folder, 'tests', 'unit'))
                         if name.startswith('test-') and '.' not in name):
        yield Command('unit', target, 'tests/unit/' + target, ['PROGRAM'], ['tests/unit/%s.c' % target])
    shell = 'tests/unit/test-runtime.sh'
    with open(os.path.join(ROOT, shell), encoding='utf-8') as text:
        for function in re.findall(r"^result '.*' (\w+)", text.read(), re.M):
            yield Command('unit', 'runtime: ' + function, None,
                          ['env', 'ONLY=' + function, 'dash', os.path.join(ROOT, shell), 'SCRIPT'], [shell])
    expected = cases.read_differences()
    for case in cases.read_cases():
        answer = conformance.read_answers(case.group).get(case.name)
        if answer is not None and answer['case'] == case.digest() and not (case.root and os.getuid() != 0):
            yield Replay(case, answer, expected.get(case.path, set()), hosts)
    for name, target, file, words in (
            ('playbook', LOADER, 'conformance/playbook/compare.py', ['PROGRAM']),
            ('bad-input', 'sutler', 'system/test-bad-input.py', []),
            ('before', 'sutler', 'system/test-before.py', []),
            ('words', 'sutler', 'system/test-words.py', []),
            ('play', 'sutler', 'system/test-play.py', []),
            ('reach', 'sutler', 'system/test-reach.py', []),
            ('due', 'sutler', 'system/test-due.py', []),
            ('loader', 'sutler', 'system/test-loader.py', []),
            ('modules', TOOL, 'modules/modules.py', ['PROGRAM', 'local', 'dash'])):
        file = os.path.join('tests', file)
        yield Command('slow', name, target, [PYTHON, os.path.join(ROOT, file), *words], [file])


# --- which test reaches which line --------------------------------------------------------------

def counted_lines(folder, build):
    """{file: [lines]} that the counters below a folder saw, and those they could have seen."""
    found, countable = {}, {}
    for where, _, files in os.walk(folder):
        counters = [name for name in files if name.endswith('.gcda')]
        if not counters:
            continue
        for name in counters:
            notes = name[:-5] + '.gcno'
            os.symlink(os.path.join(FOLDER, 'counted', notes), os.path.join(where, notes))
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


SHELL_FUNCTION = re.compile(r'^(\w+)\(\) \{$')


def functions_of(text):
    """The name of the function that each line of a shell program is in, or None."""
    name, found = None, []
    for line in text.split('\n'):
        begins = SHELL_FUNCTION.match(line)
        name = begins[1] if begins else name
        found.append(name)
        name = None if line == '}' else name
    return found


def counted_objects(build):
    """The files of C from which mutants are drawn, compiled with counters."""
    folder = os.path.join(FOLDER, 'counted')
    os.makedirs(folder, exist_ok=True)
    files = [place + '/' + name for place, ending in mutants.FOLDERS if ending == '.c'
             for name in sorted(os.listdir(os.path.join(ROOT, place))) if name.endswith(ending)]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        return list(pool.map(lambda file: build.compile(
            file, os.path.join(ROOT, file), os.path.join(folder, file[4:-2].replace('/', '_') + '.o'), '--coverage'), files))


class Counting:
    """Programs that say which lines of C and which functions of the runtime were reached; one for each thread."""

    local, objects = threading.local(), []

    def __init__(self, build):
        self.build, self.programs = build, {}
        self.place, self.reached = tempfile.mkdtemp(), tempfile.mkdtemp()
        for folder in (self.place, self.reached):
            atexit.register(shutil.rmtree, folder, True)
        os.chmod(self.place, 0o755)
        os.chmod(self.reached, 0o1777)

        def tell(file, text):
            return ''.join('%s\n%s' % (line, '\tsutler_reached %s:%s\n' % (os.path.basename(file), line[:-4])
                                       if SHELL_FUNCTION.match(line) else '') for line in text.split('\n'))
        source = write_runtime(self.place, tell, 'sutler_reached() {\n\t[ -e %s/"$1" ] || : >%s/"$1"\n} 2>/dev/null\n' % (
            self.reached, self.reached))
        self.object = build.compile('lib/runtime.c', source, os.path.join(self.place, 'runtime.o'))

    @staticmethod
    def mine(build):
        if not hasattr(Counting.local, 'counting'):
            Counting.local.counting = Counting(build)
        return Counting.local.counting

    def program(self, target):
        if target is None:
            return None
        if target not in self.programs:
            objects = [self.object] if target in ('sutler', TOOL) else []
            self.programs[target] = self.build.link(target, objects + Counting.objects, self.place, '--coverage')
        return self.programs[target]

    def functions(self):
        names = os.listdir(self.reached)
        for name in names:
            os.remove(os.path.join(self.reached, name))
        return sorted(names)


def cover(test, build):
    """{passes, seconds, lines, countable, functions, all} of a test. The program goes by a script that says where its counters
    go: the system tests give it an environment of their own."""
    counting = Counting.mine(build)
    with tempfile.TemporaryDirectory(prefix='sutler-cover-') as folder:
        program = counting.program(test.target)
        if test.target == 'sutler':
            script = os.path.join(folder, 'sutler')
            with open(script, 'w', encoding='utf-8') as out:
                out.write('#!/bin/sh\nGCOV_PREFIX=%s exec %s "$@"\n' % (folder, program))
            os.chmod(script, 0o755)
            program = script
        begun = time.monotonic()
        passes = test.passes(program, {'GCOV_PREFIX': folder}, counting.place)
        lines, countable = counted_lines(folder, build)
        found = {'passes': passes, 'lines': lines, 'countable': countable, 'functions': counting.functions(), 'all': False}
        if not passes:
            # Who cannot be counted may reach everything.
            begun, found['all'] = time.monotonic(), True
            found['passes'] = test.passes(os.path.join(build.folder, test.target) if test.target else None, None,
                                          os.path.join(build.folder, 'lib', 'transport'))
        return dict(found, seconds=time.monotonic() - begun)


def digest_of(paths):
    names = run(['git', 'ls-files', '-co', '--exclude-standard', *paths], cwd=ROOT).stdout.split('\n') if paths else []
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
        self.countable, self.lines = {}, {}
        self.all = {name for name, found in known.items() if found['all']}
        self.functions = {name: set(found['functions']) for name, found in known.items()}
        for name, found in known.items():
            self.lines[name] = {file: set(lines) for file, lines in found['lines'].items()}
            for file, lines in found['countable'].items():
                self.countable.setdefault(file, set()).update(lines)

    def reaches(self, test, file, line):
        if test.name in self.all:
            return test.target in ('sutler', LOADER, TOOL)
        if file.endswith('.sh'):
            with open(os.path.join(ROOT, file), encoding='utf-8') as text:
                function = functions_of(text.read())[line - 1]
            return '%s:%s' % (os.path.basename(file), function) in self.functions[test.name]
        lines = self.lines[test.name].get(file, set())
        return line in lines if line in self.countable.get(file, ()) else bool(lines)


def read_kept(name):
    try:
        with open(os.path.join(FOLDER, name), encoding='utf-8') as text:
            return json.load(text)
    except (FileNotFoundError, ValueError):
        return {}


def keep(name, known):
    path = os.path.join(FOLDER, name)
    with open(path + '.new', 'w', encoding='utf-8') as text:
        json.dump(known, text)
    os.rename(path + '.new', path)


def coverage(tests, build):
    """(the tests that pass, a Coverage). What a test reaches is kept until it or the program changes."""
    digest = digest_of(SOURCES)
    kept = read_kept('coverage.json')
    known = {}
    for test in tests:
        mine = '%s %s' % (digest, test.digest())
        if kept.get(test.name, {}).get('digest') == mine and kept[test.name]['passes']:
            known[test.name] = kept[test.name]
    todo = [test for test in tests if test.name not in known]
    if todo:
        say('looking which lines %d tests reach' % len(todo))
        Counting.objects = counted_objects(build)
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            for test, found in zip(todo, pool.map(lambda test: cover(test, build), todo)):
                known[test.name] = dict(found, digest='%s %s' % (digest, test.digest()))
        keep('coverage.json', known)
    for test in tests:
        test.seconds = known[test.name]['seconds']
        if not known[test.name]['passes']:
            say('left out, it fails without a mutant: ' + test.name)
    return [test for test in tests if known[test.name]['passes']], Coverage(known)


# --- one mutant ---------------------------------------------------------------------------------

def runtime_order():
    """The files of the runtime in the order in which the build puts them together."""
    with open(os.path.join(ROOT, 'lib', 'transport', 'meson.build'), encoding='utf-8') as text:
        return [part[1:-1] for part in text.read().replace('\n', ' ').replace(',', ' ').replace('(', ' ').replace(')', ' ').split()
                if part.startswith("'runtime/")]


def write_runtime(place, change, first=''):
    """runtime.sh with its files changed, and the C file that holds it."""
    script, source = os.path.join(place, 'runtime.sh'), os.path.join(place, 'runtime.c')
    with open(script, 'w', encoding='utf-8') as out:
        out.write(first)
        for name in runtime_order():
            file = 'lib/transport/' + name
            with open(os.path.join(ROOT, file), encoding='utf-8') as text:
                out.write(change(file, text.read()))
    run(['sh', os.path.join(ROOT, 'lib', 'embed.sh'), 'runtime_script', script, source])
    return source


def in_order(tests, mutant, before):
    """Who killed the mutant before, then the quick ones; among the cases, those that killed others of its file."""
    kinds = ('unit', 'slow', 'replay') if mutant.file.endswith('.sh') else ('unit', 'replay', 'slow')

    def place(test):
        return test.name != before, kinds.index(test.kind), -test.kills.get(mutant.file, 0), test.seconds
    return sorted(tests, key=place)


def fails(test, program, place, build):
    """Whether it fails, and that not by a load of the machine or by luck: twice, or it hangs where the program does not."""
    begun = time.monotonic()
    if test.passes(program, None, place):
        return False
    if time.monotonic() - begun < TIMES[test.kind]:
        return not test.passes(program, None, place)
    return test.passes(os.path.join(build.folder, test.target) if test.target else None, None,
                       os.path.join(build.folder, 'lib', 'transport'))


def fate(mutant, build, chosen):
    """(who killed it, or None; how many tests were tried); who is 'compiler' when it is no C."""
    place = tempfile.mkdtemp(prefix='sutler-mutant-')
    try:
        if mutant.file.endswith('.sh'):
            file, source = 'lib/runtime.c', write_runtime(
                place, lambda file, text: mutant.text() if file == mutant.file else text)
            if run(['dash', '-n', os.path.join(place, 'runtime.sh')]).returncode != 0:
                return 'compiler', 0
        else:
            file, source = mutant.file, os.path.join(place, os.path.basename(mutant.file))
            with open(source, 'w', encoding='utf-8') as out:
                out.write(mutant.text())
        changed = build.compile(file, source, os.path.join(place, 'mutant.o'))
        if changed is None:
            return 'compiler', 0
        linked = {None: None}
        for number, test in enumerate(chosen):
            if test.target not in linked:
                linked[test.target] = build.link(test.target, [changed], place)
            if fails(test, linked[test.target], place, build):
                test.kills[mutant.file] = test.kills.get(mutant.file, 0) + 1
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


def chosen_mutants(words):
    """An endless supply is not needed: some more than wanted, for those that do not compile."""
    if words and words[0] == 'again':
        names = read_kept('survivors.json')
        found = [mutant for mutant in mutants.every() if mutant.name in names]
        return len(found), found
    count = int(words[0]) if words else 300
    seed = int(words[1]) if len(words) > 1 else 1
    return count, mutants.choose(count * 2, seed, words[2:])


def in_two(chosen):
    """The unit tests and some of the cases; all others. Where the one do not notice a mutant, the others rarely do."""
    replays = [test for test in chosen if test.kind == 'replay'][:SOME]
    first = [test for test in chosen if test.kind == 'unit' or test in replays]
    return first, [test for test in chosen if test not in first]


def judge_all(chosen, count, build, tests, covered):
    """[(mutant, killer or None, tests tried)], without those that do not compile. First each mutant meets some of its
    tests, then who is left the others."""
    results, lock, begun, killers = {}, threading.Lock(), time.monotonic(), read_kept('killers.json')

    def one(mutant, part):
        mine = in_order([test for test in tests if covered.reaches(test, mutant.file, mutant.line)], mutant,
                        killers.get(mutant.name))
        killer, tried = fate(mutant, build, in_two(mine)[part])
        with lock:
            if killer == 'compiler':
                return
            results[mutant.name] = mutant, killer, tried + results.get(mutant.name, (mutant, None, 0))[2]
            if killer:
                killers[mutant.name] = killer
                keep('killers.json', killers)
            say('%d %s %s (%d tests, %d s)' % (len(results), 'killed by ' + killer if killer else 'SURVIVED', *results[mutant.name][::2],
                                               time.monotonic() - begun))

    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        chosen = list(chosen)
        while chosen and len(results) < count:
            lacking = count - len(results)
            list(pool.map(lambda mutant: one(mutant, 0), chosen[:lacking]))
            del chosen[:lacking]
        left = [mutant for mutant, killer, _ in results.values() if killer is None]
        say('%d are left' % len(left))
        list(pool.map(lambda mutant: one(mutant, 1), left))
    return list(results.values())


def report(results, path):
    explained = explanations()
    names = {name for mutant in mutants.every() for name in (mutant.key, mutant.name)}
    for name in sorted(explained - names):
        say('explained.txt: there is no such mutant any more: ' + name)
    survivors = [(mutant, tried) for mutant, killer, tried in results if killer is None]
    unexplained = [(mutant, tried) for mutant, tried in survivors if not {mutant.key, mutant.name} & explained]
    share = 100 * len(unexplained) / max(1, len(results))
    with open(path, 'w', encoding='utf-8') as out:
        out.write('%d mutants, %d killed, %d survived, of which %d are explained: %.1f %% survive\n' % (
            len(results), len(results) - len(survivors), len(survivors), len(survivors) - len(unexplained), share))
        for folder, _ in mutants.FOLDERS:
            mine = [killer for mutant, killer, _ in results if mutant.file.startswith(folder)]
            out.write('%s: %d, %d survived\n' % (folder, len(mine), mine.count(None)))
        for mutant, tried in sorted(unexplained, key=lambda found: (found[0].file, found[0].line)):
            out.write('\n%s\n    %s\n' % (mutant, 'no test reaches it' if tried == 0 else '%d tests reach it' % tried))
    keep('survivors.json', [mutant.name for mutant, _ in unexplained])
    with open(path, encoding='utf-8') as text:
        say(text.read())
    return share


# A mutant may remove what it should not; and what it leaves running ends with the last process in here.
SHUT_IN = '''set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777 tmpfs /tmp
for folder in etc home root srv var; do
	mkdir -p -m 700 "/tmp/.layers/$folder/upper" "/tmp/.layers/$folder/work"
	chmod 755 "/tmp/.layers/$folder/upper"
	mount -t overlay -o "lowerdir=/$folder,upperdir=/tmp/.layers/$folder/upper,workdir=/tmp/.layers/$folder/work" overlay "/$folder"
done
export SUTLER_HOST_HERE=1
cd "$2"
shift 2
exec "$@"
'''


def shut_in(words):
    """Goes on in a file system that can only be read, where that can be made."""
    if os.getuid() == 0 and shutil.which('unshare') and not os.environ.get('MUTATE_SHUT_IN'):
        os.environ['MUTATE_SHUT_IN'] = '1'
        sys.stdout.flush()
        os.execvp('unshare', ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', SHUT_IN, 'sh',
                              FOLDER, ROOT, PYTHON, os.path.abspath(__file__), *words])


def main(words):
    os.umask(0o022)
    os.makedirs(FOLDER, exist_ok=True)
    count, chosen = chosen_mutants(words)
    build = Build('plain')
    shut_in(words)
    with programs.Hosts() as hosts:
        tests, covered = coverage(list(all_tests(hosts, build)), build)
        results = judge_all(chosen, count, build, tests, covered)
    return 0 if report(results, os.path.join(FOLDER, 'report.txt')) < 10 else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
