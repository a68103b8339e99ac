"""Inventories as they are met in the wild, and odd corners of each format: rows for cases.py."""
from vaulted import WHOLE

CLUSTER = r'''# Machines of one cluster. ## with comments everywhere
[all]
cp1 ansible_host=192.0.2.11  ip=10.9.0.1 member=m1
cp2 ansible_host=192.0.2.12  # ip=10.9.0.2 member=m2
# cp3 ansible_host=192.0.2.13

# ## a way in
# [bastion]
# gate ansible_host=x.x.x.x ansible_user=somebody

[control]
cp1
cp2

[store]
cp1
cp2

[worker]
cp2
w[3:6]

[nothing]

[cluster:children]
control
worker
nothing
'''

QUOTED = r"""
[everything:children]
heads
limbs

# one level down
[everything:vars]
ansible_ssh_user=root
#ansible_become=true
kind=big-one
image=registry.example.com/a-${component}:${version}
login=[{'name': 'files', 'challenge': 'true', 'kind': 'Basic'}]
people={'ann': '$apr1$3JqN$9AjP', 'bob': '<hash of it>'}
roles=[{'name': 'head', 'labels': ['example.com/head=true']}, {'name': 'limb', 'labels': ['example.com/limb=true',], 'edits': [{ 'key': 'args.per-core','value': ['20']}]}]
selector='place=here'
checks_off=memory,disk
override = true
volume=10Gi
network=10.128.0.0/14
certificates=[{"cert": "/a/b.crt", "key": "/a/b.key"}]
docker="--log-driver=journald --log-opt max-size=1M"
node_selector={"example.com/limb":"true"}
plugins={"Limit":{"configuration":{"kind":"L","limits":[{"selector":{"admin":"true"}},{"max":"1"}]}}}
overrides={'global':{'size':1,'warn':false}}
overrides_json={"global":{"size":1,"warn":false,"none":null}}
proxy=http://USER:PASSWORD@HOST:PORT
no_proxy='.example.com,other.example.org'
repositories=[{'id': 'r', 'baseurl': 'http://example.com/$basearch/os', 'enabled': 1, 'check': 0}]
release="3.11"
tag=v3.11.0
contained=True
use_it = yes
ring=/etc/x/{{ cluster }}.client.ring
fsid="a7f64266-0894-4f1e-a635-d0aeaca0e993"
store: blue

[heads]
head[1:3].test.example.com
[limbs]
head[1:3].test.example.com group_name='config-head'
limb[01:02].test.example.com labels="{'region': 'primary', 'zone': 'east'}"
infra labels="{'region': 'infra','zone': 'default'}" schedulable=true
disks[01:04:2] devices="['/dev/sdb', '/dev/sdc']" fast="[ '/dev/nvme0n1' ]"
lvm volumes="[{'data': 'lv1', 'vg': 'vg1'}]" # a note
secretive pin="'03#pa33w0rd'"
"""

CLUSTER_YAML = r"""all:
  hosts:
    n1: {ansible_host: 192.0.2.3, ip: 192.0.2.3}
    n2:
      ansible_host: 192.0.2.4
      labels: {"a/b": "true", 'x': yes}
      taints: ["a=b:NoSchedule"]
  children:
    control:
      hosts:
        n1: {}
        n2:
    worker: {hosts: {n1: , n2: }}
    cluster:
      children:
        control:
        worker: null
        nothing: {}
    nothing:
      hosts: {}
    deep: # a comment
      children:
        deeper:
          hosts:
            n3   # no colon
        deepest:
          hosts:
            n4:
      vars:
        of: deep
  vars:
    ansible_user: &u deploy
    other: *u
    list: &l [1, 2]
    map:
      <<: {a: 1}
      b: *l
"""

INI = {
    'a cluster': CLUSTER,
    'a cluster, CRLF': CLUSTER.replace('\n', '\r\n'),
    'quoting of all kinds': QUOTED,
    'tabs between': 'web1\tansible_host=1.2.3.4\t\tansible_user=x\n',
    'trailing tabs': '[web]\t\nweb1 \t \n',
    'comment semicolon after': 'web1 ; x\n',
    'comment semicolon in vars': '[g]\nh\n[g:vars]\na=1 ; b\nb=2 # c\nc=x;y\n',
    'comment in section head': '[g] ;c\nh\n[g:vars]#v\na=1\n',
    'indented section': '  [g]\n   h\n  [g:vars]\n  a=1\n',
    'section after host same line': 'h [g]\n',
    'children with trailing blank': '[a:children]\nb \n[b]\nh\n',
    'vars keys odd': '[g]\nh\n[g:vars]\na.b=1\na-b=2\n1a=3\nA=4\na[0]=5\n"q"=6\né=7\n',
    'host vars keys odd': 'h a.b=1 a-b=2 1a=3 A=4 a[0]=5 "q"=6 é=7 q"x=1"=8\n',
    'host var json': 'h a=\'{"a": [1, 2, {"b": null}]}\' b="{\'a\': None}" c=\'[true, false]\' d="[True, False]"\n',
    'host var escaped quotes': 'h a="{\\"a\\": 1}" b=\\"x\\" c=\'\\\'\n',
    'host var backslash windows': 'h p=C:\\Users\\x q="C:\\Users\\x" r=\'C:\\Users\\x\' s="C:\\\\Users"\n',
    'hash in quotes': 'h p=\'a#b\' q="a #b" r=a#b s=\'#\'\n',
    'url value': 'h u=http://x.y/z?a=b&c=d v="http://x.y/z?a=b#frag"\n',
    'equals at end': 'h a==\n',
    'multiline quote': 'h a="x\ny"\n',
    'value spaces quoted list': 'h a="[ 1 , 2 ]" b=" x "\n',
    'sudo old': 'h ansible_sudo_pass=x ansible_ssh_pass=y ansible_ssh_host=1.2.3.4 ansible_ssh_user=u ansible_ssh_port=22 ansible_su=yes\n',
    'negative zero': 'h a=-0 b=+0 c=00 d=-00 e=0.0 f=-0.0 g=1e-7 h=1e16 i=1e15 j=123456789.123456789\n',
    'nan': 'h a=nan b=inf c=-inf d=NaN e=1e999\n',
    'bytes': "h a=b'x' b=B'x' c=bytes d=b''\n",
    'fstring': "h a=f'x' b=F'{x}'\n",
    'tuple nested': "h a=(1,(2,3),[4,{'x':(5,)}]) b=((1))\n",
    'dict in vars multiline like': "[g]\nh\n[g:vars]\na={\n 'b': 1\n}\n",
    'string concat': '[g]\nh\n[g:vars]\na=\'x\' \'y\'\nb=\'x\'\'y\'\nc="x"y\n',
    'hex oct bin': '[g]\nh\n[g:vars]\na=0xFF\nb=0o17\nc=0b11\nd=0XfF\ne=1_0\nf=0x_f\ng=1__0\nh=0_1\ni=1e1_0\n',
    'complexish': "[g]\nh\n[g:vars]\na=1-2\nb=1+2\nc=--1\nd=~1\ne=-True\nf=not 1\ng=-'x'\n",
    'strings escapes': '[g]\nh\n[g:vars]\na=\'\\u0041\'\nb="\\x41\\x42"\nc=\'\\0\'\nd=\'\\12\\134\'\ne=r\'\\n\'\nf=\'\\\n\'\ng="a\\tb"\nh2=\'\\8\'\ni="\\\'"\n',
    'unicode keys': '[gruppe-ä]\nhöst ü=ß\n[日本:children]\ngruppe-ä\n[日本:vars]\nk=値\n',
    'ipv6 many': '[v6]\n2001:db8::1\n[2001:db8::2]\n[2001:db8::3]:2222 a=1\nfe80::1%eth0 x=1\n::ffff:1.2.3.4\n[::1]\n2001:db8::[a:c]\n[2001:db8::[1:3]]:22\n',
    'range leading zero stride': 'a[000:100:50]b\nb[08:11]\nc[1:3]-[1:2:2]-[a:b]\n',
    'range upper': 'x[A:E:2]\ny[a:z:13]\n',
    'range mixed': 'x[0:09]\n',
    'range padding diff': 'x[1:010]\n',
    'range three dims': 'r[1:2]c[1:2]s[a:b] v=1\n',
    'range in middle with port': 'n[1:2].x.y:2200 k=v\n',
    'range same': 'n[5:5]\n',
    'group same as var name': '[vars]\nh1\n[children]\nh2\n[hosts]\nh3\n[vars:vars]\na=1\n[x:children]\nvars\nchildren\n',
    'group all children self': '[all:children]\na\n[a]\nh\n[all:vars]\nz=1\n',
    'group in ungrouped': '[ungrouped]\na\n[b]\na\nc\n',
    'host named group': '[a]\na\nb\n',
    'host named all-x': 'allx\nall-1\n_all\n',
    'empties': '[a]\n[b]\n[c:children]\na\nb\n[d:children]\n[e:vars]\nx=1\n[e]\n',
    'dup hosts in group': '[a]\nh\nh x=1\nh x=2 y=1\n',
    'vars before and after': '[a:vars]\nx=1\n[a]\nh\n[a:vars]\nx=2\ny=3\n',
    'many blank lines': '\n\n\n[a]\n\n\nh\n\n\n[a:vars]\n\nx=1\n\n',
    'priority equal': '[a]\nh\n[b]\nh\n[a:vars]\nx=a\nansible_group_priority=1\n[b:vars]\nx=b\nansible_group_priority=1\n',
    'priority nested': '[p:children]\na\nb\n[a]\nh\n[b]\nh\n[p:vars]\nx=p\nansible_group_priority=50\n[a:vars]\nx=a\nansible_group_priority=10\n[b:vars]\nx=b\n',
    'depth diff': '[p:children]\nq\n[q:children]\na\n[a]\nh\n[z]\nh\n[a:vars]\nx=a\n[z:vars]\nx=z\n',
    'localhost implicit vs explicit': 'localhost\n[web]\nlocalhost x=1\n127.0.0.1 y=2\n',
    'only vars': '[all:vars]\na=1\n',
    'trailing backslash': 'h a=b\\\n[g]\nx\n',
    'dollar': 'h a=$x b="${y}" c=\'$(z)\' d=`w`\n',
    'percent': 'h a=%s b=100% c=%(x)s\n',
    'at': 'h a=@x b=x@y c="@"\n',
    'tilde': 'h a=~/x b=~ c=~root\n',
    'yaml-ish scalars': 'h a=yes b=no c=on d=off e=null f=~ g=y h=n i=True j=FALSE\n',
    'jinja filters': 'h a="{{ x | default(\'y\') }}" b=\'{{ z }}\' c={{z}}\n[g]\nh\n[g:vars]\nd={{ lookup(\'env\', \'HOME\') }}\ne={% if x %}1{% endif %}\nf={\'a\': \'{{ b }}\'}\n',
    'long value json': 'h a="[{\'k0\': \'v\'}, {\'k1\': \'v\'}, {\'k2\': \'v\'}, {\'k3\': \'v\'}, {\'k4\': \'v\'}, {\'k5\': \'v\'}, {\'k6\': \'v\'}, {\'k7\': \'v\'}, {\'k8\': \'v\'}, {\'k9\': \'v\'}, {\'k10\': \'v\'}, {\'k11\': \'v\'}, {\'k12\': \'v\'}, {\'k13\': \'v\'}, {\'k14\': \'v\'}, {\'k15\': \'v\'}, {\'k16\': \'v\'}, {\'k17\': \'v\'}, {\'k18\': \'v\'}, {\'k19\': \'v\'}, {\'k20\': \'v\'}, {\'k21\': \'v\'}, {\'k22\': \'v\'}, {\'k23\': \'v\'}, {\'k24\': \'v\'}, {\'k25\': \'v\'}, {\'k26\': \'v\'}, {\'k27\': \'v\'}, {\'k28\': \'v\'}, {\'k29\': \'v\'}, {\'k30\': \'v\'}, {\'k31\': \'v\'}, {\'k32\': \'v\'}, {\'k33\': \'v\'}, {\'k34\': \'v\'}, {\'k35\': \'v\'}, {\'k36\': \'v\'}, {\'k37\': \'v\'}, {\'k38\': \'v\'}, {\'k39\': \'v\'}, {\'k40\': \'v\'}, {\'k41\': \'v\'}, {\'k42\': \'v\'}, {\'k43\': \'v\'}, {\'k44\': \'v\'}, {\'k45\': \'v\'}, {\'k46\': \'v\'}, {\'k47\': \'v\'}, {\'k48\': \'v\'}, {\'k49\': \'v\'}, {\'k50\': \'v\'}, {\'k51\': \'v\'}, {\'k52\': \'v\'}, {\'k53\': \'v\'}, {\'k54\': \'v\'}, {\'k55\': \'v\'}, {\'k56\': \'v\'}, {\'k57\': \'v\'}, {\'k58\': \'v\'}, {\'k59\': \'v\'}, {\'k60\': \'v\'}, {\'k61\': \'v\'}, {\'k62\': \'v\'}, {\'k63\': \'v\'}, {\'k64\': \'v\'}, {\'k65\': \'v\'}, {\'k66\': \'v\'}, {\'k67\': \'v\'}, {\'k68\': \'v\'}, {\'k69\': \'v\'}, {\'k70\': \'v\'}, {\'k71\': \'v\'}, {\'k72\': \'v\'}, {\'k73\': \'v\'}, {\'k74\': \'v\'}, {\'k75\': \'v\'}, {\'k76\': \'v\'}, {\'k77\': \'v\'}, {\'k78\': \'v\'}, {\'k79\': \'v\'}, {\'k80\': \'v\'}, {\'k81\': \'v\'}, {\'k82\': \'v\'}, {\'k83\': \'v\'}, {\'k84\': \'v\'}, {\'k85\': \'v\'}, {\'k86\': \'v\'}, {\'k87\': \'v\'}, {\'k88\': \'v\'}, {\'k89\': \'v\'}, {\'k90\': \'v\'}, {\'k91\': \'v\'}, {\'k92\': \'v\'}, {\'k93\': \'v\'}, {\'k94\': \'v\'}, {\'k95\': \'v\'}, {\'k96\': \'v\'}, {\'k97\': \'v\'}, {\'k98\': \'v\'}, {\'k99\': \'v\'}, {\'k100\': \'v\'}, {\'k101\': \'v\'}, {\'k102\': \'v\'}, {\'k103\': \'v\'}, {\'k104\': \'v\'}, {\'k105\': \'v\'}, {\'k106\': \'v\'}, {\'k107\': \'v\'}, {\'k108\': \'v\'}, {\'k109\': \'v\'}, {\'k110\': \'v\'}, {\'k111\': \'v\'}, {\'k112\': \'v\'}, {\'k113\': \'v\'}, {\'k114\': \'v\'}, {\'k115\': \'v\'}, {\'k116\': \'v\'}, {\'k117\': \'v\'}, {\'k118\': \'v\'}, {\'k119\': \'v\'}, {\'k120\': \'v\'}, {\'k121\': \'v\'}, {\'k122\': \'v\'}, {\'k123\': \'v\'}, {\'k124\': \'v\'}, {\'k125\': \'v\'}, {\'k126\': \'v\'}, {\'k127\': \'v\'}, {\'k128\': \'v\'}, {\'k129\': \'v\'}, {\'k130\': \'v\'}, {\'k131\': \'v\'}, {\'k132\': \'v\'}, {\'k133\': \'v\'}, {\'k134\': \'v\'}, {\'k135\': \'v\'}, {\'k136\': \'v\'}, {\'k137\': \'v\'}, {\'k138\': \'v\'}, {\'k139\': \'v\'}, {\'k140\': \'v\'}, {\'k141\': \'v\'}, {\'k142\': \'v\'}, {\'k143\': \'v\'}, {\'k144\': \'v\'}, {\'k145\': \'v\'}, {\'k146\': \'v\'}, {\'k147\': \'v\'}, {\'k148\': \'v\'}, {\'k149\': \'v\'}, {\'k150\': \'v\'}, {\'k151\': \'v\'}, {\'k152\': \'v\'}, {\'k153\': \'v\'}, {\'k154\': \'v\'}, {\'k155\': \'v\'}, {\'k156\': \'v\'}, {\'k157\': \'v\'}, {\'k158\': \'v\'}, {\'k159\': \'v\'}, {\'k160\': \'v\'}, {\'k161\': \'v\'}, {\'k162\': \'v\'}, {\'k163\': \'v\'}, {\'k164\': \'v\'}, {\'k165\': \'v\'}, {\'k166\': \'v\'}, {\'k167\': \'v\'}, {\'k168\': \'v\'}, {\'k169\': \'v\'}, {\'k170\': \'v\'}, {\'k171\': \'v\'}, {\'k172\': \'v\'}, {\'k173\': \'v\'}, {\'k174\': \'v\'}, {\'k175\': \'v\'}, {\'k176\': \'v\'}, {\'k177\': \'v\'}, {\'k178\': \'v\'}, {\'k179\': \'v\'}, {\'k180\': \'v\'}, {\'k181\': \'v\'}, {\'k182\': \'v\'}, {\'k183\': \'v\'}, {\'k184\': \'v\'}, {\'k185\': \'v\'}, {\'k186\': \'v\'}, {\'k187\': \'v\'}, {\'k188\': \'v\'}, {\'k189\': \'v\'}, {\'k190\': \'v\'}, {\'k191\': \'v\'}, {\'k192\': \'v\'}, {\'k193\': \'v\'}, {\'k194\': \'v\'}, {\'k195\': \'v\'}, {\'k196\': \'v\'}, {\'k197\': \'v\'}, {\'k198\': \'v\'}, {\'k199\': \'v\'}]"\n',
    'key with blank before eq on host': 'h a =1\n',
    'var with colon': '[g]\nh\n[g:vars]\na:b=c\na = b : c\n',
    'quote key value': 'h \'a\'=1 "b"=2\n',
    'single quote inside': "h a=it's b=1\n",
    'single quote inside vars': '[g]\nh\n[g:vars]\na=it\'s\nb="it\'s"\nc=\'it\\\'s\'\n',
    'nested quotes host': 'h mysecret="\'03#pa33w0rd\'" b=\'"x"\' c="\\"x\\""\n',
    'comment only after value host': 'h a=5 #x b=6\n',
    'comment attached': 'h a=5#x b=6\n',
}

YAML = {
    'a cluster': CLUSTER_YAML,
    'a cluster, CRLF': CLUSTER_YAML.replace('\n', '\r\n'),
    'a cluster with BOM': '\ufeff' + CLUSTER_YAML,
    'hosts text with colon missing': 'all:\n  hosts:\n    a\n',
    'quoted hosts': 'all:\n  hosts:\n    "a": {x: 1}\n    \'b[1:2]\': {x: 2}\n',
    'int hosts': 'all:\n  hosts:\n    10.0.0.1:\n    2001:db8::1:\n    "[::1]":\n',
    'float host': 'all:\n  hosts:\n    1.5: {a: 1}\n',
    'group name with dash': 'my-group:\n  hosts:\n    a:\n',
    'top level several': 'a:\n  hosts: {h1: }\nb:\n  children: {a: }\nall:\n  vars: {x: 1}\n',
    'ungrouped vars': 'ungrouped:\n  hosts: {a: {x: 1}}\n  vars: {y: 2}\n',
    'all children all': 'all:\n  children:\n    all:\n      hosts: {a: }\n',
    'vars null': 'all:\n  hosts: {a: }\n  vars: null\n',
    'vars empty list': 'all:\n  hosts: {a: }\n  vars: []\n',
    'hosts empty list': 'all:\n  hosts: []\n',
    'hosts list of one': 'all:\n  hosts: [a]\n',
    'hosts empty string': 'all:\n  hosts: ""\n',
    'children empty string': 'all:\n  children: ""\n',
    'hosts int': 'all:\n  hosts: 5\n',
    'hosts false': 'all:\n  hosts: false\n',
    'host false': 'all:\n  hosts: {a: false}\n',
    'host zero': 'all:\n  hosts: {a: 0}\n',
    'group false': 'all:\n  children: {a: false}\n',
    'group zero': 'all:\n  children: {a: 0}\n',
    'group empty list': 'all:\n  children: {a: []}\n',
    'group text': 'all:\n  children: {a: text}\n',
    'group empty text': 'all:\n  children: {a: ""}\n',
    'unknown key nested': 'all:\n  children:\n    a:\n      host: {x: }\n      hosts: {h: }\n',
    'uppercase keys': 'all:\n  Hosts: {a: }\n  hosts: {b: }\n',
    'key null': 'all:\n  hosts: {~: {a: 1}}\n',
    'vars types': 'all:\n  vars: {a: 1, b: 1.0, c: 1e5, d: 1.5e300, e: 0o7, f: 0x1F, g: 010, h: 1_000, i: 12:30, j: "12:30", k: .5, l: -.inf, m: .NaN}\n  hosts: {h: }\n',
    'vars strings': 'all:\n  vars: {a: "x\\ty", b: \'x\\ty\', c: x y, d: "é", e: "\\u2028", f: "\\x07", g: " lead", h: "trail ", i: "a: b", j: "#x", k: "", l: "null", m: "yes", n: "1", o: "1.0", p: "~", q: "=", r: "<<", s: "- a", t: "{x}", u: "[x]", v: "&a", w: "*a", x: "!a", y: "%a", z: "@a"}\n  hosts: {h: }\n',
    'vars long strings': 'all:\n  vars:\n    a: "word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word"\n    b: |\n      x\n      y\n    c: >\n      x\n      y\n\n      z\n    d: |-\n      x\n    e: |+\n      x\n\n    f: "a\\nb"\n    g: "a\\n"\n    h: "\\n"\n    i: " a\\n b"\n  hosts: {h: }\n',
    'nested empties': 'all:\n  vars: {a: {}, b: [], c: [[]], d: {e: {}}, f: [{}], g: {h: []}}\n  hosts: {h: }\n',
    'list of dicts': 'all:\n  vars:\n    users:\n    - name: a\n      keys: [x, y]\n    - name: b\n      keys:\n      - z\n      opts: {p: 1}\n  hosts: {h: }\n',
    'unicode': 'größe:\n  hosts:\n    höst: {ключ: значение, emoji: 😀}\n',
    'merge list': 'all:\n  vars:\n    a: &a {x: 1}\n    b: &b {y: 2}\n    c: {<<: [*a, *b], z: 3}\n  hosts: {h: }\n',
    'anchors across groups': 'all:\n  children:\n    a: &g\n      hosts: {h: }\n      vars: {x: 1}\n    b: *g\n',
    'str tag': 'all:\n  vars:\n    a: !!str 1\n    b: !!int "3"\n    c: !!float 1\n    d: !!bool "yes"\n  hosts: {h: }\n',
    'comments everywhere': '# a\nall: # b\n  # c\n  hosts: # d\n    # e\n    h: # f\n      x: 1 # g\n      # h\n# i\n',
    'port host': 'all:\n  hosts:\n    a:22:\n    "b:33":\n      x: 1\n',
    'ansible_host template': 'all:\n  hosts:\n    a: {ansible_host: "{{ inventory_hostname }}.x"}\n',
    'timestamps quoted': 'all:\n  vars: {a: "2020-01-01", b: 2020-1-1x}\n  hosts: {h: }\n',
    'sexagesimal': 'all:\n  vars: {a: 1:30, b: 01:30:00, c: 1:30.5, d: 190:20:30, e: 1:60}\n  hosts: {h: }\n',
    'big ints': 'all:\n  vars: {a: 18446744073709551616, b: -9223372036854775809, c: 0xFFFFFFFFFFFFFFFFFF}\n  hosts: {h: }\n',
    'floats': 'all:\n  vars: {a: 0.1, b: 1.0e+20, c: 1.0e-10, d: 123456789012345680.0, e: 1e3, f: 1.e3, g: 1.0e3}\n  hosts: {h: }\n',
    'version strings': 'all:\n  vars: {a: 1.10, b: "1.10", c: 1.2.3, d: v1}\n  hosts: {h: }\n',
    'octal': 'all:\n  vars: {a: 0755, b: 0o755, c: 08, d: 0888, e: 00, f: "0755"}\n  hosts: {h: }\n',
    'group_priority in yaml': 'a:\n  hosts: {h: }\n  vars: {x: a, ansible_group_priority: 10}\nb:\n  hosts: {h: }\n  vars: {x: b}\n',
}

FILES = {
    'folder endings': {'group_vars/web/a.yml': 'a: 1\n', 'group_vars/web/b.yaml': 'b: 1\n', 'group_vars/web/c.json': '{"c": 1}', 'group_vars/web/d': 'd: 1\n', 'group_vars/web/e.ini': 'e: 1\n', 'group_vars/web/f.YML': 'f: 1\n', 'group_vars/web/g.yml.bak': 'g: 1\n', 'group_vars/web/h.j2': 'h: 1\n', 'group_vars/web/.i.yml': 'i: 1\n', 'group_vars/web/j.yml~': 'j: 1\n', 'group_vars/web/k.yml.orig': 'k: 1\n'},
    'nested folders': {'group_vars/web/x/a.yml': 'a: 1\nq: x\n', 'group_vars/web/x/y/b.yml': 'b: 1\nq: y\n', 'group_vars/web/z.yml': 'q: z\n', 'group_vars/web/w.d/c.yml': 'c: 1\n', 'group_vars/web/.hid/d.yml': 'd: 1\n'},
    'order in folder': {'group_vars/all/Z.yml': 'x: Z\n', 'group_vars/all/a.yml': 'x: a\n', 'group_vars/all/10.yml': 'x: 10\n', 'group_vars/all/9.yml': 'x: 9\n', 'group_vars/all/_.yml': 'x: _\n'},
    'file and folder': {'group_vars/web.yml': 'x: file\n', 'group_vars/web/a.yml': 'x: folder\ny: folder\n'},
    'yml and noext': {'group_vars/web': 'x: plain\n', 'group_vars/web.yml': 'x: yml\ny: yml\n', 'group_vars/web.json': '{"z": 1}'},
    'vault in folder': {'group_vars/all/vars.yml': 'a: "{{ vault_a }}"\n', 'group_vars/all/vault.yml': WHOLE},
    'vault noext': {'host_vars/web1': WHOLE},
    'dash dash': {'group_vars/all.yml': '---\n# c\na: 1\n...\n'},
    'only comments': {'group_vars/all.yml': '# nothing\n'},
    'json types': {'group_vars/all.json': '{"a": 1.0, "b": 1E5, "c": "\\u00e9", "d": null, "e": [1, "x"], "f": {"g": true}, "h": 12345678901234567890, "i": -0, "j": 1e400}'},
    'yaml in json': {'group_vars/all.json': 'a: 1\n'},
    'json dup': {'group_vars/all.json': '{"a": 1}'},
    'group with odd name': {'inventory': '[my-group]\nh\n[a.b]\nh\n', 'group_vars/my-group.yml': 'x: 1\n', 'group_vars/a.b.yml': 'y: 1\n', 'group_vars/a.b': 'z: 1\n'},
    'group_vars all dir and priority': {'group_vars/all/main.yml': 'x: 1\n', 'group_vars/prod.yml': 'x: 2\nansible_group_priority: 5\n', 'group_vars/web.yml': 'y: 1\n'},
    'host ipv6': {'inventory': '2001:db8::1\n[::1]:22\n', 'host_vars/2001:db8::1.yml': 'x: 1\n', 'host_vars/::1': 'y: 1\n'},
    'host range': {'inventory': 'h[1:3]\n', 'host_vars/h2.yml': 'x: 2\n'},
    'host upper': {'inventory': 'HOST1\n', 'host_vars/host1.yml': 'x: 1\n', 'host_vars/HOST1.yml': 'y: 1\n'},
    'symlink-like names': {'group_vars/all.yml.d/x.yml': 'x: 1\n', 'group_vars/all': 'y: 1\n'},
    'merge keys': {'group_vars/all.yml': 'a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n'},
    'unsafe': {'group_vars/all.yml': 'a: !unsafe "{{ x }}"\nb: !unsafe [a, "{{ b }}"]\n'},
    'top-level list of one': {'group_vars/all.yml': '[]\n'},
    'false': {'group_vars/all.yml': 'false\n'},
    'zero': {'group_vars/all.yml': '0\n'},
    'empty string': {'group_vars/all.yml': '""\n'},
    'dict empty': {'group_vars/all.yml': '{}\n'},
    'latin': {'group_vars/größe.yml': 'x: 1\n', 'inventory': '[größe]\nh\n'},
    'localhost host_vars': {'inventory': 'localhost\n', 'host_vars/localhost.yml': 'x: 1\n'},
    'JSON past what a double holds': {'group_vars/all.json': '{"a": 1e400, "b": -1e400, "c": [NaN, Infinity, -Infinity], "d": 1E5}'},
    'aliases in files': {'group_vars/all.yml': 'a: &a [1]\nb: *a\nc: {d: *a}\n', 'group_vars/web/x.yml': 'e: &e {f: 1}\ng: [*e, *e]\n',
                         'group_vars/web/y.yml': 'h: 1\n'},
}

PATTERN_INVENTORY = '''
[fronts]
www[01:05].example.com
foo.example.com
[stores]
one.example.com
two.example.com
192.0.2.10
[staging]
www02.example.com
two.example.com
[ember]
www02.example.com
one.example.com
[a-b]
x1
x-2
x_3
[v6]
2001:db8::1
[2001:db8::2]:22
[east:children]
fronts
[west:children]
stores
[n1]
n1
n10
n11
'''
PATTERNS = r'''
fronts:stores:&staging:!ember
fronts:stores
fronts,stores,&staging,!ember
*.example.com:stores
*.example.com,!staging
~(web|db).*
~(www|one).*\.example\.com
~www0[1-3]
fronts[0]
fronts[-1]
fronts[0:1]
fronts[1:]
fronts[:3]
fronts[-3:-1]
fronts[-2:]
fronts[1-3]
fronts[0]:stores[1]
fronts[0],!www01.example.com
192.0.*
192.0.2.10
2001:db8::1
[2001:db8::1]
v6
a-b
a-b:&x1
x[0]
x*[0]
x*[1:2]
x-2
x_3
n1
n1*
n1[0]
n10
~n1.
~^n1$
east:west
east:!stores
all:!east:!west
all:&east
!all
all:!all
*:&*
east:&fronts:!www0*
www0?.example.com
www0[1:3].example.com
www0[12].example.com
www0[!12].example.com
www[0][12].example.com
foo.example.com:&fronts
one.example.com,two.example.com
one.example.com:two.example.com
one.example.com;two.example.com
 fronts , stores 
fronts: stores
"fronts"
fronts[a]
fronts[1.5]
fronts[0:a]
fronts[+1]
fronts[ 1 ]
fronts[01]
fronts[0][1]
fronts*[0]
~web.*[0]
&fronts
&fronts:&staging
!fronts:staging
staging:!staging
all[1:3]:&fronts
ungrouped
localhost
localhost:fronts
all:localhost
localhost,
127.0.0.1
2001:db8::*
ab::cd
v6:&2001:db8::*
'''.strip('\n').split('\n')

SCRIPTS = [
    ('by host', {'script': '#!/bin/sh\nif [ "$1" = --list ]; then echo \'{"tables": {"hosts": ["h1","h2"], "vars": {"a": true}}, "fronts": ["h2","h3"], "north": {"hosts": ["h1"], "vars": {"b": false}, "children": ["far-north","5th"]}, "far-north": ["h6"], "5th": ["h7"]}\'; else echo "{\\"color\\": \\"red\\", \\"n\\": \\"$2\\"}"; fi\n'}, ['script']),
    ('in folder', {'d/script1': '#!/bin/sh\necho \'{"a": {"hosts": ["h1"], "vars": {"x": 1}}, "_meta": {"hostvars": {"h1": {"y": 2}}}}\'\n', 'd/a-static': '[a]\nh2\n[b:children]\na\n', 'd/z.yml': 'a:\n  hosts: {h3: }\n', 'd/ignored.ini': 'zzz\n', 'd/x.cfg': 'yyy\n', 'd/.git': 'q\n', 'd/notes.txt': 'a b c\n', 'd/old.bak': 'r\n', 'd/s.pyc': 't\n', 'd/group_vars/a.yml': 'gv: 1\n'}, ['d']),
    ('stderr', {'script': '#!/bin/sh\necho warn >&2; echo \'{"a": ["h"], "_meta": {"hostvars": {}}}\'\n'}, ['script']),
    ('unicode', {'script': '#!/bin/sh\necho \'{"ä": ["ö"], "_meta": {"hostvars": {"ö": {"k": "\\u00fc"}}}}\'\n'}, ['script']),
    ('vars null', {'script': '#!/bin/sh\necho \'{"a": {"hosts": ["h"], "vars": null, "children": null}, "_meta": {"hostvars": {}}}\'\n'}, ['script']),
    ('hosts null', {'script': '#!/bin/sh\necho \'{"a": {"hosts": null}, "_meta": {"hostvars": {}}}\'\n'}, ['script']),
    ('meta null', {'script': '#!/bin/sh\necho \'{"a": ["h"], "_meta": null}\'\n'}, ['script']),
    ('meta without hostvars', {'script': '#!/bin/sh\nif [ "$1" = --list ]; then echo \'{"a": ["h"], "_meta": {}}\'; else echo "{}"; fi\n'}, ['script']),
    ('int hosts', {'script': '#!/bin/sh\necho \'{"a": [1, 2], "_meta": {"hostvars": {}}}\'\n'}, ['script']),
    ('host range', {'script': '#!/bin/sh\necho \'{"a": ["h[1:3]", "x:22"], "_meta": {"hostvars": {}}}\'\n'}, ['script']),
    ('all vars', {'script': '#!/bin/sh\necho \'{"all": {"vars": {"x": 1}}, "a": ["h"], "ungrouped": {"hosts": ["u"]}, "_meta": {"hostvars": {"u": {"y": 1}}}}\'\n'}, ['script']),
    ('child order', {'script': '#!/bin/sh\necho \'{"p": {"children": ["z", "y", "x"]}, "x": ["h3"], "y": ["h2"], "z": ["h1"], "_meta": {"hostvars": {}}}\'\n'}, ['script']),
    ('loop', {'script': '#!/bin/sh\necho \'{"p": {"children": ["p"]}, "_meta": {"hostvars": {}}}\'\n'}, ['script']),
    ('hostvars for ungrouped', {'script': '#!/bin/sh\necho \'{"_meta": {"hostvars": {"h1": {"x": 1}}}, "all": {"children": ["ungrouped", "g"]}, "ungrouped": {"hosts": ["h1"]}, "g": {"hosts": ["h2"]}}\'\n'}, ['script']),
]

SOURCES = {
    'list with a range and a port': ({}, ['web[1:3]:22,x,[::1]:33,[web[1:2]]:44']),
    'three': ({'a': '[g]\nh x=a\n', 'b': '[g:vars]\nx=b\ny=b\n', 'c.yml': 'g:\n  vars: {y: c}\n  hosts: {h: {z: c}}\n'}, ['a', 'b', 'c.yml']),
    'three rev': ({'a': '[g]\nh x=a\n', 'b': '[g]\n[g:vars]\nx=b\ny=b\n', 'c.yml': 'g:\n  vars: {y: c}\n  hosts: {h: {z: c}}\n'}, ['c.yml', 'b', 'a']),
    'folder order numbers': ({'d/01-a': '[g]\nh x=1\n', 'd/02-b.yml': 'g: {hosts: {h: {x: 2}}}\n', 'd/10-c': '[g]\nh x=10\n'}, ['d']),
    'list with range': ({}, ['h[1:3],']),
    'list with dup': ({}, ['a,a,b']),
    'list localhost': ({}, ['localhost,']),
    'list and group vars': ({'group_vars/all.yml': 'x: 1\n', 'host_vars/a.yml': 'y: 1\n'}, ['a,b']),
    'list one name and file': ({'inv': '[g]\nb\n'}, ['a,', 'inv']),
    'mixed priority': ({'a': '[x]\nh\n[y]\nh\n[x:vars]\nv=x\n', 'b': '[x]\n[x:vars]\nansible_group_priority=20\n[y]\n[y:vars]\nv=y\n'}, ['a', 'b']),
    'folder slash': ({'d/a': 'h\n'}, ['d/']),
    'dot': ({'d/a': 'h\n'}, ['./d/a']),
    'same group different files depth': ({'a': '[p:children]\nc\n[c]\nh\n[c:vars]\nx=c\n', 'b': '[c:children]\nq\n[q]\nh\n[q:vars]\nx=q\n'}, ['a', 'b']),
    'json file': ({'i.json': '{"all": {"children": {"g": {"hosts": {"h": {"x": [1, null]}}, "vars": {"y": 1.50}}}}}'}, ['i.json']),
    'yaml no ext crlf': ({'hosts': 'all:\r\n  hosts:\r\n    a:\r\n      x: 1\r\n'}, ['hosts']),
    'toml name': ({'i.toml': '[g]\nh\n'}, ['i.toml']),
    'ext yaml ini content': ({'i.yaml': '[g]\nh\n'}, ['i.yaml']),
    'hosts named yml': ({'h.yml': 'g:\n  hosts:\n    a:\n'}, ['h.yml']),
}

BASE = '[web]\nweb1\nweb2\n[db]\ndb1\n[prod:children]\nweb\ndb\n'
