// The checks of weryai_ui/validation.py, run on the data that it hands out, so that a finding shows in the
// frame after the keystroke. The server checks again with its own code; a test holds the two together.
window.studioCheck = (() => {
  const blankAt = (rules) => new RegExp(`[${rules.patterns.blanks}]`, "u");
  const trimmer = (rules) => new RegExp(`^[${rules.patterns.blanks}]+|[${rules.patterns.blanks}]+$`, "gu");
  const characters = (text) => [...text].length;
  const hasLoneSurrogate = (text) => [...text].some((c) => c >= "\ud800" && c <= "\udfff" && c.length === 1);
  const capital = (word) => word[0].toUpperCase() + word.slice(1);

  function run(rules, values) {
    const problems = [], warnings = [], limits = rules.limits;
    const trim = (text) => text.replace(trimmer(rules), "");
    const sentence = (rule, filled) => rules.sentences[rule].replace(/\{(\w+)\}/g, (_, name) => filled[name]);
    const say = (list) => (field, rule, filled = {}) => list.push({ field, rule, text: sentence(rule, filled) });
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
      else if (!fits("scheme", text)) problem(field, "link_scheme", { item, value: shown(text) });
      else if (length > limits.link_max) problem(field, "link_too_long", { item, value: length, limit: limits.link_max });
      else if (!shape || Number(shape[1] || 0) > 65535) problem(field, "link_shape", { item, value: shown(text) });
      else {
        if (length > limits.link_long) warning(field, "link_long", { item, value: length, limit: limits.link_long });
        if (fits("credentials", text)) warning(field, "link_credentials", { item });
        if (fits("host_beyond_ascii", text)) warning(field, "link_host", { item });
        return true;
      }
      return false;
    }

    function links(spec, value) {
      const found = String(value ?? "").split(/[\r\n]/).map(trim).filter(Boolean);
      if (found.length > spec.max_length) {
        problem(spec.name, "too_many", { label: spec.label, value: found.length, limit: spec.max_length });
      }
      const seen = new Map();
      found.slice(0, 2 * spec.max_length).forEach((text, index) => {
        const item = `${capital(rules.singular[spec.name])} ${index + 1}`;
        link(spec.name, item, text);
        if (seen.has(text)) warning(spec.name, "link_twice", { item, value: seen.get(text).toLowerCase() });
        else seen.set(text, item);
      });
      if (spec.name !== "images" && found.length) {
        warning(spec.name, "not_measured", {
          label: spec.label, minimum: limits.clip_min, maximum: limits.clip_max, limit: limits.clips_total,
        });
      }
      return found.length;
    }

    function text(spec, value) {
      const length = characters(value);
      if (hasLoneSurrogate(value)) problem(spec.name, "broken_character", { label: spec.label });
      else if (length > spec.max_length) {
        problem(spec.name, "too_long", { label: spec.label, value: length, limit: spec.max_length });
      }
    }

    function integer(spec, value) {
      const written = trim(String(value));
      const exact = typeof value !== "number" || (Number.isInteger(value) && Math.abs(value) <= 2 ** 53);
      if (!exact || !fits("integer", written)) {
        problem(spec.name, "not_integer", { label: spec.label, value: shown(value) });
        return;
      }
      const number = BigInt(written);
      if ((spec.minimum !== null && number < BigInt(spec.minimum)) || (spec.maximum !== null && number > BigInt(spec.maximum))) {
        problem(spec.name, "out_of_range", {
          label: spec.label, value: number, minimum: spec.minimum, maximum: spec.maximum,
        });
      }
    }

    function webhook(spec, value) {
      const address = trim(value);
      if (link(spec.name, spec.label, address) && /^http:/i.test(address)) warning(spec.name, "webhook_http");
    }

    function field(spec) {
      const value = values[spec.name];
      if (spec.kind === "links") return links(spec, value);
      if (value === null || value === undefined || (typeof value === "string" && !trim(value))) {
        if (spec.required) problem(spec.name, "required", { label: spec.label });
      } else if (spec.kind === "text") text(spec, value);
      else if (spec.kind === "link") webhook(spec, value);
      else if (spec.kind === "integer") integer(spec, value);
      else if (!spec.choices.includes(trim(String(value)))) {
        problem(spec.name, "choice", { label: spec.label, value: shown(value), limit: spec.choices.join(", ") });
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
    return { problems, warnings };
  }
  return run;
})();
