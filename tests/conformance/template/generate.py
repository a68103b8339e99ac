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

    def looks_like(self):
        """A text that may be read as a literal, or nearly."""
        return self.pick("'[1, 2]'", '"[\'a\', \'b\']"', "'[1, 2'", "' [1]'", "'[1] '", '"{\'a\': 1}"', "'{a: 1}'",
                         "'(1, 2)'", "'()'", "'True'", "'true'", "'None'", "'null'", "'1.0'", "'01'", "'1e3'", "'-1'",
                         "'0x1f'", "'1_0'", '"\'a\'"', "'a: b'", "'- a'", "'...'", "'1,2'", "'~'", "'yes'", "'@x'",
                         "'#c'", "'2023-01-02'", "'1:30'", "'it\\'s'", "'a\\\\b'", "'a\\nb'", "'\\ue0a0'", "'🎉 é'")

    def percent(self, depth):
        """A format of Python's with values for it."""
        parts = []
        for _ in range(self.r.randrange(1, 4)):
            parts.append('%%%s%s%s%s' % (self.pick('', '', '-', '+', ' ', '0', '#'), self.pick('', '', '6', '12'),
                                         self.pick('', '', '.0', '.2'), self.pick(*'sdrxofegcia%')))
        return self.values("'%s'" % '|'.join(parts), ' % (', depth)

    def braces(self, depth):
        parts = []
        for _ in range(self.r.randrange(1, 4)):
            parts.append('{%s%s}' % (self.pick('', '', '!r', '!s'), self.pick(
                '', '', ':5', ':<6', ':>6', ':*^9', ':05', ':+', ':,', ':.2f', ':d', ':x', ':#x', ':.3', ':e', ':%',
                ':s', ':_', ':<05', ':g', ':.1%', ':10,.1f')))
        return self.values("'%s'" % '|'.join(parts), '.format(', depth)

    def values(self, form, between, depth):
        given = [self.pick(self.literal(), self.name(), self.number(1)) for _ in range(self.r.randrange(1, 4))]
        return '%s%s%s)' % (form, between, ', '.join(given) + (',' if between == ' % (' else ''))

    def method(self, depth):
        text = self.pick(self.text(depth - 1), self.looks_like())
        return '(%s).%s' % (text, self.pick(
            "split(none, 1)", "rsplit(none, 1)", "rsplit('o', 1)", "split('o')", "find('o', 2)", "rfind('o')", "count('')",
            "replace('o', 'x', 1)", "strip(' bH')", "lstrip('h')", "rstrip()", "startswith(('b', 'H'))", "zfill(12)",
            "rjust(9, '.')", "ljust(9)", "center(9)", "expandtabs(2)", "partition(' ')", "rpartition(' ')", "swapcase()",
            "casefold()", "isalpha()", "isdigit()", "isspace()", "istitle()", "isupper()", "islower()", "isprintable()",
            "removeprefix('b')", "removesuffix('b')", "splitlines(true)", "index('o')", "join(['1', '2'])", "title()",
            "capitalize()", "nope()", "split(sep='l', maxsplit=1)", "format(name, one)"))

    def options(self, depth):
        """Filters with the arguments that matter, on what they are meant for."""
        kind = self.r.randrange(4)
        if kind == 0:
            return '%s | %s' % (self.sequence(depth - 1), self.pick(
                "join(', ')", "batch(2, 'x')", "slice(3, 'x')", 'sort(reverse=true)', 'sort(case_sensitive=true)',
                "sort(attribute='name')", "sort(attribute='age,name')", "map(attribute='age') | list",
                "map(attribute='x', default=0) | list", "selectattr('age', 'gt', 26) | list",
                "rejectattr('admin') | list", "selectattr('groups', 'contains', 'dev') | list",
                "map('regex_replace', 'a', 'b') | list", "select('string') | list", "reject('in', [1, 2]) | list",
                "groupby('age')", "groupby('age', default=1)", 'flatten(1)', 'flatten(levels=1, skip_nulls=false)',
                "map('default', 0) | list", "sum(start=1)", "sum(attribute='age')", "max(attribute='age')",
                'min(case_sensitive=true)', "unique(attribute='age') | list", 'first | default(0)', "zip_longest([1], "
                "fillvalue='-') | list", "items2dict(key_name='name', value_name='age')", "subelements('groups')",
                "map('type_debug') | list", "map('combine', {'z': 1}) | list", "dict2items(key_name='k')",
                "dictsort(by='value')", 'combinations(2) | list', 'product([1, 2]) | list', "map('extract', dict) | list"))
        if kind == 1:
            return '%s | %s' % (self.pick('users', 'deep', 'dict', 'nested', 'mixed', self.expression(depth - 1)), self.pick(
                'to_json(indent=2)', 'to_json(sort_keys=true)', 'to_json(ensure_ascii=false)', 'to_nice_json(indent=1)',
                'to_nice_json(sort_keys=false)', "to_json(separators=[';', '='])", 'to_nice_yaml(indent=2)',
                'to_yaml(default_flow_style=false)', 'to_yaml(width=20)', 'to_nice_yaml(sort_keys=false)',
                'to_yaml(explicit_start=true)', "to_yaml(default_style='\"')", 'to_json | from_json', 'to_yaml | from_yaml',
                'to_nice_yaml | indent(2)', 'to_json | quote', 'pprint', 'tojson(1)', 'to_json | b64encode'))
        if kind == 2:
            return '%s | %s' % (self.pick(self.text(depth - 1), self.looks_like()), self.pick(
                "regex_replace('^(.)', '<\\\\1>')", "regex_replace('(?i)B', 'x')", "regex_findall('\\\\w+')",
                "regex_search('(b|o)+')", "regex_replace('(?m)^', '# ')", "regex_replace('\\\\s+', ' ')",
                'truncate(6, true)', "truncate(5, false, '…', 0)", 'wordwrap(5)', "wordwrap(4, false, '/')",
                'indent(3, true)', "indent('> ', blank=true)", "center(15)", 'int(7)', 'int(base=16)', 'float(0.5)',
                "default('x', true)", "split('o', 1)", 'b64encode | b64decode', "hash('md5')", 'from_json', 'from_yaml',
                'comment', "comment('c')", "comment('plain', prefix='##')", 'urlsplit', "urlsplit('path')", 'splitext',
                'human_to_bytes', 'to_uuid', 'regex_escape', 'quote | length', "replace('o', '')", 'wordcount',
                'filesizeformat', 'bool', 'list', 'string | length', 'e | length', 'striptags', 'urlize', 'trim', 'title'))
        return '%s | %s' % (self.number(depth), self.pick(
            'round(2)', "round(1, 'floor')", "round(0, 'ceil') | int", "round(method='ceil')", 'abs', 'log(2)', 'pow(3)',
            'root(3)', 'human_readable', 'human_readable(true)', 'filesizeformat(true)', 'string', 'int', 'float',
            'random(seed=5)', "ternary('y', 'n')", 'default(1, true)', 'bool', 'to_json', 'to_yaml', "format('x')",
            'type_debug', '[]', 'length', 'round(none)', 'round(-1)'))

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
        kind = self.r.randrange(19)
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
        if kind == 13:
            return self.pick(self.percent, self.braces)(depth)
        if kind == 14:
            return self.method(depth)
        if kind in (15, 16):
            return self.options(depth)
        if kind == 17:
            return self.pick(self.looks_like(), '%s ~ %s' % (self.looks_like(), a()), '[%s]' % self.looks_like(),
                             '%s < %s <= %s' % (self.number(0), self.number(0), self.number(0)))
        return '{%s: %s}' % (self.pick("'k'", '1', 'name', 'true'), self.expression(depth - 1))

    def condition(self, depth):
        return self.pick(self.test(depth), '%s == %s' % (self.atom(depth), self.atom(0)), self.atom(depth))

    def space(self):
        return self.pick('', '', '', ' ', '\n', ' \n', 'x', 'text ', '\n\n')

    def tag(self, text):
        left, right = self.pick('', '', '', '-', '+'), self.pick('', '', '', '-', '+')
        return '{%%%s %s %s%%}' % (left, text, right)

    def statement(self, depth):
        kind = self.r.randrange(14)
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
        if kind in (11, 12):
            return self.block(depth)
        saved = list(self.scope)
        out = self.tag('with z = ' + self.expression(depth - 1))
        self.scope.append('z')
        out += self.body(depth - 1) + self.tag('endwith')
        self.scope = saved
        return out

    def block(self, depth):
        """The statements that take a body elsewhere, and loops as roles write them."""
        kind = self.r.randrange(8)
        if kind == 0:
            inner = self.body(depth - 1)
            return self.tag('macro c(x=%s)' % self.literal()) + '<{{ caller() }}{{ x }}>' + self.tag('endmacro') + \
                self.tag('call c(%s)' % self.pick('', self.literal())) + inner + self.tag('endcall')
        if kind == 1:
            return self.tag('filter ' + self.pick('upper', 'indent(2)', "replace('a', 'b') | trim", 'indent(2, true)',
                                                  'title', 'wordwrap(9)', 'length', 'to_json', 'quote')) + \
                self.body(depth - 1) + self.tag('endfilter')
        if kind == 2:
            return self.tag('set ns = namespace(n=0, l=[])') + self.tag('for i in ' + self.sequence(depth - 1)) + \
                self.tag('set ns.n = ns.n + 1') + self.tag('set ns.l = ns.l + [i]') + self.tag('endfor') + \
                '{{ ns.n }}{{ ns.l }}'
        if kind == 3:
            return self.tag('for k, v in %s' % self.pick('dict.items()', 'dict | dictsort', "users | groupby('age')",
                                                         'deep.items()', 'words | zip(numbers)', self.sequence(1))) + \
                '{{ k }}={{ v }}' + self.tag('endfor')
        if kind == 4:
            return self.tag('for i in nested recursive') + '[{{ loop(i) if i is sequence and i is not string else i }}' + \
                self.pick('', ',') + ']' + self.tag('endfor')
        if kind == 5:
            return self.pick("{% include 'inc.txt' %}", "{% import 'macros.txt' as mm %}{{ mm.hello(name) }}",
                             "{% from 'macros.txt' import hello as hh %}{{ hh(one) }}", "{% include 'x' ignore missing %}",
                             "{% set local = 1 %}{% include 'local.txt' %}")
        if kind == 6:
            return self.tag('set t' + self.pick('', '', ' | trim', ' | upper', ' | length')) + self.body(depth - 1) + \
                self.tag('endset') + '{{ t }}{{ t | type_debug }}'
        return self.tag('macro v(a)') + '{{ a }}{{ varargs }}{{ kwargs | to_json }}' + self.tag('endmacro') + \
            '{{ v(%s) }}' % self.pick('1', '1, 2, k=3', '*numbers', "**{'a': 1, 'b': 2}", 'name, *words')

    def body(self, depth):
        return ''.join(self.space() + self.statement(depth) + self.space()
                       for _ in range(self.r.randrange(1, 3)))


# Texts that YAML has to quote, or break, or that look like something else.
TEXTS = ['a', 'b: c', '- x', '# y', 'yes', 'No', 'null', '~', '', '  lead', 'trail ', '1', '1.5', '1e3', '0x1F', '017',
         '12:30', '=', '<<', '*a', '&a', '!x', '%x', '@x', '{x', '}', '[', 'a, b', '? x', 'a:', 'a #b', '"q"', "it's", '\n',
         'multi\nline', 'multi\nline\n', '\n\nx', 'x\n\n', '  x\ny', 'tab\tx', 'é日', '🎉', '\u2028', '\xa0', '\x07', '\x7f',
         '\ufeff', 'a' * 90, 'word ' * 30, 'w: ' * 40, 'x\r\ny', '---', '...', '.inf', '-', 'a\\b', "'", '|', '> x', 'a\n b\n  c',
         'x \n y', 'True', 'None', 'long ' + 'y' * 100, 'é ' * 60, '\ue000']


def document(r, depth):
    """A nested value of them, as a literal of the template."""
    kind = r.randrange(12)
    if depth <= 0 or kind < 6:
        return repr(r.choice(TEXTS))
    if kind == 6:
        return repr(r.choice([0, 1, -5, 1.5, 1e16, 1e-7, True, False, None, 10 ** 18, 100.0]))
    if kind in (7, 8):
        return '[%s]' % ', '.join(document(r, depth - 1) for _ in range(r.randrange(4)))
    return '{%s}' % ', '.join('%r: %s' % (r.choice(TEXTS), document(r, depth - 1)) for _ in range(r.randrange(4)))


def written(r):
    how = r.choice(['to_nice_yaml', 'to_yaml', 'to_nice_yaml(indent=2, width=30)', 'to_yaml(default_flow_style=true)',
                    'to_nice_yaml(indent=2) | from_yaml', 'pprint', 'to_nice_json', 'to_json(ensure_ascii=false)',
                    'to_json | from_json', "to_yaml(default_style='|')", "to_yaml(default_style='\"')", 'string | comment',
                    'string | wordwrap(20)', 'string | indent(3, true)', 'string | quote', 'string | urlencode',
                    'string | truncate(30)', 'flatten', 'string', 'tojson', 'dict2items | to_json', 'type_debug'])
    return '{%% set d = %s %%}{{ d | %s }}' % (document(r, 3), how)


def template(seed):
    g = Generator(seed)
    kind = g.r.randrange(11)
    if kind == 10:
        return g.pick('file', 'evaluate'), written(g.r)
    if kind < 4:
        return 'file', g.pick('', '', '', '', '#jinja2: lstrip_blocks: True\n', '#jinja2: trim_blocks: False\n') + g.body(3)
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
