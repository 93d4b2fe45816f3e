// What the palette shows for a text: what can be done here, then records of this device, then commands; at most ten.
// With no result it offers to make a record with the typed name.

import type { Command } from "#renderer/ui/commands.ts";
import type { Data, SearchHit } from "#renderer/data/types.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { termsOf } from "./highlight.tsx";

export type PaletteItem = {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly detail?: string;
  readonly shortcut?: string;
  /** A record type, or what the item is: decides the icon. */
  readonly kind: string;
  /** Set for records: where it is read, for "beside". */
  readonly recordId?: string;
  readonly run: () => void;
};

const MOST = 10;
const RECORDS = 6;
const everywhere = new Set(["Go to", "Everywhere"]);

function matches(title: string, terms: readonly string[]): boolean {
  const words = termsOf(title);
  return terms.every((term) => words.some((word) => word.startsWith(term)));
}

const commandItem = (command: Command): PaletteItem => ({
  id: `command ${command.id}`,
  section: everywhere.has(command.section) ? "Commands" : command.section,
  title: command.title,
  kind: command.title.startsWith("New ") ? "create" : "command",
  run: command.run,
  ...(command.shortcut === undefined ? {} : { shortcut: command.shortcut }),
});

export function itemsFor(
  text: string,
  commands: readonly Command[],
  hits: readonly SearchHit[],
  open: (id: string) => void,
): readonly PaletteItem[] {
  const terms = termsOf(text);
  const fitting = commands
    .filter((command) => command.id !== "palette" && matches(command.title, terms))
    .map(commandItem);
  const context = fitting.filter((item) => item.section !== "Commands");
  const records = hits.slice(0, RECORDS).map((hit): PaletteItem => ({
    id: `record ${hit.id}`,
    section: "Records",
    title: hit.title,
    detail: [findRecordType(hit.type)?.label.one ?? hit.type, hit.detail].filter((part) => part !== "").join(", "),
    kind: hit.type,
    recordId: hit.id,
    run: () => open(hit.id),
  }));
  const rest = fitting.filter((item) => item.section === "Commands");
  return [...context.slice(0, 4), ...records, ...rest].slice(0, MOST);
}

const creatable = ["contact", "company", "deal"] as const;

/** The typed words as the fields that name such a record. */
function namedValues(definition: RecordTypeDefinition, text: string): Readonly<Record<string, string>> {
  if (typeof definition.title === "string") return { [definition.title]: text };
  const words = text.split(/\s+/u);
  const [first, last] = definition.title;
  if (first === undefined) return {};
  if (last === undefined || words.length < 2) return { [last ?? first]: text };
  return { [first]: words.slice(0, -1).join(" "), [last]: words.at(-1) ?? "" };
}

export function createItems(
  text: string,
  data: Data,
  crmSpace: string | undefined,
  open: (id: string) => void,
): readonly PaletteItem[] {
  const name = text.trim();
  if (name === "" || crmSpace === undefined) return [];
  return creatable.flatMap((type) => {
    const definition = findRecordType(type);
    if (definition === undefined) return [];
    const create = async (): Promise<void> => {
      const result = await data.edit.create({ type, space: crmSpace, values: namedValues(definition, name) });
      if (result.ok) open(result.value.id);
      else
        showProblem(
          result.error.type === "InvalidFields"
            ? "This name cannot be used. Shorten it and try again."
            : result.error.message,
        );
    };
    return [
      {
        id: `create ${type}`,
        section: "Make it",
        title: `New ${definition.label.one.toLowerCase()} “${name}”`,
        kind: "create",
        run: () => void create(),
      },
    ];
  });
}
