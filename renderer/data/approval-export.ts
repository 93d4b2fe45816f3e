// The export folder of a project's approvals: everything an outsider needs to check them, and the two programs that do.
// The format is described in docs/verify/FORMAT.md. Loaded only when somebody exports.

import { strToU8, zipSync } from "fflate";
import { formatOf } from "#shared/doc/rich-format.ts";
import { richTextOf } from "#shared/doc/facet-document.ts";
import { subjectNow, parseSubject, TEXT_FIELD } from "#shared/model/approval-subject.ts";
import { approvalStatus, decisionOf, requestOf, standingRequest, type Request } from "#shared/model/approvals.ts";
import { canonicalJson, sha256, type Json, type JsonObject } from "#shared/model/canonical-json.ts";
import { parseLink, type ChainKey } from "#shared/model/decision-chain.ts";
import { ok, type Result } from "#shared/model/result.ts";
import { chainEntry, file as fileType } from "#shared/record-types/index.ts";
import format from "../../docs/verify/FORMAT.md?raw";
// oxlint-disable-next-line import/default -- Vite gives the text of a file, whatever it exports
import verifyScript from "../../docs/verify/verify.mjs?raw";
import verifyPython from "../../docs/verify/verify.py?raw";
import { readChainKey } from "./chain-key.ts";
import { sealedRows } from "./check-seals.ts";
import { membersKey, type StoredRecord } from "./database.ts";
import type { FilesApi } from "./file-types.ts";
import type { PolicyView } from "#shared/model/policy.ts";
import type { Replica } from "./replica.ts";
import { loadRecord } from "./held-record.ts";
import { withFormats } from "./row-formats.ts";
import { facetOfRow, readCheck, type SpaceCheck } from "./seal-checks.ts";
import type { MemberRow } from "./types.ts";

type Content = string | Uint8Array;
type Files = Map<string, Content>;
type OpenFile = FilesApi["open"];
type NotThere = { readonly message: string };

const line = (value: Json): string => `${canonicalJson(value)}\n`;

/** Texts of a facet's links as the chain runs: from the head back. */
function linksOf(rows: readonly StoredRecord[], facet: string, head: string): readonly string[] {
  const byHash = new Map(
    rows.flatMap((row) => {
      const body = row.fields["body"];
      return row.type === chainEntry.type && facetOfRow(row) === facet && typeof body === "string"
        ? [[sha256(body), body] as const]
        : [];
    }),
  );
  const links: string[] = [];
  for (let text = byHash.get(head); text !== undefined; text = byHash.get(parseLink(text)?.prev ?? ""))
    links.unshift(text);
  return links;
}

function addChains(files: Files, rows: readonly StoredRecord[], check: SpaceCheck): readonly ChainKey[] {
  const keys: ChainKey[] = [];
  for (const [facet, { head }] of Object.entries(check)) {
    const links = linksOf(rows, facet, head.hash);
    files.set(`chains/${facet}.jsonl`, links.map((text) => `${text}\n`).join(""));
    for (const text of links) {
      const event = parseLink(text)?.event;
      if (event?.kind === "key") keys.push(event.key);
    }
  }
  return keys;
}

/** The heads of the chains, each with the relay's signature of it. */
function headsOf(rows: readonly StoredRecord[], check: SpaceCheck): readonly JsonObject[] {
  const signatures = new Map(
    rows.flatMap(({ type, fields: { body, signature } }) =>
      type === chainEntry.type && typeof body === "string" && typeof signature === "string"
        ? [[sha256(body), signature] as const]
        : [],
    ),
  );
  return Object.entries(check).map(([facet, { head }]) => ({
    facet,
    seq: head.seq,
    hash: head.hash,
    signature: signatures.get(head.hash) ?? "",
  }));
}

type Counted = StoredRecord & { readonly seq: number };

function countedRows(rows: readonly StoredRecord[], check: SpaceCheck): readonly Counted[] {
  return rows.flatMap((row) => {
    const verdict = check[facetOfRow(row)]?.verdicts[row.id];
    return verdict?.counts === true ? [{ ...row, seq: verdict.seq }] : [];
  });
}

const formatName = (id: string): string => `documents/${id}.format.json`;

/** What attached documents say beyond their words, in the canonical form that was hashed. */
async function addFormats(files: Files, { database }: Replica): Promise<void> {
  const ids = [...files.keys()].flatMap((name) => /^documents\/(.+)\.format\.json$/.exec(name)?.[1] ?? []);
  for (const id of ids)
    for (const { doc } of (await loadRecord(database, id)).values()) {
      const format = formatOf(richTextOf(doc, TEXT_FIELD));
      if (format !== undefined) files.set(formatName(id), format);
    }
}

const FILES = "files/";
const fileName = (id: string): string => `${FILES}${id}`;

/** The bytes of the files that requests name; without them nobody could check their hashes. */
async function addFiles(files: Files, open: OpenFile): Promise<Result<void, NotThere>> {
  for (const name of files.keys()) {
    if (!name.startsWith(FILES)) continue;
    const opened = await open(name.slice(FILES.length));
    if (!opened.ok) return opened;
    files.set(name, new Uint8Array(await opened.value.arrayBuffer()));
  }
  return ok(undefined);
}

/** What a request is about, as it is now, and the texts that belong to it. */
function addSubject(
  files: Files,
  row: Counted,
  request: Request,
  find: (id: string) => StoredRecord | undefined,
  policy: PolicyView,
): string | undefined {
  files.set(`subjects/${row.id}.json`, request.subject);
  const current = subjectNow(request.subject, facetOfRow(row), find, policy);
  if (current === undefined) return undefined;
  files.set(`current/${row.id}.json`, current);
  for (const { id, format } of parseSubject(current)?.attachments ?? []) {
    const attached = find(id);
    const body = attached?.fields[TEXT_FIELD];
    // Filled in below: the bytes of a file may have to be fetched.
    if (attached?.type === fileType.type) files.set(fileName(id), "");
    else files.set(`documents/${id}.txt`, typeof body === "string" ? body.normalize("NFC") : "");
    if (format !== undefined) files.set(formatName(id), "");
  }
  return current;
}

/** The files of the folder by name, without the sums. */
async function folderOf(replica: Replica, space: string, open: OpenFile): Promise<Result<Files, NotThere>> {
  const { database, me, now } = replica;
  const policy = await replica.policy();
  const rows = await sealedRows(database, space).toArray();
  const check = await readCheck(database, space);
  const files: Files = new Map();
  const keys = addChains(files, rows, check);
  const counted = countedRows(rows, check);
  files.set(
    "seals.jsonl",
    counted
      .flatMap(({ seal }) => (seal === undefined ? [] : [line({ entry: seal.entry, signature: seal.signature })]))
      .join(""),
  );
  files.set("keys.json", line({ keys }));
  const all = await database.records.where("[space+type]").between([space, ""], [space, "\uffff"]).toArray();
  const held = new Map((await withFormats(database, all, policy)).map((row) => [row.id, row] as const));
  const find = (id: string): StoredRecord | undefined => {
    const row = held.get(id);
    return row?.state === "deleted" ? undefined : row;
  };
  const requests = counted.filter((row) => row.type === "approval").map((row) => ({ row, request: requestOf(row) }));
  const decisions = Map.groupBy(counted.filter((row) => row.type === "decision").map(decisionOf), (one) => one.request);
  const outcomes = new Map(
    requests.map(({ request }) => [request.id, approvalStatus(request, decisions.get(request.id) ?? []).outcome]),
  );
  const isCanceled = ({ id }: Request): boolean => outcomes.get(id) === "canceled";
  const newest = new Set(
    [...Map.groupBy(requests, ({ request }) => request.about).values()].map((group) => {
      const about = group.map(({ request }) => request);
      return standingRequest(about, isCanceled)?.id;
    }),
  );
  const conclusion = requests.map(({ row, request }) => {
    const current = addSubject(files, row, request, find, policy);
    const outcome = outcomes.get(request.id) ?? "pending";
    const isNewest = newest.has(request.id);
    return {
      request: request.id,
      title: request.title,
      revision: request.revision,
      outcome,
      isNewest,
      covers: isNewest && outcome === "approved" && current === request.subject,
    };
  });
  files.set("conclusion.json", line({ conclusion: conclusion.toSorted((l, r) => (l.request < r.request ? -1 : 1)) }));
  await addFormats(files, replica);
  const filled = await addFiles(files, open);
  if (!filled.ok) return filled;
  const members = ((await database.settings.get(membersKey(space)))?.value as readonly MemberRow[] | undefined) ?? [];
  files.set("people.json", line(Object.fromEntries(members.map(({ id, name }) => [id, name]))));
  files.set(
    "export.json",
    line({
      format: "drawbridge-approvals",
      v: 1,
      space,
      project: held.get(space)?.title ?? "",
      exportedAt: now().toISOString(),
      exportedBy: me.id,
      facets: Object.keys(check),
      heads: headsOf(rows, check),
      relay: (await readChainKey(database)).pinned ?? null,
    }).slice(0, -1),
  );
  files.set("README.md", format);
  files.set("verify.mjs", verifyScript);
  files.set("verify.py", verifyPython);
  return ok(files);
}

/** The folder with its sums, as a zip file. */
export async function exportApprovals(
  replica: Replica,
  space: string,
  open: OpenFile,
): Promise<Result<Blob, NotThere>> {
  const folder = await folderOf(replica, space, open);
  if (!folder.ok) return folder;
  const files = folder.value;
  const names = [...files.keys()].sort();
  files.set("SHA256SUMS", names.map((name) => `${sha256(files.get(name) ?? "")}  ${name}\n`).join(""));
  const zipped = zipSync(
    Object.fromEntries(
      [...files].map(([name, content]) => [name, typeof content === "string" ? strToU8(content) : content]),
    ),
  );
  return ok(new Blob([new Uint8Array(zipped)], { type: "application/zip" }));
}
