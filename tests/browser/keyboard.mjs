// The work of a teacher and of an assessor with no pointer at all: every step is a press of a key. Only the file
// itself is chosen for her, while its field has focus: that dialog is the system's.
//
//	node keyboard.mjs SETTING.json SHOTS_DIR SAMPLE_DIR
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { finish } from "./browser.mjs";
import { Keys } from "./keys.mjs";

const [file, shots, sample] = process.argv.slice(2);
const { base, people } = JSON.parse(readFileSync(file));

function must(truth, what) {
	if (!truth) throw new Error(what);
}

// Loads the page anew until the fact is there.
async function until(person, selector, what) {
	const deadline = Date.now() + 30_000;
	while ((await person.page.locator(selector).count()) === 0) {
		must(Date.now() < deadline, `${what} never came true at ${person.page.url()}`);
		await person.page.reload();
	}
}

async function enter(name) {
	const person = await new Keys(name, base, shots).open();
	await person.go("/");
	await person.sweep();
	await person.follow('header a[href^="/sign-in"]');
	await person.type("#login", people[name].login);
	await person.type("#password", "not the password");
	await person.leads(() => person.page.keyboard.press("Enter"));
	must(await person.page.evaluate(() => document.activeElement.matches("[role=alert], [aria-invalid=true]")), "after a wrong password focus is not at what is wrong");
	await person.page.keyboard.press("Tab");
	await person.reach("#password");
	await person.page.keyboard.type(people[name].password);
	await person.leads(() => person.page.keyboard.press("Enter"));
	await person.sweep();
	return person;
}

// ---- a teacher ----

async function enroll(ana) {
	await ana.follow('nav a[href="/catalogue"]');
	await ana.type("#catalogue-q", "phonemic");
	await ana.leads(() => ana.page.keyboard.press("Enter"));
	await ana.follow('a[href^="/catalogue/LIT-101"]');
	await ana.follow('form[action="/enrollments"] button', "Space");
	const progress = 'form[action$="/progress"] button';
	await ana.follow(progress);
	must((await ana.page.locator('form[action$="/progress"] .usa-tag').count()) > 0, "no resource is marked as done");
	return new URL(ana.page.url()).pathname;
}

async function addEvidence(ana, requirement, name) {
	await ana.follow(`main a[href$="/evidence/${requirement}"]`);
	await ana.reach("#file");
	await ana.page.setInputFiles("#file:focus", join(sample, name));
	await ana.reach("form[data-upload] button[type=submit]");
	await Promise.all([ana.page.waitForURL(/done=added/), ana.page.keyboard.press("Enter")]);
	await until(ana, 'a[href^="/artifacts/"]', "what was uploaded");
}

async function consent(ana) {
	const field = 'form[action$="/consent"] input[name=expires]';
	if (!(await ana.page.locator(field).isVisible())) {
		await ana.reach("details:has(form[action$='/consent']) summary");
		await ana.page.keyboard.press("Enter");
	}
	await ana.type(field, `0630${new Date().getFullYear() + 3}`);
	await ana.follow('form[action$="/consent"] button');
}

async function write(ana, question) {
	const text = readFileSync(join(sample, `${question}.txt`), "utf8").trim();
	await ana.type(`[id="a-lit-101.${question}"]`, text);
	await ana.page.locator(`form[action$="/answers/lit-101.${question}"] .cairn-saved`).filter({ hasText: /\d/ }).waitFor({ timeout: 10_000 });
}

async function seal(ana) {
	await until(ana, 'main a[href$="/seal"]', "that it may be sealed");
	await ana.follow('main a[href$="/seal"]');
	const button = 'form[action$="/seal"] button[type=submit]';
	await ana.reach(button);
	await ana.page.keyboard.press("Enter");
	must(await ana.page.evaluate(() => document.activeElement.matches("input:invalid")), "focus is not at what is missing");
	await ana.page.reload();
	await ana.choose('input[name="ai_use"]', "none");
	for (const id of await ana.page.$$eval('input[name="attested"]', (all) => all.map((e) => e.id))) await ana.tick(`[id="${id}"]`);
	await ana.tick("#own-work");
	await ana.follow(button);
	must(/\/submissions\//.test(ana.page.url()), `no receipt: ${ana.page.url()}`);
}

async function teach() {
	const ana = await enter("ana");
	const at = await enroll(ana);
	const back = () => ana.follow(`main a[href="${at}"]`);
	await addEvidence(ana, "lit-101.e1", "plan.md");
	await back();
	await addEvidence(ana, "lit-101.e2", "routines.wav");
	await consent(ana);
	await back();
	await addEvidence(ana, "lit-101.e3", "quick-check.csv");
	await until(ana, 'form[action$="/attest"] button', "the form to attest");
	await ana.follow('form[action$="/attest"] button');
	await back();
	await ana.follow('main a[href$="/answers"]');
	for (const question of ["o1", "o2", "f1"]) await write(ana, question);
	await back();
	await seal(ana);
	console.log("keyboard: a teacher has sealed her work");
	return ana;
}

// ---- an assessor ----

async function take(reader) {
	await until(reader, 'form[action="/readings"] button', "work to read");
	await reader.follow('form[action="/readings"] button');
	if (!/\/readings\/[0-9a-f]/.test(reader.page.url())) await reader.follow('main a[href^="/readings/"]');
	await reader.follow('form[action$="/open"] button');
	await until(reader, ".cairn-rubric", "the rubric");
	await reader.sweep();
}

// To the evidence, into an item, and back to where the rows are.
async function look(reader) {
	await reader.reach('a[href="#evidence"]');
	await reader.page.keyboard.press("Enter");
	await reader.reach("#item-1 > summary");
	await reader.page.keyboard.press("Enter");
	must(await reader.page.evaluate(() => document.activeElement.parentElement.open), "an item does not open by Enter");
	await reader.reach("#item-1 a");
	await reader.reach('a[href="#row-1"]', "Shift+Tab");
	await reader.page.keyboard.press("Enter");
	must(await reader.page.evaluate(() => document.activeElement.id === "row-1"), "the link to a row does not move focus");
}

async function rate(reader) {
	const done = ".cairn-rubric button[type=submit]:not([name])";
	await reader.reach(done);
	await reader.leads(() => reader.page.keyboard.press("Enter"));
	must(await reader.page.evaluate(() => document.activeElement.id === "wrong"), "the summary of what is wrong is not reached first");
	await reader.reach("#wrong a");
	await reader.page.keyboard.press("Enter");
	must(await reader.page.evaluate(() => document.activeElement.matches("input[name^=level-]")), "the summary does not lead to the field");
	await reader.page.reload();
	for (const row of ["r1", "r2", "r3"]) {
		await reader.choose(`input[name="level-lit-101.${row}"]`, "yes");
		await reader.tick(`input[name="confidence-lit-101.${row}"]`);
		if (row === "r1") await reader.type('textarea[name="feedback-lit-101.r1"]', "Your routines are clear and brief, and every child has a turn.");
	}
	await reader.follow(done);
	must((await reader.page.locator(".usa-error-message").count()) === 0, `the reading was not taken: ${await reader.page.locator("main").textContent()}`);
	console.log("keyboard: an assessor has completed a reading");
}

const ana = await teach();
const reader = await enter("reader");
await reader.follow('nav a[href="/readings"]');
await take(reader);
await look(reader);
await rate(reader);
for (const person of [ana, reader]) await person.close();
finish([ana, reader], `${ana.swept.size + reader.swept.size} pages by keyboard`);
