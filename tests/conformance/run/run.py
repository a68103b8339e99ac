#!/usr/bin/python3
"""The same playbooks, run by ansible-playbook and by sutler: what happens must be the same.

    run.py replay SUTLER [GROUP[/CASE]...]   sutler against what Ansible did (answers/GROUP.json)
    run.py answers [GROUP[/CASE]...]         asks Ansible again where a case changed; --all: everywhere
    run.py sample COUNT [SEED]               asks Ansible itself about COUNT cases: are the answers still true?
    run.py show SEED                         the files of a random play
    run.py list                              the names of all cases

Random plays (plays.py) have the group `random` and their seed as the name: random/7.
Compared are the exit status, the recap, and for each host the steps in their order (name, status, items of loops),
the messages of debug, fail and assert, the output of commands, the tree (paths, modes, owners, contents), and
the lines that hosts wrote into one file of all of them.
A message that is JSON, as `{{ result | to_json }}` makes it, is compared field by field but for programs.BY_NATURE.
differences.txt lists what differs and why; a line there that is no longer true is a failure too.
"""
import concurrent.futures
import json
import os
import queue
import random
import shutil
import subprocess
import sys

import cases
import programs

ANSWERS = os.path.join(cases.HERE, 'answers')
JOBS = int(os.environ.get('JOBS', '2'))


def answers_path(group):
    return os.path.join(ANSWERS, group + '.json')


def read_answers(group):
    try:
        with open(answers_path(group), encoding='utf-8') as text:
            return json.load(text)
    except FileNotFoundError:
        return {}


def write_answers(group, answers):
    """One line a case, so that a change of one is a change of one line."""
    with open(answers_path(group), 'w', encoding='utf-8') as out:
        lines = ['%s: %s' % (json.dumps(name), json.dumps(answers[name], sort_keys=True, ensure_ascii=False))
                 for name in sorted(answers)]
        out.write('{\n' + ',\n'.join(lines) + '\n}\n')


# --- comparing ----------------------------------------------------------------------------------

def same_message(wanted, got):
    return wanted is None or programs.read_message(wanted) == programs.read_message(got)


def same(aspect, wanted, got):
    if aspect == 'steps':
        return programs.merged(wanted) == programs.merged(got)
    if aspect != 'messages':
        return wanted == got
    return len(wanted) == len(got) and all(map(same_message, wanted, got))


def told(v):
    """A recap without the hosts to which nothing happened; ours lists them."""
    return {host: counts for host, counts in v.items() if any(counts.values())} if isinstance(v, dict) else v


def same_status(one, other):
    """Ours tells of hosts that are unreachable when none failed, Ansible whenever there are any."""
    both = one['status'] == 'unreachable' and other['status'] == 'failed' and \
        any(counts['failed'] for counts in one['recap'].values())
    return both or one['status'] == other['status']


def differences(wanted, got):
    """{aspect: [(where, wanted, got)]} of two observations."""
    found = {}
    for number, (one, other) in enumerate(zip(wanted, got)):
        where = 'run %d: ' % (number + 1) if len(wanted) > 1 else ''
        if not same_status(one, other):
            found.setdefault('status', []).append((where + 'status', one['status'], other['status']))
        for aspect in ('recap', 'log'):
            if told(one.get(aspect, [])) != told(other.get(aspect, [])):
                found.setdefault(aspect, []).append((where + aspect, one.get(aspect), other.get(aspect)))
        for host in sorted(set(one['hosts']) | set(other['hosts'])):
            for aspect in ('steps', 'messages', 'output', 'tree'):
                empty = {} if aspect == 'tree' else []
                before = one['hosts'].get(host, {}).get(aspect, empty)
                after = other['hosts'].get(host, {}).get(aspect, empty)
                if not same(aspect, before, after):
                    found.setdefault(aspect, []).append((where + host + ' ' + aspect, before, after))
    return found


def describe(found, said):
    for places in found.values():
        for where, wanted, got in places:
            yield '%s\n    wanted %s\n    got    %s' % (where, json.dumps(wanted), json.dumps(got))
    for text in said:
        if text.strip():
            yield 'said: ' + text.strip()


def reason_to_skip(case):
    return 'needs root and sudo' if case.root and (os.getuid() != 0 or not shutil.which('sudo')) else None


# --- commands -----------------------------------------------------------------------------------

class Tap:
    def __init__(self, count):
        self.count, self.failed = 0, 0
        print('1..%d' % count)

    def tell(self, name, good, words=(), skip=None):
        self.count += 1
        self.failed += not good
        print('%s %d - %s%s' % ('ok' if good else 'not ok', self.count, name, ' # SKIP ' + skip if skip else ''))
        for word in words:
            print('#   ' + word.replace('\n', '\n#   '))
        sys.stdout.flush()


def judge(case, answer, expected, got):
    """(good, words) about one observation of ours."""
    found = differences(answer['runs'], got)
    if set(found) == expected:
        return True, []
    words = []
    if expected - set(found):
        words.append('differences.txt is out of date: no difference in ' + ', '.join(sorted(expected - set(found))))
    unexpected = {aspect: found[aspect] for aspect in found if aspect not in expected}
    return False, words + list(describe(unexpected, [run['said'] for run in got] if unexpected else []))


def replay(sutler, words):
    chosen, expected, answers = cases.read_cases(words), cases.read_differences(), {}
    unknown = set(expected) - {case.path for case in cases.read_cases()}
    if unknown:
        raise SystemExit('differences.txt: no such case: ' + ', '.join(sorted(unknown)))
    try:
        hosts = programs.Hosts().__enter__()
    except LookupError as reason:
        print('1..0 # SKIP', reason)
        return 0
    try:
        tap = Tap(len(chosen))
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            jobs = [None if reason_to_skip(case) else pool.submit(hosts.run, sutler, case) for case in chosen]
            for case, job in zip(chosen, jobs):
                answer = answers.setdefault(case.group, read_answers(case.group)).get(case.name)
                if job is None:
                    tap.tell(case.path, True, skip=reason_to_skip(case))
                elif answer is None or answer['case'] != case.digest():
                    tap.tell(case.path, False, ['no answer to this case: ./dev answers ' + case.path])
                else:
                    try:
                        tap.tell(case.path, *judge(case, answer, expected.get(case.path, set()), job.result()))
                    except (subprocess.TimeoutExpired, ValueError) as problem:
                        tap.tell(case.path, False, [str(problem)])
                if tap.failed and os.environ.get('STOP_AT_FAILURE'):
                    pool.shutdown(wait=True, cancel_futures=True)
                    return 1
        return 1 if tap.failed else 0
    finally:
        hosts.__exit__()


def ask_all(chosen):
    """Asks with as many starts of Ansible as there are jobs: (case, answer) of each."""
    starts, idle = [], queue.SimpleQueue()

    def ask(case):
        start = idle.get()
        try:
            return {'case': case.digest(), 'runs': start.run(case)}
        finally:
            idle.put(start)
    try:
        for _ in range(min(JOBS, len(chosen))):
            starts.append(programs.Ansible())
            idle.put(starts[-1])
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            yield from zip(chosen, pool.map(ask, chosen))
    finally:
        for start in starts:
            start.end()


def remake(words):
    everything = '--all' in words
    chosen = cases.read_cases([word for word in words if word != '--all'])
    answers = {case.group: read_answers(case.group) for case in cases.read_cases()}
    os.makedirs(ANSWERS, exist_ok=True)
    todo = [case for case in chosen
            if everything or answers[case.group].get(case.name, {}).get('case') != case.digest()]
    for number, (case, answer) in enumerate(ask_all(todo)):
        print('%d of %d: %s: %s' % (number + 1, len(todo), case.path, ', '.join(
            run['status'] if run['status'] == 'well' else '%s %s' % (run['status'], run['said'].strip()[-300:])
            for run in answer['runs'])))
        sys.stdout.flush()
        for run in answer['runs']:
            del run['said']
        answers[case.group][case.name] = answer
        write_answers(case.group, answers[case.group])
    for group, known in answers.items():
        names = {case.name for case in cases.read_cases() if case.group == group}
        write_answers(group, {name: answer for name, answer in known.items() if name in names})


def sample(count, seed):
    """The seed is printed; a day's runs by CI ask about different cases."""
    if not shutil.which('ansible-playbook'):
        print('1..0 # SKIP ansible-playbook is not installed')
        return 0
    every = [case for case in cases.read_cases() if not reason_to_skip(case)]
    chosen = random.Random(seed).sample(every, min(count, len(every)))
    tap = Tap(len(chosen))
    print('# seed', seed)
    for case, answer in ask_all(chosen):
        recorded = read_answers(case.group).get(case.name, {'runs': []})
        found = differences(recorded['runs'], answer['runs'])
        tap.tell(case.path, bool(recorded['runs']) and not found, describe(found, [run['said'] for run in answer['runs']]))
    return 1 if tap.failed else 0


def main(arguments):
    command, words = arguments[0] if arguments else '', arguments[1:]
    if command == 'replay' and words:
        return replay(os.path.abspath(words[0]), words[1:])
    if command == 'answers':
        return remake(words)
    if command == 'sample' and words:
        return sample(int(words[0]), int(words[1]) if len(words) > 1 else random.SystemRandom().randrange(1 << 31))
    if command == 'show' and words:
        for path, text in cases.random_case(int(words[0])).files.items():
            print('+++ %s\n%s' % (path, text), end='')
        return 0
    if command == 'list':
        print('\n'.join(case.path for case in cases.read_cases()))
        return 0
    raise SystemExit(__doc__)


if __name__ == '__main__':
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
