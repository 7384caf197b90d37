// Calls Usher from Node, signed by AWS's own signer. The address is in USHER_URL,
// the region and the credentials are in the environment, as AWS gives them to
// its own SDKs.
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

const { USHER_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
if (!USHER_URL || !AWS_REGION) throw new Error("set USHER_URL to Usher's address, and AWS_REGION to its region");

const signer = new SignatureV4({
  service: "execute-api",
  region: AWS_REGION,
  // In a service of your own: fromNodeProviderChain() of @aws-sdk/credential-providers,
  // which renews a role's credentials.
  credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN },
  sha256: Sha256,
});

// call signs one request, sends it, and gives the answer's JSON. The query goes to
// the signer apart from the path; what is sent is encoded as the signer does it.
async function call(method, path, query = {}, body = undefined) {
  const url = new URL(USHER_URL);
  const encode = (s) => encodeURIComponent(s).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
  const search = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  path = url.pathname.replace(/\/$/, "") + path; // the API's stage goes before
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path,
    query,
    headers: { host: url.host, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const answer = await fetch(url.origin + path + (search && "?" + search), {
    method,
    headers,
    body: body && JSON.stringify(body),
    redirect: "manual", // GET /login is for the browser to follow, and no other host may have the session token
    signal: AbortSignal.timeout(10_000),
  });
  const json = await answer.json().catch(() => ({})); // what is between here and Usher may answer otherwise
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${json.code} (request ${json.request_id})`);
  return json;
}

const { users } = await call("GET", "/users", { limit: "1", email: "ada@example.com" });
console.log("found", users[0].email);
const user = await call("GET", "/users/" + encodeURIComponent("auth0|65e19a100000000000000002")); // | is %7C in a path
console.log("got", user.email);
const created = await call("POST", "/users", {}, { email: process.argv[2] ?? "node@example.com", password: "Str0ng-Enough" });
console.log("created", created.email);
