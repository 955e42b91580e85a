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

// Not pages: files, streams, documents for programs.
const NO_PAGE = /^\/(assets|live|v1|uploads|openapi|status|log|export\/|\.well-known|artifacts)|\.json$|\.png$|\{file\}|\/did\.json|\/status\/|\/items\/|\/openid|\/ims|\/oauth|\/problems/;

const visited = new Map(); // route -> by whom

async function walk(person, start) {
	const open = [start];
	const met = new Set();

	while (open.length > 0) {
		const path = open.shift();
		const route = routeOf(path.split("?")[0]);

		if (route === undefined || met.has(route) || NO_PAGE.test(route) || route === "/sign-out") continue;
		met.add(route);
		const answer = await person.go(path);
		if (answer === null || !(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
		if (answer.status() >= 400) {
			person.faults.push(`${person.name} is led to ${path}, which answers ${answer.status()}`);
			continue;
		}
		if (!visited.has(route)) {
			visited.set(route, person.name);
			await person.check(`${language}-${route.replace(/[^a-z0-9]+/gi, "_")}`);
		}
		open.push(...await person.page.$$eval("a[href]", (links) => links.map((a) => a.href)).then((urls) =>
			urls.filter((u) => u.startsWith(`${base}/`)).map((u) => u.slice(base.length).split("#")[0])));
	}
}

const all = [];
const visitor = await new Person("visitor", base, shots, options).open();
all.push(visitor);
for (const path of ["/", "/verify", "/sign-in", "/nothing-here"]) {
	if (path === "/nothing-here") {
		await visitor.go(path);
		await visitor.check(`${language}-nothing`);
	} else await walk(visitor, path);
}
await visitor.close();
for (const [name, { login, password, start }] of Object.entries(people)) {
	const person = await new Person(name, base, shots, options).open();
	all.push(person);
	await person.signIn(login, password);
	for (const path of start ?? [new URL(person.page.url()).pathname]) await walk(person, path);
	await person.close();
}
for (const { path } of routes)
	if (!NO_PAGE.test(path) && !visited.has(path)) all[0].faults.push(`no link leads anybody to ${path}`);
console.log([...visited].map(([route, name]) => `${route} (${name})`).join("\n"));
finish(all, `${visited.size} pages in ${language}`);
