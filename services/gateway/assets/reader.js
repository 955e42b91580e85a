/* For those who judge: words counted as they are typed, a moment of a recording cited, the summary of what is wrong in
 * focus. All of it is possible without. */
const words = (text) => (text.match(/\S+/g) ?? []).filter((run) => /[\p{L}\p{N}]/u.test(run)).length;

for (const area of document.querySelectorAll("textarea[data-words]")) {
	const told = document.getElementById(area.dataset.words);
	area.addEventListener("input", () => {
		told.textContent = told.dataset.text.replace("{0}", words(area.value));
	});
}

let last = document.querySelector("textarea[data-words]");
for (const area of document.querySelectorAll("textarea[data-words]")) area.addEventListener("focus", () => (last = area));

const moment = (seconds) => {
	const two = (n) => String(Math.floor(n)).padStart(2, "0");
	return `[${two(seconds / 60)}:${two(seconds % 60)}]`;
};

const label = document.querySelector("script[data-cite]")?.dataset.cite;
for (const media of document.querySelectorAll("video[data-item], audio[data-item]")) {
	const button = document.createElement("button");
	button.type = "button";
	button.className = "usa-button usa-button--outline";
	button.textContent = label ?? "";
	button.addEventListener("click", () => {
		if (!last) return;
		last.setRangeText(`${moment(media.currentTime)} `, last.selectionStart, last.selectionEnd, "end");
		last.dispatchEvent(new Event("input", { bubbles: true }));
		last.focus();
	});
	if (label) media.insertAdjacentElement("afterend", button);
}

/* A link into a closed item opens it. */
const open = () => {
	const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
	if (target?.tagName === "DETAILS") target.open = true;
};
addEventListener("hashchange", open);
open();
document.querySelector("[data-focus]")?.focus();
