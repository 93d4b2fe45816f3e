// Above a record's changes: the whole history as a file, from the relay, which also knows when each change was received.

import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useData } from "#renderer/data/hooks.tsx";
import { download } from "#renderer/ui/download.ts";
import { showProblem } from "#renderer/ui/toast.ts";
import classes from "./record.module.css";

export function HistoryBar({ recordId }: { readonly recordId: string }) {
  const data = useData();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    const file = await data.trust.historyFile(recordId);
    setBusy(false);
    if (!file.ok) return showProblem(file.error.message);
    download(file.value, `history-${new Date().toISOString().slice(0, 10)}.csv`);
  };
  return (
    <div className={classes.historyBar}>
      <Button
        size="xs"
        variant="default"
        loading={busy}
        leftSection={<IconDownload size={15} stroke={1.7} aria-hidden />}
        onClick={() => void save()}
      >
        Download the history
      </Button>
    </div>
  );
}
