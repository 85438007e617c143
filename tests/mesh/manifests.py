"""What routes the tutorial's requests to both clusters, by hand: row A of the ways that work."""

from mesh.objects import istio
from mesh.two_clusters import DESTINATIONS, GATEWAY, GATEWAY_PORT, HOST, SERVICE


def entry():
    return istio("ServiceEntry", "serverservice04-bar", "bar", {
        "hosts": [HOST], "location": "MESH_INTERNAL", "resolution": "STATIC", "addresses": ["240.0.0.2"],
        "ports": [{"name": "http1", "number": 8000, "protocol": "HTTP"}],
        "endpoints": [{"address": GATEWAY, "ports": {"http1": GATEWAY_PORT}}]})


def rule():
    return istio("DestinationRule", "serverservice04-bar", "bar", {"host": HOST, "trafficPolicy": {"tls": {
        "mode": "ISTIO_MUTUAL", "sni": "outbound_.8000_._.serverservice04.bar.svc.cluster.local"}}})


def route(*weights):
    """Of DESTINATIONS, in order."""
    return istio("VirtualService", "service01", "bar", {"hosts": [SERVICE], "http": [{
        "match": [{"uri": {"prefix": "/headers"}}],
        "route": [{"destination": {"host": host, "port": {"number": 8000}}, "weight": weight}
                  for host, weight in zip(DESTINATIONS, weights, strict=True)]}]})
