// What stands around the modules in a page, for those of them that touch it as they load.
import { readFileSync } from "node:fs";

globalThis.studioData = JSON.parse(readFileSync(process.env.STUDIO_DATA, "utf8"));
globalThis.document = Object.assign(new EventTarget(), { documentElement: {} });
