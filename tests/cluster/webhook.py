"""An admission webhook of the tests' own, which the real API server calls; it refuses whatever it is asked about."""

import base64
import contextlib
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cluster.control_plane import certify
from support.process import eventually


class Refusal(BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        review["response"] = {"uid": review["request"]["uid"], "allowed": False, "status": {"message": self.server.message}}
        body = json.dumps(review).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def refusing_webhook(plane, namespace, kind, message):
    """While it lasts, changes of that kind of Istio's objects in the namespace are refused. Yields once they are."""
    resource = f"{kind.lower()}s"
    certify(plane.directory / "webhook", "webhook", plane.directory / "ca")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(plane.directory / "webhook.crt", plane.directory / "webhook.key")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
    server.message = message
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    authority = base64.b64encode((plane.directory / "ca.crt").read_bytes()).decode()
    name = f"{resource}.{namespace}.example"
    hooks = f"{plane.url}/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    made = plane.http.post(hooks, timeout=30, json={
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": name},
        "webhooks": [{"name": name, "admissionReviewVersions": ["v1"], "sideEffects": "None",
                      "clientConfig": {"url": f"https://127.0.0.1:{server.server_port}/", "caBundle": authority},
                      "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                      "rules": [{"apiGroups": ["networking.istio.io"], "apiVersions": ["*"], "resources": [resource],
                                 "operations": ["CREATE", "UPDATE", "DELETE"]}]}]})
    assert made.status_code == 201, made.text
    probe = {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": {"name": "probe", "namespace": namespace}}
    url = f"{plane.url}/apis/networking.istio.io/v1/namespaces/{namespace}/{resource}?dryRun=All"
    try:
        eventually(lambda: message in plane.http.post(url, json=probe, timeout=30).text, timeout=60)
        yield
    finally:
        plane.http.delete(f"{hooks}/{name}", timeout=30)
        server.shutdown()
        server.server_close()
