// Bytes as text that needs no escaping anywhere: base64url without padding (RFC 4648, section 5). lib0 has it too, but takes
// a worker for Node and asks it for Buffer.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const valueByLetter = new Map(ALPHABET.split("").map((letter, value) => [letter, value]));

export function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(start, start + 3);
    const bits = (a << 16) | (b << 8) | c;
    const letters = Math.min(3, bytes.length - start) + 1;
    for (let n = 0; n < letters; n += 1) text += ALPHABET[(bits >> (18 - 6 * n)) & 63];
  }
  return text;
}

/** Undefined for text that is not the one spelling of some bytes. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = valueByLetter.get(letter);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at] = (bits >> held) & 255;
      at += 1;
    }
  }
  return toBase64Url(bytes) === text ? bytes : undefined;
}
