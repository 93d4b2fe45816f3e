// The organization's audit, for owners and managers: who did what, when, to whom; by action, person and day; and as a file.

import { Button, Menu, Select, TextInput } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useData, useMembers, useSession, useSpaces, useTitles } from "#renderer/data/hooks.tsx";
import type { AuditEntry, AuditFilter } from "#renderer/data/trust-types.ts";
import { download } from "#renderer/ui/download.ts";
import { EmptyState } from "#renderer/ui/empty-state.tsx";
import { Page } from "#renderer/ui/page.tsx";
import { Panel } from "#renderer/ui/panel.tsx";
import { showProblem } from "#renderer/ui/toast.ts";
import { auditActions, isAuditAction } from "#shared/model/audit-actions.ts";
import { AuditRow, recordOf } from "./audit-row.tsx";
import { NotAnswered } from "./not-answered.tsx";
import classes from "./trust.module.css";
import { useAnswer } from "./use-answer.ts";

const actions = Object.entries(auditActions).map(([value, label]) => ({ value, label }));
const DAY = 86_400_000;

const startOf = (day: string): string => new Date(`${day}T00:00:00`).toISOString();
const endOf = (day: string): string => new Date(Date.parse(startOf(day)) + DAY).toISOString();

export function AuditPage() {
  const session = useSession();
  if (session.kind !== "signedIn") return null;
  const { persona } = session.me;
  return (
    <Page title="Audit" meta="Who let whom see what, and what was refused. Entries are added, never changed.">
      <div className={classes.columns}>
        {persona === "owner" || persona === "manager" ? (
          <AuditPanel />
        ) : (
          <EmptyState
            kind="noPermission"
            title="For owners and managers"
            text="The audit is read by the owners and managers of the organization. Ask one of them."
          />
        )}
      </div>
    </Page>
  );
}

function AuditPanel() {
  const [filter, setFilter] = useState<AuditFilter>({});
  const change = (part: { readonly [Key in keyof AuditFilter]?: AuditFilter[Key] | undefined }): void => {
    const next = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined);
    setFilter(Object.fromEntries(next));
  };
  return (
    <Panel flush title="Entries" aside={<ExportMenu filter={filter} />}>
      <Filters filter={filter} onChange={change} />
      <Entries key={JSON.stringify(filter)} filter={filter} />
    </Panel>
  );
}

type FiltersProps = {
  readonly filter: AuditFilter;
  readonly onChange: (part: { readonly [Key in keyof AuditFilter]?: AuditFilter[Key] | undefined }) => void;
};

function Filters({ filter, onChange }: FiltersProps) {
  const members = useMembers() ?? [];
  const people = members.map(({ id, name }) => ({ value: id, label: name }));
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  return (
    <div className={classes.filters} role="group" aria-label="Show only">
      <Select
        label="What"
        placeholder="Everything"
        data={actions}
        value={filter.action ?? null}
        clearable
        searchable
        onChange={(value) => onChange({ action: value !== null && isAuditAction(value) ? value : undefined })}
      />
      <Select
        label="By"
        placeholder="Anybody"
        data={people}
        value={filter.actor ?? null}
        clearable
        searchable
        onChange={(value) => onChange({ actor: value ?? undefined })}
      />
      <Select
        label="To whom"
        placeholder="Anybody"
        data={people}
        value={filter.target ?? null}
        clearable
        searchable
        onChange={(value) => onChange({ target: value ?? undefined })}
      />
      <TextInput
        label="From"
        type="date"
        value={from}
        onChange={({ currentTarget: { value } }) => {
          setFrom(value);
          onChange({ from: value === "" ? undefined : startOf(value) });
        }}
      />
      <TextInput
        label="To"
        type="date"
        value={to}
        onChange={({ currentTarget: { value } }) => {
          setTo(value);
          onChange({ to: value === "" ? undefined : endOf(value) });
        }}
      />
    </div>
  );
}

function Entries({ filter }: { readonly filter: AuditFilter }) {
  const data = useData();
  const { asked, again } = useAnswer("first page", () => data.trust.audit(filter));
  const [older, setOlder] = useState<{
    readonly entries: readonly AuditEntry[];
    readonly cursor: number | undefined;
  }>();
  const [busy, setBusy] = useState(false);
  const entries = [...(asked.kind === "shown" ? asked.value.entries : []), ...(older?.entries ?? [])];
  const names = useNames(entries);
  if (asked.kind !== "shown") return <NotAnswered asked={asked} again={again} />;
  const { head } = asked.value;
  const cursor = older === undefined ? asked.value.cursor : older.cursor;
  const showOlder = async (): Promise<void> => {
    setBusy(true);
    const answer = await data.trust.audit(filter, cursor);
    setBusy(false);
    if (!answer.ok) return showProblem(answer.error.message);
    setOlder({ entries: [...(older?.entries ?? []), ...answer.value.entries], cursor: answer.value.cursor });
  };
  if (entries.length === 0)
    return <EmptyState kind="noMatch" title="No entry fits" text="Take a filter away, or choose other days." />;
  return (
    <>
      <ol className={classes.rows} aria-label="Audit entries, newest first">
        {entries.map((entry) => (
          <AuditRow key={entry.seq} entry={entry} names={names} />
        ))}
      </ol>
      {cursor === undefined ? null : (
        <div className={classes.padded}>
          <Button variant="default" loading={busy} onClick={() => void showOlder()}>
            Show older entries
          </Button>
        </div>
      )}
      <p className={classes.head}>
        Head of the chain: {head.seq}:{head.hash}. Keep it outside the server: <code>npm run relay -- doctor</code>{" "}
        shows whether entries before it were changed or cut off.
      </p>
    </>
  );
}

/** Names of spaces, and titles of the records that entries are about. */
function useNames(entries: readonly AuditEntry[]): ReadonlyMap<string, string> {
  const ids = new Set(entries.flatMap(({ target }) => recordOf(target) ?? []));
  const titles = useTitles([...ids]);
  const spaces = useSpaces();
  return new Map([...(titles ?? []), ...(spaces ?? []).map(({ id, name }) => [id, name] as const)]);
}

function ExportMenu({ filter }: { readonly filter: AuditFilter }) {
  const data = useData();
  const [busy, setBusy] = useState(false);
  const save = async (format: "csv" | "jsonl"): Promise<void> => {
    setBusy(true);
    const file = await data.trust.auditFile(filter, format);
    setBusy(false);
    if (!file.ok) return showProblem(file.error.message);
    download(file.value, `drawbridge-audit-${new Date().toISOString().slice(0, 10)}.${format}`);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={busy}
          leftSection={<IconDownload size={15} stroke={1.7} aria-hidden />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save("csv")}>Table (CSV)</Menu.Item>
        <Menu.Item onClick={() => void save("jsonl")}>One JSON object per line</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
