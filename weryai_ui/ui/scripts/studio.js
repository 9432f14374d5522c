// What the browser keeps and does itself: the visitor's token, the draft, the keys of submissions, and the
// question whether the app still answers. Nothing here is sent anywhere but to the app's own handlers.
window.studio = (() => {
  const KEPT = "weryai-";      // before the name of everything that is kept
  const VISITOR = /^[A-Za-z0-9_-]{32,128}$/, VISITOR_BYTES = 32, KEY_BYTES = 16;
  const SENDING_MS = 180000;   // longer than any submit may take
  const NEAR_MS = 1000;        // from coming near a button to its submission

  // A submission belongs to its tab; the rest to the browser. Where storage is blocked, the page itself remembers.
  const memory = {};
  // These names stand in open tabs: renamed, a key that waits for its answer while the app is updated would be lost.
  const isKey = (name) => /^(press|again)-/.test(name);
  const storage = (name) => (isKey(name) ? sessionStorage : localStorage);
  const read = (name) => { try { return storage(name).getItem(KEPT + name) || memory[name] || ""; } catch { return memory[name] || ""; } };
  const write = (name, text) => {
    memory[name] = text;
    try {
      if (text) storage(name).setItem(KEPT + name, text);
      else storage(name).removeItem(KEPT + name);
    } catch { /* see above */ }
  };

  const random = (count) => crypto.getRandomValues(new Uint8Array(count));
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // Made here, and before anything is asked or sent: what arrives twice is then seen to come from one visitor.
  function visitor() {
    if (!VISITOR.test(read("visitor"))) write("visitor", base64url(random(VISITOR_BYTES)));
    return read("visitor");
  }
  visitor();

  const studio = {
    read,
    write,
    formListeners: [],
    submitListeners: [],
    known: {},           // what is known of a reference, by its link
    underWay: false,
    sending: null,       // the submission that is on its way: `name`, under which its key is kept, and `since`
    values: {},
    edits: 0,
    editsAtPress: 0,

    // The app's own address, also behind a path prefix.
    url: (path) => `${(window.gradio_config?.root ?? location.origin).replace(/\/$/, "")}/${path}`,

    visitor,

    // A question of a widget to the server: whose it is, the language of the answer, and what is asked.
    asked: (more) => ({ visitor: visitor(), language: window.words.language(), ...more }),

    // An idempotency key for each submission, kept until its answer came: the same form sent twice is one submission.
    // Each destination has its own, and each card that is submitted again.
    key(name) {
      if (!read(name)) write(name, hex(random(KEY_BYTES)));
      return read(name);
    },
    keyName: (names) => (names.includes("intent") ? `again-${studio.again}` : `press-${studio.values["send-to"]}`),
    // The names of the keys whose answers have not come, after a reload too.
    unanswered() {
      try { return Object.keys(sessionStorage).filter((each) => each.startsWith(KEPT)).map((each) => each.slice(KEPT.length)).filter(isKey); } catch { return []; }
    },

    formChanged(names, values) {
      studio.edits += 1;
      studio.values = Object.fromEntries(names.map((name, index) => [name, values[index]]));
      document.body.dataset.sendTo = studio.values["send-to"] ?? "";
      studio.showWhere();
      write("draft", JSON.stringify(studio.values));
      [...studio.formListeners].forEach((listener) => listener(studio.values));
    },

    // What this visitor may still send, as the server said with the board.
    allowance: { needs_code: false, lines: {} },
    showAllowance(allowance) {
      studio.allowance = allowance;
      document.body.dataset.needsCode = String(allowance.needs_code);
      studio.showWhere();
    },

    // Where a submission would go and what it would cost, beside the button; and what is left of a budget.
    showWhere() {
      const sendTo = studio.values["send-to"];
      if (!sendTo) return;
      document.getElementById("goes").textContent = window.words.say(`goes.${sendTo}`);
      document.getElementById("allowance").textContent = studio.allowance.lines[sendTo] ?? "";
    },

    // Once the draft stands in the form, so that nothing is put over what follows.
    whenRestored(act) {
      if (studio.edits) act(); else studio.formListeners.push(function once() {
        studio.formListeners.splice(studio.formListeners.indexOf(once), 1);
        act();
      });
    },

    // The lines of the three reference boxes.
    lists: (values) => Object.fromEntries(["images", "videos", "audios"].map((field) =>
      [field, window.studioReferences.linesOf(values[field])])),

    // Something new is known of a reference; whoever judges or shows the form looks again.
    learn(link, facts) {
      studio.known[link] = { ...studio.known[link], ...facts };
      [...studio.formListeners].forEach((listener) => listener(studio.values));
    },

    // Gives a file to this app under a name; `tell` hears the part that has left, 0 to 1. Always answers.
    upload: (file, name, tell) => new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const away = () => resolve({ refused: window.words.say("common.no_answer") });
      request.open("POST", studio.url("uploads"));
      request.setRequestHeader("X-Name", encodeURIComponent(name));
      request.setRequestHeader("X-Visitor", visitor());
      request.setRequestHeader("Accept-Language", window.words.language());
      request.upload.onprogress = (event) => tell(event.lengthComputable ? event.loaded / event.total : 0);
      request.onload = () => { try { resolve(JSON.parse(request.responseText)); } catch { away(); } };
      request.onerror = away;
      request.send(file);
    }),

    // The draft over the form's own values; a value that the form no longer offers stays out. What stays as it is is
    // left out of the answer: each value that Gradio sets again draws its component again.
    draft(names, values, offered) {
      let kept = {};
      try { kept = JSON.parse(read("draft") || "{}") ?? {}; } catch { /* a broken draft is no draft */ }
      const usable = (name) => name in kept && (!offered[name] || offered[name].includes(kept[name]));
      return names.map((name, index) => (usable(name) && kept[name] !== values[index] ? kept[name] : undefined));
    },

    // A request body as form values, for "Run again".
    fromPayload(names, payload) {
      const line = (value) => (Array.isArray(value) ? value.join("\n") : value);
      return names.map((name) => {
        if (name === "video_number") return payload[name] === undefined ? null : String(payload[name]);
        return line(payload[name]) ?? "";
      });
    },

    // Whether the app answers: asked before an event, because a failed event makes the page reload itself. Asked already
    // as a person comes near a button that sends, so that the answer is there with the submission; it holds for a moment.
    near: { at: -Infinity, answers: null },
    comesNear() {
      if (performance.now() - studio.near.at > NEAR_MS / 2) studio.near = { at: performance.now(), answers: studio.asksHealth() };
    },
    answers() {
      const { at, answers } = studio.near;
      studio.near = { at: -Infinity, answers: null };
      return performance.now() - at < NEAR_MS ? answers : studio.asksHealth();
    },
    async asksHealth() {
      try {
        const answer = await fetch(studio.url("healthz"), { cache: "no-store" });
        studio.restarting = answer.status === 503;
        return answer.ok;
      } catch { studio.restarting = false; return false; }
    },

    // The values of an event as they go out, by name: what only the browser knows is filled in here.
    // Only an event with the access code's box may spend: of those, one at a time, from the click on.
    async before(names, values) {
      const spending = names.includes("code"), never = new Promise(() => { /* the event ends here */ }), name = studio.keyName(names);
      if (spending && studio.sending && Date.now() - studio.sending.since < SENDING_MS) return never;
      if (spending) studio.sending = { name, since: Date.now() };
      if (!(await studio.answers())) {
        if (spending) studio.sending = null;
        studio.outage?.();
        return never;
      }
      studio.editsAtPress = studio.edits;
      studio.underWay = true;
      studio.submitListeners.forEach((listener) => listener());
      const filled = {
        visitor, language: window.words.language, idempotency_key: () => (spending ? studio.key(name) : ""), measured: studio.measured,
        intent: () => studio.again, link: () => studio.uploadAgain,
        // A secret leaves with the event that needs it, and with no other.
        "my-key": (typed) => (studio.values["send-to"] === "my-key" ? typed : ""),
        code: (typed) => (studio.values["send-to"] === "owner-key" && studio.allowance.needs_code ? typed : ""),
      };
      const out = names.map((each, index) => (filled[each] ? filled[each](values[index]) : values[index]));
      studio.tell({});
      if (spending) studio.lastSent = name;
      if (spending) studio.findOut(name);
      return out;
    },

    // What is wrong with the form as it stands: its values go there, and what was measured of their links. No secret is
    // among them. Without findings there was no answer; `away` when one may come later.
    async check(signal) {
      const values = Object.fromEntries(Object.keys(window.studioData.mostOf).map((name) => [name, studio.values[name]]));
      const body = JSON.stringify({ values, measured: studio.measured(), language: window.words.language() });
      try {
        const answer = await fetch(studio.url("check"), { method: "POST", headers: { "Content-Type": "application/json" }, body, signal });
        return answer.ok ? await answer.json() : { away: answer.status >= 500 };
      } catch { return { away: true }; }
    },

    // Seconds of the clips behind links, as this browser read them.
    measured: () => JSON.stringify(Object.fromEntries(Object.values(studio.lists(studio.values)).flat()
      .filter((link) => !link.startsWith("upload:") && Number.isFinite(studio.known[link]?.duration_s))
      .map((link) => [link, studio.known[link].duration_s]))),

    // An answer came to the submission: the next one is another.
    answered: () => write(studio.lastSent, ""),

    // The event was answered.
    over(spending) {
      studio.underWay = false;
      if (!spending) return;
      studio.sending = null;
      studio.foundOut();
    },

    // The event failed, and nothing is known of it but that.
    failed(spending) {
      studio.underWay = false;
      if (spending) studio.findOut(studio.lastSent, { atOnce: true });
      else studio.tell({ refusal: "page.could_not_answer" });
    },
  };
  return studio;
})();
