"""The meshes' common root CA, and an intermediate of it for each cluster's istiod to sign with."""

import shutil

from cluster.control_plane import openssl

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_SIGNS = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")


class Authority:
    """root.crt and root.key in a directory."""

    def __init__(self, directory):
        self._key, self.certificate = directory / "root.key", directory / "root.crt"
        openssl("req", "-x509", *_NEW_KEY, "-days", 30, "-subj", "/O=meshdns test/CN=root CA", *_SIGNS,
                "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", self._key, "-out", self.certificate)

    def intermediate(self, directory, cluster):
        """Writes what istiod reads from its ROOT_CA_DIR."""
        directory.mkdir(parents=True)
        certificate = directory / "ca-cert.pem"
        openssl("req", "-x509", *_NEW_KEY, "-days", 30, "-subj", f"/O=meshdns test/CN=intermediate CA/L={cluster}", *_SIGNS,
                "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0", "-CA", self.certificate, "-CAkey", self._key,
                "-keyout", directory / "ca-key.pem", "-out", certificate)
        shutil.copy(self.certificate, directory / "root-cert.pem")
        (directory / "cert-chain.pem").write_text(certificate.read_text() + self.certificate.read_text())
