// A browser for each person, and what is asked of every page that somebody sees.
import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const WIDTHS = [1280, 320];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const HTML_RULES = {
	extends: ["html-validate:standard"],
	rules: {
		"no-trailing-whitespace": "off", // of sections that are not shown
		"attribute-boolean-style": "off",
		"doctype-style": "off",
		"void-style": "off",
		"long-title": "off",
		"no-inline-style": "error",
		"require-sri": "off",
		"no-implicit-button-type": "error",
		"no-redundant-role": "off", // old readers need some of them
		"prefer-native-element": "off", // the same
		"wcag/h32": "error",
	},
};

const MOST_BYTES = 100_000; // of a page without pictures and recordings
const weights = new Map(); // of what does not change: bytes as sent

const html = new HtmlValidate(HTML_RULES);

// Somebody with a browser of their own. scripts false: as where they are switched off.
export class Person {
	constructor(name, base, shots, { scripts = true, language = "en" } = {}) {
		Object.assign(this, { name, base, shots, scripts, language, faults: [], seen: new Set() });
	}

	async open() {
		this.profile = mkdtempSync(join(tmpdir(), "cairn-browser-"));
		this.context = await chromium.launchPersistentContext(this.profile, {
			executablePath: "/usr/bin/chromium",
			args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
				"--disable-component-update", "--disable-sync"],
			javaScriptEnabled: this.scripts,
			locale: this.language,
			viewport: { width: WIDTHS[0], height: 900 },
			reducedMotion: "reduce",
		});
		this.page = this.context.pages()[0] ?? (await this.context.newPage());
		this.page.setDefaultTimeout(20_000);
		this.page.on("pageerror", (e) => this.faults.push(`${this.page.url()}: script: ${e.message}`));
		this.page.on("console", (m) => {
			if (m.type() === "error" && /Content.Security|Refused/.test(m.text()))
				this.faults.push(`${this.page.url()}: ${m.text()}`);
		});
		return this;
	}

	async close() {
		await this.context.close();
		rmSync(this.profile, { recursive: true, force: true });
	}

	async go(path) {
		return this.page.goto(this.base + path);
	}

	async signIn(login, password) {
		await this.go("/sign-in");
		await this.page.fill("#login", login);
		await this.page.fill("#password", password);
		await Promise.all([this.page.waitForURL((u) => u.pathname !== "/sign-in"),
			this.page.press("#password", "Enter")]);
	}

	// The page as it is: axe at each width, its HTML, its weight, a picture. name: of the picture. anew false: the
	// page is an answer to a form, and cannot be fetched again.
	async check(name, widths = WIDTHS, { anew = true } = {}) {
		mkdirSync(this.shots, { recursive: true });
		for (const width of widths) {
			await this.page.setViewportSize({ width, height: 900 });
			const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
				.catch(() => 0);
			if (wide > 1) this.faults.push(`${this.page.url()} at ${width}: ${wide} px too wide`);
			if (this.scripts) await this.axe(width);
			await this.page.screenshot({ path: join(this.shots, `${name}-${width}.png`), fullPage: true });
		}
		await this.page.setViewportSize({ width: WIDTHS[0], height: 900 });
		if (anew) await this.checkHtml();
	}

	async axe(width) {
		const { violations } = await new AxeBuilder({ page: this.page }).withTags(TAGS).analyze();
		for (const v of violations)
			this.faults.push(`${this.page.url()} at ${width}: ${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join("; ")}`);
	}

	async checkHtml() {
		const answer = await this.context.request.get(this.page.url(), { headers: { accept: "text/html" } });
		if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) return;
		const text = await answer.text();
		const report = await html.validateString(text);
		for (const r of report.results)
			for (const m of r.messages.filter((m) => m.severity === 2))
				this.faults.push(`${this.page.url()}: html ${m.line}: ${m.ruleId}: ${m.message}`);
		await this.weigh(text);
	}

	// What a first visit loads before any picture or recording, as it is sent.
	async weigh(text) {
		const parts = [...text.matchAll(/<(?:link rel="stylesheet"|script)[^>]*? (?:href|src)="([^"]+)"/g)].map((m) => m[1]);
		const urls = [this.page.url(), ...new Set(parts.map((part) => new URL(part, this.base).href))];
		let bytes = 0;
		for (const url of urls) bytes += await this.sent(url);
		if (bytes > MOST_BYTES) this.faults.push(`${this.page.url()}: ${bytes} bytes are sent, over ${MOST_BYTES}`);
	}

	async sent(url) {
		const known = weights.get(url);
		if (known !== undefined) return known;
		const cookies = (await this.context.cookies(url)).map((c) => `${c.name}=${c.value}`).join("; ");
		const bytes = await new Promise((resolve, reject) => {
			get(url, { headers: { accept: "text/html,*/*", "accept-encoding": "gzip", cookie: cookies } }, (answer) => {
				let sum = 0;
				answer.on("data", (part) => (sum += part.length)).on("end", () => resolve(sum));
			}).on("error", reject);
		});
		if (new URL(url).pathname.startsWith("/assets/")) weights.set(url, bytes);
		return bytes;
	}
}

// Tells all faults and ends.
export function finish(people, what) {
	const faults = [...new Set(people.flatMap((p) => p.faults))];
	for (const f of faults) console.log(f);
	console.log(`${what}: ${faults.length} faults`);
	process.exit(faults.length === 0 ? 0 : 1);
}
