"""Reads the playbooks of cases/*.txt, makes the random ones, and reads the differences that are known.

A case begins with "=== NAME", then words behind " | ":

    --OPTION...    options for both programs, as on a command line
    root           runs only as root
    twice          the playbook runs twice, and both runs are compared
    gone           there is one host more, `gone`, of no group, which does not answer

"+++ PATH" begins another file of the case; the first is site.yml. Hosts are a, b, c and d, a and b are the
group `web`, c and d `db`; each has a folder of its own, `{{ root }}`, which is empty before the case.
"""
import hashlib
import os
import shlex

import plays

HERE = os.path.dirname(os.path.abspath(__file__))
# Random plays (plays.py) with the seeds 1 to this are cases of the group `random`.
SEEDS = 150
# But for these, in which we differ from Ansible today. Some of them depend on which host is first.
LEFT_OUT = {
    20, 43,         # a rescue that ends hosts or clears errors while others are elsewhere
    27,             # ignore_errors that is a template, of a task whose condition cannot be evaluated
    36,             # the items of a loop on a host that is unreachable: Ansible tries each
    39,             # an item whose arguments cannot be evaluated: Ansible ends the loop there
    67,             # status of a play that ends with a failure that is fatal for all
    80, 146,        # a host that is elsewhere when what runs once fails, or the play ends
    101, 133, 143,  # handlers that run once, and flushes under a condition
    104,            # ansible_play_hosts with `order`
}
ASPECTS = ('status', 'recap', 'steps', 'messages', 'output', 'log', 'tree')


class Case:
    def __init__(self, group, title):
        name, *words = [part.strip() for part in title.split(' | ')]
        self.group, self.name = group, name
        self.title = title
        self.files = {'site.yml': ''}
        self.options, self.root, self.runs, self.gone, self.in_step = [], False, 1, False, False
        for word in words:
            if word.startswith('-'):
                self.options += shlex.split(word)
            elif word == 'root':
                self.root = True
            elif word == 'gone':
                self.gone = True
            elif word == 'twice':
                self.runs = 2
            else:
                raise SystemExit('%s/%s: unknown word %r' % (group, name, word))

    @property
    def path(self):
        return self.group + '/' + self.name

    @property
    def check(self):
        return any(option in ('--check', '-C') for option in self.options)

    def digest(self):
        """What the recorded answer is an answer to."""
        text = self.title + ''.join('\0%s\0%s' % file for file in sorted(self.files.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def random_case(seed, made=None):
    """The plays of a seed (plays.py). made: what was made of it, or of parts of it."""
    book, files, options = made or plays.make(seed)
    case = Case('random', ' | '.join(['%d' % seed, 'gone'] + ([options] if options else [])))
    case.files = plays.files_of(book, files)
    case.in_step = all(play.get('strategy') == 'linear' for play in book)
    return case


def read_group(path):
    case, current, group = None, None, os.path.splitext(os.path.basename(path))[0]
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            if line.startswith('=== '):
                case, current = Case(group, line[4:].strip()), 'site.yml'
                yield case
            elif line.startswith('+++ '):
                current = line[4:].strip()
                case.files[current] = ''
            elif case:
                case.files[current] += line


def read_cases(words=()):
    """All cases, or those whose path (GROUP/NAME) begins with one of the words."""
    folder, found = os.path.join(HERE, 'cases'), []
    for name in sorted(os.listdir(folder)):
        # A case ends where the next begins, so that its files are read when the list is complete.
        found += list(read_group(os.path.join(folder, name)))
    found += [random_case(seed) for seed in range(1, SEEDS + 1) if seed not in LEFT_OUT]
    paths = [case.path for case in found]
    twice = {path for path in paths if paths.count(path) > 1}
    if twice:
        raise SystemExit('two cases have the name ' + ', '.join(sorted(twice)))
    return [case for case in found if not words or any(case.path.startswith(word) for word in words)]


def read_differences():
    """{case path: set of aspects}, from differences.txt."""
    found = {}
    with open(os.path.join(HERE, 'differences.txt'), encoding='utf-8') as lines:
        for line in lines:
            words = line.split('#')[0].split()
            if not words:
                continue
            path, aspects = words[0], set(words[1].split(','))
            if not aspects <= set(ASPECTS):
                raise SystemExit('differences.txt: %s: unknown aspect in %s' % (path, words[1]))
            found[path] = aspects
    return found
