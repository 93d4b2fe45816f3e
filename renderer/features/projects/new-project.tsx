// A new project: the record, its space and what it starts with are made on this device in one go, offline as well.

import { Button, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useData, useMembers, useRecord, useSession } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import { isInternal } from "#shared/model/personas.ts";
import { project as projectType } from "#shared/record-types/index.ts";
import classes from "./new-project.module.css";
import { copyContents, namedPeople, shiftBetween, spanOf } from "./project-copy.ts";
import { addDays, daysBetween } from "./project-days.ts";
import { textField } from "./project-view.ts";
import { tabPath } from "./project-words.ts";
import { TemplateRoles, type Role } from "./template-roles.tsx";
import { useProjectContents, type ProjectShelf } from "./use-project-shelf.ts";
import { useToday } from "./use-project.ts";

const statusChoices = Object.entries(projectType.fields.status.options).map(([value, label]) => ({ value, label }));

type Props = {
  readonly shelf: ProjectShelf;
  readonly templateId: string | undefined;
  readonly onCancel: () => void;
};

/** Waits for the deal, when there is one: the form starts from what it says. */
export function NewProject({ dealId, ...props }: Props & { readonly dealId: string | undefined }) {
  const deal = useRecord(dealId ?? "");
  const company = useRecord(deal === undefined || deal === "missing" ? "" : (textField(deal, "company") ?? ""));
  if (dealId !== undefined && (deal === undefined || company === undefined)) return null;
  return (
    <NewProjectForm
      {...props}
      deal={deal === "missing" ? undefined : deal}
      company={company === "missing" ? undefined : company}
    />
  );
}

type FormProps = Props & { readonly deal: RecordRow | undefined; readonly company: RecordRow | undefined };

function NewProjectForm({ shelf, templateId: firstTemplate, deal, company, onCancel }: FormProps) {
  const { edit } = useData();
  const navigate = useNavigate();
  const session = useSession();
  const everyone = useMembers() ?? [];
  const team = everyone.filter((member) => member.former !== true && isInternal(member.persona));
  const meId = session.kind === "signedIn" ? session.me.id : null;
  const today = useToday();
  const [values, setValues] = useState({
    name: deal?.title ?? "",
    client: company?.title ?? "",
    startDate: today,
    targetDate: "",
    summary: "",
  });
  const [status, setStatus] = useState<string | null>("active");
  const [lead, setLead] = useState<string | null>(
    () => (deal === undefined ? undefined : textField(deal, "owner")) ?? meId,
  );
  const [templateId, setTemplateId] = useState(firstTemplate ?? "");
  const [takenBy, setTakenBy] = useState<ReadonlyMap<string, string | null>>(new Map());
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [saving, setSaving] = useState(false);
  const template = shelf.templates.find((row) => row.id === templateId);
  const rows = useProjectContents(templateId);
  const span = template === undefined || rows === undefined ? undefined : spanOf(template, rows);
  const roles: readonly Role[] = namedPeople(rows ?? []).map((person) => {
    const member = everyone.find((one) => one.id === person.id);
    const stays = member !== undefined && isInternal(member.persona);
    const chosen = takenBy.get(person.id);
    return {
      ...person,
      name: member?.name ?? "Someone",
      reason: member === undefined ? "left" : stays ? undefined : "outside",
      takenBy: chosen === undefined ? (stays ? person.id : undefined) : chosen,
    };
  });
  const unfilled = roles.some((role) => role.takenBy === undefined);

  const set = (field: keyof typeof values) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setValues((before) => ({ ...before, [field]: value }));
  };
  const dateProblem = (field: "startDate" | "targetDate"): string | undefined => {
    const parsed = parseField(values[field], projectType.fields[field]);
    return parsed.ok ? undefined : parsed.error.message;
  };
  const start = values.startDate === "" ? today : values.startDate;
  const ends = span === undefined ? "" : addDays(start, daysBetween(span.start, span.end));
  const make = async (): Promise<void> => {
    if (values.name.trim() === "") {
      setProblem("Give the project a name.");
      return;
    }
    if (unfilled || (template !== undefined && rows === undefined)) return;
    setSaving(true);
    const people = new Map(roles.map((role) => [role.id, role.takenBy ?? null] as const));
    const made = await edit.createProject(
      {
        ...values,
        targetDate: values.targetDate === "" ? ends : values.targetDate,
        summary:
          values.summary === "" && template !== undefined ? (textField(template, "summary") ?? "") : values.summary,
        status,
        lead,
        ...(deal === undefined
          ? {}
          : { deal: deal.id, company: deal.fields["company"] ?? null, budget: deal.fields["amount"] ?? null }),
      },
      (space) =>
        copyContents({ rows: rows ?? [], space, shiftDays: shiftBetween(span, start), people, asTemplate: false }),
    );
    setSaving(false);
    if (made.ok) await navigate({ to: tabPath(made.value.id, "overview") });
    else setProblem(saveProblem(made.error));
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <Stack gap={14}>
        {deal !== undefined && (
          <p className={classes.note}>
            From the deal {deal.title}: client, budget and the link to the deal come along. The budget stays team only.
          </p>
        )}
        {shelf.templates.length > 0 && (
          <Select
            label="Start from"
            data={[
              { value: "", label: "Nothing yet" },
              ...shelf.templates.map((row) => ({ value: row.id, label: row.title })),
            ]}
            value={templateId}
            allowDeselect={false}
            onChange={(value) => {
              setTemplateId(value ?? "");
              setTakenBy(new Map());
            }}
          />
        )}
        <TextInput label="Name" data-autofocus required value={values.name} onChange={set("name")} error={problem} />
        <TextInput label="Client" value={values.client} onChange={set("client")} />
        <div className={classes.pair}>
          <TextInput
            label="Start"
            type="date"
            value={values.startDate}
            onChange={set("startDate")}
            error={dateProblem("startDate")}
          />
          <TextInput
            label="Target"
            type="date"
            value={values.targetDate === "" ? ends : values.targetDate}
            onChange={set("targetDate")}
            error={dateProblem("targetDate")}
          />
        </div>
        <div className={classes.pair}>
          <Select label="Status" data={statusChoices} value={status} onChange={setStatus} allowDeselect={false} />
          <Select
            label="Lead"
            data={team.map((member) => ({ value: member.id, label: member.name }))}
            value={lead}
            onChange={setLead}
            clearable
            clearButtonProps={{ "aria-label": "No lead" }}
          />
        </div>
        {template === undefined ? (
          <Textarea label="Summary" autosize minRows={2} maxRows={6} value={values.summary} onChange={set("summary")} />
        ) : (
          <TemplateRoles
            rows={rows ?? []}
            roles={roles}
            team={team}
            onTake={(id, by) => setTakenBy(new Map([...takenBy, [id, by]]))}
          />
        )}
        <p className={classes.note}>The whole team is in it. Add the client under People.</p>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" color="amber" loading={saving} disabled={unfilled}>
            Make the project
          </Button>
        </div>
      </Stack>
    </form>
  );
}
