// Bytes to text: finds the encoding of a file, and says in a sentence when the file holds no text at all.

import { err, ok, type Result } from "#shared/model/result.ts";

export const MAX_FILE_BYTES = 100 * 1024 * 1024;

export const encodings = [
  { value: "utf-8", label: "UTF-8" },
  { value: "windows-1252", label: "Western (Windows-1252)" },
  { value: "windows-1250", label: "Central European (Windows-1250)" },
  { value: "windows-1251", label: "Cyrillic (Windows-1251)" },
  { value: "utf-16le", label: "UTF-16 little endian" },
  { value: "utf-16be", label: "UTF-16 big endian" },
  { value: "shift_jis", label: "Japanese (Shift JIS)" },
  { value: "gb18030", label: "Chinese (GB 18030)" },
] as const;

export type Encoding = (typeof encodings)[number]["value"];

export type Decoded = { readonly text: string; readonly encoding: Encoding; readonly notes: readonly string[] };

type Sentence = { readonly message: string };

/** Checked before a byte is read. */
export function checkFileSize(bytes: number): Result<void, Sentence> {
  if (bytes === 0) return err({ message: "This file is empty. Export it again and check that it holds rows." });
  if (bytes > MAX_FILE_BYTES) {
    const size = Math.ceil(bytes / (1024 * 1024));
    return err({
      message: `This file has ${size} MB; up to 100 MB can be imported at once. Split it into smaller files.`,
    });
  }
  return ok(undefined);
}

const SPREADSHEET =
  "This is a spreadsheet or a zip archive, not a text file. Open it and save it as CSV, then choose that file.";
const NOT_TEXT = "This file holds no text. Choose a CSV file or a vCard file (.vcf).";

const MAGIC: readonly { readonly bytes: readonly number[]; readonly message: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], message: SPREADSHEET },
  { bytes: [0x50, 0x4b, 0x05, 0x06], message: SPREADSHEET },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], message: SPREADSHEET },
  { bytes: [0x1f, 0x8b], message: "This file is compressed. Unpack it first, then choose the CSV file inside." },
  { bytes: [0x89, 0x50, 0x4e, 0x47], message: "This is a picture. Choose a CSV file or a vCard file (.vcf)." },
  { bytes: [0xff, 0xd8, 0xff], message: "This is a picture. Choose a CSV file or a vCard file (.vcf)." },
  { bytes: [0x47, 0x49, 0x46, 0x38], message: "This is a picture. Choose a CSV file or a vCard file (.vcf)." },
  { bytes: [0x25, 0x50, 0x44, 0x46], message: "This is a PDF. Export the list as CSV and choose that file." },
];

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

/** UTF-16 without a byte order mark shows as zero bytes on every other place. */
function guessUtf16(bytes: Uint8Array): Encoding | undefined {
  if (bytes.length < 4) return undefined;
  const end = Math.min(bytes.length - (bytes.length % 2), 4096);
  const zeros = { even: 0, odd: 0 };
  for (let index = 0; index < end; index += 1) if (bytes[index] === 0) zeros[index % 2 === 0 ? "even" : "odd"] += 1;
  const pairs = end / 2;
  if (zeros.odd > pairs * 0.4 && zeros.even < pairs * 0.1) return "utf-16le";
  if (zeros.even > pairs * 0.4 && zeros.odd < pairs * 0.1) return "utf-16be";
  return undefined;
}

function guessEncoding(bytes: Uint8Array): Result<Encoding, Sentence> {
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) return ok("utf-8");
  if (startsWith(bytes, [0xff, 0xfe])) return ok("utf-16le");
  if (startsWith(bytes, [0xfe, 0xff])) return ok("utf-16be");
  const utf16 = guessUtf16(bytes);
  if (utf16 !== undefined) return ok(utf16);
  if (bytes.includes(0)) return err({ message: NOT_TEXT });
  return ok(isUtf8(bytes) ? "utf-8" : "windows-1252");
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    // The fatal decoder says "not UTF-8" by throwing; there is no other way to ask.
    return false;
  }
}

function lostWords(count: number, inTheFile: boolean): string {
  const characters = `${count} ${count === 1 ? "character" : "characters"}`;
  return inTheFile
    ? `${characters} ${count === 1 ? "was" : "were"} lost before this file was written, shown as \uFFFD. Export it again as UTF-8 if you can.`
    : `${characters} could not be read. Choose another encoding if names look wrong.`;
}

/** `chosen` is the encoding a person picked because the guess looked wrong. */
export function decodeFile(bytes: Uint8Array, chosen?: Encoding): Result<Decoded, Sentence> {
  const size = checkFileSize(bytes.length);
  if (!size.ok) return size;
  const magic = MAGIC.find((candidate) => startsWith(bytes, candidate.bytes));
  if (magic !== undefined) return err({ message: magic.message });
  const encoding = chosen === undefined ? guessEncoding(bytes) : ok(chosen);
  if (!encoding.ok) return encoding;
  const text = new TextDecoder(encoding.value).decode(bytes);
  if (text.includes("\0")) return err({ message: NOT_TEXT });
  if (text.trim() === "") return err({ message: "This file is empty. Export it again and check that it holds rows." });
  const broken = text.split("\uFFFD").length - 1;
  const notes: string[] = [];
  if (broken > 0) notes.push(lostWords(broken, encoding.value === "utf-8" && isUtf8(bytes)));
  if (encoding.value === "windows-1252" && chosen === undefined) {
    notes.push(
      "The file is not UTF-8; it was read as Western (Windows-1252). Choose another encoding if names look wrong.",
    );
  }
  return ok({ text, encoding: encoding.value, notes });
}
