// vCards 2.1, 3.0 and 4.0 to the same table a CSV file becomes, one row per card. ical.js reads 3.0 and 4.0; what older
// phones and Outlook write is first brought to that form (vcard-lines.ts). A broken card stays in the table with a sentence.

import ICAL from "ical.js";
import { parseField } from "#shared/model/field-kinds.ts";
import { err, ok, type Result } from "#shared/model/result.ts";
import type { ImportColumn, ImportRow, ImportTable } from "./import-types.ts";
import { normalizeCard, splitCards } from "./vcard-lines.ts";

const COLUMNS = [
  ["Salutation", "salutation"],
  ["First name", "firstName"],
  ["Last name", "lastName"],
  ["Company", "company"],
  ["Job title", "jobTitle"],
  ["E-mail", "email"],
  ["Other e-mail", "otherEmail"],
  ["Phone", "phone"],
  ["Mobile", "mobilePhone"],
  ["Other phone", "otherPhone"],
  ["Street", "address.street"],
  ["City", "address.city"],
  ["State", "address.state"],
  ["Postal code", "address.postalCode"],
  ["Country", "address.country"],
  ["Website", "website"],
  ["Birthday", "birthday"],
  ["Notes", "notes"],
  ["Id", "externalId"],
] as const;

type Target = (typeof COLUMNS)[number][1];

/** The target of each column of a vCard table, in order. */
export const vcardTargets: readonly string[] = COLUMNS.map(([, target]) => target);

type Property = {
  readonly name: string;
  readonly types: ReadonlySet<string>;
  readonly preferred: number;
  readonly values: readonly string[];
};

const textOf = (value: unknown): string =>
  typeof value === "string"
    ? value
    : typeof value === "number"
      ? String(value)
      : Array.isArray(value)
        ? value.map(textOf).join(" ")
        : "";

/** jCard leaves escapes in values whose kind it does not know; names and addresses keep their parts. */
const clean = (text: string): string =>
  text
    .replace(/\\n/gi, "\n")
    .replace(/\\([\\;,:"])/g, "$1")
    .replace(/\r/g, "")
    .trim();

function toProperty(raw: unknown): Property | undefined {
  if (!Array.isArray(raw) || raw.length < 4) return undefined;
  const [name, parameters, , ...values]: readonly unknown[] = raw;
  if (typeof name !== "string") return undefined;
  const entries: ReadonlyMap<string, unknown> = new Map(
    typeof parameters === "object" && parameters !== null ? Object.entries(parameters) : [],
  );
  const type = entries.get("type");
  const types = new Set(
    (Array.isArray(type) ? type : [type])
      .flatMap((one) => textOf(one).toLowerCase().split(","))
      .filter((one) => one !== ""),
  );
  const rank = Number(textOf(entries.get("pref")));
  const preferred = types.has("pref") ? 1 : rank >= 1 && rank <= 100 ? rank : 101;
  const flat = values.length === 1 && Array.isArray(values[0]) ? (values[0] as readonly unknown[]) : values;
  return { name: name.toLowerCase(), types, preferred, values: flat.map((value) => clean(textOf(value))) };
}

const isUnmarkedId = (text: string): boolean => /^[A-Za-z0-9:_.@-]{6,200}$/.test(text);

/** `19800322`, `1980-03-22` and `1980-03-22T00:00:00Z` as a date; a birthday without a year is left for the notes. */
function birthdayOf(text: string): string | undefined {
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(text);
  return parts === null ? undefined : `${parts[1]}-${parts[2]}-${parts[3]}`;
}

class CardReader {
  readonly values = new Map<Target, string>();
  readonly leftovers: string[] = [];
  private readonly properties: readonly Property[];

  constructor(properties: readonly Property[]) {
    this.properties = properties;
  }

  all(name: string): readonly Property[] {
    return this.properties
      .filter((property) => property.name === name && property.values.some((value) => value !== ""))
      .toSorted((a, b) => a.preferred - b.preferred);
  }

  first(name: string): string {
    return (
      this.all(name)[0]
        ?.values.filter((value) => value !== "")
        .join(", ") ?? ""
    );
  }

  put(target: Target, text: string): boolean {
    if (text === "" || this.values.has(target)) return false;
    this.values.set(target, text);
    return true;
  }

  keep(label: string, text: string): void {
    const line = `${label}: ${text}`;
    if (text !== "" && !this.leftovers.includes(line)) this.leftovers.push(line);
  }

  readName(): void {
    const [family = "", given = "", middle = "", prefix = "", suffix = ""] = this.all("n")[0]?.values ?? [];
    const whole = this.first("fn");
    this.put("salutation", prefix);
    // A card with one name only, or none: what phones show instead is the name.
    this.put(
      "lastName",
      family || given || whole || this.first("org") || this.first("nickname") || this.first("email"),
    );
    if (family !== "") this.put("firstName", given);
    this.keep("Middle name", middle);
    this.keep("Name suffix", suffix);
    this.keep("Nickname", this.first("nickname"));
  }

  readWork(): void {
    const organizations = this.all("org");
    this.put("company", organizations[0]?.values[0] ?? "");
    this.keep(
      "Department",
      organizations[0]?.values
        .slice(1)
        .filter((part) => part !== "")
        .join(", ") ?? "",
    );
    for (const other of organizations.slice(1))
      if (other.values[0] !== organizations[0]?.values[0]) this.keep("Also at", other.values[0] ?? "");
    this.put("jobTitle", this.first("title") || this.first("role"));
  }

  readEmails(): void {
    for (const property of this.all("email")) {
      const text = (property.values[0] ?? "").replace(/^mailto:/i, "");
      const isAddress = parseField(text, { kind: "email", label: "E-mail" }).ok;
      if (text === this.values.get("email") || (isAddress && (this.put("email", text) || this.put("otherEmail", text))))
        continue;
      this.keep("E-mail", text);
    }
  }

  /** Work before home, mobiles apart; faxes, pagers and what is left over go to the notes. */
  readPhones(): void {
    const seen = new Set<string>();
    for (const property of this.all("tel").toSorted(
      (a, b) => Number(b.types.has("work")) - Number(a.types.has("work")),
    )) {
      const text = (property.values[0] ?? "").replace(/^tel:/i, "");
      const label = property.types.has("fax") ? "Fax" : property.types.has("pager") ? "Pager" : "Phone";
      const digits = text.replace(/\D/g, "");
      if (seen.has(label + digits)) continue;
      seen.add(label + digits);
      const slots: readonly Target[] = property.types.has("cell")
        ? ["mobilePhone", "otherPhone"]
        : ["phone", "otherPhone"];
      const taken = label === "Phone" && digits.length >= 3 && slots.some((slot) => this.put(slot, text));
      if (!taken) this.keep(label, text);
    }
  }

  readReach(): void {
    this.readEmails();
    this.readPhones();
    this.put("website", this.first("url"));
    for (const other of this.all("url").slice(1)) this.keep("Website", other.values[0] ?? "");
  }

  readAddress(): void {
    for (const [position, property] of this.all("adr").entries()) {
      const [box = "", extra = "", street = "", city = "", state = "", postalCode = "", country = ""] = property.values;
      const lines = [box, extra, street]
        .filter((line) => line !== "")
        .join("\n")
        .replace(/,\s*$/, "");
      if (position > 0) {
        this.keep(
          "Address",
          [lines, [postalCode, city].filter((part) => part !== "").join(" "), state, country]
            .filter((part) => part !== "")
            .join(", ")
            .replaceAll("\n", ", "),
        );
        continue;
      }
      this.put("address.street", lines);
      this.put("address.city", city);
      this.put("address.state", state);
      this.put("address.postalCode", postalCode);
      this.put("address.country", country);
    }
  }

  read(): string[] {
    this.readName();
    this.readWork();
    this.readReach();
    this.readAddress();
    const birthday = this.first("bday");
    const day = birthdayOf(birthday);
    if (day === undefined) this.keep("Birthday", birthday);
    else this.put("birthday", day);
    const uid = this.first("uid").replace(/^urn:uuid:/i, "");
    if (isUnmarkedId(uid)) this.put("externalId", uid);
    const notes = this.all("note").flatMap((property) => property.values);
    this.put("notes", [...new Set(notes), ...this.leftovers].filter((line) => line !== "").join("\n"));
    return COLUMNS.map(([, target]) => this.values.get(target) ?? "");
  }
}

function readCard(card: string): Result<readonly string[], { readonly message: string }> {
  let parsed: unknown;
  try {
    parsed = ICAL.parse(normalizeCard(card));
  } catch {
    // ical.js throws on what it cannot read; the row says so and the other cards go on.
    return err({ message: "This card is damaged and could not be read. Export it again, or type it in." });
  }
  const component: unknown = Array.isArray(parsed) && Array.isArray(parsed[0]) ? parsed[0] : parsed;
  const raw: unknown = Array.isArray(component) ? component[1] : undefined;
  const properties = (Array.isArray(raw) ? raw : []).flatMap((one) => toProperty(one) ?? []);
  return ok(new CardReader(properties).read());
}

export const isVcardText = (text: string): boolean => /^\uFEFF?\s*BEGIN:VCARD/i.test(text);

export function readVcards(text: string): Result<ImportTable, { readonly message: string }> {
  const cards = splitCards(text);
  if (cards.length === 0)
    return err({ message: "This file holds no complete vCard. Export the contacts again as vCard (.vcf)." });
  const photos = cards.filter((card) => /^(?:[\w-]+\.)?(?:PHOTO|LOGO)[;:]/im.test(card)).length;
  const rows = cards.map((card, index): ImportRow => {
    const read = readCard(card);
    const number = index + 1;
    if (read.ok) return { number, cells: read.value };
    return { number, cells: COLUMNS.map(() => ""), problem: read.error.message };
  });
  const columns = COLUMNS.map(([name], index): ImportColumn => {
    const texts = rows.map((row) => row.cells[index] ?? "").filter((cell) => cell !== "");
    return {
      name,
      filled: texts.length,
      samples: [...new Set(texts)].slice(0, 3).map((sample) => sample.slice(0, 120)),
    };
  });
  const notes =
    photos === 0
      ? []
      : [`${photos} ${photos === 1 ? "card has a photo" : "cards have photos"}; photos are not imported.`];
  return ok({ kind: "vcard", columns, rows, notes, header: true });
}
