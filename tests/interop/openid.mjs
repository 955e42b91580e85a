// Sign-in at a real OpenID provider (npm oidc-provider): its pages driven by fetch with cookies, our relying
// party by openid_kit. Then what a hostile or a careless provider might do: tokens of others, new keys.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtempSync, writeFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";
import { SignJWT, exportJWK, generateKeyPair } from "jose";

const [program] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), "cairn-openid-"));
const redirect = "https://cairn.example/sign-in/openid/return";
const secret = "a secret: with % signs & more";

const jwk = async (alg, kid) => {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid, use: "sig" };
};

const provider = (issuer, keys, alg, client) => {
  const op = new Provider(issuer, {
    clients: [{
      client_id: "cairn", redirect_uris: [redirect], response_types: ["code"], grant_types: ["authorization_code"],
      id_token_signed_response_alg: alg, post_logout_redirect_uris: ["https://cairn.example/"],
      backchannel_logout_uri: "https://cairn.example/sign-out/openid/told", ...client,
    }],
    jwks: { keys },
    enabledJWA: {
      idTokenSigningAlgValues: ["RS256", "PS256", "ES256"], clientAuthSigningAlgValues: ["RS256", "PS256", "ES256"],
    },
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    pkce: { required: () => true },
    cookies: { keys: ["k"] },
    conformIdTokenClaims: false,
    claims: { openid: ["sub", "staff_id", "realm_access"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@school.example`, email_verified: true, name: "Ana", staff_id: "T-77",
        realm_access: { roles: ["Faculty", "Tech", "Else"] } }),
    }),
  });
  op.proxy = true;
  return op;
};

// The provider behind an address that stays while its keys change.
let handler;
const server = createServer((req, res) => handler(req, res));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;

// ---- a browser ----
class Browser {
  cookies = new Map();
  async go(url, options = {}) {
    for (let hops = 0; hops < 12; hops++) {
      if (url.startsWith(redirect) || url.startsWith("https://cairn.example/")) return { url };
      const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join("; ");
      const res = await fetch(url, { redirect: "manual", ...options, headers: { ...options.headers, cookie } });
      for (const line of res.headers.getSetCookie()) {
        const [pair] = line.split(";");
        const at = pair.indexOf("=");
        if (/expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(pair.slice(0, at));
        else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
      }
      if (res.status < 300 || res.status > 399) return { url, status: res.status, text: await res.text() };
      url = new URL(res.headers.get("location"), url).href;
      options = {};
    }
    throw new Error("too many redirects");
  }
  post(url, form) {
    return this.go(url, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString() });
  }
  async signIn(url, login) {
    let page = await this.go(url);
    for (let i = 0; i < 4 && page.text; i++) {
      const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1];
      const action = /action="([^"]+)"/.exec(page.text)?.[1];
      assert.ok(prompt && action, page.text);
      page = await this.post(new URL(action, page.url).href, { prompt, login, password: "x" });
    }
    return Object.fromEntries(new URL(page.url).searchParams);
  }
}

// ---- our side ----
class Kit {
  constructor(secretFile, keyFile) {
    this.child = spawn(program, [issuer, secretFile, keyFile], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }
  async order(order) {
    this.child.stdin.write(JSON.stringify(order) + "\n");
    return JSON.parse((await this.lines.next()).value);
  }
  async signIn(browser, login, change = {}, again = false) {
    const begun = await this.order({ do: "begin", redirect, again });
    assert.ok(begun.url, JSON.stringify(begun));
    const back = await browser.signIn(begun.url, login);
    assert.equal(back.state, begun.state);
    return this.order({ do: "return", redirect, again, code: back.code, iss: back.iss, verifier: begun.verifier,
      nonce: begun.nonce, ...change });
  }
  close() {
    this.child.stdin.end();
    return new Promise((done) => this.child.on("exit", done));
  }
}

const secretFile = join(dir, "secret");
writeFileSync(secretFile, secret + "\n", { mode: 0o600 });
const basic = { client_secret: secret, token_endpoint_auth_method: "client_secret_basic" };
const say = (text) => console.log("ok  " + text);

try {
  const keys = {};
  for (const alg of ["RS256", "PS256", "ES256"]) {
    keys[alg] = await jwk(alg, "first-" + alg);
    handler = provider(issuer, [keys[alg]], alg, basic).callback();
    const kit = new Kit(secretFile, "");
    const got = await kit.signIn(new Browser(), "ana");
    assert.equal(got.fault, "sound");
    assert.equal(got.claims.sub, "ana");
    assert.equal(got.email, "ana@school.example");
    assert.equal(got.staff, "T-77");
    assert.equal(got.roles, (1 << 0) | (1 << 6));
    say(`the whole way with ${alg}, client_secret_basic and PKCE`);
    assert.equal(await kit.close(), 0);
  }

  const op = provider(issuer, [keys.ES256], "ES256", basic);
  handler = op.callback();
  const kit = new Kit(secretFile, "");
  const browser = new Browser();
  const sound = await kit.signIn(browser, "ana");
  assert.equal(sound.fault, "sound");

  assert.equal((await kit.signIn(browser, "ana", { verifier: "x".repeat(43) })).fault, "code_refused");
  say("a code without its verifier is worth nothing");
  assert.equal((await kit.signIn(browser, "ana", { nonce: "another" })).fault, "wrong_nonce");
  say("a token of another sign-in is refused");
  assert.equal((await kit.signIn(browser, "ana", { iss: "https://evil.example" })).fault, "other_provider");
  assert.equal((await kit.signIn(browser, "ana", { iss: undefined })).fault, "other_provider");
  say("a response that names another provider, or none, is refused before its code is sent anywhere");

  const anew = await kit.signIn(browser, "ana", {}, true);
  assert.equal(anew.fault, "sound");
  assert.ok(Date.now() / 1000 - anew.claims.auth_time < 30);
  say("somebody shows anew who they are, and the token says when");

  // What the token says, in other hands.
  const [h, p, s] = anew.token.split(".");
  const nonce = anew.claims.nonce;
  const other = Buffer.from(JSON.stringify({ ...anew.claims, sub: "ben" })).toString("base64url");
  const enc = (o) => Buffer.from(JSON.stringify(o)).toString("base64url");
  assert.equal((await kit.order({ do: "check", token: `${h}.${p}.${s}`, nonce })).fault, "sound");
  assert.equal((await kit.order({ do: "check", token: `${h}.${other}.${s}`, nonce })).fault, "bad_signature");
  assert.equal((await kit.order({ do: "check", token: `${enc({ alg: "none" })}.${other}.AA`, nonce })).fault, "wrong_alg");
  const hs = await new SignJWT({ ...anew.claims, sub: "ben" }).setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(JSON.stringify(keys.ES256)));
  assert.equal((await kit.order({ do: "check", token: hs, nonce })).fault, "wrong_alg");
  const forged = await generateKeyPair("ES256");
  const stranger = await new SignJWT(anew.claims).setProtectedHeader({ alg: "ES256", kid: "first-ES256" }).sign(forged.privateKey);
  assert.equal((await kit.order({ do: "check", token: stranger, nonce })).fault, "bad_signature");
  say("tokens that are changed, unsigned, signed with a secret or by a stranger are refused");

  // The provider's keys change while we run: the new one is asked for.
  const rotated = await jwk("ES256", "second");
  handler = provider(issuer, [rotated], "ES256", basic).callback();
  const after = await kit.signIn(new Browser(), "ana");
  assert.equal(after.fault, "sound");
  assert.equal((await kit.order({ do: "check", token: anew.token, nonce })).fault, "unknown_key");
  say("a new key is learnt when a token needs it, and the old one is forgotten");

  // Unknown keys do not make us ask the provider for ever.
  let asked = 0;
  const inner = handler;
  handler = (req, res) => { asked += req.url === "/jwks"; return inner(req, res); };
  for (let i = 0; i < 30; i++)
    assert.equal((await kit.order({ do: "check", token: anew.token, nonce })).fault, "unknown_key");
  assert.ok(asked <= 6, String(asked));
  handler = inner;
  say("unknown keys are asked for a few times only");

  // Logout, both ways.
  const end = await kit.order({ do: "end", after: "https://cairn.example/" });
  const page = await browser.go(end.url);
  assert.equal(page.status, 200);
  assert.match(page.text, /logout|sign-out/i);
  const { createPrivateKey } = await import("node:crypto");
  const told = await new SignJWT({ sid: "s-1", events: { "http://schemas.openid.net/event/backchannel-logout": {} } })
    .setProtectedHeader({ alg: "ES256", kid: "second", typ: "logout+jwt" }).setIssuer(issuer).setAudience("cairn")
    .setSubject("ana").setIssuedAt().setExpirationTime("2m").setJti("j-1")
    .sign(createPrivateKey({ key: rotated, format: "jwk" }));
  const out = await kit.order({ do: "logout", token: told });
  assert.equal(out.fault, "sound");
  assert.equal(out.claims.sub, "ana");
  assert.equal((await kit.order({ do: "logout", token: after.token })).fault, "wrong_kind");
  assert.equal((await kit.order({ do: "check", token: told, nonce: "" })).fault, "wrong_kind");
  say("signing out begins at the provider, and the provider's own word for it is believed");
  assert.equal(await kit.close(), 0);

  // A key instead of a secret.
  const own = await jwk("ES256", "ours");
  const keyFile = join(dir, "key");
  writeFileSync(keyFile, JSON.stringify(own), { mode: 0o600 });
  const { d, ...pub } = own;
  handler = provider(issuer, [keys.RS256], "RS256", { token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: "ES256", jwks: { keys: [pub] } }).callback();
  const keyed = new Kit("", keyFile);
  assert.equal((await keyed.signIn(new Browser(), "ana")).fault, "sound");
  say("private_key_jwt instead of a secret");
  assert.equal(await keyed.close(), 0);

  // A provider whose endpoints lead elsewhere, and one that is another one.
  for (const change of [{ token_endpoint: "http://127.0.0.1:1/token" }, { jwks_uri: "http://169.254.169.254/keys" },
    { issuer: "https://other.example" }]) {
    handler = async (req, res) => {
      const doc = { issuer, authorization_endpoint: issuer + "/a", token_endpoint: issuer + "/t", jwks_uri: issuer + "/j", ...change };
      res.setHeader("content-type", "application/json");
      res.end(JSON.stringify(req.url === "/j" ? { keys: [] } : doc));
    };
    const wary = new Kit(secretFile, "");
    assert.equal((await wary.order({ do: "begin", redirect })).fault, "not_ready");
    assert.equal(await wary.close(), 0);
  }
  say("a provider that leads to another host, or says that it is another one, is not used");
  writeFileSync(secretFile, secret, { mode: 0o644 });
  const { chmodSync } = await import("node:fs");
  chmodSync(secretFile, 0o644);
  assert.equal(await new Kit(secretFile, "").close(), 2);
  say("a secret that everybody may read is refused");
} finally {
  server.close();
  server.closeAllConnections();
  rmSync(dir, { recursive: true });
}
