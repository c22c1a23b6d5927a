// A certified OpenID Connect provider with one client, as an organisation's own might be set up. Anybody who
// names themselves is signed in. It ends with its standard input.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

// Where it sends browsers back to, and how its client shows who it is (RFC 7591 section 2).
const [redirect, method] = process.argv.slice(2);

const people = {
  ann: { name: "Ann Example", roles: ["Validators", "Others"], oid: "0a-oid-of-ann" },
  Ann: { name: "Another Ann", roles: "Recorders" },
  bob: { name: "Bob\u0007", roles: [] },
};

const server = createServer();
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: "netgain",
      ...(method === "none" ? {} : { client_secret: "a-canary-of-a-client-secret" }),
      redirect_uris: [redirect],
      token_endpoint_auth_method: method,
    }],
    clientAuthMethods: [method],
    claims: { profile: ["name", "roles", "oid"] },
    // The claims are in the ID token, and not only at an endpoint of their own.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ["only for tests"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people[id] }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});

process.stdin.resume().on("end", () => process.exit(0));
