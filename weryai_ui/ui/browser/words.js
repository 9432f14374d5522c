// The page's words in the language of the visitor, who may choose another at any time. They come with the page, as do
// the rules of the checks.
window.words = (() => {
  const KEPT = "weryai-language";
  const all = window.studioData.words, listeners = [];
  const ofBrowser = () => (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
  const kept = () => { try { return localStorage.getItem(KEPT); } catch { return null; } };
  let labelled = "en";   // as the page was built
  let language = all[kept()] ? kept() : ofBrowser();
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";

  function find(section, name) {
    return all[language][section]?.[name] ?? all[language].common[name];
  }

  function say(key, filled = {}) {
    const dot = key.indexOf(".");
    return find(key.slice(0, dot), key.slice(dot + 1)).replace(/\{(\w+)\}/g, (_, name) => filled[name]);
  }

  return {
    say,
    has: (key) => all[language][key.split(".")[0]]?.[key.slice(key.indexOf(".") + 1)] !== undefined,
    language: () => language,
    languages: () => Object.keys(all),

    // The words of a section by name, in whatever language is spoken when they are read.
    of: (section) => new Proxy({}, { get: (_, name) => find(section, name) }),

    // A reference's name in words, as in "image 2".
    item: (field, number) => say(`item.${field}`, { number }),

    // Does now what writes words, and again whenever another language is chosen.
    speaking(act) { listeners.push(act); act(); },

    choose(chosen) {
      if (chosen === language) return;
      language = chosen;
      try { localStorage.setItem(KEPT, chosen); } catch { /* then it lasts as long as the page */ }
      document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
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
