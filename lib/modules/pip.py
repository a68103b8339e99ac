# Whether requirements are met: the lines on stdin, by the rules pip has. Writes nothing.
# Exit status: 0 they are, 1 they are not, 2 that cannot be told. Argument "absent": none is there.
import re
import sys

try:
    from pip._vendor.packaging.requirements import Requirement
    from pip._vendor.packaging.utils import canonicalize_name
except ImportError:
    try:
        from packaging.requirements import Requirement
        from packaging.utils import canonicalize_name
    except ImportError:
        sys.exit(2)
try:
    from importlib import metadata
except ImportError:
    sys.exit(2)

absent = sys.argv[1] == "absent"
harmless = ("--index-url", "--extra-index-url", "--find-links", "-i ", "-f ", "--trusted-host",
            "--no-index", "--only-binary", "--prefer-binary", "--no-binary")
installed = {}
for distribution in metadata.distributions():
    name = distribution.metadata["Name"]
    if name:
        installed.setdefault(canonicalize_name(name), distribution)
seen = set()


def check(requirement, extras):
    marker = requirement.marker
    if marker and not any(marker.evaluate({"extra": extra}) for extra in extras + [""]):
        return
    if requirement.url:
        sys.exit(2)
    name = canonicalize_name(requirement.name)
    found = installed.get(name)
    if absent:
        if found:
            sys.exit(1)
        return
    if not found or not requirement.specifier.contains(found.version, prereleases=True):
        sys.exit(1)
    key = (name, tuple(sorted(requirement.extras)))
    if key in seen:
        return
    seen.add(key)
    for needed in found.requires or []:
        check(Requirement(needed), sorted(requirement.extras))


for line in sys.stdin.read().replace("\\\n", "").splitlines():
    line = re.sub(r"(^|\s+)#.*", "", line).strip()
    line = re.sub(r"\s+--hash=\S*", "", line)
    if not line or line.startswith(harmless):
        continue
    try:
        requirement = Requirement(line)
    except Exception:
        sys.exit(2)
    check(requirement, [])
