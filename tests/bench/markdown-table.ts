// A generated table in a document, between two markers, and the figures behind it as JSON.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assert } from "#shared/model/result.ts";

export function writeJson(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function writeBetweenMarkers(file: string, name: string, text: string): void {
  const [beginMark, endMark] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const whole = readFileSync(file, "utf8");
  const [begin, end] = [whole.indexOf(beginMark), whole.indexOf(endMark)];
  assert(begin >= 0 && end > begin, `${file} has the two markers of ${name}`);
  writeFileSync(file, `${whole.slice(0, begin + beginMark.length)}\n${text}\n${whole.slice(end)}`);
}
