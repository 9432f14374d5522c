// All scripts of the page. The page asks for this module at once and keeps the promise of it as `window.studio`: the
// widgets' and Gradio's own listeners (`wiring.py`) wait for that.
import carry from "../widgets/carry/widget.js";
import examples from "../widgets/examples/widget.js";
import heading from "../widgets/heading/widget.js";
import history from "../widgets/history/widget.js";
import mentions from "../widgets/mentions/widget.js";
import problem_list from "../widgets/problem_list/widget.js";
import reference_tray from "../widgets/reference_tray/widget.js";
import sharing from "../widgets/sharing/widget.js";
import task_board from "../widgets/task_board/widget.js";
import variations from "../widgets/variations/widget.js";
import startBar from "./bar.js";
import startKeys from "./keys.js";
import startPages from "./pages.js";
import startPalette from "./palette.js";
import startPicks from "./pick.js";

startBar();
startKeys();
startPages();
startPalette();
startPicks();

/** @type {Record<string, (widget: Widget) => void>} */
export const widgets = {
  carry,
  examples,
  heading,
  history,
  mentions,
  problem_list,
  reference_tray,
  sharing,
  task_board,
  variations,
};

export { tell } from "./events.js";
export { draft, form, formChanged, handed, pendingForm } from "./form.js";
export { listsOf, rearranged } from "./references.js";
export { unanswered, visitor } from "./storage.js";
export { answered, before, failed, over, submission } from "./submission.js";
export { relabel, say } from "./words.js";
