// openid_web.mjs GATEWAY_URL ISSUER_PORT ANA BEN: a provider (npm oidc-provider) and a browser (fetch with cookies).
import assert from "node:assert/strict";
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { SignJWT, exportJWK, generateKeyPair } from "jose";

const [gateway, port, ana, ben] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const say = (text) => console.log("ok  " + text);
const key = async (kid) => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  return { private: pair.privateKey, jwk: { ...(await exportJWK(pair.privateKey)), alg: "ES256", kid, use: "sig" } };
};
const people = {
  ana: { email: "ana@school.example", name: "Ana One", district: "4711", realm: { roles: ["Faculty", "Head"] } },
  ben: { email: "ben@school.example", name: "Ben Two", realm: { roles: [] } },
  cat: { email: "cat@school.example", name: "Cat Three", district: "4711", realm: { roles: ["Faculty"] } },
  dan: { email: "dan@school.example", name: "Dan Four", realm: { roles: [] } },
};
const provider = (jwk) => {
  const op = new Provider(issuer, {
    clients: [{ client_id: "cairn", client_secret: "a-secret:with-%-signs", redirect_uris: [gateway + "/sign-in/openid/return"],
      response_types: ["code"], grant_types: ["authorization_code"], id_token_signed_response_alg: "ES256",
      post_logout_redirect_uris: [gateway + "/"] }],
    jwks: { keys: [jwk] }, cookies: { keys: ["k"] }, conformIdTokenClaims: false, pkce: { required: () => true },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    claims: { openid: ["sub", "realm", "district"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, email_verified: true, ...people[id] }) }),
  });
  return op.callback();
};
const first = await key("first"), second = await key("second");
let handler = provider(first.jwk);
const server = createServer((req, res) => handler(req, res));
await new Promise((done) => server.listen(Number(port), "127.0.0.1", done));

class Browser {
  jars = { [gateway]: new Map(), [issuer]: new Map() };
  async one(url, options = {}) {
    const jar = this.jars[new URL(url).origin];
    const res = await fetch(url, { redirect: "manual", ...options,
      headers: { "sec-fetch-site": "same-origin", ...options.headers, cookie: [...jar].map(([k, v]) => `${k}=${v}`).join("; ") } });
    for (const line of res.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return res;
  }
  // Follows redirects until there is a page, or until the next step is at a path that starts with stop.
  async go(url, options = {}, stop) {
    for (let hops = 0; hops < 15; hops++) {
      if (stop && url.startsWith(stop)) return { url };
      const res = await this.one(url, options);
      if (res.status < 300 || res.status > 399) return { url, status: res.status, text: await res.text() };
      url = new URL(res.headers.get("location"), url).href;
      options = {};
    }
    throw new Error("too many redirects");
  }
  async signIn(login, path = "/sign-in/openid?next=/account", stop = undefined) {
    let page = await this.go(gateway + path, {}, stop);
    for (let i = 0; i < 5 && page.text && page.url.startsWith(issuer); i++) {
      const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1];
      const action = /action="([^"]+)"/.exec(page.text)?.[1];
      assert.ok(prompt && action, `${page.url}: ${page.text}`);
      page = await this.go(new URL(action, page.url).href, { method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ prompt, login, password: "x" }).toString() }, stop);
    }
    return page;
  }
  async account() {
    const res = await this.one(gateway + "/account", { headers: { accept: "application/json" } });
    return { status: res.status, ...(await res.json()) };
  }
}
const roles = (account) => JSON.stringify(account.grants ?? account.roles ?? account);
try {
  const page = await (await fetch(gateway + "/sign-in", { headers: { accept: "text/html" } })).text();
  assert.match(page.replaceAll("&#x3D;", "=").replaceAll("&#x2F;", "/"), /href="\/sign-in\/openid\?next=/);
  say("the sign-in page leads there");

  const a = new Browser();
  let seen = await a.signIn("ana");
  assert.equal(seen.status, 200, seen.text);
  assert.equal(new URL(seen.url).pathname, "/account");
  let account = await a.account();
  assert.equal(account.status, 200);
  assert.match(roles(account), /TEACHER/);
  assert.match(roles(account), /DISTRICT/);
  say("somebody known by e-mail is let in, as a teacher and as what the claims say");

  people.ana.realm.roles = ["Faculty"];
  const again = new Browser();
  assert.equal((await again.signIn("ana")).status, 200);
  const later = await again.account();
  assert.equal(later.account, account.account);
  assert.doesNotMatch(roles(later), /"DISTRICT"/);
  assert.match(roles(later), /TEACHER/);
  say("a role that the claims give no more is gone at the next sign-in, of the same account");

  const b = new Browser();
  assert.equal((await b.signIn("ben")).status, 200);
  assert.match(roles(await b.account()), /TEACHER/);
  say("an account that was opened by hand is the same person's");

  const c = new Browser();
  seen = await c.signIn("cat");
  assert.equal(seen.status, 200, seen.text);
  assert.match(roles(await c.account()), /TEACHER/);
  say("a new teacher is registered, where the settings say so");
  const d = new Browser();
  seen = await d.signIn("dan");
  assert.equal(seen.status, 403);
  assert.match(seen.text, /district/);
  say("who is nobody here is told whom to ask");

  const step = await a.signIn("ana", "/sign-in/openid?again=1&next=/account");
  assert.equal(step.status, 200, step.text);
  say("somebody signed in shows anew who they are");

  // What comes back, in other hands.
  const back = await new Browser().signIn("ana", "/sign-in/openid?next=/account", gateway + "/sign-in/openid/return");
  assert.equal((await new Browser().go(back.url)).status, 400);
  say("a response in another browser signs nobody in");
  const e = new Browser();
  const own = new URL((await e.signIn("ana", "/sign-in/openid?next=/account", gateway + "/sign-in/openid/return")).url);
  own.searchParams.set("iss", "https://evil.example");
  assert.equal((await e.go(own.href)).status, 403);
  own.searchParams.set("iss", issuer);
  assert.equal((await e.go(own.href)).status, 400);
  say("another provider's response is refused, and a state is used once");
  const f = new Browser();
  const open = await f.go(gateway + "/sign-in/openid?next=//evil.example/", {}, issuer);
  assert.ok(open.url.startsWith(issuer));

  handler = provider(second.jwk);
  const g = new Browser();
  assert.equal((await g.signIn("ana")).status, 200);
  say("after the provider's keys changed people sign in as before");

  // Out, by the provider's word.
  const told = (claims, sign = second) => new SignJWT({ events: { "http://schemas.openid.net/event/backchannel-logout": {} }, ...claims })
    .setProtectedHeader({ alg: "ES256", kid: "second", typ: "logout+jwt" }).setIssuer(issuer).setAudience("cairn")
    .setIssuedAt().setExpirationTime("2m").setJti(String(Math.random())).sign(sign.private);
  const tell = (token) => fetch(gateway + "/sign-out/openid/told", { method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" }, body: new URLSearchParams({ logout_token: token }) });
  assert.equal((await tell(await told({ sub: "ana" }, first))).status, 400);
  assert.equal((await g.account()).status, 200);
  const token = await told({ sub: "ana" });
  assert.equal((await tell(token)).status, 200);
  assert.equal((await g.account()).status, 401);
  assert.equal((await tell(token)).status, 400);
  assert.equal((await b.account()).status, 200);
  say("the provider's word ends the sessions of that person, once, and of nobody else");

  const out = await b.go(gateway + "/sign-out/openid", { method: "POST", headers: { accept: "text/html" } }, issuer);
  assert.match(out.url, /post_logout_redirect_uri=/);
  assert.equal((await b.account()).status, 401);
  say("signing out leads to the provider too");
} finally {
  server.close();
  server.closeAllConnections();
}
