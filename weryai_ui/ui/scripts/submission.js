// What became of a submission whose answer does not come: the page asks by its idempotency key, and goes on. The key stays
// the same until an answer comes, so that whatever is pressed meanwhile, the same form is never sent twice.
(() => {
  const studio = window.studio;
  const EVERY_MS = 2000, ASK_MS = 10000;
  const CERTAIN = 2;   // so often in a row: the answer, or the request itself, may just be on its way
  let round = 0;       // of questions: a later one, or the answer itself, ends it

  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  // "never-arrived", "under-way" or "recorded"; "silent" where nobody says.
  async function progress(name) {
    const headers = { "Content-Type": "application/json" }, body = JSON.stringify(studio.asked({ key: studio.read(name) }));
    try {
      const answer = await fetch(studio.url("submission"), { method: "POST", headers, body, signal: AbortSignal.timeout(ASK_MS) });
      return answer.ok ? (await answer.json()).progress : "silent";
    } catch { return "silent"; }
  }

  // Asks until it is certain; gives nothing when the round ended before that.
  async function certain(name, mine, wait) {
    for (let last = "", times = 0; ;) {
      await pause(wait);
      if (mine !== round) return undefined;
      const found = await progress(name);
      if (mine !== round) return undefined;
      times = found === last ? times + 1 : 1;
      last = found;
      wait = EVERY_MS;
      if (found === "under-way") {
        studio.sending ??= { name, since: Date.now() };
        studio.tell({ notice: "page.submission_under_way" });
      } else if (times >= CERTAIN) return found;
    }
  }

  const told = {
    recorded: { notice: "page.answer_lost" },
    "never-arrived": { refusal: "page.never_arrived" },
    silent: { refusal: "page.not_known_yet" },
  };

  studio.findOut = async (name, { atOnce = false } = {}) => {
    const found = await certain(name, ++round, atOnce ? 0 : EVERY_MS);
    if (!found) return;
    studio.underWay = false;
    studio.sending = null;
    studio.tell(told[found]);
    if (found === "recorded") studio.refreshBoard();
  };

  // Its own answer came.
  studio.foundOut = () => { round += 1; };

  // What a reload cut off, with the draft in the form again.
  studio.whenRestored(async () => {
    for (const name of studio.unanswered()) {
      const mine = ++round, found = await certain(name, mine, 0);
      if (!found) return;
      studio.sending = null;
      studio.tell(found === "never-arrived" ? told[found] : {});
      studio.refreshBoard?.();
    }
  });
})();
