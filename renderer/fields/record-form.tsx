// The create form of any record type, straight from its declaration. Values are parsed by field kind before anything is saved.

import { Button, Group, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState, type FormEvent } from "react";
import { useData, usePolicy } from "#renderer/data/hooks.tsx";
import { useRights } from "#renderer/data/rights.ts";
import { audienceOptions, defaultAudience } from "#renderer/ui/audience-choices.ts";
import { AudienceMark } from "#renderer/ui/audience-mark.tsx";
import { AudiencePicker } from "#renderer/ui/audience-picker.tsx";
import { facetOfAudience, type AudienceChoice } from "#shared/model/audience.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import type { FieldSpec, FieldValue } from "#shared/model/field-value.ts";
import { facetOfField } from "#shared/model/policy.ts";
import type { RecordTypeDefinition } from "#shared/record-types/define-record-type.ts";
import { findRecordType } from "#shared/record-types/index.ts";
import { toDraft } from "./drafts.ts";
import { FieldContextProvider, idsIn, useRequiredFieldContext } from "./field-context.tsx";
import { FieldInput, isEditableKind } from "./field-input.tsx";
import classes from "./fields.module.css";
import { saveProblem } from "./save-problem.ts";

type Props = {
  readonly type: string;
  readonly space: string;
  readonly initial?: Readonly<Record<string, FieldValue>>;
  readonly onCreated: (id: string) => void;
  readonly onCancel: () => void;
};

export function RecordForm({ type, space, initial = {}, onCreated, onCancel }: Props) {
  const definition = findRecordType(type);
  if (definition === undefined) return null;
  const ids = Object.entries(initial).flatMap(([name, value]) =>
    definition.fields[name]?.kind === "relation" ? idsIn(value) : [],
  );
  return (
    <FieldContextProvider space={space} ids={ids}>
      <Form definition={definition} space={space} initial={initial} onCreated={onCreated} onCancel={onCancel} />
    </FieldContextProvider>
  );
}

type FormProps = Omit<Props, "type" | "initial"> & {
  readonly definition: RecordTypeDefinition;
  readonly initial: Readonly<Record<string, FieldValue>>;
};

function Form({ definition, space, initial, onCreated, onCancel }: FormProps) {
  const { edit } = useData();
  const { members, persona } = useRequiredFieldContext();
  const [drafts, setDrafts] = useState<Readonly<Record<string, unknown>>>(() =>
    Object.fromEntries(
      Object.entries(initial).map(([name, value]) => {
        const spec = definition.fields[name];
        return [name, spec === undefined ? value : toDraft(value, spec)];
      }),
    ),
  );
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [more, setMore] = useState(false);
  const [saving, setSaving] = useState(false);
  const [audience, setAudience] = useState<AudienceChoice>(defaultAudience(persona));
  const chosen = definition.placement === "chosen";
  const policy = usePolicy();
  const { canWrite } = useRights();
  const facetOf = (field: string): string => facetOfField(definition, field, facetOfAudience[audience], policy);
  const specs = definition.form
    .flatMap((part) => part.fields)
    .flatMap((name) => {
      const spec = definition.fields[name];
      return spec === undefined || !isEditableKind(spec.kind) || !canWrite(facetOf(name), persona)
        ? []
        : [{ name, spec }];
    });
  const specByName = new Map(specs.map((one) => [one.name, one.spec]));
  const firstName = specs.find((one) => drafts[one.name] === undefined)?.name;
  const [focusName] = useState(firstName);

  const setDraft = (name: string, draft: unknown) => {
    setDrafts((before) => ({ ...before, [name]: draft }));
    setProblems(({ [name]: _gone, ...others }) => others);
  };
  const check = (name: string, spec: FieldSpec, draft: unknown) => {
    const parsed = parseField(draft, spec);
    // An empty required field is only a problem when one tries to save.
    if (!parsed.ok && !(spec.required === true && (draft ?? "") === "")) {
      setProblems((before) => ({ ...before, [name]: parsed.error.message }));
    }
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (saving) return;
    const found: Record<string, string> = {};
    const values: Record<string, unknown> = { ...initial };
    for (const { name, spec } of specs) {
      const parsed = parseField(drafts[name], spec);
      if (!parsed.ok) found[name] = parsed.error.message;
      else if (parsed.value !== null) values[name] = parsed.value;
      else delete values[name];
    }
    setProblems(found);
    if (Object.keys(found).length > 0) {
      if (definition.form.slice(1).some((part) => part.fields.some((name) => name in found))) setMore(true);
      return;
    }
    setSaving(true);
    const result = await edit.create({ type: definition.type, space, values, ...(chosen ? { audience } : {}) });
    setSaving(false);
    if (result.ok) onCreated(result.value.id);
    else if (result.error.type === "InvalidFields") {
      setProblems(
        Object.fromEntries(Object.entries(result.error.fields).map(([name, error]) => [name, error.message])),
      );
    } else setProblem(saveProblem(result.error));
  };

  const [first, ...rest] = definition.form;
  const section = (fields: readonly string[]) =>
    fields.map((name) => {
      const spec = specByName.get(name);
      return spec === undefined ? null : (
        <FormRow
          key={name}
          spec={spec}
          facet={chosen ? "internal" : facetOf(name)}
          draft={drafts[name] ?? toDraft(null, spec)}
          problem={problems[name]}
          autoFocus={name === focusName}
          onDraft={(draft) => setDraft(name, draft)}
          onCheck={(draft) => check(name, spec, draft)}
          onCancel={onCancel}
        />
      );
    });

  return (
    <form noValidate className={classes.form} onSubmit={(event) => void submit(event)}>
      {section(first?.fields ?? [])}
      {rest.length === 0 ? null : (
        <UnstyledButton className={classes.more} aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          {rest.map((part) => part.section).join(", ")}
        </UnstyledButton>
      )}
      {more
        ? rest.map((part) => (
            <fieldset key={part.section} className={classes.formSection}>
              <legend>{part.section}</legend>
              {section(part.fields)}
            </fieldset>
          ))
        : null}
      {problem === undefined ? null : (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      <Group justify="space-between" mt="md">
        {chosen ? (
          <AudiencePicker options={audienceOptions(persona, members)} value={audience} onChange={setAudience} />
        ) : (
          <span />
        )}
        <Group gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={saving}>
            Create {definition.label.one.toLowerCase()}
          </Button>
        </Group>
      </Group>
    </form>
  );
}

type RowProps = {
  readonly spec: FieldSpec;
  readonly facet: string;
  readonly draft: unknown;
  readonly problem: string | undefined;
  readonly autoFocus: boolean;
  readonly onDraft: (draft: unknown) => void;
  readonly onCheck: (draft: unknown) => void;
  readonly onCancel: () => void;
};

function FormRow({ spec, facet, draft, problem, autoFocus, onDraft, onCheck, onCancel }: RowProps) {
  const messageId = useId();
  return (
    <div className={classes.formRow}>
      <span className={classes.formLabel}>
        {spec.label}
        {spec.required === true ? <span className={classes.required}> required</span> : null}
        <AudienceMark facet={facet} />
      </span>
      <FieldInput
        spec={spec}
        label={spec.label}
        draft={draft}
        onDraft={onDraft}
        onCommit={onCheck}
        onCancel={onCancel}
        autoFocus={autoFocus}
        invalid={problem !== undefined}
        describedBy={problem === undefined ? undefined : messageId}
        inline={false}
      />
      {problem === undefined ? null : (
        <p id={messageId} className={classes.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
