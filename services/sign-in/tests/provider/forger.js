// A provider that gives out whatever ID token the code asks for: the code is base64url JSON of
// {key, alg, kid, claims}. What is not asked for is as it should be. It ends with its standard input.
//
// GET /keys-asked tells how often its keys were asked for; GET /rotate puts a new key in place of the old.

import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from "jose";

const secret = "a-canary-of-a-client-secret";
const algorithms = ["RS256", "PS256", "ES256", "EdDSA"];

const make = async (generation) => Object.fromEntries(await Promise.all(
  algorithms.map(async (alg) => {
    const pair = await generateKeyPair(alg, { extractable: true });
    const kid = `${alg}-${generation}`;
    return [alg, { ...pair, kid, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: "sig" } }];
  }),
));

let keys = await make(1);
const others = await make("stranger");
let keysAsked = 0;

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

// What a signature has that needs no private key.
const unsigned = (header, claims) => `${base64url(header)}.${base64url(claims)}.`;
const hmac = (header, claims, key) => {
  const signed = unsigned(header, claims).slice(0, -1);
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
};

async function idToken(issuer, { key = "known", alg = "RS256", kid, claims }) {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: issuer, aud: "netgain", sub: "ann", iat: now, exp: now + 300, ...claims };
  for (const time of ["iat", "exp"]) {
    if (typeof all[time] === "string") all[time] = now + Number(all[time]);
  }
  const known = keys[alg] ?? keys.RS256;
  const header = { alg, kid: kid ?? known.kid };
  switch (key) {
    case "known": return new SignJWT(all).setProtectedHeader(header).sign(known.privateKey);
    case "stranger": return new SignJWT(all).setProtectedHeader(header).sign(others[alg].privateKey);
    case "none": return unsigned({ alg: "none" }, all);
    case "client secret": return hmac({ alg: "HS256" }, all, secret);
    case "public key": return hmac({ alg: "HS256", kid: known.kid }, all, await exportSPKI(known.publicKey));
    case "cut off": return unsigned(header, all);
    default: throw new Error(`no such key: ${key}`);
  }
}

async function answer(issuer, path, body) {
  switch (path) {
    case "/.well-known/openid-configuration": return {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      // More than may be believed.
      id_token_signing_alg_values_supported: [...algorithms, "HS256", "none"],
    };
    case "/keys":
      keysAsked += 1;
      return { keys: Object.values(keys).map(({ jwk }) => jwk) };
    case "/keys-asked": return keysAsked;
    case "/rotate":
      keys = await make(2);
      return {};
    case "/token": {
      const code = JSON.parse(Buffer.from(new URLSearchParams(body).get("code"), "base64url"));
      return {
        access_token: "a-canary-of-an-access-token",
        token_type: "Bearer",
        ...(code.key === "missing" ? {} : { id_token: code.raw ?? await idToken(issuer, code) }),
      };
    }
    default: return {};
  }
}

const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const json = JSON.stringify(await answer(issuer, request.url, body));
  response.setHeader("content-type", "application/json").end(json);
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));

process.stdin.resume().on("end", () => process.exit(0));
