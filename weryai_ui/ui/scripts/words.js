// The page's words in the language of the visitor, who may choose another at any time. They come with the page, as do
// the rules of the checks. Runs after studio.js, which keeps the choice.
window.words = (() => {
  const all = window.studioData.words, listeners = [];
  const ofBrowser = () => (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  let labelled = "en";   // as the page was built
  let language;

  function speak(chosen) {
    language = chosen;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }

  // The section of a key and the name in it.
  const parts = (key) => [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];
  const find = (section, name) => all[language][section]?.[name] ?? all[language].common[name];
  const fill = (text, filled) => text.replace(/\{(\w+)\}/g, (_, name) => filled[name]);
  const say = (key, filled = {}) => fill(find(...parts(key)), filled);

  const kept = window.studio.read("language");
  speak(all[kept] ? kept : ofBrowser());

  return {
    say,
    fill,
    has(key) {
      const [section, name] = parts(key);
      return all[language][section]?.[name] !== undefined;
    },
    language: () => language,
    languages: () => Object.keys(all),

    // The names in a section, in their order.
    names: (section) => Object.keys(all[language][section]),

    // The words of a section by name, in whatever language is spoken when they are read.
    of: (section) => new Proxy({}, { get: (_, name) => find(section, name) }),

    // A reference's name in words, as in "image 2".
    item: (field, number) => say(`item.${field}`, { number }),

    // Does now what writes words, and again whenever another language is chosen.
    speaking(act) { listeners.push(act); act(); },

    choose(chosen) {
      if (chosen === language) return;
      speak(chosen);
      window.studio.write("language", chosen);
      [...listeners].forEach((act) => act());
    },

    // Gradio's own components with their words: what `spoken.py` says of each, as updates. None where they say it.
    relabel(components) {
      if (language === labelled) return components.map(() => undefined);
      labelled = language;
      const text = (key) => (window.words.has(key) ? say(key) : key);
      return components.map((words) => ({
        __type__: "update",
        ...Object.fromEntries(Object.entries(words).map(([name, key]) =>
          [name, Array.isArray(key) ? key.map(([each, value]) => [text(each), value]) : text(key)])),
      }));
    },
  };
})();
