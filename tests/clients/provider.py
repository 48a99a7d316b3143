"""An OpenID provider on the loopback: Canaille, with one user and two clients (one that keeps a secret, one public) in memory.

  provider.py PORT REDIRECT_URI…
"""
import sys

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from canaille.backends.memory.backend import MemoryBackend
from joserfc.jwk import ECKey, RSAKey
from werkzeug.serving import make_server

USER, PASSWORD, CLIENT, SECRET, PUBLIC = "kay", "correct horse battery", "mozu", "a secret of two", "mozu-public"


def fits_all(self, model, *words, of_one=MemoryBackend.do_query, **conditions):
    """Canaille's memory gives what fits one of the conditions, such as any code of a client; its other backends what fits all."""
    if not conditions:
        return of_one(self, model, *words)
    found = [{one.id: one for one in of_one(self, model, *words, **{name: value})} for name, value in conditions.items()]
    return [one for id, one in found[0].items() if all(id in other for other in found)]


def main():
    MemoryBackend.do_query = fits_all
    port, redirects = int(sys.argv[1]), sys.argv[2:]
    keys = [RSAKey.generate_key(2048, parameters={"kid": "rsa", "use": "sig", "alg": "RS256"}), ECKey.generate_key("P-256", parameters={"kid": "ec", "use": "sig", "alg": "ES256"})]
    app = create_app({"SECRET_KEY": "of this test alone", "SERVER_NAME": f"127.0.0.1:{port}", "PREFERRED_URL_SCHEME": "http", "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False, "LOGGING": {"version": 1}},
                      "CANAILLE_OIDC": {"TRUSTED_DOMAINS": ["127.0.0.1"], "ACTIVE_JWKS": [key.as_dict(private=True) for key in keys]}})
    with app.app_context():
        backend = Backend.instance
        backend.save(models.User(user_name=USER, formatted_name="Kay Example", family_name="Example", emails=["kay@example.com"], password=PASSWORD))
        for name, secret, way in ((CLIENT, SECRET, "client_secret_basic"), (PUBLIC, None, "none")):
            client = models.Client(client_id=name, client_secret=secret, client_name=name, client_uri="http://127.0.0.1/", redirect_uris=redirects, grant_types=["authorization_code"],
                                       response_types=["code"], scope=["openid"], token_endpoint_auth_method=way)
            backend.save(client)
            client.audience = [client]
            backend.save(client)
    server = make_server("127.0.0.1", port, app, threaded=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
