"""What controllers and kubelets would write: a mesh's objects by hand."""

import json


def namespace(name):
    """Its pods get a sidecar, but for istiod's."""
    labels = {} if name == "istio-system" else {"istio-injection": "enabled"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def node(name, region, zone):
    """What runs on it is in that locality."""
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": {
        "kubernetes.io/hostname": name, "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone}}}


def service_account(name, of):
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": of}}


def pod(name, of, labels, on):
    """One that was injected; on: the node's name."""
    containers = [{"name": each, "image": "none.invalid"} for each in ("main", "istio-proxy")]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": of, "labels": labels},
            "spec": {"serviceAccountName": name, "nodeName": on, "containers": containers}}


def running(address):
    """The status of a Pod that is ready."""
    ready = [{"type": each, "status": "True"} for each in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]
    return {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "conditions": ready}


def service(name, of, cluster_ip, labels, ports, **spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": of},
            "spec": {"clusterIP": cluster_ip, "selector": labels, "ports": ports, **spec}}


def endpoint_slice(name, of, ports, ends):
    """Of the Service of that name; ends: (address, pod, node, zone) each."""
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": f"{name}-x7k2p", "namespace": of, "labels": {"kubernetes.io/service-name": name}},
            "ports": [{"name": port["name"], "port": port["targetPort"], "protocol": "TCP"} for port in ports],
            "endpoints": [{"addresses": [address], "conditions": {"ready": True}, "nodeName": on, "zone": zone,
                           "targetRef": {"kind": "Pod", "namespace": of, "name": pod_name}}
                          for address, pod_name, on, zone in ends]}


def port(name, number, target, **more):
    return {"name": name, "port": number, "targetPort": target, "protocol": "TCP", **more}


def istio(kind, name, of, spec):
    version = "security.istio.io/v1" if kind == "PeerAuthentication" else "networking.istio.io/v1"
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": of}, "spec": spec}


def passthrough_gateway(name, of, labels, *hosts):
    """The Gateway that passes what is for these hosts on to them, by the SNI and unopened."""
    server = {"port": {"number": 15443, "name": "tls", "protocol": "TLS"}, "tls": {"mode": "AUTO_PASSTHROUGH"}, "hosts": list(hosts)}
    return istio("Gateway", name, of, {"selector": labels, "servers": [server]})


def apply(plane, manifests):
    """Of one cluster, in one call."""
    plane.kubectl("apply", "--server-side", "-f", _file(plane, manifests))


def replace(plane, manifests):
    """Whoever wrote what they say."""
    plane.kubectl("replace", "-f", _file(plane, manifests))


def remove(plane, manifests):
    plane.kubectl("delete", "--ignore-not-found", "-f", _file(plane, manifests))


def _file(plane, manifests):
    file = plane.directory / "objects.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)}))
    return file
