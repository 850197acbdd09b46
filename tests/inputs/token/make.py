"""Makes tokens.json and jwks.json with OpenSSL's algorithms (package cryptography), not with the code under test.

The private keys are thrown away. Run again only to add a token: every signature changes.
"""
import base64, hashlib, hmac, json
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

POOL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01"
FROM, UNTIL = 1790000000, 1790003600


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size):
    return b64(value.to_bytes(size, "big"))


rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
other_rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ec_key = ec.generate_private_key(ec.SECP256R1())
public = rsa_key.public_key().public_numbers()
point = ec_key.public_key().public_numbers()
public_pem = rsa_key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def sign(header, claims, how, key=None):
    text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    data = text.encode()
    if how in ("RS256", "RS512"):
        signature = (key or rsa_key).sign(data, padding.PKCS1v15(), hashes.SHA256() if how == "RS256" else hashes.SHA512())
    elif how == "ES256":
        r, s = decode_dss_signature(ec_key.sign(data, ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    elif how == "HS256":
        signature = hmac.new(public_pem, data, hashlib.sha256).digest()
    else:
        signature = b""
    return f"{text}.{b64(signature)}"


id_claims = {"sub": "s-1", "cognito:groups": ["Editors"], "iss": POOL, "cognito:username": "ann", "aud": "client-a",
             "token_use": "id", "auth_time": FROM, "exp": UNTIL, "iat": FROM, "email": "ann@example.com"}
access_claims = {"sub": "s-1", "cognito:groups": ["Editors"], "iss": POOL, "client_id": "client-a", "token_use": "access",
                 "scope": "openid", "auth_time": FROM, "exp": UNTIL, "iat": FROM, "username": "ann"}
oidc_claims = {"iss": "https://tenant.example.auth0.com/", "sub": "auth0|5f7c", "aud": ["https://api.example.com"],
               "azp": "client-o", "iat": FROM, "exp": UNTIL}
rs = {"kid": "rsa-1", "alg": "RS256"}
good = sign(rs, id_claims, "RS256")
head, body, signature = good.split(".")
changed = b64(json.dumps({**id_claims, "cognito:groups": ["Admins"]}).encode())
tokens = {
    "id": good,
    "access": sign(rs, access_claims, "RS256"),
    "oidc": sign({"kid": "ec-1", "alg": "ES256"}, oidc_claims, "ES256"),
    "changed-claims": f"{head}.{changed}.{signature}",
    "other-key": sign(rs, id_claims, "RS256", other_rsa),
    "unknown-kid": sign({"kid": "rsa-9", "alg": "RS256"}, id_claims, "RS256"),
    "no-kid": sign({"alg": "RS256"}, id_claims, "RS256"),
    "alg-none": sign({"kid": "rsa-1", "alg": "none"}, id_claims, "none"),
    "alg-hs256-with-public-key": sign({"kid": "rsa-1", "alg": "HS256"}, id_claims, "HS256"),
    "alg-rs512": sign({"kid": "rsa-1", "alg": "RS512"}, id_claims, "RS512"),
    "not-before": sign(rs, {**id_claims, "nbf": FROM + 1800}, "RS256"),
    "refresh-like": ".".join(b64(hashlib.sha256(bytes([at])).digest()) for at in range(5)),
}
jwks = {"keys": [
    {"kty": "OKP", "crv": "Unheard", "kid": "odd-1", "x": "AA"},
    {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "rsa-1", "e": number(public.e, 3), "n": number(public.n, 256)},
    {"kty": "EC", "alg": "ES256", "use": "sig", "kid": "ec-1", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)},
]}
json.dump(tokens, open("tokens.json", "w"), indent=2)
json.dump(jwks, open("jwks.json", "w"), indent=2)
