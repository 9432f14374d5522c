// The page's words in the language of the visitor, who may choose another at any time. They come with the page.
import { on, tell } from "./events.js";
import { chooseModel, facts, isOffered, model } from "./models.js";
import { read, write } from "./storage.js";

const all = studioData.words;
const ofBrowser = () => (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
let labelled = `en ${model()}`; // as the page was built
let spoken = "en";

/** @param {string} chosen */
function speak(chosen) {
  spoken = chosen;
  document.documentElement.lang = spoken === "zh" ? "zh-CN" : "en";
}

speak(all[read("language")] ? read("language") : ofBrowser());

/** @param {string} key  a section and a name in it */
const parts = (key) => [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];

/** @param {string} section @param {string} name */
const find = (section, name) => all[spoken][section]?.[name] ?? all[spoken].common[name];

/** @param {string} text @param {Record<string, unknown>} filled */
export const fill = (text, filled) => text.replace(/\{(\w+)\}/g, (_, name) => String(filled[name]));

/** @param {string} key @param {Record<string, unknown>} [filled] */
export function say(key, filled = {}) {
  const [section, name] = parts(key);
  return fill(find(section, name), filled);
}

// The words of a key in one of the languages, whichever is spoken.
/** @param {string} of @param {string} key */
export function sayIn(of, key) {
  const [section, name] = parts(key);
  return all[of][section][name];
}

/** @param {string} key */
export function has(key) {
  const [section, name] = parts(key);
  return all[spoken][section]?.[name] !== undefined;
}

export const language = () => spoken;
export const languages = () => Object.keys(all);

// The names in a section, in their order.
/** @param {string} section */
export const names = (section) => Object.keys(all[spoken][section]);

// The words of a section by name, in whatever language is spoken when they are read.
/** @param {string} section @returns {Record<string, string>} */
export const wordsOf = (section) => new Proxy({}, { get: (_, name) => find(section, String(name)) });

// A reference's name in words, as in "image 2".
/** @param {string} field @param {number} number */
export const item = (field, number) => say(`item.${field}`, { number });

// Does now what writes words, and again whenever another language is chosen.
/** @param {() => void} act */
export function speaking(act) {
  on("languageChanged", act);
  act();
}

/** @param {string} chosen */
export function choose(chosen) {
  if (chosen === spoken) return;
  speak(chosen);
  write("language", chosen);
  tell("languageChanged", undefined);
}

// Gradio's own components with their words: what `localized.py` says of each, as updates. None where they say it.
// Bounds and choices in them are the chosen model's.
/** @param {Record<string, any>[]} components @param {string} [chosen] */
export function relabel(components, chosen = model()) {
  if (chosen !== model()) {
    chooseModel(chosen);
    tell("formChanged", undefined); // what counts the form counts by the new bounds
  }
  if (`${spoken} ${chosen}` === labelled) return components.map(() => undefined);
  labelled = `${spoken} ${chosen}`;
  /** @param {string} key */
  const text = (key) => (has(key) ? say(key, { ...facts() }) : key);
  /** @param {any} key @param {string} field */
  const localized = (key, field) =>
    Array.isArray(key)
      ? key.filter(([, value]) => isOffered(field, value)).map(([each, value]) => [text(each), value])
      : text(key);
  return components.map(({ of: field, ...keys }) => ({
    __type__: "update",
    ...Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, localized(key, field)])),
  }));
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");

// A length of time in words.
/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  if (minutes >= 60) return say("time.hours", { hours: Math.floor(minutes / 60), minutes: two(minutes % 60) });
  return minutes ? say("time.minutes", { minutes, seconds: two(whole % 60) }) : say("time.seconds", { seconds: whole });
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

// How long ago, as in "3 min. ago".
/** @param {number} at  in seconds since 1970 */
export function ago(at) {
  const seconds = Math.max(0, Date.now() / 1000 - at);
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
  const [unit, length] = UNITS.find(([, each]) => seconds >= each) ?? ["second", 1];
  return format.format(length === 1 ? 0 : -Math.floor(seconds / length), unit);
}
