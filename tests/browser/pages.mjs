// Every page, as everybody sees it who may: each one walks from their first page along all links.
//
//	node pages.mjs SETTING.json SHOTS_DIR [LANGUAGE] [noscript]
import { readFileSync } from "node:fs";
import { finish, Person } from "./browser.mjs";

const [file, shots, language = "en", noscript] = process.argv.slice(2);
const { base, people } = JSON.parse(readFileSync(file));
const options = { language, scripts: noscript !== "noscript" };

// Which route a path is of: ids and codes make no other page.
const { paths } = await (await fetch(`${base}/openapi.json`)).json();
const routes = Object.keys(paths).filter((p) => paths[p].get)
	.map((path) => ({ path, match: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{rest\}/, ".+").replace(/\{[^}]+\}/g, "[^/]+")}$`) }))
	.sort((a, b) => (a.path.includes("{") ? 1 : 0) - (b.path.includes("{") ? 1 : 0) || b.path.length - a.path.length);
const routeOf = (path) => routes.find((r) => r.match.test(path))?.path;

// Whatever is no page, and why nobody looks at it here. Every other GET route is seen by somebody, or the test fails.
const NO_PAGE = [
	[/^\/assets\//, "style sheets and scripts"],
	[/\.json$|^\/\.well-known\//, "documents for programs"],
	[/\.png$/, "pictures"],
	[/\{file\}$/, "files of a badge"],
	[/^(\/issuers\/\{id\})?\/status\/\{number\}$/, "status lists"],
	[/^\/log\//, "proofs for programs"],
	[/^\/v1\/events$/, "a feed for programs"],
	[/^\/live/, "a stream of events"],
	[/\/artifacts\/\{artifact\}$|\/items\/\{item\}$/, "bytes of evidence"],
	[/^\/uploads/, "bytes on their way"],
	[/^\/(oauth|ims|problems)|^\/sign-in\/openid|^\/token|^\/register/, "for other programs, or by way of them"],
	[/^\/enrollments$/, "the same page as /home"],
	[/^\/verify\/\{credential\}$/, "leads on to /v/{credential}"],
];
const isPage = (route) => !NO_PAGE.some(([what]) => what.test(route));

const visited = new Map(); // route -> by whom

function pictureOf(route) {
	return `${language}${options.scripts ? "" : "-noscript"}-${route.replace(/[^a-z0-9]+/gi, "_")}`;
}

async function look(person, path, route) {
	const answer = await person.go(path);
	const type = answer?.headers()["content-type"] ?? "";

	if (answer === null || answer.status() >= 400)
		person.faults.push(`${person.name} is led to ${path}, which answers ${answer?.status()}`);
	else if (!type.startsWith("text/html")) person.faults.push(`${path} is no page but ${type}`);
	else if (routeOf(new URL(person.page.url()).pathname) !== route) return true; // led on to another one
	else if (!visited.has(route)) {
		visited.set(route, person.name);
		await person.check(pictureOf(route));
	}
	return answer !== null && answer.status() < 400;
}

async function walk(person, starts) {
	const open = [...starts];
	const met = new Set();

	while (open.length > 0) {
		const path = open.shift();
		const route = routeOf(path.split("?")[0]);

		if (route === undefined || met.has(route) || !isPage(route)) continue;
		met.add(route);
		if (!(await look(person, path, route))) continue;
		open.push(...await person.page.$$eval("a[href]", (links) => links.map((a) => a.href)).then((urls) =>
			urls.filter((u) => u.startsWith(`${base}/`)).map((u) => u.slice(base.length).split("#")[0])));
	}
}

// Sends the form that the button is of.
async function press(person, button) {
	await Promise.all([person.page.waitForNavigation(), button.click()]);
}

// Pages that somebody's deed makes.
const deeds = {
	// A wallet's question; its answer leads to another origin, which the page's own policy has to let a form do.
	async ana(person) {
		const back = `${base.replace("127.0.0.1", "localhost")}/privacy`;
		const client = await (await fetch(`${base}/oauth/register`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ client_name: "A Wallet", redirect_uris: [back] }),
		})).json();
		const wish = new URLSearchParams({
			response_type: "code",
			client_id: client.client_id,
			redirect_uri: back,
			scope: client.scope,
			state: "1",
			code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
			code_challenge_method: "S256",
		});
		await person.go(`/oauth/authorize?${wish}`);
		await person.check(pictureOf("consent"));
		await press(person, person.page.locator('form[action="/oauth/authorize"] button[value="allow"]'));
		if (!person.page.url().startsWith(`${back}?code=`)) person.faults.push(`allowing a wallet leads to ${person.page.url()}`);
		return ["/account/connections"];
	},
	async district(person) {
		await person.go("/office/cohorts");
		await person.page.fill("#name", "First readers");
		await press(person, person.page.locator('form[action="/office/cohorts"] button'));
		return ["/office/cohorts"];
	},
	async operator(person) {
		await person.go("/office/accounts");
		await person.page.locator('main a[href^="/office/accounts/"]').first().click();
		await press(person, person.page.locator('form[action$="/reset"] button'));
		await person.check(pictureOf("reset made"), undefined, { anew: false });
		const reset = await person.page.inputValue("#link");
		return [reset.startsWith(base) ? reset.slice(base.length) : reset];
	},
	async visitor(person) {
		await person.go("/nothing-here");
		await person.check(pictureOf("nothing"));
		await person.go("/sign-in");
		await person.page.fill("#login", "nobody");
		await person.page.fill("#password", "not a password");
		await press(person, person.page.locator('form[action="/sign-in"] button'));
		await person.check(pictureOf("sign in refused"), undefined, { anew: false });
		// The link of a letter asks before it does anything: any link of that shape shows the page.
		return [`/unsubscribe/${"0198f3a17c2e7b108a550c1d2e3f4a5b"}-${"ab".repeat(16)}`];
	},
};

const all = [];
for (const [name, { login, password, start = ["/"] }] of Object.entries(people)) {
	const person = await new Person(name, base, shots, options).open();
	all.push(person);
	if (login) await person.signIn(login, password);
	const made = (await deeds[name]?.(person)) ?? [];
	await walk(person, [...start.map((path) => path.replace(base, "")), ...made]);
	await person.close();
}
for (const { path } of routes)
	if (isPage(path) && !visited.has(path)) all[0].faults.push(`no link leads anybody to ${path}`);
console.log([...visited].map(([route, name]) => `${route} (${name})`).join("\n"));
finish(all, `${visited.size} pages in ${language}`);
