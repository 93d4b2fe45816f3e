// A rich text open for writing, with who else is in it.

import { useSession } from "#renderer/data/hooks.tsx";
import type { LiveDocument } from "#renderer/data/types.ts";
import { RichTextEditor } from "./rich-text-editor.tsx";
import classes from "./rich-text-field.module.css";
import { useLiveText } from "./use-live-text.ts";
import { connectionWords, useTogether } from "./use-together.ts";

type Props = { readonly recordId: string; readonly field: string; readonly title: string };

export function LiveText({ recordId, field, title }: Props) {
  const opened = useLiveText(recordId, field);
  if (opened.kind === "closed") return <p className={classes.words}>{opened.message}</p>;
  if (opened.kind === "opening") return null;
  return (
    <>
      <RichTextEditor live={opened.live} title={title} compact />
      <Together live={opened.live} />
    </>
  );
}

function Together({ live }: { readonly live: LiveDocument }) {
  const session = useSession();
  const { connection, readers } = useTogether(live, session.kind === "signedIn" ? session.me.id : "");
  return (
    <p className={classes.together} role="status">
      {connectionWords(connection, readers)}
    </p>
  );
}
