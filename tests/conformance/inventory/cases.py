"""Inventories written to find differences: each is compared with ansible-inventory."""
import larger
from vaulted import INLINE, PASSWORD, WHOLE  # noqa: F401

LIST = [('list', '-')]
FULL = [('list', '-'), ('listexport', '-'), ('graph', 'all'), ('graphvars', 'all')]


def case(name, files, asks=None, sources=None, **more):
    if isinstance(files, (str, bytes)):
        files = {'inventory': files}
    return dict(name=name, files=files, asks=asks or LIST, sources=sources or ['inventory'],
                **more)


# Right sides of key=value; each is tried on a host line (after shell-like splitting) and in
# [g:vars] (without it).
VALUES = r'''
1
-1
+1
- 1
--1
1_000
1__0
0x1F
0X1f
0o17
0b101
017
00
0
0_0
1.5
1.
.5
1e3
1E-2
1e400
1.5e
01.5
1a
123456789012345678901234567890
-123456789012345678901234567890
0xffffffffffffffffffffffff
True
true
False
None
null
yes
no
'quoted'
"quoted"
'it"s'
"it's"
'unclosed
"unclosed
'a' 'b'
'a'"b"
u'x'
r'a\n'
b'bytes'
rb'a\n'
br'x'
ub'x'
f'x'
'a\nb'
'a\tb'
'\x41\u00e9\U0001F600'
'\101'
'\q'
"a\\b"
\'
a\b
a\\b
[1, 2, 3]
[1,2,]
[]
[1, [2, [3]]]
[1, two]
['a', "b"]
(1, 2)
(1)
(1,)
()
1, 2
1,2,
,1
{'a': 1}
{"a": [1, {"b": null}]}
{"a": [1, {"b": None}]}
{1: 2}
{1: 2, 'a': 3}
{True: 1}
{'a': 1, 'a': 2}
{}
{'a'}
{'a': }
{'a' 1}
[1
1]
(1
word
two words
word # comment
5 # comment
'x' # comment
#only
;semi
a;b
a#b
a=b
a==b
=
==
{{ template }}
"{{ template }}"
{{ a | default('x') }}
{% raw %}
$HOME
`id`
$(id)
a|b
*
&x
!x
~
@x
%x
path/to/file
C:\dir
user@host
1:2
12:34:56
2001:db8::1
2020-01-01
0755
0644
1.2.3
1.2.3.4
...
Ellipsis
set()
1+2
1-2
1*2
5 if True else 3
not True
lambda: 1
print(1)
__import__('os')
a.b
[x for x in y]
""
''
""""""
"""triple"""
é
'é'
"é" 'ü'
日本
-
+
--
-.5
+.5
-(1)
-(-1)
+True
1 2
"a" b
a "b"
a 'b c' d
a"b"c
a\ b
a" "b
'a'b
'''.strip('\n').split('\n')
VALUES = [v for v in VALUES if v not in ('...',)]  # Ansible cannot print Ellipsis

# Lines of a hosts section.
HOST_LINES = r'''
web1
web1 a=1
web1  a=1	b=2
web1 a=1 # comment
web1 a=1 #comment
web1#comment
web1 a=b#c
web1 a="b#c"
web1 a='b c' d="e f"
web1 a="x\"y"
web1 a='x\y'
web1 a=x\ y
web1 a=
web1 a=""
web1 =b
web1 a
web1 a b=c
web1 a = b
web1 a= b
web1 "a=b c"
web1 a=1 a=2
web1 a="b
web1 a='b
web1 a=b\
web1:22
web1:2222 a=1
web1:
web1: a=1
web1:0022
web1 ansible_port=22
web1:22 ansible_port=33
1.2.3.4
1.2.3.4:22
256.1.1.1
1.2.3
::1
fe80::1
2001:db8::1
2001:db8:0:0:0:0:0:1
[2001:db8::1]:22
[::1]:22
[web1]:22
[1.2.3.4]:22
[web1:22]:33
[web[1:2]]:22
::ffff:1.2.3.4
[::ffff:1.2.3.4]:22
web[1:3]
web[01:03]
web[1:3]:22
web[1:10:3]
web[01:10:3]
web[a:c]
web[a:e:2]
web[A:C]
web[y:B]
web[z:A]
web[1:2][a:b]
web[1:2]-[01:02].example.org
[a:c]
[1:3]
[1:3]web
web[:3]
web[1:]
web[]
web[1]
web[1:2
web1:2]
web[1:2:3:4]
web[1:2:]
web[001:010:4]
web[01:100]
web[1:01]
web[a:3]
web[1:c]
web[0:f]
web[1:3]x a=1
web[1:2]:22 a=b
10.0.0.[1:3]
10.[0:1].0.[1:2]:22
fe80::[1:3]
[fe80::[1:3]]:22
[2001:db8::[a:c]]:22
web_1
web-1
_web
web1.
.web1
web..1
web1,web2
user@web1
web/1
/chroot/path
wéb
日本
web1%eth0
fe80::1%eth0
web+1
web=1
web@1
a.b.c.d
123
1
---
- a
'web1'
"web1"
'web1' a=1
web"1"
''
"" a=1
localhost
127.0.0.1
localhost ansible_connection=local
all
ungrouped
'''.strip('\n').split('\n')

# Whole INI files.
INI = {
    'empty': '',
    'only comments': '# a\n; b\n\n   \n',
    'no final newline': 'web1',
    'CRLF': 'web1\r\n[web]\r\nweb2 a=1\r\n[web:vars]\r\nx=y\r\n',
    'CR only': 'web1\rweb2\r[g]\rweb3\r',
    'form feed and vertical tab': 'web1\x0cweb2\x0bweb3\n',
    'unicode line ends': 'web1\u2028web2\x85web3\u2029web4\n',
    'unit separators': 'web1\x1cweb2\x1dweb3\x1eweb4\n',
    'unit separator 1f is a blank': 'web1\x1f\nweb2\n',
    'blanks around': '  web1  \n\t[web]\t\n  web2\n',
    'no-break space around': '\u00a0web1\u00a0\n[web]\u00a0\nweb2\n',
    'section with comment': '[web] # the web\nweb1\n',
    'section with tight comment': '[web]#x\nweb1\n',
    'section with semicolon comment': '[web] ; x\nweb1\n',
    'section with words after': '[web] x\nweb1\n',
    'section with blank inside': '[ web ]\nweb1\n',
    'section without name': '[]\nweb1\n',
    'section with empty name': '[:vars]\nx=1\n',
    'section with empty kind': '[web:]\nweb1\n',
    'section with two kinds': '[web:vars:x]\nweb1\n',
    'section of unknown kind': '[web:hostz]\nweb1\n',
    'section kind hosts': '[web:hosts]\nweb1\n',
    'section kind in capitals': '[web:Vars]\nx=1\n',
    'section unclosed': '[web\nweb1\n',
    'section unopened': 'web]\nweb1\n',
    'section with dash': '[web-eu]\nweb1\n',
    'section with dot': '[web.eu]\nweb1\n',
    'section in unicode': '[wéb]\nweb1\n',
    'section with slash': '[web/eu]\nweb1\n',
    'section with bracket': '[web[1]\nweb1\n',
    'section with equals': '[a=b]\nweb1\n',
    'section twice': '[web]\nweb1\n[db]\ndb1\n[web]\nweb2\nweb1\n',
    'vars before group': '[web:vars]\nx=1\n[web]\nweb1\n',
    'vars without group': '[web:vars]\nx=1\n',
    'vars of a group declared as child only': '[p:children]\nweb\n[web:vars]\nx=1\n',
    'vars, then children': '[p:vars]\nx=1\n[p:children]\nweb\n[web]\nweb1\n',
    'children before declaration': '[p:children]\nweb\ndb\n[db]\ndb1\n[web]\nweb1\n',
    'children of two parents before': '[p:children]\nweb\n[q:children]\nweb\n[web]\nweb1\n',
    'children undefined': '[p:children]\nnosuch\n',
    'children with comment': '[web]\nweb1\n[p:children]\nweb # x\n',
    'children with tight comment': '[web]\nweb1\n[p:children]\nweb#x\n',
    'children with words': '[web]\nweb1\n[p:children]\nweb x\n',
    'children with variables': '[web]\nweb1\n[p:children]\nweb a=1\n',
    'children with colon': '[web]\nweb1\n[p:children]\nweb:x\n',
    'children twice': '[web]\nweb1\n[p:children]\nweb\nweb\n',
    'children in dash': '[a-b]\nx\n[p:children]\na-b\n',
    'loop of one': '[a:children]\na\n',
    'loop of two': '[a:children]\nb\n[b:children]\na\n',
    'loop of three': '[a:children]\nb\n[b:children]\nc\n[c:children]\na\n',
    'loop through all': '[a:children]\nall\n',
    'all as parent': '[web]\nweb1\n[db]\ndb1\n[all:children]\ndb\nweb\n',
    'all with hosts': '[all]\nweb1\nweb2\n[web]\nweb1\n',
    'all with vars': 'web1\n[all:vars]\nx=1\n',
    'ungrouped section': '[web]\nweb1\n[ungrouped]\nweb1\nweb2\n',
    'ungrouped vars': 'web1\n[ungrouped:vars]\nx=1\n',
    'ungrouped then grouped': 'web1\nweb2\n[web]\nweb2\n',
    'ungrouped with children': '[web]\nweb1\n[ungrouped:children]\nweb\n',
    'diamond': '[a:children]\nb\nc\n[b:children]\nd\n[c:children]\nd\n[d]\nh1\n[e]\nh1\nh2\n',
    'depths': '[top:children]\nmid\nleaf\n[mid:children]\nleaf\n[leaf]\nh\n[top:vars]\nx=top\n'
              '[mid:vars]\nx=mid\n[leaf:vars]\nx=leaf\n',
    'depth beats name': '[z]\nh\n[a:children]\nz\n[z:vars]\nx=z\n[a:vars]\nx=a\n',
    'name decides': '[b]\nh\n[a]\nh\n[a:vars]\nx=a\n[b:vars]\nx=b\n',
    'priority decides': '[b]\nh\n[a]\nh\n[a:vars]\nx=a\nansible_group_priority=10\n'
                        '[b:vars]\nx=b\n',
    'priority as text': "[b]\nh\n[a]\nh\n[a:vars]\nx=a\nansible_group_priority='10'\n[b:vars]\nx=b\n",
    'priority as float': '[b]\nh\n[a]\nh\n[a:vars]\nx=a\nansible_group_priority=2.9\n[b:vars]\nx=b\n',
    'priority below': '[b]\nh\n[a]\nh\n[b:vars]\nx=b\nansible_group_priority=-3\n[a:vars]\nx=a\n',
    'priority is no number': '[a]\nh\n[a:vars]\nansible_group_priority=high\n',
    'priority is a list': '[a]\nh\n[a:vars]\nansible_group_priority=[1]\n',
    'priority True': '[a]\nh\n[a:vars]\nansible_group_priority=True\n',
    'priority on a host': 'h ansible_group_priority=5\n',
    'priority does not beat depth': '[p:children]\nc\n[c]\nh\n[p:vars]\nx=p\n'
                                    'ansible_group_priority=99\n[c:vars]\nx=c\n',
    'host beats group': '[a]\nh x=host\n[a:vars]\nx=a\n[all:vars]\nx=all\n',
    'host in two groups': '[a]\nh x=1\n[b]\nh x=2 y=3\n',
    'host again with port': 'web1\n[web]\nweb1:22\n',
    'host first with port': 'web1:22\n[web]\nweb1:33\n',
    'group and host of one name': '[web]\nweb x=1\n',
    'group and host of one name, host first': 'web x=1\n[web]\nweb1\n',
    'variables replaced': '[g]\nh\n[g:vars]\nx=1\nx=2\n',
    'dict over dict': "[g]\nh\n[g:vars]\nx={'a': 1}\nx={'b': 2}\n",
    'vars with blanks in the key': '[g]\nh\n[g:vars]\na b = c\n',
    'vars without value': '[g]\nh\n[g:vars]\na =\n',
    'vars without key': '[g]\nh\n[g:vars]\n= a\n',
    'vars without equals': '[g]\nh\n[g:vars]\njust words\n',
    'vars with colon': '[g]\nh\n[g:vars]\na: b\n',
    'vars with equals in value': '[g]\nh\n[g:vars]\na=b=c\n',
    'vars indented': '[g]\nh\n[g:vars]\n  a = b\n    c = d\n',
    'vars with comment lines': '[g]\nh\n[g:vars]\n# a=1\n;b=2\nc=3\n',
    'internal names': 'h inventory_dir=x groups=y playbook_dir=z omit=o\n',
    'magic names': 'h inventory_hostname=x group_names=y\n',
    'yaml mark': '---\nweb1\n',
    'yaml-like': 'web1: x\n',
    'long line': 'h x=%s\n' % ('y' * 5000),
    'long name': 'h%s\n' % ('n' * 500),
    'long section': '[%s]\nh\n' % ('g' * 5000),
    'inline comment with equals': 'h a=1 # b=2\n',
    'bracket line in vars': '[g]\nh\n[g:vars]\n[x]\ny=1\n',
    'list value line in vars': "[g]\nh\n[g:vars]\nx=[1]\n",
    'line ends with bracket': '[g]\nh x=[1]\n',
    'line begins and ends with brackets': '[web1]:22 x=[1]\n',
    'localhost in a group': '[g]\nlocalhost\n',
    'two localhosts': 'localhost\n127.0.0.1\n',
    'numbers as names': '1\n2\n[3]\n4\n',
    'many groups one host': ''.join('[g%d]\nh\n[g%d:vars]\nx=%d\n' % (i, i, i) for i in range(30)),
    'nested thirty deep': ''.join('[g%d:children]\ng%d\n' % (i, i + 1) for i in range(30)) +
                          '[g30]\nh\n[g10:vars]\nx=10\n[g20:vars]\nx=20\n',
}

YAML = {
    'minimal': 'all:\n  hosts:\n    web1:\n',
    'vars': 'all:\n  hosts:\n    web1: {a: 1, b: [x, y]}\n  vars:\n    c: 3\n',
    'children': 'all:\n  children:\n    web:\n      hosts:\n        web1:\n    db:\n'
                '      hosts: {db1: }\n      vars: {x: 1}\n',
    'without all': 'web:\n  hosts:\n    web1:\n',
    'ranges': 'all:\n  hosts:\n    web[01:03]:2222: {a: 1}\n    "[::1]:22":\n',
    'hosts as a string': 'all:\n  hosts: web1\n',
    'children as a string': 'all:\n  children: web\n',
    'vars as a string': 'all:\n  vars: x\n  hosts: {h: }\n',
    'hosts as a list': 'all:\n  hosts:\n    - web1\n',
    'children as a list': 'all:\n  children:\n    - web\n',
    'vars as a list': 'all:\n  vars:\n    - x\n',
    'empty sections': 'all:\n  hosts:\n  vars:\n  children:\n',
    'empty group': 'web:\n',
    'group null child': 'all:\n  children:\n    web:\n    db:\n',
    'host with null variables': 'all:\n  hosts:\n    a: null\n    b: {}\n    c: ""\n    d: []\n',
    'host with a text': 'all:\n  hosts:\n    a: text\n',
    'host with a list': 'all:\n  hosts:\n    a: [1]\n',
    'host with a number': 'all:\n  hosts:\n    a: 1\n',
    'number as host': 'all:\n  hosts:\n    1: {}\n',
    'bool as host': 'all:\n  hosts:\n    yes: {}\n',
    'number as group': '1:\n  hosts: {h: }\n',
    'number as variable': 'all:\n  hosts: {h: {x: 1}}\n  vars: {"1": 2}\n',
    'types': 'all:\n  hosts:\n    h:\n      a: yes\n      b: 0644\n      c: 1_000\n      d: 1e3\n'
             '      e: 1.5\n      f: ~\n      g: "yes"\n      h: 0x1f\n      i: 12:30:45\n'
             '      j: .inf\n      k: 1.0e+3\n      l: off\n      m: 0b11\n      n: 0o17\n',
    'dates': 'all:\n  hosts:\n    h:\n      a: 2020-01-02\n',
    'unexpected group content': 'all:\n  hosts: {a: }\nweb: text\n',
    'unexpected key': 'all:\n  hosts: {a: }\n  host: {b: }\n',
    'anchors': 'all:\n  hosts:\n    a: &x {p: 1}\n    b: *x\n    c: {<<: *x, q: 2}\n',
    'multi-line': 'all:\n  hosts:\n    h:\n      a: |\n        one\n        two\n      b: >\n'
                  '        one\n        two\n',
    'unsafe': 'all:\n  hosts:\n    h:\n      a: !unsafe "{{ x }}"\n      b: [!unsafe y]\n',
    'unknown tag': 'all:\n  hosts:\n    h:\n      a: !foo bar\n',
    'vault': 'all:\n  hosts:\n    h:\n      a: !vault |\n' + INLINE,
    'comment first': '# x\nall:\n  hosts:\n    h:\n',
    'document mark': '---\nall:\n  hosts:\n    h:\n',
    'document end': '---\nall:\n  hosts:\n    h:\n...\n',
    'empty': '',
    'only null': '---\n',
    'a list': '- a\n- b\n',
    'a text': 'just text\n',
    'broken': 'all:\n  hosts:\n    web1:\n   web2:\n',
    'tab': 'all:\n\thosts:\n',
    'unclosed flow': 'all: {hosts: {a: \n',
    'priority': 'a:\n  hosts: {h: }\n  vars: {ansible_group_priority: 10, x: a}\nb:\n'
                '  hosts: {h: }\n  vars: {x: b}\n',
    'priority text': 'a:\n  hosts: {h: }\n  vars: {ansible_group_priority: "high"}\n',
    'loop': 'a:\n  children:\n    b:\n      children:\n        a:\n',
    'host in two places': 'all:\n  children:\n    a:\n      hosts: {h: {x: 1}}\n    b:\n'
                          '      hosts: {h: {x: 2, y: 3}}\n',
    'nested': 'a:\n  children:\n    b:\n      children:\n        c:\n          hosts: {h: }\n'
              '          vars: {x: c}\n      vars: {x: b}\n  vars: {x: a}\n',
    'ungrouped': 'all:\n  hosts: {a: , b: }\nungrouped:\n  hosts: {c: }\n',
    'json': '{"all": {"hosts": {"web1": {"a": 1e3, "b": null, "c": true}}}}',
    'json with lists': '{"all": {"hosts": ["web1"]}}',
    'json big': '{"all": {"hosts": {"h": {"n": 123456789012345678901234567890, "f": 0.1}}}}',
    'unicode': 'all:\n  hosts:\n    h: {a: "é\\u00fc日本", b: "\\U0001F600"}\n',
    'escapes': 'all:\n  hosts:\n    h: {a: "tab\\tnl\\nquote\\"back\\\\", b: \'it\'\'s\'}\n',
    'ini with yaml name': '[web]\nweb1\n',
    'deep values': 'all:\n  hosts:\n    h:\n      a: {b: {c: [1, {d: e}]}}\n',
    'dict over dict': 'a:\n  vars: {x: {p: 1}}\n  hosts: {h: }\nall:\n  vars: {x: {q: 2}}\n',
    'mixed keys': 'all:\n  hosts:\n    h: {x: {1: a, b: c}}\n',
    'templates': 'all:\n  hosts:\n    h: {a: "{{ b }}", b: "{% if x %}y{% endif %}"}\n',
}

BASE = '[web]\nweb1\nweb2\n[db]\ndb1\n[prod:children]\nweb\ndb\n'
FILES = {
    'all': {'group_vars/all': 'x: all\n'},
    'all.yml': {'group_vars/all.yml': 'x: all\n'},
    'all.yaml': {'group_vars/all.yaml': 'x: all\n'},
    'all.json': {'group_vars/all.json': '{"x": "all", "n": 1e3}'},
    'all and all.yml': {'group_vars/all': 'x: plain\n', 'group_vars/all.yml': 'y: yml\n'},
    'all.yml and all.yaml': {'group_vars/all.yml': 'x: 1\n', 'group_vars/all.yaml': 'y: 2\n'},
    'other ending': {'group_vars/all.txt': 'x: 1\n', 'group_vars/web.cfg': 'y: 1\n'},
    'folder': {'group_vars/all/b.yml': 'x: b\n', 'group_vars/all/a.yml': 'x: a\ny: a\n'},
    'folder with hidden': {'group_vars/all/.x.yml': 'x: 1\n', 'group_vars/all/y.yml~': 'y: 1\n',
                           'group_vars/all/z.txt': 'z: 1\n', 'group_vars/all/w': 'w: 1\n'},
    'folder in folder': {'group_vars/all/sub/a.yml': 'x: 1\n', 'group_vars/all/sub.d/a.yml': 'y: 1\n'},
    'folder named .yml': {'group_vars/all.yml/a.yml': 'x: 1\n'},
    'empty folder': {'group_vars/all/': ''},
    'empty file': {'group_vars/all.yml': ''},
    'null file': {'group_vars/all.yml': '---\n'},
    'list file': {'group_vars/all.yml': '- a\n'},
    'text file': {'group_vars/all.yml': 'text\n'},
    'empty list file': {'group_vars/all.yml': '[]\n'},
    'broken file': {'group_vars/all.yml': 'a: [\n'},
    'broken JSON': {'group_vars/all.json': '{"a": \n'},
    'JSON in yml': {'group_vars/all.yml': '{"a": 1e3, "b": null}'},
    'groups': {'group_vars/web.yml': 'x: web\n', 'group_vars/prod.yml': 'x: prod\ny: prod\n',
               'group_vars/all.yml': 'x: all\nz: all\n'},
    'hosts': {'host_vars/web1.yml': 'x: web1\n', 'host_vars/web2': 'x: web2\n',
              'group_vars/web.yml': 'x: web\n'},
    'host folder': {'host_vars/web1/a.yml': 'x: 1\n', 'host_vars/web1/b.json': '{"y": 2}'},
    'files over inventory': {'inventory': BASE + '[web:vars]\nx=inv\n[all:vars]\ny=inv\n',
                             'group_vars/all.yml': 'x: file_all\ny: file_all\n'},
    'host line below host_vars': {'inventory': BASE + '[web:vars]\nx=web\n[x]\nweb1 x=host\n',
                                  'host_vars/web1.yml': 'x: file\n',
                                  'group_vars/web.yml': 'x: file_web\n'},
    'host line over group_vars': {'inventory': BASE + '[x]\nweb1 x=host\n',
                                  'group_vars/web.yml': 'x: file_web\n'},
    'ungrouped file': {'inventory': 'h\n' + BASE, 'group_vars/ungrouped.yml': 'x: u\n'},
    'priority in a file': {'group_vars/web.yml': 'ansible_group_priority: 10\nx: web\n',
                           'group_vars/other.yml': 'x: other\n',
                           'inventory': BASE + '[other]\nweb1\n'},
    'whole file vaulted': {'group_vars/all.yml': WHOLE},
    'inline vault': {'group_vars/all.yml': 'x: !vault |\n' + INLINE + 'y: 1\n'},
    'inline vault in a list': {'group_vars/all.yml': 'x:\n  - !vault |\n' + INLINE},
    'group_vars is a file': {'group_vars': 'x: 1\n'},
    'nonexistent group': {'group_vars/nosuch.yml': 'x: 1\n', 'host_vars/nosuch.yml': 'x: 1\n'},
    'host with dots': {'inventory': 'a.example.org\n', 'host_vars/a.example.org': 'x: 1\n'},
    'host with dots yml': {'inventory': 'a.example.org\n', 'host_vars/a.example.org.yml': 'x: 1\n'},
    'case matters': {'group_vars/WEB.yml': 'x: 1\n'},
    'dict replaced': {'group_vars/all.yml': 'd: {a: 1}\n', 'group_vars/web.yml': 'd: {b: 2}\n'},
    'internal names': {'group_vars/all.yml': 'omit: 1\ngroups: 2\nx: 3\n'},
    'jinja': {'group_vars/all.yml': 'x: "{{ y }}"\ny: 1\n'},
    'BOM': {'group_vars/all.yml': '\ufeffx: 1\n'},
    'CRLF': {'group_vars/all.yml': 'x: 1\r\ny: "a"\r\n'},
}

SCRIPT = '#!/bin/sh\ncat <<\'EOF\'\n%s\nEOF\n'
SCRIPTS = {
    'meta': '{"web": {"hosts": ["a", "b"], "vars": {"x": 1}}, "_meta": {"hostvars": {"a": {"y": 2}}}}',
    'empty meta': '{"web": ["a"], "_meta": {"hostvars": {}}}',
    'list': '{"web": ["a", "b"], "_meta": {"hostvars": {}}}',
    'short form': '{"web1": {"x": 1}, "_meta": {"hostvars": {}}}',
    'children': '{"p": {"children": ["c"]}, "c": {"hosts": ["a"]}, "_meta": {"hostvars": {}}}',
    'children unknown': '{"p": {"children": ["c"]}, "_meta": {"hostvars": {}}}',
    'hosts no list': '{"p": {"hosts": "a"}, "_meta": {"hostvars": {}}}',
    'vars no dict': '{"p": {"hosts": ["a"], "vars": [1]}, "_meta": {"hostvars": {}}}',
    'not a dict': '[1]',
    'not JSON': 'hello',
    'empty': '{}',
    'null group': '{"p": null, "_meta": {"hostvars": {}}}',
    'host variables of unknown host': '{"_meta": {"hostvars": {"z": {"x": 1}}}, "g": ["a"]}',
    'priority': '{"a": {"hosts": ["h"], "vars": {"ansible_group_priority": 5, "x": "a"}}, '
                '"b": {"hosts": ["h"], "vars": {"x": "b"}}, "_meta": {"hostvars": {}}}',
    'numbers': '{"a": {"hosts": ["h"], "vars": {"f": 1.50, "e": 1e3, "i": 12345678901234567890123}}, '
               '"_meta": {"hostvars": {}}}',
    'all': '{"all": {"hosts": ["a"], "vars": {"x": 1}, "children": ["web"]}, '
           '"web": {"hosts": ["b"]}, "_meta": {"hostvars": {"b": {"y": [1, 2]}}}}',
    'unsafe': '{"a": {"hosts": ["h"], "vars": {"x": {"__ansible_unsafe": "{{ y }}"}}}, '
              '"_meta": {"hostvars": {}}}',
}

PATTERN_INVENTORY = '''
solo
[web]
web[1:4].example.org
[db]
db1
db2
web2.example.org
[staging]
web1.example.org
db2
[prod:children]
web
db
[we]
other
[empty]
'''
PATTERNS = '''
all
*
web
db
web:db
web,db
web, db
db:web
web:&staging
web:!staging
web:&staging:!db
!staging:web
&staging:web
!web
&web
!web:!db
all:!web
all:!web:!db
prod
prod:!staging
web[0]
web[1]
web[-1]
web[-2]
web[9]
web[-9]
web[0:1]
web[1:2]
web[1:]
web[0:0]
web[0:9]
web[5:9]
web[2:1]
prod[0:3]
prod[4]
all[0]
all[0:3]
all[-1]
web*
web*[0]
web*[1:2]
*.example.org
web?.example.org
web[12].example.org
web[!12].example.org
web[1-3].example.org
~web[12]
~web\\d
~(web|db)1
~.*example
~^db
~db$
~we
~nosuch.*
db1
db1:db1
db1:web
web:db1
web1.example.org
web1.example.org:web2.example.org
solo
solo,db1,web3.example.org
ungrouped
localhost
127.0.0.1
::1
all:localhost
localhost:all
nosuch*
empty
empty:web
web:empty
web::db
:web
web:
,web,
web db
web;db
prod:&web:&staging
prod:!web*
prod:!~web
~web:!staging
*:!web
d*
??1
db[12]
db[0:1]:web[0]
web[0]:web[1]
staging:&db
staging:!db
[!w]*
*1*
we*
we
'''.strip('\n').split('\n')

SOURCES = {
    'two files': ({'a': '[web]\nweb1 x=a\n', 'b': '[web]\nweb2\nweb1 x=b\n'}, ['a', 'b']),
    'two files the other way': ({'a': '[web]\nweb1 x=a\n', 'b': '[web]\nweb1 x=b\n'}, ['b', 'a']),
    'INI and YAML': ({'a': '[web]\nweb1 x=1\n', 'b.yml': 'web: {hosts: {web1: {x: 2}}}\n'}, ['a', 'b.yml']),
    'group of another file': ({'a': '[web]\nweb1\n', 'b': '[p:children]\nweb\n'}, ['a', 'b']),
    'group of a later file': ({'a': '[p:children]\nweb\n', 'b': '[web]\nweb1\n'}, ['a', 'b']),
    'vars of another file': ({'a': '[web]\nweb1\n', 'b': '[web:vars]\nx=1\n'}, ['a', 'b']),
    'list': ({}, ['a,b,c']),
    'list with ports': ({}, ['a:22,b:33,']),
    'list of one': ({}, ['a,']),
    'list with blanks': ({}, [' a , b ,,']),
    'list with IPv6': ({}, ['[::1]:22,fe80::1,']),
    'list with a doubled host': ({}, ['a,b,a:22']),
    'list and file': ({'f': '[web]\na\n'}, ['a,b', 'f']),
    'file and list': ({'f': '[web]\na\n'}, ['f', 'a,b']),
    'folder': ({'d/a': '[web]\nweb1\n', 'd/b.yml': 'web: {hosts: {web2: }}\n'}, ['d']),
    'folder with ignored': ({'d/a': 'h1\n', 'd/b.ini': 'h2\n', 'd/c.cfg': 'h3\n', 'd/.d': 'h4\n',
                             'd/e~': 'h5\n', 'd/f.bak': 'h6\n', 'd/g.txt': 'h7\n',
                             'd/README.md': 'h8\n', 'd/h.orig': 'h\n', 'd/i.retry': 'h\n'}, ['d']),
    'folder with group_vars': ({'d/a': '[web]\nh1\n', 'd/group_vars/web.yml': 'x: 1\n',
                                'd/host_vars/h1': 'y: 2\n'}, ['d']),
    'folder in folder': ({'d/a': 'h1\n', 'd/s/b': 'h2\n', 'd/s/group_vars/all': 'x: 1\n'}, ['d']),
    'folder in order': ({'d/10': '[g]\nh x=10\n', 'd/9': '[g]\nh x=9\n', 'd/1': '[g]\nh x=1\n'}, ['d']),
    'two folders with group_vars': ({'d/a': '[g]\nh\n', 'd/group_vars/g': 'x: d\n',
                                     'e/a': '[g]\nh\n', 'e/group_vars/g': 'x: e\n'}, ['d', 'e']),
    'two folders the other way': ({'d/a': '[g]\nh\n', 'd/group_vars/g': 'x: d\n', 'e/a': '[g]\nh\n',
                                   'e/group_vars/g': 'x: e\n'}, ['e', 'd']),
    'group_vars by source, then group': (
        {'d/a': '[g]\nh\n[k]\nh\n', 'd/group_vars/k': 'x: dk\n', 'e/a': '[g]\nh\n',
         'e/group_vars/g': 'x: eg\n'}, ['d', 'e']),
    'playbook group_vars': ({'d/inv': '[g]\nh\n', 'd/group_vars/g': 'x: inv\ny: inv\n',
                             'group_vars/g': 'x: play\n', 'group_vars/all': 'y: play_all\n'}, ['d/inv']),
    'playbook group_vars/all under inventory groups': (
        {'d/inv': '[g]\nh\n', 'd/group_vars/g': 'x: inv_g\n', 'group_vars/all': 'x: play_all\n'}, ['d/inv']),
    'playbook host_vars': ({'d/inv': 'h x=line\n', 'd/host_vars/h': 'x: inv\n', 'host_vars/h': 'x: play\n'}, ['d/inv']),
    'missing': ({}, ['nosuch']),
    'missing among others': ({'a': 'h\n'}, ['a', 'nosuch']),
    'broken among others': ({'a': 'h\n', 'b': '[x\n'}, ['a', 'b']),
    'same file twice': ({'a': '[g]\nh x=1\n'}, ['a', 'a']),
    'ini ending': ({'a.ini': '[g]\nh\n'}, ['a.ini']),
    'any ending': ({'a.foo': '[g]\nh\n'}, ['a.foo']),
    'yaml without ending': ({'a': 'g:\n  hosts:\n    h:\n'}, ['a']),
    'json without ending': ({'a': '{"g": {"hosts": {"h": {"x": 1e3}}}}'}, ['a']),
    'yaml with ini ending': ({'a.ini': 'g:\n  hosts:\n    h:\n'}, ['a.ini']),
    'empty folder': ({'d/': ''}, ['d']),
}

# We refuse on purpose what Ansible takes (docs/inventory-differences.md).
STRICTER = {
    'inverted range': 'web[9:1]\n',
    'inverted range with zeros': 'web[09:01]\n',
    'option as a name': '-oProxyCommand=x\n',
    'shell code as a name': 'web$(id)\n',
    'backquotes in a name': 'a`id`b\n',
    'semicolon in a name': 'a;b\n',
    'star as a name': 'web*\n',
    'port 0': 'web1:0\n',
    'port 65536': 'web1:65536\n',
    'two ports': 'web1:22:33\n',
    'port 22x': 'web1:22x\n',
    'quoted blank in a name': '"web 1"\n',
    'negative step': 'web[5:1:-1]\n',
    'several letters': 'web[ab:cd]\n',
}
STRICTER_YAML = {
    'duplicate key': 'all:\n  hosts:\n    a:\n    a:\n',
    'duplicate variable': 'all:\n  hosts:\n    a: {x: 1, x: 2}\n',
    'plugin': 'plugin: constructed\n',
}


def all_cases():
    for text in VALUES:
        yield case('value on a host line: ' + text, 'h x=' + text + '\n')
        yield case('value in vars: ' + text, 'h\n[g]\nh\n[g:vars]\nx=' + text + '\n')
    for text in HOST_LINES:
        yield case('host line: ' + text, 'first\n[g]\n' + text + '\n')
    for name, text in INI.items():
        yield case('ini: ' + name, text, FULL)
    for name, text in YAML.items():
        # A date is a text here: only -y shows the difference.
        asks = FULL if name == 'dates' else FULL + [('listyaml', '-')]
        yield case('yaml: ' + name, {'inventory.yml': text}, asks, ['inventory.yml'])
    for name, files in FILES.items():
        yield case('files: ' + name, dict({'inventory': BASE}, **files), FULL)
    for name, text in SCRIPTS.items():
        yield case('script: ' + name, {'script': SCRIPT % text}, FULL, ['script'])
    yield case('script: by host', {
        'script': '#!/bin/sh\ncase $1 in --list) echo \'{"g": ["a", "b"]}\';; '
                  '*) echo "{\\"name\\": \\"$2\\"}";; esac\n'}, FULL, ['script'])
    yield case('script: fails', {'script': '#!/bin/sh\nexit 3\n'}, LIST, ['script'])
    yield case('stricter: script prints nothing', {'script': '#!/bin/sh\n'}, LIST, ['script'],
               stricter=True)
    yield case('stricter: empty pattern', PATTERN_INVENTORY, [('names', ',')], stricter=True)
    for pattern in PATTERNS:
        yield case('pattern: ' + pattern, PATTERN_INVENTORY, [('names', pattern)])
    for name, (files, sources) in SOURCES.items():
        yield case('sources: ' + name, files, FULL, sources)
    for name, text in STRICTER.items():
        yield case('stricter: ' + name, text, stricter=True)
    for name, text in STRICTER_YAML.items():
        yield case('stricter: ' + name, {'i.yml': text}, LIST, ['i.yml'], stricter=True)
    for host in ('web1', 'web2', 'db1', 'localhost', 'web*', 'nosuch'):
        yield case('host: ' + host, dict({'inventory': BASE}, **FILES['groups']),
                   [('host', host), ('hostyaml', host), ('hostexport', host)])
    yield from larger_cases()


def larger_cases():
    everything = FULL + [('listyaml', '-')]
    for name, text in larger.INI.items():
        yield case('larger ini: ' + name, text, everything)
    for name, text in larger.YAML.items():
        yield case('larger yaml: ' + name, {'inventory.yml': text}, everything, ['inventory.yml'])
        yield case('larger yaml in a file of variables: ' + name,
                   {'inventory': 'h\n', 'group_vars/all.yml': text}, everything)
    for name, files in larger.FILES.items():
        yield case('larger files: ' + name, dict({'inventory': larger.BASE}, **files), everything)
    for pattern in larger.PATTERNS:
        yield case('larger pattern: ' + pattern, larger.PATTERN_INVENTORY, [('names', pattern)])
    for name, files, sources in larger.SCRIPTS:
        yield case('larger script: ' + name, files, everything, sources)
    for name, (files, sources) in larger.SOURCES.items():
        yield case('larger sources: ' + name, files, everything, sources)
