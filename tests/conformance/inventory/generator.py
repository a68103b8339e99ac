"""Random inventories from a seed: groups, hosts, ranges, values, files, several sources, patterns."""
import random

NAMES = ['web', 'db', 'app', 'cache', 'eu', 'us', 'prod', 'staging', 'a', 'b', 'c-d', 'e.f']
KEYS = ['x', 'y', 'z', 'port', 'ansible_user', 'ansible_port', 'long_name', 'http']
WORDS = ['1', '0', '-7', '3.5', '0x10', '1_0', '012', '1e3', 'True', 'true', 'None', 'word', "'q'",
         '"q"', "'it''s'", '[1, 2]', "['a', 'b']", "{'k': 'v'}", '(1, 2)', '1, 2', 'a#b', 'a b',
         '{{ x }}', 'a=b', '', '"a b"', "'a b'", '\\n', "'\\n'", '*', '~', 'é', '10.0.0.1', 'a:b',
         '"x" # c', 'x # c', '[', ')', 'b"x"', "u'x'", "r'\\d'", '[True, None, {}]']
YAML_VALUES = ['1', 'yes', 'text', '"quoted"', '[1, a]', '{k: v}', '~', '0644', '1.5', '"{{ y }}"',
               "'it''s'", '1e3', '12:30', '"\\u00e9"', '|\n{i}  one\n{i}  two', '[]', '{}']


class Maker:
    def __init__(self, rng):
        self.rng = rng

    def pick(self, things):
        return self.rng.choice(things)

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    def host(self):
        kind = self.rng.randrange(12)
        name = self.pick(NAMES)
        if kind < 5:
            return '%s%d' % (name, self.rng.randrange(4))
        if kind < 7:
            return '%s%d.example.org' % (name, self.rng.randrange(3))
        if kind == 7:
            start = self.rng.randrange(3)
            return '%s[%d:%d]' % (name, start, start + self.rng.randrange(4))
        if kind == 8:
            return '%s[%02d:%02d:%d]' % (name, 1, self.rng.randrange(1, 12), self.rng.randrange(1, 4))
        if kind == 9:
            return '%s[a:%s]' % (name, self.pick('abc'))
        if kind == 10:
            return '10.0.%d.%d' % (self.rng.randrange(2), self.rng.randrange(3))
        return self.pick(['localhost', '2001:db8::%d' % self.rng.randrange(3), 'x[0:1]-[a:b]',
                          'n[1:2].%s' % name])

    def port(self, host):
        if not self.chance(15):
            return host
        if host.count(':') > 1 and '[' not in host:
            return '[%s]:%d' % (host, self.rng.randrange(1, 65536))
        return '%s:%d' % (host, self.rng.randrange(1, 65536))

    def host_line(self):
        parts = [self.port(self.host())]
        for _ in range(self.rng.randrange(4) if self.chance(60) else 0):
            parts.append('%s=%s' % (self.pick(KEYS), self.pick(WORDS)))
        if self.chance(10):
            parts.append('# comment')
        return self.pick([' ', ' ', '\t', '  ']).join(parts)

    def section(self, groups):
        group = self.pick(groups)
        kind = self.rng.randrange(10)
        lines = []
        if kind < 5:
            lines.append('[%s]' % group)
            lines += [self.host_line() for _ in range(self.rng.randrange(4))]
        elif kind < 8:
            lines.append('[%s:vars]' % self.pick([group, 'all', group]))
            for _ in range(self.rng.randrange(4)):
                lines.append('%s%s%s' % (self.pick(KEYS), self.pick(['=', ' = ']), self.pick(WORDS)))
            if self.chance(15):
                lines.append('ansible_group_priority=%d' % self.rng.randrange(-2, 12))
        else:
            lines.append('[%s:children]' % group)
            for _ in range(self.rng.randrange(3)):
                # Mostly downwards, so that loops are the exception.
                after = groups[groups.index(group) + 1:]
                lines.append(self.pick(after if after and self.chance(95) else groups))
        if self.chance(10):
            lines.insert(self.rng.randrange(len(lines) + 1), self.pick(['', '# c', '; c', '   ']))
        return lines

    def ini(self):
        groups = self.rng.sample(NAMES, self.rng.randrange(2, 7))
        lines = [self.host_line() for _ in range(self.rng.randrange(3))]
        for _ in range(self.rng.randrange(1, 8)):
            lines += self.section(groups)
        if self.chance(90):
            lines += ['[%s]' % g for g in groups]
        return '\n'.join(lines) + self.pick(['\n', ''])

    def variables(self, indent):
        pad = ' ' * indent
        keys = self.rng.sample(KEYS, self.rng.randrange(4))
        return ''.join('%s%s: %s\n' % (pad, k, self.pick(YAML_VALUES).replace('{i}', pad))
                       for k in keys)

    def yaml_group(self, name, indent, depth):
        pad = ' ' * indent
        text = '%s%s:\n' % (pad, name)
        if self.chance(70):
            text += pad + '  hosts:\n'
            for host in sorted({self.host() for _ in range(self.rng.randrange(1, 4))}):
                host = '"%s"' % host
                variables = self.variables(indent + 6)
                text += '%s    %s:\n%s' % (pad, host, variables)
        if self.chance(40):
            text += pad + '  vars:\n' + self.variables(indent + 4)
        if depth < 3 and self.chance(50):
            text += pad + '  children:\n'
            for child in self.rng.sample(NAMES, self.rng.randrange(1, 3)):
                text += self.yaml_group(child, indent + 4, depth + 1)
        return text

    def yaml(self):
        names = self.rng.sample(['all'] + NAMES, self.rng.randrange(1, 3))
        return ''.join(self.yaml_group(name, 0, 0) for name in names)

    def pattern(self):
        terms = []
        for _ in range(self.rng.randrange(1, 4)):
            name = self.pick(NAMES + ['all', '*'])
            kind = self.rng.randrange(9)
            term = [name, name, name + '*', '~' + name, '%s[%d]' % (name, self.rng.randrange(-3, 4)),
                    '%s[%d:%d]' % (name, self.rng.randrange(3), self.rng.randrange(4)), '*%d*' %
                    self.rng.randrange(3), name + '0', '[!w]*'][kind]
            terms.append(self.pick(['', '', '', '&', '!']) + term)
        return self.pick([':', ',']).join(terms)

    def case(self, number):
        files, sources = {}, []
        for i in range(self.pick([1, 1, 1, 2, 3])):
            folder = self.pick(['', '', 'd/', 'e/'])
            if self.chance(75):
                name, text = '%sinv%d' % (folder, i), self.ini()
            else:
                name, text = '%sinv%d.yml' % (folder, i), self.yaml()
            files[name] = text
            sources.append(name)
        if self.chance(10):
            sources.append('p1,p2:22,')
        for _ in range(self.rng.randrange(4)):
            where = self.pick(['', 'd/', 'e/'])
            kind = self.pick(['group_vars/' + self.pick(NAMES + ['all']), 'host_vars/' +
                              self.pick(NAMES) + '0'])
            files[where + kind + self.pick(['', '.yml', '.yaml', '/x.yml'])] = self.variables(0)
        flat = {}
        for name in files:  # not a file and a folder of one name
            if not any(other != name and other.startswith(name + '/') for other in files):
                flat[name] = files[name]
        asks = [('list', '-'), (self.pick(['graphvars', 'listexport', 'listyaml', 'graph']), 'all'),
                ('names', self.pattern()), ('names', self.pattern())]
        return dict(name='random %d' % number, files=flat, sources=sources, asks=asks,
                    random=True)


def generate(count, seed):
    for number in range(count):
        yield Maker(random.Random('%d/%d' % (seed, number))).case(number)
