// A new project: the record and its space are made on this device, offline as well.

import { Button, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useData, useMembers, useSession } from "#renderer/data/hooks.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { isInternal } from "#shared/model/personas.ts";
import { project as projectType } from "#shared/record-types/index.ts";
import { parseField } from "#shared/model/field-kinds.ts";
import classes from "./new-project.module.css";
import { tabPath } from "./project-words.ts";
import { useToday } from "./use-project.ts";

const statusChoices = Object.entries(projectType.fields.status.options).map(([value, label]) => ({ value, label }));

export function NewProject({ onCancel }: { readonly onCancel: () => void }) {
  const { edit } = useData();
  const navigate = useNavigate();
  const session = useSession();
  const team = (useMembers() ?? []).filter((member) => isInternal(member.persona));
  const meId = session.kind === "signedIn" ? session.me.id : null;
  const today = useToday();
  const [values, setValues] = useState({ name: "", client: "", startDate: today, targetDate: "", summary: "" });
  const [status, setStatus] = useState<string | null>("active");
  const [lead, setLead] = useState<string | null>(meId);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [saving, setSaving] = useState(false);
  const set = (field: keyof typeof values) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget;
    setValues((before) => ({ ...before, [field]: value }));
  };
  const dateProblem = (field: "startDate" | "targetDate"): string | undefined => {
    const parsed = parseField(values[field], projectType.fields[field]);
    return parsed.ok ? undefined : parsed.error.message;
  };
  const make = async (): Promise<void> => {
    if (values.name.trim() === "") {
      setProblem("Give the project a name.");
      return;
    }
    setSaving(true);
    const made = await edit.createProject({ ...values, status, lead });
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
            value={values.targetDate}
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
        <Textarea label="Summary" autosize minRows={2} maxRows={6} value={values.summary} onChange={set("summary")} />
        <p className={classes.note}>The whole team is in it. Add the client under People.</p>
        <div className={classes.buttons}>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" color="amber" loading={saving}>
            Make the project
          </Button>
        </div>
      </Stack>
    </form>
  );
}
