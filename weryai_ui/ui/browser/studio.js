// What the browser keeps and does itself: the visitor's token, the draft, the token of a press, and the
// question whether the app still answers. Nothing here is sent anywhere but to the app's own handlers.
window.studio = (() => {
  const KEPT = { visitor: "weryai-visitor", draft: "weryai-draft", press: "weryai-press" };

  // Private windows and blocked storage must not break the page: it then forgets, and works.
  const read = (name) => { try { return localStorage.getItem(KEPT[name]) || ""; } catch { return ""; } };
  const write = (name, text) => {
    try {
      if (text) localStorage.setItem(KEPT[name], text);
      else localStorage.removeItem(KEPT[name]);
    } catch { /* see above */ }
  };

  const studio = {
    formListeners: [],
    values: {},
    edits: 0,
    editsAtPress: 0,

    // The app's own address, also behind a path prefix.
    url: (path) => `${(window.gradio_config?.root ?? location.origin).replace(/\/$/, "")}/${path}`,

    visitor: () => read("visitor"),
    keepVisitor: (token) => { if (token && token !== read("visitor")) write("visitor", token); },

    // One token for each press, kept until an answer came: the same press sent twice is one press.
    press() {
      if (!read("press")) {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        write("press", Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
      }
      return read("press");
    },
    pressAnswered: () => write("press", ""),

    formChanged(names, values) {
      studio.edits += 1;
      studio.values = Object.fromEntries(names.map((name, index) => [name, values[index]]));
      document.body.dataset.sendTo = studio.values["send-to"] ?? "";
      write("draft", JSON.stringify(studio.values));
      studio.formListeners.forEach((listener) => listener(studio.values));
    },

    // The draft over the form's own values; a value that the form no longer offers stays out.
    draft(names, values, offered) {
      let kept = {};
      try { kept = JSON.parse(read("draft") || "{}") ?? {}; } catch { /* a broken draft is no draft */ }
      const usable = (name) => name in kept && (!offered[name] || offered[name].includes(kept[name]));
      return names.map((name, index) => (usable(name) ? kept[name] : values[index]));
    },

    // A request body as form values, for "Run again".
    fromPayload(names, payload) {
      const line = (value) => (Array.isArray(value) ? value.join("\n") : value);
      return names.map((name) => {
        if (name === "video_number") return String(payload[name] ?? 1);
        return line(payload[name]) ?? "";
      });
    },

    // Asked before an event, because a failed event makes the page reload itself.
    async answers() {
      try {
        return (await fetch(studio.url("healthz"), { cache: "no-store" })).ok;
      } catch { return false; }
    },

    async before(values, keyAt) {
      if (!(await studio.answers())) {
        studio.outage?.();
        throw new Error("The app does not answer.");
      }
      studio.editsAtPress = studio.edits;
      const sent = [...values];
      if (studio.values["send-to"] !== "my-key") sent[keyAt] = "";
      return [...sent.slice(0, -2), studio.visitor(), studio.press()];
    },
  };
  return studio;
})();
