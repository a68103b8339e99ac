"""Makes mutants: small changes of one place in a source file, each of which some test should notice."""
import hashlib
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = (('lib/run', '.c'), ('lib/playbook', '.c'), ('lib/transport/runtime', '.sh'))

# What only gives memory back: its loss is for the sanitizers to find, not for a change of behaviour.
FREEING = re.compile(r'(free|unref|clear|_clear_pointer|clear_error|steal_pointer|wipe)\w*\s*\(')

FREED = re.compile(r'^\t+g_string_free\(\w+, TRUE\);$')

C_SWAPS = [
    ('comparison', r' == ', ' != '), ('comparison', r' != ', ' == '),
    ('comparison', r' < ', ' <= '), ('comparison', r' > ', ' >= '),
    ('comparison', r' <= ', ' < '), ('comparison', r' >= ', ' > '),
    ('and-or', r' && ', ' || '), ('and-or', r' \|\| ', ' && '), ('and-or', r' &&$', ' ||'), ('and-or', r' \|\|$', ' &&'),
    ('constant', r'\bTRUE\b', 'FALSE'), ('constant', r'\bFALSE\b', 'TRUE'),
    ('constant', r'(?<![\w.\'"])0(?![\w.\'"])', '1'), ('constant', r'(?<![\w.\'"])1(?![\w.\'"])', '0'),
    ('constant', r'\bSTEP_OK\b', 'STEP_CHANGED'), ('constant', r'\bSTEP_CHANGED\b', 'STEP_OK'),
    ('constant', r'\bSTEP_SKIPPED\b', 'STEP_OK'), ('constant', r'\bSTEP_FAILED\b', 'STEP_OK'),
]
SHELL_SWAPS = [
    ('comparison', r' = ', ' != '), ('comparison', r' != ', ' = '),
    ('comparison', r' -eq ', ' -ne '), ('comparison', r' -ne ', ' -eq '),
    ('comparison', r' -lt ', ' -le '), ('comparison', r' -gt ', ' -ge '),
    ('comparison', r' -le ', ' -lt '), ('comparison', r' -ge ', ' -gt '),
    ('comparison', r'\[ -n ', '[ -z '), ('comparison', r'\[ -z ', '[ -n '),
    ('and-or', r' && ', ' || '), ('and-or', r' \|\| ', ' && '),
    ('constant', r'(?<![\w.$\'"{:/-])0(?![\w.\'"}])', '1'), ('constant', r'(?<![\w.$\'"{:/-])1(?![\w.\'"}>])', '0'),
]
C_CONDITION = re.compile(r'^(\s*(?:\} else )?(?:if|while) )\((.*)\)( \{)$')
SHELL_CONDITION = re.compile(r'^(\s*(?:el)?if|\s*while|\s*until) (?!! )(.*); (then|do)$')
C_STATEMENT = re.compile(r'^\t+(?!return\b|g_auto|case\b|break;|continue;|goto\b|const\b|struct\b|static\b|\*/|/\*)'
                         r'[\w*(][^;{}]*;$')
DECLARATION = re.compile(r'^\t+(?:const |unsigned )*[a-z_]\w*(?: [a-z_]\w*)? \**\w+(\[\w*\])?( = .*)?;$')
SHELL_STATEMENT = re.compile(r'^\t+(?!return\b|local\b|fi\b|done\b|esac\b|else\b|then\b|do\b|case\b|\)|;;|if\b|for\b|while\b|'
                             r'until\b|elif\b|\}|#)[a-zA-Z_:"$].*[^\\{(|&;]$')


class Mutant:
    def __init__(self, file, line, kind, before, after):
        self.file, self.line, self.kind, self.before, self.after = file, line, kind, before, after
        self.number = 0

    @property
    def key(self):
        """What explanations name: it stays the same when lines move."""
        return '%s: %s -> %s' % (self.file, self.before.strip(), self.after.strip() or '(dropped)')

    @property
    def name(self):
        """The key, and which of those with the same."""
        return '%s #%d' % (self.key, self.number)

    def text(self):
        with open(os.path.join(ROOT, self.file), encoding='utf-8') as source:
            lines = source.read().split('\n')
        assert lines[self.line - 1] == self.before
        lines[self.line - 1] = self.after
        return '\n'.join(lines)

    def __str__(self):
        return '%s:%d: %s\n    - %s\n    + %s' % (self.file, self.line, self.kind, self.before.strip(),
                                                 self.after.strip() or '(dropped)')


def without_words(line, shell):
    """The line with comments and texts blanked out, so that only code is changed."""
    def blank(match):
        return 'x' * len(match[0])
    line = re.sub(r'"(?:[^"\\]|\\.)*"', blank, line) if not shell else re.sub(r"'[^']*'", blank, line)
    line = re.sub(r"'(?:[^'\\]|\\.)'", blank, line) if not shell else line
    line = re.sub(r'/\*.*?\*/|//.*$|/\*.*$', blank, line) if not shell else re.sub(r'(^|\s)#.*$', blank, line)
    return line


def of_line(file, number, line, code, shell):
    for kind, pattern, text in SHELL_SWAPS if shell else C_SWAPS:
        for match in re.finditer(pattern, code):
            yield Mutant(file, number, kind, line, line[:match.start()] + text + line[match.end():])
    condition = (SHELL_CONDITION if shell else C_CONDITION).match(line)
    if condition and shell:
        yield Mutant(file, number, 'negation', line, '%s ! { %s; }; %s' % condition.groups())
    elif condition:
        yield Mutant(file, number, 'negation', line, '%s(!(%s))%s' % condition.groups())
    if shell and SHELL_STATEMENT.match(code) and not re.search(r'^\s*[\w"$*|?\[\]!-]+\)', code):
        yield Mutant(file, number, 'statement', line, '\t:')
    elif not shell and C_STATEMENT.match(code) and code.count('(') == code.count(')') and \
            not DECLARATION.match(code) and not FREEING.search(code):
        yield Mutant(file, number, 'statement', line, re.match(r'\s*', line)[0] + ';')


def of_file(file):
    shell, comment, previous = file.endswith('.sh'), False, ''
    with open(os.path.join(ROOT, file), encoding='utf-8') as source:
        for number, line in enumerate(source.read().split('\n'), 1):
            stripped = line.strip()
            comment = comment or not shell and stripped.startswith('/*')
            inside, comment = comment, comment and '*/' not in line
            # A line that goes on from the one before is no statement of its own.
            goes_on = not shell and line.startswith('\t') and previous and previous[-1] not in ';{}:/'
            previous = stripped or previous
            if FREED.match(line):
                continue
            if inside or not line.startswith('\t') or not stripped or stripped.startswith('#'):
                continue
            for mutant in of_line(file, number, line, without_words(line, shell), shell):
                if not (goes_on and mutant.kind == 'statement'):
                    yield mutant


def every():
    for folder, ending in FOLDERS:
        for name in sorted(os.listdir(os.path.join(ROOT, folder))):
            numbers = {}
            for mutant in of_file(folder + '/' + name) if name.endswith(ending) else ():
                mutant.number = numbers[mutant.key] = numbers.get(mutant.key, 0) + 1
                yield mutant


def choose(count, seed, words=()):
    """Drawn one by one by their names, so that a change of the program changes no more of the draw than it touches."""
    def lot(mutant):
        return hashlib.sha256(('%s %s' % (seed, mutant.name)).encode()).digest()
    return sorted((mutant for mutant in every() if not words or any(mutant.file.startswith(word) for word in words)),
                  key=lot)[:count]


if __name__ == '__main__':
    found = list(every())
    print(len(found), {kind: sum(mutant.kind == kind for mutant in found) for kind in {mutant.kind for mutant in found}})
    for mutant in choose(25, 1):
        print(mutant)
