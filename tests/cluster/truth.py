"""What a zone must hold, computed from what the API servers say, and what it does hold. Shares no code with the server.

For ServiceEntries with addresses of their own, exported to all: hosts of the first cluster that has them, within it of the oldest
entry, then by namespace and name.
"""

import dns.rdatatype
import dns.zone

PAGE = 5000


def service_entries(plane):
    """All of them, page by page."""
    url = f"{plane.url}/apis/networking.istio.io/v1/serviceentries"
    token, items = "", []
    while True:
        response = plane.http.get(url, params={"limit": PAGE, "continue": token}, timeout=60)
        assert response.status_code == 200, response.text
        page = response.json()
        items += page["items"]
        token = page["metadata"].get("continue", "")
        if not token:
            return items


def truth(*planes, zone="global"):
    """Host → its addresses, sorted."""
    owners = {}
    for plane in planes:
        def age(entry):
            meta = entry["metadata"]
            return meta["creationTimestamp"], f"{meta['namespace']}/{meta['name']}"

        mine = {}
        for entry in sorted(service_entries(plane), key=age):
            spec = entry["spec"]
            if not spec.get("addresses") or "*" not in spec.get("exportTo", ["*"]):
                continue
            for host in spec["hosts"]:
                if host.endswith("." + zone):
                    mine.setdefault(host.lower(), sorted(spec["addresses"]))
        owners = {**mine, **owners}
    return owners


def served(server, zone="global"):
    """The same of /zones/ZONE."""
    response = server.get(f"/zones/{zone}", timeout=60)
    assert response.status_code == 200, response.text
    held = {}
    names = {f"ns.dns.{zone}"}  # the configuration's
    for name, node in dns.zone.from_text(response.text, origin=zone, relativize=False, check_origin=False).items():
        host = name.to_text(omit_final_dot=True)
        addresses = [rdata.address for rdataset in node for rdata in rdataset
                     if rdataset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)]
        if addresses and host not in names:
            held[host] = sorted(addresses)
    return held


def difference(expected, held, most=5):
    """What differs, for a message; empty where nothing does."""
    hosts = sorted(host for host in expected.keys() | held.keys() if expected.get(host) != held.get(host))
    return [f"{host}: {held.get(host)} instead of {expected.get(host)}" for host in hosts[:most]]
