"""The Corefiles of today's CoreDNS that stand in for programs which cannot be had here: they answer as those would.

CoreDNS before 1.5 still had the plugin proxy. node-cache (NodeLocal DNSCache) is a CoreDNS that makes its Corefile from a template and
from stubDomains; the text is that of kubernetes/dns, cmd/node-cache/app/configmap.go. kube-dns reads the same stubDomains.
"""

import json
import re

_BLOCK = """
{zone}:53 {{
    errors
    cache 30
    {bind}
    forward . {servers}
}}
"""
_KUBE_DNS = """
.:53 {{
    kubernetes cluster.local
    forward . {upstream}
    reload 2s 1s
}}
"""


def _nameservers(kube_dns, key, default):
    """The value of a key of the ConfigMap kube-dns, which is JSON."""
    return json.loads(kube_dns.get(key) or json.dumps(default))


def _stub_domains(kube_dns, bind=""):
    return "".join(_BLOCK.format(zone=zone, bind=bind, servers=" ".join(servers))
                   for zone, servers in _nameservers(kube_dns, "stubDomains", {}).items())


def old_coredns(files):
    """Before 1.5: proxy is what forward is now, and the kubernetes plugin asks an upstream that it has to be told."""
    corefile = files["/etc/coredns"]["Corefile"]
    return re.sub(r"(?m)^\s*upstream\s*$", "", re.sub(r"(?m)^(\s*)proxy\b", r"\1forward", corefile))


def node_cache(files, addresses, cluster_dns):
    base = files["/etc/coredns"]["Corefile.base"]
    upstream = " ".join(_nameservers(files["/etc/kube-dns"], "upstreamNameservers", ["/etc/resolv.conf"]))
    for variable, value in (("UPSTREAM__SERVERS", upstream), ("CLUSTER__DNS", cluster_dns), ("LOCAL__DNS", addresses)):
        base = base.replace(f"__PILLAR__{variable}__", value)
    return base + _stub_domains(files["/etc/kube-dns"], f"bind {addresses}")


def kube_dns(files):
    config = files["/kube-dns-config"]
    upstream = " ".join(_nameservers(config, "upstreamNameservers", ["/etc/resolv.conf"]))
    return _KUBE_DNS.format(upstream=upstream) + _stub_domains(config)
