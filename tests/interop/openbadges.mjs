// A client of the Open Badges API, written from the standard: it finds the server, registers, is let in by a teacher who
// is signed in, gets tokens, and loses them. What it may not do is tried too.
//
//	node openbadges.mjs BASE LOGIN PASSWORD own|foreign CREDENTIAL TOKEN ...
//
// CREDENTIAL is one that the teacher holds there, or one of another installation that she brings along; each TOKEN is the
// same as a compact JWS.
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import fs from 'node:fs'

const [base, login, password, whose, file, ...tokenFiles] = process.argv.slice(2)
const ob = 'https://purl.imsglobal.org/spec/ob/v3p0/scope/'
const scopes = { read: `${ob}credential.readonly`, upsert: `${ob}credential.upsert`, profile: `${ob}profile.readonly`, update: `${ob}profile.update`, offline: 'offline_access' }
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
const api = (await send(200, '/ims/ob/v3p0/discovery')).json()
const acg = api.components.securitySchemes.OAuth2ACG
assert.equal(acg['x-imssf-registrationUrl'], server.registration_endpoint)
assert.equal(acg.flows.authorizationCode.authorizationUrl, server.authorization_endpoint)
assert.equal(acg.flows.authorizationCode.tokenUrl, server.token_endpoint)
assert.ok(acg.flows.authorizationCode.refreshUrl)
assert.deepEqual(Object.keys(acg.flows.authorizationCode.scopes).sort(), [...server.scopes_supported].sort())
for (const member of ['termsOfService', 'x-imssf-privacyPolicyUrl', 'x-imssf-image']) await send(200, here(api.info[member]))
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
assert.ok(client.client_id && client.client_secret && client.scope.split(' ').length === 5)
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
	['invalid_scope', { scope: 'admin' }],
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
step('a token is good for what was allowed, and for nothing else')
const letIn = async (...wanted) => (await redeem(200, (await consent('allow', { scope: wanted.join(' ') })).get('code'))).json()
const bearer = (token) => ({ authorization: `Bearer ${token}` })
const credentials = '/ims/ob/v3p0/credentials'
const minor = (got) => got.json().imsx_codeMinor.imsx_codeMinorField[0].imsx_codeMinorFieldValue
assert.equal(minor(await send(401, credentials)), 'unauthorizedrequest')
assert.equal(minor(await send(401, credentials, { headers: bearer('cairn_oauth_nobody') })), 'unauthorizedrequest')
const reader = (await letIn(scopes.read)).access_token
const document = fs.readFileSync(file, 'utf8')
const put = (status, token, body, type = 'application/json') =>
	send(status, credentials, { method: 'POST', headers: { ...bearer(token), 'content-type': type }, body })
assert.equal(minor(await put(403, reader, document)), 'forbidden')
assert.equal(minor(await send(403, '/ims/ob/v3p0/profile', { headers: bearer(reader) })), 'forbidden')
await send(403, '/account', { headers: { ...bearer(reader), accept: 'application/json' } })
await send(403, '/credentials', { headers: { ...bearer(reader), accept: 'application/json' } })
const writer = (await letIn(scopes.upsert)).access_token
await send(403, credentials, { headers: bearer(writer) })

step('the badges are given as they were signed, and brought badges are taken once they verify')
if (whose === 'foreign') {
	assert.equal((await send(200, credentials, { headers: bearer(reader) })).headers.get('x-total-count'), '0')
	assert.equal((await put(201, writer, document)).text, document)
}
assert.equal((await put(200, writer, document)).text, document)
const held = await send(200, credentials, { headers: bearer(reader) })
assert.equal(held.headers.get('x-total-count'), '1')
assert.match(held.headers.get('link'), /rel="first".*rel="last"/)
assert.deepEqual(held.json().credential, [JSON.parse(document)])
assert.ok(held.text.includes(document.trim()))
assert.deepEqual(held.json().compactJwsString, [])
assert.deepEqual((await send(200, `${credentials}?offset=1`, { headers: bearer(reader) })).json().credential, [])
assert.match((await send(200, `${credentials}?offset=1&limit=1`, { headers: bearer(reader) })).headers.get('link'), /rel="prev"/)
assert.equal((await send(200, `${credentials}?since=2199-01-01T00:00:00Z`, { headers: bearer(reader) })).headers.get('x-total-count'), '0')
assert.equal(minor(await send(400, `${credentials}?since=yesterday`, { headers: bearer(reader) })), 'invalid_data')

step('as a compact JWS it is taken where it was issued, and held once; who brings it elsewhere is told the other form')
for (const jws of tokenFiles.map((name) => fs.readFileSync(name, 'utf8').trim())) {
	if (whose === 'foreign') {
		assert.match((await put(400, writer, jws, 'text/plain')).json().imsx_description, /with its proof in it/)
		continue
	}
	const echoed = await put(200, writer, `${jws}\n`, 'text/plain')
	assert.equal(echoed.text, jws)
	assert.match(echoed.headers.get('content-type'), /^text\/plain/)
	const [head, payload, signature] = jws.split('.')
	const turned = signature[8] === 'A' ? 'B' : 'A'
	assert.match((await put(400, writer, `${head}.${payload}.${signature.slice(0, 8)}${turned}${signature.slice(9)}`, 'text/plain')).json().imsx_description, /does not verify/)
	assert.equal(minor(await put(400, writer, jws)), 'invalid_data') // as JSON it is none
}
// What is held was signed with its proof in it; the standard's list of those that were signed as a JWS stays empty.
const after = (await send(200, credentials, { headers: bearer(reader) })).json()
assert.deepEqual([after.credential.length, after.compactJwsString], [1, []])

step('what was changed, is nobody\'s, or is no badge is refused, and nothing of it kept')
const changed = JSON.parse(document)
changed.credentialSubject.achievement.name += '!'
assert.equal(minor(await put(400, writer, JSON.stringify(changed))), 'invalid_data')
for (const [body, type] of [['{}', 'application/json'], ['not JSON', 'application/json'], ['[]', 'application/json'], ['a.b.c', 'text/plain'], [document, 'text/plain']])
	await put(400, writer, body, type)
await put(415, writer, document, 'application/xml')
const stranger = JSON.parse(document.replaceAll('did:web:', 'did:web:unknown.'))
assert.match((await put(400, writer, JSON.stringify(stranger))).json().imsx_description, /keys of its issuer/)
assert.equal((await send(200, credentials, { headers: bearer(reader) })).headers.get('x-total-count'), '1')

step('the profile tells who it is')
const profile = (await send(200, '/ims/ob/v3p0/profile', { headers: bearer((await letIn(scopes.profile)).access_token) })).json()
assert.deepEqual(profile.type, ['Profile'])
assert.equal(profile.name, 'Ana Torres')
const both = bearer((await letIn(scopes.profile, scopes.update)).access_token)
const change = (status, members, headers = both) =>
	send(status, '/ims/ob/v3p0/profile', { method: 'PUT', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ ...profile, ...members }) })
const said = { url: 'https://ana.example/', description: 'Teaches first grade.' }
await change(403, said, bearer(reader))
assert.equal(minor(await change(400, { url: 'javascript:alert(1)' })), 'invalid_data')
assert.deepEqual((await change(200, said)).json(), { ...profile, ...said })
assert.deepEqual((await send(200, '/ims/ob/v3p0/profile', { headers: both })).json(), { ...profile, ...said })
assert.deepEqual((await change(200, {})).json(), profile)

step('what was given back, or ended, opens nothing')
await revoke(writer)
await put(401, writer, document)
for (const one of await connections())
	await send(200, `/account/connections/${one.grant}/end`, { method: 'POST', headers: { accept: 'application/json', cookie, 'sec-fetch-site': 'same-origin' } })
await send(401, credentials, { headers: bearer(reader) })

// The last one is for an operator to end (openbadges.sh).
if (process.env.TOKEN_FILE) fs.writeFileSync(process.env.TOKEN_FILE, (await letIn(scopes.read)).access_token)
step('done')
