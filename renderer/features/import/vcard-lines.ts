// Brings the lines of a vCard to what ical.js reads: one line ending, no soft breaks, no quoted-printable, named
// parameters. vCard 2.1 (Outlook, old Androids) needs all of it; the 3.0 of some phones needs the line endings.

/** Cards in order; text between cards is not part of any, and a card that never ends is none. */
export function splitCards(text: string): readonly string[] {
  const cards: string[] = [];
  let current: string[] | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r+\n|\r|\n/)) {
    const word = line.length < 40 ? line.trim().toUpperCase() : "";
    if (word === "BEGIN:VCARD") current = [];
    current?.push(line);
    if (word !== "END:VCARD" || current === undefined) continue;
    cards.push(current.join("\n"));
    current = undefined;
  }
  return cards;
}

type Line = { readonly name: string; readonly parameters: readonly string[]; readonly value: string };

/** Splits at the first colon outside quotes. */
function splitLine(line: string): Line | undefined {
  const match = /^((?:[^":]|"[^"]*")*):([\s\S]*)$/.exec(line);
  if (match === null) return undefined;
  const [name = "", ...parameters] = (match[1] ?? "").match(/(?:[^";]|"[^"]*")+/g) ?? [];
  return {
    name: name.trim(),
    parameters: parameters.map((one) => one.trim()).filter((one) => one !== ""),
    value: match[2] ?? "",
  };
}

const isQuotedPrintable = (head: string): boolean =>
  /QUOTED-PRINTABLE/i.test(head.slice(0, Math.max(0, head.indexOf(":"))));

/** Joins folded lines, soft breaks of quoted-printable, and base64 that older writers do not indent. */
function unfold(card: string): string[] {
  const joined: string[] = [];
  for (const line of card.split("\n")) {
    const last = joined.at(-1);
    if (last === undefined) joined.push(line);
    else if (isQuotedPrintable(last) && last.endsWith("="))
      joined[joined.length - 1] = last.slice(0, -1) + line.replace(/^[ \t]+(?==)/, "");
    else if (/^[ \t]/.test(line) && line.trim() !== "") joined[joined.length - 1] = last + line.slice(1);
    else joined.push(line);
  }
  return joined.filter((line) => line.trim() !== "");
}

function decodeQuotedPrintable(value: string, charset: string): string {
  const bytes: number[] = [];
  const plain = new TextEncoder();
  for (let index = 0; index < value.length; index += 1) {
    const hex = value[index] === "=" ? /^[0-9A-Fa-f]{2}/.exec(value.slice(index + 1, index + 3))?.[0] : undefined;
    if (hex === undefined) {
      bytes.push(...plain.encode(String.fromCodePoint(value.codePointAt(index) ?? 0)));
      if ((value.codePointAt(index) ?? 0) > 0xffff) index += 1;
    } else {
      bytes.push(Number.parseInt(hex, 16));
      index += 2;
    }
  }
  return decoderFor(charset).decode(Uint8Array.from(bytes)).replace(/\r\n?/g, "\n");
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    // A charset nobody knows: UTF-8 is what phones mean by it.
    return new TextDecoder("utf-8");
  }
}

/** 2.1 writes no escapes but `\;`; 3.0 wants commas and line breaks escaped, except inside names and addresses. */
const escapeValue = (value: string, name: string): string => {
  const text = value.replaceAll("\n", String.raw`\n`);
  return /^(N|ADR|ORG|CATEGORIES|NICKNAME)$/i.test(name)
    ? text.replace(/(?<!\\),/g, String.raw`\,`)
    : text.replace(/(?<!\\)([,;])/g, String.raw`\$1`);
};

const TYPE_WORD = /^[A-Za-z][\w-]*$/;

function normalizeLine(line: Line, is21: boolean): string | undefined {
  const bare = line.name.replace(/^[\w-]+\./, "");
  // Photos, keys and sounds are not imported; Outlook's card design is markup.
  if (/^(PHOTO|LOGO|SOUND|KEY|AGENT|X-MS-OL-DESIGN|X-ABADR|X-ABLABEL)$/i.test(bare)) return undefined;
  if (/^VERSION$/i.test(bare)) return is21 ? "VERSION:3.0" : `VERSION:${line.value.trim()}`;
  const types: string[] = [];
  const kept: string[] = [];
  let charset = "utf-8";
  let quotedPrintable = false;
  for (const parameter of line.parameters) {
    const equals = parameter.indexOf("=");
    const key = (equals === -1 ? "" : parameter.slice(0, equals)).toUpperCase();
    const value = equals === -1 ? parameter : parameter.slice(equals + 1);
    if (key === "CHARSET") charset = value.replaceAll('"', "");
    else if (/^quoted-printable$/i.test(value)) quotedPrintable = true;
    else if (key === "ENCODING" || /^(base64|b|8bit|7bit)$/i.test(value)) continue;
    else if (key === "" || key === "TYPE")
      types.push(
        ...value
          .replaceAll('"', "")
          .split(",")
          .filter((word) => TYPE_WORD.test(word)),
      );
    // `value=date` in lower case and similar: ical.js knows the kind of every field we read.
    else if (key === "PREF") kept.push(`PREF=${value}`);
  }
  let value = quotedPrintable ? decodeQuotedPrintable(line.value, charset) : line.value;
  if (is21) value = escapeValue(value, bare);
  const type = types.length === 0 ? "" : `;TYPE=${types.join(",")}`;
  // Dates are read here, not by ical.js: it turns an unexpected form into nonsense ("2012--0-6-").
  const name = /^BDAY$/i.test(bare) ? "BDAY;VALUE=TEXT" : bare.toUpperCase();
  return `${name}${type}${kept.map((one) => `;${one}`).join("")}:${value}`;
}

export function normalizeCard(card: string): string {
  const is21 = /^VERSION:\s*2\.1\s*$/im.test(card);
  const lines = unfold(card).flatMap((text) => {
    const line = splitLine(text);
    if (line === undefined) return [];
    return normalizeLine(line, is21) ?? [];
  });
  if (!/^VERSION:/im.test(lines.join("\n"))) lines.splice(1, 0, "VERSION:3.0");
  return lines.join("\r\n");
}
