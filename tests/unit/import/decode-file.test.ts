// Encodings and files that are no text: a guess that is right, or a sentence that says what to do.

import { describe, expect, test } from "vitest";
import { checkFileSize, decodeFile } from "#renderer/features/import/decode-file.ts";

const TEXT = "Name;Ort\nBäckerei Müller;Köln\n";

const utf16 = (text: string, littleEndian: boolean, mark: boolean): Uint8Array => {
  const units = mark ? `\uFEFF${text}` : text;
  const view = new DataView(new ArrayBuffer(units.length * 2));
  for (let index = 0; index < units.length; index += 1)
    view.setUint16(index * 2, units.charCodeAt(index), littleEndian);
  return new Uint8Array(view.buffer);
};

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const decoded = (bytes: Uint8Array) => {
  const result = decodeFile(bytes);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

describe("decodeFile finds the encoding", () => {
  test.each([
    ["UTF-8", new TextEncoder().encode(TEXT), "utf-8"],
    ["UTF-8 with a byte order mark", new TextEncoder().encode(`\uFEFF${TEXT}`), "utf-8"],
    ["UTF-16 LE with a mark", utf16(TEXT, true, true), "utf-16le"],
    ["UTF-16 BE with a mark", utf16(TEXT, false, true), "utf-16be"],
    ["UTF-16 LE without a mark", utf16(TEXT, true, false), "utf-16le"],
    ["UTF-16 BE without a mark", utf16(TEXT, false, false), "utf-16be"],
    ["Windows-1252", latin1(TEXT), "windows-1252"],
  ])("%s", (_, bytes, encoding) => {
    expect(decoded(bytes)).toMatchObject({ text: TEXT, encoding });
  });

  test("windows-1252 says that it was a guess; the euro sign is one", () => {
    const { text, notes } = decoded(Uint8Array.of(0x80, 0x20, 0x35, 0xfc));
    expect(text).toBe("€ 5ü");
    expect(notes.join(" ")).toContain("Windows-1252");
  });

  test("characters that were lost before are told apart from those the encoding cannot read", () => {
    expect(decoded(new TextEncoder().encode("Name\nCaf\uFFFD")).notes.join(" ")).toMatch(/1 character was lost before/);
  });

  test("a chosen encoding is taken, and letters it cannot read are counted", () => {
    const result = decodeFile(latin1(TEXT), "utf-8");
    expect(result.ok && result.value.notes.join(" ")).toMatch(/3 characters could not be read/);
  });
});

describe("decodeFile refuses what is no text, with a way on", () => {
  test.each([
    ["empty", new Uint8Array(), /empty/],
    ["blank", latin1(" \r\n \n"), /empty/],
    ["xlsx and zip", Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0), /save it as CSV/],
    ["xls", Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1), /save it as CSV/],
    ["png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /picture/],
    ["jpeg", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16), /picture/],
    ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), /Unpack/],
    ["pdf", latin1("%PDF-1.7 ..."), /PDF/],
    ["zero bytes that are no UTF-16", Uint8Array.of(1, 0, 0, 0, 65, 0, 0, 9, 200, 0, 0, 0), /holds no text/],
  ])("%s", (_, bytes, sentence) => {
    const result = decodeFile(bytes);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.error.message).toMatch(sentence);
  });

  test("more than 100 MB is refused by its size alone", () => {
    const refused = checkFileSize(100 * 1024 * 1024 + 1);
    expect(!refused.ok && refused.error.message).toMatch(/101 MB; up to 100 MB/);
    expect(checkFileSize(100 * 1024 * 1024).ok).toBe(true);
  });
});
