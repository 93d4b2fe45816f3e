// The rules by which a space fills itself. A new rule says how many records it would share, which ones, and with whom, before
// it is saved.

import { Alert, Button, Checkbox, Modal, SegmentedControl, Select, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { toDraft } from "#renderer/fields/drafts.ts";
import { FieldContextProvider, LOCALE, useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { FieldInput } from "#renderer/fields/field-input.tsx";
import { opsFor, opWords } from "#renderer/fields/filter-words.ts";
import { useData, useTitles } from "#renderer/data/hooks.tsx";
import type { RulePreview } from "#shared/model/sharing-report.ts";
import type { ShareRule } from "#renderer/data/sharing-types.ts";
import type { SpaceRow } from "#renderer/data/types.ts";
import { Panel } from "#renderer/ui/panel.tsx";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { formatField, parseField } from "#shared/model/field-kinds.ts";
import type { FieldSpec } from "#shared/model/field-value.ts";
import {
  conditionsOf,
  needsValue,
  type FilterOp,
  type ShareCondition,
  type ShareFilter,
} from "#shared/model/share-filter.ts";
import { findRecordType, recordTypes } from "#shared/record-types/index.ts";
import { takesShareRules } from "#shared/record-types/define-record-type.ts";
import { Problem } from "#renderer/ui/problem.tsx";
import classes from "./spaces.module.css";

export function ShareRules({ space }: { readonly space: SpaceRow }) {
  const { sharing } = useData();
  const [rules, setRules] = useState<readonly ShareRule[]>([]);
  const [round, setRound] = useState(0);
  const [making, setMaking] = useState(false);
  useEffect(() => {
    let current = true;
    void sharing.rules(space.id).then((result) => {
      if (current && result.ok) setRules(result.value);
    });
    return () => {
      current = false;
    };
  }, [sharing, space.id, round]);
  const again = (): void => setRound((before) => before + 1);
  const remove = async (rule: ShareRule): Promise<void> => {
    const result = await sharing.removeRule(rule.id);
    again();
    if (result.ok) showDone("The rule is gone, and with it what only it shared.");
    else showProblem(result.error.message);
  };
  return (
    <Panel
      title="Share rules"
      flush
      aside={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={space.archived === true}
          onClick={() => setMaking(true)}
        >
          New rule
        </Button>
      }
    >
      {rules.length === 0 && (
        <p className={classes.padded}>
          No rule yet. A rule keeps matching records in this space by itself; single ones are shared on their own page.
        </p>
      )}
      <ul className={classes.rows}>
        {rules.map((rule) => (
          <li key={rule.id} className={classes.row}>
            <span className={classes.names}>
              <span className={classes.name}>{findRecordType(rule.type)?.label.many ?? rule.type}</span>
              <RuleWords rule={rule} />
            </span>
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={`Remove the rule for ${findRecordType(rule.type)?.label.many ?? rule.type}`}
              onClick={() => void remove(rule)}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <Modal opened={making} onClose={() => setMaking(false)} title={`Share into ${space.name} by a rule`} size="lg">
        <FieldContextProvider space={undefined} ids={[]}>
          <RuleBuilder
            space={space}
            onSaved={() => {
              setMaking(false);
              again();
            }}
          />
        </FieldContextProvider>
      </Modal>
    </Panel>
  );
}

function RuleWords({ rule }: { readonly rule: ShareRule }) {
  const conditions = conditionsOf(rule.filter);
  const ids = conditions.flatMap(({ value }) => (typeof value === "string" ? [value] : []));
  const titles = useTitles(ids);
  const specs = findRecordType(rule.type)?.fields ?? {};
  const words = conditions.map(({ field, op, value }) => {
    const spec = specs[field];
    if (spec === undefined) return field;
    const shown =
      typeof value === "string" && titles?.get(value) !== undefined
        ? titles.get(value)
        : value === undefined
          ? ""
          : formatField(value, spec, { locale: LOCALE });
    return `${spec.label} ${opWords(op, spec)} ${shown ?? ""}`.trim();
  });
  return <span className={classes.note}>where {words.join("any" in rule.filter ? ", or " : ", and ")}</span>;
}

type Row = { readonly key: number; readonly field: string; readonly op: FilterOp; readonly draft: unknown };

const shareable = recordTypes.filter(takesShareRules);

function askedSpec(spec: FieldSpec, op: FilterOp): FieldSpec {
  if (op === "contains") return { kind: "text", label: spec.label };
  if (spec.kind === "multiChoice") return { kind: "choice", label: spec.label, options: spec.options };
  if (spec.kind === "relations") return { kind: "relation", label: spec.label, to: spec.to };
  return spec.kind === "people" ? { kind: "person", label: spec.label } : spec;
}

function RuleBuilder({ space, onSaved }: { readonly space: SpaceRow; readonly onSaved: () => void }) {
  const { sharing } = useData();
  const [type, setType] = useState("deal");
  const [joined, setJoined] = useState<"all" | "any">("all");
  const [rows, setRows] = useState<readonly Row[]>([{ key: 0, field: "", op: "is", draft: "" }]);
  const [everything, setEverything] = useState(false);
  const [preview, setPreview] = useState<RulePreview | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const { me } = useRequiredFieldContext();
  const definition = findRecordType(type);
  const specs: Readonly<Record<string, FieldSpec>> = definition?.fields ?? {};

  const change = (next: readonly Row[]): void => {
    setRows(next);
    setPreview(undefined);
    setProblem(undefined);
  };

  function filterOf(): ShareFilter | undefined {
    const conditions: ShareCondition[] = [];
    for (const { field, op, draft } of rows) {
      const spec = specs[field];
      if (spec === undefined) {
        setProblem("Choose a field for every condition.");
        return undefined;
      }
      if (!needsValue(op)) {
        conditions.push({ field, op });
        continue;
      }
      const parsed = parseField(draft === "me" ? me : draft, askedSpec(spec, op));
      if (!parsed.ok || parsed.value === null) {
        setProblem(parsed.ok ? `Say what ${spec.label} is compared with.` : parsed.error.message);
        return undefined;
      }
      conditions.push({ field, op, value: parsed.value });
    }
    const [only] = conditions;
    if (conditions.length === 1 && only !== undefined) return only;
    return joined === "all" ? { all: conditions } : { any: conditions };
  }

  async function look(): Promise<void> {
    const filter = filterOf();
    if (filter === undefined) return;
    setBusy(true);
    const result = await sharing.previewRule(space.id, { type, filter, everything });
    setBusy(false);
    if (result.ok) setPreview(result.value);
    else setProblem(result.error.message);
  }

  async function save(): Promise<void> {
    const filter = filterOf();
    if (filter === undefined) return;
    setBusy(true);
    const result = await sharing.saveRule(space.id, { type, filter, everything });
    setBusy(false);
    if (!result.ok) {
      setProblem(result.error.message);
      return;
    }
    showDone(`The rule is live in ${space.name}.`);
    onSaved();
  }

  return (
    <Stack gap={14}>
      <Select
        label="Share"
        allowDeselect={false}
        data={shareable.map(({ type: value, label }) => ({ value, label: label.many }))}
        value={type}
        onChange={(value) => {
          setType(value ?? type);
          change([{ key: 0, field: "", op: "is", draft: "" }]);
        }}
      />
      {rows.length > 1 && (
        <SegmentedControl
          aria-label="How conditions are joined"
          data={[
            { value: "all", label: "All of these hold" },
            { value: "any", label: "Any of these holds" },
          ]}
          value={joined}
          onChange={(value) => {
            setJoined(value === "any" ? "any" : "all");
            setPreview(undefined);
          }}
        />
      )}
      {rows.map((row) => {
        const spec = specs[row.field];
        const put = (part: Partial<Row>): void =>
          change(rows.map((other) => (other.key === row.key ? { ...row, ...part } : other)));
        return (
          <div key={row.key} className={classes.condition} role="group" aria-label="Condition">
            <Select
              aria-label="Field"
              placeholder="Field"
              searchable
              data={Object.entries(specs)
                .filter(([, { hidden, kind }]) => hidden !== true && kind !== "address")
                .map(([value, { label }]) => ({ value, label }))}
              value={row.field === "" ? null : row.field}
              onChange={(field) => {
                const next = field === null ? undefined : specs[field];
                if (field !== null && next !== undefined)
                  put({ field, op: opsFor(next)[0] ?? "is", draft: toDraft(undefined, next) });
              }}
            />
            {spec !== undefined && (
              <Select
                aria-label="Question"
                allowDeselect={false}
                data={opsFor(spec).map((value) => ({ value, label: opWords(value, spec) }))}
                value={row.op}
                onChange={(value) => put({ op: opsFor(spec).find((one) => one === value) ?? row.op })}
              />
            )}
            {spec !== undefined && needsValue(row.op) && (
              <FieldInput
                spec={askedSpec(spec, row.op)}
                label={`Value of ${spec.label}`}
                draft={row.draft}
                onDraft={(draft) => put({ draft })}
                onCommit={(draft) => put({ draft })}
                onCancel={() => undefined}
                autoFocus={false}
                invalid={false}
                inline={false}
                floating
              />
            )}
            {rows.length > 1 && (
              <Button
                size="compact-sm"
                variant="subtle"
                aria-label="Remove this condition"
                onClick={() => change(rows.filter((other) => other.key !== row.key))}
              >
                <IconX size={15} aria-hidden />
              </Button>
            )}
          </div>
        );
      })}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() =>
            change([...rows, { key: Math.max(...rows.map(({ key }) => key)) + 1, field: "", op: "is", draft: "" }])
          }
        >
          Add a condition
        </Button>
      </div>
      <Problem message={problem} />
      {preview !== undefined && (
        <Preview preview={preview} space={space} what={definition?.label.many.toLowerCase() ?? type} />
      )}
      {preview !== undefined && preview.count > 0 && preview.count === preview.total && (
        <Checkbox
          label={`Yes, share all ${preview.total}`}
          checked={everything}
          onChange={(event) => setEverything(event.currentTarget.checked)}
        />
      )}
      <div className={classes.buttons}>
        {preview === undefined || (preview.refusal !== "" && !everything) ? (
          <Button color="amber" loading={busy} onClick={() => void look()}>
            Show what it would share
          </Button>
        ) : (
          <Button color="amber" loading={busy} onClick={() => void save()}>
            Share {preview.count} now, and later ones
          </Button>
        )}
      </div>
    </Stack>
  );
}

type PreviewProps = { readonly preview: RulePreview; readonly space: SpaceRow; readonly what: string };

function Preview({ preview, space, what }: PreviewProps) {
  const { count, total, examples, readers, refusal } = preview;
  return (
    <Alert color={refusal === "" ? "slate" : "amber"} variant="light" role="status" p="sm">
      {refusal === "" ? (
        <>
          {count} of {total} {what}
          {examples.length > 0 && `, for example ${examples.map(({ title }) => title).join(", ")}`}.{" "}
          {readers.length === 0
            ? `Nobody from outside is in ${space.name} yet.`
            : `${readers.length} from outside will see them: ${readers.join(", ")}.`}
        </>
      ) : (
        refusal
      )}
    </Alert>
  );
}
