// Small pieces of page that several widgets make. Text goes in as text, links as properties, never as markup.
window.dom = {
  make(tag, name = "", text = null) {
    const node = document.createElement(tag);
    if (name) node.className = name;
    if (text !== null && text !== undefined) node.textContent = text;
    return node;
  },

  button(text, act, name = "") {
    const node = window.dom.make("button", name, text);
    node.type = "button";
    node.onclick = act;
    return node;
  },

  // A result of the sandbox is a path on this app's own origin: it then plays through a share link as well.
  address: (link) => (/^https?:/.test(link) ? link : window.studio.url(link)),

  // Gives the focus that a redrawing took from `held` to what has the same words in `root`.
  refocus(held, root) {
    if (held.isConnected) return;
    const called = (node) => node.dataset.intent ?? node.getAttribute("aria-label") ?? node.textContent;
    [...root.querySelectorAll("a, button, input, video")].find((node) => called(node) === called(held))?.focus();
  },

  player(video, label) {
    const node = window.dom.make("video");
    node.setAttribute("aria-label", label);
    node.controls = true;
    node.preload = "metadata";
    node.playsInline = true;
    node.referrerPolicy = "no-referrer";
    if (video.cover) node.poster = window.dom.address(video.cover);
    node.src = window.dom.address(video.url);
    return node;
  },

  download(video, text, file, intent) {
    const link = window.dom.make("a", "", text);
    link.onclick = () => window.studio.downloaded?.(intent, video.link);
    link.href = window.dom.address(video.url);
    link.download = file;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    return link;
  },

  // Copies `text` and says so on the button. Without a secure context there is no clipboard: `shown` is selected.
  async copy(text, pressed, shown) {
    try { await navigator.clipboard.writeText(text); } catch {
      getSelection().selectAllChildren(shown);
      return;
    }
    pressed.textContent = window.words.say("common.copied");
    setTimeout(() => { pressed.textContent = window.words.say("common.copy"); }, 1500);
  },

  saveAsFile(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },

  spoken(seconds) {
    const whole = Math.max(0, Math.floor(seconds)), minutes = Math.floor(whole / 60);
    const two = (number) => String(number).padStart(2, "0"), { say } = window.words;
    if (minutes >= 60) return say("time.hours", { hours: Math.floor(minutes / 60), minutes: two(minutes % 60) });
    return minutes ? say("time.minutes", { minutes, seconds: two(whole % 60) }) : say("time.seconds", { seconds: whole });
  },
};
