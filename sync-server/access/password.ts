// Passwords: argon2id (19 MiB, two passes) of Node's own crypto, kept as a PHC string so that the costs can be raised later.

import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

const COSTS = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const TAG_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

type Costs = { readonly memory: number; readonly passes: number; readonly parallelism: number };

const derive = (password: string, nonce: Buffer, costs: Costs): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    argon2("argon2id", { message: password.normalize("NFC"), nonce, tagLength: TAG_BYTES, ...costs }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

const toText = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const key = await derive(password, nonce, COSTS);
  return `$argon2id$v=19$m=${COSTS.memory},t=${COSTS.passes},p=${COSTS.parallelism}$${toText(nonce)}$${toText(key)}`;
}

export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parts = PHC.exec(stored);
  if (parts === null) return false;
  const [, memory, passes, parallelism, nonce = "", tag = ""] = parts;
  const costs = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const expected = Buffer.from(tag, "base64");
  const key = await derive(password, Buffer.from(nonce, "base64"), costs);
  return key.length === expected.length && timingSafeEqual(key, expected);
}
