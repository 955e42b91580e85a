// Hands on the keys: everything is reached, seen and done without a pointer.
import { Person } from "./browser.mjs";

const PRESSES_MOST = 400; // on any page
const SAME_MOST = 25; // inside one element: a player's own buttons, a date's parts

// Run in the page. How an element looks, its label included: of some boxes only the label is drawn.
const LOOKS = `window.cairnLooks ??= (() => {
	const of = (e, pseudo) => { const s = getComputedStyle(e, pseudo);
		return s.outlineStyle === "none" || parseFloat(s.outlineWidth) === 0 ? "-" + s.boxShadow : s.outlineStyle + s.outlineWidth + s.outlineColor + s.boxShadow; };
	const looks = (e) => [of(e), ...[...(e.labels ?? [])].flatMap((l) => [of(l), of(l, "::before")])].join("|");
	const plain = new WeakMap();
	for (const e of document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex], audio, video, iframe"))
		if (e !== document.activeElement) plain.set(e, looks(e));
	return { looks, plain, order: [] };
})()`;

const FOCUSED = `(() => {
	${LOOKS};
	const e = document.activeElement;
	if (e === null || e === document.body || e === document.documentElement) return null;
	const { looks, plain, order } = window.cairnLooks;
	let number = order.indexOf(e);
	if (number < 0) number = order.push(e) - 1;
	const before = order[number - 1];
	return {
		number,
		what: e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.name ? "[name=" + e.name + "]" : "") + (e.getAttribute("href") ? "[href=" + e.getAttribute("href") + "]" : ""),
		seen: plain.has(e) ? plain.get(e) !== looks(e) : /^[^-]/.test(looks(e)),
		follows: before === undefined || !!(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING),
		framed: ["IFRAME", "AUDIO", "VIDEO"].includes(e.tagName),
		footer: !!e.closest("footer"),
		skip: e.matches(".usa-skipnav"),
	};
})()`;

export class Keys extends Person {
	swept = new Set();

	fault(text) {
		this.faults.push(`${this.page.url()}: ${text}`);
	}

	async focused() {
		return this.page.evaluate(FOCUSED);
	}

	async press(key) {
		await this.page.evaluate(LOOKS);
		await this.page.keyboard.press(key);
	}

	// Whatever has focus shows it. The later parts of a date are drawn by the browser itself, as a player's buttons are.
	shows(at, before) {
		const inside = at.framed || (before?.what === at.what && before.number === at.number);
		if (!at.seen && !inside) this.fault(`${at.what} has focus and does not show it`);
	}

	// Tab until the element is reached. key: Shift+Tab to go back.
	async reach(selector, key = "Tab") {
		const passed = [];
		let before = await this.focused();
		for (let n = 0; n < PRESSES_MOST; n++) {
			await this.press(key);
			const at = await this.focused();
			if (at) this.shows(at, before);
			before = at;
			passed.push(at?.what ?? "-");
			if (await this.page.evaluate((s) => document.activeElement.matches(s), selector)) return;
		}
		throw new Error(`${this.page.url()}: ${selector} is not reached: ${[...new Set(passed)].join(", ")}`);
	}

	// Reaches it, presses the key, and waits for the page that follows.
	async follow(selector, key = "Enter") {
		await this.reach(selector);
		await this.leads(() => this.page.keyboard.press(key));
		await this.sweep();
	}

	async leads(deed) {
		await Promise.all([this.page.waitForNavigation(), deed()]);
	}

	async type(selector, text) {
		await this.reach(selector);
		await this.page.keyboard.type(text);
	}

	async tick(selector) {
		await this.reach(selector);
		await this.page.keyboard.press("Space");
		if (!(await this.page.evaluate(() => document.activeElement.checked))) this.fault(`${selector} is not ticked by Space`);
	}

	// One of some radios that belong together, by arrows.
	async choose(selector, value) {
		await this.reach(selector);
		await this.page.keyboard.press("Space");
		for (let n = 0; n < 12; n++) {
			if (await this.page.evaluate((v) => document.activeElement.checked && document.activeElement.value === v, value)) return;
			await this.press("ArrowDown");
		}
		throw new Error(`${this.page.url()}: arrows do not reach ${value} of ${selector}`);
	}

	// Once for each sort of page: from its start through its footer and out, in the order of the page; the skip link.
	async sweep() {
		const sort = await this.page.evaluate(() => document.querySelector("main h1")?.textContent + location.pathname.split("/").length);
		if (this.swept.has(sort)) return;
		this.swept.add(sort);
		await this.page.goto(this.page.url().split("#")[0]);
		await this.through();
		await this.page.goto(this.page.url().split("#")[0]);
		await this.skip();
		await this.page.goto(this.page.url().split("#")[0]);
	}

	async through() {
		let at = null, before = null, same = 0, footer = false;
		for (let n = 0; n < PRESSES_MOST; n++) {
			await this.press("Tab");
			at = await this.focused();
			if (n === 0 && !at?.skip && !(await this.page.$("[autofocus], [data-focus]"))) this.fault(`the first Tab reaches ${at?.what}, not the skip link`);
			if (at === null || (n > 0 && at.skip)) break;
			same = before?.what === at.what && before.number === at.number ? same + 1 : 0;
			if (same > SAME_MOST) return this.fault(`${at.what} is a trap`);
			this.shows(at, before);
			if (!at.follows) this.fault(`${at.what} is reached out of the page's order`);
			footer ||= at.footer;
			before = at;
		}
		if (!footer) this.fault("the footer is not reached");
		if (at !== null && !at.skip) this.fault(`Tab does not leave the page in ${PRESSES_MOST} presses`);
	}

	async skip() {
		await this.press("Tab");
		if (!(await this.focused())?.skip) return;
		const { x, y } = await this.page.evaluate(() => document.activeElement.getBoundingClientRect());
		if (x < 0 || y < 0) this.fault("the skip link is not seen when it has focus");
		await this.page.keyboard.press("Enter");
		if (!(await this.page.evaluate(() => document.activeElement.id === "main"))) this.fault("the skip link does not move focus to main");
		await this.press("Tab");
		if (await this.page.evaluate(() => !!document.activeElement.closest("header"))) this.fault("after the skip link Tab is in the header again");
		await this.press("Shift+Tab");
		await this.press("Shift+Tab");
		if (await this.page.evaluate(() => !!document.activeElement.closest("main a, main button"))) this.fault("Shift+Tab does not go back from main");
	}
}
