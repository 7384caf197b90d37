// Creates a user, changes it and deletes it, with a client that openapi-typescript has typed.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { newClient } from "./client.js";

const usher = newClient();
const email = `typescript-${randomUUID()}@example.com`;
const password = "Str0ng-Enough";
let steps = 0;
function passed(what: string) {
  console.log(`${++steps}. ${what}`);
}

// must returns the data of a successful response.
function must<T>({ data, error, response }: { data?: T; error?: { code?: string; request_id?: string }; response: Response }): T {
  if (data === undefined) throw new Error(`${response.url}: ${response.status} ${error?.code} (request ${error?.request_id})`);
  return data;
}

// With the same key, a repeated request creates no second user.
const creation = { params: { header: { "Idempotency-Key": randomUUID() } }, body: { email, password } };
const user = must(await usher.POST("/users", creation));
assert.equal(user.email, email);
passed("created a user");
assert.equal(must(await usher.POST("/users", creation)).id, user.id);
passed("repeated the request, and got the same user");

const listed: string[] = [];
let pages = 0;
for (let cursor: string | undefined; ; ) {
  const page = must(await usher.GET("/users", { params: { query: { limit: 2, ...(cursor && { cursor }) } } }));
  listed.push(...page.users.map(({ id }) => id));
  pages++;
  cursor = page.next;
  if (!cursor) break;
}
assert(pages > 1 && listed.includes(user.id) && new Set(listed).size === listed.length);
passed("listed all pages");

const path = { user_id: user.id };
must(await usher.PATCH("/metadata/{user_id}", { params: { path }, body: { theme: "dark", language: "de" } }));
const metadata = must(await usher.PATCH("/metadata/{user_id}", { params: { path }, body: { theme: null } }));
assert.deepEqual(metadata, { language: "de" });
passed("patched metadata");

const again = await usher.POST("/users", { body: { email, password } });
assert(again.error?.code === "user-exists", "a second user with the same address");
passed("409: the address is taken");

const weak = await usher.POST("/users", { body: { email: `weak-${email}`, password: "a" } });
switch (weak.error?.code) {
  case "password-too-weak":
    passed("422: the password is too weak");
    break;
  default:
    throw new Error(`a weak password: ${weak.response.status} ${weak.error?.code}`);
}

const deleted = await usher.DELETE("/users/{id}", { params: { path: { id: user.id } } });
assert.equal(deleted.response.status, 204);
passed("deleted the user");
console.log(`${steps} steps passed`);
