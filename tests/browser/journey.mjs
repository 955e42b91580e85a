// A micro-credential from the catalogue to a verified badge, by those who do it: a teacher, two assessors
// who disagree, a lead reader, and a visitor who trusts nobody.
//
//	node journey.mjs SETTING.json SHOTS_DIR SAMPLE_DIR
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { finish, Person } from "./browser.mjs";

const [file, shots, sample] = process.argv.slice(2);
const { base, people } = JSON.parse(readFileSync(file));
const everybody = [];

async function enter(name) {
	const person = await new Person(name, base, shots).open();
	everybody.push(person);
	if (people[name]) await person.signIn(people[name].login, people[name].password);
	return person;
}

function tell(what) {
	console.log(`journey: ${what}`);
}

function must(truth, what) {
	if (!truth) throw new Error(what);
}

// Sends the form with that action, and waits for the page after it.
async function send(person, action, button = "button[type=submit]") {
	const before = person.page.url();
	await Promise.all([
		person.page.waitForResponse((r) => r.request().method() === "POST" && r.url().startsWith(base)),
		person.page.locator(`form[action="${action}"] ${button}`).first().click(),
	]);
	await person.page.waitForLoadState("load");
	const bad = await person.page.locator("h1").first().textContent();
	must(!/problem|error/i.test(bad ?? ""), `after ${action} from ${before}: ${bad}: ${await person.page.locator("main").textContent()}`);
}

// Loads the page anew until the fact is there: services hear of each other within milliseconds.
async function until(person, path, fact, what) {
	const deadline = Date.now() + 30_000;
	for (;;) {
		await person.go(path);
		if (await fact(person.page)) return;
		must(Date.now() < deadline, `${what} never came true at ${path}`);
	}
}

const shown = (selector) => async (page) => (await page.locator(selector).count()) > 0;

// Radios and boxes are drawn by their labels: chosen as a keyboard does.
async function tick(locator) {
	await locator.focus();
	if (!(await locator.isChecked())) await locator.press("Space");
	must(await locator.isChecked(), "it cannot be chosen by keyboard");
}

// ---- the teacher's work ----

async function enroll(ana) {
	await ana.go("/catalogue");
	await ana.page.fill("input[name=q]", "phonemic");
	await Promise.all([ana.page.waitForURL(/q=phonemic/), ana.page.press("input[name=q]", "Enter")]);
	await ana.page.click('a[href^="/catalogue/LIT-101"]');
	await ana.check("journey-entry");
	await Promise.all([ana.page.waitForURL(/\/enrollments\/[0-9a-f-]{36}/), ana.page.click('form[action="/enrollments"] button')]);
	const path = new URL(ana.page.url()).pathname;
	await ana.check("journey-enrolled");
	tell(`enrolled at ${path}, in three clicks from the catalogue`);
	return path;
}

async function addEvidence(ana, at, requirement, file) {
	await until(ana, `${at}/evidence/${requirement}`, shown("#file"), "the form for evidence");
	await ana.page.setInputFiles("#file", join(sample, file));
	await Promise.all([ana.page.waitForURL(/done=added/), ana.page.click("form[data-upload] button[type=submit]")]);
	await until(ana, `${at}/evidence/${requirement}`, shown('a[href^="/artifacts/"]'), "what was uploaded");
}

async function protect(ana, form) {
	const action = await ana.page.locator(`form[action$="/${form}"]`).first().getAttribute("action");
	if (form === "consent") {
		await ana.page.locator(`form[action="${action}"] input[name=expires]`).evaluate((e) => e.closest("details").setAttribute("open", ""));
		await ana.page.fill(`form[action="${action}"] input[name=expires]`, `${new Date().getFullYear() + 3}-06-30`);
	}
	await send(ana, action);
}

async function write(ana, at, question, text) {
	await ana.go(`${at}/answers`);
	const form = `form[action="${at}/answers/${question}"]`;
	await ana.page.fill(`${form} textarea`, text);
	// Not sent: at most five seconds of typing may be lost.
	await ana.page.locator(`${form} .cairn-saved`).filter({ hasText: /\d/ }).waitFor({ timeout: 10_000 });
	await ana.go(`${at}/answers`);
	must((await ana.page.inputValue(`${form} textarea`)).trim() === text.trim(), `what was typed for ${question} is lost`);
}

async function seal(ana, at) {
	await until(ana, `${at}/seal`, shown(`form[action="${at}/seal"]`), "the form to seal");
	await tick(ana.page.locator("#ai-none"));
	for (const box of await ana.page.locator('input[name="attested"]').all()) await tick(box);
	await tick(ana.page.locator("#own-work"));
	await ana.check("journey-seal");
	await send(ana, `${at}/seal`);
	must(/\/submissions\//.test(ana.page.url()), `no receipt: ${ana.page.url()}`);
	await ana.check("journey-receipt");
	return new URL(ana.page.url()).pathname;
}

async function work(ana) {
	const at = await enroll(ana);
	await addEvidence(ana, at, "lit-101.e1", "plan.md");
	await addEvidence(ana, at, "lit-101.e2", "routines.wav");
	await protect(ana, "consent");
	await addEvidence(ana, at, "lit-101.e3", "quick-check.csv");
	await protect(ana, "attest");
	await ana.check("journey-evidence");
	for (const q of ["o1", "o2", "f1"]) await write(ana, at, `lit-101.${q}`, readFileSync(join(sample, `${q}.txt`), "utf8"));
	await ana.check("journey-answers");
	const submission = await seal(ana, at);
	tell(`sealed: ${submission}`);
	return { at, submission };
}

// ---- readers ----

const words = "The quick-check table and the recording do not yet show how results led to the change that was made: name the "
	+ "children by number, the result you saw, and what you did differently the next day because of it, so that a colleague could follow.";

async function rate(reader, levels, feedback) {
	for (const [row, level] of Object.entries(levels)) {
		await tick(reader.page.locator(`input[name="level-${row}"][value="${level}"]`));
		const sure = reader.page.locator(`input[name="confidence-${row}"]`);
		if (await sure.count()) await tick(sure.last());
	}
	for (const [row, text] of Object.entries(feedback)) await reader.page.fill(`textarea[name="feedback-${row}"]`, text);
}

async function read(reader, levels, feedback) {
	await until(reader, "/readings", shown('form[action="/readings"] button, a[accesskey="r"]'), "work to read");
	if (await reader.page.locator('form[action="/readings"] button').count()) await send(reader, "/readings");
	if (!/\/readings\/[0-9a-f]/.test(reader.page.url())) await reader.page.click('a[accesskey="r"]');
	const path = new URL(reader.page.url()).pathname;
	await reader.check(`journey-${reader.name}-begins`);
	if (await reader.page.locator(`form[action="${path}/open"]`).count()) await send(reader, `${path}/open`);
	await until(reader, path, shown(".cairn-rubric"), "the rubric");
	await reader.check(`journey-${reader.name}-reads`);
	const page = (await reader.page.content()).toLowerCase();
	for (const secret of ["ana torres", "ana@", "a school", "larkspur elementary"]) must(!page.includes(secret), `a reader sees "${secret}"`);
	await rate(reader, levels, feedback);
	await send(reader, path, "button[type=submit]:not([name])");
	must(!(await reader.page.locator(".usa-error-message").count()), `the reading was not taken: ${await reader.page.locator("main").textContent()}`);
	tell(`${reader.name} has read it: ${Object.values(levels).join(", ")}`);
}

async function settle(lead) {
	await until(lead, "/adjudications", shown('a[href^="/adjudications/"]'), "a difference to settle");
	await lead.check("journey-adjudications");
	await lead.page.click('a[href^="/adjudications/"]');
	const path = new URL(lead.page.url()).pathname;
	await send(lead, `${path}/open`);
	await until(lead, lead.page.url().slice(base.length), shown("#item-1"), "the evidence");
	await lead.check("journey-adjudication");
	const rows = await lead.page.$$eval('input[name^="level-"]', (all) => [...new Set(all.map((e) => e.name.slice(6)))]);
	await rate(lead, Object.fromEntries(rows.map((row) => [row, "yes"])), {});
	for (const differs of await lead.page.locator('select[name^="differs-"]').all()) await differs.selectOption({ index: 1 });
	await send(lead, path);
	must(!(await lead.page.locator(".usa-error-message").count()), `not settled: ${await lead.page.locator("main").textContent()}`);
	tell("the lead has settled it");
}

// ---- what comes of it ----

async function earned(ana, at) {
	await until(ana, at, shown('a[href^="/credentials/"]'), "the credential");
	await ana.page.click('main a[href^="/credentials/"]');
	await ana.check("journey-credential");
	await send(ana, await ana.page.locator('form[action$="/shares"]').getAttribute("action"));
	const shared = await ana.page.locator('a[href*="/s/"]').first().getAttribute("href");
	const credential = new URL(ana.page.url()).pathname.split("/")[2];
	await ana.go("/ledger");
	await ana.page.click('main a[href^="/ledger/"]');
	await until(ana, new URL(ana.page.url()).pathname, async (page) => /LIT-101|Phonemic/.test(await page.locator("main").textContent()), "the ledger's entry");
	await ana.check("journey-ledger");
	tell(`earned ${credential}; the ledger shows it`);
	return { credential, shared: shared.startsWith(base) ? shared.slice(base.length) : shared };
}

async function verify(visitor, { credential, shared }) {
	await visitor.go("/verify");
	await visitor.page.fill('input[name="credential"], input[name="id"]', credential);
	await Promise.all([visitor.page.waitForLoadState("load"), visitor.page.press('input[name="credential"], input[name="id"]', "Enter")]);
	await visitor.page.waitForURL(new RegExp(credential));
	must(/valid/i.test(await visitor.page.locator("h1").textContent()), "the badge is not said to be valid");
	await visitor.check("journey-verified");
	await visitor.go(shared);
	await visitor.check("journey-shared");
	const document = await visitor.context.request.get(`${base}${shared}/credential.json`);
	must(document.ok(), `the shared badge cannot be fetched: ${document.status()}`);
	await visitor.go("/verify");
	await visitor.page.locator("textarea").fill(await document.text());
	await Promise.all([visitor.page.waitForResponse((r) => r.request().method() === "POST"),
		visitor.page.locator("textarea").evaluate((e) => e.form.requestSubmit())]);
	await visitor.page.waitForLoadState("load");
	must(/valid/i.test(await visitor.page.locator("h1").textContent()), "the pasted badge is not said to be valid");
	tell("a visitor has verified the badge by its id and by its bytes");
}

const ana = await enter("ana");
const { at, submission } = await work(ana);
const one = await enter("reader1");
await read(one, { "lit-101.r1": "yes", "lit-101.r2": "yes", "lit-101.r3": "yes" }, { "lit-101.r1": `Well seen. ${words}` });
const two = await enter("reader2");
await read(two, { "lit-101.r1": "yes", "lit-101.r2": "yes", "lit-101.r3": "almost" }, { "lit-101.r3": words });
const lead = await enter("lead");
await settle(lead);
await until(ana, submission, shown('a[href$="/feedback"]'), "the feedback");
await ana.page.click('a[href$="/feedback"]');
await ana.check("journey-feedback");
const badge = await earned(ana, at);
const visitor = await enter("visitor");
await verify(visitor, badge);
for (const person of everybody) await person.close();
finish(everybody, "the journey");
