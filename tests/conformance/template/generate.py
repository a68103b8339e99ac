"""Generated templates: a random walk over the grammar, and tables of calls."""
import random


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.scope = []

    def pick(self, *choices):
        return self.r.choice(choices)

    def literal(self):
        return self.pick('0', '1', '2', '-1', '3.5', '10', "'a'", "'b c'", "''", 'true', 'false',
                         'none', '[]', '{}', '[1, 2]', "['x', 'y']", "{'k': 1}", '(1, 2)',
                         "'Grüße'", '1e3', '0.1', "'<b>'", "'10'", "'3.7'")

    def name(self):
        if self.scope and self.r.random() < 0.4:
            return self.r.choice(self.scope)
        return self.pick('name', 'zero', 'one', 'two', 'half', 'empty', 'yes_', 'no_', 'none_',
                         'numbers', 'words', 'dict', 'deep', 'users', 'mixed', 'text', 'unicode',
                         'list_empty', 'lazy', 'lazy_list', 'negative', 'title', 'nested', 'vhosts',
                         'not_there')

    def text(self, depth):
        return self.pick('name', 'title', 'text', 'unicode', 'lazy', "'a,b,c'", 'lines',
                         self.number(depth - 1) + ' | string' if depth > 0 else "'z'")

    def number(self, depth):
        return self.pick('one', 'two', 'zero', 'negative', '3', '7', 'half', 'pi',
                         '(words | length)' if depth > 0 else '5')

    def sequence(self, depth):
        if depth <= 0:
            return self.pick('numbers', 'words', 'users', '[3, 1, 2]', 'list_empty', 'mixed',
                             'nested', 'range(4)', 'dict', 'title')
        s = self.sequence(depth - 1)
        return self.pick(s, s + ' | list', s + ' | reverse | list', '[%s]' % self.expression(depth - 1),
                         s + '[1:]', s + '[:2]', s + '[::-1]', s + ' | unique | list',
                         s + ' | sort', '(%s + [9])' % s, s + ' | flatten', s + " | map('string') | list",
                         s + ' | select | list', s + ' | reject | list', s + " | map('upper') | list",
                         s + ' | batch(2) | list', s + ' | slice(2) | list', s + ' | shuffle(seed=1)',
                         s + " | selectattr('age') | list", s + " | map(attribute='name') | list",
                         s + ' | zip(numbers) | list', s + ' | union([1]) ', s + ' | difference([1])',
                         'dict.items() | list', 'dict | dict2items', 'title.split()')

    def filters(self, depth):
        e = self.expression(depth - 1)
        return '%s | %s' % (e if e[0] not in '-' else '(%s)' % e, self.pick(
            'upper', 'lower', 'title', 'length', 'string', 'int', 'float', 'list', 'first', 'last',
            'default(1)', "default('d', true)", 'sort', 'reverse', 'join', "join('-')", 'trim',
            'capitalize', 'abs', 'round', 'round(1)', 'bool', 'quote', 'to_json', 'to_yaml', 'min', 'max',
            'sum', 'unique', 'count', 'replace(1, 2)', "replace('a', 'b')", 'indent(2)', 'wordcount',
            'center(9)', 'truncate(5)', 'escape', 'dictsort', 'type_debug', 'flatten', "ternary('t', 'f')",
            "regex_replace('[aeiou]', '*')", "regex_findall('[a-z]')",
            "regex_search('[a-z]+')", 'urlencode', 'to_nice_json', 'items', 'mandatory', 'pprint',
            'human_readable', "split(',')", 'basename', 'dict2items', 'combine({1: 2})', 'random(seed=3)'))

    def test(self, depth):
        return '%s is %s%s' % (self.atom(depth), self.pick('', '', 'not '), self.pick(
            'defined', 'undefined', 'none', 'string', 'number', 'mapping', 'iterable', 'sequence',
            'odd', 'even', 'boolean', 'integer', 'float', 'eq 1', 'gt 1', 'lt(2)', 'in [1, 2]',
            'divisibleby 2', "match('a')", "search 'b'", 'lower', 'upper', 'truthy', 'falsy',
            "contains('a')", 'sameas true', 'true', 'false', 'callable', "version('1.0', '>')"))

    def atom(self, depth):
        if depth <= 0 or self.r.random() < 0.3:
            return self.pick(self.name(), self.literal())
        return '(%s)' % self.expression(depth - 1)

    def expression(self, depth):
        if depth <= 0:
            return self.atom(0)
        kind = self.r.randrange(14)
        a = lambda: self.atom(depth - 1)
        if kind == 0:
            op = self.pick('+', '-', '*', '/', '//', '%', '**')
            # no complex numbers, and no undefined value as the arguments of a format
            right = self.pick('2', '3', '0', '7') if op in ('%', '**') else a()
            return '%s %s %s' % (a(), op, right)
        if kind == 1:
            return '%s ~ %s' % (a(), a())
        if kind == 2:
            return '%s %s %s' % (a(), self.pick('==', '!=', '<', '<=', '>', '>=', 'in', 'not in'), a())
        if kind == 3:
            return '%s %s %s' % (a(), self.pick('and', 'or'), a())
        if kind == 4:
            return 'not %s' % a()
        if kind == 5:
            return '%s if %s else %s' % (a(), self.condition(depth - 1), a())
        if kind in (6, 7):
            if self.r.random() < 0.05:
                return '%s | %s' % (self.text(0), self.pick('b64encode', 'md5', 'sha1', 'to_uuid'))
            return self.filters(depth)
        if kind == 8:
            return self.test(depth - 1)
        if kind == 9:
            # names only: Jinja2 folds constants, and what fails there is not what fails at run time
            return '%s%s' % (self.name(), self.pick('.a', '.name', '[0]', '[-1]', "['a']", '[1:]', '[::2]',
                                            '.a.b', '.x', '[0].name', '[one]'))
        if kind == 10:
            return self.sequence(depth - 1)
        if kind == 11:
            return '(%s).%s' % (self.text(depth - 1), self.pick(
                'upper()', 'split()', "replace('o', '0')", 'strip()', "startswith('b')", 'title()',
                "find('o')", "split('o', 1)", 'splitlines()', "count('o')", 'zfill(8)', "center(9, '*')",
                "endswith('b')", "format(1)", "join(words)", "partition('o')"))
        if kind == 12:
            return '[%s, %s]' % (self.expression(depth - 1), a())
        return '{%s: %s}' % (self.pick("'k'", '1', 'name', 'true'), self.expression(depth - 1))

    def condition(self, depth):
        return self.pick(self.test(depth), '%s == %s' % (self.atom(depth), self.atom(0)), self.atom(depth))

    def space(self):
        return self.pick('', '', '', ' ', '\n', ' \n', 'x', 'text ', '\n\n')

    def tag(self, text):
        left, right = self.pick('', '', '', '-'), self.pick('', '', '', '-')
        return '{%%%s %s %s%%}' % (left, text, right)

    def statement(self, depth):
        kind = self.r.randrange(12)
        if kind <= 3 or depth <= 0:
            return '{{%s %s %s}}' % (self.pick('', '', '-'), self.expression(max(depth, 1)),
                                     self.pick('', '', '-'))
        if kind == 4:
            return self.tag('if ' + self.condition(depth)) + self.body(depth - 1) + self.pick(
                '', self.tag('else') + self.body(depth - 1),
                self.tag('elif ' + self.condition(depth)) + self.body(depth - 1)) + self.tag('endif')
        if kind in (5, 6):
            name = self.pick('i', 'item', 'x')
            over = self.sequence(depth - 1)
            self.scope.append(name)
            extra = self.pick('', '', ' if %s' % self.condition(1))
            body = self.body(depth - 1) + self.pick('', '{{ loop.%s }}' % self.pick(
                'index', 'index0', 'first', 'last', 'length', 'revindex', 'revindex0', 'depth',
                "cycle('a', 'b')", 'changed(%s)' % name, 'previtem', 'nextitem'))
            if self.r.random() < 0.1:
                body += self.tag('if ' + self.condition(1)) + self.tag(self.pick('break', 'continue')) + \
                    self.tag('endif') + 'after'
            self.scope.pop()
            return self.tag('for %s in %s%s' % (name, over, extra)) + body + self.pick(
                '', self.tag('else') + 'none') + self.tag('endfor')
        if kind == 7:
            name = self.pick('v', 'name', 'one', 'w')
            out = self.tag('set %s = %s' % (name, self.expression(depth - 1)))
            self.scope.append(name)
            return out
        if kind == 8:
            name = self.pick('v', 'w')
            out = self.tag('set ' + name) + self.body(depth - 1) + self.tag('endset')
            self.scope.append(name)
            return out
        if kind == 9:
            saved = list(self.scope)
            self.scope = ['p', 'q']
            body = self.body(depth - 1)
            self.scope = saved
            return self.tag('macro m(p, q=%s)' % self.literal()) + body + self.tag('endmacro') + \
                '{{ m(%s) }}' % self.pick('1', 'name, 2', "q='z'", '', 'p=one')
        if kind == 10:
            return self.pick('{# comment #}', '{#- c -#}', '{% raw %}{{ x }}{% endraw %}',
                             '{%- raw -%} {% x {%- endraw -%}')
        saved = list(self.scope)
        out = self.tag('with z = ' + self.expression(depth - 1))
        self.scope.append('z')
        out += self.body(depth - 1) + self.tag('endwith')
        self.scope = saved
        return out

    def body(self, depth):
        return ''.join(self.space() + self.statement(depth) + self.space()
                       for _ in range(self.r.randrange(1, 3)))


def template(seed):
    g = Generator(seed)
    kind = g.r.randrange(10)
    if kind < 4:
        return 'file', g.body(3)
    if kind < 5:
        return 'evaluate', g.body(2)
    if kind < 8:
        return 'evaluate', '{{ %s }}' % g.expression(3)
    return 'condition', g.condition(2)


# --- tables: every filter and test with every kind of input ---

INPUTS = ["''", "'abc'", "'Hello World'", "'  x '", "'12'", "'3.9'", "'-5'", "'yes'", '0', '1', '-7', '42', '2.5',
          'true', 'false', 'none', '[]', '[1, 2, 3]', "['b', 'a', 'B']", "[[1, 2], [3]]", '{}',
          "{'a': 1, 'b': [2]}", "[{'a': 1}, {'a': 2}]", '(1, 2)', 'unicode', 'html', 'not_there', 'users', 'range(4)', '[not_there, 1]']

FILTERS = ['abs', 'batch(2)', 'b64encode', 'bool', 'capitalize', 'center(10)', 'count', 'default(5)',
           "default('x', true)", 'dict2items', 'dictsort', 'escape', 'filesizeformat', 'first', 'flatten', 'float',
           'forceescape', "hash('sha256')", 'human_readable', 'indent', 'indent(2, true)', 'int', 'int(7)',
           'items', "join(', ')", 'last', 'length', 'list', 'lower', 'max', 'md5', 'min', 'mandatory', 'pprint',
           'quote', 'random(seed=5)', 'regex_escape', "regex_findall('[a-z1-9]')", "regex_replace('(.)', '<\\\\1>')",
           "regex_search('[a-z]+')", "reject('none')", "replace('a', 'X')", 'reverse', 'round', "round(1, 'floor')",
           'safe', 'select', "select('number')", 'sha1', 'shuffle(seed=3)', 'slice(2)', 'sort', 'sort(reverse=true)',
           "split('l')", 'splitext', 'string', 'striptags', 'sum', "ternary('y', 'n')", "ternary('y', 'n', 'z')",
           'title', 'to_json', 'to_nice_json', 'to_nice_yaml', 'to_uuid', 'to_yaml', 'tojson', 'trim', 'truncate(4)',
           'truncate(5, true, leeway=0)', 'type_debug', 'unique', 'upper', 'urlencode', 'wordcount', 'wordwrap(4)',
           'xmlattr', 'zip([1, 2])', 'zip_longest([1])', 'basename', 'dirname', 'expanduser', 'comment',
           'combine({1: 2})', 'union([1])', 'intersect([1, 2])', 'difference([1])', 'symmetric_difference([1])',
           'items2dict', 'log', 'pow(2)', 'root', 'urldecode', 'urlsplit', "map('upper')", "map(attribute='a')",
           "selectattr('a')", "rejectattr('a', 'eq', 1)", "groupby('a')", 'permutations(2)', 'combinations(2)',
           'product([1])', 'subelements("a")', 'rekey_on_member("a")', 'path_join', 'from_json', 'from_yaml',
           'human_to_bytes', 'b64decode', 'attr("a")', 'extract({"abc": 1, 1: 2})', 'format(1)', 'd', 'e', 'shuffle']

TESTS = ['abs', 'all', 'any', 'boolean', 'callable', 'changed', 'contains(1)', 'defined', 'divisibleby(2)',
         'eq(1)', 'even', 'exists', 'failed', 'falsy', 'falsy(true)', 'file', 'float', 'ge(1)', 'gt(1)', "in([1, 'abc'])",
         'integer', 'iterable', 'le(1)', 'lower', 'lt(1)', 'mapping', "match('a')", 'nan', 'ne(1)', 'none', 'number',
         'odd', 'sameas(1)', "search('b')", 'sequence', 'skipped', 'string', 'subset([1, 2, 3])', 'succeeded',
         'superset([1])', 'truthy', 'truthy(true)', 'undefined', 'upper', "version('1', '>=')", 'directory', 'url', 'uri']

BINARY = ['+', '-', '*', '/', '//', '%', '**', '~', '==', '<', 'in', 'and', 'or']


def table():
    for f in FILTERS:
        for i in INPUTS:
            if f == 'shuffle' or (f.startswith('random') and 'not_there' in i):
                continue
            yield '{{ %s | %s }}' % (i if not i.startswith('-') else '(%s)' % i, f.replace('\\\\', '\\\\')), 'file'
    for t in TESTS:
        for i in INPUTS:
            yield '{{ %s is %s }}' % (i if not i.startswith('-') else '(%s)' % i, t), 'evaluate'
    for op in BINARY:
        for a in INPUTS:
            for b in ('2', "'a'", '[1]', '0', '1.5', 'none', "{'a': 1}"):
                yield '{{ %s %s %s }}' % (a, op, b), 'file'
