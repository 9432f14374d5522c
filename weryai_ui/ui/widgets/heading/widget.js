const $ = (selector) => element.querySelector(selector);
const { make, button } = window.dom;
const words = window.words.of("page");
const NAMES = { en: "English", zh: "中文" };
const system = matchMedia("(prefers-color-scheme: dark)");

// --- language ------------------------------------------------------------------------------------------------

function choose(language) {
  window.words.choose(language);
  trigger("spoken");
}

const languages = window.words.languages().map((language) => {
  const node = button(NAMES[language], () => choose(language));
  node.lang = language;
  return [language, node];
});
$(".languages").append(...languages.map(([, node]) => node));

// --- light and dark: the system's, until somebody chooses ------------------------------------------------------

function setTheme(theme) {
  document.body.classList.toggle("dark", (theme || (system.matches ? "dark" : "light")) === "dark");
  drawTheme();
}

// A sun or a moon: what pressing it will bring.
function drawTheme() {
  const dark = document.body.classList.contains("dark"), NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg"), path = document.createElementNS(NS, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("fill", "none");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", "2");
  path.setAttribute("stroke-linecap", "round");
  path.setAttribute("d", dark
    ? "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5"
    : "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z");
  svg.append(path);
  $(".theme").replaceChildren(svg, make("span", "", dark ? words.light : words.dark));
}

$(".theme").onclick = () => {
  const theme = document.body.classList.contains("dark") ? "light" : "dark";
  window.studio.write("theme", theme);
  setTheme(theme);
};
// After Gradio, which sets the system's theme on its own.
system.addEventListener("change", () => setTimeout(() => setTheme(window.studio.read("theme"))));
setTheme(window.studio.read("theme"));

$(".skip").onclick = (event) => {
  event.preventDefault();
  document.querySelector("#field-prompt textarea").focus();
};

window.studio.whenRestored(window.mendGradio);

// --- words -----------------------------------------------------------------------------------------------------

window.words.speaking(() => {
  $("h1").textContent = words.title;
  $(".lead").textContent = words.lead;
  $(".skip").textContent = words.skip;
  $(".languages").setAttribute("aria-label", words.language);
  languages.forEach(([language, node]) => node.setAttribute("aria-pressed", String(language === window.words.language())));
  $(".badges").replaceChildren(...props.offers.map((offer) => make("span", `badge badge-${offer}`, window.words.say(`badge.${offer}`))));
  for (const [selector, label] of [[".studio-compose", words.compose], [".studio-results", words.results]]) {
    const panel = document.querySelector(selector);
    panel?.setAttribute("role", "region");
    panel?.setAttribute("aria-label", label);
  }
  drawTheme();
  window.studio.showWhere();
});
