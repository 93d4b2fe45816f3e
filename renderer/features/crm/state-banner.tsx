// Deleted, or archived because somebody edited what another had deleted: in plain words, with both ways out.

import { Button, Group } from "@mantine/core";
import { IconArchive, IconTrash } from "@tabler/icons-react";
import { useData } from "#renderer/data/hooks.tsx";
import type { RecordRow } from "#renderer/data/types.ts";
import { useRights } from "#renderer/data/rights.ts";
import { useRequiredFieldContext } from "#renderer/fields/field-context.tsx";
import { saveProblem } from "#renderer/fields/save-problem.ts";
import { showDone, showProblem } from "#renderer/ui/toast.ts";
import { when } from "#renderer/ui/when.ts";
import classes from "./record.module.css";

export function StateBanner({ row }: { readonly row: RecordRow }) {
  const { edit } = useData();
  const { me, persona, personName } = useRequiredFieldContext();
  const { canWrite } = useRights();
  if (row.state === "active") return null;
  const mayWrite = Object.keys(row.docs).some((facet) => canWrite(facet, persona));
  const by = row.deletedBy === me ? "You" : (personName?.(row.deletedBy ?? "") ?? "Someone");
  const at = row.deletedAt === undefined ? "" : ` ${when(row.deletedAt)}`;

  const run = async (action: "restore" | "remove") => {
    const result = action === "restore" ? await edit.restore([row.id]) : await edit.remove([row.id]);
    if (!result.ok) return showProblem(saveProblem(result.error));
    showDone(
      action === "restore" ? "Restored. Saved on this device." : "Deleted. Saved on this device.",
      () => void result.value.undo(),
    );
  };

  const archived = row.state === "archived";
  return (
    <section className={archived ? classes.archived : classes.deleted} role="status">
      {archived ? <IconArchive size={18} aria-hidden /> : <IconTrash size={18} aria-hidden />}
      <div className={classes.bannerWords}>
        <strong>{archived ? "Archived, edited after delete" : "Deleted"}</strong>
        <span>
          {by} deleted this{at}
          {archived ? ", while somebody else was changing it. Nothing was lost." : ". It is kept and can be restored."}
        </span>
      </div>
      {mayWrite ? (
        <Group gap={8} wrap="nowrap">
          <Button variant="default" size="compact-sm" onClick={() => void run("restore")}>
            Restore
          </Button>
          {archived ? (
            <Button variant="subtle" size="compact-sm" onClick={() => void run("remove")}>
              Delete again
            </Button>
          ) : null}
        </Group>
      ) : null}
    </section>
  );
}
