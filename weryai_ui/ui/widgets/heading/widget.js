// The title, and the switches for language and light.
import { button, finder, make, svg } from "../../scripts/dom.js";
import { showWhere, whenRestored } from "../../scripts/form.js";
import { mendGradio } from "../../scripts/gradio.js";
import { read, write } from "../../scripts/storage.js";
import { choose, language, languages, say, speaking, wordsOf } from "../../scripts/words.js";
import { apiPanel } from "./api.js";

/** @type {Record<string, string>} */
const NAMES = { en: "English", zh: "中文" };
const SUN =
  "M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5";
const MOON = "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z";
const words = wordsOf("page");
const system = matchMedia("(prefers-color-scheme: dark)");
const $ = finder(() => widget.element);
/** @type {Widget} */
let widget;

function offerLanguages() {
  for (const each of languages()) {
    const node = button(NAMES[each], () => {
      choose(each);
      widget.trigger("spoken");
    });
    node.lang = each;
    $(".languages").append(node);
  }
}

// The system's light, until a person chooses.
/** @param {string} theme */
function setTheme(theme) {
  document.body.classList.toggle("dark", (theme || (system.matches ? "dark" : "light")) === "dark");
  drawTheme();
}

// A sun or a moon: what pressing it will bring.
function drawTheme() {
  const dark = document.body.classList.contains("dark");
  const line = { fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linecap": "round" };
  const path = svg("path", { ...line, d: dark ? SUN : MOON });
  const picture = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, [path]);
  const name = dark ? words.light : words.dark;
  $(".theme").replaceChildren(picture, make("span", "", name));
  $(".theme").setAttribute("aria-label", name); // on a narrow screen the picture stands alone
}

function offerThemes() {
  $(".theme").onclick = () => {
    const theme = document.body.classList.contains("dark") ? "light" : "dark";
    write("theme", theme);
    setTheme(theme);
  };
  // After Gradio, which sets the system's theme on its own.
  system.addEventListener("change", () => setTimeout(() => setTheme(read("theme"))));
  setTheme(read("theme"));
}

function speak() {
  $("h1").textContent = words.title;
  $(".lead").textContent = words.lead;
  $(".skip").textContent = words.skip;
  $(".languages").setAttribute("aria-label", words.language);
  for (const node of $(".languages").children) node.setAttribute("aria-pressed", String(node.lang === language()));
  for (const [selector, label] of [
    [".studio-compose", words.compose],
    [".studio-results", words.results],
  ]) {
    const panel = document.querySelector(selector);
    panel?.setAttribute("role", "region");
    panel?.setAttribute("aria-label", label);
  }
  $(".pages").setAttribute("aria-label", words.pages);
  $(".opens-api").textContent = say("api.title");
  drawTheme();
  showWhere();
}

/** @param {Widget} given */
export default function start(given) {
  widget = given;
  offerLanguages();
  offerThemes();
  $(".opens-api").onclick = apiPanel($(".api"), {
    mcp: given.props.mcp,
    sandbox: given.props.offers.includes("sandbox"),
  });
  $(".skip").onclick = (/** @type {Event} */ event) => {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (document.querySelector("#field-prompt textarea"))?.focus();
  };
  whenRestored(mendGradio);
  speaking(speak);
}
