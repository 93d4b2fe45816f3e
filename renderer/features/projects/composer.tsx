// Words about a project's record: a comment whose audience is fixed when it is written.

import { useData } from "#renderer/data/hooks.tsx";
import { CommentForm } from "#renderer/ui/comment-form.tsx";
import type { ProjectContext } from "./use-project.ts";
import { useSave } from "./use-save.ts";

type Props = { readonly context: ProjectContext; readonly about: string; readonly label?: string };

export function Composer({ context, about, label = "Write a comment" }: Props) {
  const { edit } = useData();
  const save = useSave();
  if (context.readOnly) return null;
  return (
    <CommentForm
      label={label}
      persona={context.persona}
      members={context.members}
      onSend={async (body, audience, mentions) => {
        const values = { body, about, mentions };
        return (await save(edit.create({ type: "comment", space: context.spaceId, values, audience }))) !== undefined;
      }}
    />
  );
}
