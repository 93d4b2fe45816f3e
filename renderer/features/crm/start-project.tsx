// A won deal becomes a project: one press, and the form has client, budget and the link to the deal filled in.

import { Button } from "@mantine/core";
import { IconFolderPlus } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { useCommands } from "#renderer/ui/commands.ts";
import { isInternal } from "#shared/model/personas.ts";

type Props = { readonly deal: RecordRow; readonly referring: readonly RecordRow[] };

export function StartProject({ deal, referring }: Props) {
  const { persona } = useRequiredFieldContext();
  const { readOnly } = useRights();
  const navigate = useNavigate();
  const has = referring.some((row) => row.type === "project");
  const may =
    readOnly === undefined && isInternal(persona) && deal.state !== "deleted" && deal.fields["stage"] === "won" && !has;
  const start = (): void => void navigate({ to: "/projects", search: { new: "project", deal: deal.id } });
  useCommands(may ? [{ id: "deal-project", title: "Start the project", section: deal.title, run: start }] : []);
  if (!may) return null;
  return (
    <Button color="amber" leftSection={<IconFolderPlus size={16} aria-hidden />} onClick={start}>
      Start the project
    </Button>
  );
}
