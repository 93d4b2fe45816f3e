// Opens a rich text from this device and closes it again; nothing typed is left behind when the page goes.

import { useEffect, useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import type { LiveDocument } from "#renderer/data/types.ts";
import { showProblem } from "#renderer/ui/toast.ts";

export type OpenText =
  | { readonly kind: "opening" }
  | { readonly kind: "open"; readonly live: LiveDocument }
  | { readonly kind: "closed"; readonly message: string };

export function useLiveText(recordId: string, field: string): OpenText {
  const { live } = useData();
  const [state, setState] = useState<OpenText>({ kind: "opening" });
  useEffect(() => {
    let gone = false;
    let opened: LiveDocument | undefined;
    const close = (document: LiveDocument): void => {
      document
        .close()
        .catch(() =>
          showProblem("The last words could not be saved on this device. Open the text again and check them."),
        );
    };
    void live.open(recordId, field).then((result) => {
      if (!result.ok) {
        if (!gone) setState({ kind: "closed", message: result.error.message });
        return;
      }
      if (gone) {
        close(result.value);
        return;
      }
      opened = result.value;
      setState({ kind: "open", live: result.value });
    });
    return () => {
      gone = true;
      setState({ kind: "opening" });
      if (opened !== undefined) close(opened);
    };
  }, [live, recordId, field]);
  return state;
}
