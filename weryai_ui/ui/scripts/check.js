// The checks of weryai_ui/request/validation.py, run on the data that it hands out, so that a finding shows in the
// frame after the keystroke. The server checks again with its own code; a test holds the two together.
window.studioCheck = (() => {
  const blankAt = (rules) => new RegExp(`[${rules.patterns.blanks}]`, "u");
  const trimmer = (rules) => new RegExp(`^[${rules.patterns.blanks}]+|[${rules.patterns.blanks}]+$`, "gu");
  // The lines of a box that hold something, as the server reads them (`lines_of`).
  const lines = (rules, text) => String(text ?? "").split(/[\r\n]/).map((line) => line.replace(trimmer(rules), "")).filter(Boolean);
  const characters = (text) => [...text].length;
  const hasLoneSurrogate = (text) => [...text].some((c) => c >= "\ud800" && c <= "\udfff" && c.length === 1);
  const capital = (word) => word[0].toUpperCase() + word.slice(1);

  // Every mention of a prompt: its field, its number (null for a removed one), and where its number stands.
  function mentions(rules, prompt) {
    return Object.entries(rules.mentions).flatMap(([field, pattern]) =>
      [...prompt.matchAll(new RegExp(pattern, "gu"))].map((found) => {
        const end = found.index + found[0].length;
        return { field, number: found[1] === "?" ? null : Number(found[1]), start: end - found[1].length, end };
      }));
  }

  // Ties go up, as on the server; at most two decimals, as the sentences show them.
  const rounded = (number, decimals = 2) => Math.floor(number * 10 ** decimals + 0.5) / 10 ** decimals;
  const shortened = (number) => String(rounded(number));

  // `known` is what is known of some references, by link: kind, duration_s, width, height, size, extension.
  function run(rules, values, known = {}) {
    const problems = [], warnings = [], limits = rules.limits;
    const trim = (text) => text.replace(trimmer(rules), "");
    const { say: sentence, item } = window.words, label = (spec) => sentence(`label.${spec.name}`);
    const say = (list) => (field, rule, filled = {}) => list.push({ field, rule, text: sentence(`rule.${rule}`, filled) });
    const problem = say(problems), warning = say(warnings);
    const fits = (pattern, text) => new RegExp(rules.patterns[pattern], "u").test(text);

    function shown(value) {
      const text = String(value)
        .replace(/[\ud800-\udfff]/gu, "?")
        .replace(new RegExp(`[${rules.patterns.blanks}]+`, "gu"), " ");
      const letters = [...text];
      return letters.length <= limits.shown ? text : letters.slice(0, limits.shown - 1).join("") + "…";
    }

    function link(field, item, text) {
      const length = characters(text);
      const shape = new RegExp(rules.patterns.link, "u").exec(text);
      if (hasLoneSurrogate(text)) problem(field, "broken_character", { label: item });
      else if (blankAt(rules).test(text)) problem(field, "link_blank", { item, value: shown(text) });
      else if (fits("upload", text)) {
        if (!known[text]) problem(field, "upload_gone", { item });
        else if (known[text].kind !== field) problem(field, "wrong_kind", { item, value: sentence(`label.${known[text].kind}`).toLowerCase() });
      }
      else if (!fits("scheme", text)) problem(field, "link_scheme", { item, value: shown(text) });
      else if (length > limits.link_max) problem(field, "link_too_long", { item, value: length, limit: limits.link_max });
      else if (!shape || Number(shape[1] || 0) > 65535) problem(field, "link_shape", { item, value: shown(text) });
      else {
        if (length > limits.link_long) warning(field, "link_long", { item, value: length, limit: limits.link_long });
        if (fits("credentials", text)) warning(field, "link_credentials", { item });
        if (fits("host_beyond_ascii", text)) warning(field, "link_host", { item });
        if (new RegExp(rules.patterns.local_host, "iu").test(text)) warning(field, "local_host", { item });
        return true;
      }
      return false;
    }

    // What other sources say of a file like this one.
    function advise(field, item, { width, height }) {
      const bounds = ([minimum, maximum]) => ({ minimum, maximum });
      if (!width || !height) return;
      if (field === "images") {
        const side = rules.advice.image_side, aspects = rules.advice.image_aspect, aspect = shortened(width / height);
        if (Math.min(width, height) < side[0] || Math.max(width, height) > side[1]) {
          warning(field, "image_pixels", { item, value: `${width} x ${height}`, ...bounds(side) });
        }
        if (aspect < aspects[0] || aspect > aspects[1]) {
          warning(field, "image_aspect", { item, value: aspect, ...bounds(aspects) });
        }
      } else {
        const frame = rules.advice.video_frame;
        if (width * height < frame[0] || width * height > frame[1]) {
          warning(field, "video_pixels", { item, value: width * height, ...bounds(frame) });
        }
      }
    }

    function clips(spec, found) {
      const measured = found
        .map((text, index) => ({ item: item(spec.name, index + 1), length: known[text]?.duration_s }))
        .filter(({ length }) => Number.isFinite(length) && length >= 0)
        .map(({ item, length }) => ({ item, length: rounded(length) }));
      measured.forEach(({ item, length }) => {
        if (length >= limits.clip_min && length <= limits.clip_max) return;
        const short = length < limits.clip_min;
        problem(spec.name, short ? "clip_short" : "clip_long", {
          item: capital(item), value: shortened(length), limit: short ? limits.clip_min : limits.clip_max,
        });
      });
      const total = rounded(measured.reduce((sum, { length }) => sum + length, 0));
      if (total > limits.clips_total) {
        const longest = measured.reduce((most, each) => (each.length > most.length ? each : most));
        problem(spec.name, "clips_total", {
          label: label(spec), value: shortened(total), limit: limits.clips_total,
          longest: longest.item, longest_s: shortened(longest.length),
        });
      }
      const bytes = found.reduce((sum, text) => sum + (known[text]?.size ?? 0), 0);
      if (spec.name === "videos" && bytes > rules.advice.videos_bytes) {
        warning(spec.name, "videos_size", { value: rounded(bytes / rules.advice.megabyte, 1).toFixed(1), limit: rules.advice.videos_bytes / rules.advice.megabyte });
      }
      if (measured.length < found.length) {
        warning(spec.name, "not_measured", {
          label: label(spec), minimum: limits.clip_min, maximum: limits.clip_max, limit: limits.clips_total,
        });
      }
    }

    function links(spec, value) {
      const found = lines(rules, value);
      if (found.length > spec.max_length) {
        problem(spec.name, "too_many", { label: label(spec), value: found.length, limit: spec.max_length });
      }
      const seen = new Map();
      found.slice(0, 2 * spec.max_length).forEach((text, index) => {
        const name = capital(item(spec.name, index + 1));
        link(spec.name, name, text);
        advise(spec.name, name, known[text] ?? {});
        if (seen.has(text)) warning(spec.name, "link_twice", { item: name, value: seen.get(text).toLowerCase() });
        else seen.set(text, name);
      });
      if (spec.name !== "images") clips(spec, found);
      return found.length;
    }

    function text(spec, value) {
      const length = characters(value);
      if (hasLoneSurrogate(value)) problem(spec.name, "broken_character", { label: label(spec) });
      else if (length > spec.max_length) {
        problem(spec.name, "too_long", { label: label(spec), value: length, limit: spec.max_length });
      }
    }

    function integer(spec, value) {
      const written = trim(String(value));
      const exact = typeof value !== "number" || (Number.isInteger(value) && Math.abs(value) <= 2 ** 53);
      if (!exact || !fits("integer", written)) {
        problem(spec.name, "not_integer", { label: label(spec), value: shown(value) });
        return;
      }
      const number = BigInt(written);
      if ((spec.minimum !== null && number < BigInt(spec.minimum)) || (spec.maximum !== null && number > BigInt(spec.maximum))) {
        problem(spec.name, "out_of_range", {
          label: label(spec), value: number, minimum: spec.minimum, maximum: spec.maximum,
        });
      }
    }

    function webhook(spec, value) {
      const address = trim(value);
      if (link(spec.name, label(spec), address) && /^http:/i.test(address)) warning(spec.name, "webhook_http");
    }

    function field(spec) {
      const value = values[spec.name];
      if (spec.kind === "links") return links(spec, value);
      if (value === null || value === undefined || (typeof value === "string" && !trim(value))) {
        if (spec.required) problem(spec.name, "required", { label: label(spec) });
      } else if (spec.kind === "text") text(spec, value);
      else if (spec.kind === "link") webhook(spec, value);
      else if (spec.kind === "integer") integer(spec, value);
      else if (!spec.choices.includes(trim(String(value)))) {
        problem(spec.name, "choice", { label: label(spec), value: shown(value), limit: spec.choices.join(", ") });
      }
      return 0;
    }

    const counts = Object.fromEntries(rules.fields.map((spec) => [spec.name, field(spec)]));
    const pictures = counts.images + counts.videos, total = pictures + counts.audios;
    if (counts.audios && !pictures) problem("audios", "audio_alone");
    if (total > limits.references) warning("images", "many_references", { value: total, limit: limits.references });
    const promptGiven = problems.some((found) => found.field === "prompt") || trim(values.prompt ?? "");
    if (!total && !promptGiven) warning("prompt", "nothing_to_show");
    else if (!pictures) warning("images", "no_reference");
    const prompt = problems.some((found) => found.field === "prompt") ? "" : values.prompt ?? "";
    if (trim(prompt)) mentioned(prompt, counts);
    return { problems, warnings };

    function mentioned(text, there) {
      const found = mentions(rules, text);
      if (found.some(({ number }) => number === null)) warning("prompt", "mention_gone");
      const fields = Object.keys(rules.mentions);
      const named = found.filter(({ number }) => number !== null).map(({ field, number }) => `${field} ${number}`);
      const present = fields.flatMap((field) => Array.from({ length: there[field] }, (_, index) => `${field} ${index + 1}`));
      const inOrder = (a, b) => fields.indexOf(a[0]) - fields.indexOf(b[0]) || a[1] - b[1];
      const listed = (keys) => [...new Set(keys)].map((key) => [key.split(" ")[0], Number(key.split(" ")[1])])
        .sort(inOrder).map(([field, number]) => item(field, number)).join(sentence("form.comma"));
      const missing = named.filter((key) => !present.includes(key)), unnamed = present.filter((key) => !named.includes(key));
      if (missing.length) warning("prompt", "mention_missing", { item: listed(missing) });
      if (unnamed.length) warning("prompt", "never_named", { item: listed(unnamed) });
    }
  }
  return Object.assign(run, { mentions, lines });
})();
