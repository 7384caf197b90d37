// A client of Usher with the types of its contract. It sends a signature or a bearer token.
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./usher.js";

// signed signs with AWS Signature Version 4.
function signed(region: string, accessKeyId: string, secretAccessKey: string, sessionToken?: string): Middleware {
  const signer = new SignatureV4({
    service: "execute-api",
    region,
    // In a deployed service: fromNodeProviderChain() of @aws-sdk/credential-providers,
    // which renews a role's credentials.
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    sha256: Sha256,
  });
  return {
    async onRequest({ request }) {
      const url = new URL(request.url);
      const { headers } = await signer.sign({
        method: request.method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: { ...Object.fromEntries(request.headers), host: url.host },
        body: await request.clone().text(),
      });
      return new Request(request, { headers });
    },
  };
}

function withToken(token: string): Middleware {
  return {
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
  };
}

// newClient reads the address from USHER_URL. With USHER_SIGV4=1 it signs, with the usual
// variables of AWS. With USHER_TOKEN it sends that token.
export function newClient() {
  const { USHER_URL, USHER_SIGV4, USHER_TOKEN, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!USHER_URL) throw new Error("set USHER_URL to Usher's address");
  const client = createClient<paths>({
    baseUrl: USHER_URL,
    redirect: "manual", // no other host may get the signature or the token
  });
  if (USHER_SIGV4 === "1") {
    if (!AWS_REGION || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error("set AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    client.use(signed(AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN));
  } else if (USHER_TOKEN) {
    client.use(withToken(USHER_TOKEN));
  }
  return client;
}
