// A client of the Open Badges API, written from the standard: it finds the server, registers, is let in by a teacher who
// is signed in, gets tokens, and loses them. What it may not do is tried too.
//
//	node openbadges.mjs BASE LOGIN PASSWORD
import assert from 'node:assert/strict'
import crypto from 'node:crypto'

const [base, login, password] = process.argv.slice(2)
const ob = 'https://purl.imsglobal.org/spec/ob/v3p0/scope/'
const scopes = { read: `${ob}credential.readonly`, upsert: `${ob}credential.upsert`, offline: 'offline_access' }
const redirect = 'http://127.0.0.1:9999/callback'
const step = (text) => console.log(`openbadges: ${text}`)
const word = () => crypto.randomBytes(32).toString('base64url')
const form = (members) => new URLSearchParams(members)
// fetch() resolves what a server says of itself to where it really listens.
const here = (url) => base + new URL(url).pathname
async function send(status, url, options = {}) {
	const got = await fetch(url.startsWith('/') ? base + url : url, { redirect: 'manual', ...options })
	const text = await got.text()
	assert.equal(got.status, status, `${url}: ${text.slice(0, 600)}`)
	return { headers: got.headers, text, json: () => JSON.parse(text) }
}

step('it finds the server')
const server = (await send(200, '/.well-known/oauth-authorization-server')).json()
assert.deepEqual(server.code_challenge_methods_supported, ['S256'])
assert.deepEqual(server.token_endpoint_auth_methods_supported, ['client_secret_basic'])
const at = Object.fromEntries(['registration', 'authorization', 'token', 'revocation'].map((n) => [n, here(server[`${n}_endpoint`])]))

step('it registers, without a token, and not with just anything')
const register = (status, members) => send(status, at.registration, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(members) })
const wallet = {
	client_name: 'A Wallet',
	client_uri: 'http://127.0.0.1:9999/',
	redirect_uris: [redirect],
	token_endpoint_auth_method: 'client_secret_basic',
	grant_types: ['authorization_code', 'refresh_token'],
	response_types: ['code'],
	scope: Object.values(scopes).join(' '),
}
const client = (await register(201, wallet)).json()
assert.ok(client.client_id && client.client_secret && client.scope.split(' ').length === 3)
for (const [error, changed] of [
	['invalid_redirect_uri', { redirect_uris: ['http://wallet.example/callback'] }],
	['invalid_redirect_uri', { redirect_uris: ['https://a.example/x', 'https://b.example/x'] }],
	['invalid_redirect_uri', { redirect_uris: [] }],
	['invalid_client_metadata', { client_uri: 'https://other.example/' }],
	['invalid_client_metadata', { token_endpoint_auth_method: 'none' }],
	['invalid_client_metadata', { client_name: '' }],
])
	assert.equal((await register(400, { ...wallet, ...changed })).json().error, error)

step('nobody is asked before they have signed in, and then they are asked in words')
const verifier = word()
const wish = {
	response_type: 'code',
	client_id: client.client_id,
	redirect_uri: redirect,
	scope: `${scopes.read} ${scopes.offline}`,
	state: word(),
	code_challenge: crypto.createHash('sha256').update(verifier).digest('base64url'),
	code_challenge_method: 'S256',
}
const page = (changed, headers = {}) => `${at.authorization}?${form({ ...wish, ...changed })}`
const html = { accept: 'text/html', 'sec-fetch-site': 'cross-site' }
const away = await send(303, page(), { headers: html })
const to = new URL(away.headers.get('location'), base).searchParams.get('to')
assert.equal(new URL(to, base).searchParams.get('state'), wish.state)
const signed = await send(303, '/sign-in', { method: 'POST', headers: { accept: 'text/html' }, body: form({ login, password, next: to }) })
assert.equal(signed.headers.get('location'), to)
const cookie = signed.headers.get('set-cookie').split(';')[0]
const asked = await send(200, to, { headers: { ...html, cookie } })
assert.match(asked.text, /A Wallet/)
assert.match(asked.headers.get('content-security-policy'), /form-action 'self' http:\/\/127\.0\.0\.1:9999;/)
const spanish = await send(200, page(), { headers: { ...html, cookie, 'accept-language': 'es' } })
assert.match(spanish.text, /Conectar un programa/)

step('an address that is not the client\'s gets nobody; what else is wrong is told to the client')
await send(400, page({ redirect_uri: 'http://127.0.0.1:9999/other' }), { headers: { ...html, cookie } })
await send(400, page({ client_id: crypto.randomUUID() }), { headers: { ...html, cookie } })
for (const [error, changed] of [
	['invalid_request', { state: '' }],
	['invalid_request', { code_challenge: '' }],
	['invalid_request', { code_challenge_method: 'plain' }],
	['unsupported_response_type', { response_type: 'token' }],
	['invalid_scope', { scope: 'everything' }],
	['invalid_scope', { scope: scopes.offline }],
	['invalid_scope', { scope: `${ob}profile.update` }],
]) {
	const back = new URL((await send(303, page(changed), { headers: { ...html, cookie } })).headers.get('location'))
	assert.equal(back.searchParams.get('error'), error)
	assert.equal(back.origin + back.pathname, redirect)
}

step('who is signed in allows it, or does not')
const unescaped = (text) => text.replace(/&#x?([0-9A-Fa-f]+);/g, (m, n) => String.fromCodePoint(parseInt(n, m[2] === 'x' ? 16 : 10))).replaceAll('&amp;', '&')
const hidden = (text) => Object.fromEntries([...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map((m) => [m[1], unescaped(m[2])]))
async function consent(decision, changed = {}) {
	const shown = await send(200, page(changed), { headers: { ...html, cookie } })
	const said = await send(303, '/oauth/authorize', {
		method: 'POST',
		headers: { accept: 'text/html', cookie, 'sec-fetch-site': 'same-origin' },
		body: form({ ...hidden(shown.text), decision }),
	})
	const back = new URL(said.headers.get('location'))
	assert.equal(back.searchParams.get('state'), wish.state)
	assert.equal(back.searchParams.get('iss'), server.issuer)
	return back.searchParams
}
assert.equal((await consent('deny')).get('error'), 'access_denied')
await send(403, '/oauth/authorize', { method: 'POST', headers: { accept: 'text/html', cookie, 'sec-fetch-site': 'cross-site' }, body: form({ ...wish, decision: 'allow' }) })
const code = (await consent('allow')).get('code')

step('a code becomes tokens once, for its client, with its verifier')
const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
const own = basic(client.client_id, client.client_secret)
const token = (status, members, headers = own) => send(status, at.token, { method: 'POST', headers, body: form(members) })
const redeem = (status, code, changed = {}, headers = own) =>
	token(status, { grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifier, ...changed }, headers)
assert.equal((await redeem(401, code, {}, basic(client.client_id, 'wrong'))).json().error, 'invalid_client')
assert.equal((await redeem(400, code, { code_verifier: word() })).json().error, 'invalid_grant')
assert.equal((await redeem(400, code, { redirect_uri: `${redirect}/x` })).json().error, 'invalid_grant')
const other = (await register(201, { ...wallet, client_name: 'Another' })).json()
assert.equal((await redeem(400, code, {}, basic(other.client_id, other.client_secret))).json().error, 'invalid_grant')
assert.equal((await token(400, { grant_type: 'client_credentials' })).json().error, 'unsupported_grant_type')
const got = await redeem(200, code)
assert.equal(got.headers.get('cache-control'), 'no-store')
let tokens = got.json()
assert.equal(tokens.token_type, 'Bearer')
assert.equal(tokens.expires_in, 3600)
assert.equal(tokens.scope, wish.scope)

step('a refresh token is for one use; used twice, the connection ends')
const connections = async () => (await send(200, '/account/connections', { headers: { accept: 'application/json', cookie } })).json().connections
assert.equal((await connections())[0].name, 'A Wallet')
const refresh = (status, refresh_token, more = {}) => token(status, { grant_type: 'refresh_token', refresh_token, ...more })
const first = tokens.refresh_token
tokens = (await refresh(200, first)).json()
assert.notEqual(tokens.refresh_token, first)
assert.equal((await refresh(400, tokens.refresh_token, { scope: scopes.upsert })).json().error, 'invalid_scope')
assert.equal((await refresh(400, first)).json().error, 'invalid_grant')
assert.equal((await refresh(400, tokens.refresh_token)).json().error, 'invalid_grant')
assert.equal((await connections()).length, 0)

step('a code used twice ends what came of it')
const again = (await consent('allow')).get('code')
tokens = (await redeem(200, again)).json()
await redeem(400, again)
assert.equal((await refresh(400, tokens.refresh_token)).json().error, 'invalid_grant')

step('the client gives its tokens back; the person ends a connection')
const revoke = (token) => send(200, at.revocation, { method: 'POST', headers: own, body: form({ token }) })
tokens = (await redeem(200, (await consent('allow')).get('code'))).json()
await revoke('nobody\'s')
await revoke(tokens.refresh_token)
assert.equal((await refresh(400, tokens.refresh_token)).json().error, 'invalid_grant')
tokens = (await redeem(200, (await consent('allow')).get('code'))).json()
const [open] = await connections()
await send(404, `/account/connections/${crypto.randomUUID()}/end`, { method: 'POST', headers: { accept: 'application/json', cookie, 'sec-fetch-site': 'same-origin' } })
await send(200, `/account/connections/${open.grant}/end`, { method: 'POST', headers: { accept: 'application/json', cookie, 'sec-fetch-site': 'same-origin' } })
await refresh(400, tokens.refresh_token)
assert.equal((await connections()).length, 0)
step('done')
